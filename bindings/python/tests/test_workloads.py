# SPDX-License-Identifier: Apache-2.0
"""Derived workloads, the proxies of workloads, folders, MeshConfig; reasons, many requests, notebooks."""
import os
import subprocess
import sys

import pytest

import meshroute

SHOP = """
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80, targetPort: web}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v1, namespace: shop}
spec: {replicas: 2, template: {metadata: {labels: {app: reviews}}, spec: {containers: [{name: a, ports: [{name: web, containerPort: 9080}]}]}}}
"""


def derived(text=SHOP):
    mesh = meshroute.Mesh(workloads="derived")
    assert mesh.load(text)
    return mesh


def test_endpoints_are_assumed_only_if_they_are_to_be_derived():
    answer = derived().snapshot().view("shop").resolve("http://reviews/", explain=True)
    assert [endpoint.assumed for endpoint in answer.endpoints] == [True, True]
    assert {endpoint.origin.kind for endpoint in answer.endpoints} == {"Deployment"}
    assert answer.to_dict()["endpoints"][0]["assumed"] is True
    given = meshroute.Mesh()
    given.load(SHOP)
    assert given.resolve("http://reviews/", from_="shop").status == 503
    with pytest.raises(meshroute.Error, match="workloads is 'some', not one of given, derived"):
        meshroute.Mesh(workloads="some")


def test_find_proxy_gives_what_view_takes_and_says_what_is_near():
    snapshot = derived().snapshot()
    proxy = snapshot.find_proxy("shop/reviews-v1")
    assert proxy["labels"]["app"] == "reviews" and proxy["id"] == "reviews-v1.shop" and proxy["type"] == "sidecar"
    assert snapshot.view(proxy).proxy == proxy
    with pytest.raises(meshroute.Error, match="there is Deployment shop/reviews-v1"):
        snapshot.find_proxy("shop/reviews")
    with pytest.raises(meshroute.Error, match="did you mean shop"):
        snapshot.find_proxy("shopp/reviews-v1")


def test_resources_and_workloads():
    mesh = derived()
    assert [(each["kind"], each["name"], each["line"]) for each in mesh.resources()] == [
        ("Service", "reviews", 2), ("Deployment", "reviews-v1", 7)]
    found = mesh.snapshot().workloads_of("reviews.shop.svc.cluster.local")
    assert [(each.port, each.health, each.cluster) for each in found] == [(9080, "HEALTHY", "")] * 2
    assert mesh.snapshot().workloads_of("nobody") == []


def test_apply_of_a_refused_object_changes_nothing():
    mesh = meshroute.Mesh()
    entry = {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": "a", "namespace": "b"},
             "spec": {"hosts": ["a.example.com"], "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}], "resolution": "DNS"}}
    assert mesh.apply(entry).accepted
    entry["spec"] = {"hosts": ["a.example.com"], "ports": [{"number": 80000, "name": "http", "protocol": "HTTP"}]}
    report = mesh.apply(entry)
    assert not report.accepted and report.errors
    assert mesh.resolve("http://a.example.com/", from_="b").outcome == "routed"


def test_load_of_a_path_raises():
    for text in ("mesh/", "config.yaml", "dir"):
        with pytest.raises(meshroute.Error, match="load_path"):
            meshroute.Mesh().load(text)
        with pytest.raises(meshroute.Error, match="load_path"):
            meshroute.check(text)
    for text in ("", "# nothing", "---", "{}"):
        meshroute.check(text)


def test_folders_pass_over_what_is_no_object(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "broken.yaml").write_text("kind: [")
    (tmp_path / "values.yaml").write_text("a: 1\n")
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "draft.yaml").write_text("kind: [")
    report = meshroute.Mesh().load_path(tmp_path, exclude=["draft.*"])
    assert report.accepted and len(report.documents) == 2
    assert report.passed_over == [str(tmp_path / "values.yaml")]
    assert not meshroute.Mesh().load_path(tmp_path / "values.yaml")


def test_mesh_config_is_checked():
    report = meshroute.check_mesh_config("outboundTrafficPolicy: {mode: REGISTY_ONLY}\n", "mesh.yaml")
    assert [(found.rule, found.line, found.hint) for found in report] == [("MC0102", 1, "did you mean `REGISTRY_ONLY`?")]


def test_reasons_have_one_name():
    snapshot = derived().snapshot()
    view = snapshot.view("shop")
    why = view.why("reviews")
    assert list(why) == why.reasons == why.lines
    assert view.resolve("http://reviews/", explain=True).reasons
    assert snapshot.follow("shop", "http://reviews/").reasons is not None
    assert view.resolve_inbound({"port": 80}, explain=True).reasons


def test_many_requests_in_one_call():
    view = derived().snapshot().view("shop")
    asked = ["http://reviews/", {"host": "reviews", "port": 80, "address": "10.0.0.1"}, meshroute.Request("http://nobody/"), b"reviews/x"]
    answers = view.resolve_many(asked, explain=True)
    assert [answer.to_dict() for answer in answers] == [view.resolve(each, explain=True).to_dict() for each in asked]
    assert view.resolve_many([]) == []
    with pytest.raises(meshroute.Error, match="request 1: "):
        view.resolve_many(["http://reviews/", "ftp://reviews/"])
    view.close()
    with pytest.raises(meshroute.Error, match="closed"):
        view.resolve_many(["http://reviews/"])


def test_notebooks_get_escaped_text():
    mesh = derived()
    view = mesh.snapshot().view("shop")
    for shown in (view, view.resolve("http://reviews/"), view.why("reviews"), mesh.load("kind: <b>")):
        html = shown._repr_html_()
        assert html.startswith("<pre>") and "<b>" not in html


def test_importing_runs_no_other_program():
    code = ("import subprocess, os\n"
            "def refuse(*a, **k): raise AssertionError('a program was run')\n"
            "subprocess.Popen = os.popen = os.system = refuse\nimport meshroute\n")
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


COMMAND = os.environ.get("MESHROUTE_COMMAND", "")
needs_command = pytest.mark.skipif(not COMMAND, reason="MESHROUTE_COMMAND names no command")


def run(*arguments, **more):
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, **more)


