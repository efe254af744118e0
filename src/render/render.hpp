#pragma once

// SPDX-License-Identifier: Apache-2.0
// Results as JSON and as text for people. The methods to_json and to_text of Report and Answer are here too.

#include <string>
#include <string_view>

#include "meshroute/inbound_answer.hpp"
#include "meshroute/view.hpp"
#include "text/json_tree.hpp"
#include "text/json_writer.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::render {

/// An empty section means all; "null" for a section that is not known.
std::string view_json(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);
/// The RouteConfigurations as Envoy's protojson, a list.
std::string envoy_routes_json(const view::ProxyView& view);
std::string view_text(const view::ProxyView& view, std::string_view section, const ViewFilter& filter);

/// `inbound` and `client_tls`: what a sidecar does as a server, and how it calls servers.
bool is_server_section(std::string_view section);
text::Json server_json(const view::ProxyView& view, std::string_view section);
std::string server_text(const view::ProxyView& view, std::string_view section);

/// The contract's forms.
void write(text::JsonWriter& json, const Answer& answer);
void write(text::JsonWriter& json, const InboundAnswer& answer);
/// The member `name`: the reasons of an answer.
void write_trace(text::JsonWriter& json, std::string_view name, const std::vector<TraceLine>& trace);
std::string trace_text(const std::vector<TraceLine>& trace, bool colour, bool hints = false);

std::string inbound_answer_text(const InboundAnswer& answer, bool explain, bool colour);

}  // namespace meshroute::render
