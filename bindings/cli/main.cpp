// SPDX-License-Identifier: Apache-2.0
// The meshroute command: parses the arguments and runs the subcommand that they name.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "meshroute.h"
#include "near.hpp"
#include "pages.hpp"
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

std::string version_text() {
  return std::string("meshroute ") + meshroute_version() + "\nIstio " + meshroute_istio_version() + "\nEnvoy " +
         meshroute_envoy_version();
}

/// Everything has reached its place, or the exit code says that it has not: a full disk, a closed pipe.
int flushed(int code) {
  errno = 0;
  std::cout.flush();
  if (std::cout.good()) return code;
  if (errno != EPIPE)
    std::cerr << "meshroute: cannot write the output" << (errno != 0 ? ": " : "") << (errno != 0 ? std::strerror(errno) : "")
              << '\n';
  return 2;
}

/// help [COMMAND] and version, which need no options; -1: it is neither.
int run_word(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> names{"help", "version"};
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  if (words.empty() || words[0] == "help") {
    if (words.size() < 2) {
      std::cout << app.help();
      return 0;
    }
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      if (command->get_name() != words[1]) continue;
      std::cout << command->help();
      return 0;
    }
  } else if (words[0] == "version") {
    std::cout << version_text() << '\n';
    return 0;
  } else if (words[0].starts_with('-') || std::find(names.begin(), names.end(), words[0]) != names.end()) {
    return -1;
  }
  const std::string& unknown = words[0] == "help" ? words[1] : words[0];
  const std::string near = cli::nearest(unknown, names);
  std::cerr << "meshroute: there is no command `" << unknown << "`"
            << (near.empty() ? ": `meshroute help` lists all" : ": did you mean " + near + "?") << '\n';
  return 2;
}

/// Words that no option and no argument of the command took.
int unknown_option(const CLI::App& app, const std::vector<std::string>& words) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  std::vector<std::string> options;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) options.push_back("--" + name);
  }
  const std::vector<std::string> rest = command.remaining();
  const std::string unknown = !rest.empty() ? rest.front() : words.empty() ? "" : words.front();
  const std::string name = unknown.substr(0, unknown.find('='));
  const std::string near = name.starts_with("--") ? cli::nearest(name, options) : "";
  const std::string help = "`meshroute help " + command.get_name() + "` lists the options";
  std::cerr << "meshroute: " << (unknown.starts_with('-') ? "there is no option `" : "no use for the argument `") << unknown
            << "`" << (near.empty() ? ": " + help : ": did you mean " + near + "?") << '\n';
  return 2;
}

int run(int argc, char** argv) {
  CLI::App app("Is this mesh configuration right, where does a request go, to which endpoints, and why?", "meshroute");
  app.set_version_flag("-V,--version", version_text());
  app.footer(
      "Exit code: 0 clean, 1 findings (or requests that fail), 2 usage, unreadable input or output that cannot be written.\n"
      "`meshroute help COMMAND` lists the options of a command.");
  app.require_subcommand(1);
  std::vector<cli::Command> commands{cli::add_check(app),   cli::add_resolve(app), cli::add_view(app),  cli::add_test(app),
                                     cli::add_witness(app), cli::add_diff(app),    cli::add_envoy(app), cli::add_rules(app)};
  std::string shell;
  auto* completion = app.add_subcommand("completion", "a script that completes commands and options in a shell");
  completion->add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  commands.push_back({completion, [&app, &shell] {
                        std::cout << cli::completion_script(app, shell);
                        return 0;
                      }});
  auto* manual = app.add_subcommand("man", "the manual page: meshroute man > meshroute.1");
  commands.push_back({manual, [&app] {
                        std::cout << cli::manual_page(app);
                        return 0;
                      }});
  if (const int code = run_word(app, {argv + 1, argv + argc}); code >= 0) return code;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return unknown_option(app, {argv + 1, argv + argc});
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
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 17);  // large lists that are no longer wanted go back to the system at once
#endif
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of writing
#endif
  try {
    return flushed(run(argc, argv));
  } catch (const std::exception& problem) {
    std::cerr << "meshroute: " << problem.what() << '\n';
    return 2;
  }
}
