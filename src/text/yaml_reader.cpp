// SPDX-License-Identifier: Apache-2.0
// YAML trees: anchors, aliases, tags, merge keys.
#include "text/yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "text/base64.hpp"
#include "text/binary.hpp"
#include "text/builder.hpp"
#include "text/scalar.hpp"
#include "text/yaml.hpp"
#include "text/yaml_scanner.hpp"
#include "text/yaml_strict.hpp"

namespace meshroute::text {

namespace {

constexpr std::size_t kMostAliasBytes = 64'000'000;  // what is decoded has copies of them

/// A value that has a name, and what it costs to write it again.
struct Anchor {
  Node node;
  std::size_t values = 0;  ///< it, its keys, and all below
  std::size_t bytes = 0;   ///< of their texts
  bool whole = false;      ///< false: its value has not ended yet
};

/// Makes trees of tokens, as the parser of a libyaml and the decoder above it do.
class TreeReader {
 public:
  TreeReader(YamlScanner& scanner, const Limits& limits, Arena& arena, std::vector<Problem>& duplicates)
      : scanner_(scanner), limits_(limits), arena_(arena), builder_(arena, duplicates) {}

  /// The document that starts at the next token.
  Node read() {
    const Node root = read_root();
    if (infinite_) refuse_infinite(root);  // one that a later key replaced does no harm
    return root;
  }

 private:
  enum class Where { block, block_value, flow };  ///< `block_value`: of a key, whose list need not be indented

  Node read_root() {
    if (scanner_.peek().kind == TokenKind::document_start) {
      const Position position = scanner_.peek().position;
      scanner_.skip();
      switch (scanner_.peek().kind) {
        case TokenKind::directive:
        case TokenKind::document_start:
        case TokenKind::document_end:
        case TokenKind::stream_end:
          return empty(position);
        default:
          break;
      }
    }
    return read_node(Where::block);
  }

  void refuse_infinite(const Node& node) const {
    if (node.kind == Kind::number && !std::isfinite(node.number))
      scanner_.refuse(node.position, "the number " + std::string(node.text) + " has no form in JSON: quote it, if text is meant");
    for (const Node& item : node.items) refuse_infinite(item);
    for (const Member& member : node.members) refuse_infinite(member.value);
  }

  /// What stands before a value.
  struct Properties {
    std::string_view anchor;
    std::string_view tag;
    Position position;
  };

  [[noreturn]] void refuse(const Token& token, std::string message) const { scanner_.refuse(token.position, std::move(message)); }

  bool next_is(TokenKind kind) { return scanner_.peek().kind == kind; }
  bool next_is_one_of(TokenKind a, TokenKind b, TokenKind c) {
    const TokenKind kind = scanner_.peek().kind;
    return kind == a || kind == b || kind == c;
  }

  /// Kubernetes' reader counts each value and key, those of aliases again, and refuses what is nearly all aliases.
  void count(std::size_t values, bool of_alias, Position position) {
    values_ += values;
    if (of_alias) alias_values_ += values;
    if (values_ > limits_.nodes) {
      throw Refusal{Rule::TX0106, position,
                    "the document has more than " + std::to_string(limits_.nodes) + " nodes after its aliases are expanded", ""};
    }
    if (alias_values_ <= 100 || values_ <= 1000) return;
    constexpr double kSmall = 400'000, kLarge = 4'000'000;
    const auto all = static_cast<double>(values_);
    const double allowed = all <= kSmall ? 0.99 : all >= kLarge ? 0.10 : 0.99 - 0.89 * ((all - kSmall) / (kLarge - kSmall));
    if (static_cast<double>(alias_values_) / all > allowed)
      throw Refusal{Rule::TX0108, position, "too many of the document's values come from aliases: Kubernetes refuses it", ""};
  }

  Node empty(Position position) {
    count(1, false, position);
    Node node;
    node.position = position;
    return node;
  }

