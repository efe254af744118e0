// SPDX-License-Identifier: Apache-2.0
// Expressions of CEL: the conformance vectors of Telemetry hold what cel-go says of many more.
#include "match/cel.hpp"

#include <doctest/doctest.h>

#include <string>

using meshroute::match::cel_problem;

TEST_CASE("good expressions of CEL") {
  for (const char* text : {"response.code >= 400", "a ? b : c", "has(a.b) && !has(c.d)", "[1, 2,].all(x, x > 1)", "a.`b-c`",
                           "{'a': 1, 'b': [.5, 0x1F, 5u]}", "a.b.C{d: e, f: g,}", "'x' in request.headers || b'\\xff' == r'\\q'",
                           "-9223372036854775808 < - a", "\"\"\"a\nb\"\"\" // c"}) {
    CAPTURE(text);
    CHECK(cel_problem(text) == "");
  }
}

TEST_CASE("a CEL expression that is wrong says where") {
  CHECK(cel_problem("") == "the expression ends too early");
  CHECK(cel_problem("a ==") == "the expression ends too early");
  CHECK(cel_problem("a b") == "`b` is not expected here");
  CHECK(cel_problem("a = b") == "the character `=` is not expected");
  CHECK(cel_problem("has(a)") == "has() asks for a field, such as has(a.b)");
  CHECK(cel_problem("a.all(x.y, true)") == "the first argument of all() must be a name");
  CHECK(cel_problem("9223372036854775808") == "`9223372036854775808` is out of range");
  CHECK(cel_problem("'\\ud800'") == "`\\ud800` is no character");
  CHECK(cel_problem("if") == "`if` is a reserved word");
  CHECK(cel_problem(std::string(300, '(') + "a" + std::string(300, ')')) == "the expression is nested too deeply");
  for (const char* text : {"[1,,]", "{,a: 1}", "a.`b`(c)", "a.?b", "[?a]", "a{b}", "f(a,)", "'\\q'", "'a\nb'", "1.", "a..b", "1e400"}) {
    CAPTURE(text);
    CHECK(cel_problem(text) != "");
  }
}
