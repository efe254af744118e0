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

TEST_CASE("lookup: a Sidecar of many egress listeners imports for each what one of few does") {
  std::string mesh;
  const auto add = [&mesh](const char* kind, const std::string& name, const std::string& space, const std::string& spec) {
    mesh += "apiVersion: networking.istio.io/v1\nkind: " + std::string(kind) + "\nmetadata: {name: " + name +
            ", namespace: " + space + "}\nspec: " + spec + "\n---\n";
  };
  const std::vector<std::string> hosts{"a.example.com",   "*.example.com", "b.a.example.com",
                                       "*.a.example.com", "other.com",     "*.org"};
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    for (const char* space : {"one", "two"}) {
      const std::string name = "n" + std::to_string(i);
      add("ServiceEntry", name, space,
          "{hosts: [\"" + hosts[i] + "\"], ports: [{number: 80, name: http, protocol: HTTP}]" +
              (i % 2 == 0 ? "" : ", exportTo: [\".\"]") + "}");
      add("VirtualService", name, space,
          "{hosts: [\"" + hosts[i] + "\"], http: [{route: [{destination: {host: a.example.com}}]}]}");
    }
  }
  const std::vector<std::string> asked{"[./a.example.com]",
                                       "[\"*/*.example.com\"]",
                                       "[\"./*\", \"~*/*.a.example.com\"]",
                                       "[\"two/*\"]",
                                       "[two/other.com]",
                                       "[\"*/*\"]",
                                       "[\"*/b.a.example.com\", \"./*.org\"]",
                                       "[\"~two/*\", \"*/*\"]"};
  const auto scope_of = [&](const std::string& egress) {
    const auto loaded = mesh::load(mesh +
                                       "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: "
                                       "one}\nspec: {egress: [" +
                                       egress + "]}\n",
                                   {}, 1);
    const auto snapshot = registry::build({}, loaded.resources);
    Proxy proxy;
    proxy.namespace_ = "one";
    std::vector<std::string> seen;
    for (const auto& listener : scope::make_scope(*snapshot, proxy).listeners) {
      std::string& all = seen.emplace_back();
      for (const auto& service : listener.services) all += service->namespace_ + "/" + service->hostname + " ";
      for (const auto& entry : listener.virtual_services)
        all += entry->resource->identity.namespace_ + "/" + entry->resource->identity.name + " ";
    }
    return seen;
  };
  std::string together;
  for (std::size_t i = 0; i < asked.size(); ++i)
    together += "{port: {number: " + std::to_string(1000 + i) + ", name: p, protocol: HTTP_PROXY}, hosts: " + asked[i] + "}, ";
  const auto many = scope_of(together);
  REQUIRE(many.size() == asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    CAPTURE(asked[i]);
    const auto alone = scope_of("{hosts: " + asked[i] + "}");
    REQUIRE(alone.size() == 1);
    CHECK(many[i] == alone[0]);
    CHECK_FALSE(alone[0].empty());
  }
}
