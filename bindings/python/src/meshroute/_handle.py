# SPDX-License-Identifier: Apache-2.0
"""What every object over a C handle shares: it is freed when it is dropped or closed, in any order."""
from __future__ import annotations

from dataclasses import fields
from types import TracebackType
from typing import Any, Mapping, Optional, Type, TypeVar

from . import _native

Self = TypeVar("Self", bound="Handle")
Value = TypeVar("Value")


class Handle:
    """Owns one C handle. Use as a context manager or call close() to free it early; later use raises Error."""

    _kind = ""
    _free: Any = None
    _handle: Any = None

    def __init_subclass__(cls) -> None:
        cls._free = staticmethod(_native.free_function(cls._kind))

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def _open(self) -> Any:
        if not self._handle:
            raise _native.Error(f"this {type(self).__name__} is closed")
        return self._handle

    def close(self) -> None:
        """Frees it; closing twice is fine."""
        handle, self._handle = self._handle, None
        if handle:
            self._free(handle)

    def __enter__(self: Self) -> Self:
        self._open()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        handle = self._handle
        if handle:
            self._free(handle)

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} belongs to this process and cannot be pickled; to_dict(), where there is one, can")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>" if self._handle else f"<{type(self).__name__}: closed>"


def built(kind: Type[Value], form: Mapping[str, Any]) -> Value:
    """A dataclass from its JSON form; members that this version does not know are left out."""
    return kind(**{each.name: form[each.name] for each in fields(kind) if each.name in form})  # type: ignore[arg-type]
