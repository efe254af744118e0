// SPDX-License-Identifier: Apache-2.0
// The words of refusals.
#include "refuse.hpp"

namespace meshroute::capi {

namespace {

std::string quoted(const char* name, const char* member = nullptr) {
  return "`" + std::string(name) + (member != nullptr ? "." + std::string(member) : "") + "`";
}

}  // namespace

void refuse(std::string message, meshroute_status code) { throw Refused{code, std::move(message)}; }
void refuse(const Error& why) { refuse(why.message, -static_cast<meshroute_status>(why.code)); }
void refuse_null(const char* name) { refuse(quoted(name) + " is NULL"); }
void refuse_size(const char* name, std::size_t size, std::size_t smallest) {
  refuse(quoted(name, "struct_size") + " is " + std::to_string(size) + "; set it to the size of the struct, which is at least " +
         std::to_string(smallest));
}
void refuse_tail(const char* name, std::size_t size, std::size_t known) {
  refuse(quoted(name, "struct_size") + " is " + std::to_string(size) + "; this library knows " + std::to_string(known) +
         " bytes of the struct, and what is behind them is not 0");
}
void refuse_number(const char* name, const char* member, long long value, const char* instead) {
  refuse(quoted(name, member) + " is " + std::to_string(value) + "; " + instead);
}
void refuse_index(const char* name, std::size_t index, std::size_t count) {
  refuse(quoted(name) + " is " + std::to_string(index) + "; there " + (count == 1 ? "is one" : "are " + std::to_string(count)));
}

std::string_view text_of(const char* name, const char* data, std::size_t size, std::size_t most) {
  if (size > most) {
    refuse(quoted(name) + " has " + std::to_string(size) + " bytes; at most " + std::to_string(most) + " are taken",
           MESHROUTE_LIMIT);
  }
  if (data == nullptr && size > 0) refuse(quoted(name) + " is NULL, and its size is " + std::to_string(size));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

void check_style(std::int32_t style, std::int32_t all, const char* instead) {
  if ((style & ~all) != 0) refuse_number("style", nullptr, style, instead);
}
bool pretty_of(std::int32_t style) {
  check_style(style, MESHROUTE_JSON_PRETTY, "use 0 or MESHROUTE_JSON_PRETTY");
  return style != 0;
}
void check_text_style(std::int32_t style) {
  check_style(style, MESHROUTE_TEXT_COLOUR | MESHROUTE_TEXT_VERBOSE | MESHROUTE_TEXT_EXPLAIN,
              "use a sum of MESHROUTE_TEXT_COLOUR, MESHROUTE_TEXT_VERBOSE and MESHROUTE_TEXT_EXPLAIN");
}

}  // namespace meshroute::capi
