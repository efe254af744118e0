#pragma once

// SPDX-License-Identifier: Apache-2.0
// JSON written as it is made, without a tree in memory.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshroute::text {

/// Writes one JSON value to the end of a text. The caller nests begin and end as JSON does. Each byte that is in no valid UTF-8
/// character becomes U+FFFD.
class JsonWriter {
 public:
  /// `indent`: blanks for each level, each member and item on a line of its own; -1: no blanks and no lines.
  explicit JsonWriter(std::string& out, int indent = -1) : out_(out), indent_(indent) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_list() { begin('['); }
  void end_list() { end(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool flag) { raw(flag ? "true" : "false"); }
  template <std::integral Number>
  void value(Number number) {
    raw(std::to_string(number));
  }
  /// Shortest text that reads back to it, with a point or an exponent; null for what JSON has not (NaN, infinity).
  void value(double number);
  void null() { raw("null"); }
  template <class Range>
  void texts(std::string_view name, const Range& range) {
    list(name);
    for (const auto& each : range) value(std::string_view(each));
    end_list();
  }
  template <class Map>
  void map(std::string_view name, const Map& members) {
    object(name);
    for (const auto& [key, each] : members) member(key, each);
    end_object();
  }
  /// A string member, left out where it is empty.
  void some(std::string_view name, std::string_view text) {
    if (!text.empty()) member(name, text);
  }
  /// A whole JSON value, written anew with this writer's indentation; any other text is written as a string.
  void embed(std::string_view json);
  /// A whole JSON value that was written without blanks: as it is, where this writer writes none.
  void compact(std::string_view json) {
    if (indent_ < 0) return raw(json);
    embed(json);
  }
  /// A scalar that is JSON already.
  void raw(std::string_view json) {
    next();
    out_ += json;
  }

  template <class Value>
  void member(std::string_view name, const Value& of) {
    key(name);
    value(of);
  }
  void object(std::string_view name) {
    key(name);
    begin_object();
  }
  void list(std::string_view name) {
    key(name);
    begin_list();
  }

 private:
  void next();
  void new_line();
  void begin(char bracket);
  void end(char bracket);
  void quoted(std::string_view text);

  std::string& out_;
  const int indent_;
  std::size_t depth_ = 0;
  bool empty_ = true;       ///< nothing is in the innermost object or list
  bool after_key_ = false;  ///< the next value belongs to a key
};

}  // namespace meshroute::text
