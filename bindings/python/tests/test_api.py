"""The package's own promises: objects, errors, folders, threads."""
import json
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import time

import pytest

import meshroute

SERVICE = {
    "apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"hosts": ["a.example.com"], "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}], "resolution": "STATIC",
             "endpoints": [{"address": "10.0.0.1", "labels": {"version": "v1"}}, {"address": "10.0.0.2", "labels": {"version": "v2"}}]},
}
RULE = {
    "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"host": "a.example.com", "subsets": [{"name": v, "labels": {"version": v}} for v in ("v1", "v2")]},
}
ROUTES = {
    "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"hosts": ["a.example.com"], "http": [
        {"name": "canary", "match": [{"headers": {"x-version": {"exact": "v2"}}}], "route": [{"destination": {"host": "a.example.com", "subset": "v2"}}]},
        {"name": "split", "route": [{"destination": {"host": "a.example.com", "subset": "v1"}, "weight": 80},
                                    {"destination": {"host": "a.example.com", "subset": "v2"}, "weight": 20}]}]},
}


@pytest.fixture
def mesh():
    mesh = meshroute.Mesh()
    for resource in (SERVICE, RULE, ROUTES):
        assert mesh.apply(resource)
    return mesh


@pytest.fixture
def view(mesh):
    return mesh.snapshot().view({"namespace": "shop"})


def test_an_answer_is_an_object(view):
    answer = view.resolve("http://a.example.com/", explain=True)
    assert answer.outcome == "routed" and answer.route == "split" and answer.cluster == "" and answer.status is None
    assert answer.weights == {"outbound|80|v1|a.example.com": 80, "outbound|80|v2|a.example.com": 20}
    assert {endpoint.address: endpoint.labels["version"] for endpoint in answer.endpoints} == {"10.0.0.1": "v1", "10.0.0.2": "v2"}
    assert any(line.verdict == "skipped" and "canary" in line.text for line in answer.trace)
    assert "outbound|80|v1|a.example.com" in str(answer) and repr(answer).startswith("<Answer: routed")


@pytest.mark.parametrize("request_", [
    {"host": "a.example.com", "headers": {"X-Version": "v2"}},
    {"authority": "a.example.com", "headers": [["x-version", "v2"]]},
    meshroute.Request("http://a.example.com/", headers={"x-version": "v2"}),
    meshroute.Request(host="a.example.com", port=80, headers=[("x-version", "v2")]),
], ids=["dict", "pairs", "prepared", "prepared without a URL"])
def test_requests_in_every_form(view, request_):
    assert view.resolve(request_).cluster == "outbound|80|v2|a.example.com"


def test_a_random_value_picks(view):
    # Envoy: the value modulo the sum of the weights, walked in order
    picks = {value: view.resolve(meshroute.Request("http://a.example.com/", random=value)).picked_cluster for value in (0, 79, 80, 99, 100)}
    assert [name.split("|")[2] for name in picks.values()] == ["v1", "v1", "v2", "v2", "v1"]


def test_many_requests(view):
    answers = view.resolve_many(["http://a.example.com/", "http://b.example.com/"])
    assert [answer.outcome for answer in answers] == ["routed", "passthrough"]


def test_changes_leave_older_snapshots(mesh):
    before = mesh.snapshot()
    assert mesh.remove("VirtualService", "shop", "a") and not mesh.remove("VirtualService", "shop", "a")
    assert before.view({"namespace": "shop"}).resolve("http://a.example.com/").route == "split"
    assert mesh.snapshot().view({"namespace": "shop"}).resolve("http://a.example.com/").route == "default"


def test_a_report_is_an_object():
    broken = dict(SERVICE, spec=dict(SERVICE["spec"], resolutoin="x", ports=[{"number": 80, "name": "a"}, {"number": 80, "name": "b"}]))
    report = meshroute.check(json.dumps(broken), name=pathlib.Path("mesh.json"))
    assert not report and not report.accepted and report.errors and report.warnings
    document, = report.documents
    assert (document.kind, document.namespace, document.name, document.source) == ("ServiceEntry", "shop", "a", "mesh.json")
    assert document.unknown_fields == ("spec.resolutoin",)
    assert all(found.rule and found.line >= 1 and found.column >= 1 for found in report)
    assert "did you mean `resolution`" in "".join(found.hint for found in report)
    refusals = len(report.errors)
    report.ignore("*")
    assert len(report.diagnostics) == refusals == len(report.errors)
    assert "mesh.json:1:" in str(report) and "1 document" in str(report)


