#pragma once

// SPDX-License-Identifier: Apache-2.0
// Label selection (spec A11).
#include "meshroute/model/map.hpp"

namespace meshroute::match {

/// A11: every pair of `subset` is in `of`, which reads as Labels; an empty subset always is.
template <class Of = Labels>
bool labels_subset(const Labels& subset, const Of& of) {
  for (const auto& [key, value] : subset) {
    const auto it = of.find(key);
    if (it == of.end() || it->second != value) return false;
  }
  return true;
}

/// A11: as labels_subset, but an empty selector selects nothing (Kubernetes Services).
inline bool labels_match(const Labels& selector, const Labels& of) { return !selector.empty() && labels_subset(selector, of); }

}  // namespace meshroute::match
