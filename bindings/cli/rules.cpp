// SPDX-License-Identifier: Apache-2.0
// meshroute rules: every rule that a finding can name.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "options.hpp"

namespace cli {

namespace {

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      json += escaped;
    } else {
      json += c;
    }
  }
  return json + '"';
}

int rules(const std::string& output) {
  const bool json = output == "json";
  if (json) std::cout << "[";
  for (std::size_t i = 0; i < meshroute_rule_count(); ++i) {
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    need([&](meshroute_error* error) { return meshroute_rule_at(i, &rule, error); });
    if (json) {
      std::cout << (i > 0 ? ",\n " : "\n ") << "{\"id\": " << json_string(view_of(rule.id))
                << ", \"kind\": " << json_string(view_of(rule.kind)) << ", \"layer\": " << json_string(view_of(rule.layer))
                << ", \"severity\": " << json_string(view_of(rule.severity))
                << ", \"demand\": " << json_string(view_of(rule.demand)) << ", \"source\": " << json_string(view_of(rule.source))
                << "}";
      continue;
    }
    std::string line(view_of(rule.id));
    line.resize(std::max<std::size_t>(line.size(), 8), ' ');
    line += view_of(rule.kind);
    line.resize(std::max<std::size_t>(line.size() + 1, 30), ' ');
    line += view_of(rule.layer);
    line.resize(std::max<std::size_t>(line.size() + 1, 40), ' ');
    line += view_of(rule.severity);
    line.resize(std::max<std::size_t>(line.size() + 1, 49), ' ');
    std::cout << line << view_of(rule.demand) << '\n';
  }
  if (json) std::cout << "\n]\n";
  return 0;
}

}  // namespace

Command add_rules(CLI::App& app) {
  const auto output = std::make_shared<std::string>("text");
  auto* command = app.add_subcommand("rules", "the rules that a finding can name");
  add_output(command, *output, {"text", "json"});
  return {command, [output] { return rules(*output); }};
}

}  // namespace cli
