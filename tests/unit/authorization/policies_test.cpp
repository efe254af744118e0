// SPDX-License-Identifier: Apache-2.0
// Which policies decide, in which order, and what they say. Expectations are rules of src/spec/inbound.md.
#include "authorization_test.hpp"

using namespace meshroute;
using namespace meshroute::authorization;
using namespace meshroute::authorization::test;

TEST_CASE("authorization: policies of the root namespace and of the workload's apply, each by its selector (AZ1)") {
  const PolicyMesh mesh(policy("root", "{action: DENY, rules: [{}]}", "istio-system") +
                        policy("mine", "{selector: {matchLabels: {app: web}}, action: DENY, rules: [{}]}") +
                        policy("other", "{selector: {matchLabels: {app: db}}, action: DENY, rules: [{}]}") +
                        policy("far", "{action: DENY, rules: [{}]}", "b") +
                        policy("target", "{action: DENY, targetRefs: [{kind: Service, name: web}], rules: [{}]}"));
  const auto access = mesh.access("a", {{"app", "web"}});
  REQUIRE(access->deny.size() == 2);
  CHECK(access->deny[0]->resource->identity.name == "root");
  CHECK(access->deny[1]->resource->identity.name == "mine");
  CHECK(mesh.access("a", {{"app", "web"}, {"x", "1"}}) == access);  // the same policies: the same object
}

TEST_CASE("authorization: DENY before ALLOW; without a match ALLOW refuses, without ALLOW all is let in (AZ11)") {
  const std::string allow = policy("al", "{rules: [{from: [{source: {namespaces: [x]}}]}]}");
  const std::string deny = policy("de", "{action: DENY, rules: [{to: [{operation: {paths: [/admin*]}}]}]}");
  Call call;
  const PolicyMesh denying(deny), both(allow + deny);  // what was decided points into them
  CHECK(run(*denying.access("a", {}), call).decision.allowed);
  CHECK(run(*both.access("a", {}), call).rule() == "ns[a]-policy[al]-rule[0]");
  call.request.path = "/admin/users";
  const auto refused = run(*both.access("a", {}), call).decision;
  CHECK_FALSE(refused.allowed);
  CHECK(refused.status == 403);
  CHECK(refused.filter->action == Action::DENY);
  call.request.path = "/";
  call.identity = "spiffe://cluster.local/ns/shop/sa/y";
  const PolicyMesh mesh(allow);
  const auto access = mesh.access("a", {});
  const auto outcome = run(*access, call);
  CHECK_FALSE(outcome.decision.allowed);
  CHECK(outcome.decision.rule == nullptr);
  REQUIRE(outcome.considered.size() == 1);
  REQUIRE(outcome.considered[0].unmet != nullptr);
  CHECK(outcome.considered[0].unmet->field == "from[0].source.namespaces");
}

TEST_CASE("authorization: an empty spec refuses all, an empty rule matches all (AZ13)") {
  CHECK_FALSE(run(*PolicyMesh(policy("p", "{}")).access("a", {}), Call()).decision.allowed);
  CHECK(run(*PolicyMesh(policy("p", "{rules: [{}]}")).access("a", {}), Call()).decision.allowed);
}

TEST_CASE("authorization: the first match is the first by name, byte by byte (AZ12)") {
  std::string rules;
  for (int i = 0; i < 11; ++i) rules += i == 2 || i == 10 ? "{}, " : "{to: [{operation: {paths: [/no]}}]}, ";
  const PolicyMesh mesh(policy("p", "{action: DENY, rules: [" + rules + "]}"));
  CHECK(run(*mesh.access("a", {}), Call()).rule() == "ns[a]-policy[p]-rule[10]");
}

TEST_CASE("authorization: an HTTP field on a TCP chain widens DENY and voids ALLOW (AZ50)") {
  Call call;
  call.http = false;
  const PolicyMesh deny(policy("p", "{action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}"));
  CHECK_FALSE(run(*deny.access("a", {}), call).decision.allowed);
  const PolicyMesh allow(policy("p", "{rules: [{to: [{operation: {paths: [/a]}}]}]}"));
  const auto access = allow.access("a", {});
  CHECK_FALSE(run(*access, call).decision.allowed);
  CHECK(access->allow.front()->void_on_tcp == std::vector<std::size_t>{0});
  const PolicyMesh ports(policy("p", "{action: DENY, rules: [{to: [{operation: {methods: [GET], ports: ['9090']}}]}]}"));
  CHECK(run(*ports.access("a", {}), call).decision.allowed);
}

TEST_CASE("authorization: a dry run is told and does not refuse (AZ60)") {
  const PolicyMesh mesh(policy("p", "{action: DENY, rules: [{}]}", "a", "{istio.io/dry-run: 't'}"));
  const auto outcome = run(*mesh.access("a", {}), Call());
  CHECK(outcome.decision.allowed);
  REQUIRE(outcome.decision.dry_run_count == 1);
  CHECK_FALSE(outcome.decision.dry_runs[0].allowed);
}

TEST_CASE("authorization: CUSTOM asks its provider, and a bad provider refuses what it matches (AZ40-AZ44)") {
  const std::string service =
      "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: authz, namespace: a}\n"
      "spec: {hosts: [authz.mesh], ports: [{number: 9000, name: grpc, protocol: GRPC}], resolution: DNS}\n";
  const std::string config =
      "extensionProviders:\n- {name: open, envoyExtAuthzGrpc: {service: authz.mesh, port: 9000, failOpen: true}}\n"
      "- {name: closed, envoyExtAuthzHttp: {service: authz.mesh, port: 9000, statusOnError: '503'}}\n"
      "- {name: gone, envoyExtAuthzHttp: {service: gone.mesh, port: 9000}}\n";
  const auto custom = [](const std::string& provider) {
    return policy("c", "{action: CUSTOM, provider: {name: " + provider + "}, rules: [{to: [{operation: {paths: [/c]}}]}]}");
  };
  Call call;
  const PolicyMesh open(service + custom("open"), config), closed(service + custom("closed"), config),
      gone(service + custom("gone"), config), unknown(service + custom("nope"), config);
  const auto asked = [&](const PolicyMesh& mesh) { return run(*mesh.access("a", {}), call).decision; };
  CHECK(asked(gone).allowed);  // not matched
  call.request.path = "/c";
  CHECK(asked(open).asked_for->name == "istio-ext-authz-open-ns[a]-policy[c]-rule[0]");
  CHECK_FALSE(asked(gone).allowed);
  CHECK_FALSE(asked(unknown).allowed);
  CHECK(asked(closed).allowed);
  call.request.ext_authz = Request::ExtAuthz::error;
  CHECK(asked(open).allowed);
  CHECK(asked(closed).status == 503);
  call.http = false;
  CHECK(asked(closed).allowed);  // an HTTP provider is not asked about connections
  CHECK(asked(closed).asked == nullptr);
}
