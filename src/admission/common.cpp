// SPDX-License-Identifier: Apache-2.0
// Checks that the webhook makes of several kinds: hosts, labels, ports, exportTo.

#include "admission/common.hpp"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "match/plain_regex.hpp"

namespace meshroute::admission {
namespace {

constexpr std::size_t kLabelLength = 63;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// [a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?
bool is_label_text(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || is_alphanumeric(c); });
}

// (?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]
bool is_qualified_name(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || c == '_' || c == '.' || is_alphanumeric(c); });
}

Problem check_label_key(std::string_view key) {
  std::string_view name = key;
  if (const std::size_t slash = key.find('/'); slash != std::string_view::npos) {
    const std::string_view prefix = key.substr(0, slash);
    for (const std::string_view part : split(prefix, '.')) {
      if (!is_label_text(part)) return "invalid tag key: " + quote(key);
    }
    if (prefix.size() > 253) return "invalid tag key: " + quote(key) + " (DNS prefix is too long)";
    name = key.substr(slash + 1);
  }
  if (!is_qualified_name(name)) return "invalid tag key: " + quote(key);
  if (name.size() > kLabelLength) return "invalid tag key: " + quote(key) + " (name is too long)";
  return {};
}

Problem check_name_length(std::string_view name) {
  if (name.size() > 255) return "domain name " + quote(name) + " too long (max 255)";
  if (name.empty()) return "empty domain name not allowed";
  return {};
}

Problem check_dns_labels(std::string_view domain) {
  const std::vector<std::string_view> parts = split(domain, '.');
  if (match::parse_go_integer(parts.back())) {
    return "domain name " + quote(domain) + " invalid (top level domain " + quote(parts.back()) + " cannot be all-numeric)";
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 == parts.size() && parts[i].empty()) return {};
    if (!is_dns_label(parts[i])) return "domain name " + quote(domain) + " invalid (label " + quote(parts[i]) + " invalid)";
  }
  return {};
}

Problem check_visibility(std::string_view value) {
  if (value == "." || value == "*") return {};
  if (value == "~") return "exportTo ~ (none) is not allowed for Istio configuration objects";
  if (!is_dns_label(value)) return "only .,*, or a valid DNS 1123 label is allowed as exportTo entry";
  return {};
}

void check_hostname_part(Walk& walk, std::string_view host, bool gateway) {
  if (host != "*" && host.find('.') == std::string_view::npos) {
    walk.error("KX0103", "short names (non FQDN) are not allowed");
  }
  if (Problem problem = check_wildcard_domain(host); !problem.empty()) {
    if (!gateway || !match::is_ip(host)) walk.error("KX0103", std::move(problem));
  }
  walk.check("KX0122", check_partial_wildcard(host));
}

}  // namespace

void Walk::error(RuleId rule, std::string message, std::string hint) {
  ++errors_;
  findings_->push_back({rule, path_.text(), {}, std::move(message), std::move(hint)});
}

void Walk::warn(RuleId rule, std::string message, std::string hint) {
  if (quiet_ > 0) return;
  findings_->push_back({rule, path_.text(), {}, std::move(message), std::move(hint)});
}

bool Walk::check(RuleId rule, Problem problem) {
  if (problem.empty()) return true;
  error(rule, std::move(problem));
  return false;
}

void Walk::error_at(std::string_view key, RuleId rule, std::string message, std::string hint) {
  const Step step(*this, key);
  error(rule, std::move(message), std::move(hint));
}

void Walk::warn_at(std::string_view key, RuleId rule, std::string message, std::string hint) {
  const Step step(*this, key);
  warn(rule, std::move(message), std::move(hint));
}

bool Walk::check_at(std::string_view key, RuleId rule, Problem problem) {
  return problem.empty() || (error_at(key, rule, std::move(problem)), false);
}

std::string quote(std::string_view text) { return '"' + std::string(text) + '"'; }

bool equal_fold(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_dns_label(std::string_view text) { return text.size() <= kLabelLength && is_label_text(text); }

bool is_wildcard_dns_label(std::string_view text) {
  if (text.size() > kLabelLength) return false;
  if (text == "*") return true;
  if (text.starts_with("*-")) return is_label_text(text.substr(2));
  if (text.starts_with("*")) return is_label_text(text.substr(1));
  return is_label_text(text);
}

Problem check_fqdn(std::string_view name) {
  if (Problem problem = check_name_length(name); !problem.empty()) return problem;
  return check_dns_labels(name);
}

Problem check_wildcard_domain(std::string_view name) {
  if (Problem problem = check_name_length(name); !problem.empty()) return problem;
  const std::size_t dot = name.find('.');
  const std::string_view first = name.substr(0, dot);
  if (!is_wildcard_dns_label(first)) return "domain name " + quote(name) + " invalid (label " + quote(first) + " invalid)";
  return dot == std::string_view::npos ? Problem() : check_dns_labels(name.substr(dot + 1));
}

Problem check_gateway_domain(bool sni, std::string_view name) {
  if (Problem problem = check_name_length(name); !problem.empty()) return problem;
  // The SNI of AUTO_PASSTHROUGH: outbound_.<PORT>_._.<HOSTNAME>
  if (!sni || !name.starts_with("outbound_")) return check_wildcard_domain(name);
  const std::vector<std::string_view> parts = split(name, '_');
  const std::string demand = " should follow outbound_.<PORT>_._.<HOSTNAME> format";
  if (parts.size() < 4) return "domain name " + quote(name) + " invalid," + demand;
  const auto has = [](std::string_view text, auto&& wanted) { return std::any_of(text.begin(), text.end(), wanted); };
  if (!has(parts[1], [](char c) { return c >= '0' && c <= '9'; })) {
    return "domain name " + quote(name) + " invalid (label " + quote(parts[1]) + " invalid)." + demand;
  }
  if (!has(parts[3], [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); })) {
    return "domain name " + quote(name) + " invalid (label " + quote(parts[3]) + " invalid)." + demand;
  }
  return {};
}

