// SPDX-License-Identifier: Apache-2.0
// Reachability: workloads that cannot be told apart are asked once, and those that fare alike are told together.
//
// What tells clients apart: what their proxies see (view::ProxyClasses), the identity and the address by which policies know
// them, and whether they have a proxy at all.
#include "resolve/reach.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "match/cidr.hpp"
#include "match/cluster_name.hpp"
#include "registry/named_workloads.hpp"
#include "resolve/inbound.hpp"
#include "resolve/resolve.hpp"
#include "view/proxy_classes.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

namespace {

using registry::NamedWorkload;
using registry::NamedWorkloads;
using registry::ServicePtr;

/// The addresses between two neighbouring bounds are in the same blocks of all policies.
class AddressRanges {
 public:
  explicit AddressRanges(const registry::Base& base) {
    for (const Resource* resource : base.authorization_policies) {
      for (const auto& rule : resource->as<model::AuthorizationPolicy>()->rules) {
        for (const auto& from : rule.from) {
          if (!from.source) continue;
          const auto& source = *from.source;
          for (const auto* blocks :
               {&source.ip_blocks, &source.not_ip_blocks, &source.remote_ip_blocks, &source.not_remote_ip_blocks})
            add(*blocks);
        }
        for (const auto& condition : rule.when) {
          if (condition.key != "source.ip" && condition.key != "remote.ip") continue;
          add(condition.values);
          add(condition.not_values);
        }
      }
    }
    std::sort(bounds_.begin(), bounds_.end());
    bounds_.erase(std::unique(bounds_.begin(), bounds_.end()), bounds_.end());
  }

  /// The number of the range.
  std::size_t of(std::string_view address) const {
    if (bounds_.empty()) return 0;
    const auto ip = match::parse_ip(address);
    if (!ip) return bounds_.size() + 1;
    return static_cast<std::size_t>(std::upper_bound(bounds_.begin(), bounds_.end(), bound(*ip)) - bounds_.begin());
  }

 private:
  using Bound = std::array<std::uint8_t, 17>;  // the family first

  static Bound bound(const match::Ip& ip) {
    Bound bytes{};
    bytes[0] = ip.v4 ? 4 : 6;
    std::copy(ip.bytes.begin(), ip.bytes.end(), bytes.begin() + 1);
    return bytes;
  }
  void add(const std::vector<std::string>& blocks) {
    for (const std::string& block : blocks) {
      const auto cidr = match::parse_ip_or_cidr(block);
      if (!cidr) continue;
      Bound first = bound(cidr->masked().address);
      bounds_.push_back(first);
      // The address after the last one: the family's byte takes what is carried over.
      const std::size_t whole = cidr->bits / 8, width = cidr->address.v4 ? 4 : 16;
      for (std::size_t i = whole; i < width; ++i)
        first[i + 1] = static_cast<std::uint8_t>(first[i + 1] | (i == whole ? 0xFFU >> (cidr->bits % 8) : 0xFFU));
      for (std::size_t i = width + 1; i-- > 0;) {
        if (++first[i] != 0) break;
      }
      bounds_.push_back(first);
    }
  }

