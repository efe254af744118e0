// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of AuthorizationPolicy.

#include <algorithm>
#include <initializer_list>

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

using model::AuthorizationPolicy;
using Action = AuthorizationPolicy::Action;
using Values = std::vector<std::string>;

Problem empty_problem(const Values& values) {
  if (std::find(values.begin(), values.end(), "") == values.end()) return {};
  return "empty value not allowed";
}

Problem wildcard_problem(const Values& values) {
  if (Problem problem = empty_problem(values); !problem.empty()) return problem;
  for (const std::string& value : values) {
    const auto stars = std::count(value.begin(), value.end(), '*');
    if (stars > 1) return "at most one wildcard is allowed, found " + quote(value);
    if (stars == 1 && value.front() != '*' && value.back() != '*') {
      return "wildcard is only allowed at the start or end, found " + quote(value);
    }
  }
  return {};
}

Problem trust_domain_problem(const Values& values) {
  if (Problem problem = wildcard_problem(values); !problem.empty()) return problem;
  for (const std::string& value : values) {
    if (value.find('/') != std::string::npos) return "trust domain must not contain '/', found " + quote(value);
  }
  return {};
}

Problem service_account_problem(const Values& values) {
  if (values.size() > 16) return "may not have more than 16 values";
  for (const std::string& value : values) {
    if (value.empty()) return "empty value not allowed";
    if (value.find('*') != std::string::npos) return "wildcard not allowed";
    if (value.size() > 320) return "value cannot exceed 320 characters";
    if (std::count(value.begin(), value.end(), '/') > 1 || value.front() == '/' || value.back() == '/') {
      return "expected format 'serviceAccount' or 'namespace/serviceAccount', found " + quote(value);
    }
  }
  return {};
}

Problem address_problem(const Values& values) {
  for (const std::string& value : values) {
    if (value.find('/') != std::string::npos ? !match::parse_cidr(value) : !match::is_ip(value)) {
      return "bad IP address or CIDR range (" + value + ")";
    }
  }
  return {};
}

Problem port_problem(const Values& values) {
  for (const std::string& value : values) {
    const auto number = match::parse_go_integer(value);
    if (!number || value.front() == '+' || value.front() == '-' || *number > 65535) return "bad port (" + value + ")";
  }
  return {};
}

bool is_path_literal(std::string_view text) {
  static constexpr std::string_view kMarks = "-._~%!$&'()+,;:@=";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != std::string_view::npos;
  });
}

Problem path_problem(const Values& values) {
  for (const std::string& value : values) {
    const bool is_template = value.find("{*}") != std::string::npos || value.find("{**}") != std::string::npos;
    std::string_view path = value;
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    bool ended = false;
    for (const std::string_view part : split(path, '/')) {
      if (part == "{*}" || part == "{**}") {
        if (ended) return "invalid or unsupported path " + value + ": {**} is not the last operator";
        ended = part == "{**}";
        continue;
      }
      if (part.find_first_of("{}") != std::string_view::npos) {
        return "invalid or unsupported path " + value + ": contains '{' or '}' beyond a supported path template";
      }
      if (is_template && !is_path_literal(part)) {
        return "invalid or unsupported path " + value + ": a segment is no valid string literal";
      }
    }
  }
  return {};
}

Problem key_problem(std::string_view key) {
  const std::size_t open = key.find('[');
  if (key.ends_with(']') && open != std::string_view::npos && open > 0 && open + 2 < key.size()) return {};
  return "bad key (" + std::string(key) + "): should have format a[b]";
}

Problem attribute_problem(std::string_view key, const Values& values) {
  if (Problem problem = empty_problem(values); !problem.empty()) return problem;
  if (key.starts_with("request.headers") || key.starts_with("request.auth.claims") ||
      key.starts_with("experimental.envoy.filters.")) {
    return key_problem(key);
  }
  if (key == "source.ip" || key == "remote.ip" || key == "destination.ip") return address_problem(values);
  if (key == "source.serviceAccount") return service_account_problem(values);
  if (key == "source.trustDomain") return wildcard_problem(values);
  if (key == "destination.port") return port_problem(values);
  if (key == "source.namespace" || key == "source.principal" || key == "request.auth.principal" ||
      key == "request.auth.audiences" || key == "request.auth.presenter" || key == "connection.sni") {
    return {};
  }
  return "unknown or unsupported attribute: " + std::string(key);
}

bool any(std::initializer_list<const Values*> lists) {
  return std::any_of(lists.begin(), lists.end(), [](const Values* values) { return !values->empty(); });
}

void check_custom(Walk& walk, const model::Rule& rule) {
  for (const auto& from : rule.from) {
    if (!from.source) continue;
    const model::Source& source = *from.source;
    if (any({&source.namespaces, &source.not_namespaces, &source.service_accounts, &source.not_service_accounts,
             &source.trust_domains, &source.not_trust_domains, &source.principals, &source.not_principals,
             &source.request_principals, &source.not_request_principals})) {
      walk.error("AP0103", "a source of identities is currently not supported with CUSTOM action");
    }
  }
  for (const auto& when : rule.when) {
    if (when.key == "source.namespace" || when.key == "source.serviceAccount" || when.key == "source.trustDomain" ||
        when.key == "source.principal" || when.key.starts_with("request.auth.")) {
      walk.error("AP0103", when.key + " is currently not supported with CUSTOM action");
    }
  }
}

