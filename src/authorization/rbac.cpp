// SPDX-License-Identifier: Apache-2.0
// Compiled policies as Envoy's RBAC messages.
#include "authorization/rbac.hpp"

#include <algorithm>

namespace meshroute::authorization {

namespace {

using Json = text::Json;

constexpr const char* kTokens = "envoy.filters.http.jwt_authn";

/// Go's regexp.QuoteMeta, but for `*`, which stands for `any`.
std::string escaped(std::string_view text, std::string_view any = "\\*") {
  std::string result;
  for (const char c : text) {
    if (c == '*') {
      result += any;
      continue;
    }
    if (std::string_view("\\.+?()|[]{}^$").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

Json regex(std::string pattern) { return {{"safeRegex", {{"regex", std::move(pattern)}}}}; }

/// A StringMatcher.
Json string_match(const Text& text, const std::string& before = {}) {
  switch (text.how) {
    case Comparison::exact:
      return {{"exact", before + text.text}};
    case Comparison::prefix:
      return {{"prefix", before + text.text}};
    case Comparison::suffix:
      return before.empty() ? Json{{"suffix", text.text}} : regex(before + ".*" + escaped(text.text));
    default:
      return regex(".+");
  }
}

Json header_match(const std::string& name, const Text& text, bool any_case = false) {
  if (text.how == Comparison::present) return {{"name", name}, {"presentMatch", true}};
  Json match = string_match(text);
  if (any_case) match["ignoreCase"] = true;
  return {{"name", name}, {"stringMatch", std::move(match)}};
}

Json range(const match::Cidr& cidr) { return {{"addressPrefix", cidr.address.to_string()}, {"prefixLen", cidr.bits}}; }

Json authenticated(Json name) { return {{"authenticated", {{"principalName", std::move(name)}}}}; }

Json or_matcher(Json matchers) {
  if (matchers.size() == 1) return matchers.front();
  return {{"orMatch", {{"valueMatchers", std::move(matchers)}}}};
}

Json metadata(const std::string& filter, const std::vector<std::string>& names, Json value) {
  Json path = Json::array();
  for (const std::string& name : names) path.push_back({{"key", name}});
  return {{"metadata", {{"filter", filter}, {"path", std::move(path)}, {"value", std::move(value)}}}};
}

std::vector<std::string> of_payload(const std::vector<std::string>& names) {
  std::vector<std::string> path{"payload"};
  path.insert(path.end(), names.begin(), names.end());
  return path;
}

Json in_list(Json matcher) { return {{"listMatch", {{"oneOf", std::move(matcher)}}}}; }

/// One value of a condition as a Permission or Principal.
Json value_json(const Condition& condition, const Value& value) {
  switch (condition.attribute) {
    case Attribute::host:
      return {{"header", header_match(":authority", value.text, true)}};
    case Attribute::method:
      return {{"header", header_match(":method", value.text)}};
    case Attribute::path:
      if (value.text.how != Comparison::path_template) return {{"urlPath", {{"path", string_match(value.text)}}}};
      return {{"uriTemplate",
               {{"name", "uri-template"},
                {"typedConfig",
                 {{"@type", "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig"},
                  {"pathTemplate", value.text.text}}}}}};
    case Attribute::destination_port:
      return {{"destinationPort", value.port}};
    case Attribute::destination_ip:
      return {{"destinationIp", range(value.range)}};
    case Attribute::server_name:
      return {{"requestedServerName", string_match(value.text)}};
    case Attribute::principal:
      return authenticated(string_match(value.text, "spiffe://"));
    case Attribute::namespace_:
      return authenticated(regex(".*/ns/" + escaped(value.given, ".*") + "/.*"));
    case Attribute::service_account:
      return authenticated(
          regex("spiffe://.+/ns/" + escaped(value.text.text) + "/(.+/|)sa/" + escaped(value.subject.text) + "(/.+)?"));
    case Attribute::trust_domain:
      if (value.text.how == Comparison::present) return authenticated({{"prefix", "spiffe://"}});
      if (value.text.how == Comparison::exact) return authenticated({{"prefix", "spiffe://" + value.text.text + "/"}});
      return authenticated(regex("spiffe://" + escaped(value.given, "[^/]*") + "/.*"));
    case Attribute::remote_ip:
      return {{"remoteIp", range(value.range)}};
    case Attribute::source_ip:
      return {{"directRemoteIp", range(value.range)}};
    case Attribute::header:
      return {{"header", header_match(condition.name, value.text)}};
    case Attribute::request_principal: {
      const auto claim = [](const char* name, const Text& text) {
        return metadata(kTokens, {"payload", name}, {{"stringMatch", string_match(text)}});
      };
      return {{"andIds", {{"ids", {claim("iss", value.text), claim("sub", value.subject)}}}}};
    }
    case Attribute::claim:
    case Attribute::filter_metadata:
      break;
  }
  return Json::object();
}

/// The values of a condition, any of which will do.
Json condition_json(const Condition& condition) {
  const bool permission = is_permission(condition.attribute);
  Json values = Json::array();
  if (condition.attribute == Attribute::claim) {  // one matcher holds them all
    for (const Value& value : condition.values) values.push_back({{"stringMatch", string_match(value.text)}});
    const Json any = or_matcher(values);
    return metadata(kTokens, of_payload(condition.names), or_matcher(Json::array({in_list(any), any})));
  }
  if (condition.attribute == Attribute::filter_metadata) {
    for (const Value& value : condition.values) {
      Json matcher{{"stringMatch", string_match(value.text)}};
      values.push_back(value.in_list ? in_list(std::move(matcher)) : std::move(matcher));
    }
    return metadata(condition.name, condition.names, or_matcher(std::move(values)));
  }
  if (condition.written.empty()) {
    for (const Value& value : condition.values) values.push_back(value_json(condition, value));
  } else {
    for (const std::uint32_t place : condition.written) values.push_back(value_json(condition, condition.values[place]));
  }
  if (condition.attribute == Attribute::request_principal && values.size() == 1) return values.front();
  return permission ? Json{{"orRules", {{"rules", std::move(values)}}}} : Json{{"orIds", {{"ids", std::move(values)}}}};
}

/// The branch and the conditions under `when` that are of its kind, all needed.
Json all_of(const std::vector<Condition>* branch, const Rule& rule, bool permission) {
  Json all = Json::array();
  const auto add = [&](const Condition& condition) {
    if (is_permission(condition.attribute) != permission) return;
    Json json = condition_json(condition);
    if (condition.negated) json = Json{{permission ? "notRule" : "notId", std::move(json)}};
    all.push_back(std::move(json));
  };
  if (branch != nullptr) std::for_each(branch->begin(), branch->end(), add);
  std::for_each(rule.when.begin(), rule.when.end(), add);
  if (all.empty()) all.push_back({{"any", true}});
  return permission ? Json{{"andRules", {{"rules", std::move(all)}}}} : Json{{"andIds", {{"ids", std::move(all)}}}};
}

Json side_json(const std::vector<Branch>& branches, const Rule& rule, bool permission) {
  Json list = Json::array();
  for (const Branch& branch : branches) list.push_back(all_of(&branch.conditions, rule, permission));
  if (branches.empty()) list.push_back(all_of(nullptr, rule, permission));
  return list;
}

Json rules_json(const RuleSet& rules, std::string_view suffix) {
  Json json = Json::object();
  for (const Rule* rule : rules.rules()) json[rule->name + std::string(suffix)] = rbac_policy(*rule);
  return json;
}

void put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}
void put(Json& json, const char* key, const std::vector<std::string>& values) {
  if (!values.empty()) json[key] = values;
}

}  // namespace

std::string_view text_of(Action action) {
  switch (action) {
    case Action::DENY:
      return "DENY";
    case Action::AUDIT:
      return "AUDIT";
    case Action::CUSTOM:
      return "CUSTOM";
    default:
      return "ALLOW";
  }
}

text::Json rbac_policy(const Rule& rule) {
  if (rule.never) {
    const Json any{{"any", true}};
    return {{"permissions", Json::array({Json{{"notRule", any}}})}, {"principals", Json::array({Json{{"notId", any}}})}};
  }
  return {{"permissions", side_json(rule.to, rule, true)}, {"principals", side_json(rule.from, rule, false)}};
}

text::Json filters_json(const std::vector<Filter>& filters, bool http) {
  Json list = Json::array();
  for (const Filter& filter : filters) {
    Json json = Json::object();
    switch (filter.kind) {
      case Filter::Kind::rbac:
        json = {{"filter", "rbac"}, {"action", text_of(filter.action)}};
        if (filter.rules != nullptr) json["rules"] = rules_json(*filter.rules, filter.suffix);
        if (filter.shadow_rules != nullptr) json["shadow_rules"] = rules_json(*filter.shadow_rules, {});
        break;
      case Filter::Kind::ext_authz:
        json = {{"filter", "ext_authz"}, {"provider", filter.provider->name}};
        if (filter.provider->fail_open) json["fail_open"] = true;
        if (http && filter.provider->status_on_error != 0) json["status_on_error"] = filter.provider->status_on_error;
        put(json, "cluster", filter.provider->cluster);
        put(json, "path_prefix", filter.provider->path_prefix);
        break;
      case Filter::Kind::jwt_authn:
        json = {{"filter", "jwt_authn"}};
        break;
    }
    list.push_back(std::move(json));
  }
  return list;
}

text::Json token_rules_json(const std::vector<TokenRule>& rules) {
  Json list = Json::array();
  for (const TokenRule& rule : rules) {
    const model::JWTRule& spec = *rule.spec;
    Json json{{"issuer", spec.issuer}};
    put(json, "audiences", spec.audiences);
    for (const auto& header : spec.from_headers) {
      Json location{{"name", header.name}};
      put(location, "prefix", header.prefix);
      json["from_headers"].push_back(std::move(location));
    }
    put(json, "from_params", spec.from_params);
    put(json, "from_cookies", spec.from_cookies);
    if (spec.forward_original_token) json["forward"] = true;
    put(json, "payload_to_header", spec.output_payload_to_header);
    for (const auto& output : spec.output_claim_to_headers)
      json["claims_to_headers"].push_back({{"header", output.header}, {"claim", output.claim}});
    put(json, "space_delimited_claims", rule.delimited);
    put(json, "jwks", spec.jwks);
    put(json, "jwks_uri", spec.jwks_uri);
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace meshroute::authorization
