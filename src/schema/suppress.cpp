// SPDX-License-Identifier: Apache-2.0
#include "schema/suppress.hpp"

namespace meshroute::schema {

bool suppressed(const Metadata& metadata, std::string_view rule) {
  const auto found = metadata.annotations.find("galley.istio.io/analyze-suppress");
  if (found == metadata.annotations.end()) return false;
  std::string_view list = found->second;
  while (true) {
    const auto comma = list.find(',');
    std::string_view id = list.substr(0, comma);
    while (!id.empty() && id.front() == ' ') id.remove_prefix(1);
    while (!id.empty() && id.back() == ' ') id.remove_suffix(1);
    if (id == "*" || id == rule) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace meshroute::schema
