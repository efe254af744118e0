// SPDX-License-Identifier: Apache-2.0
// Every field of a source, an operation and a condition. Expectations are rules of src/spec/inbound.md.
#include "authorization/rbac.hpp"
#include "authorization_test.hpp"

using namespace meshroute;
using namespace meshroute::authorization;
using namespace meshroute::authorization::test;

namespace {

/// Whether a DENY rule of this text matches.
bool denies(const std::string& rule, const Call& call, const std::string& mesh_config = {}) {
  const PolicyMesh mesh(policy("p", "{action: DENY, rules: [" + rule + "]}"), mesh_config);
  return !run(*mesh.access("a", {}), call).decision.allowed;
}
bool source_is(const std::string& source, const Call& call, const std::string& mesh_config = {}) {
  return denies("{from: [{source: {" + source + "}}]}", call, mesh_config);
}
bool operation_is(const std::string& operation, const Call& call) {
  return denies("{to: [{operation: {" + operation + "}}]}", call);
}
bool when(const std::string& condition, const Call& call) { return denies("{when: [{" + condition + "}]}", call); }

Call from(const std::string& identity) {
  Call call;
  call.identity = identity;
  return call;
}
Call to(const std::string& path) {
  Call call;
  call.request.path = path;
  return call;
}

}  // namespace

TEST_CASE("authorization: principals, with and without a certificate (AZ30, AZ31)") {
  const Call named = from("spiffe://cluster.local/ns/x/sa/y"), nobody = from("");
  CHECK(source_is("principals: [cluster.local/ns/x/sa/y]", named));
  CHECK_FALSE(source_is("principals: ['spiffe://cluster.local/ns/x/sa/y']", named));
  CHECK(source_is("principals: ['*']", named));
  CHECK_FALSE(source_is("principals: ['*']", nobody));
  CHECK(source_is("principals: ['*/sa/y']", named));
  CHECK(source_is("principals: ['cluster.local/ns/x/*']", named));
  CHECK_FALSE(source_is("principals: ['cluster.local/*/sa/y']", named));  // a `*` elsewhere is itself
  CHECK(source_is("notPrincipals: ['*']", nobody));
}

TEST_CASE("authorization: namespaces, service accounts, trust domains (AZ32)") {
  CHECK(source_is("namespaces: [x]", from("spiffe://cluster.local/ns/x/sa/y")));
  CHECK_FALSE(source_is("namespaces: [x]", from("spiffe://cluster.local/ns/xx/sa/y")));
  CHECK(source_is("namespaces: ['x*']", from("spiffe://cluster.local/ns/xx/sa/y")));
  CHECK(source_is("namespaces: ['*-1']", from("spiffe://cluster.local/ns/x-1/sa/y")));
  CHECK(source_is("namespaces: ['a*c']", from("spiffe://cluster.local/ns/abc/sa/y")));
  CHECK_FALSE(source_is("namespaces: ['*']", from("spiffe://cluster.local/x")));
  CHECK(source_is("serviceAccounts: [x/y]", from("spiffe://cluster.local/ns/x/sa/y")));
  CHECK(source_is("serviceAccounts: [x/y]", from("spiffe://cluster.local/ns/x/extra/sa/y/more")));
  CHECK_FALSE(source_is("serviceAccounts: [x/y]", from("spiffe://cluster.local/ns/x/sa/y-2")));
  CHECK(source_is("serviceAccounts: ['y']", from("spiffe://cluster.local/ns/a/sa/y")));  // of the policy's namespace
  CHECK_FALSE(source_is("serviceAccounts: ['y']", from("spiffe://cluster.local/ns/x/sa/y")));
  CHECK(source_is("trustDomains: ['cluster*']", from("spiffe://cluster.local/ns/x/sa/y")));
  CHECK_FALSE(source_is("trustDomains: ['cluster*']", from("spiffe://other/cluster/ns/x/sa/y")));
  CHECK(source_is("notTrustDomains: [cluster.local]", from("")));
}

