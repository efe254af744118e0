// SPDX-License-Identifier: Apache-2.0
// Routes by the claims of tokens, and access policies, at a gateway. Expected values: Istio's control plane and a real
// Envoy 1.40.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "meshroute/meshroute.hpp"

namespace {

using meshroute::Answer;
using meshroute::Proxy;
using meshroute::Request;

constexpr const char* kMesh = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}
  - {port: {number: 81, name: redirect, protocol: HTTP}, hosts: ['*'], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ['*'], tls: {mode: ISTIO_MUTUAL}}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ['*']}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: web, namespace: web}
spec:
  hosts: [web.mesh]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: web}
spec:
  hosts: [web.example.com]
  gateways: [istio-system/public]
  tcp: [{match: [{port: 9000}], route: [{destination: {host: web.mesh}}]}]
  http:
  - match:
    - MATCH
    route: [{destination: {host: web.mesh}}]
---
)";

constexpr const char* kTokens = R"(
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: istio-system}
spec:
  jwtRules:
  - issuer: issuer-a
    jwks: '{"keys":[{"kty":"oct","alg":"HS256","k":"bWVzaHJvdXRlIHRlc3Qga2V5IG9mIGlzc3Vlci1h"}]}'
    outputClaimToHeaders: [{header: x-sub, claim: sub}, {header: x-deep, claim: nested.deep.key}, {header: x-none, claim: absent}]
---
)";

meshroute::View view_of(const std::string& match, const std::string& more = kTokens) {
  std::string text = kMesh;
  text.replace(text.find("MATCH"), 5, match);
  meshroute::Mesh mesh;
  const auto report = mesh.load(text + more);
  REQUIRE_MESSAGE(report.errors() == 0, report.to_json());
  Proxy proxy;
  proxy.type = Proxy::Type::router;
  proxy.id = "ingress.istio-system";
  proxy.namespace_ = "istio-system";
  proxy.labels = {{"istio", "ingress"}};
  proxy.ip = "10.9.0.1";
  return mesh.snapshot().view(proxy);
}

Request request_of(const std::string& token = "") {
  Request request;
  request.address = "10.9.0.1";
  request.port = 80;
  request.host = "web.example.com";
  request.jwt = token;
  return request;
}

/// "routed", "no route", or the status that Envoy answers.
std::string told(const Answer& answer) {
  if (answer.outcome == "denied") return answer.response ? std::to_string(answer.response->status) : "closed";
  return answer.error.empty() ? answer.outcome : answer.error;
}

constexpr const char* kNested = R"({"iss":"issuer-a","sub":"sub-1","nested":{"key":"A","deep":{"key":"C"}}})";

}  // namespace

