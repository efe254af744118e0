# SPDX-License-Identifier: Apache-2.0
"""Is this mesh configuration right, where does a request go, to which endpoints, and why?

    mesh = meshroute.Mesh()
    report = mesh.load_path("config/")
    view = mesh.snapshot().view("shop")
    print(view.resolve("http://reviews.prod/x", explain=True))
    for endpoint in view.find_endpoints(host="reviews.prod"):
        print(endpoint, "from", endpoint.origin)

Any number of threads may use any object: snapshots, views, route tables and answers never change, and the calls of a mesh or of a
report are done one after the other. Calls into the library release the interpreter's lock. What is closed while another thread
asks it is freed when that thread's call has ended.
"""
from __future__ import annotations

import ctypes as _c
import json as _json
from typing import Any, Dict, List

from . import _native
from ._answer import Answer
from ._diff import Diff, diff
from ._inbound_answer import Asked, DryRun, InboundAnswer
from ._journey import Journey
from ._mesh import Mesh
from ._native import Error
from ._proxy import Proxy
from ._reach import Reach
from ._report import Diagnostic, Document, Related, Report
from ._request import Request
from ._route_table import RouteTable
from ._rows import Cluster, Endpoint, Listener, Origin, Route, Service, ServicePort, TraceLine, WeightedCluster
from ._snapshot import Snapshot
from ._suite import Suite, SuiteReport
from ._text import Path, Text
from ._text import load_options as _load_options
from ._text import refuse_path as _refuse_path
from ._view import Reasons, View

__all__ = [
    "Answer",
    "Asked",
    "Cluster",
    "Diagnostic",
    "Diff",
    "Document",
    "DryRun",
    "Endpoint",
    "Error",
    "InboundAnswer",
    "Journey",
    "Listener",
    "Mesh",
    "Origin",
    "Proxy",
    "Reach",
    "Reasons",
    "Related",
    "Report",
    "Request",
    "Route",
    "RouteTable",
    "Service",
    "ServicePort",
    "Snapshot",
    "Suite",
    "SuiteReport",
    "TraceLine",
    "View",
    "WeightedCluster",
    "check",
    "check_mesh_config",
    "diff",
    "envoy_version",
    "istio_version",
    "rules",
    "trace_codes",
    "version",
]
__version__ = _native.VERSION


def check(text: Text, name: Path = "<input>", *, format: str = "auto", threads: int = 1) -> Report:
    """The verdicts on a stream of YAML or JSON documents, keeping nothing. `name` is shown in findings; `format` is as in load;
    `threads`: how many it works on, 0: all cores."""
    _refuse_path(text)
    data = _native.bytes_of(text, "check takes text", "pass path.read_text()")
    options = _load_options(name, format=format, threads=threads)
    return Report(_native.make("report", "check", data, len(data), _c.byref(options)))


def check_mesh_config(text: Text, name: Path = "<mesh_config>") -> Report:
    """The findings on Istio's MeshConfig (YAML or JSON): unknown fields, and values that istiod does not take."""
    data = _native.bytes_of(text, "check_mesh_config takes text", "pass path.read_text()")
    return Report(_native.make("report", "check_mesh_config", data, len(data), _native.name_of(name)))


def rules(word: str = "") -> List[Dict[str, Any]]:
    """The rules that a finding can name, sorted by id; with `word` only those that it means: an id, a name, or a code of Istio's or
    Kiali's analysis. Each has id, name, severity, layer, kind, peers (a list of such codes), what, why, bad, good, fix, source, since
    and status, as `meshroute rules -o json` prints them."""
    found: List[Dict[str, Any]] = _json.loads(_native.text("rules_json", _native.str_of(word), 0))
    return found


def trace_codes(word: str = "") -> List[Dict[str, str]]:
    """The codes that a line of a trace, of `because` or of the reasons of a host can have, or the one that is `word`: each with its
    code and its meaning, in words."""
    found: List[Dict[str, str]] = _json.loads(_native.text("trace_codes_json", _native.str_of(word), 0))
    return found


def version() -> str:
    """The library's version."""
    return _native.FOUND


def istio_version() -> str:
    """The level of Istio whose semantics apply."""
    return str(_native.istio_version().decode())


def envoy_version() -> str:
    """The level of Envoy whose semantics apply."""
    return str(_native.envoy_version().decode())
