// SPDX-License-Identifier: Apache-2.0
// RequestAuthentication. Expectations are rules of src/spec/inbound.md.
#include "authorization_test.hpp"

using namespace meshroute;
using namespace meshroute::authorization;
using namespace meshroute::authorization::test;

namespace {

std::string authentication(const std::string& rules) {
  return "---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: ra, namespace: a}\nspec: "
         "{jwtRules: [" +
         rules + "]}\n";
}
// A key set with the key of tests of issuer-a.
constexpr const char* kRule =
    "{issuer: issuer-a, jwks: '{\"keys\":[{\"kty\":\"oct\",\"k\":\"bWVzaHJvdXRlIHRlc3Qga2V5IG9mIGlzc3Vlci1h\"}]}'}";

Call with(const std::string& jwt) {
  Call call;
  call.request.jwt = jwt;
  return call;
}
std::string problem(const std::string& rules, const Call& call) {
  const PolicyMesh mesh(authentication(rules));
  const auto decision = run(*mesh.access("a", {}), call).decision;
  CHECK(decision.allowed == (decision.tokens.problem == TokenProblem::none));
  return std::string(text_of(decision.tokens.problem));
}

}  // namespace

TEST_CASE("tokens: a missing one is fine, a bad one is refused (RA2, RA14)") {
  CHECK(problem(kRule, Call()).empty());
  CHECK(problem(kRule, with(R"({"iss":"issuer-a","sub":"s"})")).empty());
  CHECK(problem(kRule, with("invalid")) == "Jwt verification fails");
  CHECK(problem(kRule, with("junk")) == "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections");
  CHECK(problem(kRule, with(R"({"iss":"issuer-b","sub":"s"})")) == "Jwt issuer is not configured");
  CHECK(problem(kRule, with(R"({"iss":"issuer-a","exp":1})")) == "Jwt is expired");
  CHECK(problem(kRule, with(R"({"iss":"issuer-a","nbf":99999999999})")) == "Jwt not yet valid");
  CHECK(problem(kRule, with(R"({"iss":"issuer-a","aud":7})")) == "Jwt payload [aud] field is not a string or string list");
}

TEST_CASE("tokens: an audience that is not allowed is refused with 403 (RA14, RA15)") {
  const PolicyMesh mesh(authentication("{issuer: i, audiences: ['https://one/']}"));
  const auto access = mesh.access("a", {});
  const auto decision = run(*access, with(R"({"iss":"i","aud":["two"]})")).decision;
  CHECK(decision.status == 403);
  CHECK(run(*access, with(R"({"iss":"i","aud":"http://one"})")).decision.allowed);
  CHECK(run(*access, with("junk")).decision.status == 401);
}

TEST_CASE("tokens: real keys are not asked, the request is believed") {
  const std::string rule = "{issuer: i, jwksUri: 'https://i/keys'}";
  CHECK(problem(rule, with(R"({"iss":"i"})")).empty());
  Call forged;
  forged.request.tokens.push_back({R"({"iss":"i"})", "nobody", {}, "authorization", "Bearer ", {}, {}});
  CHECK(problem(rule, forged) == "Jwt verification fails");
}

TEST_CASE("tokens: places; what is found is taken out, claims are put in (RA10, RA20)") {
  const std::string rule =
      "{issuer: i, fromHeaders: [{name: x-t, prefix: 'T '}], fromParams: [t], fromCookies: [c], outputClaimToHeaders: "
      "[{header: x-sub, claim: sub}]}";
  const std::string policies =
      policy("h", "{action: DENY, rules: [{when: [{key: 'request.headers[x-t]', values: ['*']}]}]}") +
      policy("s", "{action: DENY, rules: [{when: [{key: 'request.headers[x-sub]', values: [me]}]}]}") +
      policy("q", "{action: DENY, rules: [{when: [{key: 'request.headers[:path]', values: ['*t=*', '/?t*']}]}]}");
  const PolicyMesh mesh(authentication(rule) + policies);
  const auto access = mesh.access("a", {});
  Call call;
  call.request.headers = {{"X-Sub", "me"}};
  CHECK(run(*access, call).decision.allowed);  // replaced, also without a token
  for (const int place : {0, 1, 2}) {
    CAPTURE(place);
    RequestToken token;
    token.claims = R"({"iss":"i","sub":"me"})";
    if (place == 0) token.header = "x-t", token.prefix = "T ";
    if (place == 1) token.param = "t";
    if (place == 2) token.cookie = "c";
    call.request.tokens = {token};
    CHECK(run(*access, call).rule() == "ns[a]-policy[s]-rule[0]");
  }
}

TEST_CASE("tokens: request principals and claims (RA21, RA22)") {
  const auto matches = [](const std::string& condition, const std::string& claims) {
    const PolicyMesh mesh(authentication("{issuer: i, spaceDelimitedClaims: [roles]}") +
                          policy("p", "{action: DENY, rules: [{" + condition + "}]}"));
    return !run(*mesh.access("a", {}), with(claims)).decision.allowed;
  };
  const auto principal = [&](const std::string& value, const std::string& claims) {
    return matches("from: [{source: {requestPrincipals: ['" + value + "']}}]", claims);
  };
  const std::string token = R"({"iss":"i","sub":"me","roles":"a b","g":["x","yy"],"o":{"u":"v"},"n":7})";
  CHECK(principal("i/me", token));
  CHECK(principal("*", token));
  CHECK_FALSE(principal("*", R"({"iss":"i"})"));
  CHECK(principal("i/*", token));
  CHECK(principal("i/m*", token));
  CHECK(principal("*/me", token));
  CHECK_FALSE(principal("i", token));  // an issuer with an empty subject
  CHECK(principal("*e", token));
  const auto claim = [&](const std::string& key, const std::string& value) {
    return matches("when: [{key: '" + key + "', values: ['" + value + "']}]", token);
  };
  CHECK(claim("request.auth.claims[roles]", "b"));
  CHECK_FALSE(claim("request.auth.claims[roles]", "a b"));
  CHECK(claim("request.auth.claims[g]", "y*"));
  CHECK(claim("request.auth.claims[o][u]", "v"));
  CHECK_FALSE(claim("request.auth.claims[n]", "7"));  // only texts match
}

TEST_CASE("tokens: with several rules one good token is enough (RA12)") {
  const std::string rules = "{issuer: a, fromHeaders: [{name: x-a}]}, {issuer: b, fromHeaders: [{name: x-b}]}";
  const auto token = [](const std::string& issuer, const std::string& header, const std::string& key = {}) {
    return RequestToken{"{\"iss\":\"" + issuer + "\",\"sub\":\"s\"}", key, {}, header, {}, {}, {}};
  };
  Call call;
  call.request.tokens = {token("a", "x-a"), token("b", "x-b", "nobody")};
  CHECK(problem(rules, call).empty());
  call.request.tokens = {token("a", "x-a", "nobody"), token("b", "x-b")};
  CHECK(problem(rules, call).empty());
  call.request.tokens = {token("b", "x-b", "nobody")};
  CHECK(problem(rules, call) == "Jwt verification fails");
}

TEST_CASE("tokens: a preflight is not read (RA3)") {
  Call call = with("junk");
  call.request.method = "OPTIONS";
  call.request.headers = {{"origin", "http://o"}, {"access-control-request-method", "GET"}};
  CHECK(problem(kRule, call).empty());
}
