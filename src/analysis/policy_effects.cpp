// SPDX-License-Identifier: Apache-2.0
// What policies do besides what they seem to: on ports that are not HTTP, to callers without an identity, through providers that
// are not there, and for ports that are a Service's and no workload's.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/checks.hpp"
#include "authorization/condition.hpp"
#include "authorization/peer_authentication.hpp"
#include "authorization/providers.hpp"
#include "findings/display_name.hpp"

namespace meshroute::analysis {

namespace {

using authorization::Mode;
using model::AuthorizationPolicy;
using text::element;
using Action = AuthorizationPolicy::Action;

/// A port of a workload, as a service leads to it.
struct ServedPort {
  std::uint32_t number = 0;
  bool tcp = false;  ///< all services that lead to it say so
  const registry::Service* service = nullptr;
  std::uint32_t service_port = 0;
  const Resource* workload = nullptr;
};
using ServedPorts = std::vector<ServedPort>;

/// The ports of workloads, by the resource that they come from.
class ServedWorkloads {
 public:
  explicit ServedWorkloads(const registry::Snapshot& snapshot) {
    for (const auto& service : snapshot.services) {
      const registry::Pool* pool = snapshot.pool(*service);
      if (pool == nullptr) continue;
      std::map<std::string_view, const registry::ServicePort*> by_name;
      for (const auto& port : service->ports) by_name.emplace(port.name, &port);
      for (const auto& shard : *pool) {
        for (const auto& endpoint : shard.endpoints) {
          const auto port = by_name.find(endpoint.port_name);
          if (endpoint.port == 0 || endpoint.workload->resource == nullptr || port == by_name.end()) continue;
          add(ports_[endpoint.workload->resource], *service, *port->second, endpoint);
        }
      }
    }
  }

  const ServedPorts& of(const Resource* workload) const {
    static const ServedPorts none;
    const auto found = ports_.find(workload);
    return found != ports_.end() ? found->second : none;
  }

 private:
  static void add(ServedPorts& ports, const registry::Service& service, const registry::ServicePort& port,
                  const registry::Endpoint& endpoint) {
    using registry::Protocol;
    if (port.protocol == Protocol::udp) return;
    const bool tcp = !registry::is_http(port.protocol) && port.protocol != Protocol::unsupported;
    bool all_tcp = tcp, known = false;
    for (const ServedPort& each : ports) {
      if (each.number != endpoint.port) continue;
      all_tcp = all_tcp && each.tcp;
      known = known || (each.service == &service && each.service_port == port.number);
    }
    if (!known) ports.push_back({endpoint.port, all_tcp, &service, port.number, endpoint.workload->resource});
    for (ServedPort& each : ports) {
      if (each.number == endpoint.port) each.tcp = all_tcp;
    }
  }

