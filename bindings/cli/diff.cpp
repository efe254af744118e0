// SPDX-License-Identifier: Apache-2.0
// meshroute diff: what a change of the configuration really changes.
#include <memory>
#include <utility>

#include "change.hpp"
#include "command.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct DiffOptions {
  MeshOptions mesh;  // without paths
  std::string before, after;
  std::vector<std::string> from;
  std::string output = "text";
};

/// A text of JSON.
std::string json_text(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '"' || c == '\\')
      out.append("\\u00").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    else
      out += c;
  }
  return out + "\"";
}

/// A list of their names.
std::string proxies_of(const DiffOptions& options) {
  std::string list;
  for (const auto& from : options.from) list += (list.empty() ? "[" : ",") + json_text(from);
  return list.empty() ? "" : list + "]";
}

int compare(const DiffOptions& options) {
  const auto side = [&options](const std::string& path) {
    MeshOptions mesh = options.mesh;
    mesh.paths = {path};
    const Loaded& loaded = load_for_good(mesh);
    warn_of_errors(loaded.report.get());
    return &loaded;
  };
  const Loaded* kept = side(options.before);
  if (!kept->readable) return 2;
  const std::optional<Snapshot> changed = load_change(*kept, options.mesh, options.before, options.after);
  const Loaded* later = changed ? nullptr : side(options.after);
  if (later != nullptr && !later->readable) return 2;
  const meshroute_snapshot *before = kept->snapshot.get(), *after = changed ? changed->get() : later->snapshot.get();
  const std::string from = proxies_of(options);
  meshroute_diff_options given = MESHROUTE_DIFF_OPTIONS_INIT;
  given.from = str_of(from);
  meshroute_status status = 0;
  const auto found = made<Diff>(
      [&](meshroute_diff** out, meshroute_error* error) { return meshroute_snapshot_diff(before, after, &given, out, error); },
      &status);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "json") return meshroute_diff_json(found.get(), MESHROUTE_JSON_PRETTY, out, error);
    if (options.output == "markdown") return meshroute_diff_markdown(found.get(), out, error);
    return meshroute_diff_text(found.get(), text_style(), out, error);
  });
  ending = true;
  return status > 0 ? 1 : 0;
}

}  // namespace

Command add_diff(CLI::App& app) {
  const auto options = std::make_shared<DiffOptions>();
  auto* command = app.add_subcommand("diff", "which requests two versions of a mesh answer otherwise, and why");
  command->add_option("OLD", options->before, "the file or folder before the change")->required();
  command->add_option("NEW", options->after, "the file or folder after it")->required();
  command
      ->add_option(
          "--from", options->from,
          "only these proxies: NAMESPACE or NAMESPACE/NAME; repeatable (default: one of each class that cannot be told apart)")
      ->allow_extra_args(false)
      ->type_name("NS[/NAME]");
  add_output(command, options->output, {"text", "json", "markdown"});
  add_mesh(command, options->mesh);
  return {command, [options] { return compare(*options); }};
}

}  // namespace cli
