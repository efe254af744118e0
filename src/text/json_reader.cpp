// SPDX-License-Identifier: Apache-2.0
// JSON into positioned documents, in one pass.
#include "text/json_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>

#include "text/binary.hpp"
#include "text/builder.hpp"

namespace meshroute::text {

namespace {

/// What a string's bytes need: nothing, or a look.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

class JsonReader {
 public:
  JsonReader(std::string_view bytes, const Limits& limits, Arena& arena, std::vector<Problem>& duplicates)
      : here_(bytes.data()), end_(bytes.data() + bytes.size()), limits_(limits), arena_(arena), builder_(arena, duplicates) {
    if (bytes.starts_with("\xEF\xBB\xBF")) here_ += 3;
    counted_ = here_;
  }

  bool read(Node& root) {
    if (!value(root)) return false;
    skip();
    return here_ == end_;
  }

 private:
  bool at(char c) const { return here_ < end_ && *here_ == c; }

  void skip() {
    while (here_ < end_) {
      if (*here_ == '\n') {
        ++line_;
        counted_ = here_ + 1;
        column_ = continuations_ = 0;
      } else if (*here_ != ' ' && *here_ != '\t' && *here_ != '\r') {
        return;
      }
      ++here_;
    }
  }

  /// Of the next byte. Counts on from the last place on the line.
  Position position() {
    column_ += static_cast<std::uint32_t>(here_ - counted_) - continuations_;
    continuations_ = 0;
    counted_ = here_;
    return {line_, column_ + 1};
  }

  bool value(Node& node) {
    skip();
    if (here_ == end_) return false;
    node.position = position();
    switch (*here_) {
      case '{':
        return object(node);
      case '[':
        return list(node);
      case '"':
        node.kind = Kind::string;
        node.quoted = true;
        return string(node.text) && count();
      case 't':
        node.kind = Kind::boolean;
        node.boolean = true;
        return word("true");
      case 'f':
        node.kind = Kind::boolean;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(node);
    }
  }

  bool count() { return ++nodes_ <= limits_.nodes; }

  bool word(std::string_view text) {
    if (!std::string_view(here_, static_cast<std::size_t>(end_ - here_)).starts_with(text)) return false;
    here_ += text.size();
    return count();
  }

  bool object(Node& node) {
    if (builder_.depth() >= limits_.depth) return false;
    builder_.begin(Kind::object, node.position);
    ++here_;
    skip();
    while (!at('}')) {
      const Position key_position = position();
      std::string_view key;
      if (!at('"') || !string(key)) return false;
      builder_.key(key, key_position);
      skip();
      if (!at(':')) return false;
      ++here_;
      Node member;
      if (!value(member)) return false;
      builder_.put(member);
      skip();
      if (!at(',')) break;
      ++here_;
      skip();
      if (!at('"')) return false;
    }
    if (!at('}')) return false;
    ++here_;
    node = builder_.end();
    return count();
  }

  bool list(Node& node) {
    if (builder_.depth() >= limits_.depth) return false;
    builder_.begin(Kind::list, node.position);
    ++here_;
    skip();
    while (!at(']')) {
      Node item;
      if (!value(item)) return false;
      builder_.put(item);
      skip();
      if (!at(',')) break;
      ++here_;
      skip();
      if (at(']')) return false;
    }
    if (!at(']')) return false;
    ++here_;
    node = builder_.end();
    return count();
  }

  bool string(std::string_view& text) {
    const char* const from = ++here_;
    while (here_ < end_) {
      if (kPlain[static_cast<unsigned char>(*here_)]) {
        ++here_;
      } else if (*here_ == '"') {
        text = {from, static_cast<std::size_t>(here_++ - from)};
        return true;
      } else if (*here_ == '\\') {
        return escaped(from, text);
      } else if (!character()) {
        return false;
      }
    }
    return false;
  }

