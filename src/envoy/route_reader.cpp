// SPDX-License-Identifier: Apache-2.0
// Route messages out of documents that check_types() accepts.
#include "envoy/route_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "envoy/protojson.hpp"
#include "text/base64.hpp"

namespace meshroute::envoy {

namespace {

using text::Kind;
using text::Node;

// What check_types() has let through.

std::string text_of(const Node& node) { return std::string(node.text); }

std::string text_in(const Node& message, std::string_view name) {
  const Node* value = field(message, name);
  return value != nullptr && (value->is_string() || value->kind == Kind::integer || value->kind == Kind::number) ? text_of(*value)
                                                                                                                 : std::string();
}

std::optional<bool> given_flag(const Node& message, std::string_view name) {
  const Node* value = field(message, name);
  return value != nullptr && value->kind == Kind::boolean ? std::optional(value->boolean) : std::nullopt;
}

bool flag_in(const Node& message, std::string_view name) { return given_flag(message, name).value_or(false); }

std::optional<std::int64_t> given_number(const Node& message, std::string_view name) {
  const Node* value = field(message, name);
  if (value == nullptr) return std::nullopt;
  if (value->kind == Kind::integer) return value->integer;
  if (value->kind == Kind::number) return static_cast<std::int64_t>(value->number);
  std::int64_t number = 0;
  const std::string_view digits = value->text.starts_with('+') ? value->text.substr(1) : value->text;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::optional<std::uint32_t> given_uint32(const Node& message, std::string_view name) {
  const auto number = given_number(message, name);
  return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

std::uint32_t uint32(const Node& message, std::string_view name) { return given_uint32(message, name).value_or(0); }

std::optional<Duration> duration(const Node& message, std::string_view name) {
  const Node* value = field(message, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_object())
    return Duration{given_number(*value, "seconds").value_or(0),
                    static_cast<std::int32_t>(given_number(*value, "nanos").value_or(0))};
  std::string_view digits = value->text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  Duration duration;
  const char* const end = digits.data() + digits.size();
  auto read = std::from_chars(digits.data(), end, duration.seconds);
  if (read.ptr < end && *read.ptr == '.') {
    std::int32_t unit = 100'000'000;
    for (const char* at = read.ptr + 1; at < end && *at >= '0' && *at <= '9'; ++at, unit /= 10)
      duration.nanos += (*at - '0') * unit;
  }
  if (negative) duration = {-duration.seconds, -duration.nanos};
  return duration;
}

/// The items of a list; one value stands for a list of one, as protobuf reads it.
std::span<const Node> list(const Node& message, std::string_view name) {
  const Node* value = field(message, name);
  if (value == nullptr) return {};
  if (!value->is_list()) return {value, 1};
  return {value->items.begin(), value->items.size()};
}

std::vector<std::string> texts_in(const Node& message, std::string_view name) {
  std::vector<std::string> texts;
  for (const Node& item : list(message, name)) texts.push_back(text_of(item));
  return texts;
}

template <class Item, class Read>
std::vector<Item> list_of(const Node& message, std::string_view name, const Read& read) {
  std::vector<Item> items;
  for (const Node& item : list(message, name)) items.push_back(read(item));
  return items;
}

template <class Read>
auto message_of(const Node& message, std::string_view name, const Read& read) -> std::optional<decltype(read(message))> {
  const Node* inner = field(message, name);
  return inner != nullptr ? std::optional(read(*inner)) : std::nullopt;
}

/// By name or number; an unknown name is the first.
template <class Enum, std::size_t Size>
Enum enumeration(const Node& message, std::string_view name, const std::array<std::string_view, Size>& names) {
  const Node* value = field(message, name);
  if (value == nullptr) return Enum{};
  if (value->kind == Kind::integer)
    return value->integer > 0 && static_cast<std::size_t>(value->integer) < Size ? static_cast<Enum>(value->integer) : Enum{};
  const auto found = std::find(names.begin(), names.end(), value->text);
  return found != names.end() ? static_cast<Enum>(found - names.begin()) : Enum{};
}

std::string regex(const Node& message) { return text_in(message, "regex"); }

StringMatcher string_matcher(const Node& node) {
  using Matcher = StringMatcher::Kind;
  constexpr std::array<std::pair<std::string_view, Matcher>, 4> kKinds{
      {{"exact", Matcher::exact}, {"prefix", Matcher::prefix}, {"suffix", Matcher::suffix}, {"contains", Matcher::contains}}};
  StringMatcher matcher;
  matcher.ignore_case = flag_in(node, "ignore_case");
  for (const auto& [name, kind] : kKinds) {
    if (field(node, name) == nullptr) continue;
    matcher.kind = kind;
    matcher.value = text_in(node, name);
    return matcher;
  }
  if (const Node* pattern = field(node, "safe_regex")) {
    matcher.kind = Matcher::regex;
    matcher.value = regex(*pattern);
  }
  return matcher;
}

Present present(const Node& node) { return {given_flag(node, "present_match").value_or(true)}; }

HeaderMatcher header_matcher(const Node& node) {
  using Matcher = StringMatcher::Kind;
  constexpr std::array<std::pair<std::string_view, Matcher>, 4> kOld{{{"exact_match", Matcher::exact},
                                                                      {"prefix_match", Matcher::prefix},
                                                                      {"suffix_match", Matcher::suffix},
                                                                      {"contains_match", Matcher::contains}}};
  HeaderMatcher matcher;
  matcher.name = text_in(node, "name");
  matcher.invert_match = flag_in(node, "invert_match");
  matcher.treat_missing_header_as_empty = flag_in(node, "treat_missing_header_as_empty");
  if (const Node* string = field(node, "string_match")) {
    matcher.value = string_matcher(*string);
    return matcher;
  }
  if (const Node* range = field(node, "range_match")) {
    matcher.value = Range{given_number(*range, "start").value_or(0), given_number(*range, "end").value_or(0)};
    return matcher;
  }
  for (const auto& [name, kind] : kOld) {
    if (field(node, name) == nullptr) continue;
    matcher.value = StringMatcher{kind, text_in(node, name)};
    return matcher;
  }
  if (const Node* pattern = field(node, "safe_regex_match"))
    matcher.value = StringMatcher{Matcher::regex, regex(*pattern)};
  else
    matcher.value = present(node);
  return matcher;
}

QueryMatcher query_matcher(const Node& node) {
  QueryMatcher matcher;
  matcher.name = text_in(node, "name");
  if (const Node* string = field(node, "string_match"))
    matcher.value = string_matcher(*string);
  else
    matcher.value = present(node);
  return matcher;
}

Fraction fraction(const Node& node) {
  constexpr std::array<std::string_view, 3> kNames{"HUNDRED", "TEN_THOUSAND", "MILLION"};
  return {uint32(node, "numerator"), enumeration<Fraction::Denominator>(node, "denominator", kNames)};
}

/// Of a RuntimeFractionalPercent.
std::optional<Fraction> share(const Node& message, std::string_view name) {
  const Node* node = field(message, name);
  return node != nullptr ? message_of(*node, "default_value", fraction) : std::nullopt;
}

HeaderValueOption header_option(const Node& node) {
  constexpr std::array<std::string_view, 4> kNames{"APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD",
                                                   "OVERWRITE_IF_EXISTS"};
  using Action = HeaderValueOption::Action;
  HeaderValueOption option;
  if (const Node* header = field(node, "header")) {
    option.key = text_in(*header, "key");
    option.value = text_in(*header, "value");
  }
  option.append_action = enumeration<Action>(node, "append_action", kNames);
  if (given_flag(node, "append") == false) option.append_action = Action::overwrite_if_exists_or_add;
  option.keep_empty_value = flag_in(node, "keep_empty_value");
  return option;
}

HeaderMutations mutations(const Node& node) {
  return {list_of<HeaderValueOption>(node, "request_headers_to_add", header_option), texts_in(node, "request_headers_to_remove"),
          list_of<HeaderValueOption>(node, "response_headers_to_add", header_option),
          texts_in(node, "response_headers_to_remove")};
}

Cors cors(const Node& node) {
  Cors cors;
  cors.allow_origin_string_match = list_of<StringMatcher>(node, "allow_origin_string_match", string_matcher);
  cors.allow_methods = text_in(node, "allow_methods");
  cors.allow_headers = text_in(node, "allow_headers");
  cors.expose_headers = text_in(node, "expose_headers");
  cors.max_age = text_in(node, "max_age");
  cors.allow_credentials = given_flag(node, "allow_credentials");
  cors.forward_not_matching_preflights = given_flag(node, "forward_not_matching_preflights");
  cors.filter_enabled = share(node, "filter_enabled");
  return cors;
}

Fault fault(const Node& node) {
  Fault fault;
  fault.abort = message_of(node, "abort", [](const Node& abort) {
    return Fault::Abort{given_uint32(abort, "http_status"), given_uint32(abort, "grpc_status"),
                        message_of(abort, "percentage", fraction)};
  });
  fault.delay = message_of(node, "delay", [](const Node& delay) {
    return Fault::Delay{duration(delay, "fixed_delay"), message_of(delay, "percentage", fraction)};
  });
  fault.headers = list_of<HeaderMatcher>(node, "headers", header_matcher);
  return fault;
}

Filters filters(const Node& message) {
  Filters filters;
  const Node* all = field(message, "typed_per_filter_config");
  if (all == nullptr) return filters;
  for (const text::Member& filter : all->members) {
    if (filter.key.find("fault") != std::string_view::npos)
      filters.fault = fault(filter.value);
    else if (filter.key.find("cors") != std::string_view::npos)
      filters.cors = cors(filter.value);
  }
  return filters;
}

RegexRewrite regex_rewrite(const Node& node) {
  const Node* pattern = field(node, "pattern");
  return {pattern != nullptr ? regex(*pattern) : std::string(), text_in(node, "substitution")};
}

PathRewrite path_rewrite(const Node& node) {
  return {text_in(node, "prefix_rewrite"), text_in(node, "path_rewrite"), message_of(node, "regex_rewrite", regex_rewrite)};
}

Mirror mirror(const Node& node) {
  return {text_in(node, "cluster"), text_in(node, "cluster_header"), share(node, "runtime_fraction"),
          given_flag(node, "trace_sampled"), flag_in(node, "disable_shadow_host_suffix_append")};
}

std::vector<Mirror> mirrors(const Node& node) { return list_of<Mirror>(node, "request_mirror_policies", mirror); }

Extension extension(const Node& node) {
  Extension extension{text_in(node, "name"), {}, {}};
  if (const Node* config = field(node, "typed_config")) {
    extension.type = text_in(*config, "@type");
    extension.update_frequency = given_uint32(*config, "update_frequency");
  }
  return extension;
}

RetryPolicy retry_policy(const Node& node) {
  RetryPolicy policy;
  if (field(node, "retry_on") != nullptr) policy.retry_on = text_in(node, "retry_on");
  policy.num_retries = given_uint32(node, "num_retries");
  policy.per_try_timeout = duration(node, "per_try_timeout");
  policy.per_try_idle_timeout = duration(node, "per_try_idle_timeout");
  policy.retry_priority = message_of(node, "retry_priority", extension);
  policy.retry_host_predicate = list_of<Extension>(node, "retry_host_predicate", extension);
  policy.host_selection_retry_max_attempts = given_number(node, "host_selection_retry_max_attempts");
  for (const Node& code : list(node, "retriable_status_codes"))
    policy.retriable_status_codes.push_back(static_cast<std::uint32_t>(std::strtoul(text_of(code).c_str(), nullptr, 10)));
  policy.retry_back_off = message_of(node, "retry_back_off", [](const Node& back_off) {
    return RetryPolicy::BackOff{duration(back_off, "base_interval"), duration(back_off, "max_interval")};
  });
  policy.retriable_headers = list_of<HeaderMatcher>(node, "retriable_headers", header_matcher);
  policy.retriable_request_headers = list_of<HeaderMatcher>(node, "retriable_request_headers", header_matcher);
  return policy;
}

HashPolicy hash_policy(const Node& node) {
  HashPolicy policy;
  policy.terminal = flag_in(node, "terminal");
  if (const Node* header = field(node, "header")) {
    policy.specifier = HashPolicy::Header{text_in(*header, "header_name"), message_of(*header, "regex_rewrite", regex_rewrite)};
  } else if (const Node* cookie = field(node, "cookie")) {
    policy.specifier = HashPolicy::Cookie{text_in(*cookie, "name"), text_in(*cookie, "path"), duration(*cookie, "ttl"),
                                          list_of<HashPolicy::Attribute>(*cookie, "attributes", [](const Node& attribute) {
                                            return HashPolicy::Attribute{text_in(attribute, "name"), text_in(attribute, "value")};
                                          })};
  } else if (const Node* connection = field(node, "connection_properties")) {
    policy.specifier = HashPolicy::ConnectionProperties{flag_in(*connection, "source_ip")};
  } else if (const Node* parameter = field(node, "query_parameter")) {
    policy.specifier = HashPolicy::QueryParameter{text_in(*parameter, "name")};
  } else if (const Node* state = field(node, "filter_state")) {
    policy.specifier = HashPolicy::FilterState{text_in(*state, "key")};
  }
  return policy;
}

ClusterWeight cluster_weight(const Node& node) {
  return {text_in(node, "name"),  text_in(node, "cluster_header"),
          uint32(node, "weight"), text_in(node, "host_rewrite_literal"),
          mutations(node),        filters(node)};
}

Forward forward(const Node& node) {
  Forward action;
  action.cluster = text_in(node, "cluster");
  action.cluster_header = text_in(node, "cluster_header");
  action.weighted_clusters = message_of(node, "weighted_clusters", [](const Node& weighted) {
    return list_of<ClusterWeight>(weighted, "clusters", cluster_weight);
  });
  action.path_rewrite = path_rewrite(node);
  action.host_rewrite = {text_in(node, "host_rewrite_literal"), text_in(node, "host_rewrite_header"),
                         message_of(node, "host_rewrite_path_regex", regex_rewrite), flag_in(node, "auto_host_rewrite")};
  action.append_x_forwarded_host = flag_in(node, "append_x_forwarded_host");
  action.timeout = duration(node, "timeout");
  action.idle_timeout = duration(node, "idle_timeout");
  action.max_grpc_timeout = duration(node, "max_grpc_timeout");
  action.retry_policy = message_of(node, "retry_policy", retry_policy);
  action.hash_policy = list_of<HashPolicy>(node, "hash_policy", hash_policy);
  action.request_mirror_policies = mirrors(node);
  action.cors = message_of(node, "cors", cors);
  return action;
}

Redirect redirect(const Node& node) {
  constexpr std::array<std::string_view, 5> kCodes{"MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT",
                                                   "PERMANENT_REDIRECT"};
  Redirect redirect;
  redirect.https_redirect = flag_in(node, "https_redirect");
  redirect.strip_query = flag_in(node, "strip_query");
  redirect.scheme_redirect = text_in(node, "scheme_redirect");
  redirect.host_redirect = text_in(node, "host_redirect");
  if (field(node, "path_redirect") != nullptr) redirect.path_redirect = text_in(node, "path_redirect");
  redirect.path_rewrite = path_rewrite(node);
  redirect.port_redirect = uint32(node, "port_redirect");
  redirect.response_code = enumeration<Redirect::Code>(node, "response_code", kCodes);
  return redirect;
}

DirectResponse direct_response(const Node& node) {
  DirectResponse response;
  response.status = uint32(node, "status");
  const Node* body = field(node, "body");
  if (body == nullptr) return response;
  if (field(*body, "inline_string") != nullptr)
    response.body = DirectResponse::Text{text_in(*body, "inline_string")};
  else if (const Node* bytes = field(*body, "inline_bytes"))
    response.body = DirectResponse::Bytes{text::decode_protobuf_base64(bytes->text).value_or("")};
  return response;
}

/// Istio's form: a value that is the text, or a list with the text.
MetadataMatcher metadata_matcher(const Node& node) {
  MetadataMatcher matcher;
  matcher.invert = flag_in(node, "invert");
  const Node* value = field(node, "value");
  const Node* either = value != nullptr ? field(*value, "or_match") : nullptr;
  if (either == nullptr) return matcher;
  for (const Node& each : list(*either, "value_matchers")) {
    const Node* string = field(each, "string_match");
    if (string == nullptr) continue;
    matcher.filter = text_in(node, "filter");
    matcher.value = string_matcher(*string);
    for (const Node& step : list(node, "path")) matcher.path.push_back(text_in(step, "key"));
  }
  return matcher;
}

constexpr std::string_view kUriTemplateMatch =
    "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";

RouteMatch route_match(const Node& node) {
  using Path = PathMatcher::Kind;
  RouteMatch match;
  if (field(node, "prefix") != nullptr) {
    match.path = {Path::prefix, text_in(node, "prefix")};
  } else if (field(node, "path") != nullptr) {
    match.path = {Path::path, text_in(node, "path")};
  } else if (field(node, "path_separated_prefix") != nullptr) {
    match.path = {Path::path_separated_prefix, text_in(node, "path_separated_prefix")};
  } else if (const Node* pattern = field(node, "safe_regex")) {
    match.path = {Path::safe_regex, regex(*pattern)};
  } else if (const Node* policy = field(node, "path_match_policy")) {
    const Node* config = field(*policy, "typed_config");
    const bool known = config != nullptr && text_in(*config, "@type") == kUriTemplateMatch;
    match.path = known ? PathMatcher{Path::uri_template, text_in(*config, "path_template")}
                       : PathMatcher{Path::other, "path_match_policy"};
  } else if (field(node, "connect_matcher") != nullptr) {
    match.path = {Path::other, "connect_matcher"};
  }
  match.case_sensitive = given_flag(node, "case_sensitive");
  match.headers = list_of<HeaderMatcher>(node, "headers", header_matcher);
  match.query_parameters = list_of<QueryMatcher>(node, "query_parameters", query_matcher);
  match.runtime_fraction = share(node, "runtime_fraction");
  match.grpc = field(node, "grpc") != nullptr;
  match.dynamic_metadata = list_of<MetadataMatcher>(node, "dynamic_metadata", metadata_matcher);
  return match;
}

Route route(const Node& node) {
  Route route;
  route.name = text_in(node, "name");
  if (const Node* match = field(node, "match")) route.match = route_match(*match);
  if (const Node* action = field(node, "route")) {
    route.action = forward(*action);
    // It rewrites by the variables of a template, and Envoy takes it only beside one.
    if (field(*action, "path_rewrite_policy") != nullptr) route.match.path = {PathMatcher::Kind::other, "path_rewrite_policy"};
  } else if (const Node* elsewhere = field(node, "redirect"))
    route.action = redirect(*elsewhere);
  else if (const Node* response = field(node, "direct_response"))
    route.action = direct_response(*response);
  else if (field(node, "non_forwarding_action") != nullptr || field(node, "filter_action") != nullptr)
    route.action = NonForwardingAction{};
  route.mutations = mutations(node);
  route.filters = filters(node);
  const Node* metadata = field(node, "metadata");
  const Node* by_filter = metadata != nullptr ? field(*metadata, "filter_metadata") : nullptr;
  if (by_filter == nullptr) return route;
  if (const Node* istio = by_filter->find("istio")) route.config = text_in(*istio, "config");
  return route;
}

VirtualHost virtual_host(const Node& node) {
  constexpr std::array<std::string_view, 3> kTls{"NONE", "EXTERNAL_ONLY", "ALL"};
  VirtualHost host;
  host.name = text_in(node, "name");
  host.domains = texts_in(node, "domains");
  host.require_tls = enumeration<VirtualHost::TlsRequirement>(node, "require_tls", kTls);
  host.routes = list_of<Route>(node, "routes", route);
  host.mutations = mutations(node);
  host.filters = filters(node);
  host.retry_policy = message_of(node, "retry_policy", retry_policy);
  host.request_mirror_policies = mirrors(node);
  host.include_request_attempt_count = flag_in(node, "include_request_attempt_count");
  return host;
}

}  // namespace

RouteConfiguration read_route_configuration(const Node& root, Refusals& refusals) {
  RouteConfiguration configuration;
  check_types(root, refusals);
  if (!refusals.empty()) return configuration;
  configuration.name = text_in(root, "name");
  configuration.virtual_hosts = list_of<VirtualHost>(root, "virtual_hosts", virtual_host);
  configuration.mutations = mutations(root);
  configuration.filters = filters(root);
  configuration.request_mirror_policies = mirrors(root);
  configuration.ignore_port_in_host_matching = flag_in(root, "ignore_port_in_host_matching");
  configuration.most_specific_header_mutations_wins = flag_in(root, "most_specific_header_mutations_wins");
  configuration.validate_clusters = given_flag(root, "validate_clusters");
  configuration.max_direct_response_body_size_bytes = given_uint32(root, "max_direct_response_body_size_bytes");
  return configuration;
}

}  // namespace meshroute::envoy
