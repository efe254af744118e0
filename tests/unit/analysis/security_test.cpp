// SPDX-License-Identifier: Apache-2.0
// Policies, mutual TLS, Sidecars and Gateways: near misses that say nothing, and what the findings tell.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

const std::string kShop = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";

std::string pod(const std::string& name, const std::string& labels, const std::string& namespace_ = "shop") {
  return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + namespace_ + ", labels: {" + labels +
         "}}\nspec: {containers: [{name: app}, {name: istio-proxy}]}\n";
}
std::string secured(const std::string& kind, const std::string& name, const std::string& spec,
                    const std::string& namespace_ = "shop") {
  return "---\napiVersion: security.istio.io/v1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: " + namespace_ +
         "}\nspec: {" + spec + "}\n";
}
const std::string kAllow = ", rules: [{to: [{operation: {methods: [GET]}}]}]";
std::string gateway(const std::string& name, const std::string& hosts, const std::string& selector = "istio: edge") {
  return document(
      "Gateway", "name: " + name + ", namespace: shop",
      "selector: {" + selector + "}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [" + hosts + "]}]");
}

}  // namespace

TEST_CASE("AN0601: WorkloadEntries and WorkloadGroups are workloads too") {
  const std::string policy = secured("AuthorizationPolicy", "web", "selector: {matchLabels: {app: web}}" + kAllow);
  const std::string entry_of_web =
      document("WorkloadEntry", "name: vm, namespace: shop", "address: 10.0.0.1, labels: {app: web}");
  const std::string group =
      document("WorkloadGroup", "name: vm, namespace: shop", "metadata: {labels: {app: web}}, template: {}");
  CHECK(of(analyze(policy + entry_of_web), "AN0601").empty());
  CHECK(of(analyze(policy + group), "AN0601").empty());
  const auto found = of(analyze(policy + pod("web", "app: Web")), "AN0601");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.selector.matchLabels");
  CHECK(has(found[0].hint, "its label app is Web, not web (letter case counts)"));
}

TEST_CASE("AN0601: a policy of the root namespace selects in all namespaces, and not by namespace") {
  const std::string policy =
      secured("AuthorizationPolicy", "web", "selector: {matchLabels: {app: web}}" + kAllow, "istio-system");
  CHECK(of(analyze(policy + pod("web", "app: web")), "AN0601").empty());
  CHECK(of(analyze(policy + pod("web", "app: wbe")), "AN0601").size() == 1);
  CHECK(of(analyze(secured("AuthorizationPolicy", "all", "rules: [{}]", "istio-system") + pod("web", "app: web")), "AN0601")
            .empty());
}

TEST_CASE("AN0106: what cannot be judged is said once") {
  const auto found = analyze_all(secured("AuthorizationPolicy", "a", "selector: {matchLabels: {app: a}}" + kAllow) +
                                 secured("AuthorizationPolicy", "b", "selector: {matchLabels: {app: b}}" + kAllow));
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "AN0106");
  CHECK(has(found[0].message, "AuthorizationPolicy shop/a, AuthorizationPolicy shop/b"));
}

TEST_CASE("AN0605: ports that take mutual TLS are enough") {
  const std::string policy =
      secured("AuthorizationPolicy", "web", "rules: [{from: [{source: {namespaces: [shop]}}]}]") + kShop + pod("web", "app: web");
  const std::string off = "selector: {matchLabels: {app: web}}, mtls: {mode: DISABLE}";
  CHECK(of(analyze(policy + secured("PeerAuthentication", "plain", off)), "AN0605").size() == 1);
  CHECK(of(analyze(policy + secured("PeerAuthentication", "plain", off + ", portLevelMtls: {80: {mode: STRICT}}")), "AN0605")
            .empty());
}

