// SPDX-License-Identifier: Apache-2.0
// The webhook's findings have the rule and the path.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "admission/webhook.hpp"

using namespace meshroute;

TEST_CASE("the webhook names the rule and the place") {
  auto entry = std::make_shared<model::ServiceEntry>();
  entry->hosts = {"*"};
  Resource resource;
  resource.spec = std::shared_ptr<const model::ServiceEntry>(entry);
  const auto findings = admission::validate(resource);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule.text() == "SE0102");
  CHECK(findings[0].path == "spec.hosts[0]");
}
