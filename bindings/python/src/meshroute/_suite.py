# SPDX-License-Identifier: Apache-2.0
"""Tests of routing, and what became of them."""
from __future__ import annotations

import ctypes as c
import json
from typing import Any, Dict, Iterator, List, Optional, Union

from . import _native
from ._handle import Handle, JsonHandle
from ._mesh import Mesh, mesh_options
from ._snapshot import Snapshot
from ._text import Path, Text


def snapshot_of(mesh: Union[Mesh, Snapshot]) -> Snapshot:
    """The snapshot itself, or that of a mesh as it is now."""
    if isinstance(mesh, Mesh):
        return mesh.snapshot()
    if isinstance(mesh, Snapshot):
        return mesh
    raise TypeError(f"a Mesh or a Snapshot is needed, not {_native.shown_type(mesh)}")


class SuiteReport(JsonHandle):
    """What became of tests; true where all of them passed. Iterates over the tests. `to_dict()` is the JSON form,
    {"passed", "failed", "tests": [...], "coverage": {...}}. Never changes."""

    _kind = "suite_report"

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return int(self.to_dict()["passed"])

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return int(self.to_dict()["failed"])

    @property
    def tests(self) -> List[Dict[str, Any]]:
        """Each with name, source, line, passed, failures and because."""
        found: List[Dict[str, Any]] = self.to_dict()["tests"]
        return found

    @property
    def coverage(self) -> Dict[str, Any]:
        """{"rules": {"covered", "all"}, "items": [{"resource", "path", "source", "line", "hits"}]}."""
        found: Dict[str, Any] = self.to_dict()["coverage"]
        return found

    def __bool__(self) -> bool:
        return self.failed == 0

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return iter(self.tests)

    def text(self, verbose: bool = False, colour: bool = False) -> str:
        """For people: the tests that fail, and with `verbose` the others too."""
        return _native.text("suite_report_text", self._open(), _native.text_style(colour, verbose=verbose))

    def junit(self) -> str:
        """As JUnit's XML."""
        return _native.text("suite_report_junit", self._open())

    def coverage_text(self) -> str:
        """The coverage as a table for people."""
        return _native.text("suite_report_coverage_text", self._open(), 0)

    def lcov(self) -> str:
        """The coverage as an lcov trace file."""
        return _native.text("suite_report_coverage_lcov", self._open())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<SuiteReport: {self.passed} passed, {self.failed} failed>" if self._handle else "<SuiteReport: closed>"


class Suite(Handle):
    """The tests of a file, or of all files of a folder that have tests. Never changes.

    Raises Error with the line of each mistake: a misspelt field, or a test that can assert nothing.
    """

    _kind = "suite"

    def __init__(self, path: Path) -> None:
        super().__init__(_native.make("suite", "suite_load_path", _native.name_of(path)))

    @classmethod
    def of_text(cls, text: Text, name: Path = "<input>") -> "Suite":
        """The tests of a text; paths of `config` start from the folder of `name`."""
        data = _native.bytes_of(text, "of_text takes text", "pass path.read_text()")
        suite = cls.__new__(cls)
        Handle.__init__(suite, _native.make("suite", "suite_load", data, len(data), _native.name_of(name)))
        return suite

    @property
    def tests(self) -> List[Dict[str, Any]]:
        """Each with name, source and line, in the order of a report."""
        found: List[Dict[str, Any]] = json.loads(_native.text("suite_json", self._open(), 0))["tests"]
        return found

    def run(self, mesh: Optional[Union[Mesh, Snapshot]] = None, *, coverage: bool = True, workloads: str = "given") -> SuiteReport:
        """Runs all tests against a mesh; None: the one that the files' `config` names, with `workloads` as a Mesh takes them."""
        settings = mesh_options(workloads=workloads)
        options = _native.SuiteOptions(c.sizeof(_native.SuiteOptions), c.cast(c.pointer(settings), c.c_void_p),
                                       _native.Str(None, 0), 0 if coverage else 1, 0)
        against = None if mesh is None else snapshot_of(mesh)
        handle = None if against is None else against._open()
        return SuiteReport(_native.make("suite_report", "suite_run", self._open(), handle, c.byref(options)))
