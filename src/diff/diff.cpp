// SPDX-License-Identifier: Apache-2.0
// Asks both meshes what may be answered otherwise, and puts together what has one cause.
#include "diff/diff.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "diff/gateway_requests.hpp"
#include "diff/side.hpp"
#include "explain/inbound_explanation.hpp"
#include "explain/trace.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "resolve/follow.hpp"
#include "resolve/inbound.hpp"
#include "resolve/resolve.hpp"
#include "view/gateway/listeners.hpp"
#include "view/proxy_classes.hpp"
#include "witness/summary.hpp"
#include "witness/witness.hpp"

namespace meshroute::diffing {

namespace {

using witness::Json;

constexpr std::size_t kMostRequests = 20000;  // of one proxy
constexpr std::size_t kMostEdges = 400;       // of one route

std::string text_of(const Json& json) { return json.dump(); }

/// One answer with what is compared.
struct Told {
  Answer answer;
  resolve::Decisions decisions;
  Json fields = Json::object();  ///< what is compared
  std::string rule;              ///< is not
};

void add_clusters(const envoy::Route& route, std::set<std::string>& clusters) {
  const auto* forward = std::get_if<envoy::Forward>(&route.action);
  if (forward == nullptr) return;
  clusters.insert(forward->cluster);
  if (forward->weighted_clusters) {
    for (const auto& each : *forward->weighted_clusters) clusters.insert(each.name);
  }
  for (const auto& mirror : forward->request_mirror_policies) clusters.insert(mirror.cluster);
}

/// What a proxy is told of one cluster, as far as answers depend on it.
std::string cluster_text(const view::ProxyView& view, const std::string& name) {
  std::string text;
  if (!view.has_cluster(name)) return "missing";
  const auto* assignment = view.assignment(name);
  text = assignment == nullptr ? "open" : "list";
  if (assignment != nullptr) {
    for (const auto& endpoint : assignment->endpoints) {
      text.append("\n").append(endpoint.address).append(" ").append(endpoint.locality);
      for (const auto number : {endpoint.port, endpoint.weight, endpoint.priority, static_cast<std::uint32_t>(endpoint.health)})
        text.append(" ").append(std::to_string(number));
    }
  }
  if (const auto* tls = view.cluster_tls(name)) {
    text.append("\ntls ").append(std::to_string(static_cast<int>(tls->mode))).append(tls->sni);
    text.append(tls->sni_of_request ? "s" : "").append(tls->san_of_request ? "a" : "");
    for (const auto& san : tls->sans) text.append(" ").append(san);
  }
  return text;
}

using Places = std::map<std::string, std::size_t>;  ///< of changes, by what is changed

/// Two meshes for one proxy.
class Pair {
 public:
  Pair(const SnapshotPtr& before, const SnapshotPtr& after, const ProxyClass& of, const Changed& changed,
       const DiffOptions& options, Diff& result, Places& places)
      : before_(before, of.before, nullptr),
        after_(after, of.after, &before_),
        class_(of),
        changed_(changed),
        options_(options),
        result_(result),
        places_(places) {
    static const std::set<std::string> kOfServers{"AuthorizationPolicy",
                                                  "PeerAuthentication",
                                                  "RequestAuthentication",
                                                  "Sidecar",
                                                  "Namespace",
                                                  "Pod",
                                                  "Service",
                                                  "Gateway"};
    servers_ = changed.settings || std::any_of(changed.kinds.begin(), changed.kinds.end(),
                                               [&](const auto& kind) { return kOfServers.contains(kind); });
    if (!servers_) workloads();
    clusters_differ_ = !changed.only("VirtualService") || !same_services();
    const std::function<bool(std::string_view)> about = [&changed](std::string_view domain) { return changed.about(domain); };
    by_hosts_ = changed.by_hosts && view::same_proxy(of.before, of.after);
    const bool some = changed.only_rules ? !clusters_differ_ : by_hosts_;
    before_.choose(after_, some ? &about : nullptr);
    after_.choose(before_, some ? &about : nullptr);
  }

