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

TEST_CASE("AN0411: the Gateway that a wrong name may mean") {
  const auto hint = [](const std::string& name, const std::string& host = "api.example.com") {
    const auto found = of(analyze(pod("a", "istio: edge") + entry("api", "shop") + gateway("public", host) +
                                  gateway("private", "private.example.com") +
                                  document("VirtualService", "name: api, namespace: shop",
                                           "hosts: [api.example.com], gateways: [" + name +
                                               "], http: [{route: [{destination: {host: api.example.com}}]}]")),
                          "AN0411");
    return found.size() == 1 ? found[0].hint : "not one finding";
  };
  CHECK(hint("shop/publik") == "did you mean shop/public?");
  CHECK(hint("publik") == "did you mean shop/public?");
  CHECK(hint("shop/pub-gw") == "did you mean shop/public?");  // it serves the host
  CHECK(hint("shop/edge", "www.example.com") == "add the Gateway, or correct its name");
  CHECK(hint("web/publik") == "did you mean shop/public?");
  CHECK(hint("web/edge") == "add the Gateway, or correct its name");
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

TEST_CASE("AN0910: a status that says that only a part was done") {
  const auto found = of(analyze(secured("AuthorizationPolicy", "a", "rules: [{}]") +
                                "status: {conditions: [{type: WaypointAccepted, status: \"True\", reason: PartiallyInvalid, "
                                "message: 'Invalid targetRefs: default/gone'}]}\n"),
                        "AN0910");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "WaypointAccepted=True (PartiallyInvalid)"));
  CHECK(has(found[0].message, "default/gone"));
}

TEST_CASE("AN0904, AN0905, AN0906, AN0907: annotations of workloads and of their templates") {
  const auto deployment = [](const std::string& own, const std::string& of_pods) {
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop, annotations: {" + own +
           "}}\nspec: {template: {metadata: {labels: {app: web}, annotations: {" + of_pods +
           "}}, spec: {containers: [{name: app}]}}}\n";
  };
  const auto moved = of(analyze(deployment("sidecar.istio.io/proxyCPU: 100m", "")), "AN0904");
  REQUIRE(moved.size() == 1);
  CHECK(moved[0].path == "metadata.annotations.sidecar.istio.io/proxyCPU");
  CHECK(has(moved[0].hint, "spec.template.metadata.annotations"));
  const auto wrong = of(analyze(deployment("", "sidecar.istio.io/proxyCPU: much")), "AN0906");
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].path == "spec.template.metadata.annotations.sidecar.istio.io/proxyCPU");
  CHECK(of(analyze(deployment("", "sidecar.istio.io/proxyCPUs: 100m")), "AN0905").size() == 1);
  CHECK(of(analyze(deployment("", "sidecar.istio.io/inject: 'true'")), "AN0907").size() == 1);
  const auto good = analyze(deployment("example.com/x: z", "sidecar.istio.io/proxyCPU: 100m"));
  for (const char* rule : {"AN0904", "AN0905", "AN0906", "AN0907"}) CHECK(of(good, rule).empty());
}

TEST_CASE("AN0505: a Secret that is good nowhere, whose gateway's proxies are not given") {
  const auto secret = [](const std::string& name, const std::string& keys) {
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: istio-system}\ndata: {" + keys + "}\n";
  };
  const std::string gateway = document("Gateway", "name: edge, namespace: shop",
                                       "selector: {istio: edge}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, "
                                       "tls: {mode: SIMPLE, credentialName: cert}, hosts: [a.example.com]}]");
  const auto found = of(analyze(gateway + secret("cert", "tls.crt: aGVsbG8K")), "AN0505");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.servers[0].tls.credentialName");
  CHECK(of(analyze(gateway + secret("cart", "tls.crt: aGVsbG8K")), "AN0504").empty());
  CHECK(of(analyze(gateway), "AN0505").empty());
}

TEST_CASE("AN0416: routing by claims where nothing reads tokens") {
  const std::string mesh =
      gateway("edge", "a.example.com") +
      document(
          "VirtualService", "name: a, namespace: shop",
          "hosts: [a.example.com], gateways: [edge], http: [{match: [{headers: {'@request.auth.claims.role': {exact: admin}}}], "
          "route: [{destination: {host: a.example.com}}]}]");
  CHECK(of(analyze(mesh), "AN0416").size() == 1);
  CHECK(of(analyze(mesh + secured("RequestAuthentication", "all", "jwtRules: [{issuer: a, jwksUri: 'https://a.example.com/k'}]")),
           "AN0416")
            .empty());
}

