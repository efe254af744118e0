// SPDX-License-Identifier: Apache-2.0
#include "text/place.hpp"

#include <algorithm>
#include <utility>

namespace meshroute::text {

namespace {

bool is(const Node& root, const Resource& resource) {
  const Node* kind = root.find("kind");
  const Node* metadata = root.find("metadata");
  const Node* name = metadata != nullptr ? metadata->find("name") : nullptr;
  const Node* space = metadata != nullptr ? metadata->find("namespace") : nullptr;
  return kind != nullptr && kind->text == resource.identity.kind && name != nullptr && name->text == resource.identity.name &&
         (space == nullptr || space->text == resource.identity.namespace_);
}

}  // namespace

struct Places::Read {
  std::shared_ptr<const Source> source;
  Stream stream;
  const Node* root = nullptr;
  std::uint32_t lines_before = 0;
};

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
  if (read_.size() >= 256 && !read_.contains(&resource)) read_.clear();  // findings of one resource come close together
  auto& read = read_[&resource];
  if (read == nullptr) {
    auto made = std::make_shared<Read>();
    made->source = origin.source;
    made->lines_before = lines.before(origin.offset);
    made->stream =
        text::read(std::string_view(text).substr(origin.offset, origin.size), origin.source->name, Format::automatic, Limits{});
    for (const Document& document : made->stream.documents) {  // a List, or two documents in one chunk, hold several
      if (is(document.root, resource)) made->root = &document.root;
    }
    read = std::move(made);
  }
  if (read->root != nullptr) {
    const Position position = path.empty() ? read->root->position : locate(*read->root, path);
    place.line = position.line + read->lines_before;
    place.column = position.column;
  }
  place.excerpt = std::string(lines.line(place.line));
  return place;
}

}  // namespace meshroute::text
