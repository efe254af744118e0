// SPDX-License-Identifier: Apache-2.0
// Whether the destinations of a VirtualService exist for the clients that its rules apply to.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "text/near.hpp"

namespace meshroute::analysis {

namespace {

using registry::ServicePtr;

/// One destination as a rule names it, host expanded (A2).
struct Named {
  const model::Destination* destination = nullptr;
  const Resource* resource = nullptr;  ///< the VirtualService, or the delegate
  std::string path;
  const model::HTTPRoute* rule = nullptr;  ///< null for tcp and tls
  std::size_t index = 0;                   ///< of the rule, in the merged VirtualService
  bool tls = false;
  std::vector<std::uint32_t> ports = {};  ///< of tcp and tls: that its matches ask for; empty: any
  double percent = 100;                   ///< of the rule's requests, by weight
  bool mirror = false;
};

/// "requests to it fail", or what becomes of a share of a rule's requests, or of copies.
std::string effect(const Named& named, const std::string& what) {
  if (named.mirror) return "copies of requests are lost";
  if (named.percent >= 100 || named.percent <= 0) return what;
  std::string share = std::to_string(named.percent);
  share.erase(share.find_last_not_of('0') + 1);
  if (share.ends_with('.')) share.pop_back();
  if (const auto dot = share.find('.'); dot != std::string::npos) share.resize(std::min(share.size(), dot + 2));
  return what + " (" + share + " % of the rule's)";
}

/// The share of one of a rule's destinations.
template <class Routes>
double percent_of(const Routes& routes, std::size_t index) {
  if (routes.size() < 2) return 100;
  double all = 0;
  for (const auto& route : routes) all += std::max(route.weight, 0);
  return all > 0 ? 100 * std::max(routes[index].weight, 0) / all : 100;
}

/// The ports that the matches of a rule ask for; empty where one asks for none.
template <class Matches>
std::vector<std::uint32_t> ports_asked(const Matches& matches) {
  std::vector<std::uint32_t> ports;
  for (const auto& match : matches) {
    if (match.port == 0) return {};
    ports.push_back(match.port);
  }
  return ports;
}

std::vector<Named> destinations_of(const scope::VirtualServiceEntry& entry) {
  std::vector<Named> all;
  const auto add = [&](const std::optional<model::Destination>& to, const Resource* resource, std::string path,
                       const model::HTTPRoute* rule, std::size_t index, double percent = 100) {
    if (!to || to->host.empty()) return;
    Named& named = all.emplace_back();
    named.destination = &*to;
    named.resource = resource;
    named.path = std::move(path);
    named.rule = rule;
    named.index = index;
    named.percent = percent;
  };
  const auto at = [](const std::string& list, std::size_t index) { return list + "[" + std::to_string(index) + "]"; };
  for (std::size_t i = 0; i < entry.spec->http.size(); ++i) {
    const model::HTTPRoute& rule = entry.spec->http[i];
    const scope::RuleOrigin& origin = entry.http_origins[i];
    for (std::size_t k = 0; k < rule.route.size(); ++k)
      add(rule.route[k].destination, origin.resource, at(origin.path + ".route", k) + ".destination", &rule, i,
          percent_of(rule.route, k));
    const std::size_t mirrors = all.size();
    add(rule.mirror, origin.resource, origin.path + ".mirror", &rule, i);
    for (std::size_t k = 0; k < rule.mirrors.size(); ++k)
      add(rule.mirrors[k].destination, origin.resource, at(origin.path + ".mirrors", k) + ".destination", &rule, i);
    for (std::size_t k = mirrors; k < all.size(); ++k) all[k].mirror = true;
  }
  const auto plain = [&](const auto& rules, const std::string& list, bool tls) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      for (std::size_t k = 0; k < rules[i].route.size(); ++k) {
        const std::size_t before = all.size();
        add(rules[i].route[k].destination, entry.resource, at(at(list, i) + ".route", k) + ".destination", nullptr, i,
            percent_of(rules[i].route, k));
        if (all.size() == before) continue;
        all.back().tls = tls;
        all.back().ports = ports_asked(rules[i].match);
      }
    }
  };
  plain(entry.spec->tcp, "spec.tcp", false);
  plain(entry.spec->tls, "spec.tls", true);
  return all;
}

