"""Tests of routing, witnesses and diffs from Python; the plugin's *.meshtest.yaml files."""
import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree

import pytest

meshroute = pytest.importorskip("meshroute")
ROOT = pathlib.Path(__file__).resolve().parents[3]
VERSIONS = ROOT / "tests" / "examples" / "versions"
TESTS = ROOT / "tests" / "suites" / "versions.meshtest.yaml"


def loaded(path, change=lambda text: text):
    mesh = meshroute.Mesh()
    report = mesh.load(change((path / "mesh.yaml").read_text()))
    assert report.accepted, str(report)
    return mesh


def test_a_suite_runs_against_its_own_mesh_and_against_one_that_is_given():
    suite = meshroute.Suite(TESTS)
    assert [test["name"] for test in suite.tests][0] == "the header chooses the preview"
    own, given = suite.run(), suite.run(loaded(VERSIONS))
    assert own and given.passed == own.passed == 5 and not own.failed
    assert own.coverage["rules"]["covered"] == own.coverage["rules"]["all"] == len(own.coverage["items"])
    assert "all" in own.coverage_text() and own.lcov().startswith("TN:\nSF:")
    assert xml.etree.ElementTree.fromstring(own.junit()).get("tests") == "5"
    assert suite.run(loaded(VERSIONS), coverage=False).coverage["items"] == []


def test_failures_say_want_and_got():
    report = meshroute.Suite.of_text(
        'tests: [{name: t, from: shop, request: "http://api.example.com/", expect: {destinations: {api.example.com/v2: 50}}}]'
    ).run(loaded(VERSIONS).snapshot())
    test, = report
    assert not report and report.failed == 1
    assert test["failures"] == [{
        "path": "destinations", "want": {"api.example.com/v2": 50},
        "got": {"api.example.com:80/v1": 90, "api.example.com:80/v2": 10}}]
    assert any(line["verdict"] == "matched" for line in test["because"])
    assert "FAIL  t" in str(report)


def test_mistakes_are_errors():
    with pytest.raises(meshroute.Error, match="did you mean `expect`"):
        meshroute.Suite.of_text("tests: [{from: a, request: 'http://a/', expct: {}}]", "x.yaml")
    with pytest.raises(meshroute.Error, match="names no configuration"):
        meshroute.Suite.of_text("tests: [{from: a, request: 'http://a/', expect: {outcome: routed}}]").run()
    with pytest.raises(TypeError):
        meshroute.Suite(TESTS).run("mesh")


def test_witnesses_resolve_to_their_rules():
    snapshot = loaded(VERSIONS).snapshot()
    found = snapshot.witnesses("shop")
    assert [each["path"] for each in found] == ["spec.http[0].match[0]", "spec.http[1]"]
    for each in found:
        answer = snapshot.view("shop").resolve(each["request"], explain=True)
        assert any(line.path == each["path"] and line.verdict == "matched" for line in answer.trace)


def test_diff_of_two_meshes():
    before = loaded(VERSIONS)
    after = loaded(VERSIONS, lambda text: text.replace("weight: 90", "weight: 70").replace("weight: 10", "weight: 30"))
    same, found = meshroute.diff(before, loaded(VERSIONS)), meshroute.diff(before.snapshot(), after, proxies=["shop"])
    assert same and same.equal and not same.changes
    change, = found
    assert not found and change["share"] == 20 and change["resources"] == ["VirtualService shop/api"]
    assert change["before"]["destinations"]["api.example.com:80/v2"] == 10
    assert json.loads(json.dumps(found.to_dict()))["compared"]["proxies"] == 1
    assert "20 %" in found.text() and "| destinations |" in found.markdown()
    more = meshroute.diff(before, after, proxies=["shop"], requests=["http://api.example.com/own", {"host": "api.example.com"}])
    assert more.to_dict()["compared"]["requests"] > found.to_dict()["compared"]["requests"]


def test_the_plugin_collects_test_files(pytester):
    (pytester.path / "a.meshtest.yaml").write_text(TESTS.read_text().replace("../examples/versions", str(VERSIONS)))
    result = pytester.runpytest_inprocess("-p", "pytest_meshroute", "-v")
    result.assert_outcomes(passed=5)
    pytester.runpytest_inprocess("-p", "pytest_meshroute", "-k", "preview").assert_outcomes(passed=1, deselected=4)


