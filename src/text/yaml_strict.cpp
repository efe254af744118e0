// SPDX-License-Identifier: Apache-2.0
// What yaml-cpp takes and Kubernetes refuses.
#include "text/yaml_strict.hpp"

#include <cstdint>
#include <cstring>

namespace meshroute::text {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0'; }
char at(std::string_view text, std::size_t offset) { return offset < text.size() ? text[offset] : '\0'; }

/// The length of a printable character's UTF-8 form; 0 for another character.
std::size_t printable(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = byte(0);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xF0 && lead < 0xF5 ? 4
                                                         : 0;
  if (size == 0) return 0;
  std::uint32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    point = point << 6U | (byte(i) & 0x3FU);
  }
  const bool good = point == 0x09 || point == 0x0A || point == 0x0D || (point >= 0x20 && point <= 0x7E) || point == 0x85 ||
                    (point >= 0xA0 && point <= 0xD7FF) || (point >= 0xE000 && point <= 0xFFFD) ||
                    (point >= 0x10000 && point <= 0x10FFFF);
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  return good && !overlong ? size : 0;
}

std::string refuse_directives(std::string_view chunk, std::size_t& offset) {
  std::size_t line = 0;
  bool any = false;
  while (line < chunk.size() && (chunk[line] == '%' || chunk[line] == '#' || chunk[line] == '\n' || chunk[line] == '\r')) {
    const auto end = std::min(chunk.find('\n', line), chunk.size());
    const std::string_view text = chunk.substr(line, end - line);
    if (text.starts_with('%')) {
      any = true;
      offset = line;
      if (text.starts_with("%YAML ")) {
        if (!text.substr(6).starts_with("1.1")) return "the document says that it is not YAML 1.1";
      } else if (!text.starts_with("%TAG ")) {
        return "there is no such directive";
      }
    }
    if (end == chunk.size()) break;
    line = end + 1;
  }
  if (const auto later = chunk.find("\n%", line > 0 ? line - 1 : 0); later != std::string_view::npos) {
    offset = later + 1;
    return "a % at the start of a line begins a directive, which cannot stand here";
  }
  if (any && line < chunk.size() && !chunk.substr(line).starts_with("---"))
    return "after a directive the document has to start with ---";
  return {};
}

/// A tab where only spaces indent: at the start of a line, or after "- ".
bool tab_indents(std::string_view chunk, std::size_t offset) {
  bool tab = false;
  while (offset > 0 && (chunk[offset - 1] == ' ' || chunk[offset - 1] == '\t')) {
    --offset;
    tab = tab || chunk[offset] == '\t';
  }
  if (!tab) return false;
  if (offset == 0 || chunk[offset - 1] == '\n' || chunk[offset - 1] == '\r') return true;
  const bool indicator = chunk[offset - 1] == '-' || chunk[offset - 1] == '?';
  return indicator && (offset == 1 || blank(chunk[offset - 2]));
}

std::string refuse_quoted(std::string_view chunk, std::size_t& offset, bool flow) {
  const char quote = chunk[offset];
  std::size_t i = offset + 1;
  for (;; ++i) {
    if (i >= chunk.size()) return "the quotation has no end";
    if (chunk[i] == quote) {
      if (quote == '"' || at(chunk, i + 1) != '\'') break;
      ++i;
    } else if (quote == '"' && chunk[i] == '\\') {
      ++i;
      if (std::string_view("0abt\tnvfre \"'\\N_LPxuU\n\r").find(at(chunk, i)) == std::string_view::npos) {
        offset = i - 1;
        return std::string("there is no escape \\") + at(chunk, i) + " in YAML";
      }
    }
  }
  const char next = at(chunk, i + 1);
  if (blank(next) || next == ':' || (flow && (next == ',' || next == ']' || next == '}'))) return {};
  offset = i + 1;
  return "a quotation ends before the value does";
}

/// The name of an anchor or an alias whose mark is at `offset`.
std::string refuse_name(std::string_view chunk, std::size_t offset) {
  std::size_t end = offset + 1;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  while (letter(at(chunk, end))) ++end;
  const char next = at(chunk, end);
  if (end > offset + 1 && (blank(next) || std::string_view("?:,]}%@`").find(next) != std::string_view::npos)) return {};
  return "the name of an anchor has letters, digits, - and _ alone";
}

