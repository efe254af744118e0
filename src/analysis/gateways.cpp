// SPDX-License-Identifier: Apache-2.0
// Gateways: the proxies that they select, their ports and certificates, and each other.

#include <algorithm>
#include <chrono>
#include <set>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "explain/why.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "match/labels.hpp"

namespace meshroute::analysis {

namespace {

using text::element;
using TlsMode = model::ServerTLSSettings::TLSmode;

/// One host of one server of a Gateway.
struct ServedHost {
  const Resource* gateway = nullptr;
  std::size_t server = 0, host = 0;
  std::string namespace_, bind;
};

/// The proxies of Gateways, asked for once for each selector.
class Proxies {
 public:
  explicit Proxies(const Facts& facts) : facts_(facts) {}
  const std::vector<const Workload*>& of(const Labels& selector) {
    const auto [found, added] = selected_.try_emplace(selector);
    if (added) found->second = facts_.workloads.selected({}, selector);
    return found->second;
  }
  /// Whether some proxy has both Gateways.
  bool meet(const Labels& a, const Labels& b) {
    if (a == b) return true;
    const auto [found, added] = meets_.try_emplace(a < b ? std::pair(a, b) : std::pair(b, a), false);
    if (!added) return found->second;
    Labels both = a;
    both.insert(b.begin(), b.end());
    const bool possible =
        std::all_of(b.begin(), b.end(), [&](const auto& label) { return both.at(label.first) == label.second; });
    found->second = possible && facts_.workloads.any({}, both);
    return found->second;
  }

 private:
  const Facts& facts_;
  std::map<Labels, std::vector<const Workload*>> selected_;
  std::map<std::pair<Labels, Labels>, bool> meets_;
};

const Labels& gateway_selector(const Resource& gateway) { return gateway.as<model::Gateway>()->selector; }

/// AN0502: the servers of all Gateways by port and host.
class Conflicts {
 public:
  Conflicts(const Facts& facts, Proxies& proxies, Findings& findings) : proxies_(proxies), findings_(findings) {
    for (const Resource* gateway : facts.gateways()) {
      const auto& servers = gateway->as<model::Gateway>()->servers;
      for (std::size_t i = 0; i < servers.size(); ++i) {
        if (!servers[i].port) continue;
        for (std::size_t k = 0; k < servers[i].hosts.size(); ++k) {
          const ServerHost host = server_host(servers[i].hosts[k], gateway->identity.namespace_);
          at(servers[i].port->number, host.host).push_back({gateway, i, k, host.namespace_, servers[i].bind});
        }
      }
    }
    for (const Resource* gateway : facts.gateways()) check(*gateway);
  }

 private:
  using Hosts = std::vector<ServedHost>;
  static std::string key(std::uint32_t port, const std::string& host) { return std::to_string(port) + " " + host; }
  Hosts& at(std::uint32_t port, const std::string& host) { return served_[key(port, host)]; }

  void check(const Resource& gateway) {
    const auto& servers = gateway.as<model::Gateway>()->servers;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (!servers[i].port) continue;
      for (std::size_t k = 0; k < servers[i].hosts.size(); ++k) {
        const ServerHost host = server_host(servers[i].hosts[k], gateway.identity.namespace_);
        const ServedHost own{&gateway, i, k, host.namespace_, servers[i].bind};
        if (compare(own, servers[i].port->number, host.host, host.host)) continue;
        if (host.host == "*") continue;
        bool found = false;
        for (auto dot = host.host.find('.'); !found && dot != std::string::npos; dot = host.host.find('.', dot + 1)) {
          if (const std::string wider = "*" + host.host.substr(dot); wider != host.host)
            found = compare(own, servers[i].port->number, host.host, wider);
        }
        if (!found) compare(own, servers[i].port->number, host.host, "*");
      }
    }
  }

