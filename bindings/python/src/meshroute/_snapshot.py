# SPDX-License-Identifier: Apache-2.0
"""All resources of a mesh at one moment."""
from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional

from . import _native, _reader
from ._proxy import AnyProxy, proxy_form
from ._handle import Handle
from ._journey import Journey
from ._reach import Reach
from ._report import Report
from ._request import Request
from ._rows import Endpoint
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

    @property
    def bytes_held(self) -> int:
        """About how much memory of the library the snapshot keeps alive, as for a Mesh. It grows as views are asked for."""
        held: int = _native.HELD["snapshot"](self._open())
        return held

    def find_proxy(self, name: str) -> Dict[str, Any]:
        """The proxy of the workload "NAMESPACE/NAME" (a Pod, WorkloadEntry, Deployment or its like, or WorkloadGroup), in its JSON form: labels,
        address, locality, network, node and service account; a router if a Gateway selects its labels. Error where no such workload or
        namespace is loaded; it says what is near."""
        found = _native.make("found_proxy", "snapshot_find_proxy", self._open(), _native.str_of(name))
        message = _native.text_of(_native.found_proxy_message(found))
        if message:
            raise _native.Error(message)
        form: Dict[str, Any] = json.loads(_native.text("found_proxy_json", found, 0))
        return form

    def resources(self) -> List[Dict[str, Any]]:
        """All resources in document order: "cluster", "group", "kind", "namespace", "name", "source" and "line" of each."""
        listed = _native.make("resources", "snapshot_resources", self._open())
        found: List[Dict[str, Any]] = json.loads(_native.text("resources_json", listed, 0))
        return found

    def workloads_of(self, host: str) -> List[Endpoint]:
        """The endpoints of the services of a host, whoever asks: of each workload and port; without a cluster."""
        made = _native.make("endpoints", "snapshot_workloads_of", self._open(), _native.str_of(host))
        return _reader.endpoints_of(made)

    def follow(self, proxy: AnyProxy, request: Any, servers: Optional[Iterable[AnyProxy]] = None) -> Journey:
        """A request (a URL, or a dict) from its client's proxy to every endpoint that may be chosen, with what the server's proxy there
        does. `servers` are the proxies behind addresses; None: as the endpoints' own workloads say, where they have a sidecar."""
        if isinstance(request, Request):
            raise TypeError("follow takes a URL or a dict")
        asked = _native.json_of(request) if isinstance(request, Mapping) else request
        behind = "" if servers is None else json.dumps([proxy_form(each) for each in servers])
        texts = [_native.str_of(each) for each in (json.dumps(proxy_form(proxy)), asked, behind)]
        return Journey(_native.make("journey", "snapshot_follow_json", self._open(), *texts))

    def reach(self, host: str, port: int = 0, *, from_: str = "") -> Reach:
        """For each workload that is loaded, whether a plain request to a host arrives. `host` may be short, as the clients write it;
        `port` 0: 80 where the service has it, else its first; `from_`: only workloads of "NAMESPACE", or "NAMESPACE/NAME"."""
        asked = _native.number(port, 65535, "port")
        return Reach(_native.make("reach", "snapshot_reach", self._open(), _native.str_of(host), asked, _native.str_of(from_)))

    def witnesses(self, proxy: AnyProxy) -> List[Dict[str, Any]]:
        """A request for each rule and match that the proxy has: {"resource", "path", "request"}; or with "unreachable", the rule that
        hides it, in the request's place."""
        form = _native.str_of(json.dumps(proxy_form(proxy)))
        listed = _native.make("witnesses", "snapshot_witnesses_json", self._open(), form)
        found: List[Dict[str, Any]] = json.loads(_native.text("witnesses_json", listed, 0))
        return found

    def witness_suite(self, proxy: AnyProxy, config: Iterable[str] = ()) -> str:
        """The witnesses as a test file (YAML) that pins what the mesh does today; `config` are the paths that it names."""
        form = _native.str_of(json.dumps(proxy_form(proxy)))
        paths = [_native.str_of(each) for each in config]
        listed = (_native.Str * len(paths))(*paths)
        return _native.text("snapshot_witness_suite_json", self._open(), form, listed, len(paths))
