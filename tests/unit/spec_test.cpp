// SPDX-License-Identifier: Apache-2.0
// The pages inside src: every rule id of src/spec stands once, every cited id exists, and src/README.md names files that exist.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MESHROUTE_SOURCE_DIR;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The ids of one page: list items, rows and headings that start with one.
std::vector<std::string> ids_of(const fs::path& page) {
  static const re2::RE2 rule(R"(^(?:- \*\*|\| |#+ )([A-Z]{0,2}[0-9]+(?:\.[0-9]+)?a?)(?:\*\* | \||\. | ).*)");
  std::vector<std::string> ids;
  for (const auto& line : lines_of(page)) {
    std::string id;
    if (re2::RE2::FullMatch(line, rule, &id)) ids.push_back(id);
  }
  return ids;
}

/// Ids with letters of all pages; those of envoy.md are numbers, and are cited with its name.
struct Spec {
  std::set<std::string> lettered;
  std::map<std::string, std::set<std::string>> numbered;  // by page
  std::vector<std::string> twice;
};

Spec read_spec() {
  Spec spec;
  for (const auto& entry : fs::directory_iterator(kRoot / "src/spec")) {
    if (entry.path().extension() != ".md") continue;
    const auto page = entry.path().filename().string();
    for (const auto& id : ids_of(entry.path())) {
      if (id.front() == '0' && page != "resolution.md") continue;
      const bool number = id.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
      if (number && page != "envoy.md" && page != "resolution.md") continue;  // a page's section
      if (number && page == "resolution.md" && id.find('.') == std::string::npos) continue;
      auto& known = number ? spec.numbered[page] : spec.lettered;
      if (!known.insert(id).second) spec.twice.push_back(page + " " + id);
    }
  }
  return spec;
}

/// Text files of the project that may cite a rule.
std::vector<fs::path> citing_files() {
  constexpr std::array<std::string_view, 6> kFolders{"src", "include", "capi", "bindings", "tests", "cmake"};
  constexpr std::array<std::string_view, 9> kKinds{".cpp", ".hpp", ".h", ".c", ".py", ".md", ".txt", ".cmake", ".sh"};
  const auto cites = [&](const fs::path& path) {
    return std::find(kKinds.begin(), kKinds.end(), path.extension().string()) != kKinds.end();
  };
  std::vector<fs::path> files;
  for (const auto folder : kFolders) {
    for (fs::recursive_directory_iterator walk(kRoot / folder), end; walk != end; ++walk) {
      if (walk->is_regular_file() && cites(walk->path())) files.push_back(walk->path());
    }
  }
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    if (entry.is_regular_file() && cites(entry.path())) files.push_back(entry.path());
  }
  return files;
}

/// What `line` cites and `spec` has not.
std::vector<std::string> unknown_ids(const Spec& spec, std::string_view line) {
  // An id with letters: A1, F9.12, GW20. A language standard (C99), a linter's code (noqa: E402) and x5t#S256 look alike.
  static const re2::RE2 lettered(R"((?:^|[^A-Za-z0-9_%#])((?:F[0-9]{1,2}\.[0-9]{1,2})|(?:GW|IN|MT|AZ|RA|[A-MS])[0-9]{1,3})\b)");
  static const re2::RE2 numbered(R"(\b([a-z]+\.md) ([0-9]+(?:\.[0-9]+)?a?(?:(?:, |-| and )[0-9]+(?:\.[0-9]+)?a?)*))");
  static const re2::RE2 number(R"(([0-9]+(?:\.[0-9]+)?a?))");
  std::vector<std::string> unknown;
  std::string id, page, list;
  if (line.find("noqa") == std::string_view::npos) {
    for (re2::StringPiece rest(line.data(), line.size()); re2::RE2::FindAndConsume(&rest, lettered, &id);) {
      if (id != "C99" && spec.lettered.count(id) == 0) unknown.push_back(id);
    }
  }
  for (re2::StringPiece rest(line.data(), line.size()); re2::RE2::FindAndConsume(&rest, numbered, &page, &list);) {
    const auto known = spec.numbered.find(page);
    for (re2::StringPiece each(list); re2::RE2::FindAndConsume(&each, number, &id);) {
      if (known == spec.numbered.end() || known->second.count(id) == 0) unknown.push_back(page + " " + id);
    }
  }
  return unknown;
}

}  // namespace

TEST_CASE("spec: every id stands once") {
  const Spec spec = read_spec();
  for (const auto& id : spec.twice) FAIL_CHECK(id << " stands twice");
  CHECK(spec.lettered.size() > 400);
  CHECK(spec.numbered.at("envoy.md").size() > 35);
}

TEST_CASE("spec: an unknown id is found") {
  const Spec spec = read_spec();
  CHECK(unknown_ids(spec, "// D15, F9.12; E10-E12 (C1)").empty());
  CHECK(unknown_ids(spec, "// envoy.md 11-13, 39a; resolution.md 0.6").empty());
  CHECK(unknown_ids(spec, "// D99, F9.99") == std::vector<std::string>{"D99", "F9.99"});
  CHECK(unknown_ids(spec, "// envoy.md 11, 99; GW99") == std::vector<std::string>{"GW99", "envoy.md 99"});
  CHECK(unknown_ids(spec, "AN0401 RE2 utf8 x86_64 C99 MT0404 x5t#S256").empty());
}

TEST_CASE("spec: every id that the project cites exists") {
  const Spec spec = read_spec();
  std::size_t files = 0;
  for (const auto& path : citing_files()) {
    if (path.filename() == "spec_test.cpp") continue;
    ++files;
    std::size_t number = 0;
    for (const auto& line : lines_of(path)) {
      ++number;
      for (const auto& id : unknown_ids(spec, line))
        FAIL_CHECK(fs::relative(path, kRoot).string() << ":" << number << " cites " << id << ", which src/spec does not have");
    }
  }
  CHECK(files > 200);
}

TEST_CASE("map: every file that src/README.md names exists") {
  static const re2::RE2 name(R"(`((?:[a-z_]+/)+[a-z_]+\.(?:cpp|hpp|md|h)|_[a-z_]+\.py)`)");
  std::size_t named = 0;
  for (const auto& line : lines_of(kRoot / "src/README.md")) {
    std::string file;
    for (re2::StringPiece rest(line); re2::RE2::FindAndConsume(&rest, name, &file); ++named) {
      const bool exists = fs::exists(kRoot / "src" / file) || fs::exists(kRoot / file) ||
                          fs::exists(kRoot / "bindings/python/src/meshroute" / file);
      CHECK_MESSAGE(exists, "src/README.md names " << file << ", which does not exist");
    }
  }
  CHECK(named > 30);
}
