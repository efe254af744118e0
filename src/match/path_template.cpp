// SPDX-License-Identifier: Apache-2.0
// Reads templates of paths as Envoy does, and matches paths with them.
#include "match/path_template.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace meshroute::match {

namespace {

bool path_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~%!$&'()+,;:@=*").find(c) != std::string_view::npos;
}

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads one template from its front to its end.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), rest_(text) {}

  Result<std::string> read() {
    constexpr std::size_t kLongest = 256;
    if (text_.empty() || text_.size() > kLongest) return refused("it has 1 to 256 characters");
    const bool printable = std::all_of(text_.begin(), text_.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (text_.front() != '/' || !printable) return refused("Invalid pattern: \"" + std::string(text_) + "\"");
    while (problem_.empty() && !rest_.empty()) {
      rest_.remove_prefix(1);
      pattern_ += '/';
      if (!rest_.empty()) segment();
    }
    if (!problem_.empty()) return refused(problem_);
    return pattern_;
  }

 private:
  Error refused(const std::string& reason) const {
    return Error{Error::Code::refused, "path_template " + std::string(text_) + " is invalid: " + reason};
  }

  /// Text, an operator or a variable, text; one of them at least.
  void segment() {
    const std::string_view before = literal();
    const bool glob = rest_.starts_with('*'), variable = rest_.starts_with('{');
    if (before.empty() && !glob && !variable) return invalid(before);
    if (glob && !before.empty()) return mixed();
    if (glob)
      operation(rest_.starts_with("**") ? 2 : 1);
    else if (variable)
      read_variable();
    else
      return;
    if (!problem_.empty()) return;
    literal();
    if (rest_.starts_with('*')) return mixed();
    if (rest_.starts_with('{')) invalid(rest_.substr(0, rest_.find('/')));
  }

  std::string_view literal() {
    const std::string_view text = rest_.substr(0, rest_.find_first_of("/*{"));
    if (!std::all_of(text.begin(), text.end(), path_character)) invalid(text);
    pattern_ += text;
    rest_.remove_prefix(text.size());
    return text;
  }

  void operation(std::size_t size) {
    if (any_) problem_ = "Glob after text glob.";  // only text may follow `**`
    any_ = size == 2;
    pattern_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  /// {NAME}, {NAME=PATTERN}.
  void read_variable() {
    constexpr std::size_t kMost = 5, kLongest = 16;
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos) {
      problem_ = "Unmatched variable bracket";
      return;
    }
    const std::string_view whole = rest_.substr(1, end - 1), after = rest_.substr(end + 1);
    const std::size_t equals = whole.find('=');
    const std::string_view name = whole.substr(0, equals);
    const bool named = !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
      return letter(c) || c == '_' || (c >= '0' && c <= '9');
    });
    if (!named || name.size() > kLongest) problem_ = "Invalid variable name: \"" + std::string(name) + "\"";
    if (!names_.insert(name).second) problem_ = "Repeated variable name: \"" + std::string(name) + "\"";
    if (names_.size() > kMost) problem_ = "Exceeded variable count limit (5)";
    if (equals == std::string_view::npos) {
      rest_ = "*";
      if (problem_.empty()) operation(1);
    } else {
      rest_ = whole.substr(equals + 1);
      if (rest_.empty()) problem_ = "Empty variable match";
      while (problem_.empty() && !rest_.empty()) {
        part();
        if (rest_.empty()) break;
        pattern_ += '/';
        rest_.remove_prefix(1);
        if (rest_.empty()) invalid(rest_);
      }
    }
    rest_ = after;
  }

  /// A segment of a variable's pattern: an operator or text.
  void part() {
    if (rest_.starts_with('*')) {
      operation(rest_.starts_with("**") ? 2 : 1);
      if (!rest_.empty() && rest_.front() != '/') problem_ = "Invalid variable match: \"" + std::string(rest_) + "\"";
      return;
    }
    const std::string_view text = literal();
    if (problem_.empty() && (text.empty() || (!rest_.empty() && rest_.front() != '/'))) invalid(rest_);
  }

  void invalid(std::string_view literal) { problem_ = "Invalid literal: \"" + std::string(literal) + "\""; }
  void mixed() { problem_ = "an operator behind text, or a second one in a segment, cannot be evaluated by meshroute"; }

  const std::string_view text_;
  std::string_view rest_;
  std::string pattern_, problem_;
  std::set<std::string_view> names_;
  bool any_ = false;  // a `**` was read
};

}  // namespace

Result<std::string> read_path_template(std::string_view text) { return Reader(text).read(); }

bool template_matches(std::string_view pattern, std::string_view path) {
  // The places of `path` that the pattern so far can end at: the cost is the pieces of the pattern times the path.
  thread_local std::vector<char> at, next;  // kept for the next request
  at.assign(path.size() + 1, 0);
  next.resize(path.size() + 1);
  at[0] = 1;
  while (!pattern.empty()) {
    std::fill(next.begin(), next.end(), 0);
    if (pattern.front() == '*') {
      const bool any = pattern.starts_with("**");
      bool open = false;  // a match of the star is under way
      for (std::size_t i = 0; i <= path.size(); ++i) {
        next[i] = open || (any && at[i] != 0) ? 1 : 0;
        open = (open || at[i] != 0) && i < path.size() && (path_character(path[i]) || (any && path[i] == '/'));
      }
      pattern.remove_prefix(any ? 2 : 1);
    } else {
      const std::string_view piece = pattern.substr(0, pattern.find('*'));
      for (std::size_t i = 0; i + piece.size() <= path.size(); ++i) {
        if (at[i] != 0 && path.substr(i, piece.size()) == piece) next[i + piece.size()] = 1;
      }
      pattern.remove_prefix(piece.size());
    }
    at.swap(next);
  }
  return at[path.size()] != 0;
}

}  // namespace meshroute::match
