"""Tests of routing, witnesses and diffs from Python; the plugin's *.meshtest.yaml files."""
import json
import pathlib
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