  std::vector<Bound> bounds_;
};

/// The services that a client may mean by a host: of its name, else of the wildcard that has it.
std::vector<ServicePtr> services_named(const registry::Snapshot& snapshot, std::string_view host) {
  std::vector<ServicePtr> found;
  const auto take = [&](std::string_view start, std::string_view name) {
    for (auto at = snapshot.index.lower_bound({start, {}}); at != snapshot.index.end(); ++at) {
      if (at->first.first != name && (start == name || !at->first.first.starts_with(start))) break;
      found.push_back(at->second);
    }
  };
  take(host, host);
  if (found.empty()) take(std::string(host) + ".", host);  // a short name
  for (auto dot = host.find('.'); found.empty() && dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
    const std::string wildcard = "*" + std::string(host.substr(dot));
    take(wildcard, wildcard);
  }
  return found;
}

/// The URL of a plain request to a port of the host.
std::string url_of(const std::vector<ServicePtr>& services, std::string_view host, std::uint32_t& port) {
  const registry::ServicePort* asked = nullptr;
  for (const ServicePtr& service : services) {
    for (const auto& each : service->ports) {
      if (each.protocol == registry::Protocol::udp || (port != 0 && each.number != port)) continue;
      if (asked == nullptr || (port == 0 && each.number == 80 && asked->number != 80)) asked = &each;
    }
  }
  constexpr std::uint32_t kHttp = 80, kHttps = 443;
  if (port == 0) port = asked != nullptr ? asked->number : kHttp;
  std::string scheme = port == kHttps ? "https" : "http";
  if (asked != nullptr) {
    if (registry::is_tls(asked->protocol))
      scheme = "https";
    else if (registry::is_http2(asked->protocol))
      scheme = "grpc";
    else
      scheme = registry::is_http_or_sniffed(asked->protocol) ? "http" : "tcp";
  }
  const bool v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return scheme + "://" + (v6 ? "[" : "") + std::string(host) + (v6 ? "]" : "") + ":" + std::to_string(port) + "/";
}

std::string destination_of(const std::string& cluster) {
  const auto parts = match::parse_cluster_name(cluster);
  if (!parts) return cluster;
  std::string text(parts->host);
  text += ":" + std::to_string(parts->port);
  if (!parts->subset.empty()) text.append("/").append(parts->subset);
  return text;
}

/// What becomes of the requests of one class of clients.
struct Fate {
  std::vector<ReachWay> ways;
  double arrives_percent = 0;
  std::string result, reason;  ///< the second tells apart why they fail
  std::vector<TraceLine> because;
};

void add_way(Fate& fate, ReachWay way) {
  for (ReachWay& each : fate.ways) {
    if (each.destination != way.destination || each.gateways != way.gateways || each.result != way.result) continue;
    each.percent += way.percent;
    return;
  }
  fate.ways.push_back(std::move(way));
}

/// What the client's own proxy makes of a request that does not leave it.
std::string own_result(const Answer& answer) {
  if (!answer.response) return answer.outcome == "routed" ? "no_endpoints" : answer.outcome;
  std::string text = std::to_string(answer.response->status);
  if (!answer.response->flags.empty()) text += " " + answer.response->flags;
  return text;
}

/// The ways of a journey; `share` percent of the requests make it.
void add_ways(Fate& fate, const Journey& journey, double share, const std::vector<std::string>& gateways) {
  if (journey.endpoints.empty()) add_way(fate, {{}, gateways, own_result(journey.outbound), share});
  for (const JourneyHop& hop : journey.endpoints) {
    const double percent = share * hop.percent / 100;
    if (percent <= 0) continue;
    if (hop.next != nullptr) {
      auto through = gateways;
      through.push_back(hop.server);
      add_ways(fate, *hop.next, percent, through);
      continue;
    }
    const bool anywhere = journey.outbound.outcome == "passthrough" || hop.cluster == "PassthroughCluster";
    add_way(fate, {destination_of(hop.cluster), gateways, anywhere ? "passthrough" : hop.result, percent});
    if (reaches_application(hop.result)) continue;
    fate.reason += hop.inbound.action + "\n" + hop.inbound.policy + "\n" + hop.inbound.error + "\n";
  }
}

/// Names the fate by its largest part that fails.
void sum_up(Fate& fate) {
  std::stable_sort(fate.ways.begin(), fate.ways.end(),
                   [](const ReachWay& a, const ReachWay& b) { return a.percent > b.percent; });
  const auto fails =
      std::find_if(fate.ways.begin(), fate.ways.end(), [](const ReachWay& way) { return !reaches_application(way.result); });
  fate.result = fails != fate.ways.end() ? fails->result : "arrives";
}

/// Clients that cannot be told apart, and one of them.
struct Class {
  const Resource* resource = nullptr;
  Proxy proxy;
  enum class Kind : std::uint8_t { sidecar, plain, gateway } kind = Kind::sidecar;
  std::vector<std::string> names;
  std::vector<std::size_t> places;  ///< of the names among all
};

class Reaching {
 public:
  Reaching(const std::shared_ptr<const registry::Snapshot>& snapshot, std::string_view host, std::uint32_t port,
           std::string_view from, const Tracers& tracers, const ClientNotes& notes)
      : snapshot_(snapshot), from_(from), tracers_(tracers), notes_(notes), servers_(snapshot, nullptr) {
    result_.host = host;
    result_.port = port;
    services_ = services_named(*snapshot, host);
    result_.url = url_of(services_, host, result_.port);
    if (auto request = Request::from_url(result_.url)) request_ = std::move(*request);
  }

