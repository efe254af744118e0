#pragma once

// SPDX-License-Identifier: Apache-2.0
// The rules over several resources, one function for each noun. Each costs about what the mesh holds.

#include <set>
#include <string>

#include "analysis/facts.hpp"
#include "analysis/findings.hpp"

namespace meshroute::analysis {

/// Hosts of which nothing could be said, as no Service of their namespace was given (AN0104).
struct Unknown {
  const Resource* resource = nullptr;  ///< the first that names one
  std::string path;
  std::set<std::string> hosts;
  void add(const std::string& host, const Resource& owner, const std::string& at) {
    if (host.starts_with("kubernetes.default.svc.")) return;  // every cluster has it, and no manifest
    if (hosts.empty()) {
      resource = &owner;
      path = at;
    }
    hosts.insert(host);
  }
};

/// AN0201-AN0204: what selectors select.
void check_selectors(const Facts& facts, Findings& findings);
/// AN0205, AN0206: hosts with several definitions.
void check_definitions(const Facts& facts, Findings& findings);
/// AN0301, AN0302.
void check_destination_rules(const Facts& facts, Findings& findings, Unknown& unknown);
/// AN0404, AN0405, AN0407, AN0409, AN0410.
void check_destinations(Facts& facts, Findings& findings, Unknown& unknown);
/// AN0402, AN0403, AN0406, AN0407.
void check_virtual_services(const Facts& facts, Findings& findings);
/// AN0207, AN0303, AN0411, AN0412: what is taken as it is written and surely means something else.
void check_spelling(const Facts& facts, Findings& findings);
/// AN0401, AN0408.
void check_shadowing(const Facts& facts, Findings& findings);

}  // namespace meshroute::analysis
