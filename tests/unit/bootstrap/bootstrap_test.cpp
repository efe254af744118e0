// SPDX-License-Identifier: Apache-2.0
// The configuration of a real Envoy: its options, and what it has that a control plane would not send. That Envoy takes it and
// does what the view says is tested end to end (tests/e2e/bootstrap_test.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "meshroute/meshroute.hpp"

namespace {

using Json = nlohmann::json;
using meshroute::EnvoyBootstrap;
using meshroute::EnvoyOptions;

const char* const kMesh = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}]
  endpoints: [{address: 10.1.0.1, serviceAccount: a, labels: {security.istio.io/tlsMode: istio}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: open, namespace: shop}
spec:
  hosts: [open.example.com, "*.open.example.com"]
  location: MESH_EXTERNAL
  resolution: NONE
  ports: [{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [two.example.com]
  location: MESH_EXTERNAL
  resolution: DNS_ROUND_ROBIN
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: one.example.net}, {address: other.example.net}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: two, namespace: shop}
spec: {host: two.example.com, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-a, maglev: {tableSize: 100}}}}}
)";

meshroute::View view_of(const std::string& text) {
  meshroute::Mesh mesh;
  mesh.load(text, {.name = "mesh.yaml", .apply_refused = true});  // shop/two is what no cluster would let in
  meshroute::Proxy proxy;
  proxy.namespace_ = "shop";
  return mesh.snapshot().view(proxy);
}

EnvoyBootstrap made(const EnvoyOptions& options, const std::string& text = kMesh) {
  auto bootstrap = view_of(text).envoy_bootstrap(options);
  REQUIRE(bootstrap);
  return *bootstrap;
}

std::string refused(const EnvoyOptions& options) {
  const auto bootstrap = view_of(kMesh).envoy_bootstrap(options);
  return bootstrap ? "" : bootstrap.error().message;
}

Json named(const Json& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& each) { return each["name"] == name; });
  return found != list.end() ? *found : Json();
}

Json clusters_of(const EnvoyBootstrap& bootstrap) { return Json::parse(bootstrap.json)["staticResources"]["clusters"]; }
Json listeners_of(const EnvoyBootstrap& bootstrap) { return Json::parse(bootstrap.json)["staticResources"]["listeners"]; }

