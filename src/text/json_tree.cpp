// SPDX-License-Identifier: Apache-2.0
// A JSON value in memory: reading, changing, writing.
#include "text/json_tree.hpp"

#include <algorithm>
#include <charconv>

#include "text/json_reader.hpp"
#include "text/json_writer.hpp"

namespace meshroute::text {

namespace {

template <bool Sorted>
BasicJson<Sorted> tree_of(const Node& node) {
  using Tree = BasicJson<Sorted>;
  switch (node.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return node.boolean;
    case Kind::integer:
      return node.integer;
    case Kind::number: {
      std::uint64_t large = 0;  // of uint64, beyond int64
      const char* const end = node.text.data() + node.text.size();
      if (const auto read = std::from_chars(node.text.data(), end, large); read.ec == std::errc() && read.ptr == end)
        return large;
      return node.number;
    }
    case Kind::string:
      return node.text;
    case Kind::list: {
      typename Tree::List list;
      list.reserve(node.items.size());
      for (const Node& item : node.items) list.push_back(tree_of<Sorted>(item));
      return list;
    }
    case Kind::object:
      break;
  }
  Tree object = Tree::object();
  auto& members = object.items();
  members.reserve(node.members.size());
  for (const Member& member : node.members) members.emplace_back(std::string(member.key), tree_of<Sorted>(member.value));
  if constexpr (Sorted) {
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  return object;
}

template <class Members>
auto place_of(Members& members, std::string_view key, bool sorted) {
  if (sorted) {
    return std::lower_bound(members.begin(), members.end(), key,
                            [](const auto& member, std::string_view wanted) { return member.first < wanted; });
  }
  return std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
}

}  // namespace

Json json_of(const Node& node) { return tree_of<true>(node); }

OrderedJson ordered_json_of(const Node& node) { return tree_of<false>(node); }

OrderedJson json_or_text(std::string_view text) {
  auto json = OrderedJson::parse(text);
  return json.is_null() && text != "null" ? OrderedJson(text) : json;
}

template <bool Sorted>
BasicJson<Sorted>::BasicJson(std::initializer_list<BasicJson> values) {
  const bool pairs = std::all_of(values.begin(), values.end(), [](const BasicJson& value) {
    return value.is_array() && value.size() == 2 && value.front().is_string();
  });
  if (!pairs) {
    value_.template emplace<List>(values);
    return;
  }
  value_.template emplace<Members>();
  for (const BasicJson& pair : values) (*this)[pair.front().text()] = pair[std::size_t{1}];
}

template <bool Sorted>
BasicJson<Sorted> BasicJson<Sorted>::parse(std::string_view text) {
  Arena arena;
  Document document;
  if (!read_plain_json(text, Limits{}, arena, document)) return nullptr;
  return tree_of<Sorted>(document.root);
}

template <bool Sorted>
bool BasicJson<Sorted>::is_number_unsigned() const {
  const auto* whole = std::get_if<std::int64_t>(&value_);
  return std::holds_alternative<std::uint64_t>(value_) || (whole != nullptr && *whole >= 0);
}

template <bool Sorted>
const std::string& BasicJson<Sorted>::text() const {
  static const std::string none;
  const auto* text = std::get_if<std::string>(&value_);
  return text != nullptr ? *text : none;
}

template <bool Sorted>
std::string BasicJson<Sorted>::value(std::string_view key, const char* otherwise) const {
  const BasicJson& member = (*this)[key];
  return member.is_string() ? member.text() : otherwise;
}

template <bool Sorted>
std::size_t BasicJson<Sorted>::size() const {
  if (const auto* list = std::get_if<List>(&value_)) return list->size();
  if (const auto* members = std::get_if<Members>(&value_)) return members->size();
  return 0;
}

template <bool Sorted>
BasicJson<Sorted>& BasicJson<Sorted>::operator[](std::string_view key) {
  if (!is_object()) value_.template emplace<Members>();
  auto& members = std::get<Members>(value_);
  const auto place = place_of(members, key, Sorted);
  if (place != members.end() && place->first == key) return place->second;
  return members.emplace(place, std::string(key), nullptr)->second;
}

template <bool Sorted>
const BasicJson<Sorted>& BasicJson<Sorted>::operator[](std::string_view key) const {
  static const BasicJson none;
  const auto found = find(key);
  return found == end() ? none : *found;
}

template <bool Sorted>
const BasicJson<Sorted>& BasicJson<Sorted>::operator[](std::size_t index) const {
  static const BasicJson none;
  return index < size() ? at_place(index) : none;
}

template <bool Sorted>
std::size_t BasicJson<Sorted>::index_of(std::string_view key) const {
  const auto* members = std::get_if<Members>(&value_);
  if (members == nullptr) return size();
  const auto place = place_of(*members, key, Sorted);
  return place == members->end() || place->first != key ? size() : static_cast<std::size_t>(place - members->begin());
}

template <bool Sorted>
void BasicJson<Sorted>::push_back(BasicJson item) {
  list().push_back(std::move(item));
}

template <bool Sorted>
auto BasicJson<Sorted>::list() -> List& {
  if (!is_array()) value_.template emplace<List>();
  return std::get<List>(value_);
}

template <bool Sorted>
auto BasicJson<Sorted>::list() const -> const List& {
  static const List none;
  const auto* items = std::get_if<List>(&value_);
  return items != nullptr ? *items : none;
}

template <bool Sorted>
void BasicJson<Sorted>::erase(std::string_view key) {
  auto* members = std::get_if<Members>(&value_);
  if (members != nullptr) std::erase_if(*members, [&](const auto& member) { return member.first == key; });
}

template <bool Sorted>
auto BasicJson<Sorted>::items() const -> const Members& {
  static const Members none;
  const auto* members = std::get_if<Members>(&value_);
  return members != nullptr ? *members : none;
}

template <bool Sorted>
auto BasicJson<Sorted>::items() -> Members& {
  if (!is_object()) value_.template emplace<Members>();
  return std::get<Members>(value_);
}

template <bool Sorted>
BasicJson<Sorted>& BasicJson<Sorted>::at_place(std::size_t index) {
  auto* list = std::get_if<List>(&value_);
  return list != nullptr ? (*list)[index] : std::get<Members>(value_)[index].second;
}

template <bool Sorted>
const BasicJson<Sorted>& BasicJson<Sorted>::at_place(std::size_t index) const {
  const auto* list = std::get_if<List>(&value_);
  return list != nullptr ? (*list)[index] : std::get<Members>(value_)[index].second;
}

template <bool Sorted>
void BasicJson<Sorted>::write(JsonWriter& to) const {
  if (const auto* members = std::get_if<Members>(&value_)) {
    to.begin_object();
    for (const auto& [key, value] : *members) {
      to.key(key);
      value.write(to);
    }
    to.end_object();
  } else if (const auto* list = std::get_if<List>(&value_)) {
    to.begin_list();
    for (const BasicJson& item : *list) item.write(to);
    to.end_list();
  } else if (const auto* flag = std::get_if<bool>(&value_)) {
    to.value(*flag);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value_)) {
    to.value(*whole);
  } else if (const auto* large = std::get_if<std::uint64_t>(&value_)) {
    to.value(*large);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    to.value(*real);
  } else if (const auto* text = std::get_if<std::string>(&value_)) {
    to.value(*text);
  } else {
    to.null();
  }
}

template <bool Sorted>
std::string BasicJson<Sorted>::dump(int indent) const {
  std::string out;
  JsonWriter to(out, indent);
  write(to);
  return out;
}

template <bool Sorted>
bool BasicJson<Sorted>::operator==(const BasicJson& other) const {
  if (is_number() && other.is_number() && value_.index() != other.value_.index()) {
    if (is_number_unsigned() && other.is_number_unsigned()) return number<std::uint64_t>() == other.number<std::uint64_t>();
    return number<double>() == other.number<double>();
  }
  return value_ == other.value_;
}

template class BasicJson<true>;
template class BasicJson<false>;

}  // namespace meshroute::text