  void run() {
    for (const auto& request : options_.requests) ask(request);
    if (before_.view.proxy.type != Proxy::Type::router) names();
    connections();
    if (before_.view.proxy.type == Proxy::Type::router && after_.view.proxy.type == Proxy::Type::router) gateways();
    hosts(before_, after_);
    hosts(after_, before_);
    if (full_) {
      result_.not_compared.push_back("of " + class_.names.front() + " no more than " + std::to_string(kMostRequests) +
                                     " requests were compared");
    }
  }

 private:
  bool same_services() const {
    const auto &mine = before_.view.scope.services, &theirs = after_.view.scope.services;
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                      [](const auto& a, const auto& b) { return a->hostname == b->hostname && a->namespace_ == b->namespace_; });
  }

  /// WorkloadEntries that differ are servers that may answer otherwise: those at their addresses, and no others.
  void workloads() {
    for (const auto& [name, one] : changed_.resources) {
      for (const Resource* resource : {one.before, one.after}) {
        const auto* entry = resource != nullptr ? resource->as<model::WorkloadEntry>() : nullptr;
        if (entry == nullptr) continue;
        addresses_.insert(entry->address);
        if (entry->address.empty()) servers_ = true;
      }
    }
  }

  /// Whether one of the servers behind a cluster is a workload that differs.
  bool has_changed_server(const std::string& cluster) {
    if (addresses_.empty() || cluster.empty()) return false;
    const auto [found, fresh] = servers_of_.try_emplace(cluster, false);
    if (!fresh) return found->second;
    for (const Side* side : {&before_, &after_}) {
      const auto* assignment = side->view.has_cluster(cluster) ? side->view.assignment(cluster) : nullptr;
      if (assignment == nullptr) continue;
      for (const auto& endpoint : assignment->endpoints) found->second = found->second || addresses_.contains(endpoint.address);
    }
    return found->second;
  }

  bool answers_otherwise(const std::string& cluster) { return cluster_differs(cluster) || has_changed_server(cluster); }

  bool asks_servers() const { return servers_ || !addresses_.empty(); }

  /// Whether it is of a service that changed; where services come and go, each may be there on one side only.
  bool may_change(const std::string& cluster) const {
    if (changed_.only_rules || !by_hosts_) return true;
    const auto name = match::parse_cluster_name(cluster);
    return !name || changed_.changes_cluster(name->host);
  }

  bool cluster_differs(const std::string& cluster) {
    if (!clusters_differ_ || cluster.empty()) return false;
    const auto [found, fresh] = clusters_.try_emplace(cluster, false);
    if (fresh && may_change(cluster)) found->second = cluster_text(before_.view, cluster) != cluster_text(after_.view, cluster);
    return found->second;
  }

  /// Services whose address is another one, or that only one side has: who calls them by name comes elsewhere.
  void names() {
    const auto addresses = [](const Side& side) {
      std::map<std::string_view, std::pair<std::string_view, const registry::Service*>> all;
      for (const auto& service : side.view.scope.services)
        all.emplace(service->hostname, std::pair(std::string_view(side.view.proxy_address(*service)), service.get()));
      return all;
    };
    const auto mine = addresses(before_), theirs = addresses(after_);
    const auto ask_ports = [this](const registry::Service& service) {
      if (match::is_wildcard(service.hostname)) return;
      for (const auto& port : service.ports) {
        Request request;
        request.host = service.hostname;
        request.port = port.number;
        ask(request);
        request.protocol = "tcp";
        ask(request);
        request.tls = true;
        request.sni = service.hostname;
        ask(request);
      }
    };
    const auto same_ports = [](const registry::Service& a, const registry::Service& b) {
      return std::equal(a.ports.begin(), a.ports.end(), b.ports.begin(), b.ports.end(), [](const auto& one, const auto& other) {
        return one.number == other.number && one.protocol == other.protocol;
      });
    };
    for (const auto& [host, one] : mine) {
      const auto found = theirs.find(host);
      if (found != theirs.end() && found->second.first == one.first && same_ports(*one.second, *found->second.second)) continue;
      ask_ports(*one.second);
      if (found != theirs.end()) ask_ports(*found->second.second);
    }
    for (const auto& [host, one] : theirs) {
      if (!mine.contains(host)) ask_ports(*one.second);
    }
  }

