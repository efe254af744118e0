// SPDX-License-Identifier: Apache-2.0
// The events of yaml-cpp as positioned documents.
#include "text/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <streambuf>
#include <utility>

#include "text/base64.hpp"
#include "text/binary.hpp"
#include "text/scalar.hpp"
#include "text/yaml_strict.hpp"

namespace meshroute::text {

namespace {

constexpr Rule kReader = Rule::TX0101;

/// The chunk as a stream, without a copy of it.
class View final : public std::streambuf {
 public:
  explicit View(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // NOLINT: read only
    setg(begin, begin, begin + text.size());
  }
};

class EventHandler final : public YAML::EventHandler {
 public:
  EventHandler(std::string_view chunk, std::uint32_t first_line, const Limits& limits, Arena& store,
               std::vector<Document>& documents)
      : chunk_(chunk),
        first_line_(first_line),
        limits_(limits),
        store_(store),
        documents_(documents),
        ascii_(std::none_of(chunk.begin(), chunk.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {}

  /// yaml-cpp counts bytes.
  Position place(const YAML::Mark& mark) const {
    Position position{first_line_ + static_cast<std::uint32_t>(std::max(0, mark.line)),
                      static_cast<std::uint32_t>(std::max(0, mark.column)) + 1};
    if (ascii_ || mark.pos < mark.column || static_cast<std::size_t>(mark.pos) > chunk_.size()) return position;
    const auto start = static_cast<std::size_t>(mark.pos - mark.column), end = static_cast<std::size_t>(mark.pos);
    if (start != counted_start_ || end < counted_end_) {
      counted_start_ = counted_end_ = start;
      continuations_ = 0;
    }
    continuations_ += static_cast<std::uint32_t>(std::count_if(
        chunk_.begin() + static_cast<std::ptrdiff_t>(counted_end_), chunk_.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }));
    counted_end_ = end;
    position.column -= continuations_;
    return position;
  }

  Position place(std::size_t offset) const {
    const auto before = chunk_.substr(0, std::min(offset, chunk_.size()));
    const auto line = before.rfind('\n');
    const auto column = before.substr(line == std::string_view::npos ? 0 : line + 1);
    return {first_line_ + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')),
            1 + static_cast<std::uint32_t>(std::count_if(
                    column.begin(), column.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }))};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp makes endless empty documents of a token that starts none, such as a comma.
    if (mark.pos == last_start_) throw Refusal{kReader, place(mark), "a document cannot start like this", ""};
    last_start_ = mark.pos;
    documents_.emplace_back();
    documents_.back().line = place(mark).line;
    builder_.emplace(store_, documents_.back().duplicates);
    anchors_.clear();
    flow_.clear();
  }
  void OnDocumentEnd() override { documents_.back().root = std::move(builder_->root); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.position = place(mark);
    const auto offset = static_cast<std::size_t>(std::max(0, mark.pos));
    const char first = offset < chunk_.size() ? chunk_[offset] : '\0';
    const bool written = first == 'n' || first == 'N' || first == '~' || first == '&' || first == '!';
    if (in_flow() && !builder_->in_object() && (first == ',' || first == ']') && anchor == 0) {
      throw Refusal{kReader, node.position, "a value is missing before this", ""};
    }
    if (!written && builder_->in_object() && !builder_->wants_key())
      node.position = builder_->key_position();  // the mark is the next token's
    put(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (auto refusal = refuse_alias(chunk_, static_cast<std::size_t>(std::max(0, mark.pos))); !refusal.empty()) {
      throw Refusal{kReader, place(mark), std::move(refusal), ""};
    }
    if (anchor >= anchors_.size() || !anchors_[anchor])
      throw Refusal{kReader, place(mark), "the anchor's value contains itself", ""};
    Node node = *anchors_[anchor];
    count(node, mark);
    put(std::move(node), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    Node node;
    node.position = place(mark);
    const bool plain = tag == "?" || tag.empty();
    std::size_t offset = static_cast<std::size_t>(std::max(0, mark.pos));
    const std::size_t start = offset;
    const bool properties =
        anchor != 0 || (!plain && tag != "!") || (tag == "!" && offset < chunk_.size() && chunk_[offset] == '!');
    if (auto refusal = refuse_scalar(chunk_, offset, in_flow(), properties); !refusal.empty()) {
      throw Refusal{kReader, offset == start ? node.position : place(offset), std::move(refusal), template_hint()};
    }
    node.text = text_of(offset, value);
    const char first = offset < chunk_.size() ? chunk_[offset] : '\0';
    const bool quoted = first == '"' || first == '\'' || first == '|' || first == '>';
    node.quoted = quoted;
    Tag asked = plain || tag == "!" ? Tag::none : tag_of(tag);
    if (tag == "!" && properties && chunk_[start] == '!') asked = Tag::other;  // the non-specific tag
    if (asked == Tag::other && (tag == "!!binary" || tag == "tag:yaml.org,2002:binary")) {
      const auto bytes = decode_base64(value);
      if (!bytes) throw Refusal{kReader, node.position, "the value of !!binary is not base64", ""};
      node.text = store_.keep(replace_invalid(*bytes));
    }
    switch (type_scalar(node, asked, quoted)) {
      case Typed::good:
        break;
      case Typed::infinite:
        if (builder_->wants_key()) break;
        throw Refusal{kReader, node.position, "the number " + value + " has no form in JSON: quote it, if text is meant", ""};
      case Typed::mismatch:
        throw Refusal{kReader, node.position, "`" + value + "` is no value for the tag " + tag, ""};
    }
    if (builder_->wants_key() && !in_flow() &&
        node.text.data() == chunk_.data() + offset + (first == '"' || first == '\'' ? 1 : 0) && !explicit_key(start)) {
      const std::size_t end = offset + node.text.size() + (first == '"' || first == '\'' ? 2 : 0);
      if (auto refusal = refuse_key(chunk_, end); !refusal.empty())
        throw Refusal{kReader, node.position, std::move(refusal), template_hint()};
    }
    put(std::move(node), anchor, plain && !quoted && value == "<<");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    start(Kind::list, mark, anchor, style);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override {
    start(Kind::object, mark, anchor, style);
  }
  void OnMapEnd() override { end(); }

  std::string template_hint() const {
    return chunk_.find("{{") != std::string_view::npos ? "this looks like a template: render it first" : "";
  }

 private:
  /// Whether `? ` stands before the offset.
  bool explicit_key(std::size_t offset) const {
    offset = std::min(offset, chunk_.size());
    while (offset > 0 && (chunk_[offset - 1] == ' ' || chunk_[offset - 1] == '\t')) --offset;
    return offset > 0 && chunk_[offset - 1] == '?';
  }

  bool in_flow() const { return !flow_.empty() && flow_.back().first; }

  void start(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    if (builder_->depth() >= limits_.depth) {
      throw Refusal{Rule::TX0105, place(mark), "the document is nested deeper than " + std::to_string(limits_.depth) + " levels",
                    ""};
    }
    const auto offset = static_cast<std::size_t>(std::max(0, mark.pos));
    if (auto refusal = refuse_start(chunk_, offset, in_flow()); !refusal.empty())
      throw Refusal{kReader, place(mark), std::move(refusal), template_hint()};
    if (builder_->wants_key()) throw Refusal{kReader, place(mark), "a list or an object cannot be a key", template_hint()};
    builder_->begin(kind, place(mark));
    flow_.emplace_back(style == YAML::EmitterStyle::Flow, anchor);
  }

  void end() {
    const auto anchor = flow_.back().second;
    flow_.pop_back();
    put(builder_->end(), anchor);
  }

  void put(Node node, YAML::anchor_t anchor, bool merge = false) {
    if (++nodes_ > limits_.nodes) too_many(node.position);
    if (anchor != 0) {
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
      anchors_[anchor] = node;
      for (const Node& item : node.items) count(item, YAML::Mark());
      for (const Member& member : node.members) count(member.value, YAML::Mark());
    }
    if (builder_->wants_key()) {
      if (merge) return builder_->merge_key(node.position);
      return take_key(node);
    }
    if (builder_->merging() && !mergeable(node))
      throw Refusal{kReader, node.position, "`<<` merges an object or a list of objects, nothing else", ""};
    builder_->put(std::move(node));
  }

  void take_key(const Node& node) {
    if (node.is_list() || node.is_object())
      throw Refusal{kReader, node.position, "a list or an object cannot be a key", template_hint()};
    if (node.is_string()) return builder_->key(node.text, node.position);
    std::string text;
    if (!key_text(node, text)) {
      throw Refusal{kReader, node.position,
                    node.kind == Kind::null ? "null cannot be a key: quote it" : "this number cannot be a key: quote it", ""};
    }
    builder_->key(text == node.text ? node.text : store_.keep(text), node.position, node.kind);
  }

  static bool mergeable(const Node& node) {
    return node.is_object() || (node.is_list() && std::all_of(node.items.begin(), node.items.end(),
                                                              [](const Node& item) { return item.is_object(); }));
  }

  void count(const Node& node, const YAML::Mark& mark) {
    if (++nodes_ > limits_.nodes) too_many(place(mark));
    for (const Node& item : node.items) count(item, mark);
    for (const Member& member : node.members) count(member.value, mark);
  }

  [[noreturn]] void too_many(Position position) const {
    throw Refusal{Rule::TX0106, position,
                  "the document has more than " + std::to_string(limits_.nodes) + " nodes after its aliases are expanded", ""};
  }

  /// A view of the input where the value stands in it as it is.
  std::string_view text_of(std::size_t offset, const std::string& value) {
    if (offset < chunk_.size() && (chunk_[offset] == '"' || chunk_[offset] == '\'')) ++offset;
    if (offset + value.size() <= chunk_.size() && chunk_.compare(offset, value.size(), value) == 0)
      return chunk_.substr(offset, value.size());
    return store_.keep(value);
  }

  std::string_view chunk_;
  std::uint32_t first_line_;
  const Limits& limits_;
  Arena& store_;
  std::vector<Document>& documents_;
  bool ascii_;
  /// The line that was counted last: its start, how far it is counted, and the bytes in it that start no character.
  mutable std::size_t counted_start_ = 0, counted_end_ = 0;
  mutable std::uint32_t continuations_ = 0;
  std::optional<Builder> builder_;
  std::vector<std::pair<bool, YAML::anchor_t>> flow_;  ///< of each open list or object
  std::vector<std::optional<Node>> anchors_;
  std::size_t nodes_ = 0;
  int last_start_ = -1;
};

}  // namespace

void read_yaml(std::string_view chunk, std::uint32_t first_line, const Limits& limits, Arena& store,
               std::vector<Document>& documents) {
  if (std::string replaced; replace_breaks(chunk, replaced)) chunk = store.keep(replaced);
  EventHandler handler(chunk, first_line, limits, store, documents);
  std::size_t offset = 0;
  if (auto refusal = refuse_bytes(chunk, offset); !refusal.empty())
    throw Refusal{kReader, handler.place(offset), std::move(refusal), ""};
  try {
    View view(chunk);
    std::istream stream(&view);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    std::string hint = handler.template_hint();
    const auto line = static_cast<std::size_t>(std::max(0, error.mark.pos));
    if (hint.empty() && line < chunk.size() && chunk[line] == '\t') hint = "a tab cannot indent: use spaces";
    throw Refusal{kReader, handler.place(error.mark), error.msg, std::move(hint)};
  }
}

}  // namespace meshroute::text