TEST_CASE("AN0611: PeerAuthentications of different workloads do not meet") {
  const auto policy = [](const std::string& name, const std::string& app) {
    return secured("PeerAuthentication", name, "selector: {matchLabels: {app: " + app + "}}, mtls: {mode: STRICT}");
  };
  const std::string pods = pod("web", "app: web") + pod("api", "app: api");
  CHECK(analyze(kShop + pods + policy("a", "web") + policy("b", "api")).empty());
  CHECK(of(analyze(kShop + pods + policy("a", "web") + policy("b", "web")), "AN0611").size() == 1);
}

TEST_CASE("AN0702: servers that take both, and rules for other hosts, are no clash") {
  const auto mesh = [](const std::string& mode, const std::string& host) {
    return kShop + kubernetes_service("web", "shop") + pod("web", "app: web") +
           document("DestinationRule", "name: web, namespace: shop",
                    "host: " + host + ", trafficPolicy: {tls: {mode: DISABLE}}") +
           secured("PeerAuthentication", "default", "mtls: {mode: " + mode + "}");
  };
  CHECK(of(analyze(mesh("STRICT", "web")), "AN0702").size() == 1);
  CHECK(of(analyze(mesh("STRICT", "'*.shop.svc.cluster.local'")), "AN0702").size() == 1);
  CHECK(of(analyze(mesh("PERMISSIVE", "web")), "AN0702").empty());
  CHECK(of(analyze(mesh("STRICT", "web.example.com")), "AN0702").empty());
}

TEST_CASE("AN0804: an egress host that is imported from another namespace than the one it names") {
  const auto sidecar = [](const std::string& host) {
    return kShop + entry("api", "shop") +
           document("Sidecar", "name: web, namespace: shop", "egress: [{hosts: ['" + host + "']}]");
  };
  for (const char* host : {"./api.example.com", "*/*.example.com", "./*", "~/*", "*/*"}) {
    CAPTURE(host);
    CHECK(of(analyze(sidecar(host)), "AN0804").empty());
  }
  const auto found = of(analyze(sidecar("team/api.example.com")), "AN0804");
  REQUIRE(found.size() == 1);
  CHECK(found[0].hint == "write shop/api.example.com");
}

TEST_CASE("AN0502: Gateways for rules of different namespaces, or of different proxies, do not meet") {
  const std::string proxies = pod("a", "istio: edge") + pod("b", "istio: other");
  CHECK(of(analyze(proxies + gateway("a", "api.example.com") + gateway("b", "api.example.com")), "AN0502").size() == 1);
  CHECK(of(analyze(proxies + gateway("a", "one/api.example.com") + gateway("b", "two/api.example.com")), "AN0502").empty());
  CHECK(
      of(analyze(proxies + gateway("a", "api.example.com") + gateway("b", "api.example.com", "istio: other")), "AN0502").empty());
}

TEST_CASE("AN0411: all forms of a gateway's name") {
  for (const char* name : {"public", "shop/public", "public.shop", "public.shop.svc.cluster.local", "mesh"}) {
    CAPTURE(name);
    const std::string rules = document("VirtualService", "name: api, namespace: shop",
                                       std::string("hosts: [api.example.com], gateways: [") + name +
                                           "], http: [{route: [{destination: {host: api.example.com}}]}]");
    CHECK(of(analyze(pod("a", "istio: edge") + entry("api", "shop") + gateway("public", "api.example.com") + rules), "AN0411")
              .empty());
  }
}

TEST_CASE("Secrets: only keys and dates are read, and no finding shows a value") {
  const std::string secret =
      "---\n{apiVersion: v1, kind: Secret, metadata: {name: cert, namespace: shop}, data: {tls.crt: SECRETVALUE0, tls.key: "
      "YQ==}}\n";
  const auto found =
      analyze(pod("a", "istio: edge") + secret +
              document("Gateway", "name: public, namespace: shop",
                       "selector: {istio: edge}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: "
                       "[api.example.com], tls: {mode: SIMPLE, credentialName: cert}}]"));
  CHECK(of(found, "AN0505").size() == 1);
  for (const auto& each : found) {
    CHECK(!has(each.excerpt, "SECRETVALUE0"));
    for (const auto& related : each.related) CHECK(!has(related.message, "SECRETVALUE0"));
  }
}
