// SPDX-License-Identifier: Apache-2.0
// The table of the lines' codes, as data.
#include "explain/code.hpp"

#include <nlohmann/json.hpp>

#include "meshroute/answer.hpp"

namespace meshroute {

namespace {

constexpr TraceCode kTable[] = {
#define MESHROUTE_LINE_CODE(name, what) {#name, what},
    MESHROUTE_LINE_CODES(MESHROUTE_LINE_CODE)
#undef MESHROUTE_LINE_CODE
};

}  // namespace

std::span<const TraceCode> trace_codes() noexcept { return kTable; }

std::string trace_codes_to_json(std::string_view word) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TraceCode& each : trace_codes()) {
    if (word.empty() || word == each.code) list.push_back({{"code", each.code}, {"meaning", each.meaning}});
  }
  return list.dump(2);
}

namespace explain {

std::string_view name_of(Code code) { return kTable[static_cast<std::size_t>(code)].code; }

}  // namespace explain

}  // namespace meshroute
