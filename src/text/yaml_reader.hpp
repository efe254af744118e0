#pragma once

// SPDX-License-Identifier: Apache-2.0
// YAML by meshroute's own scanner: one pass over a chunk makes its documents' trees.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "text/arena.hpp"
#include "text/document.hpp"

namespace meshroute::text {

/// Reads one part of a stream as Kubernetes does: its first document counts, and each one behind it in the same chunk is refused
/// (TX0102). False, and no documents, where the chunk starts with a directive: the other reader reads it. Throws Refusal, and
/// nothing else but std::bad_alloc.
bool read_plain_yaml(std::string_view chunk, std::uint32_t first_line, const Limits& limits, Arena& arena,
                     std::vector<Document>& documents);

struct PlainPlace {
  Position root, found;
};

/// Where `path` ("spec.labels", "spec.hosts[1]") stands in the first document of a chunk that was read before, as locate() says
/// it; no tree is made, and nothing behind the place is looked at. Nothing where that is not sure: for parts in flow style,
/// anchors, tags and merge keys, and for a path that leads to no value. Of a key that stands twice the first counts.
std::optional<PlainPlace> find_in_plain_yaml(std::string_view chunk, std::string_view path, Arena& arena);

}  // namespace meshroute::text
