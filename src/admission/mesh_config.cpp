// SPDX-License-Identifier: Apache-2.0
// Checks MeshConfig and MeshNetworks: unknown fields, wrong types, values that istiod cannot decode.
#include "admission/mesh_config.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "admission/mesh_config_shape.hpp"
#include "text/case.hpp"
#include "text/near.hpp"

namespace meshroute::admission {

namespace {

using findings::Finding;
using text::Kind;
using text::Node;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;  ///< name and type, in the order of the message

std::map<std::string_view, Fields> read_shape() {
  std::map<std::string_view, Fields> messages;
  Fields* current = nullptr;
  std::string_view rest = kMeshConfigShape;
  const auto word = [](std::string_view& line) {
    const std::string_view found = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(found.size() + 1, line.size()));
    return found;
  };
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with(' ')) {
      current = &messages[word(line)];
    } else {
      line.remove_prefix(1);
    }
    while (!line.empty()) {
      const std::string_view field = word(line);
      const auto colon = field.find(':');
      current->emplace_back(field.substr(0, colon), field.substr(colon + 1));
    }
  }
  return messages;
}

const std::map<std::string_view, Fields>& messages() {
  static const std::map<std::string_view, Fields> known = read_shape();
  return known;
}

/// "connect_timeout" for connectTimeout: protojson takes both.
std::string snake(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    if (letter != text::lower(letter)) out += '_';
    out += text::lower(letter);
  }
  return out;
}

bool is_number(const Node& node, bool whole) {
  if (node.kind == Kind::integer) return true;
  if (node.kind == Kind::number) return !whole || node.number == static_cast<double>(static_cast<std::int64_t>(node.number));
  if (!node.is_string() || node.text.empty()) return false;
  const std::string_view digits = node.text.substr(node.text.front() == '-' ? 1 : 0);
  return !digits.empty() && digits.find_first_not_of(whole ? "0123456789" : "0123456789.eE+-") == std::string_view::npos;
}

/// protojson: "1.5s", and at most 9 digits behind the point.
bool is_duration(const Node& node) {
  std::string_view text = node.text;
  if (!node.is_string() || text.size() < 2 || text.back() != 's') return false;
  text.remove_suffix(1);
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  const auto dot = text.find('.');
  const std::string_view part = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  const auto digits = [](std::string_view number) { return number.find_first_not_of("0123456789") == std::string_view::npos; };
  return !text.empty() && dot != 0 && digits(text.substr(0, dot)) && digits(part) && part.size() <= 9;
}

std::string shown(const Node& node) {
  switch (node.kind) {
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
    default:
      return "`" + std::string(node.text) + "`";
  }
}

class Checker {
 public:
  explicit Checker(std::string path) : path_(std::move(path)) {}

  void message(const Node& node, std::string_view name) {
    if (node.kind == Kind::null) return;
    if (!node.is_object()) return wrong(node, "an object", {});
    const auto found = messages().find(name);
    if (found == messages().end()) return;
    for (const text::Member& member : node.members) {
      const std::size_t size = path_.size();
      path_.append(path_.empty() ? "" : ".").append(member.key);
      const auto field = std::find_if(found->second.begin(), found->second.end(), [&](const auto& each) {
        return each.first == member.key || snake(each.first) == member.key;
      });
      if (field != found->second.end()) {
        value(member.value, field->second);
      } else {
        unknown(member, found->second);
      }
      path_.resize(size);
    }
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void value(const Node& node, std::string_view type) {
    if (node.kind == Kind::null) return;
    const bool list = type.ends_with("[]"), map = type.ends_with("{}");
    if (!list && !map) return one(node, type);
    type.remove_suffix(2);
    const std::size_t size = path_.size();
    if (list) {
      if (!node.is_list()) return wrong(node, "a list", {});
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        path_.append("[").append(std::to_string(i)).append("]");
        one(node.items[i], type);
        path_.resize(size);
      }
      return;
    }
    if (!node.is_object()) return wrong(node, "an object", {});
    for (const text::Member& member : node.members) {
      path_.append(".").append(member.key);
      one(member.value, type);
      path_.resize(size);
    }
  }

  void one(const Node& node, std::string_view type) {
    switch (type.front()) {
      case '@':
        return message(node, type.substr(1));
      case '=':
        return word(node, type.substr(1));
      case 's':
        if (!node.is_string()) wrong(node, "a string", {});
        return;
      case 'b':
        if (node.kind != Kind::boolean) wrong(node, "true or false", {});
        return;
      case 'n':
        if (!is_number(node, true)) wrong(node, "a whole number", {});
        return;
      case 'f':
        if (!is_number(node, false)) wrong(node, "a number", {});
        return;
      case 'd':
        if (!is_duration(node)) wrong(node, "a duration such as 10s", {});
        return;
      default:
        return;
    }
  }

  void word(const Node& node, std::string_view words) {
    std::vector<std::string_view> known;
    std::string listed;
    while (!words.empty()) {
      known.push_back(words.substr(0, words.find('|')));
      words.remove_prefix(std::min(known.back().size() + 1, words.size()));
      listed += (listed.empty() ? "" : ", ") + std::string(known.back());
    }
    if (node.kind == Kind::integer) return;  // the number of the word
    if (node.is_string() && std::find(known.begin(), known.end(), node.text) != known.end()) return;
    const std::string_view near = node.is_string() ? text::nearest(node.text, known) : std::string_view();
    wrong(node, "one of " + listed, near);
  }

  void wrong(const Node& node, const std::string& wanted, std::string_view near) {
    findings_.push_back({findings::RuleId("MC0102"), path_, node.position,
                         path_ + " must be " + wanted + ", not " + shown(node) + ": istiod does not take this configuration",
                         near.empty() ? "" : "did you mean `" + std::string(near) + "`?"});
  }

  void unknown(const text::Member& member, const Fields& fields) {
    std::vector<std::string_view> names;
    for (const auto& [name, type] : fields) names.push_back(name);
    const std::string_view near = text::nearest(member.key, names);
    findings_.push_back({findings::RuleId("MC0101"), path_, member.key_position,
                         "there is no field " + path_ + ": istiod ignores it",
                         near.empty() ? "" : "did you mean `" + std::string(near) + "`?"});
  }

  std::string path_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_mesh_config(const Node& root, std::string_view message, std::string path) {
  Checker checker(std::move(path));
  checker.message(root, message);
  return checker.take();
}

}  // namespace meshroute::admission