  /// With the Gateways that serve `other` on the port; of those with the same host only the earlier ones.
  bool compare(const ServedHost& own, std::uint32_t port, const std::string& host, const std::string& other) {
    const auto found = served_.find(key(port, other));
    if (found == served_.end()) return false;
    std::size_t tried = 0;
    for (const ServedHost& each : found->second) {
      if (each.gateway == own.gateway) {
        if (host == other) return false;
        continue;
      }
      if (++tried > kMost) return false;
      const bool same_namespace = each.namespace_ == own.namespace_ || each.namespace_ == "*" || own.namespace_ == "*";
      if (!same_namespace || each.bind != own.bind ||
          !proxies_.meet(gateway_selector(*own.gateway), gateway_selector(*each.gateway)))
        continue;
      const std::string path = element("spec.servers", own.server) + element(".hosts", own.host);
      const std::string theirs = element("spec.servers", each.server) + element(".hosts", each.host);
      findings_.add(
          "AN0502", *own.gateway, path,
          findings::display_name(*each.gateway) + " serves " + other + " on port " + std::to_string(port) +
              " of the same proxies" +
              (host == other
                   ? std::string(": the proxy has the host once, and which of the two servers counts depends on their age")
                   : ", which is wider: requests for " + host + " come to this one only"),
          "let one Gateway have the host and port", {{each.gateway, theirs, "the other one"}});
      return true;
    }
    return false;
  }

  static constexpr std::size_t kMost = 32;  // that are compared with one host: more would cost more than they tell
  Proxies& proxies_;
  Findings& findings_;
  std::unordered_map<std::string, Hosts> served_;
};

/// What names the certificate of a server, or empty.
std::string certificate_of(const model::ServerTLSSettings& tls) {
  if (!tls.credential_name.empty()) return "secret " + tls.credential_name;
  if (!tls.server_certificate.empty() && !tls.private_key.empty()) return tls.server_certificate + " " + tls.private_key;
  return {};
}

/// AN0503.
void check_certificates(const Facts& facts, Findings& findings) {
  std::unordered_map<std::string, std::vector<std::pair<const Resource*, std::size_t>>> used;
  for (const Resource* gateway : facts.gateways()) {
    const auto& servers = gateway->as<model::Gateway>()->servers;
    std::set<std::string> told;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      const std::string certificate = servers[i].tls ? certificate_of(*servers[i].tls) : std::string();
      if (certificate.empty()) continue;
      auto& others = used[certificate];
      std::size_t tried = 0;
      for (const auto& [other, server] : others) {
        if (other == gateway || ++tried > 32) continue;
        const Labels &a = gateway_selector(*gateway), &b = gateway_selector(*other);
        if (!match::labels_subset(a, b) && !match::labels_subset(b, a)) continue;
        if (!told.insert(certificate).second) break;
        findings.add("AN0503", *gateway, element("spec.servers", i) + ".tls",
                     findings::display_name(*other) +
                         " has the same certificate on the same proxies: browsers reuse a connection for all hosts of a "
                         "certificate, and get 404 for those of the other Gateway",
                     "make them one Gateway, or give each a certificate of its own",
                     {{other, element("spec.servers", server) + ".tls", "the same certificate"}});
        break;
      }
      others.emplace_back(gateway, i);
    }
  }
}

/// AN0504, AN0505.
class Secrets {
 public:
  explicit Secrets(const Facts& facts) {
    for (const auto& resource : facts.snapshot.resources) {
      if (resource->as<model::Secret>() == nullptr) continue;
      secrets_[{resource->identity.namespace_, resource->identity.name}] = resource.get();
      namespaces_[resource->identity.name].push_back(resource->identity.namespace_);
    }
  }

  void check(const Resource& gateway, const std::vector<const Workload*>& proxies, Findings& findings, Unjudged& unjudged) const {
    const auto& servers = gateway.as<model::Gateway>()->servers;
    std::set<std::string> namespaces;
    bool pods = false;
    for (const Workload* proxy : proxies) {
      namespaces.insert(proxy->resource->identity.namespace_);
      pods = pods || proxy->resource->as<model::Pod>() != nullptr;
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (!servers[i].tls) continue;
      const auto& tls = *servers[i].tls;
      if (tls.mode == TlsMode::PASSTHROUGH || tls.mode == TlsMode::AUTO_PASSTHROUGH) continue;
      std::vector<std::pair<std::string, std::string>> wanted;  // name, path
      const std::string at = element("spec.servers", i) + ".tls.credentialName";
      if (!tls.credential_name.empty()) wanted.emplace_back(tls.credential_name, at);
      for (std::size_t k = 0; k < tls.credential_names.size(); ++k)
        wanted.emplace_back(tls.credential_names[k], at + "s[" + std::to_string(k) + "]");
      for (const auto& [name, path] : wanted) {
        if (name.find("://") != std::string::npos) continue;  // no Secret of Kubernetes
        if (namespaces.empty()) {
          check_somewhere(gateway, name, path, findings, unjudged);
          continue;
        }
        if (secrets_.empty() && !pods) {
          unjudged.add(Unjudged::Need::secrets, name, gateway, path);
          continue;
        }
        for (const std::string& in : namespaces) check_secret(gateway, in, name, path, findings);
      }
    }
  }

