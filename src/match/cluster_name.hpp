#pragma once

// SPDX-License-Identifier: Apache-2.0
// Names of outbound clusters (G1): "outbound|PORT|SUBSET|HOST".

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshroute::match {

inline std::string cluster_name(std::uint32_t port, std::string_view subset, std::string_view hostname) {  // G1
  std::string name = "outbound|" + std::to_string(port);
  name.append("|").append(subset).append("|").append(hostname);
  return name;
}

/// The name that AUTO_PASSTHROUGH routes by, which is that of the cluster too (GW68): "outbound_.PORT_.SUBSET_.HOST".
inline std::string sni_cluster_name(std::uint32_t port, std::string_view subset, std::string_view hostname) {
  std::string name = "outbound_." + std::to_string(port);
  name.append("_.").append(subset).append("_.").append(hostname);
  return name;
}

struct ClusterName {
  std::uint32_t port = 0;
  std::string_view subset, host;
};

/// The parts, as views into `name`; nothing where it is no outbound cluster's (BlackHoleCluster, "inbound|80||").
inline std::optional<ClusterName> parse_cluster_name(std::string_view name) {
  constexpr std::string_view kStart = "outbound|";
  if (!name.starts_with(kStart)) return std::nullopt;
  name.remove_prefix(kStart.size());
  ClusterName parts;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), parts.port);
  const auto first = static_cast<std::size_t>(end - name.data());
  if (error != std::errc{} || first == name.size() || name[first] != '|') return std::nullopt;
  const auto second = name.find('|', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  parts.subset = name.substr(first + 1, second - first - 1);
  parts.host = name.substr(second + 1);
  return parts;
}

}  // namespace meshroute::match