  Node read_node(Where where) {
    alias_ = false;
    const TokenKind kind = scanner_.peek().kind;
    if (kind == TokenKind::scalar) {
      const Token token = scanner_.peek();
      scanner_.skip();
      return scalar(token, token.position, {});
    }
    if (kind == TokenKind::alias) return read_alias();
    if (kind != TokenKind::anchor && kind != TokenKind::tag) return read_collection(where, scanner_.peek().position, false);
    const Properties properties = read_properties();
    if (properties.anchor.empty()) return read_value(where, properties);
    const std::size_t values = values_, bytes = bytes_;
    anchors_[properties.anchor] = {};
    const Node node = read_value(where, properties);
    anchors_[properties.anchor] = {node, values_ - values, bytes_ - bytes, true};
    alias_ = false;
    return node;
  }

  Node read_value(Where where, const Properties& properties) {
    if (next_is(TokenKind::scalar)) {
      const Token token = scanner_.peek();
      scanner_.skip();
      return scalar(token, properties.position, properties.tag);
    }
    return read_collection(where, properties.position, true, properties.tag);
  }

  Properties read_properties() {
    Properties properties;
    properties.position = scanner_.peek().position;
    bool anchor = false, tag = false;
    for (;;) {
      const Token token = scanner_.peek();
      if (token.kind == TokenKind::anchor && !anchor) {
        anchor = true;
        properties.anchor = token.text;
      } else if (token.kind == TokenKind::tag && !tag) {
        tag = true;
        if (token.own_handle) refuse(token, "the tag " + std::string(token.text) + " has a handle that no directive defines");
        properties.tag = token.text;
      } else {
        return properties;
      }
      scanner_.skip();
    }
  }

  Node read_alias() {
    const Token token = scanner_.peek();
    scanner_.skip();
    const auto found = anchors_.find(token.text);
    if (found == anchors_.end()) refuse(token, "there is no anchor " + std::string(token.text));
    if (!found->second.whole) refuse(token, "the anchor's value contains itself");
    count(1, false, token.position);
    count(found->second.values, true, token.position);
    bytes_ += found->second.bytes;
    alias_bytes_ += found->second.bytes;
    if (alias_bytes_ > kMostAliasBytes)
      throw Refusal{Rule::TX0106, token.position, "the document's aliases repeat more than 64 MB of text", ""};
    alias_ = true;
    return found->second.node;
  }

  Node scalar(const Token& token, Position position, std::string_view tag) {
    count(1, false, position);
    bytes_ += token.text.size();
    Node node;
    node.position = position;
    node.text = token.text;
    node.quoted = token.quoted;
    merge_ = !token.quoted && token.text == "<<" && (tag.empty() || tag == "!");
    merge_ = merge_ || (token.text == "<<" && (tag == "!!merge" || tag == "tag:yaml.org,2002:merge"));
    if (tag.empty()) {
      type(node, Tag::none, tag);
      return node;
    }
    if (tag == "!!binary" || tag == "tag:yaml.org,2002:binary") {
      const auto bytes = decode_base64(token.text);
      if (!bytes) scanner_.refuse(position, "the value of !!binary is not base64");
      node.text = arena_.keep(replace_invalid(*bytes));
    }
    type(node, tag == "!" ? Tag::other : tag_of(tag), tag);
    return node;
  }

  void type(Node& node, Tag tag, std::string_view name) {
    switch (type_scalar(node, tag, node.quoted)) {
      case Typed::good:
        return;
      case Typed::infinite:
        infinite_ = infinite_ || !reading_key_;
        return;
      case Typed::mismatch:
        scanner_.refuse(node.position, "`" + std::string(node.text) + "` is no value for the tag " + std::string(name));
    }
  }

  void enter(const Token& token) {
    if (builder_.depth() < limits_.depth) return;
    throw Refusal{Rule::TX0105, token.position, "the document is nested deeper than " + std::to_string(limits_.depth) + " levels",
                  ""};
  }

