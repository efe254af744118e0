# SPDX-License-Identifier: Apache-2.0
"""Finds the shared library, declares its C functions, and turns its errors into exceptions."""
from __future__ import annotations

import ctypes as c
import ctypes.util
import os
from typing import Any, Dict, List, NamedTuple, Tuple, Union

VERSION = "0.1.0"


class Str(c.Structure):
    _fields_ = [("data", c.c_char_p), ("size", c.c_size_t)]


class Borrowed(c.Structure):
    """The same struct where it is read: its address can be had without a copy up to the first NUL."""
    _fields_ = [("data", c.c_void_p), ("size", c.c_size_t)]


class BorrowedPair(c.Structure):
    _fields_ = [("name", Borrowed), ("value", Borrowed)]


class Bytes(c.Structure):
    _fields_ = [("data", c.c_void_p), ("size", c.c_size_t)]


class Pair(c.Structure):
    _fields_ = [("name", Str), ("value", Str)]


class CError(c.Structure):
    _fields_ = [("code", c.c_int32), ("message", c.c_char * 508)]


class MeshOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("mesh_config", Str), ("mesh_networks", Str), ("vip_mode", c.c_int32),
                ("threads", c.c_uint32)]


class LoadOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("name", Str), ("cluster", Str), ("format", c.c_int32), ("drop_text", c.c_int32),
                ("apply_refused", c.c_int32), ("reserved", c.c_int32)]


def _texts(names: str, kind: Any = Borrowed) -> List[Tuple[str, Any]]:
    return [(name, kind) for name in names.split()]


_SIZE: List[Tuple[str, Any]] = [("struct_size", c.c_size_t)]


class RequestStruct(c.Structure):
    _fields_ = (_SIZE + _texts("url protocol address host method path scheme sni alpn", Str) +
                [("headers", c.POINTER(Pair)), ("header_count", c.c_size_t), ("random", c.c_uint64), ("port", c.c_uint32),
                 ("tls", c.c_int32), ("has_random", c.c_int32), ("reserved", c.c_int32)])


class ResolveOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("trace", c.c_int32), ("skip_upstream_request", c.c_int32)]


class ViewFilter(c.Structure):
    _fields_ = _SIZE + [(name, Str) for name in ("host", "subset", "cluster")] + [("port", c.c_uint32), ("reserved", c.c_uint32)]


class Rule(c.Structure):
    _fields_ = _SIZE + _texts("id kind layer severity demand source")


class AnswerFields(c.Structure):
    _fields_ = (_SIZE + _texts("outcome listener filter_chain route_config virtual_host route config cluster error path authority timeout "
                               "redirect retries response_flags picked_cluster picked_endpoint") +
                [(name, c.c_int64) for name in ("route_index", "direct_response", "grpc_status", "response_status")])


ANSWER_FIELDS_SIZE = c.sizeof(AnswerFields)


class EndpointFields(c.Structure):
    _fields_ = (_SIZE + _texts("cluster address locality health service_account resource") + [("label_count", c.c_size_t)] +
                [(name, c.c_uint32) for name in ("port", "weight", "priority", "reserved")] + _texts("network"))


class OriginFields(c.Structure):
    _fields_ = _SIZE + _texts("kind namespace_ name source") + [("line", c.c_uint32), ("reserved", c.c_uint32)]


class WeightedClusterFields(c.Structure):
    _fields_ = _SIZE + _texts("name authority") + [("weight", c.c_uint32), ("reserved", c.c_uint32)]


class ServicePortFields(c.Structure):
    _fields_ = _SIZE + _texts("name protocol") + [("number", c.c_uint32), ("reserved", c.c_uint32)]


class ServiceFields(c.Structure):
    _fields_ = (_SIZE + _texts("hostname namespace_ registry resolution address") + [(name, c.c_size_t) for name in ("address_count", "port_count", "label_count")] +
                [("mesh_external", c.c_int32), ("reserved", c.c_int32)])


class ClusterFields(c.Structure):
    _fields_ = _SIZE + _texts("name type lb_policy host subset") + [("port", c.c_uint32), ("reserved", c.c_uint32)]


