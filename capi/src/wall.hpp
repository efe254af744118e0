#pragma once

// SPDX-License-Identifier: Apache-2.0
// What every entry point shares: the handles, the wall that no exception passes, and the growth of structs.

#include <cstring>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute.h"
#include "meshroute/meshroute.hpp"

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
struct meshroute_answer {
  meshroute::Answer value;
};
struct meshroute_inbound_answer {
  meshroute::InboundAnswer value;
};
struct meshroute_journey {
  meshroute::Journey value;
};
struct meshroute_files {
  meshroute::FolderFiles value;
};
struct meshroute_found_proxy {
  meshroute::FoundProxy value;
  std::vector<meshroute_pair> labels;  ///< borrow the proxy's
};
struct meshroute_suite {
  meshroute::Suite value;
};
struct meshroute_suite_report {
  meshroute::SuiteReport value;
};
struct meshroute_diff {
  meshroute::Diff value;
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
};
struct meshroute_clusters {
  std::vector<meshroute::ClusterRow> value;
};
struct meshroute_endpoints {
  std::vector<meshroute::EndpointRow> value;
};
struct meshroute_routes {
  std::vector<meshroute::RouteRow> value;
};
struct meshroute_listeners {
  std::vector<meshroute::ListenerRow> value;
};

namespace meshroute::capi {

/// Writes the error where the caller wants one; cuts the message between code points. Returns `code`.
meshroute_status fail(meshroute_error* error, meshroute_status code, std::string_view message) noexcept;
meshroute_status fail(meshroute_error* error, const Error& why) noexcept;
inline meshroute_status missing(meshroute_error* error) noexcept {
  return fail(error, MESHROUTE_INVALID_ARGUMENT, "an argument is NULL, or its struct_size is not set");
}
inline meshroute_status out_of_range(meshroute_error* error) noexcept {
  return fail(error, MESHROUTE_INVALID_ARGUMENT, "the index is out of range");
}

template <class Body>
meshroute_status guard(meshroute_error* error, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(error, MESHROUTE_LIMIT, "out of memory");
  } catch (const std::exception& caught) {
    return fail(error, MESHROUTE_INTERNAL, caught.what());
  } catch (...) {
    return fail(error, MESHROUTE_INTERNAL, "unknown failure");
  }
}

inline std::string_view view_of(meshroute_str text) noexcept {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}
inline meshroute_str str_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// Hands out a copy that the caller frees.
meshroute_status give(std::string_view text, meshroute_bytes* out);

/// A caller's struct in this library's size: what an older caller does not know is zero, what a newer one adds is not read.
/// False if struct_size is not set.
template <class Struct>
bool take(const Struct* given, Struct& taken) noexcept {
  std::memset(&taken, 0, sizeof taken);
  if (given == nullptr) return true;
  if (given->struct_size < sizeof(given->struct_size)) return false;
  std::memcpy(&taken, given, given->struct_size < sizeof taken ? given->struct_size : sizeof taken);
  return true;
}

/// Fills a caller's struct as far as the caller knows it; struct_size stays the caller's.
template <class Struct>
meshroute_status fill(Struct made, Struct* out, meshroute_error* error) noexcept {
  if (out->struct_size < sizeof(out->struct_size)) return missing(error);
  made.struct_size = out->struct_size;
  std::memcpy(out, &made, out->struct_size < sizeof made ? out->struct_size : sizeof made);
  return MESHROUTE_OK;
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
  meshroute_origin made = MESHROUTE_ORIGIN_INIT;
  made.kind = str_of(from.kind);
  made.namespace_ = str_of(from.namespace_);
  made.name = str_of(from.name);
  made.source = str_of(from.source);
  made.line = from.line;
  return made;
}

inline meshroute_weighted_cluster struct_of(const WeightedCluster& from) noexcept {
  meshroute_weighted_cluster made = MESHROUTE_WEIGHTED_CLUSTER_INIT;
  made.name = str_of(from.name);
  made.authority = str_of(from.authority);
  made.weight = from.weight;
  return made;
}

inline meshroute_endpoint struct_of(const AnswerEndpoint& from) noexcept {
  meshroute_endpoint made = MESHROUTE_ENDPOINT_INIT;
  made.cluster = str_of(from.cluster);
  made.address = str_of(from.address);
  made.locality = str_of(from.locality);
  made.health = str_of(from.health);
  made.service_account = str_of(from.service_account);
  made.resource = str_of(from.resource);
  made.label_count = from.labels.size();
  made.port = from.port;
  made.weight = from.weight;
  made.priority = from.priority;
  made.network = str_of(from.network);
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

/// The label at an index of its map.
inline meshroute_status label_at(const Labels& labels, std::size_t index, meshroute_pair* out, meshroute_error* error) noexcept {
  if (index >= labels.size()) return out_of_range(error);
  const auto label = std::next(labels.begin(), static_cast<std::ptrdiff_t>(index));
  *out = {str_of(label->first), str_of(label->second)};
  return MESHROUTE_OK;
}

/// False if struct_size is not set.
bool read(const meshroute_view_filter* given, ViewFilter& filter);
/// False if the struct or a value in it is invalid.
bool read(const meshroute_proxy* given, Proxy& proxy);

/// An error if struct_size is not set, or a value is unknown.
Result<MeshOptions> mesh_options_of(const meshroute_mesh_options* given);

/// Hands `value` out as a new handle.
template <class Handle, class Value>
void hand_out(Value&& value, Handle** out) {
  *out = new Handle{std::forward<Value>(value)};
}

}  // namespace meshroute::capi
