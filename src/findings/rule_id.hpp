#pragma once

// SPDX-License-Identifier: Apache-2.0
// The ids of all rules. An id that is not listed here does not compile.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meshroute::findings {

/// Every id, sorted; rules.cpp holds the table to this list.
// clang-format off
inline constexpr std::string_view kRuleIds[] = {
    "AN0101", "AN0102", "AN0103", "AN0104", "AN0105", "AN0106", "AN0201", "AN0202", "AN0203", "AN0204", "AN0205", "AN0206", "AN0207",
    "AN0208", "AN0209", "AN0210", "AN0211", "AN0212", "AN0213", "AN0214", "AN0215", "AN0216", "AN0217", "AN0218", "AN0219", "AN0220", "AN0301", "AN0302", "AN0303", "AN0304", "AN0305", "AN0306", "AN0307",
    "AN0401", "AN0402", "AN0403", "AN0404", "AN0405", "AN0406", "AN0407", "AN0408", "AN0409", "AN0410", "AN0411", "AN0412",
    "AN0414", "AN0415", "AN0416", "AN0417", "AN0418", "AN0419", "AN0420", "AN0421", "AN0422", "AN0423", "AN0424", "AN0425", "AN0426", "AN0427", "AN0501",
    "AN0502", "AN0503", "AN0504", "AN0505", "AN0506", "AN0601", "AN0602", "AN0603", "AN0604", "AN0605", "AN0606", "AN0607",
    "AN0608", "AN0609", "AN0610", "AN0611", "AN0612", "AN0613", "AN0614", "AN0701", "AN0702", "AN0703", "AN0704", "AN0705",
    "AN0706", "AN0707", "AN0801", "AN0802", "AN0803", "AN0804",
    "AN0805", "AN0806", "AN0807", "AN0901", "AN0902", "AN0903", "AN0904", "AN0905", "AN0906", "AN0907", "AN0908", "AN0909",
    "AN0910", "AN0911", "AN0912", "AN0913", "AN1001", "AN1002", "AN1003", "AN1004", "AN1101", "AN1102",
    "AP0101", "AP0102", "AP0103", "AP0105", "AP0106", "AP0107", "AP0108", "AP0109",
    "DC0101", "DC0102", "DC0103", "DC0104", "DC0105", "DC0106", "DC0107", "DC0108",
    "DR0101", "DR0102", "DR0103", "DR0104", "DR0105", "DR0106", "DR0107", "DR0108", "DR0109", "DR0110", "DR0111", "DR0112",
    "DR0113", "DR0114",
    "EF0101", "EF0102", "EF0103", "EF0104", "EF0105", "EF0106", "EF0107", "EF0108",
    "EF0201", "EF0202", "EF0203", "EF0204", "EF0205", "EF0206",
    "GW0101", "GW0102", "GW0103", "GW0104", "GW0105", "GW0106", "GW0107",
    "KX0101", "KX0102", "KX0103", "KX0104", "KX0105", "KX0106", "KX0107", "KX0108", "KX0109", "KX0110", "KX0111", "KX0112",
    "KX0113", "KX0114", "KX0115", "KX0116", "KX0117", "KX0118", "KX0119", "KX0120", "KX0121", "KX0122", "KX0123", "KX0124",
    "KX0125", "KX0126",
    "MC0101", "MC0102",
    "MD0101", "MD0102", "MD0103", "MD0104", "MD0105", "MD0106", "MD0107", "MD0108", "MD0109", "MD0110",
    "PA0101", "PA0102", "PA0103",
    "PC0101",
    "RA0101", "RA0102", "RA0103", "RA0104", "RA0105",
    "SC0101", "SC0102", "SC0103", "SC0104", "SC0105", "SC0106", "SC0107", "SC0108", "SC0109", "SC0110", "SC0111", "SC0112",
    "SC0201", "SC0202", "SC0203", "SC0204", "SC0205", "SC0206", "SC0207", "SC0208", "SC0209", "SC0210", "SC0211", "SC0212",
    "SC0213", "SC0214", "SC0215", "SC0216", "SC0217", "SC0218", "SC0219", "SC0221", "SC0222", "SC0223", "SC0224",
    "SC0225", "SC0226", "SC0227", "SC0228", "SC0229", "SC0230", "SC0231",
    "SD0101", "SD0102", "SD0103", "SD0104", "SD0105", "SD0106", "SD0107", "SD0108", "SD0109", "SD0110",
    "SE0101", "SE0102", "SE0103", "SE0104", "SE0105", "SE0106", "SE0107", "SE0108", "SE0109", "SE0111", "SE0112",
    "SE0113", "SE0114",
    "ST0101",
    "TE0101", "TE0102", "TE0103", "TE0104", "TE0105", "TE0106", "TE0107", "TE0108",
    "TX0101", "TX0102", "TX0103", "TX0105", "TX0106", "TX0107", "TX0108", "TX0109", "TX0201",
    "VS0101", "VS0102", "VS0103", "VS0104", "VS0105", "VS0106", "VS0107", "VS0108", "VS0109", "VS0110", "VS0111", "VS0112",
    "VS0113", "VS0114", "VS0115", "VS0116", "VS0117", "VS0118", "VS0119", "VS0120", "VS0121", "VS0122",
    "WE0101", "WE0102", "WE0103", "WE0104", "WE0105", "WE0106",
    "WG0102", "WG0103",
    "WP0101", "WP0102", "WP0103", "WP0104",
};
// clang-format on

/// The id of a rule: written as text ("SE0107"), checked when it is compiled, held as a place in the table.
class RuleId {
 public:
  /// `text` is one of kRuleIds.
  consteval RuleId(const char* text)  // NOLINT(google-explicit-constructor): an id is written as it is read
      : place_(place_of(text)) {}
  bool operator==(const RuleId&) const = default;
  std::size_t place() const { return place_; }
  std::string_view text() const { return kRuleIds[place_]; }

 private:
  static consteval std::uint16_t place_of(std::string_view text) {
    for (std::uint16_t place = 0;; ++place) {  // past the end for an unknown id, which is no constant expression
      if (kRuleIds[place] == text) return place;
    }
  }
  std::uint16_t place_;
};

}  // namespace meshroute::findings