def test_sarif(tmp_path):
    form = meshroute.check("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {hots: [a]}\n", name="a b.yaml").to_sarif()
    assert form["version"] == "2.1.0"
    run, = form["runs"]
    named = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["results"]
    for result in run["results"]:
        assert named[result["ruleIndex"]] == result["ruleId"] and result["level"] in ("error", "warning", "note") and result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a%20b.yaml" and place["region"]["startLine"] >= 1 and place["region"]["startColumn"] >= 1


def test_a_folder_is_one_report(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.yaml").write_text(json.dumps(ROUTES))
    (tmp_path / "sub" / "c.json").write_text(json.dumps(RULE))
    (tmp_path / "a.yml").write_text("kind: [\n---\n" + json.dumps(SERVICE))
    (tmp_path / "notes.txt").write_text("not config")
    mesh = meshroute.Mesh()
    report = mesh.load_path(tmp_path)
    assert [(document.kind, document.accepted) for document in report.documents] == [
        ("", False), ("ServiceEntry", True), ("VirtualService", True), ("DestinationRule", True)]
    assert mesh.snapshot().view({"namespace": "shop"}).resolve("http://a.example.com/").route == "split"
    with pytest.raises(OSError):
        mesh.load_path(tmp_path / "none.yaml")


@pytest.mark.parametrize("misuse", [
    lambda view: view.resolve("a.example.com"),
    lambda view: view.resolve({"hots": "a"}),
    lambda view: view.resolve(meshroute.Request("ftp://a/")),
    lambda view: meshroute.Mesh(vip_mode="none"),
    lambda view: meshroute.Mesh(mesh_config="["),
    lambda view: meshroute.RouteTable({"virtual_hosts": [{"name": "a"}]}),
    lambda view: meshroute.Mesh().snapshot().view({"namspace": "a"}),
])
def test_misuse_raises(view, misuse):
    with pytest.raises(meshroute.Error) as raised:
        misuse(view)
    assert str(raised.value) and raised.value.status < 0


def test_closed_objects_say_so(mesh):
    with mesh.snapshot() as snapshot:
        view = snapshot.view()
    with pytest.raises(meshroute.Error, match="closed"):
        snapshot.view()
    assert view.resolve("http://a.example.com/").outcome == "routed"
    view.close()
    view.close()


def test_route_tables(view):
    routes, = [form for form in view.envoy_routes() if form["name"] == "80"]
    for given in (routes, [routes], {"configs": [{"dynamic_route_configs": [{"route_config": routes}]}]}):
        answer = meshroute.RouteTable(given).resolve({"host": "a.example.com", "headers": {"x-version": "v2"}})
        assert answer.cluster == "outbound|80|v2|a.example.com"
    with pytest.raises(meshroute.Error, match="80, 81"):
        meshroute.RouteTable([routes, dict(routes, name="81")])


def test_clients_in_every_form(mesh):
    snapshot = mesh.snapshot()
    for client in ("shop", "shop/web", meshroute.Client("shop", labels={"app": "web"}), {"namespace": "shop"}, meshroute.Client.of("shop/web")):
        assert snapshot.view(client).resolve("http://a.example.com/").route == "split"
        assert mesh.resolve("http://a.example.com/", from_=client, explain=True).trace
    assert meshroute.Client.of("shop/web").to_dict() == {"namespace": "shop", "id": "web.shop"}
    assert repr(snapshot.view("shop")) == "<View of {'namespace': 'shop'}>"


def test_an_answer_without_an_upstream():
    table = meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": [
        {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}},
        {"match": {"path": "/gone"}, "direct_response": {"status": 410}},
        {"match": {"path": "/in"}, "route": {"cluster": "c", "prefix_rewrite": "/out", "timeout": "3s"}}]}]})
    old, gone, rewritten, none = table.resolve_many({"host": "a", "path": path} for path in ("/old", "/gone", "/in", "/none"))
    assert (old.outcome, old.status, old.response["headers"]["location"]) == ("redirect", 301, "http://a/new") and old.redirect
    assert (gone.outcome, gone.status, gone.direct_response, gone.upstream_request) == ("direct_response", 410, 410, None)
    assert (rewritten.cluster, rewritten.path, rewritten.timeout, rewritten.upstream_request["path"]) == ("c", "/out", "3s", "/out")
    assert (none.outcome, none.status, none.flags, none.route_index) == ("no_route", 404, "NR", None)


