// SPDX-License-Identifier: Apache-2.0
// The sections of a view as JSON and as tables.
#include <algorithm>
#include <array>

#include "envoy/cluster_writer.hpp"
#include "envoy/listener_writer.hpp"
#include "envoy/route_writer.hpp"
#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_writer.hpp"
#include "view/inbound/inbound.hpp"
#include "view/messages.hpp"
#include "view/rows.hpp"
#include "view/wanted.hpp"

namespace meshroute::render {

namespace {

using Json = text::Json;
constexpr std::array<std::string_view, 5> kSections{"services", "clusters", "endpoints", "routes", "listeners"};

/// Null for a section that is not known, and for routes, which are written as they are made.
const Json* section_of(const view::ProxyView& view, std::string_view section) {
  if (section == "services") return &view.services_json();
  if (section == "clusters") return &view.clusters_json();
  if (section == "endpoints") return &view.endpoints_json();
  if (section == "listeners") return &view.listeners_json();
  return nullptr;
}

/// Those entries of a section whose typed counterparts, which stand in the same order, are wanted.
template <class List, class Wants>
Json kept_of(const Json& section, const List& typed, const Wants& wants) {
  Json kept = Json::array();
  auto entry = section.begin();
  for (const auto& each : typed) {
    if (wants(each)) kept.push_back(*entry);
    ++entry;
  }
  return kept;
}

Json filtered(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  const Json& all = *section_of(view, section);
  if (wanted.everything()) return all;
  if (section == "services")
    return kept_of(all, view.scope.services, [&](const auto& service) { return wanted.service(*service); });
  if (section == "clusters")
    return kept_of(all, view.clusters(), [&](const auto& cluster) { return wanted.cluster(cluster.name); });
  if (section == "endpoints")
    return kept_of(all, view.assignments(), [&](const auto* assignment) { return wanted.cluster(assignment->cluster); });
  return kept_of(all, view.listeners(), [&](const auto& listener) { return wanted.listener(view, listener); });
}

void write_section(text::JsonWriter& json, const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  const view::Wanted wanted(filter);
  if (section == "routes") return view.write_routes(json, wanted);
  if (is_server_section(section)) return server_json(view, section).write(json);
  const Json* all = section_of(view, section);
  if (all == nullptr) return json.null();
  if (wanted.everything()) return all->write(json);
  filtered(view, section, filter).write(json);
}

}  // namespace

std::string view_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty) {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  if (!section.empty()) {
    write_section(json, view, section, filter);
    return text;
  }
  json.begin_object();
  for (const auto each : kSections) {
    json.key(each);
    write_section(json, view, each, filter);
  }
  for (const auto each : {"inbound", "client_tls"}) {
    if (view.proxy.type == Proxy::Type::router && std::string_view(each) != "inbound") continue;
    json.key(each);
    server_json(view, each).write(json);
  }
  json.end_object();
  return text;
}

std::string envoy_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty) {
  const view::Wanted wanted(filter);
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  if (section == "routes") {
    view::write_tables(view, json, wanted, envoy::Form::protojson);
    return text;
  }
  json.begin_list();
  if (section == "listeners") {
    for (const view::Listener& listener : view.listeners()) {
      if (wanted.listener(view, listener)) envoy::write(json, view::listener_message(view, listener));
    }
    if (wanted.everything() && view.proxy.type == Proxy::Type::sidecar) {
      for (const view::InboundListener& listener : view.inbound().listeners)
        envoy::write(json, view::inbound_message(view, listener));
    }
  } else {
    for (const view::Cluster& cluster : view.clusters()) {
      if (!wanted.cluster(cluster.name)) continue;
      if (section == "clusters") {
        envoy::write(json, view::cluster_message(view, cluster));
      } else if (const auto* assignment = view.assignment(cluster.name)) {
        envoy::write(json, view::assignment_message(view, cluster, assignment));
      }
    }
    if (section == "clusters" && wanted.everything() && view.proxy.type == Proxy::Type::sidecar) {
      for (const view::InboundCluster& cluster : view.inbound().clusters)
        envoy::write(json, view::inbound_message(view, cluster));
    }
  }
  json.end_list();
  return text;
}

std::string view_text(const view::ProxyView& view, std::string_view section, const ViewFilter& filter) {
  if (is_server_section(section)) return printable(server_text(view, section));
  std::string text;
  for (const auto each : kSections) {
    if (!section.empty() && each != section) continue;
    if (section.empty()) text += (text.empty() ? "" : "\n") + std::string(each) + "\n";
    text += section_table(view, each, filter);
  }
  return printable(text);
}

std::string resources_json(const registry::Snapshot& snapshot, bool pretty) {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  json.begin_list();
  for (const auto& resource : snapshot.resources) {
    const Identity& identity = resource->identity;
    json.begin_object();
    json.member("cluster", identity.cluster);
    json.member("group", identity.group);
    json.member("kind", identity.kind);
    json.some("namespace", identity.namespace_);
    json.member("name", identity.name);
    if (resource->origin.source != nullptr) {
      json.member("source", resource->origin.source->name);
      json.member("line", resource->origin.line);
    }
    json.end_object();
  }
  json.end_list();
  return text;
}

}  // namespace meshroute::render
