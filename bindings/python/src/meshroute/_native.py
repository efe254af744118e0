# SPDX-License-Identifier: Apache-2.0
"""Finds the shared library, declares its C functions, and turns its errors into exceptions."""
from __future__ import annotations

import ctypes as c
import html
import json
import operator
import os
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

VERSION = "0.1.0"  # the package's too; CMakeLists.txt is the source, and tests/version.cmake compares


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
                ("threads", c.c_int32), ("workloads", c.c_int32), ("scope_gateway_to_namespace", c.c_int32),
                ("filter_gateway_cluster_config", c.c_int32), ("reserved", c.c_int32)]


class LoadOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("name", Str), ("cluster", Str), ("max_bytes", c.c_uint64), ("max_nodes", c.c_uint64),
                ("max_depth", c.c_uint32), ("format", c.c_int32), ("drop_text", c.c_int32), ("apply_refused", c.c_int32),
                ("pass_over", c.c_int32), ("threads", c.c_int32)]


class ResourceStruct(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("cluster", Str), ("group", Str), ("kind", Str), ("namespace_", Str), ("name", Str),
                ("source", Str), ("line", c.c_uint32), ("reserved", c.c_uint32)]


class SuiteOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("mesh", c.c_void_p), ("config_words", Str), ("skip_coverage", c.c_int32),
                ("reserved", c.c_int32)]


class DiffOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("from_", Str), ("requests", Str)]


def _texts(names: str, kind: Any = Borrowed) -> List[Tuple[str, Any]]:
    return [(name, kind) for name in names.split()]


_SIZE: List[Tuple[str, Any]] = [("struct_size", c.c_size_t)]


class RequestStruct(c.Structure):
    _fields_ = (_SIZE + _texts("url protocol address host method path scheme sni alpn identity source_ip jwt tokens", Str) +
                [("headers", c.POINTER(Pair)), ("header_count", c.c_size_t), ("random", c.c_uint64), ("port", c.c_uint32)] +
                [(name, c.c_int32) for name in ("tls", "has_random", "ext_authz", "client_cert", "no_sni")])


class ResolveOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("trace", c.c_int32), ("skip_upstream_request", c.c_int32)]


class ViewFilter(c.Structure):
    _fields_ = _SIZE + [(name, Str) for name in ("host", "subset", "cluster")] + [("port", c.c_uint32), ("reserved", c.c_uint32)]


class EnvoyOptions(c.Structure):
    _fields_ = _SIZE + _texts("listen admin certificates directory", Str) + [("mode", c.c_int32), ("reserved", c.c_int32)]


def _list(name: str, count: str) -> List[Tuple[str, Any]]:
    """An array and its size."""
    return [(name, c.c_void_p), (count, c.c_size_t)]


class Origin(c.Structure):
    """Never grows, as the next two: they stand in rows and in arrays."""
    _fields_ = _texts("kind namespace_ name source") + [("line", c.c_uint32), ("reserved", c.c_uint32)]


class WeightedCluster(c.Structure):
    _fields_ = _texts("name authority") + [("weight", c.c_uint32), ("reserved", c.c_uint32)]


class ServicePort(c.Structure):
    _fields_ = _texts("name protocol") + [("number", c.c_uint32), ("reserved", c.c_uint32)]


class Result(c.Structure):
    """The answer to one request of many, in short."""
    _fields_ = (_texts("outcome virtual_host route cluster picked_cluster picked_endpoint") +
                [("first_endpoint", c.c_size_t), ("endpoint_count", c.c_size_t), ("failure_percent", c.c_double),
                 ("status", c.c_int32), ("response_status", c.c_int32)])


class AnswerFields(c.Structure):
    _fields_ = (
        _SIZE
        + _texts(
            "outcome listener filter_chain route_config virtual_host route config cluster error path authority timeout "
            "redirect retries response_flags picked_cluster picked_endpoint upstream_tls_mode upstream_tls_sni upstream_tls_why"
        )
        + _list("weighted_clusters", "weighted_cluster_count")
        + _list("mirrors", "mirror_count")
        + _list("upstream_sans", "upstream_san_count")
        + _list("response_headers", "response_header_count")
        + [(name, c.c_int64) for name in ("route_index", "filter_chain_index", "direct_response", "grpc_status", "response_status")]
        + [("failure_percent", c.c_double)]
    )


