// SPDX-License-Identifier: Apache-2.0
// The table is one text (messages.inc), cut into views when it is first asked: a line `@package`, then a line for each of its
// messages, `Name field:type …`, or `Name ?` for one that is not read. A type is a letter of a scalar, or `m` or `e` and the
// place of a message or an enum, to base 36;
// `*` behind it is a list, and `%` and a letter a map with keys of that scalar. The enums are lines of their values' names.
#include "envoy/messages.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <unordered_map>

#include "match/duration.hpp"
#include "text/go_json.hpp"
#include "text/near.hpp"

namespace meshroute::envoy {

namespace {

using text::Kind;
using text::Node;

#include "envoy/messages.inc"

enum class WellKnown : std::uint8_t { fields, unread, any, wrapper, duration, timestamp, value, list, structure, empty };

struct FieldDescriptor {
  std::string_view name;
  char type = 's';  ///< its letter
  char key = '\0';  ///< of a map: the letter of its keys
  bool list = false;
  std::uint16_t place = 0;  ///< of its message or enum
};

struct MessageDescriptor {
  std::string name;
  WellKnown form = WellKnown::fields;
  std::vector<FieldDescriptor> fields;
};

std::string_view cut(std::string_view& rest, char end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

WellKnown form_of(std::string_view name) {
  constexpr std::string_view kGoogle = "google.protobuf.";
  if (!name.starts_with(kGoogle)) return WellKnown::fields;
  name.remove_prefix(kGoogle.size());
  if (name == "Any") return WellKnown::any;
  if (name == "Duration") return WellKnown::duration;
  if (name == "Timestamp") return WellKnown::timestamp;
  if (name == "Value") return WellKnown::value;
  if (name == "ListValue") return WellKnown::list;
  if (name == "Struct") return WellKnown::structure;
  if (name == "Empty") return WellKnown::empty;
  return name.ends_with("Value") ? WellKnown::wrapper : WellKnown::fields;
}

struct Tables {
  std::vector<MessageDescriptor> messages;
  std::vector<std::vector<std::string_view>> enums;
  std::unordered_map<std::string_view, const MessageDescriptor*> by_name;

  Tables() {
    std::string_view package;
    for (std::string_view rest = kMessageText; !rest.empty();) {
      std::string_view line = cut(rest, '\n');
      if (line.starts_with('@')) {
        package = line.substr(1);
        continue;
      }
      MessageDescriptor& message = messages.emplace_back();
      message.name = std::string(package) + '.' + std::string(cut(line, ' '));
      message.form = form_of(message.name);
      if (line == "?") message.form = WellKnown::unread;
      while (message.form != WellKnown::unread && !line.empty()) message.fields.push_back(field(cut(line, ' ')));
    }
    for (std::string_view rest = kEnumText; !rest.empty();) {
      std::string_view line = cut(rest, '\n');
      auto& values = enums.emplace_back();
      while (!line.empty()) values.push_back(cut(line, ' '));
    }
    for (const MessageDescriptor& message : messages) by_name.emplace(message.name, &message);
  }

  static FieldDescriptor field(std::string_view text) {
    FieldDescriptor made;
    made.name = cut(text, ':');
    made.type = text.front();
    text.remove_prefix(1);
    made.list = text.ends_with('*');
    if (const std::size_t map = text.find('%'); map != std::string_view::npos) made.key = text[map + 1];
    std::from_chars(text.data(), text.data() + text.size(), made.place, 36);
    return made;
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

/// lower_camel of a proto name is its JSON name.
std::string json_name(std::string_view name) {
  std::string camel;
  bool upper = false;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      camel += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      upper = false;
    }
  }
  return camel;
}

bool is_timestamp(std::string_view text) {  // RFC 3339
  const auto fits = [&](std::string_view form) {
    if (text.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
      if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return false;
    }
    return true;
  };
  if (!fits("0000-00-00T00:00:00")) return false;
  text.remove_prefix(19);
  if (text.starts_with('.') || text.starts_with(',')) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (end == 1) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || (text.size() == 6 && (fits("+00:00") || fits("-00:00")));
}

class TypeChecker {
 public:
  std::vector<MessageProblem> problems;

  void check(const Node& node, const MessageDescriptor& message) {
    if (node.kind == Kind::null && message.form != WellKnown::value) return;
    switch (message.form) {
      case WellKnown::unread:
        return;
      case WellKnown::any:
        return check_any(node);
      case WellKnown::wrapper:
        return check_scalar(node, message.fields.front());
      case WellKnown::duration:
        if (!node.is_string() || !match::parse_go_duration(node.text)) {
          wrong(node, "a duration", "write a text with a unit, such as 5s");
        }
        return;
      case WellKnown::timestamp:
        if (!node.is_string() || !is_timestamp(node.text)) wrong(node, "a time of RFC 3339");
        return;
      case WellKnown::value:
        return;
      case WellKnown::list:
        if (!node.is_list()) wrong(node, "a list");
        return;
      case WellKnown::structure:
        if (!node.is_object()) wrong(node, "an object");
        return;
      case WellKnown::empty:
      case WellKnown::fields:
        return check_fields(node, message, false);
    }
  }

 private:
  /// Extends the path for as long as it lives.
  class Step {
   public:
    Step(TypeChecker& checker, std::string_view key) : path_(checker.path_), size_(path_.size()) {
      if (size_ != 0) path_ += '.';
      path_ += key;
    }
    Step(TypeChecker& checker, std::size_t index) : path_(checker.path_), size_(path_.size()) {
      path_ += '[' + std::to_string(index) + ']';
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { path_.resize(size_); }

   private:
    std::string& path_;
    std::size_t size_;
  };

  void add(MessageProblem::Kind kind, std::string message, std::string hint = {}) {
    problems.push_back({kind, path_, std::move(message), std::move(hint)});
  }
  void wrong(const Node& node, std::string_view wanted, std::string hint = {}) {
    const std::string found = node.kind == Kind::object ? "an object"
                              : node.is_list()          ? "a list"
                                                        : '`' + std::string(node.text) + '`';
    add(MessageProblem::Kind::wrong, "Envoy wants " + std::string(wanted) + " here, found " + found, std::move(hint));
  }

  void check_any(const Node& node) {
    if (!node.is_object()) return wrong(node, "an object with its @type");
    const Node* type = node.find("@type");
    if (type == nullptr) return add(MessageProblem::Kind::wrong, "the @type is missing", "name the message in `@type`");
    if (!type->is_string() && type->kind != Kind::null) {
      const Step step(*this, "@type");
      return wrong(*type, "the name of a message");
    }
    const std::string_view url = type->kind == Kind::null ? std::string_view() : type->text;
    const std::string_view name = url.substr(url.rfind('/') + 1);
    const auto found = tables().by_name.find(name);
    if (found == tables().by_name.end()) {
      const Step step(*this, "@type");
      return add(MessageProblem::Kind::wrong, "Istio knows no message `" + std::string(url) + "`",
                 name.find(".v2.") != std::string_view::npos ? "use the message of version 3" : "");
    }
    const MessageDescriptor& message = *found->second;
    if (message.form == WellKnown::unread) return;
    if (message.form == WellKnown::fields) return check_fields(node, message, true);
    const Node* value = node.find("value");
    if (value == nullptr) return add(MessageProblem::Kind::wrong, "the member `value` of this @type is missing");
    const Step step(*this, "value");
    check(*value, message);
  }

  void check_fields(const Node& node, const MessageDescriptor& message, bool of_any) {
    if (!node.is_object()) return wrong(node, "an object");
    std::size_t known = of_any ? 1 : 0;
    bool asks_config = false, has_config = false;
    for (const FieldDescriptor& field : message.fields) {
      const std::string camel = json_name(field.name);
      const text::Member* by_proto = node.member(field.name);
      const text::Member* by_json = camel == field.name ? nullptr : node.member(camel);
      known += (by_proto != nullptr ? 1U : 0U) + (by_json != nullptr ? 1U : 0U);
      const text::Member* given = by_json != nullptr ? by_json : by_proto;  // Go takes the JSON name where both stand
      const bool set = given != nullptr && given->value.kind != Kind::null;
      asks_config = asks_config || field.name == "typed_config";
      has_config = has_config || (set && (field.name == "typed_config" || field.name == "config_discovery"));
      if (!set) continue;
      const Step step(*this, given->key);
      check_field(given->value, field);
    }
    if (known < node.members.size()) unknown_fields(node, message, of_any);
    if (asks_config && !has_config) {
      add(MessageProblem::Kind::no_typed_config, "Envoy no longer finds a filter by its name: `typed_config` is missing",
          "write `typed_config` with the @type");
    }
  }

  void unknown_fields(const Node& node, const MessageDescriptor& message, bool of_any) {
    for (const text::Member& member : node.members) {
      if (of_any && member.key == "@type") continue;
      const auto is = [&](const FieldDescriptor& field) {
        return field.name == member.key || json_name(field.name) == member.key;
      };
      if (std::any_of(message.fields.begin(), message.fields.end(), is)) continue;
      std::vector<std::string_view> names;
      names.reserve(message.fields.size());
      for (const FieldDescriptor& field : message.fields) names.push_back(field.name);
      const std::string_view near = text::nearest(member.key, names);
      const Step step(*this, member.key);
      add(MessageProblem::Kind::unknown_field,
          "the message " + message.name + " has no field `" + std::string(member.key) + "`: Istio drops it",
          near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
    }
  }

  void check_field(const Node& node, const FieldDescriptor& field) {
    if (field.list) {
      if (!node.is_list()) return wrong(node, "a list");
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Step step(*this, i);
        check_single(node.items[i], field);
      }
    } else if (field.key != '\0') {
      if (!node.is_object()) return wrong(node, "an object");
      for (const text::Member& member : node.members) {
        const Step step(*this, member.key);
        Node key;
        key.kind = Kind::string;
        key.text = member.key;
        if (field.key != 's') check_scalar(key, {field.name, field.key, '\0', false, 0});
        check_single(member.value, field);
      }
    } else {
      check_single(node, field);
    }
  }

  void check_single(const Node& node, const FieldDescriptor& field) {
    if (field.type == 'm') return check(node, tables().messages[field.place]);
    check_scalar(node, field);
  }

  void check_scalar(const Node& node, const FieldDescriptor& field) {
    if (node.kind == Kind::null) return;
    switch (field.type) {
      case 'b':
        if (node.kind != Kind::boolean) wrong(node, "true or false");
        return;
      case 's':
        if (!node.is_string()) wrong(node, "a text", "put it in quotes");
        return;
      case 'y':
        if (!text::go_bytes(node)) wrong(node, "bytes in base64");
        return;
      case 'i':
        if (!text::go_integer<std::int32_t>(node)) wrong(node, "an integer");
        return;
      case 'u':
        if (!text::go_integer<std::uint32_t>(node)) wrong(node, "an integer from 0");
        return;
      case 'I':
        if (!text::go_integer<std::int64_t>(node)) wrong(node, "an integer");
        return;
      case 'U':
        if (!text::go_integer<std::uint64_t>(node)) wrong(node, "an integer from 0");
        return;
      case 'f':
      case 'd': {
        const auto value = text::go_floating(node);
        const bool fits = value && (field.type == 'd' || !std::isfinite(*value) || std::isfinite(static_cast<float>(*value)));
        if (!fits) wrong(node, "a number");
        return;
      }
      default:
        return check_enum(node, tables().enums[field.place]);
    }
  }

  void check_enum(const Node& node, const std::vector<std::string_view>& values) {
    if (!node.is_string()) {
      const auto number = text::integral(node);
      if (!number || *number < INT32_MIN || *number > INT32_MAX) wrong(node, "the name of a value");
      return;
    }
    if (std::find(values.begin(), values.end(), node.text) != values.end()) return;
    constexpr std::size_t kMost = 12;
    std::string names;
    for (std::size_t i = 0; i < values.size() && i < kMost; ++i) names += (i == 0 ? "" : ", ") + std::string(values[i]);
    wrong(node, "one of " + names + (values.size() > kMost ? ", …" : ""));
  }

  std::string path_;
};

}  // namespace

std::vector<MessageProblem> check_message(const Node& value, std::string_view name) {
  TypeChecker checker;
  const auto found = tables().by_name.find(name);
  if (found != tables().by_name.end()) checker.check(value, *found->second);
  return std::move(checker.problems);
}

}  // namespace meshroute::envoy
