# SPDX-License-Identifier: Apache-2.0
"""What every object over a C handle shares: it is freed when it is dropped or closed, in any order."""
from __future__ import annotations

from types import TracebackType
from typing import Any, Optional, Type, TypeVar

from . import _native

Self = TypeVar("Self", bound="Handle")


class Handle:
    """Owns one C handle. Use as a context manager or call close() to free it early; later use raises Error."""

    _kind = ""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def _open(self) -> Any:
        if not self._handle:
            raise _native.Error(f"this {type(self).__name__} is closed")
        return self._handle

    def close(self) -> None:
        """Frees it; closing twice is fine."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            getattr(_native.library, f"meshroute_{self._kind}_free")(handle)

    def __enter__(self: Self) -> Self:
        self._open()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
