// SPDX-License-Identifier: Apache-2.0
// Situations that users met (tests/examples/situations), and what a good answer says in each.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(MESHROUTE_TESTS_DIR) + "/examples/situations/" + name);
  REQUIRE_MESSAGE(file.good(), name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

meshroute::Mesh mesh_of(const std::string& name, meshroute::Report* report = nullptr) {
  meshroute::MeshOptions options;
  if (name == "wildcard-route-to-wildcard") options.mesh_config = read(name + ".mesh-config.json");
  meshroute::Mesh mesh(options);
  meshroute::LoadOptions load;
  load.name = name + ".yaml";
  meshroute::Report loaded = mesh.load(read(name + ".yaml"), load);
  loaded.append(mesh.snapshot().analyze());
  if (report != nullptr) *report = std::move(loaded);
  return mesh;
}

/// What `check` says: a line for each finding, with its place, and its hint.
std::string checked(const std::string& name) {
  meshroute::Report report;
  mesh_of(name, &report);
  std::string text;
  for (const auto& found : report.diagnostics)
    text += std::to_string(found.line) + ": " + found.message + (found.hint.empty() ? "" : " => " + found.hint) + "\n";
  for (const auto& found : report.diagnostics) {
    for (const auto& related : found.related) text += std::to_string(related.line) + ": " + related.message + "\n";
  }
  return text;
}

/// What `check` prints.
std::string printed(const std::string& name) {
  meshroute::Report report;
  mesh_of(name, &report);
  return report.to_text();
}

meshroute::View view_of(const std::string& name, const char* proxy_json) {
  const auto proxy = meshroute::Proxy::from_json(proxy_json);
  REQUIRE(proxy);
  return mesh_of(name).snapshot().view(*proxy);
}

std::string text_of(const std::vector<meshroute::TraceLine>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += std::to_string(line.line) + ": " + line.text + (line.hint.empty() ? "" : " => " + line.hint) + "\n";
  return text;
}

meshroute::Answer answered(const std::string& name, const char* proxy_json, const char* request_json) {
  const auto request = meshroute::Request::from_json(request_json);
  REQUIRE(request);
  meshroute::ResolveOptions options;
  options.trace = true;
  return view_of(name, proxy_json).resolve(*request, options);
}

std::string reasons(const std::string& name, const char* proxy_json, const char* host) {
  return view_of(name, proxy_json).why(host).to_text();
}

void says(const std::string& text, const std::vector<std::string>& all) {
  for (const auto& words : all)
    CHECK_MESSAGE(text.find(words) != std::string::npos, "it should say `" << words << "`; it says:\n" << text);
}

}  // namespace

TEST_CASE("situation: TLS around the TLS of the client") {
  const auto answer = answered("tls-rule-on-https-port", R"({"namespace":"flows"})",
                               R"({"port":443,"protocol":"tcp","tls":true,"sni":"www.finder.test","address":"198.51.100.7"})");
  CHECK(answer.upstream_tls.mode == "simple");
  says(text_of(answer.because), {"21: ", "the server gets TLS in TLS", "send http:// to the proxy"});
  says(checked("tls-rule-on-https-port"), {"21: port 443 of www.finder.test is HTTPS", "puts TLS around it"});
}

TEST_CASE("situation: a VirtualService for an address") {
  says(reasons("virtualservice-for-an-address", R"({"namespace":"lab"})", "192.0.2.77"),
       {"192.0.2.77: this proxy sees it", "192.0.2.77 is an address of ServiceEntry lab/lab-vm", "has no subset lab-vm"});
}

TEST_CASE("situation: a host with a capital letter") {
  const auto answer = answered("authority-in-capitals", R"({"namespace":"tools"})",
                               R"({"port":80,"host":"status.Upper.global","path":"/status"})");
  CHECK(answer.outcome == "no_route");
  says(text_of(answer.because),
       {"65: ", "the host is \"status.Upper.global\"; it must be a value that starts with", "lower case"});
}