class RouteFields(c.Structure):
    _fields_ = (_SIZE + _texts("route_config virtual_host name match action cluster timeout redirect config path") + [(name, c.c_size_t) for name in ("domain_count", "weighted_cluster_count", "mirror_count")] +
                [("direct_response", c.c_int64), ("index", c.c_uint32), ("reserved", c.c_uint32)])


class ListenerFields(c.Structure):
    _fields_ = (_SIZE + _texts("listener address chain kind route_config cluster") + [(name, c.c_size_t) for name in ("cidr_count", "sni_count", "weighted_cluster_count")] +
                [("port", c.c_uint32), ("destination_port", c.c_uint32), ("plain_http", c.c_int32), ("is_default", c.c_int32)])


class Error(Exception):
    """Misuse, a limit, or a route table that Envoy refuses. The message names the member or the place.

    `status` is the C ABI's code: -1 an argument, -2 a limit, -3 refused, -4 a fault of the library's own. `reason` is its name.
    """

    def __init__(self, message: str, status: int = -1) -> None:
        super().__init__(message, status)
        self.status = status

    @property
    def reason(self) -> str:
        """invalid_argument, limit, refused or internal."""
        return {-1: "invalid_argument", -2: "limit", -3: "refused"}.get(self.status, "internal")

    def __str__(self) -> str:
        return str(self.args[0])


def _load() -> c.CDLL:
    given = os.environ.get("MESHROUTE_LIBRARY")
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libmeshroute.so")
    paths = [given] if given else [beside, ctypes.util.find_library("meshroute"), "libmeshroute.so.0"]
    tried = []
    for path in filter(None, paths):
        try:
            return c.CDLL(path)
        except OSError as error:
            tried.append(f"  {path}: {error}")
    raise ImportError("libmeshroute was not found; MESHROUTE_LIBRARY can name it. Tried:\n" + "\n".join(tried))


library = _load()
library.meshroute_version.restype = c.c_char_p
_found = library.meshroute_version().decode()
if _found.split(".")[:2] != VERSION.split(".")[:2]:  # before 1.0 a minor release may break the ABI
    raise ImportError(f"the package is meshroute {VERSION}, but the library that it found is {_found}: {library._name}")

_P, _Z, _I, _S = c.c_void_p, c.c_size_t, c.c_int32, c.c_char_p
_DECLARED: Dict[str, List[Any]] = {  # without the trailing error
    "mesh_new": [_P, _P], "mesh_load": [_P, _S, _Z, _P, _P], "mesh_apply_json": [_P, _S, _Z, _P], "mesh_remove": [_P, Str, Str, Str, Str],
    "mesh_snapshot": [_P, _P], "check": [_S, _Z, _P, _P], "snapshot_analyze": [_P, _P], "snapshot_view_json": [_P, _S, _Z, _P, _P],
    "view_json": [_P, Str, _P], "view_text": [_P, Str, _P], "view_envoy_routes": [_P, _P],
    "view_filtered_json": [_P, Str, _P, _P], "view_filtered_text": [_P, Str, _P, _P],
    "view_why": [_P, Str, _P], "reasons_json": [_P, _P], "reasons_text": [_P, _I, _P],
    "resolve": [_P, _P, _P, _P], "resolve_json": [_P, _S, _Z, _I, _P],
    "route_table_new": [_S, _Z, Str, _P], "route_table_resolve": [_P, _P, _P, _P], "route_table_resolve_json": [_P, _S, _Z, _I, _P],
    "view_services": [_P, _P, _P], "services_get": [_P, _Z, _P], "services_port": [_P, _Z, _Z, _P], "services_label": [_P, _Z, _Z, _P],
    "services_origin": [_P, _Z, _P],
    "view_clusters": [_P, _P, _P], "clusters_get": [_P, _Z, _P], "clusters_origin": [_P, _Z, _P], "clusters_destination_rule": [_P, _Z, _P],
    "view_endpoints": [_P, _P, _P], "endpoints_get": [_P, _Z, _P], "endpoints_label": [_P, _Z, _Z, _P], "endpoints_origin": [_P, _Z, _P],
    "view_routes": [_P, _P, _P], "routes_get": [_P, _Z, _P], "routes_weighted_cluster": [_P, _Z, _Z, _P], "routes_origin": [_P, _Z, _P],
    "view_listeners": [_P, _P, _P], "listeners_get": [_P, _Z, _P], "listeners_weighted_cluster": [_P, _Z, _Z, _P],
    "answer_get": [_P, _P], "answer_endpoint": [_P, _Z, _P], "answer_endpoint_label": [_P, _Z, _Z, _P], "answer_endpoint_origin": [_P, _Z, _P],
    "answer_json": [_P, _P], "answer_text": [_P, _I, _I, _P],
    "report_new": [_P], "report_append": [_P, _P], "report_ignore": [_P, Str], "report_json": [_P, _P], "report_sarif": [_P, _P],
    "report_text": [_P, _I, _P], "rule_at": [_Z, _P],
}
FUNCTIONS: Dict[str, Any] = {}  # by name; with None as error where a call cannot fail, as one with an index below the count
for _name, _arguments in _DECLARED.items():
    _function = getattr(library, "meshroute_" + _name)
    _function.argtypes, _function.restype = _arguments + [_P], _I
    FUNCTIONS[_name] = _function
