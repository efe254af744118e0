# SPDX-License-Identifier: Apache-2.0
"""Meshes, their snapshots, what one client sees of them; and route tables on their own."""
from __future__ import annotations

import ctypes as c
import json
import os
import threading
from dataclasses import dataclass, field, fields
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Union

from . import _native, _reader
from ._answer import Answer, resolve, resolve_many
from ._handle import Handle, built
from ._report import Report, new_report
from ._request import AnyRequest
from ._rows import Cluster, Endpoint, Listener, Route, Service, TraceLine

Text = Union[str, bytes, bytearray, memoryview]
Object = Union[Text, Mapping[str, object]]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_SUFFIXES = (".yaml", ".yml", ".json")
SECTIONS = ("services", "clusters", "endpoints", "routes", "listeners")
_VIP_MODES = {"status": 0, "controller": 1, "legacy": 2}
_FORMATS = {"auto": 0, "json": 1, "yaml": 2}
_NO_FILE = "files are read by load_path(), or pass path.read_text()"
_GROUPS = {"Service": "", "Namespace": "", "Pod": "", "Node": "", "EndpointSlice": "discovery.k8s.io",
           "AuthorizationPolicy": "security.istio.io", "PeerAuthentication": "security.istio.io"}


@dataclass(frozen=True)
class Client:
    """Who asks: one sidecar proxy. What is empty is as a proxy without it: namespace `default`, cluster `Kubernetes`."""
    namespace: str = ""
    id: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ip: str = ""
    locality: str = ""
    network: str = ""
    cluster: str = ""
    node_name: str = ""
    dns_capture: bool = False
    dns_auto_allocate: bool = False

    @staticmethod
    def of(name: str) -> "Client":
        """From "NAMESPACE" or "NAMESPACE/NAME"."""
        namespace, _, workload = name.partition("/")
        return Client(namespace, f"{workload}.{namespace}" if workload else "")

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, without what is empty."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(value) if name == "labels" else value for name, value in values.items() if value}


AnyClient = Union[str, Client, Mapping[str, object]]


@dataclass(frozen=True)
class Reasons:
    """Why a client sees a host as it does. `str()` gives the lines as the command prints them."""
    host: str  # the full name, where a short one was asked for
    visible: bool
    lines: List[TraceLine]
    form: Dict[str, Any] = field(repr=False)
    text: str = field(repr=False)

    def to_dict(self) -> Dict[str, Any]:
        """{"host", "visible", "reasons": [...]}."""
        return self.form

    def __bool__(self) -> bool:
        return self.visible

    def __str__(self) -> str:
        return self.text


