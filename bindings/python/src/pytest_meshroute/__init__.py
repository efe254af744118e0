# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin: routing tests that read as sentences, and the tests of `*.meshtest.yaml` files.

    def test_reviews(mesh):
        mesh.request("http://reviews.prod/", from_="prod").goes_to("reviews", subset="v2")

The `mesh` fixture is made of the files and folders of `--meshroute-config` (repeatable), or of `meshroute_config` in pytest's
ini file. `--meshroute-mesh-config FILE` gives Istio's MeshConfig. Services without EndpointSlices have the endpoints of Pods, and where none
is given those of Deployments and their like; `--meshroute-workloads given` leaves them empty. A sentence that does not hold fails with the reasons.


Each test of a `*.meshtest.yaml` file is an item of its own. It is asked of that same mesh or, without one, of the mesh that the
file's `config` names.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

import pytest

from ._sentences import MeshUnderTest, RequestUnderTest

__all__ = ["MeshUnderTest", "RequestUnderTest"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("meshroute", "where mesh requests go")
    group.addoption("--meshroute-config", action="append", default=[], metavar="PATH",
                    help="a file or a folder of mesh configuration for the `mesh` fixture; repeatable")
    group.addoption("--meshroute-mesh-config", metavar="FILE", help="Istio's MeshConfig for the `mesh` fixture (YAML or JSON)")
    group.addoption("--meshroute-workloads", choices=["given", "derived"],
                    help="which endpoints Services without an EndpointSlice have: those of Pods and templates (derived), or none (given)")
    parser.addini("meshroute_workloads", "given or derived (the default)", default="derived")
    parser.addini(
        "meshroute_config", "files and folders for the `mesh` fixture, from the ini file's folder", type="paths", default=[]
    )
    parser.addini("meshroute_mesh_config", "a file with Istio's MeshConfig, from the ini file's folder", type="paths", default=[])


@pytest.fixture(scope="session")
def mesh(pytestconfig: pytest.Config) -> MeshUnderTest:
    """The mesh of --meshroute-config, or of meshroute_config in the ini file. Every document of it must be accepted."""
    if not _paths(pytestconfig, "meshroute_config"):
        pytest.fail("the mesh fixture needs --meshroute-config PATH, or meshroute_config in pytest's ini file", pytrace=False)
    return MeshUnderTest(_snapshot(pytestconfig))


_SNAPSHOT = pytest.StashKey[Any]()


def _workloads(config: pytest.Config) -> str:
    return str(config.getoption("--meshroute-workloads") or config.getini("meshroute_workloads"))


def _snapshot(config: pytest.Config) -> Any:
    """Of the configuration that pytest was given; made once."""
    if _SNAPSHOT not in config.stash:
        paths, settings = _paths(config, "meshroute_config"), _paths(config, "meshroute_mesh_config")
        import meshroute  # here, so that a broken installation costs only the tests that need it

        try:
            made = meshroute.Mesh(mesh_config=settings[0].read_bytes() if settings else None, workloads=_workloads(config))
            refused = [str(report) for report in map(made.load_path, paths) if not report.accepted]
            if refused:
                pytest.fail("the mesh has documents that a cluster would refuse:\n\n" + "\n".join(refused), pytrace=False)
            config.stash[_SNAPSHOT] = made.snapshot()
        except (OSError, meshroute.Error) as problem:
            pytest.fail(f"the mesh cannot be made: {problem}", pytrace=False)
    return config.stash[_SNAPSHOT]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Optional["MeshTestFile"]:
    if file_path.name.endswith((".meshtest.yaml", ".meshtest.yml")):
        return MeshTestFile.from_parent(parent, path=file_path)
    return None


class MeshTestFile(pytest.File):
    """The tests of one file. They are run together, when the first one's turn has come."""

    _suite: Any = None
    _results: Optional[List[Dict[str, Any]]] = None

    def collect(self) -> Iterator["MeshTestItem"]:
        import meshroute

        try:
            self._suite = meshroute.Suite(self.path)
        except meshroute.Error as problem:
            raise self.CollectError(str(problem)) from None
        for index, test in enumerate(self._suite.tests):
            yield MeshTestItem.from_parent(self, name=test["name"], index=index, line=test["line"])

    def result(self, index: int) -> Dict[str, Any]:
        """What became of one test."""
        import meshroute

        if self._results is None:
            mesh = _snapshot(self.config) if _paths(self.config, "meshroute_config") else None
            try:
                self._results = self._suite.run(mesh, coverage=False, workloads=_workloads(self.config)).tests
            except meshroute.Error as problem:
                pytest.fail(str(problem), pytrace=False)
        return self._results[index]


class MeshTestFailure(Exception):
    """A test whose expectations do not hold."""


class MeshTestItem(pytest.Item):
    """One test with one request."""

    def __init__(self, *, index: int, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self._index, self._line = index, line

    def runtest(self) -> None:
        assert isinstance(self.parent, MeshTestFile)
        result = self.parent.result(self._index)
        if not result["passed"]:
            raise MeshTestFailure(_told(result))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, MeshTestFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> Tuple[Union[Path, str], Optional[int], str]:
        return self.path, self._line - 1, self.name


def _told(result: Dict[str, Any]) -> str:
    """A failure for people."""
    lines = [f"{result['source']}:{result['line']}: {result['name']}"]
    for failure in result["failures"]:
        lines.append(f"  {failure['path']}: want {failure['want']!r}, got {failure['got']!r}")
    if "request" in result:
        lines.append(f"  ask it: {result['request']}")
    for line in result["because"]:
        place = f"  ({line['source']}:{line['line']})" if line.get("source") else ""
        lines.append(f"  because {line['text']}{place}")
    return "\n".join(lines + [f"  note: {note}" for note in result.get("notes", ())])


def _paths(config: pytest.Config, name: str) -> List[Path]:
    """From the command line, relative to where pytest was called; else from the ini file, relative to it."""
    given: Any = config.getoption("--" + name.replace("_", "-"))
    if given:
        return [config.invocation_params.dir / each for each in ([given] if isinstance(given, str) else given)]
    listed: Optional[List[Path]] = config.getini(name)
    return listed or []
