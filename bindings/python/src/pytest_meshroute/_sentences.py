# SPDX-License-Identifier: Apache-2.0
"""The sentences: each returns the request, so that they can be joined, and fails with the reasons."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, NoReturn, Optional, Union

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
    return Destination(int(parts[1]), parts[2], parts[3]) if len(parts) == 4 and parts[0] == "outbound" and parts[1].isdigit() else None


class RequestUnderTest:
    """A request from one client. `answer` is meshroute's."""

    def __init__(self, view: "meshroute.View", request: "meshroute.Request", namespace: str) -> None:
        self._view, self._request, self._namespace = view, request, namespace
        self.answer = view.resolve(request)

    def goes_to(self, host: str, subset: Optional[str] = None, port: Optional[int] = None, weight: Optional[int] = None) -> "RequestUnderTest":
        """All of it goes to this service; with `weight`, that share of it in per cent. `host` may be short, as seen from the client."""
        __tracebackhide__ = True
        found = self._share(host, subset, port)
        holds = found == 100 if weight is None else round(found) == weight
        if self.answer.outcome not in ("routed", "no_endpoints") or not holds:
            share = "" if weight is None else f" with {weight} %"
            self._fail(f"go to {_name(host, subset, port)}{share}")
        if self.answer.outcome == "no_endpoints":
            self._fail(f"reach {_name(host, subset, port)}, which has no endpoint")
        return self

    def avoids(self, host: str, subset: Optional[str] = None, port: Optional[int] = None) -> "RequestUnderTest":
        """Nothing of it goes to this service."""
        __tracebackhide__ = True
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
        """The client is sent to this Location."""
        __tracebackhide__ = True
        response = self.answer.response or {}
        sent = {name.lower(): value for name, value in response.get("headers", {}).items()}.get("location")
        if self.answer.outcome != "redirect" or sent != location or status not in (None, response.get("status")):
            self._fail(f"redirect to {location}" + ("" if status is None else f" with {status}") + (f" but to {sent}" if sent else ""))
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

    def _is(self, found: Optional[Destination], host: str, subset: Optional[str], port: Optional[int]) -> bool:
        if found is None or subset not in (None, found.subset) or port not in (None, found.port):
            return False
        service, _, namespace = host.partition(".")  # a short name is of the client's own namespace
        return found.host == host or ("." not in namespace and found.host.startswith(f"{service}.{namespace or self._namespace}.svc."))

    def _fail(self, what: str) -> NoReturn:
        __tracebackhide__ = True
        raise AssertionError(f"{self._request} from {self._namespace} does not {what}\n\n{self._view.resolve(self._request, explain=True)}")

    def __repr__(self) -> str:
        return f"<{self._request} from {self._namespace}: {self.answer.outcome} {', '.join(self.answer.clusters)}>"


class MeshUnderTest:
    """The mesh that the tests ask. It does not change."""

    def __init__(self, snapshot: "meshroute.Snapshot") -> None:
        self.snapshot = snapshot
        self._views: Dict[str, "meshroute.View"] = {}

    def request(self, url: str = "", from_: Union[str, "meshroute.Client", Dict[str, Any]] = "default", **more: Any) -> RequestUnderTest:
        """A request from a client ("NAMESPACE", "NAMESPACE/NAME", a meshroute.Client or its JSON form); `more` is as in meshroute.Request."""
        import meshroute

        view = self.view(from_)
        return RequestUnderTest(view, meshroute.Request(url, **more), str(view.client.get("namespace", "default")))

    def view(self, from_: Union[str, "meshroute.Client", Dict[str, Any]] = "default") -> "meshroute.View":
        """What a client sees; computed once."""
        key = repr(from_)
        if key not in self._views:
            self._views[key] = self.snapshot.view(from_)
        return self._views[key]

    def findings(self, *severities: str) -> List["meshroute.Diagnostic"]:
        """What an analysis of the whole mesh finds; of these severities, or all."""
        return [found for found in self.snapshot.analyze() if not severities or found.severity in severities]

    def __repr__(self) -> str:
        return "<MeshUnderTest>"


def _name(host: str, subset: Optional[str], port: Optional[int]) -> str:
    return host + ("" if port is None else f":{port}") + (f", subset {subset}" if subset else "")
