# SPDX-License-Identifier: Apache-2.0
"""A set of resources that changes."""
from __future__ import annotations

import ctypes as c
import os
import threading
from typing import Any, Dict, List, Optional, Sequence

from . import _native
from ._answer import Answer
from ._proxy import AnyProxy
from ._handle import Handle
from ._report import Report, new_report
from ._request import AnyRequest
from ._snapshot import Snapshot
from ._text import Object, Path, Text, load_options, refuse_path, threads_of

_VIP_MODES = {"status": 0, "controller": 1, "legacy": 2}
_WORKLOADS = {"given": 0, "derived": 1}
_NO_FILE = "files are read by load_path(), or pass path.read_text()"
_GROUPS = {"Service": "", "Namespace": "", "Pod": "", "Node": "", "EndpointSlice": "discovery.k8s.io",
           "AuthorizationPolicy": "security.istio.io", "PeerAuthentication": "security.istio.io",
           "RequestAuthentication": "security.istio.io", "Telemetry": "telemetry.istio.io", "WasmPlugin": "extensions.istio.io"}


def mesh_options(mesh_config: Optional[Object] = None, mesh_networks: Optional[Object] = None, vip_mode: str = "status", threads: int = 1,
                 workloads: str = "given", scope_gateway_to_namespace: bool = False,
                 filter_gateway_cluster_config: bool = False) -> _native.MeshOptions:
    """The settings of a mesh as the library takes them; texts live as long as what is returned."""
    if workloads not in _WORKLOADS:
        raise _native.Error(f"workloads is {workloads!r}, not one of {', '.join(_WORKLOADS)}")
    if vip_mode not in _VIP_MODES:
        raise _native.Error(f"vip_mode is {vip_mode!r}, not one of {', '.join(_VIP_MODES)}")
    texts = [_native.Str(None, 0) if value is None else
             _native.str_of(_native.bytes_of(value, f"{name} is text or a dict", "pass path.read_text()"))
             for name, value in (("mesh_config", mesh_config), ("mesh_networks", mesh_networks))]
    return _native.MeshOptions(
        c.sizeof(_native.MeshOptions), *texts, _VIP_MODES[vip_mode], threads_of(threads),
        _WORKLOADS[workloads], int(scope_gateway_to_namespace), int(filter_gateway_cluster_config), 0
    )


