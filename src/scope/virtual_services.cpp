// SPDX-License-Identifier: Apache-2.0
// VirtualServices with expanded names and merged delegates.

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "match/cidr.hpp"
#include "registry/text.hpp"
#include "schema/memory.hpp"
#include "scope/lookup.hpp"
#include "scope/scope.hpp"

namespace meshroute::scope {

namespace {

using model::HTTPMatchRequest;
using model::HTTPRoute;
using model::StringMatch;

std::string expand_gateway(const std::string& gateway, const std::string& namespace_) {  // A4
  if (gateway == "mesh") return gateway;
  const auto slash = gateway.find('/');
  if (slash != std::string::npos) return gateway.substr(0, slash) == "." ? namespace_ + gateway.substr(slash) : gateway;
  const auto dot = gateway.find('.');
  if (dot == std::string::npos) return namespace_ + "/" + gateway;
  const auto end = gateway.find('.', dot + 1);
  return gateway.substr(dot + 1, end == std::string::npos ? end : end - dot - 1) + "/" + gateway.substr(0, dot);
}

/// Calls `host(name)` and `gateway(name)` for each of the names that A1 and A4 expand.
template <class Spec, class Host, class Gateway>
void each_name(Spec& spec, const Host& host, const Gateway& gateway) {
  const auto destination = [&](auto& to) {
    if (to) host(to->host);
  };
  const auto rules = [&](auto& all) {
    for (auto& rule : all) {
      for (auto& match : rule.match) std::for_each(match.gateways.begin(), match.gateways.end(), gateway);
      for (auto& route : rule.route) destination(route.destination);
    }
  };
  std::for_each(spec.hosts.begin(), spec.hosts.end(), host);
  std::for_each(spec.gateways.begin(), spec.gateways.end(), gateway);
  rules(spec.http);
  for (auto& rule : spec.http) {
    destination(rule.mirror);
    for (auto& mirror : rule.mirrors) destination(mirror.destination);
  }
  rules(spec.tls);
  rules(spec.tcp);
}

bool short_host(const std::string& host) {
  return !host.empty() && host != "*" && host.find('.') == std::string::npos && !match::is_ip(host);
}

/// Whether every name is whole as it is written: most are.
bool names_are_whole(const model::VirtualService& spec) {
  bool whole = true;
  each_name(
      spec, [&whole](const std::string& host) { whole = whole && !short_host(host); },
      [&whole](const std::string& gateway) {
        whole = whole && (gateway == "mesh" || (gateway.find('/') != std::string::npos && !gateway.starts_with("./")));
      });
  return whole;
}

// A2.
model::VirtualService expanded(const model::VirtualService& given, const std::string& namespace_, const std::string& domain) {
  model::VirtualService spec = given;
  each_name(
      spec, [&](std::string& host) { host = expand_host(host, namespace_, domain); },
      [&](std::string& gateway) { gateway = expand_gateway(gateway, namespace_); });
  return spec;
}

bool conflicts(const StringMatch& root, const StringMatch& leaf) {  // F1.8
  const auto set = [](const std::optional<std::string>& text) { return text && !text->empty(); };
  if (set(root.regex) && (set(leaf.regex) || set(leaf.prefix) || set(leaf.exact))) return true;
  if (set(leaf.regex) && (set(root.regex) || set(root.prefix) || set(root.exact))) return true;
  if (set(root.exact)) return set(leaf.prefix) || leaf.exact.value_or("") != *root.exact;
  if (set(root.prefix)) {
    if (set(leaf.prefix)) return !leaf.prefix->starts_with(*root.prefix);
    if (set(leaf.exact)) return !leaf.exact->starts_with(*root.prefix);
  }
  return true;
}
bool conflicts(const std::optional<StringMatch>& root, const std::optional<StringMatch>& leaf) {
  return root && leaf && conflicts(*root, *leaf);
}
bool conflicts(const std::map<std::string, StringMatch>& root, const std::map<std::string, StringMatch>& leaf) {
  return std::any_of(root.begin(), root.end(), [&](const auto& entry) {
    const auto found = leaf.find(entry.first);
    return found != leaf.end() && conflicts(entry.second, found->second);
  });
}

/// F1.7: the field that conflicts, or null.
const char* conflict(const HTTPMatchRequest& root, const HTTPMatchRequest& leaf) {
  if (conflicts(root.uri, leaf.uri)) return "uri";
  if (conflicts(root.scheme, leaf.scheme)) return "scheme";
  if (conflicts(root.method, leaf.method)) return "method";
  if (conflicts(root.authority, leaf.authority)) return "authority";
  if (conflicts(root.headers, leaf.headers)) return "headers";
  if (conflicts(root.without_headers, leaf.without_headers)) return "withoutHeaders";
  if (conflicts(root.query_params, leaf.query_params)) return "queryParams";
  if (root.ignore_uri_case != leaf.ignore_uri_case) return "ignoreUriCase";
  if (root.port != 0 && leaf.port != 0 && root.port != leaf.port) return "port";
  if (!root.source_namespace.empty() && root.source_namespace != leaf.source_namespace) return "sourceNamespace";
  for (const auto& [key, value] : root.source_labels) {
    const auto found = leaf.source_labels.find(key);
    if (found != leaf.source_labels.end() && found->second != value) return "sourceLabels";
  }
  if (root.gateways.empty() || leaf.gateways.empty()) return nullptr;
  const bool narrower = root.gateways.size() >= leaf.gateways.size() &&
                        std::all_of(leaf.gateways.begin(), leaf.gateways.end(), [&](const std::string& name) {
                          return std::find(root.gateways.begin(), root.gateways.end(), name) != root.gateways.end();
                        });
  return narrower ? nullptr : "gateways";
}

HTTPMatchRequest merged(const HTTPMatchRequest& root, const HTTPMatchRequest& leaf) {  // F1.6
  HTTPMatchRequest match = leaf;
  match.name = root.name.empty() ? leaf.name : leaf.name.empty() ? root.name : root.name + "-" + leaf.name;
  if (!match.uri) match.uri = root.uri;
  if (!match.scheme) match.scheme = root.scheme;
  if (!match.method) match.method = root.method;
  if (!match.authority) match.authority = root.authority;
  if (match.port == 0) match.port = root.port;
  if (match.source_namespace.empty()) match.source_namespace = root.source_namespace;
  if (match.gateways.empty()) match.gateways = root.gateways;
  if (match.stat_prefix.empty()) match.stat_prefix = root.stat_prefix;
  match.headers.insert(root.headers.begin(), root.headers.end());
  match.without_headers.insert(root.without_headers.begin(), root.without_headers.end());
  match.query_params.insert(root.query_params.begin(), root.query_params.end());
  match.source_labels.insert(root.source_labels.begin(), root.source_labels.end());
  return match;
}

/// F1.5. Nothing where they conflict; `field` says in what.
std::optional<std::vector<HTTPMatchRequest>> merged(const std::vector<HTTPMatchRequest>& root,
                                                    const std::vector<HTTPMatchRequest>& leaf, const char*& field) {
  if (root.empty()) return leaf;  // F1.5
  if (leaf.empty()) return root;
  std::vector<HTTPMatchRequest> matches;
  for (const auto& one : leaf) {
    const auto before = matches.size();
    for (const auto& other : root) {
      const char* found = conflict(other, one);
      if (found == nullptr) {
        matches.push_back(merged(other, one));
      } else {
        field = found;
      }
    }
    if (matches.size() == before) return std::nullopt;
  }
  return matches;
}

std::optional<HTTPRoute> merged(const HTTPRoute& root, const HTTPRoute& leaf, const char*& field) {  // F1.4
  auto matches = merged(root.match, leaf.match, field);
  if (!matches) return std::nullopt;
  HTTPRoute rule = leaf;
  rule.match = std::move(*matches);
  rule.name = leaf.name.empty() ? root.name : root.name.empty() ? leaf.name : root.name + "-" + leaf.name;
  if (!rule.rewrite) rule.rewrite = root.rewrite;
  if (!rule.direct_response) rule.direct_response = root.direct_response;
  if (!rule.timeout) rule.timeout = root.timeout;
  if (!rule.retries) rule.retries = root.retries;
  if (!rule.fault) rule.fault = root.fault;
  if (!rule.mirror) rule.mirror = root.mirror;
  if (!rule.mirror_percent) rule.mirror_percent = root.mirror_percent;
  if (!rule.mirror_percentage) rule.mirror_percentage = root.mirror_percentage;
  if (!rule.cors_policy) rule.cors_policy = root.cors_policy;
  if (rule.mirrors.empty()) rule.mirrors = root.mirrors;
  if (!rule.headers) rule.headers = root.headers;
  return rule;
}

}  // namespace

std::string expand_host(const std::string& host, const std::string& namespace_, const std::string& domain) {
  if (!short_host(host)) return host;
  return host + (namespace_.empty() ? "" : "." + namespace_) + (domain.empty() ? "" : ".svc." + domain);
}

namespace {

using Delegates = std::map<std::pair<std::string, std::string>, const Resource*>;

bool delegates_any(const model::VirtualService& spec) {
  return std::any_of(spec.http.begin(), spec.http.end(), [](const HTTPRoute& rule) { return rule.delegate.has_value(); });
}

VirtualServicePtr merged(const Resource* resource, const Delegates& delegates, const registry::Settings& settings) {
  const std::string& domain = settings.domain_suffix;
  const std::string& namespace_ = resource->identity.namespace_;
  const auto& given = std::get<std::shared_ptr<const model::VirtualService>>(resource->spec);
  auto entry = std::make_shared<VirtualServiceEntry>();
  entry->resource = resource;
  entry->config = "/apis/networking.istio.io/v1/namespaces/" + namespace_ + "/virtual-service/" + resource->identity.name;
  if (!delegates_any(*given)) {
    entry->http_origins.reserve(given->http.size());
    for (std::size_t index = 0; index < given->http.size(); ++index)
      entry->http_origins.push_back({resource, "spec.http[" + std::to_string(index) + "]", true, index});
    entry->spec =
        names_are_whole(*given) ? given : std::make_shared<const model::VirtualService>(expanded(*given, namespace_, domain));
    return entry;
  }
  model::VirtualService spec = expanded(*given, namespace_, domain);
  std::vector<HTTPRoute> rules;
  std::vector<RuleOrigin> origins;
  std::vector<Undelegated> undelegated;
  for (std::size_t index = 0; index < spec.http.size(); ++index) {  // F1.3
    HTTPRoute& rule = spec.http[index];
    if (!rule.delegate) {
      rules.push_back(std::move(rule));
      origins.push_back({resource, "spec.http[" + std::to_string(index) + "]", true, index});
      continue;
    }
    const std::string& in = rule.delegate->namespace_.empty() ? namespace_ : rule.delegate->namespace_;
    const auto found = delegates.find({in, rule.delegate->name});
    const std::string path = "spec.http[" + std::to_string(index) + "]", name = in + "/" + rule.delegate->name;
    if (found == delegates.end()) {
      undelegated.push_back({Undelegated::Reason::missing, path, nullptr, {}, {}, rules.size(), name});
      continue;
    }
    const auto* leaf = found->second->as<model::VirtualService>();
    const auto& export_to = leaf->export_to.empty() ? settings.virtual_service_export_to : leaf->export_to;
    const bool exported = std::any_of(export_to.begin(), export_to.end(), [&](const std::string& to) {
      return to == "*" || to == namespace_ || (to == "." && in == namespace_);
    });
    if (!exported) {
      undelegated.push_back({Undelegated::Reason::not_exported, path, found->second, {}, {}, rules.size(), name});
      continue;
    }
    const model::VirtualService delegate = expanded(*leaf, in, domain);
    for (std::size_t inner = 0; inner < delegate.http.size(); ++inner) {
      const char* field = "";
      auto both = merged(rule, delegate.http[inner], field);
      const std::string inner_path = "spec.http[" + std::to_string(inner) + "]";
      if (!both) {
        undelegated.push_back({Undelegated::Reason::conflict, path, found->second, inner_path, field, rules.size(), name});
        continue;
      }
      rules.push_back(std::move(*both));
      origins.push_back({found->second, inner_path, rule.match.empty(), index});
    }
  }
  spec.http = std::move(rules);
  entry->http_origins = std::move(origins);
  entry->undelegated = std::move(undelegated);
  entry->spec = std::make_shared<const model::VirtualService>(std::move(spec));
  return entry;
}

struct Merged : registry::Base::Shared {
  std::shared_ptr<const std::vector<registry::ResourcePtr>> owned;  ///< so that no other resource has the address of one of them
  std::vector<VirtualServicePtr> entries;
  std::unordered_map<const Resource*, VirtualServicePtr> alone;  ///< those without a merged delegate