  /// A character past ASCII.
  bool character() {
    const std::size_t size = utf8_size({here_, static_cast<std::size_t>(std::min<std::ptrdiff_t>(4, end_ - here_))});
    if (size < 2) return false;
    continuations_ += static_cast<std::uint32_t>(size) - 1;
    here_ += size;
    return true;
  }

  /// A string that has escapes; the first is next.
  bool escaped(const char* from, std::string_view& text) {
    buffer_.assign(from, here_);
    while (here_ < end_ && *here_ != '"') {
      const char* const start = here_;
      if (*here_ == '\\') {
        if (!escape()) return false;
        continue;
      }
      if (kPlain[static_cast<unsigned char>(*here_)])
        ++here_;
      else if (!character())
        return false;
      buffer_.append(start, here_);
    }
    if (here_ == end_) return false;
    ++here_;
    text = arena_.keep(buffer_);
    return true;
  }

  bool escape() {
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (end_ - here_ < 2) return false;
    const char name = here_[1];
    here_ += 2;
    if (const auto found = kNames.find(name); found != std::string_view::npos) {
      buffer_ += kMeanings[found];
      return true;
    }
    std::uint32_t point = 0;
    if (name != 'u' || !digits(point)) return false;
    if (point >= 0xD800 && point <= 0xDFFF) {
      std::uint32_t low = 0;
      if (point > 0xDBFF || end_ - here_ < 6 || here_[0] != '\\' || here_[1] != 'u') return false;
      here_ += 2;
      if (!digits(low) || low < 0xDC00 || low > 0xDFFF) return false;
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(buffer_, point);
    return true;
  }

  bool digits(std::uint32_t& point) {
    if (end_ - here_ < 4) return false;
    const auto parsed = std::from_chars(here_, here_ + 4, point, 16);
    if (parsed.ec != std::errc() || parsed.ptr != here_ + 4) return false;
    here_ += 4;
    return true;
  }

  bool number(Node& node) {
    const char* const from = here_;
    const auto some_digits = [this] {
      const char* const first = here_;
      while (here_ < end_ && *here_ >= '0' && *here_ <= '9') ++here_;
      return here_ > first;
    };
    if (at('-')) ++here_;
    const bool zero = at('0');
    const char* const whole = here_;
    if (!some_digits() || (zero && here_ > whole + 1)) return false;
    bool integral = true;
    if (at('.')) {
      integral = false;
      ++here_;
      if (!some_digits()) return false;
    }
    if (at('e') || at('E')) {
      integral = false;
      ++here_;
      if (at('-') || at('+')) ++here_;
      if (!some_digits()) return false;
    }
    node.text = {from, static_cast<std::size_t>(here_ - from)};
    if (integral) {
      const auto parsed = std::from_chars(from, here_, node.integer);
      if (parsed.ec == std::errc()) {
        node.kind = Kind::integer;
        node.number = static_cast<double>(node.integer);
        return count();
      }
      node.integer = 0;
    }
    node.kind = Kind::number;
    if (std::from_chars(from, here_, node.number).ec == std::errc()) return count();
    node.number = std::strtod(std::string(node.text).c_str(), nullptr);  // too small is 0, or nearly
    return std::isfinite(node.number) && count();
  }

  const char* here_;
  const char* end_;
  const char* counted_ = nullptr;  ///< a place on this line whose column is known
  std::uint32_t line_ = 1, column_ = 0;
  std::uint32_t continuations_ = 0;  ///< bytes since there that start no character
  const Limits& limits_;
  Arena& arena_;
  Builder builder_;
  std::size_t nodes_ = 0;
  std::string buffer_;
};

}  // namespace

bool read_plain_json(std::string_view bytes, const Limits& limits, Arena& arena, Document& document) {
  JsonReader reader(bytes, limits, arena, document.duplicates);
  if (reader.read(document.root)) return true;
  document.root = {};
  document.duplicates.clear();
  return false;
}

}  // namespace meshroute::text
