# SPDX-License-Identifier: Apache-2.0
"""Where does this mesh request go, to which endpoints, why, and is the configuration right?"""
import ctypes as _c
import json as _json
import os as _os

from . import _native
from ._native import Error

__all__ = ["Answer", "Error", "Mesh", "Report", "RouteTable", "Snapshot", "View", "check", "envoy_version", "istio_version", "rules", "version"]
_VIP_MODES = {"status": 0, "controller": 1, "legacy": 2}
_GROUPS = {"Service": "", "Namespace": "", "Pod": "", "Node": "", "EndpointSlice": "discovery.k8s.io",
           "AuthorizationPolicy": "security.istio.io", "PeerAuthentication": "security.istio.io"}


def _bytes(value):
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, (bytes, bytearray)) else _json.dumps(value).encode()


def _options(name, cluster="Kubernetes"):
    return _native.LoadOptions(_c.sizeof(_native.LoadOptions), _native.str_of(name), _native.str_of(cluster), 0, 0, 0, 0)


class _Handle:
    _kind = ""

    def __init__(self, handle):
        self._handle = handle

    @classmethod
    def _made(cls, name, *arguments):
        out = _c.c_void_p()
        _native.call(name, *arguments, _c.byref(out))
        return cls(out)

    def __del__(self):
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            getattr(_native.library, f"meshroute_{self._kind}_free")(handle)


class Report(_Handle):
    _kind = "report"

    def to_dict(self):
        return _json.loads(_native.text("report_json", self._handle))

    def __str__(self):
        return _native.text("report_text", self._handle, 0)


class Answer(_Handle):
    _kind = "answer"

    def to_dict(self):
        return _json.loads(_native.text("answer_json", self._handle))

    def __str__(self):
        return _native.text("answer_text", self._handle, 1, 0)


class View(_Handle):
    _kind = "view"

    def resolve(self, request, explain=False):
        data = _bytes(request)
        return Answer._made("resolve_json", self._handle, data, len(data), int(explain))

    def to_dict(self):
        return _json.loads(_native.text("view_json", self._handle, _native.Str(None, 0)))

    def __str__(self):
        return _native.text("view_text", self._handle, _native.Str(None, 0))


class Snapshot(_Handle):
    _kind = "snapshot"

    def analyze(self):
        return Report._made("snapshot_analyze", self._handle)

    def view(self, client, previous=None):
        data = _bytes(client)
        return View._made("snapshot_view_json", self._handle, data, len(data), previous._handle if previous else None)


class Mesh(_Handle):
    _kind = "mesh"

    def __init__(self, mesh_config=None, mesh_networks=None, vip_mode="status", threads=1):
        if vip_mode not in _VIP_MODES:
            raise Error(f"vip_mode is {vip_mode!r}, not one of {', '.join(_VIP_MODES)}")
        texts = [_native.str_of(_bytes(v)) if v is not None else _native.Str(None, 0) for v in (mesh_config, mesh_networks)]
        options = _native.MeshOptions(_c.sizeof(_native.MeshOptions), *texts, _VIP_MODES[vip_mode], threads)
        out = _c.c_void_p()
        _native.call("mesh_new", _c.byref(options), _c.byref(out))
        super().__init__(out)

    def load(self, text, name="<input>", cluster="Kubernetes"):
        data, options = _bytes(text), _options(name, cluster)
        return Report._made("mesh_load", self._handle, data, len(data), _c.byref(options))

    def load_path(self, path, cluster="Kubernetes"):
        """One report for a file, a list of reports for a folder."""
        path = _os.fspath(path)
        if _os.path.isdir(path):
            files = sorted(_os.path.join(folder, file) for folder, _, names in _os.walk(path) for file in names
                           if file.endswith((".yaml", ".yml", ".json")))
            return [self.load_path(file, cluster) for file in files]
        with open(path, "rb") as file:
            return self.load(file.read(), name=path, cluster=cluster)

    def apply(self, resource):
        data = _bytes(resource)
        return Report._made("mesh_apply_json", self._handle, data, len(data))

    def remove(self, kind, namespace, name):
        group = _GROUPS.get(kind, "networking.istio.io")
        return _native.call("mesh_remove", self._handle, *map(_native.str_of, (group, kind, namespace, name))) == 0

    def snapshot(self):
        return Snapshot._made("mesh_snapshot", self._handle)


class RouteTable(_Handle):
    _kind = "route_table"

    def __init__(self, envoy_route_configuration, name=""):
        data, out = _bytes(envoy_route_configuration), _c.c_void_p()
        _native.call("route_table_new", data, len(data), _native.str_of(name), _c.byref(out))
        super().__init__(out)

    def resolve(self, request, explain=False):
        data = _bytes(request)
        return Answer._made("route_table_resolve_json", self._handle, data, len(data), int(explain))


def check(text, name="<input>"):
    data, options = _bytes(text), _options(name)
    return Report._made("check", data, len(data), _c.byref(options))


def rules():
    found = []
    for index in range(_native.library.meshroute_rule_count()):
        rule = _native.Rule(_c.sizeof(_native.Rule))
        _native.call("rule_at", index, _c.byref(rule))
        values = ((name, getattr(rule, name)) for name, _ in _native.Rule._fields_[1:])
        found.append({name: value.data[:value.size].decode() if value.size else "" for name, value in values})
    return found


def version():
    return _native.library.meshroute_version().decode()


def istio_version():
    return _native.library.meshroute_istio_version().decode()


def envoy_version():
    return _native.library.meshroute_envoy_version().decode()
