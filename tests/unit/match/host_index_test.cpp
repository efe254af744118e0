// SPDX-License-Identifier: Apache-2.0
// An index of hosts finds what walking all of them finds.
#include "match/host_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace meshroute;

namespace {

std::string random_host(std::mt19937& random) {
  static const char* const kParts[] = {"a", "b", "ab", "com", "a.b", "x"};
  std::string host = random() % 3 == 0 ? "*" : "";
  for (std::size_t i = random() % 4; i > 0; --i) host += (host.empty() ? "" : ".") + std::string(kParts[random() % 6]);
  return host;
}

}  // namespace

TEST_CASE("host index: what meets a host, as by walking") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> hosts(random() % 12);
    for (auto& host : hosts) host = random_host(random);
    match::HostIndex<std::size_t> index;
    match::Suffixes<std::size_t> wildcards;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      index.add(hosts[i], i);
      if (match::is_wildcard(hosts[i])) wildcards[match::tail_of(hosts[i])] = i;
    }
    index.sort();
    const std::string asked = random_host(random);
    CAPTURE(asked);
    std::multiset<std::size_t> meeting, met;
    std::string best;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (match::matches(asked, hosts[i])) meeting.insert(i);
      if (match::is_wildcard(hosts[i]) && match::subset_of(asked, hosts[i]) &&
          (best.empty() || match::more_specific(hosts[i], best))) {
        best = hosts[i];
      }
    }
    index.any_matching(asked, [&met](std::size_t i) { return met.insert(i), false; });
    CHECK(met == meeting);
    const auto* longest = wildcards.longest(match::tail_of(asked));
    CHECK((longest != nullptr ? hosts[*longest] : "") == best);
  }
}
