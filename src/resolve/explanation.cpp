// SPDX-License-Identifier: Apache-2.0
#include "resolve/explanation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "match/hosts.hpp"
#include "text/case.hpp"
#include "view/why.hpp"

namespace meshroute::resolve {

namespace {

using text::lower;

std::string host_of_cluster(const std::string& cluster) { return cluster.substr(cluster.rfind('|') + 1); }

bool short_name(const std::string& host) { return host.find('.') == std::string::npos && host != "*"; }

}  // namespace

TraceLine Explanation::made(const char* stage, Verdict verdict, std::string text, const Resource* resource,
                            std::string_view path) {
  TraceLine line{.stage = stage, .verdict = verdict, .path = std::string(path), .text = std::move(text)};
  if (resource == nullptr) return line;
  line.resource = view::shown(*resource);
  const text::Place place = places_.find(*resource, path);
  line.source = place.source;
  line.line = place.line;
  line.column = place.column;
  return line;
}

void Explanation::line(const char* stage, Verdict verdict, std::string text, const Resource* resource, std::string_view path) {
  if (wanted_) answer_.trace.push_back(made(stage, verdict, std::move(text), resource, path));
}

void Explanation::client() {
  if (!wanted_) return;
  const std::string who = "a proxy in namespace " + view_.client.namespace_;
  if (view_.scope.sidecar != nullptr) {
    line("client", Verdict::noted, who + " with " + view::shown(*view_.scope.sidecar), view_.scope.sidecar, "spec");
  } else {
    line("client", Verdict::noted, who + "; no Sidecar narrows what it sees");
  }
}

void Explanation::host(const std::string& host, const registry::Service* service, std::uint32_t port) {
  if (!wanted_ || host.empty()) return;
  if (service != nullptr) {
    const auto found =
        std::find_if(service->ports.begin(), service->ports.end(), [&](const auto& each) { return each.number == port; });
    std::string text =
        (service->resource != nullptr ? view::shown(*service->resource) : "a service") + " defines " + service->hostname;
    std::string path = service->kubernetes ? "metadata.name" : "spec.hosts";
    if (found == service->ports.end()) {
      text += ", but has no port " + std::to_string(port);
      path = "spec.ports";
    } else if (!found->name.empty()) {
      text += ", port " + std::to_string(port) + " (" + found->name + ")";
    }
    line("service", found != service->ports.end() ? Verdict::matched : Verdict::skipped, std::move(text), service->resource,
         path);
    return;
  }
  bool defined = false;
  for (const auto& each : view_.snapshot->services) {
    if (lower(each->hostname) != host) continue;
    defined = true;
    auto reason = view::why_unseen(view_, *each);
    if (reason.text.empty()) continue;
    const Resource* owner = each->resource;
    line("service", Verdict::skipped,
         (owner != nullptr ? view::shown(*owner) : "a service") + " defines " + each->hostname + ", but " + reason.text,
         reason.resource, reason.path);
  }
  if (defined) return;
  for (const auto& each : view_.snapshot->services) {
    if (!match::is_wildcard(each->hostname) || !match::matches(host, lower(each->hostname)) || each->resource == nullptr)
      continue;
    line("service", Verdict::noted,
         view::shown(*each->resource) + " defines the wildcard " + each->hostname + ", which holds " + host, each->resource,
         "spec.hosts");
    return;
  }
  line("service", Verdict::noted, "no Service and no ServiceEntry has the host " + host);
}

std::vector<TraceLine> Explanation::virtual_services(const std::string& host, const char* otherwise) {
  std::vector<TraceLine> lines;
  std::size_t others = 0;
  const std::string& domain = view_.snapshot->settings.domain_suffix;
  for (const Resource* resource : view_.snapshot->virtual_services) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec->hosts.empty()) continue;  // a delegate
    const std::string& space = resource->identity.namespace_;
    std::size_t named = spec->hosts.size();
    std::string full;
    for (std::size_t i = 0; i < spec->hosts.size() && named == spec->hosts.size(); ++i) {
      full = short_name(spec->hosts[i]) ? spec->hosts[i] + "." + space + ".svc." + domain : spec->hosts[i];
      if (match::matches(lower(full), host)) named = i;
    }
    if (named == spec->hosts.size()) {
      ++others;
      continue;
    }
    const std::string who = view::shown(*resource) + " names " + full;
    const std::string path = "spec.hosts[" + std::to_string(named) + "]";
    const auto reason = view::why_unused(view_, *resource);
    const std::string config = "/apis/networking.istio.io/v1/namespaces/" + space + "/virtual-service/" + resource->identity.name;
    if (!reason.text.empty()) {
      lines.push_back(made("virtual service", Verdict::skipped, who + ", but " + reason.text, reason.resource, reason.path));
    } else if (answer_.config == config) {
      lines.push_back(made("virtual service", Verdict::matched, who, resource, path));
    } else if (!answer_.config.empty()) {
      lines.push_back(made("virtual service", Verdict::skipped,
                           who + ", but another one owns this virtual host: it is more specific, nearer, or older", resource,
                           path));
    } else {
      lines.push_back(made("virtual service", Verdict::noted, who + otherwise, resource, path));
    }
  }
  if (others > 0) {
    lines.push_back(made("virtual service", Verdict::noted,
                         std::to_string(others) + (lines.empty() ? "" : " other") +
                             (others == 1 ? " VirtualService does" : " VirtualServices do") + " not name " + host,
                         nullptr, {}));
  }
  return lines;
}

