#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The proof of `diff`: recorded meshes and a small random edit of each, compared by brute force.

    MESHROUTE_LIBRARY=… PYTHONPATH=bindings/python/src diff_pairs.py [--pairs N] [--requests N] [--seed N] [FOLDER…]

For each pair, all recorded calls and N random requests are resolved in both meshes. Fails if one of them is answered otherwise and no
change of `diff` has the same two answers; and if a change names a request that the two meshes do not answer as it says, or alike. The
last line has the figures.

It checks witnesses too: of each recorded mesh, every route that a recorded call meets has one, each one meets its rule, and the
suite made of them passes.
"""
import argparse
import json
import pathlib
import random
import re
import sys

import meshroute

HERE = pathlib.Path(__file__).resolve().parent
PATHS = ["/", "/a", "/cart", "/cart/x", "/api/v1", "/api/v2/x", "/d", "/static/a.css", "/Cart", "/x/y/z"]
VALUES = ["", "1", "v1", "v2", "beta", "true", "session=abc", "en-GB", "gold"]


def shares(answer):
    """Destinations in percent, as a change has them."""
    listed = [(answer["cluster"], 1)] if answer.get("cluster") else []
    listed += [(each["name"], each["weight"]) for each in answer.get("weighted_clusters", ())]
    total = sum(weight for _, weight in listed)
    found = {}
    for name, weight in listed:
        parts = name.split("|")
        shown = f"{parts[3]}:{parts[1]}" + (f"/{parts[2]}" if parts[2] else "") if name.startswith("outbound|") and len(parts) == 4 else name
        found[shown] = found.get(shown, 0) + (100 * weight / total if total else 0)
    return {name: round(float(share), 4) for name, share in found.items()}


def told(answer, router=False):
    """What is compared of an answer, but what goes along with the request. What is passed through goes as it comes."""
    if answer["outcome"] == "passthrough":
        return {"outcome": "passthrough", "destinations": {}, "timeout": None, "mirrors": None, "status": None, "fails": 0.0, "error": None}
    endpoints = sorted((each["address"], each["port"], each["priority"], each["weight"], each["health"]) for each in answer.get("endpoints", ()))
    response = answer.get("response", {})
    tls = answer.get("upstream_tls", {})
    return {
        "outcome": answer["outcome"], "destinations": shares(answer), "endpoints": endpoints, "timeout": None if answer.get("timeout") == "0s" else answer.get("timeout"),
        "retries": answer.get("retries"), "mirrors": answer.get("mirrors"), "status": response.get("status"),
        "fails": round(float(answer["failure_percent"]), 4), "tls": (tls.get("mode"), tls.get("sni"), tls.get("sans")),
        "error": answer.get("error") if router else None,
    }


def whole(answer, router=False):
    sent = (answer.get("upstream_request") or {}) if answer["outcome"] != "passthrough" else {}
    return {**told(answer, router), "sent": [sent.get(key) for key in ("path", "authority", "headers_added", "headers_changed", "headers_removed")],
            "headers": (answer.get("response") or {}).get("headers")}


def signature(before, after, grpc=False):
    """Of two answers: in what they differ, and how. Envoy answers a gRPC request with status 200 whatever it is."""
    keys = ("outcome", "destinations", "timeout", "mirrors", "fails", "error") + (() if grpc else ("status",))
    return json.dumps({key: [before[key], after[key]] for key in keys if before[key] != after[key]}, sort_keys=True)


def of_change(change, grpc=False):
    def side(form):
        listed = {name.removesuffix("/"): round(float(share), 4) for name, share in (form.get("destinations") or {}).items()}
        passed = form["outcome"] == "passthrough"
        return {"outcome": form["outcome"], "destinations": {} if passed else listed, "timeout": form.get("timeout"),
                "mirrors": form.get("mirrors"), "fails": float(form["fails"]), "status": form.get("status"), "error": form.get("error")}
    return signature(side(change["before"]), side(change["after"]), grpc)


def journey(snapshot, proxy, request):
    """What the servers say."""
    way = snapshot.follow(proxy, request).to_dict()
    return way["arrives_percent"], sorted({hop["result"] for hop in way["endpoints"]})


def server_tls(view, answer):
    """The TLS of the filter chain that takes the connection."""
    listener = next(each for each in view.to_dict()["listeners"] if each["name"] == answer["listener"])
    return listener["filter_chains"][answer["filter_chain_index"]].get("tls")


def edited(text, rng):
    """One small change somewhere; None where it made none."""
    def swap(pattern, make):
        places = list(re.finditer(pattern, text))
        if not places:
            return None
        place = rng.choice(places)
        new = make(place)
        return text[:place.start()] + new + text[place.end():] if new != place.group(0) else None

    def drop():
        parts = re.split(r"(?m)^---\n", text)
        if len(parts) < 2:
            return None
        del parts[rng.randrange(len(parts))]
        return "---\n".join(parts)

    edits = [
        lambda: swap(r"weight: \d+", lambda m: f"weight: {rng.choice([1, 5, 20, 50, 90])}"),
        lambda: swap(r"\b(prefix|exact): (\S+?)(?=[},\n])", lambda m: f"{'exact' if m[1] == 'prefix' else 'prefix'}: {m[2]}"),
        lambda: swap(r"\bprefix: (/[^\s},]*)", lambda m: f"prefix: {m[1]}x"),
        lambda: swap(r"\bsubset: v\d", lambda m: f"subset: v{rng.randrange(1, 4)}"),
        lambda: swap(r"version: v\d", lambda m: f"version: v{rng.randrange(1, 4)}"),
        lambda: swap(r"address: (10\.\d+\.\d+)\.\d+", lambda m: f"address: {m[1]}.{rng.randrange(1, 200)}"),
        lambda: swap(r"timeout: \S+?(?=[},\n])", lambda m: f"timeout: {rng.randrange(1, 9)}s"),
        lambda: swap(r"namespace: (\w+)", lambda m: f"namespace: {rng.choice(['default', 'shop', 'edge', 'istio-system'])}"),
        lambda: swap(r"exportTo: \[[^\]]*\]", lambda m: f"exportTo: [{rng.choice(['.', chr(34) + '*' + chr(34), 'shop'])}]"),
        lambda: swap(r"number: \d+", lambda m: f"number: {rng.choice([80, 443, 8080, 9000, 9090])}"),
        lambda: swap(r"mode: (SIMPLE|MUTUAL|DISABLE|ISTIO_MUTUAL)", lambda m: f"mode: {rng.choice(['SIMPLE', 'DISABLE', 'ISTIO_MUTUAL'])}"),
        drop,
    ]
    for _ in range(20):
        new = rng.choice(edits)()
        if new is not None and new != text:
            return new
    return None


def mesh_of(case, text):
    mesh = meshroute.Mesh(**{key: case[key] for key in ("mesh_config", "mesh_networks") if key in case})
    mesh.load(text, name="mesh.yaml")
    for cluster, texts in (case.get("kube_by_cluster") or {}).items():
        mesh.load(texts, name=f"{cluster}.yaml", cluster=cluster)
    return mesh.snapshot()


def requests_of(case, text, count, rng, router=False):
    hosts = sorted(set(re.findall(r"[\w*-]+(?:\.[\w-]+)+", text)))
    hosts = [host.replace("*", "w") for host in hosts if not re.fullmatch(r"[\d.]+", host)] or ["a.example.com"]
    paths = PATHS + re.findall(r"(?:prefix|exact): (/[^\s},']*)", text)
    names = sorted(set(re.findall(r"\b(x-[\w-]+|cookie|end-user|user-agent)(?=:)", text))) or ["x-a"]
    values = VALUES + re.findall(r"(?:prefix|exact): '?([\w=-]+)'?", text)
    ports = [int(port) for port in set(re.findall(r"number: (\d+)", text))] or [80]
    for _ in range(count):
        request = {"host": rng.choice(hosts), "port": rng.choice(ports + [80]), "path": rng.choice(paths) + rng.choice(["", "", "/x", "x", "?q=1"]),
                   "method": rng.choice(["GET", "GET", "POST", "PUT"])}
        headers = {name: rng.choice(values) for name in names if rng.random() < 0.3}
        if headers:
            request["headers"] = headers
        if router:
            request["tls"] = rng.random() < 0.5
            request["client_cert"] = rng.random() < 0.5
            if request["tls"] and rng.random() < 0.2:
                request["sni"] = rng.choice(hosts)
            if rng.random() < 0.1:
                request["protocol"] = "tcp"
        yield request


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", nargs="*", default=[str(HERE / folder) for folder in ("resolution", "random", "gateways", "gateways_random")])
    given = parser.parse_args()
    rng = random.Random(given.seed)
    cases = [path for folder in given.folders for path in sorted(pathlib.Path(folder, "cases").glob("*.json"))]
    rng.shuffle(cases)
    pairs = asked = differing = named = failures = witnesses = suites = met = unknown = 0
    place = 0
    while pairs < given.pairs and place < 20 * given.pairs:
        case = json.loads(cases[place % len(cases)].read_text(encoding="utf-8"))
        name = cases[place % len(cases)].stem
        place += 1
        text = case["config_yaml"]
        after_text = edited(text, rng)
        if after_text is None:
            continue
        try:
            before, after = mesh_of(case, text), mesh_of(case, after_text)
        except meshroute.Error:
            continue
        pairs += 1
        for proxy in case["proxies"]:
            router = proxy.get("type") == "router"
            one, other = before.view(proxy), after.view(proxy)
            found = meshroute.diff(before, after, proxies=[proxy]).to_dict()
            known = [{of_change(change, grpc) for change in found["changes"]} for grpc in (False, True)]
            for change in found["changes"]:
                named += 1
                request = change["request"]
                answers = [view.resolve(request).to_dict() for view in (one, other)]
                grpc = "application/grpc" in str(request.get("headers"))
                if signature(*(told(each, router) for each in answers), grpc) != of_change(change, grpc):
                    failures += 1
                    print(f"{name}: {request} is not answered as diff says: {change['before']} {change['after']}")
                differs = whole(answers[0], router) != whole(answers[1], router)
                if not differs and {"arrives", "servers"} & set(change["differs"]):
                    differs = journey(before, proxy, request) != journey(after, proxy, request)
                if not differs and "server_tls" in change["differs"]:
                    differs = server_tls(one, answers[0]) != server_tls(other, answers[1])
                if not differs:
                    failures += 1
                    print(f"{name}: both answer {request} alike, and diff names it: {change['differs']}")
            recorded = []
            for call in case.get("calls", ()):
                if call.get("proxy") in (None, proxy.get("id")):
                    recorded.append({key: value for key, value in call.items() if key not in ("proxy", "mode")})
            seen = {}
            for request in recorded + list(requests_of(case, text + after_text, given.requests, random.Random(f"{given.seed} {place}"), router)):
                asked += 1
                try:
                    left, right = one.resolve(request).to_dict(), other.resolve(request).to_dict()
                except meshroute.Error:
                    continue
                if whole(left, router) == whole(right, router):
                    continue
                differing += 1
                grpc = "application/grpc" in str(request.get("headers"))
                sign = signature(told(left, router), told(right, router), grpc)
                if sign not in known[grpc] and sign not in seen:
                    seen[sign] = request
                    failures += 1
                    print(f"{name}: {request} is answered otherwise, and diff does not say so: {sign}\n{proxy}\n"
                          f"{[line for line in set(after_text.splitlines()) ^ set(text.splitlines())]}")
            # Witnesses: of what the recorded calls meet.
            listed = before.witnesses(proxy)
            there = {(each["resource"], each["path"]) for each in listed if "request" in each}
            unknown += sum("unknown" in each for each in listed)
            for each in listed:
                if "request" not in each:
                    continue
                witnesses += 1
                answer = one.resolve(each["request"], explain=True)
                if not any(line.path == each["path"] and line.resource == each["resource"] and line.verdict == "matched" for line in answer.trace):
                    failures += 1
                    print(f"{name}: the witness of {each['resource']} {each['path']} does not meet it")
            if any("request" in each for each in listed):
                report = meshroute.Suite.of_text(before.witness_suite(proxy)).run(before).to_dict()
                suites += report["passed"]
                for test in report["tests"]:
                    if not test["passed"]:
                        failures += 1
                        print(f"{name}: the suite of the witnesses does not pass: {test['name']}: {test['failures']}")
            for request in recorded:
                try:
                    trace = one.resolve(request, explain=True).trace
                except meshroute.Error:  # it cannot be asked, as above
                    continue
                for line in trace:
                    if line.stage == "route" and line.verdict == "matched" and line.path:
                        met += 1
                        if (line.resource, line.path) not in there:
                            failures += 1
                            print(f"{name}: a recorded call meets {line.resource} {line.path}, which has no witness")
    print(f"{pairs} pairs: {asked} requests asked, {differing} answered otherwise, {named} changes named; {witnesses} witnesses, {suites} tests of them passed, "
          f"{met} routes met "
          f"by recorded calls, {unknown} rules without a request or a proof; {failures} failures")
    return 1 if failures or pairs < given.pairs else 0


if __name__ == "__main__":
    sys.exit(main())
