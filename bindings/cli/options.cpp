// SPDX-License-Identifier: Apache-2.0
// Options that several subcommands share: how they are added, and the mesh and the view that they make.
#include "options.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "input.hpp"

namespace cli {

void add_mesh(CLI::App* command, MeshOptions& options) {
  command->add_option("--mesh-config", options.mesh_config, "file with Istio's MeshConfig (YAML or JSON)")->type_name("FILE");
  command->add_option("--mesh-networks", options.mesh_networks, "file with Istio's MeshNetworks (YAML or JSON)")
      ->type_name("FILE");
  command->add_option("--vip-mode", options.vip_mode, "where automatic addresses come from: status, controller or legacy")
      ->check(CLI::IsMember({"status", "controller", "legacy"}))
      ->type_name("MODE");
  command->add_option("--cluster", options.cluster, "the cluster that the files, and the proxy, belong to (default: Kubernetes)")
      ->type_name("NAME");
}

CLI::Option* add_proxy(CLI::App* command, ClientOptions& options) {
  auto* from = command->add_option("--from", options.from, "who asks: NAMESPACE or NAMESPACE/NAME")->type_name("NS[/NAME]");
  command->add_option("--labels", options.labels, "labels of the asking workload: key=value,…")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("K=V");
  command->add_option("--ip", options.ip, "its address");
  command->add_option("--locality", options.locality, "its region/zone/subzone");
  command->add_option("--network", options.network, "its network");
  command->add_option("--node-name", options.node_name, "the node that it runs on");
  command->add_option("--service-account", options.service_account, "its service account: `default` where absent")
      ->type_name("NAME");
  return from;
}

void add_output(CLI::App* command, std::string& output, std::vector<std::string> forms) {
  std::string text = "how to print: ";
  for (const auto& form : forms) text += (form == forms.front() ? "" : ", ") + form;
  command->add_option("-o,--output", output, text)->check(CLI::IsMember(std::move(forms)))->type_name("FORM");
}

MeshText::MeshText(const MeshOptions& given)
    : config_(given.mesh_config.empty() ? "" : read_file(given.mesh_config)),
      networks_(given.mesh_networks.empty() ? "" : read_file(given.mesh_networks)) {
  options.mesh_config = str_of(config_);
  options.mesh_networks = str_of(networks_);
  options.threads = 0;
  options.vip_mode = given.vip_mode == "controller" ? MESHROUTE_VIP_CONTROLLER
                     : given.vip_mode == "legacy"   ? MESHROUTE_VIP_LEGACY
                                                    : MESHROUTE_VIP_STATUS;
}

Loaded load(const MeshOptions& options) {
  Loaded loaded;
  const MeshText settings(options);
  loaded.mesh =
      made<Mesh>([&](meshroute_mesh** out, meshroute_error* error) { return meshroute_mesh_new(&settings.options, out, error); });
  loaded.report = made<Report>([](meshroute_report** out, meshroute_error* error) { return meshroute_report_new(out, error); });
  std::vector<std::string> problems;
  const auto files = files_of(options.paths, problems);
  Progress progress(files.size());
  for (const auto& path : files) {
    progress.step();
    try {
      meshroute_load_options given = MESHROUTE_LOAD_OPTIONS_INIT;
      given.name = str_of(path == "-" ? std::string_view("<stdin>") : std::string_view(path));
      given.cluster = str_of(options.cluster);
      const auto report = made<Report>([&](meshroute_report** out, meshroute_error* error) {
        if (path != "-") return meshroute_mesh_load_path(loaded.mesh.get(), str_of(path), &given, out, error);
        const std::string text = read_file(path);
        return meshroute_mesh_load(loaded.mesh.get(), text.data(), text.size(), &given, out, error);
      });
      need([&](meshroute_error* error) { return meshroute_report_append(loaded.report.get(), report.get(), error); });
    } catch (const Usage& problem) {
      problems.emplace_back(problem.what());
    }
  }
  for (const auto& problem : problems) std::cerr << "meshroute: " << problem << '\n';
  loaded.readable = problems.empty();
  loaded.snapshot = made<Snapshot>(
      [&](meshroute_snapshot** out, meshroute_error* error) { return meshroute_mesh_snapshot(loaded.mesh.get(), out, error); });
  return loaded;
}

void warn_of_errors(const meshroute_report* report, bool only_resources) {
  if (meshroute_report_error_count(report) == 0) return;
  bool any = false;
  for (std::size_t i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    need([&](meshroute_error* error) { return meshroute_report_diagnostic(report, i, &found, error); });
    if (found.severity != MESHROUTE_SEVERITY_ERROR) continue;
    if (only_resources && found.document >= 0) {
      meshroute_document document = MESHROUTE_DOCUMENT_INIT;
      need([&](meshroute_error* error) {
        return meshroute_report_document(report, static_cast<std::size_t>(found.document), &document, error);
      });
      if (document.kind.size == 0) continue;
    }
    any = true;
    std::cerr << view_of(found.source) << ':' << found.line << ':' << found.column << ": error: " << view_of(found.message)
              << " [" << view_of(found.rule) << "]\n";
  }
  if (any) std::cerr << "meshroute: refused documents are not part of this answer\n";
}

ProxyStruct::ProxyStruct(const ClientOptions& options, const MeshOptions& mesh) {
  const std::string_view from = options.from;
  const auto slash = from.find('/');
  if (slash != std::string::npos) id_ = std::string(from.substr(slash + 1)) + "." + std::string(from.substr(0, slash));
  labels_.reserve(options.labels.size());
  for (const auto& label : options.labels) labels_.push_back(pair_of(label, '=', "--labels takes key=value"));
  proxy.id = str_of(id_);
  proxy.namespace_ = str_of(from.substr(0, slash));
  proxy.ip = str_of(options.ip);
  proxy.locality = str_of(options.locality);
  proxy.network = str_of(options.network);
  proxy.cluster = str_of(mesh.cluster);
  proxy.node_name = str_of(options.node_name);
  proxy.service_account = str_of(options.service_account);
  proxy.labels = labels_.data();
  proxy.label_count = labels_.size();
}

View new_view(const ClientOptions& options, const MeshOptions& mesh, const meshroute_snapshot* snapshot) {
  const ProxyStruct proxy(options, mesh);
  return made<View>([&](meshroute_view** out, meshroute_error* error) {
    return meshroute_snapshot_view(snapshot, &proxy.proxy, nullptr, out, error);
  });
}

meshroute_pair pair_of(const std::string& text, char separator, const char* usage) {
  const auto at = text.find(separator);
  if (at == std::string::npos || at == 0) throw Usage(std::string(usage) + ", not `" + text + "`");
  const std::string_view whole = text;
  auto value = whole.substr(at + 1);
  while (separator == ':' && !value.empty() && value.front() == ' ') value.remove_prefix(1);
  return {str_of(whole.substr(0, at)), str_of(value)};
}

bool colour() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace cli
