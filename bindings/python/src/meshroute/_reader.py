# SPDX-License-Identifier: Apache-2.0
"""Reads the C structs: the rows of a view's sections, and the lists of an answer. No JSON is made for them."""
from __future__ import annotations

import ctypes as c
import json
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple, TypeVar, Union

from . import _native
from ._rows import Cluster, Endpoint, Listener, Origin, Route, Service, ServicePort, TraceLine, WeightedCluster

Row = TypeVar("Row")
HeaderValue = Union[str, List[str]]  # a list where it stands on several lines


WORD = c.sizeof(c.c_size_t)


class _Shape:
    """Where the texts of a C struct stand, in words; those of the origins in it too."""

    def __init__(self, kind: Any) -> None:
        self.names = [name.rstrip("_") for name, each in kind._fields_ if each is _native.Borrowed]
        self.places = _places(kind)
        self.origins = {name: _places(_native.Origin, getattr(kind, name).offset // WORD)
                        for name, each in kind._fields_ if each is _native.Origin}
        self.words = c.c_size_t * (c.sizeof(kind) // WORD)
        self.size = c.sizeof(kind) if kind._fields_[0][0] == "struct_size" else 0


def _places(kind: Any, start: int = 0) -> List[int]:
    return [start + getattr(kind, name).offset // WORD for name, each in kind._fields_ if each is _native.Borrowed]


class _Fields:
    """A C struct that is filled again and again, and whose texts are read at once: member by member costs twice as much."""

    __slots__ = ("struct", "ref", "_shape", "_words")

    def __init__(self, kind: Any) -> None:
        self._shape = shape = _SHAPES[kind]
        self.struct = kind(shape.size) if shape.size else kind()
        self.ref = c.byref(self.struct)
        self._words = shape.words.from_buffer(self.struct)

    def texts(self) -> List[str]:
        """In the order of the struct's members."""
        words, read = self._words[:], c.string_at
        return [read(words[at], words[at + 1]).decode("utf-8", "replace") if words[at + 1] else "" for at in self._shape.places]

    def named(self) -> Dict[str, Any]:
        return dict(zip(self._shape.names, self.texts()))

    def origin(self, name: str = "origin") -> Origin:
        words, read = self._words[:], c.string_at
        places = self._shape.origins[name]
        if not words[places[0] + 1]:
            return _NOTHING
        kind, namespace, called, source = [
            read(words[at], words[at + 1]).decode("utf-8", "replace") if words[at + 1] else "" for at in places]
        return Origin(kind, namespace, called, source, getattr(self.struct, name).line)


_NOTHING = Origin()
_SHAPES: Dict[Any, _Shape] = {kind: _Shape(kind) for kind in (
    _native.ServiceFields, _native.ClusterFields, _native.EndpointFields, _native.RouteFields, _native.ListenerFields,
    _native.TraceLineFields, _native.UpstreamRequestFields, _native.ChangedHeaderFields)}
_ARRAYS: Dict[Tuple[Any, int], Any] = {}  # of so many of a kind: making the type costs more than reading it


def _array(kind: Any, address: int, count: int) -> Any:
    made = _ARRAYS.get((kind, count))
    if made is None:
        made = _ARRAYS[kind, count] = kind * count
    return made.from_address(address)


def texts_of(address: Optional[int], count: int) -> List[str]:
    """An array of meshroute_str."""
    if not address or not count:
        return []
    words, read = iter(_array(c.c_size_t, address, 2 * count)[:]), c.string_at
    return [read(data, size).decode("utf-8", "replace") if size else "" for data, size in zip(words, words)]


def pairs_of(address: Optional[int], count: int) -> List[Tuple[str, str]]:
    """An array of meshroute_pair."""
    texts = iter(texts_of(address, 2 * count))
    return list(zip(texts, texts))


def _weighted_of(address: Optional[int], count: int) -> List[WeightedCluster]:
    if not address:
        return []
    text = _native.text_of
    return [WeightedCluster(text(each.name), each.weight, text(each.authority))
            for each in _array(_native.WeightedCluster, address, count)]


class _Reader:
    """Reads the rows of one list, or the lists of one answer. An index below the count cannot fail."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.known: Dict[str, Origin] = {"": _NOTHING}  # by its text: many endpoints come from one ServiceEntry

    def rows(self, count: int, get: str, kind: Any, read: Callable[["_Reader", int, _Fields], Row], first: int = 0) -> List[Row]:
        handle, function, found, rows = self.handle, _native.FUNCTIONS[get], _Fields(kind), []
        for index in range(first, first + count):
            function(handle, index, found.ref, None)
            rows.append(read(self, index, found))
        return rows


def filter_of(host: str, port: int, subset: str, cluster: str) -> Any:
    """The C struct; it borrows from itself."""
    texts = map(_native.str_of, (host, subset, cluster))
    return _native.ViewFilter(c.sizeof(_native.ViewFilter), *texts, _native.number(port, 65535, "a port"), 0)


def services(view: Any, wanted: Any) -> List[Service]:
    return _list("services", _native.ServiceFields, view, wanted, _service)


def clusters(view: Any, wanted: Any) -> List[Cluster]:
    return _list("clusters", _native.ClusterFields, view, wanted, _cluster)


def endpoints(view: Any, wanted: Any) -> List[Endpoint]:
    return _list("endpoints", _native.EndpointFields, view, wanted, _endpoint)


def endpoints_of(handle: Any) -> List[Endpoint]:
    count = _native.COUNTS["endpoints"](handle)
    return _Reader(handle).rows(count, "endpoints_at", _native.EndpointFields, _endpoint)


def routes(view: Any, wanted: Any) -> List[Route]:
    return _list("routes", _native.RouteFields, view, wanted, _route)


def listeners(view: Any, wanted: Any) -> List[Listener]:
    return _list("listeners", _native.ListenerFields, view, wanted, _listener)


def answer_endpoints(answer: Any) -> List[Endpoint]:
    return _of_answer(answer, "endpoint", _native.EndpointFields, _endpoint)


def answers_endpoints(answers: Any, first: int, count: int) -> List[Endpoint]:
    return _Reader(answers).rows(count, "answers_endpoint_at", _native.EndpointFields, _endpoint, first)


def answer_weighted_clusters(fields: Any) -> List[WeightedCluster]:
    return _weighted_of(fields.weighted_clusters, fields.weighted_cluster_count)


def answer_trace(answer: Any) -> List[TraceLine]:
    return _of_answer(answer, "trace", _native.TraceLineFields, _trace_line)


def answer_because(answer: Any) -> List[TraceLine]:
    return _of_answer(answer, "because", _native.TraceLineFields, _trace_line)


def answer_response_headers(fields: Any) -> Dict[str, HeaderValue]:
    return _headers(pairs_of(fields.response_headers, fields.response_header_count))


def answer_upstream_request(answer: Any) -> Optional[Dict[str, Any]]:
    """As the JSON form has it; None where nothing leaves."""
    found = _Fields(_native.UpstreamRequestFields)
    if _native.FUNCTIONS["answer_upstream_request"](answer, found.ref, None) != 0:
        return None
    reader, fields = _Reader(answer), found.struct
    return {
        **found.named(),
        "headers_added": _headers(pairs_of(fields.added_headers, fields.added_header_count)),
        "headers_changed": dict(
            reader.rows(fields.changed_header_count, "answer_changed_header_at", _native.ChangedHeaderFields, _changed)
        ),
        "headers_removed": texts_of(fields.removed_headers, fields.removed_header_count),
    }


def _of_answer(answer: Any, what: str, kind: Any, read: Callable[[_Reader, int, _Fields], Row]) -> List[Row]:
    return _Reader(answer).rows(_native.COUNTS["answer_" + what](answer), f"answer_{what}_at", kind, read)


def _list(section: str, kind: Any, view: Any, wanted: Any, read: Callable[[_Reader, int, _Fields], Row]) -> List[Row]:
    """All rows of a list, which is freed when they are read."""
    handle = _native.make(section, "view_" + section, view, c.byref(wanted))
    return _Reader(handle).rows(_native.COUNTS[section](handle), section + "_at", kind, read)


def _service(reader: _Reader, index: int, found: _Fields) -> Service:
    fields, text = found.struct, _native.text_of
    ports = _array(_native.ServicePort, fields.ports, fields.port_count) if fields.port_count else ()
    return Service(
        **found.named(),
        mesh_external=fields.mesh_external != 0,
        addresses=texts_of(fields.addresses, fields.address_count),
        ports=[ServicePort(text(port.name), port.number, text(port.protocol)) for port in ports],
        labels=dict(pairs_of(fields.labels, fields.label_count)),
        origin=found.origin(),
    )


def _cluster(reader: _Reader, index: int, found: _Fields) -> Cluster:
    return Cluster(**found.named(), port=found.struct.port, origin=found.origin(), destination_rule=found.origin("destination_rule"))


def _endpoint(reader: _Reader, index: int, found: _Fields) -> Endpoint:
    fields = found.struct
    cluster, address, locality, health, service_account, resource, network = found.texts()
    came_from = reader.known.get(resource)
    if came_from is None:
        came_from = reader.known[resource] = found.origin()
    return Endpoint(cluster, address, fields.port, fields.weight, locality, fields.priority, health,
                    dict(pairs_of(fields.labels, fields.label_count)), service_account, resource, network, came_from,
                    bool(fields.assumed))


def _route(reader: _Reader, index: int, found: _Fields) -> Route:
    texts, fields = found.named(), found.struct
    texts["redirect"] = json.loads(texts["redirect"]) if texts["redirect"] else None
    return Route(
        **texts,
        index=fields.index,
        direct_response=None if fields.direct_response < 0 else fields.direct_response,
        domains=texts_of(fields.domains, fields.domain_count),
        weighted_clusters=_weighted_of(fields.weighted_clusters, fields.weighted_cluster_count),
        mirrors=texts_of(fields.mirrors, fields.mirror_count),
        origin=found.origin(),
    )


def _listener(reader: _Reader, index: int, found: _Fields) -> Listener:
    fields = found.struct
    return Listener(
        **found.named(),
        port=fields.port,
        destination_port=fields.destination_port,
        plain_http=fields.plain_http != 0,
        is_default=fields.is_default != 0,
        server_port=fields.server_port,
        cidrs=texts_of(fields.cidrs, fields.cidr_count),
        sni=texts_of(fields.sni, fields.sni_count),
        weighted_clusters=_weighted_of(fields.weighted_clusters, fields.weighted_cluster_count),
    )


_VERDICTS = {1: "matched", 2: "skipped"}


def _trace_line(reader: _Reader, index: int, found: _Fields) -> TraceLine:
    return TraceLine(
        **found.named(), verdict=_VERDICTS.get(found.struct.verdict, "noted"), line=found.struct.line, column=found.struct.column
    )


def _changed(reader: _Reader, index: int, found: _Fields) -> Tuple[str, Dict[str, HeaderValue]]:
    name, = found.texts()
    fields = found.struct
    return name, {"sent": _value(texts_of(fields.sent, fields.sent_count)), "got": _value(texts_of(fields.got, fields.got_count))}


def _value(lines: List[str]) -> HeaderValue:
    return lines[0] if len(lines) == 1 else lines


def _headers(pairs: Iterable[Tuple[str, str]]) -> Dict[str, HeaderValue]:
    lines: Dict[str, List[str]] = {}
    for name, value in pairs:
        lines.setdefault(name, []).append(value)
    return {name: _value(values) for name, values in lines.items()}
