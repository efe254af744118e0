#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where a field of a resource stands. Positions are not stored per field: the resource's document is read again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "meshroute/resource.hpp"
#include "text/document.hpp"

namespace meshroute::text {

struct PlainPlace;

/// A place in a loaded text; line 0 where the resource came from none.
struct Place {
  SharedString source;
  std::uint32_t line = 0, column = 0;
  std::string excerpt;  ///< the whole line
};

/// Finds places in any number of resources. A document is read once, however many resources it holds and however many of their
/// places are asked for, as long as those asked for together are near each other. One thread at a time.
class Places {
 public:
  /// The deepest part of `path` ("spec.http[0].match[1]") that exists; without kept text, the document's first line.
  Place find(const Resource& resource, std::string_view path);

  /// Whether `path` exists in the resource's document; false without kept text.
  bool exists(const Resource& resource, std::string_view path);

  /// Whether the resource's document has this word anywhere, which is cheap to see; false without kept text.
  static bool mentions(const Resource& resource, std::string_view word);

  /// How many bytes were read again so far.
  std::size_t bytes_read() const { return bytes_read_; }

 private:
  using Key = std::pair<const Source*, std::size_t>;  ///< a text, and the offset of a document in it
  struct Read {
    std::shared_ptr<const Source> source;
    Stream stream;  ///< its lines count from the document's first
    Lines lines;
  };
  Read& read(const Origin& origin);
  /// The place, where it is found without reading the whole document: the first one that is asked of a small document.
  std::optional<PlainPlace> glance(const Origin& origin, std::string_view path);

  std::map<Key, Read> read_;
  std::array<Key, 8> glanced_{};  ///< documents of which one place was found so
  std::size_t next_glance_ = 0;
  std::size_t bytes_kept_ = 0, bytes_read_ = 0;
};

}  // namespace meshroute::text
