#pragma once

// SPDX-License-Identifier: Apache-2.0
// The tokens of YAML 1.1, as the reader of Kubernetes (a libyaml) makes them: what it takes is taken, what it refuses is refused.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/arena.hpp"
#include "text/document.hpp"

namespace meshroute::text {

enum class TokenKind : std::uint8_t {
  none,  ///< no token: room that a key did not need
  stream_end,
  directive,
  document_start,
  document_end,
  block_list_start,
  block_object_start,
  block_end,
  flow_list_start,
  flow_list_end,
  flow_object_start,
  flow_object_end,
  entry,       ///< "- "
  flow_entry,  ///< ","
  key,         ///< before a key, whether "? " stands there or not
  value,       ///< ":"
  alias,
  anchor,
  tag,
  scalar
};

struct Token {
  TokenKind kind = TokenKind::none;
  bool quoted = false;      ///< a scalar that is not plain
  bool own_handle = false;  ///< a tag whose handle a directive has to define
  Position position;
  std::string_view text;  ///< of a scalar, an alias, an anchor, a tag (`!!int`, `!local`, or what `!<…>` holds)
};

/// What the bytes of a chunk hold, found before they are read.
struct ChunkBytes {
  bool ascii = true;
  bool other_breaks = false;  ///< carriage returns, or Unicode's line breaks
};

/// Reads one chunk token by token. Throws Refusal.
class YamlScanner {
 public:
  YamlScanner(std::string_view chunk, std::uint32_t first_line, ChunkBytes bytes, Arena& arena);

  const Token& peek() {
    for (;; ++head_) {
      if (head_ == queue_.size()) fetch();
      if (queue_[head_].kind != TokenKind::none) return queue_[head_];
    }
  }
  void skip() { ++head_; }
  /// Where it stands, which is behind the next token where that was looked at.
  std::uint32_t line() const { return line_; }

  /// Refuses the chunk.
  [[noreturn]] void refuse(Position position, std::string message, std::string hint = {}) const;

 private:
  /// A place where a key may start that has no "? " before it.
  struct Key {
    bool possible = false, required = false;
    int column = 0;
    std::uint32_t line = 0;
    const char* start = nullptr;
    Position position;
  };

  char at(std::size_t ahead) const { return ahead < static_cast<std::size_t>(end_ - here_) ? here_[ahead] : '\0'; }
  bool at_end() const { return here_ == end_; }
  /// The size of a line break at `place`; 0 where there is none.
  std::size_t break_size(const char* place) const {
    if (place == end_) return 0;
    if (*place == '\n') return 1;
    return bytes_.other_breaks ? other_break_size(place) : 0;
  }
  std::size_t other_break_size(const char* place) const;
  bool at_break() const { return break_size(here_) > 0; }
  bool blank_or_end(const char* place) const { return place == end_ || *place == ' ' || *place == '\t' || break_size(place) > 0; }
  /// "---" or "..." with nothing, or white space, behind it.
  bool at_marker() const;
  void skip_blanks() {
    while (here_ < end_ && (*here_ == ' ' || *here_ == '\t')) ++here_;
  }
  void skip_comment();
  void skip_break() {
    here_ += break_size(here_);
    start_line();
  }
  void start_line() {
    ++line_;
    line_start_ = counted_ = here_;
    counted_column_ = 0;
  }
  /// Skips a line break and appends what it means.
  void read_break(std::string& breaks);
  int column() { return bytes_.ascii ? static_cast<int>(here_ - line_start_) : count_column(); }
  int count_column();
  Position position() { return {line_, static_cast<std::uint32_t>(column()) + 1}; }

  Token& push(TokenKind kind, Position position) {
    Token& token = queue_.emplace_back();
    token.kind = kind;
    token.position = position;
    return token;
  }
  void fetch();
  void fetch_more();
  void find_token();
  void unroll(int column);
  void roll(int column, TokenKind kind, Position position);
  void fetch_directive();
  void fetch_marker();
  void fetch_flow_start(TokenKind kind);
  void fetch_single(TokenKind kind, bool key_may_follow);
  void fetch_entry();
  void fetch_key();
  void fetch_value();
  void fetch_block_scalar();
  /// A scalar or an alias with the anchor and the tag before it; a key, where `:` follows.
  void fetch_content();
  void end_content(const Key& key, std::size_t first);
  [[noreturn]] void refuse_key(const Key& key) const;
  bool starts_plain() const;
  std::string name(const char* what);
  void scan_anchor(TokenKind kind);
  void scan_tag();
  std::string scan_tag_uri(std::string uri, bool named, Position start);

  // yaml_scalars.cpp
  void scan_plain();
  /// Skips the line breaks and blanks behind a plain scalar's line; false where the scalar ends there.
  bool scan_plain_breaks();
  /// The rest of a plain scalar on this line; gives back the end of its text.
  const char* scan_plain_line();
  void scan_quoted();
  void scan_escape(Position start);
  void scan_block_scalar();
  void scan_block_breaks(int& indent, std::string& breaks, Position start);

  const char* begin_;
  const char* here_;
  const char* end_;
  const char* line_start_;
  const char* counted_;  ///< a place on this line whose column is known
  int counted_column_ = 0;
  std::uint32_t line_;
  ChunkBytes bytes_;
  Arena& arena_;
  int indent_ = -1;
  std::vector<int> indents_;
  std::size_t flow_depth_ = 0;
  bool key_allowed_ = true;
  bool after_flow_ = false;  ///< the last token ended a flow list or object
  std::vector<Token> queue_;
  std::size_t head_ = 0;
  std::string buffer_, breaks_, leading_break_;
  std::size_t break_count_ = 0;
};

}  // namespace meshroute::text
