// SPDX-License-Identifier: Apache-2.0
// What only the view of a proxy shows: tables and listeners that Istio makes and Envoy rejects. Each class of proxies that can
// have one is asked once.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "routes/compiled.hpp"
#include "scope/gateways.hpp"
#include "text/case.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::analysis {

namespace {

using text::element;

/// Proxies that are asked together, and how they are named to people.
struct Class {
  Proxy proxy;
  std::vector<std::string> names;
};

Proxy proxy_of(const Workload& workload) {
  Proxy proxy;
  proxy.namespace_ = workload.resource->identity.namespace_;
  proxy.cluster = workload.resource->identity.cluster;
  proxy.labels = workload.labels;
  if (const auto* pod = workload.resource->as<model::Pod>(); pod != nullptr && !pod->pod_ips.empty())
    proxy.ip = pod->pod_ips.front();
  return proxy;
}

std::string some_of(const std::vector<std::string>& names) { return text::some_of(names, 3); }

class ProxyCheck {
 public:
  ProxyCheck(const Facts& facts, Findings& findings)
      : facts_(facts), findings_(findings), snapshot_(std::shared_ptr<const registry::Snapshot>(), &facts.snapshot) {}

  /// AN1101: a host that becomes `*` where the names of a client's own namespace are shortened, beside the `*` for all else.
  void check_tables() {
    const std::string services = ".svc." + facts_.snapshot.settings.domain_suffix;
    std::map<std::string, std::vector<const registry::Service*>> wild;  // by namespace
    for (const auto& service : facts_.snapshot.services) {
      const std::string& host = service->hostname;
      if (!host.starts_with("*.") || !host.ends_with(services) || host.size() <= services.size() + 2) continue;
      std::string in = host.substr(2, host.size() - services.size() - 2);
      if (in.find('.') == std::string::npos && facts_.namespaces.contains(in)) wild[std::move(in)].push_back(service.get());
    }
    for (const auto& [in, of_namespace] : wild) {
      for (const Class& one : sidecars_of(in)) check_tables(one, in, of_namespace);
    }
  }

  /// AN1102 (GW27).
  void check_listeners() {
    for (const Class& one : routers()) {
      const view::ProxyView view(snapshot_, one.proxy);
      for (const view::Listener& listener : view.listeners()) {
        if (!listener.refused.empty()) tell(one, listener);
      }
    }
  }

 private:
  /// The sidecars of a namespace by what their labels can change; the namespace by itself where nothing is given of it.
  std::vector<Class> sidecars_of(const std::string& in) const {
    std::set<std::string> keys;  // that Sidecars select by: nothing else decides about the services of a table
    for (const Resource* resource : facts_.snapshot.base->sidecars) {
      const auto& selector = resource->as<model::Sidecar>()->workload_selector;
      if (!selector || (resource->identity.namespace_ != in && !facts_.is_root(resource->identity.namespace_))) continue;
      for (const auto& [key, value] : selector->labels) keys.insert(key);
    }
    std::map<Labels, Class> classes;
    for (const std::size_t index : facts_.workloads.in(in)) {
      const Workload& workload = facts_.workloads[index];
      if (!workload.in_mesh || workload.ambient) continue;
      Labels said;
      for (const auto& [key, value] : workload.labels) {
        if (keys.contains(key)) said.emplace(key, value);
      }
      Class& one = classes[std::move(said)];
      if (one.names.empty()) one.proxy = proxy_of(workload);
      one.names.push_back(findings::display_name(*workload.resource));
    }
    if (classes.empty()) {
      Class& one = classes[{}];
      one.proxy.namespace_ = in;
      one.names.push_back("proxies of namespace " + in);
    }
    std::vector<Class> list;
    list.reserve(classes.size());
    for (auto& [labels, one] : classes) list.push_back(std::move(one));
    return list;
  }

