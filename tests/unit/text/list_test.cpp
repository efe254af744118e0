// SPDX-License-Identifier: Apache-2.0
// Lists in words.
#include "text/list.hpp"

#include <doctest/doctest.h>

namespace text = meshroute::text;

TEST_CASE("lists: some of many, and how many more") {
  CHECK(text::some_of({}, 2).empty());
  CHECK(text::some_of({"a", "b"}, 2) == "a, b");
  CHECK(text::some_of({"a", "b", "c", "d"}, 2) == "a, b and 2 more");
}
