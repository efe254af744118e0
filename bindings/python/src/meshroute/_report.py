# SPDX-License-Identifier: Apache-2.0
"""Reports: what a cluster would say of each document, and the findings."""
from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import _native
from ._handle import Handle, built


@dataclass(frozen=True)
class Related:
    """A related place."""
    source: str
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Diagnostic:
    """One finding. Lines and columns count from 1, columns in Unicode code points."""
    severity: str
    layer: str
    rule: str
    message: str
    source: str
    line: int
    column: int
    document: Optional[int] = None
    resource: str = ""
    path: str = ""
    hint: str = ""
    related: Tuple[Related, ...] = ()
    more: int = 0  # how many findings of this rule and resource are left out; only the last one kept has them

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.rule}]"


@dataclass(frozen=True)
class Document:
    """The verdict on one document; `layers` is empty for a kind that is not checked."""
    source: str
    line: int
    kind: str
    namespace: str
    name: str
    accepted: bool
    unknown_fields: Tuple[str, ...] = ()
    layers: Dict[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        what = f"{self.kind} {self.namespace}/{self.name}" if self.kind else "document"
        return f"{self.source}:{self.line}: {what}: {'accepted' if self.accepted else 'refused'}"


class Report(Handle):
    """What a load, a check or an analysis found. Iterates over its findings; true where nothing is an error.
    Changes only by append() and ignore(). Any number of threads may use it: its calls are done one after the other."""

    _kind = "report"
    _dict: Optional[Dict[str, Any]] = None

    def __init__(self, handle: Any) -> None:
        super().__init__(handle)
        self._lock = threading.RLock()  # reentrant: a signal's handler may come between two calls

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form: {"documents": [...], "diagnostics": [...]}. It is made once; change a copy of it."""
        with self._lock:
            handle, form = self._open(), self._dict
            if form is None:
                form = self._dict = json.loads(_native.text("report_json", handle, 0))
            return form

    def to_sarif(self) -> Dict[str, Any]:
        """SARIF 2.1.0, for code-scanning services."""
        with self._lock:
            text = _native.text("report_sarif", self._open(), 0)
        form: Dict[str, Any] = json.loads(text)
        return form

    @property
    def bytes_held(self) -> int:
        """About how much memory of the library the report holds."""
        with self._lock:
            held: int = _native.HELD["report"](self._open())
            return held

    def close(self) -> None:
        """Frees it, once calls that are in progress have ended; closing twice is fine."""
        self._handle = self._dict = None

    @property
    def documents(self) -> List[Document]:
        """The verdict on each document, in the order in which they were read."""
        return [built(Document, dict(form, unknown_fields=tuple(form["unknown_fields"]))) for form in self.to_dict()["documents"]]

    @property
    def diagnostics(self) -> List[Diagnostic]:
        """All findings, whatever their severity; iterating over the report gives the same."""
        return [built(Diagnostic, dict(form, related=tuple(built(Related, each) for each in form.get("related", ()))))
                for form in self.to_dict()["diagnostics"]]

    @property
    def errors(self) -> List[Diagnostic]:
        """The findings with severity `error`: a cluster would refuse it, or it cannot work."""
        return [found for found in self.diagnostics if found.severity == "error"]

    @property
    def warnings(self) -> List[Diagnostic]:
        """The findings with severity `warning`."""
        return [found for found in self.diagnostics if found.severity == "warning"]

    @property
    def accepted(self) -> bool:
        """Whether every document would be accepted."""
        return all(form["accepted"] for form in self.to_dict()["documents"])

    def append(self, other: "Report") -> None:
        """Adds another report's documents and findings."""
        if not isinstance(other, Report):
            raise TypeError(f"a Report is appended to a Report, not {_native.shown_type(other)}")
        first, second = sorted((self, other), key=id)  # in one order, so that two threads cannot wait for each other
        with first._lock, second._lock:
            handle, added = self._open(), other._open()
            self._dict = None
            _native.call("report_append", handle, added)

    def ignore(self, rule: str) -> None:
        """Drops this rule's findings, but for those that explain a refusal; `*` stands for all rules."""
        dropped = _native.str_of(rule)
        with self._lock:
            handle = self._open()
            self._dict = None
            _native.call("report_ignore", handle, dropped)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __bool__(self) -> bool:
        return not any(form["severity"] == "error" for form in self.to_dict()["diagnostics"])

    @property
    def passed_over(self) -> List[str]:
        """The sources of documents that are no Kubernetes objects, of folders: one for each document."""
        with self._lock:
            handle = self._open()
            return [_native.text_of(_native.TEXTS["report_passed_over_at"](handle, each))
                    for each in range(_native.COUNTS["report_passed_over"](handle))]

    def text(self, colour: bool = False, verbose: bool = False) -> str:
        """For people: the findings with pictures of their places, then one line of counts. `colour`: for a terminal; `verbose`: with a line
        for each document."""
        with self._lock:
            return _native.text("report_text", self._open(), _native.text_style(colour, verbose=verbose))

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        if not self._handle:
            return "<Report: closed>"
        form = self.to_dict()
        counts = [f"{len(form[what])} {name}{'' if len(form[what]) == 1 else 's'}"
                  for what, name in (("documents", "document"), ("diagnostics", "finding"))]
        return f"<Report: {', '.join(counts)}>"


def new_report() -> Report:
    return Report(_native.make("report", "report_new"))
