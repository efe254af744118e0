# SPDX-License-Identifier: Apache-2.0
"""Answers: where a request goes."""
from __future__ import annotations

import ctypes as c
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional

from . import _native, _reader
from ._handle import Handle
from ._request import AnyRequest, Request
from ._rows import Endpoint, TraceLine, WeightedCluster


class Answer(Handle):
    """Where a request goes. Its text form is for people, `to_dict()` is the JSON form; a text that does not apply is empty,
    a number None. Never changes, and may be used by any number of threads."""

    _kind = "answer"
    _dict: Optional[Dict[str, Any]] = None
    _struct: Any = None

    _batch: Optional["_Batch"] = None  # of resolve_many: has the answer in short
    _index = 0

    def _open(self) -> Any:
        handle, batch = self._handle, self._batch
        if handle is None and batch is not None:
            handle = self._handle = batch.whole(self._index)
        return super()._open() if handle is None else handle

    def _short(self, name: str) -> str:
        """A text that the result in short has too."""
        batch = self._batch
        if batch is not None:
            return batch.text(self._index, _PLACES[name])
        return _native.text_of(getattr(self._fields(), name))

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, whole. It is made once; change a copy of it."""
        handle, form = self._open(), self._dict
        if form is None:
            form = self._dict = json.loads(_native.text("answer_json", handle, 0))
        return form

    def _fields(self) -> Any:
        """The C struct, whose texts live as long as the handle, which it keeps."""
        handle, struct = self._open(), self._struct
        if struct is None:
            struct = _native.AnswerFields(_native.ANSWER_FIELDS_SIZE)
            _native.call("answer_get", handle, c.byref(struct))
            struct.handle = handle
            self._struct = struct
        return struct

    def close(self) -> None:
        """Frees it; closing twice is fine."""
        self._handle = self._struct = self._dict = self._batch = None

    @property
    def outcome(self) -> str:
        """routed, redirect, direct_response, no_route, no_virtual_host, no_cluster, no_endpoints, passthrough, blackhole, ..."""
        return self._short("outcome")

    @property
    def listener(self) -> str:
        """The listener that takes the connection: "0.0.0.0_80"."""
        return _native.text_of(self._fields().listener)

    @property
    def filter_chain(self) -> str:
        """The name of the listener's filter chain, where it has one."""
        return _native.text_of(self._fields().filter_chain)

    @property
    def filter_chain_index(self) -> Optional[int]:
        """Of a gateway, whose filter chains have no names: the chain's place in the listener."""
        return _number(self._fields().filter_chain_index)

    @property
    def route_config(self) -> str:
        """The route table that is asked: a port, HOST:PORT, or the path of a socket."""
        return _native.text_of(self._fields().route_config)

    @property
    def virtual_host(self) -> str:
        """The virtual host of the route table that the host is of: "reviews.prod.svc.cluster.local:80"."""
        return self._short("virtual_host")

    @property
    def route(self) -> str:
        """The route's name in its table."""
        return self._short("route")

    @property
    def route_index(self) -> Optional[int]:
        """The route's place in its virtual host, from 0; None where no route matches."""
        return _number(self._fields().route_index)

    @property
    def config(self) -> str:
        """The VirtualService that owns the route, as in the view."""
        return _native.text_of(self._fields().config)

    @property
    def cluster(self) -> str:
        """The only cluster; empty where the route has weights."""
        return self._short("cluster")

    @property
    def error(self) -> str:
        """Why nothing is routed: "no route"."""
        return _native.text_of(self._fields().error)

    @property
    def path(self) -> str:
        """The path that leaves, where it was rewritten."""
        return _native.text_of(self._fields().path)

    @property
    def authority(self) -> str:
        """The host that leaves, where it was rewritten."""
        return _native.text_of(self._fields().authority)

    @property
    def timeout(self) -> str:
        """As protobuf's JSON has a duration: "15s"; "0s" means no timeout."""
        return _native.text_of(self._fields().timeout)

    @property
    def redirect(self) -> Optional[Dict[str, Any]]:
        """Envoy's redirect action."""
        return _parsed(self._fields().redirect)

    @property
    def retries(self) -> Optional[Dict[str, Any]]:
        """Envoy's retry policy."""
        return _parsed(self._fields().retries)

    @property
    def direct_response(self) -> Optional[int]:
        """The status of a route that answers by itself."""
        return _number(self._fields().direct_response)

    @property
    def grpc_status(self) -> Optional[int]:
        """Where Envoy itself answers a gRPC request."""
        return _number(self._fields().grpc_status)

    @property
    def status(self) -> Optional[int]:
        """The status that the client gets without an upstream, else None."""
        return _number(self._fields().response_status)

    @property
    def flags(self) -> str:
        """Envoy's response flags, such as NR; empty without any."""
        return _native.text_of(self._fields().response_flags)

    @property
    def response(self) -> Optional[Dict[str, Any]]:
        """{"status", "flags", "headers"}: what the client gets without an upstream, else None; `flags` only where there are any."""
        fields = self._fields()
        if fields.response_status < 0:
            return None
        flags = {"flags": _native.text_of(fields.response_flags)} if fields.response_flags.size else {}
        return {"status": fields.response_status, **flags, "headers": _reader.answer_response_headers(fields)}

    @property
    def upstream_request(self) -> Optional[Dict[str, Any]]:
        """{"method", "path", "authority", "headers_added", "headers_changed", "headers_removed"}: what leaves for the cluster, or None."""
        return _reader.answer_upstream_request(self._open())

    @property
    def picked_cluster(self) -> str:
        """With a random value: the cluster that Envoy picks."""
        return self._short("picked_cluster")

    @property
    def picked_endpoint(self) -> str:
        """With a random value: the endpoint that Envoy picks."""
        return self._short("picked_endpoint")

    @property
    def weighted_clusters(self) -> List[WeightedCluster]:
        """The destinations of a route with weights."""
        return _reader.answer_weighted_clusters(self._fields())

    @property
    def weights(self) -> Dict[str, int]:
        """Cluster name to weight, for a route with weights."""
        return {each.name: each.weight for each in self.weighted_clusters}

    @property
    def clusters(self) -> List[str]:
        """Every cluster that can get the request."""
        return [name for name, weight in self.weights.items() if weight > 0] or ([self.cluster] if self.cluster else [])

    @property
    def mirrors(self) -> List[str]:
        """The clusters that can get a copy."""
        fields = self._fields()
        return _reader.texts_of(fields.mirrors, fields.mirror_count)

    @property
    def endpoints(self) -> List[Endpoint]:
        """Those that the request can reach, each with the workload that it comes from."""
        batch = self._batch
        return _reader.answer_endpoints(self._open()) if batch is None else batch.endpoints(self._index)

    @property
    def trace(self) -> List[TraceLine]:
        """The reasons, where they were asked for."""
        return _reader.answer_trace(self._open())

    @property
    def reasons(self) -> List[TraceLine]:
        """What explains a failure or a surprise, the line that decides first; where there is nothing to explain, the whole trace.
        Where the reasons were asked for."""
        return self.because or self.trace

    @property
    def because(self) -> List[TraceLine]:
        """The reasons that explain a failure, or why the request does not go where it seems to; the one that decides first.
        Where the reasons were asked for."""
        return _reader.answer_because(self._open())

    @property
    def failure_percent(self) -> float:
        """The percentage of such requests that fail by configuration, 0 to 100."""
        return float(self._fields().failure_percent)

    @property
    def upstream_tls(self) -> Optional[Dict[str, Any]]:
        """{"mode", "sni", "sans", "why"}: how the proxy connects to the endpoints; None where nothing leaves for a cluster.
        `mode`: none, simple, mutual or mixed; `why` is empty unless the reasons were asked for."""
        fields = self._fields()
        if not fields.upstream_tls_mode.size:
            return None
        return {"mode": _native.text_of(fields.upstream_tls_mode), "sni": _native.text_of(fields.upstream_tls_sni),
                "sans": _reader.texts_of(fields.upstream_sans, fields.upstream_san_count),
                "why": _native.text_of(fields.upstream_tls_why)}

    def text(self, explain: bool = True, colour: bool = False) -> str:
        """For people; with the reasons, where they were asked for and `explain` does not leave them out. `colour`: for a terminal."""
        return _native.text("answer_text", self._open(), _native.text_style(colour, explain=explain))

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Answer: {' '.join([self.outcome, ', '.join(self.clusters)]).strip()}>" if self._handle or self._batch else "<Answer: closed>"


