// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "view/client_view.hpp"

TEST_CASE("an empty mesh has the two clusters of G10 only") {
  const auto snapshot = meshroute::registry::build({}, {});
  const meshroute::view::ClientView view(snapshot, {});
  CHECK(view.services_json().empty());
  CHECK(view.assignments().empty());
  CHECK(view.has_cluster("PassthroughCluster"));
  CHECK(view.clusters_json().size() == 2);
}
