// SPDX-License-Identifier: Apache-2.0
// Options that several subcommands share: how they are added, and the mesh and the view that they make.
#include "options.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "input.hpp"

namespace cli {

void add_mesh(CLI::App* command, MeshOptions& options) {
  command
      ->add_option("--exclude", options.exclude,
                   "leave out files and folders of these names, or (with a slash) paths, in folders: *.tmpl.yaml, charts, a/**; "
                   "repeatable")
      ->allow_extra_args(false)
      ->type_name("GLOB");
  command->add_option("--mesh-config", options.mesh_config, "file with Istio's MeshConfig (YAML or JSON)")->type_name("FILE");
  command->add_option("--mesh-networks", options.mesh_networks, "file with Istio's MeshNetworks (YAML or JSON)")
      ->type_name("FILE");
  command->add_option("--vip-mode", options.vip_mode, "where automatic addresses come from: status, controller or legacy")
      ->check(CLI::IsMember({"status", "controller", "legacy"}))
      ->type_name("MODE");
  command->add_flag("--scope-gateway-to-namespace", options.scope_gateway_to_namespace,
                    "gateways take only Gateways of their own namespace (PILOT_SCOPE_GATEWAY_TO_NAMESPACE)");
  command->add_flag("--filter-gateway-cluster-config", options.filter_gateway_cluster_config,
                    "gateways have only the clusters that their VirtualServices lead to (PILOT_FILTER_GATEWAY_CLUSTER_CONFIG)");
  command
      ->add_option(
          "--workloads", options.workloads,
          "endpoints of Services without an EndpointSlice: derived from Pods, or where none is given from Deployments and "
          "their like; or given: none")
      ->check(CLI::IsMember({"given", "derived"}))
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
  command->add_option("--type", options.type, "what it is: sidecar, or router for a gateway")
      ->check(CLI::IsMember({"sidecar", "router"}))
      ->type_name("TYPE");
  command->add_option("--ip", options.ip, "its address");
  command->add_option("--locality", options.locality, "its region/zone/subzone");
  command->add_option("--network", options.network, "its network");
  command->add_option("--node-name", options.node_name, "the node that it runs on");
  command->add_option("--service-account", options.service_account, "its service account: `default` where absent")
      ->type_name("NAME");
  command->add_flag("--dns-capture", options.dns_capture, "its proxy answers DNS: automatic addresses of ServiceEntries count");
  return from;
}

namespace {

/// What --color says; one command runs in a process.
std::string& colour_choice() {
  static std::string choice = "auto";
  return choice;
}

}  // namespace

void add_output(CLI::App* command, std::string& output, std::vector<std::string> forms) {
  std::string text = "how to print: ";
  for (const auto& form : forms) text += (form == forms.front() ? "" : ", ") + form;
  command
      ->add_option("--color", colour_choice(),
                   "auto (where standard output is a terminal and NO_COLOR is not set), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  command->add_option("-o,--output", output, text)->check(CLI::IsMember(std::move(forms)))->type_name("FORM");
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F) {
      out += letter;
      continue;
    }
    char shown[8];
    std::snprintf(shown, sizeof shown, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    out += shown;
  }
  return out;
}

MeshText::MeshText(const MeshOptions& given)
    : config_(given.mesh_config.empty() ? "" : read_file(given.mesh_config)),
      networks_(given.mesh_networks.empty() ? "" : read_file(given.mesh_networks)) {
  options.mesh_config = str_of(config_);
  options.mesh_networks = str_of(networks_);
  options.threads = MESHROUTE_ALL_CORES;
  options.scope_gateway_to_namespace = given.scope_gateway_to_namespace ? 1 : 0;
  options.filter_gateway_cluster_config = given.filter_gateway_cluster_config ? 1 : 0;
  options.workloads = given.workloads == "given" ? MESHROUTE_WORKLOADS_GIVEN : MESHROUTE_WORKLOADS_DERIVED;
  options.vip_mode = given.vip_mode == "controller" ? MESHROUTE_VIP_CONTROLLER
                     : given.vip_mode == "legacy"   ? MESHROUTE_VIP_LEGACY
                                                    : MESHROUTE_VIP_STATUS;
}

namespace {

/// The findings on the MeshConfig that was named.
void check_settings(const MeshOptions& options, const MeshText& settings, meshroute_report* report) {
  if (options.mesh_config.empty()) return;
  const std::string_view text = view_of(settings.options.mesh_config);
  const auto found = made<Report>([&](meshroute_report** out, meshroute_error* error) {
    return meshroute_check_mesh_config(text.data(), text.size(), str_of(options.mesh_config), out, error);
  });
  need([&](meshroute_error* error) { return meshroute_report_append(report, found.get(), error); });
}

/// Kinds that are not looked at, and can change where requests go.
constexpr std::string_view kUnread[] = {"EnvoyFilter", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "WasmPlugin"};

void warn_of_unread(const meshroute_report* report) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < meshroute_report_document_count(report); ++i) {
    meshroute_document document = MESHROUTE_DOCUMENT_INIT;
    need([&](meshroute_error* error) { return meshroute_report_document_at(report, i, &document, error); });
    if (std::find(std::begin(kUnread), std::end(kUnread), view_of(document.kind)) == std::end(kUnread)) continue;
    names.push_back(std::string(view_of(document.kind)) + " " + std::string(view_of(document.namespace_)) + "/" +
                    std::string(view_of(document.name)));
  }
  if (names.empty()) return;
  std::cerr << "meshroute: not looked at, though this can change where requests go: ";
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) std::cerr << (i > 0 ? ", " : "") << plain(names[i]);
  if (names.size() > kShown) std::cerr << " and " << names.size() - kShown << " more";
  std::cerr << '\n';
}

}  // namespace

