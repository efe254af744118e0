"""The package's own promises: objects, errors, folders, threads."""
import copy
import json
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import time
import types

import pytest

import meshroute

SERVICE = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "ServiceEntry",
    "metadata": {"name": "a", "namespace": "shop"},
    "spec": {
        "hosts": ["a.example.com"],
        "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
        "resolution": "STATIC",
        "endpoints": [{"address": "10.0.0.1", "labels": {"version": "v1"}}, {"address": "10.0.0.2", "labels": {"version": "v2"}}],
    },
}
RULE = {
    "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"host": "a.example.com", "subsets": [{"name": v, "labels": {"version": v}} for v in ("v1", "v2")]},
}
ROUTES = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "VirtualService",
    "metadata": {"name": "a", "namespace": "shop"},
    "spec": {
        "hosts": ["a.example.com"],
        "http": [
            {
                "name": "canary",
                "match": [{"headers": {"x-version": {"exact": "v2"}}}],
                "route": [{"destination": {"host": "a.example.com", "subset": "v2"}}],
            },
            {
                "name": "split",
                "route": [
                    {"destination": {"host": "a.example.com", "subset": "v1"}, "weight": 80},
                    {"destination": {"host": "a.example.com", "subset": "v2"}, "weight": 20},
                ],
            },
        ],
    },
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
    picks = {
        value: view.resolve(meshroute.Request("http://a.example.com/", random=value)).picked_cluster
        for value in (0, 79, 80, 99, 100)
    }
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
    broken = dict(
        SERVICE, spec=dict(SERVICE["spec"], resolutoin="x", ports=[{"number": 80, "name": "a"}, {"number": 80, "name": "b"}])
    )
    report = meshroute.check(json.dumps(broken), name=pathlib.Path("mesh.json"))
    assert meshroute.check(json.dumps(broken), name="mesh.json", threads=0).to_dict() == report.to_dict()
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
    form = meshroute.check(
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {hots: [a]}\n", name="a b.yaml"
    ).to_sarif()
    assert form["version"] == "2.1.0"
    run, = form["runs"]
    named = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["results"]
    for result in run["results"]:
        assert (
            named[result["ruleIndex"]] == result["ruleId"]
            and result["level"] in ("error", "warning", "note")
            and result["message"]["text"]
        )
        place = result["locations"][0]["physicalLocation"]
        assert (
            place["artifactLocation"]["uri"] == "a%20b.yaml"
            and place["region"]["startLine"] >= 1
            and place["region"]["startColumn"] >= 1
        )


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
    lambda view: view.resolve("/a.example.com"),
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
    for proxy in (
        "shop",
        "shop/web",
        meshroute.Proxy("shop", labels={"app": "web"}),
        {"namespace": "shop"},
        meshroute.Proxy.of("shop/web"),
    ):
        assert snapshot.view(proxy).resolve("http://a.example.com/").route == "split"
        assert mesh.resolve("http://a.example.com/", from_=proxy, explain=True).trace
    assert meshroute.Proxy.of("shop/web").to_dict() == {"namespace": "shop", "id": "web.shop"}
    assert repr(snapshot.view("shop")) == "<View of {'namespace': 'shop'}>"


def test_an_answer_without_an_upstream():
    table = meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": [
        {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}},
        {"match": {"path": "/gone"}, "direct_response": {"status": 410}},
        {"match": {"path": "/in"}, "route": {"cluster": "c", "prefix_rewrite": "/out", "timeout": "3s"}}]}]})
    old, gone, rewritten, none = table.resolve_many({"host": "a", "path": path} for path in ("/old", "/gone", "/in", "/none"))
    assert (old.outcome, old.status, old.response["headers"]["location"]) == ("redirect", 301, "http://a/new") and old.redirect
    assert (gone.outcome, gone.status, gone.direct_response, gone.upstream_request) == ("direct_response", 410, 410, None)
    assert (rewritten.cluster, rewritten.path, rewritten.timeout, rewritten.upstream_request["path"]) == (
        "c",
        "/out",
        "3s",
        "/out",
    )
    assert (none.outcome, none.status, none.flags, none.route_index) == ("no_route", 404, "NR", None)