ANSWER_FIELDS_SIZE = c.sizeof(AnswerFields)


class InboundAnswerFields(c.Structure):
    _fields_ = (_SIZE + _texts("listener chain kind tls peer error action policy jwt cluster virtual_host route request_principal remote_ip "
                               "audit") + _list("asked", "asked_count") +
                [("status", c.c_int64), ("grpc_status", c.c_int64), ("allowed", c.c_int32), ("reserved", c.c_int32)])


class EndpointFields(c.Structure):
    _fields_ = (_SIZE + _texts("cluster address locality health service_account resource network") + _list("labels", "label_count") +
                [("origin", Origin)] + [(name, c.c_uint32) for name in ("port", "weight", "priority")] + [("assumed", c.c_int32)])


class ServiceFields(c.Structure):
    _fields_ = (
        _SIZE
        + _texts("hostname namespace_ registry resolution address")
        + _list("addresses", "address_count")
        + _list("ports", "port_count")
        + _list("labels", "label_count")
        + [("origin", Origin), ("mesh_external", c.c_int32), ("reserved", c.c_int32)]
    )


class ClusterFields(c.Structure):
    _fields_ = _SIZE + _texts("name type lb_policy host subset") + [
        ("origin", Origin), ("destination_rule", Origin), ("port", c.c_uint32), ("reserved", c.c_uint32)]


class RouteFields(c.Structure):
    _fields_ = (
        _SIZE
        + _texts("route_config virtual_host name match action cluster timeout redirect config path")
        + _list("domains", "domain_count")
        + _list("weighted_clusters", "weighted_cluster_count")
        + _list("mirrors", "mirror_count")
        + [("origin", Origin), ("direct_response", c.c_int64), ("index", c.c_uint32), ("reserved", c.c_uint32)]
    )


class ListenerFields(c.Structure):
    _fields_ = (
        _SIZE
        + _texts("listener address chain kind route_config cluster tls_mode gateway refused")
        + _list("cidrs", "cidr_count")
        + _list("sni", "sni_count")
        + _list("weighted_clusters", "weighted_cluster_count")
        + [(name, c.c_uint32) for name in ("port", "destination_port", "server_port")]
        + [(name, c.c_int32) for name in ("plain_http", "is_default", "reserved")]
    )


class TraceLineFields(c.Structure):
    _fields_ = (
        _SIZE
        + _texts("stage resource path source text code hint")
        + [("verdict", c.c_int32)]
        + [(name, c.c_uint32) for name in ("line", "column", "reserved")]
    )


class UpstreamRequestFields(c.Structure):
    _fields_ = (_SIZE + _texts("method path authority") + _list("added_headers", "added_header_count") +
                _list("removed_headers", "removed_header_count") + [("changed_header_count", c.c_size_t)])


class ChangedHeaderFields(c.Structure):
    _fields_ = _SIZE + _texts("name") + _list("sent", "sent_count") + _list("got", "got_count")


# "line 2, column 1: virtual_hosts[0].routes[1]: why", "mesh_config cannot be read, line 3: why", "virtual_hosts[0]: why"
_PATH = r"[A-Za-z_][\w-]*(?:\[[^\]]*\]|\.[\w-]+)"
_PLACE = re.compile(
    rf"(?:[\w ]+, )?line (?P<line>\d+)(?:, column (?P<column>\d+))?: (?:(?P<path>{_PATH}*): )?|(?P<only>{_PATH}+): "
)
_MEMBER = re.compile(r"(?:the (?:request|proxy)'s|a (?:request|proxy) has no member) `(?P<path>[^`]+)`")


