// SPDX-License-Identifier: Apache-2.0
// The whole story of one host for one proxy.
#include "explain/why_host.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "explain/explanation.hpp"
#include "explain/trace.hpp"
#include "explain/why.hpp"
#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "registry/text.hpp"
#include "resolve/name.hpp"
#include "resolve/resolve.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using text::lower;

constexpr std::size_t kShownOfSort = 20;  // of one sort; the rest is counted

/// Lines of a request's trace that are about the host, and not about the one request.
bool of_the_host(const TraceLine& line) {
  static constexpr Code kOfTheRequest[] = {Code::proxy,
                                           Code::host_name,
                                           Code::service_found,
                                           Code::alias,
                                           Code::listener_matched,
                                           Code::filter_chain_http,
                                           Code::route_matched,
                                           Code::virtual_host_matched,
                                           Code::route_skipped,
                                           Code::timeout,
                                           Code::retries,
                                           Code::request,
                                           Code::retries_cut,
                                           Code::route_not_for_proxy};
  return std::none_of(std::begin(kOfTheRequest), std::end(kOfTheRequest), [&](Code each) { return line.code == name_of(each); });
}

std::string clusters_text(const Answer& answer) {
  if (!answer.cluster.empty()) return answer.cluster;
  std::uint64_t total = 0;
  for (const auto& each : answer.weighted_clusters) total += each.weight;
  std::vector<std::string> shares;
  shares.reserve(answer.weighted_clusters.size());
  for (const auto& each : answer.weighted_clusters) {
    const std::uint64_t percent = total > 0 ? std::uint64_t{100} * each.weight / total : 0;
    shares.push_back(each.name + " (" + std::to_string(percent) + " %)");
  }
  return text::join(shares);
}

std::string verdict_text(const Answer& answer) {
  if (answer.outcome == "routed") return "goes to " + clusters_text(answer);
  if (answer.outcome == "no_cluster") return "goes to " + clusters_text(answer) + ", which this proxy does not have";
  if (answer.outcome == "no_endpoints") return "goes to " + clusters_text(answer) + ", which has no endpoint that takes requests";
  if (answer.outcome == "redirect") return "is redirected";
  if (answer.outcome == "direct_response")
    return "is answered with " + std::to_string(answer.response ? answer.response->status : 200);
  if (answer.outcome == "no_route" || answer.outcome == "no_virtual_host") return "matches no route: 404";
  if (answer.outcome == "passthrough") return "goes to its original destination, unknown to the mesh";
  if (answer.outcome == "blackhole") return "is refused";
  return "is refused: " + (answer.error.empty() ? answer.outcome : answer.error);
}

class HostReasons {
 public:
  HostReasons(const view::ProxyView& view, Reasons& reasons) : view_(view), reasons_(reasons), explanation_(view, answer_) {}

  void find() {
    asked_ = lower(reasons_.host);
    std::string scratch;
    const bool address = match::is_ip(asked_);
    const registry::ServicePtr service = address ? nullptr : resolve::service_of(view_, asked_, scratch);
    reasons_.host = service != nullptr ? service->hostname : full_name(reasons_.host);
    std::string completed;
    if (lower(reasons_.host) != asked_ && !address)
      completed = std::exchange(asked_, lower(reasons_.host)) + " means " + reasons_.host + " here";
    reasons_.visible = service != nullptr;
    definitions(service.get());
    reasons_.visible = reasons_.visible && !router();  // a gateway serves what its Gateways and their VirtualServices name
    for (const TraceLine& line : answer_.trace) {
      const bool known = line.code == name_of(Code::host_is_address) || line.code == name_of(Code::host_is_endpoint) ||
                         line.code == name_of(Code::host_is_member) || line.code == name_of(Code::host_in_wildcard);
      reasons_.visible = reasons_.visible || (known && line.verdict == Verdict::matched);
    }
    requests();
    const auto seen = view_.scope.by_host.find(reasons_.host);  // it may have only clusters (D18)
    if (seen != view_.scope.by_host.end()) {
      workloads(*seen->second);
      destination_rules(*seen->second);
    }
    if (!completed.empty()) note("host", Code::host_name, std::move(completed));
    if (!router()) explanation_.proxy();
    reasons_.lines = std::move(answer_.trace);
  }

 private:
  bool router() const { return view_.proxy.type == Proxy::Type::router; }

  void note(const char* stage, Code code, std::string text, const Resource* resource = nullptr, std::string_view path = {}) {
    explanation_.line(stage, Verdict::noted, code, std::move(text), resource, path);
  }