TEST_CASE("AN0609: a WasmPlugin reaches a gateway of the Gateway API by its targets only") {
  const std::string plugin =
      "---\napiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: w, namespace: shop}\n"
      "spec: {url: 'oci://a.example.com/w', selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}}\n";
  CHECK(of(analyze(plugin + pod("edge-1", "gateway.networking.k8s.io/gateway-name: edge")), "AN0609").size() == 1);
  CHECK(of(analyze(plugin + pod("edge-1", "app: edge")), "AN0609").empty());
}

TEST_CASE("AN0601: only a Pod that is known to have no sidecar has none") {
  const std::string policy = secured("AuthorizationPolicy", "web", "selector: {matchLabels: {app: web}}" + kAllow);
  const auto deployment = [](const std::string& labels) {
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: {matchLabels: "
           "{app: web}}, template: {metadata: {labels: {app: web" +
           labels + "}}, spec: {containers: [{name: app}]}}}\n";
  };
  const std::string bare =
      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: "
      "{containers: [{name: app}]}\n";
  const auto space = [](const std::string& labels) {
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" + labels + "}}\n";
  };
  CHECK(of(analyze(policy + deployment("")), "AN0601").empty());  // the namespace is not given
  CHECK(of(analyze(policy + bare), "AN0601").empty());
  CHECK(of(analyze(policy + kShop + deployment("")), "AN0601").empty());
  CHECK(of(analyze(policy + space("istio.io/dataplane-mode: ambient") + deployment("")), "AN0601").empty());
  CHECK(of(analyze(policy + space("istio.io/dataplane-mode: ambient") + bare), "AN0601").empty());
  const auto found = of(analyze(policy + space("team: a") + deployment("")), "AN0601");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "Deployment shop/web"));
  REQUIRE(found[0].related.size() == 1);
  CHECK(found[0].related[0].line == 14);  // the template's labels
  CHECK(of(analyze(policy + deployment(", sidecar.istio.io/inject: \"false\"")), "AN0601").size() == 1);
  CHECK(of(analyze(policy + space("team: a") + bare), "AN0601").size() == 1);
}

TEST_CASE("AN1002, AN1003, AN0610: which of two counts does not depend on the order of the documents") {
  const auto telemetry = [](const std::string& name, const std::string& selector) {
    return "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: " + name + ", namespace: shop}\nspec: {" +
           selector + "tracing: [{randomSamplingPercentage: 1}]}\n";
  };
  const auto first = of(analyze(kShop + telemetry("b", "") + telemetry("a", "")), "AN1003");
  REQUIRE(first.size() == 1);
  CHECK(first[0].resource == "Telemetry shop/b");
  CHECK(has(first[0].message, "Telemetry shop/a is for all proxies of the namespace too, and comes first"));
  const std::string web = "selector: {matchLabels: {app: web}}, ";
  const auto joined = of(analyze(kShop + pod("web", "app: web") + telemetry("b", web) + telemetry("a", web)), "AN1002");
  REQUIRE(joined.size() == 1);
  CHECK(joined[0].resource == "Telemetry shop/b");
  CHECK(has(joined[0].message, "Istio joins them there, and uses this one for what both set"));
  const auto peers = of(analyze(kShop + pod("web", "app: web") + secured("PeerAuthentication", "b", "mtls: {mode: STRICT}") +
                                secured("PeerAuthentication", "a", "mtls: {mode: STRICT}")),
                        "AN0610");
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].resource == "PeerAuthentication shop/b");
}

TEST_CASE("AN0506: a Service that selects the gateway's proxies, where those of their namespace are given") {
  const std::string edge = gateway("public", "api.example.com");
  const auto service = [](const std::string& name, const std::string& selector, const std::string& namespace_ = "shop") {
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: " + namespace_ +
           "}\nspec: {clusterIP: 10.9.0.1, ports: [{port: 80, name: http}], selector: {" + selector + "}}\n";
  };
  const std::string on_the_node =
      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: edge-1, namespace: shop, labels: {istio: edge}}\n"
      "spec: {hostNetwork: true, containers: [{name: istio-proxy}]}\n";
  const auto found = of(analyze(edge + pod("edge-1", "istio: edge") + service("web", "app: web")), "AN0506");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "no Service of namespace shop selects Pod shop/edge-1"));
  CHECK(of(analyze(edge + pod("edge-1", "istio: edge") + service("edge", "istio: edge")), "AN0506").empty());
  CHECK(of(analyze(edge + pod("edge-1", "istio: edge") + service("web", "app: web", "team")), "AN0506").empty());
  CHECK(of(analyze(edge + pod("edge-1", "istio: edge")), "AN0506").empty());
  CHECK(of(analyze(edge + on_the_node + service("web", "app: web")), "AN0506").empty());
}

