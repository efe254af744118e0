#pragma once

// SPDX-License-Identifier: Apache-2.0
// Results as JSON and as text for people. The methods to_json and to_text of Report and Answer are here too.

#include <string>
#include <string_view>

#include "meshroute/inbound_answer.hpp"
#include "meshroute/journey.hpp"
#include "meshroute/view.hpp"
#include "text/json_tree.hpp"
#include "text/json_writer.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::render {

/// An empty section means all; "null" for a section that is not known.
std::string view_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty);
/// The five sections of outbound traffic, with their rows whole.                 view_rows.cpp
std::string rows_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty);
/// A section, "clusters", "endpoints", "routes" or "listeners", as a list of Envoy's messages in protojson.
std::string envoy_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter, bool pretty);
std::string view_text(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);

/// A section as a table for people.                                             view_tables.cpp
std::string section_table(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);

/// Names and places of resources.
std::string resources_json(const registry::Snapshot& snapshot, bool pretty);

/// `inbound` and `client_tls`: what a sidecar does as a server, and how it calls servers.
bool is_server_section(std::string_view section);
text::Json server_json(const view::ProxyView& view, std::string_view section);
std::string server_text(const view::ProxyView& view, std::string_view section);

/// The contract's forms.
void write(text::JsonWriter& json, const Answer& answer);
void write(text::JsonWriter& json, const InboundAnswer& answer);
void write(text::JsonWriter& json, const Journey& journey);
/// The member `name`: the reasons of an answer.
void write_trace(text::JsonWriter& json, std::string_view name, const std::vector<TraceLine>& trace);
std::string trace_text(const std::vector<TraceLine>& trace, bool colour, bool hints = false);

std::string inbound_answer_text(const InboundAnswer& answer, bool explain, bool colour);

}  // namespace meshroute::render
