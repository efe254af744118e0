#pragma once

// SPDX-License-Identifier: Apache-2.0
// Labels, localities and durations as texts.

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/resource.hpp"

namespace meshroute::registry {

inline const std::string* find_label(const Labels& labels, std::string_view key) {
  const auto found = labels.find(key);
  return found == labels.end() ? nullptr : &found->second;
}
inline std::string label_or_empty(const Labels& labels, std::string_view key) {
  const std::string* found = find_label(labels, key);
  return found == nullptr ? std::string() : *found;
}

/// One text for a label of a namespace, as a key of an index.
inline std::string label_key(std::string_view namespace_, std::string_view key, std::string_view value) {
  std::string text(namespace_);
  return text.append("\n").append(key).append("\n").append(value);
}

/// The service that an EndpointSlice with these labels is for; empty: none, or one that another cluster exports.
inline std::string service_of_slice(const Labels& labels) {
  if (find_label(labels, "multicluster.kubernetes.io/service-name") != nullptr) return {};
  return label_or_empty(labels, "kubernetes.io/service-name");
}
inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}
/// C8: region, zone or subzone (0, 1, 2).
inline std::string_view locality_part(std::string_view locality, std::size_t which) {
  for (; which > 0; --which) {
    const auto slash = locality.find('/');
    if (slash == std::string_view::npos) return {};
    locality.remove_prefix(slash + 1);
  }
  return locality.substr(0, locality.find('/'));
}
inline std::array<std::string_view, 3> split_locality(std::string_view locality) {
  return {locality_part(locality, 0), locality_part(locality, 1), locality_part(locality, 2)};
}
/// C7.
inline Labels augment(Labels labels, std::string_view locality, const std::string& cluster, const std::string& node,
                      const std::string& network) {
  const auto parts = split_locality(locality);
  if (!parts[0].empty()) labels["topology.kubernetes.io/region"] = parts[0];
  if (!parts[1].empty()) labels["topology.kubernetes.io/zone"] = parts[1];
  if (!parts[2].empty()) labels["topology.istio.io/subzone"] = parts[2];
  if (!cluster.empty()) labels["topology.istio.io/cluster"] = cluster;
  if (!node.empty()) labels["kubernetes.io/hostname"] = node;
  if (!network.empty() && label_or_empty(labels, "topology.istio.io/network").empty())
    labels["topology.istio.io/network"] = network;
  return labels;
}

/// protojson: no fraction, or 3, 6 or 9 digits.
inline std::string shown(const model::Duration& duration) {
  if (duration.nanos == 0) return std::to_string(duration.seconds) + "s";
  const bool negative = duration.seconds < 0 || duration.nanos < 0;
  const int nanos = duration.nanos < 0 ? -duration.nanos : duration.nanos;
  char text[48];
  const long long seconds = duration.seconds < 0 ? -duration.seconds : duration.seconds;
  if (nanos % 1000000 == 0) {
    std::snprintf(text, sizeof text, "%s%lld.%03ds", negative ? "-" : "", seconds, nanos / 1000000);
  } else if (nanos % 1000 == 0) {
    std::snprintf(text, sizeof text, "%s%lld.%06ds", negative ? "-" : "", seconds, nanos / 1000);
  } else {
    std::snprintf(text, sizeof text, "%s%lld.%09ds", negative ? "-" : "", seconds, nanos);
  }
  return text;
}

}  // namespace meshroute::registry