TEST_CASE("authorization: trust domain aliases (AZ33)") {
  const std::string config = "{trustDomain: td1, trustDomainAliases: [td2]}";
  for (const char* value : {"td1", "td2", "cluster.local"}) {
    CAPTURE(value);
    CHECK(source_is("principals: [" + std::string(value) + "/ns/x/sa/y]", from("spiffe://td2/ns/x/sa/y"), config));
  }
  CHECK_FALSE(source_is("principals: ['td1/ns/*']", from("spiffe://td2/ns/x/sa/y"), config));
  CHECK(source_is("principals: ['*d1/ns/x/sa/y']", from("spiffe://td2/ns/x/sa/y"), config));
  CHECK(source_is("trustDomains: [td2]", from("spiffe://td1/ns/x/sa/y"), config));
  CHECK_FALSE(source_is("trustDomains: [cluster.local]", from("spiffe://td1/ns/x/sa/y"), config));
}

TEST_CASE("authorization: the trust domains of `when` are written once more for each further source (AZ33)") {
  const auto names = [](const char* rule) {
    const PolicyMesh mesh(policy("p", std::string("{rules: [") + rule + "]}"), "{trustDomainAliases: [old]}");
    const std::string text = filters_json(mesh.access("a", {})->http, true).dump();
    std::size_t count = 0;
    for (auto at = text.find("spiffe://old/ns/x/sa/y"); at != std::string::npos; at = text.find("spiffe://old/ns/x/sa/y", at + 1))
      ++count;
    return count;
  };
  const std::string when = "when: [{key: source.principal, values: [cluster.local/ns/x/sa/y]}]";
  CHECK(names(("{" + when + "}").c_str()) == 1);
  CHECK(names(("{from: [{source: {namespaces: [b]}}], " + when + "}").c_str()) == 1);
  CHECK(names(("{from: [{source: {namespaces: [b]}}, {source: {namespaces: [c]}}], " + when + "}").c_str()) == 4);  // 2 in each
  std::string many = "{from: [";
  for (int i = 0; i < 40; ++i) many += "{source: {namespaces: [b]}}, ";
  CHECK(names((many + "{source: {namespaces: [c]}}], " + when + "}").c_str()) <= 41 * 4096);  // it would double each time
}

TEST_CASE("authorization: addresses (AZ34)") {
  Call call;
  call.source = "10.99.0.9";
  call.remote = "192.0.2.7";
  CHECK(source_is("ipBlocks: [10.99.0.7/24]", call));  // host bits are ignored
  CHECK_FALSE(source_is("ipBlocks: [192.0.2.0/24]", call));
  CHECK(source_is("remoteIpBlocks: [192.0.2.0/24]", call));
  CHECK_FALSE(source_is("ipBlocks: ['2001:db8::/32']", call));
  CHECK(when("key: destination.ip, values: [10.0.0.0/8]", call));
}

TEST_CASE("authorization: operations (AZ20-AZ26)") {
  CHECK(operation_is("paths: [/a]", to("/./a?q=1")));
  CHECK_FALSE(operation_is("paths: [/a]", to("/a/")));
  CHECK(operation_is("paths: ['*/info.txt']", to("/x/info.txt")));
  CHECK(operation_is("paths: ['/a/{*}']", to("/a/b")));
  CHECK_FALSE(operation_is("paths: ['/a/{*}']", to("/a/b/c")));
  CHECK_FALSE(operation_is("paths: ['/a/{*}']", to("/a/")));
  CHECK(operation_is("paths: ['/a/{**}']", to("/a/b/c")));
  CHECK(operation_is("paths: ['/a/{**}']", to("/a/")));
  CHECK(operation_is("paths: ['/{*}/b/{**}']", to("/a/b/c/d")));
  CHECK(operation_is("notPaths: [/b]", to("/a")));
  CHECK(operation_is("methods: ['G*']", to("/")));
  CHECK_FALSE(operation_is("methods: [get]", to("/")));
  Call call;
  call.request.host = "A.example.com";
  CHECK(operation_is("hosts: [a.EXAMPLE.com]", call));
  call.request.host = "a.example.com:8080";
  CHECK_FALSE(operation_is("hosts: [a.example.com]", call));
  CHECK(operation_is("hosts: ['a.example.com:*']", call));
  CHECK(operation_is("ports: ['8080']", call));
  CHECK(operation_is("notPorts: ['80']", call));
}

