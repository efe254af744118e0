#pragma once

// SPDX-License-Identifier: Apache-2.0
// Small text and label helpers of the registry and the view.

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/resource.hpp"

namespace meshroute::registry {

using Labels = std::map<std::string, std::string>;

inline bool ip_bytes(std::string_view text, std::vector<std::uint8_t>& bytes) {
  const std::string copy(text.substr(0, text.find('%')));
  bytes.assign(16, 0);
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) {
    bytes.resize(4);
    return copy.size() == text.size();
  }
  return inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1;
}
inline bool is_ip(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  return ip_bytes(text, bytes);
}
inline bool is_ipv4(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  return ip_bytes(text, bytes) && bytes.size() == 4;
}
inline bool is_ipv6(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  return ip_bytes(text, bytes) && bytes.size() == 16;
}
/// The length of a CIDR's prefix, or -1.
inline int prefix_length(std::string_view text, std::vector<std::uint8_t>& bytes) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.find('%') != std::string_view::npos) return -1;
  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return -1;
  int length = 0;
  for (char digit : digits) {
    if (digit < '0' || digit > '9') return -1;
    length = length * 10 + (digit - '0');
  }
  if (!ip_bytes(text.substr(0, slash), bytes) || length > static_cast<int>(bytes.size()) * 8) return -1;
  return length;
}
inline bool in_cidr(std::string_view ip, std::string_view cidr) {
  std::vector<std::uint8_t> address, network;
  const int length = prefix_length(cidr, network);
  if (length < 0 || !ip_bytes(ip, address) || address.size() != network.size()) return false;
  for (int bit = 0; bit < length; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((address[byte] & mask) != (network[byte] & mask)) return false;
  }
  return true;
}

inline const std::string* find_label(const Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? nullptr : &found->second;
}
inline std::string label_or_empty(const Labels& labels, const std::string& key) {
  const std::string* found = find_label(labels, key);
  return found == nullptr ? std::string() : *found;
}
/// A11.
inline bool labels_subset(const Labels& subset, const Labels& of) {
  for (const auto& [key, value] : subset) {
    const std::string* found = find_label(of, key);
    if (found == nullptr || *found != value) return false;
  }
  return true;
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

inline bool is_wildcard(std::string_view host) { return !host.empty() && host[0] == '*'; }  // A5
/// A6.
inline bool hosts_overlap(std::string_view a, std::string_view b) {
  const bool wild_a = is_wildcard(a), wild_b = is_wildcard(b);
  if (!wild_a && !wild_b) return a == b;
  if (wild_a && wild_b) {
    a.remove_prefix(1);
    b.remove_prefix(1);
    return a.size() < b.size() ? b.ends_with(a) : a.ends_with(b);
  }
  return wild_a ? b.ends_with(a.substr(1)) : a.ends_with(b.substr(1));
}
/// A7.
inline bool host_subset_of(std::string_view a, std::string_view b) {
  const bool wild_a = is_wildcard(a), wild_b = is_wildcard(b);
  if (!wild_a && !wild_b) return a == b;
  if (wild_a && !wild_b) return false;
  if (!wild_a) return a.ends_with(b.substr(1));
  return a.size() >= b.size() && a.substr(1).ends_with(b.substr(1));
}
/// A9.
inline bool more_specific(std::string_view a, std::string_view b) {
  const bool wild_a = is_wildcard(a), wild_b = is_wildcard(b);
  if (wild_a != wild_b) return wild_b;
  return a.size() != b.size() ? a.size() > b.size() : a < b;
}

}  // namespace meshroute::registry
