#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which rules of a mesh its tests met.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "meshroute/journey.hpp"
#include "meshroute/suite.hpp"
#include "registry/snapshot.hpp"
#include "suite/run.hpp"
#include "text/place.hpp"

namespace meshroute::suite {

class Coverage {
 public:
  explicit Coverage(const std::shared_ptr<const registry::Snapshot>& snapshot);

  /// Counts what a request met. `journey` may be null: it is followed where the mesh has policies.
  void met(const view::ProxyView& view, const Request& request, const Asked& asked, const Journey* journey);
  /// The items; those that no request of the proxies that asked can meet are named as such.
  std::vector<CoverageItem> items() const;

 private:
  void add(const Resource& resource, const std::string& path);
  void add_rules(const Resource& resource);
  void hit(const std::string& resource, const std::string& path);
  void hit_rule(const std::string& resource, const std::string& path);
  void hit_root(const view::ProxyView& view, const Asked& asked);
  void hit_subsets(const view::ProxyView& view, const Answer& answer);
  void hit_policy(const std::string& rule);
  void look_for_unreachable(const view::ProxyView& view);

  const std::shared_ptr<const registry::Snapshot> snapshot_;
  std::vector<CoverageItem> items_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;  ///< by resource and path
  std::map<std::string, const Resource*> virtual_services_;           ///< by display name
  text::Places places_;
  std::set<std::string> asked_;                                             ///< the proxies whose rules were looked at
  std::map<std::pair<std::string, std::string>, std::string> unreachable_;  ///< for one of them
  std::set<std::pair<std::string, std::string>> reachable_;                 ///< likewise: a request may meet it
};

}  // namespace meshroute::suite
