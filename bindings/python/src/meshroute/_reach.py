# SPDX-License-Identifier: Apache-2.0
"""Who reaches a host."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List

from . import _native
from ._handle import JsonHandle, built
from ._rows import TraceLine

_PICTURES = ("dot", "mermaid")


class Reach(JsonHandle):
    """For each workload that is loaded, whether a plain request to a host arrives; true where all of them do. Iterates over the
    groups of workloads whose requests fare alike, those that fail first. `to_dict()` is the JSON form,
    {"host", "port", "url", "workloads", "arrives", "groups"}. Never changes."""

    _kind = "reach"

    @property
    def url(self) -> str:
        """What is asked: "http://reviews.prod:80/"."""
        return str(self.to_dict()["url"])

    @property
    def workloads(self) -> int:
        """How many workloads are asked."""
        return int(self.to_dict()["workloads"])

    @property
    def arrives(self) -> int:
        """How many of them get all their requests through."""
        return int(self.to_dict()["arrives"])

    @property
    def groups(self) -> List[Dict[str, Any]]:
        """Each with "result", "arrives_percent", "sidecar", "workloads", "ways" and "because"."""
        found: List[Dict[str, Any]] = self.to_dict()["groups"]
        return found

    @property
    def reasons(self) -> List[TraceLine]:
        """The reasons of all groups, in their order."""
        return [built(TraceLine, each) for group in self.groups for each in group.get("because", [])]

    def __bool__(self) -> bool:
        return self.arrives == self.workloads

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return iter(self.groups)

    def picture(self, kind: str = "mermaid") -> str:
        """Who reaches what, as a "mermaid" flowchart or for Graphviz ("dot")."""
        if kind not in _PICTURES:
            raise ValueError(f"a picture is {' or '.join(_PICTURES)}, not {kind!r}")
        return _native.text("reach_picture", self._open(), _PICTURES.index(kind))

    def text(self, colour: bool = False) -> str:
        """For people: a table, each group with its reason."""
        return _native.text("reach_text", self._open(), 1 if colour else 0)

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Reach: {self.arrives} of {self.workloads} workloads>" if self._handle else "<Reach: closed>"