  std::unordered_map<const Resource*, ServedPorts> ports_;
};

/// The first field of a rule that only HTTP has (AZ50), as a path within the rule; empty where there is none.
std::string http_field(const model::Rule& rule) {
  for (std::size_t i = 0; i < rule.from.size(); ++i) {
    if (!rule.from[i].source) continue;
    const auto& source = *rule.from[i].source;
    const std::string at = element(".from", i) + ".source";
    if (!source.request_principals.empty()) return at + ".requestPrincipals";
    if (!source.not_request_principals.empty()) return at + ".notRequestPrincipals";
  }
  for (std::size_t i = 0; i < rule.to.size(); ++i) {
    if (!rule.to[i].operation) continue;
    const auto& operation = *rule.to[i].operation;
    const std::array<std::pair<const std::vector<std::string>*, const char*>, 6> fields{{{&operation.hosts, ".hosts"},
                                                                                         {&operation.not_hosts, ".notHosts"},
                                                                                         {&operation.methods, ".methods"},
                                                                                         {&operation.not_methods, ".notMethods"},
                                                                                         {&operation.paths, ".paths"},
                                                                                         {&operation.not_paths, ".notPaths"}}};
    for (const auto& [values, name] : fields) {
      if (!values->empty()) return element(".to", i) + ".operation" + name;
    }
  }
  for (std::size_t i = 0; i < rule.when.size(); ++i) {
    const auto attribute = authorization::ConditionBuilder::attribute_of(rule.when[i].key);
    if (attribute && authorization::http_only(*attribute)) return element(".when", i);
  }
  return {};
}

/// The ports that a rule names, where each of its operations names some; else it is for all.
std::optional<std::set<std::string>> ports_of(const model::Rule& rule) {
  std::set<std::string> ports;
  for (const auto& to : rule.to) {
    if (!to.operation || to.operation->ports.empty()) return std::nullopt;
    ports.insert(to.operation->ports.begin(), to.operation->ports.end());
  }
  if (rule.to.empty()) return std::nullopt;
  return ports;
}

class Effects {
 public:
  Effects(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {}

  void run() {
    for (const auto& resource : facts_.snapshot.resources) {
      if (const auto* policy = resource->as<AuthorizationPolicy>()) check(*resource, *policy);
      if (const auto* policy = resource->as<model::PeerAuthentication>()) check_ports(*resource, *policy);
    }
  }

 private:
  const ServedWorkloads& served() {
    if (!served_) served_.emplace(facts_.snapshot);
    return *served_;
  }

  void check(const Resource& resource, const AuthorizationPolicy& policy) {
    if (policy.target_ref || !policy.target_refs.empty()) return;
    if (policy.action == Action::CUSTOM) check_provider(resource, policy);
    if (policy.action != Action::ALLOW && policy.action != Action::DENY) return;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
      const std::string at = element("spec.rules", i);
      const std::string field = http_field(policy.rules[i]);
      if (!field.empty()) check_tcp(resource, policy, policy.rules[i], at + field);
      if (policy.action == Action::ALLOW) check_exceptions(resource, policy, policy.rules[i], at);
    }
  }

  static const Labels& labels_of(const std::optional<model::type::WorkloadSelector>& selector) {
    static const Labels none;
    return selector ? selector->match_labels : none;
  }

  /// The ports of the workloads that the policy selects: each number once for TCP and once for others.
  const ServedPorts& ports_under(const Resource& resource, const AuthorizationPolicy& policy) {
    const std::string in = facts_.reach(resource);
    const Labels& selector = labels_of(policy.selector);
    std::string key = in;
    for (const auto& [name, value] : selector) key += "\n" + name + "=" + value;
    const auto [found, fresh] = under_.try_emplace(std::move(key));
    if (!fresh) return found->second;
    std::map<std::pair<std::uint32_t, bool>, ServedPort> ports;
    for (const Workload* workload : facts_.workloads.selected(in, selector)) {
      if (!workload->in_mesh || has_ingress(*workload)) continue;
      for (const ServedPort& port : served().of(workload->resource)) ports.try_emplace({port.number, port.tcp}, port);
    }
    for (const auto& [number, port] : ports) found->second.push_back(port);
    return found->second;
  }

  /// IN20: then a Sidecar says what the ports are.
  bool has_ingress(const Workload& workload) {
    if (!ingress_) {
      ingress_.emplace();
      for (const Resource* each : facts_.snapshot.sidecars) {
        if (!each->as<model::Sidecar>()->ingress.empty()) ingress_->insert(each->identity.namespace_);
      }
    }
    return ingress_->contains(workload.resource->identity.namespace_);
  }

