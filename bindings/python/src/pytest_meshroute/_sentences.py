# SPDX-License-Identifier: Apache-2.0
"""The sentences: each returns the request, so that they can be joined, and fails with the reasons."""
from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, NamedTuple, NoReturn, Optional, Set, Tuple, Union

if TYPE_CHECKING:
    import meshroute


class Destination(NamedTuple):
    """What an outbound cluster's name says: outbound|PORT|SUBSET|HOST."""
    port: int
    subset: str
    host: str


def destination_of(cluster: str) -> Optional[Destination]:
    """None for a cluster that is no service's, such as PassthroughCluster."""
    parts = cluster.split("|")
    return (
        Destination(int(parts[1]), parts[2], parts[3])
        if len(parts) == 4 and parts[0] == "outbound" and parts[1].isdigit()
        else None
    )


class Seen:
    """The services that one proxy sees, with their ports and subsets, to tell a name that is meant from one that is mistyped."""

    def __init__(self, view: "meshroute.View") -> None:
        self.view = view
        self.namespace = str(view.proxy.get("namespace") or "default")
        self._ports: Dict[str, Set[int]] = {
            service.hostname: {port.number for port in service.ports} for service in view.services
        }
        self._subsets: Dict[str, Set[str]] = {}
        for cluster in view.clusters:
            if cluster.host:
                self._ports.setdefault(cluster.host, set()).add(cluster.port)
                self._subsets.setdefault(cluster.host, set()).add(cluster.subset)

    def means(self, host: str, found: str) -> bool:
        """Whether the name that a test gives is this service's: whole, or short as the client's DNS would complete it."""
        host, found = host.lower(), found.lower()
        short = host.split(".")
        if len(short) == 1:
            short.append(self.namespace)  # a short name is of the proxy's own namespace
        if len(short) == 2:
            short.append("svc")
        return found == host or (len(short) == 3 and short[2] == "svc" and found.startswith(".".join(short) + "."))

    def missing(self, host: str, subset: Optional[str], port: Optional[int], also: Iterable[Destination]) -> str:
        """The host, port or subset that this proxy does not see at all, and similar names; empty if it sees them. `also` counts as seen."""
        ports, subsets = set(), set()
        known = [each for each in self._ports if self.means(host, each)]
        for each in known:
            ports |= self._ports[each]
            subsets |= self._subsets.get(each, set())
        for destination in also:
            if self.means(host, destination.host):
                known.append(destination.host)
                ports.add(destination.port)
                subsets.add(destination.subset)
        if not known:
            return f"no service {host} is seen from {self.namespace}: a typo? {self._near(host)}"
        if port is not None and port not in ports:
            return f"{known[0]} has no port {port}: a typo? It has {_listed(sorted(ports), 'none')}"
        if subset is not None and subset not in subsets:
            return f"{known[0]} has no subset {subset or 'without a name'}: a typo? It has {_listed(sorted(filter(None, subsets)), 'none')}"
        return ""

    def _near(self, host: str) -> str:
        def likeness(other: str) -> float:
            name, _, rest = other.partition(".")
            forms = (other, name, f"{name}.{rest.partition('.')[0]}")
            return max(SequenceMatcher(None, host.lower(), form.lower()).ratio() for form in forms)

        scored: List[Tuple[float, str]] = sorted(((-likeness(each), each) for each in self._ports))
        near = [each for score, each in scored if score <= -0.6][:3]
        return f"There is {_listed(near, '')}" if near else f"It sees {_listed(sorted(self._ports), 'no service')}"


