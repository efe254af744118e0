// SPDX-License-Identifier: Apache-2.0
// Counts which rules the tests met, and finds a request for those that none met.
#include "suite/coverage.hpp"

#include <algorithm>
#include <charconv>

#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "resolve/follow.hpp"
#include "resolve/inbound.hpp"
#include "text/list.hpp"
#include "witness/summary.hpp"
#include "witness/witness.hpp"

namespace meshroute::suite {

using text::element;

void Coverage::add(const Resource& resource, const std::string& path) {
  const std::string name = findings::display_name(resource);
  const text::Place place = places_.find(resource, path);
  index_.emplace(std::pair(name, path), items_.size());
  items_.push_back({.resource = name, .path = path, .source = place.source, .line = place.line});
}

void Coverage::add_rules(const Resource& resource) {
  const auto& spec = *resource.as<model::VirtualService>();
  virtual_services_[findings::display_name(resource)] = &resource;
  const auto add_list = [&](const char* kind, const auto& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string rule = element(kind, i);
      add(resource, rule);
      for (std::size_t j = 0; j < rules[i].match.size(); ++j) add(resource, rule + "." + element("match", j));
      for (std::size_t j = 0; j < rules[i].route.size(); ++j) add(resource, rule + "." + element("route", j));
    }
  };
  add_list("spec.http", spec.http);
  add_list("spec.tls", spec.tls);
  add_list("spec.tcp", spec.tcp);
}

Coverage::Coverage(const std::shared_ptr<const registry::Snapshot>& snapshot) : snapshot_(snapshot) {
  for (std::size_t i = 0; i < snapshot->resources.size(); ++i) {
    const auto& resource = snapshot->resources[i];
    if (resource == nullptr) continue;
    if (resource->as<model::VirtualService>() != nullptr) add_rules(*resource);
    if (const auto* rule = resource->as<model::DestinationRule>()) {
      for (std::size_t j = 0; j < rule->subsets.size(); ++j) add(*resource, element("spec.subsets", j));
    }
    if (const auto* policy = resource->as<model::AuthorizationPolicy>()) {
      for (std::size_t j = 0; j < policy->rules.size(); ++j) add(*resource, element("spec.rules", j));
    }
  }
}

void Coverage::hit(const std::string& resource, const std::string& path) {
  if (const auto found = index_.find({resource, path}); found != index_.end()) ++items_[found->second].hits;
}

/// The match, its rule, and the destinations that get a share.
void Coverage::hit_rule(const std::string& resource, const std::string& path) {
  const auto match = path.find(".match[");
  const std::string rule = path.substr(0, match);
  if (match != std::string::npos) hit(resource, path);
  hit(resource, rule);
  const auto found = virtual_services_.find(resource);
  const auto open = rule.find('[');
  if (found == virtual_services_.end() || open == std::string::npos) return;
  std::size_t place = 0;
  std::from_chars(rule.data() + open + 1, rule.data() + rule.size(), place);
  const auto hit_list = [&](const auto& rules) {
    if (place >= rules.size()) return;
    const auto& route = rules[place].route;
    for (std::size_t i = 0; i < route.size(); ++i) {
      if (route[i].weight > 0 || route.size() == 1) hit(resource, rule + "." + element("route", i));
    }
  };
  const auto& spec = *found->second->template as<model::VirtualService>();
  if (rule.starts_with("spec.http")) hit_list(spec.http);
  if (rule.starts_with("spec.tls")) hit_list(spec.tls);
  if (rule.starts_with("spec.tcp")) hit_list(spec.tcp);
}

/// The rule that delegates to the one that was met.
void Coverage::hit_root(const view::ProxyView& view, const Asked& asked) {
  if (asked.answer.route_config.empty() || asked.resource.empty()) return;
  const auto rules = view.host_rules(asked.answer.route_config, asked.answer.virtual_host);
  const std::string rule = asked.path.substr(0, asked.path.find(".match["));
  for (const auto& each : rules) {
    if (each.owner == nullptr) continue;
    const std::string root = findings::display_name(*each.owner->resource);
    if (root == asked.resource) return;
    for (const auto& origin : each.owner->http_origins) {
      if (origin.path.substr(0, origin.path.find(".match[")) != rule ||
          findings::display_name(*origin.resource) != asked.resource)
        continue;
      hit(root, element("spec.http", origin.root));
      return;
    }
  }
}

