"""The server's side and journeys, from Python: prepared requests, dicts, answers as objects and as JSON."""
import copy
import os
import pickle

import pytest

import meshroute

EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "examples", "secured-workload", "mesh.yaml")
SERVER = {"id": "orders-vm-1.orders", "namespace": "orders", "labels": {"app": "orders"}, "ip": "10.1.0.5", "service_account": "orders"}
SHOP = "spiffe://cluster.local/ns/shop/sa/web"


@pytest.fixture(scope="module")
def snapshot():
    mesh = meshroute.Mesh()
    report = mesh.load_path(EXAMPLE)
    assert not report.errors
    return mesh.snapshot()


@pytest.fixture(scope="module")
def server(snapshot):
    return snapshot.view(SERVER)


def test_a_caller_is_let_in_or_refused(server):
    request = {"host": "orders.internal", "port": 8080, "tls": "mutual", "identity": SHOP}
    answer = server.resolve_inbound(request)
    assert answer and answer.allowed and answer.action == "ALLOW"
    assert (answer.chain, answer.kind, answer.tls, answer.peer) == ("0.0.0.0_8080", "http", "mutual", SHOP)
    assert (answer.policy, answer.cluster) == ("ns[orders]-policy[readers]-rule[0]", "inbound|8080||")
    refused = server.resolve_inbound(dict(request, method="POST"), explain=True)
    assert not refused and refused.status == 403 and refused.policy == "none" and refused.grpc_status is None
    assert any(line.text == "to.operation.methods: POST is not among [GET]" for line in refused.trace)
    assert refused.to_dict()["allowed"] is False and "refused" in str(refused)
    assert server.resolve_inbound({"host": "o", "port": 8080}).error == "no filter chain"


def test_a_prepared_request_says_the_same(server):
    request = meshroute.Request("http://orders.internal:8080/", tls="mutual", identity=SHOP, alpn=["istio-http/1.1"],
                                tokens=[{"claims": {"iss": "i"}, "header": "x-t"}], ext_authz="deny")
    assert server.resolve_inbound(request)
    assert request == pickle.loads(pickle.dumps(request)) == copy.deepcopy(request)
    assert hash(request) == hash(pickle.loads(pickle.dumps(request)))
    assert not server.resolve_inbound(meshroute.Request("http://orders.internal:8080/"))
    with pytest.raises(meshroute.Error, match="tls"):
        meshroute.Request("http://a/", tls="both")
    with pytest.raises(meshroute.Error, match="identity"):
        server.resolve_inbound(meshroute.Request("http://a:8080/", tls="mutual", identity="shop/web"))


def test_the_section(server):
    section = server.section("inbound")
    assert section["identity"] == "spiffe://cluster.local/ns/orders/sa/orders"
    assert section["peer_authentication"] == {"mode": "STRICT", "policies": ["orders/default"]}
    assert section["authorization"]["policies"] == {"ALLOW": ["orders/readers"]}
    assert "STRICT" in server.text("inbound") and "orders/readers" in server.text("inbound")


def test_a_journey(snapshot):
    shop = {"namespace": "shop", "ip": "10.2.0.1", "service_account": "web"}
    arrives = snapshot.follow(shop, "http://orders.internal/")
    assert arrives and arrives.arrives_percent == 100
    (hop,) = arrives.endpoints
    assert (hop["address"], hop["port"], hop["tls"], hop["result"]) == ("10.1.0.5", 8080, "mutual", "arrives")
    other = snapshot.follow(dict(shop, namespace="reports"), {"host": "orders.internal"}, servers=[SERVER])
    assert not other and other.endpoints[0]["result"] == "403" and other.endpoints[0]["server"] == SERVER["id"]
    assert "no rule of an ALLOW policy matches" in other.because[0].text
    nobody = snapshot.follow(shop, "http://orders.internal/", servers=[])
    assert nobody.endpoints[0]["result"] == "no sidecar"
    with pytest.raises(meshroute.Error):
        snapshot.follow(shop, "http://orders.internal/", servers=[{"ip": "nowhere"}])


CLIENTS = """
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: web-vm, namespace: shop}
spec: {address: 10.2.0.1, labels: {app: web}, serviceAccount: web}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: report-vm, namespace: reports}
spec: {address: 10.3.0.1, labels: {app: report}, serviceAccount: report}
"""


def test_who_reaches_a_host():
    mesh = meshroute.Mesh()
    mesh.load_path(EXAMPLE)
    mesh.load(CLIENTS)
    snapshot = mesh.snapshot()
    reach = snapshot.reach("orders.internal")
    assert not reach and (reach.url, reach.workloads, reach.arrives) == ("http://orders.internal:80/", 3, 1)
    by_workload = {workload: group["result"] for group in reach for workload in group["workloads"]}
    assert by_workload == {"shop/web-vm": "arrives", "reports/report-vm": "403", "orders/orders-vm-1": "403"}
    assert any("namespaces" in line.text for line in reach.reasons)
    assert "shop/web-vm" in str(reach) and "<pre>" in reach._repr_html_() and repr(reach) == "<Reach: 1 of 3 workloads>"
    assert reach.picture().startswith("flowchart") and reach.picture("dot").startswith("digraph")
    with pytest.raises(ValueError, match="mermaid"):
        reach.picture("svg")
    assert snapshot.reach("orders.internal", 80, from_="shop")
    with pytest.raises(meshroute.Error, match="port"):
        snapshot.reach("orders.internal", 70000)
    reach.close()
    assert repr(reach) == "<Reach: closed>"


def test_a_journey_from_a_workload_without_a_sidecar():
    mesh = meshroute.Mesh(workloads="derived")
    mesh.load("""
apiVersion: v1
kind: Namespace
metadata: {name: legacy}
---
apiVersion: v1
kind: Namespace
metadata: {name: core, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch, namespace: legacy}
spec: {template: {metadata: {labels: {app: batch}}, spec: {containers: [{name: batch}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ledger, namespace: core}
spec: {template: {metadata: {labels: {app: ledger}}, spec: {containers: [{name: ledger, ports: [{containerPort: 8080}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: core}
spec: {selector: {app: ledger}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: core}
spec: {mtls: {mode: STRICT}}
""")
    snapshot = mesh.snapshot()
    batch = snapshot.find_proxy("legacy/batch")
    assert batch["no_sidecar"] is True
    refused = snapshot.follow(batch, "http://ledger.core/")
    assert not refused and [hop["result"] for hop in refused.endpoints] == ["closed"]
    assert refused.because[0].text.startswith("legacy/batch has no sidecar") and "istio-injection" in refused.because[0].hint
    assert snapshot.follow(dict(batch, no_sidecar=False), "http://ledger.core/").arrives_percent == 100