class RequestUnderTest:
    """A request from one proxy. `answer` is meshroute's."""

    def __init__(self, seen: Seen, request: "meshroute.Request") -> None:
        self._seen, self._request = seen, request
        self.answer = seen.view.resolve(request)

    def goes_to(
        self, host: str, subset: Optional[str] = None, port: Optional[int] = None, weight: Optional[int] = None
    ) -> "RequestUnderTest":
        """All of it goes to this service; with `weight`, that share of it in per cent. `host` may be short, as seen from the proxy.

        A host, port or subset that the proxy does not see at all fails, with `weight=0` as well.
        """
        __tracebackhide__ = True
        unknown = self._missing(host, subset, port)
        if unknown:
            self._fail(f"go to {_name(host, subset, port)}: {unknown}")
        found = self._share(host, subset, port)
        holds = found == 100 if weight is None else round(found) == weight
        if self.answer.outcome not in ("routed", "no_endpoints") or not holds:
            share = "" if weight is None else f" with {weight} %"
            self._fail(f"go to {_name(host, subset, port)}{share}")
        if self.answer.outcome == "no_endpoints":
            self._fail(f"reach {_name(host, subset, port)}, which has no endpoint")
        lost = self._lost(host, subset, port) if found else 0
        if lost:
            self._fail(f"reach {_name(host, subset, port)}: {lost:g} % of the requests fail by configuration")
        return self

    def avoids(
        self, host: str, subset: Optional[str] = None, port: Optional[int] = None, unknown_ok: bool = False
    ) -> "RequestUnderTest":
        """Nothing of it goes to this service.

        A host, port or subset that the proxy does not see at all is taken for a typo and fails; `unknown_ok` says that it is meant.
        """
        __tracebackhide__ = True
        unknown = "" if unknown_ok else self._missing(host, subset, port)
        if unknown:
            self._fail(
                f"avoid {_name(host, subset, port)}, as far as can be told: {unknown}. With unknown_ok=True it may be missing"
            )
        if self._share(host, subset, port) > 0:
            self._fail(f"avoid {_name(host, subset, port)}")
        return self

    def reaches(self, *addresses: str) -> "RequestUnderTest":
        """Its endpoints are these and no others: "10.0.0.1", or "10.0.0.1:8080"."""
        __tracebackhide__ = True
        endpoints = self.answer.endpoints
        reached = {address for endpoint in endpoints for address in addresses if address in (endpoint.address, str(endpoint))}
        if reached != set(addresses) or any(not {endpoint.address, str(endpoint)} & reached for endpoint in endpoints):
            self._fail(f"reach exactly {', '.join(addresses) or 'nothing'}")
        return self

    def redirects_to(self, location: str, status: Optional[int] = None) -> "RequestUnderTest":
        """The proxy is sent to this Location."""
        __tracebackhide__ = True
        response = self.answer.response or {}
        sent = {name.lower(): value for name, value in response.get("headers", {}).items()}.get("location")
        if self.answer.outcome != "redirect" or sent != location or status not in (None, response.get("status")):
            self._fail(
                f"redirect to {location}" + ("" if status is None else f" with {status}") + (f" but to {sent}" if sent else "")
            )
        return self

    def is_answered_with(self, status: int) -> "RequestUnderTest":
        """The proxy itself answers, with this status."""
        __tracebackhide__ = True
        if self.answer.status != status:
            self._fail(f"get {status} from the proxy" + ("" if self.answer.status is None else f" but {self.answer.status}"))
        return self

    def leaves_the_mesh(self) -> "RequestUnderTest":
        """It is passed through to its original destination, which the mesh does not know."""
        __tracebackhide__ = True
        if self.answer.outcome != "passthrough":
            self._fail("leave the mesh")
        return self

    def is_matched_by(self, route: str) -> "RequestUnderTest":
        """The route of this name takes it."""
        __tracebackhide__ = True
        if self.answer.route != route:
            self._fail(f"meet the route {route}" + (f" but {self.answer.route}" if self.answer.route else ""))
        return self

    def _share(self, host: str, subset: Optional[str], port: Optional[int]) -> float:
        """Of the answer's destinations, in per cent."""
        weights = self.answer.weights or ({self.answer.cluster: 1} if self.answer.cluster else {})
        there = sum(weight for name, weight in weights.items() if self._is(destination_of(name), host, subset, port))
        return 100 * there / (sum(weights.values()) or 1)

    def _lost(self, host: str, subset: Optional[str], port: Optional[int]) -> float:
        """The percentage that fails, where this destination takes part in it: an abort, or no endpoint behind one of its clusters."""
        failing = self.answer.failure_percent
        if not failing or len(self.answer.weights) < 2:
            return failing
        reached = {endpoint.cluster for endpoint in self.answer.endpoints}
        asked = [name for name, weight in self.answer.weights.items() if weight and self._is(destination_of(name), host, subset, port)]
        others = [name for name, weight in self.answer.weights.items() if weight and name not in asked]
        if all(name in reached for name in asked) and any(name not in reached for name in others):
            return 0  # another destination's
        return failing

    def _is(self, found: Optional[Destination], host: str, subset: Optional[str], port: Optional[int]) -> bool:
        if found is None or subset not in (None, found.subset) or port not in (None, found.port):
            return False
        return self._seen.means(host, found.host)

    def _missing(self, host: str, subset: Optional[str], port: Optional[int]) -> str:
        named = map(destination_of, [*self.answer.weights, self.answer.cluster])
        return self._seen.missing(host, subset, port, [each for each in named if each])

    def _fail(self, what: str) -> NoReturn:
        __tracebackhide__ = True
        raise AssertionError(
            f"{self._request} from {self._seen.namespace} does not {what}\n\n{self._seen.view.resolve(self._request, explain=True)}"
        )

    def __repr__(self) -> str:
        return f"<{self._request} from {self._seen.namespace}: {self.answer.outcome} {', '.join(self.answer.clusters)}>"


