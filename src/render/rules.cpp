// SPDX-License-Identifier: Apache-2.0
// The table of rules as JSON.
#include <nlohmann/json.hpp>

#include "meshroute/diagnostic.hpp"

namespace meshroute {

std::string rules_to_json(std::string_view word) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Rule& rule : rules()) {
    if (!word.empty() && !rule.is(word)) continue;
    nlohmann::ordered_json entry;
    entry["id"] = rule.id;
    entry["name"] = rule.name;
    entry["severity"] = to_string(rule.severity);
    entry["layer"] = to_string(rule.layer);
    entry["kind"] = rule.kind;
    entry["peers"] = nlohmann::ordered_json::array();
    for (const std::string_view peer : rule.peers) entry["peers"].push_back(peer);
    entry["what"] = rule.what;
    entry["why"] = rule.why;
    entry["bad"] = rule.bad;
    entry["good"] = rule.good;
    entry["fix"] = rule.fix;
    entry["source"] = rule.source;
    entry["since"] = rule.since;
    entry["status"] = to_string(rule.status);
    list.push_back(std::move(entry));
  }
  return list.dump(2);
}

}  // namespace meshroute
