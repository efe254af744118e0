// SPDX-License-Identifier: Apache-2.0
// Port protocols.
#include <doctest/doctest.h>

#include "registry/snapshot.hpp"

TEST_CASE("protocols read as in A12") {
  using meshroute::registry::Protocol;
  CHECK(meshroute::registry::parse_protocol("gRPC-Web") == Protocol::grpc_web);
  CHECK(meshroute::registry::parse_protocol("") == Protocol::unsupported);
}
