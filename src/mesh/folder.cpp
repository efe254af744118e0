// SPDX-License-Identifier: Apache-2.0
// Lists the files of a folder that can hold configuration.
#include "mesh/folder.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace meshroute::mesh {

namespace {

namespace fs = std::filesystem;

/// Which starts of `text` the pattern takes, in time of the product of their lengths.
bool matches(std::string_view pattern, std::string_view text) {
  std::vector<char> here(text.size() + 1, 0), next;
  here[0] = 1;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    next.assign(text.size() + 1, 0);
    const bool star = pattern[at] == '*';
    const bool two = star && at + 1 < pattern.size() && pattern[at + 1] == '*';
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (star) {
        const bool goes_on = i > 0 && next[i - 1] != 0 && (two || text[i - 1] != '/');
        next[i] = static_cast<char>(here[i] != 0 || goes_on ? 1 : 0);
      } else if (i > 0 && here[i - 1] != 0) {
        next[i] = static_cast<char>(text[i - 1] == pattern[at] || (pattern[at] == '?' && text[i - 1] != '/') ? 1 : 0);
      }
    }
    at += two ? 1 : 0;
    here.swap(next);
  }
  return here[text.size()] != 0;
}

class Walk {
 public:
  Walk(const std::vector<std::string>& exclude, FolderFiles& found) : exclude_(exclude), found_(found) {}

  void enter(const fs::path& folder, const std::string& below) {
    std::error_code why;
    fs::directory_iterator each(folder, why);
    if (why) {
      found_.problems.push_back("cannot list " + folder.string() + ": " + why.message());
      return;
    }
    for (; each != fs::directory_iterator(); each.increment(why)) {
      const std::string name = each->path().filename().string();
      const std::string path = below.empty() ? name : below + "/" + name;
      if (std::any_of(exclude_.begin(), exclude_.end(), [&](const std::string& pattern) { return fits(pattern, path); }))
        continue;
      std::error_code ignored;
      if (each->is_directory(ignored)) {
        if (name.front() != '.' && !each->is_symlink(ignored)) enter(each->path(), path);
        continue;
      }
      const auto extension = each->path().extension();
      if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
      if (each->is_regular_file(ignored)) found_.files.push_back(each->path().string());
    }
    if (why) found_.problems.push_back("cannot list " + folder.string() + ": " + why.message());
  }

 private:
  const std::vector<std::string>& exclude_;
  FolderFiles& found_;
};

}  // namespace

bool fits(std::string_view pattern, std::string_view path) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.find('/') != std::string_view::npos) return matches(pattern.substr(pattern.front() == '/' ? 1 : 0), path);
  return matches(pattern, path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1));
}

FolderFiles files_of_folder(const std::string& path, const std::vector<std::string>& exclude) {
  FolderFiles found;
  Walk(exclude, found).enter(path, {});
  std::sort(found.files.begin(), found.files.end());
  std::set<std::string> seen;
  std::erase_if(found.files, [&](const std::string& file) {  // another name of the same file, by a link
    std::error_code why;
    const fs::path real = fs::canonical(file, why);
    return !why && !seen.insert(real.string()).second;
  });
  return found;
}

}  // namespace meshroute::mesh
