// SPDX-License-Identifier: Apache-2.0
// A report as SARIF 2.1.0 (OASIS), as code-scanning services read it.
#include <algorithm>
#include <map>
#include <string>

#include "meshroute/diagnostic.hpp"
#include "meshroute/version.hpp"
#include "render/pieces.hpp"
#include "text/json_writer.hpp"

namespace meshroute {

namespace {

using text::JsonWriter;

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

void write_place(JsonWriter& json, const std::string& source, std::uint32_t line, std::uint32_t column) {
  json.object("physicalLocation");
  json.object("artifactLocation");
  json.member("uri", uri_of(source));
  json.end_object();
  json.object("region");
  json.member("startLine", line);
  json.member("startColumn", column);
  json.end_object();
  json.end_object();
}

/// {"text": …}, as SARIF has every message.
void write_message(JsonWriter& json, std::string_view name, std::string_view text) {
  json.object(name);
  json.member("text", text);
  json.end_object();
}

void write_help(JsonWriter& json, const Rule& rule) {
  const std::string why(rule.why), fix(rule.fix), bad(rule.bad), good(rule.good);
  json.object("help");
  json.member("text", why + "\n" + fix + "\n\nBad:\n" + bad + "\nGood:\n" + good);
  json.member("markdown", why + "\n\n" + fix + "\n\nBad:\n```yaml\n" + bad + "```\nGood:\n```yaml\n" + good + "```\n");
  json.end_object();
}

void write_rule(JsonWriter& json, const std::string& id) {
  json.begin_object();
  json.member("id", id);
  const auto all = rules();
  const auto rule = std::find_if(all.begin(), all.end(), [&](const Rule& each) { return each.id == id; });
  if (rule != all.end()) {
    json.member("name", rule->name);
    write_message(json, "shortDescription", rule->what);
    write_message(json, "fullDescription", rule->why);
    write_help(json, *rule);
    json.object("defaultConfiguration");
    json.member("level", level_of(rule->severity));
    json.end_object();
    json.object("properties");
    json.member("kind", rule->kind);
    json.member("layer", to_string(rule->layer));
    json.member("source", rule->source);
    json.member("since", rule->since);
    json.member("status", to_string(rule->status));
    json.texts("tags", rule->peers);
    json.end_object();
  }
  json.end_object();
}

void write_result(JsonWriter& json, const Diagnostic& diagnostic, std::size_t index) {
  json.begin_object();
  json.member("ruleId", diagnostic.rule);
  json.member("ruleIndex", index);
  json.member("level", level_of(diagnostic.severity));
  std::string text = diagnostic.message + (diagnostic.hint.empty() ? std::string() : " (" + diagnostic.hint + ")");
  if (diagnostic.more > 0) text += "; and " + std::to_string(diagnostic.more) + " more in this resource";
  write_message(json, "message", text);
  json.list("locations");
  json.begin_object();
  write_place(json, diagnostic.source, diagnostic.line, diagnostic.column);
  if (!diagnostic.resource.empty()) {
    json.list("logicalLocations");
    json.begin_object();
    json.member("fullyQualifiedName", diagnostic.resource + (diagnostic.path.empty() ? "" : " " + diagnostic.path));
    json.end_object();
    json.end_list();
  }
  json.end_object();
  json.end_list();
  if (!diagnostic.related.empty()) {
    json.list("relatedLocations");
    for (const auto& other : diagnostic.related) {
      json.begin_object();
      write_place(json, other.source, other.line, other.column);
      write_message(json, "message", other.message);
      json.end_object();
    }
    json.end_list();
  }
  json.end_object();
}

}  // namespace

std::string Report::to_sarif(bool pretty) const {
  std::string all;
  write_sarif(render::added_to(all), pretty);
  return all;
}

void Report::write_sarif(const Write& write, bool pretty) const {
  std::map<std::string_view, std::size_t> fired;  // rule id -> its index in the run
  for (const auto& diagnostic : diagnostics) fired.try_emplace(diagnostic.rule, 0);
  render::Pieces pieces(write);
  JsonWriter json(pieces.text, pretty ? 2 : -1);
  json.begin_object();
  json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.member("version", "2.1.0");
  json.list("runs");
  json.begin_object();
  json.object("tool");
  json.object("driver");
  json.member("name", "meshroute");
  json.member("version", version());
  json.list("rules");
  std::size_t count = 0;
  for (auto& [id, index] : fired) {
    index = count++;
    write_rule(json, std::string(id));
  }
  json.end_list();
  json.end_object();
  json.end_object();
  json.member("columnKind", "unicodeCodePoints");
  json.list("results");
  for (const auto& diagnostic : diagnostics) {
    if (!pieces.go_on()) return;
    write_result(json, diagnostic, fired[diagnostic.rule]);
  }
  json.end_list();
  json.end_object();
  json.end_list();
  json.end_object();
  pieces.give();
}

}  // namespace meshroute
