// SPDX-License-Identifier: Apache-2.0
// RequestAuthentication: decoded, checked by the schema of its CRD and by the webhook, and written back as it was.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "admission/webhook.hpp"
#include "schema/resource_reader.hpp"

namespace {

using namespace meshroute;

schema::ReadResource read(const std::string& spec, Format format = Format::yaml) {
  const std::string text = spec.front() == '{' ? spec
                                               : "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\n"
                                                 "metadata: {name: ra, namespace: a}\nspec:\n" +
                                                     spec;
  const auto stream = text::read(text, "test.yaml", format, Limits{});
  REQUIRE(stream.documents.size() == 1);
  return schema::read_resource(stream.documents[0]);
}

/// The rules of the schema, then those of the webhook, that refuse the spec.
std::vector<std::string> refused(const std::string& spec) {
  const auto result = read(spec);
  std::vector<std::string> rules;
  for (const auto& finding : result.findings) rules.emplace_back(finding.rule.text());
  for (const auto& finding : admission::validate(result.resource)) rules.emplace_back(finding.rule.text());
  return rules;
}

constexpr const char* kWhole =
    "  selector: {matchLabels: {app: web}}\n"
    "  jwtRules:\n"
    "  - issuer: https://issuer.example.com\n"
    "    audiences: [one, two]\n"
    "    jwks_uri: https://issuer.example.com/keys\n"
    "    fromHeaders: [{name: x-token, prefix: 'Token '}]\n"
    "    fromParams: [token]\n"
    "    fromCookies: [session]\n"
    "    outputPayloadToHeader: x-payload\n"
    "    outputClaimToHeaders: [{header: x-sub, claim: sub}]\n"
    "    forwardOriginalToken: true\n"
    "    timeout: 5s\n"
    "    spaceDelimitedClaims: [roles]\n";

}  // namespace

TEST_CASE("request authentication: every field is decoded, and written back") {
  const auto first = read(kWhole);
  REQUIRE(first.decode);
  CHECK(first.schema);
  CHECK(refused(kWhole).empty());
  const auto* spec = first.resource.as<model::RequestAuthentication>();
  REQUIRE(spec != nullptr);
  REQUIRE(spec->jwt_rules.size() == 1);
  const auto& rule = spec->jwt_rules.front();
  CHECK(rule.jwks_uri == "https://issuer.example.com/keys");  // the CRD knows jwks_uri beside jwksUri
  CHECK(rule.from_headers == std::vector<model::JWTHeader>{{"x-token", "Token "}});
  CHECK(rule.output_claim_to_headers == std::vector<model::ClaimToHeader>{{"x-sub", "sub"}});
  CHECK(rule.timeout == model::Duration{5, 0});
  CHECK(rule.forward_original_token);
  const auto second = read(schema::to_json(first.resource), Format::json);
  REQUIRE(second.resource.as<model::RequestAuthentication>() != nullptr);
  CHECK(*second.resource.as<model::RequestAuthentication>() == *spec);
}

TEST_CASE("request authentication: what the CRD refuses") {
  const auto has = [](const std::string& spec, const std::string& rule) {
    for (const auto& found : refused(spec)) {
      if (found == rule) return true;
    }
    return false;
  };
  CHECK(has("  jwtRules: [{issuer: a, jwks: '{\"keys\":[]}', jwksUri: 'https://a'}]\n", "SC0226"));
  CHECK(has("  jwtRules: [{issuer: a, jwksUri: 'ftp://a'}]\n", "SC0227"));
  CHECK(has("  jwtRules: [{issuer: ''}]\n", "SC0105"));
  CHECK(has("  jwtRules: [{issuer: a, outputClaimToHeaders: [{header: 'a b', claim: c}]}]\n", "SC0107"));
  CHECK(has("  jwtRules: [{issuer: a, fromHeaders: [{prefix: x}]}]\n", "SC0101"));
  CHECK(has("  selector: {}\n  targetRefs: [{kind: Service, name: a}]\n", "SC0213"));
}

TEST_CASE("request authentication: what the webhook refuses") {
  CHECK(refused("  jwtRules: [{audiences: [a]}]\n") == std::vector<std::string>{"RA0101"});
  CHECK(refused("  jwtRules: [{jwksUri: 'https://a'}]\n").empty());
  CHECK(refused("  jwtRules: [{issuer: a, jwks: 'no keys'}]\n") == std::vector<std::string>{"RA0104"});
  CHECK(refused("  jwtRules: [{issuer: a, jwks: '{\"keys\":[{\"kty\":\"oct\"}]}'}]\n") == std::vector<std::string>{"RA0104"});
  CHECK(refused("  jwtRules: [{issuer: a, jwks: '{\"keys\":[{\"kty\":\"RSA\",\"n\":\"eA\",\"e\":\"AQAB\"}]}'}]\n").empty());
  CHECK(refused("  jwtRules: [{issuer: a, jwks: '{\"keys\":[{\"kty\":\"oct\",\"k\":\"eA\"}]}'}]\n") ==
        std::vector<std::string>{"RA0105"});
}
