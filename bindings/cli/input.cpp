// SPDX-License-Identifier: Apache-2.0
// Reading paths: which files a folder has, and their bytes.
#include "input.hpp"

#include <unistd.h>

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

std::vector<InputFile> files_of(const std::vector<std::string>& paths, const std::vector<std::string>& exclude,
                                std::vector<std::string>& problems) {
  std::vector<meshroute_str> patterns;
  patterns.reserve(exclude.size());
  for (const auto& pattern : exclude) patterns.push_back(str_of(pattern));
  std::vector<InputFile> files;
  for (const auto& path : paths) {
    std::error_code why;
    if (path == "-" || !fs::is_directory(path, why)) {
      files.push_back({path});
      continue;
    }
    const auto found = made<Files>([&](meshroute_files** out, meshroute_error* error) {
      return meshroute_files_of_folder(str_of(path), patterns.data(), patterns.size(), out, error);
    });
    const std::size_t listed = meshroute_files_count(found.get()), failed = meshroute_files_problem_count(found.get());
    for (std::size_t i = 0; i < listed; ++i) files.push_back({std::string(view_of(meshroute_files_at(found.get(), i))), true});
    for (std::size_t i = 0; i < failed; ++i) problems.emplace_back(view_of(meshroute_files_problem_at(found.get(), i)));
    if (listed == 0 && failed == 0) problems.push_back("there is no .yaml, .yml or .json file in " + path);
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

Status::Status() : shown_(isatty(STDERR_FILENO) != 0) {}

Status::~Status() { say(""); }

void Status::say(const std::string& text) const {
  if (shown_) std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
}

}  // namespace cli