void Explanation::routes(std::size_t first, const std::string& host) {
  if (!wanted_) return;
  for (std::size_t i = first; i < answer_.trace.size(); ++i) {
    TraceLine& line = answer_.trace[i];
    if (line.resource.empty() || !line.source.empty()) continue;
    for (const Resource* resource : view_.snapshot->virtual_services) {
      if (view::shown(*resource) != line.resource) continue;
      const text::Place place = places_.find(*resource, line.path);
      line.source = place.source;
      line.line = place.line;
      line.column = place.column;
      break;
    }
  }
  auto lines = virtual_services(lower(host), "; none of its rules took the request");
  answer_.trace.insert(answer_.trace.begin() + static_cast<std::ptrdiff_t>(first), std::make_move_iterator(lines.begin()),
                       std::make_move_iterator(lines.end()));
}

void Explanation::policies() {
  if (!wanted_ || answer_.timeout.empty()) return;
  // The rule of the matched route, with the file of its own: a delegate's rule stands there.
  const Resource* resource = nullptr;
  const model::HTTPRoute* rule = nullptr;
  std::string path;
  for (const TraceLine& each : answer_.trace) {
    if (each.stage != "route" || each.verdict != Verdict::matched || !each.path.starts_with("spec.http[")) continue;
    for (const Resource* one : view_.snapshot->virtual_services) {
      if (view::shown(*one) == each.resource) resource = one;
    }
    path = each.path.substr(0, each.path.find(']') + 1);
    const std::size_t index = std::stoul(path.substr(path.find('[') + 1));
    if (resource == nullptr || index >= resource->as<model::VirtualService>()->http.size()) return;
    rule = &resource->as<model::VirtualService>()->http[index];
  }
  const bool no_timeout = answer_.timeout == "0s";
  if (rule != nullptr && rule->timeout) {
    line("timeout", Verdict::noted, (no_timeout ? "none" : answer_.timeout) + ", as the rule says", resource, path + ".timeout");
  } else if (no_timeout) {
    line("timeout", Verdict::noted, "none: no rule sets one, and Istio's default is none");
  } else {
    line("timeout", Verdict::noted, answer_.timeout + ", as the rule that delegates says");
  }
  if (rule == nullptr && answer_.retries.empty()) {
    line("retries", Verdict::noted, "none: what no service has is not tried again");
  } else if (rule != nullptr && rule->retries) {
    line("retries", Verdict::noted, answer_.retries.empty() ? "none, as the rule says" : "as the rule says", resource,
         path + ".retries");
  } else if (view_.snapshot->settings.default_retry) {
    line("retries", Verdict::noted, "those of MeshConfig's defaultHttpRetryPolicy: no rule sets any");
  } else {
    line("retries", Verdict::noted, "Istio's default: neither a rule nor MeshConfig sets any");
  }
}

void Explanation::cluster(const std::string& name, std::size_t endpoints, bool usable) {
  if (!wanted_) return;
  const auto* rule = name.starts_with("outbound|") ? view_.destination_rule(host_of_cluster(name)) : nullptr;
  const std::string shaped = rule != nullptr ? ", shaped by " + view::shown(*rule->resource) : "";
  if (usable && endpoints == 0) {
    line("cluster", Verdict::matched, name + " forwards to the address that the client asked for" + shaped,
         rule != nullptr ? rule->resource : nullptr, "spec");
    return;
  }
  line("cluster", usable ? Verdict::matched : Verdict::skipped,
       name + " has " + std::to_string(endpoints) + (endpoints == 1 ? " endpoint" : " endpoints") + shaped +
           (usable ? "" : ": 503 UH"),
       rule != nullptr ? rule->resource : nullptr, "spec");
  if (usable) return;
  for (auto& reason : view::why_no_endpoints(view_, name))
    line("endpoints", Verdict::noted, std::move(reason.text), reason.resource, reason.path);
}

void Explanation::no_cluster(const std::string& name) {
  if (!wanted_) return;
  line("cluster", Verdict::skipped, "this client has no cluster " + name + ": 503 NC");
  for (auto& reason : view::why_no_cluster(view_, name))
    line("cluster", Verdict::noted, std::move(reason.text), reason.resource, reason.path);
}

}  // namespace meshroute::resolve
