// SPDX-License-Identifier: Apache-2.0
// Sidecar injection by the labels of a namespace and the labels and annotations of a Pod.
#include "registry/injection.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "registry/text.hpp"
#include "text/case.hpp"

namespace meshroute::registry {

namespace {

constexpr const char* kInject = "sidecar.istio.io/inject";
constexpr const char* kRevision = "istio.io/rev";

bool yes(const std::string& text) {
  for (const std::string_view word : {"y", "yes", "true", "on"}) {
    if (text::lower_is(text, word)) return true;
  }
  return false;
}

/// What a Pod itself says of its sidecar, and of a manifest what the webhook will do.
Injected sidecar_of(const Resource& pod, const Resource* namespace_resource) {
  const auto& spec = *pod.as<model::Pod>();
  if (const std::string* mode = find_label(pod.metadata.labels, "security.istio.io/tlsMode"))
    return *mode == "istio" ? Injected::yes : Injected::no;
  for (const auto& container : spec.containers) {
    if (container.name == "istio-proxy") return Injected::yes;
  }
  if (pod.metadata.creation_timestamp != 0) return Injected::no;
  return injected(pod.identity.namespace_, namespace_resource, pod.metadata, spec.host_network);
}

}  // namespace

bool asks_for_sidecars(const Resource* namespace_resource) {
  if (namespace_resource == nullptr) return false;
  const Labels& labels = namespace_resource->metadata.labels;
  if (const std::string* enabled = find_label(labels, "istio-injection")) return *enabled == "enabled";
  return !label_or_empty(labels, kRevision).empty();
}

Injected injected(const std::string& namespace_, const Resource* namespace_resource, const Metadata& pod, bool host_network) {
  constexpr std::array<std::string_view, 4> kNever{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"};
  if (host_network) return Injected::no;
  for (const std::string_view each : kNever) {
    if (namespace_ == each) return Injected::no;
  }
  const std::string* label = find_label(pod.labels, kInject);
  if (label != nullptr && *label == "false") return Injected::no;  // no webhook is called
  // KD4: the namespace's or the Pod's labels call the webhook, and then the Pod's label or annotation can decline.
  const std::string* annotation = find_label(pod.annotations, kInject);
  const auto accepts = [&] {
    if (label != nullptr) return yes(*label);
    return annotation == nullptr || annotation->empty() || yes(*annotation);
  };
  if (!accepts()) return Injected::no;
  if (namespace_resource == nullptr) {
    if (label != nullptr || find_label(pod.labels, kRevision) != nullptr) return Injected::yes;
    return Injected::unknown;
  }
  if (asks_for_sidecars(namespace_resource)) return Injected::yes;
  if (find_label(namespace_resource->metadata.labels, "istio-injection") != nullptr) return Injected::no;
  return (label != nullptr && *label == "true") || find_label(pod.labels, kRevision) != nullptr ? Injected::yes : Injected::no;
}

bool from_gateway_template(const Metadata& metadata, const model::Pod& pod) {
  const std::string* templates = find_label(metadata.annotations, "inject.istio.io/templates");
  if (templates != nullptr) return templates->find("gateway") != std::string::npos;
  return !pod.containers.empty() && std::all_of(pod.containers.begin(), pod.containers.end(),
                                                [](const auto& container) { return container.name == "istio-proxy"; });
}

bool has_sidecar(const Resource& pod, const Resource* namespace_resource) {
  return sidecar_of(pod, namespace_resource) == Injected::yes;
}

bool lacks_sidecar(const Resource& pod, const Resource* namespace_resource) {
  return sidecar_of(pod, namespace_resource) == Injected::no;
}

}  // namespace meshroute::registry
