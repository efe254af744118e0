# SPDX-License-Identifier: Apache-2.0
"""Envoy's HTTP routing on its own."""
from __future__ import annotations

from typing import Any, Iterable, List, Union

from . import _native
from ._answer import Answer, resolve, resolve_many
from ._handle import Handle
from ._request import AnyRequest
from ._text import Object


class RouteTable(Handle):
    """Envoy's HTTP routing on its own, from a RouteConfiguration (snake_case or lowerCamelCase names).

    A list of them or a whole config dump is read as well; `name` then says which. Raises Error where Envoy refuses the table.
    Never changes, and may be used by any number of threads.
    """

    _kind = "route_table"

    def __init__(self, envoy_route_configuration: Union[Object, List[Any]], name: str = "") -> None:
        data = _native.bytes_of(
            envoy_route_configuration, "a route table is a dict, a list or JSON text", "pass path.read_text()"
        )
        super().__init__(_native.make("route_table", "route_table_new", data, len(data), _native.str_of(name)))

    def resolve(self, request: AnyRequest, explain: bool = False, upstream_request: bool = True) -> Answer:
        """What Envoy would do with the request; every cluster is taken as there. The options are those of View.resolve."""
        return resolve(self, _native.TABLE_RESOLVE, request, explain, upstream_request)

    def resolve_many(self, requests: Iterable[AnyRequest], explain: bool = False, upstream_request: bool = True) -> List[Answer]:
        """An answer for each request, in order."""
        return resolve_many(self, _native.TABLE_RESOLVE, requests, explain, upstream_request)
