# SPDX-License-Identifier: Apache-2.0
"""A view as Envoy's messages, and as the configuration of a real Envoy."""
import pytest

import meshroute

MESH = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  resolution: STATIC
  location: MESH_EXTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews.example.com, trafficPolicy: {tls: {mode: SIMPLE, credentialName: other}}}
"""


@pytest.fixture()
def view():
    mesh = meshroute.Mesh()
    mesh.load(MESH)
    return mesh.snapshot().view("shop")


def test_sections(view):
    names = [each["name"] for each in view.envoy("clusters", host="reviews.example.com")]
    assert names == ["outbound|80||reviews.example.com"]
    assert view.envoy("endpoints")[0]["clusterName"] == names[0]
    assert view.envoy("routes") == view.envoy_routes()
    with pytest.raises(meshroute.Error, match="`services`"):
        view.envoy("services")


@pytest.mark.filterwarnings("ignore")
def test_modes(view):
    assert view.envoy_bootstrap()["staticResources"]["listeners"][-1]["name"] == "http_proxy"
    listeners = view.envoy_bootstrap(mode="ports", listen="127.0.0.1:30000")["staticResources"]["listeners"]
    assert [each["name"] for each in listeners] == ["reviews.example.com:80"]
    assert listeners[0]["address"]["socketAddress"]["portValue"] >= 30000
    assert "virtualOutbound" in [each["name"] for each in view.envoy_bootstrap(mode="capture")["staticResources"]["listeners"]]
    with pytest.raises(meshroute.Error, match="mode is 'all'"):
        view.envoy_bootstrap(mode="all")
    with pytest.raises(meshroute.Error, match="admin is `0.0.0.0:1`"):
        view.envoy_bootstrap(admin="0.0.0.0:1")


def test_what_cannot_be_expressed_is_a_warning(tmp_path):
    mesh = meshroute.Mesh()
    mesh.load(MESH.replace("credentialName: other", f"caCertificates: {tmp_path}/none.pem"))
    with pytest.warns(UserWarning, match="DestinationRule shop/reviews: there is no file .*none.pem"):
        mesh.snapshot().view("shop").envoy_bootstrap()
