// SPDX-License-Identifier: Apache-2.0
// Patches of Envoy's configuration: whether their operations have an effect, and one that does not depend on other EnvoyFilters.
#include <set>
#include <string>

#include "analysis/checks.hpp"
#include "text/document.hpp"

namespace meshroute::analysis {

namespace {

using model::EnvoyFilter;
using ApplyTo = EnvoyFilter::ApplyTo;
using Operation = EnvoyFilter::Patch::Operation;

/// The name of what a patch adds or changes; empty where it says none.
std::string name_of(const EnvoyFilter::EnvoyConfigObjectPatch& patch) {
  if (!patch.patch->value) return {};
  const text::Stream stream = text::read(patch.patch->value->json, "value", Format::json, Limits{});
  if (!stream.documents.empty() && stream.documents.front().root.is_object()) {
    const text::Node& value = stream.documents.front().root;
    if (value.members.empty()) return {};
    if (const text::Node* name = value.find("name"); name != nullptr) return std::string(name->text);
  }
  const auto* listener = patch.match && patch.match->listener ? &*patch.match->listener : nullptr;
  const bool filtered = listener != nullptr && listener->filter_chain && listener->filter_chain->filter;
  return filtered ? listener->filter_chain->filter->name : std::string();
}

/// What the operation needs to be there; empty for one that has its place by itself.
std::string_view depends_on(Operation operation) {
  switch (operation) {
    case Operation::INSERT_BEFORE:
      return "INSERT_BEFORE";
    case Operation::INSERT_AFTER:
      return "INSERT_AFTER";
    case Operation::REPLACE:
      return "REPLACE";
    case Operation::REMOVE:
      return "REMOVE";
    default:
      return {};
  }
}

/// `versioned`: the names of patches before this one that are for some versions of the proxy.
void check_patch(const Resource& resource, const EnvoyFilter& filter, std::size_t place, const std::set<std::string>& versioned,
                 Findings& findings) {
  const EnvoyFilter::EnvoyConfigObjectPatch& patch = filter.config_patches[place];
  const Operation operation = patch.patch->operation;
  const std::string path = "spec.configPatches[" + std::to_string(place) + "].patch.operation";
  const bool routes = patch.apply_to == ApplyTo::ROUTE_CONFIGURATION || patch.apply_to == ApplyTo::HTTP_ROUTE;
  if (operation == Operation::ADD && routes) {
    findings.add("EF0203", resource, path, "ADD is not an operation for routes: the patch may have no effect",
                 "use INSERT_FIRST, or a VirtualService");
    return;
  }
  if (operation == Operation::REMOVE && routes) {
    findings.add("EF0204", resource, path, "REMOVE is not an operation for routes: the patch may have no effect",
                 "change the VirtualService that makes the route");
    return;
  }
  if (operation == Operation::REPLACE && patch.apply_to != ApplyTo::NETWORK_FILTER && patch.apply_to != ApplyTo::HTTP_FILTER &&
      patch.apply_to != ApplyTo::VIRTUAL_HOST) {
    findings.add("EF0202", resource, path, "REPLACE is an operation for filters and virtual hosts: Istio ignores the patch",
                 "use MERGE");
    return;
  }
  const std::string_view word = depends_on(operation);
  if (word.empty() || filter.priority != 0) return;
  if (versioned.contains(name_of(patch))) {
    findings.add(
        "EF0205", resource, path,
        "the effect of " + std::string(word) + " depends on a patch before it, which is only for some versions of the proxy",
        "write a priority in each of the EnvoyFilters");
  } else {
    findings.add("EF0201", resource, path,
                 "the effect of " + std::string(word) + " depends on the order of the EnvoyFilters, and this one has no priority",
                 "write a priority");
  }
}

/// AN0609.
void check_plugin(const Facts& facts, const Resource& resource, const model::WasmPlugin& plugin, Findings& findings) {
  if (!plugin.selector || plugin.selector->match_labels.empty() || plugin.target_ref || !plugin.target_refs.empty()) return;
  tell_gateway_selected(resource, facts.workloads.selected(facts.reach(resource), plugin.selector->match_labels), findings);
}

}  // namespace

void check_envoy_filters(const Facts& facts, Findings& findings) {
  std::set<std::string> versioned;
  const Resource* first = nullptr;
  std::size_t unread = 0;
  for (const auto& resource : facts.snapshot.resources) {
    if (resource == nullptr) continue;
    const auto* filter = resource->as<EnvoyFilter>();
    if (filter != nullptr || resource->as<model::WasmPlugin>() != nullptr) {
      if (unread++ == 0) first = resource.get();
    }
    if (const auto* plugin = resource->as<model::WasmPlugin>(); plugin != nullptr)
      check_plugin(facts, *resource, *plugin, findings);
    if (filter == nullptr) continue;
    for (std::size_t i = 0; i < filter->config_patches.size(); ++i) {
      const auto& patch = filter->config_patches[i];
      if (!patch.patch) break;  // Istio looks no further
      check_patch(*resource, *filter, i, versioned, findings);
      if (patch.match && patch.match->proxy && !patch.match->proxy->proxy_version.empty()) versioned.insert(name_of(patch));
    }
  }
  if (first == nullptr) return;
  findings.add("EF0206", *first, "spec",
               unread == 1 ? "views and answers show what Istio makes without this resource"
                           : "views and answers show what Istio makes without this resource and " + std::to_string(unread - 1) +
                                 " more of the kinds EnvoyFilter and WasmPlugin",
               "ask a running proxy where one of these matters");
}

}  // namespace meshroute::analysis
