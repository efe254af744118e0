# SPDX-License-Identifier: Apache-2.0
"""A request from its client to every endpoint that it may reach."""
from __future__ import annotations

from typing import Any, Dict, List

from . import _native
from ._handle import JsonHandle, built
from ._rows import TraceLine


class Journey(JsonHandle):
    """A request through the proxies on its way; true where every such request arrives. `to_dict()` is the JSON form,
    {"outbound", "endpoints", "arrives_percent", "because"}. Never changes."""

    _kind = "journey"

    @property
    def arrives_percent(self) -> float:
        """The share of such requests that reach an application."""
        return float(self.to_dict()["arrives_percent"])

    def __bool__(self) -> bool:
        return self.arrives_percent >= 100

    @property
    def endpoints(self) -> List[Dict[str, Any]]:
        """One for each endpoint: cluster, address, port, tls, server, inbound, result, percent, ..."""
        found: List[Dict[str, Any]] = self.to_dict()["endpoints"]
        return found

    @property
    def because(self) -> List[TraceLine]:
        """The reasons, the one that decides first."""
        return [built(TraceLine, each) for each in self.to_dict().get("because", [])]

    @property
    def reasons(self) -> List[TraceLine]:
        """The same, as every answer has it."""
        return self.because

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def text(self, colour: bool = False) -> str:
        """For people: the deciding reason, and a line for each endpoint."""
        return _native.text("journey_text", self._open(), 1 if colour else 0)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Journey: {self.arrives_percent:g} % arrive>" if self._handle else "<Journey: closed>"
