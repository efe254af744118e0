// SPDX-License-Identifier: Apache-2.0
// Resources by their identities.
#include "registry/identity_index.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

using meshroute::Identity;
using meshroute::registry::hash_of;
using meshroute::registry::IdentityIndex;

namespace {

Identity named(std::size_t number) { return {.kind = "ServiceEntry", .name = "entry-" + std::to_string(number)}; }

}  // namespace

TEST_CASE("an identity index finds what a map finds, however much was removed") {
  std::mt19937 random(5);  // the same in each run
  std::vector<Identity> list;
  std::map<std::string, std::uint32_t> expected;
  IdentityIndex index;
  const auto at = [&list](std::uint32_t place) -> const Identity& { return list[place]; };
  for (int step = 0; step < 20000; ++step) {
    const Identity one = named(random() % 300);
    const std::uint32_t place = index.find(one, hash_of(one), at);
    const auto known = expected.find(one.name);
    REQUIRE((place == IdentityIndex::kNone) == (known == expected.end()));
    if (place == IdentityIndex::kNone) {
      index.reserve(1, at);
      index.add(hash_of(one), static_cast<std::uint32_t>(list.size()));
      expected[one.name] = static_cast<std::uint32_t>(list.size());
      list.push_back(one);
    } else {
      REQUIRE(place == known->second);
      index.remove(one, at);
      expected.erase(known);
    }
  }
}

TEST_CASE("to remove and to add resources costs little at every size") {
  for (const std::size_t size : {1023U, 1024U, 1000U, 1500U, 2047U}) {
    std::vector<Identity> list;
    IdentityIndex index;
    std::size_t looked = 0;
    const auto at = [&](std::uint32_t place) -> const Identity& {
      ++looked;
      return list[place];
    };
    index.reserve(size, at);
    for (std::size_t i = 0; i < size; ++i) {
      list.push_back(named(i));
      index.add(hash_of(list.back()), static_cast<std::uint32_t>(i));
    }
    looked = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      index.remove(list[i], at);
      list.push_back(named(size + i));
      index.reserve(1, at);
      index.add(hash_of(list.back()), static_cast<std::uint32_t>(list.size() - 1));
    }
    CAPTURE(size);
    CHECK(looked < 3 * size + 2000);  // made anew two times at most
  }
}