void Coverage::hit_subsets(const view::ProxyView& view, const Answer& answer) {
  std::set<std::string> clusters;
  if (!answer.cluster.empty()) clusters.insert(answer.cluster);
  for (const auto& each : answer.weighted_clusters) {
    if (each.weight > 0 || answer.weighted_clusters.size() == 1) clusters.insert(each.name);
  }
  for (const auto& cluster : clusters) {
    const auto parts = match::parse_cluster_name(cluster);
    if (!parts || parts->subset.empty()) continue;
    const auto* rule = view.destination_rule(std::string(parts->host));
    if (rule == nullptr) continue;
    for (const Resource* from : rule->contributors) {
      const auto& subsets = from->as<model::DestinationRule>()->subsets;
      for (std::size_t i = 0; i < subsets.size(); ++i) {
        if (subsets[i].name == parts->subset) hit(findings::display_name(*from), element("spec.subsets", i));
      }
    }
  }
}

/// "ns[prod]-policy[api]-rule[0]".
void Coverage::hit_policy(const std::string& rule) {
  std::string parts[3];
  std::size_t at = 0;
  for (const char* key : {"ns[", "]-policy[", "]-rule["}) {
    const auto found = rule.find(key);
    if (found == std::string::npos) return;
    const auto start = found + std::string_view(key).size();
    parts[at++] = rule.substr(start, rule.find(']', start) - start);
  }
  hit(findings::display_name("AuthorizationPolicy", parts[0], parts[1]), "spec.rules[" + parts[2] + "]");
}

void Coverage::look_for_unreachable(const view::ProxyView& view) {
  if (!asked_.insert(witness::proxy_form(view.proxy).dump()).second) return;
  for (const auto& each : witness::witnesses(view)) {
    if (each.unreachable.empty())
      reachable_.insert({each.resource, each.path});
    else
      unreachable_.emplace(std::pair(each.resource, each.path), each.unreachable);
  }
}

std::vector<CoverageItem> Coverage::items() const {
  std::vector<CoverageItem> items = items_;
  const auto hidden = [&](const std::string& resource, const std::string& path) -> const std::string* {
    const auto found = unreachable_.find({resource, path});
    return found != unreachable_.end() && !reachable_.contains({resource, path}) ? &found->second : nullptr;
  };
  // A rule that nothing meets, by itself or by all of its matches, takes its destinations along.
  std::map<std::pair<std::string, std::string>, std::pair<std::size_t, std::size_t>> matches;  // of a rule: all, hidden
  for (const auto& item : items) {
    const auto at = item.path.find(".match[");
    if (at == std::string::npos) continue;
    auto& [all, lost] = matches[{item.resource, item.path.substr(0, at)}];
    ++all;
    lost += hidden(item.resource, item.path) != nullptr ? 1 : 0;
  }
  for (auto& item : items) {
    if (const auto* why = hidden(item.resource, item.path)) {
      item.unreachable = "hidden by " + *why;
      continue;
    }
    const auto part = std::min(item.path.find(".match["), item.path.find(".route["));
    const bool of_match = part != std::string::npos && item.path.compare(part, 7, ".match[") == 0;
    const std::string rule = item.path.substr(0, part);
    if (of_match) continue;
    if (const auto* why = hidden(item.resource, rule)) item.unreachable = "hidden by " + *why;
    const auto found = matches.find({item.resource, rule});
    if (found != matches.end() && found->second.first == found->second.second) item.unreachable = "each of its matches is hidden";
  }
  return items;
}

void Coverage::met(const view::ProxyView& view, const Request& request, const Asked& asked, const Journey* journey) {
  look_for_unreachable(view);
  if (!asked.path.empty()) {
    hit_rule(asked.resource, asked.path);
    hit_root(view, asked);
  }
  hit_subsets(view, asked.answer);
  if (snapshot_->base->authorization_policies.empty() || asked.answer.outcome != "routed") return;
  std::optional<Journey> own;
  if (journey == nullptr) {
    const resolve::Tracers tracers{
        [](const auto& from, const Request& sent, Answer& answer) { answer = ask(from, sent).answer; },
        [](const auto& server, const Request& sent, InboundAnswer& answer) { resolve::resolve_inbound(server, sent, answer); }};
    own = resolve::follow(view, request, nullptr, tracers);
    journey = &*own;
  }
  std::set<std::string> policies;  // one test is one hit, however many endpoints there are
  for (const auto& hop : journey->endpoints) {
    policies.insert(hop.inbound.policy);
    policies.insert(hop.inbound.audit);
    for (const auto& each : hop.inbound.asked) policies.insert(each.policy);
    for (const auto& each : hop.inbound.dry_run) policies.insert(each.policy);
  }
  for (const auto& policy : policies) hit_policy(policy);
}

}  // namespace meshroute::suite
