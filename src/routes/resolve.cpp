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

/// One request. run() names the stages; each of those that answer bool says whether the walk goes on.
class Walk {
 public:
  Walk(const Table& table, const Request& request, const ResolveOptions& options, Answer& answer, const ClusterLookup* lookup,
       Access* access)
      : table_(table),
        request_(request),
        options_(options),
        answer_(answer),
        lookup_(lookup),
        access_(access),
        asked_(scratch_.memory()) {}

  void run() {
    if (!read_request(request_, options_.trace, table_.reading, asked_, answer_)) return;
    if (!pass_access() || !find_virtual_host() || !pass_tls() || !find_route()) return;
    choose_destination();
    collect_filters();
    if (!pass_fault()) return;
    if (route_->redirect) return redirect();
    if (route_->direct_status) return direct_response();
    compare_origin();
    if (route_->destinations.empty()) return no_cluster();
    if (!pass_preflight()) return;
    if (!route_->weighted && answer_.cluster.empty()) return no_cluster();
    forward();
    if (answer_.cluster == "BlackHoleCluster") return black_hole();
    leave();
    ask_cluster();
  }

 private:
  bool pass_access();
  bool find_virtual_host();
  bool pass_tls();
  bool find_route();
  void choose_destination();
  void collect_filters();
  bool pass_fault();
  void redirect();
  void direct_response();
  void compare_origin();
  bool pass_preflight();
  void forward();
  void black_hole();
  void no_cluster();
  void ask_cluster();

  void trace(const char* stage, const char* code, Verdict verdict, std::string text, const Route* of = nullptr);
  Levels levels() const { return {destination_, route_, host_, &table_}; }
  ClusterState state_of_destinations() const;
  void leave();
  void rewrite_host(std::string_view to, Headers& headers, Text& authority) const;
  Text rewritten_path(Headers& headers, const FormatValues& known) const;
  void stays();
  void put(const char* name, std::string_view value);
  void refuse(const char* flags, std::string_view body, bool has_body);

  const Table& table_;
  const Request& request_;
  const ResolveOptions& options_;
  Answer& answer_;
  const ClusterLookup* const lookup_;
  Access* const access_;
  Scratch scratch_;
  Asked asked_;
  std::optional<Asked> came_;  ///< as the request was before access took from it, where the route is chosen by that

  const VirtualHost* host_ = nullptr;
  const Route* route_ = nullptr;
  const Destination* destination_ = nullptr;  ///< the only one possible, or the one picked
  const Fault* fault_ = nullptr;
  CorsLevels cors_;
  std::string_view origin_;                ///< the page that asks, or empty
  bool shared_ = false, allowed_ = false;  ///< CORS decides about the request; and lets the origin in
};

void Walk::trace(const char* stage, const char* code, Verdict verdict, std::string text, const Route* of) {
  TraceLine line{.stage = stage, .verdict = verdict, .text = std::move(text), .code = code};
  if (of != nullptr) {
    line.resource = of->resource;
    line.path = of->resource_path;
  }
  answer_.trace.push_back(std::move(line));
}

bool Walk::pass_access() {
  if (access_ == nullptr) return true;
  if (access_->takes_headers(asked_)) came_.emplace(asked_);
  if (!access_->enter(asked_, answer_)) return false;
  if (asked_.claims != nullptr) came_.reset();
  return true;
}

bool Walk::find_virtual_host() {
  host_ = table_.find(asked_.folded_host);
  if (options_.trace) {
    const std::string& refusal = host_ != nullptr && !host_->refusal.empty() ? host_->refusal : table_.refusal;
    if (!refusal.empty())
      trace("route table", "route_table_rejected", Verdict::noted,
            "Envoy rejects this route table (" + refusal + "); the proxy keeps its old configuration");
  }
  if (host_ == nullptr) {
    answer_.outcome = "no_virtual_host";
    answer_.error = "no virtual host";
    if (options_.trace)
      trace("virtual host", "virtual_host_missing", Verdict::skipped, "no domain matches " + std::string(asked_.host));
    reply(answer_, asked_, nullptr, 404, "NR", {}, false);  // envoy.md 9
    return false;
  }
  answer_.virtual_host = host_->name;
  if (options_.trace) trace("virtual host", "virtual_host_matched", Verdict::matched, host_->name);
  return true;
}

