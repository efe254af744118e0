// SPDX-License-Identifier: Apache-2.0
// Makes a gateway's listeners and their chains, and finds what Envoy refuses of them (GW25-GW39, GW60-GW68).
#include "view/gateway/listeners.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "match/cidr.hpp"
#include "match/cipher_suite.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"
#include "view/tcp_chains.hpp"

namespace meshroute::view {

using registry::Protocol;
using scope::GatewayServer;
using scope::ServerGroup;
using Tls = FilterChain::Tls;
using ServerTLSmode = model::ServerTLSSettings::TLSmode;

namespace {

/// GW68: what Istio's sidecars offer where they speak mutual TLS.
const std::vector<std::string>& mesh_protocols() {
  static const std::vector<std::string> protocols{"istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"};
  return protocols;
}

Tls mode_of(const GatewayServer& server) {  // GW35
  if (!server.spec->tls) return Tls::none;
  switch (server.spec->tls->mode) {
    case ServerTLSmode::PASSTHROUGH:
      return Tls::passthrough;
    case ServerTLSmode::AUTO_PASSTHROUGH:
      return Tls::auto_passthrough;
    case ServerTLSmode::MUTUAL:
      return Tls::mutual;
    case ServerTLSmode::OPTIONAL_MUTUAL:
      return Tls::optional_mutual;
    case ServerTLSmode::ISTIO_MUTUAL:
      return Tls::istio_mutual;
    default:
      return Tls::simple;
  }
}

std::vector<std::string> sni_of(const GatewayServer& server) {  // GW28
  std::vector<std::string> names = server.server_names();
  if (std::find(names.begin(), names.end(), "*") != names.end()) names.clear();
  return names;
}

/// GW66: only port and gateways count.
template <class Match>
bool applies(const Match& match, const GatewayServer& server) {
  return (match.port == 0 || match.port == server.spec->port->number) &&
         (match.gateways.empty() || std::find(match.gateways.begin(), match.gateways.end(), server.name) != match.gateways.end());
}

/// GW27: why Envoy rejects the listener, or empty.
std::string refusal_of(const std::vector<FilterChain>& chains) {
  for (const FilterChain& chain : chains) {
    for (const std::string& name : chain.sni) {
      const std::string_view rest = name.starts_with("*.") ? std::string_view(name).substr(2) : std::string_view(name);
      if (rest.find('*') != std::string_view::npos)
        return "a filter chain matches the server name " + name + ": Envoy takes a wildcard only as the whole first label";
    }
  }
  std::set<std::pair<std::string, std::string>> seen;  // name, protocol
  for (const FilterChain& chain : chains) {
    std::set<std::pair<std::string, std::string>> mine;
    for (const std::string& name : chain.sni.empty() ? std::vector<std::string>{""} : chain.sni) {
      for (const std::string& protocol : chain.alpn.empty() ? std::vector<std::string>{""} : chain.alpn)
        mine.emplace(text::lower(name), protocol);
    }
    for (const auto& one : mine) {
      if (!seen.insert(one).second)
        return one.first.empty() ? "two filter chains match any server name"
                                 : "two filter chains match the server name " + one.first;
    }
  }
  return {};
}

class GatewayBuilder {
 public:
  explicit GatewayBuilder(const ProxyView& view)
      : view_(view), gateways_(*view.scope.gateways), wildcard_(match::is_ipv6(view.proxy.ip) ? "::" : "0.0.0.0") {}