/// Whether some match of the rule is for clients of the namespace (F3.2).
bool is_for(const model::HTTPRoute& rule, const std::string& client) {
  return rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(), [&](const model::HTTPMatchRequest& match) {
           return match.source_namespace.empty() || match.source_namespace == client || !match.gateways.empty();
         });
}

/// Whether no rule after it is for clients of the namespace (F3.1, F3.4).
bool takes_all(const model::HTTPRoute& rule, const std::string& client) {
  return rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(), [&](model::HTTPMatchRequest match) {
           if (match.source_namespace == client) match.source_namespace.clear();
           if (match.uri && match.uri->prefix == "/") match.uri.reset();
           match.name.clear();
           match.stat_prefix.clear();
           return match == model::HTTPMatchRequest{};
         });
}

/// Whether the resource writes the host without its namespace (A1).
bool written_short(const Facts& facts, const Resource& resource, const std::string& host) {
  const auto& spec = *resource.as<model::VirtualService>();
  const auto is = [&](const std::optional<model::Destination>& to) {
    return to && to->host != host && facts.expand(to->host, resource) == host;
  };
  const auto any = [&](const auto& rules) {
    return std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
      return std::any_of(rule.route.begin(), rule.route.end(), [&](const auto& route) { return is(route.destination); });
    });
  };
  return any(spec.http) || any(spec.tcp) || any(spec.tls) ||
         std::any_of(spec.http.begin(), spec.http.end(), [&](const model::HTTPRoute& rule) {
           return is(rule.mirror) || std::any_of(rule.mirrors.begin(), rule.mirrors.end(),
                                                 [&](const auto& mirror) { return is(mirror.destination); });
         });
}

bool has_subset(const std::vector<model::Subset>& subsets, const std::string& name) {
  return std::any_of(subsets.begin(), subsets.end(), [&](const model::Subset& subset) { return subset.name == name; });
}

std::string path_of_subset(const model::DestinationRule& rule, const std::string& name) {
  for (std::size_t i = 0; i < rule.subsets.size(); ++i) {
    if (rule.subsets[i].name == name) return "spec.subsets[" + std::to_string(i) + "]";
  }
  return "spec.subsets";
}

std::string numbers(const std::set<std::uint32_t>& ports) {
  std::vector<std::string> texts;
  texts.reserve(ports.size());
  for (const std::uint32_t port : ports) texts.push_back(std::to_string(port));
  return texts.empty() ? "none" : join(texts);
}

/// The namespace in a Kubernetes name, or empty.
std::string namespace_in(const Facts& facts, const std::string& host) {
  const std::string services = ".svc." + facts.snapshot.settings.domain_suffix;
  const auto dot = host.find('.');
  if (!host.ends_with(services) || dot >= host.size() - services.size()) return {};
  return host.substr(dot + 1, host.size() - services.size() - dot - 1);
}

/// One VirtualService and all that uses it.
class DestinationCheck {
 public:
  /// `lost`: no sidecar follows it.
  DestinationCheck(Facts& facts, const scope::VirtualServiceEntry& entry, bool lost, Findings& findings, Unjudged& unjudged)
      : facts_(facts), entry_(entry), findings_(findings), unjudged_(unjudged), lost_(lost) {
    const auto& gateways = entry.spec->gateways;
    mesh_ = scope::names_mesh(gateways);  // F1.1
    mesh_alone_ = mesh_ && gateways.size() < 2;
    for (const std::string& host : entry.spec->hosts) {
      const Known known = facts.known(host);
      known_host_ = known_host_ || (known == Known::yes && host != "*");
      unknown_host_ = unknown_host_ || known == Known::unknown || match::is_wildcard(host);
    }
  }

  void run() {
    std::set<std::tuple<std::string, std::string, std::uint32_t>> told;
    for (const Named& named : destinations_of(entry_)) {
      const model::Destination& to = *named.destination;
      if (told.emplace(to.host, to.subset, to.port ? to.port->number : 0).second) check(named);
    }
  }

