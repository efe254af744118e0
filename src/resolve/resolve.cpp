// SPDX-License-Identifier: Apache-2.0
// One request through listener, filter chain, route table, cluster and endpoints (spec F10).
#include "resolve/resolve.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "authorization/tokens.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "resolve/connection.hpp"
#include "resolve/name.hpp"
#include "resolve/upstream_tls.hpp"
#include "routes/failure.hpp"
#include "routes/reuse.hpp"
#include "text/case.hpp"
#include "view/rows.hpp"

namespace meshroute::resolve {

namespace {

constexpr const char* kNowhere = "192.0.2.1";  // of TEST-NET-1: an address that no listener names
constexpr std::uint32_t kInboundPort = 15006;

/// F9.15: destination port, prefix, SNI, transport, application protocol; no back-tracking.
const view::FilterChain* choose_chain(const view::Listener& listener, const Request& request, std::uint32_t port,
                                      const std::string& address) {
  std::string& sni = reused().sni;
  sni = request.no_sni ? std::string_view() : std::string_view(request.sni);
  text::make_lower(sni);
  auto& chains = reused().chains;
  chains.clear();
  for (const auto& chain : listener.chains) chains.push_back(&chain);
  keep_best(chains, [&](const view::FilterChain& chain) -> long { return chain.port == 0 ? 0 : chain.port == port ? 1 : -1; });
  keep_best(chains, [&](const view::FilterChain& chain) -> long {
    if (chain.cidrs.empty()) return 0;
    const long length = match::longest_prefix(chain.cidrs, address);
    return length < 0 ? -1 : length + 1;
  });
  keep_best(chains, [&](const view::FilterChain& chain) -> long {
    if (chain.sni.empty()) return 0;
    const auto specific = request.tls ? match::server_name_match(chain.sni, sni) : std::nullopt;
    return specific ? static_cast<long>(*specific) + 1 : -1;
  });
  // The transport, then the application protocol. TLS is told from plain text where the listener looks for an SNI at all; the
  // HTTP inspector knows HTTP/1 and HTTP/2 without TLS.
  const bool tls_seen = request.tls && std::any_of(listener.chains.begin(), listener.chains.end(),
                                                   [](const view::FilterChain& chain) { return !chain.sni.empty(); });
  const bool plain_http = !request.tls && request.protocol != "tcp";
  keep_best(chains, [&](const view::FilterChain& chain) -> long {
    return !chain.plain_http || chain.inline_table ? 0 : tls_seen ? -1 : 1;
  });
  keep_best(chains, [&](const view::FilterChain& chain) -> long { return !chain.plain_http ? 0 : plain_http ? 1 : -1; });
  if (!chains.empty()) return chains.front();
  return listener.fallback ? &*listener.fallback : nullptr;
}

std::size_t add_endpoints(const view::ProxyView& view, const std::string& cluster, routes::Refill<AnswerEndpoint>& endpoints) {
  const auto* assignment = view.assignment(cluster);
  if (assignment == nullptr) return 0;
  for (const auto& endpoint : assignment->endpoints) view::write_endpoint(view, cluster, endpoint, endpoints.next());
  return assignment->endpoints.size();
}

bool without_assignment(const std::string& cluster) {
  return cluster == "PassthroughCluster" || cluster == "BlackHoleCluster" || cluster == "AllowAnyDynamicDNSCluster";
}

/// Whether the cluster, which is there, keeps no list of endpoints: it uses the original destination or a name.
bool open_ended(const view::ProxyView& view, const std::string& cluster) { return view.assignment(cluster) == nullptr; }

/// What a random value picks of the weights. The balancing of a proxy has a state of its own: of the endpoints, those of the
/// highest priority are taken only by their weights.
void pick(std::uint64_t random, Answer& answer) {
  std::uint64_t total = 0;
  if (answer.picked_cluster.empty()) {
    answer.picked_cluster = answer.cluster;
    for (const auto& destination : answer.weighted_clusters) total += destination.weight;
    std::uint64_t at = total > 0 ? random % total : 0;
    for (const auto& destination : answer.weighted_clusters) {
      if (at < destination.weight) {
        answer.picked_cluster = destination.name;
        break;
      }
      at -= destination.weight;
    }
  }
  std::uint32_t priority = std::numeric_limits<std::uint32_t>::max();
  const auto usable = [&](const AnswerEndpoint& endpoint) {
    return endpoint.cluster == answer.picked_cluster && takes_requests(endpoint);
  };
  for (const auto& endpoint : answer.endpoints) {
    if (usable(endpoint)) priority = std::min(priority, endpoint.priority);
  }
  total = 0;
  for (const auto& endpoint : answer.endpoints) total += usable(endpoint) && endpoint.priority == priority ? endpoint.weight : 0;
  if (total == 0) return;
  std::uint64_t at = random % total;
  for (const auto& endpoint : answer.endpoints) {
    if (!usable(endpoint) || endpoint.priority != priority) continue;
    if (at < endpoint.weight) {
      answer.picked_endpoint = endpoint.address;
      if (endpoint.port != 0) answer.picked_endpoint.append(":").append(std::to_string(endpoint.port));
      return;
    }
    at -= endpoint.weight;
  }
}

routes::ClusterState state_of(const view::ProxyView& view, const std::string& cluster) {
  if (without_assignment(cluster)) return routes::ClusterState::ready;
  if (!view.has_cluster(cluster)) return routes::ClusterState::missing;
  const auto* assignment = view.assignment(cluster);
  const bool any = assignment != nullptr && std::any_of(assignment->endpoints.begin(), assignment->endpoints.end(),
                                                        [](const auto& endpoint) { return takes_requests(endpoint.health); });
  return any || open_ended(view, cluster) || view.endpoints_not_given(cluster) ? routes::ClusterState::ready
                                                                               : routes::ClusterState::empty;
}

/// What became of the clusters that can be chosen.
struct Tally {
  std::size_t clusters = 0, missing = 0, empty = 0;
  double weight = 0, lost = 0;  ///< of all, and of the missing and empty ones
};

Tally look_at_clusters(const view::ProxyView& view, Decisions* decisions, Answer& answer) {
  Tally tally;
  routes::Refill endpoints(routes::endpoints_of(answer));
  std::uint64_t total = 0;
  for (const auto& destination : answer.weighted_clusters) total += destination.weight;
  const auto look = [&](const std::string& cluster, double weight) {
    if (without_assignment(cluster)) {
      ++tally.clusters;
      tally.weight += weight;
      return;
    }
    const routes::ClusterState state = state_of(view, cluster);
    const std::size_t found = state == routes::ClusterState::missing ? 0 : add_endpoints(view, cluster, endpoints);
    if (decisions != nullptr)
      decisions->clusters.push_back({cluster, state, found, found == 0 && view.endpoints_not_given(cluster)});
    if (weight == 0) return;  // it is never chosen
    ++tally.clusters;
    tally.missing += state == routes::ClusterState::missing ? 1 : 0;
    tally.empty += state == routes::ClusterState::empty ? 1 : 0;
    tally.weight += weight;
    if (state != routes::ClusterState::ready) tally.lost += weight;
  };
  if (!answer.cluster.empty()) look(answer.cluster, 1);
  for (const auto& destination : answer.weighted_clusters) look(destination.name, total > 0 ? destination.weight : 1);
  return tally;
}

void refuse(Answer& answer, std::string_view flags) {
  if (!answer.response) {
    Response& response = routes::response_of(answer);
    response.status = 503;
    response.flags = flags;
    response.headers.clear();
  }
  routes::drop_upstream_request(answer);
}

/// Looks at the clusters of a forwarded request; gives the share, 0 to 1, that is lost in missing and empty ones.
double finish(const view::ProxyView& view, const Request& request, Decisions* decisions, Answer& answer, bool http) {
  if (answer.cluster.empty() && answer.weighted_clusters.empty()) return 0;
  if (answer.cluster == "PassthroughCluster" || answer.cluster == "BlackHoleCluster") {
    answer.outcome = answer.cluster == "PassthroughCluster" ? "passthrough" : "blackhole";
    if (decisions != nullptr) decisions->outbound_policy = true;
    return 0;
  }
  const Tally tally = look_at_clusters(view, decisions, answer);
  if (tally.missing == tally.clusters) {
    answer.outcome = "no_cluster";
    if (http) refuse(answer, "NC");
  } else if (tally.missing + tally.empty == tally.clusters) {
    answer.outcome = "no_endpoints";
    if (http) refuse(answer, "UH");
  } else if (request.random) {
    pick(*request.random, answer);
    return answer.outcome == "routed" && state_of(view, answer.picked_cluster) != routes::ClusterState::ready ? 1 : 0;
  }
  return tally.weight > 0 ? tally.lost / tally.weight : 0;
}

double walk(const view::ProxyView& view, const Request& request, const ResolveOptions& options, Answer& answer,
            Decisions* decisions) {
  const std::uint32_t port = request.port != 0 ? request.port : request.tls ? 443 : 80;
  std::string& host = reused().host;
  std::string& address = reused().address;
  read_host(*request.host, host);
  address.clear();
  if (request.address) address = *request.address;
  registry::ServicePtr service;
  std::string_view bare = host;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  const bool literal = match::is_ip(bare);
  if (!host.empty() && !literal) service = service_of(view, host, reused().name);
  if (!request.address) {
    if (literal) {
      address = bare;
    } else if (service != nullptr) {
      find_address(view, *service, address);
    } else if (const Member member = member_of(view, host, reused().name); member.endpoint != nullptr) {
      address = member.endpoint->address();
    }
    if (address.empty() || address == "0.0.0.0") address = kNowhere;
  }
  const view::Listener* listener = view.listener(port, address);
  const view::FilterChain* chain = listener != nullptr ? choose_chain(*listener, request, port, address) : nullptr;
  if (decisions != nullptr) {
    decisions->host = host;
    if (host.empty() && request.tls) {  // the SNI is the name that was asked for
      decisions->host = request.sni;
      text::make_lower(decisions->host);
      service = service_of(view, decisions->host, reused().name);
    }
    if (address != kNowhere) decisions->address = address;
    decisions->port = port;
    decisions->service = service;
    decisions->listener = listener;
    decisions->chain = chain;
  }
  if (listener == nullptr) return 0;
  if (listener->virtual_outbound && port == kInboundPort) {  // the listener of the server's side has the port, for any address
    answer.listener = "virtualInbound";
    answer.filter_chain = "virtualInbound-blackhole";
    answer.cluster = "BlackHoleCluster";
    if (decisions != nullptr) decisions->listener = nullptr;
    return finish(view, request, decisions, answer, false);
  }
  answer.listener = listener->name;
  if (chain == nullptr) {
    answer.outcome = "blackhole";
    answer.error = "no filter chain";
    return 0;
  }
  answer.filter_chain = chain->name;
  if (!chain->http) return pass_on(view, request, *chain, answer, decisions);
  if (request.tls || request.protocol == "tcp") {
    answer.outcome = "bad_request";
    answer.error = "protocol error";
    if (decisions != nullptr) decisions->read = Decisions::Read::refused;
    return 0;
  }
  return through_table(view, request, options, *chain, answer, decisions);
}

}  // namespace

Reused& reused() {
  thread_local Reused storage;
  return storage;
}

void read_host(std::string_view authority, std::string& host) {
  host = without_port(authority);
  text::make_lower(host);
}

double through_table(const view::ProxyView& view, const Request& request, const ResolveOptions& options,
                     const view::FilterChain& chain, Answer& answer, Decisions* decisions, routes::Access* access) {
  if (!chain.inline_table) answer.route_config = chain.table;
  const auto table = view.table(chain.table);
  if (table == nullptr) {
    answer.outcome = "no_route";
    answer.error = "no route";
    if (decisions != nullptr) decisions->read = Decisions::Read::no_table;
    return 0;
  }
  const routes::ClusterLookup lookup = [&view](const std::string& cluster) { return state_of(view, cluster); };
  routes::resolve(*table, request, options, answer, &lookup, access);
  if (decisions != nullptr) {
    decisions->read = Decisions::Read::http;
    decisions->walk.swap(answer.trace);
    decisions->outbound_policy = answer.virtual_host == "block_all";
  }
  return finish(view, request, decisions, answer, true);
}

double pass_on(const view::ProxyView& view, const Request& request, const view::FilterChain& chain, Answer& answer,
               Decisions* decisions) {
  if (decisions != nullptr) decisions->read = Decisions::Read::passed_on;
  answer.outcome = "routed";
  answer.cluster = chain.cluster;
  if (!chain.weighted.empty()) {
    routes::Refill weighted(routes::weighted_clusters_of(answer));
    for (const auto& each : chain.weighted) {
      WeightedCluster& entry = weighted.next();
      entry.name = each.name;
      entry.weight = each.weight;
      entry.authority.clear();
    }
  }
  return finish(view, request, decisions, answer, false);
}

bool takes_requests(registry::Endpoint::Health health) {
  return health != registry::Endpoint::Health::unhealthy && health != registry::Endpoint::Health::draining;
}
bool takes_requests(const AnswerEndpoint& endpoint) { return endpoint.health != "UNHEALTHY" && endpoint.health != "DRAINING"; }

/// The walk; gives the share that is lost as finish() does.
void resolve(const view::ProxyView& view, const Request& asked, const ResolveOptions& options, Answer& answer,
             Decisions* decisions) {
  std::optional<Request> completed;
  if (!asked.tokens.empty() || !asked.jwt.empty()) completed = authorization::with_tokens(asked);
  if (!asked.host) {  // a sidecar routes a request without a Host as one with an empty Host
    if (!completed) completed = asked;
    completed->host.emplace();
  }
  const Request& request = completed ? *completed : asked;
  const bool router = view.proxy.type == Proxy::Type::router;
  const double lost = (router ? walk_gateway : walk)(view, request, options, answer, decisions);
  routes::settle_failures(answer, lost);
  if (options.upstream_request) fill_upstream_tls(view, request, answer);
}

}  // namespace meshroute::resolve