TEXTS: Dict[str, Any] = {}  # of the rows of a list, by two indexes
for _name in ("services_address", "routes_domain", "routes_mirror", "listeners_cidr", "listeners_sni"):
    TEXTS[_name] = getattr(library, "meshroute_" + _name)
    TEXTS[_name].argtypes, TEXTS[_name].restype = [_P, _Z, _Z], Borrowed
ROW_COUNTS: Dict[str, Any] = {}
ROW_FREES: Dict[str, Any] = {}
for _name in ("services", "clusters", "endpoints", "routes", "listeners"):
    ROW_COUNTS[_name] = getattr(library, f"meshroute_{_name}_count")
    ROW_COUNTS[_name].argtypes, ROW_COUNTS[_name].restype = [_P], _Z
    ROW_FREES[_name] = getattr(library, f"meshroute_{_name}_free")
    ROW_FREES[_name].argtypes, ROW_FREES[_name].restype = [_P], None
library.meshroute_bytes_free.argtypes, library.meshroute_bytes_free.restype = [_P], None
for _name in ("istio_version", "envoy_version"):
    getattr(library, "meshroute_" + _name).restype = _S
library.meshroute_rule_count.restype = _Z
library.meshroute_answer_endpoint_count.argtypes, library.meshroute_answer_endpoint_count.restype = [_P], _Z


class Resolve(NamedTuple):
    """One way to resolve: by struct and by JSON."""
    name: str
    prepared: Any
    json: Any


VIEW_RESOLVE, TABLE_RESOLVE = (Resolve(name, FUNCTIONS[name], FUNCTIONS[name + "_json"]) for name in ("resolve", "route_table_resolve"))


def free_function(kind: str) -> Any:
    """meshroute_KIND_free, which takes NULL."""
    function = getattr(library, f"meshroute_{kind}_free")
    function.argtypes, function.restype = [_P], None
    return function


def call(name: str, *arguments: Any) -> int:
    """Calls meshroute_NAME with the error struct added; raises Error where it fails, else gives its status."""
    error = CError()
    status: int = FUNCTIONS[name](*arguments, c.byref(error))
    if status < 0:
        message = error.message.decode("utf-8", "replace")
        if status == -2 and message == "out of memory":
            raise MemoryError("meshroute: out of memory")
        raise Error(message, status)
    return status


def make(name: str, *arguments: Any) -> c.c_void_p:
    """A call whose last argument is a handle to be made: the handle, which the caller owns."""
    out = c.c_void_p()
    call(name, *arguments, c.byref(out))
    return out


def text(name: str, *arguments: Any) -> str:
    """A call that gives bytes, as text."""
    out = Bytes()
    call(name, *arguments, c.byref(out))
    try:
        return c.string_at(out.data, out.size).decode("utf-8", "replace")
    finally:
        library.meshroute_bytes_free(c.byref(out))


def str_of(value: Union[str, bytes]) -> Str:
    """Borrows: the struct keeps its bytes alive, a copy of it does not."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return Str(data, len(data))


def text_of(value: Borrowed) -> str:
    """A borrowed string's text."""
    return c.string_at(value.data, value.size).decode("utf-8", "replace") if value.size else ""
