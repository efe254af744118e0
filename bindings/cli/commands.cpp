// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "handles.hpp"
#include "input.hpp"

namespace cli {

namespace {

bool colour() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

/// `call(out, error)` gives bytes: they are printed, with a newline at their end.
template <class Call>
void print(Call call) {
  meshroute_bytes bytes{};
  need([&](meshroute_error* error) { return call(&bytes, error); });
  std::cout.write(bytes.data, static_cast<std::streamsize>(bytes.size));
  if (bytes.size == 0 || bytes.data[bytes.size - 1] != '\n') std::cout << '\n';
  meshroute_bytes_free(&bytes);
}

Mesh new_mesh(const Options& options) {
  const std::string config = options.mesh_config.empty() ? "" : read_file(options.mesh_config);
  const std::string networks = options.mesh_networks.empty() ? "" : read_file(options.mesh_networks);
  meshroute_mesh_options given = MESHROUTE_MESH_OPTIONS_INIT;
  given.mesh_config = str_of(config);
  given.mesh_networks = str_of(networks);
  given.threads = 0;
  given.vip_mode = options.vip_mode == "controller" ? MESHROUTE_VIP_CONTROLLER
                   : options.vip_mode == "legacy"   ? MESHROUTE_VIP_LEGACY
                                                    : MESHROUTE_VIP_STATUS;
  return made<Mesh>([&](meshroute_mesh** out, meshroute_error* error) { return meshroute_mesh_new(&given, out, error); });
}

/// Loads all paths; one report for all. False where something could not be read, which is told on standard error.
bool load(const Options& options, meshroute_mesh* mesh, meshroute_report* all) {
  std::vector<std::string> problems;
  const auto files = files_of(options.paths, problems);
  Progress progress(files.size());
  for (const auto& path : files) {
    progress.step();
    try {
      const std::string text = read_file(path);
      meshroute_load_options given = MESHROUTE_LOAD_OPTIONS_INIT;
      given.name = str_of(path == "-" ? std::string_view("<stdin>") : std::string_view(path));
      given.cluster = str_of(options.cluster);
      const auto report = made<Report>([&](meshroute_report** out, meshroute_error* error) {
        return meshroute_mesh_load(mesh, text.data(), text.size(), &given, out, error);
      });
      need([&](meshroute_error* error) { return meshroute_report_append(all, report.get(), error); });
    } catch (const Usage& problem) {
      problems.emplace_back(problem.what());
    }
  }
  for (const auto& problem : problems) std::cerr << "meshroute: " << problem << '\n';
  return problems.empty();
}

Report new_report() {
  return made<Report>([](meshroute_report** out, meshroute_error* error) { return meshroute_report_new(out, error); });
}

Snapshot snapshot_of(meshroute_mesh* mesh) {
  return made<Snapshot>(
      [&](meshroute_snapshot** out, meshroute_error* error) { return meshroute_mesh_snapshot(mesh, out, error); });
}

/// What was refused is not part of the answer: that is said beside it.
void warn_of_errors(const meshroute_report* report) {
  const std::size_t errors = meshroute_report_error_count(report);
  if (errors == 0) return;
  for (std::size_t i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    need([&](meshroute_error* error) { return meshroute_report_diagnostic(report, i, &found, error); });
    if (found.severity != MESHROUTE_SEVERITY_ERROR) continue;
    std::cerr << view_of(found.source) << ':' << found.line << ':' << found.column << ": error: " << view_of(found.message)
              << " [" << view_of(found.rule) << "]\n";
  }
  std::cerr << "meshroute: refused documents are not part of this answer\n";
}

/// "key=value" or "name: value" at the first `separator`.
meshroute_pair pair_of(const std::string& text, char separator, const char* usage) {
  const auto at = text.find(separator);
  if (at == std::string::npos || at == 0) throw Usage(std::string(usage) + ", not `" + text + "`");
  const std::string_view whole = text;
  auto value = whole.substr(at + 1);
  while (separator == ':' && !value.empty() && value.front() == ' ') value.remove_prefix(1);
  return {str_of(whole.substr(0, at)), str_of(value)};
}

View new_view(const Options& options, const meshroute_snapshot* snapshot) {
  const std::string_view from = options.from;
  const auto slash = from.find('/');
  const std::string id =
      slash == std::string::npos ? "" : std::string(from.substr(slash + 1)) + "." + std::string(from.substr(0, slash));
  std::vector<meshroute_pair> labels;
  for (const auto& label : options.labels) labels.push_back(pair_of(label, '=', "--labels takes key=value"));
  meshroute_client client = MESHROUTE_CLIENT_INIT;
  client.id = str_of(id);
  client.namespace_ = str_of(from.substr(0, slash));
  client.ip = str_of(options.ip);
  client.locality = str_of(options.locality);
  client.network = str_of(options.network);
  client.cluster = str_of(options.cluster);
  client.node_name = str_of(options.node_name);
  client.labels = labels.data();
  client.label_count = labels.size();
  return made<View>([&](meshroute_view** out, meshroute_error* error) {
    return meshroute_snapshot_view(snapshot, &client, nullptr, out, error);
  });
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      json += escaped;
    } else {
      json += c;
    }
  }
  return json + '"';
}

