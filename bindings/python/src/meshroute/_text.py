# SPDX-License-Identifier: Apache-2.0
"""What a caller may pass where text is read: text itself, objects, paths; and the options of reading it."""
from __future__ import annotations

import ctypes as c
import os
from typing import Mapping, Union

from . import _native

Text = Union[str, bytes, bytearray, memoryview]
Object = Union[Text, Mapping[str, object]]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_FORMATS = {"auto": 0, "json": 1, "yaml": 2}


def load_options(name: Path, cluster: str = "Kubernetes", format: str = "auto", keep_text: bool = True,
                 apply_refused: bool = False) -> _native.LoadOptions:
    """The C struct; raises Error for a format that there is not."""
    if format not in _FORMATS:
        raise _native.Error(f"format is {format!r}, not one of {', '.join(_FORMATS)}")
    return _native.LoadOptions(c.sizeof(_native.LoadOptions), _native.name_of(name), _native.str_of(cluster), _FORMATS[format],
                               0 if keep_text else 1, 1 if apply_refused else 0, 0)
