// SPDX-License-Identifier: Apache-2.0
// Which findings a resource's annotation suppresses.
#include "findings/suppress.hpp"

namespace meshroute::findings {

bool suppressed(const Metadata& metadata, RuleId id) {
  const auto found = metadata.annotations.find("galley.istio.io/analyze-suppress");
  if (found == metadata.annotations.end()) return false;
  const Rule& entry = rule(id);
  std::string_view list = found->second;
  while (true) {
    const auto comma = list.find(',');
    std::string_view word = list.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (entry.is(word)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace meshroute::findings
