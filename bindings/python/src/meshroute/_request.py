# SPDX-License-Identifier: Apache-2.0
"""Requests: what is asked."""
from __future__ import annotations

import ctypes as c
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _native

Headers = Union[Mapping[str, Union[str, Sequence[str]]], Sequence[Tuple[str, str]]]
_MAY_BE_EMPTY = ("address", "host", "scheme", "alpn")  # where "" is not the same as nothing
_EXT_AUTHZ = {"allow": 0, "deny": 1, "error": 2}


class Request:
    """A prepared request: cheap to ask again and again. `Request("http://reviews.prod/x", headers={"end-user": "jason"})`.

    What is given beside the URL wins over it. `host` None: as the URL says; "" sends an empty Host header. `headers` is a
    mapping (a list as value: that header on several lines) or a list of pairs. `random` is Envoy's random value (64 bits);
    without it there are all shares and no pick.

    What a server's proxy asks for (View.resolve_inbound): `tls` may be "none", "simple" or "mutual", with `identity`, the SPIFFE URI of
    the caller's certificate; `alpn` what is offered; `source_ip`; `jwt`, the claims of a token (a dict), "invalid" or another text;
    `tokens` more of them, as in the JSON form; `ext_authz` what an asked provider says: allow, deny or error.
    To a gateway `client_cert` presents a certificate that it accepts; `no_sni` is TLS without a server name.
    A request is a value: it never changes, may be used by any number of threads,
    equals one that was made alike, and can be copied and pickled.
    """

    __slots__ = ("_ref", "_struct", "_keep", "_shown", "_value")

    def __init__(
        self,
        url: str = "",
        *,
        method: str = "",
        headers: Optional[Headers] = None,
        path: str = "",
        host: Optional[str] = None,
        port: int = 0,
        protocol: str = "",
        tls: Union[bool, str] = False,
        sni: str = "",
        alpn: Union[str, Sequence[str], None] = None,
        scheme: Optional[str] = None,
        address: Optional[str] = None,
        random: Optional[int] = None,
        identity: str = "",
        source_ip: str = "",
        jwt: Union[str, Mapping[str, object]] = "",
        tokens: Sequence[Mapping[str, object]] = (),
        ext_authz: str = "allow",
        client_cert: bool = False,
        no_sni: bool = False,
    ) -> None:
        if alpn is not None and not isinstance(alpn, str):
            alpn = ",".join(alpn)
        if jwt and not isinstance(jwt, str):
            jwt = _native.json_of(jwt)
        texts: Dict[str, Any] = {
            "url": url, "protocol": protocol, "address": address, "host": host, "method": method, "path": path, "scheme": scheme,
            "sni": sni, "alpn": alpn, "identity": identity, "source_ip": source_ip, "jwt": jwt,
            "tokens": _native.json_of(list(tokens)) if tokens else ""}
        struct = _native.RequestStruct(c.sizeof(_native.RequestStruct))
        keep: List[Any] = []  # the struct borrows
        value: Dict[str, Any] = {}
        for name, text in texts.items():
            if text is None or (text == "" and name not in _MAY_BE_EMPTY):
                continue
            if not isinstance(text, str):
                raise TypeError(f"a request's {name} is a str, not {_native.shown_type(text)}")
            keep.append(_native.str_of(text))
            setattr(struct, name, keep[-1])
            if name != "tokens":
                value[name] = text
        lines = _lines(headers)
        pairs = [_native.Pair(_native.str_of(name), _native.str_of(line)) for name, line in lines]
        array = (_native.Pair * len(pairs))(*pairs)
        struct.headers, struct.header_count = array, len(pairs)
        struct.port, struct.tls = _native.number(port, 65535, "a request's port"), _tls(tls)
        value.update(headers=tuple(lines), port=struct.port, tls="mutual" if struct.tls == 2 else bool(struct.tls))
        if ext_authz not in _EXT_AUTHZ:
            raise _native.Error(f"a request's ext_authz is allow, deny or error, not {ext_authz!r}")
        struct.ext_authz = _EXT_AUTHZ[ext_authz]
        if ext_authz != "allow":
            value["ext_authz"] = ext_authz
        struct.client_cert, struct.no_sni = int(client_cert), int(no_sni)
        value.update({name: True for name, given in (("client_cert", client_cert), ("no_sni", no_sni)) if given})
        if tokens:
            value["tokens"] = _Tokens(tokens)
        if random is not None:
            struct.random, struct.has_random = _native.number(random, 2**64 - 1, "a request's random value"), 1
            value["random"] = struct.random
        keep += [pairs, array]
        self._struct, self._keep, self._ref, self._value = struct, keep, c.byref(struct), value
        self._shown = " ".join(filter(None, [method, url or "".join(filter(None, [host, f":{port}" if port else "", path]))]))

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Request) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._value.items()))

    def __copy__(self) -> "Request":
        return self

    def __deepcopy__(self, memo: Any) -> "Request":
        return self

    def __reduce__(self) -> Any:
        return _made, (type(self), self._value)

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"<Request {self._shown}>"


def _tls(tls: Any) -> int:
    if isinstance(tls, str):
        if tls not in ("none", "simple", "mutual"):
            raise _native.Error(f"a request's tls is one of none, simple and mutual, not {tls!r}")
        return ("none", "simple", "mutual").index(tls)
    return 1 if tls else 0


class _Tokens(tuple):  # type: ignore[type-arg]
    """Of a request's value: dicts, which have no hash of their own."""

    def __hash__(self) -> int:
        return hash(_native.json_of(list(self)))


def _made(kind: Any, value: Dict[str, Any]) -> Any:
    """Of a pickle."""
    return kind(**value)


def _lines(headers: Any) -> List[Tuple[str, str]]:
    """One pair for each line that is sent."""
    if headers is None:
        return []
    if isinstance(headers, (str, bytes)):
        raise TypeError(f"headers are a dict or a list of (name, value) pairs, not {_native.shown_type(headers)}")
    lines: List[Tuple[str, str]] = []
    for pair in headers.items() if isinstance(headers, Mapping) else headers:
        if isinstance(pair, (str, bytes)) or len(pair) != 2:
            raise TypeError(f"headers are a dict or a list of (name, value) pairs, and {pair!r} is no pair")
        name, value = pair
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if not isinstance(name, (str, bytes)) or not isinstance(each, (str, bytes)):
                raise TypeError(f"the header {name!r} has a str or a list of them, not {_native.shown_type(each)}")
            lines.append((name, each))  # type: ignore[arg-type]
    return lines


AnyRequest = Union[str, bytes, bytearray, memoryview, Request, Mapping[str, object]]
