# SPDX-License-Identifier: Apache-2.0
"""What a proxy sees, row by row: services, clusters, endpoints, routes and listeners, each with the resource that it comes from.

Rows are plain values: they outlive their view. `_reader` reads them from the C structs; `View.section` gives the JSON form, which
has more.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional


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
    """One service that the proxy sees; it comes from a Service or a ServiceEntry."""
    hostname: str
    namespace: str
    registry: str  # Kubernetes, or External for a ServiceEntry's
    resolution: str  # STATIC, DNS, DNS_ROUND_ROBIN, NONE, ALIAS, DYNAMIC_DNS
    address: str  # the address that the proxy's proxy listens for; 0.0.0.0 if the service has no address of its own
    mesh_external: bool = False
    addresses: List[str] = field(default_factory=list)  # all that the proxy can use
    ports: List[ServicePort] = field(default_factory=list)
    labels: Dict[str, str] = field(default_factory=dict)  # of the resource
    origin: Origin = Origin()

    def __str__(self) -> str:
        return self.hostname


@dataclass(frozen=True)
class Cluster:
    """One outbound cluster, of a service's port and perhaps a subset. Those that every proxy has are of no host."""
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
    assumed: bool = False  # no Pod is given: the origin is the template that would make one, the address is made up

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
    timeout: str = ""  # of forward: 15s; 0s means no timeout
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
    is_default: bool = False  # used when no other chain matches
    plain_http: bool = False  # HTTP/1.1 and h2c without TLS
    destination_port: int = 0  # 0: any
    cidrs: List[str] = field(default_factory=list)
    sni: List[str] = field(default_factory=list)
    route_config: str = ""  # of http: the route table; empty where the chain has routes of its own
    cluster: str = ""  # of tcp; empty where weights choose
    weighted_clusters: List[WeightedCluster] = field(default_factory=list)
    tls_mode: str = ""  # of a gateway: SIMPLE, MUTUAL, OPTIONAL_MUTUAL, ISTIO_MUTUAL, PASSTHROUGH or AUTO_PASSTHROUGH
    gateway: str = ""  # of a gateway: the Gateway whose server it is, ns/name
    server_port: int = 0  # of a gateway: that server's own port, which is the Service's
    refused: str = ""  # why Envoy rejects the whole listener, which then takes no connection

    @property
    def weights(self) -> Dict[str, int]:
        """Cluster name to weight, for a chain with weights."""
        return {each.name: each.weight for each in self.weighted_clusters}

    def __str__(self) -> str:
        goes = f"route table {self.route_config}" if self.route_config else self.cluster or ", ".join(self.weights)
        return f"{self.listener} {'default ' if self.is_default else ''}{self.kind} -> {goes}"


@dataclass(frozen=True)
class TraceLine:
    """One line of the reasons: what was considered, and whether it matched (`verdict`: matched, skipped or noted)."""
    stage: str
    verdict: str
    text: str
    resource: str = ""
    path: str = ""
    source: str = ""
    line: int = 0
    column: int = 0
    code: str = ""  # which kind of line it is, stable: "subset_missing"; empty in the trace of a RouteTable
    hint: str = ""  # one imperative that names the resource and field to change

    def __str__(self) -> str:
        sign = {"matched": "+", "skipped": "-"}.get(self.verdict, " ")
        place = f" ({self.source}:{self.line}:{self.column})" if self.line else ""
        return f"{sign} {self.stage}: {self.text}{place}"
