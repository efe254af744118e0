// SPDX-License-Identifier: Apache-2.0
// Namespaces, Services and what makes Pods.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

std::string deployment(const std::string& name, const std::string& labels, const std::string& ports = "8080") {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name +
         ", namespace: shop}\nspec: {selector: {matchLabels: {app: " + name + "}}, template: {metadata: {labels: {app: " + name +
         labels + "}}, spec: {containers: [{name: app, ports: [{containerPort: " + ports + "}]}]}}}\n";
}
const std::string kNamespace = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";

}  // namespace

TEST_CASE("AN0901: Pods that ask for a sidecar themselves, as those of gateways do") {
  const std::string asks = deployment("edge", ", sidecar.istio.io/inject: 'true'");
  CHECK(of(analyze(kNamespace + asks), "AN0901").empty());
  CHECK(of(analyze(kNamespace + asks + deployment("batch", ", sidecar.istio.io/inject: 'false'")), "AN0901").empty());
  const auto some = of(analyze(kNamespace + asks + deployment("web", "")), "AN0901");
  REQUIRE(some.size() == 1);
  CHECK(has(some[0].message, "only those that ask for one themselves get it, and Deployment shop/web gets none"));
  CHECK(some[0].related.size() == 1);
  const auto none = of(analyze(kNamespace + deployment("web", "")), "AN0901");
  REQUIRE(none.size() == 1);
  CHECK(has(none[0].message, "they get none, and are not part of the mesh"));
}

namespace {

std::string leading(const std::string& name, const std::string& ports) {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         ", namespace: shop}\nspec: {clusterIP: 10.9.0.1, ports: [" + ports + "], selector: {app: web}}\n";
}

}  // namespace

TEST_CASE("AN0217: a number that no container names") {
  const std::string web = deployment("web", "", "3000, name: http");
  const auto found = of(analyze(web + leading("web", "{port: 80, name: http, targetPort: 8080}")), "AN0217");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.ports[0].targetPort");
  CHECK(has(found[0].message, "no container of Deployment shop/web names port 8080: they name 3000 (http)"));
  CHECK(found[0].hint == "write targetPort: 3000, or add containerPort 8080 to Deployment shop/web");
  CHECK(of(analyze(web + leading("web", "{port: 80, name: http}")), "AN0217").size() == 1);
  for (const char* fine :
       {"{port: 3000, name: http}", "{port: 80, name: http, targetPort: 3000}", "{port: 80, name: http, targetPort: http}",
        "{port: 80, name: http, targetPort: 3000}, {port: 9090, name: http-metrics}",  // a port that the template leaves out
        "{port: 80, name: http, targetPort: 3000}, {port: 15020, name: http-metrics}"}) {
    CAPTURE(fine);
    CHECK(of(analyze(web + leading("web", fine)), "AN0217").empty());
  }
  const std::string two = deployment("web", "", "3000, name: http}, {containerPort: 9090, name: admin");
  CHECK(
      of(analyze(two + leading("web", "{port: 80, name: http, targetPort: 8080}, {port: 9090, name: tcp-a}")), "AN0217").size() ==
      1);  // of the same name
  CHECK(
      of(analyze(two + leading("web", "{port: 80, name: grpc, targetPort: 8080}, {port: 9090, name: tcp-a}")), "AN0217").empty());
  // Another Service leads to the port that is named.
  CHECK(of(analyze(web + leading("web", "{port: 80, name: http, targetPort: http}") +
                   leading("metrics", "{port: 9090, name: http-metrics}")),
           "AN0217")
            .empty());
  const std::string bare =
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
      "spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}\n";
  CHECK(of(analyze(bare + leading("web", "{port: 80, name: http, targetPort: 8080}")), "AN0217").empty());
}

TEST_CASE("AN0216: a name that no container port has") {
  const std::string web = deployment("web", "", "3000, name: http");
  const auto found = of(analyze(web + leading("web", "{port: 80, name: http, targetPort: htp}")), "AN0216");
  REQUIRE(found.size() == 1);
  CHECK(has(found[0].message, "has a port named htp: they name 3000 (http): port 80 has no endpoints"));
  CHECK(found[0].hint == "write http");
  CHECK(of(analyze(web + leading("web", "{port: 80, name: http, targetPort: http}")), "AN0216").empty());
}

TEST_CASE("SC0231: a selector that does not match the template") {
  const auto report = [](const std::string& kind, const std::string& spec) {
    return meshroute::check("apiVersion: " + std::string(kind == "Job" ? "batch" : "apps") + "/v1\nkind: " + kind +
                            "\nmetadata: {name: cart, namespace: shop}\nspec: {" + spec + "}\n");
  };
  const std::string made = ", template: {metadata: {labels: {app: cart, tier: back}}, spec: {containers: [{name: app}]}}";
  const auto found = report("Deployment", "selector: {matchLabels: {app: carts}}" + made);
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].rule == "SC0231");
  CHECK(found.diagnostics[0].path == "spec.selector.matchLabels.app");
  CHECK(has(found.diagnostics[0].message, "have the label app=cart, not carts"));
  CHECK(has(report("StatefulSet", "selector: {matchLabels: {zone: a}}" + made).to_text(), "lack the label zone=a"));
  CHECK(report("Deployment", "selector: {matchLabels: {app: cart}}" + made).diagnostics.empty());
  CHECK(report("Deployment", "replicas: 2" + made).diagnostics.empty());
  CHECK(report("Deployment", "selector: {matchLabels: {app: cart}}, template: {spec: {containers: []}}").diagnostics.empty());
  CHECK(report("Job", "selector: {matchLabels: {app: carts}}" + made).diagnostics.empty());
}

