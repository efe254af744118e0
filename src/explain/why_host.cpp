// SPDX-License-Identifier: Apache-2.0
#include "explain/why_host.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "match/hosts.hpp"
#include "resolve/resolve.hpp"
#include "text/case.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

constexpr std::size_t kShown = 20;  // of one sort; the rest is counted

class HostReasons {
 public:
  HostReasons(const view::ProxyView& view, Reasons& reasons) : view_(view), reasons_(reasons), explanation_(view, answer_) {}

  void find() {
    explanation_.proxy();
    const std::string asked = reasons_.host;
    reasons_.host = full_name(asked);
    if (reasons_.host != asked) note("host", Code::host_name, asked + " means " + reasons_.host + " here");
    const auto seen = view_.scope.by_host.find(reasons_.host);
    const registry::Service* service = seen != view_.scope.by_host.end() ? seen->second.get() : nullptr;
    reasons_.visible = service != nullptr;
    definitions(service);
    if (service != nullptr) {
      workloads(*service);
      destination_rules(*service);
    }
    virtual_services(service);
    if (service != nullptr) clusters(*service);
    reasons_.lines = std::move(answer_.trace);
  }

 private:
  void note(const char* stage, Code code, std::string text, const Resource* resource = nullptr, std::string_view path = {}) {
    explanation_.line(stage, Verdict::noted, code, std::move(text), resource, path);
  }

  /// A short name as the client's DNS search would complete it, where that is a service.
  std::string full_name(const std::string& host) const {
    if (view_.snapshot->has_service(host)) return host;
    const std::string& domain = view_.snapshot->settings.domain_suffix;
    for (const std::string& tail : {"." + view_.proxy.namespace_ + ".svc." + domain, ".svc." + domain, "." + domain}) {
      if (view_.snapshot->has_service(host + tail)) return host + tail;
    }
    for (const auto& service : view_.snapshot->services) {  // A16: a name means the same in any case
      if (text::lower(service->hostname) == text::lower(host)) return service->hostname;
    }
    return host;
  }

  void definitions(const registry::Service* winner) {
    std::set<const Resource*> told;
    std::size_t definitions = 0, exported = 0;
    for (const auto& service : view_.snapshot->services) {
      if (service->hostname != reasons_.host || !told.insert(service->resource).second) continue;
      ++definitions;
      auto reason = why_unseen(view_, *service);
      if (reason.path != "spec.exportTo" && reason.path != "metadata.annotations") ++exported;
      const std::string who = service->resource != nullptr ? shown(*service->resource) : "a service";
      if (reason.text.empty()) {
        explanation_.line("definition", Verdict::matched, Code::service_found, who + " defines it, and this proxy sees it",
                          service->resource, service->kubernetes ? "metadata.name" : "spec.hosts");
      } else {
        reason.text = who + " defines it, but " + reason.text;
        explanation_.line("definition", Verdict::skipped, std::move(reason));
      }
    }
    if (definitions == 0) {
      for (auto& reason : why_no_host(view_, reasons_.host)) explanation_.line("definition", Verdict::skipped, std::move(reason));
      return;
    }
    if (winner == nullptr || exported < 2) return;
    const std::string who = winner->resource != nullptr ? shown(*winner->resource) : "one";
    const auto any = [&](auto&& holds) {
      return std::any_of(view_.snapshot->services.begin(), view_.snapshot->services.end(), [&](const auto& each) {
        return each->hostname == reasons_.host && each->resource != winner->resource && holds(*each);
      });
    };
    const bool elsewhere = any([&](const registry::Service& each) { return each.namespace_ != winner->namespace_; });
    const bool entries = any([](const registry::Service& each) { return !each.kubernetes; });
    const std::string why = winner->namespace_ == view_.proxy.namespace_ && elsewhere
                                ? "it is in the proxy's own namespace"  // D15
                            : winner->kubernetes && entries ? "a Kubernetes Service goes before a ServiceEntry"
                                                            : "it is the oldest";
    note("definition", Code::service_chosen,
         "of " + std::to_string(exported) + " definitions that this proxy could see " + who + " counts: " + why, winner->resource,
         winner->kubernetes ? "metadata.name" : "spec.hosts");
  }