TEST_CASE("gateway: routes by the claims of a token") {
  struct Case {
    const char *match, *token, *want;
  };
  const std::vector<Case> cases{
      // one claim, nested claims, by dots and by brackets
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.sub': {prefix: sub}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.sub': {exact: other}}", kNested, "no route"},
      {"headers: {'@request.auth.claims.nested.key': {exact: A}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.nested.deep.key': {exact: C}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.nested': {exact: A}}", kNested, "no route"},
      {"headers: {'@request.auth.claims[sub]': {exact: sub-1}}", kNested, "routed"},
      {"headers: {'@request.auth.claims[nested][key]': {exact: A}}", kNested, "routed"},
      {"headers: {'@request.auth.claims[nested][deep][key]': {prefix: C}}", kNested, "routed"},
      {"headers: {'@request.auth.claims[nested][key]': {exact: B}}", kNested, "no route"},
      {"headers: {'@Request.Auth.Claims.sub': {exact: sub-1}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.Sub': {exact: sub-1}}", kNested, "no route"},
      // a regular expression takes the whole value
      {"headers: {'@request.auth.claims.sub': {regex: 'sub-[12]'}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.sub': {regex: 'sub'}}", kNested, "no route"},
      {R"(headers: {'@request.auth.claims.sub': {regex: '(\W|^)(sub-1|sub-2)(\W|$)'}})", kNested, "routed"},
      // names with slashes and dots, which only brackets can ask for
      {"headers: {'@request.auth.claims[issuer-a/simple]': {exact: C}}", R"({"iss":"issuer-a","issuer-a/simple":"C"})", "routed"},
      {"headers: {'@request.auth.claims[a.b][c]': {exact: d}}", R"({"iss":"issuer-a","a.b":{"c":"d"}})", "routed"},
      {"headers: {'@request.auth.claims.a.b': {exact: d}}", R"({"iss":"issuer-a","a.b":"d"})", "no route"},
      // lists, and claims that are split at blanks
      {"headers: {'@request.auth.claims.groups': {exact: b}}", R"({"iss":"issuer-a","groups":["a","b"]})", "routed"},
      {"headers: {'@request.auth.claims.groups': {prefix: x}}", R"({"iss":"issuer-a","groups":["a","b"]})", "no route"},
      {"headers: {'@request.auth.claims.o.p': {exact: v}}", R"({"iss":"issuer-a","o":[{"p":"v"}]})", "no route"},
      {"headers: {'@request.auth.claims.scope': {exact: read}}", R"({"iss":"issuer-a","scope":"write read"})", "routed"},
      {"headers: {'@request.auth.claims.groups': {exact: b}}", R"({"iss":"issuer-a","groups":"a b"})", "no route"},
      // what is no text matches nothing
      {"headers: {'@request.auth.claims.n': {prefix: '1'}}", R"({"iss":"issuer-a","n":1})", "no route"},
      {"headers: {'@request.auth.claims.t': {exact: 'true'}}", R"({"iss":"issuer-a","t":true})", "no route"},
      // several, and the absence of some
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}, '@request.auth.claims.nested.key': {exact: A}}", kNested, "routed"},
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}, '@request.auth.claims.nested.key': {exact: B}}", kNested,
       "no route"},
      {"withoutHeaders: {'@request.auth.claims.nested.key': {exact: B}}", kNested, "routed"},
      {"withoutHeaders: {'@request.auth.claims.nested.key': {exact: A}}", kNested, "no route"},
      {"withoutHeaders: {'@request.auth.claims.nested.key': {exact: A}}", "", "routed"},
      {"withoutHeaders: {'@request.auth.claims[groups]': {exact: b}}", R"({"iss":"issuer-a","groups":["a","b"]})", "no route"},
      {"{headers: {'@request.auth.claims.sub': {prefix: sub}}, withoutHeaders: {'@request.auth.claims.nested.key': {regex: "
       "'B.*'}}}",
       kNested, "routed"},
      // no token, one of another issuer, and one that is not good
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}}", "", "no route"},
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}}", R"({"iss":"issuer-b","sub":"sub-1"})", "401"},
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}}", R"({"iss":"issuer-a","sub":"sub-1","exp":1000})", "401"},
      {"headers: {'@request.auth.claims.sub': {exact: sub-1}}", "a.b", "401"},
      // claims in headers that the check of tokens writes
      {"headers: {x-sub: {exact: sub-1}}", kNested, "routed"},
      {"headers: {x-deep: {exact: C}}", kNested, "routed"},
      {"headers: {x-sub: {exact: sub-1}}", "", "no route"},
  };
  for (const Case& each : cases) {
    INFO(each.match << " with " << each.token);
    CHECK(told(view_of(each.match).resolve(request_of(each.token))) == each.want);
  }
}

TEST_CASE("gateway: claims count only under a RequestAuthentication that selects the gateway") {
  const char* match = "headers: {'@request.auth.claims.sub': {exact: sub-1}}";
  CHECK(told(view_of(match, "").resolve(request_of(kNested))) == "no route");
  std::string elsewhere = kTokens;
  elsewhere.replace(elsewhere.find("namespace: istio-system"), 23, "namespace: web");
  CHECK(told(view_of(match, elsewhere).resolve(request_of(kNested))) == "no route");
  std::string selector = kTokens;
  selector.replace(selector.find("spec:"), 5, "spec:\n  selector: {matchLabels: {istio: egress}}");
  CHECK(told(view_of(match, selector).resolve(request_of(kNested))) == "no route");
  selector.replace(selector.find("egress"), 6, "ingress");
  CHECK(told(view_of(match, selector).resolve(request_of(kNested))) == "routed");

  Request spoofed = request_of();  // a header of the claim's name is not a claim
  spoofed.headers = {{"@request.auth.claims.sub", "sub-1"}, {"request.auth.claims.sub", "sub-1"}};
  CHECK(told(view_of(match).resolve(spoofed)) != "routed");
}

TEST_CASE("gateway: without a token the route is chosen by the headers as they came") {
  Request spoofed = request_of();
  spoofed.headers = {{"x-sub", "evil"}};
  const Answer answer = view_of("headers: {x-sub: {exact: evil}}").resolve(spoofed);
  CHECK(told(answer) == "routed");
  REQUIRE(answer.upstream_request);
  CHECK(answer.upstream_request->headers_removed == std::vector<std::string>{"x-sub"});
  spoofed.jwt = kNested;
  CHECK(told(view_of("headers: {x-sub: {exact: evil}}").resolve(spoofed)) == "no route");
  CHECK(told(view_of("headers: {x-sub: {exact: sub-1}}").resolve(spoofed)) == "routed");
  // A good token is taken out of the request before it is routed.
  CHECK(told(view_of("headers: {authorization: {regex: '.*'}}").resolve(request_of(kNested))) == "no route");
}

