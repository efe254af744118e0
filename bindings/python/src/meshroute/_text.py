# SPDX-License-Identifier: Apache-2.0
"""Types of arguments from which text is read (text, objects, paths), and the options of reading."""
from __future__ import annotations

import ctypes as c
import os
from typing import Mapping, Union

from . import _native

Text = Union[str, bytes, bytearray, memoryview]
Object = Union[Text, Mapping[str, object]]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_FORMATS = {"auto": 0, "json": 1, "yaml": 2}


_ALL_CORES = -1


def threads_of(threads: int) -> int:
    """A number of threads as the library takes it, where 0 is all cores."""
    return _native.number(threads, 0x7FFFFFFF, "threads") or _ALL_CORES


def load_options(
    name: Path,
    cluster: str = "Kubernetes",
    format: str = "auto",
    keep_text: bool = True,
    apply_refused: bool = False,
    max_bytes: int = 0,
    max_nodes: int = 0,
    max_depth: int = 0,
    pass_over: bool = False,
    threads: int = 1,
) -> _native.LoadOptions:
    """The C struct; raises Error for an unknown format. A bound of 0 is the library's default."""
    if format not in _FORMATS:
        raise _native.Error(f"format is {format!r}, not one of {', '.join(_FORMATS)}")
    return _native.LoadOptions(
        c.sizeof(_native.LoadOptions),
        _native.name_of(name),
        _native.str_of(cluster),
        _native.number(max_bytes, 2**64 - 1, "max_bytes"),
        _native.number(max_nodes, 2**64 - 1, "max_nodes"),
        _native.number(max_depth, 2**32 - 1, "max_depth"),
        _FORMATS[format],
        0 if keep_text else 1,
        1 if apply_refused else 0,
        1 if pass_over else 0,
        threads_of(threads),
    )


def refuse_path(text: object) -> None:
    """Raises Error for one word in place of a document: a path was meant. An object of Kubernetes is never one word."""
    if not isinstance(text, str) or "\n" in text or not text.strip() or set(text) & set(":{[#&*!|>'\"%@`"):
        return
    if set(text.strip()) <= {"-", "."}:
        return
    raise _native.Error(f"{text!r} is no YAML document: load_path() reads a file or a folder")
