# SPDX-License-Identifier: Apache-2.0
"""A set of resources that changes."""
from __future__ import annotations

import ctypes as c
import os
import threading
from typing import Iterator, Optional

from . import _native
from ._answer import Answer
from ._proxy import AnyProxy
from ._handle import Handle
from ._report import Report, new_report
from ._request import AnyRequest
from ._snapshot import Snapshot
from ._text import Object, Path, Text, load_options

_SUFFIXES = (".yaml", ".yml", ".json")
_VIP_MODES = {"status": 0, "controller": 1, "legacy": 2}
_NO_FILE = "files are read by load_path(), or pass path.read_text()"
_GROUPS = {"Service": "", "Namespace": "", "Pod": "", "Node": "", "EndpointSlice": "discovery.k8s.io",
           "AuthorizationPolicy": "security.istio.io", "PeerAuthentication": "security.istio.io",
           "RequestAuthentication": "security.istio.io", "Telemetry": "telemetry.istio.io", "WasmPlugin": "extensions.istio.io"}


class Mesh(Handle):
    """A set of resources that changes. Any number of threads may use it: its calls run one after the other.

    `mesh_config` and `mesh_networks` are Istio's MeshConfig and MeshNetworks: YAML or JSON text, or a dict.
    `vip_mode` names the source of automatic addresses of ServiceEntries: "status", "controller" or "legacy".
    `threads` are used only inside load; 0: all cores.
    """

    _kind = "mesh"

    def __init__(self, mesh_config: Optional[Object] = None, mesh_networks: Optional[Object] = None, vip_mode: str = "status",
                 threads: int = 1) -> None:
        if vip_mode not in _VIP_MODES:
            raise _native.Error(f"vip_mode is {vip_mode!r}, not one of {', '.join(_VIP_MODES)}")
        texts = [_native.Str(None, 0) if value is None else
                 _native.str_of(_native.bytes_of(value, f"{name} is text or a dict", "pass path.read_text()"))
                 for name, value in (("mesh_config", mesh_config), ("mesh_networks", mesh_networks))]
        options = _native.MeshOptions(
            c.sizeof(_native.MeshOptions), *texts, _VIP_MODES[vip_mode], _native.number(threads, 0xFFFFFFFF, "threads")
        )
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
    ) -> Report:
        """Loads a file, or the .yaml, .yml and .json files of a folder, recursively and in sorted order. One report for all.

        The options are those of load. Raises OSError for a file that cannot be read, and FileNotFoundError for a folder without such a file.
        """
        top = os.fsdecode(path)
        report = new_report()
        for name in sorted(_files(top)) if os.path.isdir(top) else [top]:
            open(name, "rb").close()  # raises OSError as Python words it
            options = load_options(name, cluster, format, keep_text, apply_refused, max_bytes, max_nodes, max_depth)
            with self._lock:
                made = _native.make("report", "mesh_load_path", self._open(), _native.name_of(name), c.byref(options))
            with Report(made) as found:
                report.append(found)
        return report

    def apply(self, resource: Object) -> Report:
        """Applies one Kubernetes object (a dict or JSON) as it is if it decodes; it replaces a resource with the same identity."""
        data = _native.bytes_of(resource, "apply takes a dict or JSON text", _NO_FILE)
        with self._lock:
            return Report(_native.make("report", "mesh_apply_json", self._open(), data, len(data)))

    def remove(self, kind: str, namespace: str, name: str) -> bool:
        """False if there was no such resource."""
        texts = [_native.str_of(each) for each in (_GROUPS.get(kind, "networking.istio.io"), kind, namespace, name)]
        with self._lock:
            return _native.call("mesh_remove", self._open(), *texts) == 0

    def snapshot(self) -> Snapshot:
        """All resources at this moment."""
        with self._lock:
            return Snapshot(_native.make("snapshot", "mesh_snapshot", self._open()))

    def resolve(
        self, request: AnyRequest, from_: AnyProxy = "default", explain: bool = False, upstream_request: bool = True
    ) -> Answer:
        """Resolves a request of a proxy against the mesh as it is now. For more than one request keep a view and ask it."""
        with self.snapshot() as snapshot, snapshot.view(from_) as view:
            return view.resolve(request, explain, upstream_request)


def _files(folder: str) -> Iterator[str]:
    """The configuration files below a folder; raises if there is no such file, or if a folder cannot be read."""
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
