// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "meshroute.h"

namespace {

namespace fs = std::filesystem;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* handle) const { Free(handle); }
};
using Mesh = std::unique_ptr<meshroute_mesh, Freed<meshroute_mesh, meshroute_mesh_free>>;
using Snapshot = std::unique_ptr<meshroute_snapshot, Freed<meshroute_snapshot, meshroute_snapshot_free>>;
using View = std::unique_ptr<meshroute_view, Freed<meshroute_view, meshroute_view_free>>;
using Report = std::unique_ptr<meshroute_report, Freed<meshroute_report, meshroute_report_free>>;
using Answer = std::unique_ptr<meshroute_answer, Freed<meshroute_answer, meshroute_answer_free>>;

struct Options {
  std::vector<std::string> paths, labels, headers;
  std::string from = "default", ip, locality, network, url, method, section, output = "text", mesh_config, mesh_networks, vip_mode = "status";
  bool explain = false;
};

meshroute_str str_of(const std::string& text) { return {text.data(), text.size()}; }

meshroute_status need(meshroute_status status, const meshroute_error& error) {
  if (status < 0) throw std::runtime_error(error.message);
  return status;
}

void print(meshroute_bytes bytes) {
  std::cout.write(bytes.data, static_cast<std::streamsize>(bytes.size));
  if (bytes.size == 0 || bytes.data[bytes.size - 1] != '\n') std::cout << '\n';
  meshroute_bytes_free(&bytes);
}

std::string read(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (path == "-" || !fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      const auto extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".yaml" || extension == ".yml" || extension == ".json")) files.push_back(entry.path().string());
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

