// SPDX-License-Identifier: Apache-2.0
// Where a field of a resource stands in its text.
#include "text/place.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "text/yaml.hpp"
#include "text/yaml_reader.hpp"

namespace meshroute::text {

namespace {

constexpr std::size_t kMostKept = 100'000;  // bytes of documents whose trees are kept, beside the last one's

}  // namespace

Places::Read& Places::read(const Origin& origin) {
  const Key key{origin.source.get(), origin.offset};
  if (const auto found = read_.find(key); found != read_.end()) return found->second;
  if (bytes_kept_ + origin.size > kMostKept) {
    read_.clear();
    bytes_kept_ = 0;
  }
  bytes_kept_ += origin.size;
  bytes_read_ += origin.size;
  const std::string& text = origin.source->text;
  Stream stream = origin.size == text.size() ? text::read(text, origin.source->name, Format::automatic, Limits{})
                                             : read_chunk(text, {origin.offset, origin.size, 1}, Limits{});
  const Lines lines(std::string_view(text).substr(origin.offset, origin.size));
  return read_.emplace(key, Read{origin.source, std::move(stream), lines}).first->second;
}

std::optional<PlainPlace> Places::glance(const Origin& origin, std::string_view path) {
  const Key key{origin.source.get(), origin.offset};
  const std::string_view text(origin.source->text);
  const std::string_view chunk = text.substr(origin.offset, origin.size);
  constexpr std::size_t kMost = 1U << 14U;  // what one place costs, where the next one is in another document again
  if (origin.item != 0 || path.empty() || chunk.size() > kMost || read_.contains(key)) return std::nullopt;
  if (std::find(glanced_.begin(), glanced_.end(), key) != glanced_.end()) return std::nullopt;
  if (chunk.find("List") != std::string_view::npos) return std::nullopt;  // the item of a List
  if (chunk.size() == text.size() && reads_as_json(text, origin.source->name, Format::automatic)) return std::nullopt;
  glanced_[next_glance_++ % glanced_.size()] = key;
  try {
    Arena arena;
    return find_in_plain_yaml(chunk, path, arena);
  } catch (const Refusal&) {  // it was taken by the other reader
    return std::nullopt;
  }
}

Place Places::find(const Resource& resource, std::string_view path) {
  Place place;
  const Origin& origin = resource.origin;
  if (origin.source == nullptr) return place;
  place.source = origin.source->name;
  place.line = origin.line;
  place.column = 1;
  const std::string& text = origin.source->text;
  if (text.empty() || origin.offset + origin.size > text.size()) return place;
  if (const auto known = glance(origin, path)) {
    place.line = origin.line - known->root.line + known->found.line;
    place.column = known->found.column;
    if (resource.as<model::Secret>() == nullptr)
      place.excerpt = std::string(Lines(std::string_view(text).substr(origin.offset, origin.size)).line(known->found.line));
    return place;
  }
  Read& found = read(origin);
  if (origin.item >= found.stream.documents.size()) return place;
  const Document& document = found.stream.documents[origin.item];
  const Position position = path.empty() ? document.root.position : locate(document.root, path);
  place.line = origin.line - document.line + position.line;
  place.column = position.column;
  if (resource.as<model::Secret>() == nullptr) place.excerpt = std::string(found.lines.line(position.line));
  return place;
}

bool Places::mentions(const Resource& resource, std::string_view word) {
  const Origin& origin = resource.origin;
  if (origin.source == nullptr || origin.offset + origin.size > origin.source->text.size()) return false;
  return std::string_view(origin.source->text).substr(origin.offset, origin.size).find(word) != std::string_view::npos;
}

bool Places::exists(const Resource& resource, std::string_view path) {
  const Origin& origin = resource.origin;
  if (!mentions(resource, {})) return false;
  const Stream& stream = read(origin).stream;
  if (origin.item >= stream.documents.size()) return false;
  const Node* node = &stream.documents[origin.item].root;
  while (!path.empty() && node != nullptr) {
    if (path.front() == '[') {
      const auto end = path.find(']');
      std::size_t index = 0;
      std::from_chars(path.data() + 1, path.data() + end, index);
      node = node->is_list() && index < node->items.size() ? &node->items[index] : nullptr;
      path.remove_prefix(end + 1);
    } else {
      const auto end = std::min(path.find_first_of(".["), path.size());
      node = node->is_object() ? node->find(path.substr(0, end)) : nullptr;
      path.remove_prefix(end);
    }
    if (path.starts_with('.')) path.remove_prefix(1);
  }
  return node != nullptr;
}

}  // namespace meshroute::text
