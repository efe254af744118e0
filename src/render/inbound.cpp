// SPDX-License-Identifier: Apache-2.0
// The server's side: a view's sections, and answers.
#include "view/inbound/inbound.hpp"

#include "authorization/rbac.hpp"
#include "meshroute/inbound_answer.hpp"
#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_tree.hpp"
#include "text/json_writer.hpp"

namespace meshroute {

std::string InboundAnswer::to_json(bool pretty) const {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  render::write(json, *this);
  return text;
}
std::string InboundAnswer::to_text(bool explain, bool colour) const {
  return render::inbound_answer_text(*this, explain, colour);
}

namespace render {

void write(text::JsonWriter& json, const InboundAnswer& answer) {
  json.begin_object();
  json.some("listener", answer.listener);
  json.some("chain", answer.chain);
  json.some("kind", answer.kind);
  json.some("tls", answer.tls);
  json.some("peer", answer.peer);
  json.member("allowed", answer.allowed);
  json.some("error", answer.error);
  json.some("action", answer.action);
  json.some("policy", answer.policy);
  json.some("jwt", answer.jwt);
  if (answer.status) json.member("status", *answer.status);
  if (answer.grpc_status) json.member("grpc_status", *answer.grpc_status);
  json.some("cluster", answer.cluster);
  json.some("virtual_host", answer.virtual_host);
  json.some("route", answer.route);
  json.some("request_principal", answer.request_principal);
  json.some("remote_ip", answer.remote_ip);
  json.some("audit", answer.audit);
  if (!answer.asked.empty()) {
    json.list("asked");
    for (const auto& asked : answer.asked) {
      json.begin_object();
      json.member("provider", asked.provider);
      json.member("policy", asked.policy);
      json.end_object();
    }
    json.end_list();
  }
  if (!answer.dry_run.empty()) {
    json.list("dry_run");
    for (const auto& run : answer.dry_run) {
      json.begin_object();
      json.member("action", run.action);
      json.member("allowed", run.allowed);
      json.some("policy", run.policy);
      json.end_object();
    }
    json.end_list();
  }
  if (!answer.trace.empty()) write_trace(json, "trace", answer.trace);
  json.end_object();
}

std::string inbound_answer_text(const InboundAnswer& answer, bool explain, bool colour) {
  std::string text;
  if (answer.allowed) {
    text = "allowed: " + (answer.cluster.empty() ? std::string("the connection") : answer.cluster);
  } else {
    text = "refused";
    if (!answer.error.empty()) text += ": " + answer.error;
    if (!answer.jwt.empty()) text += ": " + answer.jwt;
    if (answer.status) text += ", " + std::to_string(*answer.status);
  }
  text += "\n";
  const auto row = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    std::string label(name);
    label.resize(12, ' ');
    text += "  " + label + value + "\n";
  };
  row("action", answer.action);
  row("policy", answer.policy);
  row("chain", answer.chain.empty() ? std::string() : answer.chain + " (" + answer.kind + ", TLS " + answer.tls + ")");
  row("caller", answer.peer);
  row("token", answer.request_principal);
  row("remote ip", answer.remote_ip);
  row("audit", answer.audit);
  for (const auto& run : answer.dry_run)
    row("dry run", run.action + (run.allowed ? " would allow" : " would refuse") + (run.policy.empty() ? "" : ": " + run.policy));
  if (explain) text += trace_text(answer.trace, colour, true);
  return printable(text, colour);
}

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string shown(const Resource& resource) { return resource.identity.namespace_ + "/" + resource.identity.name; }

std::string protocol_of(const view::Inbound& inbound, std::uint32_t port) {
  const auto& main = inbound.listeners.front();
  bool http = false, tcp = false;
  for (const auto& listener : inbound.listeners) {
    for (const auto& chain : listener.chains) {
      if (chain.port != port || &chain == &main.chains.front()) continue;
      (chain.http ? http : tcp) = true;
    }
  }
  return http && tcp ? "HTTP or TCP, as the first bytes tell" : http ? "HTTP" : "TCP";
}

/// One row for each port that has chains of its own, then one for all others.
Rows port_rows(const view::Inbound& inbound) {
  Rows rows{{"PORT", "PROTOCOL", "MTLS", "SET BY", "SERVICE"}};
  const auto add = [&](std::uint32_t port, const view::InboundChain& chain) {
    const Resource* source = inbound.modes.source(port);
    std::string service = "-";
    if (chain.target != nullptr) service = chain.target->service->hostname + ":" + std::to_string(chain.target->port->number);
    rows.push_back({port == 0 ? "others" : std::to_string(port), protocol_of(inbound, port),
                    std::string(authorization::text_of(inbound.modes.of(port))),
                    source == nullptr ? "default" : "PeerAuthentication " + shown(*source), service});
  };
  const view::InboundChain* others = nullptr;
  for (const auto& listener : inbound.listeners) {
    std::uint32_t last = 0;
    for (const auto& chain : listener.chains) {
      if (&chain == &inbound.listeners.front().chains.front()) continue;
      if (chain.port == 0) others = &chain;
      if (chain.port != 0 && chain.port != last) add(chain.port, chain);
      last = chain.port;
    }
  }
  if (others != nullptr) add(0, *others);
  return rows;
}

/// The policies in the order in which they are asked.
Rows policy_rows(const view::Inbound& inbound) {
  Rows rows{{"ACTION", "POLICY", "RULES", ""}};
  const authorization::Access& access = *inbound.access;
  const auto add = [&](const std::vector<const authorization::Policy*>& policies) {
    for (const auto* policy : policies) {
      std::string note = policy->dry_run ? "dry run" : "";
      if (!policy->provider.empty()) note = "asks " + policy->provider;
      rows.push_back({std::string(authorization::text_of(policy->action)), shown(*policy->resource),
                      std::to_string(policy->resource->as<model::AuthorizationPolicy>()->rules.size()), note});
    }
  };
  add(access.custom);
  for (const Resource* resource : access.request_authentications)
    rows.push_back(
        {"tokens", shown(*resource), std::to_string(resource->as<model::RequestAuthentication>()->jwt_rules.size()), ""});
  add(access.audit);
  add(access.deny);
  add(access.allow);
  return rows;
}

std::string or_dash(const text::Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "-";
  if (found->is_string()) return found->text();
  std::string text;
  for (const auto& item : *found) text += (text.empty() ? "" : ", ") + item.text();
  return text;
}

Rows tls_rows(const text::Json& clusters) {
  Rows rows{{"CLUSTER", "ENDPOINT", "TLS", "SERVER NAME", "ACCOUNTS"}};
  for (const auto& cluster : clusters) {
    const auto add = [&](const text::Json& endpoint, const std::string& address) {
      rows.push_back({or_dash(cluster, "cluster"), address, or_dash(endpoint, "tls"), or_dash(endpoint, "sni"),
                      or_dash(endpoint, "server_sans")});
    };
    if (cluster.contains("any_endpoint")) add(cluster["any_endpoint"], "any");
    if (!cluster.contains("endpoints")) continue;
    for (const auto& endpoint : cluster["endpoints"])
      add(endpoint, endpoint.value("address", "") + ":" + std::to_string(endpoint["port"].number<std::uint32_t>()));
  }
  return rows;
}

}  // namespace

bool is_server_section(std::string_view section) { return section == "inbound" || section == "client_tls"; }

text::Json server_json(const view::ProxyView& view, std::string_view section) {
  if (view.proxy.type != Proxy::Type::sidecar && section != "inbound") return nullptr;
  return section == "inbound" ? view.inbound_json() : view.client_tls_json();
}

std::string server_text(const view::ProxyView& view, std::string_view section) {
  const bool router = view.proxy.type == Proxy::Type::router;
  if (section == "client_tls") return router ? std::string() : aligned(tls_rows(view.client_tls_json()));
  const view::Inbound& inbound = view.inbound();
  std::string text = inbound.identity + "\n";
  if (!router) text += "\n" + aligned(port_rows(inbound));
  const Rows policies = policy_rows(inbound);
  return text + "\n" + (policies.size() > 1 ? aligned(policies) : std::string("no access policy applies\n"));
}

}  // namespace render
}  // namespace meshroute