bool warned(const EnvoyBootstrap& bootstrap, const std::string& part) {
  return std::any_of(bootstrap.warnings.begin(), bootstrap.warnings.end(),
                     [&](const std::string& each) { return each.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("an option that is wrong is an error that names it and its value") {
  CHECK(refused({.listen = "80"}).starts_with("listen is `80`"));
  CHECK(refused({.listen = "example.com:80"}).starts_with("listen is"));
  CHECK(refused({.listen = "127.0.0.1:70000"}).starts_with("listen is"));
  CHECK(refused({.mode = EnvoyOptions::Mode::ports, .listen = "10.0.0.1:80"}).starts_with("listen is"));
  CHECK(refused({.mode = EnvoyOptions::Mode::capture, .listen = "127.0.0.1:80"}).starts_with("listen is"));
  CHECK(refused({.admin = "10.0.0.1:80"}).starts_with("admin is `10.0.0.1:80`"));
  CHECK(refused({.mode = static_cast<EnvoyOptions::Mode>(7)}).starts_with("mode is 7"));
  CHECK(refused({.mode = EnvoyOptions::Mode::ports, .listen = "127.0.0.1:65534"}).find("more service ports") !=
        std::string::npos);
  CHECK(refused({.listen = "[::1]:80", .admin = "[::1]:81"}).empty());
}

TEST_CASE("the admin interface is on loopback, and where the option says") {
  CHECK(Json::parse(made({}).json)["admin"]["address"]["socketAddress"] == Json{{"address", "127.0.0.1"}, {"portValue", 15000}});
  CHECK(Json::parse(made({.admin = "[::1]:9"}).json)["admin"]["address"]["socketAddress"] ==
        Json{{"address", "::1"}, {"portValue", 9}});
}

TEST_CASE("a proxy for clients has one listener, whose domains have the ports") {
  const EnvoyBootstrap bootstrap = made({});
  const Json listener = named(listeners_of(bootstrap), "http_proxy");
  CHECK(listener["address"]["socketAddress"]["portValue"] == 15080);
  const Json manager = listener["filterChains"][0]["filters"][0]["typedConfig"];
  const Json& hosts = manager["routeConfig"]["virtualHosts"];
  CHECK(named(hosts, "loop")["domains"] == Json{"127.0.0.1:15080", "localhost:15080"});
  CHECK(named(hosts, "loop")["routes"][0]["directResponse"]["status"] == 508);
  CHECK(named(hosts, "reviews.example.com:80")["domains"][0] == "reviews.example.com");
  CHECK(named(hosts, "reviews.example.com:80")["domains"][1] == "reviews.example.com:80");
  const Json tcp = named(hosts, "reviews.example.com:9000");
  CHECK(tcp["domains"][0] == "reviews.example.com:9000");
  CHECK(tcp["routes"][0]["route"]["cluster"] == "outbound|9000||reviews.example.com");
  CHECK(tcp["routes"][1]["match"].contains("connectMatcher"));
  CHECK(tcp["routes"][1]["route"]["upgradeConfigs"][0]["upgradeType"] == "CONNECT");
}

TEST_CASE("where nothing is captured, a destination without endpoints is asked of DNS") {
  const Json clusters = clusters_of(made({}));
  CHECK(named(clusters, "PassthroughCluster")["clusterType"]["name"] == "envoy.clusters.dynamic_forward_proxy");
  CHECK(named(clusters, "outbound|80||*.open.example.com")["clusterType"]["name"] == "envoy.clusters.dynamic_forward_proxy");
  const Json open = named(clusters, "outbound|80||open.example.com");
  CHECK(open["type"] == "STRICT_DNS");
  CHECK(open["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["socketAddress"]["address"] ==
        "open.example.com");
  const Json captured = clusters_of(made({.mode = EnvoyOptions::Mode::capture}));
  CHECK(named(captured, "PassthroughCluster")["type"] == "ORIGINAL_DST");
  CHECK(named(captured, "outbound|80||open.example.com")["type"] == "ORIGINAL_DST");
}

TEST_CASE("what Envoy would refuse is changed, and said with the resource") {
  const EnvoyBootstrap bootstrap = made({});
  const Json two = named(clusters_of(bootstrap), "outbound|80||two.example.com");
  CHECK(two["lbPolicy"] == "MAGLEV");
  CHECK_FALSE(two.contains("maglevLbConfig"));
  CHECK(warned(bootstrap, "DestinationRule shop/two: tableSize is no prime number"));
}

TEST_CASE("without certificates the mesh's mutual TLS is left out, which is said once") {
  const EnvoyBootstrap bootstrap = made({});
  CHECK(std::count_if(bootstrap.warnings.begin(), bootstrap.warnings.end(),
                      [](const std::string& each) { return each.starts_with("mutual TLS of the mesh is left out"); }) == 1);
  CHECK_FALSE(named(clusters_of(bootstrap), "outbound|80||reviews.example.com").contains("transportSocketMatches"));
  const EnvoyBootstrap missing = made({.certificates = "/no/such/folder"});
  CHECK(warned(missing, "there is no file /no/such/folder/cert-chain.pem"));
}

TEST_CASE("each port of a service has a loopback port, which other services do not move") {
  const EnvoyBootstrap bootstrap = made({.mode = EnvoyOptions::Mode::ports});
  REQUIRE(bootstrap.ports.size() == 5);
  CHECK(bootstrap.ports[2].host == "reviews.example.com");
  CHECK(bootstrap.ports[2].port == 80);
  const Json listener = named(listeners_of(bootstrap), "reviews.example.com:80");
  CHECK(listener["address"]["socketAddress"]["portValue"] == bootstrap.ports[2].listens);
  const std::string mesh(kMesh);
  const EnvoyBootstrap alone = made({.mode = EnvoyOptions::Mode::ports}, mesh.substr(0, mesh.find("---")));
  REQUIRE(alone.ports.size() == 2);
  CHECK(alone.ports[0].listens == bootstrap.ports[2].listens);
  CHECK(alone.ports[1].listens == bootstrap.ports[3].listens);
}

TEST_CASE("of many services that share a listener, each port has the chains for its own name only") {
  const auto names_of = [](std::size_t count, const std::string& host, bool& warned) {
    std::string mesh;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = "n" + std::to_string(i);
      mesh +=
          "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: " + name +
          ", namespace: shop}\nspec:\n  hosts: [" + name +
          ".example.com]\n  location: MESH_EXTERNAL\n  resolution: DNS\n  ports: [{number: 443, name: https, protocol: HTTPS}]\n";
    }
    mesh += R"(---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild, namespace: shop}
spec:
  hosts: ["*.wild.example.com"]
  location: MESH_EXTERNAL
  resolution: NONE
  ports: [{number: 443, name: https, protocol: HTTPS}]
)";
    const EnvoyBootstrap bootstrap = made({.mode = EnvoyOptions::Mode::ports}, mesh);
    warned = std::any_of(bootstrap.warnings.begin(), bootstrap.warnings.end(),
                         [](const auto& each) { return each.find("more than 100 services share") != std::string::npos; });
    std::set<std::string> names;
    const Json listener = named(listeners_of(bootstrap), host + ":443");
    for (const Json& chain : listener["filterChains"]) {
      for (const Json& name : chain["filterChainMatch"]["serverNames"]) names.insert(name.get<std::string>());
    }
    return names;
  };
  bool warned = false;
  // As the view says: a connection to one service with the name of another goes to that one.
  CHECK(names_of(2, "n0.example.com", warned) == std::set<std::string>{"*.wild.example.com", "n0.example.com", "n1.example.com"});
  CHECK_FALSE(warned);
  CHECK(names_of(120, "n0.example.com", warned) == std::set<std::string>{"n0.example.com"});
  CHECK(warned);
  CHECK(names_of(120, "*.wild.example.com", warned) == std::set<std::string>{"*.wild.example.com"});
}

TEST_CASE("with a folder the configuration points to files, in the order in which they are to be written") {
  const EnvoyBootstrap bootstrap = made({.directory = "/mesh"});
  const Json json = Json::parse(bootstrap.json);
  CHECK_FALSE(json.contains("staticResources"));
  CHECK(json["dynamicResources"]["cdsConfig"]["pathConfigSource"]["path"] == "/mesh/clusters.json");
  std::vector<std::string> files;
  for (const auto& resource : bootstrap.resources) {
    CHECK(Json::parse(resource.json).contains("@type"));
    if (files.empty() || files.back() != resource.file) files.push_back(resource.file);
  }
  CHECK(files.front() == "endpoints/outbound,80,,reviews.example.com.json");
  CHECK(std::find(files.begin(), files.end(), "clusters.json") < std::find(files.begin(), files.end(), "routes/http_proxy.json"));
  CHECK(files.back() == "listeners.json");
  CHECK(std::count(files.begin(), files.end(), "clusters.json") == 1);
}

TEST_CASE("Envoy's messages of a section are those of a control plane") {
  const meshroute::View view = view_of(kMesh);
  const Json clusters = Json::parse(view.envoy_json("clusters", {.host = "reviews.example.com", .port = 80}));
  REQUIRE(clusters.size() == 1);
  CHECK(clusters[0]["edsClusterConfig"]["serviceName"] == "outbound|80||reviews.example.com");
  CHECK(clusters[0]["transportSocketMatches"][0]["match"] == Json{{"tlsMode", "istio"}});
  const Json endpoints = Json::parse(view.envoy_json("endpoints", {.host = "reviews.example.com", .port = 80}));
  REQUIRE(endpoints.size() == 1);
  CHECK(endpoints[0]["endpoints"][0]["lbEndpoints"][0]["metadata"]["filterMetadata"]["envoy.transport_socket_match"]["tlsMode"] ==
        "istio");
  const Json listeners = Json::parse(view.envoy_json("listeners"));
  CHECK(named(listeners, "virtualOutbound")["useOriginalDst"] == true);
  CHECK(named(listeners, "virtualInbound")["trafficDirection"] == "INBOUND");
  for (const Json& listener : listeners) {  // as Istio's: each chain but those of unknown destinations and of the server
    const bool has = listener["name"] != "virtualOutbound" && listener["name"] != "virtualInbound";
    for (const Json& chain : listener.value("filterChains", Json::array()))
      CHECK(chain.contains("transportSocketConnectTimeout") == has);
    if (listener.contains("defaultFilterChain"))
      CHECK_FALSE(listener["defaultFilterChain"].contains("transportSocketConnectTimeout"));
  }
  CHECK(view.envoy_json("routes") == view.envoy_routes_json());
}
