# SPDX-License-Identifier: Apache-2.0
"""What a client sees, row by row: services, clusters, endpoints, routes and listeners, each with the resource that it comes from.

Rows are plain values: they outlive their view. They are read from the C structs; `View.section` gives the JSON form, which has more.
"""
from __future__ import annotations

import ctypes as c
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, TypeVar

from . import _native

Row = TypeVar("Row")


@dataclass(frozen=True)
class Origin:
    """The resource that something comes from. False, and empty, where it comes from none."""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    source: str = ""  # the name that its text was loaded under
    line: int = 0  # where its document starts; 0 where it was not read from a text

    def __bool__(self) -> bool:
        return bool(self.kind)

    def __str__(self) -> str:
        """WorkloadEntry shop/vm-1 (mesh.yaml:12)"""
        if not self:
            return ""
        place = f" ({self.source}:{self.line})" if self.line else ""
        return f"{self.kind} {self.namespace}/{self.name}{place}"


@dataclass(frozen=True)
class WeightedCluster:
    """One destination of a route with weights; `authority` is its own host rewrite, or empty."""
    name: str
    weight: int
    authority: str = ""


@dataclass(frozen=True)
class ServicePort:
    """One port of a service; `protocol` as Istio reads it: HTTP, GRPC, TCP, ..."""
    name: str
    number: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}"


@dataclass(frozen=True)
class Service:
    """One service that the client sees; it comes from a Service or a ServiceEntry."""
    hostname: str
    namespace: str
    registry: str  # Kubernetes, or External for a ServiceEntry's
    resolution: str  # STATIC, DNS, DNS_ROUND_ROBIN, NONE, ALIAS, DYNAMIC_DNS
    address: str  # what the client's proxy listens for; 0.0.0.0 where there is none of its own
    mesh_external: bool = False
    addresses: List[str] = field(default_factory=list)  # all that the client can use
    ports: List[ServicePort] = field(default_factory=list)
    labels: Dict[str, str] = field(default_factory=dict)  # of the resource
    origin: Origin = Origin()

    def __str__(self) -> str:
        return self.hostname


