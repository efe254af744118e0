#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's configuration messages in JSON, as protobuf's reader takes them.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace meshroute::routes {

/// Why a table is refused, and where: "virtual_hosts[0].routes[1].match", in snake_case.
struct Refused {
  std::string reason, place;
};

/// Where the compiler stands, for what it refuses. One per thread; a step lasts as long as its object.
class At {
 public:
  explicit At(std::string_view field);
  At(std::string_view field, std::size_t index);
  ~At() { path().resize(before_); }
  At(const At&) = delete;
  At& operator=(const At&) = delete;
  static std::string& path();

 private:
  const std::size_t before_;
};

[[noreturn]] void refuse(std::string reason);

/// Refuses a RouteConfiguration whose fields are of other types than protobuf's JSON form has (unknown fields are left alone, as
/// Envoy leaves them in what it gets at run time).
void check_types(const nlohmann::json& route_configuration);

/// "virtualHosts" for "virtual_hosts".
std::string camel_case(std::string_view name);

}  // namespace meshroute::routes
