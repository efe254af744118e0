// SPDX-License-Identifier: Apache-2.0
// Where Istio (Go) and Envoy read the same text otherwise. What Envoy does was asked of Envoy 1.40.
#include <doctest/doctest.h>

#include <limits>

#include "match/cidr.hpp"
#include "match/duration.hpp"
#include "match/hosts.hpp"
#include "match/integer.hpp"
#include "match/path_template.hpp"

namespace match = meshroute::match;

TEST_CASE("readings: the star of an Istio host may stand for nothing, that of a server name for one byte at least") {
  CHECK(match::matches("*.foo.com", ".foo.com"));
  CHECK_FALSE(match::server_name_match({"*.foo.com"}, ".foo.com"));
  CHECK_FALSE(match::server_name_match({"*.foo.com"}, "foo.com"));
  CHECK(match::server_name_match({"*.foo.com"}, "a.b.foo.com"));
  // Istio compares bytes, Envoy letters of any case.
  CHECK_FALSE(match::matches("*.Foo.com", "a.foo.com"));
  CHECK(match::server_name_match({"*.Foo.com"}, "a.foo.com"));
  CHECK(match::server_name_match({"*.com", "*.foo.com"}, "a.foo.com") == match::server_name_match({"*.foo.com"}, "a.foo.com"));
  CHECK(*match::server_name_match({"a.foo.com"}, "a.foo.com") > *match::server_name_match({"*.foo.com"}, "a.foo.com"));
}

TEST_CASE("readings: Go keeps any zone of an address, Envoy takes a numeric one and compares without it") {
  CHECK(match::parse_ip("fe80::1%eth9")->zone == "eth9");
  CHECK_FALSE(match::parse_envoy_ip("fe80::1%eth9"));
  CHECK(match::parse_envoy_ip("fe80::1%1") == match::parse_ip("fe80::1"));
  CHECK_FALSE(match::parse_cidr("fe80::/10")->contains("fe80::1%1"));
  CHECK(match::parse_cidr("fe80::/10")->contains(*match::parse_envoy_ip("fe80::1%1")));
  // Neither takes octets with a leading zero, ports or brackets; an IPv4 address within IPv6 is an IPv6 address to both.
  for (const char* text : {"10.0.0.01", "10.1", "10.0.0.1:80", "[2001:db8::1]", ""}) {
    CAPTURE(text);
    CHECK_FALSE(match::parse_ip(text));
    CHECK_FALSE(match::parse_envoy_ip(text));
  }
  CHECK_FALSE(match::parse_cidr("10.0.0.0/8")->contains(*match::parse_envoy_ip("::ffff:10.0.0.1")));
  CHECK(match::parse_cidr("::ffff:10.0.0.0/104")->contains(*match::parse_envoy_ip("::ffff:10.0.0.1")));
}

TEST_CASE("readings: Envoy takes white space around a number, Go does not") {
  for (const char* text : {" 5", "5 ", "\t5\n"}) {
    CAPTURE(text);
    CHECK_FALSE(match::parse_go_integer(text));
    CHECK(match::parse_envoy_integer(text) == 5);
  }
  for (const char* text : {"5", "+5", "05"}) {
    CAPTURE(text);
    CHECK(match::parse_go_integer(text) == 5);
    CHECK(match::parse_envoy_integer(text) == 5);
  }
  for (const char* text : {"", " ", "+", "0x5", "5.0", "5a", "1e1", "5_0", "9999999999999999999999", "-9223372036854775809"}) {
    CAPTURE(text);
    CHECK_FALSE(match::parse_go_integer(text));
    CHECK_FALSE(match::parse_envoy_integer(text));
  }
  CHECK(match::parse_envoy_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("readings: durations have units in Go, and are seconds in protobuf's JSON") {
  CHECK(match::parse_go_duration("1h30m") == 5400'000'000'000);
  CHECK_FALSE(match::is_protobuf_duration("1h30m"));
  CHECK(match::parse_go_duration("1.5s") == 1'500'000'000);
  CHECK(match::is_protobuf_duration("1.5s"));
  CHECK(match::parse_go_duration(".5s") == 500'000'000);
  CHECK_FALSE(match::is_protobuf_duration("5ms"));
}

TEST_CASE("path templates: which Envoy takes, and what they match") {
  const auto matches = [](const char* text, const char* path) {
    const auto pattern = match::read_path_template(text);
    REQUIRE_MESSAGE(bool(pattern), text);
    return match::template_matches(*pattern, path);
  };
  CHECK(matches("/a/{x}", "/a/b"));
  CHECK_FALSE(matches("/a/{x}", "/a/"));
  CHECK_FALSE(matches("/a/{x}", "/a/b/c"));
  CHECK_FALSE(matches("/a/{x}", "/A/b"));
  CHECK_FALSE(matches("/a/*", "/a/[b]"));
  CHECK(matches("/a/*", "/a/%20"));
  CHECK(matches("/a/**", "/a/"));
  CHECK(matches("/a/**", "/a/b/c"));
  CHECK_FALSE(matches("/a/**", "/a"));
  CHECK(matches("/a/{x=*}/b", "/a/b/b"));
  CHECK(matches("/a/{x=**}.txt", "/a/b/x.txt"));
  CHECK_FALSE(matches("/a/*.txt", "/a/b/x.txt"));
  CHECK_FALSE(matches("/*.txt", "/axtxt"));
  CHECK(matches("/{x=a/*}/b", "/a/q/b"));
  CHECK(matches("/{x=*/**}", "/x/"));
  CHECK_FALSE(matches("/{x=*/**}", "/x"));
  CHECK(matches("/**/b", "//b"));
  CHECK_FALSE(matches("/**/b", "/b"));
  CHECK(matches("/a/b{x}", "/a/bx"));
  CHECK(matches("/{x}b", "/a*b"));
  CHECK(matches("/", "/"));
  CHECK(matches("/a/", "/a/"));
  CHECK_FALSE(matches("/a/", "/a"));
  for (const char* text : {"/a:b@c!$&'()+,;=~-._", "/a%2", "/{a_1}", "/{abcdefghijklmnop}", "/{a}/{b}/{c}/{d}/{e}",
                           "/*/*/*/*/*/*", "/{x=a}", "/{y}/{x=**}"})
    CHECK_MESSAGE(bool(match::read_path_template(text)), text);
  for (const char* text : {"a/b",
                           "",
                           "/a//b",
                           "/**/*",
                           "/a/**/**",
                           "/a/{x}{y}",
                           "/{x}/{x}",
                           "/{a}/{b}/{c}/{d}/{e}/{f}",
                           "/{abcdefghijklmnopq}",
                           "/{1a}",
                           "/{_a}",
                           "/{}",
                           "/{x=}",
                           "/a/{x",
                           "/a/x}",
                           "/a b",
                           "/a?b",
                           "/a#b",
                           "/\xC3\xA9",
                           "/a[b]",
                           "/{x={y}}",
                           "/a|b",
                           "/a\\b",
                           "/{x=**}/{y}",
                           "/{x=*.txt}"})
    CHECK_MESSAGE(!match::read_path_template(text), text);
  // Envoy takes these and reads the text before a star as a part of a regular expression: not evaluated here.
  for (const char* text : {"/a/b*", "/*a*", "/a/***", "/a/b**"}) {
    const auto pattern = match::read_path_template(text);
    REQUIRE_MESSAGE(!pattern, text);
    CHECK(pattern.error().message.find("cannot be evaluated") != std::string::npos);
  }
}