void check_source(Walk& walk, const model::Source& source) {
  const bool tcp_identities = any({&source.principals, &source.not_principals, &source.namespaces, &source.not_namespaces});
  const bool accounts = any({&source.service_accounts, &source.not_service_accounts});
  const bool addresses = any({&source.ip_blocks, &source.not_ip_blocks, &source.remote_ip_blocks, &source.not_remote_ip_blocks});
  if (tcp_identities && accounts) walk.error("AP0105", "cannot set serviceAccounts with namespaces or principals");
  if (!tcp_identities && !accounts && !addresses &&
      !any({&source.request_principals, &source.not_request_principals, &source.trust_domains, &source.not_trust_domains})) {
    walk.error("AP0105", "`from.source` must not be empty");
  }
  for (const Values* values :
       {&source.ip_blocks, &source.not_ip_blocks, &source.remote_ip_blocks, &source.not_remote_ip_blocks}) {
    walk.check("KX0104", address_problem(*values));
  }
  for (const Values* values : {&source.principals, &source.not_principals, &source.request_principals,
                               &source.not_request_principals, &source.namespaces, &source.not_namespaces}) {
    walk.check("AP0106", empty_problem(*values));
  }
  for (const Values* values : {&source.service_accounts, &source.not_service_accounts}) {
    walk.check("AP0106", service_account_problem(*values));
  }
  for (const Values* values : {&source.trust_domains, &source.not_trust_domains}) {
    walk.check("AP0106", trust_domain_problem(*values));
  }
}

void check_operation(Walk& walk, const model::Operation& operation) {
  const auto all = {&operation.ports, &operation.not_ports, &operation.methods, &operation.not_methods,
                    &operation.paths, &operation.not_paths, &operation.hosts,   &operation.not_hosts};
  if (!any(all)) walk.error("AP0105", "`to.operation` must not be empty");
  walk.check("KX0101", port_problem(operation.ports));
  walk.check("KX0101", port_problem(operation.not_ports));
  for (const Values* values : all) walk.check("AP0106", empty_problem(*values));
  walk.check("AP0107", path_problem(operation.paths));
  walk.check("AP0107", path_problem(operation.not_paths));
}

void check_rule(Walk& walk, const AuthorizationPolicy& policy, const model::Rule& rule) {
  bool has_from = false, has_to = false, tcp_from = false, tcp_to = false;
  for (std::size_t i = 0; i < rule.from.size(); ++i) {
    const Walk::Step step(walk, "from", i);
    if (!rule.from[i].source) {
      walk.error("AP0105", "`from.source` must not be nil");
      continue;
    }
    const model::Source& source = *rule.from[i].source;
    has_from = true;
    check_source(walk, source);
    tcp_from = tcp_from || any({&source.principals, &source.not_principals, &source.ip_blocks, &source.not_ip_blocks,
                                &source.namespaces, &source.not_namespaces, &source.remote_ip_blocks,
                                &source.not_remote_ip_blocks, &source.service_accounts, &source.not_service_accounts});
  }
  for (std::size_t i = 0; i < rule.to.size(); ++i) {
    const Walk::Step step(walk, "to", i);
    if (!rule.to[i].operation) {
      walk.error("AP0105", "`to.operation` must not be nil");
      continue;
    }
    has_to = true;
    check_operation(walk, *rule.to[i].operation);
    tcp_to = tcp_to || any({&rule.to[i].operation->ports, &rule.to[i].operation->not_ports});
  }
  for (std::size_t i = 0; i < rule.when.size(); ++i) {
    const model::Condition& when = rule.when[i];
    const Walk::Step step(walk, "when", i);
    if (when.key.empty()) {
      walk.error_at("key", "AP0108", "`key` must not be empty");
    } else if (when.values.empty() && when.not_values.empty()) {
      walk.error("AP0108", "at least one of `values` or `notValues` must be set for key " + when.key);
    } else {
      walk.check("AP0108", attribute_problem(when.key, when.values));
      walk.check("AP0108", attribute_problem(when.key, when.not_values));
    }
  }
  if (policy.action == Action::DENY && ((has_from && !has_to && !tcp_from) || (has_to && !tcp_to))) {
    walk.warn("AP0109",
              "configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP "
              "attributes in a DENY rule; it is recommended to explicitly specify the port");
  }
}

}  // namespace

void validate_authorization_policy(Walk& walk, const AuthorizationPolicy& policy) {
  check_policy_targets(walk, policy.selector, policy.target_ref, policy.target_refs);
  if (policy.action == Action::CUSTOM) {
    if (policy.rules.empty()) {
      walk.error("AP0101", "CUSTOM action without `rules` is meaningless as it will never be triggered");
    } else if (!policy.provider || policy.provider->name.empty()) {
      walk.error("AP0102", "`provider.name` must not be empty");
    }
    for (const auto& rule : policy.rules) check_custom(walk, rule);
  } else if (policy.provider) {
    walk.error("AP0102", "`provider` must not be with non CUSTOM action");
  }
  if (policy.action == Action::DENY && policy.rules.empty()) {
    walk.error("AP0101", "DENY action without `rules` is meaningless as it will never be triggered");
  }
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const Walk::Step step(walk, "rules", i);
    check_rule(walk, policy, policy.rules[i]);
  }
}

}  // namespace meshroute::admission
