// SPDX-License-Identifier: Apache-2.0
// Whether a VirtualService has the hosts that it names, and the delegates.

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "text/near.hpp"

namespace meshroute::analysis {

namespace {

using text::lower;

using scope::VirtualServiceEntry;

void check_delegates(const Facts& facts, const VirtualServiceEntry& entry,
                     const std::map<std::pair<std::string, std::string>, const Resource*>& by_name, Findings& findings) {
  const Resource& root = *entry.resource;
  const auto* given = root.as<model::VirtualService>();
  for (const scope::Undelegated& each : entry.undelegated) {
    const auto index = static_cast<std::size_t>(std::stoul(each.path.substr(each.path.find('[') + 1)));
    const model::Delegate& delegate = *given->http[index].delegate;
    const std::string in = delegate.namespace_.empty() ? root.identity.namespace_.string() : delegate.namespace_;
    const std::string path = each.path + ".delegate", name = "VirtualService " + in + "/" + delegate.name;
    switch (each.reason) {
      case scope::Undelegated::Reason::missing: {
        const auto found = by_name.find({in, delegate.name});
        if (found != by_name.end()) {  // F1.2
          findings.add("AN0402", root, path, name + " has hosts and so is no delegate: this rule is dropped",
                       "leave out its hosts and gateways", {{found->second, "spec.hosts", "a delegate has none"}});
          break;
        }
        std::string hint;
        std::vector<Leaning> related;
        for (const Resource* other : facts.snapshot.virtual_services) {
          if (other->identity.name != delegate.name) continue;
          hint = "there is " + findings::display_name(*other) + ": name its namespace";
          related.push_back({other, "metadata.name", "of the same name"});
          break;
        }
        std::vector<std::string_view> delegates;  // of the namespace
        for (const Resource* other : facts.snapshot.virtual_services) {
          if (other->identity.namespace_ == in && other->as<model::VirtualService>()->hosts.empty())
            delegates.emplace_back(other->identity.name);
        }
        if (hint.empty()) {
          const std::string_view near = text::nearest(delegate.name, delegates);
          hint = near.empty() ? "create " + name + ", or remove the rule" : "write " + std::string(near);
        }
        findings.add("AN0402", root, path, name + " does not exist: this rule is dropped", std::move(hint), related);
        break;
      }
      case scope::Undelegated::Reason::not_exported:
        findings.add("AN0402", root, path,
                     name + " is dropped: " +
                         not_exported(export_to(facts.snapshot, *each.delegate->as<model::VirtualService>()), in,
                                      root.identity.namespace_),
                     "export it to namespace " + root.identity.namespace_, {{each.delegate, "spec.exportTo", "the delegate"}});
        break;
      case scope::Undelegated::Reason::conflict:
        findings.add("AN0403", root, path,
                     "a rule of " + name + " is dropped: its match conflicts with that of this rule in `" + each.field + "`",
                     each.field == "uri" ? "a delegate's path must be within that of the rule that delegates" : std::string(),
                     {{each.delegate, each.rule, "the rule that is dropped"}});
        break;
    }
  }
}

/// A1.
void check_short_hosts(const Facts& facts, const Resource& resource, Findings& findings) {
  const auto& hosts = resource.as<model::VirtualService>()->hosts;
  const std::string services = ".svc." + facts.snapshot.settings.domain_suffix;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string host = facts.expand(hosts[i], resource);
    if (host == hosts[i] || !facts.definitions(host).empty()) continue;
    const auto alike = facts.alike(host);
    const auto found =
        std::find_if(alike.begin(), alike.end(), [&](const auto& each) { return each->hostname.ends_with(services); });
    const bool unknown = facts.known(host) == Known::unknown, wrong = misspelled(host, alike);
    if (found == alike.end() || (unknown && wrong)) continue;
    const registry::Service& other = **found;
    findings.add("AN0407", resource, "spec.hosts[" + std::to_string(i) + "]",
                 "a host without dots is one of the rule's own namespace: " + host +
                     (wrong     ? " does not exist"
                      : unknown ? " is not given, the name is that of a Service in namespace " + other.namespace_
                                : " does not exist, the name exists in namespace " + other.namespace_),
                 wrong ? meant(host, alike, true) : "write " + other.hostname,
                 {{other.resource, path_of_host(other), "defined here"}});
  }
}

/// Whether it has routes for every client on every port (F3.2).
bool always_has_routes(const model::VirtualService& spec) {
  return std::any_of(spec.http.begin(), spec.http.end(), [](const model::HTTPRoute& rule) {
    return rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(), [](const model::HTTPMatchRequest& match) {
             return match.port == 0 && match.source_labels.empty() && match.source_namespace.empty() && match.gateways.empty();
           });
  });
}

/// Where a rule without conditions stands, or -1 (F3.6).
int unconditional(const model::VirtualService& spec) {
  const model::StringMatch everything{.exact = {}, .prefix = "/", .regex = {}};
  for (std::size_t i = 0; i < spec.http.size(); ++i) {
    const auto& rule = spec.http[i];
    const bool all = rule.match.empty() || std::any_of(rule.match.begin(), rule.match.end(), [&](model::HTTPMatchRequest match) {
                       match.name.clear();
                       match.stat_prefix.clear();
                       if (match.uri == everything) match.uri.reset();
                       return match == model::HTTPMatchRequest{};
                     });
    if (all) return static_cast<int>(i);
  }
  return -1;
}

/// Who has a host first: per namespace that it is exported to, or for all ("*"); and per gateway.
class Owners {
 public:
  explicit Owners(const Facts& facts) : facts_(facts) {}

