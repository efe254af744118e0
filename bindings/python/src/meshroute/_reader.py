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


class _Shape:
    """Where the texts of a C struct stand, in words."""

    def __init__(self, kind: Any) -> None:
        word = c.sizeof(c.c_size_t)
        borrowed = [name for name, each in kind._fields_ if each is _native.Borrowed]
        self.names = [name.rstrip("_") for name in borrowed]
        self.places = [getattr(kind, name).offset // word for name in borrowed]
        self.words = c.c_size_t * (c.sizeof(kind) // word)
        self.size = c.sizeof(kind) if kind._fields_[0][0] == "struct_size" else 0


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


_SHAPES: Dict[Any, _Shape] = {kind: _Shape(kind) for kind in (
    _native.OriginFields, _native.BorrowedPair, _native.WeightedClusterFields, _native.ServicePortFields, _native.ServiceFields,
    _native.ClusterFields, _native.EndpointFields, _native.RouteFields, _native.ListenerFields, _native.TraceLineFields,
    _native.UpstreamRequestFields, _native.ChangedHeaderFields)}


class _Reader:
    """Reads the rows of one list, or the lists of one answer. An index below the count cannot fail."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self._origin, self._label = _Fields(_native.OriginFields), _Fields(_native.BorrowedPair)
        self.known: Dict[str, Origin] = {"": Origin()}  # by its text: many endpoints come from one ServiceEntry

    def rows(self, count: int, get: str, kind: Any, read: Callable[["_Reader", int, _Fields], Row]) -> List[Row]:
        handle, function, found, rows = self.handle, _native.FUNCTIONS[get], _Fields(kind), []
        for index in range(count):
            function(handle, index, found.ref, None)
            rows.append(read(self, index, found))
        return rows

    def origin(self, function: str, index: int) -> Origin:
        _native.FUNCTIONS[function](self.handle, index, self._origin.ref, None)
        kind, namespace, name, source = self._origin.texts()
        return Origin(kind, namespace, name, source, self._origin.struct.line)

    def labels(self, function: str, index: int, count: int) -> Dict[str, str]:
        labels, handle, get, label = {}, self.handle, _native.FUNCTIONS[function], self._label
        for each in range(count):
            get(handle, index, each, label.ref, None)
            name, labels[name] = label.texts()
        return labels

    def strings(self, function: str, index: int, count: int) -> List[str]:
        get = _native.TEXTS[function]
        return [_native.text_of(get(self.handle, index, each)) for each in range(count)]

    def weighted(self, function: str, index: int, count: int) -> List[WeightedCluster]:
        found, out = _Fields(_native.WeightedClusterFields), []
        for each in range(count):
            _native.FUNCTIONS[function](self.handle, index, each, found.ref, None)
            out.append(_weighted(self, each, found))
        return out


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
    return _Reader(handle).rows(count, "endpoints_get", _native.EndpointFields, _endpoint)


def routes(view: Any, wanted: Any) -> List[Route]:
    return _list("routes", _native.RouteFields, view, wanted, _route)


def listeners(view: Any, wanted: Any) -> List[Listener]:
    return _list("listeners", _native.ListenerFields, view, wanted, _listener)


def answer_endpoints(answer: Any) -> List[Endpoint]:
    return _of_answer(answer, "endpoint", _native.EndpointFields, _answer_endpoint)


def answer_weighted_clusters(answer: Any) -> List[WeightedCluster]:
    return _of_answer(answer, "weighted_cluster", _native.WeightedClusterFields, _weighted)


def answer_trace(answer: Any) -> List[TraceLine]:
    return _of_answer(answer, "trace", _native.TraceLineFields, _trace_line)


def answer_because(answer: Any) -> List[TraceLine]:
    return _of_answer(answer, "because", _native.TraceLineFields, _trace_line)


def answer_upstream_sans(answer: Any, count: int) -> List[str]:
    return [_native.text_of(_native.TEXTS["answer_upstream_san"](answer, each)) for each in range(count)]


def answer_mirrors(answer: Any) -> List[str]:
    return [
        _native.text_of(_native.TEXTS["answer_mirror"](answer, each)) for each in range(_native.COUNTS["answer_mirror"](answer))
    ]


def answer_response_headers(answer: Any) -> Dict[str, HeaderValue]:
    return _headers(_of_answer(answer, "response_header", _native.BorrowedPair, _pair))


def answer_upstream_request(answer: Any) -> Optional[Dict[str, Any]]:
    """As the JSON form has it; None where nothing leaves."""
    found = _Fields(_native.UpstreamRequestFields)
    if _native.FUNCTIONS["answer_upstream_request"](answer, found.ref, None) != 0:
        return None
    reader, fields = _Reader(answer), found.struct
    return {
        **found.named(),
        "headers_added": _headers(reader.rows(fields.added_header_count, "answer_added_header", _native.BorrowedPair, _pair)),
        "headers_changed": dict(
            reader.rows(fields.changed_header_count, "answer_changed_header", _native.ChangedHeaderFields, _changed)
        ),
        "headers_removed": [
            _native.text_of(_native.TEXTS["answer_removed_header"](answer, each)) for each in range(fields.removed_header_count)
        ],
    }


def _of_answer(answer: Any, what: str, kind: Any, read: Callable[[_Reader, int, _Fields], Row]) -> List[Row]:
    return _Reader(answer).rows(_native.COUNTS["answer_" + what](answer), "answer_" + what, kind, read)


def _list(section: str, kind: Any, view: Any, wanted: Any, read: Callable[[_Reader, int, _Fields], Row]) -> List[Row]:
    """All rows of a list, which is freed when they are read."""
    handle = _native.make(section, "view_" + section, view, c.byref(wanted))
    return _Reader(handle).rows(_native.COUNTS[section](handle), section + "_get", kind, read)


def _service(reader: _Reader, index: int, found: _Fields) -> Service:
    port, ports, fields = _Fields(_native.ServicePortFields), [], found.struct
    for each in range(fields.port_count):
        _native.FUNCTIONS["services_port"](reader.handle, index, each, port.ref, None)
        name, protocol = port.texts()
        ports.append(ServicePort(name, port.struct.number, protocol))
    return Service(
        **found.named(),
        mesh_external=fields.mesh_external != 0,
        addresses=reader.strings("services_address", index, fields.address_count),
        ports=ports,
        labels=reader.labels("services_label", index, fields.label_count),
        origin=reader.origin("services_origin", index),
    )


def _cluster(reader: _Reader, index: int, found: _Fields) -> Cluster:
    return Cluster(**found.named(), port=found.struct.port, origin=reader.origin("clusters_origin", index),
                   destination_rule=reader.origin("clusters_destination_rule", index))


def _endpoint(
    reader: _Reader, index: int, found: _Fields, label: str = "endpoints_label", origin: str = "endpoints_origin"
) -> Endpoint:
    fields = found.struct
    cluster, address, locality, health, service_account, resource, network = found.texts()
    came_from = reader.known.get(resource)
    if came_from is None:
        came_from = reader.known[resource] = reader.origin(origin, index)
    return Endpoint(cluster, address, fields.port, fields.weight, locality, fields.priority, health,
                    reader.labels(label, index, fields.label_count), service_account, resource, network, came_from,
                    bool(fields.assumed))


def _answer_endpoint(reader: _Reader, index: int, found: _Fields) -> Endpoint:
    return _endpoint(reader, index, found, "answer_endpoint_label", "answer_endpoint_origin")


def _route(reader: _Reader, index: int, found: _Fields) -> Route:
    texts, fields = found.named(), found.struct
    texts["redirect"] = json.loads(texts["redirect"]) if texts["redirect"] else None
    return Route(
        **texts,
        index=fields.index,
        direct_response=None if fields.direct_response < 0 else fields.direct_response,
        domains=reader.strings("routes_domain", index, fields.domain_count),
        weighted_clusters=reader.weighted("routes_weighted_cluster", index, fields.weighted_cluster_count),
        mirrors=reader.strings("routes_mirror", index, fields.mirror_count),
        origin=reader.origin("routes_origin", index),
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
        cidrs=reader.strings("listeners_cidr", index, fields.cidr_count),
        sni=reader.strings("listeners_sni", index, fields.sni_count),
        weighted_clusters=reader.weighted("listeners_weighted_cluster", index, fields.weighted_cluster_count),
    )


def _weighted(reader: _Reader, index: int, found: _Fields) -> WeightedCluster:
    name, authority = found.texts()
    return WeightedCluster(name, found.struct.weight, authority)


_VERDICTS = {1: "matched", 2: "skipped"}


def _trace_line(reader: _Reader, index: int, found: _Fields) -> TraceLine:
    return TraceLine(
        **found.named(), verdict=_VERDICTS.get(found.struct.verdict, "noted"), line=found.struct.line, column=found.struct.column
    )


def _pair(reader: _Reader, index: int, found: _Fields) -> Tuple[str, str]:
    name, value = found.texts()
    return name, value


def _changed(reader: _Reader, index: int, found: _Fields) -> Tuple[str, Dict[str, HeaderValue]]:
    name, = found.texts()
    return name, {"sent": _value(reader.strings("answer_changed_header_sent", index, found.struct.sent_count)),
                  "got": _value(reader.strings("answer_changed_header_got", index, found.struct.got_count))}


def _value(lines: List[str]) -> HeaderValue:
    return lines[0] if len(lines) == 1 else lines


def _headers(pairs: Iterable[Tuple[str, str]]) -> Dict[str, HeaderValue]:
    lines: Dict[str, List[str]] = {}
    for name, value in pairs:
        lines.setdefault(name, []).append(value)
    return {name: _value(values) for name, values in lines.items()}