 private:
  void check(const Named& named) {
    const std::string& host = named.destination->host;
    const auto& definitions = facts_.definitions(host);
    if (definitions.empty()) {
      if (!missing_host(named)) return;
    }
    for (const std::string& client :
         clients(definitions.empty() ? namespace_in(facts_, host) : definitions.front()->namespace_, *named.destination)) {
      if (named.rule != nullptr && (!is_for(*named.rule, client) || named.index > last_rule(client))) continue;
      ServicePtr service;
      if (!definitions.empty()) {
        service = scope::seen_service(definitions, client);
        if (service == nullptr) return unseen_host(named, *definitions.front(), client);
        if (service->resolution == registry::ServiceResolution::alias) return;  // B26: another host is meant
        if (!check_port(named, *service, client)) return;
      }
      if (named.destination->subset.empty()) continue;
      if (!check_subset(named, service != nullptr ? service->namespace_ : namespace_in(facts_, host), client)) return;
    }
  }

  /// The last rule that clients of the namespace can meet.
  std::size_t last_rule(const std::string& client) {
    const auto [found, added] = last_.try_emplace(client, 0);
    const auto& rules = entry_.spec->http;
    while (added && found->second < rules.size() && !takes_all(rules[found->second], client)) ++found->second;
    return found->second;
  }

  /// Namespaces whose clients have these rules: its own, those it is exported to, and others where it is for all.
  std::vector<std::string> clients(const std::string& service_namespace, const model::Destination& to_host) const {
    const std::string& own = entry_.resource->identity.namespace_;
    const auto& to = export_to(facts_.snapshot, *entry_.spec);
    std::vector<std::string> names;
    if (!mesh_) return gateway_clients();
    if (contains(to, "*")) {
      if (calls(own)) names.push_back(own);
      for (std::string& name : facts_.other_clients(own, service_namespace)) {
        if (calls(name)) names.push_back(std::move(name));
      }
      if (!to_host.subset.empty()) {  // those whose own rules may hide the subset
        for (const Resource* rule : facts_.rules_about(to_host.host)) {
          const std::string& name = rule->identity.namespace_;
          if (names.size() < kMostClients && facts_.may_have_clients(name) && !contains(names, name) && calls(name))
            names.push_back(name);
        }
      }
      if (names.empty() && facts_.imports_rule(own, entry_.spec->hosts, own)) names.push_back(own);  // so nobody sees its hosts
      return names;
    }
    if (contains(to, "~")) return {};
    for (const std::string& name : to) {
      const std::string& client = name == "." ? own : name;
      if (facts_.imports_rule(client, entry_.spec->hosts, own)) names.push_back(client);
    }
    return names;
  }

  /// Namespaces of the proxies of the rule's gateways; the rule's own where none is known.
  std::vector<std::string> gateway_clients() const {
    std::set<std::string> names;
    for (const std::string& name : entry_.spec->gateways) {
      const auto [in, own] = gateway_name(name, entry_.resource->identity.namespace_);
      const Resource* gateway = facts_.gateway(in, own);
      if (gateway == nullptr) continue;
      for (const Workload* proxy : facts_.proxies_of(*gateway)) names.insert(proxy->resource->identity.namespace_);
    }
    if (names.empty()) return {entry_.resource->identity.namespace_};
    return {names.begin(), names.end()};
  }
  /// Whether it is known who has these rules: what only they do not see can be told.
  bool knows_clients() const {
    if (lost_ || entry_.spec->hosts.empty()) return false;
    if (mesh_) return true;
    return std::any_of(entry_.spec->gateways.begin(), entry_.spec->gateways.end(), [&](const std::string& name) {
      const auto [in, own] = gateway_name(name, entry_.resource->identity.namespace_);
      const Resource* gateway = facts_.gateway(in, own);
      return gateway != nullptr && !facts_.proxies_of(*gateway).empty();
    });
  }
  std::string who(const std::string& client) const {
    return (mesh_ ? "clients of namespace " : "the gateway's proxies in namespace ") + client;
  }

  /// Whether clients of the namespace would ask for a host of the rule: one that they see, or one that is no service at all.
  bool calls(const std::string& client) const {
    if (!client.empty() && !facts_.imports_rule(client, entry_.spec->hosts, entry_.resource->identity.namespace_)) return false;
    if (!known_host_) return true;
    return std::any_of(entry_.spec->hosts.begin(), entry_.spec->hosts.end(),
                       [&](const std::string& host) { return scope::seen_service(facts_.definitions(host), client) != nullptr; });
  }

