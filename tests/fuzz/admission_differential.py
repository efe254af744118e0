#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random documents, judged by meshroute and by Istio; differences are shrunk and printed.

    admission_differential.py ORACLE [--count N] [--seed S] [--kind KIND] [--text] [--show N]

ORACLE is a program that reads lines {"yaml": …} and writes each back with decode_ok, meta_valid, schema_valid, webhook_valid,
webhook_warns, strict_ok, admitted and unknown_fields, as `valoracle -mode vectors` does (Go, istio.io/istio). Run by hand. Needs
PyYAML, and meshroute importable (MESHROUTE_LIBRARY, PYTHONPATH). Documents are mutations of the conformance vectors: values and
subtrees move between them, types and names change. --text mutates their characters instead. Prints how many in a row agree.
"""
import argparse
import collections
import copy
import glob
import json
import os
import random
import subprocess
import sys

import yaml

import meshroute

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance", "admission")
VERDICTS = ["decode_ok", "meta_valid", "schema_valid", "webhook_valid", "webhook_warns", "strict_ok", "admitted"]
WORDS = [
    "",
    "a",
    "A",
    "*",
    "*.com",
    "a.com",
    "a.b.svc.cluster.local",
    "1.1.1.1",
    "1.1.1.1/24",
    "::1",
    "2001:db8::/32",
    "/x",
    "x/y",
    "./*",
    "*/*",
    "~/*",
    ".",
    "~",
    "a_b",
    "a b",
    "-a",
    "a-",
    "é",
    "x" * 64,
    "x" * 254,
    "1s",
    "1.5s",
    "0s",
    "-1s",
    "1h",
    "1",
    "80",
    "unix:///a",
    "unix://a",
    "HTTP",
    "tcp",
    "GRPC-WEB",
    "foo",
    "^a(",
    "(?<n>a)",
    "a{1001}",
    "%",
    "%REQ(x)%",
    "mesh",
    "istio-system/gw",
    "not-a-host.",
    "a..b",
    "*.*.com",
    "region/zone/subzone",
    "region/*",
    "*/zone",
    "k=v",
    "true",
    "null",
    "8080-http",
]
NUMBERS = [0, 1, -1, 2, 80, 100, 101, 200, 503, 599, 600, 65535, 65536, 4294967295, 4294967296, 1.5, 1e3, 1e20]


class Oracle:
    def __init__(self, program):
        self.program = program

    def judge(self, texts):
        rows = "".join(json.dumps({"yaml": text}) + "\n" for text in texts)
        done = subprocess.run([self.program, "-mode", "vectors"], input=rows, stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line) for line in done.stdout.split("\n") if line]


def ours(text):
    form = meshroute.check(text, name="case.yaml").to_dict()
    if not form["documents"]:
        return None
    document = form["documents"][0]
    layers = document.get("layers", {})
    verdict = {
        key: layers.get(name)
        for key, name in (
            ("decode_ok", "decode"),
            ("meta_valid", "metadata"),
            ("schema_valid", "schema"),
            ("webhook_valid", "webhook"),
            ("strict_ok", "strict"),
        )
    }
    verdict["admitted"] = document["accepted"]
    verdict["webhook_warns"] = any(
        found["layer"] == "webhook" and found["severity"] == "warning" for found in form["diagnostics"]
    )
    verdict["unknown_fields"] = sorted(document["unknown_fields"])
    return verdict


def difference(text, truth):
    if truth.get("unstable") or truth["apiVersion"].startswith("gateway.networking.k8s.io/"):  # not read, by contract
        return []
    mine = ours(text)
    if mine is None or not mine.keys() or mine["decode_ok"] is None:
        return []
    keys = [key for key in VERDICTS if mine[key] != truth[key]]
    if truth["decode_ok"] and mine["unknown_fields"] != sorted(truth["unknown_fields"] or []):
        keys.append("unknown_fields")
    return keys


def nodes(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from nodes(inner, path + (key,))


def get(value, path):
    for key in path:
        value = value[key]
    return value


class Generator:
    def __init__(self, kinds, rng):
        self.rng = rng
        self.documents, self.texts = [], []
        self.by_key = collections.defaultdict(list)
        for kind in kinds:
            with open(os.path.join(VECTORS, kind + ".jsonl"), encoding="utf-8") as file:
                for line in file:
                    case = json.loads(line)
                    self.texts.append(case["yaml"])
                    if not case["decode_ok"]:
                        continue
                    try:
                        document = json.loads(json.dumps(yaml.safe_load(case["yaml"]), default=str))
                    except (yaml.YAMLError, TypeError, ValueError):
                        continue
                    if isinstance(document, dict) and isinstance(document.get("spec"), dict):
                        self.documents.append(document)
                        for path in nodes(document["spec"]):
                            if path:
                                self.by_key[path[-1]].append(get(document["spec"], path))

    def value(self):
        pick = self.rng.random()
        if pick < 0.55:
            return self.rng.choice(WORDS)
        if pick < 0.8:
            return self.rng.choice(NUMBERS)
        return copy.deepcopy(self.rng.choice([None, True, False, [], {}, [""], ["a.com"], {"a": "b"}, [None], {"": ""}]))

    def mutate(self, document):
        rng = self.rng
        paths = [path for path in nodes(document) if path and path[0] not in ("apiVersion", "kind")]
        if not paths:
            return
        weights = [3 if path[0] == "spec" else 1 for path in paths]
        path = rng.choices(paths, weights)[0]
        parent, key = get(document, path[:-1]), path[-1]
        pick = rng.random()
        if pick < 0.12:
            del parent[key]
        elif pick < 0.35 and self.by_key.get(key):
            parent[key] = copy.deepcopy(rng.choice(self.by_key[key]))
        elif pick < 0.5:
            parent[key] = self.value()
        elif pick < 0.6 and isinstance(parent[key], str):
            text = parent[key]
            at = rng.randrange(len(text) + 1)
            parent[key] = rng.choice(
                [
                    text[:at] + rng.choice("*./-_ :%A0é~") + text[at:],
                    text.upper(),
                    text.lower(),
                    text[:at],
                    text + ".",
                    "*." + text,
                    text + "/" + text,
                ]
            )
        elif pick < 0.68 and isinstance(parent[key], (int, float)) and not isinstance(parent[key], bool):
            parent[key] = rng.choice([parent[key] + 1, parent[key] - 1, -parent[key], parent[key] * 1000, str(parent[key])])
        elif pick < 0.78 and isinstance(parent, list):
            parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(rng.choice(parent)))
        elif pick < 0.85 and isinstance(parent, dict):
            parent[
                rng.choice([key + "x", key.upper(), "".join("_" + c.lower() if c.isupper() else c for c in key), key[:-1]])
            ] = parent.pop(key)
        elif isinstance(parent[key], dict):
            other = rng.choice(list(self.by_key))
            if isinstance(other, str):
                parent[key][other] = copy.deepcopy(rng.choice(self.by_key[other]))
        elif isinstance(parent, dict):
            other = rng.choice([name for name in self.by_key if isinstance(name, str)])
            parent[other] = copy.deepcopy(rng.choice(self.by_key[other]))

    def document(self):
        document = copy.deepcopy(self.rng.choice(self.documents))
        for _ in range(self.rng.choice([1, 1, 2, 3, 5])):
            self.mutate(document)
        return json.dumps(document, ensure_ascii=False)

    def text(self):
        text = self.rng.choice(self.texts)
        for _ in range(self.rng.choice([1, 1, 2])):
            at = self.rng.randrange(len(text) + 1)
            piece = self.rng.choice(
                list("-:?[]{},#&*!|>'\"%@` \t\n~.0")
                + ["- ", ": ", "  ", "\n  ", "<<: ", "!!str ", "&a ", "*a ", "|\n", "null", "''", "\r\n", "é"]
            )
            text = text[:at] + piece + text[at + self.rng.choice([0, 0, 1, 2]):]
        return text


def shrink(text, keys, oracle):
    try:
        document = json.loads(text)
    except ValueError:
        return text
    while True:
        smaller = []
        for path in sorted((path for path in nodes(document) if path), key=len):
            candidate = copy.deepcopy(document)
            del get(candidate, path[:-1])[path[-1]]
            smaller.append(candidate)
        texts = [json.dumps(candidate, ensure_ascii=False) for candidate in smaller]
        kept = [
            candidate for candidate, text, truth in zip(smaller, texts, oracle.judge(texts)) if difference(text, truth) == keys
        ]
        if not kept:
            break
        document = kept[0]
    return json.dumps(document, ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind")
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    kinds = (
        [given.kind]
        if given.kind
        else sorted(os.path.basename(path)[:-6] for path in glob.glob(os.path.join(VECTORS, "*.jsonl")))
    )
    generator, oracle = Generator(kinds, rng), Oracle(given.oracle)
    agreed = row = longest = 0
    seen = collections.Counter()
    batch = 500
    for _ in range(0, given.count, batch):
        texts = [generator.text() if given.text else generator.document() for _ in range(batch)]
        for text, truth in zip(texts, oracle.judge(texts)):
            keys = difference(text, truth)
            if not keys:
                agreed, row = agreed + 1, row + 1
                longest = max(longest, row)
                continue
            row = 0
            seen[tuple(keys)] += 1
            if seen.total() <= given.show:
                small = shrink(text, keys, oracle)
                truth = oracle.judge([small])[0]
                print(
                    "differs:",
                    ",".join(keys),
                    "\n  ",
                    small if not given.text else repr(text),
                    "\n  ours ",
                    ours(small),
                    "\n  truth",
                    {k: truth[k] for k in VERDICTS},
                    truth["unknown_fields"],
                    {k: v for k, v in truth["istio"].items() if v},
                    flush=True,
                )
    print(f"{agreed} passed, {given.count // batch * batch - agreed} failed; longest row {longest}")
    return 1 if agreed < given.count // batch * batch else 0


if __name__ == "__main__":
    sys.exit(main())
