# SPDX-License-Identifier: Apache-2.0
"""Who asks: a client, in the forms that a caller may give."""
from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Dict, Mapping, Optional, Union

from . import _native


@dataclass(frozen=True)
class Client:
    """Who asks: one sidecar proxy. An empty member is the default: namespace `default`, cluster `Kubernetes`, no label, no address."""
    namespace: str = ""
    id: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ip: str = ""
    locality: str = ""
    network: str = ""
    cluster: str = ""
    node_name: str = ""
    dns_capture: bool = False
    dns_auto_allocate: bool = False

    @staticmethod
    def of(name: str) -> "Client":
        """From "NAMESPACE" or "NAMESPACE/NAME"."""
        namespace, _, workload = name.partition("/")
        return Client(namespace, f"{workload}.{namespace}" if workload else "")

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, without empty members."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(value) if name == "labels" else value for name, value in values.items() if value}


AnyClient = Union[str, Client, Mapping[str, object]]


def client_form(client: Optional[AnyClient]) -> Dict[str, Any]:
    """The JSON form of a client in any of its forms."""
    if isinstance(client, str):
        client = Client.of(client)
    if isinstance(client, Client):
        return client.to_dict()
    if client is None or isinstance(client, Mapping):
        return dict(client or {})
    raise TypeError(f'a client is "NAMESPACE", "NAMESPACE/NAME", a meshroute.Client or a dict, not {_native.shown_type(client)}')
