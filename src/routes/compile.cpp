// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "meshroute/route_table.hpp"
#include "routes/compiled.hpp"
#include "routes/dump.hpp"
#include "routes/failure.hpp"
#include "routes/protojson.hpp"
#include "routes/table.hpp"
#include "text/document.hpp"

namespace meshroute::routes {
namespace {

using Json = nlohmann::json;

const Json kNothing;

/// A field by its snake_case name, also spelled in lowerCamelCase.
const Json& get(const Json& json, std::string_view name) {
  if (!json.is_object()) return kNothing;
  if (auto it = json.find(name); it != json.end()) return *it;
  if (auto it = json.find(camel_case(name)); it != json.end()) return *it;
  return kNothing;
}

std::string text(const Json& json, std::string_view name) {
  const Json& value = get(json, name);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? value.dump() : std::string();
}

bool flag(const Json& json, std::string_view name, bool otherwise = false) {
  const Json& value = get(json, name);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

std::int64_t number(const Json& json, std::string_view name, std::int64_t otherwise = 0) {
  const Json& value = get(json, name);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return static_cast<std::int64_t>(value.get<double>());
  if (value.is_string()) return std::strtoll(value.get_ref<const std::string&>().c_str(), nullptr, 10);
  return otherwise;
}

/// The items of a list; one value stands for a list of one, as protobuf reads it.
std::span<const Json> list(const Json& json, std::string_view name) {
  const Json& value = get(json, name);
  if (value.is_null()) return {};
  if (!value.is_array()) return {&value, 1};
  return value.get_ref<const Json::array_t&>();
}

match::Regex regex_of(const Json& json) {
  const At at("regex");
  auto regex = match::Regex::compile(text(json, "regex"));
  if (!regex) refuse(regex.error().message);
  return *regex;
}

StringMatch string_match(const Json& json) {
  StringMatch match;
  match.ignore_case = flag(json, "ignore_case");
  using Kind = StringMatch::Kind;
  const std::pair<const char*, Kind> kinds[] = {
      {"exact", Kind::exact}, {"prefix", Kind::prefix}, {"suffix", Kind::suffix}, {"contains", Kind::contains}};
  for (const auto& [name, kind] : kinds) {
    if (get(json, name).is_null()) continue;
    match.kind = kind;
    match.value = text(json, name);
    if (kind != Kind::exact && match.value.empty()) refuse(std::string("an empty string_match.") + name + " is refused");
    if (match.ignore_case) match.value = lower(match.value);
    return match;
  }
  if (const Json& regex = get(json, "safe_regex"); !regex.is_null()) {
    if (match.ignore_case) refuse("ignore_case has no effect for safe_regex.");
    const At at("safe_regex");
    match.kind = Kind::regex;
    match.regex = regex_of(regex);
    return match;
  }
  refuse("a string matcher without a pattern is refused");
}

HeaderMatch header_match(const Json& json) {
  HeaderMatch match;
  match.name = lower(text(json, "name"));
  if (match.name.empty()) refuse("a header matcher without a name is refused");
  if (match.name == "host") match.name = ":authority";
  match.invert = flag(json, "invert_match");
  match.missing_as_empty = flag(json, "treat_missing_header_as_empty");
  if (const Json& value = get(json, "string_match"); !value.is_null()) {
    const At at("string_match");
    match.value = string_match(value);
  } else if (const Json& range = get(json, "range_match"); !range.is_null()) {
    match.is_range = true;
    match.start = number(range, "start");
    match.end = number(range, "end");
  } else if (!get(json, "exact_match").is_null()) {
    match.value = string_match(Json{{"exact", text(json, "exact_match")}});
  } else if (!get(json, "prefix_match").is_null()) {
    match.value = string_match(Json{{"prefix", text(json, "prefix_match")}});
  } else if (!get(json, "suffix_match").is_null()) {
    match.value = string_match(Json{{"suffix", text(json, "suffix_match")}});
  } else if (!get(json, "contains_match").is_null()) {
    match.value = string_match(Json{{"contains", text(json, "contains_match")}});
  } else if (const Json& regex = get(json, "safe_regex_match"); !regex.is_null()) {
    match.value = string_match(Json{{"safe_regex", regex}});
  } else {
    match.is_present = true;
    match.present = flag(json, "present_match", true);
  }
  return match;
}

Fraction fraction_of(const Json& json) {
  Fraction fraction;
  fraction.numerator = static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(json, "numerator")));
  const Json& of = get(json, "denominator");
  if (of == "TEN_THOUSAND" || of == 1) fraction.of = 10'000;
  if (of == "MILLION" || of == 2) fraction.of = 1'000'000;
  return fraction;
}

// envoy.md 10, 28: %COMMAND(...):length%, %% is %.
std::vector<FormatPart> format_of(const std::string& value) {
  static const std::set<std::string, std::less<>> known = {"PROTOCOL",
                                                           "START_TIME",
                                                           "REQUEST_DURATION",
                                                           "RESPONSE_CODE",
                                                           "RESPONSE_FLAGS",
                                                           "RESPONSE_CODE_DETAILS",
                                                           "BYTES_RECEIVED",
                                                           "BYTES_SENT",
                                                           "DURATION",
                                                           "ROUTE_NAME",
                                                           "HOSTNAME",
                                                           "VIRTUAL_CLUSTER_NAME",
                                                           "UPSTREAM_HOST",
                                                           "UPSTREAM_CLUSTER",
                                                           "UPSTREAM_CLUSTER_RAW",
                                                           "UPSTREAM_LOCAL_ADDRESS",
                                                           "UPSTREAM_REMOTE_ADDRESS",
                                                           "UPSTREAM_TRANSPORT_FAILURE_REASON",
                                                           "DOWNSTREAM_REMOTE_ADDRESS",
                                                           "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
                                                           "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                                                           "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                                                           "DOWNSTREAM_REMOTE_PORT",
                                                           "DOWNSTREAM_LOCAL_ADDRESS",
                                                           "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                                                           "DOWNSTREAM_LOCAL_PORT",
                                                           "DOWNSTREAM_PEER_SUBJECT",
                                                           "DOWNSTREAM_PEER_ISSUER",
                                                           "DOWNSTREAM_PEER_URI_SAN",
                                                           "DOWNSTREAM_LOCAL_URI_SAN",
                                                           "DOWNSTREAM_LOCAL_SUBJECT",
                                                           "DOWNSTREAM_TLS_VERSION",
                                                           "DOWNSTREAM_TLS_CIPHER",
                                                           "DOWNSTREAM_TLS_SESSION_ID",
                                                           "DOWNSTREAM_PEER_CERT",
                                                           "DOWNSTREAM_PEER_SERIAL",
                                                           "DOWNSTREAM_PEER_FINGERPRINT_256",
                                                           "DOWNSTREAM_PEER_FINGERPRINT_1",
                                                           "DOWNSTREAM_PEER_CERT_V_START",
                                                           "DOWNSTREAM_PEER_CERT_V_END",
                                                           "REQUESTED_SERVER_NAME",
                                                           "CONNECTION_ID",
                                                           "CONNECTION_TERMINATION_DETAILS",
                                                           "FILTER_STATE",
                                                           "DYNAMIC_METADATA",
                                                           "UPSTREAM_METADATA",
                                                           "PER_REQUEST_STATE",
                                                           "CLUSTER_METADATA",
                                                           "ROUTE_METADATA",
                                                           "ENVIRONMENT",
                                                           "METADATA",
                                                           "TRACE_ID",
                                                           "STREAM_ID",
                                                           "RESP",
                                                           "TRAILER",
                                                           "GRPC_STATUS",
                                                           "ATTEMPT_COUNT",
                                                           "REQ",
                                                           "PATH",
                                                           "CEL",
                                                           "QUERY_PARAM",
                                                           "QUERY_PARAMS"};
  std::vector<FormatPart> parts;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back({FormatPart::Kind::literal, std::exchange(literal, {}), {}, {}});
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      literal += value[i];
      continue;
    }
    if (i + 1 < value.size() && value[i + 1] == '%') {
      literal += '%';
      ++i;
      continue;
    }
    const auto incorrect = [&] {
      refuse("Incorrect configuration: " + value + ". Couldn't find valid command at position " + std::to_string(i));
    };
    std::size_t at = i + 1;
    while (at < value.size() &&
           ((value[at] >= 'A' && value[at] <= 'Z') || (value[at] >= '0' && value[at] <= '9') || value[at] == '_')) {
      ++at;
    }
    const std::string command = value.substr(i + 1, at - i - 1);
    std::string parameter;
    FormatPart part;
    if (command.empty()) incorrect();
    if (at < value.size() && value[at] == '(') {
      const std::size_t close = value.find(')', at);
      if (close == std::string::npos) incorrect();
      parameter = value.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    if (at < value.size() && value[at] == ':') {
      std::size_t length = 0;
      const std::size_t digits = ++at;
      while (at < value.size() && value[at] >= '0' && value[at] <= '9' && at - digits < 9) {
        length = length * 10 + static_cast<std::size_t>(value[at++] - '0');
      }
      if (at == digits) incorrect();
      part.length = length;
    }
    if (at >= value.size() || value[at] != '%') incorrect();
    if (!known.contains(command)) refuse("Not supported field in StreamInfo: " + command);
    if ((command == "REQ" || command == "RESP" || command == "TRAILER") && parameter.empty())
      refuse(command + " requires parameters");
    flush();
    part.kind = FormatPart::Kind::other;
    part.text = command;
    if (command == "REQ") {
      part.kind = FormatPart::Kind::request;
      const std::size_t question = parameter.find('?');
      part.text = lower(parameter.substr(0, question));
      if (question != std::string::npos) part.alternative = lower(parameter.substr(question + 1));
      if (part.text == "host") part.text = ":authority";
    } else if (command == "RESPONSE_CODE") {  // no response is there yet when headers are written
      part.kind = FormatPart::Kind::literal;
      part.text = "0";
    } else if (command == "PROTOCOL") {
      part.kind = FormatPart::Kind::protocol;
    } else if (command == "PATH") {  // (with query or not : which path)
      part.kind = FormatPart::Kind::path;
      const std::size_t colon = parameter.find(':');
      part.text = parameter.substr(0, colon);
      part.alternative = colon == std::string::npos ? "ORIG_OR_PATH" : parameter.substr(colon + 1);
    } else if (command == "UPSTREAM_CLUSTER" || command == "UPSTREAM_CLUSTER_RAW") {
      part.kind = FormatPart::Kind::cluster;
    } else if (command == "START_TIME") {
      part.kind = FormatPart::Kind::time;
      part.text = parameter;
    } else if (command == "CEL") {  // the attributes of a request that are headers here; no other expression is evaluated
      part.kind = FormatPart::Kind::request;
      part.text = parameter == "request.path"     ? ":path"
                  : parameter == "request.method" ? ":method"
                  : parameter == "request.host"   ? ":authority"
                  : parameter == "request.scheme" ? ":scheme"
                                                  : "";
      if (part.text.empty()) part.kind = FormatPart::Kind::other;
    }
    parts.push_back(std::move(part));
    i = at;
  }
  flush();
  return parts;
}