  std::vector<Listener> build() {
    for (const ServerGroup& group : gateways_.groups) {
      if (view_.proxy.unprivileged && group.listen < 1024) continue;  // GW16
      const std::string address = group.bind.empty() ? wildcard_ : group.bind;
      Listener& listener = drafts_[address + "_" + std::to_string(group.listen)];
      listener.address = address;
      listener.port = group.listen;
      add(group, listener.chains);
      const auto passes_on = [this](std::size_t at) { return mode_of(gateways_.servers[at]) == Tls::passthrough; };
      if (std::any_of(group.servers.begin(), group.servers.end(), passes_on))
        listener_passes_on_.insert(address + "_" + std::to_string(group.listen));
    }
    std::vector<Listener> listeners;
    for (auto& [name, listener] : drafts_) {
      if (listener.chains.empty()) continue;  // GW25
      listener.name = name;
      if (listener_passes_on_.contains(name)) {  // what no chain with a name takes goes through a plain one, TLS too
        for (FilterChain& chain : listener.chains) {
          if (!chain.http && chain.tls == Tls::none) chain.tls = Tls::passthrough;
        }
      }
      listener.refused = refusal_of(listener.chains);
      listeners.push_back(std::move(listener));
    }
    return listeners;
  }

 private:
  void add(const ServerGroup& group, std::vector<FilterChain>& chains) {
    const GatewayServer& first = gateways_.servers[group.servers.front()];
    if (registry::is_http(first.protocol)) {
      FilterChain& chain = chains.emplace_back();
      chain.http = true;
      chain.table = group.table;
      chain.server = &first;
      return;
    }
    for (const std::size_t at : group.servers) {
      const GatewayServer& server = gateways_.servers[at];
      const std::size_t before = chains.size();
      if (server.is_http()) {
        FilterChain& chain = chains.emplace_back();
        chain.http = true;
        chain.table = server.table;
        chain.sni = sni_of(server);
      } else if (server.auto_passthrough()) {
        add_services(server, chains);
      } else if (server.passes_tls_on()) {
        add_tls_rules(server, group.listen, chains);
      } else {
        add_tcp_rule(server, chains);
      }
      for (std::size_t i = before; i < chains.size(); ++i) {
        chains[i].server = &server;
        chains[i].tls = mode_of(server);
      }
    }
  }

  template <class Visit>
  void each_virtual_service(const GatewayServer& server, const Visit& visit) const {
    for (const VirtualServicePtr& entry : gateways_.virtual_services.at(server.name)) {
      if (!scope::hosts_overlap(server.hosts, entry->spec->hosts, entry->resource->identity.namespace_)) continue;
      if (visit(*entry)) return;
    }
  }

  void add_tcp_rule(const GatewayServer& server, std::vector<FilterChain>& chains) const {  // GW60, GW61
    each_virtual_service(server, [&](const VirtualServiceEntry& entry) {
      for (std::size_t i = 0; i < entry.spec->tcp.size(); ++i) {
        const auto& rule = entry.spec->tcp[i];
        const bool taken = rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(),
                                                             [&](const auto& match) { return applies(match, server); });
        if (rule.route.empty() || !taken) continue;
        FilterChain& chain = chains.emplace_back(chain_to(view_, rule.route, server.spec->port->number));
        if (server.has_tls()) chain.sni = sni_of(server);
        chain.owner = &entry;
        chain.rule = "spec.tcp[" + std::to_string(i) + "]";
        return true;
      }
      return false;
    });
  }

  void add_tls_rules(const GatewayServer& server, std::uint32_t listen, std::vector<FilterChain>& chains) {  // GW65
    each_virtual_service(server, [&](const VirtualServiceEntry& entry) {
      for (std::size_t i = 0; i < entry.spec->tls.size(); ++i) {
        const auto& rule = entry.spec->tls[i];
        if (rule.route.empty()) continue;
        for (std::size_t k = 0; k < rule.match.size(); ++k) {
          const auto& match = rule.match[k];
          if (!applies(match, server) || !note(match.sni_hosts, server.spec->bind, listen)) continue;
          FilterChain& chain = chains.emplace_back(chain_to(view_, rule.route, server.spec->port->number));
          chain.sni = match.sni_hosts;
          if (std::find(chain.sni.begin(), chain.sni.end(), "*") != chain.sni.end()) chain.sni.clear();
          std::sort(chain.sni.begin(), chain.sni.end());
          chain.owner = &entry;
          chain.rule = "spec.tls[" + std::to_string(i) + "].match[" + std::to_string(k) + "]";
        }
      }
      return false;
    });
  }

