// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "admission/common.hpp"
#include "text/document.hpp"

namespace meshroute::admission {
namespace {

using text::Node;

/// One JSON Web Key with what its type needs.
Problem key_problem(const Node& key) {
  const Node* type = key.is_object() ? key.find("kty") : nullptr;
  if (type == nullptr || !type->is_string()) return "a key has no kty";
  const auto lacks = [&](std::initializer_list<std::string_view> members) -> Problem {
    for (const std::string_view member : members) {
      const Node* value = key.find(member);
      if (value == nullptr || !value->is_string())
        return "a key of type " + std::string(type->text) + " has no " + std::string(member);
    }
    return {};
  };
  if (type->text == "RSA") return lacks({"n", "e"});
  if (type->text == "EC") return lacks({"crv", "x", "y"});
  if (type->text == "OKP") return lacks({"crv", "x"});
  if (type->text == "oct") return lacks({"k"});
  return "the key type " + quote(type->text) + " is unknown";
}

Problem key_set_problem(std::string_view jwks) {
  const text::Stream stream = text::read(jwks, "jwks", Format::json, Limits{});
  if (stream.documents.size() != 1 || !stream.documents.front().readable || !stream.documents.front().errors.empty() ||
      !stream.documents.front().root.is_object()) {
    return "jwks is no JSON object";
  }
  const Node& root = stream.documents.front().root;
  const Node* keys = root.find("keys");
  if (keys == nullptr) return key_problem(root);  // a key that stands alone
  if (keys->kind != text::Kind::list) return "keys is no list";
  for (const Node& key : keys->items) {
    if (Problem problem = key_problem(key); !problem.empty()) return problem;
  }
  return {};
}

Problem address_problem(std::string_view url) {
  const std::size_t end = url.find("://");
  const std::string scheme = lower(url.substr(0, end == std::string_view::npos ? 0 : end));
  if (scheme != "http" && scheme != "https") return "URI scheme " + quote(scheme) + " is not supported";
  return {};
}

bool has_empty(const std::vector<std::string>& values) { return std::find(values.begin(), values.end(), "") != values.end(); }

void check_rule(Walk& walk, const model::JWTRule& rule) {
  if (rule.issuer.empty() && rule.jwks_uri.empty()) {
    walk.error("RA0101", "issuer or jwksUri must be set", "name the issuer whose tokens this rule reads");
  }
  if (has_empty(rule.audiences)) walk.error("RA0102", "an audience must not be empty");
  if (!rule.jwks_uri.empty()) walk.check("RA0103", address_problem(rule.jwks_uri));
  if (!rule.jwks.empty()) walk.check("RA0104", key_set_problem(rule.jwks));
  for (const auto& location : rule.from_headers) {
    if (location.name.empty()) walk.error("RA0102", "the name of a header must not be empty");
  }
  if (has_empty(rule.from_params)) walk.error("RA0102", "the name of a parameter must not be empty");
  if (has_empty(rule.from_cookies)) walk.error("RA0102", "the name of a cookie must not be empty");
  for (const auto& output : rule.output_claim_to_headers) {
    if (output.claim.empty() || output.header.empty()) {
      walk.error("RA0102", "outputClaimToHeaders needs a header and a claim");
    } else if (!std::all_of(output.header.begin(), output.header.end(), [](char c) {
                 return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
               })) {
      walk.error("KX0115", "header name " + output.header + " is not a valid header name");
    }
  }
  if (rule.timeout) walk.check("KX0102", check_duration(*rule.timeout));
}

}  // namespace

void validate_request_authentication(Walk& walk, const model::RequestAuthentication& policy) {
  const int targets = (policy.selector ? 1 : 0) + (policy.target_ref ? 1 : 0) + (policy.target_refs.empty() ? 0 : 1);
  if (targets > 1) walk.error("KX0124", "only one of targetRefs or workloadSelector can be set");
  check_selector(walk, policy.selector);
  if (policy.target_ref) check_target_reference(walk, *policy.target_ref);
  for (const auto& reference : policy.target_refs) check_target_reference(walk, reference);
  for (std::size_t i = 0; i < policy.jwt_rules.size(); ++i) {
    const Walk::Step step(walk, "jwtRules", i);
    check_rule(walk, policy.jwt_rules[i]);
  }
}

}  // namespace meshroute::admission
