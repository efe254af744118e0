// SPDX-License-Identifier: Apache-2.0
// meshroute witness: a request for each rule that a proxy has.
#include <memory>

#include "command.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct WitnessOptions {
  MeshOptions mesh;
  ClientOptions proxy;
  std::string output = "json";
};

int witness(const WitnessOptions& options) {
  const Loaded& loaded = load_for_good(options.mesh);
  warn_of_errors(loaded.report.get());
  const ProxyStruct proxy(options.proxy, options.mesh, loaded.snapshot.get());
  std::vector<meshroute_str> config;
  config.reserve(options.mesh.paths.size());
  for (const auto& path : options.mesh.paths) config.push_back(str_of(path));
  if (options.output == "suite") {
    print([&](meshroute_bytes* out, meshroute_error* error) {
      return meshroute_snapshot_witness_suite(loaded.snapshot.get(), &proxy.proxy, config.data(), config.size(), out, error);
    });
    return loaded.readable ? 0 : 2;
  }
  const auto found = made<Witnesses>([&](meshroute_witnesses** out, meshroute_error* error) {
    return meshroute_snapshot_witnesses(loaded.snapshot.get(), &proxy.proxy, out, error);
  });
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return meshroute_witnesses_json(found.get(), MESHROUTE_JSON_PRETTY, out, error);
  });
  return loaded.readable ? 0 : 2;
}

}  // namespace

Command add_witness(CLI::App& app) {
  const auto options = std::make_shared<WitnessOptions>();
  auto* command = app.add_subcommand("witness", "a request for each rule that a proxy has, or the rule that hides it");
  command->add_option("PATH", options->mesh.paths, "files and folders; - is standard input")->required();
  add_proxy(command, options->proxy)->required();
  add_output(command, options->output, {"json", "suite"});
  add_mesh(command, options->mesh);
  return {command, [options] { return witness(*options); }};
}

}  // namespace cli
