# SPDX-License-Identifier: Apache-2.0
"""All resources of a mesh at one moment."""
from __future__ import annotations

from typing import Optional

from . import _native
from ._client import AnyClient, client_form
from ._handle import Handle
from ._report import Report
from ._view import View


class Snapshot(Handle):
    """All resources of a mesh at one moment. Never changes, and may be used by any number of threads."""

    _kind = "snapshot"

    def analyze(self) -> Report:
        """Findings over all resources together."""
        return Report(_native.make("report", "snapshot_analyze", self._open()))

    def view(self, client: Optional[AnyClient] = None, previous: Optional[View] = None) -> View:
        """What a client sees: "NAMESPACE", "NAMESPACE/NAME", a Client, or its JSON form.

        `previous` may be a view of an earlier snapshot for the same client: what has not changed is shared with it.
        """
        if not (previous is None or isinstance(previous, View)):
            raise TypeError(f"previous is a View, not {_native.shown_type(previous)}")
        form = client_form(client)
        data = _native.bytes_of(form, "a client is a dict")
        shared = None if previous is None else previous._open()
        return View(_native.make("view", "snapshot_view_json", self._open(), data, len(data), shared), form)
