// SPDX-License-Identifier: Apache-2.0
// Decoding of specs, as lenient and as strict as Istio's own (golang jsonpb).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

constexpr double kTwoTo63 = 9223372036854775808.0;

std::string_view trim_json_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.front() == '\r'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// Inside of quotes JSON has other white space escaped, and Istio's decoder only takes the quotes away.
std::string_view trim_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (digits() == 0) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

template <class T>
std::optional<T> parse_integer(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

struct Decoder {
  Walk& walk;
  bool proto_names;

  bool fail_type(const Node& node, std::string_view wanted) {
    std::string hint;
    if (wanted == "a string" && (node.kind == Kind::boolean || node.kind == Kind::integer || node.kind == Kind::number)) {
      hint = "put it in quotes: \"" + std::string(node.text) + "\"";
    }
    walk.report("DC0102", node.position, "expected " + std::string(wanted) + ", found " + std::string(describe(node.kind)),
                std::move(hint));
    return false;
  }

  template <class T>
  bool decode_integer(const Node& node, void* target) {
    std::optional<T> value;
    if (node.kind == Kind::null) {
      value = T{};
    } else if (node.kind == Kind::integer || node.kind == Kind::number) {
      if (const auto whole = integral(node)) {
        if (std::in_range<T>(*whole)) value = static_cast<T>(*whole);
      } else if constexpr (std::is_same_v<T, std::uint64_t>) {
        value = parse_integer<T>(node.text);
        if (!value && node.number >= kTwoTo63 && node.number < 2 * kTwoTo63 && std::trunc(node.number) == node.number) {
          value = static_cast<T>(node.number);
        }
      }
    } else if (node.kind == Kind::string) {  // quoted numbers decode; the schema refuses them
      const std::string_view trimmed = trim_spaces(node.text);
      if (is_json_number(trimmed)) value = parse_integer<T>(trimmed);
      if (trimmed == "-0" || trimmed == "null") value = T{};
    } else {
      return fail_type(node, "an integer");
    }
    if (!value) {
      walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is not an integer of this field's range");
      return false;
    }
    std::memcpy(target, &*value, sizeof(T));
    return true;
  }

  bool decode_floating(const Node& node, void* target) {
    std::optional<double> value;
    if (node.kind == Kind::null) {
      value = 0;
    } else if (node.kind == Kind::integer || node.kind == Kind::number) {
      value = node.number;
    } else if (node.kind == Kind::string) {
      const std::string_view trimmed = trim_spaces(node.text);
      if (node.text == "NaN") {
        value = std::nan("");
      } else if (node.text == "Infinity") {
        value = INFINITY;
      } else if (node.text == "-Infinity") {
        value = -INFINITY;
      } else if (trimmed == "null") {
        value = 0;
      } else if (is_json_number(trimmed)) {
        double parsed = 0;
        const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), parsed);
        if (error == std::errc()) value = parsed;
      }
    } else {
      return fail_type(node, "a number");
    }
    if (!value) {
      walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is not a number");
      return false;
    }
    std::memcpy(target, &*value, sizeof(double));
    return true;
  }

  bool decode_enumeration(const Node& node, const Enumeration& enumeration, void* target) {
    std::int32_t value = 0;
    if (node.kind == Kind::null) {
      value = 0;
    } else if (node.kind == Kind::string) {
      const std::int32_t* known = enumeration.find(node.text);
      if (known == nullptr) {
        std::vector<std::string_view> names;
        std::string all;
        for (const auto& entry : enumeration.values) {
          names.push_back(entry.first);
          all += (all.empty() ? "" : ", ") + std::string(entry.first);
        }
        const std::string_view near = nearest(node.text, names);
        walk.report("DC0104", node.position, "`" + std::string(node.text) + "` is not one of " + all,
                    near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
        return false;
      }
      value = *known;
    } else if (node.kind == Kind::integer || node.kind == Kind::number) {
      const auto whole = integral(node);
      if (!whole || !std::in_range<std::int32_t>(*whole)) {
        walk.report("DC0103", node.position, "`" + std::string(node.text) + "` is no enum number");
        return false;
      }
      value = static_cast<std::int32_t>(*whole);
    } else {
      return fail_type(node, "a string");
    }
    std::memcpy(target, &value, sizeof value);
    return true;
  }

  bool decode_value(const Node& node, const ValueType& type, void* target, const Field& field) {
    switch (type.shape) {
      case Shape::boolean:
        if (node.kind != Kind::boolean && node.kind != Kind::null) return fail_type(node, "a boolean");
        *static_cast<bool*>(target) = node.kind == Kind::boolean && node.boolean;
        return true;
      case Shape::int32:
        return decode_integer<std::int32_t>(node, target);
      case Shape::uint32:
        return decode_integer<std::uint32_t>(node, target);
      case Shape::uint64:
        return decode_integer<std::uint64_t>(node, target);
      case Shape::floating:
        return decode_floating(node, target);
      case Shape::string: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::string) return fail_type(node, "a string");
        if (field.bytes) {
          auto decoded = decode_base64(node.text);
          if (!decoded) {
            walk.report("DC0106", node.position, "not standard base64 with padding");
            return false;
          }
          *static_cast<std::string*>(target) = std::move(*decoded);
          return true;
        }
        *static_cast<std::string*>(target) = std::string(node.text);
        return true;
      }
      case Shape::enumeration:
        return decode_enumeration(node, type.enumeration(), target);
      case Shape::duration: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::string) return fail_type(node, "a string");
        const auto nanoseconds = parse_go_duration(node.text);
        if (!nanoseconds) {
          walk.report("DC0105", node.position, "`" + std::string(node.text) + "` is not a duration",
                      "write a number with a unit, such as 1.5s or 250ms; units are h, m, s, ms, us, ns");
          return false;
        }
        *static_cast<model::Duration*>(target) = to_duration(*nanoseconds);
        return true;
      }
      case Shape::message:
        if (node.kind == Kind::null) return true;
        return decode(node, type.message(), target);
      case Shape::list: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::list) return fail_type(node, "a list");
        const ValueType& element = type.element();
        bool good = true;
        for (std::size_t index = 0; index < node.items.size(); ++index) {
          Walk::Step step(walk, index);
          good = decode_value(node.items[index], element, type.append(target), field) && good;
        }
        return good;
      }
      case Shape::map: {
        if (node.kind == Kind::null) return true;
        if (node.kind != Kind::object) return fail_type(node, "an object");
        const ValueType& element = type.element();
        bool good = true;
        for (const text::Member& member : node.members) {
          Walk::Step step(walk, member.key);
          std::uint32_t number = 0;
          if (type.integer_keys) {
            const std::string_view trimmed = trim_json_space(member.key);
            const auto parsed = is_json_number(trimmed) ? parse_integer<std::uint32_t>(trimmed) : std::nullopt;
            if (!parsed) {
              walk.report("DC0103", member.key_position,
                          "the key `" + std::string(member.key) + "` is not an integer of this map's range");
              good = false;
              continue;
            }
            number = *parsed;
          }
          good = decode_value(member.value, element, type.insert(target, member.key, number), field) && good;
        }
        return good;
      }
    }
    return true;
  }

  bool decode(const Node& node, const Message& message, void* target) {
    if (node.kind != Kind::object) return fail_type(node, "an object");
    bool good = true;
    for (std::size_t at = 0; at < message.fields.size(); ++at) {
      const Field& field = message.fields[at];
      const text::Member* member = node.member(field.name);
      if (member == nullptr && (proto_names || field.proto_name_in_crd) && field.proto_name != field.name)
        member = node.member(field.proto_name);
      if (member == nullptr || member->value.kind == Kind::null) continue;
      if (field.oneof != 0) {  // of two members the last in descriptor order wins; the schema refuses both
        for (std::size_t before = 0; before < at; ++before) {
          const Field& other = message.fields[before];
          if (other.oneof == field.oneof && other.type->reset != nullptr) other.type->reset(other.access(target));
        }
      }
      Walk::Step step(walk, member->key);
      void* place = field.access(target);
      if (field.type->emplace != nullptr) place = field.type->emplace(place);
      good = decode_value(member->value, *field.type, place, field) && good;
    }
    return good;
  }
};

}  // namespace

