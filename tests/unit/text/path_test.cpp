// SPDX-License-Identifier: Apache-2.0
#include "text/path.hpp"

#include <doctest/doctest.h>

using meshroute::text::Path;

TEST_CASE("path: steps become text, whole or in part") {
  Path path;
  CHECK(path.text().empty());
  path.push("spec");
  path.push("http");
  path.push(std::size_t{10});
  path.push("headers");
  path.push("x.y");
  CHECK(path.text() == "spec.http[10].headers.x.y");
  CHECK(path.text(3) == "spec.http[10]");
  path.cut(2);
  CHECK(path.depth() == 2);
  CHECK(path.text() == "spec.http");
}

TEST_CASE("path: an empty key is a key, also one that points nowhere") {
  Path path;
  path.push("add");
  path.push(std::string_view());
  CHECK(path.text() == "add.");
}