/// Envoy's answer to the request: from its routes alone, or from a mesh.
Answer answer_of(const Options& options, const meshroute_request& request, meshroute_status& status, bool& readable) {
  meshroute_resolve_options how = MESHROUTE_RESOLVE_OPTIONS_INIT;
  how.trace = options.explain || options.output == "text" ? 1 : 0;  // the text says why a request goes nowhere
  if (!options.envoy_routes.empty()) {
    const std::string routes = read_file(options.envoy_routes);
    const auto table = made<RouteTable>([&](meshroute_route_table** out, meshroute_error* error) {
      return meshroute_route_table_new(routes.data(), routes.size(), str_of(options.route_config), out, error);
    });
    return made<Answer>(
        [&](meshroute_answer** out, meshroute_error* error) {
          return meshroute_route_table_resolve(table.get(), &request, &how, out, error);
        },
        &status);
  }
  const Mesh mesh = new_mesh(options);
  const Report report = new_report();
  readable = load(options, mesh.get(), report.get());
  warn_of_errors(report.get());
  const Snapshot snapshot = snapshot_of(mesh.get());
  const View seen = new_view(options, snapshot.get());
  return made<Answer>(
      [&](meshroute_answer** out, meshroute_error* error) { return meshroute_resolve(seen.get(), &request, &how, out, error); },
      &status);
}

}  // namespace

int check(const Options& options) {
  const Mesh mesh = new_mesh(options);
  const Report report = new_report();
  const bool readable = load(options, mesh.get(), report.get());
  const Snapshot snapshot = snapshot_of(mesh.get());
  const auto together = made<Report>(
      [&](meshroute_report** out, meshroute_error* error) { return meshroute_snapshot_analyze(snapshot.get(), out, error); });
  need([&](meshroute_error* error) { return meshroute_report_append(report.get(), together.get(), error); });
  for (const auto& rule : options.ignored) {
    need([&](meshroute_error* error) { return meshroute_report_ignore(report.get(), str_of(rule), error); });
  }
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "json") return meshroute_report_json(report.get(), out, error);
    if (options.output == "sarif") return meshroute_report_sarif(report.get(), out, error);
    return meshroute_report_text(report.get(), colour() ? 1 : 0, out, error);
  });
  if (!readable) return 2;
  return meshroute_report_error_count(report.get()) + meshroute_report_warning_count(report.get()) > 0 ? 1 : 0;
}

