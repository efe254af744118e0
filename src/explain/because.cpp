// SPDX-License-Identifier: Apache-2.0
// Which lines of a trace a person should read first.
#include "explain/because.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "explain/code.hpp"

namespace meshroute::explain {

namespace {

constexpr std::size_t kMost = 8;

std::optional<Code> code_of(std::string_view name) {
  for (std::size_t i = 0; i < kCodes; ++i) {
    if (name_of(static_cast<Code>(i)) == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

/// How near a route came: a path that matches is nearest, else how much of the path that is asked for agrees.
std::size_t nearness(std::string_view text) {
  if (text.find(": the path is ") == std::string_view::npos) return 100000;
  const auto first = text.find('"');
  const auto first_end = text.find('"', first + 1);
  const auto second = text.find('"', first_end + 1);
  if (second == std::string_view::npos) return 0;
  const std::string_view sent = text.substr(first + 1, first_end - first - 1), wanted = text.substr(second + 1);
  return static_cast<std::size_t>(std::mismatch(sent.begin(), sent.end(), wanted.begin(), wanted.end()).first - sent.begin());
}

const TraceLine* nearest_route(const std::vector<TraceLine>& trace) {
  const TraceLine* best = nullptr;
  for (const TraceLine& line : trace) {
    if (line.code == name_of(Code::route_skipped) && (best == nullptr || nearness(line.text) > nearness(best->text)))
      best = &line;
  }
  return best;
}

/// 0: the cause; 1: its effect; 2: what else did not apply; nothing: no part of the explanation.
std::optional<int> rank_of(const Answer& answer, const TraceLine& line) {
  const auto code = code_of(line.code);
  if (!code) return std::nullopt;
  const bool unknown = answer.outcome == "passthrough" || answer.outcome == "blackhole" || answer.virtual_host == "block_all";
  const bool fails = answer.failure_percent > 0;
  switch (*code) {
    case Code::filter_chain_missing:
    case Code::filter_chain_not_http:
    case Code::route_table_missing:
    case Code::virtual_host_missing:
    case Code::tls_in_tls:
    case Code::listener_lost:
    case Code::listener_shared:
    case Code::service_port_udp:
    case Code::service_port_missing:
    case Code::service_port_not_imported:
    case Code::service_port_not_http:
    case Code::service_not_exported:
    case Code::service_not_imported:
    case Code::service_lost_host:
    case Code::service_not_merged:
    case Code::service_clusters_only:
    case Code::alias_of_nothing:
    case Code::subset_missing:
    case Code::subset_not_visible:
    case Code::subset_without_endpoints:
    case Code::endpoints_unhealthy:
    case Code::endpoints_of_other_ports:
    case Code::endpoints_elsewhere:
    case Code::endpoints_missing:
    case Code::endpoints_not_given:
    case Code::selector_matches_nothing:
    case Code::workload_nearly_selected:
    case Code::host_in_capitals:
    case Code::listener_missing:
    case Code::listener_refused:
    case Code::tls_handshake_fails:
      return 0;
    case Code::gateway_not_selected:
    case Code::gateway_server_dropped:
    case Code::virtual_service_not_bound:
    case Code::virtual_service_not_served:
      return fails ? std::optional(1) : std::nullopt;
    case Code::gateway_port_translated:
    case Code::filter_chain_skipped:
      return fails ? std::optional(2) : std::nullopt;
    case Code::host_unknown:
    case Code::host_in_wildcard:
    case Code::host_is_address:
    case Code::alias:
      return unknown || fails ? std::optional(0) : std::nullopt;
    case Code::request:
      return fails ? std::optional(0) : std::nullopt;
    case Code::fault:
      return fails && (line.verdict == Verdict::matched || line.text.find("aborted") != std::string::npos) ? std::optional(0)
                                                                                                           : std::nullopt;
    case Code::no_route:
    case Code::cluster_missing:
    case Code::cluster_empty:
      return 1;
    case Code::outbound_policy:
      return unknown ? std::optional(1) : std::nullopt;
    case Code::virtual_service_lost_host:
    case Code::virtual_service_not_exported:
    case Code::virtual_service_not_imported:
    case Code::virtual_service_for_gateways:
    case Code::delegate_missing:
    case Code::delegate_not_exported:
    case Code::delegate_conflict:
      return unknown || answer.outcome == "no_route" ? std::optional(2) : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<TraceLine> because(const Answer& answer) {
  std::vector<std::pair<int, const TraceLine*>> ranked;
  const TraceLine* nearest = answer.outcome == "no_route" ? nearest_route(answer.trace) : nullptr;
  for (const TraceLine& line : answer.trace) {
    if (&line == nearest) {
      ranked.emplace_back(0, &line);
    } else if (const auto rank = rank_of(answer, line)) {
      ranked.emplace_back(*rank, &line);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<TraceLine> lines;
  for (std::size_t i = 0; i < ranked.size() && i < kMost; ++i) lines.push_back(*ranked[i].second);
  return lines;
}

}  // namespace meshroute::explain
