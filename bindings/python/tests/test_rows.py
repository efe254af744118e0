"""What a proxy sees, as objects: by hand, and against the JSON form."""
import dataclasses
import os

import pytest

import meshroute

EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "examples")
MESH = """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop, labels: {team: blue}}
spec:
  hosts: [a.example.com]
  addresses: [10.9.0.1]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 5432, name: tcp, protocol: TCP}]
  workloadSelector: {labels: {app: a}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: shop}
spec: {address: 10.0.0.1, labels: {app: a, version: v1}, network: vms}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec: {host: a.example.com, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  http:
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new}
  - match: [{uri: {prefix: /gone}}]
    directResponse: {status: 410}
  - name: canary
    match: [{headers: {x-version: {exact: v1}}}]
    mirror: {host: a.example.com, subset: v1}
    headers: {request: {add: {x-add: one}}}
    route: [{destination: {host: a.example.com, subset: v1}}]
  - route:
    - {destination: {host: a.example.com, subset: v1}, weight: 90}
    - destination: {host: a.example.com}
      weight: 10
      headers: {request: {set: {":authority": two.example.com}}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: tls, namespace: shop}
spec: {hosts: [tls.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
"""
VM = meshroute.Origin("WorkloadEntry", "shop", "vm-1", "mesh.yaml", 12)
ENTRY = meshroute.Origin("ServiceEntry", "shop", "a", "mesh.yaml", 1)
V1 = "outbound|80|v1|a.example.com"


@pytest.fixture(scope="module")
def view():
    mesh = meshroute.Mesh()
    assert mesh.load(MESH, name="mesh.yaml")
    return mesh.snapshot().view("shop")


def test_an_origin_reads_as_text():
    assert str(VM) == "WorkloadEntry shop/vm-1 (mesh.yaml:12)" and VM
    assert str(meshroute.Origin("Service", "shop", "a")) == "Service shop/a"
    assert str(meshroute.Origin()) == "" and not meshroute.Origin()


def test_services(view):
    assert [str(service) for service in view.services] == ["a.example.com", "tls.example.com"]
    service, = view.find_services(host="a")
    assert service == meshroute.Service(
        "a.example.com", "shop", "External", "STATIC", "10.9.0.1", False, ["10.9.0.1"],
        [meshroute.ServicePort("http", 80, "HTTP"), meshroute.ServicePort("tcp", 5432, "TCP")], {"team": "blue"}, ENTRY)
    assert str(service.ports[0]) == "80/HTTP"
    assert view.find_services(host="nobody") == []


def test_clusters(view):
    cluster, = view.find_clusters(host="a.example.com", port=80, subset="v1")
    assert cluster == meshroute.Cluster(V1, "EDS", "LEAST_REQUEST", "a.example.com", "v1", 80, ENTRY,
                                        meshroute.Origin("DestinationRule", "shop", "a", "mesh.yaml", 17))
    black_hole, = view.find_clusters(cluster="BlackHoleCluster")
    assert (
        str(black_hole) == "BlackHoleCluster"
        and not black_hole.origin
        and not black_hole.destination_rule
        and black_hole.port == 0
    )


def test_endpoints(view):
    endpoint, = view.find_endpoints(host="a", subset="v1", port=80)
    assert (endpoint.cluster, str(endpoint), endpoint.weight, endpoint.network) == (V1, "10.0.0.1:80", 1, "vms")
    assert endpoint.labels["version"] == "v1" and endpoint.origin == VM and endpoint.resource == str(VM)
    answer = view.resolve({"host": "a.example.com", "headers": {"x-version": "v1"}})
    assert answer.endpoints == [endpoint]  # the same endpoint, with the same origin
    assert view.find_endpoints(subset="v2") == []


def test_routes(view):
    redirect, gone, canary, weighted = view.find_routes(host="a.example.com", port=80)
    assert {(route.route_config, route.virtual_host) for route in view.find_routes(cluster=V1)} == {("80", "a.example.com:80")}
    assert (redirect.action, redirect.redirect, redirect.match, redirect.index) == (
        "redirect",
        {"pathRedirect": "/new"},
        "prefix /old",
        0,
    )
    assert (gone.action, gone.direct_response, gone.clusters) == ("direct_response", 410, [])
    assert canary == meshroute.Route(
        "80",
        "a.example.com:80",
        2,
        "canary",
        "prefix /, header x-version",
        "forward",
        V1,
        mirrors=[V1],
        timeout="0s",
        domains=canary.domains,
        config="/apis/networking.istio.io/v1/namespaces/shop/virtual-service/a",
        origin=meshroute.Origin("VirtualService", "shop", "a", "mesh.yaml", 22),
        path="spec.http[2].match[0]",
    )
    assert "a.example.com" in canary.domains and canary.clusters == [V1]
    assert str(canary) == f"a.example.com:80 #2: prefix /, header x-version -> {V1}"
    assert weighted.weights == {V1: 90, "outbound|80||a.example.com": 10} and weighted.cluster == ""
    assert weighted.weighted_clusters[1].authority == "two.example.com"
    unknown, = view.find_routes(cluster="PassthroughCluster")
    assert not unknown.origin and unknown.path == unknown.config == ""


def test_listeners(view):
    http, default = view.find_listeners(port=80)
    assert (http.listener, http.kind, http.route_config, http.plain_http) == ("0.0.0.0_80", "http", "80", True)
    assert (default.chain, default.is_default, default.cluster) == ("PassthroughFilterChain", True, "PassthroughCluster")
    assert str(http) == "0.0.0.0_80 http -> route table 80"
    tls = view.find_listeners(host="tls")[0]
    assert (tls.sni, tls.cluster, tls.address) == (["tls.example.com"], "outbound|443||tls.example.com", "0.0.0.0")
    tcp, = view.find_listeners(port=5432)
    assert (tcp.listener, tcp.cluster, tcp.cidrs) == ("10.9.0.1_5432", "outbound|5432||a.example.com", [])