def test_handles_tell_what_they_hold(mesh):
    snapshot = mesh.snapshot()
    view = snapshot.view("default")
    fresh = view.bytes_held
    assert mesh.bytes_held > snapshot.bytes_held > 1000
    view.to_dict()
    assert view.bytes_held > fresh > 0
    with meshroute.check("kind: [") as bad, meshroute.check("") as good:
        assert bad.bytes_held > good.bytes_held == 0
    with pytest.raises(meshroute.Error, match="closed"):
        bad.bytes_held
    view.close()
    with pytest.raises(meshroute.Error, match="closed"):
        view.bytes_held


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
    slow = meshroute.Request(protocol="http2", host="a", path="/" + "ab" * 2_000_000)
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
        meshroute.RouteTable(
            {"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": [{"match": {"prefix": "/"}}]}]}
        )
    assert raised.value.reason == "refused" and "virtual_hosts[0].routes[0]" in str(raised.value)
    with pytest.raises(meshroute.Error) as raised:
        meshroute.Request("http://a/", port=70000)
    assert raised.value.reason == "invalid_argument" and "70000" in str(raised.value)


def test_a_missing_or_another_library(tmp_path):
    def imported(library):
        environment = dict(os.environ, MESHROUTE_LIBRARY=str(library))
        return subprocess.run(
            [sys.executable, "-c", "import meshroute"], env=environment, capture_output=True, text=True, timeout=60
        ).stderr

    said = imported(tmp_path / "none.so")
    assert "libmeshroute was not found" in said and str(tmp_path / "none.so") in said
    compiler = shutil.which("cc")
    if compiler:
        (tmp_path / "other.c").write_text('const char* meshroute_version(void) { return "9.9.0"; }')
        subprocess.run([compiler, "-shared", "-fPIC", str(tmp_path / "other.c"), "-o", str(tmp_path / "other.so")], check=True)
        said = imported(tmp_path / "other.so")
        assert f"meshroute {meshroute.__version__}" in said and "9.9.0" in said and "other.so" in said
        (tmp_path / "less.c").write_text(f'const char* meshroute_version(void) {{ return "{meshroute.__version__}"; }}')
        (tmp_path / "no.c").write_text("int nothing;")
        for name, version in (("less", meshroute.__version__), ("no", "of no version")):
            subprocess.run(
                [compiler, "-shared", "-fPIC", str(tmp_path / f"{name}.c"), "-o", str(tmp_path / f"{name}.so")], check=True
            )
            said = imported(tmp_path / f"{name}.so").splitlines()[-1]
            assert said.startswith("ImportError: ") and f"is meshroute {meshroute.__version__}, but" in said
            assert f"found is {version}" in said and "has no meshroute_" in said and said.endswith(f"{name}.so")


def test_trace_codes():
    codes = meshroute.trace_codes()
    assert len({each["code"] for each in codes}) == len(codes) > 50 and all(each["meaning"] for each in codes)
    assert [each["code"] for each in meshroute.trace_codes("subset_missing")] == ["subset_missing"]
    assert meshroute.trace_codes("no_such_code") == []


def test_rules_and_versions():
    rules = meshroute.rules()
    assert len({rule["id"] for rule in rules}) == len(rules) > 100
    assert all(rule["what"] and rule["why"] and rule["fix"] and rule["layer"] and rule["severity"] in ("error", "warning", "info")
               for rule in rules)
    assert [rule["id"] for rule in meshroute.rules("IST0173")] == ["AN0302"] == [meshroute.rules("subset-has-endpoints")[0]["id"]]
    assert meshroute.rules("AN0302")[0]["peers"] == ["IST0173", "KIA0203"] and meshroute.rules("no such rule") == []
    assert meshroute.version() == meshroute.__version__ and meshroute.istio_version() and meshroute.envoy_version()
    project = pathlib.Path(__file__).resolve().parents[1] / "pyproject.toml"
    assert 'input = "src/meshroute/_native.py"' in project.read_text(encoding="utf-8")  # the package's version is read there


