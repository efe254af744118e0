// SPDX-License-Identifier: Apache-2.0
// A request from its client to the servers behind the endpoints.
#include "resolve/follow.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "authorization/tokens.hpp"
#include "registry/injection.hpp"
#include "resolve/inbound.hpp"
#include "resolve/name.hpp"
#include "resolve/resolve.hpp"
#include "text/case.hpp"
#include "view/inbound/client_tls.hpp"
#include "view/inbound/inbound.hpp"
#include "view/internal.hpp"
#include "view/rows.hpp"

namespace meshroute::resolve {

namespace {

using view::ClientTls;

constexpr const char* kElsewhere = "203.0.113.250";  // of TEST-NET-3

Proxy proxy_of(const registry::Workload& workload) {
  Proxy proxy;
  proxy.namespace_ = workload.namespace_;
  if (workload.resource != nullptr) proxy.id = std::string(workload.name()) + "." + proxy.namespace_;
  proxy.labels = workload.all_labels();
  proxy.ip = workload.address;
  proxy.locality = workload.locality;
  proxy.network = workload.network;
  if (!workload.cluster.empty()) proxy.cluster = workload.cluster;
  proxy.service_account = workload.account;
  return proxy;
}

/// One cluster that the outbound answer leads to.
struct Way {
  std::string cluster, authority;
  double percent = 0;
};

std::vector<Way> ways_of(const Answer& answer) {
  std::vector<Way> ways;
  if (!answer.cluster.empty()) ways.push_back({answer.cluster, {}, 100});
  double total = 0;
  for (const auto& destination : answer.weighted_clusters) total += destination.weight;
  for (const auto& destination : answer.weighted_clusters)
    ways.push_back({destination.name, destination.authority, total > 0 ? 100 * destination.weight / total : 0});
  return ways;
}

bool speaks_http2(const view::Cluster& cluster) {
  if (cluster.http2) return true;
  const auto* pool =
      cluster.plan != nullptr && cluster.plan->policy->connection_pool ? &*cluster.plan->policy->connection_pool : nullptr;
  return pool != nullptr && pool->http && pool->http->use_client_protocol;
}

/// The headers that leave. A token stands in its header as it is sent, so that one that was taken out is gone.
void take_headers(const UpstreamRequest& upstream, Request& request) {
  if (!request.tokens.empty() || !request.jwt.empty()) {
    request = authorization::with_tokens(request);
    request.tokens.clear();
    request.jwt.clear();
  }
  const auto erase = [&request](std::string_view name) {
    std::erase_if(request.headers, [name](const auto& header) { return text::lower_is(header.first, name); });
  };
  for (const std::string& name : upstream.headers_removed) erase(name);
  for (const UpstreamRequest::Changed& change : upstream.headers_changed) {
    if (std::find(change.got.begin(), change.got.end(), "<appended>") != change.got.end()) continue;  // by an unknown address
    erase(change.name);
    for (const std::string& line : change.got) request.headers.emplace_back(change.name, line);
  }
  for (const auto& [name, lines] : upstream.headers_added) {
    for (const std::string& line : lines) request.headers.emplace_back(name, line);
  }
}

/// The request as the server's proxy gets it.
Request arriving(const view::ProxyView& client, const Request& asked, const Answer& outbound, const Way& way,
                 const view::Cluster& cluster, const ClientTls& tls, const std::string& address, std::uint32_t port) {
  Request request = asked;
  request.address = address;
  request.port = port;
  request.tls = tls.mode != ClientTls::Mode::none;
  request.mutual_tls = tls.mode == ClientTls::Mode::mutual;
  request.identity = request.mutual_tls ? view::identity_of(client.snapshot->settings, client.proxy) : std::string();
  request.source_ip = client.proxy.ip;
  request.sni = tls.sni;
  request.alpn.reset();
  const bool http = !outbound.route_config.empty();
  if (!http) {
    if (!tls.alpn.empty()) request.alpn = tls.alpn;
  } else if (request.protocol == "http2" && !speaks_http2(cluster)) {
    request.protocol = "http";
  }
  if (outbound.upstream_request) take_headers(*outbound.upstream_request, request);
  if (!outbound.path.empty()) request.path = outbound.path;
  if (!outbound.authority.empty()) request.host = outbound.authority;
  if (!way.authority.empty()) request.host = way.authority;
  return request;
}

/// Gives a gateway the client's own TLS, all of it where the client's proxy adds none and reads nothing.
void keep_own_tls(const Request& asked, const Answer& outbound, Request& request) {
  if (!asked.tls || !outbound.route_config.empty()) return;
  if (request.tls) {  // TLS in TLS: what the gateway finds within is no HTTP
    request.protocol = "tcp";
    return;
  }
  request.tls = true;
  request.sni = asked.sni;
  request.no_sni = asked.no_sni;
  request.alpn = asked.alpn;
}

/// What the client sees of an endpoint that is a gateway.
std::string result_at_gateway(const Journey& journey) {
  const Answer& answer = journey.outbound;
  if (answer.response) return std::to_string(answer.response->status);
  if (answer.outcome != "routed") return "closed";
  if (journey.arrives_percent > 0 || journey.endpoints.empty()) return "arrives";
  return journey.endpoints.front().result;  // of each endpoint that it sends to
}

/// Whether the client's proxy accepts the identity in the server's certificate.
bool accepts_identity(const ClientTls& tls, const std::string& identity) {
  return tls.server_names.empty() || std::any_of(tls.server_names.begin(), tls.server_names.end(), [&](const std::string& name) {
           return name == identity ||
                  (name.ends_with('*') && identity.starts_with(std::string_view(name).substr(0, name.size() - 1)));
         });
}

bool ends_tls(const InboundAnswer& inbound) { return inbound.tls == "mutual" || inbound.tls == "simple"; }

/// MT24: what the client's application sees.
std::string result_of(const InboundAnswer& inbound, const Request& request, const view::ProxyView& server, const ClientTls& tls,
                      bool http) {
  const auto fail = [http](const char* flags) { return http ? std::string("503 ") + flags : std::string("closed"); };
  if (request.tls &&
      (!ends_tls(inbound) || inbound.error == "client certificate required" || inbound.error == "peer certificate refused"))
    return fail("UF");
  if (request.tls && !accepts_identity(tls, server.inbound().identity)) return fail("UF");
  if (inbound.error == "no filter chain") return fail("UC");
  if (inbound.error == "protocol error") return fail("UPE");
  if (inbound.allowed) return "arrives";
  if (inbound.status && request.protocol != "tcp") return std::to_string(*inbound.status);
  return fail("UC");
}

}  // namespace

const view::ProxyView* ServerViews::at(const std::string& address, const registry::Endpoint* endpoint) {
  if (given_ == nullptr && endpoint == nullptr) return nullptr;  // whose address it is, nobody says
  const auto [found, fresh] = views_.try_emplace(address);
  if (!fresh) return found->second.get();
  std::optional<Proxy> proxy;
  if (given_ != nullptr) {
    for (const Proxy& each : *given_) {
      if (!each.ip.empty() && each.ip == address) proxy = each;
    }
  } else if (endpoint != nullptr && is_gateway(*endpoint->workload)) {
    proxy = proxy_of(*endpoint->workload);
    proxy->type = Proxy::Type::router;
  } else if (endpoint != nullptr && has_sidecar(*endpoint->workload)) {
    proxy = proxy_of(*endpoint->workload);
  }
  if (proxy) found->second = std::make_unique<const view::ProxyView>(snapshot_, std::move(*proxy));
  return found->second.get();
}

/// Whether a Gateway selects the workload by its labels; one that selects every router says nothing of it.
bool ServerViews::is_gateway(const registry::Workload& workload) const {
  if (snapshot_->base->gateways.empty()) return false;
  const Proxy proxy = proxy_of(workload);
  return std::any_of(snapshot_->base->gateways.begin(), snapshot_->base->gateways.end(), [&](const Resource* gateway) {
    return !gateway->as<model::Gateway>()->selector.empty() && scope::gateway_applies(snapshot_->settings, *gateway, proxy);
  });
}

bool ServerViews::has_sidecar(const registry::Workload& workload) const {
  if (workload.tls == registry::Workload::Tls::istio) return true;
  if (workload.resource == nullptr || workload.resource->as<model::Pod>() == nullptr) return false;
  const auto& spaces = snapshot_->namespaces;
  const auto space = spaces.find(workload.resource->identity.namespace_);
  return registry::has_sidecar(*workload.resource, space != spaces.end() ? space->second : nullptr);
}

namespace {

/// Adds what decides first: what a gateway on the way says, else the last line of the first hop that fails, else of the way out.
void add_reasons(Journey& journey) {
  auto& because = journey.because;
  const auto add = [&because](const std::vector<TraceLine>& lines) { because.insert(because.end(), lines.begin(), lines.end()); };
  const auto at_gateway = std::find_if(journey.endpoints.begin(), journey.endpoints.end(), [](const JourneyHop& hop) {
    return hop.next != nullptr && hop.next->arrives_percent < 100;
  });
  if (at_gateway != journey.endpoints.end())
    return add(!at_gateway->next->because.empty() ? at_gateway->next->because : at_gateway->next->outbound.because);
  const auto failed = std::find_if(journey.endpoints.begin(), journey.endpoints.end(), [](const JourneyHop& hop) {
    return !reaches_application(hop.result) && !hop.inbound.trace.empty();
  });
  const auto& own = journey.outbound.because;
  // What the client's own proxy does wrong is nearer to the cause than that the server does not take it.
  if (!own.empty() && own.front().stage == "tls" && own.front().verdict == Verdict::skipped) add(own);
  if (failed != journey.endpoints.end()) {
    because.push_back(failed->inbound.trace.back());
    because.insert(because.end(), failed->inbound.trace.begin(), failed->inbound.trace.end() - 1);
  } else if (journey.endpoints.empty()) {
    add(!own.empty() ? own : journey.outbound.trace);
  } else if (!journey.endpoints.front().inbound.trace.empty()) {
    because.push_back(journey.endpoints.front().inbound.trace.back());
  }
}

/// Whether both are the same gateway, or replicas of one.
bool alike(const view::ProxyView& one, const view::ProxyView& other) {
  return one.proxy.type == other.proxy.type && one.proxy.namespace_ == other.proxy.namespace_ &&
         one.proxy.labels == other.proxy.labels;
}

/// The gateways that the request has come through, which it may not reach again.
using Passed = std::vector<const view::ProxyView*>;

Journey follow_from(const view::ProxyView& client, const Request& given, ServerViews& servers, const Tracers& tracers,
                    const Passed& passed) {
  Journey journey;
  Request request = given;
  if (!request.address && !request.host) request.address = kElsewhere;
  tracers.outbound(client, request, journey.outbound);
  const bool http = !journey.outbound.route_config.empty();
  for (const Way& way : ways_of(journey.outbound)) {
    const auto& clusters = client.clusters();
    const auto cluster =
        std::find_if(clusters.begin(), clusters.end(), [&](const auto& each) { return each.name == way.cluster; });
    if (cluster == clusters.end()) continue;
    struct Place {
      std::string address;
      std::uint32_t port;
      const view::LoadEndpoint* endpoint;
      double percent;
    };
    std::vector<Place> places;
    const view::LoadAssignment* assignment = client.assignment(way.cluster);
    if (assignment == nullptr || cluster->type == view::ClusterType::original_dst) {
      if (cluster->type == view::ClusterType::original_dst && way.cluster != "BlackHoleCluster")
        places.push_back({request.address.value_or(kElsewhere), request.port, nullptr, way.percent});
    } else {
      std::uint32_t first = ~0U;
      double weights = 0;
      for (const auto& endpoint : assignment->endpoints) {
        if (takes_requests(endpoint.health)) first = std::min(first, endpoint.priority);
      }
      const auto used = [&](const view::LoadEndpoint& endpoint) {
        return takes_requests(endpoint.health) && endpoint.priority == first;
      };
      for (const auto& endpoint : assignment->endpoints) weights += used(endpoint) ? endpoint.weight : 0;
      for (const auto& endpoint : assignment->endpoints) {
        const double share = used(endpoint) && weights > 0 ? way.percent * endpoint.weight / weights : 0;
        places.push_back({std::string(endpoint.address), endpoint.port, &endpoint, share});
      }
    }
    for (const Place& place : places) {
      JourneyHop& hop = journey.endpoints.emplace_back();
      const ClientTls tls = view::client_tls(client, *cluster, place.endpoint);
      hop.cluster = way.cluster;
      hop.address = place.address;
      hop.port = place.port;
      hop.source_ip = client.proxy.ip;
      hop.tls = view::text_of(tls.mode);
      hop.match = tls.match;
      hop.sni = tls.sni;
      hop.server_sans = tls.server_names;
      hop.percent = place.percent;
      const view::ProxyView* server = servers.at(place.address, place.endpoint != nullptr ? place.endpoint->from : nullptr);
      if (server == nullptr) {
        hop.result = "no sidecar";
      } else {
        hop.server = server->proxy.id.empty() ? place.address : server->proxy.id;
        if (server->proxy.type == Proxy::Type::router) {
          Request at_gateway = arriving(client, request, journey.outbound, way, *cluster, tls, place.address, place.port);
          at_gateway.client_cert = at_gateway.mutual_tls;
          keep_own_tls(request, journey.outbound, at_gateway);
          hop.result = "closed";
          if (std::any_of(passed.begin(), passed.end(), [server](const auto* each) { return alike(*each, *server); })) {
            if (tracers.loop) tracers.loop(*server, hop.inbound);
            continue;
          }
          Passed further = passed;
          further.push_back(server);
          hop.next = std::make_shared<const Journey>(follow_from(*server, at_gateway, servers, tracers, further));
          hop.result = result_at_gateway(*hop.next);
          journey.arrives_percent += hop.percent * hop.next->arrives_percent / 100;
          continue;
        }
        const Request at_server = arriving(client, request, journey.outbound, way, *cluster, tls, place.address, place.port);
        tracers.inbound(*server, at_server, hop.inbound);
        hop.result = result_of(hop.inbound, at_server, *server, tls, http);
        if (tracers.name_refused && ends_tls(hop.inbound) && hop.inbound.error.empty() &&
            !accepts_identity(tls, server->inbound().identity))
          tracers.name_refused(*server, tls.server_names, hop.inbound);
      }
      if (reaches_application(hop.result)) journey.arrives_percent += hop.percent;
    }
  }
  add_reasons(journey);
  return journey;
}

}  // namespace

namespace {

/// As the DNS of a cluster completes the name of a Service; null: no Service has this name.
const registry::Service* kubernetes_service(const registry::Snapshot& snapshot, std::string host, const std::string& namespace_) {
  const std::string suffix = ".svc." + snapshot.settings.domain_suffix;
  if (host.ends_with('.')) host.pop_back();
  for (const std::string& name :
       {host, host + "." + snapshot.settings.domain_suffix, host + suffix, host + "." + namespace_ + suffix}) {
    for (auto at = snapshot.index.lower_bound({name, {}}); at != snapshot.index.end() && at->first.first == name; ++at) {
      if (at->second->kubernetes) return at->second.get();
    }
  }
  return nullptr;
}

/// One endpoint of a plain request.
void follow_to(const Proxy& client, const Request& given, const registry::Endpoint& endpoint, ServerViews& servers,
               const Tracers& tracers, Journey& journey, JourneyHop& hop) {
  hop.address = std::string(endpoint.address());
  hop.port = endpoint.port;
  hop.source_ip = client.ip;
  hop.tls = "none";
  Request request = given;
  request.address = hop.address;
  request.port = hop.port;
  request.source_ip = client.ip;
  const view::ProxyView* server = servers.at(hop.address, &endpoint);
  if (server == nullptr) {
    hop.result = "no sidecar";
  } else {
    hop.server = server->proxy.id.empty() ? hop.address : server->proxy.id;
    if (server->proxy.type == Proxy::Type::router) {
      hop.next = std::make_shared<const Journey>(follow(*server, request, servers, tracers));
      hop.result = result_at_gateway(*hop.next);
      journey.arrives_percent += hop.percent * hop.next->arrives_percent / 100;
      return;
    }
    tracers.inbound(*server, request, hop.inbound);
    hop.result = result_of(hop.inbound, request, *server, {}, false);
  }
  if (reaches_application(hop.result)) journey.arrives_percent += hop.percent;
}

}  // namespace

Journey follow_plain(const registry::Snapshot& snapshot, const Proxy& client, const Request& request, ServerViews& servers,
                     const Tracers& tracers) {
  Journey journey;
  const std::string asked = request.host.value_or(request.address.value_or("")), host(without_port(asked));
  if (tracers.no_sidecar) journey.because.push_back(tracers.no_sidecar(snapshot, client));
  const registry::Service* service = kubernetes_service(snapshot, host, client.namespace_);
  if (service == nullptr) {
    journey.outbound.outcome = "passthrough";
    journey.endpoints.push_back({.address = host, .port = request.port, .tls = "none", .result = "no sidecar", .percent = 100});
    journey.arrives_percent = 100;
    return journey;
  }
  journey.outbound.outcome = "closed";
  const auto port =
      std::find_if(service->ports.begin(), service->ports.end(), [&](const auto& each) { return each.number == request.port; });
  std::vector<const registry::Endpoint*> ready;
  if (const registry::Pool* pool = port != service->ports.end() ? snapshot.pool(*service) : nullptr; pool != nullptr) {
    for (const auto place : pool->on_port(port->name, port->number, false)) {
      const auto& endpoint = pool->endpoint(place);
      if (takes_requests(endpoint.health) && pool->shard(place).cluster == client.cluster) ready.push_back(&endpoint);
    }
  }
  if (ready.empty()) return journey;
  journey.outbound.outcome = "routed";
  for (const registry::Endpoint* endpoint : ready) {
    JourneyHop& hop = journey.endpoints.emplace_back();
    hop.cluster = service->hostname + ":" + std::to_string(port->number);
    hop.percent = 100.0 / static_cast<double>(ready.size());
    follow_to(client, request, *endpoint, servers, tracers, journey, hop);
  }
  add_reasons(journey);
  return journey;
}

Journey follow(const view::ProxyView& client, const Request& request, ServerViews& servers, const Tracers& tracers) {
  if (client.proxy.no_sidecar) return follow_plain(*client.snapshot, client.proxy, request, servers, tracers);
  return follow_from(client, request, servers, tracers, {&client});
}

Journey follow(const view::ProxyView& client, const Request& request, const std::vector<Proxy>* servers, const Tracers& tracers) {
  ServerViews views(client.snapshot, servers);
  return follow(client, request, views, tracers);
}

}  // namespace meshroute::resolve
