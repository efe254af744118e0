# SPDX-License-Identifier: Apache-2.0
"""What a server's proxy does with what reaches it."""
from __future__ import annotations

import ctypes as c
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

from . import _native
from ._handle import Handle, built
from ._request import AnyRequest, Request
from ._rows import TraceLine


@dataclass(frozen=True)
class DryRun:
    """What the dry runs of one action would have said; `policy` is the rule that matched, or empty."""
    action: str
    allowed: bool
    policy: str = ""


@dataclass(frozen=True)
class Asked:
    """A provider that a CUSTOM policy asked, and the rule that made it."""
    provider: str
    policy: str


class InboundAnswer(Handle):
    """What a server's proxy does with a request: true where it lets it in. Its text form is for people, `to_dict()` is the JSON form;
    a text that does not apply is empty, a number None. Never changes, and may be used by any number of threads."""

    _kind = "inbound_answer"
    _dict: Optional[Dict[str, Any]] = None
    _struct: Any = None

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, whole. It is made once; change a copy of it."""
        handle, form = self._open(), self._dict
        if form is None:
            form = self._dict = json.loads(_native.text("inbound_answer_json", handle, 0))
        return form

    def _fields(self) -> Any:
        """The C struct, whose texts live as long as the handle, which it keeps."""
        handle, struct = self._open(), self._struct
        if struct is None:
            struct = _native.InboundAnswerFields(c.sizeof(_native.InboundAnswerFields))
            _native.call("inbound_answer_get", handle, c.byref(struct))
            struct.handle = handle
            self._struct = struct
        return struct

    def close(self) -> None:
        """Frees it; closing twice is fine."""
        self._handle = self._struct = self._dict = None

    @property
    def allowed(self) -> bool:
        """The server's proxy lets it in."""
        return bool(self._fields().allowed)

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def listener(self) -> str:
        """"virtualInbound", or a listener that binds."""
        return _native.text_of(self._fields().listener)

    @property
    def chain(self) -> str:
        """The name of the filter chain that takes the connection."""
        return _native.text_of(self._fields().chain)

    @property
    def kind(self) -> str:
        """"http" or "tcp": how the chain reads the connection."""
        return _native.text_of(self._fields().kind)

    @property
    def tls(self) -> str:
        """What the chain ends: "none" or "mutual"."""
        return _native.text_of(self._fields().tls)

    @property
    def peer(self) -> str:
        """The identity that the server sees."""
        return _native.text_of(self._fields().peer)

    @property
    def error(self) -> str:
        """Why it fails before any policy: "no filter chain", "client certificate required", "peer certificate refused", ..."""
        return _native.text_of(self._fields().error)

    @property
    def action(self) -> str:
        """What decided: CUSTOM, JWT, DENY or ALLOW; empty where no policy did."""
        return _native.text_of(self._fields().action)

    @property
    def policy(self) -> str:
        """The rule that decided: "ns[a]-policy[p]-rule[0]"; "none" where no ALLOW rule matched."""
        return _native.text_of(self._fields().policy)

    @property
    def jwt(self) -> str:
        """Envoy's words about a token that it refuses."""
        return _native.text_of(self._fields().jwt)

    @property
    def status(self) -> Optional[int]:
        """The HTTP status of a refusal; None on a TCP chain, and where it is let in."""
        return _number(self._fields().status)

    @property
    def grpc_status(self) -> Optional[int]:
        """The gRPC status of a refusal, with status 200."""
        return _number(self._fields().grpc_status)

    @property
    def cluster(self) -> str:
        """Where it goes if it is let in."""
        return _native.text_of(self._fields().cluster)

    @property
    def virtual_host(self) -> str:
        """The virtual host of an HTTP chain."""
        return _native.text_of(self._fields().virtual_host)

    @property
    def route(self) -> str:
        """The route of an HTTP chain."""
        return _native.text_of(self._fields().route)

    @property
    def request_principal(self) -> str:
        """"ISSUER/SUBJECT" of the token in use."""
        return _native.text_of(self._fields().request_principal)

    @property
    def remote_ip(self) -> str:
        """The caller's address where X-Forwarded-For says another than the peer."""
        return _native.text_of(self._fields().remote_ip)

    @property
    def audit(self) -> str:
        """The rule that an AUDIT policy matched."""
        return _native.text_of(self._fields().audit)

    @property
    def asked(self) -> List[Asked]:
        """The providers that CUSTOM policies asked."""
        return [built(Asked, each) for each in self.to_dict().get("asked", [])]

    @property
    def dry_run(self) -> List[DryRun]:
        """What dry runs would have said."""
        return [built(DryRun, each) for each in self.to_dict().get("dry_run", [])]

    @property
    def trace(self) -> List[TraceLine]:
        """The reasons, if they were asked for."""
        return [built(TraceLine, each) for each in self.to_dict().get("trace", [])]

    @property
    def reasons(self) -> List[TraceLine]:
        """The same, as every answer has it."""
        return self.trace

    def _repr_html_(self) -> str:
        """For notebooks."""
        return _native.html_of(self.text())

    def text(self, explain: bool = True, colour: bool = False) -> str:
        """For people; with the reasons, if they were asked for and `explain` does not leave them out. `colour`: for a terminal."""
        return _native.text("inbound_answer_text", self._open(), _native.text_style(colour, explain=explain))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        if not self._handle:
            return "<InboundAnswer: closed>"
        return f"<InboundAnswer: {'allowed' if self.allowed else ' '.join(filter(None, ['refused', self.error, self.action, self.policy]))}>"


def _number(value: int) -> Optional[int]:
    return None if value < 0 else value


def resolve_inbound(view: Handle, request: AnyRequest, explain: bool) -> InboundAnswer:
    """The answer of a server's view to one request."""
    options = c.byref(_native.ResolveOptions(c.sizeof(_native.ResolveOptions), int(explain), 0))
    if isinstance(request, Request):
        return InboundAnswer(_native.make("inbound_answer", "resolve_inbound", view._open(), request._ref, options))
    if isinstance(request, str):
        data = request.encode("utf-8", "surrogatepass")
    elif type(request) is dict:
        data = _native.json_of(request).encode()
    else:
        data = _native.bytes_of(request, "a request is a URL, a dict or a meshroute.Request", kinds=(Mapping,))
    struct = _native.RequestStruct(c.sizeof(_native.RequestStruct), _native.Str(data, len(data)))
    return InboundAnswer(_native.make("inbound_answer", "resolve_inbound", view._open(), c.byref(struct), options))
