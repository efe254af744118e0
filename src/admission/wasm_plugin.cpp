// SPDX-License-Identifier: Apache-2.0
// What Istio's webhook says of a WasmPlugin.

#include <algorithm>
#include <set>

#include "admission/common.hpp"
#include "match/url.hpp"

namespace meshroute::admission {
namespace {

using model::WasmPlugin;

Problem url_problem(const std::string& text) {
  if (text.empty()) return "the url must be set";
  auto url = match::parse_go_request_url(text);
  const std::string with_scheme = "http://" + text;  // the address of an image has no scheme
  const std::string& read = url ? text : with_scheme;
  if (!url) url = match::parse_go_request_url(with_scheme);
  if (!url || !match::parse_go_url(read)) return quote(text) + " is no URL";
  constexpr std::string_view kSchemes[] = {"", "file", "http", "https", "oci"};
  if (std::find(std::begin(kSchemes), std::end(kSchemes), url->scheme) == std::end(kSchemes)) {
    return "the scheme " + quote(url->scheme) + " is not supported";
  }
  return {};
}

bool is_checksum(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); });
}

/// Istio stops at the first mistake.
void check_environment(Walk& walk, const WasmPlugin::VmConfig& config) {
  const Walk::Step vm(walk, "vmConfig");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < config.env.size(); ++i) {
    const WasmPlugin::EnvVar& variable = config.env[i];
    const Walk::Step step(walk, "env", i);
    if (variable.name.empty()) return walk.error_at("name", "WP0104", "the name of a variable must not be empty");
    if (variable.name.size() > 256) return walk.error_at("name", "WP0104", "the name of a variable is longer than 256 bytes");
    if (!names.insert(variable.name).second)
      return walk.error_at("name", "WP0104", "the variable " + variable.name + " is set twice");
    if (variable.value_from != WasmPlugin::EnvVar::EnvValueSource::INLINE && !variable.value.empty()) {
      return walk.error_at("value", "WP0104", "a value can be set only where valueFrom is INLINE");
    }
  }
}

}  // namespace

void validate_wasm_plugin(Walk& walk, const WasmPlugin& plugin) {
  check_policy_targets(walk, plugin.selector, plugin.target_ref, plugin.target_refs);
  walk.check_at("url", "WP0101", url_problem(plugin.url));
  if (!plugin.sha256.empty() && !is_checksum(plugin.sha256)) {
    walk.error_at("sha256", "WP0102", "sha256 must be 64 digits and letters from a to f");
  }
  if (plugin.image_pull_secret.size() > 253)
    walk.error_at("imagePullSecret", "WP0103", "imagePullSecret is longer than 253 bytes");
  if (plugin.plugin_name.size() > 256) walk.error_at("pluginName", "WP0103", "pluginName is longer than 256 bytes");
  if (plugin.vm_config) check_environment(walk, *plugin.vm_config);
  for (std::size_t i = 0; i < plugin.match.size(); ++i) {
    const Walk::Step step(walk, "match", i);
    for (std::size_t at = 0; at < plugin.match[i].ports.size(); ++at) {
      const Walk::Step inner(walk, "ports", at);
      walk.check_at("number", "KX0101", check_port(plugin.match[i].ports[at].number));
    }
  }
}

}  // namespace meshroute::admission