  /// GW67: false where a former match on the listen port has one of the names.
  bool note(const std::vector<std::string>& names, const std::string& bind, std::uint32_t listen) {
    auto& noted = noted_[listen];
    for (const std::string& name : names) {
      if (const auto found = noted.find(name); found != noted.end() && found->second == bind) return false;
    }
    for (const std::string& name : names) noted.insert_or_assign(name, bind);
    return true;
  }

  void add_services(const GatewayServer& server, std::vector<FilterChain>& chains) const {  // GW68
    const std::vector<std::string> names = server.server_names();
    for (const ServicePtr& service : view_.scope.services) {
      if (service->mesh_external || std::none_of(names.begin(), names.end(), [&](const std::string& name) {
            return match::subset_of(service->hostname, name);
          }))
        continue;
      const DestinationRuleEntry* rule = view_.destination_rule(service->hostname);
      for (const auto& port : service->ports) {
        if (port.protocol == Protocol::udp) continue;
        const auto add = [&](const std::string& subset) {
          FilterChain& chain = chains.emplace_back();
          chain.cluster = match::sni_cluster_name(port.number, subset, service->hostname);
          chain.sni = {chain.cluster};
          chain.alpn = mesh_protocols();
          chain.service = service.get();
          shape_chain(view_, service->hostname, subset, chain);
          chain.tunnel = nullptr;
        };
        add("");
        if (rule == nullptr) continue;
        for (const auto& subset : rule->spec.subsets) add(subset.name);
      }
    }
  }

  const ProxyView& view_;
  const scope::Gateways& gateways_;
  const std::string wildcard_;
  std::map<std::string, Listener> drafts_;
  std::set<std::string> listener_passes_on_;  ///< those that have a server with PASSTHROUGH
  std::map<std::uint32_t, std::map<std::string, std::string>> noted_;
};

std::string credential(const std::string& name) {  // GW36
  if (name.starts_with("builtin://")) return name == "builtin://-cacert" ? "ROOTCA" : "default";
  if (name.starts_with("invalid://")) return "invalid://";
  for (const char* scheme : {"configmap://", "kubernetes://", "kubernetes-gateway://"}) {
    if (name.starts_with(scheme)) return name;
  }
  return "kubernetes://" + (name.starts_with("sds://") ? name.substr(6) : name);
}

/// "TLSv1_2" of "TLSV1_2".
std::string version_text(model::ServerTLSSettings::TLSProtocol version) {
  using Version = model::ServerTLSSettings::TLSProtocol;
  return version == Version::TLSV1_0   ? "TLSv1_0"
         : version == Version::TLSV1_1 ? "TLSv1_1"
         : version == Version::TLSV1_2 ? "TLSv1_2"
                                       : "TLSv1_3";
}

bool by_credential(const model::ServerTLSSettings& tls) { return !tls.credential_names.empty() || !tls.credential_name.empty(); }

/// GW39.
void add_parameters(const registry::Settings& settings, const model::ServerTLSSettings& tls, envoy::TlsContext& context) {
  using Version = model::ServerTLSSettings::TLSProtocol;
  const text::Json& defaults = settings.mesh_config["tlsDefaults"];
  for (const text::Json& suite : defaults["cipherSuites"]) context.cipher_suites.push_back(suite.text());
  const std::string& least = defaults["minProtocolVersion"].text();
  if (!least.empty() && least != "TLS_AUTO") context.min_version = least == "TLSV1_3" ? "TLSv1_3" : "TLSv1_2";
  if (tls.min_protocol_version != Version::TLS_AUTO) context.min_version = version_text(tls.min_protocol_version);
  if (tls.max_protocol_version != Version::TLS_AUTO) context.max_version = version_text(tls.max_protocol_version);
  std::vector<std::string> suites;
  for (const std::string& suite : tls.cipher_suites) {
    if (match::is_cipher_suite(suite) && std::find(suites.begin(), suites.end(), suite) == suites.end()) suites.push_back(suite);
  }
  if (!suites.empty()) context.cipher_suites = std::move(suites);
}

}  // namespace

