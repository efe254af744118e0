// SPDX-License-Identifier: Apache-2.0
// The calls that Istio's own simulation tests make to a sidecar's inbound listener, with what they expect: TestInbound,
// TestPeerAuthenticationPassthrough and TestPeerAuthenticationWithSidecar of pilot/pkg/networking/core. The meshes are written
// anew. Those of TestInboundSidecarTLSModes are left out: they need ENABLE_TLS_ON_SIDECAR_INGRESS, which is off by default
// (IN24).
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace {

using namespace meshroute;

struct Call {
  const char* address;  ///< empty: the server's
  int port;
  const char *protocol, *tls;
  const char* error;                           ///< empty: it arrives at `cluster`
  const char *cluster, *virtual_host, *chain;  ///< empty: the test does not say
};

void make(const std::string& mesh_text, bool labelled, const std::vector<Call>& calls) {
  Mesh mesh;
  LoadOptions load;
  load.name = "mesh.yaml";
  REQUIRE(mesh.load(mesh_text, load).errors() == 0);
  Proxy server;
  server.namespace_ = "default";
  server.ip = "1.1.1.1";
  if (labelled) server.labels = {{"app", "orders"}};
  const View view = mesh.snapshot().view(server);
  for (const Call& call : calls) {
    std::string json =
        R"({"port":)" + std::to_string(call.port) + R"(,"protocol":")" + call.protocol + R"(","tls":")" + call.tls + '"';
    if (std::string(call.tls) == "mutual") json += R"(,"identity":"spiffe://cluster.local/ns/default/sa/default")";
    if (*call.address != 0) json += std::string(R"(,"address":")") + call.address + '"';
    CAPTURE(mesh_text);
    CAPTURE(json);
    const auto request = Request::from_json(json + "}");
    REQUIRE(request);
    const InboundAnswer answer = view.resolve_inbound(*request);
    CHECK(answer.error == call.error);
    CHECK(answer.allowed == (*call.error == 0));
    if (*call.cluster != 0) CHECK(answer.cluster == call.cluster);
    if (*call.virtual_host != 0) CHECK(answer.virtual_host == call.virtual_host);
    if (*call.chain != 0) CHECK(answer.chain == call.chain);
  }
}

constexpr const char* kOrders = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: default}
spec:
  hosts: [orders.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints: [{address: 1.1.1.1}]
  ports: [{number: 70, name: tcp, protocol: TCP}, {number: 80, name: http, protocol: HTTP}, {number: 81, name: auto}]
)";

std::string mesh_mode(const std::string& mode) {
  return "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: istio-system}\n"
         "spec: {mtls: {mode: " +
         mode + "}}\n";
}

/// Of the server, with one port that has a mode of its own where `port` is not 0.
std::string server_mode(const std::string& mode, int port = 0, const std::string& of_port = "") {
  std::string text =
      "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: orders, namespace: default}\n"
      "spec:\n  selector: {matchLabels: {app: orders}}\n  mtls: {mode: " +
      mode + "}\n";
  if (port != 0) text += "  portLevelMtls: {" + std::to_string(port) + ": {mode: " + of_port + "}}\n";
  return text;
}

/// A ServiceEntry with the server as its endpoint.
std::string service(const std::string& ports) {
  return "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: orders, namespace: default}\n"
         "spec:\n  hosts: [orders.example.com]\n  location: MESH_INTERNAL\n  resolution: STATIC\n"
         "  endpoints: [{address: 1.1.1.1, labels: {app: orders}}]\n  ports: [" +
         ports + "]\n";
}

std::string sidecar(const std::vector<int>& ports) {
  std::string text =
      "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: orders, namespace: default}\n"
      "spec:\n  workloadSelector: {labels: {app: orders}}\n  ingress:\n";
  for (const int port : ports) {
    const std::string number = std::to_string(port);
    text += "  - {port: {number: " + number + ", name: p" + number + ", protocol: TCP}, defaultEndpoint: '127.0.0.1:" + number +
            "'}\n";
  }
  return text + "  egress: [{hosts: ['*/*']}]\n";
}

}  // namespace

