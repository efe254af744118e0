// SPDX-License-Identifier: Apache-2.0
// A view row by row: each member where it is written by hand, and all of it against the JSON form.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "meshroute/meshroute.hpp"

namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

const char* const kMesh = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: prod, labels: {team: blue}}
spec:
  hosts: [reviews.example.com]
  addresses: [10.9.0.1]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}]
  workloadSelector: {labels: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: prod}
spec: {address: 10.0.0.1, labels: {app: reviews, version: v1}, weight: 3, locality: r/z/s, network: vms, serviceAccount: vm}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews.example.com
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  http:
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new}
  - match: [{uri: {exact: /gone}}, {uri: {exact: /away}}]
    directResponse: {status: 410}
  - name: canary
    match: [{name: beta, uri: {regex: "/v[0-9]"}, headers: {x-user: {exact: bob}}, queryParams: {q: {exact: "1"}}}]
    timeout: 5s
    mirror: {host: reviews.example.com, subset: v2}
    route: [{destination: {host: reviews.example.com, subset: v1}}]
  - match: [{uri: {prefix: /team}}]
    delegate: {name: team}
  - route:
    - {destination: {host: reviews.example.com, subset: v1}, weight: 90}
    - destination: {host: reviews.example.com, subset: v2}
      weight: 10
      headers: {request: {set: {":authority": two.example.com}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: team, namespace: shop}
spec:
  http:
  - route: [{destination: {host: reviews.example.com, subset: v2}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: tls, namespace: shop}
spec:
  hosts: [tls.example.com]
  resolution: DNS
  ports: [{number: 443, name: tls, protocol: TLS}]
---
apiVersion: v1
kind: Service
metadata: {name: plain, namespace: shop}
spec: {clusterIP: 10.9.0.2, ports: [{port: 80, name: http}]}
)";

meshroute::View view_of(const char* text, const meshroute::Proxy& proxy) {
  meshroute::Mesh mesh;
  const auto report = mesh.load(text, {.name = "mesh.yaml"});
  REQUIRE_MESSAGE(report.errors() == 0, report.to_text());
  return mesh.snapshot().view(proxy);
}

void comes_from(const meshroute::ResourceOrigin& origin, const char* kind, const char* namespace_, const char* name,
                std::uint32_t line) {
  CHECK(origin.kind == kind);
  CHECK(origin.namespace_ == namespace_);
  CHECK(origin.name == name);
  CHECK(origin.source == "mesh.yaml");
  CHECK(origin.line == line);
}

void comes_from_nothing(const meshroute::ResourceOrigin& origin) {
  CHECK((origin.kind + origin.namespace_ + origin.name + origin.source).empty());
  CHECK(origin.line == 0);
}

}  // namespace

TEST_CASE("rows: services") {
  const auto view = view_of(kMesh, {.namespace_ = "shop"});
  REQUIRE(view.services().size() == 3);
  const auto found = view.services({.host = "reviews"});
  REQUIRE(found.size() == 1);
  const auto& service = found[0];
  CHECK(service.hostname == "reviews.example.com");
  CHECK(service.namespace_ == "prod");
  CHECK(service.registry == "External");
  CHECK(service.resolution == "STATIC");
  CHECK_FALSE(service.mesh_external);
  CHECK(service.address == "10.9.0.1");
  CHECK(service.addresses == Texts{"10.9.0.1"});
  CHECK(service.labels == meshroute::Labels{{"team", "blue"}});
  REQUIRE(service.ports.size() == 2);
  CHECK(service.ports[1].name == "tcp");
  CHECK(service.ports[1].number == 9000);
  CHECK(service.ports[1].protocol == "TCP");
  comes_from(service.origin, "ServiceEntry", "prod", "reviews", 1);
  const auto plain = view.services({.host = "plain.shop"});
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].hostname == "plain.shop.svc.cluster.local");
  CHECK(plain[0].registry == "Kubernetes");
  CHECK(plain[0].address == "10.9.0.2");
  CHECK(plain[0].origin.kind == "Service");
  const auto tls = view.services({.port = 443});
  REQUIRE(tls.size() == 1);
  CHECK(tls[0].resolution == "DNS");
  CHECK(tls[0].mesh_external);
}

