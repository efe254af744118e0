// SPDX-License-Identifier: Apache-2.0
// MeshConfig and MeshNetworks.

#include <algorithm>
#include <cstdlib>

#include "registry/snapshot.hpp"
#include "registry/text.hpp"
#include "text/document.hpp"

namespace meshroute::registry {

namespace {

bool read_object(std::string_view bytes, std::string_view name, text::Json& result, std::string& error) {
  result = text::Json::object();
  const text::Stream stream = text::read(bytes, name, Format::automatic, Limits{});
  for (const text::Document& document : stream.documents) {
    if (!document.readable || !document.errors.empty()) {
      error = std::string(name) + " cannot be read";
      if (!document.errors.empty()) {
        error += ", line " + std::to_string(document.errors.front().position.line) + ": " + document.errors.front().message;
      }
      return false;
    }
    if (document.root.kind == text::Kind::null) continue;
    if (!document.root.is_object()) {
      error = std::string(name) + " must be an object";
      return false;
    }
    result = text::json_of(document.root);
    return true;
  }
  return true;
}

const text::Json* member(const text::Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const text::Json& object, const char* key, const std::string& otherwise) {
  const text::Json* value = member(object, key);
  return value != nullptr && value->is_string() ? value->text() : otherwise;
}

std::vector<std::string> texts_of(const text::Json& object, const char* key, std::vector<std::string> otherwise) {
  const text::Json* value = member(object, key);
  if (value == nullptr || !value->is_array() || value->empty()) return otherwise;
  std::vector<std::string> texts;
  for (const auto& item : *value) {
    if (item.is_string()) texts.push_back(item.text());
  }
  return texts;
}

/// "1.5s" as protojson has it; nothing for another text.
std::optional<model::Duration> duration_of(const text::Json& object, const char* key) {
  const std::string text = text_of(object, key, {});
  if (text.size() < 2 || text.back() != 's') return std::nullopt;
  const std::size_t dot = std::min(text.find('.'), text.size() - 1);
  std::string whole = text.substr(0, dot), part = dot + 1 < text.size() - 1 ? text.substr(dot + 1, text.size() - dot - 2) : "";
  const auto digits = [](const std::string& number) { return number.find_first_not_of("0123456789") == std::string::npos; };
  if (whole.empty() || whole.size() > 12 || part.size() > 9 || !digits(whole) || !digits(part)) return std::nullopt;
  part.resize(9, '0');
  model::Duration duration;
  duration.seconds = std::strtoll(whole.c_str(), nullptr, 10);
  duration.nanos = static_cast<std::int32_t>(std::strtol(part.c_str(), nullptr, 10));
  return duration;
}

std::string duration_text_of(const text::Json& object, const char* key, const std::string& otherwise) {
  const auto duration = duration_of(object, key);
  return duration ? shown(*duration) : text_of(object, key, otherwise);
}

template <class Number>
void take_number(const text::Json& object, const char* key, Number& number) {
  const text::Json* value = member(object, key);
  if (value != nullptr && value->is_number_integer()) number = value->number<Number>();
}

std::optional<bool> flag_of(const text::Json& object, const char* key) {
  const text::Json* value = member(object, key);
  return value != nullptr && value->is_boolean() ? std::optional(value->flag()) : std::nullopt;
}

model::HTTPRetry retry_of(const text::Json& value) {
  model::HTTPRetry retry;
  take_number(value, "attempts", retry.attempts);
  retry.retry_on = text_of(value, "retryOn", {});
  retry.per_try_timeout = duration_of(value, "perTryTimeout");
  retry.backoff = duration_of(value, "backoff");
  retry.retry_remote_localities = flag_of(value, "retryRemoteLocalities");
  retry.retry_ignore_previous_hosts = flag_of(value, "retryIgnorePreviousHosts");
  return retry;
}

model::LocalityLoadBalancerSetting locality_setting(const text::Json& value) {
  model::LocalityLoadBalancerSetting setting;
  setting.enabled = flag_of(value, "enabled");
  if (const auto* failovers = member(value, "failover"); failovers != nullptr && failovers->is_array()) {
    for (const auto& item : *failovers) setting.failover.push_back({text_of(item, "from", ""), text_of(item, "to", "")});
  }
  setting.failover_priority = texts_of(value, "failoverPriority", {});
  if (const auto* shares = member(value, "distribute"); shares != nullptr && shares->is_array()) {
    for (const auto& item : *shares) {
      auto& added = setting.distribute.emplace_back();
      added.from = text_of(item, "from", "");
      if (const auto* to = member(item, "to"); to != nullptr && to->is_object()) {
        for (const auto& [pattern, weight] : to->items()) {
          if (weight.is_number_integer()) added.to[pattern] = weight.number<std::uint32_t>();
        }
      }
    }
  }
  return setting;
}

}  // namespace

bool read_settings(std::string_view mesh_config, std::string_view mesh_networks, const Settings& before, Settings& settings,
                   std::string& error) {
  Settings fresh;
  fresh.vip_mode = before.vip_mode;
  fresh.workloads = before.workloads;
  fresh.threads = before.threads;
  fresh.scope_gateway_to_namespace = before.scope_gateway_to_namespace;
  fresh.filter_gateway_cluster_config = before.filter_gateway_cluster_config;
  settings = std::move(fresh);
  bool good = read_object(mesh_config, "mesh_config", settings.mesh_config, error);
  std::string second;
  if (!read_object(mesh_networks, "mesh_networks", settings.mesh_networks, second)) {
    if (good) error = second;
    good = false;
  }
  const text::Json& config = settings.mesh_config;
  settings.root_namespace = text_of(config, "rootNamespace", settings.root_namespace);
  settings.trust_domain = text_of(config, "trustDomain", settings.trust_domain);
  settings.trust_domain_aliases = texts_of(config, "trustDomainAliases", {});
  settings.connect_timeout = duration_text_of(config, "connectTimeout", settings.connect_timeout);
  settings.dns_refresh_rate = duration_text_of(config, "dnsRefreshRate", settings.dns_refresh_rate);
  if (const auto* keepalive = member(config, "tcpKeepalive"); keepalive != nullptr) {
    model::ConnectionPoolSettings::TCPSettings::TcpKeepalive given;
    take_number(*keepalive, "probes", given.probes);
    given.time = duration_of(*keepalive, "time");
    given.interval = duration_of(*keepalive, "interval");
    settings.tcp_keepalive = given;
  }
  if (const auto* retry = member(config, "defaultHttpRetryPolicy"); retry != nullptr && retry->is_object())
    settings.default_retry = retry_of(*retry);
  settings.h2_upgrade = text_of(config, "h2UpgradePolicy", {}) == "UPGRADE";
  take_number(config, "proxyHttpPort", settings.proxy_http_port);
  if (const auto* path = member(config, "pathNormalization"); path != nullptr)
    settings.path_normalization = text_of(*path, "normalization", "DEFAULT");
  if (const auto* proxy = member(config, "defaultConfig"); proxy != nullptr) {
    if (const auto* topology = member(*proxy, "gatewayTopology"); topology != nullptr) {
      take_number(*topology, "numTrustedProxies", settings.trusted_proxies);
      settings.forward_client_cert = text_of(*topology, "forwardClientCertDetails", {});
    }
  }
  settings.service_export_to = texts_of(config, "defaultServiceExportTo", {"*"});
  settings.virtual_service_export_to = texts_of(config, "defaultVirtualServiceExportTo", {"*"});
  settings.destination_rule_export_to = texts_of(config, "defaultDestinationRuleExportTo", {"*"});
  if (const auto* policy = member(config, "outboundTrafficPolicy"); policy != nullptr) {
    const std::string outbound = text_of(*policy, "mode", "REGISTRY_ONLY");  // the enum's zero
    settings.outbound = outbound == "ALLOW_ANY"               ? Settings::Outbound::allow_any
                        : outbound == "ALLOW_ANY_DYNAMIC_DNS" ? Settings::Outbound::allow_any_dynamic_dns
                        : outbound == "REGISTRY_ONLY"         ? Settings::Outbound::registry_only
                                                              : settings.outbound;  // istiod takes no other word
  }
  settings.enable_auto_mtls = flag_of(config, "enableAutoMtls").value_or(settings.enable_auto_mtls);
  if (const auto* locality = member(config, "localityLbSetting"); locality != nullptr) {
    settings.locality_lb_setting = locality_setting(*locality);
  }
  return good;
}

}  // namespace meshroute::registry
