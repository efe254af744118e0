#pragma once

// SPDX-License-Identifier: Apache-2.0
// What passed and what did not, against the known gaps.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace conformance {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Score {
  std::map<std::string, std::pair<int, int>> rows;
  std::set<std::string> failed, all;
  int show = 0;

  void add(const std::string& row, const std::string& id, bool passed, const std::string& detail) {
    auto& counts = rows[row];
    ++(passed ? counts.first : counts.second);
    const std::string key = row + " " + id;
    all.insert(key);
    if (passed) return;
    failed.insert(key);
    if (show-- > 0) std::cout << "  differs: " << key << ": " << detail.substr(0, 600) << "\n";
  }

  int close(const fs::path& gaps_file, bool write) {
    for (const auto& [row, counts] : rows) {
      std::printf("%-24s %6d of %6d  %6.2f %%\n", row.c_str(), counts.first, counts.first + counts.second,
                  100.0 * counts.first / std::max(1, counts.first + counts.second));
    }
    if (write) {
      std::ofstream file(gaps_file);
      file << "# Cases that do not pass yet; the list only shrinks. One a line: what, and the case.\n";
      for (const auto& key : failed) file << key << "\n";
    }
    std::set<std::string> gaps;
    std::ifstream file(gaps_file);
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line[0] != '#') gaps.insert(line);
    }
    int wrong = 0;
    for (const auto& key : failed) {
      if (gaps.count(key) == 0) ++wrong, std::cout << "fails and is not a known gap: " << key << "\n";
    }
    for (const auto& key : gaps) {
      if (all.count(key) == 0)
        ++wrong, std::cout << "a known gap that is no case: " << key << "\n";
      else if (failed.count(key) == 0)
        ++wrong, std::cout << "passes and is listed as a known gap: " << key << "\n";
    }
    std::cout << all.size() - failed.size() << " passed, " << failed.size() << " known gaps, " << wrong << " wrong\n";
    return wrong != 0 || all.empty() ? 1 : 0;
  }
};

/// Envoy's route tables and requests (semantics.cpp).
void semantics(const fs::path& directory, Score& score);
/// What servers do with what reaches them (inbound.cpp).
void inbound(const fs::path& directory, Score& score);
/// What the analysis finds (analysis.cpp).
void analysis(const fs::path& directory, Score& score);
/// Findings about recorded meshes that the control plane's answers refute (alarms.cpp).
void alarms(const fs::path& directory, Score& score);
/// Reasons against answers; of every view each `step`th host.
void agreement(const fs::path& directory, std::size_t step, Score& score);

}  // namespace conformance
