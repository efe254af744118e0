# SPDX-License-Identifier: Apache-2.0
"""Is this mesh configuration right, where does a request go, to which endpoints, and why?

    mesh = meshroute.Mesh()
    report = mesh.load_path("config/")
    view = mesh.snapshot().view({"namespace": "shop"})
    print(view.resolve("http://reviews.prod/x", explain=True))

Snapshots, views and reports never change and may be used by any number of threads; a mesh belongs to one thread at a time.
Calls into the library release the interpreter's lock.
"""
from __future__ import annotations

import ctypes as _c
import json as _json
import os as _os
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from . import _native
from ._answer import Answer, AnyRequest, Endpoint, Request, TraceLine
from ._answer import resolve as _resolve
from ._handle import Handle as _Handle
from ._native import Error
from ._report import Diagnostic, Document, Related, Report
from ._report import new_report as _new_report

__all__ = ["Answer", "Diagnostic", "Document", "Endpoint", "Error", "Mesh", "Related", "Report", "Request", "RouteTable", "Snapshot",
           "TraceLine", "View", "check", "envoy_version", "istio_version", "rules", "version"]
__version__ = _native.VERSION

_VIP_MODES = {"status": 0, "controller": 1, "legacy": 2}
_GROUPS = {"Service": "", "Namespace": "", "Pod": "", "Node": "", "EndpointSlice": "discovery.k8s.io",
           "AuthorizationPolicy": "security.istio.io", "PeerAuthentication": "security.istio.io"}
Text = Union[str, bytes, bytearray]
Object = Union[Text, Mapping[str, Any]]


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, (bytes, bytearray)) else _json.dumps(value).encode()


def _options(name: Any, cluster: str = "Kubernetes") -> Any:
    return _native.LoadOptions(_c.sizeof(_native.LoadOptions), _native.str_of(_os.fspath(name)), _native.str_of(cluster), 0, 0, 0, 0)


class View(_Handle):
    """What one client sees of a snapshot."""

    _kind = "view"

    def resolve(self, request: AnyRequest, explain: bool = False) -> Answer:
        """Where a request goes: a URL, a dict (the JSON form of a request) or a prepared Request. `explain` gives the reasons."""
        return _resolve(self._open(), "resolve", request, explain)

    def resolve_many(self, requests: Iterable[AnyRequest], explain: bool = False) -> List[Answer]:
        """An answer for each request, in order."""
        handle = self._open()
        return [_resolve(handle, "resolve", request, explain) for request in requests]

    def to_dict(self) -> Dict[str, Any]:
        """{"services": [...], "clusters": [...], "endpoints": [...], "routes": [...], "listeners": [...]}."""
        form: Dict[str, Any] = _json.loads(_native.text("view_json", self._open(), _native.Str(None, 0)))
        return form

    def section(self, name: str) -> List[Dict[str, Any]]:
        """One of services, clusters, endpoints, routes and listeners: only that is computed."""
        form: List[Dict[str, Any]] = _json.loads(_native.text("view_json", self._open(), _native.str_of(name)))
        return form

    def envoy_routes(self) -> List[Dict[str, Any]]:
        """The routes as Envoy RouteConfigurations in protojson; each can be read by RouteTable, or by an Envoy."""
        form: List[Dict[str, Any]] = _json.loads(_native.text("view_envoy_routes", self._open()))
        return form

    def __str__(self) -> str:
        return _native.text("view_text", self._open(), _native.Str(None, 0))


class Snapshot(_Handle):
    """All resources of a mesh at one moment."""

    _kind = "snapshot"

    def analyze(self) -> Report:
        """Findings over all resources together."""
        return Report(_native.make("snapshot_analyze", self._open())[0])

    def view(self, client: Optional[Object] = None, previous: Optional[View] = None) -> View:
        """What a client sees: {"namespace", "labels", "ip", "locality", "network", "cluster", "id", ...}, all optional.

        `previous` may be a view of an earlier snapshot for the same client: what has not changed is shared with it.
        """
        data = _bytes({} if client is None else client)
        return View(_native.make("snapshot_view_json", self._open(), data, len(data), previous._open() if previous else None)[0])