  /// The host has no definition. True where its subset can be judged all the same.
  bool missing_host(const Named& named) {
    const std::string& host = named.destination->host;
    const bool is_short = written_short(facts_, *named.resource, host);
    const auto alike = facts_.alike(host);
    if (is_short && !misspelled(host, alike)) {
      std::vector<ServicePtr> same;  // A1: the same name in another namespace
      std::copy_if(alike.begin(), alike.end(), std::back_inserter(same),
                   [&](const ServicePtr& each) { return !namespace_in(facts_, each->hostname).empty(); });
      if (!same.empty()) {
        const bool unknown = facts_.known(host) == Known::unknown;
        findings_.add(
            "AN0407", *named.resource, named.path + ".host",
            "a host without dots is one of the rule's own namespace: " + host +
                (unknown ? " is not given, the name is that of a Service in " : " does not exist, the name exists in ") +
                (same.size() > 1 ? "other namespaces" : "namespace " + same.front()->namespace_),
            "write " + same.front()->hostname, leaning(*same.front()));
        return false;
      }
    }
    if (facts_.known(host) == Known::unknown) {
      unjudged_.add_host(host, *named.resource, named.path + ".host");
      return true;
    }
    std::string hint = meant(host, alike, is_short);
    const std::string whole = host + ".svc." + facts_.snapshot.settings.domain_suffix;  // A1
    if (!facts_.definitions(whole).empty()) hint = "names with a dot are not completed: write " + whole;
    if (match::is_wildcard(host)) hint = "name one service: a destination is looked up by its exact host";
    if (const ServicePtr wild = facts_.wildcard_over(host); hint.empty() && wild != nullptr)
      hint = shown(*wild) + " has the wildcard " + wild->hostname + ", but a destination needs a host of its own";
    if (hint.empty())
      hint = "add a Service or a ServiceEntry for " + host + ", or correct " + named.path + ".host of " +
             findings::display_name(*named.resource);
    findings_.add("AN0404", *named.resource, named.path + ".host",
                  "no Service and no ServiceEntry has the host " + host + (is_short ? ", which this is short for" : "") +
                      without_namespace(facts_, host) + ": " + effect(named, "requests to it fail"),
                  std::move(hint));
    return false;
  }

  static std::vector<Leaning> leaning(const registry::Service& service) {
    if (service.resource == nullptr) return {};
    return {{service.resource, path_of_host(service), "defined here"}};
  }

  void unseen_host(const Named& named, const registry::Service& service, const std::string& client) {
    std::vector<Leaning> related = leaning(service);
    if (!related.empty() && !service.kubernetes) related.front().path = "spec.exportTo";
    if (!knows_clients() || (mesh_ && !facts_.follows(client, entry_))) return;
    findings_.add("AN0404", *named.resource, named.path + ".host",
                  who(client) + " have this rule but not the host " + named.destination->host + ": " + shown(service) +
                      " defines it, and " + not_exported(service.export_to, service.namespace_, client),
                  "export it to " + client + ", or the rule to fewer namespaces", related);
  }

  /// All ports but UDP of the definitions that the client uses together (D20).
  std::set<std::uint32_t> ports_of(const registry::Service& service, const std::string& client) const {
    std::set<std::uint32_t> ports;
    for (const ServicePtr& each : facts_.definitions(service.hostname)) {
      if (each->namespace_ != service.namespace_) continue;
      if (each->namespace_ != client && !scope::visible(*each, client)) continue;
      for (const auto& port : each->ports) {
        if (port.protocol != registry::Protocol::udp) ports.insert(port.number);
      }
    }
    return ports;
  }

  /// The host, and by whom it is defined where that differs from client to client.
  std::string seen_host(const registry::Service& service, const std::string& client) const {
    const auto& definitions = facts_.definitions(service.hostname);
    const bool one = std::all_of(definitions.begin(), definitions.end(), [&](const ServicePtr& each) {
      return each->namespace_ == service.namespace_ && (each->namespace_ == client || scope::visible(*each, client));
    });
    return one ? service.hostname
               : service.hostname + ", which clients of namespace " + client + " see as " + shown(service) + " defines it,";
  }

