// SPDX-License-Identifier: Apache-2.0
// Labels of two maps read as one.
#include "analysis/workload_labels.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

#include "match/labels.hpp"

using meshroute::Labels;
using meshroute::analysis::WorkloadLabels;
using Map = std::map<std::string, std::string>;

namespace {

Map read(const WorkloadLabels& labels) {
  Map all;
  for (const auto& [key, value] : labels) CHECK(all.emplace(key, value).second);
  return all;
}

}  // namespace

TEST_CASE("the labels of a workload are those of both maps, and the first wins") {
  const WorkloadLabels labels(Labels{{"app", "a"}, {"team", "t"}}, Labels{{"app", "b"}, {"zone", "z"}});
  CHECK(read(labels) == Map{{"app", "a"}, {"team", "t"}, {"zone", "z"}});
  CHECK(labels.find("zone")->second == "z");
  CHECK(labels.find("app")->second == "a");
  CHECK(labels.find("none") == labels.end());
  CHECK(labels.at("zone") == "z");
  CHECK(meshroute::match::labels_subset(Labels{{"app", "a"}, {"zone", "z"}}, labels));
  CHECK_FALSE(meshroute::match::labels_subset(Labels{{"app", "b"}}, labels));
  CHECK(read(Labels(labels)) == read(labels));
  CHECK(WorkloadLabels().empty());
  CHECK(read(WorkloadLabels()).empty());
}

TEST_CASE("the two maps of a workload may be one") {
  Labels one{{"app", "a"}, {"version", "v1"}};
  one.share();
  const WorkloadLabels labels(one, Labels(one));
  CHECK(read(labels) == Map{{"app", "a"}, {"version", "v1"}});
  CHECK(labels.find("app") != labels.end());
}

TEST_CASE("random labels of two maps") {
  std::mt19937 random(3);  // the same in each run
  const auto some = [&random] {
    Labels made;
    for (std::size_t left = random() % 5; left > 0; --left)
      made[std::string(1, static_cast<char>('a' + random() % 5))] = std::to_string(random() % 2);
    if (random() % 2 == 0) made.share();
    return made;
  };
  for (int round = 0; round < 2000; ++round) {
    const Labels first = some(), second = random() % 4 == 0 ? first : some();
    Map expected(first);
    for (const auto& [key, value] : second) expected.emplace(key, value);
    const WorkloadLabels labels(first, second);
    CHECK(read(labels) == expected);
    for (const std::string key : {"a", "b", "c", "d", "e", "f"}) {
      CHECK(labels.contains(key) == expected.contains(key));
      CHECK((labels.find(key) != labels.end()) == expected.contains(key));
    }
  }
}
