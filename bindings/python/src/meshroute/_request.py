# SPDX-License-Identifier: Apache-2.0
"""Requests: what is asked."""
from __future__ import annotations

import ctypes as c
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _native

Headers = Union[Mapping[str, Union[str, Sequence[str]]], Sequence[Tuple[str, str]]]
_MAY_BE_EMPTY = ("address", "host", "scheme")  # where "" is not the same as nothing


class Request:
    """A prepared request: cheap to ask again and again. `Request("http://reviews.prod/x", headers={"end-user": "jason"})`.

    What is given beside the URL wins over it. `host` None: as the URL says; "" sends an empty Host header. `headers` is a
    mapping (a list as value: that header on several lines) or a list of pairs. `random` is Envoy's random value (64 bits);
    without it there are all shares and no pick. A request never changes and may be used by any number of threads.
    """

    __slots__ = ("_ref", "_struct", "_keep", "_shown")

    def __init__(self, url: str = "", *, method: str = "", headers: Optional[Headers] = None, path: str = "", host: Optional[str] = None,
                 port: int = 0, protocol: str = "", tls: bool = False, sni: str = "", alpn: str = "", scheme: Optional[str] = None,
                 address: Optional[str] = None, random: Optional[int] = None) -> None:
        texts: Dict[str, Optional[str]] = {"url": url, "protocol": protocol, "address": address, "host": host, "method": method,
                                           "path": path, "scheme": scheme, "sni": sni, "alpn": alpn}
        if not 0 <= port <= 65535:
            raise _native.Error(f"a request's port is from 1 to 65535, not {port}")
        struct = _native.RequestStruct(c.sizeof(_native.RequestStruct))
        keep: List[Any] = []  # the struct borrows
        for name, text in texts.items():
            if text is None or (text == "" and name not in _MAY_BE_EMPTY):
                continue
            keep.append(_native.str_of(text))
            setattr(struct, name, keep[-1])
        pairs = [_native.Pair(_native.str_of(name), _native.str_of(value)) for name, value in _lines(headers)]
        lines = (_native.Pair * len(pairs))(*pairs)
        struct.headers, struct.header_count = lines, len(pairs)
        struct.port, struct.tls = port, int(tls)
        if random is not None:
            struct.random, struct.has_random = random & 0xFFFFFFFFFFFFFFFF, 1
        keep += [pairs, lines]
        self._struct, self._keep, self._ref = struct, keep, c.byref(struct)
        self._shown = " ".join(filter(None, [method, url or "".join(filter(None, [host, f":{port}" if port else "", path]))]))

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"<Request {self._shown}>"


def _lines(headers: Optional[Headers]) -> List[Tuple[str, str]]:
    """One pair for each line that is sent."""
    lines: List[Tuple[str, str]] = []
    for name, value in headers.items() if isinstance(headers, Mapping) else headers or ():
        lines.extend((name, each) for each in ([value] if isinstance(value, str) else value))
    return lines


AnyRequest = Union[str, Request, Mapping[str, object]]