def test_why_a_host_is_hidden_and_what_of_a_section_is_wanted(mesh):
    hidden = dict(
        SERVICE, spec=dict(SERVICE["spec"], hosts=["b.example.com"], exportTo=["."]), metadata={"name": "b", "namespace": "shop"}
    )
    assert mesh.apply(hidden)
    snapshot = mesh.snapshot()
    seen = snapshot.view("shop").why("b.example.com")
    assert seen and seen.visible and seen.host == "b.example.com" and "this proxy sees it" in str(seen)
    unseen = snapshot.view("other").why("b.example.com")
    assert not unseen
    reason = next(line for line in unseen.lines if line.stage == "definition")
    assert reason.verdict == "skipped" and reason.resource == "ServiceEntry shop/b" and reason.path == "spec.exportTo"
    assert unseen.to_dict()["reasons"][0]["path"] == "spec.exportTo"
    view = snapshot.view("shop")
    names = [each["name"] for each in view.section("clusters", host="a.example.com", subset="v1")]
    assert names == ["outbound|80|v1|a.example.com"]


def raised_by(misuse, kind=meshroute.Error):
    with pytest.raises(kind) as raised:
        misuse()
    return raised.value


def test_errors_carry_their_place(view):
    table = '{"name": "80",\n "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": [{"match": {"prefix": "/"}}]}]}'
    error = raised_by(lambda: meshroute.RouteTable(table))
    assert (error.line, error.path, error.reason) == (2, "virtual_hosts[0].routes[0]", "refused") and error.column > 1
    error = raised_by(lambda: meshroute.RouteTable("{"))
    assert (error.line, error.column, error.path) == (1, 2, None)
    error = raised_by(lambda: meshroute.Mesh(mesh_config="a: b\nc: [1"))
    assert error.line == 2 and "mesh_config" in str(error)
    error = raised_by(lambda: view.resolve({"hots": "a"}))
    assert (error.line, error.column, error.path) == (None, None, "hots")
    assert raised_by(lambda: view.resolve({"port": "x"})).path == "port"
    assert raised_by(lambda: meshroute.Mesh().snapshot().view({"labels": {"a": 1}})).path == "labels"
    error = raised_by(lambda: view.resolve("ftp://a/"))
    assert (error.line, error.column, error.path) == (None, None, None)
    error = pickle.loads(pickle.dumps(meshroute.Error("line 3, column 4: a.b[1]: why", -3)))
    assert (str(error), error.status, error.line, error.column, error.path) == (
        "line 3, column 4: a.b[1]: why",
        -3,
        3,
        4,
        "a.b[1]",
    )
    for message, place in (
        ("virtual_hosts[0]: why", (None, None, "virtual_hosts[0]")),
        ("line 1, column 2: name: why", (1, 2, "name")),
        ("line 1, column 2: that: is why, in words", (1, 2, "that")),
        ("why: so", (None, None, None)),
        ("why", (None, None, None)),
    ):
        error = meshroute.Error(message)
        assert (error.line, error.column, error.path) == place, message