bool Walk::pass_tls() {
  if (!host_->require_tls || asked_.headers.first("x-forwarded-proto") == "https") return true;
  answer_.outcome = "redirect";
  answer_.redirect = R"({"httpsRedirect":true})";
  if (options_.trace)
    trace("virtual host", "request", Verdict::noted, "it requires TLS: Envoy redirects to https before it looks for a route");
  Text location("https://", asked_.memory());
  location.append(asked_.host).append(asked_.path).append(asked_.query);
  reply(answer_, asked_, nullptr, 301, {}, {}, false, location);
  return false;
}

bool Walk::find_route() {
  std::optional<std::uint32_t> at;
  const Asked& asked = came_ ? *came_ : asked_;
  if (options_.trace) {  // every route is told, one after the other
    for (std::uint32_t i = 0; i < host_->routes.size() && !at; ++i) {
      const Route& candidate = host_->routes[i];
      const std::string failure = first_failure(candidate, asked, request_.random);
      const std::string shown = "#" + std::to_string(i) + (candidate.name.empty() ? "" : " " + candidate.name);
      if (failure.empty()) at = i;
      trace("route", at ? "route_matched" : "route_skipped", at ? Verdict::matched : Verdict::skipped,
            shown + (at ? " matches" : ": " + failure), &candidate);
    }
  } else {
    at = host_->first(asked.path, [&](const Route& route, std::uint32_t) { return matches(route, asked, request_.random); });
  }
  answer_.route_index = at;
  if (!at) {
    answer_.outcome = "no_route";
    answer_.error = "no route";
    reply(answer_, asked_, nullptr, 404, "NR", {}, false);
    return false;
  }
  route_ = &host_->routes[*at];
  answer_.route = route_->name;
  answer_.config = route_->config;
  return true;
}

void Walk::choose_destination() {
  if (route_->destinations.empty()) return;
  std::uint64_t total = 0;
  std::size_t possible = 0;
  for (const Destination& candidate : route_->destinations) {
    total += candidate.weight;
    if (candidate.weight == 0) continue;
    ++possible;
    destination_ = &candidate;
  }
  if (possible > 1) destination_ = nullptr;
  if (request_.random && total > 0) {  // envoy.md 17
    std::uint64_t share = *request_.random % total;
    for (const Destination& candidate : route_->destinations) {
      if (share < candidate.weight) {
        destination_ = &candidate;
        break;
      }
      share -= candidate.weight;
    }
  }
  if (route_->weighted) {
    Refill weighted(weighted_clusters_of(answer_));
    for (const Destination& candidate : route_->destinations) {
      WeightedCluster& entry = weighted.next();
      entry.name = candidate.name;
      entry.weight = candidate.weight;
      entry.authority = candidate.host_rewrite;
    }
  } else {
    answer_.cluster = route_->cluster_header.empty() ? std::string_view(route_->destinations[0].name)
                                                     : asked_.headers.first(route_->cluster_header);
  }
  if (request_.random && destination_) answer_.picked_cluster = route_->weighted ? destination_->name : answer_.cluster;
}

/// Of the destination, the route, the virtual host and the table: the nearest fault, and CORS of all.
void Walk::collect_filters() {
  for (const Filters* filters :
       {destination_ ? &destination_->filters : nullptr, &route_->filters, &host_->filters, &table_.filters}) {
    if (filters && !fault_ && filters->fault) fault_ = &*filters->fault;
    if (filters && filters->cors) cors_.add(*filters->cors);
  }
}

bool Walk::pass_fault() {
  if (!route_->destinations.empty()) answer_.timeout = route_->timeout;
  const auto has = [this](const HeaderMatch& match) { return header_matches(match, asked_.headers); };
  if (fault_ == nullptr || !std::all_of(fault_->headers.begin(), fault_->headers.end(), has)) return true;
  if (fault_->abort.numerator >= fault_->abort.of) {  // envoy.md 33, 35
    answer_.outcome = "direct_response";
    if (options_.trace) trace("fault", "fault", Verdict::matched, "every request is aborted here");
    stays();
    // Header operations here are only those of a route to a cluster: a redirect's are for its own reply.
    const Levels all = levels();
    reply(answer_, asked_, route_->destinations.empty() ? nullptr : &all, fault_->grpc_status ? 200 : fault_->http_status, "FI",
          "fault filter abort", true, {}, fault_->grpc_status);
    return false;
  }
  answer_.failure_percent = 100.0 * static_cast<double>(fault_->abort.numerator) / static_cast<double>(fault_->abort.of);
  if (options_.trace && fault_->abort.numerator > 0)
    trace("fault", "fault", Verdict::noted, shown_share(fault_->abort) + " of these requests are aborted");
  if (options_.trace && fault_->delay.numerator > 0)
    trace("fault", "fault", Verdict::noted, shown_share(fault_->delay) + " of these requests are delayed");
  return true;
}

