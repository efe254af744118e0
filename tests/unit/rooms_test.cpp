// SPDX-License-Identifier: Apache-2.0
// Rooms include only earlier rooms.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

TEST_CASE("rooms include only earlier rooms") {
  const std::map<std::string, std::set<std::string>> allowed{
      {"match", {}},
      {"text", {}},
      {"findings", {"text"}},
      {"schema", {"findings", "text", "match"}},
      {"admission", {"findings", "schema", "match", "text"}},
      {"routes", {"text", "match"}},
      {"registry", {"schema", "match", "text"}},
      {"scope", {"registry", "match", "schema"}},
      {"authorization", {"registry", "routes", "match", "text"}},
      {"view", {"authorization", "findings", "scope", "registry", "routes", "match", "text", "schema"}},
      {"explain", {"authorization", "findings", "view", "scope", "registry", "match", "text"}},
      {"resolve", {"authorization", "explain", "view", "scope", "routes", "match", "text", "registry"}},
      {"analysis", {"findings", "registry", "scope", "explain", "view", "resolve", "match", "text", "schema"}},
      {"render",
       {"findings", "text", "schema", "match", "admission", "routes", "registry", "authorization", "view", "explain", "resolve", "analysis"}},
      {"mesh",
       {"findings", "text", "schema", "match", "admission", "routes", "registry", "view", "explain", "resolve", "analysis", "render"}},
  };
  const std::regex include(R"(^#include "([a-z_]+)/)");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(MESHROUTE_SOURCE_DIR) + "/src")) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    ++files;
    const auto room = std::filesystem::relative(entry.path(), std::string(MESHROUTE_SOURCE_DIR) + "/src").begin()->string();
    REQUIRE_MESSAGE(allowed.count(room) == 1, room << " is not a room");
    std::ifstream file(entry.path());
    std::string line;
    while (std::getline(file, line)) {
      std::smatch found;
      if (!std::regex_search(line, found, include)) continue;
      const std::string other = found[1];
      CHECK_MESSAGE((other == room || other == "meshroute" || other == "nlohmann" || allowed.at(room).count(other) == 1),
                    entry.path().filename().string() << " of " << room << " includes " << other);
    }
  }
  CHECK(files > 20);
}