  /// A list, an object, or nothing, which needs properties.
  Node read_collection(Where where, Position position, bool properties, std::string_view tag = {}) {
    const Token token = scanner_.peek();
    const bool object = token.kind == TokenKind::block_object_start || token.kind == TokenKind::flow_object_start;
    switch (token.kind) {
      case TokenKind::flow_list_start:
      case TokenKind::flow_object_start:
        break;
      case TokenKind::block_list_start:
      case TokenKind::block_object_start:
        if (where != Where::flow) break;
        [[fallthrough]];
      case TokenKind::entry:
        if (token.kind == TokenKind::entry && where == Where::block_value) break;
        [[fallthrough]];
      default:
        if (!properties) refuse(token, missing(token));
        return scalar({TokenKind::scalar, false, false, position, ""}, position, tag);
    }
    if (reading_key_) refuse(token, "a list or an object cannot be a key");
    enter(token);
    count(1, false, position);
    builder_.begin(object ? Kind::object : Kind::list, position);
    switch (token.kind) {
      case TokenKind::block_object_start:
        read_block_object();
        break;
      case TokenKind::flow_object_start:
        read_flow_object();
        break;
      case TokenKind::flow_list_start:
        read_flow_list();
        break;
      case TokenKind::block_list_start:
        read_block_list();
        break;
      default:
        read_open_list();
    }
    merge_ = alias_ = false;
    return builder_.end();
  }

  static std::string missing(const Token& token) {
    switch (token.kind) {
      case TokenKind::stream_end:
      case TokenKind::document_end:
      case TokenKind::document_start:
        return "the document ends where a value is missing";
      case TokenKind::flow_entry:
        return "a value is missing before this";
      default:
        return "a value cannot start like this";
    }
  }

  void read_block_list() {
    scanner_.skip();
    while (next_is(TokenKind::entry)) {
      const Position dash = scanner_.peek().position;
      scanner_.skip();
      const bool none = next_is(TokenKind::entry) || next_is(TokenKind::block_end);
      builder_.put(none ? empty(dash) : read_node(Where::block));
    }
    if (!next_is(TokenKind::block_end)) refuse(scanner_.peek(), "this is in a list, and has no `-` before it");
    scanner_.skip();
  }

  /// A list that is indented no deeper than its key.
  void read_open_list() {
    while (next_is(TokenKind::entry)) {
      const Position dash = scanner_.peek().position;
      scanner_.skip();
      const bool none = next_is(TokenKind::entry) || next_is_one_of(TokenKind::key, TokenKind::value, TokenKind::block_end);
      builder_.put(none ? empty(dash) : read_node(Where::block));
    }
  }

  void read_block_object() {
    scanner_.skip();
    while (next_is(TokenKind::key)) {
      const Position start = scanner_.peek().position;
      scanner_.skip();
      const bool no_key = next_is_one_of(TokenKind::key, TokenKind::value, TokenKind::block_end);
      const Position key = no_key ? empty_key(start) : read_key(Where::block_value);
      bool none = !next_is(TokenKind::value);
      if (!none) {
        scanner_.skip();
        none = next_is_one_of(TokenKind::key, TokenKind::value, TokenKind::block_end);
      }
      put_value(none ? empty(key) : read_node(Where::block_value), key);
    }
    if (!next_is(TokenKind::block_end)) refuse(scanner_.peek(), "this is in an object, and is no key");
    scanner_.skip();
  }

  void read_flow_list() {
    scanner_.skip();
    for (bool first = true; !next_is(TokenKind::flow_list_end); first = false) {
      if (!first) {
        if (!next_is(TokenKind::flow_entry)) refuse(scanner_.peek(), "`,` or `]` is missing before this");
        scanner_.skip();
        if (next_is(TokenKind::flow_list_end)) break;
      }
      const Token token = scanner_.peek();
      if (token.kind == TokenKind::key) {
        if (reading_key_) refuse(token, "a list or an object cannot be a key");
        enter(token);
        count(1, false, token.position);
        builder_.begin(Kind::object, token.position);
        scanner_.skip();
        read_pair(token.position, TokenKind::flow_list_end);
        builder_.put(builder_.end());
      } else {
        builder_.put(read_node(Where::flow));
      }
    }
    scanner_.skip();
  }

