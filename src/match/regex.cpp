// SPDX-License-Identifier: Apache-2.0
// Regular expressions as Envoy runs them: RE2, bytes, bounded program size.

#include "match/regex.hpp"

#include <re2/re2.h>

namespace meshroute::match {
namespace {

constexpr int kMaxProgramSize = 32768;  // envoy.md 10

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// `(?<name>` is newer RE2 spelling of `(?P<name>`; look-behind stays as it is and is refused by RE2.
std::string with_named_groups(std::string_view pattern) {
  std::string result;
  result.reserve(pattern.size() + 8);
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      if (!in_class && pattern[i + 1] == 'Q') {
        const std::size_t end = pattern.find("\\E", i + 2);
        const std::size_t stop = end == std::string_view::npos ? pattern.size() : end + 2;
        result.append(pattern.substr(i, stop - i));
        i = stop - 1;
        continue;
      }
      result.append(pattern.substr(i, 2));
      ++i;
      continue;
    }
    if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      result += c;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') result += pattern[++i];
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') result += pattern[++i];
      continue;
    } else if (pattern.substr(i, 3) == "(?<" && i + 3 < pattern.size() && pattern[i + 3] != '=' && pattern[i + 3] != '!') {
      result += "(?P<";
      i += 2;
      continue;
    }
    result += c;
  }
  return result;
}

}  // namespace

struct Regex::Impl {
  Impl(std::string_view given, const RE2::Options& options) : pattern(given), re(with_named_groups(given), options) {}
  std::string pattern;
  RE2 re;
};

Result<Regex> Regex::compile(std::string_view pattern) {
  if (pattern.empty()) return Error{Error::Code::refused, "an empty regular expression is refused"};
  RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto impl = std::make_shared<const Impl>(pattern, options);
  if (!impl->re.ok()) return Error{Error::Code::refused, "invalid regular expression: " + impl->re.error()};
  if (impl->re.ProgramSize() > kMaxProgramSize) {
    return Error{Error::Code::refused, "regular expression is too large: its program size is " +
                                           std::to_string(impl->re.ProgramSize()) + ", the limit is 32768"};
  }
  return Regex(std::move(impl));
}

bool Regex::full_match(std::string_view text) const { return RE2::FullMatch(piece(text), impl_->re); }

std::string Regex::replace_all(std::string_view text, std::string_view substitution) const {
  std::string result(text);
  RE2::GlobalReplace(&result, impl_->re, piece(substitution));
  return result;
}

const std::string& Regex::pattern() const { return impl_->pattern; }

std::size_t Regex::bytes() const {  // RE2 does not say what it takes; so it was measured
  constexpr std::size_t kAny = 1000, kInstruction = 150;
  return sizeof(Impl) + impl_->pattern.size() + kAny + kInstruction * static_cast<std::size_t>(impl_->re.ProgramSize());
}

}  // namespace meshroute::match
