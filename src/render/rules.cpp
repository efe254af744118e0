// SPDX-License-Identifier: Apache-2.0
// The table of rules as JSON.
#include "meshroute/diagnostic.hpp"
#include "text/json_writer.hpp"

namespace meshroute {

std::string rules_to_json(std::string_view word, bool pretty) {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  json.begin_list();
  for (const Rule& rule : rules()) {
    if (!word.empty() && !rule.is(word)) continue;
    json.begin_object();
    json.member("id", rule.id);
    json.member("name", rule.name);
    json.member("severity", to_string(rule.severity));
    json.member("layer", to_string(rule.layer));
    json.member("kind", rule.kind);
    json.texts("peers", rule.peers);
    json.member("what", rule.what);
    json.member("why", rule.why);
    json.member("bad", rule.bad);
    json.member("good", rule.good);
    json.member("fix", rule.fix);
    json.member("source", rule.source);
    json.member("since", rule.since);
    json.member("status", to_string(rule.status));
    json.end_object();
  }
  json.end_list();
  return text;
}

}  // namespace meshroute