  /// Listeners whose chains or addresses are not those of the other side, and chains to clusters that differ.
  void connections() {
    const auto look = [&](const Side& mine, const Side& other) {
      std::unordered_map<std::string_view, const view::Listener*> theirs;
      for (const auto& listener : other.view.listeners()) theirs.emplace(listener.name, &listener);
      for (const auto& listener : mine.view.listeners()) {
        const auto found = theirs.find(listener.name);
        const bool differs = found == theirs.end() || !same_listener(listener, *found->second);
        const auto chain = [&](const view::FilterChain& each) {
          bool wanted = differs;
          if (!each.http) {
            wanted = wanted || servers_ || answers_otherwise(each.cluster);
            for (const auto& one : each.weighted) wanted = wanted || answers_otherwise(one.name);
          }
          if (each.http && differs) tables_.insert(each.table);
          if (!wanted) return;
          if (const auto request = mine.prober.connection(listener, each)) {
            ask(*request);
            // What takes the same connection without TLS, with another name, and as plain HTTP.
            Request plain = *request;
            plain.tls = false;
            plain.sni.clear();
            ask(plain);
            plain.protocol = "http";
            if (!plain.host) plain.host = "witness.example";
            ask(plain);
            if (request->tls) {
              Request named = *request;
              named.sni = "other." + request->sni;
              ask(named);
            }
          }
        };
        for (const auto& each : listener.chains) chain(each);
        if (listener.fallback) chain(*listener.fallback);
      }
    };
    look(before_, after_);
    look(after_, before_);
  }

  /// What comes to a server, and to a host of one, that differs.
  void gateways() {
    GatewayRequests requests(before_, after_, servers_ || changed_.settings);
    requests.ask = [this](const Request& request) {
      ask(request);
      return !full_;
    };
    requests.arrived = [this](const Request& request) {
      if (servers_) policies(request);
    };
    requests.run();
  }

  void hosts(const Side& mine, const Side& other) {
    for (const auto& table : tables_) {
      mine.choose_table(table);
      other.choose_table(table);
    }
    const std::size_t count = mine.hosts.size();
    for (std::size_t place = 0; place < count; ++place) {
      const auto& [table, host] = mine.hosts[place];
      const envoy::VirtualHost* theirs = other.find(table, host.name);
      bool differs = theirs == nullptr || !same_host(host, *theirs) || tables_.contains(table);
      std::set<std::string> clusters;
      for (const auto& route : host.routes) add_clusters(route, clusters);
      const bool elsewhere =
          std::any_of(clusters.begin(), clusters.end(), [this](const auto& cluster) { return answers_otherwise(cluster); });
      if (!differs && !elsewhere && !servers_ && !changed_.settings) continue;
      if (full_) return;
      const auto found = mine.prober.virtual_host(table, host);
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (!found[i].request) continue;
        const Request& request = *found[i].request;
        ask(request);
        if (differs) {  // each name of the virtual host
          for (const auto& domain : host.domains) {
            if (domain.find('*') != std::string::npos) continue;
            Request named = request;
            named.host = domain;
            ask(named);
          }
        }
        const bool twin = theirs != nullptr && std::any_of(theirs->routes.begin(), theirs->routes.end(),
                                                           [&](const auto& route) { return same_route(route, host.routes[i]); });
        const bool moved = theirs != nullptr && (i >= theirs->routes.size() || !same_route(theirs->routes[i], host.routes[i]));
        if (!differs || (twin && !moved)) continue;
        const auto edges = mine.prober.edges(host, host.routes[i], request);
        for (std::size_t each = 0; each < edges.size() && each < kMostEdges; ++each) ask(edges[each]);
        if (theirs == nullptr) continue;
        for (const auto& route : theirs->routes) {  // what tells it from its neighbours there
          if (std::any_of(host.routes.begin(), host.routes.end(), [&](const auto& one) { return same_route(one, route); }))
            continue;
          const auto more = mine.prober.edges(host, route, request);
          for (std::size_t each = 0; each < more.size() && each < kMostEdges; ++each) ask(more[each]);
        }
      }
      if (servers_ && !found.empty() && found.front().request) policies(*found.front().request);
    }
  }

