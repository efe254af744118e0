// SPDX-License-Identifier: Apache-2.0
// meshroute resolve: where one request goes, and why; in a mesh, or in the routes of a live proxy.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <memory>
#include <system_error>

#include "command.hpp"
#include "inbound.hpp"
#include "input.hpp"
#include "options.hpp"

namespace cli {

namespace {

struct ResolveOptions {
  MeshOptions mesh;
  ClientOptions proxy;
  ServerOptions server;
  std::vector<std::string> words;  // PATH… URL
  std::vector<std::string> headers;
  std::string url, method, random;
  std::string address, sni, alpn;
  std::string envoy_routes, route_config;
  std::string output = "text";
  bool client_cert = false, no_sni = false;
  bool explain = false, follow = false;
};

/// The request to every endpoint that may be chosen, and through the server's proxy there.
int follow(const ResolveOptions& options, const meshroute_request& request) {
  const Loaded& loaded = load_for_good(options.mesh);
  warn_of_errors(loaded.report.get());
  const ProxyStruct proxy(options.proxy, options.mesh, loaded.snapshot.get());
  meshroute_status status = 0;
  const auto journey = made<Journey>(
      [&](meshroute_journey** out, meshroute_error* error) {
        return meshroute_snapshot_follow(loaded.snapshot.get(), &proxy.proxy, &request, str_of(""), out, error);
      },
      &status);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return options.output == "json" ? meshroute_journey_json(journey.get(), 0, out, error)
                                    : meshroute_journey_text(journey.get(), text_style(options.explain), out, error);
  });
  return !loaded.readable ? 2 : status > 0 ? 1 : 0;
}

/// The port that a URL names, or its scheme's own.
std::uint32_t port_of(std::string_view url) {
  constexpr std::uint32_t kHttp = 80, kHttps = 443;
  const auto scheme = url.find("://");
  const bool tls = url.starts_with("https") || url.starts_with("tls");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  std::uint32_t port = 0;
  const auto colon = url.rfind(':');
  if (colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos)
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
  return port != 0 ? port : tls ? kHttps : kHttp;
}

/// Where a gateway listens for what comes to that port of its Service; 0: the same port, or nowhere.
std::uint32_t listen_port(const meshroute_view* view, std::uint32_t port) {
  const auto rows = made<Listeners>(
      [view](meshroute_listeners** out, meshroute_error* error) { return meshroute_view_listeners(view, nullptr, out, error); });
  for (std::size_t i = 0; i < meshroute_listeners_count(rows.get()); ++i) {
    meshroute_listener row = MESHROUTE_LISTENER_INIT;
    need([&](meshroute_error* error) { return meshroute_listeners_at(rows.get(), i, &row, error); });
    if (row.server_port == port) return row.port;
  }
  return 0;
}

/// Of a view. A gateway is asked as clients outside ask it, by the port of its Service, where it does not listen on that port
/// itself.
Answer ask(const meshroute_view* view, const std::string& url, meshroute_request request, const meshroute_resolve_options& how,
           meshroute_status& status) {
  const auto once = [&] {
    return made<Answer>(
        [&](meshroute_answer** out, meshroute_error* error) { return meshroute_resolve(view, &request, &how, out, error); },
        &status);
  };
  Answer answer = once();
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  need([&](meshroute_error* error) { return meshroute_answer_get(answer.get(), &fields, error); });
  if (view_of(fields.error) != "no listener") return answer;
  request.port = listen_port(view, port_of(url));
  return request.port != 0 ? once() : std::move(answer);
}

/// Envoy's answer to the request: from its routes, or from a mesh.
Answer answer_of(const ResolveOptions& options, const meshroute_request& request, meshroute_status& status, bool& readable) {
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
  const Loaded& loaded = load_for_good(options.mesh);
  readable = loaded.readable;
  warn_of_errors(loaded.report.get());
  const View seen = new_view(options.proxy, options.mesh, loaded.snapshot.get());
  return ask(seen.get(), options.url, request, how, status);
}

