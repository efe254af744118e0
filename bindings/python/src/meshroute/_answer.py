# SPDX-License-Identifier: Apache-2.0
"""Requests, and the answers to them."""
from __future__ import annotations

import ctypes as c
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _native
from ._handle import Handle

Headers = Union[Mapping[str, Union[str, Sequence[str]]], Sequence[Tuple[str, str]]]


class Request:
    """A prepared request: cheap to ask again and again. `Request("http://reviews.prod/x", headers={"end-user": "jason"})`.

    What is given beside the URL wins over it. `host` None: as the URL says; "" sends an empty Host header.
    `random` is Envoy's random value (64 bits); without it there are all shares and no pick.
    """

    def __init__(self, url: str = "", *, method: str = "", headers: Optional[Headers] = None, path: str = "", host: Optional[str] = None,
                 port: int = 0, protocol: str = "", tls: bool = False, sni: str = "", alpn: str = "", scheme: Optional[str] = None,
                 address: Optional[str] = None, random: Optional[int] = None) -> None:
        self.url = url
        lines: List[Tuple[str, str]] = []
        for name, value in (headers.items() if isinstance(headers, Mapping) else headers or ()):
            lines.extend((name, each) for each in ([value] if isinstance(value, str) else value))
        self._keep = (_native.Pair * len(lines))()
        self._bytes: List[Any] = [(name.encode(), value.encode()) for name, value in lines]
        for pair, (name_bytes, value_bytes) in zip(self._keep, self._bytes):
            pair.name, pair.value = _native.Str(name_bytes, len(name_bytes)), _native.Str(value_bytes, len(value_bytes))
        struct = _native.RequestStruct(c.sizeof(_native.RequestStruct))
        texts: Dict[str, Optional[str]] = {"url": url, "protocol": protocol, "address": address, "host": host, "method": method,
                                           "path": path, "scheme": scheme, "sni": sni, "alpn": alpn}
        for name, text in texts.items():
            if text is None or (text == "" and name not in ("address", "host", "scheme")):
                continue
            data = text.encode("utf-8", "surrogatepass")
            self._bytes.append(data)
            setattr(struct, name, _native.Str(data, len(data)))
        struct.headers = self._keep
        struct.header_count = len(lines)
        struct.port, struct.tls = port, int(tls)
        if random is not None:
            struct.random, struct.has_random = random, 1
        self._struct = struct

    def __repr__(self) -> str:
        return f"<Request {self.url}>"


AnyRequest = Union[str, Request, Mapping[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """One endpoint that the request can reach; `resource` says where it comes from."""
    cluster: str
    address: str
    port: int
    weight: int
    locality: str
    priority: int
    health: str
    labels: Dict[str, str]
    service_account: str = ""
    resource: str = ""


@dataclass(frozen=True)
class TraceLine:
    """One line of the reasons: what was considered, and whether it matched."""
    stage: str
    verdict: str
    text: str
    resource: str = ""
    path: str = ""
    source: str = ""
    line: int = 0
    column: int = 0


class Answer(Handle):
    """Where a request goes. Its text form is for people; `to_dict()` is the JSON form."""

    _kind = "answer"

    def __init__(self, handle: Any) -> None:
        super().__init__(handle)
        self._dict: Optional[Dict[str, Any]] = None
        self._struct: Any = None

    def to_dict(self) -> Dict[str, Any]:
        if self._dict is None:
            self._dict = json.loads(_native.text("answer_json", self._open()))
        return self._dict

    def _field(self, name: str) -> str:
        if self._struct is None:
            handle = self._open()
            self._struct = _native.AnswerFields(c.sizeof(_native.AnswerFields))
            _native.call("answer_get", handle, c.byref(self._struct))
        self._open()
        return _native.text_of(getattr(self._struct, name))

    @property
    def outcome(self) -> str:
        """routed, redirect, direct_response, no_route, no_virtual_host, no_cluster, no_endpoints, passthrough, blackhole, ..."""
        return self._field("outcome")

    @property
    def cluster(self) -> str:
        """The only cluster; empty where the route has weights."""
        return self._field("cluster")

    @property
    def route(self) -> str:
        return self._field("route")

    @property
    def virtual_host(self) -> str:
        return self._field("virtual_host")

    @property
    def config(self) -> str:
        """The VirtualService that owns the route, as in the view."""
        return self._field("config")

    @property
    def picked_cluster(self) -> str:
        """With a random value: the cluster that Envoy would pick."""
        return self._field("picked_cluster")

    @property
    def picked_endpoint(self) -> str:
        return self._field("picked_endpoint")

    @property
    def status(self) -> Optional[int]:
        """The status that the client gets without an upstream, else None."""
        self._field("outcome")
        status: int = self._struct.response_status
        return None if status < 0 else status

    @property
    def weights(self) -> Dict[str, int]:
        """Cluster name to weight, for a route with weights."""
        return {form["name"]: form["weight"] for form in self.to_dict().get("weighted_clusters", ())}

    @property
    def clusters(self) -> List[str]:
        """Every cluster that can get the request."""
        return [name for name, weight in self.weights.items() if weight > 0] or ([self.cluster] if self.cluster else [])

    @property
    def endpoints(self) -> List[Endpoint]:
        return [Endpoint(**form) for form in self.to_dict().get("endpoints", ())]

    @property
    def trace(self) -> List[TraceLine]:
        return [TraceLine(**form) for form in self.to_dict().get("trace", ())]

    def __str__(self) -> str:
        return _native.text("answer_text", self._open(), 1, 0)

    def __repr__(self) -> str:
        return f"<Answer: {self.outcome} {', '.join(self.clusters)}>".replace(" >", ">")


def resolve(handle: Any, kind: str, request: AnyRequest, explain: bool) -> Answer:
    """`kind` is the C function: resolve or route_table_resolve."""
    if isinstance(request, Request):
        options = _EXPLAIN if explain else None
        return Answer(_native.make(kind, handle, c.byref(request._struct), options)[0])
    data = request.encode("utf-8", "surrogatepass") if isinstance(request, str) else json.dumps(request).encode()
    return Answer(_native.make(kind + "_json", handle, data, len(data), int(explain))[0])


_OPTIONS = _native.ResolveOptions(c.sizeof(_native.ResolveOptions), 1, 0)
_EXPLAIN = c.byref(_OPTIONS)