TEST_CASE("rows: clusters") {
  const auto view = view_of(kMesh, {.namespace_ = "shop"});
  const auto found = view.clusters({.host = "reviews.example.com", .port = 80});
  REQUIRE(found.size() == 3);
  CHECK(found[2].name == "outbound|80||reviews.example.com");
  CHECK(found[2].subset.empty());
  const auto& v1 = found[0];
  CHECK(v1.name == "outbound|80|v1|reviews.example.com");
  CHECK(v1.type == "EDS");
  CHECK(v1.lb_policy == "ROUND_ROBIN");
  CHECK(v1.host == "reviews.example.com");
  CHECK(v1.subset == "v1");
  CHECK(v1.port == 80);
  comes_from(v1.origin, "ServiceEntry", "prod", "reviews", 1);
  comes_from(v1.destination_rule, "DestinationRule", "prod", "reviews", 17);
  const auto none = view.clusters({.cluster = "BlackHoleCluster"});
  REQUIRE(none.size() == 1);
  CHECK(none[0].type == "STATIC");
  CHECK(none[0].host.empty());
  CHECK(none[0].port == 0);
  comes_from_nothing(none[0].origin);
  const auto plain = view.clusters({.host = "plain"});
  REQUIRE(plain.size() == 1);
  comes_from_nothing(plain[0].destination_rule);
}

TEST_CASE("rows: endpoints, and an answer's come from the same place") {
  const auto view = view_of(kMesh, {.namespace_ = "shop", .network = "vms"});
  const auto found = view.endpoints({.host = "reviews", .subset = "v1", .port = 80});
  REQUIRE(found.size() == 1);
  const auto& endpoint = found[0];
  CHECK(endpoint.cluster == "outbound|80|v1|reviews.example.com");
  CHECK(endpoint.address == "10.0.0.1");
  CHECK(endpoint.port == 80);
  CHECK(endpoint.weight == 3);
  CHECK(endpoint.priority == 0);
  CHECK(endpoint.locality == "r/z/s");
  CHECK(endpoint.health == "UNKNOWN");
  CHECK(endpoint.labels.at("version") == "v1");
  CHECK(endpoint.service_account == "spiffe://cluster.local/ns/prod/sa/vm");
  CHECK(endpoint.resource == "WorkloadEntry prod/vm-1 (mesh.yaml:12)");
  CHECK(endpoint.network == "vms");
  comes_from(endpoint.origin, "WorkloadEntry", "prod", "vm-1", 12);
  CHECK(view.endpoints({.subset = "v2"}).empty());
  const auto answer = view.resolve(*meshroute::Request::from_url("http://reviews.example.com/v1"));
  REQUIRE(answer.endpoints.size() == 1);
  comes_from(answer.endpoints[0].origin, "WorkloadEntry", "prod", "vm-1", 12);
  CHECK(answer.endpoints[0].network == "vms");
}

TEST_CASE("rows: routes") {
  const auto view = view_of(kMesh, {.namespace_ = "shop"});
  const auto found = view.routes({.host = "reviews", .port = 80});
  REQUIRE(found.size() == 6);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].route_config == "80");
    CHECK(found[i].virtual_host == "reviews.example.com:80");
    CHECK(std::find(found[i].domains.begin(), found[i].domains.end(), "reviews.example.com") != found[i].domains.end());
    CHECK(found[i].index == i);
    CHECK(found[i].config == "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/reviews");
  }
  CHECK(found[0].match == "prefix /old");
  CHECK(found[0].action == "redirect");
  CHECK(Json::parse(found[0].redirect) == Json{{"pathRedirect", "/new"}});
  CHECK(found[0].timeout.empty());
  CHECK_FALSE(found[0].direct_response);
  CHECK(found[0].path == "spec.http[0].match[0]");
  CHECK(found[2].match == "exact /away");
  CHECK(found[2].action == "direct_response");
  CHECK(found[2].direct_response == 410);
  CHECK(found[2].path == "spec.http[1].match[1]");
  comes_from(found[2].origin, "VirtualService", "shop", "reviews", 25);
  CHECK(found[3].name == "canary.beta");
  CHECK(found[3].match == "regex /v[0-9], header x-user, query q");
  CHECK(found[3].action == "forward");
  CHECK(found[3].cluster == "outbound|80|v1|reviews.example.com");
  CHECK(found[3].timeout == "5s");
  CHECK(found[3].mirrors == Texts{"outbound|80|v2|reviews.example.com"});
  CHECK(found[4].cluster == "outbound|80|v2|reviews.example.com");  // the delegate's rule
  CHECK(found[4].timeout == "0s");
  comes_from(found[4].origin, "VirtualService", "shop", "team", 48);
  CHECK(found[4].path == "spec.http[0]");
  CHECK(found[5].match == "prefix /");
  CHECK(found[5].cluster.empty());
  CHECK(found[5].path == "spec.http[4]");
  REQUIRE(found[5].weighted_clusters.size() == 2);
  CHECK(found[5].weighted_clusters[0].name == "outbound|80|v1|reviews.example.com");
  CHECK(found[5].weighted_clusters[0].weight == 90);
  CHECK(found[5].weighted_clusters[0].authority.empty());
  CHECK(found[5].weighted_clusters[1].authority == "two.example.com");

  const auto plain = view.routes({.host = "plain"});
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].name == "default");
  CHECK(plain[0].cluster == "outbound|80||plain.shop.svc.cluster.local");
  CHECK(plain[0].config.empty());
  CHECK(plain[0].path.empty());
  comes_from_nothing(plain[0].origin);
  const auto by_subset = view.routes({.subset = "v1"});  // the whole virtual host that leads there
  CHECK(by_subset.size() == 6);
  const auto unknown = view.routes({.cluster = "PassthroughCluster"});
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].virtual_host == "allow_any");
}

