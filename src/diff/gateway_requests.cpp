// SPDX-License-Identifier: Apache-2.0
// Finds where requests to a gateway end on either side, and asks more where that is not the same.
#include "diff/gateway_requests.hpp"

#include <algorithm>
#include <optional>

#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "resolve/resolve.hpp"
#include "view/gateway/listeners.hpp"

namespace meshroute::diffing {

namespace {

constexpr const char* kNobody = "nobody.invalid";  // a host that no server serves by its name
constexpr std::size_t kMostAlike = 8;              // requests that come to the same pair of chains
constexpr std::size_t kMostEdgesOfRoute = 200;     // of one route

/// Names that are within a host, or a server name.
std::vector<std::string> names_of(const std::string& host) {
  if (!match::is_wildcard(host)) return {host};
  if (host == "*") return {"w"};
  return {"w" + host.substr(1), "w.w" + host.substr(1)};
}

bool any_address(const std::string& address) { return address.empty() || address == "0.0.0.0" || address == "::"; }

}  // namespace

GatewayRequests::GatewayRequests(const Side& before, const Side& after, bool all) : before_(before), after_(after), all_(all) {}

void GatewayRequests::run() {
  std::map<std::pair<std::string, std::uint32_t>, std::pair<const view::Listener*, const view::Listener*>> ports;
  for (const auto& each : before_.view.listeners()) ports[{each.address, each.port}].first = &each;
  for (const auto& each : after_.view.listeners()) ports[{each.address, each.port}].second = &each;
  for (const auto& [place, listeners] : ports) {
    const auto [mine, theirs] = listeners;
    bool same = !all_ && mine != nullptr && theirs != nullptr && same_listener(*mine, *theirs);
    for (std::size_t i = 0; same && i < mine->chains.size(); ++i) {
      const auto &one = mine->chains[i], &other = theirs->chains[i];
      same = !one.http || same_tables(one.table, other.table);
    }
    if (same) continue;
    for (const Request& way : ways(place.first, place.second)) {
      if (!more_) return;
      come(way);
    }
  }
}

std::vector<Request> GatewayRequests::ways(const std::string& address, std::uint32_t port) const {
  std::set<std::string> names{kNobody, ""};
  std::set<std::vector<std::string>> protocols;
  bool tls = false;
  for (const Side* side : {&before_, &after_}) {
    const view::Listener* listener = side->view.listener(port, any_address(address) ? std::string_view() : address);
    if (listener == nullptr) continue;
    for (const auto& chain : listener->chains) {
      tls = tls || chain.tls != view::FilterChain::Tls::none;
      if (!chain.alpn.empty()) protocols.insert(chain.alpn);
      for (const auto& name : chain.sni) names.merge(std::set<std::string>{names_of(name).front()});
    }
  }
  std::vector<Request> ways;
  Request way;
  way.port = port;
  if (!any_address(address)) way.address = address;
  way.host = kNobody;
  const auto add = [&ways](Request request) {
    for (const char* protocol : {"http", "tcp"}) {
      request.protocol = protocol;
      ways.push_back(request);
    }
  };
  add(way);
  way.tls = true;
  for (const auto& name : names) {
    way.sni = name;
    way.no_sni = name.empty();
    for (const bool certificate : {true, false}) {
      way.client_cert = certificate;
      add(way);
      if (!tls) break;  // nobody asks for one
    }
    for (const auto& each : protocols) {
      Request other = way;
      other.client_cert = true;
      other.alpn = each;
      add(other);
    }
  }
  return ways;
}

GatewayRequests::Landing GatewayRequests::land(const Side& side, const Request& request) {
  Answer answer;
  resolve::Decisions decisions;
  resolve::resolve(side.view, request, {.trace = false, .upstream_request = false}, answer, &decisions);
  Landing landing;
  landing.chain = decisions.chain;
  if (decisions.read != resolve::Decisions::Read::http) {
    landing.error = answer.error;
    return landing;
  }
  landing.table = decisions.chain->table;
  landing.host = side.find(landing.table, answer.virtual_host);
  return landing;
}

const std::set<std::string>& GatewayRequests::names(const std::string& before, const std::string& after) {
  const auto [found, fresh] = names_.try_emplace({before, after});
  if (!fresh) return found->second;
  const auto look = [&](const Side& mine, const std::string& table, const Side& other, const std::string& other_table) {
    for (const std::size_t place : mine.of_table(table)) {
      const envoy::VirtualHost& host = mine.hosts[place].host;
      const envoy::VirtualHost* theirs = other.find(other_table, host.name);
      if (theirs != nullptr && same_host(host, *theirs)) continue;
      for (const auto& domain : host.domains) {
        for (auto& name : names_of(domain)) found->second.insert(std::move(name));
      }
    }
  };
  look(before_, before, after_, after);
  look(after_, after, before_, before);
  return found->second;
}

void GatewayRequests::go(const Request& request) { more_ = more_ && ask(request); }

void GatewayRequests::come(const Request& way) {
  Landing mine = land(before_, way), theirs = land(after_, way);
  const std::string before = mine.table, after = theirs.table;
  const bool same =
      mine.chain != nullptr && theirs.chain != nullptr ? same_chain(*mine.chain, *theirs.chain) : mine.chain == theirs.chain;
  const bool differs = !same || mine.error != theirs.error || before != after || !same_tables(before, after);
  if (!differs && !all_) return;
  mine.host = theirs.host = nullptr;
  const std::size_t times = chains_[{std::move(mine), std::move(theirs)}]++;
  if (times < kMostAlike) go(way);
  if (times > 0) return;
  arrived(way);
  if (!before.empty() || !after.empty()) enter(way, before, after);
}

void GatewayRequests::enter(const Request& way, const std::string& before, const std::string& after) {
  for (const auto& name : names(before, after)) {
    if (!more_) return;
    Request request = way;
    request.host = name;
    go(request);
    const Landing mine = land(before_, request), theirs = land(after_, request);
    if (mine.host == nullptr && theirs.host == nullptr) continue;
    if (mine.host != nullptr && theirs.host != nullptr && same_host(*mine.host, *theirs.host)) continue;
    if (!hosts_.emplace(mine.host, theirs.host, way.tls).second) continue;
    for (const auto& [side, landing] : {std::pair(&before_, &mine), std::pair(&after_, &theirs)}) {
      if (landing->host == nullptr) continue;
      for (const Request& sample : samples(*side, *landing)) {
        request.path = sample.path;
        request.method = sample.method;
        request.scheme = sample.scheme;
        request.headers = sample.headers;
        go(request);
      }
    }
  }
}

const std::vector<Request>& GatewayRequests::samples(const Side& side, const Landing& landing) {
  const auto [found, fresh] = samples_.try_emplace(landing.host);
  if (!fresh) return found->second;
  const auto witnesses = side.prober.virtual_host(landing.table, *landing.host);
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    if (!witnesses[i].request) continue;
    found->second.push_back(*witnesses[i].request);
    auto edges = side.prober.edges(*landing.host, landing.host->routes[i], *witnesses[i].request);
    if (edges.size() > kMostEdgesOfRoute) edges.resize(kMostEdgesOfRoute);
    std::move(edges.begin(), edges.end(), std::back_inserter(found->second));
  }
  return found->second;
}

}  // namespace meshroute::diffing