class Error(Exception):
    """Misuse, a limit, or a route table that Envoy refuses. The message names the member or the place.

    `status` is the C ABI's code: -1 an argument, -2 a limit, -3 refused, -4 a fault of the library's own. `reason` is its name.
    `line` and `column` count from 1 in the text that was given (for a dict: its JSON form), and `path` is the member there:
    `virtual_hosts[0].routes[1]`, or the member of a request or a proxy that is wrong. Each is None if it is missing.
    """

    line: Optional[int]
    column: Optional[int]
    path: Optional[str]

    def __init__(self, message: str, status: int = -1) -> None:
        super().__init__(message, status)
        self.status = status
        found = _PLACE.match(message) or _MEMBER.match(message)
        place = found.groupdict() if found else {}
        self.line = int(place["line"]) if place.get("line") else None
        self.column = int(place["column"]) if place.get("column") else None
        self.path = place.get("path") or place.get("only")

    @property
    def reason(self) -> str:
        """invalid_argument, limit, refused or internal."""
        return {-1: "invalid_argument", -2: "limit", -3: "refused"}.get(self.status, "internal")

    def __str__(self) -> str:
        return str(self.args[0])


def _load() -> c.CDLL:
    given = os.environ.get("MESHROUTE_LIBRARY")
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libmeshroute.so")
    paths = (
        [given]
        if given
        else [beside, "libmeshroute.so." + ".".join(VERSION.split(".")[:2]), "libmeshroute.so"]
    )
    tried = []
    for path in filter(None, paths):
        try:
            return c.CDLL(path)
        except OSError as error:
            tried.append(f"  {path}: {error}")
    raise ImportError("libmeshroute was not found; MESHROUTE_LIBRARY can name it. Tried:\n" + "\n".join(tried))


library = _load()


def _symbol(name: str, arguments: Optional[List[Any]], result: Any) -> Any:
    """meshroute_NAME, declared; each is an object of its own. A library without it is another version's."""
    try:
        function = library["meshroute_" + name]
    except AttributeError:
        raise ImportError(
            f"the package is meshroute {VERSION}, but the library that it found is {FOUND or 'of no version'} and has no "
            f"meshroute_{name}: {library._name}"
        ) from None
    if arguments is not None:
        function.argtypes = arguments
    function.restype = result
    return function


FOUND = ""  # the library's version
FOUND = (_symbol("version", [], c.c_char_p)() or b"").decode("utf-8", "replace")
if FOUND.split(".")[:2] != VERSION.split(".")[:2]:  # before 1.0 a minor release may break the ABI
    raise ImportError(
        f"the package is meshroute {VERSION}, but the library that it found is {FOUND or 'of no version'}: {library._name}"
    )

