# SPDX-License-Identifier: Apache-2.0
"""The part of a snapshot that one proxy sees, and why."""
from __future__ import annotations

import ctypes as c
import json
import os
import warnings
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List

from . import _native, _reader
from ._answer import Answer, resolve, resolve_many
from ._handle import Handle, built
from ._inbound_answer import InboundAnswer, resolve_inbound
from ._request import AnyRequest
from ._rows import Cluster, Endpoint, Listener, Route, Service, TraceLine

_ROWS = 2  # MESHROUTE_JSON_ROWS
ENVOY_MODES = {"http_proxy": 0, "ports": 1, "capture": 2}
SECTIONS = ("services", "clusters", "endpoints", "routes", "listeners", "inbound", "client_tls")


@dataclass(frozen=True)
class Reasons:
    """Why a proxy sees a host, or does not. `str()` gives the lines as the command prints them."""
    host: str  # the full name, also if a short one was asked for
    visible: bool
    reasons: List[TraceLine]
    form: Dict[str, Any] = field(repr=False)
    text: str = field(repr=False)

    def to_dict(self) -> Dict[str, Any]:
        """{"host", "visible", "reasons": [...]}."""
        return self.form

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text)

    @property
    def lines(self) -> List[TraceLine]:
        """The reasons, by the name that C++ has for them."""
        return self.reasons

    def __iter__(self) -> Iterator[TraceLine]:
        return iter(self.reasons)

    def __bool__(self) -> bool:
        return self.visible

    def __str__(self) -> str:
        return self.text


