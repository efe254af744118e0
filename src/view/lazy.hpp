#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a ClientView computes on demand: one flag and one value per section, shared by copies of the view.

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "routes/table.hpp"
#include "view/client_view.hpp"

namespace meshroute::view {

struct ClientView::Lazy {
  std::once_flag services_once, clusters_once, assignments_once, endpoints_json_once;
  nlohmann::json services, clusters, endpoints_json;
  std::vector<LoadAssignment> assignments;
  std::once_flag cluster_names_once;
  std::vector<std::string> cluster_names;  ///< sorted

  std::once_flag routes_once, routes_json_once, listeners_once, tables_once;
  nlohmann::json route_configurations, routes_json, listeners;
  std::map<std::string, std::shared_ptr<const routes::Table>> tables;
};

}  // namespace meshroute::view
