"""A share of the conformance facts through Python, and so through the C ABI. The whole runs in C++."""
import glob
import json
import os

import pytest

import meshroute

FACTS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "conformance")


def gaps(what):
    path = os.path.join(FACTS, f"known_gaps_{what}.txt")
    with open(path, encoding="utf-8") as file:
        return {line.strip() for line in file if line.strip() and not line.startswith("#")}


@pytest.mark.parametrize("file", sorted(glob.glob(os.path.join(FACTS, "admission", "*.jsonl"))), ids=os.path.basename)
def test_admission(file):
    known, kind, held = gaps("admission"), os.path.basename(file)[:-6], 0
    for number, line in enumerate(open(file, encoding="utf-8")):
        case = json.loads(line)
        if number % 10 or f"{kind} {case['id']}" in known:
            continue
        report = meshroute.check(case["yaml"], name="case.yaml").to_dict()
        if not report["documents"]:
            continue
        document = report["documents"][0]
        layers = document["layers"]
        assert document["accepted"] == case["admitted"], case["id"]
        assert layers["decode"] == case["decode_ok"], case["id"]
        assert layers["schema"] == case["schema_valid"], case["id"]
        assert layers["webhook"] == case["webhook_valid"], case["id"]
        held += 1
    assert held > 0


def test_view_and_calls():
    known_views, known_calls, held = gaps("view"), gaps("calls"), 0
    for path in sorted(glob.glob(os.path.join(FACTS, "resolution", "cases", "*.json")))[::8]:
        case = json.load(open(path, encoding="utf-8"))
        expected = json.load(open(path.replace("cases", "expected"), encoding="utf-8"))
        if expected.get("error") or case.get("kube_by_cluster") or case.get("options") or expected.get("order_sensitive"):
            continue
        mesh = meshroute.Mesh(**{key: case[key] for key in ("mesh_config", "mesh_networks") if key in case})
        mesh.load(case["config_yaml"], name="case.yaml")
        for client, want in zip(case["proxies"], expected["proxies"]):
            view = mesh.snapshot().view(client)
            if f"services {case['id']} client {client['id']}" not in known_views:
                assert view.to_dict()["services"] == want["services"], case["id"]
                held += 1
            for number, entry in enumerate(want.get("calls") or []):
                if f"calls {case['id']} client {client['id']} call {number}" in known_calls:
                    continue
                answer = view.resolve(entry["call"]).to_dict()
                assert answer.get("cluster") == entry["eval"].get("cluster"), (case["id"], entry["call"])
                held += 1
    assert held > 0


@pytest.mark.parametrize("group", ["gateways", "gateways_random"])
def test_gateways(group):
    """Every case: a router's view, and what becomes of each connection to it."""
    held = 0
    for path in sorted(glob.glob(os.path.join(FACTS, group, "cases", "*.json"))):
        case = json.load(open(path, encoding="utf-8"))
        expected = json.load(open(path.replace("cases", "expected"), encoding="utf-8"))
        if expected.get("error") or expected.get("order_sensitive"):
            continue
        options = {key: case[key] for key in ("mesh_config", "mesh_networks") if key in case}
        mesh = meshroute.Mesh(**options, **case.get("options", {}))
        mesh.load(case["config_yaml"], name="case.yaml")
        for proxy, want in zip(case["proxies"], expected["proxies"]):
            view = mesh.snapshot().view(proxy)
            assert [cluster["name"] for cluster in view.to_dict()["clusters"]] == [cluster["name"] for cluster in want["clusters"]], case["id"]
            for entry in want.get("calls") or []:
                answer = view.resolve(entry["call"])
                told = {"cluster": answer.cluster or None, "error": answer.error or None, "virtual_host": answer.virtual_host or None}
                if proxy.get("type") == "router":
                    told["filter_chain_index"] = answer.filter_chain_index
                assert told == {key: entry["eval"].get(key) for key in told}, (case["id"], entry["call"])
                held += 1
    assert held > 500


def test_a_gateways_rows_and_requests():
    mesh = meshroute.Mesh(scope_gateway_to_namespace=True, filter_gateway_cluster_config=True)
    mesh.load("""
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: edge}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: MUTUAL, credentialName: c}}
""")
    gateway = {"type": "router", "namespace": "edge", "labels": {"istio": "ingress"}}
    view = mesh.snapshot().view(gateway)
    (row,) = view.listeners
    assert (row.tls_mode, row.gateway, row.server_port, row.refused) == ("MUTUAL", "edge/public", 443, "")
    assert view.resolve("https://a.example.com/").error == "client certificate required"
    assert view.resolve(meshroute.Request("https://a.example.com/", client_cert=True)).error == "no route"  # GW50: nobody's virtual host
    assert view.resolve(meshroute.Request("https://a.example.com/", client_cert=True, no_sni=True)).error == "no filter chain"
    assert not mesh.snapshot().view({**gateway, "namespace": "other"}).listeners
