// SPDX-License-Identifier: Apache-2.0
// meshroute check: the verdict on every document, and the findings over all of them together.
#include <memory>

#include "command.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct CheckOptions {
  MeshOptions mesh;
  std::vector<std::string> ignored;
  std::string output = "text";
};

int check(const CheckOptions& options) {
  const Loaded loaded = load(options.mesh);
  meshroute_report* report = loaded.report.get();
  const auto together = made<Report>([&](meshroute_report** out, meshroute_error* error) {
    return meshroute_snapshot_analyze(loaded.snapshot.get(), out, error);
  });
  need([&](meshroute_error* error) { return meshroute_report_append(report, together.get(), error); });
  for (const auto& rule : options.ignored) {
    need([&](meshroute_error* error) { return meshroute_report_ignore(report, str_of(rule), error); });
  }
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "json") return meshroute_report_json(report, out, error);
    if (options.output == "sarif") return meshroute_report_sarif(report, out, error);
    return meshroute_report_text(report, colour() ? 1 : 0, out, error);
  });
  if (!loaded.readable) return 2;
  return meshroute_report_error_count(report) + meshroute_report_warning_count(report) > 0 ? 1 : 0;
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
  add_output(command, options->output, {"text", "json", "sarif"});
  add_mesh(command, options->mesh);
  return {command, [options] { return check(*options); }};
}

}  // namespace cli