TEST_CASE("simulation: calls to TCP, HTTP and sniffed ports, and to no port of a service, under DISABLE") {
  make(kOrders + mesh_mode("DISABLE"), false,
       {
           {"", 70, "tcp", "none", "", "inbound|70||", "", ""},
           {"", 70, "http", "none", "", "inbound|70||", "", ""},
           {"", 70, "tcp", "simple", "", "inbound|70||", "", ""},
           {"", 70, "http", "simple", "", "inbound|70||", "", ""},
           {"", 70, "tcp", "mutual", "", "inbound|70||", "", ""},
           {"", 70, "http", "mutual", "", "inbound|70||", "", ""},
           {"", 80, "http", "none", "", "inbound|80||", "inbound|http|80", ""},
           {"", 80, "tcp", "simple", "protocol error", "", "", ""},
           {"", 80, "http", "simple", "protocol error", "", "", ""},
           {"", 80, "http", "mutual", "protocol error", "", "", ""},
           {"", 80, "tcp", "none", "protocol error", "", "", ""},
           {"", 81, "http", "none", "", "inbound|81||", "inbound|http|81", ""},
           {"", 81, "http2", "none", "", "inbound|81||", "inbound|http|81", ""},
           {"", 81, "tcp", "none", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "tcp", "simple", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "http", "simple", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "tcp", "mutual", "", "inbound|81||", "", ""},
           {"", 81, "http", "mutual", "", "inbound|81||", "", ""},
           {"1.2.3.4", 82, "http", "none", "", "InboundPassthroughCluster", "", "virtualInbound-catchall-http"},
           {"1.2.3.4", 82, "tcp", "none", "", "InboundPassthroughCluster", "", "virtualInbound"},
           {"1.2.3.4", 82, "tcp", "simple", "", "InboundPassthroughCluster", "", "virtualInbound"},
           {"1.2.3.4", 82, "http", "simple", "", "InboundPassthroughCluster", "", ""},
           {"1.2.3.4", 82, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
}

TEST_CASE("simulation: calls to TCP, HTTP and sniffed ports, and to no port of a service, under PERMISSIVE") {
  make(kOrders + mesh_mode("PERMISSIVE"), false,
       {
           {"", 70, "tcp", "none", "", "inbound|70||", "", ""},
           {"", 70, "http", "none", "", "inbound|70||", "", ""},
           {"", 70, "tcp", "simple", "", "inbound|70||", "", ""},
           {"", 70, "http", "simple", "", "inbound|70||", "", ""},
           {"", 70, "tcp", "mutual", "", "inbound|70||", "", ""},
           {"", 70, "http", "mutual", "", "inbound|70||", "", ""},
           {"", 80, "http", "none", "", "inbound|80||", "inbound|http|80", ""},
           {"", 80, "tcp", "simple", "no filter chain", "", "", ""},
           {"", 80, "http", "simple", "no filter chain", "", "", ""},
           {"", 80, "http", "mutual", "", "inbound|80||", "inbound|http|80", ""},
           {"", 80, "tcp", "none", "protocol error", "", "", ""},
           {"", 81, "http", "none", "", "inbound|81||", "inbound|http|81", ""},
           {"", 81, "http2", "none", "", "inbound|81||", "inbound|http|81", ""},
           {"", 81, "tcp", "none", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "tcp", "simple", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "http", "simple", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "tcp", "mutual", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "http", "mutual", "", "inbound|81||", "inbound|http|81", ""},
           {"1.2.3.4", 82, "http", "none", "", "InboundPassthroughCluster", "", "virtualInbound-catchall-http"},
           {"1.2.3.4", 82, "tcp", "none", "", "InboundPassthroughCluster", "", "virtualInbound"},
           {"1.2.3.4", 82, "tcp", "simple", "", "InboundPassthroughCluster", "", ""},
           {"1.2.3.4", 82, "http", "simple", "", "InboundPassthroughCluster", "", ""},
           {"1.2.3.4", 82, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
}

TEST_CASE("simulation: calls to TCP, HTTP and sniffed ports, and to no port of a service, under STRICT") {
  make(kOrders + mesh_mode("STRICT"), false,
       {
           {"", 70, "tcp", "none", "no filter chain", "", "", ""},
           {"", 70, "http", "none", "no filter chain", "", "", ""},
           {"", 70, "tcp", "simple", "client certificate required", "", "", ""},
           {"", 70, "http", "simple", "client certificate required", "", "", ""},
           {"", 70, "tcp", "mutual", "", "inbound|70||", "", ""},
           {"", 70, "http", "mutual", "", "inbound|70||", "", ""},
           {"", 80, "http", "none", "no filter chain", "", "", ""},
           {"", 80, "tcp", "simple", "client certificate required", "", "", ""},
           {"", 80, "http", "simple", "client certificate required", "", "", ""},
           {"", 80, "http", "mutual", "", "inbound|80||", "inbound|http|80", ""},
           {"", 80, "tcp", "none", "no filter chain", "", "", ""},
           {"", 81, "http", "none", "no filter chain", "", "", ""},
           {"", 81, "http2", "none", "no filter chain", "", "", ""},
           {"", 81, "tcp", "none", "no filter chain", "", "", ""},
           {"", 81, "tcp", "simple", "client certificate required", "", "", ""},
           {"", 81, "http", "simple", "client certificate required", "", "", ""},
           {"", 81, "tcp", "mutual", "", "inbound|81||", "", "0.0.0.0_81"},
           {"", 81, "http", "mutual", "", "inbound|81||", "inbound|http|81", ""},
           {"1.2.3.4", 82, "http", "none", "no filter chain", "", "", ""},
           {"1.2.3.4", 82, "tcp", "none", "no filter chain", "", "", ""},
           {"1.2.3.4", 82, "tcp", "simple", "client certificate required", "", "", ""},
           {"1.2.3.4", 82, "http", "simple", "client certificate required", "", "", ""},
           {"1.2.3.4", 82, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
}

TEST_CASE("simulation: modes of a server and of one of its ports, with and without a service") {
  make(server_mode("DISABLE"), true,
       {
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
           {"", 8000, "http", "none", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("STRICT"), true,
       {
           {"", 8000, "http", "none", "no filter chain", "", "", ""},
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("PERMISSIVE"), true,
       {
           {"", 8000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("DISABLE", 9000, "STRICT"), true,
       {
           {"", 8000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "none", "no filter chain", "", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("DISABLE", 9000, "STRICT") + service("{number: 8000, name: http, protocol: HTTP}"), true,
       {
           {"", 8000, "http", "none", "", "inbound|8000||", "", ""},
           {"", 8000, "http", "mutual", "protocol error", "", "", ""},
           {"", 9000, "http", "none", "no filter chain", "", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("STRICT", 9000, "DISABLE"), true,
       {
           {"", 8000, "http", "none", "no filter chain", "", "", ""},
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("STRICT", 9000, "DISABLE") + service("{number: 8000, name: http, protocol: HTTP}"), true,
       {
           {"", 8000, "http", "none", "no filter chain", "", "", ""},
           {"", 8000, "http", "mutual", "", "inbound|8000||", "", ""},
           {"", 9000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("DISABLE", 9000, "PERMISSIVE"), true,
       {
           {"", 8000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 8000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(server_mode("DISABLE", 9000, "PERMISSIVE") + service("{number: 8000, name: http, protocol: HTTP}"), true,
       {
           {"", 8000, "http", "none", "", "inbound|8000||", "", ""},
           {"", 8000, "http", "mutual", "protocol error", "", "", ""},
           {"", 9000, "http", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9000, "http", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
}

TEST_CASE("simulation: modes of ports that a service or a Sidecar lists") {
  const std::string mode = server_mode("STRICT", 9090, "DISABLE");
  const std::string both = service("{number: 8080, name: tls, protocol: TCP}, {number: 9090, name: plaintext, protocol: TCP}");
  const std::string other = service("{number: 5050, name: random, protocol: TCP}");
  make(mode + both, true,
       {
           {"", 8080, "tcp", "none", "no filter chain", "", "", ""},
           {"", 8080, "tcp", "mutual", "", "inbound|8080||", "", ""},
           {"", 9090, "tcp", "none", "", "inbound|9090||", "", ""},
           {"", 9090, "tcp", "mutual", "", "inbound|9090||", "", ""},
       });
  make(mode + sidecar({8080, 9090}) + both, true,
       {
           {"", 8080, "tcp", "none", "no filter chain", "", "", ""},
           {"", 8080, "tcp", "mutual", "", "inbound|8080||", "", ""},
           {"", 9090, "tcp", "none", "", "inbound|9090||", "", ""},
           {"", 9090, "tcp", "mutual", "", "inbound|9090||", "", ""},
       });
  make(mode + other, true,
       {
           {"", 8080, "tcp", "none", "no filter chain", "", "", ""},
           {"", 8080, "tcp", "mutual", "", "InboundPassthroughCluster", "", ""},
           {"", 9090, "tcp", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9090, "tcp", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
  make(mode + sidecar({8080, 9090}) + other, true,
       {
           {"", 8080, "tcp", "none", "no filter chain", "", "", ""},
           {"", 8080, "tcp", "mutual", "", "inbound|8080||", "", ""},
           {"", 9090, "tcp", "none", "", "inbound|9090||", "", ""},
           {"", 9090, "tcp", "mutual", "", "inbound|9090||", "", ""},
       });
  make(mode + sidecar({8080}) + both, true,
       {
           {"", 8080, "tcp", "none", "no filter chain", "", "", ""},
           {"", 8080, "tcp", "mutual", "", "inbound|8080||", "", ""},
           {"", 9090, "tcp", "none", "", "InboundPassthroughCluster", "", ""},
           {"", 9090, "tcp", "mutual", "", "InboundPassthroughCluster", "", ""},
       });
}