_P, _Z, _I, _S = c.c_void_p, c.c_size_t, c.c_int32, c.c_char_p
_DECLARED: Dict[str, List[Any]] = {  # without the trailing error
    "mesh_new": [_P, _P],
    "mesh_load": [_P, _S, _Z, _P, _P],
    "mesh_load_path": [_P, Str, _P, _P],
    "files_of_folder": [Str, _P, _Z, _P],
    "check_mesh_config": [_S, _Z, Str, _P],
    "mesh_apply": [_P, _S, _Z, _P, _P],
    "mesh_remove": [_P, _P],
    "mesh_snapshot": [_P, _P],
    "check": [_S, _Z, _P, _P],
    "snapshot_analyze": [_P, _P],
    "snapshot_find_proxy": [_P, Str, _P],
    "snapshot_workloads_of": [_P, Str, _P],
    "snapshot_resources": [_P, _P],
    "resources_json": [_P, _I, _P],
    "found_proxy_json": [_P, _I, _P],
    "snapshot_view_json": [_P, _S, _Z, _P, _P],
    "view_json": [_P, Str, _P, _I, _P],
    "view_text": [_P, Str, _P, _I, _P],
    "view_envoy_json": [_P, Str, _P, _I, _P],
    "view_envoy_bootstrap": [_P, _P, _P],
    "view_why": [_P, Str, _P],
    "reasons_json": [_P, _I, _P],
    "reasons_text": [_P, _I, _P],
    "resolve": [_P, _P, _P, _P],
    "resolve_json": [_P, _S, _Z, _P, _P],
    "resolve_many": [_P, _P, _Z, _P, _P],
    "answers_new": [_P],
    "answers_endpoint_at": [_P, _Z, _P],
    "route_table_new": [_S, _Z, Str, _P],
    "route_table_resolve": [_P, _P, _P, _P],
    "route_table_resolve_json": [_P, _S, _Z, _P, _P],
    "route_table_resolve_many": [_P, _P, _Z, _P, _P],
    "view_services": [_P, _P, _P],
    "services_at": [_P, _Z, _P],
    "view_clusters": [_P, _P, _P],
    "clusters_at": [_P, _Z, _P],
    "view_endpoints": [_P, _P, _P],
    "endpoints_at": [_P, _Z, _P],
    "view_routes": [_P, _P, _P],
    "routes_at": [_P, _Z, _P],
    "view_listeners": [_P, _P, _P],
    "listeners_at": [_P, _Z, _P],
    "answer_get": [_P, _P],
    "answer_endpoint_at": [_P, _Z, _P],
    "answer_upstream_request": [_P, _P],
    "answer_changed_header_at": [_P, _Z, _P],
    "answer_trace_at": [_P, _Z, _P],
    "answer_because_at": [_P, _Z, _P],
    "answer_json": [_P, _I, _P],
    "answer_text": [_P, _I, _P],
    "snapshot_follow_json": [_P, Str, Str, Str, _P],
    "journey_json": [_P, _I, _P],
    "journey_text": [_P, _I, _P],
    "snapshot_reach": [_P, Str, c.c_uint32, Str, _P],
    "reach_json": [_P, _I, _P],
    "reach_text": [_P, _I, _P],
    "reach_picture": [_P, _I, _P],
    "suite_load_path": [Str, _P],
    "suite_load": [_S, _Z, Str, _P],
    "suite_json": [_P, _I, _P],
    "suite_run": [_P, _P, _P, _P],
    "suite_report_json": [_P, _I, _P],
    "suite_report_text": [_P, _I, _P],
    "suite_report_junit": [_P, _P],
    "suite_report_coverage_text": [_P, _I, _P],
    "suite_report_coverage_lcov": [_P, _P],
    "snapshot_witness_suite_json": [_P, Str, _P, c.c_size_t, _P],
    "snapshot_witnesses_json": [_P, Str, _P],
    "witnesses_json": [_P, _I, _P],
    "snapshot_diff": [_P, _P, _P, _P],
    "diff_json": [_P, _I, _P],
    "diff_text": [_P, _I, _P],
    "diff_markdown": [_P, _P],
    "resolve_inbound": [_P, _P, _P, _P],
    "inbound_answer_get": [_P, _P],
    "inbound_answer_json": [_P, _I, _P],
    "inbound_answer_text": [_P, _I, _P],
    "report_new": [_P],
    "report_append": [_P, _P],
    "report_ignore": [_P, Str],
    "report_json": [_P, _I, _P],
    "report_sarif": [_P, _I, _P],
    "report_text": [_P, _I, _P],
    "rules_json": [Str, _I, _P],
    "trace_codes_json": [Str, _I, _P],
}
FUNCTIONS: Dict[str, Any] = {  # by name; with None as error where a call cannot fail, as one with an index below the count
    name: _symbol(name, arguments + [_P], _I) for name, arguments in _DECLARED.items()}
TEXTS: Dict[str, Any] = {
    name: _symbol(name, [_P, _Z], Borrowed)
    for name in ("files_at", "files_problem_at", "report_passed_over_at", "envoy_bootstrap_warning_at")
}
COUNTS: Dict[str, Any] = {
    name: _symbol(name + "_count", [_P], _Z)
    for name in (
        "services",
        "clusters",
        "endpoints",
        "routes",
        "listeners",
        "files",
        "files_problem",
        "report_passed_over",
        "answer_endpoint",
        "answer_trace",
        "answer_because",
        "answers",
        "answers_endpoint",
        "envoy_bootstrap_warning",
    )
}
HELD: Dict[str, Any] = {kind: _symbol(kind + "_bytes", [_P], _Z) for kind in ("mesh", "snapshot", "view", "report")}
answers_results = _symbol("answers_results", [_P], _P)
found_proxy_message = _symbol("found_proxy_message", [_P], Borrowed)
_bytes_free = _symbol("bytes_free", [_P], None)
envoy_bootstrap_json = _symbol("envoy_bootstrap_json", [_P], Borrowed)
istio_version, envoy_version = _symbol("istio_version", [], _S), _symbol("envoy_version", [], _S)


