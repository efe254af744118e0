// SPDX-License-Identifier: Apache-2.0
// Which lines of a trace a person should read first.
#include "explain/because.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "explain/code.hpp"
#include "match/cluster_name.hpp"
#include "text/case.hpp"

namespace meshroute::explain {

namespace {

constexpr std::size_t kMost = 8;
constexpr std::ptrdiff_t kSkipped = 3;  // rules before the one that matches

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

/// Whether all that the request can be sent to is of another host.
bool leads_away(const Answer& answer, const std::string& host) {
  const auto away = [&host](const std::string& cluster) {
    const auto name = match::parse_cluster_name(cluster);
    return name && text::lower(name->host) != text::lower(host);
  };
  if (host.empty() || (answer.cluster.empty() && answer.weighted_clusters.empty())) return false;
  return (answer.cluster.empty() || away(answer.cluster)) &&
         std::all_of(answer.weighted_clusters.begin(), answer.weighted_clusters.end(),
                     [&](const WeightedCluster& each) { return away(each.name); });
}

/// What an answer looks like, as far as it decides which lines explain it.
struct Shape {
  bool unknown = false;  ///< the destination is unknown to the proxy
  bool fails = false;
  bool no_route = false;
  bool denied = false;  ///< by the access policies of a gateway
  bool away = false;    ///< the request goes to another host than it asks for
  bool plain = false;   ///< no VirtualService applies
  bool later = false;   ///< a rule applies, and one before it does not match
};

/// A rule that would match but for one condition, or a spelling: another path is no near miss.
bool nearly_matches(const TraceLine& line) {
  return line.code == name_of(Code::route_skipped) &&
         (!line.hint.empty() || line.text.find(": the path is ") == std::string::npos);
}

/// Whether a VirtualService names the host itself, and not all hosts by a wildcard.
bool by_its_name(const TraceLine& line) { return line.text.find(" names *") == std::string::npos; }

/// 0: the cause; 1: its effect; 2: what else did not apply; 3: beside the cause; nothing: no part of the explanation.
std::optional<int> rank_of(const Shape& shape, const TraceLine& line) {
  const auto code = code_of(line.code);
  if (!code) return std::nullopt;
  const auto only = [](bool holds, int rank) { return holds ? std::optional(rank) : std::nullopt; };
  switch (*code) {
    case Code::filter_chain_missing:
    case Code::filter_chain_not_http:
    case Code::route_table_missing:
    case Code::route_table_rejected:
    case Code::virtual_host_missing:
    case Code::tls_in_tls:
    case Code::mtls_turned_off:
    case Code::mtls_outside_mesh:
    case Code::tls_to_plain_port:
    case Code::plain_to_tls_port:
    case Code::path_doubled:
    case Code::target_port_unnamed:
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
    case Code::token_refused:
    case Code::provider_refused:
    case Code::no_allow_rule:
    case Code::rule_refused:
      return 0;
    case Code::rule_unmet:
      return only(shape.denied, 2);
    case Code::gateway_not_selected:
    case Code::gateway_server_dropped:
    case Code::virtual_service_not_bound:
    case Code::virtual_service_not_served:
      return only(shape.fails, 1);
    case Code::filter_chain_skipped:
      return only(shape.fails, 2);
    case Code::gateway_port_translated:
      return only(shape.fails, 3);
    case Code::host_unknown:
    case Code::host_in_wildcard:
      if (line.stage == "service") return shape.unknown ? std::optional(0) : only(shape.fails, 1);
      return only(shape.fails, 0);
    case Code::address_unknown:
    case Code::host_is_address:
    case Code::host_is_endpoint:
    case Code::host_is_member:
    case Code::alias:
      return shape.unknown ? std::optional(0) : only(shape.fails || shape.away, shape.fails ? 1 : 0);
    case Code::request:
      return only(shape.fails, 0);
    case Code::fault:
      return only(shape.fails && (line.verdict == Verdict::matched || line.text.find("aborted") != std::string::npos), 0);
    case Code::route_matched:
      return only((shape.away || shape.later) && !shape.fails, 0);
    case Code::route_skipped:
      return only(!line.hint.empty() || (shape.later && !shape.fails), 2);
    case Code::route_not_for_proxy:
      return only(shape.no_route || shape.later || shape.plain, 2);
    case Code::virtual_service_other_spelling:
      return shape.fails || shape.unknown ? 0 : 2;
    case Code::no_route:
    case Code::cluster_missing:
    case Code::cluster_empty:
      return 1;
    case Code::outbound_policy:
      return only(shape.unknown, 1);
    case Code::virtual_service_lost_host:
      return only(shape.unknown || shape.no_route || shape.plain || !line.hint.empty(), 2);
    case Code::connection_rule_skipped:
      return only(shape.unknown || shape.plain, 2);
    case Code::filter_chain_default:
      return only(shape.unknown, 0);
    case Code::virtual_service_not_exported:
    case Code::virtual_service_not_imported:
    case Code::virtual_service_for_gateways:
      return only(shape.unknown || shape.no_route || (shape.plain && by_its_name(line)), 2);
    case Code::delegate_conflict:
    case Code::delegate_missing:
    case Code::delegate_not_exported:
      return shape.unknown || shape.no_route ? 0 : 2;
    case Code::virtual_service_elsewhere:
      return only(!line.hint.empty(), 3);
    case Code::mirror_missing:
    case Code::fault_never:
    case Code::retries_cut:
    case Code::locality_off:
      return 3;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<TraceLine> because(const Answer& answer, const std::string& host) {
  Shape shape;
  shape.unknown = answer.outcome == "passthrough" || answer.outcome == "blackhole" || answer.virtual_host == "block_all";
  shape.fails = answer.failure_percent > 0;
  shape.no_route = answer.outcome == "no_route";
  shape.denied = answer.outcome == "denied";
  shape.away = leads_away(answer, host);
  const auto any = [&answer](Code code) {
    return std::any_of(answer.trace.begin(), answer.trace.end(),
                       [code](const TraceLine& line) { return line.code == name_of(code); });
  };
  shape.plain = !any(Code::virtual_service_matched);
  const auto skipped = std::count_if(answer.trace.begin(), answer.trace.end(), nearly_matches);
  shape.later = any(Code::route_matched) && (skipped > 0 || any(Code::route_not_for_proxy));
  std::vector<std::pair<int, const TraceLine*>> ranked;
  const TraceLine* nearest = answer.outcome == "no_route" ? nearest_route(answer.trace) : nullptr;
  std::ptrdiff_t told = 0;
  for (const TraceLine& line : answer.trace) {
    if (&line == nearest) {
      ranked.emplace_back(0, &line);
    } else if (line.code == name_of(Code::route_skipped) && line.hint.empty() &&
               (!nearly_matches(line) || told++ < skipped - kSkipped)) {
      continue;  // of many rules the last ones before the one that matches
    } else if (const auto rank = rank_of(shape, line)) {
      ranked.emplace_back(*rank, &line);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<TraceLine> lines;
  for (std::size_t i = 0; i < ranked.size() && i < kMost; ++i) lines.push_back(*ranked[i].second);
  return lines;
}

}  // namespace meshroute::explain