bool protected_header(const std::string& name) { return name.starts_with(':') || name == "host"; }

HeaderOperations operations_of(const Json& json, const char* add, const char* remove, bool of_a_weight) {
  HeaderOperations operations;
  std::size_t index = 0;
  for (const Json& name : list(json, remove)) {
    const At at(remove, index++);
    if (!name.is_string()) continue;
    if (!of_a_weight && name.get_ref<const std::string&>().empty()) refuse("the name of a header to remove is empty");
    operations.remove.push_back(lower(name.get_ref<const std::string&>()));
    if (protected_header(operations.remove.back())) refuse(":-prefixed or host headers may not be removed");
  }
  index = 0;
  for (const Json& option : list(json, add)) {
    const At at(add, index++);
    HeaderAdd operation;
    const Json& header = get(option, "header");
    operation.name = lower(text(header, "key"));
    if (operation.name.empty()) refuse("a header to add without a key is refused");
    if (protected_header(operation.name)) refuse(":-prefixed or host headers may not be modified");
    const std::string value = text(header, "value");
    for (const char c : value + operation.name) {
      if (c == '\n' || c == '\r' || c == '\0') refuse("the value of header " + operation.name + " has a line break");
    }
    operation.value = format_of(value);
    operation.keep_empty = flag(option, "keep_empty_value");
    const Json& action = get(option, "append_action");
    using Action = HeaderAdd::Action;
    if (action == "ADD_IF_ABSENT" || action == 1) operation.action = Action::add_if_absent;
    if (action == "OVERWRITE_IF_EXISTS_OR_ADD" || action == 2) operation.action = Action::overwrite;
    if (action == "OVERWRITE_IF_EXISTS" || action == 3) operation.action = Action::overwrite_if_exists;
    if (get(option, "append") == false) operation.action = Action::overwrite;
    operations.add.push_back(std::move(operation));
  }
  return operations;
}

