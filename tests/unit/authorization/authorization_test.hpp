#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the tests of access policies share: resources from YAML, and requests as a proxy reads them.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "authorization/decide.hpp"
#include "routes/reuse.hpp"
#include "schema/resource_reader.hpp"

namespace meshroute::authorization::test {

/// A mesh of these documents.
struct PolicyMesh {
  std::shared_ptr<const registry::Snapshot> snapshot;

  explicit PolicyMesh(const std::string& yaml, const std::string& mesh_config = {}) {
    registry::Settings settings;
    std::string error;
    REQUIRE(registry::read_settings(mesh_config, {}, {}, settings, error));
    std::vector<registry::ResourcePtr> resources;
    const auto stream = text::read(yaml, "test.yaml", Format::yaml, Limits{});
    for (const auto& document : stream.documents) {
      auto result = schema::read_resource(document);
      REQUIRE(result.decode);
      resources.push_back(std::make_shared<const Resource>(std::move(result.resource)));
    }
    snapshot = registry::build(std::move(settings), resources);
  }
  std::shared_ptr<const Access> access(const std::string& namespace_, const Labels& labels) const {
    return Policies::of(*snapshot->base)->access({namespace_, &labels});
  }
};

inline std::string policy(const std::string& name, const std::string& spec, const std::string& namespace_ = "a",
                          const std::string& annotations = "{}") {
  return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: " + name +
         ", namespace: " + namespace_ + ", annotations: " + annotations + "}\nspec: " + spec + "\n";
}

/// A caller and what it sends to port 8080.
struct Call {
  std::string identity = "spiffe://cluster.local/ns/x/sa/y";
  std::string source = "10.0.0.9", remote = {}, sni = {};
  std::uint32_t port = 8080;
  bool http = true;
  Request request = {};

  Call() { request.host = "app"; }
};

/// What becomes of it, and what was looked at.
struct Outcome {
  Decision decision;
  std::vector<Considered> considered;
  std::string rule() const { return decision.rule == nullptr ? std::string() : decision.rule->name; }
};

inline Outcome run(const Access& access, const Call& call) {
  Outcome outcome;
  const routes::Scratch scratch;
  routes::Asked asked(const_cast<routes::Scratch&>(scratch).memory());
  const Request request = with_tokens(call.request);
  const auto source = match::parse_ip(call.source), remote = match::parse_ip(call.remote.empty() ? call.source : call.remote),
             destination = match::parse_ip("10.0.0.1");
  Attributes attributes;
  attributes.identity = call.identity;
  attributes.server_name = call.sni;
  attributes.source = &*source;
  attributes.remote = &*remote;
  attributes.destination = &*destination;
  attributes.port = call.port;
  if (call.http) {
    Answer answer;
    REQUIRE(routes::read_request(request, false, {}, asked, answer));
    attributes.request = &asked;
  }
  decide(call.http ? access.http : access.tcp, access.token_rules, request, call.http ? &asked : nullptr, attributes,
         outcome.decision, &outcome.considered);
  // The index and the walk agree on every filter.
  for (const Filter& filter : call.http ? access.http : access.tcp) {
    for (const auto* rules : {filter.rules.get(), filter.shadow_rules.get()}) {
      if (rules != nullptr) CHECK(rules->first_match(attributes) == rules->walk(attributes));
    }
  }
  return outcome;
}

}  // namespace meshroute::authorization::test