def test_rows_outlive_their_view_and_are_values():
    mesh = meshroute.Mesh()
    mesh.load(MESH)
    with mesh.snapshot() as snapshot, snapshot.view("shop") as view:
        services, routes = view.services, view.routes
    assert services[0].origin.source == "<input>" and routes[0].domains
    with pytest.raises(dataclasses.FrozenInstanceError):
        services[0].hostname = "b"
    with pytest.raises(meshroute.Error, match="closed"):
        view.services


@pytest.mark.parametrize("example", sorted(os.listdir(EXAMPLES)))
def test_rows_agree_with_the_json_form(example):
    mesh = meshroute.Mesh()
    mesh.load_path(os.path.join(EXAMPLES, example))
    view = mesh.snapshot().view("shop")
    form = view.to_dict()
    assert [
        (each.hostname, each.resolution, each.address, [port.number for port in each.ports], each.labels)
        for each in view.services
    ] == [
        (
            each["hostname"],
            each["resolution"],
            each["proxy_address"],
            [port["number"] for port in each["ports"]],
            each.get("labels", {}),
        )
        for each in form["services"]
    ]
    assert [(each.name, each.type, each.lb_policy) for each in view.clusters] == [
        (each["name"], each["type"], each["lb_policy"]) for each in form["clusters"]]
    assert [
        (each.cluster, each.address, each.port, each.weight, each.priority, each.health, each.locality) for each in view.endpoints
    ] == [
        (each["cluster"], one["address"], one["port"], one["weight"], one["priority"], one["health"], one["locality"])
        for each in form["endpoints"]
        for one in each["endpoints"]
    ]
    assert [
        (each.route_config, each.virtual_host, each.index, each.domains, each.name, each.cluster, each.redirect)
        for each in view.routes
    ] == [
        (
            table["name"],
            host["name"],
            index,
            host["domains"],
            route.get("name", ""),
            route.get("route", {}).get("cluster", ""),
            route.get("redirect"),
        )
        for table in form["routes"]
        for host in table["virtual_hosts"]
        for index, route in enumerate(host["routes"])
    ]
    assert [
        (each.listener, each.kind, each.chain, each.route_config, each.cluster, each.is_default) for each in view.listeners
    ] == [
        (listener["name"], chain["kind"], chain.get("name", ""), chain.get("rds", ""), chain.get("cluster", ""), default)
        for listener in form["listeners"]
        for chain, default in [(each, False) for each in listener["filter_chains"]]
        + [(listener[key], True) for key in ("default_filter_chain",) if key in listener]
    ]
    assert all(each.origin for each in view.services)


@pytest.mark.parametrize("request_", [
    "http://a.example.com/",
    {"host": "a.example.com"},
    meshroute.Request("http://a.example.com/"),
], ids=["URL", "dict", "prepared"])
def test_the_destination_alone(view, request_):
    whole = view.resolve(request_)
    assert whole.upstream_request["authority"] == "a.example.com"
    for alone in (view.resolve(request_, upstream_request=False), view.resolve_many([request_], upstream_request=False)[0]):
        assert alone.upstream_request is None and alone.weights == whole.weights and alone.endpoints == whole.endpoints
        assert not alone.trace
    assert view.resolve(request_, explain=True, upstream_request=False).trace
    with pytest.raises(meshroute.Error, match="hots"):
        view.resolve({"hots": "a"}, upstream_request=False)


def test_answers_agree_with_the_json_form(view):
    table = meshroute.RouteTable(
        {
            "name": "80",
            "request_headers_to_remove": ["x-gone"],
            "request_headers_to_add": [
                {"header": {"key": "x-changed", "value": "new"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            ],
            "response_headers_to_add": [{"header": {"key": "x-reply", "value": value}} for value in ("one", "two")],
            "virtual_hosts": [
                {
                    "name": "a",
                    "domains": ["*"],
                    "routes": [
                        {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}},
                        {
                            "match": {"prefix": "/"},
                            "request_headers_to_add": [{"header": {"key": "x-many", "value": value}} for value in ("one", "two")],
                            "route": {
                                "cluster": "c",
                                "prefix_rewrite": "/out",
                                "request_mirror_policies": [{"cluster": "m1"}, {"cluster": "m2"}],
                            },
                        },
                    ],
                }
            ],
        }
    )
    headers = {"x-gone": "1", "x-changed": ["old", "older"], "x-version": "v1"}
    seen = set()
    for asked in (view, table):
        for path in ("/", "/old", "/gone"):
            for sent in ({}, headers):
                answer = asked.resolve({"host": "a.example.com", "path": path, "headers": sent}, explain=True)
                form = answer.to_dict()
                assert answer.upstream_request == form.get("upstream_request") and answer.response == form.get("response")
                assert answer.mirrors == form.get("mirrors", [])
                assert answer.weighted_clusters == [
                    meshroute.WeightedCluster(**each) for each in form.get("weighted_clusters", [])
                ]
                assert answer.trace == [meshroute.TraceLine(**each) for each in form["trace"]]
                seen |= set(form) | set(form.get("upstream_request", {}).get("headers_changed", {}))
    assert seen >= {"upstream_request", "response", "mirrors", "weighted_clusters", "x-changed"}
