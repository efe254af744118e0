// SPDX-License-Identifier: Apache-2.0
// Answers about the mesh that several checks need: services of a host, proxies of a rule, workloads of a selector.
#include "analysis/facts.hpp"

#include <algorithm>

#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "registry/injection.hpp"
#include "text/case.hpp"

namespace meshroute::analysis {

namespace {

std::string_view first_label(std::string_view host) { return host.substr(0, host.find('.')); }

/// Whether a resource is, or stands for, something that calls services.
bool may_call(const Resource& resource) {
  return resource.as<model::Pod>() != nullptr || resource.as<model::WorkloadEntry>() != nullptr ||
         resource.as<model::WorkloadGroup>() != nullptr || resource.as<model::Service>() != nullptr ||
         resource.as<model::Sidecar>() != nullptr;
}

}  // namespace

Facts::Facts(const registry::Snapshot& given)
    : snapshot(given), virtual_services(scope::merged_virtual_services(given)), destination_rules(given), workloads(given) {
  for (const auto& service : snapshot.services) {
    auto& definitions = by_host_[service->hostname];
    if (definitions.empty()) {
      by_first_label_[std::string(first_label(service->hostname))].push_back(service);
      backwards_.emplace_back(service->hostname.rbegin(), service->hostname.rend());
    }
    definitions.push_back(service);
    if (service->kubernetes) kubernetes_namespaces_.insert(service->namespace_);
  }
  std::sort(backwards_.begin(), backwards_.end());
  std::set<std::string> ruled, calling;
  for (const Resource* resource : snapshot.destination_rules) {
    const std::string host = expand(resource->as<model::DestinationRule>()->host, *resource);
    if (match::is_wildcard(host)) {
      wildcard_rules_[host].push_back(resource);
    } else {
      rules_[host].push_back(resource);
    }
    ruled.insert(resource->identity.namespace_);
  }
  for (const auto& rules : wildcard_rules_) wildcards_[match::tail_of(rules.first)] = &rules;
  for (const auto& resource : snapshot.resources) {
    const std::string& in = resource->identity.namespace_;
    if (!in.empty()) namespaces.insert(in);
    if (resource->as<model::Namespace>() != nullptr) {
      namespaces.insert(resource->identity.name);
      namespaces_given = of_a_cluster = true;
    }
    if (resource->as<model::Pod>() != nullptr) {  // where Pods are given, so would be the Services
      of_a_cluster = pods_given = true;
      kubernetes_namespaces_.insert(in);
    }
    if (resource->as<model::Gateway>() != nullptr) {
      gateways_.push_back(resource.get());
      gateways_by_name_[{in, resource->identity.name}] = resource.get();
    }
    if (may_call(*resource) && in != snapshot.settings.root_namespace && !in.starts_with("kube-")) calling.insert(in);
  }
  for (const auto& entry : virtual_services) {
    virtual_service_hosts.insert(entry->spec->hosts.begin(), entry->spec->hosts.end());
    if (!scope::names_mesh(entry->spec->gateways)) continue;
    for (const std::string& host : entry->spec->hosts) rules_for_[host].push_back(entry.get());
  }
  for (const Resource* resource : snapshot.sidecars) {
    const auto& selector = resource->as<model::Sidecar>()->workload_selector;
    if (!selector || selector->labels.empty()) default_sidecars_.try_emplace(resource->identity.namespace_, resource);
  }
  client_set_ = calling;
  clients_.assign(calling.begin(), calling.end());
  std::stable_partition(clients_.begin(), clients_.end(), [&](const std::string& name) { return !ruled.contains(name); });
}

const std::vector<registry::ServicePtr>& Facts::definitions(const std::string& host) const {
  static const std::vector<registry::ServicePtr> none;
  const auto found = by_host_.find(host);
  return found == by_host_.end() ? none : found->second;
}

Known Facts::known(const std::string& host) const {
  if (host == "*" || by_host_.contains(host)) return Known::yes;
  const std::string domain = "." + snapshot.settings.domain_suffix, services = ".svc" + domain;
  if (match::is_wildcard(host)) {
    const std::string end(host.rbegin(), host.rend() - 1);
    const auto found = std::lower_bound(backwards_.begin(), backwards_.end(), end);
    if (found != backwards_.end() && found->starts_with(end)) return Known::yes;
  } else if (!host.ends_with(services)) {
    return Known::no;
  }
  if (!host.ends_with(services)) {  // "*.local" covers the services of a cluster
    return kubernetes_namespaces_.empty() && domain.ends_with(std::string_view(host).substr(1)) ? Known::unknown : Known::no;
  }
  const std::string_view name = std::string_view(host).substr(0, host.size() - services.size());
  const auto dot = name.rfind('.');
  const std::string in(dot == std::string_view::npos ? name : name.substr(dot + 1));
  if (in == "default" && name == "kubernetes.default") return Known::unknown;  // every cluster has it
  if (match::is_wildcard(in)) return kubernetes_namespaces_.empty() ? Known::unknown : Known::no;
  if (dot == std::string_view::npos) return Known::no;  // it names no namespace: no Service has such a host
  return kubernetes_namespaces_.contains(in) ? Known::no : Known::unknown;
}

std::vector<registry::ServicePtr> Facts::alike(std::string_view host) const {
  std::vector<registry::ServicePtr> found;
  if (match::is_wildcard(host)) return found;
  const auto same = by_first_label_.find(std::string(first_label(host)));
  if (same == by_first_label_.end()) {
    if (near_left_ == 0) return found;
    --near_left_;
    const std::string_view tail = host.substr(std::min(host.size(), first_label(host).size() + 1));
    if (const registry::Service* near = explain::nearest_service(snapshot, host, first_label(tail)))
      found = definitions(near->hostname);
    if (found.size() > 1) found.resize(1);
    return found;
  }
  for (const auto& service : same->second) {
    if (service->hostname != host && found.size() < 3) found.push_back(service);
  }
  return found;
}

registry::ServicePtr Facts::wildcard_over(const std::string& host) const {
  for (auto dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1)) {
    const auto& found = definitions("*" + host.substr(dot));
    if (!found.empty() && found.front()->hostname != host) return found.front();
  }
  return nullptr;
}

