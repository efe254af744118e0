# SPDX-License-Identifier: Apache-2.0
"""All resources of a mesh at one moment."""
from __future__ import annotations

from typing import Optional

from . import _native
from ._proxy import AnyProxy, proxy_form
from ._handle import Handle
from ._report import Report
from ._view import View


class Snapshot(Handle):
    """All resources of a mesh at one moment. Never changes, and may be used by any number of threads."""

    _kind = "snapshot"

    def analyze(self) -> Report:
        """Findings over all resources together."""
        return Report(_native.make("report", "snapshot_analyze", self._open()))

    def view(self, proxy: Optional[AnyProxy] = None, previous: Optional[View] = None) -> View:
        """What a proxy sees: "NAMESPACE", "NAMESPACE/NAME", a Proxy, or its JSON form.

        `previous` may be a view of an earlier snapshot for the same proxy: what has not changed is shared with it.
        """
        if not (previous is None or isinstance(previous, View)):
            raise TypeError(f"previous is a View, not {_native.shown_type(previous)}")
        form = proxy_form(proxy)
        data = _native.bytes_of(form, "a proxy is a dict")
        shared = None if previous is None else previous._open()
        return View(_native.make("view", "snapshot_view_json", self._open(), data, len(data), shared), form)