bool is_host(meshroute_str name) {
  constexpr std::string_view kHost = "host";
  return name.size == kHost.size() && std::equal(kHost.begin(), kHost.end(), name.data,
                                                 [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

int resolve(const ResolveOptions& options) {
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
  request.client_cert = options.client_cert ? 1 : 0;
  request.no_sni = options.no_sni ? 1 : 0;
  if (!options.address.empty()) request.address = str_of(options.address);
  request.sni = str_of(options.sni);
  if (!options.alpn.empty()) request.alpn = str_of(options.alpn);
  request.headers = headers.data();
  request.header_count = headers.size();
  if (!options.random.empty()) {
    const auto* end = options.random.data() + options.random.size();
    const auto parsed = std::from_chars(options.random.data(), end, request.random);
    if (parsed.ec != std::errc() || parsed.ptr != end)
      throw Usage("--random takes a whole number of 64 bits, not `" + options.random + "`");
    request.has_random = 1;
  }
  if (options.server.inbound)
    return resolve_inbound(options.mesh, options.proxy, options.server, request, options.explain, options.output);
  if (options.follow) return follow(options, request);
  meshroute_status status = 0;
  bool readable = true;
  const Answer answer = answer_of(options, request, status, readable);
  print([&](meshroute_bytes* out, meshroute_error* error) {
    return options.output == "json" ? meshroute_answer_json(answer.get(), MESHROUTE_JSON_PRETTY, out, error)
                                    : meshroute_answer_text(answer.get(), text_style(options.explain), out, error);
  });
  meshroute_answer_fields fields = MESHROUTE_ANSWER_FIELDS_INIT;
  meshroute_error error = MESHROUTE_ERROR_INIT;
  const bool fails = meshroute_answer_get(answer.get(), &fields, &error) == MESHROUTE_OK && fields.failure_percent > 0;
  return !readable ? 2 : fails || status > 0 ? 1 : 0;
}

}  // namespace

Command add_resolve(CLI::App& app) {
  const auto options = std::make_shared<ResolveOptions>();
  auto* command = app.add_subcommand("resolve", "where a request goes, and why");
  command
      ->add_option("PATH…\u00a0URL", options->words,  // CLI11 2.4 takes no blank in a name
                   "files and folders, then the URL: [http://]host[:port]/path, https://, ws://, wss://, grpc://, grpcs://, "
                   "tcp://, tls://")
      ->required();
  const auto* from = add_proxy(command, options->proxy);
  command->add_flag("--follow", options->follow,
                    "follow the request to every endpoint that may be chosen, and through the sidecar there");
  add_server(command, options->server);
  command->add_option("-H,--header", options->headers, "'name: value'; repeatable")->allow_extra_args(false)->type_name("HEADER");
  command->add_option("-X,--method", options->method, "GET where absent");
  command->add_flag("--client-cert", options->client_cert, "to a gateway: present a certificate that it accepts");
  command->add_flag("--no-sni", options->no_sni, "TLS without a server name");
  command
      ->add_option("--address", options->address, "the address that the connection is for; absent: as the client's DNS gives it")
      ->type_name("IP");
  command->add_option("--sni", options->sni, "the server name that the client asks for; absent: the host of an https:// URL")
      ->type_name("NAME");
  command->add_option("--alpn", options->alpn, "the protocols that the client offers, with commas between")->type_name("LIST");
  command->add_option("--random", options->random, "Envoy's random value: decides weights and mirrors")->type_name("NUMBER");
  command->add_flag("--explain", options->explain,
                    "say why: every rule that was considered, and its first condition that failed");
  command
      ->add_option("--envoy-routes", options->envoy_routes,
                   "ask these routes instead of a mesh: an Envoy RouteConfiguration, a list, or a config dump")
      ->type_name("FILE");
  command->add_option("--route-config", options->route_config, "which RouteConfiguration of that file")->type_name("NAME");
  add_output(command, options->output, {"text", "json"});
  add_mesh(command, options->mesh);
  return {
      command, [options, from] {
        auto& paths = options->mesh.paths;
        paths = options->words;
        options->url = paths.back();
        paths.pop_back();
        if (options->envoy_routes.empty()) {
          std::error_code ignored;
          if (paths.empty() || (options->url.find("://") == std::string::npos && std::filesystem::exists(options->url, ignored)))
            throw Usage("resolve takes PATH… and then a URL");
          if (from->count() == 0 && !options->server.inbound)
            throw Usage("--from is required: NAMESPACE or NAMESPACE/NAME of the proxy that asks");
        } else if (!paths.empty()) {
          throw Usage("--envoy-routes cannot be combined with PATH: leave out " + paths.front());
        }
        return resolve(*options);
      }};
}

}  // namespace cli