  /// A short name as the client's DNS search would complete it, where that is a service that the proxy does not see.
  std::string full_name(const std::string& host) const {
    const std::string& domain = view_.snapshot->settings.domain_suffix;
    if (view_.snapshot->has_service(host)) return host;
    for (const std::string& tail : {"." + view_.proxy.namespace_ + ".svc." + domain, ".svc." + domain, "." + domain}) {
      if (view_.snapshot->has_service(asked_ + tail)) return asked_ + tail;
    }
    for (const auto& service : view_.snapshot->services) {  // A16: a name means the same in any case
      if (lower(service->hostname) == asked_) return service->hostname;
    }
    return asked_;
  }

  void definitions(const registry::Service* visible) {
    std::set<const Resource*> told;
    for (const auto& service : view_.snapshot->services) {
      if (service->hostname != reasons_.host || !told.insert(service->resource).second) continue;
      auto reason = why_unseen(view_, *service);
      const std::string who = service->resource != nullptr ? display_name(*service->resource) : "a service";
      if (reason.text.empty() || reason.code == Code::service_not_merged) {
        explanation_.line("definition", Verdict::matched, Code::service_found, who + " defines it, and this proxy sees it",
                          service->resource, service->kubernetes ? "metadata.name" : "spec.hosts");
        if (visible != nullptr && service->resolution == registry::ServiceResolution::alias) explanation_.alias(*service);
      }
      if (!reason.text.empty()) {
        reason.text = who + (reason.code == Code::service_not_merged ? ": " : " defines it, but ") + reason.text;
        explanation_.line("definition", Verdict::skipped, std::move(reason));
      }
    }
    if (told.empty() && !router()) explanation_.absent(asked_);
  }

  void workloads(const registry::Service& service) {
    const auto* selector = selector_of(service);
    const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
    if (selector == nullptr) {
      if (entry == nullptr) return;
      const std::size_t listed = entry->endpoints.size();
      if (listed > 0)
        return note("workload", Code::endpoints_listed,
                    "it lists " + std::to_string(listed) + (listed == 1 ? " endpoint" : " endpoints") + " of its own",
                    service.resource, "spec.endpoints");
      if (service.resolution == registry::ServiceResolution::dns_lb ||
          service.resolution == registry::ServiceResolution::dns_round_robin_lb)
        return note("workload", Code::endpoints_listed, "its endpoints are what DNS gives for " + service.hostname,
                    service.resource, "spec.resolution");
      if (service.resolution == registry::ServiceResolution::passthrough ||
          service.resolution == registry::ServiceResolution::dynamic_dns)
        return;
      return note("workload", Code::endpoints_missing, "it selects no workloads and lists no endpoints", service.resource,
                  "spec");
    }
    const std::size_t listed = service.kubernetes ? sliced(service) : 0;
    std::size_t selected = listed, near = 0;
    for (auto& candidate : candidates_of(view_, service, *selector)) {
      const bool in = candidate.kind == Candidate::Kind::selected;
      if (++(in ? selected : near) > kShownOfSort) continue;
      const bool told = std::any_of(answer_.trace.begin(), answer_.trace.end(),
                                    [&](const TraceLine& above) { return above.text == candidate.reason.text; });
      if (told) continue;
      explanation_.line("workload", in ? Verdict::matched : Verdict::skipped, std::move(candidate.reason));
    }
    if (listed > 0)
      return note("workload", Code::endpoints_listed,
                  "its EndpointSlices list " + std::to_string(listed) + (listed == 1 ? " workload" : " workloads"),
                  service.resource, "spec.selector");
    std::string text = "the selector selects " + std::to_string(selected) + (selected == 1 ? " workload" : " workloads");
    if (near > 0) text += ", and nearly " + std::to_string(near) + " more";
    note("workload", selected > 0 ? Code::endpoints_listed : Code::selector_matches_nothing, std::move(text), service.resource,
         service.kubernetes ? "spec.selector" : "spec.workloadSelector");
  }

  bool has_slice(const registry::Service& service) const {
    if (service.resource == nullptr) return false;
    for (const auto& each : view_.snapshot->resources) {
      if (each->as<model::EndpointSlice>() != nullptr && each->identity.namespace_ == service.namespace_ &&
          registry::service_of_slice(each->metadata.labels) == service.resource->identity.name)
        return true;
    }
    return false;
  }

  /// How many workloads the EndpointSlices of a Kubernetes Service list.
  std::size_t sliced(const registry::Service& service) const {
    std::set<std::string_view> addresses;
    if (!has_slice(service)) return 0;  // derived of Pods and templates
    if (const auto* pool = view_.snapshot->pool(service)) {
      for (const auto& shard : *pool) {
        for (const auto& endpoint : shard.endpoints) {
          const Resource* from = endpoint.workload->resource;
          if (from != nullptr && from->as<model::WorkloadEntry>() == nullptr) addresses.insert(endpoint.address());
        }
      }
    }
    return addresses.size();
  }

