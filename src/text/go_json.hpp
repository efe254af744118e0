#pragma once

// SPDX-License-Identifier: Apache-2.0
// Scalars of a document as Go's JSON decoders take them for a field of a protobuf message (golang/protobuf's jsonpb, which Istio
// uses).

#include <cstdint>
#include <optional>
#include <string>

#include "text/document.hpp"

namespace meshroute::text {

/// The integer that Go sees in this number (80.0 is 80), where it is one.
std::optional<std::int64_t> integral(const Node& node);

/// An integer of this type: a number, a quoted number, or null for 0.
template <class T>
std::optional<T> go_integer(const Node& node);
extern template std::optional<std::int32_t> go_integer<std::int32_t>(const Node&);
extern template std::optional<std::uint32_t> go_integer<std::uint32_t>(const Node&);
extern template std::optional<std::int64_t> go_integer<std::int64_t>(const Node&);
extern template std::optional<std::uint64_t> go_integer<std::uint64_t>(const Node&);

/// A double: a number, a quoted number, "NaN", "Infinity", or null for 0.
std::optional<double> go_floating(const Node& node);

/// Bytes: standard base64, or a list of numbers from 0 to 255.
std::optional<std::string> go_bytes(const Node& node);

/// An integer as the key of a map has it.
std::optional<std::uint32_t> go_map_key(std::string_view text);

}  // namespace meshroute::text