@pytest.mark.parametrize("given", [None, 5, {1}, pathlib.Path("mesh.yaml")], ids=["None", "a number", "a set", "a path"])
def test_what_is_no_text_is_a_type_error(given):
    mesh = meshroute.Mesh()
    asks = [meshroute.check, mesh.load, mesh.apply, meshroute.RouteTable, mesh.snapshot().view().resolve]
    for ask in asks + ([] if given is None else [meshroute.Mesh, lambda each: meshroute.Mesh(mesh_networks=each)]):
        said = str(raised_by(lambda: ask(given), TypeError))
        assert "JSON serializable" not in said and type(given).__name__ in said + "NoneType"
        if isinstance(given, pathlib.Path) and ask is not asks[-1]:
            assert "read_text()" in said
    for ask in (mesh.load, mesh.apply):
        assert "load_path" in str(raised_by(lambda: ask(pathlib.Path("mesh.yaml")), TypeError))
    with open(__file__, encoding="utf-8") as file:
        assert "read()" in str(raised_by(lambda: meshroute.check(file), TypeError))


def test_text_in_every_form(view):
    text = json.dumps(SERVICE)
    for form in (text, text.encode(), bytearray(text.encode()), memoryview(text.encode())):
        assert meshroute.check(form) and meshroute.Mesh().load(form) and meshroute.Mesh().apply(form)
    url = b"http://a.example.com/"
    for form in (url, bytearray(url), memoryview(url), types.MappingProxyType({"host": "a.example.com"})):
        assert view.resolve(form).route == "split"


def test_truth_and_lists(view):
    for explain in (2, "yes", [1]):
        assert (
            view.resolve("http://a.example.com/", explain=explain).trace
            and view.resolve_many(["http://a.example.com/"], explain=explain)[0].trace
        )
    for explain in (None, 0, ""):
        assert not view.resolve({"host": "a.example.com"}, explain=explain, upstream_request=explain).trace
    for given in ("http://a/", b"http://a/", {"host": "a"}, meshroute.Request("http://a/")):
        assert "takes a list" in str(raised_by(lambda: view.resolve_many(given), TypeError))
    assert raised_by(lambda: view.resolve([]), TypeError)


def test_what_is_out_of_range_names_the_range(view):
    for misuse, said in (
        (lambda: meshroute.Request("http://a/", random=-1), "18446744073709551615"),
        (lambda: meshroute.Request("http://a/", random=2**64), "18446744073709551615"),
        (lambda: meshroute.Request("http://a/", port=-1), "65535"),
        (lambda: view.find_services(port=-1), "from 0 to 65535, not -1"),
        (lambda: view.find_clusters(port=2**32 + 80), "65535"),
        (lambda: view.section("clusters", port=65536), "65535"),
        (lambda: meshroute.Mesh(threads=-1), "threads is from 0"),
    ):
        assert said in str(raised_by(misuse))
    for misuse in (
        lambda: meshroute.Request("http://a/", port="80"),
        lambda: meshroute.Request("http://a/", random=1.5),
        lambda: view.find_routes(port="80"),
        lambda: view.find_services(host=None),
        lambda: view.why(None),
        lambda: meshroute.Mesh(threads="x"),
        lambda: meshroute.Request(host=5),
        lambda: meshroute.Mesh().snapshot().view(5),
        lambda: meshroute.Mesh().snapshot().view(["a"]),
        lambda: meshroute.Request(headers="a: b"),
        lambda: meshroute.Request(headers=["a: b"]),
    ):
        raised_by(misuse, TypeError)
    assert "'x-a'" in str(raised_by(lambda: meshroute.Request("http://a/", headers={"x-a": 1}), TypeError))


def test_a_request_is_a_value(view):
    request = meshroute.Request(
        "http://a.example.com/", headers={"X-Version": ["v2"], "b": "c"}, random=2**64 - 1, host="", method="POST", tls=False
    )
    alike = meshroute.Request(
        "http://a.example.com/", headers=[("X-Version", "v2"), ("b", "c")], random=2**64 - 1, host="", method="POST"
    )
    assert request == alike and hash(request) == hash(alike) and len({request, alike}) == 1
    for copied in (copy.copy(request), copy.deepcopy([request])[0], pickle.loads(pickle.dumps(request))):
        assert (
            copied == request
            and str(copied) == str(request)
            and view.resolve(copied).to_dict() == view.resolve(request).to_dict()
        )
    for other in (
        meshroute.Request("http://a.example.com/"),
        meshroute.Request("http://a.example.com/", host=""),
        "http://a.example.com/",
    ):
        assert request != other
    assert meshroute.Request(host="") != meshroute.Request()