  void count(text::Heap& heap) const override {
    heap.blocks(1, sizeof *this + text::Heap::kControl);
    heap.list(entries);
    for (const VirtualServicePtr& entry : entries) {
      if (!heap.shared(entry)) continue;
      if (heap.shared(entry->spec)) schema::count(heap, *entry->spec);
      heap.list(entry->http_origins);
      heap.list(entry->undelegated);
      heap.text(entry->config);
    }
    heap.table(alone);
  }
};

std::shared_ptr<const Merged> merge_all(const registry::Base& base, const Merged* earlier) {
  auto all = std::make_shared<Merged>();
  all->owned = base.owned;
  Delegates delegates;
  for (const Resource* resource : base.virtual_services) {
    if (resource->as<model::VirtualService>()->hosts.empty())
      delegates[{resource->identity.namespace_, resource->identity.name}] = resource;
  }
  for (const Resource* resource : base.virtual_services) {
    const auto& spec = *resource->as<model::VirtualService>();
    if (spec.hosts.empty()) continue;  // F1.2
    VirtualServicePtr entry;
    if (earlier != nullptr) {
      if (const auto known = earlier->alone.find(resource); known != earlier->alone.end()) entry = known->second;
    }
    if (entry == nullptr) entry = merged(resource, delegates, *base.settings);
    if (!delegates_any(spec)) all->alone.emplace(resource, entry);
    all->entries.push_back(std::move(entry));
  }
  return all;
}

}  // namespace

const std::vector<VirtualServicePtr>& merged_virtual_services(const registry::Snapshot& snapshot) {
  const registry::Base& base = *snapshot.base;
  const std::lock_guard lock(base.shared_mutex);
  if (base.shared == nullptr) {
    base.shared = merge_all(base, dynamic_cast<const Merged*>(base.earlier.get()));
    base.earlier.reset();
  }
  return dynamic_cast<const Merged&>(*base.shared).entries;
}

}  // namespace meshroute::scope
