// SPDX-License-Identifier: Apache-2.0
// The scanner's scalars: plain, quoted, and block ones. One that stands in the input as it means is a view of it.
#include <algorithm>
#include <array>
#include <cstdint>

#include "text/binary.hpp"
#include "text/yaml_scanner.hpp"

namespace meshroute::text {

namespace {

/// What may end a plain scalar, or has to be looked at.
enum Mark : std::uint8_t { kOrdinary = 0, kBlank = 1, kColon = 2, kFlow = 4, kBreak = 8, kOtherBreak = 16 };

constexpr std::array<std::uint8_t, 256> kMarks = [] {
  std::array<std::uint8_t, 256> marks{};
  for (const char c : {' ', '\t'}) marks[static_cast<unsigned char>(c)] = kBlank;
  for (const char c : {',', '?', '[', ']', '{', '}'}) marks[static_cast<unsigned char>(c)] = kFlow;
  for (const char c : {'\r', '\xC2', '\xE2'}) marks[static_cast<unsigned char>(c)] = kOtherBreak;
  marks[':'] = kColon;
  marks['\n'] = kBreak;
  return marks;
}();

std::uint8_t mark(char c) { return kMarks[static_cast<unsigned char>(c)]; }

/// Line breaks within a plain or quoted scalar: one is a space, more are all but the first.
void fold(std::string& text, const std::string& leading, const std::string& breaks) {
  if (leading.empty() || leading[0] != '\n')
    text += leading + breaks;
  else if (breaks.empty())
    text += ' ';
  else
    text += breaks;
}

}  // namespace

const char* YamlScanner::scan_plain_line() {
  const std::uint8_t stops = static_cast<std::uint8_t>(kBlank | kColon | kBreak | (flow_depth_ > 0 ? kFlow : 0) |
                                                       (bytes_.other_breaks ? kOtherBreak : 0));
  for (;;) {
    while (here_ < end_ && (mark(*here_) & stops) == 0) ++here_;
    if (here_ == end_) return here_;
    const char* const end = here_;
    switch (mark(*here_)) {
      case kBlank:
        skip_blanks();
        if (at_end() || *here_ == '#' || at_break()) return end;
        if ((mark(*here_) & stops) == kColon && blank_or_end(here_ + 1)) return end;
        if ((mark(*here_) & stops) == kFlow) return end;
        continue;
      case kColon:
        if (blank_or_end(here_ + 1)) return here_;
        break;
      case kOtherBreak:
        if (at_break()) return here_;
        break;
      default:
        return here_;
    }
    ++here_;
  }
}

bool YamlScanner::scan_plain_breaks() {
  const auto skip_indentation = [this] {
    while (here_ < end_ && (*here_ == ' ' || *here_ == '\t')) {
      if (*here_ == '\t' && column() < indent_ + 1) refuse(position(), "a tab cannot indent: use spaces");
      ++here_;
    }
  };
  if (bytes_.other_breaks) {
    leading_break_.clear();
    breaks_.clear();
    read_break(leading_break_);
    for (skip_indentation(); at_break(); skip_indentation()) read_break(breaks_);
  } else {
    break_count_ = 0;
    while (here_ < end_ && *here_ == '\n') {
      ++break_count_;
      ++here_;
      start_line();
      skip_indentation();
    }
  }
  key_allowed_ = true;
  if (at_end() || (flow_depth_ == 0 && column() < indent_ + 1) || *here_ == '#') return false;
  return here_ != line_start_ || !at_marker();
}

void YamlScanner::scan_plain() {
  const Position start = position();
  const char* from = here_;
  const char* to = scan_plain_line();
  const std::string_view text(from, static_cast<std::size_t>(to - from));
  bool several = false;
  while (at_break() && scan_plain_breaks()) {
    from = here_;
    to = scan_plain_line();
    if (to == from) break;  // `: ` or what ends a flow value
    key_allowed_ = false;
    if (!several) buffer_.assign(text);
    several = true;
    if (bytes_.other_breaks)
      fold(buffer_, leading_break_, breaks_);
    else if (break_count_ == 1)
      buffer_ += ' ';
    else
      buffer_.append(break_count_ - 1, '\n');
    buffer_.append(from, to);
  }
  push(TokenKind::scalar, start).text = several ? arena_.keep(buffer_) : text;
}

void YamlScanner::scan_quoted() {
  const Position start = position();
  const char quote = *here_++;
  const char* const from = here_;
  {  // most have neither an escape nor a line break
    while (here_ < end_ && *here_ != quote && *here_ != '\\' && *here_ != '\n') ++here_;
    const bool escaped = here_ + 1 < end_ && quote == '\'' && here_[1] == quote;
    if (here_ < end_ && *here_ == quote && !escaped && !bytes_.other_breaks) {
      Token& token = push(TokenKind::scalar, start);
      token.text = {from, static_cast<std::size_t>(here_ - from)};
      token.quoted = true;
      ++here_;
      return;
    }
    here_ = from;
  }
  buffer_.clear();
  for (;;) {
    if (here_ == line_start_ && at_marker()) refuse(position(), "a document ends within a quotation");
    if (at_end()) refuse(start, "the quotation has no end");
    bool folded = false;
    leading_break_.clear();
    breaks_.clear();
    while (!blank_or_end(here_)) {
      if (*here_ == quote) {
        if (quote == '"' || at(1) != quote) break;
        buffer_ += quote;
        here_ += 2;
      } else if (quote == '"' && *here_ == '\\') {
        if (break_size(here_ + 1) > 0) {
          ++here_;
          skip_break();
          folded = true;
          break;
        }
        scan_escape(start);
      } else {
        buffer_ += *here_++;
      }
    }
    if (!at_end() && *here_ == quote) break;
    const char* blanks = here_;
    const char* blanks_end = here_;
    while (!at_end() && blank_or_end(here_)) {
      if (*here_ == ' ' || *here_ == '\t') {
        ++here_;
        if (!folded) blanks_end = here_;
      } else if (!folded) {
        blanks_end = blanks;
        read_break(leading_break_);
        folded = true;
      } else {
        read_break(breaks_);
      }
    }
    if (folded)
      fold(buffer_, leading_break_, breaks_);
    else
      buffer_.append(blanks, blanks_end);
  }
  ++here_;
  Token& token = push(TokenKind::scalar, start);
  token.text = arena_.keep(buffer_);
  token.quoted = true;
}

void YamlScanner::scan_escape(Position start) {
  constexpr std::string_view kNames = "0abt\tnvfre \"'\\";
  constexpr std::string_view kMeanings("\0\a\b\t\t\n\v\f\r\x1B \"'\\", 14);
  const char name = at(1);
  const Position place = position();
  if (const auto found = kNames.find(name); here_ + 1 < end_ && found != std::string_view::npos) {
    buffer_ += kMeanings[found];
    here_ += 2;
    return;
  }
  std::size_t digits = 0;
  switch (name) {
    case 'N':
      buffer_ += "\xC2\x85";
      break;
    case '_':
      buffer_ += "\xC2\xA0";
      break;
    case 'L':
      buffer_ += "\xE2\x80\xA8";
      break;
    case 'P':
      buffer_ += "\xE2\x80\xA9";
      break;
    case 'x':
      digits = 2;
      break;
    case 'u':
      digits = 4;
      break;
    case 'U':
      digits = 8;
      break;
    default:
      if (here_ + 1 == end_) refuse(start, "the quotation has no end");
      refuse(place, std::string("there is no escape \\") + name + " in YAML");
  }
  here_ += 2;
  if (digits == 0) return;
  std::uint64_t point = 0;
  for (; digits > 0; --digits, ++here_) {
    const char digit = at(0);
    const char letter = static_cast<char>(digit | 0x20);
    if (digit >= '0' && digit <= '9')
      point = point << 4U | static_cast<unsigned>(digit - '0');
    else if (letter >= 'a' && letter <= 'f')
      point = point << 4U | static_cast<unsigned>(letter - 'a' + 10);
    else
      refuse(place, "this escape needs more hexadecimal digits");
  }
  if ((point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) refuse(place, "this escape names no character");
  append_utf8(buffer_, static_cast<std::uint32_t>(point));
}

void YamlScanner::scan_block_breaks(int& indent, std::string& breaks, Position start) {
  int deepest = 0;
  for (;;) {
    int column = static_cast<int>(here_ - line_start_);  // only spaces stand before
    while (!at_end() && *here_ == ' ' && (indent == 0 || column < indent)) ++here_, ++column;
    deepest = std::max(deepest, column);
    if (!at_end() && *here_ == '\t' && (indent == 0 || column < indent))
      refuse(start, "a tab cannot indent the lines of a block: use spaces");
    if (at_end() && column > 0) breaks += '\n';  // Kubernetes ends the last line of a document
    if (!at_break()) break;
    read_break(breaks);
  }
  if (indent == 0) indent = std::max({deepest, indent_ + 1, 1});
}

void YamlScanner::scan_block_scalar() {
  const Position start = position();
  const bool literal = *here_++ == '|';
  char chomping = '\0';
  int increment = 0;
  for (int i = 0; i < 2; ++i) {
    const char c = at(0);
    if ((c == '+' || c == '-') && chomping == '\0') {
      chomping = c;
      ++here_;
    } else if (c >= '0' && c <= '9' && increment == 0) {
      if (c == '0') refuse(start, "a block cannot be indented by 0");
      increment = c - '0';
      ++here_;
    }
  }
  skip_blanks();
  skip_comment();
  if (!at_end() && !at_break()) refuse(start, "the text of a block has to start on the next line");
  if (at_end()) {
    push(TokenKind::scalar, start).quoted = true;
    return;
  }
  skip_break();
  int indent = increment > 0 ? std::max(indent_, 0) + increment : 0;
  buffer_.clear();
  breaks_.clear();
  leading_break_.clear();
  scan_block_breaks(indent, breaks_, start);
  bool leading_blank = false;
  while (!at_end() && static_cast<int>(here_ - line_start_) == indent) {
    const bool blank = *here_ == ' ' || *here_ == '\t';
    if (!literal && !leading_blank && !blank && leading_break_ == "\n") {
      if (breaks_.empty()) buffer_ += ' ';
    } else {
      buffer_ += leading_break_;
    }
    leading_break_.clear();
    buffer_ += breaks_;
    breaks_.clear();
    leading_blank = blank;
    const char* const from = here_;
    if (bytes_.other_breaks) {
      while (!at_end() && !at_break()) ++here_;
    } else {
      here_ = std::find(here_, end_, '\n');
    }
    buffer_.append(from, here_);
    if (at_end()) {
      leading_break_ = "\n";  // Kubernetes ends the last line of a document
      break;
    }
    read_break(leading_break_);
    scan_block_breaks(indent, breaks_, start);
  }
  if (chomping != '-') buffer_ += leading_break_;
  if (chomping == '+') buffer_ += breaks_;
  Token& token = push(TokenKind::scalar, start);
  token.text = arena_.keep(buffer_);
  token.quoted = true;
}

}  // namespace meshroute::text
