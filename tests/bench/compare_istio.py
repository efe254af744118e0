#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""meshroute's check beside Istio's, and beside the bare YAML parser, in one run.

    compare_istio.py BENCH ORACLE [--services N] [--workloads N] [--virtual-services N] [--pairs N]

BENCH is meshroute_bench, ORACLE a program whose `-mode bench -n 1 FILE` prints the times of Istio's decoding, webhook and
schema code (Go, istio.io/istio). Run by hand. Prints medians over interleaved pairs, their spread, and the ratios.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def ours(bench, mesh):
    text = subprocess.run(
        [bench, mesh, "--benchmark_filter=yaml_events|check", "--benchmark_format=json", "--benchmark_min_time=0.1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {row["name"].split("/")[0]: row["real_time"] for row in json.loads(text[text.index("{"):])["benchmarks"]}


def istio(oracle, mesh):
    text = subprocess.run(
        [oracle, "-mode", "bench", "-n", "1", mesh],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ, GOMAXPROCS="1"),
    ).stdout
    times = {name.strip(): float(ms) for name, ms in re.findall(r"^(\S[^\d\n]*?)\s+([\d.]+) ms", text, re.M)}
    find = lambda part: next(ms for name, ms in times.items() if part in name)  # noqa: E731
    judge = find("webhook") + find("schema")
    return {"istio_yaml": find("decode to config") + judge, "istio_json": find("decode to config") - find("YAML to JSON") + judge}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("oracle")
    for name, value in (("services", 2000), ("workloads", 2000), ("virtual-services", 1000), ("pairs", 9)):
        parser.add_argument("--" + name, type=int, default=value)
    given = parser.parse_args()
    rows = {}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as mesh:
        subprocess.run(
            [
                sys.executable,
                os.path.join(HERE, "generate_mesh.py"),
                str(given.services),
                str(given.workloads),
                str(given.virtual_services),
            ],
            stdout=mesh,
            check=True,
        )
        mesh.flush()
        for _ in range(given.pairs):
            for name, time in {**ours(given.bench, mesh.name), **istio(given.oracle, mesh.name)}.items():
                rows.setdefault(name, []).append(time)
    for name, times in rows.items():
        print(f"{name:12} median {statistics.median(times):8.1f} ms   from {min(times):8.1f} to {max(times):8.1f}")
    median = {name: statistics.median(times) for name, times in rows.items()}
    print(f"check of YAML / the bare YAML parser      {median['check'] / median['yaml_events']:6.2f}")
    print(f"Istio's check of YAML / ours, one core    {median['istio_yaml'] / median['check']:6.1f}")
    print(f"Istio's check of JSON / ours, one core    {median['istio_json'] / median['check_json']:6.1f}")
    print(f"check of YAML / the same on two threads   {median['check'] / median['check_two_threads']:6.2f}")


if __name__ == "__main__":
    main()
