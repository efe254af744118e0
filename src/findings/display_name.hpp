#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include "meshroute/resource.hpp"

namespace meshroute::findings {

/// How people read a resource: "ServiceEntry default/httpbin-entry".
inline std::string display_name(std::string_view kind, std::string_view namespace_, std::string_view name) {
  std::string shown;
  shown.reserve(kind.size() + namespace_.size() + name.size() + 2);
  shown.append(kind);
  if (name.empty()) return shown;  // "IstioOperator": a file for istioctl needs none
  return shown.append(" ").append(namespace_).append("/").append(name);
}
inline std::string display_name(const Identity& identity) {
  return display_name(identity.kind, identity.namespace_, identity.name);
}
inline std::string display_name(const Resource& resource) { return display_name(resource.identity); }

}  // namespace meshroute::findings
