# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin: routing tests that read as sentences.

    def test_reviews(mesh):
        mesh.request("http://reviews.prod/", from_="prod").goes_to("reviews", subset="v2")

The `mesh` fixture is made of the files and folders of `--meshroute-config` (repeatable), or of `meshroute_config` in pytest's
ini file. `--meshroute-mesh-config FILE` gives Istio's MeshConfig. Services without EndpointSlices have the endpoints of Pods, and where none
is given those of Deployments and their like; `--meshroute-workloads given` leaves them empty. A sentence that does not hold fails with the reasons.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional

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
    paths = _paths(pytestconfig, "meshroute_config")
    if not paths:
        pytest.fail("the mesh fixture needs --meshroute-config PATH, or meshroute_config in pytest's ini file", pytrace=False)
    settings = _paths(pytestconfig, "meshroute_mesh_config")
    import meshroute  # here, so that a broken installation costs only the tests that need it

    try:
        made = meshroute.Mesh(mesh_config=settings[0].read_bytes() if settings else None,
                              workloads=pytestconfig.getoption("--meshroute-workloads") or pytestconfig.getini("meshroute_workloads"))
        refused = [str(report) for report in map(made.load_path, paths) if not report.accepted]
        if refused:
            pytest.fail("the mesh has documents that a cluster would refuse:\n\n" + "\n".join(refused), pytrace=False)
        return MeshUnderTest(made.snapshot())
    except (OSError, meshroute.Error) as problem:
        pytest.fail(f"the mesh cannot be made: {problem}", pytrace=False)


def _paths(config: pytest.Config, name: str) -> List[Path]:
    """From the command line, relative to where pytest was called; else from the ini file, relative to it."""
    given: Any = config.getoption("--" + name.replace("_", "-"))
    if given:
        return [config.invocation_params.dir / each for each in ([given] if isinstance(given, str) else given)]
    listed: Optional[List[Path]] = config.getini(name)
    return listed or []
