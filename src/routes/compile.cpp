// SPDX-License-Identifier: Apache-2.0
// Envoy's route messages into what requests are matched with.
#include <algorithm>

#include "envoy/route_writer.hpp"
#include "match/path_template.hpp"
#include "routes/compiled.hpp"

namespace meshroute::routes {

namespace {

using envoy::Refusals;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 16 does not deduce it for aggregates

bool protected_header(const std::string& name) { return name.starts_with(':') || name == "host"; }

Fraction fraction_of(const envoy::Fraction& fraction) {
  static constexpr std::uint64_t kOf[] = {100, 10'000, 1'000'000};
  return {fraction.numerator, kOf[static_cast<std::size_t>(fraction.denominator)]};
}

std::string retries_of(const std::optional<envoy::RetryPolicy>& policy) {
  return policy ? envoy::protojson(*policy) : std::string();
}

/// Goes on behind a refusal, so that all are found; what was refused is then not to be used.
class Compiler {
 public:
  explicit Compiler(Refusals& refusals) : refusals_(refusals) {}

  Mutations mutations(const envoy::HeaderMutations& from, bool of_a_weight = false) {
    return {operations(from.request_headers_to_add, "request_headers_to_add", from.request_headers_to_remove,
                       "request_headers_to_remove", of_a_weight),
            operations(from.response_headers_to_add, "response_headers_to_add", from.response_headers_to_remove,
                       "response_headers_to_remove", of_a_weight)};
  }

  Filters filters(const envoy::Filters& from) {
    Filters filters;
    if (from.fault) filters.fault = fault(*from.fault);
    if (from.cors) filters.cors = cors(*from.cors);
    return filters;
  }

  std::vector<Mirror> mirrors(const std::vector<envoy::Mirror>& from) {
    std::vector<Mirror> mirrors;
    for (const envoy::Mirror& policy : from) {
      const auto step = refusals_.at("request_mirror_policies", mirrors.size());
      if (policy.cluster.empty() == policy.cluster_header.empty())
        refusals_.refuse("Exactly one of cluster or cluster_header in request mirror policy need to be specified");
      auto& mirror = mirrors.emplace_back();
      mirror.cluster = policy.cluster;
      if (policy.runtime_fraction) mirror.fraction = fraction_of(*policy.runtime_fraction);
    }
    return mirrors;
  }

  VirtualHost virtual_host(const envoy::VirtualHost& from, std::size_t most_direct_response_body) {
    VirtualHost host;
    host.name = from.name;
    if (host.name.empty()) refusals_.refuse("a virtual host without a name is refused");
    host.require_tls = from.require_tls != envoy::VirtualHost::TlsRequirement::none;
    host.mutations = mutations(from.mutations);
    host.filters = filters(from.filters);
    host.mirrors = mirrors(from.request_mirror_policies);
    host.retries = retries_of(from.retry_policy);
    if (from.domains.empty()) refusals_.refuse("a virtual host without domains is refused");
    host.routes.reserve(from.routes.size());
    for (const envoy::Route& each : from.routes) {
      const auto step = refusals_.at("routes", host.routes.size());
      host.routes.push_back(route(each));
      if (host.routes.back().direct_text.size() > most_direct_response_body)
        refusals_.refuse("the direct response's body is over the limit");
    }
    host.make_index();
    return host;
  }

 private:
  std::optional<match::Regex> regex(const std::string& pattern) {
    const auto step = refusals_.at("regex");
    auto regex = match::Regex::compile(pattern);
    if (regex) return std::move(*regex);
    refusals_.refuse(regex.error().message);
    return std::nullopt;
  }

  std::vector<FormatPart> format(const std::string& text) {
    auto parts = parse_format(text);
    if (parts) return std::move(*parts);
    refusals_.refuse(parts.error().message);
    return {};
  }

  StringMatch string_match(const envoy::StringMatcher& from) {
    using From = envoy::StringMatcher::Kind;
    using Kind = StringMatch::Kind;
    StringMatch match;
    match.ignore_case = from.ignore_case;
    const auto text = [&](Kind kind, const char* name) {
      match.kind = kind;
      match.value = from.ignore_case ? lower(from.value) : from.value;
      if (kind != Kind::exact && match.value.empty())
        refusals_.refuse(std::string("an empty string_match.") + name + " is refused");
    };
    switch (from.kind) {
      case From::none:
        refusals_.refuse("a string matcher without a pattern is refused");
        break;
      case From::exact:
        text(Kind::exact, "exact");
        break;
      case From::prefix:
        text(Kind::prefix, "prefix");
        break;
      case From::suffix:
        text(Kind::suffix, "suffix");
        break;
      case From::contains:
        text(Kind::contains, "contains");
        break;
      case From::regex: {
        if (from.ignore_case) refusals_.refuse("ignore_case has no effect for safe_regex.");
        const auto step = refusals_.at("safe_regex");
        match.kind = Kind::regex;
        match.regex = regex(from.value);
        break;
      }
    }
    return match;
  }

  HeaderMatch header_match(const envoy::HeaderMatcher& from) {
    HeaderMatch match;
    match.name = lower(from.name);
    if (match.name.empty()) refusals_.refuse("a header matcher without a name is refused");
    if (match.name == "host") match.name = ":authority";
    match.invert = from.invert_match;
    match.missing_as_empty = from.treat_missing_header_as_empty;
    std::visit(Overloaded{[&](const envoy::Present& present) {
                            match.is_present = true;
                            match.present = present.present;
                          },
                          [&](const envoy::Range& range) {
                            match.is_range = true;
                            match.start = range.start;
                            match.end = range.end;
                          },
                          [&](const envoy::StringMatcher& matcher) {
                            const auto step = refusals_.at("string_match");
                            match.value = string_match(matcher);
                          }},
               from.value);
    return match;
  }

  ClaimMatch claim_match(const envoy::MetadataMatcher& from) {
    ClaimMatch match;
    match.invert = from.invert;
    if (from.filter.empty()) return match;
    match.value = string_match(from.value);
    if (from.filter == envoy::kTokenFilter && from.path.size() > 1 && from.path.front() == envoy::kTokenPayload)
      match.path.assign(from.path.begin() + 1, from.path.end());
    return match;
  }

  QueryMatch query_match(const envoy::QueryMatcher& from) {
    QueryMatch match;
    match.name = from.name;
    if (match.name.empty()) refusals_.refuse("a query parameter matcher without a name is refused");
    if (const auto* present = std::get_if<envoy::Present>(&from.value)) {
      match.present = present->present;
    } else {
      match.is_present = false;
      match.value = string_match(std::get<envoy::StringMatcher>(from.value));
    }
    return match;
  }

  HeaderOperations operations(const std::vector<envoy::HeaderValueOption>& add, const char* add_name,
                              const std::vector<std::string>& remove, const char* remove_name, bool of_a_weight) {
    HeaderOperations operations;
    for (const std::string& name : remove) {
      const auto step = refusals_.at(remove_name, operations.remove.size());
      if (!of_a_weight && name.empty()) refusals_.refuse("the name of a header to remove is empty");
      operations.remove.push_back(lower(name));
      if (protected_header(operations.remove.back())) refusals_.refuse(":-prefixed or host headers may not be removed");
    }
    for (const envoy::HeaderValueOption& option : add) {
      const auto step = refusals_.at(add_name, operations.add.size());
      HeaderAdd& operation = operations.add.emplace_back();
      operation.name = lower(option.key);
      if (operation.name.empty()) refusals_.refuse("a header to add without a key is refused");
      if (protected_header(operation.name)) refusals_.refuse(":-prefixed or host headers may not be modified");
      const auto breaks = [](char c) { return c == '\n' || c == '\r' || c == '\0'; };
      if (std::any_of(option.value.begin(), option.value.end(), breaks) ||
          std::any_of(operation.name.begin(), operation.name.end(), breaks))
        refusals_.refuse("the value of header " + operation.name + " has a line break");
      operation.value = format(option.value);
      operation.keep_empty = option.keep_empty_value;
      operation.action = static_cast<HeaderAdd::Action>(option.append_action);
    }
    return operations;
  }

  Cors cors(const envoy::Cors& from) {
    Cors cors;
    for (const envoy::StringMatcher& origin : from.allow_origin_string_match) cors.origins.push_back(string_match(origin));
    cors.allow_methods = from.allow_methods;
    cors.allow_headers = from.allow_headers;
    cors.max_age = from.max_age;
    cors.expose_headers = from.expose_headers;
    cors.credentials = from.allow_credentials;
    cors.forward_not_matching = from.forward_not_matching_preflights;
    cors.enabled = !from.filter_enabled || from.filter_enabled->numerator > 0;
    return cors;
  }

  Fault fault(const envoy::Fault& from) {
    Fault fault;
    if (from.abort) {
      fault.abort = fraction_of(from.abort->percentage.value_or(envoy::Fraction{}));
      fault.http_status = from.abort->http_status.value_or(0);
      fault.grpc_status = from.abort->grpc_status;
      if (!fault.grpc_status && (fault.http_status < 200 || fault.http_status >= 600))
        refusals_.refuse("Abort / HttpStatus: value must be inside range [200, 600)");
    }
    if (from.delay) fault.delay = fraction_of(from.delay->percentage.value_or(envoy::Fraction{}));
    for (const envoy::HeaderMatcher& header : from.headers) fault.headers.push_back(header_match(header));
    return fault;
  }

  PathRewrite path_rewrite(const envoy::PathRewrite& from) {
    PathRewrite rewrite;
    if (!from.path_rewrite.empty()) rewrite.format = format(from.path_rewrite);
    rewrite.prefix = from.prefix_rewrite;
    if (from.regex_rewrite) {
      if (!rewrite.prefix.empty()) refusals_.refuse("Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy");
      const auto step = refusals_.at("regex_rewrite.pattern");
      rewrite.regex = regex(from.regex_rewrite->pattern);
      rewrite.substitution = from.regex_rewrite->substitution;
    }
    return rewrite;
  }

  void path(const envoy::PathMatcher& from, Route& route) {
    using From = envoy::PathMatcher::Kind;
    using Kind = Route::PathKind;
    route.path = route.case_sensitive ? from.value : lower(from.value);  // envoy.md 12
    switch (from.kind) {
      case From::none:
        refusals_.refuse("a match without a path specifier is refused");
        break;
      case From::other:
        refusals_.refuse("Envoy takes `" + from.value + "`, but meshroute cannot evaluate it");
        break;
      case From::uri_template: {
        const auto step = refusals_.at("path_match_policy.typed_config");
        route.path_kind = Kind::path_template;
        auto pattern = match::read_path_template(from.value);
        if (!pattern) refusals_.refuse(pattern.error().message);
        if (pattern) route.path = std::move(*pattern);  // in any case that case_sensitive says: letters count as they are
        break;
      }
      case From::prefix:
        route.path_kind = Kind::prefix;
        break;
      case From::path:
        route.path_kind = Kind::exact;
        break;
      case From::path_separated_prefix:
        route.path_kind = Kind::separated_prefix;
        if (from.value.size() < 2 || from.value.ends_with('/') || from.value.find_first_of("?#") != std::string::npos)
          refusals_.refuse("path_separated_prefix has two characters at least, no ? nor #, and no / at its end");
        break;
      case From::safe_regex: {
        route.path_kind = Kind::regex;
        route.path.clear();
        const auto step = refusals_.at("safe_regex");
        route.path_regex = regex(from.value);
        break;
      }
    }
  }

  void match(const envoy::RouteMatch& from, Route& route) {
    const auto step = refusals_.at("match");
    route.case_sensitive = from.case_sensitive.value_or(true);
    path(from.path, route);
    for (const envoy::HeaderMatcher& header : from.headers) {
      const auto inside = refusals_.at("headers", route.headers.size());
      route.headers.push_back(header_match(header));
    }
    for (const envoy::QueryMatcher& parameter : from.query_parameters) {
      const auto inside = refusals_.at("query_parameters", route.query.size());
      route.query.push_back(query_match(parameter));
    }
    route.grpc = from.grpc;
    for (const envoy::MetadataMatcher& metadata : from.dynamic_metadata) {
      const auto inside = refusals_.at("dynamic_metadata", route.claims.size());
      route.claims.push_back(claim_match(metadata));
    }
    if (from.runtime_fraction) route.fraction = fraction_of(*from.runtime_fraction);
  }

  void weighted(const std::vector<envoy::ClusterWeight>& from, Route& route) {
    route.weighted = true;
    std::uint64_t total = 0;
    for (const envoy::ClusterWeight& cluster : from) {
      const auto step = refusals_.at("weighted_clusters.clusters", route.destinations.size());
      if (cluster.name.empty() && cluster.cluster_header.empty())
        refusals_.refuse("At least one of name or cluster_header need to be specified");
      Destination& destination = route.destinations.emplace_back();
      destination.name = cluster.name;
      destination.weight = cluster.weight;
      destination.host_rewrite = cluster.host_rewrite_literal;
      destination.mutations = mutations(cluster.mutations, true);
      destination.filters = filters(cluster.filters);
      total += destination.weight;
    }
    if (route.destinations.empty()) return refusals_.refuse("weighted_clusters without clusters is refused");
    if (total == 0) refusals_.refuse("Sum of weights in the weighted_cluster must be greater than 0.");
    if (total > 0xFFFFFFFFU)
      refusals_.refuse("The sum of weights of all weighted clusters of route " + route.name + " exceeds 4294967295");
  }

  void action(const envoy::Forward& from, Route& route) {
    const auto step = refusals_.at("route");
    if (from.weighted_clusters) {
      weighted(*from.weighted_clusters, route);
    } else {
      route.destinations.emplace_back().name = from.cluster;
      route.cluster_header = lower(from.cluster_header);
      if (from.cluster.empty() && from.cluster_header.empty()) refusals_.refuse("a route action without a cluster is refused");
    }
    route.rewrite = path_rewrite(from.path_rewrite);
    route.host_rewrite = from.host_rewrite.literal;
    route.host_rewrite_header = lower(from.host_rewrite.header);
    if (from.host_rewrite.path_regex) {
      const auto inside = refusals_.at("host_rewrite_path_regex.pattern");
      route.host_rewrite_regex = regex(from.host_rewrite.path_regex->pattern);
      route.host_rewrite_substitution = from.host_rewrite.path_regex->substitution;
    }
    route.append_forwarded_host = from.append_x_forwarded_host;
    if (from.timeout) route.timeout = envoy::shown(*from.timeout);
    if (from.max_grpc_timeout)
      route.max_grpc_timeout_ms = from.max_grpc_timeout->seconds * 1000 + from.max_grpc_timeout->nanos / 1'000'000;
    if (from.retry_policy && from.retry_policy->per_try_timeout) {
      const auto& each = *from.retry_policy->per_try_timeout;
      route.per_try_timeout_ms = each.seconds * 1000 + each.nanos / 1'000'000;
    }
    route.retries = retries_of(from.retry_policy);
    route.mirrors = mirrors(from.request_mirror_policies);
    if (from.cors && !route.filters.cors) route.filters.cors = cors(*from.cors);
  }

  void action(const envoy::Redirect& from, Route& route) {
    static constexpr std::uint32_t kStatus[] = {301, 302, 303, 307, 308};
    const auto step = refusals_.at("redirect");
    Redirect& redirect = route.redirect.emplace();
    redirect.text = envoy::protojson(from);
    redirect.scheme = from.https_redirect ? "https" : from.scheme_redirect;
    redirect.host = from.host_redirect;
    redirect.path = from.path_redirect.value_or("");
    redirect.port = from.port_redirect;
    redirect.strip_query = from.strip_query;
    redirect.rewrite = path_rewrite(from.path_rewrite);
    redirect.status = kStatus[static_cast<std::size_t>(from.response_code)];
  }

  void action(const envoy::DirectResponse& from, Route& route) {
    const auto step = refusals_.at("direct_response");
    if (from.status < 200 || from.status > 599) refusals_.refuse("DirectResponse.Status: value must be inside range [200, 600)");
    route.direct_status = from.status;
    if (const auto* text = std::get_if<envoy::DirectResponse::Text>(&from.body)) route.direct_text = text->text;
    if (const auto* bytes = std::get_if<envoy::DirectResponse::Bytes>(&from.body)) route.direct_text = bytes->bytes;
    route.direct_body = !route.direct_text.empty();
  }

  Route route(const envoy::Route& from) {
    Route route;
    route.name = from.name;
    route.config = from.config;
    if (from.origin) {
      route.resource = from.origin->resource;
      route.resource_path = from.origin->path;
    }
    route.mutations = mutations(from.mutations);
    route.filters = filters(from.filters);
    match(from.match, route);
    std::visit(Overloaded{[&](const std::monostate&) { refusals_.refuse("a route without an action is refused"); },
                          [](const envoy::NonForwardingAction&) {}, [&](const auto& each) { action(each, route); }},
               from.action);
    return route;
  }

  Refusals& refusals_;
};

/// envoy.md 7.
void add_domain(Table& table, const std::string& domain, std::size_t host, Refusals& refusals) {
  const std::string name = lower(domain);
  bool added = true;
  if (name == "*") {
    if (table.any) refusals.refuse("Only a single wildcard domain is permitted");
    table.any = host;
  } else if (name.starts_with('*')) {
    added = table.suffixes.add(name.substr(1), host);
  } else if (name.ends_with('*')) {
    added = table.prefixes.add(name.substr(0, name.size() - 1), host);
  } else {
    added = table.exact.emplace(name, host).second;
  }
  if (!added) refusals.refuse("Only unique values for domains are permitted. Duplicate entry of domain " + name);
}

}  // namespace

CompiledHost compile(const envoy::VirtualHost& host, std::size_t most_direct_response_body) {
  Refusals refusals;
  CompiledHost compiled{Compiler(refusals).virtual_host(host, most_direct_response_body), {}};
  compiled.refusals = refusals.take();
  return compiled;
}

CompiledTable compile(const envoy::RouteConfiguration& configuration) {
  constexpr std::uint32_t kEnvoysLimit = 4096;
  Refusals refusals;
  Compiler compiler(refusals);
  auto table = std::make_shared<Table>();
  table->name = configuration.name;
  table->ignore_port = configuration.ignore_port_in_host_matching;
  table->most_specific_wins = configuration.most_specific_header_mutations_wins;
  table->mutations = compiler.mutations(configuration.mutations);
  table->filters = compiler.filters(configuration.filters);
  table->mirrors = compiler.mirrors(configuration.request_mirror_policies);
  const std::size_t limit = configuration.max_direct_response_body_size_bytes.value_or(kEnvoysLimit);
  for (const envoy::VirtualHost& host : configuration.virtual_hosts) {
    const std::size_t index = table->hosts.size();
    const auto step = refusals.at("virtual_hosts", index);
    table->hosts.push_back(compiler.virtual_host(host, limit));
    for (std::size_t i = 0; i < host.domains.size(); ++i) {
      const auto inside = refusals.at("domains", i);
      add_domain(*table, host.domains[i], index, refusals);
    }
  }
  return {std::move(table), refusals.take()};
}

}  // namespace meshroute::routes
