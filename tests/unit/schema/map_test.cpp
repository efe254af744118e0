// SPDX-License-Identifier: Apache-2.0
// model::Map against std::map, and maps that are one.
#include "meshroute/model/map.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "schema/shared_values.hpp"

using meshroute::Labels;
using meshroute::model::Map;

namespace {

bool same(const Labels& map, const std::map<std::string, std::string>& wanted) {
  return std::equal(map.begin(), map.end(), wanted.begin(), wanted.end(),
                    [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
}

}  // namespace

TEST_CASE("a Map does what a std::map does, whoever shares with it") {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Labels map;
    std::map<std::string, std::string> wanted;
    std::vector<std::pair<Labels, std::map<std::string, std::string>>> before;
    for (int step = 0; step < 60; ++step) {
      const std::string name = "name " + std::to_string(random() % 12), value = std::to_string(random());
      switch (random() % 8) {
        case 0:
          map[name] = value;
          wanted[name] = value;
          break;
        case 1:
          CHECK(map.emplace(name, value).second == wanted.emplace(name, value).second);
          break;
        case 2:
          CHECK(map.insert_or_assign(name, value).second == wanted.insert_or_assign(name, value).second);
          break;
        case 3:
          CHECK(map.erase(name) == wanted.erase(name));
          break;
        case 4: {
          const std::vector<std::pair<std::string, std::string>> more{{name, value}, {"name 3", "3"}, {"a", "b"}, {"a", "c"}};
          map.insert(more.begin(), more.end());
          wanted.insert(more.begin(), more.end());
          break;
        }
        case 5:
          map.share();
          before.emplace_back(map, wanted);
          break;
        case 6: {
          Labels copy = map;
          copy["copy"] = "";
          before.emplace_back(std::move(copy), wanted);
          before.back().second["copy"] = "";
          break;
        }
        default:
          CHECK(map.contains(name) == wanted.contains(name));
          CHECK(map == Labels(wanted));
          if (const auto found = map.find(name); found != map.end()) CHECK(map.at(name) == wanted.at(name));
      }
      CHECK(map.size() == wanted.size());
      CHECK(same(map, wanted));
    }
    for (const auto& [copy, its] : before) CHECK(same(copy, its));
  }
}

TEST_CASE("Maps are ordered as std::maps are, and convert from and to them") {
  const std::vector<std::map<std::string, std::string>> all{{},          {{"a", ""}}, {{"a", "b"}}, {{"a", "b"}, {"b", ""}},
                                                            {{"b", ""}}, {{"", "z"}}};
  for (const auto& one : all) {
    for (const auto& other : all) {
      CHECK((Labels(one) < Labels(other)) == (one < other));
      CHECK((Labels(one) == Labels(other)) == (one == other));
    }
    const auto back = std::map<std::string, std::string>(Labels(one));
    CHECK(back == one);
  }
  CHECK(Labels{{"b", "1"}, {"a", "2"}, {"b", "3"}} == std::map<std::string, std::string>{{"a", "2"}, {"b", "1"}});
  CHECK_THROWS_AS((void)Labels{}.at("a"), std::out_of_range);
}

TEST_CASE("like maps become one, others do not") {
  meshroute::schema::SharedValues maps(0);
  Labels one{{"app", "a"}, {"version", "v1"}}, same_as_one = one, other{{"app", "a"}, {"version", "v2"}};
  CHECK_FALSE(one.is(same_as_one));
  maps.share(one);
  maps.share(same_as_one);
  maps.share(other);
  CHECK(one.is(same_as_one));
  CHECK_FALSE(one.is(other));
  same_as_one["app"] = "b";
  CHECK(one.at("app") == "a");
  Map<std::uint32_t> ports{{"http", 80}}, same_ports{{"http", 80}};
  maps.share(ports);
  maps.share(same_ports);
  CHECK(ports.is(same_ports));
}