Problem check_partial_wildcard(std::string_view host) {
  if (host.find('*') != std::string_view::npos && host.size() != 1 && !host.starts_with("*.")) {
    return "partial wildcard " + quote(host) + " not allowed";
  }
  return {};
}

Problem check_ip_address(std::string_view text) {
  return match::is_ip(text) ? Problem() : std::string(text) + " is not a valid IP";
}

Problem check_ip_subnet(std::string_view text) {
  if (std::count(text.begin(), text.end(), '/') == 1) {
    return match::parse_cidr(text) ? Problem() : std::string(text) + " is not a valid CIDR block";
  }
  return check_ip_address(text);
}

Problem check_unix_address(std::string_view path) {
  if (path.empty()) return "unix address must not be empty";
  if (path.starts_with('@')) return {};
  if (!path.starts_with('/') || path.ends_with('/')) return std::string(path) + " is not an absolute path to a file";
  return {};
}

Problem check_port(std::uint64_t number) {
  if (number >= 1 && number <= 65535) return {};
  return "port number " + std::to_string(number) + " must be in the range 1..65535";
}

Problem check_port_name(std::string_view name) {
  return is_dns_label(name) ? Problem() : "invalid port name: " + std::string(name);
}

Problem check_protocol(std::string_view protocol) {
  // Empty asks for protocol sniffing.
  if (protocol.empty() || parse_protocol(protocol) != Protocol::unsupported) return {};
  return "unsupported protocol: " + std::string(protocol);
}

Problem check_duration(const model::Duration& duration) {
  if (duration.seconds < 0 || duration.nanos < 0 || (duration.seconds == 0 && duration.nanos < 1'000'000)) {
    return "duration must be greater than 1ms";
  }
  if (duration.nanos % 1'000'000 != 0) return "only durations to ms precision are supported";
  return {};
}

Problem check_percent(std::int32_t value) {
  if (value >= 0 && value <= 100) return {};
  return "percentage " + std::to_string(value) + " is not in range 0..100";
}

Problem check_regex(std::string_view expression, std::string_view where) {
  if (expression.size() > 1024) return quote(where) + ": regex is too large, max length allowed is 1024";
  if (match::is_plain_regex(expression)) return {};
  // Go takes (?<name> and refuses \C; RE2 of this age does the reverse.
  std::string dialect;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\' && i + 1 < expression.size()) {
      if (expression[i + 1] == 'C') return quote(where) + ": error parsing regexp: invalid escape sequence: `\\C`";
      dialect.append(expression.substr(i++, 2));
    } else {
      dialect += expression.substr(i).starts_with("(?<") ? (++i, "(?P") : std::string(1, expression[i]);
    }
  }
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(dialect, options);
  if (compiled.ok()) return {};
  return quote(where) + ": error parsing regexp: " + compiled.error() + "; Istio uses RE2 style regex-based match";
}

Problem check_subset_name(std::string_view name) {
  if (name.empty()) return "subset name cannot be empty";
  return is_dns_label(name) ? Problem() : "subset name is invalid: " + std::string(name);
}

void check_labels(Walk& walk, std::string_view key, const Labels& labels) {
  const Walk::Step step(walk, key);
  for (const auto& [name, value] : labels) {
    walk.check("KX0105", check_label_key(name));
    if (!value.empty() && !is_qualified_name(value)) walk.error("KX0105", "invalid tag value: " + quote(value));
  }
}

void check_selector_labels(Walk& walk, const Labels& labels) {
  for (const auto& [name, value] : labels) {
    const std::string pair = quote(name + "=" + value);
    if (name.empty()) walk.error("KX0106", "empty key is not supported in selector: " + pair);
    if (name.find("*") != std::string::npos || value.find('*') != std::string::npos) {
      walk.error("KX0106", "wildcard is not supported in selector: " + pair);
    }
  }
}

void check_selector(Walk& walk, const std::optional<model::type::WorkloadSelector>& selector) {
  if (!selector) return;
  check_selector_labels(walk, selector->match_labels);
  if (selector->match_labels.empty()) walk.warn("KX0107", "workload selector specified without labels");
}