TEST_CASE("authorization: values and notValues are both needed (AZ14)") {
  CHECK(when("key: source.namespace, values: ['x*'], notValues: [xy]", from("spiffe://cluster.local/ns/x/sa/y")));
  CHECK_FALSE(when("key: source.namespace, values: ['x*'], notValues: [xy]", from("spiffe://cluster.local/ns/xy/sa/y")));
}

TEST_CASE("authorization: headers, server name, filters that are not there (AZ36, AZ37)") {
  Call call;
  CHECK_FALSE(when("key: 'request.headers[x-abc]', values: ['*']", call));
  CHECK(when("key: 'request.headers[x-abc]', notValues: [v]", call));
  call.request.headers = {{"X-Abc", "pear"}};
  CHECK(when("key: 'request.headers[X-ABC]', values: ['p*']", call));
  CHECK(when("key: 'request.headers[host]', values: [app]", call));
  CHECK_FALSE(when("key: connection.sni, values: ['*']", call));
  call.sni = "app.a.mesh";
  CHECK(when("key: connection.sni, values: ['*.a.mesh']", call));
  CHECK_FALSE(when("key: 'experimental.envoy.filters.x[k]', values: [v]", call));
  CHECK(when("key: 'experimental.envoy.filters.x[k]', notValues: [v]", call));
}

TEST_CASE("authorization: among many rules the index finds the one that the walk finds") {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    switch (i % 6) {
      case 0:
        rules += "{from: [{source: {principals: [cluster.local/ns/n" + n + "/sa/y]}}]},\n";
        break;
      case 1:
        rules += "{to: [{operation: {paths: [/p" + n + "]}}]},\n";
        break;
      case 2:
        rules += "{to: [{operation: {paths: ['/p" + n + "/*']}}]},\n";
        break;
      case 3:
        rules += "{from: [{source: {namespaces: [m" + n + "]}}], to: [{operation: {methods: [GET]}}]},\n";
        break;
      case 4:
        rules += "{from: [{source: {serviceAccounts: [k/s" + n + "]}}]},\n";
        break;
      default:
        rules += "{when: [{key: 'request.headers[x-n]', values: ['" + n + "']}]},\n";
    }
  }
  const PolicyMesh mesh(policy("p", "{rules: [" + rules + "]}"));
  const auto access = mesh.access("a", {});
  const auto rule = [&](const Call& call) { return run(*access, call).rule(); };
  const auto named = [](int i) { return "ns[a]-policy[p]-rule[" + std::to_string(i) + "]"; };
  CHECK(rule(from("spiffe://cluster.local/ns/n240/sa/y")) == named(240));
  CHECK(rule(from("spiffe://cluster.local/ns/m9/sa/y")) == named(9));
  CHECK(rule(from("spiffe://cluster.local/ns/k/sa/s10")) == named(10));
  CHECK(rule(from("spiffe://cluster.local/ns/k/extra/sa/s10")) == named(10));
  CHECK(rule(to("/p7")) == named(7));
  CHECK(rule(to("/p8/deep")) == named(8));
  Call header;
  header.request.headers = {{"x-n", "11"}};
  CHECK(rule(header) == named(11));
  Call both = from("spiffe://cluster.local/ns/m9/sa/y");
  both.request.path = "/p295";
  CHECK(rule(both) == named(295));  // "rule[295]" comes before "rule[9]"
  CHECK(rule(Call()).empty());
}
