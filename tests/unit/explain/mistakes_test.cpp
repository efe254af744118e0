// SPDX-License-Identifier: Apache-2.0
// Meshes with one mistake each: the first five lines that a person reads name the cause and the fix (tests/examples/mistakes).
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "meshroute/mesh.hpp"

namespace {

namespace fs = std::filesystem;

/// "# ask: resolve shop http://reviews/", "# says: did you mean reviews": what is asked, and what the first lines must say.
struct Mistake {
  std::string name, text, ask;
  std::vector<std::string> says;
};

std::vector<Mistake> mistakes_in(const fs::path& folder) {
  std::vector<Mistake> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    Mistake mistake{entry.path().stem().string(), {}, {}, {}};
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      mistake.text += line + "\n";
      if (line.starts_with("# ask: ")) mistake.ask = line.substr(7);
      if (line.starts_with("# says: ")) mistake.says.push_back(line.substr(8));
    }
    all.push_back(std::move(mistake));
  }
  std::sort(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) { return a.name < b.name; });
  return all;
}

std::string first_lines(const std::string& text, int count) {
  std::istringstream lines(text);
  std::string first, line;
  while (count-- > 0 && std::getline(lines, line)) first += line + "\n";
  return first;
}

/// What a person reads.
std::string answer_to(const Mistake& mistake) {
  meshroute::MeshOptions settings;
  settings.workloads = meshroute::Workloads::derived;
  meshroute::Mesh mesh(settings);
  meshroute::LoadOptions load;
  load.name = mistake.name + ".yaml";
  meshroute::Report report = mesh.load(mistake.text, load);
  std::istringstream words(mistake.ask);
  std::string what, from, of;
  words >> what >> from >> of;
  if (what == "check") {
    report.append(mesh.snapshot().analyze());
    std::string text;
    for (const auto& found : report.diagnostics) text += found.message + "\n" + (found.hint.empty() ? "" : found.hint + "\n");
    return text;
  }
  const auto proxy = mesh.snapshot().find_proxy(from).proxy;
  const auto view = mesh.snapshot().view(proxy);
  if (what == "why") return view.why(of).to_text();
  auto request = meshroute::Request::from_url(of);
  REQUIRE_MESSAGE(request, of);
  if (std::string header; std::getline(words >> std::ws, header)) {
    const auto colon = header.find(": ");
    request->headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  if (what == "follow") return mesh.snapshot().follow(proxy, *request).to_text();
  meshroute::ResolveOptions options;
  options.trace = true;
  return view.resolve(*request, options).to_text();
}

}  // namespace

TEST_CASE("mistakes: the first five lines name the cause and the fix") {
  const auto all = mistakes_in(fs::path(MESHROUTE_TESTS_DIR) / "examples" / "mistakes");
  CHECK(all.size() >= 40);
  for (const Mistake& mistake : all) {
    CAPTURE(mistake.name);
    CHECK_FALSE(mistake.says.empty());
    const std::string said = first_lines(answer_to(mistake), 5);
    for (const auto& words : mistake.says)
      CHECK_MESSAGE(said.find(words) != std::string::npos, "it should say `" << words << "`; it says:\n" << said);
  }
}
