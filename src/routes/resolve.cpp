// SPDX-License-Identifier: Apache-2.0
// One request through one table, stage by stage.
#include <algorithm>
#include <array>

#include "routes/compiled.hpp"
#include "routes/matching.hpp"
#include "routes/messages.hpp"
#include "routes/reuse.hpp"
#include "routes/table.hpp"

namespace meshroute::routes {

namespace {

/// The CORS policies of all levels, the nearest first: each says what those before it leave open (envoy.md 34).
class CorsLevels {
 public:
  void add(const Cors& cors) { levels_[count_++] = &cors; }
  bool enabled() const { return count_ > 0 && levels_[0]->enabled; }
  const std::vector<StringMatch>& origins() const {
    for (std::size_t i = 0; i + 1 < count_; ++i) {
      if (!levels_[i]->origins.empty()) return levels_[i]->origins;
    }
    return levels_[count_ - 1]->origins;
  }
  std::string_view text(std::string Cors::*member) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (!(levels_[i]->*member).empty()) return levels_[i]->*member;
    }
    return {};
  }
  bool credentials() const { return first(&Cors::credentials).value_or(false); }
  bool forward_not_matching() const { return first(&Cors::forward_not_matching).value_or(true); }

 private:
  std::optional<bool> first(std::optional<bool> Cors::*member) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (levels_[i]->*member) return levels_[i]->*member;
    }
    return std::nullopt;
  }
  std::array<const Cors*, 4> levels_{};
  std::size_t count_ = 0;
};

}  // namespace

void clear(Answer& answer) { put_aside(answer); }

