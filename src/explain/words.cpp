// SPDX-License-Identifier: Apache-2.0
// Phrases that answers, reasons and findings share, and the near names that a host may have meant.
#include "explain/words.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "match/hosts.hpp"
#include "text/edit_distance.hpp"
#include "text/list.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

namespace {

std::string or_none(const Labels& labels) { return labels.empty() ? "none" : labels_text(labels); }

std::string listed(const std::set<std::string>& texts) { return text::join({texts.begin(), texts.end()}); }

std::string_view first_label(std::string_view host) { return host.substr(0, host.find('.')); }

}  // namespace

std::string labels_text(const Labels& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

std::string not_exported(const std::vector<std::string>& export_to, const std::string& owner, const std::string& client,
                         bool written) {
  if (text::contains(export_to, "*") || text::contains(export_to, client) || (text::contains(export_to, ".") && owner == client))
    return {};
  return "it is not exported to namespace " + client + (written ? " (exportTo: " : " (MeshConfig's default exportTo: ") +
         text::join(export_to) + ")";
}

std::string why_not_merged(const registry::Service& first, const registry::Service& later) {
  const auto both = [](const std::string& attribute, const std::string& one, const std::string& two) {
    return attribute + (attribute == "labels" ? " differ: " : " differs: ") + one + " / " + two;
  };
  if (first.namespace_ != later.namespace_) return both("namespace", first.namespace_, later.namespace_);
  if (first.kubernetes && !later.kubernetes) return "a Kubernetes Service goes before a ServiceEntry";
  if (first.resolution != later.resolution)
    return both("resolution", std::string(view::resolution_text(first.resolution)),
                std::string(view::resolution_text(later.resolution)));
  const Labels mine = first.selector.value_or(Labels{}), its = later.selector.value_or(Labels{});
  if (mine != its) return both(first.kubernetes ? "selector" : "workloadSelector", or_none(mine), or_none(its));
  if (first.labels != later.labels) return both("labels", or_none(first.labels), or_none(later.labels));
  const std::set<std::string> here(first.export_to.begin(), first.export_to.end());
  const std::set<std::string> there(later.export_to.begin(), later.export_to.end());
  if (here != there) return both("exportTo", listed(here), listed(there));
  if (first.default_export_to != later.default_export_to)
    return both("exportTo", first.default_export_to ? "not set" : listed(here),
                later.default_export_to ? "not set" : listed(there));
  return {};
}

std::string ports_text(const registry::Service& service) {
  std::vector<std::string> numbers;
  for (const auto& port : service.ports) {
    std::string number = std::to_string(port.number);
    if (!text::contains(numbers, number)) numbers.push_back(std::move(number));
  }
  return text::join(numbers);
}

const registry::Service* nearest_service(const registry::Snapshot& snapshot, std::string_view host, std::string_view namespace_) {
  constexpr std::size_t kMost = 2;
  const std::string_view asked = first_label(host);
  // A name of two labels or of the cluster may be a Service's with a wrong tail; of any other name all counts.
  const std::string tail = ".svc." + snapshot.settings.domain_suffix;
  const bool short_name = std::count(host.begin(), host.end(), '.') < 2 || host.ends_with(".svc") || host.ends_with(tail);
  const registry::Service* near = nullptr;
  std::size_t best = 2 * kMost + 2;
  for (const auto& service : snapshot.services) {
    if (service->resource == nullptr || match::is_wildcard(service->hostname)) continue;
    std::size_t letters = text::distance(service->hostname, host, kMost);
    if (short_name) {
      const std::string_view name = first_label(service->hostname);
      const std::size_t most = std::max(asked.size(), name.size()) < 5 ? 1 : kMost;
      if (const std::size_t of_name = text::distance(name, asked, most); of_name <= most) letters = std::min(letters, of_name);
    }
    if (letters > kMost) continue;
    const std::size_t rank = 2 * letters + (service->namespace_ == namespace_ ? 0 : 1);
    if (rank >= best) continue;
    best = rank;
    near = service.get();
  }
  return near;
}

bool between_slashes(const std::string& regex, bool path) {
  if (regex.size() > 2 && regex.starts_with('/') && regex.ends_with('/') &&
      (!path || regex.starts_with("/^") || regex.ends_with("$/")))
    return true;
  const auto last = regex.rfind('/');
  return regex.size() > 2 && regex[0] == '/' && last > 0 && regex.find("\\/") != std::string::npos && regex[last - 1] != '\\' &&
         regex.find_first_not_of("gimsuy", last + 1) == std::string::npos;
}

const Labels* selector_of(const registry::Service& service) {
  const auto* entry = service.resource != nullptr ? service.resource->as<model::ServiceEntry>() : nullptr;
  if (entry != nullptr) return entry->workload_selector ? &entry->workload_selector->labels : nullptr;
  return service.selector && !service.selector->empty() ? &*service.selector : nullptr;
}

}  // namespace meshroute::explain