void Walk::redirect() {
  answer_.outcome = "redirect";
  answer_.redirect = route_->redirect->text;
  stays();
  const Text location = location_of(*route_->redirect, *route_, asked_);
  if (const auto path =
          route_->redirect->rewrite.any() ? rewritten(route_->redirect->rewrite, *route_, asked_.path) : std::nullopt) {
    asked_.headers.set("x-envoy-original-path", asked_.full_path());  // what the reply's header operations see
    asked_.headers.set(":path", *path + asked_.query);
  }
  const Levels all = levels();
  reply(answer_, asked_, &all, route_->redirect->status, {}, {}, false, location);
}

void Walk::direct_response() {
  const std::uint32_t status = *route_->direct_status;
  answer_.outcome = "direct_response";
  answer_.direct_response = status;
  stays();
  const bool located = status == 201 || status / 100 == 3;  // envoy.md 32
  Text location(asked_.memory());
  if (located) location.append(asked_.scheme).append("://").append(asked_.host).append(asked_.path).append(asked_.query);
  const Levels all = levels();
  reply(answer_, asked_, &all, status, {}, route_->direct_text, route_->direct_body, location);
}

void Walk::compare_origin() {
  origin_ = asked_.headers.first("origin");
  shared_ = cors_.enabled() && !route_->destinations.empty() && !origin_.empty();
  allowed_ = shared_ && std::any_of(cors_.origins().begin(), cors_.origins().end(), [&](const StringMatch& match) {
               return (match.kind == StringMatch::Kind::exact && match.value == "*") || match(origin_);
             });
}

bool Walk::pass_preflight() {  // envoy.md 34
  const std::string_view method = asked_.headers.first("access-control-request-method");
  if (!shared_ || request_.method != "OPTIONS" || method.empty() || (!allowed_ && cors_.forward_not_matching())) return true;
  const auto asked_or = [](std::string_view said, std::string_view asked) { return said == "*" ? asked : said; };
  answer_.outcome = "direct_response";
  stays();
  answer_.response = Response{200, {}, {}};
  if (allowed_) put("access-control-allow-origin", origin_);
  if (cors_.credentials()) put("access-control-allow-credentials", "true");
  put("access-control-allow-methods", asked_or(cors_.text(&Cors::allow_methods), method));
  put("access-control-allow-headers",
      asked_or(cors_.text(&Cors::allow_headers), asked_.headers.first("access-control-request-headers")));
  put("access-control-max-age", cors_.text(&Cors::max_age));
  if (allowed_) put("access-control-expose-headers", cors_.text(&Cors::expose_headers));
  return false;
}

void Walk::forward() {
  answer_.outcome = answer_.cluster == "PassthroughCluster" ? "passthrough" : "routed";
  answer_.retries = route_->retries.empty() ? host_->retries : route_->retries;
  const std::vector<Mirror>& mirrors = !route_->mirrors.empty()  ? route_->mirrors
                                       : !host_->mirrors.empty() ? host_->mirrors
                                                                 : table_.mirrors;
  if (mirrors.empty()) return;
  Refill copies(mirrors_of(answer_));  // envoy.md 18, 19
  for (const Mirror& mirror : mirrors) {
    if (mirror.cluster.empty()) continue;
    if (lookup_ != nullptr && (*lookup_)(mirror.cluster) == ClusterState::missing) {
      if (options_.trace)
        trace("mirror", "mirror_missing", Verdict::skipped, "no copy is sent: the proxy has no cluster " + mirror.cluster);
      continue;
    }
    if (!mirror.fraction || hit(*mirror.fraction, request_.random)) copies.next() = mirror.cluster;
  }
}

void Walk::black_hole() {
  answer_.outcome = "blackhole";
  stays();
  refuse("UH", "no healthy upstream", true);
}

void Walk::no_cluster() {
  answer_.outcome = "no_cluster";
  stays();
  refuse("NC", {}, false);
}

void Walk::ask_cluster() {  // envoy.md 39: where there is one destination, or one was picked
  if (lookup_ == nullptr) return;
  const ClusterState state = state_of_destinations();
  if (state == ClusterState::ready) return;
  const bool missing = state == ClusterState::missing;
  answer_.outcome = missing ? "no_cluster" : "no_endpoints";
  drop_upstream_request(answer_);
  refuse(missing ? "NC" : "UH", missing ? "" : "no healthy upstream", !missing);
  answer_.grpc_status.reset();
}