bool Facts::has_namespace(const std::string& pattern) const {
  if (pattern == "*") return true;
  if (pattern.ends_with('*')) {
    const std::string start = pattern.substr(0, pattern.size() - 1);
    const auto found = namespaces.lower_bound(start);
    return found != namespaces.end() && found->starts_with(start);
  }
  if (!pattern.starts_with('*')) return namespaces.contains(pattern);
  const std::string_view end = std::string_view(pattern).substr(1);
  return std::any_of(namespaces.begin(), namespaces.end(), [&](const std::string& name) { return name.ends_with(end); });
}

const Resource* Facts::gateway(const std::string& namespace_, const std::string& name) const {
  const auto found = gateways_by_name_.find({namespace_, name});
  return found == gateways_by_name_.end() ? nullptr : found->second;
}

std::vector<const Workload*> Facts::proxies_of(const Resource& gateway) const {
  return workloads.selected({}, gateway.as<model::Gateway>()->selector);
}

bool Facts::may_judge_selector(const model::Gateway& gateway) const {
  return std::any_of(workloads.all().begin(), workloads.all().end(), [&](const Workload& workload) {
    if (workload.resource->as<model::Pod>() != nullptr) return true;  // where Pods are given, those of gateways are among them
    return std::any_of(gateway.selector.begin(), gateway.selector.end(), [&](const auto& label) {
      return workload.labels.contains(label.first) && (label.first != "app" || !workload.to_come);
    });
  });
}

std::vector<std::string> Facts::wider_hosts(const std::string& host) const {
  std::vector<std::string> found;
  for (auto dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1)) {
    std::string wider = "*" + host.substr(dot);
    if (wider != host && wildcard_rules_.contains(wider)) found.push_back(std::move(wider));
  }
  if (host != "*" && wildcard_rules_.contains("*")) found.emplace_back("*");
  return found;
}

