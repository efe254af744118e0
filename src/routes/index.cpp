// SPDX-License-Identifier: Apache-2.0
// Indexes of hosts and paths, so that no walk over all routes is needed.
#include "routes/index.hpp"

#include <algorithm>

namespace meshroute::routes {

bool ByLength::add(std::string text, std::size_t value) {
  const auto place = std::find_if(lengths_.begin(), lengths_.end(), [&](const auto& each) { return each.first <= text.size(); });
  if (place != lengths_.end() && place->first == text.size()) {
    return place->second.try_emplace(std::move(text), value).second;
  }
  const std::size_t length = text.size();
  lengths_.insert(place, {length, Texts{}})->second.try_emplace(std::move(text), value);
  return true;
}

std::size_t ByLength::find_suffix(std::string_view whole) const {
  for (const auto& [length, texts] : lengths_) {
    if (length >= whole.size()) continue;
    if (const auto found = texts.find(whole.substr(whole.size() - length)); found != texts.end()) return found->second;
  }
  return npos;
}

std::size_t ByLength::find_prefix(std::string_view whole) const {
  for (const auto& [length, texts] : lengths_) {
    if (length >= whole.size()) continue;
    if (const auto found = texts.find(whole.substr(0, length)); found != texts.end()) return found->second;
  }
  return npos;
}

void PathIndex::add_prefix(std::string path, std::uint32_t route) {
  const auto place =
      std::find_if(prefixes_.begin(), prefixes_.end(), [&](const auto& each) { return each.first == path.size(); });
  if (place != prefixes_.end()) {
    place->second[std::move(path)].push_back(route);
  } else if (prefixes_.size() < kLengths) {
    const std::size_t length = path.size();
    prefixes_.emplace_back(length, Paths{}).second[std::move(path)].push_back(route);
  } else {
    any_.push_back(route);
  }
}

}  // namespace meshroute::routes
