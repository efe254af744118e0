// SPDX-License-Identifier: Apache-2.0
#include "diff/classes.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "findings/display_name.hpp"
#include "match/labels.hpp"
#include "schema/resource_reader.hpp"

namespace meshroute::diffing {

namespace {

std::string_view text_of(const Resource& resource) {
  const Origin& origin = resource.origin;
  if (origin.source == nullptr || origin.offset + origin.size > origin.source->text.size()) return {};
  return std::string_view(origin.source->text).substr(origin.offset, origin.size);
}

bool same(const Resource& a, const Resource& b) {
  const auto text = text_of(a), other = text_of(b);
  if (!text.empty() && text == other && a.origin.item == b.origin.item) return true;
  if (a.metadata.labels != b.metadata.labels || a.metadata.annotations != b.metadata.annotations ||
      a.metadata.creation_timestamp != b.metadata.creation_timestamp || a.metadata.deleting != b.metadata.deleting ||
      a.conditions != b.conditions || a.status_addresses.size() != b.status_addresses.size())
    return false;
  for (std::size_t i = 0; i < a.status_addresses.size(); ++i) {
    if (a.status_addresses[i].value != b.status_addresses[i].value || a.status_addresses[i].host != b.status_addresses[i].host)
      return false;
  }
  if (a.identity.group.find("istio.io") == std::string::npos) return false;  // of Kubernetes' kinds only the text is known
  return schema::spec_to_json(a.spec) == schema::spec_to_json(b.spec);
}

/// What tells proxies apart: the selectors and names of both meshes.
struct Marks {
  std::vector<std::pair<std::string, Labels>> selectors;  ///< namespace (empty: any), labels
  std::set<std::string> namespaces;                       ///< in which, or for which, something is said
  bool everyone = false;                                  ///< each namespace and account may be told apart

