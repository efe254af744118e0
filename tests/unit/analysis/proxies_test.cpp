// SPDX-License-Identifier: Apache-2.0
// What Istio makes of a mesh and Envoy does not take, and for which proxies.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string pod(const std::string& name, const std::string& labels, const std::string& containers = "{name: istio-proxy}") {
  return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: shop, labels: {" + labels +
         "}}\nspec: {containers: [" + containers + "]}\n";
}
std::string server(const std::string& name, const std::string& host,
                   const std::string& more = "mode: SIMPLE, credentialName: c") {
  return "{port: {number: 443, name: " + name + ", protocol: HTTPS}, tls: {" + more + "}, hosts: ['" + host + "']}";
}
std::string gateway(const std::string& name, const std::string& servers) {
  return document("Gateway", "name: " + name + ", namespace: shop", "selector: {istio: edge}, servers: [" + servers + "]");
}
const std::string kShop = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";

}  // namespace

TEST_CASE("AN1101: a host that is * for clients of its own namespace") {
  const std::string all = document("ServiceEntry", "name: all, namespace: team",
                                   "hosts: ['*.shop.svc.cluster.local'], ports: [{number: 80, name: http, protocol: HTTP}], "
                                   "resolution: NONE");
  CHECK(of(analyze(all), "AN1101").empty());  // nobody is in namespace shop
  const auto found = of(analyze(kShop + all + pod("web-1", "app: web") + pod("db-1", "app: db")), "AN1101");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "ServiceEntry team/all");
  CHECK(found[0].path == "spec.hosts[0]");
  CHECK(has(found[0].message, "route table 80 of Pod shop/web-1, Pod shop/db-1"));
  // A Sidecar that does not import it.
  const std::string sidecar =
      document("Sidecar", "name: web, namespace: shop", "workloadSelector: {labels: {app: web}}, egress: [{hosts: ['./*']}]");
  const auto rest = of(analyze(kShop + all + sidecar + pod("web-1", "app: web") + pod("db-1", "app: db")), "AN1101");
  REQUIRE(rest.size() == 1);
  CHECK(has(rest[0].message, "route table 80 of Pod shop/db-1:"));
}

TEST_CASE("AN1101: other wildcards, ports and exports are taken") {
  const auto entry_of = [](const std::string& host, const std::string& more) {
    return kShop + document("ServiceEntry", "name: all, namespace: shop", "hosts: ['" + host + "'], resolution: NONE, " + more);
  };
  const std::string http = "ports: [{number: 80, name: http, protocol: HTTP}]";
  CHECK(of(analyze(entry_of("*.shop.svc.cluster.local", http)), "AN1101").size() == 1);
  CHECK(of(analyze(entry_of("*.web.shop.svc.cluster.local", http)), "AN1101").empty());
  CHECK(of(analyze(entry_of("*.example.com", http)), "AN1101").empty());
  CHECK(of(analyze(entry_of("*.shop.svc.cluster.local", "ports: [{number: 443, name: tls, protocol: TLS}]")), "AN1101").empty());
  CHECK(of(analyze(entry_of("*.shop.svc.cluster.local", http + ", exportTo: [team]")), "AN1101").empty());
}

TEST_CASE("AN1102: two chains for one name") {
  const auto found =
      of(analyze(gateway("a", server("https-a", "a.example.com")) + gateway("b", server("https-b", "A.example.com"))), "AN1102");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "Gateway shop/b");
  CHECK(found[0].path == "spec.servers[0]");
  CHECK(has(found[0].message, "listener 0.0.0.0_443 of proxies with the labels istio=edge"));
  REQUIRE(found[0].related.size() == 1);
  const auto given = of(analyze(gateway("a", server("https-a", "a.example.com") + ", " + server("https-b", "A.example.com")) +
                                pod("edge-1", "istio: edge")),
                        "AN1102");
  REQUIRE(given.size() == 1);
  CHECK(has(given[0].message, "of Pod shop/edge-1"));
  CHECK(of(analyze(gateway("a", server("https-a", "a.example.com")) + gateway("b", server("https-b", "b.example.com"))), "AN1102")
            .empty());
}