def _number(value: int) -> Optional[int]:
    return None if value < 0 else value


def _parsed(value: _native.Borrowed) -> Optional[Dict[str, Any]]:
    return json.loads(_native.text_of(value)) if value.size else None


def resolve(asked: Handle, function: _native.Resolve, request: AnyRequest, explain: bool, upstream_request: bool) -> Answer:
    """The answer of a view or a route table to one request."""
    out = _ANSWER()
    options = _OPTIONS[not explain, not upstream_request]
    if isinstance(request, Request):
        handle = asked._open()
        status = function.prepared(handle, request._ref, options, c.byref(out), None)
        if status < 0:  # asked again for the words
            _native.call(function.name, handle, request._ref, options, c.byref(out))
        return _answer(out)
    if isinstance(request, str):
        data = request.encode("utf-8", "surrogatepass")
    elif type(request) is dict:
        data = _native.json_of(request).encode()
    else:
        data = _native.bytes_of(request, "a request is a URL, a dict or a meshroute.Request", kinds=(Mapping,))
    handle = asked._open()  # after the request's own code, which could have closed it
    status = function.json(handle, data, len(data), options, c.byref(out), None)
    if status < 0:
        _native.call(function.name + "_json", handle, data, len(data), options, c.byref(out))
    return _answer(out)


