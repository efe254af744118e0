// SPDX-License-Identifier: Apache-2.0
// Reads Pods and WorkloadEntries as workloads (C5-C18).
#include "registry/workload_reader.hpp"

#include <algorithm>
#include <memory>

#include "match/cidr.hpp"
#include "registry/injection.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

/// C8; the value of the label, where `/` may be written as a dot.
void set_locality(const std::string* label, Workload& workload) {
  if (label == nullptr) return;
  workload.locality = *label;
  if (label->find('/') != std::string::npos || label->find('.') == std::string::npos) return;
  if (workload.made == nullptr) workload.made = std::make_unique<Workload::Made>();
  workload.made->locality = *label;
  std::replace(workload.made->locality.begin(), workload.made->locality.end(), '.', '/');
  workload.locality = workload.made->locality;
}

const std::string* locality_label(const Workload& workload) {
  static const std::string topology = "topology.istio.io/locality", plain = "istio-locality";
  const std::string* found = workload.own_label(topology);
  return found != nullptr ? found : workload.own_label(plain);
}

void set_tls(bool has_account, Workload& workload) {  // C13
  static const std::string key = "security.istio.io/tlsMode";
  const std::string* found = workload.own_label(key);
  if (found == nullptr) {
    workload.tls = has_account ? Workload::Tls::istio : Workload::Tls::disabled;
  } else {
    workload.tls = *found == "istio"      ? Workload::Tls::istio
                   : *found == "disabled" ? Workload::Tls::disabled
                                          : Workload::Tls::other;
  }
}

}  // namespace

void WorkloadReader::know(const Resource& resource) {
  const Identity& identity = resource.identity;
  if (resource.as<model::Node>() != nullptr) nodes_[{identity.cluster, identity.name}] = &resource;
  if (resource.as<model::Namespace>() != nullptr) namespaces_[{identity.cluster, identity.name}] = &resource;
}

void WorkloadReader::read(const model::WorkloadEntry& spec, Workload& workload) {
  workload.address = spec.address;
  if (!spec.ports.empty()) workload.ports = &spec.ports;
  if (!spec.labels.empty()) workload.spec_labels = &spec.labels;
  workload.network = spec.network;  // C10
  if (!spec.locality.empty()) {
    workload.locality = spec.locality;
  } else {
    set_locality(locality_label(workload), workload);
  }
  workload.account = spec.service_account;
  workload.has_account = !spec.service_account.empty();
  set_tls(workload.has_account, workload);
  workload.weight = spec.weight;
  workload.finish();
}

void WorkloadReader::read(const Resource& pod, Workload& workload) const {
  const auto& spec = *pod.as<model::Pod>();
  workload.resource = &pod;
  workload.pod = true;
  workload.namespace_ = pod.identity.namespace_;
  if (!spec.pod_ips.empty()) workload.address = spec.pod_ips.front();
  workload.made = std::make_unique<Workload::Made>();
  auto& ports = workload.made->ports;
  for (const auto& container : spec.containers) {
    if (container.init && container.restart_policy != "Always") continue;
    for (const auto& port : container.ports) {
      if (!port.name.empty() && (port.protocol == "TCP" || port.protocol.empty()))
        ports.try_emplace(port.name, port.container_port);
    }
  }
  workload.ports = &ports;
  workload.metadata_labels = &pod.metadata.labels;
  workload.cluster = pod.identity.cluster;
  workload.made->node_name = spec.node_name;
  place_pod(pod, workload);
  workload.network = pod_network(pod.identity.cluster, &pod.metadata.labels, workload.address);
  workload.account = spec.service_account_name;
  if (workload.account.empty() && settings_.workloads == Workloads::derived)
    workload.account = "default";  // as the API server has it
  workload.has_account = true;
  set_tls(false, workload);
  if (settings_.workloads == Workloads::given || workload.tls != Workload::Tls::disabled) return;
  if (from_gateway_template(pod.metadata, spec)) return;
  const auto space = namespaces_.find({pod.identity.cluster, pod.identity.namespace_});
  if (has_sidecar(pod, space != namespaces_.end() ? space->second : nullptr)) workload.tls = Workload::Tls::istio;
}

/// `resource` becomes the template, so that people are led to what they can change.
void WorkloadReader::read_assumed(const Resource& pod, const Resource& from, Workload& workload) const {
  read(pod, workload);
  workload.resource = &from;
  workload.assumed = true;
  workload.made->pod_name = pod.identity.name;
}

void WorkloadReader::place_pod(const Resource& pod, Workload& workload) const {  // C9
  if (const std::string* label = locality_label(workload); label != nullptr && !label->empty()) {
    set_locality(label, workload);
    return;
  }
  workload.made->locality = node_locality(pod.identity.cluster, pod.as<model::Pod>()->node_name);
  workload.locality = workload.made->locality;
}

std::string WorkloadReader::node_locality(const std::string& cluster, const std::string& name) const {
  const auto node = nodes_.find({cluster, name});
  if (node == nodes_.end()) return {};
  const Labels& labels = node->second->metadata.labels;
  const auto first_of = [&](const char* one, const char* other) {
    const std::string* found = find_label(labels, one);
    return found != nullptr ? *found : label_or_empty(labels, other);
  };
  const std::string region = first_of("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
  const std::string zone = first_of("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
  const std::string subzone = label_or_empty(labels, "topology.istio.io/subzone");
  if (region.empty() && zone.empty() && subzone.empty()) return {};
  return region + "/" + zone + "/" + subzone;
}

std::string_view WorkloadReader::pod_network(const std::string& cluster, const Labels* labels,
                                             std::string_view address) const {  // C10
  constexpr const char* kNetwork = "topology.istio.io/network";
  if (labels != nullptr) {
    if (const std::string* named = find_label(*labels, kNetwork); named != nullptr && !named->empty()) return *named;
  }
  if (const auto system = namespaces_.find({cluster, "istio-system"}); system != namespaces_.end()) {
    const std::string* named = find_label(system->second->metadata.labels, kNetwork);
    if (named != nullptr && !named->empty()) return *named;
  }
  const text::Json& networks = settings_.mesh_networks;
  if (!networks.is_object() || !networks.contains("networks") || !networks["networks"].is_object()) return {};
  for (const char* key : {"fromRegistry", "fromCidr"}) {
    const text::Json& all = networks["networks"];
    for (auto entry = all.begin(); entry != all.end(); ++entry) {  // sorted by name, J10
      const std::string& name = entry.key();
      const text::Json& network = entry.value();
      if (!network.is_object() || !network.contains("endpoints") || !network["endpoints"].is_array()) continue;
      for (const auto& endpoint : network["endpoints"]) {
        if (!endpoint.is_object() || !endpoint.contains(key) || !endpoint[key].is_string()) continue;
        const std::string value = endpoint[key].text();
        const auto cidr = match::parse_cidr(value);
        if (key[4] == 'R' ? value == cluster : cidr && cidr->contains(address)) return name;
      }
    }
  }
  return {};
}

}  // namespace meshroute::registry