  Reach run() {
    group(classes());
    return std::move(result_);
  }

 private:
  /// By their keys, so that clients of one scope follow each other.
  std::map<std::string, Class> classes() {
    const NamedWorkloads workloads(*snapshot_);
    const view::ProxyClasses proxies(*snapshot_);
    const AddressRanges ranges(*snapshot_->base);
    const bool policies = !snapshot_->base->authorization_policies.empty();
    const bool listens_on_members = std::any_of(services_.begin(), services_.end(), [](const ServicePtr& service) {
      return service->resolution == registry::ServiceResolution::passthrough;
    });
    std::unordered_map<std::string, Class> found;
    std::string key;
    workloads.each([&](const Resource& resource, const NamedWorkload& named) {
      if (!wanted(resource)) return;
      const registry::Workload& workload = named.workload;
      const Class::Kind kind = workloads.is_gateway(workload)   ? Class::Kind::gateway
                               : workloads.lacks_sidecar(named) ? Class::Kind::plain
                                                                : Class::Kind::sidecar;
      key.clear();
      if (kind != Class::Kind::gateway) {
        proxies.append_key(workload, key);
        if (policies) {
          key.append(workload.account).push_back('\0');
          key.append(std::to_string(ranges.of(workload.address))).push_back('\0');
        }
        if (listens_on_members && !workload.address.empty() && !snapshot_->services_at(workload.address).empty())
          key.append(workload.address).push_back('\0');
      }
      key.push_back(static_cast<char>('0' + static_cast<int>(kind)));
      const auto [at, fresh] = found.try_emplace(key);
      Class& one = at->second;
      if (fresh) {
        one.resource = &resource;
        one.proxy = workloads.proxy_of(resource, named);
        one.kind = kind;
      }
      std::string& name = one.names.emplace_back(resource.identity.namespace_);
      name.append("/").append(resource.identity.name);
      one.places.push_back(result_.workloads++);
    });
    std::map<std::string, Class> sorted;
    for (auto& [text, one] : found) sorted.emplace(text, std::move(one));
    return sorted;
  }

