// SPDX-License-Identifier: Apache-2.0
// How an endpoint of a cluster is chosen: the balancer, the priorities, and who decides them.
#include <algorithm>
#include <map>
#include <string>

#include "explain/explanation.hpp"
#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using Settings = model::LoadBalancerSettings;

std::string hash_text(const Settings::ConsistentHashLB& hash) {
  if (hash.http_header_name) return "the header " + *hash.http_header_name;
  if (hash.http_cookie) return "the cookie " + hash.http_cookie->name;
  if (hash.use_source_ip && *hash.use_source_ip) return "the source address";
  if (hash.http_query_parameter_name) return "the query parameter " + *hash.http_query_parameter_name;
  return "nothing";
}

/// The labels that decide a priority, against those of an endpoint: "a matches, b does not" (E29).
std::string labels_of_priority(const std::vector<std::string>& list, const Proxy& proxy, const view::LoadEndpoint& endpoint) {
  std::string text;
  for (const std::string& each : list) {
    const auto equals = each.find('=');
    const std::string key = each.substr(0, equals);
    const auto own = proxy.labels.find(key);
    const std::string want = equals != std::string::npos ? each.substr(equals + 1)
                             : own != proxy.labels.end() ? own->second
                                                         : std::string();
    const std::string has = endpoint.from != nullptr ? std::string(endpoint.from->workload->label_or_empty(key)) : std::string();
    text += text.empty() ? "" : ", ";
    if (has != want) return text + key + " is " + (has.empty() ? "missing" : has) + ", not " + (want.empty() ? "missing" : want);
    text += key + "=" + (want.empty() ? "(none)" : want) + " agrees";
  }
  return text;
}

}  // namespace

void Explanation::balancing(const std::string& cluster) {
  const auto& all = view_.clusters();
  const auto found = std::lower_bound(all.begin(), all.end(), cluster,
                                      [](const view::Cluster& each, const std::string& name) { return each.name < name; });
  if (found == all.end() || found->name != cluster || found->plan == nullptr) return;
  const view::ClusterPlan& plan = *found->plan;
  const auto& balancer = plan.policy->load_balancer;
  const Resource* rule = plan.rule != nullptr ? plan.rule->resource : nullptr;
  const bool of_subset = plan.subset != nullptr && plan.subset->traffic_policy && plan.subset->traffic_policy->load_balancer;
  std::string path = "spec.trafficPolicy.loadBalancer";
  for (std::size_t i = 0; of_subset && rule != nullptr && i < plan.rule->spec.subsets.size(); ++i) {
    if (plan.rule->spec.subsets[i].name == plan.subset->name)
      path = text::element("spec.subsets", i) + ".trafficPolicy.loadBalancer";
  }
  if (balancer && balancer->consistent_hash && rule != nullptr) {
    line("cluster", Verdict::noted, Code::load_balancing,
         "an endpoint is chosen by consistent hash of " + hash_text(*balancer->consistent_hash) + ", as " + display_name(*rule) +
             " says",
         rule, path + ".consistentHash");
  } else if (balancer && balancer->simple && rule != nullptr && *balancer->simple != Settings::SimpleLB::UNSPECIFIED) {
    line(
        "cluster", Verdict::noted, Code::load_balancing,
        "an endpoint is chosen by " + std::string(view::balancer_text(found->balancer)) + ", as " + display_name(*rule) + " says",
        rule, path + ".simple");
  }
  const auto* assignment = view_.assignment(cluster);
  if (assignment == nullptr) return;
  const std::size_t weightless = static_cast<std::size_t>(
      std::count_if(assignment->endpoints.begin(), assignment->endpoints.end(),
                    [](const view::LoadEndpoint& each) { return each.from != nullptr && each.from->workload->weight == 0; }));
  const bool weighted = std::any_of(assignment->endpoints.begin(), assignment->endpoints.end(),
                                    [](const view::LoadEndpoint& each) { return each.weight > 1; });
  if (weighted && weightless > 0)
    line("cluster", Verdict::noted, Code::weight_zero,
         std::to_string(weightless) + (weightless == 1 ? " endpoint has" : " endpoints have") +
             " no weight or weight 0, which counts as 1");
  locality(plan, *assignment);
}

void Explanation::locality(const view::ClusterPlan& plan, const view::LoadAssignment& assignment) {
  const view::LocalityChoice choice = view::choose_locality(view_, plan);
  const auto* setting = choice.setting;
  if (setting == nullptr) return;
  const bool of_rule = plan.policy->load_balancer && plan.policy->load_balancer->locality_lb_setting.has_value();
  const Resource* rule = of_rule && plan.rule != nullptr ? plan.rule->resource : nullptr;
  const std::string who = rule != nullptr ? display_name(*rule)
                          : choice.forced ? "the Service's trafficDistribution"
                                          : "MeshConfig";
  const std::string path = rule != nullptr ? "spec.trafficPolicy.loadBalancer.localityLbSetting" : "";
  if (!setting->distribute.empty()) {
    line("cluster", Verdict::noted, Code::locality_priority, "distribute of " + who + " sets the share of each locality", rule,
         path + (rule != nullptr ? ".distribute" : ""));
    return;
  }
  if (!plan.policy->outlier_detection && !choice.forced) {  // E25
    if (setting->failover_priority.empty() && setting->failover.empty()) return;
    const char* field = setting->failover_priority.empty() ? "failover" : "failoverPriority";
    line("cluster", Verdict::skipped, Code::locality_off,
         std::string(field) + " of " + who + " does not apply: all endpoints have the same priority without outlierDetection",
         rule, path.empty() ? path : path + "." + field,
         plan.rule != nullptr ? "add outlierDetection to spec.trafficPolicy of " + display_name(*plan.rule->resource)
                              : "add a DestinationRule with outlierDetection for " + plan.service->hostname);
    return;
  }
  std::map<std::uint32_t, std::pair<std::size_t, const view::LoadEndpoint*>> priorities;
  for (const auto& endpoint : assignment.endpoints) {
    auto& [count, first] = priorities[endpoint.priority];
    if (count++ == 0) first = &endpoint;
  }
  if (priorities.size() < 2) return;
  const auto number = [](std::size_t count) { return std::to_string(count) + (count == 1 ? " endpoint" : " endpoints"); };
  const char* field = setting->failover_priority.empty() ? "failover" : "failoverPriority";
  for (const auto& [priority, those] : priorities) {
    std::string text = "priority " + std::to_string(priority) + ": " + number(those.first) + ", ";
    if (!setting->failover_priority.empty())
      text += labels_of_priority(setting->failover_priority, view_.proxy, *those.second);
    else
      text += "such as those in " + (those.second->locality.empty() ? "no locality" : std::string(those.second->locality));
    line("cluster", Verdict::noted, Code::locality_priority,
         text + (setting->failover_priority.empty()
                     ? "; the proxy is in " + (view_.proxy.locality.empty() ? "no locality" : view_.proxy.locality)
                     : " (failoverPriority of " + who + ")"),
         rule, path.empty() ? path : path + "." + field);
  }
}

}  // namespace meshroute::explain
