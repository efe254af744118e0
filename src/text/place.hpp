#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where a field of a resource stands. Positions are not stored per field: the resource's document is read again.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "meshroute/resource.hpp"
#include "text/document.hpp"

namespace meshroute::text {

/// A place in a loaded text; line 0 where the resource came from none.
struct Place {
  std::string source;
  std::uint32_t line = 0, column = 0;
  std::string excerpt;  ///< the whole line
};

/// Finds places in any number of resources and keeps those it read last. One thread at a time.
class Places {
 public:
  /// The deepest part of `path` ("spec.http[0].match[1]") that exists; without kept text, the document's first line.
  Place find(const Resource& resource, std::string_view path);

 private:
  struct Read;
  std::map<const Resource*, std::shared_ptr<const Read>> read_;
  std::map<std::shared_ptr<const Source>, Lines> lines_;  ///< counted once for each text
};

}  // namespace meshroute::text
