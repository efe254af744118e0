// SPDX-License-Identifier: Apache-2.0
// Principals under each alias of the trust domain.
#include "authorization/trust_domains.hpp"

#include <algorithm>

namespace meshroute::authorization {

namespace {

/// AZ33: `*` at its start stands for any text.
bool stands_for(std::string_view pattern, std::string_view domain) {
  return pattern == domain || (pattern.starts_with('*') && domain.ends_with(pattern.substr(1)));
}

void add(std::vector<std::string>& list, std::string value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

}  // namespace

TrustDomains TrustDomains::of(const registry::Settings& settings) {
  TrustDomains domains;
  domains.all.push_back(settings.trust_domain);
  std::vector<std::string> aliases = settings.trust_domain_aliases;
  std::sort(aliases.begin(), aliases.end());
  for (std::string& alias : aliases) add(domains.all, std::move(alias));
  return domains;
}

std::vector<std::string> TrustDomains::principals(const std::vector<std::string>& values) const {
  std::vector<std::string> result;
  for (const std::string& value : values) {
    const std::size_t slash = value.find('/');
    const std::string_view domain = std::string_view(value).substr(0, slash);
    const bool five = std::count(value.begin(), value.end(), '/') == 4;
    const bool ours = five && domain != "*" &&
                      (domain == "cluster.local" ||
                       std::any_of(all.begin(), all.end(), [&](const std::string& one) { return stands_for(domain, one); }));
    if (!ours) {
      result.push_back(value);
      continue;
    }
    std::vector<std::string> meant;
    for (const std::string& one : all) {
      // A leading `*` that stands for the domain keeps the value as it is.
      add(meant, domain.starts_with('*') && stands_for(domain, one) ? value : one + value.substr(slash));
    }
    result.insert(result.end(), meant.begin(), meant.end());
  }
  return result;
}

std::vector<std::string> TrustDomains::domains(const std::vector<std::string>& values) const {
  std::vector<std::string> result;
  for (const std::string& value : values) {
    if (std::find(all.begin(), all.end(), value) == all.end()) {
      result.push_back(value);
    } else {
      std::vector<std::string> meant;
      for (const std::string& one : all) add(meant, one);
      result.insert(result.end(), meant.begin(), meant.end());
    }
  }
  return result;
}

std::vector<std::string> peer_prefixes(const registry::Settings& settings) {
  std::vector<std::string> prefixes;
  for (const std::string& domain : TrustDomains::of(settings).all) add(prefixes, "spiffe://" + domain + "/");
  if (const auto found = settings.mesh_config.find("caCertificates"); found != settings.mesh_config.end() && found->is_array()) {
    for (const auto& certificate : *found) {
      if (!certificate.is_object()) continue;
      const auto domains = certificate.find("trustDomains");
      if (domains == certificate.end() || !domains->is_array()) continue;
      for (const auto& domain : *domains) {
        if (domain.is_string()) add(prefixes, "spiffe://" + domain.text() + "/");
      }
    }
  }
  return prefixes;
}

}  // namespace meshroute::authorization
