// SPDX-License-Identifier: Apache-2.0
// meshroute rules: the table of rules and the codes of trace lines, or the page of one.
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "options.hpp"

namespace cli {

namespace {

constexpr std::string_view kCodes = "codes";

struct Options {
  std::string word;  // an id, a name, a peer's code, `codes` or the code of a trace line; empty: all
  std::string output = "text";
};

std::vector<meshroute_rule> rules_of(std::string_view word) {
  std::vector<meshroute_rule> rules;
  for (std::size_t i = 0; i < meshroute_rule_count(); ++i) {
    if (!word.empty() && meshroute_rule_means(i, str_of(word)) == 0) continue;
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    need([&](meshroute_error* error) { return meshroute_rule_at(i, &rule, error); });
    rules.push_back(rule);
  }
  return rules;
}

std::vector<meshroute_pair> trace_codes_of(std::string_view word) {
  std::vector<meshroute_pair> codes;
  for (std::size_t i = 0; i < meshroute_trace_code_count(); ++i) {
    meshroute_pair code{};
    need([&](meshroute_error* error) { return meshroute_trace_code_at(i, &code, error); });
    if (word.empty() || word == kCodes || word == view_of(code.name)) codes.push_back(code);
  }
  return codes;
}

void print_codes(const std::vector<meshroute_pair>& codes) {
  for (const auto& code : codes) {
    std::string line(view_of(code.name));
    line.resize(std::max<std::size_t>(line.size() + 1, 30), ' ');
    std::cout << line << view_of(code.value) << '\n';
  }
}

void print_row(const meshroute_rule& rule) {
  std::string line(view_of(rule.id));
  const auto column = [&](std::size_t at, meshroute_str text) {
    line.resize(std::max(line.size() + 1, at), ' ');
    line += view_of(text);
  };
  column(8, rule.kind);
  column(30, str_of(meshroute_layer_name(rule.layer)));
  column(40, str_of(meshroute_severity_name(rule.severity)));
  column(49, rule.what);
  std::cout << line << '\n';
}

void print_example(std::string_view title, std::string_view text) {
  if (text.empty()) return;
  std::cout << '\n' << title << ":\n";
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::cout << "    " << text.substr(0, end) << '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

void print_page(const meshroute_rule& rule) {
  std::cout << view_of(rule.id) << ' ' << view_of(rule.name) << " (" << meshroute_severity_name(rule.severity) << ", layer "
            << meshroute_layer_name(rule.layer) << ", kind " << view_of(rule.kind) << ")\n\n"
            << view_of(rule.what) << '\n'
            << "Why: " << view_of(rule.why) << '\n'
            << "Fix: " << view_of(rule.fix) << '\n';
  print_example("Bad", view_of(rule.bad));
  print_example("Good", view_of(rule.good));
  std::cout << '\n';
  if (rule.peer_count > 0) {
    std::cout << "Stands for:";
    for (std::size_t i = 0; i < rule.peer_count; ++i) std::cout << ' ' << view_of(rule.peers[i]);
    std::cout << '\n';
  }
  std::cout << "Source: " << view_of(rule.source) << "; since " << view_of(rule.since) << "; "
            << meshroute_rule_status_name(rule.status) << '\n';
}

int rules(const Options& options) {
  const auto found = rules_of(options.word);
  const auto codes = trace_codes_of(options.word);
  if (found.empty() && codes.empty())
    throw Usage("there is no rule and no code `" + options.word + "`: `meshroute rules` lists all");
  if (options.output == "json") {
    if (found.empty()) {
      const meshroute_str word = str_of(options.word == kCodes ? std::string() : options.word);
      print([&](meshroute_bytes* out, meshroute_error* error) {
        return meshroute_trace_codes_json(word, MESHROUTE_JSON_PRETTY, out, error);
      });
      return 0;
    }
    print([&](meshroute_bytes* out, meshroute_error* error) {
      return meshroute_rules_json(str_of(options.word), MESHROUTE_JSON_PRETTY, out, error);
    });
    return 0;
  }
  for (const auto& rule : found) {
    if (options.word.empty()) {
      print_row(rule);
      continue;
    }
    if (&rule != found.data()) std::cout << "\n\n";
    print_page(rule);
  }
  if (options.word.empty()) std::cout << "\nCodes of the lines of a trace, of `because` and of --why:\n";
  print_codes(codes);
  return 0;
}

}  // namespace

Command add_rules(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("rules", "the rules that a finding can name, and the codes of trace lines");
  command
      ->add_option("RULE", options->word,
                   "explain this rule: its id, its name, or a code of Istio's or Kiali's analysis; "
                   "`codes`: the codes of trace lines")
      ->type_name("");
  add_output(command, options->output, {"text", "json"});
  return {command, [options] { return rules(*options); }};
}

}  // namespace cli
