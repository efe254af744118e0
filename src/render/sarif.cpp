// SPDX-License-Identifier: Apache-2.0
// A report as SARIF 2.1.0 (OASIS), as code-scanning services read it.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "meshroute/diagnostic.hpp"
#include "meshroute/version.hpp"

namespace meshroute {

namespace {

using Json = nlohmann::ordered_json;

const char* level_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "note";
  }
  return "none";
}

/// A relative URI reference: what may not stand in one is percent-encoded.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri;
  if (path.starts_with('/')) uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4U];
      uri += kHex[byte & 15U];
    }
  }
  return uri;
}

Json place_of(const std::string& source, std::uint32_t line, std::uint32_t column) {
  return {{"artifactLocation", {{"uri", uri_of(source)}}}, {"region", {{"startLine", line}, {"startColumn", column}}}};
}

Json help_of(const Rule& rule) {
  const std::string why(rule.why), fix(rule.fix), bad(rule.bad), good(rule.good);
  return {{"text", why + "\n" + fix + "\n\nBad:\n" + bad + "\nGood:\n" + good},
          {"markdown", why + "\n\n" + fix + "\n\nBad:\n```yaml\n" + bad + "```\nGood:\n```yaml\n" + good + "```\n"}};
}

Json describe(const std::string& id) {
  Json described{{"id", id}};
  const auto all = rules();
  const auto rule = std::find_if(all.begin(), all.end(), [&](const Rule& each) { return each.id == id; });
  if (rule == all.end()) return described;
  described["name"] = rule->name;
  described["shortDescription"] = {{"text", rule->what}};
  described["fullDescription"] = {{"text", rule->why}};
  described["help"] = help_of(*rule);
  described["defaultConfiguration"] = {{"level", level_of(rule->severity)}};
  Json peers = Json::array();
  for (const std::string_view peer : rule->peers) peers.push_back(peer);
  described["properties"] = {{"kind", rule->kind},   {"layer", to_string(rule->layer)},   {"source", rule->source},
                             {"since", rule->since}, {"status", to_string(rule->status)}, {"tags", std::move(peers)}};
  return described;
}

}  // namespace

std::string Report::to_sarif() const {
  std::map<std::string, std::size_t> fired;  // rule id -> its index in the run
  for (const auto& diagnostic : diagnostics) fired.try_emplace(diagnostic.rule, 0);
  Json described = Json::array();
  for (auto& [id, index] : fired) {
    index = described.size();
    described.push_back(describe(id));
  }
  Json results = Json::array();
  for (const auto& diagnostic : diagnostics) {
    Json result{{"ruleId", diagnostic.rule}, {"ruleIndex", fired[diagnostic.rule]}, {"level", level_of(diagnostic.severity)}};
    std::string text = diagnostic.message + (diagnostic.hint.empty() ? "" : " (" + diagnostic.hint + ")");
    if (diagnostic.more > 0) text += "; and " + std::to_string(diagnostic.more) + " more in this resource";
    result["message"] = {{"text", std::move(text)}};
    Json location{{"physicalLocation", place_of(diagnostic.source, diagnostic.line, diagnostic.column)}};
    if (!diagnostic.resource.empty()) {
      location["logicalLocations"] = {
          {{"fullyQualifiedName", diagnostic.resource + (diagnostic.path.empty() ? "" : " " + diagnostic.path)}}};
    }
    result["locations"] = Json::array({std::move(location)});
    if (!diagnostic.related.empty()) {
      auto& related = result["relatedLocations"] = Json::array();
      for (const auto& other : diagnostic.related) {
        related.push_back(
            {{"physicalLocation", place_of(other.source, other.line, other.column)}, {"message", {{"text", other.message}}}});
      }
    }
    results.push_back(std::move(result));
  }
  Json driver{{"name", "meshroute"}, {"version", version()}, {"rules", std::move(described)}};
  Json run{{"tool", {{"driver", std::move(driver)}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
           {"version", "2.1.0"},
           {"runs", Json::array({std::move(run)})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace meshroute
