// SPDX-License-Identifier: Apache-2.0
#include "match/regex_start.hpp"

#include <re2/re2.h>

namespace meshroute::match {

bool may_begin_with(const std::string& regex, std::string_view begin) {
  if (begin.empty()) return true;
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  const RE2 compiled(regex, options);
  constexpr int kLetters = 16;  // of the bounds
  std::string least, most;
  if (!compiled.ok() || !compiled.PossibleMatchRange(&least, &most, kLetters)) return true;
  std::string behind(begin);  // the first text after all that begin so
  ++behind.back();
  return most >= begin && least < behind;
}

}  // namespace meshroute::match
