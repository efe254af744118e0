// SPDX-License-Identifier: Apache-2.0
// G1.
#include "match/cluster_name.hpp"

#include <doctest/doctest.h>

using meshroute::match::cluster_name;
using meshroute::match::parse_cluster_name;

TEST_CASE("cluster names: made and taken apart") {
  CHECK(cluster_name(80, "v1", "a.b") == "outbound|80|v1|a.b");
  CHECK(cluster_name(80, "", "a.b") == "outbound|80||a.b");
  const auto parts = parse_cluster_name("outbound|9080|v2|reviews.prod.svc.cluster.local");
  REQUIRE(parts);
  CHECK(parts->port == 9080);
  CHECK(parts->subset == "v2");
  CHECK(parts->host == "reviews.prod.svc.cluster.local");
  for (const char* other : {"", "BlackHoleCluster", "outbound|", "outbound|80", "outbound|80|v1", "outbound|x|v1|a", "inbound|80||"})
    CHECK_FALSE(parse_cluster_name(other));
}