Mutations mutations_of(const Json& json, bool of_a_weight = false) {
  return {operations_of(json, "request_headers_to_add", "request_headers_to_remove", of_a_weight),
          operations_of(json, "response_headers_to_add", "response_headers_to_remove", of_a_weight)};
}

Cors cors_of(const Json& json) {
  Cors cors;
  for (const Json& origin : list(json, "allow_origin_string_match")) cors.origins.push_back(string_match(origin));
  cors.allow_methods = text(json, "allow_methods");
  cors.allow_headers = text(json, "allow_headers");
  cors.max_age = text(json, "max_age");
  cors.expose_headers = text(json, "expose_headers");
  if (!get(json, "allow_credentials").is_null()) cors.credentials = flag(json, "allow_credentials");
  if (!get(json, "forward_not_matching_preflights").is_null())
    cors.forward_not_matching = flag(json, "forward_not_matching_preflights");
  if (const Json& share = get(get(json, "filter_enabled"), "default_value"); !share.is_null()) {
    cors.enabled = fraction_of(share).numerator > 0;
  }
  return cors;
}

Filters filters_of(const Json& json) {
  Filters filters;
  const Json& all = get(json, "typed_per_filter_config");
  if (!all.is_object()) return filters;
  for (const auto& [name, config] : all.items()) {
    if (name.find("fault") != std::string::npos) {
      Fault fault;
      if (const Json& abort = get(config, "abort"); !abort.is_null()) {
        fault.abort = fraction_of(get(abort, "percentage"));
        fault.http_status = static_cast<std::uint32_t>(number(abort, "http_status"));
        if (!get(abort, "grpc_status").is_null()) {
          fault.grpc_status = static_cast<std::uint32_t>(number(abort, "grpc_status"));
        } else if (fault.http_status < 200 || fault.http_status >= 600) {
          refuse("Abort / HttpStatus: value must be inside range [200, 600)");
        }
      }
      if (const Json& delay = get(config, "delay"); !delay.is_null()) fault.delay = fraction_of(get(delay, "percentage"));
      for (const Json& header : list(config, "headers")) fault.headers.push_back(header_match(header));
      filters.fault = std::move(fault);
    } else if (name.find("cors") != std::string::npos) {
      filters.cors = cors_of(config);
    }
  }
  return filters;
}

