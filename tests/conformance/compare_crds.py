#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our field tables beside a release's CRDs: compare_crds.py TABLES CRDS

TABLES is the program meshroute_tables. CRDS is Istio's CRD manifest (YAML, needs PyYAML), or JSON of the form
{KIND: {"schema": {"properties": {"spec": …}}}}. Prints each difference with its path, and their number; exits 1 where any is.
Compares fields, types, required, enums, bounds, patterns, list keys, and how many CEL rules stand at a place. Differences
that are meant: a field that our tables have by its proto name as well, and rules that one predicate covers together.
"""

import json
import subprocess
import sys

BOUNDS = [
    "type",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "pattern",
    "nullable",
]


def load(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.lstrip().startswith("{"):
        return {kind: form["schema"]["properties"]["spec"] for kind, form in json.loads(text).items()}
    import yaml
    specs = {}
    for document in yaml.safe_load_all(text):
        if document and document.get("kind") == "CustomResourceDefinition":
            version = document["spec"]["versions"][0]
            specs[document["spec"]["names"]["kind"]] = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return specs


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def compare(path, ours, crd, out):
    if "x-kubernetes-int-or-string" not in crd:
        for key in BOUNDS:
            if ours.get(key) != crd.get(key) and not (
                key in ("minimum", "maximum") and ours.get(key) is None and crd.get("format") in ("int32", "int64", "uint32")
            ):
                out.append(f"{path}: {key}: ours {ours.get(key)}, CRD {crd.get(key)}")
    for key in ("required", "enum"):
        if sorted(map(str, ours.get(key, []))) != sorted(map(str, crd.get(key, []))):
            out.append(f"{path}: {key}: ours {ours.get(key)}, CRD {crd.get(key)}")
    keys = crd.get("x-kubernetes-list-map-keys", [])
    if ([ours["mapKey"]] if "mapKey" in ours else []) != keys:
        out.append(f"{path}: list keys: ours {ours.get('mapKey')}, CRD {keys}")
    rules = len(crd.get("x-kubernetes-validations", []))
    if bool(ours.get("rules", 0)) != bool(rules):
        out.append(
            f"{path}: CEL rules: ours {ours.get('rules', 0)}, CRD {rules}: "
            + "; ".join(rule["rule"] for rule in crd.get("x-kubernetes-validations", []))
        )
    mine, theirs = ours.get("properties", {}), crd.get("properties", {})
    for name in sorted(set(mine) | set(theirs)):
        if name not in mine:
            if not any(snake(known) == name for known in mine):
                out.append(f"{path}.{name}: not in our tables")
        elif name not in theirs:
            out.append(f"{path}.{name}: not in the CRD")
        else:
            compare(f"{path}.{name}", mine[name], theirs[name], out)
    for key in ("items", "additionalProperties"):
        if key in ours and key in crd:
            compare(path + "[]", ours[key], crd[key], out)


def main():
    ours = json.loads(subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout)
    out = []
    theirs = load(sys.argv[2])
    for kind in sorted(ours):
        if kind in theirs:
            compare(kind, ours[kind], theirs[kind], out)
        else:
            out.append(f"{kind}: no CRD")
    print("\n".join(out))
    print(f"{len(out)} differences")
    return 1 if out else 0


if __name__ == "__main__":
    sys.exit(main())