TEST_CASE("AN0201: the fix of a Service's selector is in the Service where a template is nearly selected") {
  const auto found = of(analyze(deployment("webs", "") + leading("web", "{port: 8080, name: http}")), "AN0201");
  REQUIRE(found.size() == 1);
  CHECK(found[0].hint == "write app: webs");
}

TEST_CASE("AN0220: two Services, one port of a workload, HTTP and TCP") {
  const std::string web = deployment("web", "", "3000, name: main");
  const std::string http = leading("web", "{port: 80, name: http, targetPort: main}");
  const auto found = of(analyze(web + http + leading("web-nodes", "{port: 3000, name: tcp}")), "AN0220");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "Service shop/web-nodes");
  CHECK(found[0].path == "spec.ports[0]");
  CHECK(
      found[0].message ==
      "Service shop/web leads to port 3000 of Deployment shop/web too, and comes first: the sidecar there takes it as HTTP, and "
      "refuses what is not");
  CHECK(found[0].related.size() == 2);
  // By name, whatever the order of the documents (IN1).
  const auto before = of(analyze(web + http + leading("nodes", "{port: 3000, name: tcp}")), "AN0220");
  REQUIRE(before.size() == 1);
  CHECK(before[0].resource == "Service shop/web");
  CHECK(has(before[0].message, "Service shop/nodes leads to port 3000"));
  CHECK(has(before[0].message, "takes it as plain TCP, and applies no rules about HTTP"));
  for (const char* fine : {"{port: 3000, name: grpc}", "{port: 3000}", "{port: 3000, name: udp, protocol: UDP}",
                           "{port: 3001, name: tcp}", "{port: 3000, name: tcp, targetPort: other}"}) {
    CAPTURE(fine);
    CHECK(of(analyze(web + http + leading("web-nodes", fine)), "AN0220").empty());
  }
  const std::string outside = deployment("web", ", sidecar.istio.io/inject: 'false'", "3000, name: main");
  CHECK(of(analyze(outside + http + leading("web-nodes", "{port: 3000, name: tcp}")), "AN0220").empty());
}

namespace {

std::string pods(const std::string& spec, const std::string& labels = {}) {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {metadata: "
         "{labels: {app: web" +
         labels + "}}, spec: {" + spec + "}}}\n";
}
std::string live_pod(const std::string& spec, const std::string& labels = {}) {
  return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, creationTimestamp: "
         "'2024-01-01T00:00:00Z', labels: {app: web" +
         labels + "}}\nspec: {" + spec + "}\n";
}
const std::string kInjected =
    "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";

}  // namespace

TEST_CASE("AN0912: the image `auto` where no injector is called") {
  const std::string gateway = "containers: [{name: app, image: auto}, {name: istio-proxy, image: auto}]";
  const auto found = of(analyze(kNamespace + pods(gateway)), "AN0912");
  REQUIRE(found.size() == 1);
  CHECK(found[0].resource == "Deployment shop/web");
  CHECK(found[0].path == "spec.template.spec.containers[1].image");
  CHECK(of(analyze(kInjected + pods(gateway)), "AN0912").empty());
  CHECK(of(analyze(kInjected + pods(gateway, ", sidecar.istio.io/inject: 'false'")), "AN0912").size() == 1);
  CHECK(of(analyze(kNamespace + pods(gateway, ", sidecar.istio.io/inject: 'true'")), "AN0912").empty());
  CHECK(of(analyze(pods(gateway)), "AN0912").empty());  // the namespace is not given
  CHECK(of(analyze(kNamespace + pods("containers: [{name: istio-proxy, image: proxyv2}]")), "AN0912").empty());
  CHECK(of(analyze(kInjected + live_pod(gateway)), "AN0912").size() == 1);  // it was made with this image
}

TEST_CASE("AN0913: a container beside the sidecar with the sidecar's user") {
  const std::string own = "containers: [{name: app, securityContext: {runAsUser: 1337}}]";
  const auto found = of(analyze(kInjected + pods(own)), "AN0913");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.template.spec.containers[0].securityContext.runAsUser");
  CHECK(has(found[0].message, "container app runs as user 1337"));
  const std::string shared = "securityContext: {runAsUser: 1337}, containers: [{name: app}]";
  const auto all = of(analyze(pods(shared)), "AN0913");
  REQUIRE(all.size() == 1);
  CHECK(all[0].path == "spec.template.spec.securityContext.runAsUser");
  for (const char* fine : {"containers: [{name: app, securityContext: {runAsUser: 1338}}]",
                           "securityContext: {runAsUser: 1337}, containers: [{name: app, securityContext: {runAsUser: 1}}]",
                           "securityContext: {runAsUser: 1337}, containers: [{name: istio-proxy, image: auto}]",  // a gateway
                           "initContainers: [{name: setup, securityContext: {runAsUser: 1337}}], containers: [{name: app}]"}) {
    CAPTURE(fine);
    CHECK(of(analyze(kInjected + pods(fine)), "AN0913").empty());
  }
  CHECK(of(analyze(kNamespace + pods(own)), "AN0913").empty());  // no sidecar
  CHECK(of(analyze(kInjected + pods(own, ", sidecar.istio.io/inject: 'false'")), "AN0913").empty());
  CHECK(of(analyze(kInjected + live_pod(own)), "AN0913").empty());
  const std::string beside = "containers: [{name: app, securityContext: {runAsUser: 1337}}, {name: istio-proxy}]";
  const auto live = of(analyze(kInjected + live_pod(beside)), "AN0913");
  REQUIRE(live.size() == 1);
  CHECK(live[0].path == "spec.containers[0].securityContext.runAsUser");
}