def test_threads_share_a_view(view):
    wrong = []

    def ask():
        for _ in range(300):
            if view.resolve("http://a.example.com/").route != "split":
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_two_threads_resolve_at_once(view):
    # One long resolve: regular expressions that none match, over a long path. With the interpreter's lock held, no other thread
    # could finish a resolve between its first and its last moment.
    routes = [{"match": {"safe_regex": {"regex": f"[^x]*x{number}"}}, "route": {"cluster": "none"}} for number in range(20)]
    table = meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": routes}]})
    slow = meshroute.Request(host="a", path="/" + "ab" * 2_000_000)
    times = {}

    def ask():
        times["start"] = time.perf_counter()
        table.resolve(slow)
        times["end"] = time.perf_counter()

    thread, moments = threading.Thread(target=ask), []
    thread.start()
    while thread.is_alive():
        view.resolve("http://a.example.com/")
        moments.append(time.perf_counter())
    thread.join()
    span = times["end"] - times["start"]
    inside = [moment for moment in moments if times["start"] + 0.2 * span < moment < times["end"] - 0.2 * span]
    assert len(inside) > 3, f"{len(inside)} of {len(moments)} answers within {span:.3f} s"


def test_handles_are_freed_in_any_order_and_stay_here(mesh):
    snapshot = mesh.snapshot()
    view = snapshot.view("shop")
    answer = view.resolve("http://a.example.com/", explain=True)
    for handle in (mesh, snapshot, view):
        handle.close()
        assert "closed" in repr(handle)
    assert answer.trace and answer.endpoints and str(answer.endpoints[0]) == "10.0.0.1:80"
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(answer)


def test_a_folder_without_configuration(tmp_path):
    with pytest.raises(FileNotFoundError, match="no .yaml, .yml or .json"):
        meshroute.Mesh().load_path(tmp_path)


def test_errors_name_reason_and_place():
    with pytest.raises(meshroute.Error) as raised:
        meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": [{"match": {"prefix": "/"}}]}]})
    assert raised.value.reason == "refused" and "virtual_hosts[0].routes[0]" in str(raised.value)
    with pytest.raises(meshroute.Error) as raised:
        meshroute.Request("http://a/", port=70000)
    assert raised.value.reason == "invalid_argument" and "70000" in str(raised.value)


def test_a_missing_or_another_library(tmp_path):
    def imported(library):
        environment = dict(os.environ, MESHROUTE_LIBRARY=str(library))
        return subprocess.run([sys.executable, "-c", "import meshroute"], env=environment, capture_output=True, text=True, timeout=60).stderr

    said = imported(tmp_path / "none.so")
    assert "libmeshroute was not found" in said and str(tmp_path / "none.so") in said
    compiler = shutil.which("cc")
    if compiler:
        (tmp_path / "other.c").write_text('const char* meshroute_version(void) { return "9.9.0"; }')
        subprocess.run([compiler, "-shared", "-fPIC", str(tmp_path / "other.c"), "-o", str(tmp_path / "other.so")], check=True)
        said = imported(tmp_path / "other.so")
        assert f"meshroute {meshroute.__version__}" in said and "9.9.0" in said and "other.so" in said


def test_rules_and_versions():
    rules = meshroute.rules()
    assert len({rule["id"] for rule in rules}) == len(rules) > 100
    assert all(rule["demand"] and rule["layer"] and rule["severity"] in ("error", "warning", "info") for rule in rules)
    assert meshroute.version() == meshroute.__version__ and meshroute.istio_version() and meshroute.envoy_version()


def test_why_a_host_is_hidden_and_what_of_a_section_is_wanted(mesh):
    hidden = dict(SERVICE, spec=dict(SERVICE["spec"], hosts=["b.example.com"], exportTo=["."]), metadata={"name": "b", "namespace": "shop"})
    assert mesh.apply(hidden)
    snapshot = mesh.snapshot()
    seen = snapshot.view("shop").why("b.example.com")
    assert seen and seen.visible and seen.host == "b.example.com" and "this client sees it" in str(seen)
    unseen = snapshot.view("other").why("b.example.com")
    assert not unseen
    reason = next(line for line in unseen.lines if line.stage == "definition")
    assert reason.verdict == "skipped" and reason.resource == "ServiceEntry shop/b" and reason.path == "spec.exportTo"
    assert unseen.to_dict()["reasons"][1]["path"] == "spec.exportTo"
    view = snapshot.view("shop")
    names = [each["name"] for each in view.section("clusters", host="a.example.com", subset="v1")]
    assert names == ["outbound|80|v1|a.example.com"]
