// SPDX-License-Identifier: Apache-2.0
// meshroute test: runs tests of routing, and says which rules they met.
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "command.hpp"
#include "input.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct TestOptions {
  std::vector<std::string> suites;
  MeshOptions mesh;  // its paths: --config
  std::string output = "text", coverage;
  double min_coverage = -1;
  bool has_coverage = false, verbose = false;
};

/// What a command that asks one request is given: the words of this one.
std::string words_of(const MeshOptions& mesh) {
  std::string words;
  for (const auto& path : mesh.paths) words += (words.empty() ? "" : " ") + path;
  if (!mesh.mesh_config.empty()) words += " --mesh-config " + mesh.mesh_config;
  if (!mesh.mesh_networks.empty()) words += " --mesh-networks " + mesh.mesh_networks;
  if (mesh.vip_mode != "status") words += " --vip-mode " + mesh.vip_mode;
  return words;
}

std::string bytes_of(const std::function<meshroute_status(meshroute_bytes*, meshroute_error*)>& call) {
  meshroute_bytes bytes{};
  need([&](meshroute_error* error) { return call(&bytes, error); });
  std::string text(bytes.data, bytes.size);
  meshroute_bytes_free(&bytes);
  return text;
}

/// "running 12 tests of tests/suites (2 of 3, 1 failed)".
std::string running(const meshroute_suite* suite, const std::vector<std::string>& paths, std::size_t place, std::size_t failed) {
  const std::string json =
      bytes_of([&](meshroute_bytes* out, meshroute_error* error) { return meshroute_suite_json(suite, 0, out, error); });
  constexpr std::string_view kEach = "\"source\":";  // within a text its quotes are escaped
  std::size_t tests = 0;
  for (auto at = json.find(kEach); at != std::string::npos; at = json.find(kEach, at + kEach.size())) ++tests;
  std::string text = "running " + std::to_string(tests) + (tests == 1 ? " test of " : " tests of ") + plain(paths[place]);
  std::string more = paths.size() > 1 ? std::to_string(place + 1) + " of " + std::to_string(paths.size()) : std::string();
  if (failed > 0) more += (more.empty() ? "" : ", ") + std::to_string(failed) + " failed";
  return more.empty() ? text : text + " (" + more + ")";
}

int test(const TestOptions& options) {
  std::string lcov;
  if (!options.coverage.empty()) {
    constexpr std::string_view kLcov = "lcov:";
    if (!options.coverage.starts_with(kLcov) || options.coverage.size() == kLcov.size())
      throw Usage("--coverage takes nothing or lcov:FILE, not `" + options.coverage + "`");
    lcov = options.coverage.substr(kLcov.size());
  }
  std::vector<Suite> suites;
  suites.reserve(options.suites.size());
  for (const auto& path : options.suites) {
    suites.push_back(made<Suite>(
        [&](meshroute_suite** out, meshroute_error* error) { return meshroute_suite_load_path(str_of(path), out, error); }));
  }
  const MeshText texts(options.mesh);
  std::optional<Loaded> loaded;
  if (!options.mesh.paths.empty()) {
    loaded.emplace(load(options.mesh, texts));
    warn_of_errors(loaded->report.get(), true);
    if (!loaded->readable) return 2;
  }
  const std::string words = options.mesh.paths.empty() ? std::string() : words_of(options.mesh);
  const bool covers = options.has_coverage || options.min_coverage >= 0 || options.output == "json";
  meshroute_suite_options given = MESHROUTE_SUITE_OPTIONS_INIT;
  given.mesh = &texts.options;
  given.config_words = str_of(words);
  given.skip_coverage = covers ? 0 : 1;
  auto all = made<SuiteReport>(
      [](meshroute_suite_report** out, meshroute_error* error) { return meshroute_suite_report_new(out, error); });
  std::optional<Status> status(std::in_place);
  for (std::size_t i = 0; i < suites.size(); ++i) {
    const auto& suite = suites[i];
    status->say(running(suite.get(), options.suites, i, meshroute_suite_report_failed(all.get())));
    const auto report = made<SuiteReport>([&](meshroute_suite_report** out, meshroute_error* error) {
      return meshroute_suite_run(suite.get(), loaded ? loaded->snapshot.get() : nullptr, &given, out, error);
    });
    need([&](meshroute_error* error) { return meshroute_suite_report_append(all.get(), report.get(), error); });
  }
  status.reset();
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "json") return meshroute_suite_report_json(all.get(), MESHROUTE_JSON_PRETTY, out, error);
    if (options.output == "junit") return meshroute_suite_report_junit(all.get(), out, error);
    return meshroute_suite_report_text(all.get(), text_style(false, options.verbose), out, error);
  });
  if (!lcov.empty()) {
    std::ofstream file(lcov, std::ios::binary);
    file << bytes_of([&](meshroute_bytes* out, meshroute_error* error) {
      return meshroute_suite_report_coverage_lcov(all.get(), out, error);
    });
    if (!file.flush()) throw Usage("cannot write " + lcov);
  } else if (options.has_coverage && options.output == "text") {
    std::cout << '\n';
    print([&](meshroute_bytes* out, meshroute_error* error) {
      return meshroute_suite_report_coverage_text(all.get(), text_style(), out, error);
    });
  }
  bool enough = true;
  if (options.min_coverage >= 0) {
    const double percent = meshroute_suite_report_coverage_percent(all.get());
    enough = percent >= options.min_coverage - 1e-9;
    if (!enough)
      std::cerr << "meshroute: the coverage is " << percent << " %, below the " << options.min_coverage
                << " % of --min-coverage\n";
  }
  return meshroute_suite_report_failed(all.get()) > 0 || !enough ? 1 : 0;
}

}  // namespace

Command add_test(CLI::App& app) {
  const auto options = std::make_shared<TestOptions>();
  auto* command = app.add_subcommand("test", "run tests of routing");
  command->add_option("SUITE", options->suites, "test files, and folders with test files")->required();
  command
      ->add_option("--config", options->mesh.paths, "files and folders of the mesh, in place of the `config` of the test files")
      ->type_name("PATH");
  const auto* coverage = command
                             ->add_option("--coverage", options->coverage,
                                          "say which rules the tests met: as a table, or with =lcov:FILE as an lcov trace file")
                             ->expected(0, 1)
                             ->type_name("[=lcov:FILE]");
  command->add_option("--min-coverage", options->min_coverage, "the percentage of rules below which the command fails")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT");
  command->add_flag("-v,--verbose", options->verbose, "list the tests that pass too");
  add_output(command, options->output, {"text", "json", "junit"});
  add_mesh(command, options->mesh);
  return {command, [options, coverage] {
            options->has_coverage = coverage->count() > 0;
            return test(*options);
          }};
}

}  // namespace cli