 private:
  /// Where the proxies are is not known: a Secret counts that is good anywhere.
  void check_somewhere(const Resource& gateway, const std::string& name, const std::string& path, Findings& findings,
                       Unjudged& unjudged) const {
    const auto found = namespaces_.find(name);
    if (found == namespaces_.end()) {
      unjudged.add(secrets_.empty() ? Unjudged::Need::secrets : Unjudged::Need::gateways, "Secret " + name, gateway, path);
      return;
    }
    const auto good = [&](const std::string& in) { return problem_of(in, name).empty(); };
    if (std::none_of(found->second.begin(), found->second.end(), good))
      check_secret(gateway, found->second.front(), name, path, findings);
  }

  void check_secret(const Resource& gateway, const std::string& in, const std::string& name, const std::string& path,
                    Findings& findings) const {
    const auto found = secrets_.find({in, name});
    if (found == secrets_.end()) {
      const auto other = namespaces_.find(name);
      findings.add(
          "AN0504", gateway, path,
          "namespace " + in + ", where the gateway's proxies are, has no Secret " + name + ": the server has no certificate",
          other == namespaces_.end()
              ? std::string()
              : "namespace " + other->second.front() + " has one of this name: it must be beside the proxies");
      return;
    }
    const std::string problem = problem_of(in, name);
    if (!problem.empty())
      findings.add("AN0505", gateway, path, problem + ": the server has no certificate that clients accept", "renew the Secret");
  }

  /// Why a Secret that is there is no good, or empty.
  std::string problem_of(const std::string& in, const std::string& name) const {
    const auto& secret = *secrets_.at({in, name})->as<model::Secret>();
    const auto has = [&](const char* key) { return contains(secret.keys, key); };
    const std::string shown = "Secret " + in + "/" + name;
    std::string problem;
    if (!(has("tls.crt") && has("tls.key")) && !(has("cert") && has("key"))) {
      problem = shown + " lacks tls.crt or tls.key";
    } else if (!secret.certificate_readable) {
      problem = "the certificate of " + shown + " cannot be read as PEM";
    } else {
      using Clock = std::chrono::system_clock;
      const auto now = std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count();
      if (now > secret.not_after) problem = "the certificate of " + shown + " has expired";
      if (now < secret.not_before) problem = "the certificate of " + shown + " does not hold yet";
    }
    return problem;
  }

  std::map<std::pair<std::string, std::string>, const Resource*> secrets_;
  std::unordered_map<std::string, std::vector<std::string>> namespaces_;  ///< that have a Secret of a name
};

/// The Services of a namespace, by one of the labels that they select by.
class Services {
 public:
  explicit Services(const Facts& facts) {
    for (const Resource* resource : facts.snapshot.base->table->kubernetes) {
      const auto& selector = resource->as<model::Service>()->selector;
      namespaces_.insert(resource->identity.namespace_);
      if (selector && !selector->empty()) by_label_[key(resource->identity.namespace_, *selector->begin())].push_back(resource);
    }
  }
  std::vector<const Resource*> of(const Workload& workload) const {
    std::vector<const Resource*> found;
    for (const auto& label : workload.labels) {
      const auto some = by_label_.find(key(workload.resource->identity.namespace_, label));
      if (some == by_label_.end()) continue;
      for (const Resource* service : some->second) {
        if (match::labels_subset(*service->as<model::Service>()->selector, workload.labels)) found.push_back(service);
      }
    }
    return found;
  }
  /// Whether Services of the namespace are given.
  bool knows(const std::string& namespace_) const { return namespaces_.contains(namespace_); }

