// SPDX-License-Identifier: Apache-2.0
// The meshroute command: what it takes, and which command that is.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <iostream>

#include "commands.hpp"
#include "handles.hpp"

namespace {

void add_mesh(CLI::App* command, cli::Options& options) {
  command->add_option("--mesh-config", options.mesh_config, "file with Istio's MeshConfig (YAML or JSON)")->type_name("FILE");
  command->add_option("--mesh-networks", options.mesh_networks, "file with Istio's MeshNetworks (YAML or JSON)")
      ->type_name("FILE");
  command->add_option("--vip-mode", options.vip_mode, "where automatic addresses come from: status, controller or legacy")
      ->check(CLI::IsMember({"status", "controller", "legacy"}))
      ->type_name("MODE");
  command->add_option("--cluster", options.cluster, "the cluster that the files, and the client, belong to (default: Kubernetes)")
      ->type_name("NAME");
}

CLI::Option* add_client(CLI::App* command, cli::Options& options) {
  auto* from = command->add_option("--from", options.from, "who asks: NAMESPACE or NAMESPACE/NAME")->type_name("NS[/NAME]");
  command->add_option("--labels", options.labels, "labels of the asking workload: key=value,…")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("K=V");
  command->add_option("--ip", options.ip, "its address");
  command->add_option("--locality", options.locality, "its region/zone/subzone");
  command->add_option("--network", options.network, "its network");
  command->add_option("--node-name", options.node_name, "the node that it runs on");
  return from;
}

void add_output(CLI::App* command, cli::Options& options, std::vector<std::string> forms) {
  std::string text = "how to print: ";
  for (const auto& form : forms) text += (form == forms.front() ? "" : ", ") + form;
  command->add_option("-o,--output", options.output, text)->check(CLI::IsMember(std::move(forms)))->type_name("FORM");
}

int run(int argc, char** argv) {
  CLI::App app("Is this mesh configuration right, where does a request go, to which endpoints, and why?", "meshroute");
  app.set_version_flag("--version", std::string("meshroute ") + meshroute_version() + "\nIstio " + meshroute_istio_version() +
                                        "\nEnvoy " + meshroute_envoy_version());
  app.footer("Exit code: 0 clean, 1 findings (or no route), 2 usage or unreadable input.");
  app.require_subcommand(1);
  cli::Options options;
  std::vector<std::string> words;

  auto* check = app.add_subcommand("check", "what a cluster with Istio would say of each document, and of all together");
  check->add_option("PATH", options.paths, "files, folders (their .yaml, .yml and .json files), - for standard input")
      ->required();
  check->add_option("--ignore", options.ignored, "leave out this rule's findings (those that refuse nothing); repeatable")
      ->allow_extra_args(false)
      ->type_name("RULE");
  add_output(check, options, {"text", "json", "sarif"});
  add_mesh(check, options);

  auto* resolve = app.add_subcommand("resolve", "where a request goes, and why");
  resolve->add_option("PATH… URL", words, "files and folders, then the URL: http://host[:port]/path, https://, tcp://, tls://")
      ->required();
  auto* resolve_from = add_client(resolve, options);
  resolve->add_option("-H,--header", options.headers, "'name: value'; repeatable")->allow_extra_args(false)->type_name("HEADER");
  resolve->add_option("-X,--method", options.method, "GET where absent");
  resolve->add_option("--random", options.random, "Envoy's random value: decides weights and mirrors")->type_name("NUMBER");
  resolve->add_flag("--explain", options.explain, "say why: every rule that was considered, and its first condition that failed");
  resolve
      ->add_option("--envoy-routes", options.envoy_routes,
                   "ask these routes instead of a mesh: an Envoy RouteConfiguration, a list, or a config dump")
      ->type_name("FILE");
  resolve->add_option("--route-config", options.route_config, "which RouteConfiguration of that file")->type_name("NAME");
  add_output(resolve, options, {"text", "json"});
  add_mesh(resolve, options);

  auto* view = app.add_subcommand("view", "what one client sees");
  view->add_option("PATH… [SECTION]", words, "files and folders, then services, clusters, endpoints, routes or listeners")
      ->required();
  add_client(view, options)->required();
  view->add_option("--host", options.host, "only this host: its full name, or the first labels of it")->type_name("HOST");
  view->add_option("--port", options.port, "only this port")->type_name("NUMBER");
  view->add_option("--subset", options.subset, "only clusters of this subset")->type_name("NAME");
  view->add_option("--cluster-name", options.view_cluster, "only this cluster, and what leads to it")->type_name("NAME");
  view->add_option("--why", options.why, "explain a host instead: who defines it, which workloads it selects or nearly selects")
      ->type_name("HOST")
      ->check([](const std::string& host) { return host.empty() ? std::string("names no host") : std::string(); });
  add_output(view, options, {"text", "json", "envoy"});
  add_mesh(view, options);

  auto* rules = app.add_subcommand("rules", "the rules that a finding can name");
  add_output(rules, options, {"text", "json"});

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (check->parsed()) return cli::check(options);
  if (rules->parsed()) return cli::rules(options);
  if (resolve->parsed()) {
    options.url = words.back();
    words.pop_back();
    options.paths = words;
    if (options.envoy_routes.empty() && words.empty()) throw cli::Usage("resolve takes PATH… and then a URL");
    if (options.envoy_routes.empty() && resolve_from->count() == 0) throw cli::Usage("--from NAMESPACE[/NAME] says who asks");
    if (!options.envoy_routes.empty() && !words.empty())
      throw cli::Usage("--envoy-routes asks no mesh: leave out " + words.front());
    return cli::resolve(options);
  }
  constexpr std::array<std::string_view, 5> kSections{"services", "clusters", "endpoints", "routes", "listeners"};
  if (words.size() > 1 && std::find(kSections.begin(), kSections.end(), words.back()) != kSections.end()) {
    options.section = words.back();
    words.pop_back();
  }
  options.paths = words;
  return cli::view(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    std::cerr << "meshroute: " << problem.what() << '\n';
    return 2;
  }
}