def _bare(name: str, result: Any) -> Any:
    """meshroute_NAME without declared arguments, which costs a fifth of a call less: only for handles, references and None."""
    return _symbol(name, None, result)


def _owned(kind: str) -> Any:
    """A c_void_p that frees what it points to when nobody holds it any more; a call holds its arguments until it has ended."""
    class Owned(c.c_void_p):
        __slots__ = ()

        def __del__(self, free: Any = _bare(kind + "_free", None)) -> None:
            free(self)  # which takes NULL

    return Owned


OWNED: Dict[str, Any] = {
    kind: _owned(kind)
    for kind in (
        "mesh",
        "snapshot",
        "view",
        "route_table",
        "answer",
        "answers",
        "inbound_answer",
        "journey",
        "reach",
        "files",
        "found_proxy",
        "suite",
        "suite_report",
        "witnesses",
        "resources",
        "diff",
        "report",
        "reasons",
        "envoy_bootstrap",
        "services",
        "clusters",
        "endpoints",
        "routes",
        "listeners",
    )
}


class Resolve(NamedTuple):
    """One way to resolve: by struct, by JSON, and many at once."""
    name: str
    prepared: Any
    json: Any
    many: str


VIEW_RESOLVE, TABLE_RESOLVE = (
    Resolve(name, _bare(name, _I), FUNCTIONS[name + "_json"], name + "_many") for name in ("resolve", "route_table_resolve")
)


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


def make(kind: str, name: str, *arguments: Any) -> Any:
    """A call whose last argument is a handle to be made: the handle, which is freed when it is dropped."""
    out = OWNED[kind]()
    call(name, *arguments, c.byref(out))
    return out


def text_style(colour: bool, *, verbose: bool = False, explain: bool = False) -> int:
    """A sum of MESHROUTE_TEXT_*."""
    return (1 if colour else 0) | (2 if verbose else 0) | (4 if explain else 0)


def text(name: str, *arguments: Any) -> str:
    """A call that gives bytes, as text."""
    out = Bytes()
    call(name, *arguments, c.byref(out))
    try:
        return c.string_at(out.data, out.size).decode("utf-8", "replace")
    finally:
        _bytes_free(c.byref(out))


def str_of(value: Union[str, bytes]) -> Str:
    """Borrows: the struct keeps its bytes alive, a copy of it does not."""
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"a str is needed, not {shown_type(value)}")
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return Str(data, len(data))


def name_of(path: Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]) -> Str:
    """A file's name, which need not be UTF-8: as the bytes that it has on disk."""
    name: Union[str, bytes] = os.fspath(path)
    if isinstance(name, bytes):
        return str_of(name)
    try:
        return str_of(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # no file has this name
        return str_of(name)


def number(value: Any, highest: int, what: str) -> int:
    """From 0 to `highest`: C would take the lowest bits of any other."""
    try:
        found = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} is an int, not {shown_type(value)}") from None
    if not 0 <= found <= highest:
        raise Error(f"{what} is from 0 to {highest}, not {found}")
    return found


def shown_type(value: Any) -> str:
    """For a message: "an int"."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{shown_type(value)} has no JSON form; text, numbers, lists and dicts have")


json_of = json.JSONEncoder(default=_jsonable).encode


def bytes_of(value: Any, what: str, of_path: str = "", kinds: Tuple[type, ...] = (Mapping, list, tuple)) -> bytes:
    """Text as UTF-8, bytes as they are, what is of these kinds as JSON; else TypeError. `of_path` says what to do with a path."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, kinds):
        return json_of(value).encode()
    instead = (
        of_path if isinstance(value, os.PathLike) else "pass what its read() gives" if of_path and hasattr(value, "read") else ""
    )
    raise TypeError(f"{what}, not {shown_type(value)}" + (f": {instead}" if instead else ""))


def text_of(value: Borrowed) -> str:
    """A borrowed string's text."""
    return c.string_at(value.data, value.size).decode("utf-8", "replace") if value.size else ""


def html_of(text: str) -> str:
    """A text of columns, for a notebook."""
    return f"<pre>{html.escape(text)}</pre>"


def raw_of(value: Borrowed) -> bytes:
    """A borrowed string's bytes: a file's name need not be UTF-8."""
    return c.string_at(value.data, value.size) if value.size else b""
