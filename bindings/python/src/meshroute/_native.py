# SPDX-License-Identifier: Apache-2.0
"""Finds and declares the C library."""
import ctypes as c
import ctypes.util
import os


class Str(c.Structure):
    _fields_ = [("data", c.c_char_p), ("size", c.c_size_t)]


class Bytes(c.Structure):
    _fields_ = [("data", c.c_void_p), ("size", c.c_size_t)]


class CError(c.Structure):
    _fields_ = [("code", c.c_int32), ("message", c.c_char * 508)]


class MeshOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("mesh_config", Str), ("mesh_networks", Str), ("vip_mode", c.c_int32), ("threads", c.c_uint32)]


class LoadOptions(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("name", Str), ("cluster", Str), ("format", c.c_int32), ("drop_text", c.c_int32),
                ("apply_refused", c.c_int32), ("reserved", c.c_int32)]


class Rule(c.Structure):
    _fields_ = [("struct_size", c.c_size_t)] + [(n, Str) for n in ("id", "kind", "layer", "severity", "demand", "source")]


def load():
    given = os.environ.get("MESHROUTE_LIBRARY")
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [given] if given else [os.path.join(here, "libmeshroute.so"), os.path.join(here, "lib", "libmeshroute.so"),
                                   ctypes.util.find_library("meshroute"), "libmeshroute.so.0"]
    tried = []
    for path in filter(None, paths):
        try:
            return c.CDLL(path)
        except OSError as error:
            tried.append(f"  {path}: {error}")
    raise ImportError("libmeshroute was not found (MESHROUTE_LIBRARY names it); tried:\n" + "\n".join(tried))


library = load()
P, Z, I, S = c.c_void_p, c.c_size_t, c.c_int32, c.c_char_p
for _name, _arguments in {
        "mesh_new": [P, P], "mesh_load": [P, S, Z, P, P], "mesh_apply_json": [P, S, Z, P], "mesh_remove": [P, Str, Str, Str, Str],
        "mesh_snapshot": [P, P], "check": [S, Z, P, P], "snapshot_analyze": [P, P], "snapshot_view_json": [P, S, Z, P, P],
        "resolve_json": [P, S, Z, I, P], "view_json": [P, Str, P], "view_text": [P, Str, P], "answer_json": [P, P],
        "answer_text": [P, I, I, P], "report_json": [P, P], "report_text": [P, I, P], "rule_at": [Z, P],
        "route_table_new": [S, Z, Str, P], "route_table_resolve_json": [P, S, Z, I, P],
        "report_new": [P], "report_append": [P, P], "report_ignore": [P, Str], "report_sarif": [P, P], "view_envoy_routes": [P, P]}.items():
    _function = getattr(library, "meshroute_" + _name)
    _function.argtypes, _function.restype = _arguments + [P], I
for _name in ("mesh", "snapshot", "view", "report", "answer", "route_table", "bytes"):
    _function = getattr(library, f"meshroute_{_name}_free")
    _function.argtypes, _function.restype = [P], None
for _name in ("version", "istio_version", "envoy_version"):
    getattr(library, "meshroute_" + _name).restype = S
library.meshroute_rule_count.restype = Z


class Error(Exception):
    """Misuse, a limit, or a route table that Envoy refuses."""


def call(name, *arguments):
    error = CError()
    status = getattr(library, "meshroute_" + name)(*arguments, c.byref(error))
    if status < 0:
        raise Error(error.message.decode("utf-8", "replace"))
    return status


def text(name, *arguments):
    out = Bytes()
    call(name, *arguments, c.byref(out))
    try:
        return c.string_at(out.data, out.size).decode("utf-8", "replace")
    finally:
        library.meshroute_bytes_free(c.byref(out))


def str_of(value):
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value)
    return Str(data, len(data))
