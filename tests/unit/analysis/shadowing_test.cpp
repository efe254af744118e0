// SPDX-License-Identifier: Apache-2.0
// Rules that no request reaches.
#include "analysis_test.hpp"

using namespace analysis_test;

namespace {

/// The rules' findings for http rules with these matches, in order; an empty one has no match.
std::vector<meshroute::Diagnostic> shadowed(const std::vector<std::string>& matches, const std::string& rule = "AN0401") {
  std::string rules;
  for (const auto& match : matches) {
    rules += std::string(rules.empty() ? "" : ", ") + "{" + (match.empty() ? "" : "match: [" + match + "], ") +
             "route: [{destination: {host: api.example.com}}]}";
  }
  return of(analyze(entry("api", "shop") +
                    document("VirtualService", "name: api, namespace: shop", "hosts: [api.example.com], http: [" + rules + "]")),
            rule);
}

}  // namespace

TEST_CASE("AN0401: an earlier rule takes it all") {
  const auto found = shadowed({"{uri: {prefix: /}}", "{uri: {exact: /b}}"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[1]");
  CHECK(has(found[0].message, "the earlier rule spec.http[0] matches the same requests"));
  REQUIRE(found[0].related.size() == 1);
  CHECK(found[0].related[0].message == "this rule comes first");
  CHECK(shadowed({"{uri: {prefix: /b}}", ""}).empty());
  CHECK(shadowed({"", "{uri: {exact: /b}}"}).empty());  // VS0121 told it when the rule was loaded
}

TEST_CASE("AN0401: what covers what") {
  const auto dead = [](const std::string& first, const std::string& second) { return shadowed({first, second}).size() == 1; };
  CHECK_FALSE(dead("{uri: {prefix: /a}}", "{uri: {prefix: /a/b}}"));                // VS0122 told it when the rule was loaded
  CHECK(dead("{uri: {prefix: /a}}", "{uri: {prefix: /a/b}}, {uri: {exact: /a}}"));  // VS0122 tells a half of it
  CHECK_FALSE(dead("{uri: {prefix: /a/b}}", "{uri: {prefix: /a}}"));
  CHECK(dead("{uri: {prefix: /a}}", "{uri: {exact: /a}}"));
  CHECK_FALSE(dead("{uri: {exact: /a}}", "{uri: {prefix: /a}}"));
  CHECK(dead("{uri: {prefix: /}}", "{uri: {regex: \"/x.*\"}}"));
  CHECK(dead("{uri: {regex: \"/x/[0-9]+\"}}", "{uri: {exact: /x/12}}"));
  CHECK_FALSE(dead("{uri: {regex: \"/x/[0-9]+\"}}", "{uri: {exact: /x/a}}"));
  CHECK_FALSE(dead("{uri: {prefix: /a}}", "{uri: {prefix: /A/b}}"));
  CHECK(dead("{uri: {prefix: /a}, ignoreUriCase: true}", "{uri: {prefix: /A/b}}"));
  CHECK_FALSE(dead("{uri: {prefix: /a}}", "{uri: {prefix: /a/b}, ignoreUriCase: true}"));
  CHECK(dead("{headers: {X-User: {}}}", "{headers: {x-user: {exact: jo}}}"));
  CHECK_FALSE(dead("{headers: {x-user: {exact: jo}}}", "{headers: {x-user: {}}}"));
  CHECK(dead("{uri: {prefix: /a}}", "{uri: {prefix: /a}, method: {exact: GET}}"));
  CHECK_FALSE(dead("{uri: {prefix: /a}, method: {exact: GET}}", "{uri: {prefix: /a}}"));
  CHECK_FALSE(dead("{method: {exact: GET}}", "{method: {exact: PUT}}"));
  CHECK(dead("{queryParams: {q: {prefix: a}}}", "{queryParams: {q: {exact: ab}}}"));
  CHECK_FALSE(dead("{queryParams: {q: {exact: a}}}", "{queryParams: {p: {exact: a}}}"));
  CHECK_FALSE(dead("{withoutHeaders: {x: {exact: a}}}", "{headers: {y: {exact: a}}}"));
  CHECK_FALSE(dead("{port: 80}", "{uri: {prefix: /a}}"));
  CHECK_FALSE(dead("{sourceLabels: {app: a}}", "{uri: {prefix: /a}}"));
  CHECK(dead("{sourceLabels: {app: a}}", "{sourceLabels: {app: a, b: c}, uri: {prefix: /a}}"));
  CHECK_FALSE(dead("{sourceNamespace: a, uri: {prefix: /a}}", "{gateways: [mesh], sourceNamespace: a, uri: {prefix: /a}}"));
}

TEST_CASE("AN0401: two earlier rules may take the matches of one") {
  CHECK(shadowed({"{uri: {prefix: /a}}", "{uri: {prefix: /b}}", "{uri: {exact: /a/1}}, {uri: {exact: /b/1}}"}).size() == 1);
}

TEST_CASE("AN0408: one match of several") {
  const auto found = shadowed({"{uri: {prefix: /a}}", "{uri: {exact: /a/1}}, {uri: {exact: /b/1}}"}, "AN0408");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "spec.http[1].match[0]");
  CHECK(found[0].severity == meshroute::Severity::info);
  CHECK(shadowed({"{uri: {prefix: /a}}, {uri: {exact: /a/1}}"}, "AN0408").empty());  // of one rule: the same is done either way
}