  void destination_rules(const registry::Service& service) {
    const auto* used = view_.destination_rule(service.hostname);
    for (const Resource* resource : view_.snapshot->destination_rules) {
      const auto& rule = *resource->as<model::DestinationRule>();
      const std::string host =
          scope::expand_host(rule.host, resource->identity.namespace_, view_.snapshot->settings.domain_suffix);
      if (!match::matches(host, service.hostname)) continue;
      const bool contributes = used != nullptr && std::find(used->contributors.begin(), used->contributors.end(), resource) !=
                                                      used->contributors.end();
      bool nothing = !contributes;
      Reason reason = contributes ? why_rule_used(*used, *resource, nothing) : why_rule_unused(view_, *resource, service);
      reason.text = display_name(*resource) + " is for " + host + (nothing ? ", but " : ", and ") + reason.text;
      explanation_.line("destination rule", nothing ? Verdict::skipped : Verdict::matched, std::move(reason));
    }
  }

  struct Asked {
    std::uint32_t port;
    registry::Protocol protocol;
    bool ends_tls = false;  ///< a gateway ends TLS here, and reads HTTP or bytes in it
  };

  /// The ports of a gateway, each as the chain reads it that would take TLS for the host; port 80 where it has none.
  std::vector<Asked> gateway_ports() const {
    std::vector<Asked> ports;
    for (const view::Listener& listener : view_.listeners()) {
      const view::FilterChain* chain = nullptr;
      for (const view::FilterChain& each : listener.chains) {
        const bool takes = std::any_of(each.sni.begin(), each.sni.end(),
                                       [this](const std::string& name) { return match::matches(lower(name), asked_); });
        if (chain == nullptr || takes) chain = &each;
        if (takes) break;
      }
      if (chain == nullptr) continue;
      using registry::Protocol;
      const bool ends = view::ends_tls(chain->tls), tls = chain->tls != view::FilterChain::Tls::none;
      const auto protocol = ends  ? (chain->http ? Protocol::https : Protocol::tls)
                            : tls ? Protocol::tls
                                  : (chain->http ? Protocol::http : Protocol::tcp);
      ports.push_back({listener.port, protocol, ends});
    }
    if (ports.empty()) ports.push_back({80, registry::Protocol::http});
    return ports;
  }

  /// The ports of the host, each once; of a host without a service, those where a VirtualService could take it.
  std::vector<Asked> ports() const {
    if (router()) return gateway_ports();
    std::vector<Asked> ports;
    const auto add = [&ports](const registry::Service& service) {
      for (const auto& port : service.ports) {
        const bool told = std::any_of(ports.begin(), ports.end(), [&](const Asked& each) { return each.port == port.number; });
        if (!told && port.protocol != registry::Protocol::udp) ports.push_back({port.number, port.protocol});
      }
    };
    const auto is = [&](const registry::Service& service) {
      if (match::is_ip(asked_)) {
        const auto all = view::all_addresses(view::scope_of(view_), service);
        return std::find(all.begin(), all.end(), asked_) != all.end();
      }
      return match::is_wildcard(service.hostname) && lower(service.hostname) != asked_
                 ? match::matches(asked_, lower(service.hostname))
                 : lower(service.hostname) == asked_;
    };
    for (const auto& listener : view_.scope.listeners) {
      for (const auto& service : listener.services) {
        if (is(*service)) add(*service);
      }
    }
    if (!ports.empty()) return ports;
    if (match::is_ip(asked_)) {
      for (const auto& service : view_.snapshot->services_at(asked_)) {
        if (why_unseen(view_, *service).text.empty()) add(*service);
      }
    }
    std::string scratch;
    if (const auto member = resolve::member_of(view_, asked_, scratch); member.service != nullptr) add(*member.service);
    if (!ports.empty()) return ports;
    for (const auto& service : view_.snapshot->services) {
      if (service->hostname == reasons_.host) add(*service);
    }
    if (!ports.empty()) return ports;
    ports.push_back({80, registry::Protocol::http});
    for (const Resource* resource : view_.snapshot->virtual_services) {
      const auto& spec = *resource->as<model::VirtualService>();
      if (ports.size() > 1 || spec.tls.empty()) continue;
      const bool names = std::any_of(spec.hosts.begin(), spec.hosts.end(), [&](const std::string& host) {
        return match::matches(
            asked_, lower(scope::expand_host(host, resource->identity.namespace_, view_.snapshot->settings.domain_suffix)));
      });
      if (names) ports.push_back({443, registry::Protocol::tls});
    }
    return ports;
  }

