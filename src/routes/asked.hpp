#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request as Envoy sees it once it has read it.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "routes/table.hpp"
#include "text/json_tree.hpp"

namespace meshroute::routes {

// All of it lives as long as one request, in the memory of its Scratch.
using Text = std::pmr::string;
using Lines = std::pmr::vector<Text>;

/// Headers in order, names lower-cased, each with its lines.
class Headers {
 public:
  using Entry = std::pair<Text, Lines>;
  explicit Headers(std::pmr::memory_resource* memory, bool response = false) : entries_(memory), response_(response) {
    entries_.reserve(24);
  }
  Headers(const Headers& other) : entries_(other.entries_, other.entries_.get_allocator()), response_(other.response_) {}
  Headers& operator=(const Headers&) = delete;

  const Lines* find(std::string_view name) const {
    for (const auto& [key, lines] : entries_) {
      if (key == name) return &lines;
    }
    return nullptr;
  }
  Lines& at(std::string_view name) {
    for (auto& [key, lines] : entries_) {
      if (key == name) return lines;
    }
    return entries_.emplace_back(std::piecewise_construct, std::forward_as_tuple(name), std::forward_as_tuple()).second;
  }
  void set(std::string_view name, std::string_view value) {
    Lines& lines = at(name);
    lines.clear();
    lines.emplace_back(value);
  }
  void append(std::string_view name, std::string_view value);
  /// Of a name that is not there yet. Gives its line.
  Text& add(std::string_view name, std::string_view value) {
    Lines& lines = entries_.emplace_back(std::piecewise_construct, std::forward_as_tuple(name), std::forward_as_tuple()).second;
    lines.reserve(1);
    return lines.emplace_back(value);
  }
  bool remove(std::string_view name) {
    return std::erase_if(entries_, [&](const auto& entry) { return entry.first == name; }) > 0;
  }
  template <std::size_t Size>
  void remove(const std::string_view (&names)[Size]) {
    std::erase_if(entries_, [&](const auto& entry) { return std::find(names, names + Size, entry.first) != names + Size; });
  }
  /// Its first line; empty without one. Lives until the header changes.
  std::string_view first(std::string_view name) const {
    const Lines* lines = find(name);
    return lines != nullptr && !lines->empty() ? std::string_view(lines->front()) : std::string_view();
  }
  const std::pmr::vector<Entry>& entries() const { return entries_; }
  std::pmr::memory_resource* memory() const { return entries_.get_allocator().resource(); }

 private:
  std::pmr::vector<Entry> entries_;
  bool response_;  // other names stand on one line there
};

std::string_view trim(std::string_view text);

template <std::size_t Size>
bool one_of(const std::string_view (&list)[Size], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

/// By its content type.
bool is_grpc(const Headers& headers);

struct Asked {
  explicit Asked(std::pmr::memory_resource* memory)
      : path(memory), query(memory), host(memory), folded_host(memory), scheme(memory), headers(memory) {}
  Text path, query;                  // the query with its `?`
  const Request* request = nullptr;  ///< that was read; lives as long as this
  Text host, folded_host, scheme;
  Headers headers;
  bool outsider = false;               // a gateway's client, whose address it adds to x-forwarded-for
  const text::Json* claims = nullptr;  // of the token in use, delimited claims split; null without one
  std::pmr::memory_resource* memory() const { return headers.memory(); }
  Text full_path() const {
    Text text(path, memory());
    text += query;
    return text;
  }
};

/// Lower case, in the memory of the request.
Text lower(std::string_view text, std::pmr::memory_resource* memory);

/// envoy.md 1-6; false where Envoy refuses the request, which the answer then says.
bool read_request(const Request& request, bool trace, const Reading& reading, Asked& asked, Answer& answer);

/// envoy.md 3; false where Envoy answers 400.
bool normalize_path(std::string_view path, Text& result);

}  // namespace meshroute::routes