const std::vector<const Resource*>& Facts::rules_of(const std::string& wildcard) const {
  static const std::vector<const Resource*> none;
  const auto found = wildcard_rules_.find(wildcard);
  return found == wildcard_rules_.end() ? none : found->second;
}

std::vector<const Resource*> Facts::rules_about(const std::string& host) const {
  std::vector<const Resource*> found;
  if (const auto same = rules_.find(host); same != rules_.end()) found = same->second;
  std::vector<const WildcardRules::value_type*> wider;
  wildcards_.any_of(match::tail_of(host), [&wider](std::string_view, const WildcardRules::value_type* rules) {
    wider.push_back(rules);
    return false;
  });
  std::sort(wider.begin(), wider.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* rules : wider) found.insert(found.end(), rules->second.begin(), rules->second.end());
  return found;
}

bool Facts::follows(const std::string& namespace_, const scope::VirtualServiceEntry& entry) const {
  constexpr std::size_t kMost = 64;  // that are compared for one host
  const auto group_of = [&](const scope::VirtualServiceEntry& each) {
    const std::string& own = each.resource->identity.namespace_;
    const auto& to = export_to(snapshot, *each.spec);
    if (own == namespace_ && !contains(to, "*")) return contains(to, ".") || contains(to, namespace_) ? 0 : 3;
    if (contains(to, namespace_)) return 1;
    return contains(to, "*") ? 2 : 3;
  };
  const int own = group_of(entry);
  return std::any_of(entry.spec->hosts.begin(), entry.spec->hosts.end(), [&](const std::string& host) {
    const auto found = rules_for_.find(host);
    if (found == rules_for_.end() || own == 3) return false;
    std::size_t tried = 0;
    bool before = true;
    for (const auto* each : found->second) {
      if (each == &entry) {
        before = false;
        continue;
      }
      const int group = group_of(*each);
      if (group < own || (group == own && before)) return false;
      if (++tried == kMost) break;
    }
    return true;
  });
}

bool Facts::may_have_clients(const std::string& namespace_) const {
  const auto found = snapshot.namespaces.find(namespace_);
  return client_set_.contains(namespace_) || (found != snapshot.namespaces.end() && registry::asks_for_sidecars(found->second));
}

const Resource* Facts::default_sidecar(const std::string& namespace_) const {
  for (const std::string* in : {&namespace_, &snapshot.settings.root_namespace}) {
    if (const auto found = default_sidecars_.find(*in); found != default_sidecars_.end()) return found->second;
  }
  return nullptr;
}

bool Facts::imports_rule(const std::string& namespace_, const std::vector<std::string>& hosts, const std::string& owner) const {
  const Resource* sidecar = default_sidecar(namespace_);
  if (sidecar == nullptr) return true;
  const auto& egress = sidecar->as<model::Sidecar>()->egress;
  if (egress.empty()) return true;  // D9
  for (const auto& listener : egress) {
    for (const std::string& text : listener.hosts) {
      const auto slash = text.find('/');
      if (slash == std::string::npos) continue;
      const std::string from = text.substr(0, slash), pattern = text.substr(slash + 1);
      if (from != "*" && from != owner && !(from == "." && owner == namespace_)) continue;
      const bool some = std::any_of(hosts.begin(), hosts.end(),
                                    [&](const std::string& host) { return host == pattern || match::subset_of(host, pattern); });
      if (some) return true;
    }
  }
  return false;
}

std::vector<std::string> Facts::other_clients(const std::string& one, const std::string& other) const {
  std::vector<std::string> found;
  for (const std::string& name : clients_) {
    if (found.size() == 2) break;
    if (name != one && name != other) found.push_back(name);
  }
  return found;
}

std::string Facts::expand(const std::string& host, const Resource& owner) const {
  return scope::expand_host(host, owner.identity.namespace_, snapshot.settings.domain_suffix);
}

const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::VirtualService& spec) {
  return spec.export_to.empty() ? snapshot.settings.virtual_service_export_to : spec.export_to;
}

const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::DestinationRule& spec) {
  static const std::vector<std::string> own{"."};
  if (spec.workload_selector) return own;  // E1
  return spec.export_to.empty() ? snapshot.settings.destination_rule_export_to : spec.export_to;
}

