// SPDX-License-Identifier: Apache-2.0
// A look-up by a proxy's namespace gives the same as a view of such a proxy.
#include "scope/lookup.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "mesh/load.hpp"
#include "view/proxy_view.hpp"

namespace {

using namespace meshroute;

void compare(const registry::Snapshot& snapshot, const view::ProxyView& seen) {
  std::map<std::string, std::vector<view::ServicePtr>> definitions;
  for (const auto& service : snapshot.services) definitions[service->hostname].push_back(service);
  std::map<std::string, std::string> imported;
  for (const auto& service : seen.scope.listeners.front().services) imported[service->hostname] = service->namespace_;
  const std::string& in = seen.proxy.namespace_;
  for (const auto& [host, list] : definitions) {
    CAPTURE(host);
    CAPTURE(in);
    const auto found = scope::seen_service(list, in);
    if (const auto has = imported.find(host); has != imported.end()) {
      REQUIRE(found != nullptr);
      CHECK(found->namespace_ == has->second);
    } else if (found != nullptr) {  // D18: a destination's own namespace is not asked whether it is exported
      CHECK(found->namespace_ == in);
    }
  }
}

}  // namespace

TEST_CASE("lookup: a host is seen as a view without a Sidecar sees it") {
  std::size_t compared = 0;
  for (const char* folder : {"/conformance/resolution/cases", "/conformance/random/cases"}) {
    for (const auto& file : std::filesystem::directory_iterator(std::string(MESHROUTE_TESTS_DIR) + folder)) {
      std::ifstream text(file.path());
      const auto given = nlohmann::json::parse(text);
      const auto loaded = mesh::load(given.at("config_yaml").get<std::string>(), {}, 1);
      const auto snapshot = registry::build({}, loaded.resources);
      if (!snapshot->sidecars.empty()) continue;
      CAPTURE(file.path().filename().string());
      for (const auto& given_proxy : given.at("proxies")) {
        Proxy proxy;
        proxy.namespace_ = given_proxy.at("namespace").get<std::string>();
        compare(*snapshot, view::ProxyView(snapshot, proxy));
        ++compared;
      }
    }
  }
  CHECK(compared > 100);
}