  void workloads(const registry::Service& service) {
    const auto* selector = selector_of(service);
    const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
    if (selector == nullptr) {
      if (entry == nullptr) return;
      const std::size_t listed = entry->endpoints.size();
      note("workload", listed > 0 ? Code::endpoints_listed : Code::endpoints_missing,
           listed > 0 ? "it lists " + std::to_string(listed) + (listed == 1 ? " endpoint" : " endpoints") + " of its own"
                      : "it selects no workloads and lists no endpoints",
           service.resource, listed > 0 ? "spec.endpoints" : "spec");
      return;
    }
    if (service.kubernetes) {  // the control plane of the cluster has selected
      std::size_t listed = 0;
      if (const auto* pool = view_.snapshot->pool(service)) {
        for (const auto& shard : *pool) {
          for (const auto& endpoint : shard.endpoints) listed += endpoint.workload->resource != nullptr ? 1 : 0;
        }
      }
      if (listed > 0) {
        told_selected_ = true;
        note("workload", Code::endpoints_listed,
             "its EndpointSlices and selected workloads give it " + std::to_string(listed) +
                 (listed == 1 ? " endpoint" : " endpoints") + " on all ports together",
             service.resource, "spec.selector");
        return;
      }
    }
    std::size_t selected = 0, near = 0;
    for (auto& candidate : candidates_of(view_, service, *selector)) {
      const bool in = candidate.kind == Candidate::Kind::selected;
      if (++(in ? selected : near) > kShown) continue;
      explanation_.line("workload", in ? Verdict::matched : Verdict::skipped, std::move(candidate.reason));
    }
    std::string text = "the selector selects " + std::to_string(selected) + (selected == 1 ? " workload" : " workloads");
    if (near > 0) text += ", and nearly " + std::to_string(near) + " more";
    told_selected_ = selected > 0;
    note("workload", selected > 0 ? Code::endpoints_listed : Code::selector_matches_nothing, std::move(text), service.resource,
         service.kubernetes ? "spec.selector" : "spec.workloadSelector");
  }

  void destination_rules(const registry::Service& service) {
    const auto* used = view_.destination_rule(service.hostname);
    for (const Resource* resource : view_.snapshot->destination_rules) {
      const auto& rule = *resource->as<model::DestinationRule>();
      const std::string host =
          scope::expand_host(rule.host, resource->identity.namespace_, view_.snapshot->settings.domain_suffix);
      if (!match::matches(host, service.hostname)) continue;
      const std::string who = shown(*resource) + " is for " + host;
      if (used != nullptr &&
          std::find(used->contributors.begin(), used->contributors.end(), resource) != used->contributors.end()) {
        explanation_.line("destination rule", Verdict::matched, Code::destination_rule_used, who + ", and this proxy uses it",
                          resource, "spec.host");
        continue;
      }
      auto reason = why_rule_unused(view_, *resource, service);
      reason.text = who + ", but " + reason.text;
      explanation_.line("destination rule", Verdict::skipped, std::move(reason));
    }
  }

  /// What became of each VirtualService that names the host, once for all ports where that is the same for all.
  void virtual_services(const registry::Service* service) {
    const std::string host = text::lower(reasons_.host);
    struct Told {
      const scope::VirtualServiceEntry* owner;
      std::string table, virtual_host, ports;
    };
    std::vector<Told> all;
    const auto add = [&](const std::string& table, std::uint32_t port) {
      const std::string number = std::to_string(port), virtual_host = host + ":" + number;
      const auto rules = view_.host_rules(table, virtual_host);
      const auto* owner = rules.empty() ? nullptr : rules.front().owner;
      const auto same = std::find_if(all.begin(), all.end(), [owner](const Told& each) { return each.owner == owner; });
      if (same != all.end())
        same->ports += ", " + number;
      else
        all.push_back({owner, table, virtual_host, number});
    };
    if (service == nullptr) add("80", 80);
    for (std::size_t at = 0; service != nullptr && at < service->ports.size(); ++at) {
      const std::uint32_t port = service->ports[at].number;
      const view::Listener* listener = view_.listener(port, view_.proxy_address(*service));
      for (std::size_t i = 0; listener != nullptr && i < listener->chains.size(); ++i) {
        if (listener->chains[i].http) add(listener->chains[i].table, port);
      }
    }
    if (all.empty()) all.push_back({nullptr, {}, {}, {}});  // only TCP
    for (const Told& each : all) {
      if (all.size() > 1) note("virtual service", Code::port, "for HTTP on port " + each.ports + ":");
      explanation_.virtual_services(each.table, each.virtual_host, host);
    }
  }

  void clusters(const registry::Service& service) {
    for (const auto& port : service.ports) {
      const std::string name = view::cluster_name(port.number, "", service.hostname);
      if (!view_.has_cluster(name)) {
        explanation_.no_cluster(name);
        continue;
      }
      const auto* assignment = view_.assignment(name);
      if (assignment == nullptr) {
        note("cluster", Code::cluster_ready, name + " forwards to the address that the client asked for");
        continue;
      }
      const std::size_t count = assignment->endpoints.size();
      const bool ready = std::any_of(assignment->endpoints.begin(), assignment->endpoints.end(),
                                     [](const auto& each) { return resolve::takes_requests(each.health); });
      explanation_.line("cluster", ready ? Verdict::matched : Verdict::skipped, ready ? Code::cluster_ready : Code::cluster_empty,
                        name + " has " + std::to_string(count) + (count == 1 ? " endpoint" : " endpoints") +
                            (count > 0 && !ready ? ", none of which takes requests" : ""));
      if (const view::Listener* listener = view_.listener(port.number, view_.proxy_address(service)))
        explanation_.lost_port(*listener, &service, nullptr, port.number);
      if (ready || (count == 0 && selector_of(service) != nullptr && !told_selected_)) continue;  // the workloads were told
      for (auto& reason : why_no_endpoints(view_, name)) explanation_.line("endpoints", Verdict::noted, std::move(reason));
    }
  }

  const view::ProxyView& view_;
  Reasons& reasons_;
  bool told_selected_ = false;
  Answer answer_;  // only its trace is used
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