/// Base64 as protojson takes it: of either alphabet, with or without padding.
std::string bytes_of(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  if (text.substr(0, text.find('=')).size() % 4 == 1) refuse("inline_bytes is not base64");
  for (const char c : text) {
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+' || c == '-' ? 62
                      : c == '/' || c == '_' ? 63
                                             : -1;
    if (c == '=') break;
    if (value < 0) refuse("inline_bytes is not base64");
    group = group << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> static_cast<unsigned>(bits) & 0xFFU);
  }
  return bytes;
}

PathRewrite rewrite_of(const Json& json) {
  PathRewrite rewrite;
  if (const std::string format = text(json, "path_rewrite"); !format.empty()) rewrite.format = format_of(format);
  rewrite.prefix = text(json, "prefix_rewrite");
  if (const Json& regex = get(json, "regex_rewrite"); !regex.is_null()) {
    if (!rewrite.prefix.empty()) refuse("Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy");
    rewrite.regex = regex_of(get(regex, "pattern"));
    rewrite.substitution = text(regex, "substitution");
  }
  return rewrite;
}

std::vector<Mirror> mirrors_of(const Json& json) {
  std::vector<Mirror> mirrors;
  for (const Json& policy : list(json, "request_mirror_policies")) {
    Mirror mirror{text(policy, "cluster"), {}};
    if (mirror.cluster.empty() == text(policy, "cluster_header").empty())
      refuse("Exactly one of cluster or cluster_header in request mirror policy need to be specified");
    if (const Json& share = get(get(policy, "runtime_fraction"), "default_value"); !share.is_null())
      mirror.fraction = fraction_of(share);
    mirrors.push_back(std::move(mirror));
  }
  return mirrors;
}

