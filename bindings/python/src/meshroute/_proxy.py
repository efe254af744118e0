# SPDX-License-Identifier: Apache-2.0
"""Who asks: a proxy, in the forms that a caller may give."""
from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Dict, Mapping, Optional, Union

from . import _native


@dataclass(frozen=True)
class Proxy:
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
    type: str = ""  # "sidecar" if empty, or "router": a gateway
    service_account: str = ""
    unprivileged: bool = False  # a router that cannot bind ports below 1024
    no_sidecar: bool = False  # the workload has no sidecar: a journey from it leaves as it is

    @staticmethod
    def of(name: str) -> "Proxy":
        """From "NAMESPACE" or "NAMESPACE/NAME"."""
        namespace, _, workload = name.partition("/")
        return Proxy(namespace, f"{workload}.{namespace}" if workload else "")

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, without empty members."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(value) if name == "labels" else value for name, value in values.items() if value}


AnyProxy = Union[str, Proxy, Mapping[str, object]]


def proxy_form(proxy: Optional[AnyProxy]) -> Dict[str, Any]:
    """The JSON form of a proxy in any of its forms."""
    if isinstance(proxy, str):
        proxy = Proxy.of(proxy)
    if isinstance(proxy, Proxy):
        return proxy.to_dict()
    if proxy is None or isinstance(proxy, Mapping):
        return dict(proxy or {})
    raise TypeError(f'a proxy is "NAMESPACE", "NAMESPACE/NAME", a meshroute.Proxy or a dict, not {_native.shown_type(proxy)}')