  void read_flow_object() {
    scanner_.skip();
    for (bool first = true; !next_is(TokenKind::flow_object_end); first = false) {
      if (!first) {
        if (!next_is(TokenKind::flow_entry)) refuse(scanner_.peek(), "`,` or `}` is missing before this");
        scanner_.skip();
        if (next_is(TokenKind::flow_object_end)) break;
      }
      const Token token = scanner_.peek();
      if (token.kind == TokenKind::key) {
        scanner_.skip();
        read_pair(token.position, TokenKind::flow_object_end);
      } else {
        const Position key = read_key(Where::flow);
        put_value(empty(key), key);
      }
    }
    scanner_.skip();
  }

  /// A key and its value in flow; `end` ends the list or object.
  void read_pair(Position start, TokenKind end) {
    const bool no_key = next_is_one_of(TokenKind::value, TokenKind::flow_entry, end);
    const Position key = no_key ? empty_key(start) : read_key(Where::flow);
    bool none = !next_is(TokenKind::value);
    if (!none) {
      scanner_.skip();
      none = next_is(TokenKind::flow_entry) || next_is(end);
    }
    put_value(none ? empty(key) : read_node(Where::flow), key);
  }

  Position empty_key(Position position) { return take_key(empty(position), false); }

  Position read_key(Where where) {
    merge_ = false;
    reading_key_ = true;
    const Node node = read_node(where);
    reading_key_ = false;
    return take_key(node, merge_ && !alias_);
  }

  Position take_key(const Node& node, bool merge) {
    if (node.is_string()) {
      if (merge)
        builder_.merge_key(node.position);
      else
        builder_.key(node.text, node.position);
      return node.position;
    }
    if (node.is_list() || node.is_object()) scanner_.refuse(node.position, "a list or an object cannot be a key");
    std::string text;
    if (!key_text(node, text)) {
      scanner_.refuse(node.position,
                      node.kind == Kind::null ? "null cannot be a key: quote it" : "this number cannot be a key: quote it");
    }
    builder_.key(text == node.text ? node.text : arena_.keep(text), node.position, node.kind);
    return node.position;
  }

  void put_value(const Node& node, Position key) {
    if (builder_.merging()) {
      const bool objects = std::all_of(node.items.begin(), node.items.end(), [](const Node& item) { return item.is_object(); });
      if (!node.is_object() && !(node.is_list() && objects && !alias_))
        scanner_.refuse(node.is_list() || node.is_object() ? node.position : key,
                        "`<<` merges an object or a list of objects, nothing else");
    }
    builder_.put(node);
  }

  YamlScanner& scanner_;
  const Limits& limits_;
  Arena& arena_;
  Builder builder_;
  std::unordered_map<std::string_view, Anchor> anchors_;
  std::size_t values_ = 0, alias_values_ = 0;  ///< read so far; those of them that aliases repeat
  std::size_t bytes_ = 0, alias_bytes_ = 0;    ///< of texts, likewise
  bool reading_key_ = false;
  bool infinite_ = false;  ///< a value was read that may be infinite, or no number
  bool merge_ = false;     ///< the scalar that was just read is a merge key
  bool alias_ = false;     ///< the value that was just read is an alias
};

/// Follows a path through tokens.
class PathFinder {
 public:
  explicit PathFinder(YamlScanner& scanner) : scanner_(scanner) {}

  std::optional<PlainPlace> find(std::string_view path) {
    if (next() == TokenKind::document_start) scanner_.skip();
    const Position root = scanner_.peek().position;
    const auto found = in_value(path, std::nullopt);
    if (!found) return std::nullopt;
    return PlainPlace{root, *found};
  }

 private:
  TokenKind next() { return scanner_.peek().kind; }

