#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "meshroute/resource.hpp"

namespace meshroute::registry {

struct Settings;

/// What endpoints are made of: a WorkloadEntry (its own, or one of a ServiceEntry's list), a Pod, an address of an
/// EndpointSlice (C1, C15-C18). Shared by all endpoints of it. There are many of them: the text is that of the resources, of
/// the services and of the settings that it is made of, which outlive it; what had to be made anew is in `made`.
struct Workload {
  enum class Tls : std::uint8_t { disabled, istio, other };

  const Resource* resource = nullptr;  ///< where it comes from
  std::uint32_t weight = 0;
  bool pod = false;
  bool ip = false;           ///< its address is an IP address
  bool draining = false;     ///< its label says so
  bool has_account = false;  ///< declares a service account
  bool assumed = false;      ///< no Pod is given: `resource` is the template that would make it (KD2)
  Tls tls = Tls::disabled;   ///< C13
  std::string_view address, network, locality, account, cluster, namespace_;
  const model::Map<std::uint32_t>* ports = nullptr;  ///< null: none
  const Labels* metadata_labels = nullptr;           ///< win over the ones of the spec, C6
  const Labels* spec_labels = nullptr;
  struct Made {
    std::string locality;
    std::string_view node_name, pod_name, hostname;  ///< the second: of an assumed Pod; the third: in a headless service's DNS
    model::Map<std::uint32_t> ports;
  };
  std::unique_ptr<Made> made;  ///< null for most

  std::string_view node_name() const { return made != nullptr ? made->node_name : std::string_view(); }
  std::string_view hostname() const { return made != nullptr ? made->hostname : std::string_view(); }
  /// Of its resource, or of the Pod that its template would make.
  std::string_view name() const {
    return made != nullptr && !made->pod_name.empty() ? made->pod_name : std::string_view(resource->identity.name);
  }

  /// The labels with those of its topology (C7): the value, if there is one.
  std::optional<std::string_view> label(std::string_view key) const;
  std::string_view label_or_empty(std::string_view key) const { return label(key).value_or(std::string_view()); }
  /// Of metadata, or else of the spec (C6); null where neither has it.
  const std::string* own_label(std::string_view key) const;
  bool has_labels(const Labels& subset) const;  ///< A11
  Labels all_labels() const;
  /// `visit(key, value)` once for each label, in no order.
  template <class Visit>
  void each_label(const Visit& visit) const;

  /// "spiffe://DOMAIN/ns/NAMESPACE/sa/NAME", or empty (C12).
  std::string service_account(const Settings& settings) const;
  void write_service_account(const Settings& settings, std::string& text) const;
  /// Sets what the address and the labels say; to be called when they are there.
  void finish();

 private:
  static constexpr std::size_t kTopology = 6;
  std::string_view topology(std::size_t which) const;
  static const std::string& topology_key(std::size_t which);
};
using WorkloadPtr = std::shared_ptr<const Workload>;

template <class Visit>
void Workload::each_label(const Visit& visit) const {
  const auto hidden = [this](const std::string& key) {  // by the topology
    for (std::size_t i = 0; i < kTopology; ++i) {
      if (key == topology_key(i)) return !topology(i).empty();
    }
    return false;
  };
  for (std::size_t i = 0; i < kTopology; ++i) {
    if (const auto value = topology(i); !value.empty()) visit(std::string_view(topology_key(i)), value);
  }
  for (const Labels* labels : {metadata_labels, spec_labels}) {
    if (labels == nullptr) continue;
    for (const auto& [key, value] : *labels) {
      if (labels == spec_labels && metadata_labels != nullptr && metadata_labels->contains(key)) continue;
      if (!hidden(key)) visit(std::string_view(key), std::string_view(value));
    }
  }
}

}  // namespace meshroute::registry