std::string retries_of(const Json& json) {
  const Json& policy = get(json, "retry_policy");
  return policy.is_object() ? policy.dump(-1, ' ', false, Json::error_handler_t::replace) : std::string();
}

void compile_match(const Json& json, Route& route) {
  using Kind = Route::PathKind;
  route.case_sensitive = flag(json, "case_sensitive", true);
  if (!get(json, "prefix").is_null()) {
    route.path_kind = Kind::prefix;
    route.path = text(json, "prefix");
  } else if (!get(json, "path").is_null()) {
    route.path_kind = Kind::exact;
    route.path = text(json, "path");
  } else if (!get(json, "path_separated_prefix").is_null()) {
    route.path_kind = Kind::separated_prefix;
    route.path = text(json, "path_separated_prefix");
    if (route.path.size() < 2 || route.path.ends_with('/') || route.path.find_first_of("?#") != std::string::npos)
      refuse("path_separated_prefix has two characters at least, no ? nor #, and no / at its end");
  } else if (const Json& regex = get(json, "safe_regex"); !regex.is_null()) {
    route.path_kind = Kind::regex;
    const At at("safe_regex");
    route.path_regex = regex_of(regex);
  } else {
    refuse("a match without a path specifier is refused");
  }
  if (!route.case_sensitive) route.path = lower(route.path);  // envoy.md 12
  for (const Json& header : list(json, "headers")) {
    const At at("headers", route.headers.size());
    route.headers.push_back(header_match(header));
  }
  for (const Json& parameter : list(json, "query_parameters")) {
    const At at("query_parameters", route.query.size());
    QueryMatch match;
    match.name = text(parameter, "name");
    if (match.name.empty()) refuse("a query parameter matcher without a name is refused");
    if (const Json& value = get(parameter, "string_match"); !value.is_null()) {
      match.is_present = false;
      match.value = string_match(value);
    } else {
      match.present = flag(parameter, "present_match", true);
    }
    route.query.push_back(std::move(match));
  }
  route.grpc = get(json, "grpc").is_object();
  for (const Json& metadata : list(json, "dynamic_metadata"))
    route.never = route.never || !flag(metadata, "invert");  // envoy.md 16
  if (const Json& share = get(get(json, "runtime_fraction"), "default_value"); !share.is_null())
    route.fraction = fraction_of(share);
}