  /// AN0612.
  void check_tcp(const Resource& resource, const AuthorizationPolicy& policy, const model::Rule& rule, const std::string& path) {
    const auto named = ports_of(rule);
    const ServedPort* tcp = nullptr;
    bool other = false;
    for (const ServedPort& port : ports_under(resource, policy)) {
      if (named && !named->contains(std::to_string(port.number))) continue;
      if (!port.tcp)
        other = true;
      else if (tcp == nullptr)
        tcp = &port;
    }
    const bool allow = policy.action == Action::ALLOW;
    if (tcp == nullptr || (allow && other)) return;
    const std::string port = "port " + std::to_string(tcp->number) + " of " + findings::display_name(*tcp->workload);
    findings_.add(
        "AN0612", resource, path,
        allow ? port + " is TCP, and only HTTP has this: there the rule allows nothing"
              : port + " is TCP, and only HTTP has this: there the rule is without it, and refuses whatever the rest matches" +
                    (only_http(rule) ? ", which is every connection" : ""),
        allow ? "leave it out, and name identities, addresses and ports only"
              : "name the HTTP ports in `to.operation.ports`, or leave out this field",
        {{tcp->service->resource, "spec.ports", "it says that the port is TCP"}});
  }

  /// Whether nothing is left of the rule on TCP.
  static bool only_http(const model::Rule& rule) {
    const auto from = std::any_of(rule.from.begin(), rule.from.end(), [](const auto& each) {
      if (!each.source) return false;
      model::Source rest = *each.source;
      rest.request_principals.clear();
      rest.not_request_principals.clear();
      return rest != model::Source{};
    });
    const auto to = std::any_of(rule.to.begin(), rule.to.end(), [](const auto& each) {
      return each.operation && (!each.operation->ports.empty() || !each.operation->not_ports.empty());
    });
    const auto when = std::any_of(rule.when.begin(), rule.when.end(), [](const auto& each) {
      const auto attribute = authorization::ConditionBuilder::attribute_of(each.key);
      return attribute && !authorization::http_only(*attribute);
    });
    return !from && !to && !when;
  }

  /// AN0613 (AZ31).
  void check_exceptions(const Resource& resource, const AuthorizationPolicy& policy, const model::Rule& rule,
                        const std::string& at) {
    for (std::size_t i = 0; i < rule.from.size(); ++i) {
      if (!rule.from[i].source) continue;
      const auto& source = *rule.from[i].source;
      if (!source.principals.empty() || !source.namespaces.empty() || !source.service_accounts.empty() ||
          !source.request_principals.empty() || !source.trust_domains.empty() || asks_identity(rule))
        continue;
      const std::array<std::pair<const std::vector<std::string>*, const char*>, 4> fields{
          {{&source.not_principals, ".notPrincipals"},
           {&source.not_namespaces, ".notNamespaces"},
           {&source.not_service_accounts, ".notServiceAccounts"},
           {&source.not_trust_domains, ".notTrustDomains"}}};
      for (const auto& [values, name] : fields) {
        if (values->empty()) continue;
        const Workload* plain = takes_plaintext(resource, policy);
        if (plain == nullptr || refuses_plaintext(resource, *plain)) return;
        findings_.add("AN0613", resource, at + element(".from", i) + ".source" + name,
                      "a caller without mutual TLS has no identity that this could except, and " +
                          findings::display_name(*plain->resource) + " takes plain text: such callers are let in",
                      "demand mutual TLS by a PeerAuthentication, or name whom you let in");
        return;
      }
    }
  }
  static bool asks_identity(const model::Rule& rule) {
    return std::any_of(rule.when.begin(), rule.when.end(), [](const model::Condition& each) {
      return !each.values.empty() &&
             (each.key == "source.principal" || each.key == "source.namespace" || each.key == "source.serviceAccount");
    });
  }
  /// One that the policy selects and that takes plain text at some port, or null.
  const Workload* takes_plaintext(const Resource& resource, const AuthorizationPolicy& policy) const {
    std::size_t looked_at = 0;
    for (const Workload* each : facts_.workloads.selected(facts_.reach(resource), labels_of(policy.selector))) {
      if (!each->in_mesh) continue;
      constexpr std::size_t kEnough = 16;
      if (++looked_at > kEnough) return nullptr;
      const Labels labels = each->labels;
      const auto modes = authorization::peer_modes(*facts_.snapshot.base, {each->resource->identity.namespace_, &labels});
      if (modes.mode != Mode::STRICT) return each;
    }
    return nullptr;
  }
  /// A DENY policy for callers without an identity.
  bool refuses_plaintext(const Resource& allow, const Workload& workload) const {
    const std::string& in = workload.resource->identity.namespace_;
    const Labels labels = workload.labels;
    for (const Resource* each : facts_.snapshot.base->authorization_policies) {
      const auto& policy = *each->as<AuthorizationPolicy>();
      if (each == &allow || policy.action != Action::DENY) continue;
      if (each->identity.namespace_ != in && !facts_.is_root(each->identity.namespace_)) continue;
      if (!authorization::selects(*each, {in, &labels})) continue;
      for (const auto& rule : policy.rules) {
        for (const auto& from : rule.from) {
          if (from.source && rule.to.empty() && rule.when.empty() &&
              (contains(from.source->not_principals, "*") || contains(from.source->not_namespaces, "*")))
            return true;
        }
      }
    }
    return false;
  }

