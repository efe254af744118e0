// SPDX-License-Identifier: Apache-2.0
// The table of the lines' codes, as data.
#include "explain/code.hpp"

#include "meshroute/answer.hpp"
#include "text/json_writer.hpp"

namespace meshroute {

namespace {

constexpr TraceCode kTable[] = {
#define MESHROUTE_LINE_CODE(name, what) {#name, what},
    MESHROUTE_LINE_CODES(MESHROUTE_LINE_CODE)
#undef MESHROUTE_LINE_CODE
};

}  // namespace

std::span<const TraceCode> trace_codes() noexcept { return kTable; }

std::string trace_codes_to_json(std::string_view word, bool pretty) {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  json.begin_list();
  for (const TraceCode& each : trace_codes()) {
    if (!word.empty() && word != each.code) continue;
    json.begin_object();
    json.member("code", each.code);
    json.member("meaning", each.meaning);
    json.end_object();
  }
  json.end_list();
  return text;
}

namespace explain {

std::string_view name_of(Code code) { return kTable[static_cast<std::size_t>(code)].code; }

}  // namespace explain

}  // namespace meshroute