  void add(const VirtualServiceEntry& entry, Findings& findings) {
    const auto& gateways = entry.spec->gateways;
    const auto& to = export_to(facts_.snapshot, *entry.spec);
    const bool without_rules = entry.spec->http.empty() && entry.spec->tcp.empty() && entry.spec->tls.empty();
    if ((entry.spec->http.empty() && !without_rules) || contains(to, "~")) return;
    std::size_t lost = 0;
    for (std::size_t i = 0; i < entry.spec->hosts.size(); ++i) {
      const std::string host = lower(entry.spec->hosts[i]);
      if (scope::names_mesh(gateways)) lost += add_to_mesh(entry, host, i, to, findings) ? 1 : 0;
      for (const std::string& gateway : gateways) {
        if (gateway != "mesh" && contains(to, "*")) add_to_gateway(entry, host, gateway, findings);
      }
    }
    if (lost == entry.spec->hosts.size()) lost_.insert(&entry);
  }
  const Lost& lost() const { return lost_; }

 private:
  // F1.9: of those in one group of the import order (D16), the first has the host.
  bool add_to_mesh(const VirtualServiceEntry& entry, const std::string& host, std::size_t index,
                   const std::vector<std::string>& export_to, Findings& findings) {
    const std::string& own = entry.resource->identity.namespace_;
    std::vector<std::string> groups{"*"};
    if (!contains(export_to, "*")) {
      groups.clear();
      for (const std::string& name : export_to) groups.push_back(name == "." || name == own ? "own " + own : "to " + name);
    }
    const VirtualServiceEntry* winner = nullptr;
    bool lost = !groups.empty();
    for (const std::string& group : groups) {
      const auto found = mesh_.find(group + "\n" + host);
      lost = lost && found != mesh_.end();
      if (found != mesh_.end()) {
        if (winner == nullptr) winner = found->second;
      } else if (always_has_routes(*entry.spec) || entry.spec->http.empty()) {
        mesh_.emplace(group + "\n" + host, &entry);
      }
    }
    if (!lost || winner == &entry || !everywhere(*winner, entry, host)) return false;
    findings.add("AN0406", *entry.resource, "spec.hosts[" + std::to_string(index) + "]",
                 "clients that see both use the rules of " + findings::display_name(*winner->resource) + " for " + host +
                     ", which comes first, and not these: sidecars do not merge",
                 "make them one VirtualService", {{winner->resource, "spec.hosts", "comes first (created earlier, or by name)"}});
    return true;
  }

  /// F2.4, F2.5: a host that is no service is served on the ports of the rule's other hosts, or else on 80: whether the winner
  /// has all of them.
  bool everywhere(const VirtualServiceEntry& winner, const VirtualServiceEntry& entry, const std::string& host) const {
    if (!facts_.definitions(host).empty() || match::is_wildcard(host)) return true;
    const std::set<std::uint32_t> all = ports_of(winner), wanted = ports_of(entry);
    return std::includes(all.begin(), all.end(), wanted.begin(), wanted.end());
  }
  std::set<std::uint32_t> ports_of(const VirtualServiceEntry& entry) const {
    std::set<std::uint32_t> ports;
    for (const std::string& host : entry.spec->hosts) {
      const auto take = [&](const registry::Service& service) {
        for (const auto& port : service.ports) {
          if (registry::is_http_or_sniffed(port.protocol)) ports.insert(port.number);
        }
        return true;
      };
      if (match::is_wildcard(host)) {
        facts_.each_under(host, take);
      } else {
        for (const auto& service : facts_.definitions(host)) take(*service);
      }
    }
    if (ports.empty()) ports.insert(80);
    return ports;
  }

  // F1.10: gateways join the rules of all; rules without conditions go to the end, and the first of them takes the rest.
  void add_to_gateway(const VirtualServiceEntry& entry, const std::string& host, const std::string& gateway, Findings& findings) {
    const int rule = unconditional(*entry.spec);
    if (rule < 0) return;
    const auto [found, added] = gateways_.try_emplace(gateway + "\n" + host, &entry);
    if (added || found->second == &entry) return;  // a VirtualService may have the host twice, short and whole
    const VirtualServiceEntry& winner = *found->second;
    const auto& origin = entry.http_origins[static_cast<std::size_t>(rule)];
    const auto& first = winner.http_origins[static_cast<std::size_t>(unconditional(*winner.spec))];
    findings.add("AN0406", *origin.resource, origin.path,
                 "at gateway " + gateway + " this rule never has a request for " + host + ": " +
                     findings::display_name(*winner.resource) + " comes first and has a rule without conditions too",
                 "make them one VirtualService, or give this rule a match",
                 {{first.resource, first.path, "takes all that is left"}});
  }

  const Facts& facts_;
  std::unordered_map<std::string, const VirtualServiceEntry*> mesh_, gateways_;
  Lost lost_;
};

}  // namespace

Lost check_virtual_services(const Facts& facts, Findings& findings) {
  std::map<std::pair<std::string, std::string>, const Resource*> by_name;
  for (const Resource* resource : facts.snapshot.virtual_services)
    by_name[{resource->identity.namespace_, resource->identity.name}] = resource;
  Owners owners(facts);
  for (const auto& entry : facts.virtual_services) {
    check_delegates(facts, *entry, by_name, findings);
    check_short_hosts(facts, *entry->resource, findings);
    owners.add(*entry, findings);
  }
  return owners.lost();
}

}  // namespace meshroute::analysis
