#pragma once

// SPDX-License-Identifier: Apache-2.0
// Holds the two YAML readers against each other; for the unit tests and the fuzz target.

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/document.hpp"
#include "text/yaml.hpp"
#include "text/yaml_reader.hpp"

namespace meshroute::test {

/// The place of the first difference, or an empty text. An empty item of a list stands at its dash here, and at the next token
/// there.
inline std::string difference(const text::Node& own, const text::Node& other, const std::string& path) {
  const auto at = [](text::Position position) { return std::to_string(position.line) + ":" + std::to_string(position.column); };
  if (own.kind != other.kind || own.boolean != other.boolean || own.quoted != other.quoted) return path + ": another kind";
  if (own.kind != text::Kind::null && own.text != other.text)
    return path + ": `" + std::string(own.text) + "`, not `" + std::string(other.text) + "`";
  const bool same_number = own.number == other.number || (std::isnan(own.number) && std::isnan(other.number));
  if (own.integer != other.integer || !same_number) return path + ": another number";
  const bool empty = own.kind == text::Kind::null && own.text.empty();
  if (!empty && (own.position.line != other.position.line || own.position.column != other.position.column))
    return path + ": at " + at(own.position) + ", not " + at(other.position);
  if (own.items.size() != other.items.size() || own.members.size() != other.members.size()) return path + ": another size";
  for (std::size_t i = 0; i < own.items.size(); ++i) {
    auto found = difference(own.items[i], other.items[i], path + "[" + std::to_string(i) + "]");
    if (!found.empty()) return found;
  }
  for (std::size_t i = 0; i < own.members.size(); ++i) {
    const auto &one = own.members[i], &two = other.members[i];
    const std::string below = path + "." + std::string(one.key);
    if (one.key != two.key) return below + ": another key";
    if (one.key_position.line != two.key_position.line || one.key_position.column != two.key_position.column)
      return below + ": its key at " + at(one.key_position) + ", not " + at(two.key_position);
    auto found = difference(one.value, two.value, below);
    if (!found.empty()) return found;
  }
  return {};
}

/// What the readers make of one chunk: nothing where they agree. With `both_accept`, a text that one refuses is no difference.
inline std::string difference(std::string_view chunk, bool both_accept = false) {
  const Limits limits;
  text::Arena one, two;
  std::vector<text::Document> own, other;
  std::optional<text::Refusal> own_refusal, other_refusal;
  try {
    if (!text::read_plain_yaml(chunk, 1, limits, one, own)) return {};
  } catch (const text::Refusal& refusal) {
    own_refusal = refusal;
  }
  try {
    text::read_yaml(chunk, 1, limits, two, other);
  } catch (const text::Refusal& refusal) {
    other_refusal = refusal;
  }
  if (own_refusal || other_refusal) {
    if (both_accept || (own_refusal && other_refusal)) return {};
    return own_refusal ? "ours refuses it: " + own_refusal->message : "yaml-cpp's refuses it: " + other_refusal->message;
  }
  if (both_accept && own.size() != other.size()) return {};
  if (own.size() != other.size()) return "another number of documents";
  if (own.empty()) return {};
  auto found = difference(own[0].root, other[0].root, "");
  if (found.empty() && own[0].duplicates.size() != other[0].duplicates.size()) return "other duplicate keys";
  for (std::size_t i = 0; found.empty() && i < own[0].duplicates.size(); ++i) {
    const auto &a = own[0].duplicates[i], &b = other[0].duplicates[i];
    if (a.message != b.message || a.position.line != b.position.line || a.related.line != b.related.line)
      return "another duplicate key";
  }
  return found;
}

}  // namespace meshroute::test