TEST_CASE("rows: listeners") {
  const auto view = view_of(kMesh, {.namespace_ = "shop"});
  const auto http = view.listeners({.port = 80});
  REQUIRE(http.size() == 2);
  CHECK(http[0].listener == "0.0.0.0_80");
  CHECK(http[0].address == "0.0.0.0");
  CHECK(http[0].port == 80);
  CHECK(http[0].kind == "http");
  CHECK(http[0].route_config == "80");
  CHECK(http[0].plain_http);
  CHECK_FALSE(http[0].is_default);
  CHECK(http[1].chain == "PassthroughFilterChain");
  CHECK(http[1].kind == "tcp");
  CHECK(http[1].is_default);
  CHECK(http[1].cluster == "PassthroughCluster");
  const auto tls = view.listeners({.host = "tls"});
  REQUIRE(tls.size() == 2);
  CHECK(tls[0].sni == Texts{"tls.example.com"});
  CHECK(tls[0].cluster == "outbound|443||tls.example.com");
  CHECK(tls[0].route_config.empty());
  const auto tcp = view.listeners({.port = 9000});
  REQUIRE(tcp.size() == 1);
  CHECK(tcp[0].listener == "10.9.0.1_9000");
  CHECK(tcp[0].cluster == "outbound|9000||reviews.example.com");
  const auto outbound = view.listeners({.port = 15001});
  REQUIRE(outbound.size() == 2);
  CHECK(outbound[0].chain == "virtualOutbound-blackhole");
  CHECK(outbound[0].destination_port == 15001);
}

TEST_CASE("rows: a chain with weights, and one with routes of its own") {
  meshroute::MeshOptions options;
  options.mesh_config = "outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}";
  meshroute::Mesh mesh(options);
  const auto report = mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db.example.com], addresses: [10.9.0.3], resolution: STATIC, ports: [{number: 5432, name: tcp, protocol: TCP}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  tcp:
  - match: [{destinationSubnets: [10.9.0.0/24]}]
    route:
    - {destination: {host: db.example.com, subset: a}, weight: 1}
    - {destination: {host: db.example.com, subset: b}, weight: 3}
)");
  REQUIRE(report.errors() == 0);
  const auto view = mesh.snapshot().view({.namespace_ = "shop"});
  const auto db = view.listeners({.cluster = "outbound|5432|b|db.example.com"});
  REQUIRE_FALSE(db.empty());
  CHECK(db[0].cidrs == Texts{"10.9.0.0/24"});
  CHECK(db[0].cluster.empty());
  REQUIRE(db[0].weighted_clusters.size() == 2);
  CHECK(db[0].weighted_clusters[1].name == "outbound|5432|b|db.example.com");
  CHECK(db[0].weighted_clusters[1].weight == 3);
  const auto own = view.listeners({.cluster = "AllowAnyDynamicDNSCluster"});
  const auto chain = std::find_if(own.begin(), own.end(), [](const auto& row) { return row.kind == "http"; });
  REQUIRE(chain != own.end());
  CHECK(chain->listener == "virtualOutbound");
  CHECK(chain->route_config.empty());
}