def resolve_many(
    asked: Handle, function: _native.Resolve, requests: Iterable[AnyRequest], explain: bool, upstream_request: bool
) -> List[Answer]:
    """An answer for each request, in order, by one call of C. Each has the result in short; who reads more of it asks again."""
    if isinstance(requests, (str, bytes, bytearray, memoryview, Request, Mapping)):
        raise TypeError(
            f"resolve_many takes a list of requests, not {_native.shown_type(requests)}: put it into a list, or ask resolve"
        )
    listed: List[AnyRequest] = []
    if isinstance(requests, (list, tuple)):
        listed.extend(requests)
    else:
        for request in requests:  # whose own code may close the view, and need not end
            asked._open()
            listed.append(request)
    if explain:
        return [resolve(asked, function, request, explain, upstream_request) for request in listed]
    structs = [request._struct if type(request) is Request else _struct(request) for request in listed]
    count, addressof = len(structs), c.addressof
    pointers = (c.c_void_p * count)(*[addressof(struct) for struct in structs])
    handle = asked._open()  # after the requests' own code, which could have closed it
    batch = _Batch(function, handle, _OPTIONS[True, not upstream_request], listed, structs)
    _native.call(function.many, handle, pointers, count, batch.options, batch.handle)
    batch.read(count)
    new, answers = Answer.__new__, []
    for index in range(count):
        answer = new(Answer)
        answer._batch, answer._index = batch, index
        answers.append(answer)
    return answers


class _Batch:
    """The results of many requests, in short, and what is needed to ask each of them again."""

    __slots__ = ("function", "asked", "options", "listed", "structs", "handle", "_words", "_texts", "_endpoints")
    _SIZE = c.sizeof(_native.Result) // _reader.WORD
    _FIRST = _native.Result.first_endpoint.offset // _reader.WORD

    def __init__(self, function: _native.Resolve, asked: Any, options: Any, listed: List[AnyRequest], structs: List[Any]) -> None:
        self.function, self.asked, self.options = function, asked, options
        self.listed, self.structs = listed, structs  # a struct borrows from its request
        self.handle = _native.make("answers", "answers_new")
        self._texts: Dict[int, str] = {0: ""}  # by their address: equal texts stand once
        self._endpoints: Dict[Any, List[Endpoint]] = {}

    def read(self, count: int) -> None:
        address = _native.answers_results(self.handle)
        self._words = (c.c_size_t * (count * self._SIZE)).from_address(address)[:] if count else []

    def text(self, index: int, offset: int) -> str:
        """A member of a result, by its offset."""
        at = index * self._SIZE + offset
        data = self._words[at]
        text = self._texts.get(data)
        if text is None:
            text = self._texts[data] = c.string_at(data, self._words[at + 1]).decode("utf-8", "replace")
        return text

    def endpoints(self, index: int) -> List[Endpoint]:
        at = index * self._SIZE + self._FIRST
        place = self._words[at], self._words[at + 1]
        found = self._endpoints.get(place)
        if found is None:
            found = self._endpoints[place] = _reader.answers_endpoints(self.handle, *place)
        return found[:]

    def whole(self, index: int) -> Any:
        """The handle of the whole answer: the same request, asked of the same view."""
        out = _ANSWER()
        _native.call(self.function.name, self.asked, c.byref(self.structs[index]), self.options, c.byref(out))
        return out


def _struct(request: AnyRequest) -> Any:
    """Of a URL or a dict: C takes both as the URL."""
    data = _native.bytes_of(request, "a request is a URL, a dict or a meshroute.Request", kinds=(Mapping,))
    return _native.RequestStruct(c.sizeof(_native.RequestStruct), _native.Str(data, len(data)))


_ANSWER = _native.OWNED["answer"]
_PLACES = {name: getattr(_native.Result, name).offset // _reader.WORD
           for name in ("outcome", "virtual_host", "route", "cluster", "picked_cluster", "picked_endpoint")}


def _answer(handle: Any) -> Answer:
    answer = Answer.__new__(Answer)
    answer._handle = handle
    return answer


_STRUCTS = {(silent, bare): _native.ResolveOptions(c.sizeof(_native.ResolveOptions), int(not silent), int(bare))
            for silent in (False, True) for bare in (False, True)}
# By not `explain` and not `upstream_request`; None is what a call without options does.
_OPTIONS: Dict[Any, Any] = {key: None if key == (True, False) else c.byref(struct) for key, struct in _STRUCTS.items()}
