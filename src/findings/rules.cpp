// SPDX-License-Identifier: Apache-2.0
// One table of all rules, joined from those of the kinds and layers.
#include "findings/rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>

#include "findings/rules/analysis.hpp"
#include "findings/rules/analysis_destination_rules.hpp"
#include "findings/rules/analysis_entries.hpp"
#include "findings/rules/analysis_gateways.hpp"
#include "findings/rules/analysis_kubernetes.hpp"
#include "findings/rules/analysis_policies.hpp"
#include "findings/rules/analysis_policy_effects.hpp"
#include "findings/rules/analysis_proxies.hpp"
#include "findings/rules/analysis_sidecars.hpp"
#include "findings/rules/analysis_telemetry.hpp"
#include "findings/rules/analysis_virtual_services.hpp"
#include "findings/rules/authorization_policy.hpp"
#include "findings/rules/decode.hpp"
#include "findings/rules/destination_rule.hpp"
#include "findings/rules/envoy_filter.hpp"
#include "findings/rules/gateway.hpp"
#include "findings/rules/mesh_config.hpp"
#include "findings/rules/metadata.hpp"
#include "findings/rules/peer_authentication.hpp"
#include "findings/rules/proxy_config.hpp"
#include "findings/rules/request_authentication.hpp"
#include "findings/rules/schema.hpp"
#include "findings/rules/service_entry.hpp"
#include "findings/rules/shared.hpp"
#include "findings/rules/sidecar.hpp"
#include "findings/rules/strict.hpp"
#include "findings/rules/telemetry.hpp"
#include "findings/rules/text.hpp"
#include "findings/rules/virtual_service.hpp"
#include "findings/rules/wasm_plugin.hpp"
#include "findings/rules/workload_entry.hpp"
#include "findings/rules/workload_group.hpp"

namespace meshroute {

namespace findings {

namespace {

template <std::size_t... sizes>
constexpr auto join(const Rule (&... tables)[sizes]) {
  std::array<Rule, (sizes + ...)> all{};
  std::size_t count = 0;
  const auto take = [&](std::span<const Rule> table) {
    for (const Rule& each : table) all[count++] = each;
  };
  (take(tables), ...);
  std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return all;
}

constexpr auto kRules =
    join(kAnalysisRules, kAnalysisProxiesRules, kAnalysisTelemetryRules, kAnalysisKubernetesRules, kAnalysisSidecarsRules,
         kAnalysisPoliciesRules, kAnalysisPolicyEffectsRules, kAnalysisGatewaysRules, kAnalysisRoutingRules,
         kAnalysisRuleConflictsRules, kAnalysisEntriesRules, kAuthorizationPolicyRules, kDecodeRules, kDestinationRuleRules,
         kEnvoyFilterRules, kGatewayRules, kMeshConfigRules, kMetadataRules, kPeerAuthenticationRules, kProxyConfigRules,
         kRequestAuthenticationRules, kSchemaRules, kServiceEntryRules, kSharedRules, kSidecarRules, kStrictRules,
         kTelemetryRules, kTextRules, kVirtualServiceRules, kWasmPluginRules, kWorkloadEntryRules, kWorkloadGroupRules);

static_assert(std::equal(kRules.begin(), kRules.end(), std::begin(kRuleIds), std::end(kRuleIds),
                         [](const Rule& rule, std::string_view id) { return rule.id == id; }),
              "kRuleIds (rule_id.hpp) lists the ids of the table, sorted, each once");

}  // namespace

const Rule& rule(RuleId id) { return kRules[id.place()]; }

const SharedString& shared_id(RuleId id) {
  static const std::vector<SharedString>& ids = []() -> std::vector<SharedString>& {
    auto& made = *new std::vector<SharedString>;  // never freed, as its texts are not
    made.reserve(kRules.size());
    for (const Rule& each : kRules) made.push_back(SharedString::lasting(each.id));
    return made;
  }();
  return ids[id.place()];
}

const Rule* find_rule(std::string_view id) {
  const auto* found = std::lower_bound(kRules.begin(), kRules.end(), id,
                                       [](const Rule& each, std::string_view wanted) { return each.id < wanted; });
  return found != kRules.end() && found->id == id ? &*found : nullptr;
}

RuleId rule_of(text::Rule rule) {
  switch (rule) {
    case text::Rule::TX0101:
      return "TX0101";
    case text::Rule::TX0102:
      return "TX0102";
    case text::Rule::TX0103:
      return "TX0103";
    case text::Rule::TX0105:
      return "TX0105";
    case text::Rule::TX0106:
      return "TX0106";
    case text::Rule::TX0107:
      return "TX0107";
    case text::Rule::TX0108:
      return "TX0108";
    case text::Rule::TX0109:
      return "TX0109";
    case text::Rule::TX0201:
      break;
  }
  return "TX0201";
}

}  // namespace findings

bool Rule::is(std::string_view word) const {
  if (word.empty()) return false;
  const auto stands = [&](std::string_view code) { return code == word || code.substr(0, code.find('/')) == word; };
  return word == "*" || word == id || word == name || std::any_of(peers.begin(), peers.end(), stands);
}

std::span<const Rule> rules() { return findings::kRules; }

}  // namespace meshroute
