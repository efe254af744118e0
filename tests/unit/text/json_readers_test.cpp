// SPDX-License-Identifier: Apache-2.0
// meshroute's own JSON reader and nlohmann's: the same trees and verdicts for the facts' lines, and for lines with a byte
// changed.
#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <string>

#include "text/json.hpp"
#include "text/json_reader.hpp"
#include "trees.hpp"

namespace {

using namespace meshroute;

std::string compare(const std::string& bytes) {
  text::Arena one, two;
  text::Document own, other;
  const bool good = text::read_plain_json(bytes, Limits{}, one, own);
  const auto refusal = text::read_json(bytes, Limits{}, two, other);
  if (good == refusal.has_value()) return good ? "nlohmann's refuses it: " + refusal->message : "ours refuses it";
  if (!good) return {};
  if (own.duplicates.size() != other.duplicates.size()) return "other duplicate keys";
  return test::difference(own.root, other.root, "");
}

}  // namespace

TEST_CASE("text: both JSON readers make the same trees") {
  std::ifstream file(MESHROUTE_TESTS_DIR "/conformance/yaml/texts.jsonl");
  std::mt19937 random(20260901);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const std::string wrong = compare(line);
    CAPTURE(line);
    CHECK_MESSAGE(wrong.empty(), wrong);
    constexpr std::string_view kBytes = "\"\\{}[],:0-.eE+tnu /\n\x01\xC3\xA9\xFF";
    for (int i = 0; i < 3; ++i) {
      std::string changed = line;
      const std::size_t place = random() % changed.size();
      if (i == 1)
        changed.erase(place, 1 + random() % 3);
      else
        changed[place] = kBytes[random() % kBytes.size()];
      const std::string also_wrong = compare(changed);
      CAPTURE(changed);
      CHECK_MESSAGE(also_wrong.empty(), also_wrong);
    }
  }
  CHECK(lines > 8000);
  for (const char* text : {"",
                           " ",
                           "-",
                           "-0",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "1E+5",
                           "1e400",
                           "1e-400",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551616",
                           "\"\\ud83d\\ude00\"",
                           "\"\\ud83d\"",
                           "\"\\ude00\"",
                           "\"\\u00g0\"",
                           "\"\\/\"",
                           "\"\t\"",
                           "[1,]",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "{1:2}",
                           "[1 2]",
                           "nul",
                           "true1",
                           "{\"a\": 1, \"a\": 2}",
                           "\xEF\xBB\xBF[1]",
                           "[\"é\",\n \"ü\", {\"😀\": 1}, 2]",
                           "[] []",
                           "[\r\n-7\n\r,\n-14]",
                           "\"\xED\xA0\x80\""}) {
    CAPTURE(text);
    const std::string wrong = compare(text);
    CHECK_MESSAGE(wrong.empty(), wrong);
  }
}
