// SPDX-License-Identifier: Apache-2.0
// Hosts, addresses and regular expressions.
#include <doctest/doctest.h>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"
#include "match/regex.hpp"

namespace match = meshroute::match;

TEST_CASE("hosts overlap, contain and order as in A5-A10") {
  CHECK(match::is_wildcard("*foo"));
  CHECK_FALSE(match::is_wildcard("foo.*"));
  CHECK(match::matches("*.foo.com", "a.b.foo.com"));
  CHECK(match::matches("*.foo.com", ".foo.com"));
  CHECK_FALSE(match::matches("*.foo.com", "foo.com"));
  CHECK(match::matches("*", "*.com"));
  CHECK(match::subset_of("*.a.com", "*.com"));
  CHECK_FALSE(match::subset_of("*.com", "*.a.com"));
  CHECK_FALSE(match::subset_of("*.com", "a.com"));
  CHECK(match::more_specific("a.com", "*.longer.com"));
  CHECK(match::more_specific("*.foo.com", "*.com"));
  CHECK(match::more_specific("a.com", "b.com"));
  CHECK(match::most_specific("*.foo.com", std::vector<std::string>{"*", "*.com", "a.foo.com"}) == "*.com");
}

TEST_CASE("labels: an empty subset is always in (A11)") {
  CHECK(match::labels_subset({}, {{"a", "b"}}));
  CHECK_FALSE(match::labels_match({}, {{"a", "b"}}));
  CHECK_FALSE(match::labels_subset({{"a", "c"}}, {{"a", "b"}}));
}

TEST_CASE("addresses and prefixes are read as netip reads them") {
  CHECK(match::is_ipv4("10.0.0.1"));
  CHECK_FALSE(match::is_ip("10.0.0.01"));
  CHECK_FALSE(match::is_ip("10.0.0"));
  CHECK(match::is_ipv6("2001:db8::1"));
  CHECK_FALSE(match::is_ip("1:2:3:4:5:6:7::8:9"));
  CHECK(match::parse_ip("2001:0DB8:0:0::1")->to_string() == "2001:db8::1");
  CHECK(match::parse_ip("::ffff:1.2.3.4")->to_string() == "::ffff:1.2.3.4");
  CHECK_FALSE(match::parse_cidr("10.0.0.0"));
  CHECK_FALSE(match::parse_cidr("10.0.0.0/33"));
  CHECK(match::contains("10.0.0.0/9", "10.127.0.1"));
  CHECK_FALSE(match::contains("10.0.0.0/9", "10.128.0.1"));
  CHECK(match::contains("::/0", "::1"));
  CHECK(match::parse_cidr("10.1.2.3/12")->masked().to_string() == "10.0.0.0/12");
}

TEST_CASE("regular expressions are whole, bytes, and bounded") {
  CHECK((*match::Regex::compile("a|ab")).full_match("ab"));
  CHECK_FALSE((*match::Regex::compile("a")).full_match("ab"));
  CHECK((*match::Regex::compile("(?<name>a)")).full_match("a"));
  CHECK((*match::Regex::compile("..")).full_match("\xC3\xA9"));
  CHECK_FALSE(match::Regex::compile(""));
  CHECK_FALSE(match::Regex::compile("(?=a)"));
  CHECK_FALSE(match::Regex::compile("(?:abcdefghijklmnopqrstuvwxyz0123456789){1000}"));
  CHECK((*match::Regex::compile("x*")).replace_all("/ab", "-") == "-/-a-b-");
}
