#pragma once

// SPDX-License-Identifier: Apache-2.0
// YAML by yaml-cpp's events, held to what Kubernetes' reader takes.

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/builder.hpp"
#include "text/document.hpp"

namespace meshroute::text {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Why a part of a stream is not read.
struct Refusal {
  Rule rule;
  Position position;
  std::string message, hint;
};

/// Reads the documents of one part. Throws Refusal, and nothing else but std::bad_alloc.
void read_yaml(std::string_view chunk, std::uint32_t first_line, const Limits& limits, Arena& store,
               std::vector<Document>& documents);

}  // namespace meshroute::text
