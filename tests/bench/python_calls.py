#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one call costs from Python, in microseconds, and as a ratio to what the same answer costs C.

    MESHROUTE_LIBRARY=build/libmeshroute.so PYTHONPATH=bindings/python/src python3 tests/bench/python_calls.py [SERVICES]

Each figure is the best of many short rounds: the others were disturbed. The last column is the bound of the bindings;
--hold makes a figure above its bound an error.
"""

import ctypes
import sys
import time

import meshroute
from meshroute import _native

BOUNDS = {
    "a dict, the picked endpoint read": 25.0,
    "a prepared request, the picked endpoint read": 10.0,
    "resolve_many, for each": 5.0,
}


def mesh_of(services):
    documents = []
    for number in range(services):
        host = f"s{number}.example.com"
        documents.append(
            {
                "apiVersion": "networking.istio.io/v1",
                "kind": "ServiceEntry",
                "metadata": {"name": f"s{number}", "namespace": "shop"},
                "spec": {
                    "hosts": [host],
                    "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
                    "resolution": "STATIC",
                    "endpoints": [{"address": f"10.{number // 250}.{number % 250}.{last}"} for last in (1, 2, 3)],
                },
            }
        )
    mesh = meshroute.Mesh()
    for document in documents:
        mesh.apply(document)
    return mesh


def best(work, calls=200, rounds=70):
    """Microseconds a call."""
    figures = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(calls):
            work()
        figures.append((time.perf_counter() - started) / calls * 1e6)
    return min(figures)


def main():
    arguments = [each for each in sys.argv[1:] if each != "--hold"]
    services = int(arguments[0]) if arguments else 200
    view = mesh_of(services).snapshot().view("shop")
    host = f"s{services // 2}.example.com"
    form = {"host": host, "path": "/today", "random": 7, "headers": {"end-user": "jason"}}
    prepared = meshroute.Request(f"http://{host}/today", random=7, headers={"end-user": "jason"})
    assert view.resolve(form).picked_cluster == view.resolve(prepared).picked_cluster != ""

    # C's own part: the same calls, into one answer that is reused.
    into = _native.library.meshroute_resolve_into
    into.argtypes, into.restype = [ctypes.c_void_p] * 5, ctypes.c_int32
    answer = view.resolve(prepared)
    reused = answer._handle
    handle = view._open()
    empty = _native.COUNTS["answer_endpoint"]
    crossing = best(lambda: empty(None))
    c_alone = max(best(lambda: into(handle, prepared._ref, None, reused, None)) - crossing, 0.01)

    hundred = [prepared] * 100
    figures = {
        "a dict, the picked endpoint read": best(lambda: view.resolve(form).picked_endpoint),
        "a URL, the picked endpoint read": best(lambda: view.resolve(f"http://{host}/today").outcome),
        "a prepared request, the picked endpoint read": best(lambda: view.resolve(prepared).picked_endpoint),
        "a prepared request, nothing read": best(lambda: view.resolve(prepared)),
        "resolve_many, for each": best(lambda: view.resolve_many(hundred), calls=4) / 100,
        "a dict, its first endpoint": best(lambda: view.resolve(form).endpoints[0].address, calls=50),
        "a prepared request, its endpoints as objects": best(lambda: view.resolve(prepared).endpoints, calls=50),
        "a prepared request, the whole as a dict": best(lambda: view.resolve(prepared).to_dict(), calls=50),
    }
    print(f"{'':46} {'µs':>7} {'ratio to C':>11} {'bound':>6}")
    print(f"{'crossing into C and back':46} {crossing:7.2f} {crossing / c_alone:11.1f}")
    print(f"{'resolve_into, only C':46} {c_alone:7.2f} {1.0:11.1f}")
    missed = []
    for name, figure in figures.items():
        bound = BOUNDS.get(name)
        print(f"{name:46} {figure:7.2f} {figure / c_alone:11.1f} {'' if bound is None else format(bound, '6.0f')}")
        if bound is not None and figure > bound:
            missed.append(name)
    if missed:
        print("above the bound: " + "; ".join(missed))
    return 1 if missed and "--hold" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
