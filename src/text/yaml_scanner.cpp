// SPDX-License-Identifier: Apache-2.0
// The tokens of YAML.
#include "text/yaml_scanner.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "text/yaml.hpp"

namespace meshroute::text {

namespace {

constexpr std::ptrdiff_t kLongestKey = 1024;  // code points between a key's start and its `:`

bool word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

/// What a plain scalar does not start with, or not always.
constexpr std::array<bool, 256> kIndicators = [] {
  std::array<bool, 256> indicators{};
  for (const char c : std::string_view("-?:,[]{}#&*!|>'\"%@` \t\n")) indicators[static_cast<unsigned char>(c)] = true;
  return indicators;
}();

std::ptrdiff_t code_points(const char* from, const char* to) {
  return std::count_if(from, to, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

YamlScanner::YamlScanner(std::string_view chunk, std::uint32_t first_line, ChunkBytes bytes, Arena& arena)
    : begin_(chunk.data()), here_(begin_), end_(begin_ + chunk.size()), line_(first_line), bytes_(bytes), arena_(arena) {
  if (chunk.starts_with(kByteOrderMark)) here_ += kByteOrderMark.size();
  line_start_ = counted_ = here_;
  queue_.reserve(24);
  indents_.reserve(16);
}

void YamlScanner::refuse(Position position, std::string message, std::string hint) const {
  const std::string_view chunk(begin_, static_cast<std::size_t>(end_ - begin_));
  if (chunk.find("{{") != std::string_view::npos) hint = "this looks like a template: render it first";
  throw Refusal{Rule::TX0101, position, std::move(message), std::move(hint)};
}

std::size_t YamlScanner::other_break_size(const char* place) const {
  if (*place == '\r') return place + 1 < end_ && place[1] == '\n' ? 2 : 1;
  const std::string_view rest(place, static_cast<std::size_t>(std::min<std::ptrdiff_t>(3, end_ - place)));
  if (rest.starts_with("\xC2\x85")) return 2;
  return rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9" ? 3 : 0;
}

bool YamlScanner::at_marker() const {
  if (end_ - here_ < 3 || (*here_ != '-' && *here_ != '.')) return false;
  return here_[1] == *here_ && here_[2] == *here_ && blank_or_end(here_ + 3);
}

void YamlScanner::skip_comment() {
  if (at_end() || *here_ != '#') return;
  if (!bytes_.other_breaks) {
    here_ = std::find(here_, end_, '\n');
    return;
  }
  while (!at_end() && !at_break()) ++here_;
}

void YamlScanner::read_break(std::string& breaks) {
  if (break_size(here_) == 3)  // Unicode's own separators stay what they are
    breaks.append(here_, 3);
  else
    breaks += '\n';
  skip_break();
}

int YamlScanner::count_column() {
  if (here_ < counted_) counted_ = line_start_, counted_column_ = 0;
  counted_column_ += static_cast<int>(code_points(counted_, here_));
  counted_ = here_;
  return counted_column_;
}

void YamlScanner::find_token() {
  for (;;) {
    const bool tabs = flow_depth_ > 0 || !key_allowed_;
    while (here_ < end_ && (*here_ == ' ' || (tabs && *here_ == '\t'))) ++here_;
    skip_comment();
    if (!at_break()) return;
    skip_break();
    if (flow_depth_ == 0) key_allowed_ = true;
  }
}

void YamlScanner::unroll(int column) {
  if (flow_depth_ > 0) return;
  while (indent_ > column) {
    push(TokenKind::block_end, position());
    indent_ = indents_.back();
    indents_.pop_back();
  }
}

void YamlScanner::roll(int column, TokenKind kind, Position position) {
  if (flow_depth_ > 0 || indent_ >= column) return;
  indents_.push_back(indent_);
  indent_ = column;
  push(kind, position);
}

void YamlScanner::fetch() {
  queue_.clear();
  head_ = 0;
  fetch_more();
}

void YamlScanner::fetch_more() {
  find_token();
  const int column = this->column();
  unroll(column);
  if (at_end()) {
    flow_depth_ = 0;
    unroll(-1);
    push(TokenKind::stream_end, position());
    return;
  }
  const bool after_flow = std::exchange(after_flow_, false);
  const char first = *here_;
  if (column == 0) {
    if (first == '%') return fetch_directive();
    if (at_marker()) return fetch_marker();
  }
  switch (first) {
    case '[':
      return fetch_flow_start(TokenKind::flow_list_start);
    case '{':
      return fetch_flow_start(TokenKind::flow_object_start);
    case ']':
    case '}':
      if (flow_depth_ > 0) --flow_depth_;
      after_flow_ = true;
      return fetch_single(first == ']' ? TokenKind::flow_list_end : TokenKind::flow_object_end, false);
    case ',':
      return fetch_single(TokenKind::flow_entry, true);
    case '-':
      if (blank_or_end(here_ + 1)) return fetch_entry();
      break;
    case '?':
      if (flow_depth_ > 0 || blank_or_end(here_ + 1)) return fetch_key();
      break;
    case ':':
      if (flow_depth_ == 0 && !blank_or_end(here_ + 1)) break;
      if (after_flow && (flow_depth_ > 0 || !key_allowed_)) refuse(position(), "a list or an object cannot be a key");
      return fetch_value();
    case '|':
    case '>':
      if (flow_depth_ == 0) return fetch_block_scalar();
      break;
    case '*':
    case '&':
    case '!':
    case '"':
    case '\'':
      return fetch_content();
    default:
      break;
  }
  if (starts_plain()) return fetch_content();
  if (first == '\t') refuse(position(), "a tab cannot indent: use spaces");
  refuse(position(), std::string("a value cannot start with ") + first + ": quote it");
}

bool YamlScanner::starts_plain() const {
  if (!kIndicators[static_cast<unsigned char>(*here_)]) return !bytes_.other_breaks || break_size(here_) == 0;
  if (*here_ == '-') return at(1) != ' ' && at(1) != '\t';
  return flow_depth_ == 0 && (*here_ == '?' || *here_ == ':') && !blank_or_end(here_ + 1);
}

void YamlScanner::fetch_marker() {
  unroll(-1);
  key_allowed_ = false;
  push(*here_ == '-' ? TokenKind::document_start : TokenKind::document_end, position());
  here_ += 3;
}

void YamlScanner::fetch_flow_start(TokenKind kind) {
  // It could only be a key here, and a list or an object cannot be one.
  if (key_allowed_ && flow_depth_ == 0 && indent_ == column()) refuse(position(), "a list or an object cannot be a key");
  ++flow_depth_;
  fetch_single(kind, true);
}

void YamlScanner::fetch_single(TokenKind kind, bool key_may_follow) {
  key_allowed_ = key_may_follow;
  push(kind, position());
  ++here_;
}

void YamlScanner::fetch_entry() {
  if (flow_depth_ == 0) {
    if (!key_allowed_) refuse(position(), "a list cannot start here: put `-` on a line of its own");
    roll(column(), TokenKind::block_list_start, position());
  }
  fetch_single(TokenKind::entry, true);
}

void YamlScanner::fetch_key() {
  if (flow_depth_ == 0) {
    if (!key_allowed_) refuse(position(), "a key cannot start here");
    roll(column(), TokenKind::block_object_start, position());
  }
  fetch_single(TokenKind::key, flow_depth_ == 0);
}

void YamlScanner::fetch_value() {
  if (flow_depth_ == 0) {
    if (!key_allowed_) refuse(position(), "a second `:` on one line: quote the value, or indent the object below its key");
    roll(column(), TokenKind::block_object_start, position());
  }
  fetch_single(TokenKind::value, flow_depth_ == 0);
}

void YamlScanner::fetch_block_scalar() {
  key_allowed_ = true;
  scan_block_scalar();
}

void YamlScanner::fetch_content() {
  const int column = this->column();
  const Key key{key_allowed_, key_allowed_ && flow_depth_ == 0 && indent_ == column, column, line_, here_, position()};
  if (key.possible) queue_.resize(queue_.size() + 2);  // room for what a key has before it
  const std::size_t first = queue_.size();
  key_allowed_ = false;
  for (;;) {
    switch (at(0)) {
      case '&':
        scan_anchor(TokenKind::anchor);
        break;
      case '!':
        scan_tag();
        break;
      case '*':
        scan_anchor(TokenKind::alias);
        return end_content(key, first);
      case '"':
      case '\'':
        scan_quoted();
        return end_content(key, first);
      default:
        if (queue_.size() > first && (at_end() || !starts_plain())) return end_content(key, first);  // an empty value
        scan_plain();
        return end_content(key, first);
    }
    skip_blanks();
    const bool entry = at(0) == '-' && blank_or_end(here_ + 1);
    if (at_end() || at_break() || *here_ == '#' || entry) {
      if (key.required) refuse_key(key);
      if (entry) fetch_entry();
      return;
    }
  }
}

void YamlScanner::end_content(const Key& key, std::size_t first) {
  if (line_ == key.line) skip_blanks();
  const bool colon = line_ == key.line && at(0) == ':' && (flow_depth_ > 0 || blank_or_end(here_ + 1));
  const bool near = colon && (here_ - key.start <= kLongestKey || code_points(key.start, here_) <= kLongestKey);
  if (!key.possible || !near) {
    if (key.required) refuse_key(key);
    // A document's own value may still be a key, and a libyaml looks at one token more.
    if (key.possible && indent_ < 0 && flow_depth_ == 0 && line_ == key.line) fetch_more();
    return;
  }
  Token& start = queue_[first - 1];
  start.kind = TokenKind::key;
  start.position = key.position;
  if (flow_depth_ == 0 && indent_ < key.column) {
    indents_.push_back(indent_);
    indent_ = key.column;
    queue_[first - 2].kind = TokenKind::block_object_start;
    queue_[first - 2].position = key.position;
  }
  fetch_single(TokenKind::value, false);
}

void YamlScanner::refuse_key(const Key& key) const { refuse(key.position, "this has no `:` after it, and so is no key"); }

void YamlScanner::scan_anchor(TokenKind kind) {
  const Position start = position();
  const char* const from = ++here_;
  while (word(at(0))) ++here_;
  const bool good = here_ > from && (blank_or_end(here_) || std::string_view("?:,]}%@`").find(*here_) != std::string_view::npos);
  if (!good) {
    refuse(start, kind == TokenKind::alias ? "`*` starts the name of an anchor, of letters, digits, - and _: quote the value"
                                           : "the name of an anchor has only letters, digits, - and _");
  }
  push(kind, start).text = {from, static_cast<std::size_t>(here_ - from)};
}

void YamlScanner::scan_tag() {
  const Position start = position();
  std::string handle, suffix;
  if (at(1) == '<') {
    here_ += 2;
    suffix = scan_tag_uri({}, false, start);
    if (at(0) != '>') refuse(start, "a tag that starts with `!<` has to end with `>`");
    ++here_;
  } else {
    handle = *here_++;
    while (word(at(0))) handle += *here_++;
    if (at(0) == '!') {
      handle += *here_++;
      suffix = scan_tag_uri({}, false, start);
    } else {
      suffix = scan_tag_uri(handle.substr(1), true, start);
      handle = "!";
      if (suffix.empty()) std::swap(handle, suffix);
    }
  }
  if (!blank_or_end(here_)) refuse(start, "a tag has to be followed by white space");
  Token& token = push(TokenKind::tag, start);
  token.text = arena_.keep(handle + suffix);
  token.own_handle = handle.size() > 2 || (handle.size() == 2 && handle != "!!");
}

std::string YamlScanner::scan_tag_uri(std::string uri, bool named, Position start) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
  };
  bool any = named;
  for (; !at_end() && (word(*here_) || std::string_view(";/?:@&=+$,.!~*'()[]%").find(*here_) != std::string_view::npos);
       any = true) {
    if (*here_ != '%') {
      uri += *here_++;
      continue;
    }
    const int high = digit(at(1)), low = digit(at(2));
    if (high < 0 || low < 0) refuse(start, "a % in a tag has to be followed by two hexadecimal digits");
    uri += static_cast<char>(high << 4 | low);
    here_ += 3;
  }
  if (!any) refuse(start, "a tag is missing after the `!`");
  return uri;
}

void YamlScanner::fetch_directive() {
  unroll(-1);
  key_allowed_ = false;
  const Position start = position();
  push(TokenKind::directive, start);
  const auto number = [&] {
    const char* const from = here_;
    while (at(0) >= '0' && at(0) <= '9') ++here_;
    return here_ > from && here_ <= from + 2;
  };
  const auto blanks = [&] {
    const char* const from = here_;
    skip_blanks();
    return here_ > from;
  };
  const std::string_view rest(here_, static_cast<std::size_t>(end_ - here_));
  bool good = false;
  if (rest.starts_with("%YAML")) {
    here_ += 5;
    good = blanks() && number() && at(0) == '.' && (++here_, number());
  } else if (rest.starts_with("%TAG")) {
    here_ += 4;
    good = blanks() && at(0) == '!';
    if (good) {
      const char* const handle = here_++;
      while (word(at(0))) ++here_;
      if (at(0) == '!')
        ++here_;
      else
        good = here_ == handle + 1;
      good = good && blanks();
      if (good) scan_tag_uri({}, false, start);
      good = good && blank_or_end(here_);
    }
  }
  skip_blanks();
  skip_comment();
  if (!good || !blank_or_end(here_))
    refuse(start, "a % at the start of a line begins a directive, and there is no such directive");
  if (at_break()) skip_break();
}

}  // namespace meshroute::text