  bool check_port(const Named& named, const registry::Service& service, const std::string& client) {
    const model::Destination& to = *named.destination;
    const std::set<std::uint32_t> ports = ports_of(service, client);
    if (to.port) {
      if (to.port->number == 0 || ports.contains(to.port->number)) return true;
      findings_.add("AN0405", *named.resource, named.path + ".port",
                    seen_host(service, client) + " has no port " + std::to_string(to.port->number) +
                        " (it has: " + numbers(ports) + "): " + effect(named, "requests fail with 503"),
                    ports.size() == 1 ? "write " + numbers(ports) + " in " + named.path + ".port.number"
                                      : "write a port that it has in " + named.path + ".port.number",
                    leaning(service));
      return false;
    }
    const std::set<std::uint32_t> listening = listener_ports(named, client);
    const bool served = listening.empty() ||
                        std::any_of(listening.begin(), listening.end(), [&](std::uint32_t port) { return ports.contains(port); });
    if (!served) {
      findings_.add("AN0405", *named.resource, named.path,
                    "without a port, that of the request is used (" + numbers(listening) + "), which " +
                        seen_host(service, client) + " does not have (it has: " + numbers(ports) + ")",
                    "name the destination's port", leaning(service));
      return false;
    }
    if (ports.size() < 2) return true;  // GW51: one port is taken as it is
    std::set<std::uint32_t> missing = gateway_ports(named);
    for (const std::uint32_t port : ports) missing.erase(port);
    if (missing.empty()) return true;
    findings_.add("AN0405", *named.resource, named.path,
                  "without a port, that of the gateway's server is used (" + numbers(missing) + "), which " +
                      seen_host(service, client) + " does not have (it has: " + numbers(ports) +
                      "): " + effect(named, "requests fail with 503"),
                  "name the destination's port", leaning(service));
    return false;
  }

  /// GW43, GW51: the numbers of the servers of gateways on which an HTTP rule is met.
  std::set<std::uint32_t> gateway_ports(const Named& named) const {
    std::set<std::uint32_t> numbers;
    if (named.rule == nullptr || named.mirror) return numbers;
    const std::string& own = entry_.resource->identity.namespace_;
    for (const std::string& name : entry_.spec->gateways) {
      const auto [in, of] = gateway_name(name, own);
      const Resource* gateway = name == "mesh" ? nullptr : facts_.gateway(in, of);
      if (gateway == nullptr) continue;
      for (const auto& server : gateway->as<model::Gateway>()->servers) {
        if (!server.port || !answers(server) || !serves(server, *gateway, entry_.spec->hosts, own)) continue;
        const auto meets = [&](const model::HTTPMatchRequest& match) {
          return (match.port == 0 || match.port == server.port->number) &&
                 (match.gateways.empty() || contains(match.gateways, name));
        };
        const auto& matches = named.rule->match;
        if (matches.empty() || std::any_of(matches.begin(), matches.end(), meets)) numbers.insert(server.port->number);
      }
    }
    return numbers;
  }
  /// Whether requests of a server are routed by HTTP rules.
  static bool answers(const model::Server& server) {
    const std::string protocol = text::lower(server.port->protocol);
    if (server.tls && server.tls->https_redirect) return false;
    return protocol == "http" || protocol == "http2" || protocol == "grpc" || protocol == "grpc-web" ||
           (protocol == "https" && server.tls && server.tls->mode != model::ServerTLSSettings::TLSmode::PASSTHROUGH);
  }

  /// F6.2: the ports on which a client meets an HTTP rule; empty where that is not known.
  std::set<std::uint32_t> listener_ports(const Named& named, const std::string& client) const {
    if (!mesh_ || entry_.spec->hosts.empty() || unknown_host_ || (!mesh_alone_ && !known_host_)) return {};
    std::set<std::uint32_t> asked;
    if (named.rule == nullptr) return connection_ports(named, client);
    for (const auto& match : named.rule->match) {
      if (match.port == 0) {
        asked.clear();
        break;
      }
      asked.insert(match.port);
    }
    if (!asked.empty()) return asked;
    for (const std::string& host : entry_.spec->hosts) {
      for (const ServicePtr& each : facts_.definitions(host)) {
        if (scope::seen_service(facts_.definitions(host), client) == nullptr) continue;
        for (const auto& port : each->ports) {
          if (registry::is_http_or_sniffed(port.protocol)) asked.insert(port.number);
        }
      }
    }
    if (!known_host_) asked.insert(80);  // F2.5
    return asked;
  }

