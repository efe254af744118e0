#pragma once

// SPDX-License-Identifier: Apache-2.0
// Where the rules of a VirtualService send to.

#include "meshroute/model/virtual_service.hpp"

namespace meshroute::scope {

enum class Sent { request, mirror };

/// Visits the destinations that are named, as `visit(destination, Sent)`: those of the http rules that `takes` takes, with their
/// mirrors, and those of all tcp and tls rules.
template <class Takes, class Visit>
void each_destination(const model::VirtualService& spec, const Takes& takes, const Visit& visit) {
  const auto one = [&visit](const std::optional<model::Destination>& destination, Sent sent) {
    if (destination) visit(*destination, sent);
  };
  const auto routes = [&one](const auto& rule) {
    for (const auto& route : rule.route) one(route.destination, Sent::request);
  };
  for (const auto& rule : spec.http) {
    if (!takes(rule)) continue;
    routes(rule);
    one(rule.mirror, Sent::mirror);
    for (const auto& mirror : rule.mirrors) one(mirror.destination, Sent::mirror);
  }
  for (const auto& rule : spec.tcp) routes(rule);
  for (const auto& rule : spec.tls) routes(rule);
}

/// Those of all rules.
template <class Visit>
void each_destination(const model::VirtualService& spec, const Visit& visit) {
  each_destination(
      spec, [](const model::HTTPRoute&) { return true; }, visit);
}

}  // namespace meshroute::scope