TEST_CASE("AN1102: a wildcard service under AUTO_PASSTHROUGH") {
  const std::string passing = gateway("a",
                                      "{port: {number: 15443, name: tls, protocol: TLS}, tls: {mode: AUTO_PASSTHROUGH}, "
                                      "hosts: ['*.example.com']}");
  const std::string wild = document(
      "ServiceEntry", "name: wild, namespace: shop",
      "hosts: ['*.a.example.com'], location: MESH_INTERNAL, ports: [{number: 80, name: http, protocol: HTTP}], resolution: "
      "NONE");
  CHECK(of(analyze(passing + wild), "AN1102").size() == 1);
  CHECK(of(analyze(passing + entry("web", "shop")), "AN1102").empty());
}

TEST_CASE("AN0705: mutual TLS to Pods that have no sidecar") {
  const std::string mesh =
      kShop + kubernetes_service("web", "shop") +
      document("DestinationRule", "name: web, namespace: shop", "host: web, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}");
  const std::string bare =
      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, labels: {app: web}, "
      "annotations: {sidecar.istio.io/inject: 'false'}}\nspec: {containers: [{name: app}]}\n";
  const auto found = of(analyze(mesh + bare), "AN0705");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "Pod shop/web-1 has no sidecar"));
  CHECK(of(analyze(mesh + pod("web-1", "app: web")), "AN0705").empty());
  CHECK(of(analyze(mesh), "AN0705").empty());
}

TEST_CASE("AN0706: a machine that demands mutual TLS, and whose entry does not say so") {
  const std::string service = document("ServiceEntry", "name: vm, namespace: shop",
                                       "hosts: [vm.example.com], location: MESH_INTERNAL, ports: [{number: 80, name: http, "
                                       "protocol: HTTP}], resolution: STATIC, workloadSelector: {labels: {app: vm}}");
  const auto workload = [](const std::string& more) {
    return document("WorkloadEntry", "name: vm-1, namespace: shop", "address: 10.0.0.7, " + more);
  };
  const auto policy = [](const std::string& mode) {
    return "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: shop}\nspec: {mtls: "
           "{mode: " +
           mode + "}}\n";
  };
  const std::string group = document("WorkloadGroup", "name: vm, namespace: shop", "metadata: {labels: {app: vm}}, template: {}");
  CHECK(of(analyze(service + workload("labels: {app: vm}, serviceAccount: vm") + policy("STRICT")), "AN0706").size() == 1);
  CHECK(of(analyze(service + workload("labels: {app: vm}") + group + policy("STRICT")), "AN0706").size() == 1);
  CHECK(of(analyze(service + workload("labels: {app: vm}") + policy("STRICT")), "AN0706").empty());  // it may have no proxy
  CHECK(of(analyze(service + workload("labels: {app: vm}, serviceAccount: vm") + policy("PERMISSIVE")), "AN0706").empty());
  CHECK(of(analyze(service + workload("labels: {app: vm, security.istio.io/tlsMode: istio}, serviceAccount: vm") +
                   policy("STRICT")),
           "AN0706")
            .empty());
}

TEST_CASE("AN0215: a Service that misses its Pods by letter case") {
  const auto found = of(analyze(kubernetes_service("web", "shop") + pod("web-1", "app: Web")), "AN0215");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.selector.app");
  CHECK(has(found[0].hint, "write Web"));
  CHECK(of(analyze(kubernetes_service("web", "shop") + pod("web-1", "app: web")), "AN0215").empty());
  CHECK(of(analyze(kubernetes_service("web", "shop") + pod("web-1", "app: other")), "AN0215").empty());
}

TEST_CASE("AN1102: a name of tls rules that another server has as a host") {
  const auto mesh = [](const std::string& passed, const std::string& terminated) {
    return gateway("a", "{port: {number: 443, name: tls, protocol: TLS}, tls: {mode: PASSTHROUGH}, hosts: ['*.example.com']}, " +
                            server("https", terminated)) +
           entry("web", "shop") +
           document("VirtualService", "name: web, namespace: shop",
                    "hosts: ['*.example.com'], gateways: [a], tls: [{match: [{port: 443, sniHosts: [" + passed +
                        "]}], route: [{destination: {host: web.example.com}}]}]");
  };
  CHECK(of(analyze(mesh("web.example.com", "web.example.com")), "AN1102").size() == 1);
  CHECK(of(analyze(mesh("web.example.com", "api.example.com")), "AN1102").empty());
}
