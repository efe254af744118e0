#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a seed corpus from the conformance vectors: corpus.py FOLDER [EVERY [VECTORS]]; VECTORS is admission, for load_fuzz, or yaml,
for text_fuzz."""
import glob
import json
import os
import sys

folder, every = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
os.makedirs(folder, exist_ok=True)
which = sys.argv[3] if len(sys.argv) > 3 else "admission"
vectors = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance", which, "*.jsonl")
count = 0
for path in sorted(glob.glob(vectors)):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % every == 0:
                count += 1
                with open(os.path.join(folder, f"{count:05d}"), "wb") as seed:
                    seed.write((b"\x06" if which == "admission" else b"\x02") + json.loads(line)["yaml"].encode("utf-8", "surrogatepass"))
print(f"{count} seeds in {folder}")