std::optional<std::int64_t> integral(const Node& node) {
  if (node.kind != Kind::integer && node.kind != Kind::number) return std::nullopt;
  if (!(node.number >= -kTwoTo63 && node.number <= kTwoTo63)) return std::nullopt;
  if (node.kind == Kind::integer) {
    // At the edge of the range the double is rounded: then only the spelling knows.
    if (node.number < kTwoTo63) return node.integer;
    if (node.integer > 0) return node.integer;
    return std::nullopt;
  }
  if (node.number >= kTwoTo63 || std::trunc(node.number) != node.number) return std::nullopt;
  return static_cast<std::int64_t>(node.number);
}

std::optional<std::int64_t> parse_go_duration(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t kMost = 1ULL << 63U;
  std::uint64_t total = 0;
  while (!text.empty()) {
    std::uint64_t whole = 0, fraction = 0;
    double scale = 1;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      if (whole > kMost / 10) return std::nullopt;
      whole = whole * 10 + static_cast<std::uint64_t>(text.front() - '0');
      if (whole > kMost) return std::nullopt;
      any = true;
      text.remove_prefix(1);
    }
    if (!text.empty() && text.front() == '.') {
      text.remove_prefix(1);
      bool overflow = false;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        any = true;
        if (!overflow) {
          if (fraction > (kMost - 1) / 10) {
            overflow = true;
          } else {
            const std::uint64_t next = fraction * 10 + static_cast<std::uint64_t>(text.front() - '0');
            if (next > kMost) {
              overflow = true;
            } else {
              fraction = next;
              scale *= 10;
            }
          }
        }
        text.remove_prefix(1);
      }
    }
    if (!any) return std::nullopt;
    std::size_t length = 0;
    while (length < text.size() && text[length] != '.' && !(text[length] >= '0' && text[length] <= '9')) ++length;
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    std::uint64_t unit = 0;
    if (name == "ns") unit = 1;
    if (name == "us" || name == "\u00b5s" || name == "\u03bcs") unit = 1'000;
    if (name == "ms") unit = 1'000'000;
    if (name == "s") unit = 1'000'000'000;
    if (name == "m") unit = 60'000'000'000;
    if (name == "h") unit = 3'600'000'000'000;
    if (unit == 0 || whole > kMost / unit) return std::nullopt;
    std::uint64_t value = whole * unit;
    if (fraction > 0) {
      value += static_cast<std::uint64_t>(static_cast<double>(fraction) * (static_cast<double>(unit) / scale));
      if (value > kMost) return std::nullopt;
    }
    total += value;
    if (total > kMost) return std::nullopt;
  }
  if (negative) return static_cast<std::int64_t>(0 - total);
  if (total > kMost - 1) return std::nullopt;
  return static_cast<std::int64_t>(total);
}

