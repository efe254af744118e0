// SPDX-License-Identifier: Apache-2.0
// A room includes only rooms before it, and the table below holds exactly the includes that there are.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

/// In the order of the pipeline. The public headers, include/meshroute/, are open to every room.
const std::vector<std::pair<std::string, Rooms>> kAllowed{
    {"match", {}},
    {"text", {}},
    {"findings", {"text"}},
    {"schema", {"findings", "match", "text"}},
    {"envoy", {"match", "text"}},
    {"admission", {"envoy", "findings", "match", "text"}},
    {"routes", {"envoy", "match", "text"}},
    {"registry", {"match", "schema", "text"}},
    {"scope", {"match", "registry", "schema", "text"}},
    {"authorization", {"match", "registry", "routes", "text"}},
    {"view", {"authorization", "envoy", "match", "registry", "routes", "scope", "text"}},
    {"bootstrap", {"envoy", "match", "registry", "routes", "text", "view"}},
    {"resolve", {"authorization", "match", "registry", "routes", "text", "view"}},
    {"explain", {"authorization", "findings", "match", "registry", "resolve", "scope", "text", "view"}},
    {"analysis", {"admission", "authorization", "explain", "findings", "match", "registry", "routes", "scope", "text", "view"}},
    {"render", {"authorization", "envoy", "findings", "resolve", "text", "view"}},
    {"witness", {"envoy", "findings", "match", "resolve", "text", "view"}},
    {"suite", {"explain", "findings", "match", "registry", "render", "resolve", "schema", "scope", "text", "view", "witness"}},
    {"diff", {"explain", "findings", "match", "registry", "render", "resolve", "schema", "scope", "text", "view", "witness"}},
    {"mesh",
     {"admission", "analysis", "bootstrap", "diff", "explain", "findings", "registry", "render", "resolve", "routes", "schema",
      "suite", "text", "view", "witness"}},
};

/// Visits the quoted includes of every source below a folder.
template <class Visit>
std::size_t each_include(const fs::path& folder, Visit&& visit) {
  static const std::regex include(R"re(^#include "([^"]+)")re");
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp" && extension != ".h" && extension != ".c") continue;
    ++files;
    std::ifstream file(entry.path());
    std::string line;
    while (std::getline(file, line)) {
      std::smatch found;
      if (std::regex_search(line, found, include)) visit(entry.path(), found[1].str());
    }
  }
  return files;
}

const fs::path kRoot(MESHROUTE_SOURCE_DIR);

}  // namespace

TEST_CASE("rooms include only earlier rooms, and the table has no edge that nobody uses") {
  std::map<std::string, Rooms> used;
  for (const auto& entry : fs::directory_iterator(kRoot / "src")) {
    const std::string room = entry.path().filename().string();
    if (entry.is_directory() && room != "spec") used[room];  // spec/ is pages
  }
  const std::size_t files = each_include(kRoot / "src", [&](const fs::path& file, const std::string& included) {
    const std::string room = fs::relative(file, kRoot / "src").begin()->string();
    const std::string other = included.substr(0, included.find('/'));
    REQUIRE_MESSAGE(included.find('/') != std::string::npos, file.string() << " includes " << included << " without its room");
    if (other != room && other != "meshroute") used[room].insert(other);
  });
  CHECK(files > 20);
  Rooms before;
  for (const auto& [room, allowed] : kAllowed) {
    INFO("room " << room);
    REQUIRE_MESSAGE(used.count(room) == 1, "there is no such room");
    for (const std::string& other : used[room]) CHECK_MESSAGE(allowed.count(other) == 1, "it includes " << other);
    for (const std::string& other : allowed) {
      CHECK_MESSAGE(used[room].count(other) == 1, "it does not include " << other << ": remove that from the table");
      CHECK_MESSAGE(before.count(other) == 1, other << " is not an earlier room");
    }
    before.insert(room);
    used.erase(room);
  }
  for (const auto& [room, others] : used) FAIL_CHECK(room << " is missing in the table");
}

TEST_CASE("the C API includes only the public C++ headers and the command only the C header") {
  const auto beside = [](const fs::path& file, const std::string& included) {
    return included.find('/') == std::string::npos && fs::exists(file.parent_path() / included);
  };
  bool cpp = false, c = false;
  each_include(kRoot / "capi", [&](const fs::path& file, const std::string& included) {
    cpp = cpp || included.starts_with("meshroute/");
    CHECK_MESSAGE((included == "meshroute.h" || included.starts_with("meshroute/") || beside(file, included)),
                  file.string() << " includes " << included);
  });
  each_include(kRoot / "bindings", [&](const fs::path& file, const std::string& included) {
    c = c || included == "meshroute.h";
    CHECK_MESSAGE((included == "meshroute.h" || beside(file, included)), file.string() << " includes " << included);
  });
  CHECK(cpp);
  CHECK(c);
}
