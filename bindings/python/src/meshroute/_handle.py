# SPDX-License-Identifier: Apache-2.0
"""What every object over a C handle shares: it is freed when it is dropped or closed, in any order and from any thread.

The C handle is owned by an object of its own (`_native.owned`), and every call holds a reference to that object until it has
ended. close() only lets go of it: what frees the handle is whoever holds it last, so a call that is in progress in another
thread, or further up in this one, ends well.
"""
from __future__ import annotations

import json
from dataclasses import fields
from types import TracebackType
from typing import Any, Dict, Mapping, Optional, Type, TypeVar

from . import _native

Self = TypeVar("Self", bound="Handle")
Value = TypeVar("Value")


class Handle:
    """Owns one C handle. Use as a context manager or call close() to free it early; later use raises Error."""

    _kind = ""
    _owned: Any = None
    _handle: Any = None

    def __init_subclass__(cls) -> None:
        if cls._kind:
            cls._owned = _native.OWNED[cls._kind]

    def __init__(self, handle: Any = None) -> None:
        if type(handle) is not self._owned:
            raise TypeError(f"{_native.shown_type(self)} is made by a call of the library, not from {_native.shown_type(handle)}")
        self._handle = handle

    def _open(self) -> Any:
        """The handle, which lives as long as somebody holds it."""
        handle = self._handle
        if handle is None:
            raise _native.Error(f"this {type(self).__name__} is closed")
        return handle

    def close(self) -> None:
        """Frees it, once calls that are in progress have ended; closing twice is fine."""
        self._handle = None

    def __enter__(self: Self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{_native.shown_type(self)} belongs to this process and cannot be pickled; to_dict(), where there is one, can"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>" if self._handle else f"<{type(self).__name__}: closed>"


class JsonHandle(Handle):
    """A handle whose content is read from its JSON form."""

    _dict: Optional[Dict[str, Any]] = None

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form; the class names its members. It is made once; change a copy of it."""
        handle, form = self._open(), self._dict
        if form is None:
            form = self._dict = json.loads(_native.text(self._kind + "_json", handle, 0))
        return form


def built(kind: Type[Value], form: Mapping[str, Any]) -> Value:
    """A dataclass from its JSON form; members that this version does not know are left out."""
    return kind(**{each.name: form[each.name] for each in fields(kind) if each.name in form})  # type: ignore[arg-type]
