// SPDX-License-Identifier: Apache-2.0
// The proxy of a workload by its name, and what is near where there is no such workload.
#include "explain/find_proxy.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/labels.hpp"
#include "registry/named_workloads.hpp"
#include "text/list.hpp"
#include "text/near.hpp"
#include "view/rows.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using registry::NamedWorkloads;

/// The proxy of a workload that is loaded.
void fill(const registry::Snapshot& snapshot, const Resource& resource, FoundProxy& found) {
  const NamedWorkloads workloads(snapshot);
  registry::NamedWorkload named;
  workloads.read(resource, named);
  found.assumed = named.assumed;
  found.proxy = workloads.proxy_of(resource, named);
  found.proxy.no_sidecar = found.proxy.type == Proxy::Type::sidecar && workloads.lacks_sidecar(named);
  view::write_place(resource, found.resource);
  view::write_origin(&resource, found.origin);
}

/// "there is Deployment shop/web" for names that are meant, or that begin so; empty without one.
std::string near_names(const std::vector<const Resource*>& workloads, std::string_view name) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string_view> names;
  names.reserve(workloads.size());
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

/// The labels that a Gateway or Service of that name selects, where the workload itself is not loaded: they are taken for its
/// own. What is said of it; empty without one.
std::string take_selected(const registry::Snapshot& snapshot, const std::string& in, const std::string& name, Proxy& proxy) {
  const auto take = [&proxy](const Resource& resource, const Labels& labels, bool router) {
    proxy.labels = labels;
    if (router) proxy.type = Proxy::Type::router;
    return "asked as " + std::string(router ? "the gateway" : "a workload") + " that " + display_name(resource) + " selects (" +
           labels_text(labels) + ")";
  };
  const Resource* service = nullptr;
  for (const auto& resource : snapshot.resources) {
    if (resource->identity.name != name || resource->identity.namespace_ != in) continue;
    if (const auto* gateway = resource->as<model::Gateway>(); gateway != nullptr && !gateway->selector.empty())
      return take(*resource, gateway->selector, true);
    const auto* spec = resource->as<model::Service>();
    if (spec != nullptr && spec->selector && !spec->selector->empty()) service = resource.get();
  }
  if (service == nullptr) return {};
  const Labels& labels = *service->as<model::Service>()->selector;
  const auto& gateways = snapshot.base->gateways;
  const bool router = std::any_of(gateways.begin(), gateways.end(), [&labels](const Resource* each) {
    const Labels& selector = each->as<model::Gateway>()->selector;
    return !selector.empty() && match::labels_match(selector, labels);
  });
  return take(*service, labels, router);
}

}  // namespace

void each_workload(const registry::Snapshot& snapshot,
                   const std::function<void(const Resource& workload, Proxy&& proxy)>& visit) {
  const NamedWorkloads workloads(snapshot);
  workloads.each([&](const Resource& resource, const registry::NamedWorkload& named) {
    visit(resource, workloads.proxy_of(resource, named));
  });
}

FoundProxy find_proxy(const registry::Snapshot& snapshot, std::string_view name) {
  FoundProxy found;
  const auto slash = name.find('/');
  const std::string in(name.substr(0, slash)), workload(slash == std::string_view::npos ? "" : name.substr(slash + 1));
  found.proxy.namespace_ = in;
  if (!workload.empty()) found.proxy.id = workload + "." + in;
  const Resource* best = nullptr;
  std::set<std::string_view> spaces;
  std::unordered_set<const std::string*> met;    // of `spaces`: copies of a few texts are most
  std::vector<const Resource*> here, elsewhere;  // workloads of the namespace; of the name in another one
  for (const auto& resource : snapshot.resources) {
    const bool space = resource->as<model::Namespace>() != nullptr;
    const SharedString& of = resource->identity.namespace_;
    if (space)
      spaces.insert(resource->identity.name);
    else if (met.insert(&of.string()).second)
      spaces.insert(of);
    if (const auto* exported = export_to(*resource)) spaces.insert(exported->begin(), exported->end());
    const int rank = NamedWorkloads::rank_of(*resource);
    if (rank < 0) continue;
    if (resource->identity.name == workload && resource->identity.namespace_ != in) elsewhere.push_back(resource.get());
    if (resource->identity.namespace_ != in) continue;
    here.push_back(resource.get());
    if (resource->identity.name == workload && (best == nullptr || rank < NamedWorkloads::rank_of(*best))) best = resource.get();
  }
  if (best != nullptr) {
    fill(snapshot, *best, found);
    return found;
  }
  for (const auto& assumed : snapshot.base->table->assumed) {  // a member of a StatefulSet
    if (assumed.pod == nullptr || assumed.pod->identity.name != workload || assumed.pod->identity.namespace_ != in) continue;
    fill(snapshot, *assumed.from, found);
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
    if (near.empty()) near = take_selected(snapshot, in, workload, found.proxy);
    if (near.empty() && !elsewhere.empty()) near = "there is " + display_name(*elsewhere.front());
    if (!near.empty()) found.message += ": " + near;
  }
  return found;
}

}  // namespace meshroute::explain