 private:
  static std::string key(const std::string& in, const Labels::value_type& label) {
    return in + "\n" + label.first + "\n" + label.second;
  }
  std::unordered_map<std::string, std::vector<const Resource*>> by_label_;
  std::set<std::string> namespaces_;
};

/// One that clients reach by its own address: a virtual machine, or a Pod on its node's network.
bool has_own_address(const Workload& proxy) {
  if (const auto* pod = proxy.resource->as<model::Pod>()) return pod->host_network;
  const auto* made = proxy.resource->as<model::PodTemplate>();
  return made == nullptr || made->pod.host_network;
}

/// AN0506.
void check_ports(const Resource& gateway, const std::vector<const Workload*>& proxies, const Services& services,
                 Findings& findings) {
  std::set<std::uint32_t> open;
  const Resource* leading = nullptr;
  std::set<const Resource*> seen;
  for (const Workload* proxy : proxies) {
    for (const Resource* service : services.of(*proxy)) {
      if (!seen.insert(service).second) continue;
      leading = service;
      for (const auto& port : service->as<model::Service>()->ports) {
        if (port.protocol != "TCP" && !port.protocol.empty()) continue;
        open.insert(port.port);
        std::uint32_t target = 0;
        for (const char digit : port.target_port) {
          if (digit < '0' || digit > '9' || target > 65535) return;  // a name, which only the Pod knows
          target = target * 10 + static_cast<std::uint32_t>(digit - '0');
        }
        if (target != 0) open.insert(target);
      }
    }
  }
  const auto& servers = gateway.as<model::Gateway>()->servers;
  if (leading == nullptr) {
    const bool told =
        !proxies.empty() && !servers.empty() && std::all_of(proxies.begin(), proxies.end(), [&](const Workload* each) {
          return !has_own_address(*each) && services.knows(each->resource->identity.namespace_);
        });
    if (!told) return;
    const Workload& proxy = *proxies.front();
    findings.add("AN0506", gateway, element("spec.servers", 0) + ".port.number",
                 "no Service of namespace " + proxy.resource->identity.namespace_ + " selects " +
                     findings::display_name(*proxy.resource) + ", the gateway's proxy: clients do not reach its servers",
                 "add a Service that selects the gateway's proxies",
                 {{proxy.resource, path_of_labels(proxy), "a proxy of the gateway"}});
    return;
  }
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (!servers[i].port || open.contains(servers[i].port->number)) continue;
    findings.add("AN0506", gateway, element("spec.servers", i) + ".port.number",
                 "no Service leads to port " + std::to_string(servers[i].port->number) +
                     " of the gateway's proxies: clients do not reach the server",
                 "add the port to " + findings::display_name(*leading), {{leading, "spec.ports", "the ports that lead there"}});
  }
}

}  // namespace

void check_gateways(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  if (facts.gateways().empty()) return;
  Proxies proxies(facts);
  const Secrets secrets(facts);
  const Services services(facts);
  for (const Resource* resource : facts.gateways()) {
    const auto& gateway = *resource->as<model::Gateway>();
    const auto& selected = proxies.of(gateway.selector);
    if (selected.empty() && !gateway.selector.empty()) {
      if (facts.may_judge_selector(gateway)) {
        std::string hint;
        std::vector<Leaning> related;
        if (gateway.selector.size() == 1) {
          const std::string& key = gateway.selector.begin()->first;
          if (const Workload* near = facts.workloads.one_with(key)) {
            hint = findings::display_name(*near->resource) + " has the label " + key + "=" + near->labels.at(key);
            related.push_back({near->resource, path_of_labels(*near), "nearly selected"});
          }
        }
        findings.add("AN0501", *resource, "spec.selector",
                     "no proxy has the labels " + labels_text(gateway.selector) + ": nothing serves these hosts", std::move(hint),
                     related);
      } else {
        unjudged.add(Unjudged::Need::gateways, findings::display_name(*resource), *resource, "spec.selector");
      }
    }
    secrets.check(*resource, selected, findings, unjudged);
    check_ports(*resource, selected, services, findings);
  }
  check_certificates(facts, findings);
  Conflicts(facts, proxies, findings);
}

}  // namespace meshroute::analysis
