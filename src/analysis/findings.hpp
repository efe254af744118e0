#pragma once

// SPDX-License-Identifier: Apache-2.0
// Findings at their places.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "findings/finding.hpp"
#include "meshroute/diagnostic.hpp"
#include "registry/snapshot.hpp"
#include "text/place.hpp"

namespace meshroute::analysis {

using findings::RuleId;

/// A related place.
struct Leaning {
  const Resource* resource = nullptr;
  std::string path;
  std::string message;
};

class Findings {
 public:
  /// Keeps a reference to the snapshot.
  explicit Findings(const registry::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// A finding at `path` of the resource (without kept text, at its document's line), unless the resource suppresses the rule or
  /// the webhook tells the same.
  void add(RuleId rule, const Resource& resource, std::string_view path, std::string message, std::string_view hint = {},
           std::vector<Leaning> related = {});

  /// Whether the resource's text has a value at `path` ("spec.http[0].route[0].weight"); false without kept text.
  bool stated(const Resource& resource, std::string_view path) { return places_.exists(resource, path); }

  /// Whether the webhook says this of the place when the resource is loaded.
  bool said_before(RuleId webhook, const Resource& resource, std::string_view path);

  /// All, in document order; those of one resource in the order of their places. Works on up to `threads` threads (0: all
  /// cores).
  Report report(std::uint32_t threads) &&;

 private:
  /// A finding whose place is not yet looked for.
  struct Found {
    const Resource* resource;
    RuleId rule;
    std::string path, message;
    SharedString hint;
    std::vector<Leaning> related;
  };
  static Diagnostic diagnostic_of(Found found, text::Places& places);
  /// All, in the order of their documents; of a resource that the snapshot does not list, after all others. With that order.
  std::vector<std::pair<std::uint32_t, Found*>> in_order();
  /// Whether the webhook has told the same of this place when the resource was loaded.
  bool told_before(RuleId rule, const Resource& resource, std::string_view path);

  /// The hint, or the rule's fix; as one where the finding of the rule before has the same.
  SharedString shared_hint(RuleId rule, std::string_view hint);

  const registry::Snapshot& snapshot_;
  std::map<std::string_view, SharedString> last_hint_;                                   ///< by rule
  std::unordered_map<const Resource*, std::vector<findings::Finding>> said_by_webhook_;  ///< of those that were asked for
  text::Places places_;
  std::deque<Found> found_;  ///< which grows without a copy
};

}  // namespace meshroute::analysis
