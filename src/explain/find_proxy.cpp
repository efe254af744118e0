// SPDX-License-Identifier: Apache-2.0
// The proxy of a workload by its name, and what is near where there is no such workload.
#include "explain/find_proxy.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "findings/display_name.hpp"
#include "match/labels.hpp"
#include "registry/workload_reader.hpp"
#include "text/list.hpp"
#include "text/near.hpp"
#include "view/rows.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using registry::Workload;

/// KD5: which of several resources with the name is taken; -1: it is no workload.
int rank_of(const Resource& resource) {
  if (resource.as<model::Pod>() != nullptr) return 0;
  if (resource.as<model::WorkloadEntry>() != nullptr) return 1;
  if (resource.as<model::PodTemplate>() != nullptr) return resource.identity.kind == "Deployment" ? 2 : 3;
  return resource.as<model::WorkloadGroup>() != nullptr ? 4 : -1;
}

class Finder {
 public:
  explicit Finder(const registry::Snapshot& snapshot) : reader_(snapshot.settings) {
    for (const auto& resource : snapshot.resources) {
      reader_.know(*resource);
      const auto* pod = resource->as<model::Pod>();
      if (pod != nullptr && !pod->pod_ips.empty()) pods_[space_of(*resource)].push_back(resource.get());
      const auto* gateway = resource->as<model::Gateway>();
      if (gateway != nullptr) gateways_.insert(gateway->selector);
    }
    for (const auto& each : snapshot.base->table->assumed) {
      if (each.pod != nullptr) assumed_.emplace(each.from, each.pod.get());
    }
  }

  void fill(const Resource& resource, FoundProxy& found) const {
    fill(resource, found.proxy, found.assumed);
    view::write_place(resource, found.resource);
    view::write_origin(&resource, found.origin);
  }

  void fill(const Resource& resource, Proxy& proxy, bool& is_assumed) const {
    Resource made;  // what has no resource of its own: a Pod of a template, an entry of a group
    Workload workload;
    if (resource.as<model::WorkloadEntry>() != nullptr) {
      read_entry(resource, *resource.as<model::WorkloadEntry>(), workload);
    } else if (const auto* group = resource.as<model::WorkloadGroup>()) {
      static const model::WorkloadEntry nothing;
      made.identity = resource.identity;
      if (group->metadata) made.metadata.labels = group->metadata->labels;
      read_entry(made, group->template_ ? *group->template_ : nothing, workload);
    } else if (const auto* shape = resource.as<model::PodTemplate>()) {
      read_template(resource, *shape, made, workload, is_assumed);
    } else if (const Resource* assumed = assumed_pod(resource); assumed != nullptr) {
      is_assumed = true;
      reader_.read(*assumed, workload);
    } else {
      reader_.read(resource, workload);
    }
    workload.finish();
    for (const auto* labels : {workload.metadata_labels, workload.spec_labels}) {  // C6: the first ones win
      if (labels != nullptr) proxy.labels.insert(labels->begin(), labels->end());
    }
    if (workload.ip) proxy.ip = workload.address;
    proxy.locality = workload.locality;
    proxy.network = workload.network;
    proxy.node_name = workload.node_name();
    proxy.service_account = workload.account;
    if (!workload.cluster.empty()) proxy.cluster = workload.cluster;
    if (selected_by_gateway(proxy)) proxy.type = Proxy::Type::router;
  }

 private:
  static void read_entry(const Resource& owner, const model::WorkloadEntry& entry, Workload& workload) {
    workload.resource = &owner;
    workload.cluster = owner.identity.cluster;
    workload.namespace_ = owner.identity.namespace_;
    if (!owner.metadata.labels.empty()) workload.metadata_labels = &owner.metadata.labels;
    registry::WorkloadReader::read(entry, workload);
  }

  /// As a Pod that is given, as one that is assumed, or without an address.
  void read_template(const Resource& resource, const model::PodTemplate& shape, Resource& made, Workload& workload,
                     bool& assumed) const {
    const auto near = pods_.find(space_of(resource));
    if (near != pods_.end() && !shape.labels.empty()) {
      for (const Resource* pod : near->second) {
        if (match::labels_subset(shape.labels, pod->metadata.labels)) return reader_.read(*pod, workload);
      }
    }
    if (const Resource* pod = assumed_pod(resource)) {
      assumed = true;
      return reader_.read(*pod, workload);
    }
    made.identity = {resource.identity.cluster, {}, "Pod", resource.identity.namespace_, resource.identity.name};
    made.metadata.labels = shape.labels;
    made.metadata.annotations = shape.annotations;
    made.spec = std::make_shared<const model::Pod>(shape.pod);
    reader_.read(made, workload);
  }

  const Resource* assumed_pod(const Resource& from) const {
    const auto found = assumed_.find(&from);
    return found != assumed_.end() ? found->second : nullptr;
  }

  bool selected_by_gateway(const Proxy& proxy) const {
    return std::any_of(gateways_.begin(), gateways_.end(),
                       [&](const auto& selector) { return match::labels_match(selector, proxy.labels); });
  }

  using Space = std::pair<std::string_view, std::string_view>;  ///< cluster and namespace
  static Space space_of(const Resource& resource) { return {resource.identity.cluster, resource.identity.namespace_}; }

  registry::WorkloadReader reader_;
  std::map<Space, std::vector<const Resource*>> pods_;            ///< with an address
  std::unordered_map<const Resource*, const Resource*> assumed_;  ///< the first one of a template
  std::set<std::map<std::string, std::string>> gateways_;         ///< their selectors
};