TEST_CASE("gateway: a token that is refused") {
  Request request = request_of("a.b");
  request.path = "/x?y=z";
  const Answer answer = view_of("uri: {prefix: /}").resolve(request, {.trace = true});
  CHECK(answer.outcome == "denied");
  CHECK(answer.error == "denied");
  CHECK(answer.failure_percent == 100);
  CHECK(answer.route_config == "http.80");
  CHECK(answer.virtual_host.empty());
  REQUIRE(answer.response);
  CHECK(answer.response->status == 401);
  CHECK(answer.response->flags.empty());
  std::string realm;
  for (const auto& [name, values] : answer.response->headers) {
    if (name == "www-authenticate") realm = values.front();
  }
  CHECK(realm == R"(Bearer realm="http://web.example.com/x?y=z", error="invalid_token")");
  REQUIRE_FALSE(answer.because.empty());
  CHECK(answer.because.front().code == "token_refused");
  CHECK_FALSE(answer.upstream_request);
}

namespace {

std::string policy(const std::string& spec) {
  return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: istio-system}\nspec: " +
         spec + "\n---\n";
}

}  // namespace

TEST_CASE("gateway: access policies that select it come before its routes") {
  const auto ask = [](const std::string& spec, Request request) {
    return view_of("uri: {prefix: /}", policy(spec)).resolve(request, {.trace = true});
  };
  Request request = request_of();
  request.source_ip = "10.1.1.1";
  CHECK(told(ask("{action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}", request)) == "routed");
  request.path = "/admin";
  const Answer refused = ask("{action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}", request);
  CHECK(told(refused) == "403");
  REQUIRE_FALSE(refused.because.empty());
  CHECK(refused.because.front().code == "rule_refused");
  CHECK(refused.because.front().resource == "AuthorizationPolicy istio-system/p");
  CHECK(told(ask("{action: DENY, selector: {matchLabels: {istio: egress}}, rules: [{}]}", request)) == "routed");
  CHECK(told(ask("{rules: [{from: [{source: {ipBlocks: [10.1.0.0/16]}}]}]}", request)) == "routed");
  CHECK(told(ask("{rules: [{from: [{source: {ipBlocks: [10.2.0.0/16]}}]}]}", request)) == "403");
  CHECK(told(ask("{rules: [{to: [{operation: {ports: ['80']}}]}]}", request)) == "routed");
  CHECK(told(ask("{rules: [{to: [{operation: {hosts: [web.example.com]}}]}]}", request)) == "routed");
  CHECK(told(ask("{}", request)) == "403");

  Request elsewhere = request;  // 403 comes before 404, and before a redirect to https
  elsewhere.host = "unknown.example.com";
  CHECK(told(ask("{}", elsewhere)) == "403");
  elsewhere = request;
  elsewhere.port = 81;
  CHECK(told(ask("{}", elsewhere)) == "403");
  CHECK(told(ask("{rules: [{}]}", elsewhere)) == "redirect");

  // The client's address is the connection's, whatever X-Forwarded-For says, unless proxies before the gateway are trusted.
  Request forwarded = request;
  forwarded.headers = {{"x-forwarded-for", "10.7.7.7"}};
  CHECK(told(ask("{rules: [{from: [{source: {remoteIpBlocks: [10.1.1.1]}}]}]}", forwarded)) == "routed");
  CHECK(told(ask("{rules: [{from: [{source: {remoteIpBlocks: [10.7.7.7]}}]}]}", forwarded)) == "403");

  Request grpc = request;
  grpc.method = "POST";
  grpc.headers = {{"content-type", "application/grpc"}};
  const Answer answer = ask("{}", grpc);
  REQUIRE(answer.response);
  CHECK(answer.response->status == 200);
  CHECK(answer.grpc_status == 7u);
}

TEST_CASE("gateway: access policies see the identity of a client's certificate, and close TCP connections") {
  const std::string rule = "{rules: [{from: [{source: {namespaces: [shop]}}]}]}";
  Request request = request_of();
  request.port = 443;
  request.tls = true;
  request.client_cert = true;
  request.identity = "spiffe://cluster.local/ns/shop/sa/web";
  CHECK(told(view_of("uri: {prefix: /}", policy(rule)).resolve(request)) == "routed");
  request.identity = "spiffe://cluster.local/ns/other/sa/web";
  CHECK(told(view_of("uri: {prefix: /}", policy(rule)).resolve(request)) == "403");
  Request plain = request_of();
  CHECK(told(view_of("uri: {prefix: /}", policy(rule)).resolve(plain)) == "403");

  Request tcp = request_of();
  tcp.port = 9000;
  tcp.protocol = "tcp";
  CHECK(told(view_of("uri: {prefix: /}", "").resolve(tcp)) == "routed");
  const Answer closed = view_of("uri: {prefix: /}", policy("{action: DENY, rules: [{to: [{operation: {ports: ['9000']}}]}]}"))
                            .resolve(tcp, {.trace = true});
  CHECK(told(closed) == "closed");
  CHECK(closed.failure_percent == 100);
  REQUIRE_FALSE(closed.because.empty());
  CHECK(closed.because.front().code == "rule_refused");
}

TEST_CASE("gateway: its view shows the policies that apply to it") {
  const std::string json = view_of("uri: {prefix: /}", kTokens + policy("{action: DENY, rules: [{}]}")).to_json();
  CHECK(json.find("\"istio-system/p\"") != std::string::npos);
  CHECK(json.find("\"istio-system/tokens\"") != std::string::npos);
}