/// An anchor and a tag before a value; moves past them.
std::string refuse_properties(std::string_view chunk, std::size_t& offset, bool flow) {
  while (at(chunk, offset) == '&' || at(chunk, offset) == '!') {
    const std::size_t from = offset;
    while (offset < chunk.size() && !blank(chunk[offset])) ++offset;
    const std::string_view property = chunk.substr(from, offset - from);
    if (property[0] == '&') {
      if (auto refusal = refuse_name(chunk, from); !refusal.empty()) {
        offset = from;
        return refusal;
      }
    }
    if (property[0] == '!') {
      if (flow && property.find(',') != std::string_view::npos && property[1] != '<') {
        offset = from;
        return "a tag has to be followed by white space";
      }
      const auto handle = property.find('!', 1);
      const bool named = property.size() > 1 && property[1] != '<' && property[1] != '!' && handle != std::string_view::npos;
      if (named && chunk.find("%TAG " + std::string(property.substr(0, handle + 1))) == std::string_view::npos) {
        offset = from;
        return "the tag handle " + std::string(property.substr(0, handle + 1)) + " is not defined";
      }
    } else if (flow && property.find_first_of(",]}") != std::string_view::npos) {
      return {};  // an empty value; yaml-cpp sees the same
    }
    while (offset < chunk.size() && blank(chunk[offset])) ++offset;
  }
  return {};
}

}  // namespace

std::string refuse_characters(std::string_view chunk, std::size_t& offset) {
  std::size_t i = 0;
  while (i < chunk.size()) {
    std::uint64_t word = 0;
    if (i + 8 <= chunk.size()) {  // eight plain ASCII bytes at a time
      std::memcpy(&word, chunk.data() + i, 8);
      const std::uint64_t high = word & 0x8080808080808080ULL;
      const std::uint64_t low = (word - 0x2020202020202020ULL) & ~word & 0x8080808080808080ULL;
      const std::uint64_t rubout =
          ((word ^ 0x7F7F7F7F7F7F7F7FULL) - 0x0101010101010101ULL) & ~(word ^ 0x7F7F7F7F7F7F7F7FULL) & 0x8080808080808080ULL;
      if ((high | low | rubout) == 0) {
        i += 8;
        continue;
      }
    }
    const std::size_t size = printable(chunk.substr(i, 4));
    if (size == 0) {
      offset = i;
      return static_cast<unsigned char>(chunk[i]) < 0x80 ? "control characters are not allowed"
                                                         : "this is not UTF-8, or no printable character";
    }
    i += size;
  }
  return {};
}

std::string refuse_bytes(std::string_view chunk, std::size_t& offset) {
  auto refusal = refuse_characters(chunk, offset);
  return refusal.empty() ? refuse_directives(chunk, offset) : refusal;
}

std::string refuse_key(std::string_view chunk, std::size_t offset) {
  while (at(chunk, offset) == ' ' || at(chunk, offset) == '\t') ++offset;
  return at(chunk, offset) == ':' ? std::string() : "this has no `:` after it, and so is no key";
}

std::string refuse_alias(std::string_view chunk, std::size_t offset) {
  return at(chunk, offset) == '*' ? refuse_name(chunk, offset) : std::string();
}

bool replace_breaks(std::string_view chunk, std::string& replaced) {
  const auto lone = [&](std::size_t i) { return chunk[i] == '\r' && at(chunk, i + 1) != '\n'; };
  bool any = false;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const std::string_view rest = chunk.substr(i, 3);
    const std::size_t size = chunk[i] == '\r'                                   ? (lone(i) ? 1 : 0)
                             : rest.starts_with("\xC2\x85")                     ? 2
                             : rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9" ? 3
                                                                                : 0;
    if (size == 0) continue;
    if (!any) replaced.assign(chunk);
    any = true;
    replaced.replace(i, size, std::string(size - 1, ' ') + "\n");
  }
  return any;
}

std::string refuse_scalar(std::string_view chunk, std::size_t& offset, bool flow, bool has_properties) {
  if (!flow && tab_indents(chunk, offset)) return "a tab cannot indent: use spaces";
  if (has_properties) {
    if (auto refusal = refuse_properties(chunk, offset, flow); !refusal.empty()) return refusal;
  }
  switch (at(chunk, offset)) {
    case '"':
    case '\'':
      return refuse_quoted(chunk, offset, flow);
    case '@':
    case '`':
    case '%':
      return std::string("a plain value cannot start with ") + chunk[offset] + ": quote it";
    case ':':
    case '?':
      if (flow || blank(at(chunk, offset + 1)))
        return std::string("a plain value cannot start with ") + chunk[offset] + " here: quote it";
      return {};
    default:
      return {};
  }
}

std::string refuse_start(std::string_view chunk, std::size_t offset, bool flow) {
  if (!flow && tab_indents(chunk, offset)) return "a tab cannot indent: use spaces";
  const char first = at(chunk, offset);
  return first == '&' || first == '!' ? refuse_properties(chunk, offset, flow) : std::string();
}

}  // namespace meshroute::text