void compile_action(const Json& json, Route& route) {
  if (const Json& action = get(json, "route"); action.is_object()) {
    const At at("route");
    if (const Json& weighted = get(action, "weighted_clusters"); weighted.is_object()) {
      route.weighted = true;
      std::uint64_t total = 0;
      for (const Json& cluster : list(weighted, "clusters")) {
        const At here("weighted_clusters.clusters", route.destinations.size());
        Destination destination;
        destination.name = text(cluster, "name");
        if (destination.name.empty() && text(cluster, "cluster_header").empty())
          refuse("At least one of name or cluster_header need to be specified");
        destination.weight = static_cast<std::uint32_t>(number(cluster, "weight"));
        destination.host_rewrite = text(cluster, "host_rewrite_literal");
        destination.mutations = mutations_of(cluster, true);
        destination.filters = filters_of(cluster);
        total += destination.weight;
        route.destinations.push_back(std::move(destination));
      }
      if (route.destinations.empty()) refuse("weighted_clusters without clusters is refused");
      if (total == 0) refuse("Sum of weights in the weighted_cluster must be greater than 0.");
      if (total > 0xFFFFFFFFU)
        refuse("The sum of weights of all weighted clusters of route " + route.name + " exceeds 4294967295");
    } else {
      Destination destination;
      destination.name = text(action, "cluster");
      route.cluster_header = lower(text(action, "cluster_header"));
      if (destination.name.empty() && route.cluster_header.empty()) refuse("a route action without a cluster is refused");
      route.destinations.push_back(std::move(destination));
    }
    route.rewrite = rewrite_of(action);
    route.host_rewrite = text(action, "host_rewrite_literal");
    route.host_rewrite_header = lower(text(action, "host_rewrite_header"));
    if (const Json& regex = get(action, "host_rewrite_path_regex"); regex.is_object()) {
      route.host_rewrite_regex = regex_of(get(regex, "pattern"));
      route.host_rewrite_substitution = text(regex, "substitution");
    }
    route.append_forwarded_host = flag(action, "append_x_forwarded_host");
    route.timeout = text(action, "timeout");
    if (const std::string most = text(action, "max_grpc_timeout"); !most.empty()) {
      route.max_grpc_timeout_ms = static_cast<std::int64_t>(std::strtod(most.c_str(), nullptr) * 1000);
    }
    route.retries = retries_of(action);
    route.mirrors = mirrors_of(action);
    if (const Json& cors = get(action, "cors"); cors.is_object() && !route.filters.cors) route.filters.cors = cors_of(cors);
  } else if (const Json& redirect = get(json, "redirect"); redirect.is_object()) {
    const At at("redirect");
    Redirect result;
    result.text = redirect.dump(-1, ' ', false, Json::error_handler_t::replace);
    result.scheme = flag(redirect, "https_redirect") ? "https" : text(redirect, "scheme_redirect");
    result.host = text(redirect, "host_redirect");
    result.path = text(redirect, "path_redirect");
    result.port = static_cast<std::uint32_t>(number(redirect, "port_redirect"));
    result.strip_query = flag(redirect, "strip_query");
    result.rewrite = rewrite_of(redirect);
    const Json& code = get(redirect, "response_code");
    if (code == "FOUND" || code == 1) result.status = 302;
    if (code == "SEE_OTHER" || code == 2) result.status = 303;
    if (code == "TEMPORARY_REDIRECT" || code == 3) result.status = 307;
    if (code == "PERMANENT_REDIRECT" || code == 4) result.status = 308;
    route.redirect = std::move(result);
  } else if (const Json& direct = get(json, "direct_response"); direct.is_object()) {
    const At at("direct_response");
    const auto status = number(direct, "status");
    if (status < 200 || status > 599) refuse("DirectResponse.Status: value must be inside range [200, 600)");
    route.direct_status = static_cast<std::uint32_t>(status);
    const Json& body = get(direct, "body");
    route.direct_text = text(body, "inline_string");
    if (route.direct_text.empty()) route.direct_text = bytes_of(text(body, "inline_bytes"));
    route.direct_body = !route.direct_text.empty();
  } else if (!get(json, "non_forwarding_action").is_object() && !get(json, "filter_action").is_object()) {
    refuse("a route without an action is refused");
  }
}

Route compile_route(const Json& json) {
  Route route;
  route.name = text(json, "name");
  const Json& metadata = get(get(json, "metadata"), "filter_metadata");
  route.config = text(get(metadata, "istio"), "config");
  route.resource = text(get(metadata, "meshroute"), "resource");
  route.resource_path = text(get(metadata, "meshroute"), "path");
  route.mutations = mutations_of(json);
  route.filters = filters_of(json);
  {
    const At at("match");
    compile_match(get(json, "match"), route);
  }
  compile_action(json, route);
  return route;
}

}  // namespace

Result<std::shared_ptr<const Table>> compile(const Json& json, std::string* place) {
  At::path().clear();
  try {
    if (!json.is_object()) refuse("a route configuration is an object");
    check_types(json);
    auto table = std::make_shared<Table>();
    table->name = text(json, "name");
    table->ignore_port = flag(json, "ignore_port_in_host_matching");
    table->most_specific_wins = flag(json, "most_specific_header_mutations_wins");
    table->mutations = mutations_of(json);
    table->filters = filters_of(json);
    table->mirrors = mirrors_of(json);
    const auto limit = static_cast<std::size_t>(number(json, "max_direct_response_body_size_bytes", 4096));
    for (const Json& host : list(json, "virtual_hosts")) {
      const std::size_t index = table->hosts.size();
      const At here("virtual_hosts", index);
      VirtualHost compiled;
      compiled.name = text(host, "name");
      if (compiled.name.empty()) refuse("a virtual host without a name is refused");
      compiled.mutations = mutations_of(host);
      compiled.filters = filters_of(host);
      compiled.mirrors = mirrors_of(host);
      compiled.retries = retries_of(host);
      if (list(host, "domains").empty()) refuse("a virtual host without domains is refused");
      for (const Json& domain : list(host, "domains")) {
        const std::string name = lower(domain.is_string() ? domain.get<std::string>() : std::string());
        const auto duplicate = [&](bool inserted) {
          if (!inserted) refuse("Only unique values for domains are permitted. Duplicate entry of domain " + name);
        };
        if (name == "*") {  // envoy.md 7
          if (table->any) refuse("Only a single wildcard domain is permitted");
          table->any = index;
        } else if (name.starts_with('*') || (name.ends_with('*'))) {
          auto& wildcards = name.starts_with('*') ? table->suffixes : table->prefixes;
          const std::string rest = name.starts_with('*') ? name.substr(1) : name.substr(0, name.size() - 1);
          duplicate(wildcards.add(rest, index));
        } else {
          duplicate(table->exact.emplace(name, index).second);
        }
      }
      for (const Json& route : list(host, "routes")) {
        const At at("routes", compiled.routes.size());
        compiled.routes.push_back(compile_route(route));
        if (compiled.routes.back().direct_text.size() > limit) refuse("the direct response's body is over the limit");
      }
      table->hosts.push_back(std::move(compiled));
    }
    for (VirtualHost& each : table->hosts) each.make_index();
    return std::shared_ptr<const Table>(std::move(table));
  } catch (const Refused& refused) {
    if (place != nullptr) *place = refused.place;
    return Error{Error::Code::refused, (refused.place.empty() ? std::string() : refused.place + ": ") + refused.reason};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return Error{Error::Code::refused, error.what()};
  }
}