std::string json_string(const std::string& text) {
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

std::string client_of(const Options& options) {
  const auto slash = options.from.find('/');
  std::string json = "{\"namespace\":" + json_string(options.from.substr(0, slash));
  if (slash != std::string::npos) json += ",\"id\":" + json_string(options.from.substr(slash + 1) + "." + options.from.substr(0, slash));
  if (!options.ip.empty()) json += ",\"ip\":" + json_string(options.ip);
  if (!options.locality.empty()) json += ",\"locality\":" + json_string(options.locality);
  if (!options.network.empty()) json += ",\"network\":" + json_string(options.network);
  json += ",\"labels\":{";
  for (std::size_t i = 0; i < options.labels.size(); ++i) {
    const auto equals = options.labels[i].find('=');
    if (equals == std::string::npos) throw std::runtime_error("--labels takes key=value, not " + options.labels[i]);
    json += (i > 0 ? "," : "") + json_string(options.labels[i].substr(0, equals)) + ":" + json_string(options.labels[i].substr(equals + 1));
  }
  return json + "}}";
}

// The C ABI takes a URL or a JSON request; with headers or a method the URL is split here.
std::string request_of(const Options& options) {
  if (options.headers.empty() && options.method.empty()) return options.url;
  const auto scheme = options.url.find("://");
  std::string rest = scheme == std::string::npos ? options.url : options.url.substr(scheme + 3);
  const bool tls = options.url.rfind("https://", 0) == 0;
  const auto slash = rest.find_first_of("/?");
  std::string path = slash == std::string::npos ? "/" : rest.substr(slash), host = rest.substr(0, slash);
  if (path[0] != '/') path.insert(0, "/");
  std::string json = "{\"path\":" + json_string(path) + ",\"host\":" + json_string(host);
  const auto colon = host.rfind(':');
  if (colon != std::string::npos && colon + 1 < host.size() && host.find_first_not_of("0123456789", colon + 1) == std::string::npos) json += ",\"port\":" + std::to_string(std::stoul(host.substr(colon + 1)));
  if (tls) json += ",\"tls\":true,\"sni\":" + json_string(host.substr(0, colon));
  if (!options.method.empty()) json += ",\"method\":" + json_string(options.method);
  json += ",\"headers\":[";
  for (std::size_t i = 0; i < options.headers.size(); ++i) {
    const auto& header = options.headers[i];
    const auto at = header.find(':');
    if (at == std::string::npos) throw std::runtime_error("-H takes 'name: value', not " + header);
    const auto value = header.find_first_not_of(' ', at + 1);
    json += std::string(i > 0 ? "," : "") + "[" + json_string(header.substr(0, at)) + "," + json_string(value == std::string::npos ? "" : header.substr(value)) + "]";
  }
  return json + "]}";
}

void show(const meshroute_report* report, const Options& options, std::FILE* stream_kind) {
  meshroute_error error{};
  meshroute_bytes bytes{};
  if (options.output == "json") need(meshroute_report_json(report, &bytes, &error), error);
  else need(meshroute_report_text(report, isatty(fileno(stream_kind)), &bytes, &error), error);
  print(bytes);
}

int run(const std::string& command, const Options& options) {
  meshroute_error error{};
  meshroute_bytes bytes{};
  if (command == "rules") {
    for (std::size_t i = 0; i < meshroute_rule_count(); ++i) {
      meshroute_rule rule = MESHROUTE_RULE_INIT;
      need(meshroute_rule_at(i, &rule, &error), error);
      std::printf("%-8.*s %-20.*s %-8.*s %.*s\n", int(rule.id.size), rule.id.data, int(rule.kind.size), rule.kind.data, int(rule.severity.size), rule.severity.data, int(rule.demand.size), rule.demand.data);
    }
    return 0;
  }
  meshroute_mesh_options mesh_options = MESHROUTE_MESH_OPTIONS_INIT;
  const std::string config = options.mesh_config.empty() ? "" : read(options.mesh_config), networks = options.mesh_networks.empty() ? "" : read(options.mesh_networks);
  mesh_options.mesh_config = str_of(config);
  mesh_options.mesh_networks = str_of(networks);
  mesh_options.threads = 0;
  mesh_options.vip_mode = options.vip_mode == "controller" ? MESHROUTE_VIP_CONTROLLER : options.vip_mode == "legacy" ? MESHROUTE_VIP_LEGACY : MESHROUTE_VIP_STATUS;
  meshroute_mesh* mesh_out = nullptr;
  need(meshroute_mesh_new(&mesh_options, &mesh_out, &error), error);
  const Mesh mesh(mesh_out);
  bool findings = false;
  std::string all;
  for (const auto& path : files_of(options.paths)) {
    const std::string text = read(path);
    meshroute_load_options load = MESHROUTE_LOAD_OPTIONS_INIT;
    load.name = str_of(path);
    meshroute_report* out = nullptr;
    findings |= need(meshroute_mesh_load(mesh.get(), text.data(), text.size(), &load, &out, &error), error) > 0;
    const Report report(out);
    if (command == "check") show(report.get(), options, stdout);
  }
  meshroute_snapshot* snapshot_out = nullptr;
  need(meshroute_mesh_snapshot(mesh.get(), &snapshot_out, &error), error);
  const Snapshot snapshot(snapshot_out);
  if (command == "check") {
    meshroute_report* out = nullptr;
    findings |= need(meshroute_snapshot_analyze(snapshot.get(), &out, &error), error) > 0;
    const Report report(out);
    if (meshroute_report_diagnostic_count(out) > 0) show(out, options, stdout);
    return findings ? 1 : 0;
  }
  const std::string client = client_of(options);
  meshroute_view* view_out = nullptr;
  need(meshroute_snapshot_view(snapshot.get(), client.data(), client.size(), nullptr, &view_out, &error), error);
  const View view(view_out);
  if (command == "view") {
    if (options.output == "envoy") need(meshroute_view_envoy_routes(view.get(), &bytes, &error), error);
    else if (options.output == "json") need(meshroute_view_json(view.get(), str_of(options.section), &bytes, &error), error);
    else need(meshroute_view_text(view.get(), str_of(options.section), &bytes, &error), error);
    print(bytes);
    return 0;
  }
  const std::string request = request_of(options);
  meshroute_answer* answer_out = nullptr;
  const auto status = need(meshroute_view_resolve(view.get(), request.data(), request.size(), options.explain, &answer_out, &error), error);
  const Answer answer(answer_out);
  if (options.output == "json") need(meshroute_answer_json(answer.get(), &bytes, &error), error);
  else need(meshroute_answer_text(answer.get(), options.explain, isatty(fileno(stdout)), &bytes, &error), error);
  print(bytes);
  return status > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Where does this mesh request go, and is the configuration right?", "meshroute");
  app.set_version_flag("--version", std::string("meshroute ") + meshroute_version() + " (Istio " + meshroute_istio_version() + ")");
  app.require_subcommand(1);
  Options options;
  std::vector<std::string> words;
  const auto common = [&](CLI::App* command, bool client) {
    command->add_option("PATH", words, "files, folders, - for standard input; then the URL or the section")->required();
    command->add_option("--mesh-config", options.mesh_config);
    command->add_option("--mesh-networks", options.mesh_networks);
    command->add_option("--vip-mode", options.vip_mode)->check(CLI::IsMember({"status", "controller", "legacy"}));
    command->add_option("-o,--output", options.output)->check(CLI::IsMember({"text", "json", "envoy"}));
    if (!client) return;
    command->add_option("--from", options.from, "NAMESPACE[/NAME]")->required();
    command->add_option("--labels", options.labels, "key=value,…")->delimiter(',')->allow_extra_args(false);
    command->add_option("--ip", options.ip);
    command->add_option("--locality", options.locality);
    command->add_option("--network", options.network);
  };
  common(app.add_subcommand("check", "what a cluster would say"), false);
  auto* resolve = app.add_subcommand("resolve", "where a request goes");
  common(resolve, true);
  resolve->add_option("-H", options.headers, "'name: value'")->allow_extra_args(false);
  resolve->add_option("-X", options.method);
  resolve->add_flag("--explain", options.explain);
  common(app.add_subcommand("view", "what a client sees"), true);
  app.add_subcommand("rules", "the rules of the diagnostics");
  try {
    app.parse(argc, argv);
    const std::string command = app.get_subcommands().front()->get_name();
    options.paths = words;
    if (command == "resolve" && words.size() < 2) throw std::runtime_error("resolve takes PATH… and a URL");
    if (command == "resolve") options.url = words.back(), options.paths.pop_back();
    const std::vector<std::string> sections = {"services", "clusters", "endpoints", "routes", "listeners"};
    if (command == "view" && words.size() > 1 && std::find(sections.begin(), sections.end(), words.back()) != sections.end()) options.section = words.back(), options.paths.pop_back();
    return run(command, options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "meshroute: " << error.what() << '\n';
    return 2;
  }
}