  /// What the policies that differ ask of a request.
  void policies(const Request& request) {
    for (const auto& [name, one] : changed_.resources) {
      for (const Resource* resource : {one.before, one.after}) {
        const auto* policy = resource != nullptr ? resource->as<model::AuthorizationPolicy>() : nullptr;
        if (policy == nullptr) continue;
        std::set<std::string> paths{request.path}, methods{request.method};
        for (const auto& rule : policy->rules) {
          for (const auto& to : rule.to) {
            if (!to.operation) continue;
            for (const auto* list : {&to.operation->paths, &to.operation->not_paths}) {
              for (std::string path : *list) {
                if (path.ends_with('*')) path.back() = 'w';
                if (path.starts_with('*')) path = "/w" + path.substr(1);
                for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) {
                  const auto end = path.find('}', at);
                  if (end == std::string::npos) break;
                  path.replace(at, end - at + 1, "w");
                }
                if (path.starts_with('/')) paths.insert(path);
              }
            }
            for (const auto* list : {&to.operation->methods, &to.operation->not_methods}) {
              for (const auto& method : *list) {
                if (method.find('*') == std::string::npos) methods.insert(method);
              }
            }
          }
        }
        methods.insert("POST");
        for (const auto& path : paths) {
          for (const auto& method : methods) {
            Request other = request;
            other.path = path;
            other.method = method;
            ask(other);
          }
        }
      }
    }
  }

  Told tell(const Side& side, const Request& request) const {
    Told told;
    resolve::resolve(side.view, request, {}, told.answer, &told.decisions);
    const Answer& answer = told.answer;
    Json& fields = told.fields;
    fields["outcome"] = answer.outcome;
    fields["fails"] = witness::number_json(answer.failure_percent);
    if (side.view.proxy.type == Proxy::Type::router) {
      if (!answer.error.empty()) fields["error"] = answer.error;
      if (const auto* chain = told.decisions.chain; chain != nullptr && view::ends_tls(chain->tls) && request.tls)
        fields["server_tls"] = Json::parse(view::server_tls_json(side.view, *chain).dump());
    }
    if (answer.outcome == "passthrough") return told;  // as it comes, whoever lets it through
    if (const Json destinations = witness::destinations_json(answer); !destinations.is_null())
      fields["destinations"] = destinations;
    std::vector<std::string> endpoints;
    for (const auto& endpoint : answer.endpoints) {
      std::string text = endpoint.address + (endpoint.port != 0 ? ":" + std::to_string(endpoint.port) : std::string());
      if (endpoint.priority != 0) text += " priority " + std::to_string(endpoint.priority);
      if (endpoint.weight != 1) text += " weight " + std::to_string(endpoint.weight);
      if (!resolve::takes_requests(endpoint)) text += " " + endpoint.health;
      endpoints.push_back(std::move(text));
    }
    std::sort(endpoints.begin(), endpoints.end());
    if (!endpoints.empty()) fields["endpoints"] = endpoints;
    for (const auto& destination : answer.weighted_clusters) {
      if (!destination.authority.empty()) fields["authorities"][witness::shown_cluster(destination.name)] = destination.authority;
    }
    if (answer.upstream_request) {
      const auto& sent = *answer.upstream_request;
      auto& upstream = fields["upstream"] = {{"path", sent.path}, {"authority", sent.authority}};
      Json headers = Json::object();
      for (const auto& [name, values] : sent.headers_added) headers[name] = values.size() == 1 ? Json(values[0]) : Json(values);
      for (const auto& each : sent.headers_changed)
        headers[each.name] = each.got.size() == 1 ? Json(each.got[0]) : Json(each.got);
      for (const auto& name : sent.headers_removed) headers[name] = nullptr;
      if (!headers.empty()) upstream["headers"] = headers;
    }
    if (!answer.timeout.empty() && answer.timeout != "0s") fields["timeout"] = answer.timeout;  // 0s: none
    if (!answer.retries.empty()) {
      const Json policy = Json::parse(answer.retries);
      if (policy.is_object()) fields["retries"] = policy;
    }
    if (!answer.mirrors.empty()) fields["mirrors"] = answer.mirrors;
    if (answer.response) {
      fields["status"] = answer.response->status;
      if (!answer.response->flags.empty()) fields["flags"] = answer.response->flags;
      for (const auto& [name, values] : answer.response->headers)
        fields["response_headers"][name] = values.size() == 1 ? Json(values[0]) : Json(values);
    }
    if (answer.grpc_status) fields["grpc_status"] = *answer.grpc_status;
    if (!answer.upstream_tls.mode.empty() && answer.upstream_tls.mode != "none") {
      fields["tls"] = {{"mode", answer.upstream_tls.mode}, {"sni", answer.upstream_tls.sni}, {"sans", answer.upstream_tls.sans}};
    }
    if (asks_servers() && answer.outcome == "routed") verdict(side, request, fields);
    return told;
  }

  /// What the servers' proxies say.
  static void verdict(const Side& side, const Request& request, Json& fields) {
    const resolve::Tracers tracers{
        [](const auto& view, const Request& asked, Answer& answer) { resolve::resolve(view, asked, {}, answer); },
        [](const auto& view, const Request& asked, InboundAnswer& answer) { resolve::resolve_inbound(view, asked, answer); }};
    const Journey journey = resolve::follow(side.view, request, nullptr, tracers);
    fields["arrives"] = witness::number_json(journey.arrives_percent);
    std::map<std::string, std::set<std::string>> results;
    for (const auto& hop : journey.endpoints) results[hop.result].insert(hop.address);
    for (const auto& each : results) fields["servers"].push_back(each.first);
  }

  static std::string rule_of(const Side& side, const Told& told) {
    const auto* chain = told.decisions.chain;
    if (chain == nullptr) return {};
    if (!chain->http)
      return chain->owner != nullptr ? witness::rule_place(findings::display_name(*chain->owner->resource), chain->rule) : "";
    const auto* host = side.find(chain->table, told.answer.virtual_host);
    if (host == nullptr || !told.answer.route_index || *told.answer.route_index >= host->routes.size()) return {};
    const auto& origin = host->routes[*told.answer.route_index].origin;
    return origin ? witness::rule_place(origin->resource, origin->path) : "";
  }

  void ask(const Request& request) {
    if (asked_.size() >= kMostRequests) {
      full_ = true;
      return;
    }
    if (!asked_.insert(text_of(witness::request_form(request))).second) return;
    ++result_.requests;
    Told before = tell(before_, request), after = tell(after_, request);
    if (before.fields == after.fields) return;
    before.rule = rule_of(before_, before);
    after.rule = rule_of(after_, after);
    change(request, before, after);
  }

  /// How many of such requests go elsewhere, in percent.
  static double share_of(const Told& before, const Told& after) {
    const auto same = [&](const char* key) {
      const auto mine = before.fields.find(key), theirs = after.fields.find(key);
      if (mine == before.fields.end() || theirs == after.fields.end())
        return mine == before.fields.end() && theirs == after.fields.end();
      return *mine == *theirs;
    };
    for (const char* key : {"outcome", "status", "upstream", "response_headers", "arrives", "tls", "timeout", "retries"}) {
      if (!same(key)) return 100;
    }
    std::map<std::string, double> shares;
    for (const auto& [cluster, percent] : witness::shares_of(before.answer)) shares[cluster] += percent;
    for (const auto& [cluster, percent] : witness::shares_of(after.answer)) shares[cluster] -= percent;
    double moved = 0;
    for (const auto& each : shares) moved += std::fabs(each.second) / 2;
    const double fails = std::fabs(before.answer.failure_percent - after.answer.failure_percent);
    const double share = std::max(moved, fails);
    return share > 0 ? share : 100;
  }

  /// The text without the host that was asked for, which stands in a Location.
  static std::string without(std::string text, const std::optional<std::string>& host) {
    if (!host || host->empty()) return text;
    for (auto at = text.find(*host); at != std::string::npos; at = text.find(*host, at)) text.erase(at, host->size());
    return text;
  }

  void change(const Request& request, Told& before, Told& after) {
    std::vector<DiffField> fields;
    const auto flat = [](const Json& json) {
      std::map<std::string, Json> all;
      for (const auto& [key, value] : json.items()) {
        if (key != "upstream") {
          all[key] = value;
          continue;
        }
        for (const auto& [name, inner] : value.items()) all["upstream." + name] = inner;
      }
      return all;
    };
    const auto mine = flat(before.fields), theirs = flat(after.fields);
    std::set<std::string> names;
    for (const auto& each : mine) names.insert(each.first);
    for (const auto& each : theirs) names.insert(each.first);
    std::string key;
    for (const auto& name : names) {
      const auto a = mine.find(name), b = theirs.find(name);
      const Json one = a != mine.end() ? a->second : Json(), other = b != theirs.end() ? b->second : Json();
      if (one == other) continue;
      fields.push_back({name, text_of(one), text_of(other)});
      // A path or host that goes along with the request is not what tells changes apart.
      const bool own = name == "upstream.path" || name == "upstream.authority";
      const auto told = [&](const Json& json) {
        return name == "response_headers" ? without(text_of(json), request.host) : text_of(json);
      };
      key += name + (own ? "" : told(one) + told(other)) + "\n";
    }
    key += before.rule + "\n" + after.rule;
    const auto [slot, fresh] = places_.try_emplace(key, result_.changes.size());
    if (!fresh) {
      DiffChange& known = result_.changes[slot->second];
      ++known.requests;
      if (!told_.insert(slot->second).second) return;
      for (const auto& name : class_.names) {  // a name is in one class; given ones may be twice in the list, and are few
        const bool given = class_.names.size() == 1 && options_.from.size() + options_.names.size() > 0;
        if (given && std::find(known.proxies.begin(), known.proxies.end(), name) != known.proxies.end()) continue;
        known.proxies.push_back(name);
      }
      return;
    }
    told_.insert(slot->second);
    DiffChange& made = result_.changes.emplace_back();
    made.proxies = class_.names;
    made.request = request;
    made.fields = std::move(fields);
    made.share = share_of(before, after);
    if (!before.rule.empty()) before.fields["rule"] = before.rule;
    if (!after.rule.empty()) after.fields["rule"] = after.rule;
    made.before = text_of(before.fields);
    made.after = text_of(after.fields);
    because(request, before_, "before: ", made);
    because(request, after_, "after: ", made);
    if (made.resources.empty() && changed_.resources.size() == 1) made.resources.push_back(changed_.resources.begin()->first);
    if (changed_.settings) made.resources.emplace_back("MeshConfig");
  }

  /// The lines of one side that decide, and the resources that differ among them.
  void because(const Request& request, const Side& side, const char* which, DiffChange& made) const {
    Answer answer;
    resolve::Decisions decisions;
    explain::listen_to_access(side.view, decisions);
    resolve::resolve(side.view, request, {.trace = true}, answer, &decisions);
    explain::write_trace(side.view, request, decisions, answer);
    std::vector<TraceLine> lines = answer.because;
    const auto add = [&lines](const TraceLine& line) {
      constexpr std::size_t kMost = 6;
      const bool there = std::any_of(lines.begin(), lines.end(), [&](const TraceLine& other) { return other.text == line.text; });
      if (!there && lines.size() < kMost) lines.push_back(line);
    };
    for (const auto& line : answer.trace) {
      if (changed_.resources.contains(line.resource)) add(line);
      if (line.verdict == Verdict::matched && (line.stage == "route" || line.stage == "filter chain")) add(line);
      if (line.verdict == Verdict::skipped && line.stage == "virtual host") add(line);
    }
    if (asks_servers() && answer.outcome == "routed") {
      const resolve::Tracers tracers{
          [](const auto& view, const Request& asked, Answer& out) { resolve::resolve(view, asked, {}, out); },
          [](const auto& view, const Request& asked, InboundAnswer& out) {
            explain::InboundExplanation why(view, out);
            resolve::resolve_inbound(view, asked, out, &why);
          }};
      const Journey journey = resolve::follow(side.view, request, nullptr, tracers);
      for (const auto& line : journey.because) add(line);
      for (const auto& hop : journey.endpoints) {
        for (const auto& line : hop.inbound.trace) {
          if (changed_.resources.contains(line.resource)) add(line);
        }
      }
    }
    for (auto& line : lines) {
      if (changed_.resources.contains(line.resource) &&
          std::find(made.resources.begin(), made.resources.end(), line.resource) == made.resources.end())
        made.resources.push_back(line.resource);
      line.text = which + line.text;
      made.because.push_back(std::move(line));
    }
  }

  Side before_, after_;
  const ProxyClass& class_;
  const Changed& changed_;
  const DiffOptions& options_;
  Diff& result_;
  Places& places_;
  bool clusters_differ_ = true, servers_ = false, full_ = false;
  bool by_hosts_ = false;                             ///< only what is about the hosts of `changed_` may be otherwise
  std::unordered_map<std::string, bool> clusters_;    ///< whether they differ
  std::unordered_map<std::string, bool> servers_of_;  ///< of clusters: `has_changed_server`
  std::set<std::string, std::less<>> addresses_;      ///< of the WorkloadEntries that differ
  std::set<std::string> tables_;                      ///< to which listeners lead that differ
  std::unordered_set<std::string> asked_;
  std::set<std::size_t> told_;  ///< the changes that have this class' names
};

}  // namespace

Diff compare(const SnapshotPtr& before, const SnapshotPtr& after, const DiffOptions& options) {
  Diff result;
  const Changed differ = changed(before, after);
  std::vector<ProxyClass> proxies;
  proxies.reserve(options.from.size() + options.names.size());
  for (const auto& proxy : options.from) proxies.push_back({proxy, proxy, {witness::name_of(proxy)}});
  for (const auto& name : options.names) proxies.push_back(class_of(before, after, name, result.not_compared));
  if (proxies.empty() && !(differ.nothing() && options.requests.empty())) proxies = classes(before, after, differ);
  Places places;
  for (const auto& each : proxies) {
    result.proxies += each.names.size();
    if (differ.nothing()) continue;  // the same resources in the same order
    Pair(before, after, each, differ, options, result, places).run();
  }
  std::stable_sort(result.changes.begin(), result.changes.end(), [](const DiffChange& a, const DiffChange& b) {
    return a.share != b.share ? a.share > b.share : a.requests > b.requests;
  });
  result.equal = result.changes.empty();
  return result;
}

}  // namespace meshroute::diffing
