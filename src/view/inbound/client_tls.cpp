// SPDX-License-Identifier: Apache-2.0
// The TLS that a proxy speaks toward each endpoint.
#include "view/inbound/client_tls.hpp"

#include <algorithm>

#include "view/cluster_tls.hpp"
#include "view/inbound/inbound.hpp"
#include "view/internal.hpp"

namespace meshroute::view {

namespace {

using Json = text::Json;
using TLSmode = model::ClientTLSSettings::TLSmode;

ClientTls mutual(const ProxyView& view, const Cluster& cluster) {
  const ClusterPlan& plan = *cluster.plan;
  ClientTls tls;
  tls.mode = ClientTls::Mode::mutual;
  const auto& given = plan.policy->tls;
  tls.sni = given && given->mode == TLSmode::ISTIO_MUTUAL && !given->sni.empty() ? given->sni : sni_of(plan);
  tls.alpn = {"istio-peer-exchange", "istio"};
  if (cluster.http2) tls.alpn.push_back("h2");
  tls.server_names = accepted_names(*view.snapshot, cluster);  // MT23
  tls.client_certificate = "default";
  tls.ca = "ROOTCA";
  return tls;
}

ClientTls given(const ProxyView& view, const Cluster& cluster) {
  const ClusterPlan& plan = *cluster.plan;
  const model::ClientTLSSettings& spec = *plan.policy->tls;
  ClientTls tls;
  tls.mode = spec.mode == TLSmode::MUTUAL ? ClientTls::Mode::mutual : ClientTls::Mode::simple;
  tls.sni = spec.sni;
  if (cluster.http2) tls.alpn = {"h2"};
  tls.server_names = accepted_names(*view.snapshot, cluster);
  if (!spec.credential_name.empty()) {
    tls.ca = "kubernetes://" + spec.credential_name + "-cacert";
    if (tls.mode == ClientTls::Mode::mutual) tls.client_certificate = "kubernetes://" + spec.credential_name;
  } else {
    tls.ca = "file-root:" + (spec.ca_certificates.empty() ? std::string("system") : spec.ca_certificates);
    if (tls.mode == ClientTls::Mode::mutual)
      tls.client_certificate = "file-cert:" + spec.client_certificate + "~" + spec.private_key;
  }
  return tls;
}

Json to_json(const ClientTls& tls) {
  Json json{{"tls", text_of(tls.mode)}};
  if (!tls.match.empty()) json["match"] = tls.match;
  if (!tls.sni.empty()) json["sni"] = tls.sni;
  if (!tls.alpn.empty()) json["alpn"] = tls.alpn;
  if (!tls.server_names.empty()) json["server_sans"] = tls.server_names;
  if (!tls.client_certificate.empty()) json["client_cert"] = {tls.client_certificate};
  if (!tls.ca.empty()) json["ca"] = tls.ca;
  return json;
}

}  // namespace

std::string_view text_of(ClientTls::Mode mode) {
  switch (mode) {
    case ClientTls::Mode::simple:
      return "simple";
    case ClientTls::Mode::mutual:
      return "mutual";
    case ClientTls::Mode::none:
      break;
  }
  return "none";
}

ClientTls client_tls(const ProxyView& view, const Cluster& cluster, const LoadEndpoint* endpoint) {
  switch (cluster.tls) {
    case Cluster::Tls::none:
      return {};
    case Cluster::Tls::mutual:  // MT20
      return mutual(view, cluster);
    case Cluster::Tls::given:
      return given(view, cluster);
    case Cluster::Tls::automatic:  // MT21
      break;
  }
  const bool speaks = endpoint != nullptr && endpoint->from != nullptr && accepts_mutual_tls(view, *endpoint->from);
  ClientTls tls;
  if (speaks) tls = mutual(view, cluster);
  tls.match = speaks ? "tlsMode-istio" : "tlsMode-disabled";
  return tls;
}

text::Json ProxyView::client_tls_json() const {
  const ProxyView& view = *this;
  Json list = Json::array();
  for (const Cluster& cluster : view.clusters()) {  // sorted by name
    const std::string name(cluster.name);
    if (cluster.type == ClusterType::original_dst) {  // MT22: the addresses that were called
      list.push_back({{"cluster", name}, {"any_endpoint", to_json(client_tls(view, cluster, nullptr))}});
      continue;
    }
    const LoadAssignment* assignment = view.assignment(name);
    if (assignment == nullptr || assignment->endpoints.empty()) continue;
    Json endpoints = Json::array();
    for (const LoadEndpoint& endpoint : assignment->endpoints) {
      Json json = to_json(client_tls(view, cluster, &endpoint));
      json["address"] = endpoint.address;
      json["port"] = endpoint.port;
      endpoints.push_back(std::move(json));
    }
    list.push_back({{"cluster", name}, {"endpoints", std::move(endpoints)}});
  }
  for (const InboundCluster& cluster : inbound().clusters) {
    if (cluster.original_dst && cluster.name != kInboundPassthrough)
      list.push_back({{"cluster", cluster.name}, {"any_endpoint", to_json({})}});
  }
  auto& items = list.list();
  std::sort(items.begin(), items.end(), [](const Json& a, const Json& b) { return a["cluster"].text() < b["cluster"].text(); });
  return list;
}

}  // namespace meshroute::view