  void select(const std::string& namespace_, const Labels& labels) {
    if (labels.empty()) return;
    std::pair one(namespace_, labels);
    if (std::find(selectors.begin(), selectors.end(), one) == selectors.end()) selectors.push_back(std::move(one));
  }
  void name(const std::vector<std::string>& export_to) {
    for (const auto& each : export_to) {
      if (each != "*" && each != "." && each != "~") namespaces.insert(each);
    }
  }
  bool narrows(const std::vector<std::string>& export_to) const {
    return std::any_of(export_to.begin(), export_to.end(), [](const std::string& each) { return each != "*"; });
  }
};

void mark(const registry::Snapshot& snapshot, Marks& marks, std::vector<std::pair<std::string, Labels>>& senders) {
  const auto& settings = snapshot.settings;
  for (const auto& resource : snapshot.resources) {
    const std::string& here = resource->identity.namespace_;
    if (const auto* spec = resource->as<model::VirtualService>()) {
      const auto& export_to = spec->export_to.empty() ? settings.virtual_service_export_to : spec->export_to;
      marks.name(export_to);
      if (marks.narrows(export_to)) marks.namespaces.insert(here);
      const auto match = [&](const auto& rules) {
        for (const auto& rule : rules) {
          for (const auto& each : rule.match) {
            marks.select("", each.source_labels);
            if (!each.source_namespace.empty()) marks.namespaces.insert(each.source_namespace);
            if (!each.source_labels.empty())
              senders.emplace_back(each.source_namespace.empty() ? here : each.source_namespace, each.source_labels);
          }
        }
      };
      match(spec->http);
      match(spec->tls);
      match(spec->tcp);
    } else if (const auto* rule = resource->as<model::DestinationRule>()) {
      marks.namespaces.insert(here);  // a client's own namespace goes first
      const auto& export_to = rule->export_to.empty() ? settings.destination_rule_export_to : rule->export_to;
      marks.name(export_to);
      if (rule->workload_selector) {
        marks.select(here, rule->workload_selector->match_labels);
        senders.emplace_back(here, rule->workload_selector->match_labels);
      }
    } else if (const auto* sidecar = resource->as<model::Sidecar>()) {
      marks.namespaces.insert(here);
      if (sidecar->workload_selector) {
        marks.select(here, sidecar->workload_selector->labels);
        senders.emplace_back(here, sidecar->workload_selector->labels);
      }
    } else if (const auto* entry = resource->as<model::ServiceEntry>()) {
      const auto& export_to = entry->export_to.empty() ? settings.service_export_to : entry->export_to;
      marks.name(export_to);
      if (marks.narrows(export_to)) marks.namespaces.insert(here);
    } else if (resource->as<model::AuthorizationPolicy>() != nullptr) {
      marks.everyone = true;
    } else if (resource->as<model::Service>() != nullptr) {
      const auto found = resource->metadata.annotations.find("networking.istio.io/exportTo");
      if (found != resource->metadata.annotations.end() && found->second != "*") {
        marks.namespaces.insert(here);
        std::string rest = found->second;
        while (!rest.empty()) {
          const auto comma = rest.find(',');
          std::string each = rest.substr(0, comma);
          std::erase(each, ' ');
          marks.name({each});
          rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
        }
      }
    }
  }
  // Of a host with several definitions a proxy takes that of its own namespace.
  std::map<std::string_view, std::string_view> first;
  for (const auto& service : snapshot.services) {
    const auto [found, fresh] = first.emplace(service->hostname, service->namespace_);
    if (fresh || found->second == service->namespace_) continue;
    marks.namespaces.insert(std::string(found->second));
    marks.namespaces.insert(service->namespace_);
  }
}

/// The workloads that may be clients, and each namespace by itself.
void candidates(const registry::Snapshot& snapshot, std::map<std::string, Proxy>& all) {
  for (const auto& resource : snapshot.resources) {
    const std::string& here = resource->identity.namespace_;
    const bool of_namespace = resource->as<model::Namespace>() != nullptr;
    const std::string& name = of_namespace ? resource->identity.name : here;
    if (!all.contains(name)) {
      Proxy proxy;
      proxy.namespace_ = name;
      all.emplace(name, std::move(proxy));
    }
    const auto* pod = resource->as<model::Pod>();
    const auto* entry = resource->as<model::WorkloadEntry>();
    if (pod == nullptr && entry == nullptr) continue;
    Proxy proxy;
    proxy.namespace_ = here;
    proxy.id = resource->identity.name + "." + here;
    proxy.cluster = resource->identity.cluster;
    proxy.labels = resource->metadata.labels;
    if (pod != nullptr) {
      proxy.service_account = pod->service_account_name;
      proxy.node_name = pod->node_name;
      if (!pod->pod_ips.empty()) proxy.ip = pod->pod_ips.front();
    } else {
      proxy.labels.insert(entry->labels.begin(), entry->labels.end());
      proxy.service_account = entry->service_account;
      proxy.locality = entry->locality;
      proxy.network = entry->network;
    }
    if (proxy.wrong()) continue;
    all.emplace(here + "/" + resource->identity.name, std::move(proxy));
  }
}

}  // namespace

std::string name_of(const Proxy& proxy) {
  if (proxy.id.empty()) return proxy.namespace_;
  const std::string tail = "." + proxy.namespace_;
  return proxy.namespace_ + "/" + (proxy.id.ends_with(tail) ? proxy.id.substr(0, proxy.id.size() - tail.size()) : proxy.id);
}

Changed changed(const SnapshotPtr& before, const SnapshotPtr& after) {
  Changed result;
  result.settings = before->settings.mesh_config != after->settings.mesh_config ||
                    before->settings.mesh_networks != after->settings.mesh_networks ||
                    before->settings.vip_mode != after->settings.vip_mode;
  std::unordered_map<const Identity*, const Resource*, registry::Registry::IdentityHash, registry::Registry::IdentityEqual> old;
  for (const auto& resource : before->resources) old.emplace(&resource->identity, resource.get());
  const auto note = [&](const Resource* one, const Resource* other) {
    const Resource& any = one != nullptr ? *one : *other;
    result.kinds.insert(any.identity.kind);
    result.resources[findings::display_name(any)] = {one, other};
  };
  for (const auto& resource : after->resources) {
    const auto found = old.find(&resource->identity);
    if (found == old.end()) {
      note(nullptr, resource.get());
      continue;
    }
    if (found->second != resource.get() && !same(*found->second, *resource)) note(found->second, resource.get());
    old.erase(found);
  }
  for (const auto& each : old) note(each.second, nullptr);
  if (!result.resources.empty()) return result;
  auto other = after->resources.begin();
  for (const auto& resource : before->resources) {
    if ((*other)->identity != resource->identity) result.order = true;
    ++other;
  }
  return result;
}

std::vector<ProxyClass> classes(const SnapshotPtr& before, const SnapshotPtr& after, const Changed& changed) {
  Marks marks;
  std::vector<std::pair<std::string, Labels>> senders;
  std::map<std::string, Proxy> all;
  mark(*before, marks, senders);
  mark(*after, marks, senders);
  candidates(*before, all);
  candidates(*after, all);
  // Whoever a rule is for is asked, also where no workload was given.
  std::sort(senders.begin(), senders.end());
  senders.erase(std::unique(senders.begin(), senders.end()), senders.end());
  for (const auto& [namespace_, labels] : senders) {
    Proxy proxy;
    proxy.namespace_ = namespace_;
    proxy.labels = labels;
    std::string name = namespace_ + " (";
    for (const auto& [key, value] : labels) name += (name.back() == '(' ? "" : ",") + key + "=" + value;
    all.emplace(name + ")", std::move(proxy));
  }
  for (const auto& [name, one] : changed.resources) {
    marks.namespaces.insert((one.after != nullptr ? one.after : one.before)->identity.namespace_);
  }
  // The place of a client decides about the order of endpoints: of no weight where none of them changes.
  const bool places = !changed.only("VirtualService");
  std::map<std::string, ProxyClass> found;
  for (auto& [name, proxy] : all) {
    std::string key = marks.everyone || marks.namespaces.contains(proxy.namespace_) ? proxy.namespace_ : "*";
    for (const auto& [namespace_, labels] : marks.selectors) {
      const bool chosen =
          (namespace_.empty() || namespace_ == proxy.namespace_ || namespace_ == before->settings.root_namespace) &&
          match::labels_subset(labels, proxy.labels);
      key += chosen ? "1" : "0";
    }
    if (places) key += "\n" + proxy.locality + "\n" + proxy.network + "\n" + proxy.cluster + "\n" + proxy.node_name;
    if (marks.everyone) key += "\n" + proxy.service_account;
    auto& of = found[key];
    if (of.names.empty() || (of.proxy.id.empty() && !proxy.id.empty())) of.proxy = proxy;
    of.names.push_back(name);
  }
  std::vector<ProxyClass> list;
  for (auto& [key, one] : found) list.push_back(std::move(one));
  return list;
}

}  // namespace meshroute::diffing
