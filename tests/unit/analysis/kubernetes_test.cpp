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
