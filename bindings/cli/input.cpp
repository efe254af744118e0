// SPDX-License-Identifier: Apache-2.0
// Reading paths: which files a folder has, and their bytes.
#include "input.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include "handles.hpp"

namespace cli {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::error_code why;
  if (fs::is_directory(path, why)) throw Usage(path + " is a folder, where a file is wanted");
  if (!fs::exists(path, why)) throw Usage("there is no file " + path);
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw Usage("cannot read " + path);
  return text;
}

std::vector<std::string> files_of(const std::vector<std::string>& paths, std::vector<std::string>& problems) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code why;
    if (path == "-" || !fs::is_directory(path, why)) {
      files.push_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    fs::recursive_directory_iterator walk(path, fs::directory_options::skip_permission_denied, why);
    for (; !why && walk != fs::recursive_directory_iterator(); walk.increment(why)) {
      const auto extension = walk->path().extension();
      std::error_code ignored;
      const bool wanted = extension == ".yaml" || extension == ".yml" || extension == ".json";
      if (wanted && walk->is_regular_file(ignored)) files.push_back(walk->path().string());
    }
    if (why) problems.push_back("cannot list " + path + ": " + why.message());
    if (static_cast<std::ptrdiff_t>(files.size()) == first && !why)
      problems.push_back("there is no .yaml, .yml or .json file in " + path);
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

Progress::Progress(std::size_t total) : total_(total), shown_(total >= 200 && isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_ && done_ > 0) std::fputs("\r\x1b[K", stderr);
}

void Progress::step() {
  ++done_;
  if (shown_ && (done_ % 50 == 0 || done_ == total_)) std::fprintf(stderr, "\r%zu of %zu files", done_, total_);
}

}  // namespace cli
