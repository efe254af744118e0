// SPDX-License-Identifier: Apache-2.0
// Go and Envoy read different durations.
#include "match/duration.hpp"

#include <doctest/doctest.h>

using meshroute::match::is_protobuf_duration;
using meshroute::match::parse_go_duration;

TEST_CASE("durations that Go and Envoy read alike") {
  CHECK(parse_go_duration("1.5s") == 1'500'000'000);
  CHECK(is_protobuf_duration("1.5s"));
  CHECK(parse_go_duration("-2s") == -2'000'000'000);
  CHECK(is_protobuf_duration("-2s"));
  for (const char* text : {"", "s", "5", "1d", "x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_go_duration(text));
    CHECK_FALSE(is_protobuf_duration(text));
  }
}

TEST_CASE("durations that only Go reads") {
  CHECK(parse_go_duration("1h30m") == 5'400'000'000'000);
  CHECK(parse_go_duration("250ms") == 250'000'000);
  CHECK(parse_go_duration(".5s") == 500'000'000);
  CHECK(parse_go_duration("+1s") == 1'000'000'000);
  CHECK(parse_go_duration("0") == 0);
  for (const char* text : {"1h30m", "250ms", ".5s", "+1s", "0"}) {
    CAPTURE(text);
    CHECK_FALSE(is_protobuf_duration(text));
  }
}