TEST_CASE("situation: a regex in slashes") {
  says(checked("regex-with-slashes"), {"103: the regex stands between slashes", "start it with (?i)"});
  says(text_of(answered("regex-with-slashes", R"({"namespace":"partner"})",
                        R"({"port":80,"host":"one.partner.test","path":"/foo/bar"})")
                   .because),
       {"to webapp.partner.svc.cluster.local", "without the slashes around it"});
}

TEST_CASE("situation: the weights are for requests to the caller") {
  says(text_of(answered("weights-on-the-callers-host", R"({"namespace":"cxx"})", R"({"port":80,"host":"server-b"})").because),
       {"is for requests to server-a.cxx.svc.cluster.local",
        "add server-b.cxx.svc.cluster.local to spec.hosts of VirtualService cxx/server-b"});
}

TEST_CASE("situation: a service's name without its namespace") {
  const std::string found = checked("service-name-without-namespace");
  says(found, {"75: no service has the host shop.svc.cluster.local, which names no namespace",
               "91: ", "101: ", "there is shop.mall.svc.cluster.local (Service mall/shop)"});
  const auto answer =
      answered("service-name-without-namespace", R"({"namespace":"mall"})", R"({"port":80,"host":"shop","path":"/route/1"})");
  says(text_of(answer.because), {"no copy is sent", "did you mean shop.mall.svc.cluster.local"});
}

TEST_CASE("situation: workloads that a Service nearly selects") {
  says(reasons("vm-behind-a-service", R"({"namespace":"vm"})", "myapp-svc"),
       {"WorkloadEntry vm/myapp-192.168.3.57 is selected", "WorkloadEntry vm/myapp-192.168.3.56 has these labels, but its health",
        "WorkloadEntry vms/myapp-192.168.3.58 has these labels, but is in another namespace"});
}

TEST_CASE("situation: a workload that another service selects is not nearly selected") {
  const std::string why = reasons("weights-on-the-callers-host", R"({"namespace":"cxx"})", "server-b");
  CHECK_MESSAGE(why.find("nearly") == std::string::npos, why);
  const std::string twin = reasons("two-headless-on-one-port", R"({"namespace":"bbbb"})", "mys");
  CHECK_MESSAGE(twin.find("another namespace") == std::string::npos, twin);
}

TEST_CASE("situation: an ExternalName and a Sidecar listener with a port") {
  for (const char* proxy : {R"({"namespace":"namespace-a"})", R"({"namespace":"namespace-c"})"}) {
    const auto answer = answered("sidecar-listener-with-port", proxy, R"({"port":9080,"host":"reviews.namespace-a:9080"})");
    CHECK(answer.cluster == "outbound|9080||reviews.namespace-b.svc.cluster.local");
    says(reasons("sidecar-listener-with-port", proxy, "reviews.namespace-a"),
         {"is another name of reviews.namespace-b.svc.cluster.local", "goes to " + answer.cluster});
  }
}

TEST_CASE("situation: a wildcard routed to a wildcard") {
  const std::string why = reasons("wildcard-route-to-wildcard", R"({"namespace":"data"})", "other.cloud.test");
  says(why, {"by spec.tls[0].match[0] of VirtualService data/star", "a destination is looked up by its exact host"});
  CHECK(why.find("reads HTTP") == std::string::npos);
}

TEST_CASE("situation: priorities by labels") {
  const char* proxy = R"({"namespace":"lab","labels":{"app":"curl","a":"a","b":"b"}})";
  says(text_of(answered("failover-priority-of-labels", proxy, R"({"port":8000,"host":"bin"})").because),
       {"without outlierDetection", "add outlierDetection to spec.trafficPolicy of DestinationRule lab/bin"});
  says(text_of(answered("failover-priority-of-labels", proxy, R"({"port":8000,"host":"bin2"})").trace),
       {"priority 0: 1 endpoint, a=a agrees, b=b agrees", "priority 1: 1 endpoint, a=a agrees, b is missing",
        "priority 2: 1 endpoint, a is missing"});
}

