#pragma once

// SPDX-License-Identifier: Apache-2.0
// Texts that many values have in common: kinds, namespaces, names of files, networks.

#include <atomic>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace meshroute {

/// A text that its copies share, as large as a pointer. It reads as a `const std::string&`; what is assigned replaces the whole
/// text. Copies are independent of each other, so several threads may have one each.
class SharedString {
 public:
  SharedString() = default;
  SharedString(std::string text) : block_(text.empty() ? nullptr : new Block{std::move(text)}) {}  // NOLINT: it stands for one
  SharedString(std::string_view text) : SharedString(std::string(text)) {}                         // NOLINT
  SharedString(const char* text) : SharedString(std::string(text)) {}                              // NOLINT
  SharedString(const SharedString& other) : block_(other.block_) {
    if (block_ != nullptr && !block_->lasting) block_->users.fetch_add(1, std::memory_order_relaxed);
  }
  SharedString(SharedString&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedString& operator=(SharedString other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedString() {
    if (block_ != nullptr && !block_->lasting && block_->users.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
  }

  const std::string& string() const { return block_ != nullptr ? block_->text : nothing(); }
  operator const std::string&() const { return string(); }  // NOLINT: it stands for one
  operator std::string_view() const { return string(); }    // NOLINT
  const char* data() const { return string().data(); }
  const char* c_str() const { return string().c_str(); }
  std::size_t size() const { return string().size(); }
  bool empty() const { return block_ == nullptr; }
  std::string::const_iterator begin() const { return string().begin(); }
  std::string::const_iterator end() const { return string().end(); }
  bool starts_with(std::string_view start) const { return string().starts_with(start); }
  bool ends_with(std::string_view end) const { return string().ends_with(end); }
  std::size_t find(std::string_view part) const { return string().find(part); }
  std::string substr(std::size_t first, std::size_t count = std::string::npos) const { return string().substr(first, count); }
  void clear() { *this = SharedString(); }

  /// The text with its block kept as long as the program lives: copies then do not count their number, which threads would
  /// quarrel over. For texts that the program itself has, in a static of its own that is never freed.
  static SharedString lasting(std::string_view text) {
    SharedString made(text);
    if (made.block_ != nullptr) made.block_->lasting = true;
    return made;
  }
  /// Whether both are empty, or copies of one.
  bool is(const SharedString& other) const { return block_ == other.block_; }

  friend bool operator==(const SharedString& a, const SharedString& b) { return a.is(b) || a.string() == b.string(); }
  friend std::strong_ordering operator<=>(const SharedString& a, const SharedString& b) {
    return a.is(b) ? std::strong_ordering::equal : a.string() <=> b.string();
  }
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  friend bool operator==(const SharedString& a, const Text& b) {
    return std::string_view(a) == std::string_view(b);
  }
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  friend std::strong_ordering operator<=>(const SharedString& a, const Text& b) {
    return std::string_view(a) <=> std::string_view(b);
  }
  friend std::string operator+(const SharedString& a, const SharedString& b) { return a.string() + b.string(); }
  friend std::string operator+(const SharedString& a, char b) { return a.string() + b; }
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  friend std::string operator+(const SharedString& a, const Text& b) {
    return std::string(a.string()).append(std::string_view(b));
  }
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  friend std::string operator+(const Text& a, const SharedString& b) {
    return std::string(std::string_view(a)).append(b.string());
  }
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const SharedString& text) {
    return stream << text.string();
  }

 private:
  struct Block {
    std::string text;
    std::atomic<std::uint32_t> users{1};
    bool lasting = false;
  };
  static const std::string& nothing() {
    static const std::string empty;
    return empty;
  }
  Block* block_ = nullptr;
};

}  // namespace meshroute

/// As of the text.
template <>
struct std::hash<meshroute::SharedString> {
  std::size_t operator()(const meshroute::SharedString& text) const { return std::hash<std::string>()(text.string()); }
};
