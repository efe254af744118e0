#pragma once

// SPDX-License-Identifier: Apache-2.0
// What is made of the commands and their options: completion scripts and the manual page.

#include <CLI/CLI.hpp>
#include <string>

namespace cli {

/// A script for bash, zsh or fish that completes commands, options and the words that options take.
std::string completion_script(const CLI::App& app, const std::string& shell);

/// The manual page, in the language of man(7).
std::string manual_page(const CLI::App& app);

}  // namespace cli
