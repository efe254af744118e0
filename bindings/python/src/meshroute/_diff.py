# SPDX-License-Identifier: Apache-2.0
"""What a change of the configuration really changes."""
from __future__ import annotations

import ctypes as c
import json
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Union

from . import _native
from ._handle import JsonHandle
from ._mesh import Mesh
from ._proxy import AnyProxy, proxy_form
from ._snapshot import Snapshot
from ._suite import snapshot_of


class Diff(JsonHandle):
    """Which requests two meshes answer otherwise, and why; true where none. Iterates over the changes, largest share first.
    `to_dict()` is the JSON form,
    {"changes": [...], "compared": {"proxies", "requests"}, "equal"}. Never changes."""

    _kind = "diff"

    @property
    def equal(self) -> bool:
        """Whether no request that was compared is answered otherwise."""
        return bool(self.to_dict()["equal"])

    @property
    def changes(self) -> List[Dict[str, Any]]:
        """Each with proxies, request, before, after and because."""
        found: List[Dict[str, Any]] = self.to_dict()["changes"]
        return found

    def __bool__(self) -> bool:
        return self.equal

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return iter(self.changes)

    def text(self, colour: bool = False) -> str:
        """For people."""
        return _native.text("diff_text", self._open(), 1 if colour else 0)

    def markdown(self) -> str:
        """A comment for a pull request."""
        return _native.text("diff_markdown", self._open())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Diff: {len(self.changes)} changes>" if self._handle else "<Diff: closed>"


def diff(
    before: Union[Mesh, Snapshot],
    after: Union[Mesh, Snapshot],
    *,
    proxies: Optional[Iterable[AnyProxy]] = None,
    requests: Optional[Iterable[Union[str, Mapping[str, object]]]] = None,
) -> Diff:
    """Compares what two meshes do with requests: those that meet the rules of both, and those on the edges of rules that differ.

    `proxies` ask (None: one of each class that cannot be told apart); a text is a workload's name, "NAMESPACE/NAME", as
    Snapshot.find_proxy reads it, or a namespace. `requests` (URLs or dicts) are asked besides.
    """
    asking = "" if proxies is None else json.dumps([each if isinstance(each, str) else proxy_form(each) for each in proxies])
    besides = "" if requests is None else json.dumps([each if isinstance(each, str) else dict(each) for each in requests])
    texts = [_native.str_of(asking), _native.str_of(besides)]
    options = _native.DiffOptions(c.sizeof(_native.DiffOptions), *texts)
    one, other = snapshot_of(before), snapshot_of(after)
    return Diff(_native.make("diff", "snapshot_diff", one._open(), other._open(), c.byref(options)))