/// "there is Deployment shop/web" for names that are meant, or that begin so; empty without one.
std::string near_names(const std::vector<const Resource*>& workloads, std::string_view name) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string_view> names;
  for (const Resource* each : workloads) names.emplace_back(each->identity.name);
  const std::string_view meant = text::nearest(name, names);
  std::vector<std::string> shown;
  for (const Resource* each : workloads) {
    const std::string_view other = each->identity.name;
    const bool begins = other.size() > name.size() && other.starts_with(name) && other[name.size()] == '-';
    const bool part = name.size() > other.size() && name.starts_with(other) && name[other.size()] == '-';
    if ((other == meant && !meant.empty()) || begins || part) shown.push_back(display_name(*each));
  }
  if (shown.empty() && workloads.size() <= kMost) {
    for (const Resource* each : workloads) shown.push_back(display_name(*each));
  }
  std::sort(shown.begin(), shown.end());
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  if (shown.size() > kMost) shown.resize(kMost);
  return shown.empty() ? "" : (shown.size() == 1 ? "there is " : "there are ") + text::join(shown);
}

/// The namespaces that a resource is exported to; null where it does not say.
const std::vector<std::string>* export_to(const Resource& resource) {
  if (const auto* entry = resource.as<model::ServiceEntry>()) return &entry->export_to;
  if (const auto* rules = resource.as<model::VirtualService>()) return &rules->export_to;
  if (const auto* rule = resource.as<model::DestinationRule>()) return &rule->export_to;
  return nullptr;
}

std::string id_of(std::string_view workload, std::string_view namespace_) {
  return std::string(workload).append(".").append(namespace_);
}

}  // namespace

void each_workload(const registry::Snapshot& snapshot,
                   const std::function<void(const Resource& workload, Proxy&& proxy)>& visit) {
  std::map<std::pair<std::string_view, std::string_view>, const Resource*> first;  // by namespace and name
  std::vector<const Resource*> all;
  for (const auto& resource : snapshot.resources) {
    const int rank = rank_of(*resource);
    if (rank < 0) continue;
    const auto [found, fresh] = first.try_emplace({resource->identity.namespace_, resource->identity.name}, resource.get());
    if (fresh)
      all.push_back(resource.get());
    else if (rank < rank_of(*found->second))
      found->second = resource.get();
  }
  const Finder finder(snapshot);
  for (const Resource* each : all) {
    const Resource& best = *first.at({each->identity.namespace_, each->identity.name});
    Proxy proxy;
    proxy.namespace_ = best.identity.namespace_;
    proxy.id = id_of(best.identity.name, best.identity.namespace_);
    bool assumed = false;
    finder.fill(best, proxy, assumed);
    visit(best, std::move(proxy));
  }
}

FoundProxy find_proxy(const registry::Snapshot& snapshot, std::string_view name) {
  FoundProxy found;
  const auto slash = name.find('/');
  const std::string in(name.substr(0, slash)), workload(slash == std::string_view::npos ? "" : name.substr(slash + 1));
  found.proxy.namespace_ = in;
  if (!workload.empty()) found.proxy.id = id_of(workload, in);
  const Resource* best = nullptr;
  std::set<std::string> spaces;
  std::vector<const Resource*> here, elsewhere;  // workloads of the namespace; of the name in another one
  for (const auto& resource : snapshot.resources) {
    const bool space = resource->as<model::Namespace>() != nullptr;
    spaces.insert(space ? resource->identity.name : resource->identity.namespace_);
    if (const auto* exported = export_to(*resource)) spaces.insert(exported->begin(), exported->end());
    const int rank = rank_of(*resource);
    if (rank < 0) continue;
    if (resource->identity.name == workload && resource->identity.namespace_ != in) elsewhere.push_back(resource.get());
    if (resource->identity.namespace_ != in) continue;
    here.push_back(resource.get());
    if (resource->identity.name == workload && (best == nullptr || rank < rank_of(*best))) best = resource.get();
  }
  if (best != nullptr) {
    Finder(snapshot).fill(*best, found);
    return found;
  }
  for (const auto& assumed : snapshot.base->table->assumed) {  // a member of a StatefulSet
    if (assumed.pod == nullptr || assumed.pod->identity.name != workload || assumed.pod->identity.namespace_ != in) continue;
    Finder(snapshot).fill(*assumed.from, found);
    found.proxy.ip = assumed.pod->as<model::Pod>()->pod_ips.front();
    for (const auto& [key, value] : assumed.pod->metadata.labels) found.proxy.labels[key] = value;
    return found;
  }
  if (!in.empty() && !spaces.contains(in)) {
    std::vector<std::string_view> names(spaces.begin(), spaces.end());
    const std::string_view near = text::nearest(in, names);
    found.message = "nothing that is loaded is in namespace " + in;
    if (!near.empty()) found.message.append(": did you mean ").append(near).append("?");
    if (near.empty() && !elsewhere.empty()) found.message += ": there is " + display_name(*elsewhere.front());
  } else if (!workload.empty()) {
    found.message = "no workload in namespace " + in + " is called " + workload;
    std::string near = near_names(here, workload);
    if (near.empty() && !elsewhere.empty()) near = "there is " + display_name(*elsewhere.front());
    if (!near.empty()) found.message += ": " + near;
  }
  return found;
}

}  // namespace meshroute::explain