model::Duration to_duration(std::int64_t nanoseconds) {
  return {nanoseconds / 1'000'000'000, static_cast<std::int32_t>(nanoseconds % 1'000'000'000)};
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string clean;
  for (const char letter : text) {
    if (letter != '\n' && letter != '\r') clean += letter;
  }
  if (clean.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < clean.size(); at += 4) {
    std::uint32_t group = 0;
    int padding = 0;
    for (std::size_t inner = 0; inner < 4; ++inner) {
      const char letter = clean[at + inner];
      std::uint32_t value = 0;
      if (letter >= 'A' && letter <= 'Z') {
        value = static_cast<std::uint32_t>(letter - 'A');
      } else if (letter >= 'a' && letter <= 'z') {
        value = static_cast<std::uint32_t>(letter - 'a') + 26;
      } else if (letter >= '0' && letter <= '9') {
        value = static_cast<std::uint32_t>(letter - '0') + 52;
      } else if (letter == '+') {
        value = 62;
      } else if (letter == '/') {
        value = 63;
      } else if (letter == '=' && inner >= 2 && at + 4 == clean.size()) {
        ++padding;
        group <<= 6U;
        continue;
      } else {
        return std::nullopt;
      }
      if (padding != 0) return std::nullopt;
      group = group << 6U | value;
    }
    bytes += static_cast<char>(group >> 16U);
    if (padding < 2) bytes += static_cast<char>(group >> 8U & 0xFFU);
    if (padding < 1) bytes += static_cast<char>(group & 0xFFU);
  }
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t inner = 0; inner < 3; ++inner) {
      group = group << 8U | (inner < count ? static_cast<unsigned char>(bytes[at + inner]) : 0U);
    }
    text += kLetters[group >> 18U & 63U];
    text += kLetters[group >> 12U & 63U];
    text += count > 1 ? kLetters[group >> 6U & 63U] : '=';
    text += count > 2 ? kLetters[group & 63U] : '=';
  }
  return text;
}

std::string_view describe(text::Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return "something else";
}

std::string_view nearest_name(const Message& message, std::string_view name) {
  std::vector<std::string_view> names;
  names.reserve(message.fields.size());
  for (const Field& field : message.fields) names.push_back(field.name);
  return nearest(name, names);
}

bool decode_message(const Node& node, const Message& message, void* target, Walk& walk, bool proto_names) {
  return Decoder{walk, proto_names}.decode(node, message, target);
}

}  // namespace meshroute::schema
