// SPDX-License-Identifier: Apache-2.0
// The examples of the rules: the bad one fires the rule, the good one fires nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "meshroute/mesh.hpp"

namespace {

using meshroute::LoadOptions;
using meshroute::Report;
using meshroute::Rule;

/// Examples that would be too large to read have `…` in the place of the text that makes them so.
std::string written_out(const Rule& rule) {
  std::string text(rule.bad);
  const auto place = text.find("…");
  const auto put = [&](const std::string& long_text) { text.replace(place, std::string_view("…").size(), long_text); };
  if (rule.id == "TX0105") put(std::string(401, '[') + std::string(401, ']'));
  if (rule.id == "TX0106") put(std::string(1'000'000, 'x'));
  if (rule.id == "MD0107") put(std::string(262145, 'x'));
  if (rule.id == "VS0112") put(std::string(102401, 'x'));
  return text;
}

Report found_in(const Rule& rule, std::string_view text, bool small = false) {
  LoadOptions options;
  options.name = rule.id == "TX0103" ? "example.json" : "example.yaml";
  if (small) options.limits.bytes = 10;
  if (rule.layer != meshroute::Layer::analysis) return meshroute::check(text, options);
  meshroute::Mesh mesh;
  Report report = mesh.load(text, options);
  report.append(mesh.snapshot().analyze());
  return report;
}

}  // namespace

TEST_CASE("rules: the bad example fires the rule, the good one nothing") {
  for (const Rule& rule : meshroute::rules()) {
    CAPTURE(rule.id);
    const Report bad = found_in(rule, written_out(rule), rule.id == "TX0107");
    CHECK_MESSAGE(
        std::any_of(bad.diagnostics.begin(), bad.diagnostics.end(), [&](const auto& found) { return found.rule == rule.id; }),
        "the bad example does not fire; it says:\n"
            << bad.to_text());
    const bool refused = std::any_of(bad.documents.begin(), bad.documents.end(),
                                     [](const auto& each) { return !each.accepted || (each.has_layers && !each.webhook); });
    const bool refuses = rule.severity == meshroute::Severity::error && rule.layer != meshroute::Layer::analysis &&
                         rule.layer != meshroute::Layer::strict;
    if (rule.id != "TX0107") CHECK(refused == refuses);
    Report good = found_in(rule, rule.good);
    if (rule.good.find("kind: EnvoyFilter") != std::string_view::npos) {  // every EnvoyFilter fires these two
      std::erase_if(good.diagnostics, [](const auto& found) { return found.rule == "EF0101" || found.rule == "EF0206"; });
    }
    CHECK_MESSAGE(good.diagnostics.empty(), "the good example is not clean:\n" << good.to_text());
    CHECK(std::all_of(good.documents.begin(), good.documents.end(), [](const auto& each) { return each.accepted; }));
    CHECK_FALSE(good.documents.empty());
  }
}