class View(Handle):
    """The part of a snapshot that one proxy sees. Never changes, and may be used by any number of threads."""

    _kind = "view"

    def __init__(self, handle: Any, proxy: Dict[str, Any]) -> None:
        super().__init__(handle)
        self.proxy = proxy  # who sees it, in the JSON form

    def resolve(self, request: AnyRequest, explain: bool = False, upstream_request: bool = True) -> Answer:
        """Resolves a request: a URL, a dict (the JSON form of a request) or a prepared Request. `explain` gives the reasons.

        Without `upstream_request` the answer has only the destination: `upstream_request`, `path` and `authority` stay empty.
        """
        return resolve(self, _native.VIEW_RESOLVE, request, explain, upstream_request)

    def resolve_many(self, requests: Iterable[AnyRequest], explain: bool = False, upstream_request: bool = True) -> List[Answer]:
        """An answer for each request, in order, by one call of the library."""
        return resolve_many(self, _native.VIEW_RESOLVE, requests, explain, upstream_request)

    def resolve_inbound(self, request: AnyRequest, explain: bool = False) -> InboundAnswer:
        """What this proxy does, as a server, with a request that reaches it: `view.resolve_inbound({"port": 8080, "path": "/x",
        "tls": "mutual", "identity": "spiffe://cluster.local/ns/shop/sa/web"})`. `explain` gives the reasons."""
        return resolve_inbound(self, request, explain)

    def to_dict(self) -> Dict[str, Any]:
        """{"services": [...], "clusters": [...], "endpoints": [...], "routes": [...], "listeners": [...]}."""
        form: Dict[str, Any] = json.loads(_native.text("view_json", self._open(), _native.Str(None, 0), None, 0))
        return form

    def section(
        self, name: str, host: str = "", port: int = 0, subset: str = "", cluster: str = "", *, rows: bool = False
    ) -> List[Dict[str, Any]]:
        """One of services, clusters, endpoints, routes and listeners in the JSON form: only that is computed.

        `host` (a full name, or its first labels), `port`, `subset` and `cluster` (a cluster's whole name) narrow it. With `rows` each
        row is whole, as in find_services and its like: with labels, service account, network, resource and origin.
        """
        section, wanted = _section(name), _reader.filter_of(host, port, subset, cluster)
        text = _native.text("view_json", self._open(), section, c.byref(wanted), _ROWS if rows else 0)
        form: List[Dict[str, Any]] = json.loads(text)
        return form

    def text(self, section: str = "", host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> str:
        """For people: a section as a table, or all of them; narrowed as in `section`."""
        asked = _section(section) if section else _native.Str(None, 0)
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _native.text("view_text", self._open(), asked, c.byref(wanted), 0)

    def why(self, host: str) -> Reasons:
        """Why this proxy sees a host, or does not: definitions, workloads nearly selected, rules."""
        asked = _native.str_of(host)
        handle = _native.make("reasons", "view_why", self._open(), asked)
        form = json.loads(_native.text("reasons_json", handle, 0))
        text = _native.text("reasons_text", handle, 0)
        return Reasons(form["host"], form["visible"], [built(TraceLine, each) for each in form["reasons"]], form, text)

    @property
    def bytes_held(self) -> int:
        """About how much memory of the library the view holds of what it was asked for, without its snapshot."""
        held: int = _native.HELD["view"](self._open())
        return held

    @property
    def services(self) -> List[Service]:
        """In the order in which the proxy sees them."""
        return self.find_services()

    @property
    def clusters(self) -> List[Cluster]:
        """Sorted by name, those that every proxy has first."""
        return self.find_clusters()

    @property
    def endpoints(self) -> List[Endpoint]:
        """Sorted by cluster; a cluster without endpoints has none."""
        return self.find_endpoints()

    @property
    def routes(self) -> List[Route]:
        """Sorted by route table."""
        return self.find_routes()

    @property
    def listeners(self) -> List[Listener]:
        """One for each filter chain, sorted by listener."""
        return self.find_listeners()

    def find_services(self, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Service]:
        """The rows that pass the filter: `host` is a full name or its first labels, `cluster` a whole name. An empty argument matches all."""
        wanted = _reader.filter_of(host, port, subset, cluster)  # the arguments' own code may close the view
        return _reader.services(self._open(), wanted)

    def find_clusters(self, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Cluster]:
        """Likewise."""
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _reader.clusters(self._open(), wanted)

    def find_endpoints(self, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Endpoint]:
        """Likewise: `view.find_endpoints(host="reviews", port=80, subset="v1")`."""
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _reader.endpoints(self._open(), wanted)

    def find_routes(self, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Route]:
        """Likewise; of virtual hosts with this host, or that lead to this cluster or subset, all routes."""
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _reader.routes(self._open(), wanted)

    def find_listeners(self, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Listener]:
        """Likewise; of listeners that lead there, all filter chains."""
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _reader.listeners(self._open(), wanted)

    def envoy_routes(self) -> List[Dict[str, Any]]:
        """The routes as Envoy RouteConfigurations in protojson; each can be read by RouteTable, or by an Envoy."""
        form: List[Dict[str, Any]] = json.loads(_native.text("view_envoy_json", self._open(), _native.str_of("routes"), None, 0))
        return form

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def envoy(self, section: str, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Dict[str, Any]]:
        """clusters, endpoints, routes or listeners as the messages that a control plane sends, in protojson and without telemetry;
        narrowed as in `section`."""
        asked, wanted = _native.str_of(section), _reader.filter_of(host, port, subset, cluster)
        form: List[Dict[str, Any]] = json.loads(_native.text("view_envoy_json", self._open(), asked, c.byref(wanted), 0))
        return form

    def envoy_bootstrap(self, mode: str = "http_proxy", listen: str = "", admin: str = "", certificates: str = "") -> Dict[str, Any]:
        """A configuration that a real Envoy runs as it is: this proxy's requests go through it where `resolve` says.

        `mode`: `http_proxy` (one port, for clients with http_proxy and https_proxy), `ports` (a loopback port for each port of each
        service; the listeners are named HOST:PORT) or `capture` (behind iptables, as a sidecar). `listen`: "ADDRESS:PORT" of the
        proxy, 127.0.0.1:15080, or of the first port, 127.0.0.1:20000. `admin`: of Envoy's admin interface, 127.0.0.1:15000.
        `certificates`: a folder with cert-chain.pem, key.pem and root-cert.pem of the mesh, and for each credentialName a folder with
        tls.crt, tls.key and ca.crt. What cannot be expressed is told by `warnings.warn`.
        """
        if mode not in ENVOY_MODES:
            raise _native.Error(f"mode is {mode!r}: it must be {', '.join(sorted(ENVOY_MODES))}")
        options = _native.EnvoyOptions(c.sizeof(_native.EnvoyOptions), _native.str_of(listen), _native.str_of(admin),
                                       _native.str_of(os.fspath(certificates)), _native.Str(None, 0), ENVOY_MODES[mode])
        handle = _native.make("envoy_bootstrap", "view_envoy_bootstrap", self._open(), c.byref(options))
        for index in range(_native.COUNTS["envoy_bootstrap_warning"](handle)):
            warnings.warn(_native.text_of(_native.TEXTS["envoy_bootstrap_warning_at"](handle, index)), stacklevel=2)
        form: Dict[str, Any] = json.loads(_native.text_of(_native.envoy_bootstrap_json(handle)))
        return form

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<View of {self.proxy}>" if self._handle else "<View: closed>"


def _section(name: str) -> _native.Str:
    if name not in SECTIONS:
        raise _native.Error(f"a view has no section {name!r}; it has {', '.join(SECTIONS)}")
    return _native.str_of(name)