  void group(std::map<std::string, Class>&& classes) {
    const Tracers quick{
        [](const auto& view, const Request& asked, Answer& answer) { resolve(view, asked, {}, answer); },
        [](const auto& view, const Request& asked, InboundAnswer& answer) { resolve_inbound(view, asked, answer); }};
    struct Group {
      ReachGroup told;
      std::vector<std::pair<std::size_t, std::string>> names;
    };
    std::map<std::string, Group> groups;
    std::map<std::string, std::string> known;  // what is known of clients of one namespace that fare alike: their group
    std::unique_ptr<const view::ProxyView> view;
    for (auto& [key, one] : classes) {
      if (one.kind != Class::Kind::gateway) view = std::make_unique<const view::ProxyView>(snapshot_, one.proxy, view.get());
      const Fate fate = ask(one, view.get(), quick);
      std::string alike = fate.result + "\n" + fate.reason + std::to_string(static_cast<int>(one.kind));
      for (const ReachWay& way : fate.ways) {
        alike += "\n" + way.destination + "\n" + way.result + "\n" + std::to_string(way.percent);
        for (const std::string& gateway : way.gateways) alike += "\n" + gateway;
      }
      std::string in_namespace = alike;
      if (fate.result != "arrives") in_namespace += "\n" + one.proxy.namespace_;
      const auto [group_key, fresh] = known.try_emplace(in_namespace);
      if (fresh) {
        std::vector<TraceLine> because = ask(one, view.get(), tracers_).because;
        group_key->second = alike;
        if (fate.result != "arrives" && !because.empty()) {
          const TraceLine& first = because.front();
          group_key->second += "\n" + first.code + first.resource + first.path + first.source + ":" + std::to_string(first.line);
        }
        Group& group = groups[group_key->second];
        if (group.names.empty()) {
          group.told.result = fate.result;
          group.told.arrives_percent = fate.arrives_percent;
          group.told.sidecar = one.kind != Class::Kind::plain;
          group.told.ways = fate.ways;
          group.told.because = std::move(because);
        }
      }
      Group& group = groups[group_key->second];
      for (std::size_t i = 0; i < one.names.size(); ++i) group.names.emplace_back(one.places[i], std::move(one.names[i]));
    }
    std::vector<Group> sorted;
    for (auto& [key, one] : groups) {
      std::sort(one.names.begin(), one.names.end());
      if (one.told.result == "arrives") result_.arrives += one.names.size();
      sorted.push_back(std::move(one));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Group& a, const Group& b) {
      return std::make_tuple(a.told.result == "gateway", a.told.result == "arrives", a.told.arrives_percent,
                             a.names.front().first) < std::make_tuple(b.told.result == "gateway", b.told.result == "arrives",
                                                                      b.told.arrives_percent, b.names.front().first);
    });
    for (Group& one : sorted) {
      for (auto& [place, name] : one.names) one.told.workloads.push_back(std::move(name));
      result_.groups.push_back(std::move(one.told));
    }
  }

  Fate ask(const Class& one, const view::ProxyView* view, const Tracers& tracers) {
    Fate fate;
    if (one.kind == Class::Kind::gateway) {
      fate.result = "gateway";
      fate.because = {notes_.is_gateway(*one.resource)};
      return fate;
    }
    if (one.kind == Class::Kind::plain) {
      ask_plain(one, tracers, fate);
    } else {
      Journey journey = follow(*view, request_, servers_, tracers);
      fate.arrives_percent = journey.arrives_percent;
      add_ways(fate, journey, 100, {});
      fate.because = std::move(!journey.because.empty() ? journey.because : journey.outbound.because);
    }
    sum_up(fate);
    return fate;
  }

  void ask_plain(const Class& one, const Tracers& tracers, Fate& fate) {
    Tracers without_note = tracers;
    without_note.no_sidecar = {};  // the group says it
    Journey journey = follow_plain(*snapshot_, one.proxy, request_, servers_, without_note);
    if (journey.outbound.outcome != "routed") {
      const bool named = journey.outbound.outcome == "closed";
      add_way(fate, {result_.host, {}, named ? "closed" : "not known", 100});
      fate.because = {notes_.asks_dns(*one.resource, result_.host)};
      return;
    }
    fate.arrives_percent = journey.arrives_percent;
    add_ways(fate, journey, 100, {});
    fate.because = std::move(journey.because);
  }

  bool wanted(const Resource& workload) const {
    if (from_.empty()) return true;
    const auto slash = from_.find('/');
    return workload.identity.namespace_ == from_.substr(0, slash) &&
           (slash == std::string_view::npos || workload.identity.name == from_.substr(slash + 1));
  }

  const std::shared_ptr<const registry::Snapshot>& snapshot_;
  const std::string_view from_;
  const Tracers& tracers_;
  const ClientNotes& notes_;
  ServerViews servers_;
  std::vector<ServicePtr> services_;
  Request request_;
  Reach result_;
};

}  // namespace

Reach reach(const std::shared_ptr<const registry::Snapshot>& snapshot, std::string_view host, std::uint32_t port,
            std::string_view from, const Tracers& tracers, const ClientNotes& notes) {
  return Reaching(snapshot, host, port, from, tracers, notes).run();
}

}  // namespace meshroute::resolve