class Mesh(_Handle):
    """A set of resources that changes.

    `mesh_config` and `mesh_networks` are Istio's MeshConfig and MeshNetworks: YAML or JSON text, or a dict.
    `vip_mode` says where automatic addresses of ServiceEntries come from: "status", "controller" or "legacy".
    """

    _kind = "mesh"

    def __init__(self, mesh_config: Optional[Object] = None, mesh_networks: Optional[Object] = None, vip_mode: str = "status",
                 threads: int = 1) -> None:
        self._handle = None
        if vip_mode not in _VIP_MODES:
            raise Error(f"vip_mode is {vip_mode!r}, not one of {', '.join(_VIP_MODES)}")
        texts = [_native.str_of(_bytes(value)) if value is not None else _native.Str(None, 0) for value in (mesh_config, mesh_networks)]
        options = _native.MeshOptions(_c.sizeof(_native.MeshOptions), *texts, _VIP_MODES[vip_mode], threads)
        super().__init__(_native.make("mesh_new", _c.byref(options))[0])

    def load(self, text: Text, name: Union[str, "_os.PathLike[str]"] = "<input>", cluster: str = "Kubernetes") -> Report:
        """Reads YAML or JSON documents and applies those that a cluster would accept. `name` is shown in findings."""
        data, options = _bytes(text), _options(name, cluster)
        return Report(_native.make("mesh_load", self._open(), data, len(data), _c.byref(options))[0])

    def load_path(self, path: Union[str, "_os.PathLike[str]"], cluster: str = "Kubernetes") -> Report:
        """Loads a file, or the .yaml, .yml and .json files of a folder, recursively and in sorted order. One report for all."""
        path = _os.fspath(path)
        if not _os.path.isdir(path):
            with open(path, "rb") as file:
                return self.load(file.read(), name=path, cluster=cluster)
        report = _new_report()
        files = (_os.path.join(folder, name) for folder, _, names in _os.walk(path) for name in names
                 if name.endswith((".yaml", ".yml", ".json")))
        for name in sorted(files):
            report.append(self.load_path(name, cluster))
        return report

    def apply(self, resource: Object) -> Report:
        """One Kubernetes object, applied as it is where it decodes; replaces a resource with its identity."""
        data = _bytes(resource)
        return Report(_native.make("mesh_apply_json", self._open(), data, len(data))[0])

    def remove(self, kind: str, namespace: str, name: str) -> bool:
        """False where no such resource was there."""
        texts = map(_native.str_of, (_GROUPS.get(kind, "networking.istio.io"), kind, namespace, name))
        return _native.call("mesh_remove", self._open(), *texts) == 0

    def snapshot(self) -> Snapshot:
        """All resources at this moment."""
        return Snapshot(_native.make("mesh_snapshot", self._open())[0])


class RouteTable(_Handle):
    """Envoy's HTTP routing on its own, from a RouteConfiguration (snake_case or lowerCamelCase names).

    A list of them or a whole config dump is read as well; `name` then says which. Raises Error where Envoy refuses the table.
    """

    _kind = "route_table"

    def __init__(self, envoy_route_configuration: Union[Object, List[Any]], name: str = "") -> None:
        self._handle = None
        data = _bytes(envoy_route_configuration)
        super().__init__(_native.make("route_table_new", data, len(data), _native.str_of(name))[0])

    def resolve(self, request: AnyRequest, explain: bool = False) -> Answer:
        """What Envoy would do with the request; every cluster is taken as there."""
        return _resolve(self._open(), "route_table_resolve", request, explain)


def check(text: Text, name: Union[str, "_os.PathLike[str]"] = "<input>") -> Report:
    """The verdicts on a stream of documents, keeping nothing."""
    data, options = _bytes(text), _options(name)
    return Report(_native.make("check", data, len(data), _c.byref(options))[0])


def rules() -> List[Dict[str, str]]:
    """Every rule that a finding can name: id, kind, layer, severity, demand, source."""
    found = []
    for index in range(_native.library.meshroute_rule_count()):
        rule = _native.Rule(_c.sizeof(_native.Rule))
        _native.call("rule_at", index, _c.byref(rule))
        found.append({field[0]: _native.text_of(getattr(rule, field[0])) for field in _native.Rule._fields_[1:]})
    return found


def version() -> str:
    return str(_native.library.meshroute_version().decode())


def istio_version() -> str:
    """The level of Istio whose semantics apply."""
    return str(_native.library.meshroute_istio_version().decode())


def envoy_version() -> str:
    return str(_native.library.meshroute_envoy_version().decode())
