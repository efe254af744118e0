#pragma once

// SPDX-License-Identifier: Apache-2.0
// A JSON value in memory. Unlike nlohmann's it survives an allocation that fails, at any place, and costs its includers little.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace meshroute::text {

class JsonWriter;

/// A value: null, boolean, number, string, list or object. The members of a `Json` are sorted by their keys, those of an
/// `OrderedJson` stand as they were added. Keys are unique. A list or object that is asked for what it has not gives null.
template <bool Sorted>
class BasicJson {
 public:
  using List = std::vector<BasicJson>;
  using Members = std::vector<std::pair<std::string, BasicJson>>;

  /// Over a list's items or an object's values.
  template <class Owner, class Value>
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = BasicJson;
    using pointer = Value*;
    using reference = Value&;
    using iterator_category = std::forward_iterator_tag;
    Iterator() = default;
    Iterator(Owner* owner, std::size_t at) : owner_(owner), at_(at) {}
    Value& operator*() const { return owner_->at_place(at_); }
    Value* operator->() const { return &owner_->at_place(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++at_;
      return old;
    }
    bool operator==(const Iterator&) const = default;
    const std::string& key() const { return std::get<Members>(owner_->value_)[at_].first; }
    Value& value() const { return **this; }

   private:
    Owner* owner_ = nullptr;
    std::size_t at_ = 0;
  };
  using iterator = Iterator<BasicJson, BasicJson>;
  using const_iterator = Iterator<const BasicJson, const BasicJson>;

  BasicJson() noexcept {}  // clang 16 takes no defaulted one here: a member is not complete yet
  // libstdc++'s variant of strings and vectors destroys what was never there if its own copy constructor throws.
  BasicJson(const BasicJson& other) {
    std::visit([this](const auto& value) { value_.template emplace<std::decay_t<decltype(value)>>(value); }, other.value_);
  }
  BasicJson& operator=(const BasicJson& other) { return *this = BasicJson(other); }
  BasicJson(BasicJson&&) noexcept = default;
  BasicJson& operator=(BasicJson&&) noexcept = default;
  ~BasicJson() = default;
  BasicJson(std::nullptr_t) {}
  template <std::same_as<bool> Flag>
  BasicJson(Flag flag) : value_(flag) {}
  template <std::signed_integral Number>
  BasicJson(Number number) : value_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral Number>
    requires(!std::same_as<Number, bool>)
  BasicJson(Number number) : value_(static_cast<std::uint64_t>(number)) {}
  BasicJson(double number) : value_(number) {}
  BasicJson(std::string text) : value_(std::move(text)) {}
  BasicJson(std::string_view text) : value_(std::string(text)) {}
  BasicJson(const char* text) : value_(std::string(text)) {}
  BasicJson(List items) : value_(std::move(items)) {}
  BasicJson(const std::vector<std::string>& texts) : value_(List(texts.begin(), texts.end())) {}
  BasicJson(const std::set<std::string>& texts) : value_(List(texts.begin(), texts.end())) {}
  template <class Value, class Less>
  BasicJson(const std::map<std::string, Value, Less>& members) : value_(Members(members.begin(), members.end())) {}
  /// An object where each is a list of a string and a value; else a list.
  BasicJson(std::initializer_list<BasicJson> values);

  static BasicJson array() { return BasicJson(List()); }
  static BasicJson array(std::initializer_list<BasicJson> items) { return BasicJson(List(items)); }
  static BasicJson object() {
    BasicJson json;
    json.value_.template emplace<Members>();
    return json;
  }
  /// Null where the text is no JSON value.
  static BasicJson parse(std::string_view text);

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  bool is_number_integer() const {
    return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_);
  }
  /// An integer that is not below 0.
  bool is_number_unsigned() const;
  bool is_number() const { return is_number_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<List>(value_); }
  bool is_object() const { return std::holds_alternative<Members>(value_); }

  /// Of a value that is one; "" for any other.
  const std::string& text() const;
  /// Of a number or a boolean; 0 for any other.
  template <class Number>
  Number number() const {
    if (const auto* flag = std::get_if<bool>(&value_)) return static_cast<Number>(*flag);
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return static_cast<Number>(*whole);
    if (const auto* whole = std::get_if<std::uint64_t>(&value_)) return static_cast<Number>(*whole);
    if (const auto* real = std::get_if<double>(&value_)) return static_cast<Number>(*real);
    return Number();
  }
  bool flag() const { return number<bool>(); }
  /// The text of a member that is a string, else `otherwise`.
  std::string value(std::string_view key, const char* otherwise) const;

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  /// A member, added as null where it is missing. A null becomes an object.
  BasicJson& operator[](std::string_view key);
  const BasicJson& operator[](std::string_view key) const;
  BasicJson& operator[](const char* key) { return (*this)[std::string_view(key)]; }
  const BasicJson& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  const BasicJson& operator[](std::size_t index) const;
  const BasicJson& front() const { return (*this)[std::size_t{0}]; }
  bool contains(std::string_view key) const { return find(key) != end(); }
  const_iterator find(std::string_view key) const { return {this, index_of(key)}; }
  iterator find(std::string_view key) { return {this, index_of(key)}; }
  /// A null becomes a list.
  void push_back(BasicJson item);
  void erase(std::string_view key);

  iterator begin() { return {this, 0}; }
  iterator end() { return {this, size()}; }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, size()}; }
  /// The items; a null becomes a list.
  List& list();
  /// The items of a list, none of anything else.
  const List& list() const;
  /// The members of an object, none of anything else; for `for (const auto& [key, value] : json.items())`.
  const Members& items() const;
  Members& items();

  void write(JsonWriter& to) const;
  /// JSON text; each byte that is in no valid UTF-8 character is U+FFFD. `indent` as JsonWriter has it.
  std::string dump(int indent = -1) const;

  bool operator==(const BasicJson& other) const;

 private:
  std::size_t index_of(std::string_view key) const;  ///< size() where there is none
  BasicJson& at_place(std::size_t index);
  const BasicJson& at_place(std::size_t index) const;

  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, List, Members> value_ = nullptr;
};

using Json = BasicJson<true>;
using OrderedJson = BasicJson<false>;

struct Node;
/// A document's value without its places.
Json json_of(const Node& node);
OrderedJson ordered_json_of(const Node& node);
/// The value of a JSON text; of any other text the text itself, as a string.
OrderedJson json_or_text(std::string_view text);

extern template class BasicJson<true>;
extern template class BasicJson<false>;

}  // namespace meshroute::text