  void check_tables(const Class& one, const std::string& in, const std::vector<const registry::Service*>& wild) {
    const view::ProxyView view(snapshot_, one.proxy);
    for (const registry::Service* service : wild) {
      for (const registry::ServicePort& port : service->ports) {
        if (service->resource == nullptr || !registry::is_http_or_sniffed(port.protocol)) continue;
        const routes::Table* table = view.table(std::to_string(port.number));
        if (table == nullptr || table->refusal.empty()) continue;
        const auto& seen = view.scope.services;
        const bool sees = std::any_of(seen.begin(), seen.end(), [&](const auto& each) {
          return each->hostname == service->hostname && each->namespace_ == service->namespace_;
        });
        if (!sees) continue;
        findings_.add("AN1101", *service->resource, path_of_host(*service),
                      "Envoy rejects route table " + std::to_string(port.number) + " of " + some_of(one.names) +
                          ": in namespace " + in + " this host is also written without .svc." +
                          facts_.snapshot.settings.domain_suffix +
                          " and the namespace, which leaves *, and the table has a * for all other hosts: running proxies keep "
                          "their former routes for the port, new ones have none",
                      "name the hosts one by one, or export the ServiceEntry to other namespaces than " + in);
        break;
      }
    }
  }

  /// Whether two chains of the proxies' listeners may have one match, or a name that Envoy does not take (GW27, GW28): a name
  /// stands in two servers, whatever their ports are, or services bring names in.
  bool may_clash(const std::vector<const Resource*>& gateways) {
    std::set<std::string> names;  // empty: a chain for all names
    const auto clashes = [&names](std::string name) {
      name = text::lower(name);
      return name.find('*', name.starts_with("*.") ? 2 : 0) != std::string::npos || !names.insert(std::move(name)).second;
    };
    for (const Resource* resource : gateways) {
      for (const auto& server : resource->as<model::Gateway>()->servers) {
        if (!server.bind.empty()) return true;
        using Mode = model::ServerTLSSettings::TLSmode;
        if (server.tls && server.tls->mode == Mode::AUTO_PASSTHROUGH) return true;
        const std::string protocol = server.port ? text::lower(server.port->protocol) : std::string();
        if (protocol == "http" || protocol == "http2" || protocol == "grpc") continue;
        for (std::string& name :
             server.tls&& server.tls->mode == Mode::PASSTHROUGH ? passed_names(*resource) : names_of(server)) {
          if (clashes(std::move(name))) return true;
        }
      }
    }
    return false;
  }
  /// GW28.
  static std::vector<std::string> names_of(const model::Server& server) {
    std::vector<std::string> names;
    for (const std::string& host : server.hosts) {
      names.push_back(host.substr(host.find('/') + 1));
      if (names.back() == "*") return {""};
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return server.tls ? names : std::vector<std::string>{""};
  }
  /// The names of the tls rules that a Gateway has.
  std::vector<std::string> passed_names(const Resource& gateway) {
    if (!passed_) {
      passed_.emplace();
      for (const auto& entry : facts_.virtual_services) {
        if (entry->spec->tls.empty()) continue;
        std::vector<std::string> names;
        for (const auto& rule : entry->spec->tls) {
          for (const auto& match : rule.match) names.insert(names.end(), match.sni_hosts.begin(), match.sni_hosts.end());
        }
        for (const std::string& name : entry->spec->gateways) {
          const auto [in, own] = gateway_name(name, entry->resource->identity.namespace_);
          const Resource* of = facts_.gateway(in, own);
          if (of != nullptr) (*passed_)[of].insert((*passed_)[of].end(), names.begin(), names.end());
        }
      }
    }
    const auto found = passed_->find(&gateway);
    return found == passed_->end() ? std::vector<std::string>() : found->second;
  }

  /// Gateway proxies by the Gateways that select them; where none is given, what the selector says.
  std::vector<Class> routers() {
    std::map<const Workload*, std::vector<const Resource*>> selected;
    std::map<Labels, std::vector<const Resource*>> not_given;
    std::vector<const Resource*> for_all;
    for (const Resource* gateway : facts_.gateways()) {
      const Labels& selector = gateway->as<model::Gateway>()->selector;
      if (selector.empty()) {
        for_all.push_back(gateway);
        continue;
      }
      const auto proxies = facts_.proxies_of(*gateway);
      for (const Workload* proxy : proxies) selected[proxy].push_back(gateway);
      if (proxies.empty() && !facts_.may_judge_selector(*gateway->as<model::Gateway>())) not_given[selector].push_back(gateway);
    }
    std::map<std::pair<std::string, std::vector<const Resource*>>, Class> classes;
    for (auto& [proxy, gateways] : selected) {
      gateways.insert(gateways.end(), for_all.begin(), for_all.end());
      if (!may_clash(gateways)) continue;
      Class& one = classes[{proxy->resource->identity.namespace_, gateways}];
      if (one.names.empty()) one.proxy = proxy_of(*proxy);
      one.names.push_back(findings::display_name(*proxy->resource));
    }
    for (auto& [selector, gateways] : not_given) {
      gateways.insert(gateways.end(), for_all.begin(), for_all.end());
      if (!may_clash(gateways)) continue;
      Class& one = classes[{gateways.front()->identity.namespace_, gateways}];
      one.proxy.namespace_ = gateways.front()->identity.namespace_;
      one.proxy.labels = selector;
      one.names.push_back("proxies with the labels " + labels_text(selector));
    }
    std::vector<Class> list;
    for (auto& [key, one] : classes) {
      one.proxy.type = Proxy::Type::router;
      std::sort(one.names.begin(), one.names.end());
      list.push_back(std::move(one));
    }
    return list;
  }

  /// At the later of the two servers that meet, or the one whose name Envoy does not take.
  void tell(const Class& one, const view::Listener& listener) {
    const scope::GatewayServer* server = nullptr;
    const scope::GatewayServer* other = nullptr;
    std::map<std::pair<std::string, std::string>, const view::FilterChain*> first;  // name, protocol
    for (const view::FilterChain& chain : listener.chains) {
      const std::vector<std::string> any{""};
      for (const std::string& name : chain.sni.empty() ? any : chain.sni) {
        if (name.find('*') != std::string::npos && name.find('*', name.starts_with("*.") ? 2 : 0) != std::string::npos)
          server = chain.server;
        for (const std::string& protocol : chain.alpn.empty() ? any : chain.alpn) {
          const auto [found, added] = first.emplace(std::pair(text::lower(name), protocol), &chain);
          if (added || found->second == &chain || server != nullptr) continue;
          server = chain.server;
          other = found->second->server;
        }
      }
    }
    if (server == nullptr || server->gateway == nullptr) return;
    std::vector<Leaning> related;
    if (other != nullptr && other->gateway != nullptr && other != server)
      related.push_back({other->gateway, element("spec.servers", other->place), "the other chain is of this server"});
    findings_.add(
        "AN1102", *server->gateway, element("spec.servers", server->place),
        "Envoy rejects listener " + listener.name + " of " + some_of(one.names) + " (" + listener.refused +
            "): running proxies keep their former listener, new ones have none for port " + std::to_string(listener.port),
        other != nullptr ? "let one server have each name of the port" : "name the hosts of the server one by one", related);
  }

  const Facts& facts_;
  Findings& findings_;
  std::optional<std::unordered_map<const Resource*, std::vector<std::string>>> passed_;  ///< made on first use
  const std::shared_ptr<const registry::Snapshot> snapshot_;  ///< lives as long as the analysis, and is not ours
};

}  // namespace

void check_proxies(const Facts& facts, Findings& findings) {
  ProxyCheck check(facts, findings);
  check.check_tables();
  check.check_listeners();
}

}  // namespace meshroute::analysis