  /// F9.3: the ports on which a client meets a rule for tcp or tls, where the destination has several itself.
  std::set<std::uint32_t> connection_ports(const Named& named, const std::string& client) const {
    if (!known_host_) return {};
    const auto& to = facts_.definitions(named.destination->host);
    const ServicePtr service = scope::seen_service(to, client);
    if (service == nullptr || ports_of(*service, client).size() < 2) return {};  // one port is taken as it is
    std::set<std::uint32_t> asked(named.ports.begin(), named.ports.end());
    if (!asked.empty()) return asked;
    for (const std::string& host : entry_.spec->hosts) {
      for (const ServicePtr& each : facts_.definitions(host)) {
        for (const auto& port : each->ports) {
          const bool fits = named.tls ? registry::is_tls(port.protocol) : !registry::is_http(port.protocol);
          if (fits && port.protocol != registry::Protocol::udp) asked.insert(port.number);
        }
      }
    }
    return asked;
  }

  bool check_subset(const Named& named, const std::string& service_namespace, const std::string& client) {
    const model::Destination& to = *named.destination;
    if (sees_subset(to, service_namespace, client)) {
      return client != entry_.resource->identity.namespace_ || check_narrow_rules(named, service_namespace);
    }
    const auto found = facts_.destination_rules.rules_for(client, service_namespace, to.host);
    const auto& rules = *found;
    std::vector<const Resource*> defining = defining_rules(to);
    if (defining.empty()) {
      std::vector<std::string> names;
      for (const auto& rule : rules) {
        for (const auto& subset : rule->spec.subsets) names.push_back(subset.name);
      }
      std::string near(text::nearest(to.subset, {names.begin(), names.end()}));
      if (near.empty() && names.size() == 1) near = names.front();
      std::vector<Leaning> related;
      if (!rules.empty()) related.push_back({rules.front()->resource, "spec.subsets", "the subsets of the host"});
      findings_.add(
          "AN0409", *named.resource, named.path + ".subset",
          "no DestinationRule for " + to.host + " defines a subset " + to.subset + ": " + effect(named, "requests fail with 503"),
          names.empty()
              ? "create a DestinationRule for " + to.host + " with subset " + to.subset + ", or remove " + named.path + ".subset"
          : near.empty() ? "subsets are: " + join(names)
                         : "write " + near + ": the subsets are " + join(names),
          related);
      return false;
    }
    const Resource& rule = *defining.front();
    const auto& spec = *rule.as<model::DestinationRule>();
    std::string why = not_exported(export_to(facts_.snapshot, spec), rule.identity.namespace_, client);
    if (why.empty() && !rules.empty()) {
      why = "they use " + findings::display_name(*rules.front()->resource) + " instead, which is nearer or more specific";
    } else if (why.empty()) {  // E10-E12
      why = "a client looks for rules only in its own namespace, in the service's (" + service_namespace + ") and in " +
            facts_.snapshot.settings.root_namespace;
    }
    if (mesh_ && !facts_.follows(client, entry_)) return true;
    unseen_rule(named, rule,
                who(client) + " have this rule but not subset " + to.subset + " of " + to.host + ": " +
                    findings::display_name(rule) + " defines it, but " + why);
    return false;
  }

