#pragma once

// SPDX-License-Identifier: Apache-2.0
// What every entry point shares: the handles, and the wall that no exception passes.

#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lists.hpp"
#include "meshroute.h"
#include "meshroute/meshroute.hpp"
#include "refuse.hpp"
#include "structs.hpp"

struct meshroute_mesh {
  meshroute::Mesh value;
};
struct meshroute_snapshot {
  meshroute::Snapshot value;
};
struct meshroute_view {
  meshroute::View value;
};
struct meshroute_report {
  meshroute::Report value;
};
/// `value`, and its lists as arrays.
struct meshroute_answer {
  meshroute::Answer value;
  meshroute::capi::Pairs labels;   ///< a row for each endpoint
  meshroute::capi::Pairs headers;  ///< of the response; added by the proxy
  meshroute::capi::Texts texts;    ///< mirrors, upstream SANs, removed headers; then what was sent and got of each changed one
  meshroute::capi::Lists<meshroute_weighted_cluster> weighted_clusters;

  /// Makes the arrays anew. Where that fails, the answer is empty.
  void index();
  void clear() noexcept;
};
struct meshroute_inbound_answer {
  meshroute::InboundAnswer value;
  meshroute::capi::Pairs asked;

  void index();
  void clear() noexcept;
};
struct meshroute_journey {
  explicit meshroute_journey(meshroute::Journey journey);

  meshroute::Journey value;
  meshroute_answer outbound;
  meshroute::capi::Texts server_sans;                              ///< a row for each hop
  std::vector<std::unique_ptr<meshroute_inbound_answer>> inbound;  ///< of each hop; null where there is no proxy
  std::vector<std::unique_ptr<meshroute_journey>> next;            ///< of each hop; null where it is no gateway
};
struct meshroute_files {
  meshroute::FolderFiles value;
};
struct meshroute_found_proxy {
  meshroute::FoundProxy value;
  meshroute::capi::Pairs labels;
};
struct meshroute_suite {
  meshroute::Suite value;
};
struct meshroute_suite_report {
  meshroute::SuiteReport value;
};
struct meshroute_witnesses {
  std::vector<meshroute::Witness> value;
  std::vector<std::string> requests;  ///< of each, as JSON
};
struct meshroute_diff {
  meshroute::Diff value;
  std::vector<std::string> requests;  ///< of each change, as JSON
  meshroute::capi::Texts proxies, resources;
};
struct meshroute_resources {
  std::vector<std::shared_ptr<const meshroute::Resource>> value;
  meshroute::Snapshot snapshot;
};
struct meshroute_reasons {
  meshroute::Reasons value;
};
struct meshroute_envoy_bootstrap {
  meshroute::EnvoyBootstrap value;
};
struct meshroute_route_table {
  meshroute::RouteTable value;
};
struct meshroute_services {
  std::vector<meshroute::ServiceRow> value;
  meshroute::capi::Pairs labels;
  meshroute::capi::Texts addresses;
  meshroute::capi::Lists<meshroute_service_port> ports;
};
struct meshroute_clusters {
  std::vector<meshroute::ClusterRow> value;
};
struct meshroute_endpoints {
  std::vector<meshroute::EndpointRow> value;
  meshroute::capi::Pairs labels;
};
struct meshroute_routes {
  std::vector<meshroute::RouteRow> value;
  meshroute::capi::Texts domains, mirrors;
  meshroute::capi::Lists<meshroute_weighted_cluster> weighted_clusters;
};
struct meshroute_listeners {
  std::vector<meshroute::ListenerRow> value;
  meshroute::capi::Texts cidrs, sni;
  meshroute::capi::Lists<meshroute_weighted_cluster> weighted_clusters;
};

