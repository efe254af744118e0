// SPDX-License-Identifier: Apache-2.0
// meshroute view: the sections of one proxy's view, or the story of one host.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "command.hpp"
#include "near.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct ViewOptions {
  MeshOptions mesh;
  ClientOptions proxy;
  std::vector<std::string> words;  // PATH… [SECTION]
  std::string section;             // empty: all
  std::string host, subset, cluster, why, reach;
  std::uint32_t port = 0;
  std::string output = "text";
};

int print_why(const ViewOptions& options, const meshroute_view* seen, bool readable) {
  if (options.output == "envoy") throw Usage("--why is printed as text or json");
  meshroute_status status = 0;
  const auto reasons = made<Reasons>(
      [&](meshroute_reasons** out, meshroute_error* error) { return meshroute_view_why(seen, str_of(options.why), out, error); },
      &status);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return options.output == "json" ? meshroute_reasons_json(reasons.get(), MESHROUTE_JSON_PRETTY, out, error)
                                    : meshroute_reasons_text(reasons.get(), text_style(), out, error);
  });
  return !readable ? 2 : status > 0 ? 1 : 0;
}

/// "HOST", "HOST:PORT", "[ADDRESS]:PORT".
std::pair<std::string, std::uint32_t> host_and_port(const std::string& text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string::npos && (bracket == std::string::npos ? text.find(':') == colon : bracket < colon);
  std::string host = text.substr(0, has_port ? colon : std::string::npos);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) throw Usage("--reach takes HOST or HOST:PORT, and `" + text + "` names no host");
  if (!has_port) return {host, 0};
  std::uint32_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  constexpr std::uint32_t kMost = 65535;
  if (parsed.ec != std::errc() || parsed.ptr != end || port == 0 || port > kMost)
    throw Usage("--reach takes HOST or HOST:PORT, and `" + text.substr(colon + 1) + "` is no port");
  return {host, port};
}

int reach(const ViewOptions& options) {
  if (options.output == "envoy") throw Usage("--reach is printed as text, json, dot or mermaid");
  if (!options.section.empty()) throw Usage("--reach asks every workload: leave out " + options.section);
  const auto [host, port] = host_and_port(options.reach);
  const Loaded& loaded = load_for_good(options.mesh);
  warn_of_errors(loaded.report.get());
  meshroute_status status = 0;
  const auto reached = made<Reach>(
      [&, &host = host, port = port](meshroute_reach** out, meshroute_error* error) {
        return meshroute_snapshot_reach(loaded.snapshot.get(), str_of(host), port, str_of(options.proxy.from), out, error);
      },
      &status);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "json") return meshroute_reach_json(reached.get(), MESHROUTE_JSON_PRETTY, out, error);
    if (options.output == "dot") return meshroute_reach_picture(reached.get(), MESHROUTE_PICTURE_DOT, out, error);
    if (options.output == "mermaid") return meshroute_reach_picture(reached.get(), MESHROUTE_PICTURE_MERMAID, out, error);
    return meshroute_reach_text(reached.get(), text_style(), out, error);
  });
  return !loaded.readable ? 2 : status > 0 ? 1 : 0;
}

int view(const ViewOptions& options) {
  if (!options.reach.empty()) return reach(options);
  if (options.output == "dot" || options.output == "mermaid") throw Usage("-o " + options.output + " is a picture of --reach");
  const Loaded& loaded = load_for_good(options.mesh);
  warn_of_errors(loaded.report.get());
  const View seen = new_view(options.proxy, options.mesh, loaded.snapshot.get());
  const std::string messages = options.section.empty() ? "routes" : options.section;
  if (!options.why.empty()) return print_why(options, seen.get(), loaded.readable);
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  filter.host = str_of(options.host);
  filter.subset = str_of(options.subset);
  filter.cluster = str_of(options.cluster);
  filter.port = options.port;
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "envoy")
      return meshroute_view_envoy_json(seen.get(), str_of(messages), &filter, MESHROUTE_JSON_PRETTY, out, error);
    if (options.output == "json")
      return meshroute_view_json(seen.get(), str_of(options.section), &filter, MESHROUTE_JSON_PRETTY, out, error);
    return meshroute_view_text(seen.get(), str_of(options.section), &filter, text_style(), out, error);
  });
  return !loaded.readable ? 2 : refuses(loaded.report.get()) ? 1 : 0;
}

constexpr std::array<std::string_view, 7> kSections{"services",  "clusters", "endpoints", "routes",
                                                    "listeners", "inbound",  "client_tls"};

/// The last word is a section, or it was meant to be one.
void take_section(ViewOptions& options) {
  auto& paths = options.mesh.paths;
  paths = options.words;
  if (paths.size() < 2) return;
  if (std::find(kSections.begin(), kSections.end(), paths.back()) == kSections.end()) {
    std::error_code ignored;
    if (paths.back() == "-" || std::filesystem::exists(paths.back(), ignored)) return;
    const std::string near = nearest(paths.back(), {kSections.begin(), kSections.end()});
    if (near.empty()) return;  // loading says that there is no such file
    throw Usage("there is no section and no file `" + paths.back() + "`: did you mean " + near + "?");
  }
  options.section = paths.back();
  paths.pop_back();
}

}  // namespace

Command add_view(CLI::App& app) {
  const auto options = std::make_shared<ViewOptions>();
  auto* command = app.add_subcommand("view", "what one proxy sees");
  command
      ->add_option("PATH…\u00a0[SECTION]", options->words,  // CLI11 2.4 takes no blank in a name
                   "files and folders, then services, clusters, endpoints, routes, listeners, inbound or client_tls")
      ->required();
  auto* from = add_proxy(command, options->proxy);
  command->add_option("--host", options->host, "only this host: its full name, or the first labels of it")->type_name("HOST");
  command->add_option("--port", options->port, "only this port")->type_name("NUMBER")->check(CLI::Range(1, 65535));
  command->add_option("--subset", options->subset, "only clusters of this subset")->type_name("NAME");
  command->add_option("--cluster-name", options->cluster, "only this cluster, and what leads to it")->type_name("NAME");
  command
      ->add_option("--why", options->why, "explain a host instead: who defines it, which workloads it selects or nearly selects")
      ->type_name("HOST")
      ->check([](const std::string& host) { return host.empty() ? std::string("names no host") : std::string(); });
  command
      ->add_option(
          "--reach", options->reach,
          "of every workload that is loaded: whether a plain request to this host arrives, and why not; --from leaves out others")
      ->type_name("HOST[:PORT]")
      ->check([](const std::string& host) { return host.empty() ? std::string("names no host") : std::string(); });
  add_output(command, options->output, {"text", "json", "envoy", "dot", "mermaid"});
  add_mesh(command, options->mesh);
  return {command, [options, from] {
            take_section(*options);
            if (from->count() == 0 && options->reach.empty())
              throw Usage("--from is required: NAMESPACE or NAMESPACE/NAME of the proxy whose view it is");
            return view(*options);
          }};
}

}  // namespace cli