TEST_CASE("AN1004: a Telemetry of the root namespace that is for some workloads gives others no provider") {
  const auto telemetry = [](const std::string& name, const std::string& in, const std::string& spec) {
    return "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: " + name + ", namespace: " + in +
           "}\nspec: {" + spec + "}\n";
  };
  const std::string provider = "accessLogging: [{providers: [{name: envoy}]}]", without = "accessLogging: [{}]";
  CHECK(of(analyze(telemetry("a", "istio-system", provider) + telemetry("b", "shop", without)), "AN1004").empty());
  CHECK(of(analyze(telemetry("a", "istio-system", provider + ", selector: {matchLabels: {app: web}}") +
                   telemetry("b", "shop", without)),
           "AN1004")
            .size() == 1);
}

TEST_CASE("AN0601, AN0801, AN1001: files of policies may be apart from those of their workloads") {
  const std::string selector = "selector: {matchLabels: {app: web}}";
  const std::string sidecar =
      document("Sidecar", "name: web, namespace: shop", "workloadSelector: {labels: {app: web}}, egress: [{hosts: ['./*']}]");
  const std::string telemetry =
      "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: web, namespace: shop}\n"
      "spec: {" +
      selector + "}\n";
  const std::string policies = secured("AuthorizationPolicy", "web", selector + kAllow) + sidecar + telemetry;
  const auto deployment = [](const std::string& app, const std::string& in) {
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + app + ", namespace: " + in +
           "}\nspec: {selector: {matchLabels: {app: " + app + "}}, template: {metadata: {labels: {app: " + app +
           "}}, spec: {containers: [{name: app}]}}}\n";
  };
  const auto told = [&](const std::string& mesh) {
    const auto found = analyze_all(policies + mesh);
    return of(found, "AN0601").size() + of(found, "AN0801").size() + of(found, "AN1001").size();
  };
  CHECK(told(deployment("api", "team")) == 0);
  CHECK(told(kShop + deployment("api", "team")) == 0);
  CHECK(told(deployment("web", "team")) == 0);
  CHECK(told(kShop + deployment("web", "team")) == 3);
  CHECK(told(deployment("api", "shop")) == 3);
  CHECK(told(pod("api", "app: api", "team")) == 3);
  const auto found = of(analyze_all(policies + deployment("api", "team")), "AN0106");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "AuthorizationPolicy shop/web, Sidecar shop/web, Telemetry shop/web"));
}

TEST_CASE("AN0606: accounts of a namespace of which no workload is given") {
  const auto policy = [](const std::string& in) {
    return secured("AuthorizationPolicy", "web",
                   "rules: [{from: [{source: {principals: [cluster.local/ns/" + in + "/sa/web]}}]}]");
  };
  const std::string entry_of_web =
      document("WorkloadEntry", "name: vm, namespace: shop", "address: 10.0.0.1, labels: {app: web}");
  const std::string team = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n";
  CHECK(of(analyze(policy("team") + kShop + team + entry_of_web), "AN0606").empty());
  CHECK(of(analyze(policy("gone") + kShop + team + entry_of_web), "AN0606").size() == 1);
  CHECK(of(analyze(policy("team") + kShop + team + pod("web", "app: web")), "AN0606").size() == 1);
  CHECK(of(analyze(policy("shop") + kShop + entry_of_web), "AN0606").size() == 1);
}

TEST_CASE("AN0606: the account that a wrong one may mean") {
  const auto hint = [](const std::string& account) {
    const auto found =
        of(analyze(kShop +
                   "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {serviceAccountName: "
                   "checkout, containers: [{name: app}, {name: istio-proxy}]}\n" +
                   secured("AuthorizationPolicy", "web",
                           "rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/" + account + "]}}]}]")),
           "AN0606");
    return found.size() == 1 ? found[0].hint : "not one finding";
  };
  CHECK(hint("checkout-sa") == "did you mean checkout?");
  CHECK(hint("chekout") == "did you mean checkout?");
  CHECK(!has(hint("check"), "did you mean"));
  CHECK(!has(hint("payments"), "did you mean"));
}