std::string_view mode_text(Tls tls) {
  static constexpr std::string_view kNames[] = {
      "", "SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL", "PASSTHROUGH", "AUTO_PASSTHROUGH"};
  return kNames[static_cast<std::size_t>(tls)];
}

std::vector<Listener> gateway_listeners(const ProxyView& view) { return GatewayBuilder(view).build(); }

bool asks_certificate(const GatewayServer& server) {
  const Tls mode = mode_of(server);
  if (!ends_tls(mode)) return false;
  return mode != Tls::simple || (by_credential(*server.spec->tls) && !server.spec->tls->subject_alt_names.empty());
}

envoy::DownstreamTls server_tls(const ProxyView& view, const FilterChain& chain) {
  envoy::DownstreamTls made;
  envoy::TlsContext& context = made.common;
  const model::ServerTLSSettings& tls = *chain.server->spec->tls;
  const bool istio = chain.tls == Tls::istio_mutual, checks = chain.tls != Tls::simple,
             credentials = !istio && by_credential(tls);
  made.require_client_certificate = requires_certificate(chain.tls);
  std::string ca;
  if (istio) {
    context.certificate_secrets = {"default"};
    ca = "ROOTCA";
  } else if (credentials) {
    const auto& names = tls.credential_names;
    for (const std::string& name : names) context.certificate_secrets.push_back(credential(name));
    if (names.empty()) context.certificate_secrets.push_back(credential(tls.credential_name));
    ca = credential(!tls.ca_cert_credential_name.empty() ? tls.ca_cert_credential_name
                                                         : (names.empty() ? tls.credential_name : names.front()) + "-cacert");
  } else {
    for (const auto& each : tls.tls_certificates)
      context.certificate_secrets.push_back("file-cert:" + each.server_certificate + "~" + each.private_key);
    if (context.certificate_secrets.empty())
      context.certificate_secrets.push_back("file-cert:" + tls.server_certificate + "~" + tls.private_key);
    ca = "file-root:" + tls.ca_certificates;
  }
  if (checks) context.validation_secret = std::move(ca);
  if (checks || credentials) {
    for (const auto& name : tls.subject_alt_names)
      context.match_subject_alt_names.push_back({envoy::StringMatcher::Kind::exact, name});
  }
  if (checks && credentials) {
    context.spki = tls.verify_certificate_spki;
    context.hashes = tls.verify_certificate_hash;
  }
  if (checks && !credentials) context.crl = tls.ca_crl;
  context.accept_untrusted = checks && tls.insecure_skip_verify.value_or(false);
  context.alpn_protocols = {"h2", "http/1.1"};
  if (istio && chain.server->protocol != Protocol::https)  // GW38
    context.alpn_protocols = {"istio-peer-exchange", "h2", "http/1.1"};
  if (!istio) add_parameters(view.snapshot->settings, tls, context);
  return made;
}

text::Json server_tls_json(const ProxyView& view, const FilterChain& chain) {
  text::Json json;
  if (chain.tls == Tls::none) return json;
  json["mode"] = mode_text(chain.tls);
  if (!ends_tls(chain.tls)) return json;
  const envoy::TlsContext tls = server_tls(view, chain).common;
  const auto put = [&json](const char* key, const auto& value) {
    if (!value.empty()) json[key] = value;
  };
  std::vector<std::string> names;
  names.reserve(tls.match_subject_alt_names.size());
  for (const auto& each : tls.match_subject_alt_names) names.push_back(each.value);
  put("certificates", tls.certificate_secrets);
  put("ca", tls.validation_secret);
  put("sans", names);
  put("spki", tls.spki);
  put("hash", tls.hashes);
  put("crl", tls.crl);
  if (tls.accept_untrusted) json["accept_untrusted"] = true;
  put("alpn", tls.alpn_protocols);
  put("min_version", tls.min_version);
  put("max_version", tls.max_version);
  put("cipher_suites", tls.cipher_suites);
  return json;
}

}  // namespace meshroute::view
