// SPDX-License-Identifier: Apache-2.0
// meshroute check: the findings on documents, singly and together.
#include <cstdint>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "near.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct CheckOptions {
  MeshOptions mesh;
  std::vector<std::string> ignored;
  std::string output = "text", fail_on = "error";
  bool verbose = false;
};

/// Refuses a word that names no rule.
void need_rule(const std::string& word) {
  if (word == "*") return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < meshroute_rule_count(); ++i) {
    if (meshroute_rule_means(i, str_of(word)) != 0) return;
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    need([&](meshroute_error* error) { return meshroute_rule_at(i, &rule, error); });
    names.emplace_back(view_of(rule.id));
    names.emplace_back(view_of(rule.name));
    for (std::size_t k = 0; k < rule.peer_count; ++k) names.emplace_back(view_of(rule.peers[k]));
  }
  const std::string near = nearest(word, names);
  throw Usage("--ignore: there is no rule `" + word + "`" +
              (near.empty() ? ": `meshroute rules` lists all" : ": did you mean " + near + "?"));
}

bool fails(const CheckOptions& options, const meshroute_report* report) {
  if (options.fail_on == "never") return false;
  std::size_t count = meshroute_report_error_count(report);
  if (options.fail_on != "error") count += meshroute_report_warning_count(report);
  if (options.fail_on == "info") count += meshroute_report_info_count(report);
  return count > 0;
}

int check(const CheckOptions& options) {
  for (const auto& rule : options.ignored) need_rule(rule);
  const Loaded& loaded = load_for_good(options.mesh);
  meshroute_report* report = loaded.report.get();
  need([&](meshroute_error* error) { return meshroute_snapshot_analyze_into(loaded.snapshot.get(), report, error); });
  for (const auto& rule : options.ignored) {
    need([&](meshroute_error* error) { return meshroute_report_ignore(report, str_of(rule), error); });
  }
  const bool as_text = options.output == "text";
  const std::int32_t form = as_text                    ? MESHROUTE_REPORT_TEXT
                            : options.output == "json" ? MESHROUTE_REPORT_JSON
                                                       : MESHROUTE_REPORT_SARIF;
  const auto write = [](void*, meshroute_str piece) -> std::int32_t {
    std::cout.write(piece.data, static_cast<std::streamsize>(piece.size));
    return std::cout ? 0 : 1;
  };
  need([&](meshroute_error* error) {
    return meshroute_report_write(report, form, as_text ? text_style(false, options.verbose) : MESHROUTE_JSON_PRETTY, write,
                                  nullptr, error);
  });
  if (!as_text) std::cout << '\n';
  if (!loaded.readable) return 2;
  return fails(options, report) ? 1 : 0;
}

}  // namespace

Command add_check(CLI::App& app) {
  const auto options = std::make_shared<CheckOptions>();
  auto* command = app.add_subcommand("check", "validate documents, singly and together, as an Istio cluster would");
  command->add_option("PATH", options->mesh.paths, "files, folders (their .yaml, .yml and .json files), - for standard input")
      ->required();
  command
      ->add_option("--ignore", options->ignored,
                   "leave out the findings of this rule (id, name, or a code such as IST0101) that refuse nothing; repeatable")
      ->allow_extra_args(false)
      ->type_name("RULE");
  command->add_option("--fail-on", options->fail_on, "the least severity that makes the exit code 1: error where absent")
      ->check(CLI::IsMember({"error", "warning", "info", "never"}))
      ->type_name("SEVERITY");
  command->add_flag("--verbose", options->verbose, "a line for each document, accepted or refused");
  add_output(command, options->output, {"text", "json", "sarif"});
  add_mesh(command, options->mesh);
  return {command, [options] { return check(*options); }};
}

}  // namespace cli