def test_bounds_of_reading(tmp_path):
    mesh = meshroute.Mesh()
    assert [found.rule for found in mesh.load("a: [b, c, d]", max_nodes=3)] == ["TX0106"]
    assert [found.rule for found in mesh.load("[[[[1]]]]", max_depth=3)] == ["TX0105"]
    (tmp_path / "large.yaml").write_text("a: " + "x" * 100)
    assert [found.rule for found in mesh.load_path(tmp_path, max_bytes=100)] == ["TX0107"]
    assert "max_depth" in str(raised_by(lambda: mesh.load("", max_depth=-1)))


def test_names_that_are_not_utf8(tmp_path):
    try:
        folder = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
        os.mkdir(folder)
        with open(os.path.join(folder, b"m\xff.yaml"), "w") as file:
            file.write("kind: [")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    for path in (folder, os.fsdecode(folder), pathlib.Path(os.fsdecode(folder))):
        document, = meshroute.Mesh().load_path(path).documents
        assert document.source.endswith("caf\ufffd/m\ufffd.yaml")
    for name in (b"m\xff", os.fsdecode(b"m\xff"), "\ud800"):
        assert meshroute.check("kind: [", name=name).documents[0].source


def test_sections(view):
    for name in ("bogus", "cluster", "", None, 5):
        assert "services, clusters, endpoints, routes, listeners" in str(raised_by(lambda: view.section(name)))
    assert "has no section 'hosts'" in str(raised_by(lambda: view.text("hosts")))
    whole, clusters, narrowed = view.text(), view.text("clusters"), view.text("clusters", host="a.example.com", subset="v1")
    assert whole == str(view) and len(whole) > len(clusters) > len(narrowed)
    assert (
        "outbound|80|v1|a.example.com" in narrowed
        and "outbound|80|v2|a.example.com" not in narrowed
        and "outbound|80|v2|a.example.com" in clusters
    )


def test_texts_for_people(view):
    answer = view.resolve("http://a.example.com/", explain=True)
    assert answer.text() == str(answer) != answer.text(explain=False) and "\nwhy:" not in answer.text(explain=False)
    report = meshroute.check("kind: [")
    assert report.text() == str(report) and "\x1b[" not in str(report) + str(answer)
    assert "\x1b[" in report.text(colour=True) and "\x1b[" in answer.text(colour=True)


def test_how_text_is_loaded(tmp_path):
    refused = dict(SERVICE, spec=dict(SERVICE["spec"], hosts=["*"]))
    mesh = meshroute.Mesh()
    assert not mesh.load(json.dumps(refused)) and not mesh.snapshot().view("shop").services
    assert not mesh.load(json.dumps(refused), apply_refused=True) and mesh.snapshot().view("shop").services
    assert not mesh.load("kind: Foo", format="json") and mesh.load(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}", format="yaml"
    )
    assert not meshroute.check("kind: Foo", format="json").documents[0].accepted
    assert "auto, json, yaml" in str(raised_by(lambda: mesh.load("", format="xml")))
    (tmp_path / "mesh.yaml").write_text("---\n".join(json.dumps(each, indent=1) + "\n" for each in (SERVICE, RULE, ROUTES)))
    lines = {}
    for keep in (True, False):
        mesh = meshroute.Mesh()
        assert mesh.load_path(tmp_path, keep_text=keep, format="yaml")
        lines[keep] = {
            line.line
            for line in mesh.resolve("http://a.example.com/", from_="shop", explain=True).trace
            if "mesh.yaml" in line.source
        }
    assert len(lines[True]) > len(lines[False]) > 0
