# SPDX-License-Identifier: Apache-2.0
"""The `meshroute` command of a wheel: a program beside the library."""
from __future__ import annotations

import os
import sys


def main() -> None:
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "meshroute")
    try:
        os.execv(program, [program, *sys.argv[1:]])
    except OSError as problem:
        sys.exit(f"meshroute: the command was not built with this package: {problem}")