  /// A rule for all clients must not lean on a DestinationRule that says itself that it is not for all.
  bool check_narrow_rules(const Named& named, const std::string& service_namespace) {
    const model::Destination& to = *named.destination;
    if (!mesh_ || !contains(export_to(facts_.snapshot, *entry_.spec), "*") || !calls({}) ||
        sees_subset(to, service_namespace, {})) {
      return true;
    }
    const auto& definitions = facts_.definitions(to.host);
    if (!definitions.empty() && scope::seen_service(definitions, {}) == nullptr) return true;
    const auto defining = defining_rules(to);
    const bool narrow = std::all_of(defining.begin(), defining.end(), [](const Resource* rule) {
      const auto& given = rule->as<model::DestinationRule>()->export_to;
      return !given.empty() && !contains(given, "*");
    });
    if (defining.empty() || !narrow) return true;
    const Resource& rule = *defining.front();
    auto exported = rule.as<model::DestinationRule>()->export_to;
    std::replace(exported.begin(), exported.end(), std::string("."), rule.identity.namespace_.string());
    unseen_rule(named, rule,
                "clients of all namespaces have this rule, but not all have subset " + to.subset + " of " + to.host + ": " +
                    findings::display_name(rule) + " defines it and is exported only to " + join(exported));
    return false;
  }

  void unseen_rule(const Named& named, const Resource& rule, std::string message) {
    if (!knows_clients()) return;
    const std::string path = path_of_subset(*rule.as<model::DestinationRule>(), named.destination->subset);
    findings_.add("AN0410", *named.resource, named.path + ".subset", std::move(message),
                  "let the DestinationRule be in the service's namespace and exported as far as the VirtualService",
                  {{&rule, path, "the subset is defined here"}});
  }

  bool sees_subset(const model::Destination& to, const std::string& service_namespace, const std::string& client) {
    const auto rules = facts_.destination_rules.rules_for(client, service_namespace, to.host);
    return std::any_of(rules->begin(), rules->end(), [&](const auto& rule) { return has_subset(rule->spec.subsets, to.subset); });
  }

  std::vector<const Resource*> defining_rules(const model::Destination& to) const {
    std::vector<const Resource*> rules = facts_.rules_about(to.host);
    std::erase_if(rules,
                  [&](const Resource* rule) { return !has_subset(rule->as<model::DestinationRule>()->subsets, to.subset); });
    return rules;
  }

  Facts& facts_;
  const scope::VirtualServiceEntry& entry_;
  Findings& findings_;
  Unjudged& unjudged_;
  bool lost_;
  static constexpr std::size_t kMostClients = 8;  // whose rules are looked up for one destination
  std::map<std::string, std::size_t> last_;
  bool mesh_ = false, mesh_alone_ = false;
  bool known_host_ = false;    ///< some host of the rule is a service
  bool unknown_host_ = false;  ///< some host may be a service that was not given, or is a wildcard
};

}  // namespace

namespace {

/// VirtualServices without hosts that no rule delegates to, by themselves.
std::vector<scope::VirtualServiceEntry> left_alone(const Facts& facts) {
  std::set<const Resource*> used;
  for (const auto& entry : facts.virtual_services) {
    for (const auto& origin : entry->http_origins) used.insert(origin.resource);
    for (const auto& each : entry->undelegated) used.insert(each.delegate);
  }
  std::vector<scope::VirtualServiceEntry> alone;
  for (const Resource* resource : facts.snapshot.virtual_services) {
    const auto& given = *resource->as<model::VirtualService>();
    if (!given.hosts.empty() || used.contains(resource)) continue;
    auto spec = std::make_shared<model::VirtualService>(given);
    const auto expand = [&](std::optional<model::Destination>& to) {
      if (to) to->host = facts.expand(to->host, *resource);
    };
    scope::VirtualServiceEntry entry;
    entry.resource = resource;
    for (std::size_t i = 0; i < spec->http.size(); ++i) {
      for (auto& route : spec->http[i].route) expand(route.destination);
      for (auto& mirror : spec->http[i].mirrors) expand(mirror.destination);
      expand(spec->http[i].mirror);
      entry.http_origins.push_back({resource, text::element("spec.http", i), true, i});
    }
    entry.spec = std::move(spec);
    alone.push_back(std::move(entry));
  }
  return alone;
}

}  // namespace

void check_destinations(Facts& facts, const Lost& lost, Findings& findings, Unjudged& unjudged) {
  for (const auto& entry : facts.virtual_services)
    DestinationCheck(facts, *entry, lost.contains(entry.get()), findings, unjudged).run();
  for (const auto& entry : left_alone(facts)) DestinationCheck(facts, entry, false, findings, unjudged).run();
}

}  // namespace meshroute::analysis