namespace {

bool is_host(meshroute_str name) {
  constexpr std::string_view kHost = "host";
  return name.size == kHost.size() && std::equal(kHost.begin(), kHost.end(), name.data,
                                                 [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

}  // namespace

int resolve(const Options& options) {
  std::vector<meshroute_pair> headers;
  meshroute_request request = MESHROUTE_REQUEST_INIT;
  for (const auto& header : options.headers) {
    const meshroute_pair pair = pair_of(header, ':', "-H takes 'name: value'");
    if (is_host(pair.name))
      request.host = pair.value;  // in the URL's place
    else
      headers.push_back(pair);
  }
  request.url = str_of(options.url);
  request.method = str_of(options.method);
  request.headers = headers.data();
  request.header_count = headers.size();
  if (!options.random.empty()) {
    const auto* end = options.random.data() + options.random.size();
    const auto parsed = std::from_chars(options.random.data(), end, request.random);
    if (parsed.ec != std::errc() || parsed.ptr != end)
      throw Usage("--random takes a whole number of 64 bits, not `" + options.random + "`");
    request.has_random = 1;
  }
  meshroute_status status = 0;
  bool readable = true;
  const Answer answer = answer_of(options, request, status, readable);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return options.output == "json" ? meshroute_answer_json(answer.get(), out, error)
                                    : meshroute_answer_text(answer.get(), options.explain ? 1 : 0, colour() ? 1 : 0, out, error);
  });
  return !readable ? 2 : status > 0 ? 1 : 0;
}

int view(const Options& options) {
  const Mesh mesh = new_mesh(options);
  const Report report = new_report();
  const bool readable = load(options, mesh.get(), report.get());
  warn_of_errors(report.get());
  const Snapshot snapshot = snapshot_of(mesh.get());
  const View seen = new_view(options, snapshot.get());
  if (options.output == "envoy" && !options.section.empty() && options.section != "routes") throw Usage("-o envoy prints routes");
  meshroute_view_filter filter = MESHROUTE_VIEW_FILTER_INIT;
  filter.host = str_of(options.host);
  filter.subset = str_of(options.subset);
  filter.cluster = str_of(options.view_cluster);
  filter.port = options.port;
  if (!options.why.empty()) {
    if (options.output == "envoy") throw Usage("--why is printed as text or json");
    meshroute_status status = 0;
    const auto reasons =
        made<Reasons>([&](meshroute_reasons** out,
                          meshroute_error* error) { return meshroute_view_why(seen.get(), str_of(options.why), out, error); },
                      &status);
    print([&](meshroute_bytes* out, meshroute_error* error) {
      return options.output == "json" ? meshroute_reasons_json(reasons.get(), out, error)
                                      : meshroute_reasons_text(reasons.get(), colour() ? 1 : 0, out, error);
    });
    return !readable ? 2 : status > 0 ? 1 : 0;
  }
  print([&](meshroute_bytes* out, meshroute_error* error) {
    if (options.output == "envoy") return meshroute_view_envoy_routes(seen.get(), out, error);
    if (options.output == "json") return meshroute_view_filtered_json(seen.get(), str_of(options.section), &filter, out, error);
    return meshroute_view_filtered_text(seen.get(), str_of(options.section), &filter, out, error);
  });
  return readable ? 0 : 2;
}

int rules(const Options& options) {
  const bool json = options.output == "json";
  if (json) std::cout << "[";
  for (std::size_t i = 0; i < meshroute_rule_count(); ++i) {
    meshroute_rule rule = MESHROUTE_RULE_INIT;
    need([&](meshroute_error* error) { return meshroute_rule_at(i, &rule, error); });
    if (json) {
      std::cout << (i > 0 ? ",\n " : "\n ") << "{\"id\": " << json_string(view_of(rule.id))
                << ", \"kind\": " << json_string(view_of(rule.kind)) << ", \"layer\": " << json_string(view_of(rule.layer))
                << ", \"severity\": " << json_string(view_of(rule.severity))
                << ", \"demand\": " << json_string(view_of(rule.demand)) << ", \"source\": " << json_string(view_of(rule.source))
                << "}";
      continue;
    }
    std::string line(view_of(rule.id));
    line.resize(std::max<std::size_t>(line.size(), 8), ' ');
    line += view_of(rule.kind);
    line.resize(std::max<std::size_t>(line.size() + 1, 30), ' ');
    line += view_of(rule.layer);
    line.resize(std::max<std::size_t>(line.size() + 1, 40), ' ');
    line += view_of(rule.severity);
    line.resize(std::max<std::size_t>(line.size() + 1, 49), ' ');
    std::cout << line << view_of(rule.demand) << '\n';
  }
  if (json) std::cout << "\n]\n";
  return 0;
}

}  // namespace cli
