#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The listeners that meshroute prints for gateways, in a real Envoy: each recorded call is made again and must meet what it met
under the control plane's own listeners.

    printed_gateways.py TRUTH FACTS [--only WORD] [--show N]

TRUTH is a Python file whose `run(doc, binary)` asks a real Envoy what its listeners do with calls; doc is {"proxies": [{"id",
"listeners", "routes", "clusters", "calls"}]} with the messages as protojson. FACTS is a folder with `cases` and `envoy`, as
tests/conformance/gateways is made of. ENVOY_BIN names the Envoy. meshroute is the Python package (PYTHONPATH, MESHROUTE_LIBRARY).
Run by hand.
"""

import argparse
import glob
import importlib.util
import json
import os
import sys

import meshroute

RESULT = ["status", "virtual_host", "route_index", "route_name", "cluster", "flags", "details", "scheme", "response_headers", "shadow_clusters",
          "from_upstream"]  # fmt: skip
CONNECTION = ["opened", "tls", "filter_chain"]  # the words of an error depend on the moment


def load(case):
    options = {name: case.get(name) for name in ("mesh_config", "mesh_networks") if case.get(name)}
    given = case.get("options") or {}
    options.update({name: given[name] for name in ("vip_mode", "scope_gateway_to_namespace", "filter_gateway_cluster_config") if name in given})
    mesh = meshroute.Mesh(**options)
    mesh.load(case["config_yaml"])
    for cluster, text in (case.get("kube_by_cluster") or {}).items():
        mesh.load(text, cluster=cluster)
    return mesh.snapshot()


def printed(snapshot, proxy, calls):
    view = snapshot.view(proxy)
    listeners, routes = view.envoy("listeners"), view.envoy("routes")
    clusters = [cluster["name"] for cluster in view.envoy("clusters")]
    return {"id": proxy["id"], "listeners": listeners, "routes": routes, "clusters": clusters, "calls": calls}


def differences(recorded, made, weighted):
    """`weighted`: Envoy chooses at random where the call goes."""
    found = []
    envoy, connection = recorded.get("envoy", {}), recorded.get("connection") or recorded.get("envoy", {}).get("connection") or {}
    other = made.get("connection", {})
    for name in CONNECTION:
        if name in connection and connection[name] != other.get(name):
            found.append(f"connection.{name}: {connection[name]!r}, now {other.get(name)!r}")
    if "status" in envoy:
        for name in ("virtual_host", "route_index", "route_name") if weighted else RESULT:
            if envoy.get(name) != made.get(name):
                found.append(f"{name}: {envoy.get(name)!r}, now {made.get(name)!r}")
    elif "cluster" in envoy and not weighted and envoy["cluster"] != made.get("cluster"):
        found.append(f"cluster: {envoy['cluster']!r}, now {made.get('cluster')!r}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth")
    parser.add_argument("facts")
    parser.add_argument("--only", default="")
    parser.add_argument("--show", type=int, default=20)
    arguments = parser.parse_args()
    spec = importlib.util.spec_from_file_location("truth", arguments.truth)
    truth = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(truth)
    binary = os.environ["ENVOY_BIN"]
    asked = wrong = 0
    for path in sorted(glob.glob(os.path.join(arguments.facts, "envoy", "*.json"))):
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)
        if arguments.only not in facts["id"]:
            continue
        with open(os.path.join(arguments.facts, "cases", os.path.basename(path)), encoding="utf-8") as file:
            case = json.load(file)
        recorded = {}
        for each in facts["results"] + facts.get("connections", []):
            recorded.setdefault(each["proxy"], []).append(each)
        routers = [proxy for proxy in case["proxies"] if proxy.get("type") == "router" and proxy["id"] in recorded]
        if not routers:
            continue
        snapshot = load(case)
        doc = {"proxies": [printed(snapshot, proxy, [each["call"] for each in recorded[proxy["id"]]]) for proxy in routers]}
        try:
            answers = truth.run(doc, binary)
        except Exception as error:  # what Envoy says of a whole configuration
            answers = None
            print(f"{facts['id']}: {type(error).__name__}: {str(error)[:600]}")
        for number, proxy in enumerate(routers):
            view = snapshot.view(proxy)
            for place, each in enumerate(recorded[proxy["id"]]):
                asked += 1
                found = ["nothing could be asked"] if answers is None else differences(
                    each, answers["proxies"][number]["results"][place], len(view.resolve(each["call"]).weighted_clusters) > 1)
                wrong += bool(found)
                if found and wrong <= arguments.show:
                    print(f"{facts['id']} {proxy['id']} {json.dumps(each['call'])}: {'; '.join(found)}")
    print(f"{asked} calls, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
