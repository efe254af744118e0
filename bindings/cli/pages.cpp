// SPDX-License-Identifier: Apache-2.0
// Makes the completion scripts and the manual page from the commands and their options.
#include "pages.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "meshroute.h"

namespace cli {

namespace {

struct OptionText {
  std::vector<std::string> names;  // "--output", "-o"
  std::string value;               // "FORM"; empty: a flag
  std::vector<std::string> words;  // that it takes; empty: anything
  std::string what;
  bool file = false;
};

/// "{text,json}" as CLI11 describes what an option takes.
std::vector<std::string> words_of(const std::string& type) {
  const auto open = type.find('{'), close = type.find('}', open == std::string::npos ? 0 : open);
  std::vector<std::string> words;
  if (open == std::string::npos || close == std::string::npos) return words;
  std::string word;
  for (std::size_t i = open + 1; i <= close; ++i) {
    if (type[i] == ',' || type[i] == '}') {
      words.push_back(std::move(word));
      word.clear();
    } else {
      word += type[i];
    }
  }
  return words;
}

std::vector<OptionText> options_of(const CLI::App& command) {
  std::vector<OptionText> options;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() || option->get_name().empty() || option->get_name().front() != '-') continue;
    OptionText text;
    for (const auto& name : option->get_lnames()) text.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) text.names.push_back("-" + name);
    const std::string type = option->get_type_name();
    text.words = words_of(type);
    if (option->get_items_expected_max() > 0 && option->get_type_size() > 0) text.value = type.substr(0, type.find(':'));
    text.what = option->get_description();
    text.file = text.value == "FILE";
    options.push_back(std::move(text));
  }
  return options;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : commands_of(app)) names.push_back(command->get_name());
  return joined(names);
}

std::string bash(const CLI::App& app) {
  std::string text =
      "# meshroute completion bash: source it, or put it into /usr/share/bash-completion/completions/meshroute\n"
      "_meshroute() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    words='" +
      names_of(app) + " help version --help --version'\n  else\n    case \"$command $last\" in\n";
  std::string options;
  for (const auto* command : commands_of(app)) {
    std::vector<std::string> names;
    for (const auto& option : options_of(*command)) {
      names.insert(names.end(), option.names.begin(), option.names.end());
      if (option.words.empty()) continue;
      std::string cases;
      for (const auto& name : option.names) cases += (cases.empty() ? "'" : "|'") + command->get_name() + " " + name + "'";
      text += "      " + cases + ") COMPREPLY=($(compgen -W '" + joined(option.words) + "' -- \"$word\")); return ;;\n";
    }
    options += "      " + command->get_name() + ") words='" + joined(names) + "' ;;\n";
  }
  text += "    esac\n    case \"$command\" in\n" + options + "      help) words='" + names_of(app) +
          "' ;;\n    esac\n    case \"$word\" in -*) ;; *) [ \"$command\" = help ] || words= ;; esac\n  fi\n"
          "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "  [ -n \"$words\" ] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
          "}\n"
          "complete -o filenames -F _meshroute meshroute\n";
  return text;
}

/// Within single quotes, for zsh's _arguments: brackets and colons have a meaning there.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
    } else {
      if (letter == '[' || letter == ']' || letter == ':') out += '\\';
      out += letter;
    }
  }
  return out;
}

std::string zsh(const CLI::App& app) {
  std::string text = "#compdef meshroute\n_meshroute() {\n  local -a commands\n  commands=(\n";
  for (const auto* command : commands_of(app))
    text += "    '" + command->get_name() + ":" + zsh_text(command->get_description()) + "'\n";
  text += "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n  case $words[2] in\n";
  for (const auto* command : commands_of(app)) {
    text += "    " + command->get_name() + ")\n      _arguments";
    for (const auto& option : options_of(*command)) {
      for (const auto& name : option.names) {
        text += " \\\n        '*" + name + "[" + zsh_text(option.what) + "]";
        if (!option.words.empty()) {
          text += ":" + zsh_text(option.value) + ":(" + joined(option.words) + ")";
        } else if (!option.value.empty()) {
          text += ":" + zsh_text(option.value) + ":" + (option.file ? "_files" : " ");
        }
        text += "'";
      }
    }
    text += " \\\n        '*:path:_files'\n      ;;\n";
  }
  return text + "  esac\n}\n_meshroute \"$@\"\n";
}

std::string fish_text(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') out += '\\';
    out += letter;
  }
  return out;
}

std::string fish(const CLI::App& app) {
  std::string text;
  for (const auto* command : commands_of(app)) {
    text += "complete -c meshroute -n __fish_use_subcommand -f -a " + command->get_name() + " -d '" +
            fish_text(command->get_description()) + "'\n";
    for (const auto& option : options_of(*command)) {
      text += "complete -c meshroute -n '__fish_seen_subcommand_from " + command->get_name() + "'";
      for (const auto& name : option.names) text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) text += option.file ? " -r" : " -x";
      if (!option.words.empty()) text += " -a '" + joined(option.words) + "'";
      text += " -d '" + fish_text(option.what) + "'\n";
    }
  }
  return text;
}

/// man(7) gives a meaning to a backslash, and to a point or a quote that begins a line.
std::string roff(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\\') {
      out += "\\e";
    } else if (letter == '-') {
      out += "\\-";
    } else if (letter == '\n') {
      out += "\n";
    } else {
      if ((letter == '.' || letter == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += letter;
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  return shell == "zsh" ? zsh(app) : shell == "fish" ? fish(app) : bash(app);
}

std::string manual_page(const CLI::App& app) {
  std::string text =
      ".TH MESHROUTE 1 \"\" \"meshroute " + std::string(meshroute_version()) +
      "\" \"User Commands\"\n.SH NAME\nmeshroute \\- where mesh requests go, and whether the configuration is right\n"
      ".SH SYNOPSIS\n.B meshroute\n.I COMMAND\n[\\fIOPTION\\fR]... \\fIPATH\\fR...\n.SH DESCRIPTION\n" +
      roff(app.get_description()) +
      "\n.PP\nA PATH is a file, a folder (its .yaml, .yml and .json files; hidden folders are never entered) or \\- for "
      "standard input.\n.SH COMMANDS\n";
  for (const auto* command : commands_of(app)) {
    text += ".SS meshroute " + roff(command->get_name()) + "\n" + roff(command->get_description()) + "\n";
    for (const auto& option : options_of(*command)) {
      text += ".TP\n\\fB" + roff(joined(option.names, ", ")) + "\\fR" +
              (option.value.empty() ? "" : " \\fI" + roff(option.value) + "\\fR") + "\n" + roff(option.what) +
              (option.words.empty() ? "" : " (" + roff(joined(option.words, ", ")) + ")") + "\n";
    }
  }
  return text + ".SH EXIT STATUS\n" + roff(app.get_footer()) +
         "\n.SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nno colours, unless \\-\\-color always is given\n";
}

}  // namespace cli