/// The state that all possible destinations share; ready where they differ.
ClusterState Walk::state_of_destinations() const {
  if (destination_ != nullptr) return (*lookup_)(route_->weighted ? destination_->name : answer_.cluster);
  std::optional<ClusterState> all;
  for (const Destination& each : route_->destinations) {
    if (each.weight == 0) continue;
    const ClusterState state = (*lookup_)(each.name);
    if (all && *all != state) return ClusterState::ready;
    all = state;
  }
  return all.value_or(ClusterState::ready);
}

/// What leaves for the cluster. The answer's path and authority are those that it would have, also where it never leaves.
void Walk::leave() {
  if (!options_.upstream_request) return;
  Headers headers = asked_.headers;  // envoy.md 21, 25: mutations, then host, then path
  const FormatValues known{
      .route = route_->name,
      .cluster = destination_ != nullptr ? std::string_view(destination_->name) : std::string_view(answer_.cluster),
      .request = &request_};
  if (destination_) {
    apply(destination_->mutations.request, headers, headers, known);
    if (!destination_->host_rewrite.empty()) headers.set(":authority", destination_->host_rewrite);
  }
  const Levels all = levels();
  for (const Mutations* mutations : all.in_order()) {
    apply(mutations->request, headers, headers, known);
    const HeaderAdd* unknown = options_.trace ? unknown_value(mutations->request, request_) : nullptr;
    if (unknown != nullptr)
      trace("request", "request", Verdict::noted,
            "the value of " + unknown->name + " is not known: it names the connection's addresses, and the request gives none " +
                "(give address, port and source_ip)");
  }
  Text authority(destination_ && !destination_->host_rewrite.empty() ? std::string_view(destination_->host_rewrite)
                                                                     : std::string_view(asked_.host),
                 asked_.memory());
  rewrite_host(route_->host_rewrite, headers, authority);
  if (!route_->host_rewrite_header.empty())
    rewrite_host(Text(headers.first(route_->host_rewrite_header), asked_.memory()), headers, authority);
  if (route_->host_rewrite_regex)
    rewrite_host(route_->host_rewrite_regex->replace_all(asked_.path, route_->host_rewrite_substitution), headers, authority);
  const Text path = rewritten_path(headers, known);
  if (route_->max_grpc_timeout_ms) cap_grpc_timeout(*route_->max_grpc_timeout_ms, route_->per_try_timeout_ms, headers);
  fill_upstream(answer_, request_, asked_, headers, path, authority);
  // A weighted destination's own authority stands with it.
  if (route_->host_rewrite.empty() && route_->host_rewrite_header.empty() && !route_->host_rewrite_regex)
    answer_.authority.clear();
}

void Walk::rewrite_host(std::string_view to, Headers& headers, Text& authority) const {  // envoy.md 23
  if (to.empty()) return;
  headers.set("x-envoy-original-host", authority);
  if (route_->append_forwarded_host) headers.append("x-forwarded-host", authority);
  authority = to;
}

Text Walk::rewritten_path(Headers& headers, const FormatValues& known) const {  // envoy.md 24
  Text path = asked_.full_path();
  if (!route_->rewrite.any()) return path;
  if (!route_->rewrite.format.empty()) {
    path = rewritten_whole(route_->rewrite, headers, known);
    path += asked_.query;
    headers.set("x-envoy-original-path", asked_.full_path());
  } else if (auto to = rewritten(route_->rewrite, *route_, asked_.path)) {
    headers.set("x-envoy-original-path", path);
    path = *to;
    path += asked_.query;
  }
  return path;
}

/// Nothing leaves: Envoy answers itself.
void Walk::stays() {
  if (!route_->destinations.empty()) leave();
  drop_upstream_request(answer_);
}

void Walk::put(const char* name, std::string_view value) {
  if (value.empty()) return;
  auto& headers = answer_.response->headers;
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  headers.push_back({name, {std::string(value)}});
}

void Walk::refuse(const char* flags, std::string_view body, bool has_body) {  // envoy.md 39
  const Levels all = levels();
  reply(answer_, asked_, &all, 503, flags, body, has_body);
  if (!allowed_) return;
  put("access-control-allow-origin", origin_);
  if (cors_.credentials()) put("access-control-allow-credentials", "true");
  put("access-control-expose-headers", cors_.text(&Cors::expose_headers));
}

}  // namespace

void clear(Answer& answer) { put_aside(answer); }

void resolve(const Table& table, const Request& request, const ResolveOptions& options, Answer& answer,
             const ClusterLookup* lookup, Access* access) {
  Walk(table, request, options, answer, lookup, access).run();
}

}  // namespace meshroute::routes
