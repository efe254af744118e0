// SPDX-License-Identifier: Apache-2.0
// Says which endpoints are assumed from templates, and which Services no workload serves.
#include "explain/derived.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "match/labels.hpp"
#include "registry/container_ports.hpp"
#include "text/list.hpp"

namespace meshroute::explain {

using findings::display_name;
using view::ProxyView;

namespace {

constexpr std::size_t kShownSteps = 3;

/// A WorkloadGroup that the selector matches, or null.
const Resource* group_of(const ProxyView& view, const registry::Service& service, const Labels& selector) {
  for (const auto& resource : view.snapshot->resources) {
    const auto* group = resource->as<model::WorkloadGroup>();
    if (group == nullptr || resource->identity.namespace_ != service.namespace_) continue;
    Labels labels;
    if (group->template_) labels = group->template_->labels;
    if (group->metadata) {
      for (const auto& [key, value] : group->metadata->labels) labels[key] = value;
    }
    if (match::labels_subset(selector, labels)) return resource.get();
  }
  return nullptr;
}

}  // namespace

std::vector<Reason> why_not_given(const ProxyView& view, std::string_view cluster) {
  const auto name = match::parse_cluster_name(cluster);
  const auto found = name ? view.scope.by_host.find(std::string(name->host)) : view.scope.by_host.end();
  if (found == view.scope.by_host.end() || found->second->resource == nullptr) return {};
  const registry::Service& service = *found->second;
  const Resource& owner = *service.resource;
  const auto* selector = selector_of(service);
  const std::string whose = "the endpoints of " + display_name(owner);
  if (selector == nullptr) {
    return {{whose + " are not given: it has no selector, and no EndpointSlice of it is loaded", &owner, "spec",
             Code::endpoints_not_given, "load the EndpointSlices of " + display_name(owner) + " to see where requests go"}};
  }
  if (const Resource* group = group_of(view, service, *selector)) {
    return {{whose + " come at run time: workloads that register themselves as " + display_name(*group), group, "spec.template",
             Code::endpoints_not_given}};
  }
  std::vector<Reason> reasons;
  for (auto& candidate : candidates_of(view, service, *selector)) {
    if (candidate.kind == Candidate::Kind::near && reasons.size() < kShownSteps) reasons.push_back(std::move(candidate.reason));
  }
  std::string labels;
  for (const auto& [key, value] : *selector) labels += (labels.empty() ? "" : ", ") + key + "=" + value;
  reasons.insert(reasons.begin(),
                 {whose + " are not given: its selector (" + labels + ") takes no Pod, no Deployment or its like of namespace " +
                      service.namespace_ + ", and no EndpointSlice is loaded for it",
                  &owner, service.kubernetes ? "spec.selector" : "spec.workloadSelector", Code::endpoints_not_given,
                  reasons.empty() ? "load what makes the Pods of " + display_name(owner) + " to see where requests go" : ""});
  return reasons;
}

std::optional<Reason> assumed_from(const ProxyView& view, std::string_view cluster) {
  const view::LoadAssignment* assignment = view.assignment(cluster);
  if (assignment == nullptr) return std::nullopt;
  std::vector<const Resource*> templates;
  for (const auto& endpoint : assignment->endpoints) {
    if (endpoint.from == nullptr || !endpoint.from->workload->assumed) continue;
    const Resource* from = endpoint.from->workload->resource;
    if (std::find(templates.begin(), templates.end(), from) == templates.end()) templates.push_back(from);
  }
  if (templates.empty()) return std::nullopt;
  std::vector<std::string> shown;
  shown.reserve(templates.size());
  for (const Resource* each : templates) shown.push_back(display_name(*each));
  return Reason{
      "the endpoints are assumed from " + text::some_of(shown, kShownSteps) + ": no EndpointSlice and no Pod of it is loaded",
      templates.front(), "spec.template", Code::endpoints_assumed};
}

std::optional<Reason> unnamed_port(const ProxyView& view, std::string_view cluster) {
  const view::LoadAssignment* assignment = view.assignment(cluster);
  const auto name = match::parse_cluster_name(cluster);
  if (assignment == nullptr || !name) return std::nullopt;
  const auto found = view.scope.by_host.find(std::string(name->host));
  if (found == view.scope.by_host.end() || found->second->resource == nullptr) return std::nullopt;
  const auto* service = found->second->resource->as<model::Service>();
  if (service == nullptr) return std::nullopt;
  for (const auto& endpoint : assignment->endpoints) {
    const auto* workload = endpoint.from == nullptr ? nullptr : endpoint.from->workload.get();
    const auto* made = workload == nullptr || !workload->assumed ? nullptr : workload->resource->as<model::PodTemplate>();
    if (made == nullptr) continue;
    const auto named = registry::container_ports(made->pod, "TCP");
    if (named.empty()) return std::nullopt;  // they may be left out
    std::set<std::string> known;
    for (const auto* port : named) known.insert({std::to_string(port->container_port), port->name});
    for (const auto& port : service->ports) {
      if (known.contains(port.target_port.empty() ? std::to_string(port.port) : port.target_port)) return std::nullopt;
    }
    const auto own =
        std::find_if(service->ports.begin(), service->ports.end(), [&name](const auto& port) { return port.port == name->port; });
    if (own == service->ports.end()) return std::nullopt;
    const std::string path = text::element("spec.ports", static_cast<std::size_t>(own - service->ports.begin()));
    return Reason{"no container of " + display_name(*workload->resource) + " names port " + std::to_string(endpoint.port) +
                      ": they name " + text::some_of(registry::shown_ports(named), kShownSteps) + ". If nothing listens on " +
                      std::to_string(endpoint.port) + ", connections are refused",
                  found->second->resource, path + ".targetPort", Code::target_port_unnamed,
                  "correct targetPort of port " + std::to_string(name->port) + " of " + display_name(*found->second->resource)};
  }
  return std::nullopt;
}

}  // namespace meshroute::explain
