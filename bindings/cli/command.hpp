#pragma once

// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each has a file of its own with its options: it adds itself to the app, and gives what runs it.

#include <functional>

namespace CLI {
class App;
}

namespace cli {

struct Command {
  CLI::App* app;             // borrowed from the app that it was added to
  std::function<int()> run;  // gives the exit code (0 clean, 1 findings or no route); throws Usage for 2
};

Command add_check(CLI::App& app);
Command add_resolve(CLI::App& app);
Command add_view(CLI::App& app);
Command add_envoy(CLI::App& app);
Command add_test(CLI::App& app);
Command add_witness(CLI::App& app);
Command add_diff(CLI::App& app);
Command add_rules(CLI::App& app);

}  // namespace cli