namespace meshroute::capi {

/// Writes the error where the caller wants one; cuts the message between code points. Returns `code`.
meshroute_status fail(meshroute_error* error, meshroute_status code, std::string_view message) noexcept;

template <class Body>
meshroute_status guard(meshroute_error* error, Body body) noexcept {
  try {
    return body();
  } catch (const Refused& refused) {
    return fail(error, refused.code, refused.message);
  } catch (const std::bad_alloc&) {
    return fail(error, MESHROUTE_LIMIT, "out of memory");
  } catch (const std::exception& caught) {
    return fail(error, MESHROUTE_INTERNAL, caught.what());
  } catch (...) {
    return fail(error, MESHROUTE_INTERNAL, "unknown failure");
  }
}

/// Of a text that was checked before, or of the library's own.
inline std::string_view view_of(meshroute_str text) noexcept {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

/// Hands out a copy that the caller frees.
meshroute_status give(std::string_view text, meshroute_bytes* out);

/// Hands out what `make(value)` gives of a handle.
template <class Handle, class Make>
meshroute_status give_of(const char* name, const Handle* handle, meshroute_bytes* out, meshroute_error* error, Make make) {
  return guard(error, [&] {
    need(name, handle, "out", out);
    return give(make(handle->value), out);
  });
}
/// The JSON form of a handle.
template <class Handle>
meshroute_status give_json(const char* name, const Handle* handle, std::int32_t style, meshroute_bytes* out,
                           meshroute_error* error) {
  return give_of(name, handle, out, error, [&](const auto& value) { return value.to_json(pretty_of(style)); });
}

/// Fills the struct of the row at an index of a handle's list: `make(row)`.
template <class Handle, class List, class Struct, class Make>
meshroute_status fill_at(const char* name, const Handle* handle, List list, std::size_t index, Struct* out,
                         meshroute_error* error, Make make) {
  return guard(error, [&] {
    need(name, handle, "out", out);
    return fill(make(at(list(handle->value), index)), out);
  });
}

/// A line of the reasons as its struct.
inline meshroute_trace_line struct_of(const TraceLine& from) noexcept {
  meshroute_trace_line made = MESHROUTE_TRACE_LINE_INIT;
  made.stage = str_of(from.stage);
  made.resource = str_of(from.resource);
  made.path = str_of(from.path);
  made.source = str_of(from.source);
  made.text = str_of(from.text);
  made.verdict = static_cast<std::int32_t>(from.verdict);
  made.line = from.line;
  made.column = from.column;
  made.code = str_of(from.code);
  made.hint = str_of(from.hint);
  return made;
}

inline meshroute_origin struct_of(const ResourceOrigin& from) noexcept {
  return {str_of(from.kind), str_of(from.namespace_), str_of(from.name), str_of(from.source), from.line, 0};
}

inline meshroute_weighted_cluster struct_of(const WeightedCluster& from) noexcept {
  return {str_of(from.name), str_of(from.authority), from.weight, 0};
}

/// `labels` has a row for each endpoint.
inline meshroute_endpoint struct_of(const AnswerEndpoint& from, const Pairs& labels, std::size_t row) noexcept {
  meshroute_endpoint made = MESHROUTE_ENDPOINT_INIT;
  made.cluster = str_of(from.cluster);
  made.address = str_of(from.address);
  made.locality = str_of(from.locality);
  made.health = str_of(from.health);
  made.service_account = str_of(from.service_account);
  made.resource = str_of(from.resource);
  made.network = str_of(from.network);
  made.labels = labels.at(row);
  made.label_count = labels.count(row);
  made.origin = struct_of(from.origin);
  made.port = from.port;
  made.weight = from.weight;
  made.priority = from.priority;
  made.assumed = from.assumed ? 1 : 0;
  return made;
}

inline std::int64_t number_of(const std::optional<std::uint32_t>& value) noexcept {
  return value ? static_cast<std::int64_t>(*value) : -1;
}

/// The text at an index of a list; data NULL if the index is out of range.
inline meshroute_str text_at(const std::vector<std::string>& texts, std::size_t index) noexcept {
  return index < texts.size() ? str_of(texts[index]) : meshroute_str{nullptr, 0};
}

template <class Handle>
std::size_t count_of(const Handle* handle) noexcept {
  return handle == nullptr ? 0 : handle->value.size();
}

/// The memory that a handle holds; 0 for NULL, and if memory runs out.
template <class Handle>
std::size_t bytes_of(const Handle* handle) noexcept {
  try {
    return handle == nullptr ? 0 : handle->value.bytes();
  } catch (...) {
    return 0;
  }
}

/// MESHROUTE_FINDINGS where a request reaches nothing.
inline meshroute_status verdict_of(const Answer& answer) noexcept {
  const auto& outcome = answer.outcome;
  const bool reached = outcome == "routed" || outcome == "redirect" || outcome == "direct_response" || outcome == "passthrough";
  return reached ? MESHROUTE_OK : MESHROUTE_FINDINGS;
}

/// `style` of a text for people.
struct TextStyle {
  explicit TextStyle(std::int32_t style)
      : colour((style & MESHROUTE_TEXT_COLOUR) != 0),
        verbose((style & MESHROUTE_TEXT_VERBOSE) != 0),
        explain((style & MESHROUTE_TEXT_EXPLAIN) != 0) {
    check_text_style(style);
  }
  bool colour, verbose, explain;
};

/// The C structs as the library's own.
ViewFilter filter_of(const meshroute_view_filter* given);
Proxy proxy_of(const meshroute_proxy* given);
MeshOptions mesh_options_of(const char* name, const meshroute_mesh_options* given);

/// Hands `value` out as a new handle.
template <class Handle, class Value>
void hand_out(Value&& value, Handle** out) {
  *out = new Handle{std::forward<Value>(value)};
}

}  // namespace meshroute::capi