class Mesh(Handle):
    """A set of resources that changes. Any number of threads may use it: its calls run one after the other.

    `mesh_config` and `mesh_networks` are Istio's MeshConfig and MeshNetworks: YAML or JSON text, or a dict.
    `vip_mode` names the source of automatic addresses of ServiceEntries: "status", "controller" or "legacy".
    `scope_gateway_to_namespace` and `filter_gateway_cluster_config` are Istio's flags of these names: a gateway takes only Gateways
    of its own namespace, and has only the clusters that its VirtualServices lead to.
    `workloads` says which endpoints Services without an EndpointSlice have: none ("given", as a control plane sees them); or
    ("derived") those that Kubernetes would make of the Pods and, where none is given, of the templates of Deployments and their like.
    `threads` are used only inside load; 0: all cores.
    """

    _kind = "mesh"

    def __init__(self, mesh_config: Optional[Object] = None, mesh_networks: Optional[Object] = None, vip_mode: str = "status",
                 threads: int = 1, workloads: str = "given", *, scope_gateway_to_namespace: bool = False,
                 filter_gateway_cluster_config: bool = False) -> None:
        options = mesh_options(mesh_config, mesh_networks, vip_mode, threads, workloads, scope_gateway_to_namespace,
                               filter_gateway_cluster_config)
        self._lock = threading.RLock()  # reentrant: a signal's handler may come between two calls
        super().__init__(_native.make("mesh", "mesh_new", c.byref(options)))

    def load(
        self,
        text: Text,
        name: Path = "<input>",
        cluster: str = "Kubernetes",
        *,
        format: str = "auto",
        keep_text: bool = True,
        apply_refused: bool = False,
        max_bytes: int = 0,
        max_nodes: int = 0,
        max_depth: int = 0,
    ) -> Report:
        """Reads YAML or JSON documents and applies those that a cluster would accept. `name` is shown in findings.

        `format`: "auto", "json" or "yaml". Without `keep_text` less memory is held, and reasons name the line of a document instead
        of a field's. `apply_refused` applies what decodes although a cluster would refuse it. A text larger than
        `max_bytes` (default 2**30), and a document with more than `max_nodes` values (10,000,000) or nested deeper than
        `max_depth` (400), is rejected with a finding; 0 is the default.
        """
        refuse_path(text)
        data = _native.bytes_of(text, "load takes text", _NO_FILE)
        options = load_options(name, cluster, format, keep_text, apply_refused, max_bytes, max_nodes, max_depth)
        with self._lock:
            return Report(_native.make("report", "mesh_load", self._open(), data, len(data), c.byref(options)))

    def load_path(
        self,
        path: Path,
        cluster: str = "Kubernetes",
        *,
        format: str = "auto",
        keep_text: bool = True,
        apply_refused: bool = False,
        max_bytes: int = 0,
        max_nodes: int = 0,
        max_depth: int = 0,
        exclude: Sequence[str] = (),
    ) -> Report:
        """Loads a file, or the .yaml, .yml and .json files of a folder, recursively and in sorted order. One report for all.

        Hidden folders are never entered, and `exclude` leaves out files and folders by their names, or (with a slash) paths below the folder:
        "*.tmpl.yaml", "charts/**". Documents of a folder that are no Kubernetes objects are passed over; in a file that is named they
        are refused. The other options are those of load. Raises OSError for a file or folder that cannot be read, and FileNotFoundError for
        a folder without such a file.
        """
        top = os.fsdecode(path)
        report = new_report()
        folder = os.path.isdir(top)
        for name in _files(top, exclude) if folder else [top]:
            open(name, "rb").close()  # raises OSError as Python words it
            options = load_options(name, cluster, format, keep_text, apply_refused, max_bytes, max_nodes, max_depth, folder)
            with self._lock:
                made = _native.make("report", "mesh_load_path", self._open(), _native.name_of(name), c.byref(options))
            with Report(made) as found:
                report.append(found)
        return report

    def apply(self, resource: Object) -> Report:
        """Applies one Kubernetes object (a dict or JSON), which replaces a resource with the same identity. One that a cluster would refuse
        changes nothing: `accepted` of the report is false, and it says why."""
        data = _native.bytes_of(resource, "apply takes a dict or JSON text", _NO_FILE)
        with self._lock:
            return Report(_native.make("report", "mesh_apply", self._open(), data, len(data), None))

    def remove(self, kind: str, namespace: str, name: str) -> bool:
        """False if there was no such resource."""
        texts = [_native.str_of(each) for each in ("", _GROUPS.get(kind, "networking.istio.io"), kind, namespace, name)]
        which = _native.ResourceStruct(c.sizeof(_native.ResourceStruct), *texts)
        with self._lock:
            return _native.call("mesh_remove", self._open(), c.byref(which)) == 0

    def snapshot(self) -> Snapshot:
        """All resources at this moment."""
        with self._lock:
            return Snapshot(_native.make("snapshot", "mesh_snapshot", self._open()))

    @property
    def bytes_held(self) -> int:
        """About how much memory of the library the mesh keeps alive: its resources, their text where it is kept, its last snapshot, and
        what both have worked out so far. What a mesh shares with snapshots and views is counted in each of them. It walks all of that."""
        with self._lock:
            held: int = _native.HELD["mesh"](self._open())
            return held

    def resources(self) -> List[Dict[str, Any]]:
        """All resources in document order: "cluster", "group", "kind", "namespace", "name", "source" and "line" of each."""
        with self.snapshot() as snapshot:
            return snapshot.resources()

    def resolve(
        self, request: AnyRequest, from_: AnyProxy = "default", explain: bool = False, upstream_request: bool = True
    ) -> Answer:
        """Resolves a request of a proxy against the mesh as it is now. For more than one request keep a view and ask it."""
        with self.snapshot() as snapshot, snapshot.view(from_) as view:
            return view.resolve(request, explain, upstream_request)


def _files(folder: str, exclude: Sequence[str]) -> List[str]:
    """The configuration files below a folder; raises if there is no such file, or if a folder cannot be read."""
    patterns = [_native.str_of(each) for each in exclude]
    array = (_native.Str * len(patterns))(*patterns)
    found = _native.make("files", "files_of_folder", _native.name_of(folder), array, len(patterns))
    if _native.COUNTS["files_problem"](found):
        raise OSError(_native.text_of(_native.TEXTS["files_problem_at"](found, 0)))
    files = [os.fsdecode(_native.raw_of(_native.TEXTS["files_at"](found, each))) for each in range(_native.COUNTS["files"](found))]
    if not files:
        raise FileNotFoundError(f"there is no .yaml, .yml or .json file in {folder}")
    return files