Loaded load(const MeshOptions& options) { return load(options, MeshText(options)); }

const Loaded& load_for_good(const MeshOptions& options) {
  static std::vector<const Loaded*> kept;
  kept.push_back(new Loaded(load(options)));
  return *kept.back();
}

Loaded load(const MeshOptions& options, const MeshText& settings) {
  Loaded loaded;
  loaded.mesh =
      made<Mesh>([&](meshroute_mesh** out, meshroute_error* error) { return meshroute_mesh_new(&settings.options, out, error); });
  loaded.report = made<Report>([](meshroute_report** out, meshroute_error* error) { return meshroute_report_new(out, error); });
  std::vector<std::string> problems;
  const auto files = files_of(options.paths, options.exclude, problems);
  Progress progress(files.size());
  check_settings(options, settings, loaded.report.get());
  for (const auto& [path, of_folder] : files) {
    progress.step();
    try {
      meshroute_load_options given = MESHROUTE_LOAD_OPTIONS_INIT;
      given.pass_over = of_folder ? 1 : 0;
      given.name = str_of(path == "-" ? std::string_view("<stdin>") : std::string_view(path));
      given.cluster = str_of(options.cluster);
      need([&, name = std::string_view(path)](meshroute_error* error) {
        meshroute_mesh* mesh = loaded.mesh.get();
        if (name != "-") return meshroute_mesh_load_path_into(mesh, str_of(name), &given, loaded.report.get(), error);
        const std::string text = read_file(std::string(name));
        return meshroute_mesh_load_into(mesh, text.data(), text.size(), &given, loaded.report.get(), error);
      });
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
  warn_of_unread(report);
  constexpr std::string_view kSettings = "AN0105";  // whose MeshConfig applies
  bool any = false;
  for (std::size_t i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    need([&](meshroute_error* error) { return meshroute_report_diagnostic_at(report, i, &found, error); });
    if (view_of(found.rule) == kSettings) std::cerr << "meshroute: " << plain(view_of(found.message)) << '\n';
    if (found.severity != MESHROUTE_SEVERITY_ERROR) continue;
    if (only_resources && found.document >= 0) {
      meshroute_document document = MESHROUTE_DOCUMENT_INIT;
      need([&](meshroute_error* error) {
        return meshroute_report_document_at(report, static_cast<std::size_t>(found.document), &document, error);
      });
      if (document.kind.size == 0) continue;
    }
    any = true;
    std::cerr << plain(view_of(found.source)) << ':' << found.line << ':' << found.column
              << ": error: " << plain(view_of(found.message)) << " [" << view_of(found.rule) << "]\n";
  }
  if (any && refuses(report)) std::cerr << "meshroute: refused documents are not part of this answer\n";
}

bool refuses(const meshroute_report* report) {
  for (std::size_t i = 0; i < meshroute_report_document_count(report); ++i) {
    meshroute_document document = MESHROUTE_DOCUMENT_INIT;
    need([&](meshroute_error* error) { return meshroute_report_document_at(report, i, &document, error); });
    if (document.accepted == 0) return true;
  }
  return false;
}

namespace {

/// What the proxy was taken from, on standard error; nothing where the options describe it.
void tell_found(const meshroute_found_proxy* found, const meshroute_proxy& proxy, bool described, const char* option) {
  const std::string_view message = view_of(meshroute_found_proxy_message(found));
  if (!message.empty()) {
    if (!described) std::cerr << "meshroute: " << option << ": " << plain(message) << '\n';
    return;
  }
  const std::string_view resource = view_of(meshroute_found_proxy_resource(found));
  if (resource.empty()) return;
  std::cerr << "meshroute: " << option << " is " << plain(resource);
  if (proxy.type == MESHROUTE_PROXY_ROUTER) std::cerr << ", a gateway";
  std::string labels;
  for (std::size_t i = 0; i < proxy.label_count; ++i) {
    const std::string_view name = view_of(proxy.labels[i].name);
    if (name == "security.istio.io/tlsMode") continue;
    labels += (labels.empty() ? "" : ", ") + std::string(name) + "=" + std::string(view_of(proxy.labels[i].value));
  }
  if (!labels.empty()) std::cerr << ": labels " << plain(labels);
  if (proxy.ip.size > 0) {
    std::cerr << (labels.empty() ? ": address " : "; address ") << view_of(proxy.ip);
    if (meshroute_found_proxy_assumed(found) != 0) std::cerr << " (assumed)";
  }
  if (proxy.locality.size > 0) std::cerr << "; locality " << view_of(proxy.locality);
  std::cerr << '\n';
}

}  // namespace

ProxyStruct::ProxyStruct(const ClientOptions& options, const MeshOptions& mesh, const meshroute_snapshot* snapshot) {
  found_ = made<FoundProxy>([&](meshroute_found_proxy** out, meshroute_error* error) {
    return meshroute_snapshot_find_proxy(snapshot, str_of(options.from), out, error);
  });
  need([&](meshroute_error* error) { return meshroute_found_proxy_get(found_.get(), &proxy, error); });
  tell_found(found_.get(), proxy, !options.labels.empty(), options.option);
  const auto replace = [](const std::string& given, meshroute_str& value) {
    if (!given.empty()) value = str_of(given);
  };
  replace(options.ip, proxy.ip);
  replace(options.locality, proxy.locality);
  replace(options.network, proxy.network);
  replace(mesh.cluster, proxy.cluster);
  replace(options.node_name, proxy.node_name);
  replace(options.service_account, proxy.service_account);
  if (options.dns_capture) proxy.dns_capture = proxy.dns_auto_allocate = 1;
  if (!options.type.empty()) proxy.type = options.type == "router" ? MESHROUTE_PROXY_ROUTER : MESHROUTE_PROXY_SIDECAR;
  if (options.labels.empty()) return;
  labels_.reserve(options.labels.size());
  for (const auto& label : options.labels) labels_.push_back(pair_of(label, '=', "--labels takes key=value"));
  proxy.labels = labels_.data();
  proxy.label_count = labels_.size();
}

View new_view(const ClientOptions& options, const MeshOptions& mesh, const meshroute_snapshot* snapshot) {
  const ProxyStruct proxy(options, mesh, snapshot);
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

bool colour() {
  if (colour_choice() != "auto") return colour_choice() == "always";
  const char* no = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no == nullptr || *no == '\0');
}

std::int32_t text_style(bool explain, bool verbose) {
  return (colour() ? MESHROUTE_TEXT_COLOUR : 0) | (explain ? MESHROUTE_TEXT_EXPLAIN : 0) | (verbose ? MESHROUTE_TEXT_VERBOSE : 0);
}

}  // namespace cli
