// SPDX-License-Identifier: Apache-2.0
// `resolve --inbound` and `resolve --follow`.
#include "inbound.hpp"

#include <memory>

namespace cli {

namespace {

constexpr std::string_view kScheme = "spiffe://";

/// The domain that the server's own identity is of.
std::string trust_domain(const meshroute_view* view) {
  meshroute_bytes bytes{};
  need([&](meshroute_error* error) { return meshroute_view_json(view, str_of("inbound"), nullptr, 0, &bytes, error); });
  const std::string text(bytes.data, bytes.size);
  meshroute_bytes_free(&bytes);
  constexpr std::string_view kIdentity = "\"identity\": \"spiffe://";
  const std::size_t at = text.find(kIdentity);
  if (at == std::string::npos) return "cluster.local";
  const std::size_t start = at + kIdentity.size();
  return text.substr(start, text.find('/', start) - start);
}

std::string identity_of(const meshroute_view* view, const std::string& given) {
  if (given.empty() || given.compare(0, kScheme.size(), kScheme) == 0) return given;
  const std::size_t slash = given.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == given.size() || given.find('/', slash + 1) != std::string::npos)
    throw Usage("--identity takes NAMESPACE/ACCOUNT or a SPIFFE URI, not `" + given + "`");
  return std::string(kScheme) + trust_domain(view) + "/ns/" + given.substr(0, slash) + "/sa/" + given.substr(slash + 1);
}

}  // namespace

void add_server(CLI::App* command, ServerOptions& options) {
  command->add_flag("--inbound", options.inbound,
                    "ask only the server: whether its proxy lets the request in. The URL's port is that of the workload");
  command->add_option("--to", options.to, "with --inbound: the server; its labels and address are --labels and --ip")
      ->type_name("NS[/NAME]");
  command->add_option("--identity", options.identity, "with --inbound: the caller's certificate")->type_name("NS/ACCOUNT");
  command->add_option("--tls", options.tls, "with --inbound: none, simple or mutual; mutual where --identity is given")
      ->check(CLI::IsMember({"none", "simple", "mutual"}))
      ->type_name("MODE");
  command->add_option("--source-ip", options.source_ip, "with --inbound: the caller's address")->type_name("IP");
  command->add_option("--jwt", options.jwt, "with --inbound: the claims of a token as JSON, or a token")->type_name("CLAIMS");
}

int resolve_inbound(const MeshOptions& mesh, ClientOptions proxy, const ServerOptions& options, meshroute_request request,
                    bool explain, const std::string& output) {
  if (options.to.empty()) throw Usage("--inbound needs --to: NAMESPACE or NAMESPACE/NAME of the server");
  proxy.from = options.to;
  proxy.option = "--to";
  const Loaded& loaded = load_for_good(mesh);
  warn_of_errors(loaded.report.get());
  const View server = new_view(proxy, mesh, loaded.snapshot.get());
  const std::string identity = identity_of(server.get(), options.identity);
  request.identity = str_of(identity);
  request.tls = options.tls == "mutual" || (options.tls.empty() && !identity.empty()) ? 2 : options.tls == "simple" ? 1 : 0;
  request.source_ip = str_of(options.source_ip);
  request.jwt = str_of(options.jwt);
  meshroute_resolve_options how = MESHROUTE_RESOLVE_OPTIONS_INIT;
  how.trace = 1;
  meshroute_status status = 0;
  const auto answer = made<InboundAnswer>(
      [&](meshroute_inbound_answer** out, meshroute_error* error) {
        return meshroute_resolve_inbound(server.get(), &request, &how, out, error);
      },
      &status);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return output == "json" ? meshroute_inbound_answer_json(answer.get(), 0, out, error)
                            : meshroute_inbound_answer_text(answer.get(), text_style(explain), out, error);
  });
  return !loaded.readable ? 2 : status > 0 ? 1 : 0;
}

}  // namespace cli