  /// In the value of a key, or in an item.
  std::optional<Position> in_value(std::string_view path, std::optional<Position> key) {
    const Position here = scanner_.peek().position;
    if (path.starts_with('.')) path.remove_prefix(1);
    switch (next()) {
      case TokenKind::scalar:
        return path.empty() ? std::optional(here) : std::nullopt;
      case TokenKind::block_object_start:
        if (path.empty()) return key.value_or(here);
        scanner_.skip();
        return in_object(path);
      case TokenKind::block_list_start:
        if (path.empty()) return key.value_or(here);
        scanner_.skip();
        return in_list(path);
      case TokenKind::flow_list_start:
      case TokenKind::flow_object_start:
        if (!path.empty()) return std::nullopt;
        scanner_.skip();
        if (next() == TokenKind::flow_list_end || next() == TokenKind::flow_object_end) return here;
        return key.value_or(here);
      case TokenKind::entry:
        if (path.empty() || !key) return key;
        return in_list(path);
      case TokenKind::key:
      case TokenKind::block_end:
        return path.empty() ? key : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  std::optional<Position> in_object(std::string_view path) {
    while (next() == TokenKind::key) {
      scanner_.skip();
      const Token key = scanner_.peek();
      if (key.kind != TokenKind::scalar || key.text.empty() || key.text == "<<") return std::nullopt;
      scanner_.skip();
      if (next() != TokenKind::value) return std::nullopt;
      scanner_.skip();
      if (path.starts_with(key.text)) {
        const std::string_view rest = path.substr(key.text.size());
        if (rest.empty() || rest[0] == '.' || rest[0] == '[') return in_value(rest, key.position);
      }
      if (!skip_value(false)) return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<Position> in_list(std::string_view path) {
    const std::size_t close = path.find(']');
    if (path[0] != '[' || close == std::string_view::npos) return std::nullopt;
    std::size_t index = 0;
    if (std::from_chars(path.data() + 1, path.data() + close, index).ptr != path.data() + close) return std::nullopt;
    for (std::size_t i = 0; next() == TokenKind::entry; ++i) {
      scanner_.skip();
      if (i == index) return in_value(path.substr(close + 1), std::nullopt);
      if (!skip_value(true)) return std::nullopt;
    }
    return std::nullopt;
  }

  /// Skips what ends at the next key, item or end; false where it has what may change the meaning of others.
  bool skip_value(bool item) {
    for (std::size_t depth = 0;; scanner_.skip()) {
      switch (next()) {
        case TokenKind::block_list_start:
        case TokenKind::block_object_start:
        case TokenKind::flow_list_start:
        case TokenKind::flow_object_start:
          ++depth;
          break;
        case TokenKind::block_end:
          if (depth == 0) return true;
          [[fallthrough]];
        case TokenKind::flow_list_end:
        case TokenKind::flow_object_end:
          --depth;
          break;
        case TokenKind::key:
          if (depth == 0) return true;
          break;
        case TokenKind::entry:
          if (depth == 0 && item) return true;
          break;
        case TokenKind::scalar:
        case TokenKind::value:
        case TokenKind::flow_entry:
          break;
        default:
          return false;
      }
    }
  }

  YamlScanner& scanner_;
};

/// What stands behind a document on its line is no part of it; but a `:` there would make a key of the document.
void refuse_late_key(YamlScanner& scanner, Position start) {
  for (std::size_t depth = 0; scanner.line() == start.line; scanner.skip()) {
    const Token& token = scanner.peek();
    if (token.position.line != start.line) return;
    switch (token.kind) {
      case TokenKind::flow_list_start:
      case TokenKind::flow_object_start:
        ++depth;
        break;
      case TokenKind::flow_list_end:
      case TokenKind::flow_object_end:
        if (depth == 0) return;
        --depth;
        break;
      case TokenKind::value:
        if (depth == 0) scanner.refuse(token.position, "this `:` has no key before it");
        break;
      case TokenKind::flow_entry:
        if (depth == 0) return;
        break;
      case TokenKind::scalar:
      case TokenKind::alias:
      case TokenKind::anchor:
      case TokenKind::tag:
      case TokenKind::key:
        break;
      default:
        return;
    }
  }
}

/// Bytes past ASCII, control characters but tabs and line feeds, in blocks that a compiler makes wide operations of.
struct Odd {
  bool high = false, control = false;
};
Odd find_odd(std::string_view chunk) {
  unsigned char high = 0, control = 0;
  for (const char c : chunk) {
    const auto byte = static_cast<unsigned char>(c);
    high |= byte;
    control |= static_cast<unsigned char>(static_cast<unsigned char>(byte < 0x20) & static_cast<unsigned char>(byte != '\n') &
                                          static_cast<unsigned char>(byte != '\t')) |
               static_cast<unsigned char>(byte == 0x7F);
  }
  return {high >= 0x80, control != 0};
}

ChunkBytes look_through(std::string_view chunk, Odd odd) {
  const auto has = [&](std::string_view text) { return chunk.find(text) != std::string_view::npos; };
  return {!odd.high, (odd.control && has("\r")) || (odd.high && (has("\xC2\x85") || has("\xE2\x80\xA8") || has("\xE2\x80\xA9")))};
}

}  // namespace

std::optional<PlainPlace> find_in_plain_yaml(std::string_view chunk, std::string_view path, Arena& arena) {
  YamlScanner scanner(chunk, 1, look_through(chunk, find_odd(chunk)), arena);
  return PathFinder(scanner).find(path);
}

bool read_plain_yaml(std::string_view chunk, std::uint32_t first_line, const Limits& limits, Arena& arena,
                     std::vector<Document>& documents) {
  const Odd odd = find_odd(chunk);
  const ChunkBytes bytes = look_through(chunk, odd);
  YamlScanner scanner(chunk, first_line, bytes, arena);
  std::size_t offset = 0;
  if (auto refusal = odd.high || odd.control ? refuse_characters(chunk, offset) : std::string(); !refusal.empty()) {
    const auto before = chunk.substr(0, offset);
    const auto start = before.rfind('\n') + 1;
    const auto column = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(start), before.end(),
                                      [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    scanner.refuse({first_line + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')),
                    static_cast<std::uint32_t>(column) + 1},
                   std::move(refusal));
  }
  if (scanner.peek().kind == TokenKind::directive) {
    while (scanner.peek().kind == TokenKind::directive) scanner.skip();
    if (scanner.peek().kind == TokenKind::document_start) return false;
    scanner.refuse(scanner.peek().position,
                   "after a directive the document has to start, and Kubernetes splits at that ---: leave the directive out");
  }
  if (scanner.peek().kind == TokenKind::stream_end) return true;
  {
    Document& document = documents.emplace_back();
    document.line = scanner.peek().position.line;
    document.root = TreeReader(scanner, limits, arena, document.duplicates).read();
    const Node& root = document.root;
    if (scanner.peek().kind == TokenKind::document_end)
      scanner.skip();
    else if (root.quoted || !root.items.empty() || !root.members.empty())
      refuse_late_key(scanner, root.position);
  }
  // What follows is no part of the document; what it is, is told as far as it can be read.
  try {
    while (scanner.peek().kind != TokenKind::stream_end) {
      Document& document = documents.emplace_back();
      document.line = scanner.peek().position.line;
      document.readable = false;
      document.root = TreeReader(scanner, limits, arena, document.duplicates).read();
      document.readable = true;
      while (scanner.peek().kind == TokenKind::document_end) scanner.skip();
    }
  } catch (const Refusal& refusal) {
    if (documents.back().readable) {
      Document& document = documents.emplace_back();
      document.line = refusal.position.line;
      document.readable = false;
    }
    documents.back().root = {};
    documents.back().root.position = {documents.back().line, 1};
  }
  return true;
}

}  // namespace meshroute::text