void resolve(const Table& table, const Request& request, const ResolveOptions& options, Answer& answer,
             const ClusterLookup* lookup) {
  Scratch scratch;
  Asked asked(scratch.memory());
  const auto trace = [&](const char* stage, Verdict verdict, std::string text, const Route* of = nullptr) {
    TraceLine line{.stage = stage, .verdict = verdict, .text = std::move(text)};
    if (of != nullptr) {
      line.resource = of->resource;
      line.path = of->resource_path;
    }
    answer.trace.push_back(std::move(line));
  };
  if (!read_request(request, options.trace, table.normalization, asked, answer)) return;
  const VirtualHost* host = table.find(asked.folded_host);
  if (!host) {
    answer.outcome = "no_virtual_host";
    answer.error = "no virtual host";
    if (options.trace) trace("virtual host", Verdict::skipped, "no domain matches " + std::string(asked.host));
    return reply(answer, asked, nullptr, 404, "NR", {}, false);  // envoy.md 9
  }
  answer.virtual_host = host->name;
  if (options.trace) trace("virtual host", Verdict::matched, host->name);
  std::optional<std::uint32_t> at;
  if (options.trace) {  // every route is told, one after the other
    for (std::uint32_t i = 0; i < host->routes.size() && !at; ++i) {
      const Route& candidate = host->routes[i];
      const std::string failure = first_failure(candidate, asked, request.random);
      const std::string shown = "#" + std::to_string(i) + (candidate.name.empty() ? "" : " " + candidate.name);
      if (failure.empty()) at = i;
      trace("route", at ? Verdict::matched : Verdict::skipped, shown + (at ? " matches" : ": " + failure), &candidate);
    }
  } else {
    at = host->first(asked.path, [&](const Route& route, std::uint32_t) { return matches(route, asked, request.random); });
  }
  const Route* route = at ? &host->routes[*at] : nullptr;
  answer.route_index = at;
  if (!route) {
    answer.outcome = "no_route";
    answer.error = "no route";
    return reply(answer, asked, nullptr, 404, "NR", {}, false);
  }
  answer.route = route->name;
  answer.config = route->config;

  const Destination* destination = nullptr;  // the only one possible, or the one picked
  if (!route->destinations.empty()) {
    std::uint64_t total = 0;
    std::size_t possible = 0;
    for (const Destination& candidate : route->destinations) {
      total += candidate.weight;
      if (candidate.weight == 0) continue;
      ++possible;
      destination = &candidate;
    }
    if (possible > 1) destination = nullptr;
    if (request.random && total > 0) {  // envoy.md 17
      std::uint64_t share = *request.random % total;
      for (const Destination& candidate : route->destinations) {
        if (share < candidate.weight) {
          destination = &candidate;
          break;
        }
        share -= candidate.weight;
      }
    }
    if (route->weighted) {
      Refill weighted(weighted_clusters_of(answer));
      for (const Destination& candidate : route->destinations) {
        WeightedCluster& entry = weighted.next();
        entry.name = candidate.name;
        entry.weight = candidate.weight;
        entry.authority = candidate.host_rewrite;
      }
    } else {
      answer.cluster = route->cluster_header.empty() ? std::string_view(route->destinations[0].name)
                                                     : asked.headers.first(route->cluster_header);
    }
    if (request.random && destination) answer.picked_cluster = route->weighted ? destination->name : answer.cluster;
  }
  const Levels levels{destination, route, host, &table};

  const Fault* fault = nullptr;
  CorsLevels cors;
  for (const Filters* filters :
       {destination ? &destination->filters : nullptr, &route->filters, &host->filters, &table.filters}) {
    if (filters && !fault && filters->fault) fault = &*filters->fault;
    if (filters && filters->cors) cors.add(*filters->cors);
  }
  // What leaves for the cluster. The path and authority of the answer are those that it would have, also where it never leaves.
  const auto leave = [&] {
    if (!options.upstream_request) return;
    Headers headers = asked.headers;  // envoy.md 21, 25: mutations, then host, then path
    const std::string_view cluster =
        destination != nullptr ? std::string_view(destination->name) : std::string_view(answer.cluster);
    if (destination) {
      apply(destination->mutations.request, headers, headers, cluster);
      if (!destination->host_rewrite.empty()) headers.set(":authority", destination->host_rewrite);
    }
    for (const Mutations* mutations : levels.in_order()) apply(mutations->request, headers, headers, cluster);
    Text authority(asked.host, asked.memory());
    const auto rewrite_host = [&](std::string_view to) {  // envoy.md 23
      if (to.empty()) return;
      headers.set("x-envoy-original-host", authority);
      if (route->append_forwarded_host) headers.append("x-forwarded-host", authority);
      authority = to;
    };
    if (destination && !destination->host_rewrite.empty()) authority = destination->host_rewrite;
    rewrite_host(route->host_rewrite);
    if (!route->host_rewrite_header.empty()) rewrite_host(Text(headers.first(route->host_rewrite_header), asked.memory()));
    if (route->host_rewrite_regex)
      rewrite_host(route->host_rewrite_regex->replace_all(asked.path, route->host_rewrite_substitution));
    Text path = asked.full_path();
    if (route->rewrite.any()) {  // envoy.md 24
      if (!route->rewrite.format.empty()) {
        path = rewritten_whole(route->rewrite, headers);
        path += asked.query;
        headers.set("x-envoy-original-path", asked.full_path());
      } else if (auto to = rewritten(route->rewrite, *route, asked.path)) {
        headers.set("x-envoy-original-path", path);
        path = *to;
        path += asked.query;
      }
    }
    if (route->max_grpc_timeout_ms) cap_grpc_timeout(*route->max_grpc_timeout_ms, headers);
    const bool own = route->host_rewrite.empty() && route->host_rewrite_header.empty() && !route->host_rewrite_regex;
    fill_upstream(answer, request, asked, headers, path, authority);
    if (own) answer.authority.clear();  // a weighted destination's own authority stands with it
  };
  const auto stays = [&] {
    if (!route->destinations.empty()) leave();
    drop_upstream_request(answer);
  };
  if (!route->destinations.empty()) answer.timeout = route->timeout;
  if (fault && std::all_of(fault->headers.begin(), fault->headers.end(),
                           [&](const auto& m) { return header_matches(m, asked.headers); })) {
    if (fault->abort.numerator >= fault->abort.of) {  // envoy.md 33, 35
      answer.outcome = "direct_response";
      if (options.trace) trace("fault", Verdict::matched, "every request is aborted here");
      stays();
      // Header operations here are only those of a route to a cluster: a redirect's are for its own reply.
      reply(answer, asked, route->destinations.empty() ? nullptr : &levels, fault->grpc_status ? 200 : fault->http_status, "FI",
            "fault filter abort", true, {}, fault->grpc_status);
      answer.grpc_status.reset();  // the response has it; the field is about routing
      return;
    }
    answer.failure_percent = 100.0 * fault->abort.numerator / fault->abort.of;
    if (options.trace && fault->abort.numerator > 0)
      trace("fault", Verdict::noted, shown_share(fault->abort) + " of these requests are aborted");
    if (options.trace && fault->delay.numerator > 0)
      trace("fault", Verdict::noted, shown_share(fault->delay) + " of these requests are delayed");
  }
  if (route->redirect) {
    answer.outcome = "redirect";
    answer.redirect = route->redirect->text;
    stays();
    const Text location = location_of(*route->redirect, *route, asked);
    if (const auto path =
            route->redirect->rewrite.any() ? rewritten(route->redirect->rewrite, *route, asked.path) : std::nullopt) {
      asked.headers.set("x-envoy-original-path", asked.full_path());  // what the reply's header operations see
      asked.headers.set(":path", *path + asked.query);
    }
    return reply(answer, asked, &levels, route->redirect->status, {}, {}, false, location);
  }
  if (route->direct_status) {
    answer.outcome = "direct_response";
    answer.direct_response = *route->direct_status;
    stays();
    const bool located = *route->direct_status == 201 || *route->direct_status / 100 == 3;  // envoy.md 32
    Text location(asked.memory());
    if (located) location.append(asked.scheme).append("://").append(asked.host).append(asked.path).append(asked.query);
    return reply(answer, asked, &levels, *route->direct_status, {}, route->direct_text, route->direct_body, location);
  }
  const std::string_view origin = asked.headers.first("origin");
  const bool shared = cors.enabled() && !route->destinations.empty() && !origin.empty();  // asked for from elsewhere
  const bool allowed = shared && std::any_of(cors.origins().begin(), cors.origins().end(), [&](const StringMatch& match) {
                         return (match.kind == StringMatch::Kind::exact && match.value == "*") || match(origin);
                       });
  const auto put = [&](const char* name, std::string_view value) {
    if (value.empty()) return;
    auto& headers = answer.response->headers;
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    headers.push_back({name, {std::string(value)}});
  };
  const auto refuse = [&](const char* flags, std::string_view body, bool has_body) {  // envoy.md 39
    reply(answer, asked, &levels, 503, flags, body, has_body);
    if (!allowed) return;
    put("access-control-allow-origin", origin);
    if (cors.credentials()) put("access-control-allow-credentials", "true");
    put("access-control-expose-headers", cors.text(&Cors::expose_headers));
  };
  const auto no_cluster = [&] {
    answer.outcome = "no_cluster";
    stays();
    refuse("NC", {}, false);
  };
  if (route->destinations.empty()) return no_cluster();
  if (shared && request.method == "OPTIONS" && !asked.headers.first("access-control-request-method").empty()) {
    if (allowed || !cors.forward_not_matching()) {  // envoy.md 34
      answer.outcome = "direct_response";
      stays();
      answer.response = Response{200, {}, {}};
      if (allowed) put("access-control-allow-origin", origin);
      if (cors.credentials()) put("access-control-allow-credentials", "true");
      put("access-control-allow-methods", cors.text(&Cors::allow_methods) == "*"
                                              ? asked.headers.first("access-control-request-method")
                                              : cors.text(&Cors::allow_methods));
      put("access-control-allow-headers", cors.text(&Cors::allow_headers) == "*"
                                              ? asked.headers.first("access-control-request-headers")
                                              : cors.text(&Cors::allow_headers));
      put("access-control-max-age", cors.text(&Cors::max_age));
      if (allowed) put("access-control-expose-headers", cors.text(&Cors::expose_headers));
      return;
    }
  }
  if (!route->weighted && answer.cluster.empty()) return no_cluster();
  answer.outcome = answer.cluster == "PassthroughCluster" ? "passthrough" : "routed";
  answer.retries = route->retries.empty() ? host->retries : route->retries;
  const std::vector<Mirror>& mirrors = !route->mirrors.empty()  ? route->mirrors
                                       : !host->mirrors.empty() ? host->mirrors
                                                                : table.mirrors;
  if (!mirrors.empty()) {  // envoy.md 18, 19
    Refill copies(mirrors_of(answer));
    for (const Mirror& mirror : mirrors) {
      if (!mirror.cluster.empty() && lookup != nullptr && (*lookup)(mirror.cluster) == ClusterState::missing) continue;
      if (!mirror.cluster.empty() && (!mirror.fraction || hit(*mirror.fraction, request.random))) copies.next() = mirror.cluster;
    }
  }
  if (answer.cluster == "BlackHoleCluster") {
    answer.outcome = "blackhole";
    stays();
    return refuse("UH", "no healthy upstream", true);
  }

  leave();
  if (lookup == nullptr || destination == nullptr) return;
  // envoy.md 39: where there is one destination, or one was picked.
  const ClusterState state = (*lookup)(route->weighted ? destination->name : answer.cluster);
  if (state == ClusterState::ready) return;
  const bool missing = state == ClusterState::missing;
  answer.outcome = missing ? "no_cluster" : "no_endpoints";
  drop_upstream_request(answer);
  refuse(missing ? "NC" : "UH", missing ? "" : "no healthy upstream", !missing);
  answer.grpc_status.reset();
}

}  // namespace meshroute::routes
