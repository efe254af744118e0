// SPDX-License-Identifier: Apache-2.0
// What Istio's webhook says of an EnvoyFilter.

#include <algorithm>

#include "admission/common.hpp"
#include "envoy/messages.hpp"
#include "text/document.hpp"

namespace meshroute::admission {
namespace {

using model::EnvoyFilter;
using ApplyTo = EnvoyFilter::ApplyTo;
using Operation = EnvoyFilter::Patch::Operation;

constexpr std::size_t kLongestVersion = 1024;
constexpr std::string_view kConnectionManager = "envoy.filters.network.http_connection_manager";

/// Names of filters that Envoy no longer has, and those that it has for them.
constexpr std::pair<std::string_view, std::string_view> kOldNames[] = {
    {"envoy.buffer", "envoy.filters.http.buffer"},
    {"envoy.client_ssl_auth", "envoy.filters.network.client_ssl_auth"},
    {"envoy.cors", "envoy.filters.http.cors"},
    {"envoy.csrf", "envoy.filters.http.csrf"},
    {"envoy.ext_authz", "envoy.filters.http.ext_authz"},
    {"envoy.fault", "envoy.filters.http.fault"},
    {"envoy.grpc_http1_bridge", "envoy.filters.http.grpc_http1_bridge"},
    {"envoy.grpc_json_transcoder", "envoy.filters.http.grpc_json_transcoder"},
    {"envoy.grpc_web", "envoy.filters.http.grpc_web"},
    {"envoy.gzip", "envoy.filters.http.gzip"},
    {"envoy.health_check", "envoy.filters.http.health_check"},
    {"envoy.http_connection_manager", kConnectionManager},
    {"envoy.http_dynamo_filter", "envoy.filters.http.dynamo"},
    {"envoy.ip_tagging", "envoy.filters.http.ip_tagging"},
    {"envoy.listener.http_inspector", "envoy.filters.listener.http_inspector"},
    {"envoy.listener.original_dst", "envoy.filters.listener.original_dst"},
    {"envoy.listener.original_src", "envoy.filters.listener.original_src"},
    {"envoy.listener.proxy_protocol", "envoy.filters.listener.proxy_protocol"},
    {"envoy.listener.tls_inspector", "envoy.filters.listener.tls_inspector"},
    {"envoy.lua", "envoy.filters.http.lua"},
    {"envoy.mongo_proxy", "envoy.filters.network.mongo_proxy"},
    {"envoy.rate_limit", "envoy.filters.http.ratelimit"},
    {"envoy.ratelimit", "envoy.filters.network.ratelimit"},
    {"envoy.redis_proxy", "envoy.filters.network.redis_proxy"},
    {"envoy.router", "envoy.filters.http.router"},
    {"envoy.squash", "envoy.filters.http.squash"},
    {"envoy.tcp_proxy", "envoy.filters.network.tcp_proxy"},
};

void check_old_name(Walk& walk, std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kOldNames), std::end(kOldNames), [&](const auto& pair) { return pair.first == name; });
  if (found == std::end(kOldNames)) return;
  walk.warn_at("name", "EF0107", quote(name) + " is an old name of a filter", "write " + std::string(found->second));
}

/// False where Istio looks no further at the patch.
bool check_filter_match(Walk& walk, ApplyTo apply_to, const EnvoyFilter::ListenerMatch::FilterMatch& filter) {
  const Walk::Step step(walk, "match.listener.filterChain.filter");
  if (apply_to == ApplyTo::LISTENER || apply_to == ApplyTo::FILTER_CHAIN) {
    walk.warn("EF0107", "the match of a filter has no effect for this applyTo", "remove `filter`");
  }
  const auto refuse = [&walk](std::string message) {
    walk.error("EF0105", std::move(message));
    return false;
  };
  if (filter.name.empty()) return refuse("the match of a filter needs its name");
  if (filter.sub_filter) {
    if (apply_to != ApplyTo::HTTP_FILTER) return refuse("subFilter can be matched only with applyTo HTTP_FILTER");
    if (filter.name != kConnectionManager && filter.name != "envoy.http_connection_manager") {
      return refuse("subFilter needs a match of the filter " + std::string(kConnectionManager));
    }
    if (filter.sub_filter->name.empty()) return refuse("the match of a subFilter needs its name");
  }
  check_old_name(walk, filter.name);
  if (filter.sub_filter) {
    const Walk::Step inner(walk, "subFilter");
    check_old_name(walk, filter.sub_filter->name);
  }
  return true;
}

/// False where Istio looks no further at the patch.
bool check_match(Walk& walk, ApplyTo apply_to, const EnvoyFilter::EnvoyConfigObjectMatch& match) {
  const bool any = match.listener || match.route_configuration || match.cluster || match.waypoint;
  switch (apply_to) {
    case ApplyTo::LISTENER:
    case ApplyTo::FILTER_CHAIN:
    case ApplyTo::NETWORK_FILTER:
    case ApplyTo::HTTP_FILTER:
      if (any && !match.listener) {
        walk.error_at("match", "EF0104", "a patch of listeners and their filters needs a match of the listener");
        return false;
      }
      if (match.listener && match.listener->filter_chain && match.listener->filter_chain->filter) {
        return check_filter_match(walk, apply_to, *match.listener->filter_chain->filter);
      }
      break;
    case ApplyTo::ROUTE_CONFIGURATION:
    case ApplyTo::VIRTUAL_HOST:
    case ApplyTo::HTTP_ROUTE:
      if (any && !match.route_configuration) {
        walk.error_at("match", "EF0104", "a patch of routes needs a match of the routeConfiguration");
      }
      break;
    case ApplyTo::CLUSTER:
      if (any && !match.cluster) walk.error_at("match", "EF0104", "a patch of clusters needs a match of the cluster");
      break;
    default:
      break;
  }
  return true;
}