void check_target_reference(Walk& walk, const model::type::PolicyTargetReference& reference) {
  if (reference.name.empty()) walk.error_at("name", "KX0123", "targetRef name must be set");
  if (!reference.namespace_.empty()) {
    walk.error_at("namespace", "KX0123", "targetRef namespace must not be set; cross namespace referencing is not supported");
  }
  const std::string_view group = reference.group.empty() ? std::string_view("core") : std::string_view(reference.group);
  const std::string_view kind = reference.kind;
  const bool allowed = (kind == "Service" && group == "core") || (kind == "ServiceEntry" && group == "networking.istio.io") ||
                       ((kind == "Gateway" || kind == "GatewayClass") && group == "gateway.networking.k8s.io");
  if (!allowed) {
    walk.error("KX0123", "targetRef must be to one of Service, ServiceEntry, Gateway, GatewayClass but was " + reference.group +
                             "/" + reference.kind);
  }
}

void check_policy_targets(Walk& walk, const std::optional<model::type::WorkloadSelector>& selector,
                          const std::optional<model::type::PolicyTargetReference>& reference,
                          const std::vector<model::type::PolicyTargetReference>& references) {
  const int targets = (selector ? 1 : 0) + (reference ? 1 : 0) + (references.empty() ? 0 : 1);
  if (targets > 1) walk.error("KX0124", "only one of targetRefs or workloadSelector can be set");
  {
    const Walk::Step step(walk, "selector");
    check_selector(walk, selector);
  }
  if (reference) {
    const Walk::Step step(walk, "targetRef");
    check_target_reference(walk, *reference);
  }
  for (std::size_t i = 0; i < references.size(); ++i) {
    const Walk::Step step(walk, "targetRefs", i);
    check_target_reference(walk, references[i]);
  }
}

void check_export_to(Walk& walk, std::string_view namespace_, const std::vector<std::string>& export_to, bool service_entry,
                     bool selecting_destination_rule) {
  const Walk::Step step(walk, "exportTo");
  std::set<std::string_view> seen;
  for (const std::string& entry : export_to) {
    const std::string_view key = entry == "." ? namespace_ : std::string_view(entry);
    if (seen.contains(key)) {
      walk.error("KX0108", key != entry ? "duplicate entries in exportTo: . and current namespace " + std::string(namespace_)
                                        : "duplicate entries in exportTo for entry " + entry);
    } else if ((service_entry && entry == "~") || walk.check("KX0108", check_visibility(key))) {
      seen.insert(key);
    }
  }
  if (selecting_destination_rule && !seen.empty()) {
    if (!seen.contains(namespace_)) {
      walk.error("KX0108", "destination rule with workload selector cannot have exportTo beyond current namespace");
    } else if (seen.size() > 1) {
      walk.error("KX0108", "destination rule with workload selector cannot have multiple entries in exportTo");
    }
  }
  if (export_to.size() > 1) {
    if (seen.contains("*")) {
      walk.error("KX0108", "cannot have both public (*) and non-public exportTo values for a resource");
    }
    if (seen.contains("~")) walk.error("KX0108", "cannot export service entry to no one (~) and someone");
  }
}

void check_namespaced_host(Walk& walk, std::string_view host, bool gateway, bool gateway_semantics) {
  const std::size_t slash = host.find('/');
  if (slash == std::string_view::npos) {
    if (gateway) {
      check_hostname_part(walk, host, true);
    } else {
      walk.error("KX0103", "host must be of form namespace/dnsName");
    }
    return;
  }
  const std::string_view space = host.substr(0, slash), name = host.substr(slash + 1);
  if (space.empty() || name.empty()) {
    walk.error("KX0103", "config namespace and dnsName in host entry cannot be empty");
  }
  if (!gateway) {
    const std::string_view plain = space.starts_with('~') ? space.substr(1) : space;
    if (!plain.empty() && plain != "*" && plain != "." && !is_dns_label(plain)) {
      walk.error("KX0103", "invalid namespace value " + quote(space) + " in sidecar");
    }
  } else if (space != "*" && space != "." && (space != "~" || !gateway_semantics) && !is_dns_label(space)) {
    walk.error("KX0103", "invalid namespace value " + quote(space) + " in gateway");
  }
  check_hostname_part(walk, name, gateway);
}

void check_destination(Walk& walk, std::string_view key, const std::optional<model::Destination>& destination) {
  if (!destination) return;
  const Walk::Step step(walk, key);
  {
    const Walk::Step host(walk, "host");
    if (destination->host == "*") {
      walk.error("KX0118", "invalid destination host *");
    } else {
      walk.check("KX0118", check_wildcard_domain(destination->host));
    }
  }
  if (!destination->subset.empty()) {
    const Walk::Step subset(walk, "subset");
    walk.check("KX0118", check_subset_name(destination->subset));
  }
  if (destination->port) {
    const Walk::Step port(walk, "port.number");
    walk.check("KX0101", check_port(destination->port->number));
  }
}

std::string_view own_namespace(const Resource& resource) {
  return resource.identity.namespace_.empty() ? std::string_view("default") : std::string_view(resource.identity.namespace_);
}

}  // namespace meshroute::admission
