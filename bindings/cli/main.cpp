// SPDX-License-Identifier: Apache-2.0
// The meshroute command: parses the arguments and runs the subcommand that they name.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "command.hpp"
#include "meshroute.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Is this mesh configuration right, where does a request go, to which endpoints, and why?", "meshroute");
  app.set_version_flag("--version", std::string("meshroute ") + meshroute_version() + "\nIstio " + meshroute_istio_version() +
                                        "\nEnvoy " + meshroute_envoy_version());
  app.footer("Exit code: 0 clean, 1 findings (or no route), 2 usage or unreadable input.");
  app.require_subcommand(1);
  const cli::Command commands[] = {cli::add_check(app), cli::add_resolve(app), cli::add_view(app), cli::add_test(app),
                                   cli::add_witness(app), cli::add_diff(app), cli::add_rules(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const auto& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return 2;  // require_subcommand has refused this
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    std::cerr << "meshroute: " << problem.what() << '\n';
    return 2;
  }
}