@needs_command
def test_command_says_what_it_can(tmp_path):
    assert "check" in run().stdout and run().returncode == 0
    assert run("help").stdout == run().stdout
    assert "--fail-on" in run("help", "check").stdout
    assert run("version").stdout == run("-V").stdout == run("--version").stdout
    assert "did you mean check?" in run("chek").stderr
    assert run("man").stdout.startswith(".TH MESHROUTE 1")
    for shell, check in (("bash", ["bash", "-n"]), ("zsh", None), ("fish", None)):
        script = run("completion", shell).stdout
        assert "resolve" in script and "explain" in script and "derived" in script
        if check:
            (tmp_path / shell).write_text(script)
            subprocess.run([*check, str(tmp_path / shell)], check=True)
    assert run("completion", "csh").returncode == 2


@needs_command
def test_command_completes_in_bash(tmp_path):
    (tmp_path / "script").write_text(run("completion", "bash").stdout)
    code = f". {tmp_path}/script; COMP_WORDS=(meshroute check --fail-on ''); COMP_CWORD=3; _meshroute; echo ${{COMPREPLY[*]}}"
    assert "warning" in subprocess.run(["bash", "-c", code], capture_output=True, text=True).stdout.split()


@needs_command
def test_command_exits_by_severity(tmp_path):
    warned = tmp_path / "a.yaml"
    warned.write_text("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: b}\nspec: {hosts: [a.example.com], "
                      "ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS, resolutoin: DNS}\n")
    assert run("check", str(warned)).returncode == 0
    assert run("check", str(warned), "--fail-on", "warning").returncode == 1
    (tmp_path / "b.yaml").write_text("kind: [")
    assert run("check", str(tmp_path)).returncode == 1
    assert run("check", str(tmp_path), "--fail-on", "never").returncode == 0
    assert run("view", str(tmp_path), "--from", "b").returncode == 1
    assert run("check", str(tmp_path), "--ignore", "SE0O01").returncode == 2


@needs_command
def test_command_reports_output_that_cannot_be_written(tmp_path):
    (tmp_path / "a.yaml").write_text(SHOP)
    with open("/dev/full", "w") as full:
        done = subprocess.run([COMMAND, "check", str(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "cannot write" in done.stderr
    reader, writer = os.pipe()
    os.close(reader)
    assert subprocess.run([COMMAND, "rules"], stdout=writer, stderr=subprocess.DEVNULL).returncode == 2
    os.close(writer)


@needs_command
@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_command_reports_folders_that_cannot_be_read(tmp_path):
    (tmp_path / "a.yaml").write_text(SHOP)
    (tmp_path / "closed").mkdir(mode=0)
    assert run("check", str(tmp_path)).returncode == 2


@needs_command
def test_command_writes_control_characters_out(tmp_path):
    (tmp_path / "a.yaml").write_text('apiVersion: networking.istio.io/v1\nkind: ServiceEntry\n'
                                     'metadata: {name: "a\\e[31mb", namespace: b}\nspec: {}\n')
    done = run("check", str(tmp_path), "--verbose", "--color", "always")
    assert "\\x1b[31mb" in run("check", str(tmp_path), "--verbose").stdout
    assert "\x1b[31merror" in done.stdout