class View(Handle):
    """What one client sees of a snapshot. Never changes, and may be used by any number of threads."""

    _kind = "view"

    def __init__(self, handle: Any, client: Dict[str, Any]) -> None:
        super().__init__(handle)
        self.client = client  # who sees it, in the JSON form

    def resolve(self, request: AnyRequest, explain: bool = False, upstream_request: bool = True) -> Answer:
        """Where a request goes: a URL, a dict (the JSON form of a request) or a prepared Request. `explain` gives the reasons.

        Without `upstream_request` the answer has the destination alone, not what leaves for it (nor `path` and `authority`).
        """
        return resolve(self, _native.VIEW_RESOLVE, request, explain, upstream_request)

    def resolve_many(self, requests: Iterable[AnyRequest], explain: bool = False, upstream_request: bool = True) -> List[Answer]:
        """An answer for each request, in order."""
        return resolve_many(self, _native.VIEW_RESOLVE, requests, explain, upstream_request)

    def to_dict(self) -> Dict[str, Any]:
        """{"services": [...], "clusters": [...], "endpoints": [...], "routes": [...], "listeners": [...]}."""
        form: Dict[str, Any] = json.loads(_native.text("view_json", self._open(), _native.Str(None, 0)))
        return form

    def section(self, name: str, host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> List[Dict[str, Any]]:
        """One of services, clusters, endpoints, routes and listeners in the JSON form: only that is computed.

        `host` (a full name, or its first labels), `port`, `subset` and `cluster` (a cluster's whole name) narrow it.
        """
        section, wanted = _section(name), _reader.filter_of(host, port, subset, cluster)
        text = _native.text("view_filtered_json", self._open(), section, c.byref(wanted))
        form: List[Dict[str, Any]] = json.loads(text)
        return form

    def text(self, section: str = "", host: str = "", port: int = 0, subset: str = "", cluster: str = "") -> str:
        """For people: a section as a table, or all of them; narrowed as in `section`."""
        asked = _section(section) if section else _native.Str(None, 0)
        wanted = _reader.filter_of(host, port, subset, cluster)
        return _native.text("view_filtered_text", self._open(), asked, c.byref(wanted))

    def why(self, host: str) -> Reasons:
        """Why this client sees a host as it does, or does not see it: definitions, workloads nearly selected, rules."""
        asked = _native.str_of(host)
        handle = _native.make("reasons", "view_why", self._open(), asked)
        form = json.loads(_native.text("reasons_json", handle))
        text = _native.text("reasons_text", handle, 0)
        return Reasons(form["host"], form["visible"], [built(TraceLine, each) for each in form["reasons"]], form, text)

    @property
    def services(self) -> List[Service]:
        """In the order in which the client sees them."""
        return self.find_services()

    @property
    def clusters(self) -> List[Cluster]:
        """Sorted by name, those that every client has first."""
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
        """Only what is wanted: `host` is a full name or its first labels, `cluster` a whole name. All that is left out is wanted."""
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
        form: List[Dict[str, Any]] = json.loads(_native.text("view_envoy_routes", self._open()))
        return form

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<View of {self.client}>" if self._handle else "<View: closed>"


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
        form = _client_form(client)
        data = _native.bytes_of(form, "a client is a dict")
        shared = None if previous is None else previous._open()
        return View(_native.make("view", "snapshot_view_json", self._open(), data, len(data), shared), form)


class Mesh(Handle):
    """A set of resources that changes. Any number of threads may use it: its calls are done one after the other.

    `mesh_config` and `mesh_networks` are Istio's MeshConfig and MeshNetworks: YAML or JSON text, or a dict.
    `vip_mode` says where automatic addresses of ServiceEntries come from: "status", "controller" or "legacy".
    `threads` are used inside load; 0: all cores.
    """

    _kind = "mesh"

    def __init__(self, mesh_config: Optional[Object] = None, mesh_networks: Optional[Object] = None, vip_mode: str = "status",
                 threads: int = 1) -> None:
        if vip_mode not in _VIP_MODES:
            raise _native.Error(f"vip_mode is {vip_mode!r}, not one of {', '.join(_VIP_MODES)}")
        texts = [_native.Str(None, 0) if value is None else
                 _native.str_of(_native.bytes_of(value, f"{name} is text or a dict", "pass path.read_text()"))
                 for name, value in (("mesh_config", mesh_config), ("mesh_networks", mesh_networks))]
        options = _native.MeshOptions(c.sizeof(_native.MeshOptions), *texts, _VIP_MODES[vip_mode], _native.number(threads, 0xFFFFFFFF, "threads"))
        self._lock = threading.RLock()  # reentrant: a signal's handler may come between two calls
        super().__init__(_native.make("mesh", "mesh_new", c.byref(options)))

    def load(self, text: Text, name: Path = "<input>", cluster: str = "Kubernetes", *, format: str = "auto", keep_text: bool = True,
             apply_refused: bool = False) -> Report:
        """Reads YAML or JSON documents and applies those that a cluster would accept. `name` is shown in findings.

        `format`: "auto", "json" or "yaml". Without `keep_text` less memory is held, and reasons name the line of a document instead
        of a field's. `apply_refused` applies what decodes although a cluster would refuse it.
        """
        data = _native.bytes_of(text, "load takes text", _NO_FILE)
        options = load_options(name, cluster, format, keep_text, apply_refused)
        with self._lock:
            return Report(_native.make("report", "mesh_load", self._open(), data, len(data), c.byref(options)))

    def load_path(self, path: Path, cluster: str = "Kubernetes", *, format: str = "auto", keep_text: bool = True,
                  apply_refused: bool = False) -> Report:
        """Loads a file, or the .yaml, .yml and .json files of a folder, recursively and in sorted order. One report for all.

        The options are those of load. Raises OSError for what cannot be read, and FileNotFoundError for a folder without such a file.
        """
        top = os.fsdecode(path)
        report = new_report()
        for name in sorted(_files(top)) if os.path.isdir(top) else [top]:
            with open(name, "rb") as file:
                data = file.read()
            with self.load(data, name, cluster, format=format, keep_text=keep_text, apply_refused=apply_refused) as found:
                report.append(found)
        return report

    def apply(self, resource: Object) -> Report:
        """One Kubernetes object (a dict or JSON), applied as it is where it decodes; replaces a resource with its identity."""
        data = _native.bytes_of(resource, "apply takes a dict or JSON text", _NO_FILE)
        with self._lock:
            return Report(_native.make("report", "mesh_apply_json", self._open(), data, len(data)))

    def remove(self, kind: str, namespace: str, name: str) -> bool:
        """False where no such resource was there."""
        texts = [_native.str_of(each) for each in (_GROUPS.get(kind, "networking.istio.io"), kind, namespace, name)]
        with self._lock:
            return _native.call("mesh_remove", self._open(), *texts) == 0

    def snapshot(self) -> Snapshot:
        """All resources at this moment."""
        with self._lock:
            return Snapshot(_native.make("snapshot", "mesh_snapshot", self._open()))

    def resolve(self, request: AnyRequest, from_: AnyClient = "default", explain: bool = False, upstream_request: bool = True) -> Answer:
        """Where a request from a client goes, as the mesh is now. For more than one request keep a view and ask it."""
        with self.snapshot() as snapshot, snapshot.view(from_) as view:
            return view.resolve(request, explain, upstream_request)


class RouteTable(Handle):
    """Envoy's HTTP routing on its own, from a RouteConfiguration (snake_case or lowerCamelCase names).

    A list of them or a whole config dump is read as well; `name` then says which. Raises Error where Envoy refuses the table.
    Never changes, and may be used by any number of threads.
    """

    _kind = "route_table"

    def __init__(self, envoy_route_configuration: Union[Object, List[Any]], name: str = "") -> None:
        data = _native.bytes_of(envoy_route_configuration, "a route table is a dict, a list or JSON text", "pass path.read_text()")
        super().__init__(_native.make("route_table", "route_table_new", data, len(data), _native.str_of(name)))

    def resolve(self, request: AnyRequest, explain: bool = False, upstream_request: bool = True) -> Answer:
        """What Envoy would do with the request; every cluster is taken as there. The options are those of View.resolve."""
        return resolve(self, _native.TABLE_RESOLVE, request, explain, upstream_request)

    def resolve_many(self, requests: Iterable[AnyRequest], explain: bool = False, upstream_request: bool = True) -> List[Answer]:
        """An answer for each request, in order."""
        return resolve_many(self, _native.TABLE_RESOLVE, requests, explain, upstream_request)


def load_options(name: Path, cluster: str = "Kubernetes", format: str = "auto", keep_text: bool = True,
                 apply_refused: bool = False) -> _native.LoadOptions:
    if format not in _FORMATS:
        raise _native.Error(f"format is {format!r}, not one of {', '.join(_FORMATS)}")
    return _native.LoadOptions(c.sizeof(_native.LoadOptions), _native.name_of(name), _native.str_of(cluster), _FORMATS[format],
                               0 if keep_text else 1, 1 if apply_refused else 0, 0)


def _section(name: str) -> _native.Str:
    if name not in SECTIONS:
        raise _native.Error(f"a view has no section {name!r}; it has {', '.join(SECTIONS)}")
    return _native.str_of(name)


def _client_form(client: Optional[AnyClient]) -> Dict[str, Any]:
    if isinstance(client, str):
        client = Client.of(client)
    if isinstance(client, Client):
        return client.to_dict()
    if client is None or isinstance(client, Mapping):
        return dict(client or {})
    raise TypeError(f'a client is "NAMESPACE", "NAMESPACE/NAME", a meshroute.Client or a dict, not {_native.shown_type(client)}')


def _files(folder: str) -> Iterator[str]:
    """The configuration files below a folder; raises where there is none, or where a folder cannot be read."""
    def refuse(error: OSError) -> None:
        raise error

    found = False
    for inner, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            if name.endswith(_SUFFIXES):
                found = True
                yield os.path.join(inner, name)
    if not found:
        raise FileNotFoundError(f"there is no .yaml, .yml or .json file in {folder}")
