// SPDX-License-Identifier: Apache-2.0
// URLs as Go reads them; expected values are those of net/url.
#include "match/url.hpp"

#include <doctest/doctest.h>

using meshroute::match::parse_go_request_url;
using meshroute::match::parse_go_url;

TEST_CASE("a URL of Go has a scheme in lower case and a port") {
  const auto url = parse_go_url("HTTPS://user:p@a.example.com:443/x?y#z");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->port == "443");
  CHECK(parse_go_url("a.example.com/x")->scheme.empty());
  CHECK(parse_go_url("https://[::1]:80/")->port == "80");
  CHECK(parse_go_url("https:a")->scheme == "https");
}

TEST_CASE("what Go refuses of a URL") {
  for (const char* text : {":a", "http://a b", "http://a:b", "http://[::1", "http://[1.2.3.4]/", "http://a/%zz", "http://%41",
                           "http://a:80:90", "http://a#%zz", "http://u[@a", "http://a\x7f"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_go_url(text));
  }
  CHECK(parse_go_url("oci://a:80:90"));  // only http and https have one port
  CHECK(parse_go_url("http://[fe80::1%25en0]/"));
}

TEST_CASE("a URL of a request is absolute") {
  CHECK(parse_go_request_url("/a"));
  CHECK(parse_go_request_url("a:b"));
  CHECK_FALSE(parse_go_request_url("a/b"));
  CHECK_FALSE(parse_go_request_url(""));
  CHECK(parse_go_url("a/b"));
}
