#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's authorization policy, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional; the members of a oneof are optional each,
// because a document can set two. Maps are sorted by key.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/selector.hpp"

namespace meshroute::model {

/// `istio.security.v1beta1.Condition`.
struct Condition {
  std::string key = {};
  std::vector<std::string> values = {};
  std::vector<std::string> not_values = {};

  bool operator==(const Condition&) const = default;
};

/// `istio.security.v1beta1.Operation`.
struct Operation {
  std::vector<std::string> hosts = {};
  std::vector<std::string> not_hosts = {};
  std::vector<std::string> ports = {};
  std::vector<std::string> not_ports = {};
  std::vector<std::string> methods = {};
  std::vector<std::string> not_methods = {};
  std::vector<std::string> paths = {};
  std::vector<std::string> not_paths = {};

  bool operator==(const Operation&) const = default;
};

/// `istio.security.v1beta1.Source`.
struct Source {
  std::vector<std::string> principals = {};
  std::vector<std::string> not_principals = {};
  std::vector<std::string> request_principals = {};
  std::vector<std::string> not_request_principals = {};
  std::vector<std::string> namespaces = {};
  std::vector<std::string> not_namespaces = {};
  std::vector<std::string> service_accounts = {};
  std::vector<std::string> not_service_accounts = {};
  std::vector<std::string> ip_blocks = {};
  std::vector<std::string> not_ip_blocks = {};
  std::vector<std::string> remote_ip_blocks = {};
  std::vector<std::string> not_remote_ip_blocks = {};
  std::vector<std::string> trust_domains = {};
  std::vector<std::string> not_trust_domains = {};

  bool operator==(const Source&) const = default;
};

/// `istio.security.v1beta1.Rule`.
struct Rule {
  /// `istio.security.v1beta1.Rule.From`.
  struct From {
    std::optional<Source> source = {};

    bool operator==(const From&) const = default;
  };

  /// `istio.security.v1beta1.Rule.To`.
  struct To {
    std::optional<Operation> operation = {};

    bool operator==(const To&) const = default;
  };

  std::vector<From> from = {};
  std::vector<To> to = {};
  std::vector<Condition> when = {};

  bool operator==(const Rule&) const = default;
};

/// `istio.security.v1beta1.AuthorizationPolicy`.
struct AuthorizationPolicy {
  /// Istio's AuthorizationPolicy.Action (wire values; others are kept as they came).
  enum class Action : std::int32_t {
    ALLOW = 0,
    DENY = 1,
    AUDIT = 2,
    CUSTOM = 3,
  };

  /// `istio.security.v1beta1.AuthorizationPolicy.ExtensionProvider`.
  struct ExtensionProvider {
    std::string name = {};

    bool operator==(const ExtensionProvider&) const = default;
  };

  std::optional<type::WorkloadSelector> selector = {};
  std::optional<type::PolicyTargetReference> target_ref = {};
  std::vector<type::PolicyTargetReference> target_refs = {};
  std::vector<Rule> rules = {};
  Action action = Action::ALLOW;
  /// One of `action_detail`.
  std::optional<ExtensionProvider> provider = {};

  bool operator==(const AuthorizationPolicy&) const = default;
};
}  // namespace meshroute::model