/// The message of Envoy that a patch is a part of; empty for none.
std::string_view message_of(ApplyTo apply_to) {
  switch (apply_to) {
    case ApplyTo::LISTENER:
      return "envoy.config.listener.v3.Listener";
    case ApplyTo::FILTER_CHAIN:
      return "envoy.config.listener.v3.FilterChain";
    case ApplyTo::NETWORK_FILTER:
      return "envoy.config.listener.v3.Filter";
    case ApplyTo::HTTP_FILTER:
      return "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";
    case ApplyTo::ROUTE_CONFIGURATION:
      return "envoy.config.route.v3.RouteConfiguration";
    case ApplyTo::VIRTUAL_HOST:
      return "envoy.config.route.v3.VirtualHost";
    case ApplyTo::HTTP_ROUTE:
      return "envoy.config.route.v3.Route";
    case ApplyTo::CLUSTER:
      return "envoy.config.cluster.v3.Cluster";
    case ApplyTo::EXTENSION_CONFIG:
      return "envoy.config.core.v3.TypedExtensionConfig";
    case ApplyTo::BOOTSTRAP:
      return "envoy.config.bootstrap.v3.Bootstrap";
    case ApplyTo::LISTENER_FILTER:
      return "envoy.config.listener.v3.ListenerFilter";
    case ApplyTo::INVALID:
      break;
  }
  return {};
}

void check_value(Walk& walk, ApplyTo apply_to, const EnvoyFilter::Patch& change) {
  const std::string_view message = message_of(apply_to);
  if (message.empty()) return walk.error_at("applyTo", "EF0106", "Envoy has no object for this applyTo");
  const text::Stream stream = text::read(change.value->json, "value", Format::json, Limits{});
  if (stream.documents.size() != 1 || !stream.documents.front().readable) return;
  // A merge may leave out what is there already.
  const bool whole = change.operation != Operation::MERGE && change.operation != Operation::REMOVE;
  const Walk::Step step(walk, "patch.value");
  using Kind = envoy::MessageProblem::Kind;
  for (envoy::MessageProblem& problem : envoy::check_message(stream.documents.front().root, message)) {
    if (problem.kind == Kind::wrong) {
      walk.error_at(problem.path, "EF0106", std::move(problem.message), std::move(problem.hint));
    } else if (problem.kind == Kind::unknown_field) {
      walk.warn_at(problem.path, "EF0108", std::move(problem.message), std::move(problem.hint));
    } else if (whole) {
      walk.warn_at(problem.path, "EF0107", std::move(problem.message), std::move(problem.hint));
    }
  }
}

void check_patch(Walk& walk, const EnvoyFilter::EnvoyConfigObjectPatch& patch) {
  if (patch.match && patch.match->context == EnvoyFilter::PatchContext::WAYPOINT) return;  // Istio checks nothing of these
  if (patch.apply_to == ApplyTo::INVALID) return walk.error_at("applyTo", "EF0102", "applyTo is missing");
  if (!patch.patch) return walk.error_at("patch", "EF0102", "the patch is missing");
  const EnvoyFilter::Patch& change = *patch.patch;
  if (change.operation == Operation::INVALID) return walk.error_at("patch.operation", "EF0102", "the operation is missing");
  if (change.operation != Operation::REMOVE && !change.value) {
    return walk.error_at("patch.value", "EF0102", "only the operation REMOVE has no value");
  }
  if (patch.match && patch.match->proxy && !patch.match->proxy->proxy_version.empty()) {
    const std::string& version = patch.match->proxy->proxy_version;
    const Walk::Step step(walk, "match.proxy.proxyVersion");
    if (version.size() > kLongestVersion) {
      walk.warn("EF0107", "Istio ignores a proxyVersion of more than 1024 bytes", "write a shorter expression");
    } else if (!walk.check("EF0103", check_regex(version, "proxyVersion"))) {
      return;
    }
  }
  if (patch.match && !check_match(walk, patch.apply_to, *patch.match)) return;
  if (change.value) check_value(walk, patch.apply_to, change);
}

}  // namespace

void validate_envoy_filter(Walk& walk, const EnvoyFilter& filter) {
  if (filter.workload_selector) {
    const std::size_t before = walk.errors();
    const Walk::Step step(walk, "workloadSelector");
    check_selector_labels(walk, filter.workload_selector->labels);
    if (walk.errors() != before) return;
  }
  walk.warn("EF0101", "an EnvoyFilter depends on how Istio makes Envoy's configuration, which every version may change",
            "use another kind of Istio where one does the same");
  if (filter.workload_selector && filter.workload_selector->labels.empty()) {
    walk.warn_at("workloadSelector", "KX0107", "the selector has no labels: every proxy of the namespace gets the patches");
  }
  for (std::size_t i = 0; i < filter.config_patches.size(); ++i) {
    const Walk::Step step(walk, "configPatches", i);
    check_patch(walk, filter.config_patches[i]);
  }
}

}  // namespace meshroute::admission
