// SPDX-License-Identifier: Apache-2.0
// The types of plain scalars in YAML 1.1.
#include "text/scalar.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace meshroute::text {

namespace {

enum class Word { none, yes, no, null, infinite, not_a_number };

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

Word word_of(std::string_view text) {
  if (text.empty()) return Word::null;
  if (text.size() > 5) return Word::none;
  switch (text[0]) {
    case '~':
      return text.size() == 1 ? Word::null : Word::none;
    case 'n':
    case 'N':
      if (is_one_of(text, {"null", "Null", "NULL"})) return Word::null;
      return is_one_of(text, {"n", "N", "no", "No", "NO"}) ? Word::no : Word::none;
    case 'y':
    case 'Y':
      return is_one_of(text, {"y", "Y", "yes", "Yes", "YES"}) ? Word::yes : Word::none;
    case 't':
    case 'T':
      return is_one_of(text, {"true", "True", "TRUE"}) ? Word::yes : Word::none;
    case 'f':
    case 'F':
      return is_one_of(text, {"false", "False", "FALSE"}) ? Word::no : Word::none;
    case 'o':
    case 'O':
      if (is_one_of(text, {"on", "On", "ON"})) return Word::yes;
      return is_one_of(text, {"off", "Off", "OFF"}) ? Word::no : Word::none;
    case '.':
    case '+':
    case '-': {
      const std::string_view rest = text[0] == '.' ? text : text.substr(1);
      if (is_one_of(rest, {".inf", ".Inf", ".INF"})) return Word::infinite;
      return is_one_of(text, {".nan", ".NaN", ".NAN"}) ? Word::not_a_number : Word::none;
    }
    default:
      return Word::none;
  }
}

/// Base 0 as in C: 0x, 0o, 0b and a leading 0 choose it. `text` has no `_`.
std::optional<std::pair<bool, std::uint64_t>> parse_integer(std::string_view text) {  // negative, magnitude
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return std::pair(negative, value);
}

/// [-+]? ( .digits | digits [. digits?] ) ( e[-+]?digits )?
bool is_float_spelling(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  const std::size_t whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

void set_integer(Node& node, bool negative, std::uint64_t magnitude) {
  constexpr std::uint64_t kMost = 9223372036854775807ULL;
  if (magnitude > kMost && !(negative && magnitude == kMost + 1)) {  // an unsigned one past int64
    node.kind = Kind::number;
    node.number = static_cast<double>(magnitude);
    return;
  }
  node.kind = Kind::integer;
  node.integer = negative ? static_cast<std::int64_t>(0 - magnitude) : static_cast<std::int64_t>(magnitude);
  node.number = static_cast<double>(node.integer);
}

bool set_number(Node& node, std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == '.' || (text[0] >= '0' && text[0] <= '9'))) {
    std::string plain;
    std::string_view digits = text;
    if (text.find('_') != std::string_view::npos && text[0] != '.') {
      for (const char c : text) {
        if (c != '_') plain += c;
      }
      digits = plain;
    }
    if (text[0] != '.') {
      if (const auto whole = parse_integer(digits)) {
        if (!whole->first || whole->second <= 9223372036854775808ULL) {
          set_integer(node, whole->first, whole->second);
          return true;
        }
      }
    }
    if (is_float_spelling(digits)) {
      const double value = std::strtod(std::string(digits).c_str(), nullptr);
      if (!std::isfinite(value)) return false;  // out of range: a string
      node.kind = Kind::number;
      node.number = value;
      return true;
    }
  }
  return false;
}

void set_by_spelling(Node& node, Word word) {
  switch (word) {
    case Word::null:
      node.kind = Kind::null;
      return;
    case Word::yes:
    case Word::no:
      node.kind = Kind::boolean;
      node.boolean = word == Word::yes;
      return;
    default:
      break;
  }
  if (!set_number(node, node.text)) node.kind = Kind::string;
}

/// Whether a number is an integer past int64.
bool is_unsigned(const Node& node) {
  std::string plain;
  for (const char c : node.text) {
    if (c != '_') plain += c;
  }
  return node.kind == Kind::number && !plain.empty() && plain[0] != '.' && parse_integer(plain).has_value();
}

}  // namespace

Tag tag_of(std::string_view name) {
  constexpr std::string_view kYaml = "tag:yaml.org,2002:";
  if (name.starts_with("!!"))
    name.remove_prefix(2);
  else if (name.starts_with(kYaml))
    name.remove_prefix(kYaml.size());
  else
    return name.empty() ? Tag::none : Tag::other;
  if (name == "str") return Tag::string;
  if (name == "int") return Tag::integer;
  if (name == "float") return Tag::floating;
  if (name == "bool") return Tag::boolean;
  if (name == "null") return Tag::null;
  if (name == "timestamp") return Tag::timestamp;
  return Tag::other;
}

Typed type_scalar(Node& node, Tag tag, bool quoted) {
  if ((quoted && tag == Tag::none) || tag == Tag::string || tag == Tag::other) {
    node.kind = Kind::string;
    node.quoted = true;
    return Typed::good;
  }
  const Word word = word_of(node.text);
  if (word == Word::infinite || word == Word::not_a_number) {
    node.kind = Kind::number;
    node.number = word == Word::not_a_number ? NAN : node.text[0] == '-' ? -INFINITY : INFINITY;
    return tag == Tag::none || tag == Tag::floating ? Typed::infinite : Typed::mismatch;
  }
  set_by_spelling(node, word);
  switch (tag) {
    case Tag::integer:
      return node.kind == Kind::integer || is_unsigned(node) ? Typed::good : Typed::mismatch;
    case Tag::floating:
      if (node.kind != Kind::integer && node.kind != Kind::number) return Typed::mismatch;
      node.kind = Kind::number;
      return Typed::good;
    case Tag::boolean:
      return node.kind == Kind::boolean ? Typed::good : Typed::mismatch;
    case Tag::null:
      return node.kind == Kind::null ? Typed::good : Typed::mismatch;
    case Tag::timestamp: {
      const bool date = node.kind == Kind::string && node.text.size() >= 8 && node.text.find('-') == 4;
      return date ? Typed::good : Typed::mismatch;
    }
    default:
      return Typed::good;
  }
}

namespace {

/// As Go prints a float with the fewest digits that give the same 32-bit one.
std::string shortest(double number) {
  if (std::isnan(number)) return ".nan";
  const auto narrow = static_cast<float>(number);
  if (std::isinf(narrow)) return narrow > 0 ? ".inf" : "-.inf";
  std::array<char, 64> buffer{};
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), narrow, std::chars_format::scientific);
  std::string text(buffer.data(), scientific.ptr);
  const auto mark = text.find('e');
  const int exponent = std::atoi(text.c_str() + mark + 1);
  if (exponent < -4 || exponent >= 6) return text;
  const auto fixed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), narrow, std::chars_format::fixed);
  return std::string(buffer.data(), fixed.ptr);
}

}  // namespace

bool key_text(const Node& node, std::string& text) {
  switch (node.kind) {
    case Kind::string:
      text = std::string(node.text);
      return true;
    case Kind::boolean:
      text = node.boolean ? "true" : "false";
      return true;
    case Kind::integer:
      text = std::to_string(node.integer);
      return true;
    case Kind::number:
      if (is_unsigned(node)) return false;  // Kubernetes' reader takes no unsigned integer past int64 as a key
      text = shortest(node.number);
      return true;
    default:
      return false;
  }
}

}  // namespace meshroute::text