@dataclass(frozen=True)
class Cluster:
    """One outbound cluster, of a service's port and perhaps a subset. Those that every client has are of no host."""
    name: str  # outbound|PORT|SUBSET|HOST
    type: str  # Envoy's: EDS, STRICT_DNS, ORIGINAL_DST, ...
    lb_policy: str  # Envoy's: LEAST_REQUEST, ROUND_ROBIN, RING_HASH, ...
    host: str = ""
    subset: str = ""
    port: int = 0
    origin: Origin = Origin()  # the Service or ServiceEntry
    destination_rule: Origin = Origin()  # that shapes it; false where none does

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: that a request can reach, or of a view's cluster. It comes from a workload; a network's gateway from none."""
    cluster: str
    address: str
    port: int
    weight: int = 1
    locality: str = ""
    priority: int = 0
    health: str = ""
    labels: Dict[str, str] = field(default_factory=dict)
    service_account: str = ""
    resource: str = ""  # the origin as text
    network: str = ""
    origin: Origin = Origin()

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Route:
    """One route of one virtual host, in the order in which Envoy tries them."""
    route_config: str  # the route table: a port, HOST:PORT, or the path of a socket
    virtual_host: str
    index: int  # within the virtual host
    name: str
    match: str  # for people: "prefix /api, header x-user, query q"
    action: str  # forward, redirect or direct_response
    cluster: str = ""  # of forward; empty where weights choose
    weighted_clusters: List[WeightedCluster] = field(default_factory=list)
    mirrors: List[str] = field(default_factory=list)  # clusters that can get a copy
    redirect: Optional[Dict[str, Any]] = None  # Envoy's action
    direct_response: Optional[int] = None  # the status
    timeout: str = ""  # of forward: 15s; 0s is none
    domains: List[str] = field(default_factory=list)  # of the virtual host
    config: str = ""  # the VirtualService that owns the virtual host, as in the JSON form
    origin: Origin = Origin()  # where the rule stands, which may be a delegate; false where no rule made the route
    path: str = ""  # of the rule in its origin: spec.http[1].match[0]

    @property
    def weights(self) -> Dict[str, int]:
        """Cluster name to weight, for a route with weights."""
        return {each.name: each.weight for each in self.weighted_clusters}

    @property
    def clusters(self) -> List[str]:
        """Every cluster that can get a request of this route."""
        return [name for name, weight in self.weights.items() if weight > 0] or ([self.cluster] if self.cluster else [])

    def __str__(self) -> str:
        goes = {"redirect": "redirect", "direct_response": str(self.direct_response)}.get(self.action, ", ".join(self.clusters))
        return f"{self.virtual_host} #{self.index}: {self.match} -> {goes}"


@dataclass(frozen=True)
class Listener:
    """One filter chain of one outbound listener. It takes those connections to the listener that its criteria name
    (`destination_port`, `cidrs`, `sni`, `plain_http`); where none is named, all."""
    listener: str  # 0.0.0.0_80
    address: str
    port: int
    chain: str  # the chain's name, or empty
    kind: str  # http or tcp
    is_default: bool = False  # takes what no other chain of the listener takes
    plain_http: bool = False  # HTTP/1.1 and h2c without TLS
    destination_port: int = 0  # 0: any
    cidrs: List[str] = field(default_factory=list)
    sni: List[str] = field(default_factory=list)
    route_config: str = ""  # of http: the route table; empty where the chain has routes of its own
    cluster: str = ""  # of tcp; empty where weights choose
    weighted_clusters: List[WeightedCluster] = field(default_factory=list)

    @property
    def weights(self) -> Dict[str, int]:
        """Cluster name to weight, for a chain with weights."""
        return {each.name: each.weight for each in self.weighted_clusters}

    def __str__(self) -> str:
        goes = f"route table {self.route_config}" if self.route_config else self.cluster or ", ".join(self.weights)
        return f"{self.listener} {'default ' if self.is_default else ''}{self.kind} -> {goes}"


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
    _native.ClusterFields, _native.EndpointFields, _native.RouteFields, _native.ListenerFields)}


class _Reader:
    """Reads the rows of one list, or the endpoints of one answer. An index below the count cannot fail."""

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
            name, authority = found.texts()
            out.append(WeightedCluster(name, found.struct.weight, authority))
        return out


def filter_of(host: str, port: int, subset: str, cluster: str) -> Any:
    """The C struct; it borrows from itself."""
    return _native.ViewFilter(c.sizeof(_native.ViewFilter), *map(_native.str_of, (host, subset, cluster)), port, 0)


def services(view: Any, wanted: Any) -> List[Service]:
    return _list("services", _native.ServiceFields, view, wanted, _service)


def clusters(view: Any, wanted: Any) -> List[Cluster]:
    return _list("clusters", _native.ClusterFields, view, wanted, _cluster)


def endpoints(view: Any, wanted: Any) -> List[Endpoint]:
    return _list("endpoints", _native.EndpointFields, view, wanted, _endpoint)


def routes(view: Any, wanted: Any) -> List[Route]:
    return _list("routes", _native.RouteFields, view, wanted, _route)


def listeners(view: Any, wanted: Any) -> List[Listener]:
    return _list("listeners", _native.ListenerFields, view, wanted, _listener)


def answer_endpoints(answer: Any) -> List[Endpoint]:
    """By struct: the JSON form of a whole answer costs more than all its endpoints."""
    count = _native.COUNTS["answer_endpoint_count"](answer)
    return _Reader(answer).rows(count, "answer_endpoint", _native.EndpointFields, _answer_endpoint)


def _list(section: str, kind: Any, view: Any, wanted: Any, read: Callable[[_Reader, int, _Fields], Row]) -> List[Row]:
    """All rows of a list, which is freed when they are read."""
    handle = _native.make(section, "view_" + section, view, c.byref(wanted))
    return _Reader(handle).rows(_native.COUNTS[section + "_count"](handle), section + "_get", kind, read)


def _service(reader: _Reader, index: int, found: _Fields) -> Service:
    port, ports, fields = _Fields(_native.ServicePortFields), [], found.struct
    for each in range(fields.port_count):
        _native.FUNCTIONS["services_port"](reader.handle, index, each, port.ref, None)
        name, protocol = port.texts()
        ports.append(ServicePort(name, port.struct.number, protocol))
    return Service(**found.named(), mesh_external=fields.mesh_external != 0,
                   addresses=reader.strings("services_address", index, fields.address_count), ports=ports,
                   labels=reader.labels("services_label", index, fields.label_count), origin=reader.origin("services_origin", index))


def _cluster(reader: _Reader, index: int, found: _Fields) -> Cluster:
    return Cluster(**found.named(), port=found.struct.port, origin=reader.origin("clusters_origin", index),
                   destination_rule=reader.origin("clusters_destination_rule", index))


def _endpoint(reader: _Reader, index: int, found: _Fields, label: str = "endpoints_label", origin: str = "endpoints_origin") -> Endpoint:
    fields = found.struct
    cluster, address, locality, health, service_account, resource, network = found.texts()
    came_from = reader.known.get(resource)
    if came_from is None:
        came_from = reader.known[resource] = reader.origin(origin, index)
    return Endpoint(cluster, address, fields.port, fields.weight, locality, fields.priority, health,
                    reader.labels(label, index, fields.label_count), service_account, resource, network, came_from)


def _answer_endpoint(reader: _Reader, index: int, found: _Fields) -> Endpoint:
    return _endpoint(reader, index, found, "answer_endpoint_label", "answer_endpoint_origin")


def _route(reader: _Reader, index: int, found: _Fields) -> Route:
    texts, fields = found.named(), found.struct
    texts["redirect"] = json.loads(texts["redirect"]) if texts["redirect"] else None
    return Route(**texts, index=fields.index, direct_response=None if fields.direct_response < 0 else fields.direct_response,
                 domains=reader.strings("routes_domain", index, fields.domain_count),
                 weighted_clusters=reader.weighted("routes_weighted_cluster", index, fields.weighted_cluster_count),
                 mirrors=reader.strings("routes_mirror", index, fields.mirror_count), origin=reader.origin("routes_origin", index))


def _listener(reader: _Reader, index: int, found: _Fields) -> Listener:
    fields = found.struct
    return Listener(**found.named(), port=fields.port, destination_port=fields.destination_port, plain_http=fields.plain_http != 0,
                    is_default=fields.is_default != 0, cidrs=reader.strings("listeners_cidr", index, fields.cidr_count),
                    sni=reader.strings("listeners_sni", index, fields.sni_count),
                    weighted_clusters=reader.weighted("listeners_weighted_cluster", index, fields.weighted_cluster_count))