def test_the_plugin_says_why_a_test_fails(pytester):
    (pytester.path / "a.meshtest.yaml").write_text(
        'tests: [{name: t, from: shop, request: "http://api.example.com/", expect: {timeout: 3s}}]')
    result = pytester.runpytest_inprocess("-p", "pytest_meshroute", "--meshroute-config", VERSIONS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*a.meshtest.yaml:1: t*", "*timeout: want '3s', got 'none'*", "*because #1 split matches*"])
    (pytester.path / "a.meshtest.yaml").write_text("tests: [{from: shop, request: 'http://a/', expect: {outcom: routed}}]")
    pytester.runpytest_inprocess("-p", "pytest_meshroute").stdout.fnmatch_lines(["*did you mean `outcome`?*"])


@pytest.mark.skipif(not os.environ.get("MESHROUTE_COMMAND"), reason="MESHROUTE_COMMAND names no command")
def test_the_command_says_on_a_terminal_what_it_runs():
    pty = pytest.importorskip("pty")
    command = [os.environ["MESHROUTE_COMMAND"], "test", str(TESTS), str(TESTS)]
    terminal, end = pty.openpty()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=end, text=True)
    os.close(end)
    said = os.read(terminal, 4096).decode()
    os.close(terminal)
    lines = said.split("\r\x1b[K")
    assert lines == ["", f"running 5 tests of {TESTS} (1 of 2)", f"running 5 tests of {TESTS} (2 of 2)", ""]  # the last one empties it
    assert done.returncode == 0 and "10 tests: 10 passed" in done.stdout
    plain = subprocess.run(command, capture_output=True, text=True)
    assert plain.stderr == "" and plain.stdout == done.stdout


def large_mesh(edits=()):
    """More than 1 MB of services, each with a rule; `edits` are (what, by what)."""
    parts = []
    for i in range(600):
        parts.append(f"""apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: s{i}, namespace: n{i % 3}}}
spec:
  hosts: [s{i}.example.com]
  ports: [{{number: 80, name: http, protocol: HTTP}}]
  resolution: STATIC
  location: MESH_INTERNAL
  endpoints: [{{address: 10.1.{i // 250}.{i % 250}}}]
""")
        if i % 50 == 0:
            parts.append(f"""apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: v{i}, namespace: n{i % 3}}}
spec:
  hosts: [s{i}.example.com]
  http:
  - timeout: {i + 1}s
    route: [{{destination: {{host: s{i}.example.com}}}}]
""")
    text = "---\n".join(parts) + "# " + "x" * (1 << 20) + "\n"
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.skipif(not os.environ.get("MESHROUTE_COMMAND"), reason="MESHROUTE_COMMAND names no command")
@pytest.mark.parametrize("edits, timeouts", [
    ([("timeout: 101s", "timeout: 7s")], {"s100.example.com": "7s"}),
    ([("timeout: 101s", "timeout: 7s"), ("timeout: 151s", "timeout: 8s")], {"s100.example.com": "7s", "s150.example.com": "8s"}),
    ([("timeout: 1s", "timeout: 7s"), ("timeout: 551s", "timeout: 8s")], {"s0.example.com": "7s", "s550.example.com": "8s"}),
    ([("timeout: 101s", "timeout: 7s\n    name: longer")], {"s100.example.com": "7s"}),
    ([("timeout: 101s", "timeout: 7s"), ("{name: v100,", "{name: w100,")], {"s100.example.com": "7s"}),
    ([("timeout: 101s\n", "timeout: 7s\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n---\n"
                          "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: z, namespace: n1}\nspec:\n"
                          "  hosts: [z.example.com]\n  http:\n  -\n")], {"s100.example.com": None}),
    ([("10.1.2.0}", "10.1.2.255}")], {}),
])
def test_diff_of_large_files_is_that_of_small_ones(tmp_path, edits, timeouts):
    """Of large files only what differs is read twice; a further file in the folder makes the command read all."""
    for name, text in (("old", large_mesh()), ("new", large_mesh(edits)), ("whole", large_mesh(edits))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mesh.yaml").write_text(text)
    (tmp_path / "whole" / "more.yaml").write_text("# no documents\n")

    def changes(new):
        done = subprocess.run([os.environ["MESHROUTE_COMMAND"], "diff", "old", new, "-o", "json"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 1, done.stderr
        found = json.loads(done.stdout)
        for change in found["changes"]:
            del change["because"]  # it names files
        return found

    quick = changes("new")
    assert quick == changes("whole")
    known = {change["request"]["host"]: change["after"].get("timeout") for change in quick["changes"]}
    for host, timeout in timeouts.items():
        assert known[host] == timeout