TEST_CASE("situation: a delay without percentage, and retries that the timeout cuts off") {
  const auto answer =
      answered("delay-and-timeout-by-address", R"({"namespace":"front"})", R"({"port":80,"host":"some-haproxy.front.test"})");
  says(text_of(answer.because), {"delay has no percentage, which means 0 %", "one try may take 6s, and all tries together 5s"});
  says(text_of(answer.trace), {"3 more tries on 503, each try at most 6s"});
  says(answer.to_text(), {"retries       3 more tries on 503, each try at most 6s"});
  says(checked("delay-and-timeout-by-address"), {"21: no request is delayed"});
}

TEST_CASE("situation: the Sidecar of one workload") {
  const char* proxy = R"({"namespace":"argo","labels":{"app.kubernetes.io/name":"notifier"}})";
  says(reasons("sidecar-of-one-workload", proxy, "loki-proxy.loki"),
       {"Sidecar argo/notifier, which this proxy has, does not import"});
  says(text_of(answered("sidecar-of-one-workload", proxy, R"({"port":443,"protocol":"tcp","tls":true,"sni":"hooks.chat.test"})")
                   .because),
       {"ServiceEntry egress/slack defines hooks.chat.test, but Sidecar argo/notifier", "REGISTRY_ONLY"});
}

TEST_CASE("situation: TCP to a headless Service by its name") {
  for (const char* name : {"mys.aaaa.svc.cluster.local", "mys.bbbb.svc.cluster.local", "mys-0.mys.aaaa.svc.cluster.local"}) {
    const std::string host(name), service = host.starts_with("mys-0.") ? host.substr(6) : host;
    const auto answer = answered("two-headless-on-one-port", R"({"namespace":"bbbb","labels":{"app":"caller"}})",
                                 (R"({"port":80,"protocol":"tcp","host":")" + host + "\"}").c_str());
    CHECK(answer.outcome == "routed");
    CHECK(answer.cluster == "outbound|80||" + service);
  }
}

TEST_CASE("situation: a ServiceEntry whose host is one word") {
  says(checked("host-in-destination-headers"), {"the host binalias means binalias.source.svc.cluster.local here"});
  says(text_of(answered("host-in-destination-headers", R"({"namespace":"source"})",
                        R"({"address":"240.240.7.7","port":80,"host":"binalias","path":"/"})")
                   .because),
       {"VirtualService source/alias names binalias, which means binalias.source.svc.cluster.local", "a dot"});
}

TEST_CASE("situation: mistakes in manifests") {
  says(checked("managed-fields"),
       {"30: resolution NONE cannot have endpoints, and without `resolution` it is NONE => write `resolution: STATIC`",
        "43: only one of workloadSelector and endpoints can be set => remove one of them"});
  says(printed("managed-fields"), {"1 refused, 2 errors, 0 warnings"});  // two mistakes, two findings
  says(checked("helm-rendered-nothing"), {"15: null is not allowed here"});
  const std::string anchors = checked("anchors-and-merge-keys");
  CHECK(anchors.find("the key `number` stands twice") == std::string::npos);  // an override of `<<`
  says(anchors, {"1: `apiVersion` and `kind` are missing: this is no Kubernetes object"});
  CHECK(anchors.find("`name` is required") == std::string::npos);  // of what is no Kubernetes object
  says(anchors, {"27: the key `name` stands twice"});
  says(checked("retries-in-the-route-item"), {"`retries` is a field of spec.http[0]: move it there",
                                              "`timeout` is a field of spec.http[0]: move it there", "did you mean `retries`?"});
  says(checked("fields-of-old-releases"),
       {"remove it: WebSockets", "use `headers.request.add`", "use `headers.response.remove`", "use `number` instead",
        "use `percentage.value`", "mirrorPercentage", "18: unknown field `per_try_timeout`", "`perTryTimeout`",
        "22: `sniHosts` is required => write `sniHosts` for `sni_hosts`"});
}