class MeshUnderTest:
    """The mesh that the tests ask. It does not change."""

    def __init__(self, snapshot: "meshroute.Snapshot") -> None:
        self.snapshot = snapshot
        self._seen: Dict[str, Seen] = {}

    def request(
        self, url: str = "", from_: Union[str, "meshroute.Proxy", Dict[str, Any]] = "default", **more: Any
    ) -> RequestUnderTest:
        """A request from a proxy ("NAMESPACE", "NAMESPACE/NAME", a meshroute.Proxy or its JSON form); `more` is as in meshroute.Request.

        The name of a workload that is loaded stands for its labels, address and locality, as in Snapshot.find_proxy.
        """
        import meshroute

        return RequestUnderTest(self._of(from_), meshroute.Request(url, **more))

    def view(self, from_: Union[str, "meshroute.Proxy", Dict[str, Any]] = "default") -> "meshroute.View":
        """What a proxy sees; computed once."""
        return self._of(from_).view

    def findings(self, *severities: str) -> List["meshroute.Diagnostic"]:
        """What an analysis of the whole mesh finds; of these severities, or all."""
        return [found for found in self.snapshot.analyze() if not severities or found.severity in severities]

    def _of(self, from_: Union[str, "meshroute.Proxy", Dict[str, Any]]) -> Seen:
        key = repr(from_)
        if key not in self._seen:
            self._seen[key] = Seen(self.snapshot.view(self._proxy(from_)))
        return self._seen[key]

    def _proxy(self, from_: Union[str, "meshroute.Proxy", Dict[str, Any]]) -> Union[str, "meshroute.Proxy", Dict[str, Any]]:
        """A workload that is loaded has labels and an address; another name is a proxy of which only the namespace is known."""
        import meshroute

        if not isinstance(from_, str) or "/" not in from_:
            return from_
        try:
            return self.snapshot.find_proxy(from_)
        except meshroute.Error:
            return from_

    def __repr__(self) -> str:
        return "<MeshUnderTest>"


def _listed(names: Iterable[Any], nothing: str) -> str:
    shown = list(map(str, names))
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
    return ", ".join(shown[:5]) + more or nothing


def _name(host: str, subset: Optional[str], port: Optional[int]) -> str:
    return host + ("" if port is None else f":{port}") + (f", subset {subset}" if subset else "")