namespace {

void services_agree(const meshroute::View& view, const meshroute::ViewFilter& filter) {
  const Json json = Json::parse(view.section_json("services", filter));
  const auto rows = view.services(filter);
  REQUIRE(rows.size() == json.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& want = json[i];
    CHECK(Json(rows[i].hostname) == want["hostname"]);
    CHECK(Json(rows[i].namespace_) == want["namespace"]);
    CHECK(Json(rows[i].registry) == want["registry"]);
    CHECK(Json(rows[i].resolution) == want["resolution"]);
    CHECK(Json(rows[i].mesh_external) == want["mesh_external"]);
    CHECK(Json(rows[i].address) == want["proxy_address"]);
    if (want.contains("extra_addresses"))
      CHECK(Texts(rows[i].addresses.begin() + 1, rows[i].addresses.end()) == want["extra_addresses"].get<Texts>());
    else
      CHECK(rows[i].addresses.size() <= 1);
    CHECK(Json(rows[i].labels) == want.value("labels", Json::object()));
    REQUIRE(rows[i].ports.size() == want["ports"].size());
    for (std::size_t k = 0; k < rows[i].ports.size(); ++k) {
      const auto& port = rows[i].ports[k];
      CHECK(Json{{"name", port.name}, {"number", port.number}, {"protocol", port.protocol}} == want["ports"][k]);
    }
  }
}

void clusters_agree(const meshroute::View& view, const meshroute::ViewFilter& filter) {
  const Json json = Json::parse(view.section_json("clusters", filter));
  const auto rows = view.clusters(filter);
  REQUIRE(rows.size() == json.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(Json(rows[i].name) == json[i]["name"]);
    CHECK(Json(rows[i].type) == json[i]["type"]);
    CHECK(Json(rows[i].lb_policy) == json[i]["lb_policy"]);
    const std::string made = "outbound|" + std::to_string(rows[i].port) + "|" + rows[i].subset + "|" + rows[i].host;
    CHECK((rows[i].host.empty() || rows[i].name == made));
    CHECK(rows[i].host.empty() == rows[i].origin.kind.empty());
  }
}

void endpoints_agree(const meshroute::View& view, const meshroute::ViewFilter& filter) {
  const Json json = Json::parse(view.section_json("endpoints", filter));
  const auto rows = view.endpoints(filter);
  std::size_t at = 0;
  for (const auto& cluster : json) {
    for (const auto& want : cluster["endpoints"]) {
      REQUIRE(at < rows.size());
      const auto& row = rows[at++];
      CHECK(Json(row.cluster) == cluster["cluster"]);
      CHECK(Json(row.address) == want["address"]);
      CHECK(Json(row.port) == want["port"]);
      CHECK(Json(row.weight) == want["weight"]);
      CHECK(Json(row.locality) == want["locality"]);
      CHECK(Json(row.priority) == want["priority"]);
      CHECK(Json(row.health) == want["health"]);
    }
  }
  CHECK(at == rows.size());
}

/// The routes of the JSON form; only Envoy's form has the place of a rule; its order is the same.
void routes_agree(const meshroute::View& view, const meshroute::ViewFilter& filter) {
  const Json json = Json::parse(view.section_json("routes", filter));
  const Json envoy = Json::parse(view.envoy_routes_json());
  const auto rows = view.routes(filter);
  const auto named = [](const Json& list, const Json& name) {
    return *std::find_if(list.begin(), list.end(), [&](const Json& each) { return each["name"] == name; });
  };
  std::size_t at = 0;
  for (const auto& table : json) {
    for (const auto& host : table["virtual_hosts"]) {
      const Json source = named(named(envoy, table["name"])["virtualHosts"], host["name"]);
      for (std::size_t i = 0; i < host["routes"].size(); ++i) {
        REQUIRE(at < rows.size());
        const auto& row = rows[at++];
        const Json& want = host["routes"][i];
        CHECK(Json(row.route_config) == table["name"]);
        CHECK(Json(row.virtual_host) == host["name"]);
        CHECK(row.domains == host["domains"].get<Texts>());
        CHECK(row.index == i);
        CHECK(row.name == want.value("name", ""));
        CHECK(row.config == want.value("config", ""));
        CHECK((row.action == "redirect") == want.contains("redirect"));
        CHECK((row.action == "direct_response") == want.contains("directResponse"));
        CHECK((row.action == "forward") == want.contains("route"));
        const Json forward = want.value("route", Json::object());
        CHECK(row.cluster == forward.value("cluster", ""));
        CHECK(row.timeout == forward.value("timeout", ""));
        const Json weighted = forward.value("weightedClusters", Json::object()).value("clusters", Json::array());
        REQUIRE(row.weighted_clusters.size() == weighted.size());
        for (std::size_t k = 0; k < weighted.size(); ++k) {
          CHECK(Json(row.weighted_clusters[k].name) == weighted[k]["name"]);
          CHECK(Json(row.weighted_clusters[k].weight) == weighted[k]["weight"]);
        }
        const Json metadata = source["routes"][i].value("metadata", Json::object());
        CHECK(metadata.empty() == row.origin.kind.empty());
        CHECK(metadata.empty() == row.path.empty());
        if (!metadata.empty()) CHECK(metadata["filterMetadata"] == Json{{"istio", {{"config", row.config}}}});
      }
    }
  }
  CHECK(at == rows.size());
}

void listeners_agree(const meshroute::View& view, const meshroute::ViewFilter& filter) {
  const Json json = Json::parse(view.section_json("listeners", filter));
  const auto rows = view.listeners(filter);
  std::size_t at = 0;
  for (const auto& listener : json) {
    Json chains = listener["filter_chains"];
    const std::size_t others = chains.size();
    if (listener.contains("default_filter_chain")) chains.push_back(listener["default_filter_chain"]);
    for (std::size_t i = 0; i < chains.size(); ++i) {
      REQUIRE(at < rows.size());
      const auto& row = rows[at++];
      const Json& want = chains[i];
      const Json match = want.value("match", Json::object());
      CHECK(Json(row.listener) == listener["name"]);
      CHECK(Json(row.address) == listener["address"]);
      CHECK(Json(row.port) == listener["port"]);
      CHECK(row.chain == want.value("name", ""));
      CHECK(Json(row.kind) == want["kind"]);
      CHECK(row.is_default == (i == others));
      CHECK(row.cidrs == match.value("cidrs", Texts()));
      CHECK(row.sni == match.value("sni", Texts()));
      CHECK(row.destination_port == match.value("port", 0U));
      CHECK(row.plain_http == match.contains("alpn"));
      CHECK(row.route_config == want.value("rds", ""));
      CHECK(row.cluster == want.value("cluster", ""));
      CHECK(row.weighted_clusters.size() == want.value("weighted_clusters", Json::array()).size());
    }
  }
  CHECK(at == rows.size());
}

void all_agree(const meshroute::View& view) {
  std::vector<meshroute::ViewFilter> filters{{}, {.port = 80}, {.subset = "v1"}, {.subset = "none"}, {.host = "nobody"}};
  for (const auto& service : view.services()) {
    filters.push_back({.host = service.hostname});
    filters.push_back({.host = service.hostname.substr(0, service.hostname.find('.'))});
    for (const auto& port : service.ports) filters.push_back({.host = service.hostname, .port = port.number});
  }
  for (const auto& cluster : view.clusters()) {
    filters.push_back({.cluster = cluster.name});
    filters.push_back({.host = cluster.host, .subset = cluster.subset, .port = cluster.port});
  }
  for (const auto& filter : filters) {
    CAPTURE(filter.host);
    CAPTURE(filter.subset);
    CAPTURE(filter.cluster);
    CAPTURE(filter.port);
    services_agree(view, filter);
    clusters_agree(view, filter);
    endpoints_agree(view, filter);
    routes_agree(view, filter);
    listeners_agree(view, filter);
  }
}

}  // namespace

TEST_CASE("rows agree with the JSON form, whatever is wanted") {
  all_agree(view_of(kMesh, {.namespace_ = "shop"}));
  for (const auto& example : std::filesystem::directory_iterator(std::string(MESHROUTE_TESTS_DIR) + "/examples")) {
    if (!example.is_directory()) continue;
    CAPTURE(example.path().string());
    meshroute::Mesh mesh;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(example.path())) {
      if (entry.path().extension() != ".yaml") continue;
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      mesh.load(text, {.name = entry.path().string()});
    }
    for (const char* namespace_ : {"default", "shop", "prod"}) all_agree(mesh.snapshot().view({.namespace_ = namespace_}));
  }
}
