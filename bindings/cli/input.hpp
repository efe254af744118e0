#pragma once

// SPDX-License-Identifier: Apache-2.0
// Files, folders and standard input.

#include <string>
#include <vector>

namespace cli {

/// The file's bytes; `-` is standard input. Throws Usage where it cannot be read.
std::string read_file(const std::string& path);

/// A file that is to be loaded.
struct InputFile {
  std::string path;
  bool of_folder = false;  // its folder was named: it may hold what is no Kubernetes object
};
/// Files stay; a folder is its .yaml, .yml and .json files without those that a pattern of `exclude` fits. What cannot be listed
/// is told in `problems`.
std::vector<InputFile> files_of(const std::vector<std::string>& paths, const std::vector<std::string>& exclude,
                                std::vector<std::string>& problems);

/// A line on the terminal that counts; prints nothing if standard error is no terminal or the work is short.
class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step();

 private:
  std::size_t total_, done_ = 0;
  bool shown_;
};

/// A line on the terminal that says what is being done, and goes with the object; prints nothing if standard error is no
/// terminal.
class Status {
 public:
  Status();
  ~Status();
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  void say(const std::string& text) const;

 private:
  bool shown_;
};

}  // namespace cli
