// SPDX-License-Identifier: Apache-2.0
// Route tables that Envoy rejects: the trace says so.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

std::string rejection(const std::string& yaml, const std::string& host) {
  meshroute::Mesh mesh;
  meshroute::LoadOptions load;
  load.apply_refused = true;
  mesh.load(yaml, load);
  meshroute::Proxy proxy;
  proxy.namespace_ = "a";
  proxy.ip = "10.0.0.1";
  meshroute::Request request;
  request.host = host;
  request.path = "/";
  meshroute::ResolveOptions options;
  options.trace = true;
  const auto answer = mesh.snapshot().view(proxy).resolve(request, options);
  const auto found = std::find_if(answer.trace.begin(), answer.trace.end(),
                                  [](const auto& line) { return line.text.starts_with("Envoy rejects this route table"); });
  return found != answer.trace.end() ? found->text : std::string();
}

constexpr const char* kEntry = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: a}
spec: {hosts: [HOST], ports: [{number: 80, name: http, protocol: HTTP}], resolution: RESOLUTION}
)";

std::string entry(const std::string& host, const std::string& resolution) {
  std::string text = kEntry;
  text.replace(text.find("HOST"), 4, '"' + host + '"');
  text.replace(text.find("RESOLUTION"), 10, resolution);
  return text;
}

}  // namespace

TEST_CASE("two virtual hosts have the domain *") {  // *.a.svc.cluster.local is * to the namespace a
  CHECK(rejection(entry("*.a.svc.cluster.local", "NONE"), "x.test") ==
        "Envoy rejects this route table (Only a single wildcard domain is permitted); the proxy keeps its old configuration");
}

TEST_CASE("a route cannot be compiled") {
  const std::string rule = R"(---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: a}
spec:
  hosts: [e.test]
  http: [{match: [{uri: {regex: "("}}], route: [{destination: {host: e.test}}]}]
)";
  const std::string text = rejection(entry("e.test", "STATIC") + rule, "e.test");
  CHECK(text.starts_with("Envoy rejects this route table (routes[0].match.safe_regex.regex: "));
  CHECK(text.ends_with("); the proxy keeps its old configuration"));
  CHECK(rejection(entry("e.test", "STATIC"), "e.test").empty());
}