const std::vector<std::string>& export_to(const registry::Snapshot& snapshot, const model::ServiceEntry& spec) {
  return spec.export_to.empty() ? snapshot.settings.service_export_to : spec.export_to;
}

bool exported(const std::vector<std::string>& export_to, const std::string& owner, const std::string& client) {
  return not_exported(export_to, owner, client).empty();
}

std::pair<std::string, std::string> gateway_name(const std::string& name, const std::string& owner_namespace) {
  if (const auto slash = name.find('/'); slash != std::string::npos) {
    const std::string in = name.substr(0, slash);
    return {in == "." ? owner_namespace : in, name.substr(slash + 1)};
  }
  const auto dot = name.find('.');
  if (dot == std::string::npos) return {owner_namespace, name};
  const std::string rest = name.substr(dot + 1);  // name.namespace, or name.namespace.svc.cluster.local
  return {rest.substr(0, rest.find('.')), name.substr(0, dot)};
}

ServerHost server_host(const std::string& text, const std::string& gateway_namespace) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {"*", text};
  const std::string in = text.substr(0, slash);
  return {in == "." ? gateway_namespace : in, text.substr(slash + 1)};
}

bool serves(const model::Server& server, const Resource& gateway, const std::vector<std::string>& hosts,
            const std::string& rule_namespace) {
  return std::any_of(server.hosts.begin(), server.hosts.end(), [&](const std::string& text) {
    const ServerHost host = server_host(text, gateway.identity.namespace_);
    return (host.namespace_ == "*" || host.namespace_ == rule_namespace) &&
           std::any_of(hosts.begin(), hosts.end(), [&](const std::string& each) { return match::matches(each, host.host); });
  });
}

std::string without_namespace(const Facts& facts, const std::string& host) {
  const std::string services = ".svc." + facts.snapshot.settings.domain_suffix;
  if (!host.ends_with(services) || host.find('.') != host.size() - services.size()) return {};
  return ", which names no namespace (NAME.NAMESPACE" + services + ")";
}

std::string path_of_host(const registry::Service& service) {
  const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
  if (entry == nullptr) return "metadata.name";
  const auto found = std::find(entry->hosts.begin(), entry->hosts.end(), service.hostname);
  return "spec.hosts[" + std::to_string(found - entry->hosts.begin()) + "]";
}

std::string shown(const registry::Service& service) {
  return service.resource != nullptr ? findings::display_name(*service.resource) : "a service";
}

std::string one_differs(const Labels& wanted, const WorkloadLabels& labels) {
  std::string differs;
  for (const auto& [key, value] : wanted) {
    const auto found = labels.find(key);
    if (found != labels.end() && found->second == value) continue;
    if (!differs.empty()) return {};
    if (found != labels.end()) {
      differs = "its label " + key + " is " + found->second + ", not " + value;
      if (text::lower(found->second) == text::lower(value)) differs += " (letter case counts)";
      continue;
    }
    differs = "it lacks the label " + key + "=" + value;
    for (const auto& [own, held] : labels) {
      if (text::lower(own) == text::lower(key)) differs = "its label is named " + own + ", not " + key + " (letter case counts)";
    }
  }
  return differs;
}

bool misspelled(std::string_view host, const std::vector<registry::ServicePtr>& alike) {
  return !alike.empty() && first_label(alike.front()->hostname) != first_label(host);
}

std::string meant(std::string_view host, const std::vector<registry::ServicePtr>& alike, bool is_short) {
  std::string text;
  if (misspelled(host, alike)) {
    const registry::Service& near = *alike.front();
    const std::string_view whole = near.hostname, name = first_label(whole);
    const bool same_tail = whole.substr(name.size()) == host.substr(first_label(host).size());
    return "did you mean " + std::string(is_short && same_tail ? name : whole) + " (" + shown(near) + ")?";
  }
  for (const auto& service : alike)
    text += (text.empty() ? "there is " : ", ") + service->hostname + " (" + shown(*service) + ")";
  return text;
}

}  // namespace meshroute::analysis