namespace {

std::string shown(text::Position position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column) + ": ";
}

/// Where "a[0].b_c" is in a document: the deepest part of it that exists, names in either spelling.
text::Position position_of(const text::Node& root, std::string_view inside, std::string_view place) {
  const text::Node* node = &root;
  text::Position position = root.position;
  for (std::string_view path : {inside, place}) {
    while (!path.empty()) {
      if (path.front() == '.') path.remove_prefix(1);
      if (path.starts_with('[')) {
        const auto index = static_cast<std::size_t>(std::strtoul(std::string(path.substr(1)).c_str(), nullptr, 10));
        path.remove_prefix(path.find(']') + 1);
        if (!node->is_list() || index >= node->items.size()) return position;
        node = &node->items[index];
      } else {
        const std::string name(path.substr(0, path.find_first_of(".[")));
        const text::Member* member = nullptr;
        if (node->is_object()) {  // a filter's name has dots of its own
          for (const auto& each : node->members) {
            if (each.key.find('.') != std::string_view::npos && path.starts_with(each.key)) member = &each;
          }
          if (member == nullptr) member = node->member(name);
          if (member == nullptr) member = node->member(camel_case(name));
        }
        if (member == nullptr) return position;
        path.remove_prefix(member->key.find('.') != std::string_view::npos ? member->key.size() : name.size());
        node = &member->value;
      }
      position = node->position;
    }
  }
  return position;
}

}  // namespace

}  // namespace meshroute::routes

namespace meshroute {

Result<RouteTable> RouteTable::parse(std::string_view protojson, std::string_view name) {
  auto json = nlohmann::json::parse(protojson, nullptr, false);
  if (json.is_discarded()) {
    const text::Stream stream = text::read(protojson, "routes.json", Format::json, Limits{});
    for (const auto& document : stream.documents) {
      for (const auto& problem : document.errors)
        return Error{Error::Code::refused,
                     routes::shown(problem.position) + "the route configuration is not JSON: " + problem.message};
    }
    return Error{Error::Code::refused, "the route configuration is not JSON"};
  }
  std::string inside, place;
  const auto found = routes::find_route_configuration(std::move(json), name, &inside);
  if (!found) return found.error();
  auto table = routes::compile(*found, &place);
  if (table) return RouteTable(std::move(*table));
  const text::Stream stream = text::read(protojson, "routes.json", Format::json, Limits{});
  if (stream.documents.empty()) return table.error();
  return Error{table.error().code,
               routes::shown(routes::position_of(stream.documents.front().root, inside, place)) + table.error().message};
}

Answer RouteTable::resolve(const Request& request, const ResolveOptions& options) const {
  Answer answer;
  routes::resolve(*table_, request, options, answer);
  routes::settle_failures(answer, 0);
  return answer;
}

void RouteTable::resolve_into(const Request& request, Answer& answer, const ResolveOptions& options) const {
  routes::clear(answer);
  routes::resolve(*table_, request, options, answer);
  routes::settle_failures(answer, 0);
}

}  // namespace meshroute
