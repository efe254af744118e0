// SPDX-License-Identifier: Apache-2.0
// What a workload's labels and settings say of its endpoints.
#include "registry/workload.hpp"

#include <algorithm>
#include <array>

#include "match/cidr.hpp"
#include "registry/builder.hpp"
#include "registry/text.hpp"

namespace meshroute::registry {

namespace {

constexpr std::size_t kNetwork = 5;

}  // namespace

const std::string& Workload::topology_key(std::size_t which) {  // C7
  static const std::array<std::string, kTopology> keys{"topology.kubernetes.io/region", "topology.kubernetes.io/zone",
                                                       "topology.istio.io/subzone",     "topology.istio.io/cluster",
                                                       "kubernetes.io/hostname",        "topology.istio.io/network"};
  return keys[which];
}

std::string_view Workload::topology(std::size_t which) const {
  switch (which) {
    case 3:
      return cluster;
    case 4:
      return node_name();
    case kNetwork: {  // the label of the network wins over the workload's
      const std::string* own = own_label(topology_key(kNetwork));
      return own != nullptr && !own->empty() ? std::string_view(*own) : network;
    }
    default:
      return locality_part(locality, which);
  }
}

const std::string* Workload::own_label(std::string_view key) const {
  for (const Labels* labels : {metadata_labels, spec_labels}) {
    if (labels == nullptr) continue;
    if (const auto found = labels->find(key); found != labels->end()) return &found->second;
  }
  return nullptr;
}

std::optional<std::string_view> Workload::label(std::string_view key) const {
  if (key.starts_with("topology.") || key.starts_with("kubernetes.io/")) {
    for (std::size_t i = 0; i < kTopology; ++i) {
      if (key != topology_key(i)) continue;
      if (const auto value = topology(i); !value.empty()) return value;
      break;
    }
  }
  const std::string* own = own_label(key);
  if (own == nullptr) return std::nullopt;
  return *own;
}

bool Workload::has_labels(const Labels& subset) const {
  return std::all_of(subset.begin(), subset.end(), [this](const auto& wanted) { return label(wanted.first) == wanted.second; });
}

Labels Workload::all_labels() const {
  std::vector<std::pair<std::string_view, std::string_view>> labels;
  each_label([&](std::string_view key, std::string_view value) { labels.emplace_back(key, value); });
  return {labels.begin(), labels.end()};
}

std::string Workload::service_account(const Settings& settings) const {
  std::string text;
  write_service_account(settings, text);
  return text;
}

void Workload::write_service_account(const Settings& settings, std::string& text) const {
  text.clear();
  if (has_account) append_spiffe(settings, resource->identity.namespace_, account, text);
}

void Workload::finish() {
  ip = match::is_ip(address);
  const std::string* drains = own_label("istio.io/draining");
  draining = drains != nullptr && !drains->empty();
}

}  // namespace meshroute::registry
