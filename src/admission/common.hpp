#pragma once

// SPDX-License-Identifier: Apache-2.0
// The checks that several kinds share, and the walk that gathers findings.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admission/webhook.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "match/integer.hpp"
#include "match/protocol.hpp"
#include "text/case.hpp"
#include "text/path.hpp"

namespace meshroute::admission {

/// A verdict as text: empty where the value is fine.
using Problem = std::string;

/// Gathers findings with the path of where it stands.
class Walk {
 public:
  explicit Walk(std::vector<Finding>* findings) : findings_(findings) { path_.push("spec"); }

  /// Extends the path for as long as it lives. The key must live as long; an empty one is the place itself.
  class Step {
   public:
    Step(Walk& walk, std::string_view key) : walk_(walk), depth_(walk.path_.depth()) {
      if (!key.empty()) walk.path_.push(key);
    }
    Step(Walk& walk, std::string_view key, std::size_t index) : Step(walk, key) { walk.path_.push(index); }
    /// The entry `name` of the member `key`.
    Step(Walk& walk, std::string_view key, std::string_view name) : Step(walk, key) { walk.path_.push(name); }
    template <std::same_as<std::string> Text>
    Step(Walk& walk, Text&& key) = delete;  // it would not live
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { walk_.path_.cut(depth_); }

   private:
    Walk& walk_;
    std::size_t depth_;
  };

  /// Istio loses the warnings of some parts; while this lives, none is kept.
  class Quiet {
   public:
    explicit Quiet(Walk& walk) : walk_(walk) { ++walk_.quiet_; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { --walk_.quiet_; }

   private:
    Walk& walk_;
  };

  void error(RuleId rule, std::string message, std::string hint = {});
  void warn(RuleId rule, std::string message, std::string hint = {});
  /// An error where there is a problem; tells whether it was fine.
  bool check(RuleId rule, Problem problem);
  /// The same for the member `key`.
  void error_at(std::string_view key, RuleId rule, std::string message, std::string hint = {});
  void warn_at(std::string_view key, RuleId rule, std::string message, std::string hint = {});
  bool check_at(std::string_view key, RuleId rule, Problem problem);
  /// Where many findings are alike, the last one stands for so many that are not written.
  void stand_for(std::size_t more) { findings_->back().more += static_cast<std::uint32_t>(more); }
  std::size_t errors() const { return errors_; }

 private:
  text::Path path_;
  std::vector<Finding>* findings_;
  std::size_t errors_ = 0;
  int quiet_ = 0;
};

std::string quote(std::string_view text);
using text::lower;
std::vector<std::string_view> split(std::string_view text, char separator);
bool equal_fold(std::string_view a, std::string_view b);

bool is_dns_label(std::string_view text);
bool is_wildcard_dns_label(std::string_view text);
/// Name.Matches and Name.SubsetOf of Istio's host names.

Problem check_fqdn(std::string_view name);
Problem check_wildcard_domain(std::string_view name);
Problem check_gateway_domain(bool sni, std::string_view name);
Problem check_partial_wildcard(std::string_view host);
Problem check_ip_address(std::string_view text);
Problem check_ip_subnet(std::string_view text);
Problem check_unix_address(std::string_view path);
Problem check_port(std::uint64_t number);
Problem check_port_name(std::string_view name);
Problem check_protocol(std::string_view protocol);
Problem check_duration(const model::Duration& duration);
Problem check_percent(std::int32_t value);
Problem check_regex(std::string_view expression, std::string_view where);
Problem check_subset_name(std::string_view name);

using match::is_http;
using match::is_tcp;
using match::is_tls;
using match::parse_protocol;
using match::Protocol;

void check_labels(Walk& walk, std::string_view key, const Labels& labels);
void check_selector_labels(Walk& walk, const Labels& labels);
void check_selector(Walk& walk, const std::optional<model::type::WorkloadSelector>& selector);
void check_target_reference(Walk& walk, const model::type::PolicyTargetReference& reference);
/// The three ways to say where a policy applies, and that only one of them is used.
void check_policy_targets(Walk& walk, const std::optional<model::type::WorkloadSelector>& selector,
                          const std::optional<model::type::PolicyTargetReference>& reference,
                          const std::vector<model::type::PolicyTargetReference>& references);
void check_export_to(Walk& walk, std::string_view namespace_, const std::vector<std::string>& export_to, bool service_entry,
                     bool selecting_destination_rule);
void check_namespaced_host(Walk& walk, std::string_view host, bool gateway, bool gateway_semantics);
void check_destination(Walk& walk, std::string_view key, const std::optional<model::Destination>& destination);
void check_connection_pool(Walk& walk, std::string_view key, const std::optional<model::ConnectionPoolSettings>& settings);
void check_server_tls(Walk& walk, const std::optional<model::ServerTLSSettings>& tls);
void check_workload_entry(Walk& walk, const model::WorkloadEntry& entry, const std::vector<std::string_view>* service_ports,
                          bool allow_fqdn);
std::string_view own_namespace(const Resource& resource);

void validate_service_entry(Walk& walk, const Resource& resource, const model::ServiceEntry& entry);
void validate_workload_entry(Walk& walk, const model::WorkloadEntry& entry);
void validate_virtual_service(Walk& walk, const Resource& resource, const model::VirtualService& service);
void validate_destination_rule(Walk& walk, const Resource& resource, const model::DestinationRule& rule);
void validate_sidecar(Walk& walk, const Resource& resource, const model::Sidecar& sidecar);
void validate_gateway(Walk& walk, const Resource& resource, const model::Gateway& gateway);
void validate_workload_group(Walk& walk, const model::WorkloadGroup& group);
void validate_authorization_policy(Walk& walk, const model::AuthorizationPolicy& policy);
void validate_peer_authentication(Walk& walk, const model::PeerAuthentication& policy);
void validate_request_authentication(Walk& walk, const model::RequestAuthentication& policy);
void validate_telemetry(Walk& walk, const model::Telemetry& telemetry);
void validate_envoy_filter(Walk& walk, const model::EnvoyFilter& filter);
void validate_proxy_config(Walk& walk, const model::ProxyConfig& config);
void validate_wasm_plugin(Walk& walk, const model::WasmPlugin& plugin);

}  // namespace meshroute::admission