  /// AN0614 (AZ42).
  void check_provider(const Resource& resource, const AuthorizationPolicy& policy) {
    const auto& config = facts_.snapshot.settings.mesh_config;
    if (!policy.provider || policy.provider->name.empty() || !config.is_object() || config.empty()) return;
    if (!providers_) providers_ = authorization::read_providers(*facts_.snapshot.base);
    const std::string& name = policy.provider->name;
    const auto found = providers_->find(name);
    std::string why;
    if (found == providers_->end()) {
      why = "MeshConfig has no extensionProvider " + name + " that decides about requests";
    } else if (!found->second.error.empty()) {
      // A service may be among what is not loaded.
      if (found->second.error.starts_with("there is no service ") && !knows_service(found->second.error)) return;
      why = "the extensionProvider " + name + " is of no use, as " + found->second.error;
    }
    if (why.empty()) return;
    findings_.add(
        "AN0614", resource, "spec.provider.name", why + ": requests that this policy matches are refused with 403",
        found == providers_->end() ? "name one with envoyExtAuthzHttp or envoyExtAuthzGrpc" : "mend the extensionProvider");
  }
  bool knows_service(const std::string& error) const {
    const std::string service = error.substr(error.rfind(' ') + 1);
    return facts_.known(service.substr(service.find('/') + 1)) == Known::no && facts_.of_a_cluster;
  }

  /// AN0707 (MT2).
  void check_ports(const Resource& resource, const model::PeerAuthentication& policy) {
    if (!policy.port_level_mtls || !policy.selector || policy.selector->match_labels.empty()) return;
    const auto selected = facts_.workloads.selected(resource.identity.namespace_, policy.selector->match_labels);
    for (const auto& [number, mode] : *policy.port_level_mtls) {
      const ServedPort* meant = nullptr;
      bool served_itself = false;
      for (const Workload* workload : selected) {
        if (has_ingress(*workload)) return;
        for (const ServedPort& port : served().of(workload->resource)) {
          served_itself = served_itself || port.number == number;
          if (port.service_port == number && meant == nullptr) meant = &port;
        }
      }
      if (meant == nullptr || served_itself) continue;
      findings_.add("AN0707", resource, "spec.portLevelMtls." + std::to_string(number),
                    "port " + std::to_string(number) + " is that of " + meant->service->hostname + ", which leads to port " +
                        std::to_string(meant->number) + " of " + findings::display_name(*meant->workload) +
                        ", and ports here are the workload's: this has no effect",
                    "write " + std::to_string(meant->number),
                    {{meant->service->resource, "spec.ports", "it leads to the other port"}});
    }
  }

  const Facts& facts_;
  Findings& findings_;
  std::optional<ServedWorkloads> served_;
  std::map<std::string, ServedPorts> under_;
  std::optional<std::set<std::string>> ingress_;  ///< namespaces with such a Sidecar
  std::optional<std::map<std::string, authorization::Provider, std::less<>>> providers_;
};

}  // namespace

void check_policy_effects(const Facts& facts, Findings& findings) { Effects(facts, findings).run(); }

}  // namespace meshroute::analysis