  /// What becomes of a request to each port, by the same walk and the same sentences as an answer's.
  void requests() {
    const std::vector<Asked> ports = this->ports();
    for (std::size_t i = 0; i < ports.size() && i < kShownOfSort; ++i) request(ports[i]);
    if (ports.size() > kShownOfSort)
      note("port", Code::more, std::to_string(ports.size() - kShownOfSort) + " more ports are not shown");
  }

  void request(const Asked& asked) {
    Request request;
    request.port = asked.port;
    const bool tls = registry::is_tls(asked.protocol);
    const bool http =
        asked.ends_tls ? asked.protocol == registry::Protocol::https : !tls && registry::is_http_or_sniffed(asked.protocol);
    const bool literal = match::is_ip(asked_);
    if (literal) request.address = asked_;
    if (!http) request.protocol = "tcp";
    request.client_cert = router();  // what a gateway asks for is given
    if (tls) {
      request.tls = true;
      if (!literal) request.sni = asked_;
    }
    request.host = literal && asked_.find(':') != std::string::npos ? "[" + asked_ + "]" : asked_;
    resolve::Decisions decisions;
    Answer answer;
    ResolveOptions options;
    options.trace = true;
    listen_to_access(view_, decisions);
    resolve::resolve(view_, request, options, answer, &decisions);
    write_trace(view_, request, decisions, answer);
    const char* what = http && tls ? "a request for / in TLS "
                       : tls       ? (literal ? "TLS without an SNI " : "TLS with this SNI ")
                       : http      ? "a request for / "
                                   : "a connection ";
    const bool unknown = answer.outcome == "passthrough" || answer.outcome == "blackhole";
    explanation_.line(
        "port",
        answer.failure_percent > 0 ? Verdict::skipped
        : unknown                  ? Verdict::noted
                                   : Verdict::matched,
        Code::port,
        std::to_string(asked.port) + " (" +
            (asked.protocol == registry::Protocol::unsupported ? std::string("protocol not named: guessed at each connection")
                                                               : std::string(registry::to_string(asked.protocol))) +
            "): " + what + verdict_text(answer));
    const std::size_t start = answer_.trace.size();
    const auto here = [&](const TraceLine& line) {
      return std::any_of(answer_.trace.begin() + static_cast<std::ptrdiff_t>(start), answer_.trace.end(),
                         [&](const TraceLine& above) { return above.text == line.text && above.code == line.code; });
    };
    if (answer.failure_percent > 0) {  // what decides comes first
      for (const TraceLine& line : answer.because) {
        if (of_the_host(line) && !told(line)) answer_.trace.push_back(line);
      }
    }
    for (TraceLine& line : answer.trace) {
      reasons_.visible = reasons_.visible ||
                         (line.code == name_of(Code::virtual_service_matched) && line.verdict == Verdict::matched) ||
                         (router() && answer.failure_percent == 0);
      if (line.code == name_of(Code::host_of_virtual_service) || line.code == name_of(Code::host_alternate)) rename(line);
      if (of_the_host(line) && !here(line) && !told(line)) answer_.trace.push_back(std::move(line));
    }
  }

  /// No service has the host, and yet a virtual host has it: that takes the place of the line that says the first.
  void rename(const TraceLine& line) {
    for (TraceLine& above : answer_.trace) {
      if (above.code != name_of(Code::host_unknown) || above.stage != "service") continue;
      above = line;
      reasons_.visible = true;
    }
  }

  /// Whether the line says nothing that stands above: what is the host's own is said once.
  bool told(const TraceLine& line) const {
    static constexpr Code kPerPort[] = {Code::virtual_service_matched, Code::virtual_service_lost_host, Code::cluster_ready,
                                        Code::cluster_empty,           Code::cluster_missing,           Code::no_route};
    if (std::any_of(std::begin(kPerPort), std::end(kPerPort), [&](Code each) { return line.code == name_of(each); }))
      return false;
    const bool by_place = line.code == name_of(Code::workload_nearly_selected) || line.stage == "service";
    return std::any_of(answer_.trace.begin(), answer_.trace.end(), [&](const TraceLine& above) {
      return above.code == line.code &&
             (above.text == line.text || (by_place && above.resource == line.resource && above.path == line.path));
    });
  }

  const view::ProxyView& view_;
  Reasons& reasons_;
  std::string asked_;  ///< in lower case
  Answer answer_;      // only its trace is used
  Explanation explanation_;
};

}  // namespace

Reasons why_host(const view::ProxyView& view, const std::string& host) {
  Reasons reasons;
  reasons.host = host;
  HostReasons(view, reasons).find();
  return reasons;
}

}  // namespace meshroute::explain
