// SPDX-License-Identifier: Apache-2.0
// TLS from a proxy to the endpoints of its clusters: mode, SNI, the names that are accepted, and what decided (E36-E41).
#include "view/cluster_tls.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "view/lazy.hpp"
#include "view/peer_index.hpp"

namespace meshroute::view {

namespace {

using registry::ServiceResolution;
using TLSmode = model::ClientTLSSettings::TLSmode;

}  // namespace

bool PeerModes::disabled(const std::string& namespace_) {
  return view_.mesh_wide().peers->mode(namespace_, nullptr, 0) == authorization::Mode::DISABLE;
}

bool PeerModes::lacks_mutual_tls(const ClusterPlan& plan) {
  const auto [known, added] = lacking_.try_emplace({plan.service->pool, plan.port->number}, false);
  if (!added) return known->second;
  bool any = false;
  if (const auto* pool = view_.snapshot->pool(*plan.service)) {
    const auto look = [&](std::string_view name, std::uint32_t number) {
      const auto& places = pool->on_port(name, number, true);
      any = any || !places.empty();
      return std::any_of(places.begin(), places.end(), [pool](registry::Pool::Place place) {
        return pool->endpoint(place).workload->tls == registry::Workload::Tls::disabled;
      });
    };
    const auto names = names_of_port(*view_.snapshot, *plan.service, plan.port->number);
    known->second = std::any_of(names.begin(), names.end(), [&](std::string_view name) { return look(name, plan.port->number); });
  }
  known->second = known->second || !any;
  return known->second;
}

bool passthrough_balancer(const model::TrafficPolicy& policy) {
  return policy.load_balancer && policy.load_balancer->simple == model::LoadBalancerSettings::SimpleLB::PASSTHROUGH;
}

std::string sni_of(const ClusterPlan& plan) {
  if (plan.type == ClusterType::dynamic_forward_proxy) return {};
  return "outbound_." + std::to_string(plan.port->number) + "_." + (plan.subset != nullptr ? plan.subset->name : "") + "_." +
         plan.service->hostname;
}

bool has_mtls(const ProxyView& view, const ClusterPlan& plan, const registry::Endpoint& endpoint) {
  if (endpoint.workload->tls != registry::Workload::Tls::istio) return false;
  if (plan.policy->tls) return plan.policy->tls->mode == TLSmode::ISTIO_MUTUAL;
  return accepts_mutual_tls(view, endpoint);
}

ClusterTls::Source tls_source(const ProxyView& view, const ClusterPlan& plan, PeerModes& modes) {
  using Source = ClusterTls::Source;
  const registry::Service& service = *plan.service;
  if (plan.policy->tls) {  // E36, E37
    const model::ClientTLSSettings& tls = *plan.policy->tls;
    if (tls.mode == TLSmode::ISTIO_MUTUAL || tls.mode == TLSmode::DISABLE) return Source::destination_rule;
    const bool selected = plan.rule != nullptr && plan.rule->spec.workload_selector.has_value();
    const bool secret = !tls.credential_name.empty() && !selected && view.proxy.type == Proxy::Type::sidecar &&  // GW74
                        !tls.credential_name.starts_with("configmap://");
    return secret ? Source::credential : Source::destination_rule;
  }
  if (service.mesh_external) return Source::external;                              // E38
  if (!view.snapshot->settings.enable_auto_mtls) return Source::disabled_in_mesh;  // E39
  // E40: of a subset, only its own policy counts.
  const bool own_passthrough = plan.subset == nullptr
                                   ? passthrough_balancer(*plan.policy)
                                   : plan.subset->traffic_policy && passthrough_balancer(*plan.subset->traffic_policy);
  if ((service.resolution == ServiceResolution::passthrough || own_passthrough) && modes.lacks_mutual_tls(plan))
    return Source::passthrough;
  return modes.disabled(service.namespace_) ? Source::peer_disabled : Source::automatic;
}

ClusterTls ProxyView::make_cluster_tls(const ClusterPlan& plan, const LoadAssignment* assignment) const {
  using Mode = ClusterTls::Mode;
  ClusterTls tls;
  PeerModes modes(*this);
  tls.source = plan.by_sni ? ClusterTls::Source::by_sni : tls_source(*this, plan, modes);
  tls.rule = plan.rule;
  tls.service = plan.service;
  if (tls.source == ClusterTls::Source::destination_rule) {
    const model::ClientTLSSettings& given = *plan.policy->tls;
    const bool istio = given.mode == TLSmode::ISTIO_MUTUAL;
    if (given.mode == TLSmode::DISABLE) return tls;
    tls.mode = given.mode == TLSmode::SIMPLE ? Mode::simple : Mode::mutual;
    tls.sni = !given.sni.empty() ? given.sni : istio ? sni_of(plan) : "";
    tls.sni_of_request = tls.sni.empty() && !istio;
    tls.sans = accepted_names(*snapshot, plan, istio);
    tls.san_of_request = tls.sni_of_request && tls.sans.empty() && !given.insecure_skip_verify.value_or(false);
    std::sort(tls.sans.begin(), tls.sans.end());
    return tls;
  }
  if (tls.source != ClusterTls::Source::automatic) return tls;
  if (plan.type == ClusterType::original_dst) {
    tls.mode = Mode::mutual;
  } else if (assignment != nullptr) {
    tls.all = assignment->endpoints.size();
    for (const LoadEndpoint& each : assignment->endpoints)  // a network gateway takes nothing else (C40)
      tls.with += each.from == nullptr || has_mtls(*this, plan, *each.from) ? 1 : 0;
    tls.mode = tls.with == 0 ? Mode::none : tls.with == tls.all ? Mode::mutual : Mode::mixed;
  }
  if (tls.mode == Mode::none) return tls;
  tls.sni = sni_of(plan);
  tls.sans = accepted_names(*snapshot, plan, true);
  return tls;
}

const ClusterTls* ProxyView::cluster_tls(std::string_view cluster) const {
  const std::size_t index = seen_->services->plan_of(*this, cluster);
  bool there = index != SeenServices::npos;
  const LoadAssignment* assignment = there ? assignment_at(index, there) : nullptr;
  if (!there) return nullptr;
  const std::size_t at = index / Lazy::kBlock, slot = index % Lazy::kBlock;
  lazy_->make_blocks(seen_->services->plans(*this).size());
  Lazy::Block* block = lazy_->blocks[at].load(std::memory_order_acquire);
  const ClusterTls* made = block != nullptr ? block->tls[slot].load(std::memory_order_acquire) : nullptr;
  if (made != nullptr) return made;
  auto fresh = std::make_unique<const ClusterTls>(make_cluster_tls(seen_->services->plans(*this)[index], assignment));
  const std::lock_guard lock(lazy_->mutex);
  block = lazy_->block(at);
  made = block->tls[slot].load(std::memory_order_relaxed);
  if (made == nullptr) {
    made = fresh.get();
    block->tls_owners[slot] = std::move(fresh);
    block->tls[slot].store(made, std::memory_order_release);
  }
  return made;
}

}  // namespace meshroute::view
