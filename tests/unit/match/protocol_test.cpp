// SPDX-License-Identifier: Apache-2.0
// A12-A14.
#include "match/protocol.hpp"

#include <doctest/doctest.h>

using namespace meshroute::match;  // NOLINT(google-build-using-namespace)

TEST_CASE("protocols: names in any letter case, and their classes") {
  CHECK(parse_protocol("HTTP") == Protocol::http);
  CHECK(parse_protocol("gRPC-Web") == Protocol::grpc_web);
  CHECK(parse_protocol("grpc_web") == Protocol::unsupported);
  CHECK(parse_protocol("") == Protocol::unsupported);
  CHECK(to_string(Protocol::grpc_web) == "GRPC-Web");
  CHECK(is_http(Protocol::grpc));
  CHECK(is_http2(Protocol::grpc));
  CHECK_FALSE(is_http(Protocol::https));
  CHECK(is_tls(Protocol::https));
  CHECK(is_tcp(Protocol::mongo));
  CHECK_FALSE(is_tcp(Protocol::udp));
}
