# SPDX-License-Identifier: Apache-2.0
"""Tests as code: the mesh in `mesh/` is right, and requests go where they should."""
from pathlib import Path

import meshroute
import pytest

MESH = Path(__file__).parent / "mesh"


@pytest.fixture(scope="module")
def snapshot():
    mesh = meshroute.Mesh(workloads="derived")
    report = mesh.load_path(MESH)
    assert not report.errors, str(report)
    return mesh.snapshot()


def test_nothing_is_wrong(snapshot):
    findings = snapshot.analyze()
    assert not [finding for finding in findings if finding.severity != "info"], str(findings)


@pytest.mark.parametrize("user, version", [("tester", "v2"), ("anybody", "v1")])
def test_the_user_decides_the_version(snapshot, user, version):
    view = snapshot.view(snapshot.find_proxy("shop/web"))
    answer = view.resolve(meshroute.Request("http://reviews/", headers={"x-user": user}), explain=True)
    assert answer.outcome == "routed", str(answer)
    assert {endpoint.labels["version"] for endpoint in answer.endpoints} == {version}
