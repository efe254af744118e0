// SPDX-License-Identifier: Apache-2.0
#include "text/place.hpp"

#include <utility>

namespace meshroute::text {

namespace {

constexpr std::size_t kMostKept = 1'000'000;  // bytes of documents whose trees are kept, beside the last one's

}  // namespace

const Stream& Places::read(const Origin& origin, Lines& lines) {
  const Key key{origin.source, origin.offset};
  if (const auto found = read_.find(key); found != read_.end()) return found->second;
  if (bytes_kept_ + origin.size > kMostKept) {
    read_.clear();
    bytes_kept_ = 0;
  }
  bytes_kept_ += origin.size;
  bytes_read_ += origin.size;
  const std::string& text = origin.source->text;
  Stream stream = origin.size == text.size()
                      ? text::read(text, origin.source->name, Format::automatic, Limits{})
                      : read_chunk(text, {origin.offset, origin.size, lines.before(origin.offset) + 1}, Limits{});
  return read_.emplace(key, std::move(stream)).first->second;
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
  Lines& lines = lines_.try_emplace(origin.source, text).first->second;
  const Stream& stream = read(origin, lines);
  if (origin.item < stream.documents.size()) {
    const Node& root = stream.documents[origin.item].root;
    const Position position = path.empty() ? root.position : locate(root, path);
    place.line = position.line;
    place.column = position.column;
  }
  place.excerpt = std::string(lines.line(place.line));
  return place;
}

}  // namespace meshroute::text
