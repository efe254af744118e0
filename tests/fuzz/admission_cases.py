#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the admission vectors of Telemetry, EnvoyFilter, ProxyConfig, WasmPlugin and RequestAuthentication.

    admission_cases.py ORACLE FOLDER [--most N]

ORACLE is `valoracle` (see admission_differential.py): it gives the verdicts. admission_cases.yaml has documents that use all fields
of a kind, and single values at their bounds; beside them stand at most N systematic changes of each document's fields (a member
missing, null, empty, of another type, spelled as in the proto, misspelled). FOLDER gets KIND.jsonl. Needs PyYAML. The result is
always the same.
"""

import argparse
import copy
import json
import os
import random
import subprocess

import yaml

API = {
    "Telemetry": "telemetry.istio.io/v1",
    "EnvoyFilter": "networking.istio.io/v1alpha3",
    "ProxyConfig": "networking.istio.io/v1beta1",
    "WasmPlugin": "extensions.istio.io/v1alpha1",
    "RequestAuthentication": "security.istio.io/v1",
}
KEYS = ["id", "group", "kind", "yaml", "decode_ok", "schema_valid", "webhook_valid", "webhook_warns", "meta_valid", "strict_ok", "admitted"]


def paths(value, path=()):
    if path:
        yield path
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inner, path + (name,))


def get(value, path):
    for name in path:
        value = value[name]
    return value


def changes(value, path):
    """Copies of the value with its part at the path changed."""
    here = get(value, path)
    values = [None, "", "x", 5, 1.5, True, [], {}, [here], {"a": here}, [None]]
    if isinstance(here, bool):
        values += ["true", 1]
    elif isinstance(here, (int, float)):
        values += [str(here), -here, here + 0.5, 4294967296, 65536]
    elif isinstance(here, str):
        values += [here.lower(), here.upper(), here + " ", "a" * 300, "*", "é"]
    for new in values:
        copied = copy.deepcopy(value)
        get(copied, path[:-1])[path[-1]] = new
        yield copied
    copied = copy.deepcopy(value)
    del get(copied, path[:-1])[path[-1]]
    yield copied
    if isinstance(path[-1], str):
        snake = "".join("_" + c.lower() if c.isupper() else c for c in path[-1])
        for name in sorted({snake, path[-1] + "s", path[-1].upper()} - {path[-1]}):
            copied = copy.deepcopy(value)
            get(copied, path[:-1])[name] = get(copied, path[:-1]).pop(path[-1])
            yield copied


def cases(kind, data, most):
    def document(spec):
        return {"apiVersion": API[kind], "kind": kind, "metadata": {"name": "a", "namespace": "shop"}, "spec": spec}

    for number, spec in enumerate(data["full"][kind]):
        yield f"full-{number}", "rule", document(spec)
    for number, spec in enumerate(data["values"][kind]):
        yield f"value-{number}", "rule", document(spec)
    for number, top in enumerate(data["documents"]):
        yield f"top-{number}", "document", {**document(data["full"][kind][0]), **top}
    rng = random.Random(kind)
    for number, spec in enumerate(data["full"][kind]):
        changed = [each for path in paths(spec) for each in changes(spec, path)]
        kept = sorted(rng.sample(range(len(changed)), min(most, len(changed))))
        for place in kept:
            yield f"change-{number}-{place}", "schema", document(changed[place])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("folder")
    parser.add_argument("--most", type=int, default=100)
    given = parser.parse_args()
    with open(os.path.splitext(os.path.abspath(__file__))[0] + ".yaml", encoding="utf-8") as file:
        data = yaml.safe_load(file)
    for kind in sorted(API):
        rows = []
        for name, group, document in cases(kind, data, given.most):
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=4000)
            rows.append(json.dumps({"id": f"{kind.lower()}-{name}", "group": group, "kind": kind, "yaml": text}))
        done = subprocess.run(
            [given.oracle, "-mode", "vectors"], input="\n".join(rows) + "\n", stdout=subprocess.PIPE, text=True, check=True
        )
        count = 0
        with open(os.path.join(given.folder, kind + ".jsonl"), "w", encoding="utf-8") as file:
            for line in done.stdout.splitlines():
                fact = json.loads(line)
                if fact.get("unstable"):
                    continue
                kept = {name: fact[name] for name in KEYS}
                file.write(json.dumps({**kept, "unknown_fields": fact["unknown_fields"] or [], "istio": fact["istio"]}) + "\n")
                count += 1
        print(f"{kind}: {count}")


if __name__ == "__main__":
    main()
