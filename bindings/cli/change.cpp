// SPDX-License-Identifier: Apache-2.0
// Compares files as bytes, and loads the documents of those that differ in place of the earlier ones.
#include "change.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "input.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLeastBytes = 1U << 20U;  // below it reading all of it costs nothing
constexpr std::size_t kMostDocuments = 1000;       // that differ, with those between them

/// All of a file, mapped; `good` is false where it cannot be read.
class Mapped {
 public:
  explicit Mapped(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat known {};
    if (file < 0) return;
    if (fstat(file, &known) == 0 && S_ISREG(known.st_mode)) {
      size_ = static_cast<std::size_t>(known.st_size);
      void* memory = size_ == 0 ? nullptr : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      good = memory != MAP_FAILED;
      if (good) memory_ = memory;
    }
    close(file);
  }
  ~Mapped() {
    if (memory_ != nullptr) munmap(memory_, size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::string_view text() const { return {static_cast<const char*>(memory_), memory_ != nullptr ? size_ : 0}; }
  bool good = false;

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// How many bytes two texts begin with alike.
std::size_t alike(std::string_view a, std::string_view b) {
  constexpr std::size_t kBlock = 1U << 16U;
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at + kBlock <= most && std::memcmp(a.data() + at, b.data() + at, kBlock) == 0) at += kBlock;
  while (at < most && a[at] == b[at]) ++at;
  return at;
}

/// `---`, and spaces at most.
bool is_marker(std::string_view line) {
  if (!line.starts_with("---")) return false;
  line.remove_prefix(3);
  return line.find_first_not_of(" \r") == std::string_view::npos;
}

/// The part of a text from `first` to `last`, widened to the markers of documents around it.
struct Region {
  std::size_t start = 0, end = 0;
  std::size_t first_line = 1, last_line = 1;  ///< that of the text behind it
};
Region widened(std::string_view text, std::size_t first, std::size_t last) {
  Region region;
  const auto line_at = [&text](std::size_t at) { return text.substr(at, text.find('\n', at) - at); };
  std::size_t start = text.rfind('\n', first == 0 ? 0 : first - 1);
  start = start == std::string_view::npos ? 0 : start + 1;
  while (start > 0 && !is_marker(line_at(start))) {
    const std::size_t before = start < 2 ? std::string_view::npos : text.rfind('\n', start - 2);
    start = before == std::string_view::npos ? 0 : before + 1;
  }
  std::size_t end = text.find('\n', std::max(last, start));
  end = end == std::string_view::npos ? text.size() : end + 1;
  while (end < text.size() && !is_marker(line_at(end))) {
    end = text.find('\n', end);
    end = end == std::string_view::npos ? text.size() : end + 1;
  }
  region.start = start;
  region.end = end;
  region.first_line =
      1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(start), '\n'));
  const std::string_view within = text.substr(start, end - start);
  region.last_line = region.first_line + static_cast<std::size_t>(std::count(within.begin(), within.end(), '\n'));
  return region;
}

/// Whether each line of the region is one that a splitter of documents reads as this one does; `versions` are its apiVersions.
bool plain_difference(std::string_view text, std::vector<std::string_view>& versions) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with("---") && !is_marker(line)) return false;
    if (line.starts_with("...") || line.starts_with("%")) return false;
    if (line.starts_with("apiVersion:")) versions.push_back(line);
    at = end + 1;
  }
  return true;
}

/// Kinds of which a document is one resource, which its name and namespace identify.
constexpr std::string_view kKinds[] = {
    "VirtualService", "DestinationRule",     "ServiceEntry",       "WorkloadEntry",         "Gateway",
    "Sidecar",        "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "Service"};

using Name = std::tuple<std::string_view, std::string_view, std::string_view>;  // kind, namespace, name: of the report

meshroute_document document_at(const meshroute_report* report, std::size_t index) {
  meshroute_document document = MESHROUTE_DOCUMENT_INIT;
  need([&](meshroute_error* error) { return meshroute_report_document_at(report, index, &document, error); });
  return document;
}

Name name_of(const meshroute_document& document) {
  return {view_of(document.kind), view_of(document.namespace_), view_of(document.name)};
}

/// One file that differs, and what is loaded in place of what it was.
struct Changed {
  std::string old_path, new_path, text;  // empty lines stand for what is before it
  Region old;
  std::vector<Name> names;
};

meshroute_load_options options_of(const Changed& file, const MeshOptions& options, bool of_folder) {
  meshroute_load_options given = MESHROUTE_LOAD_OPTIONS_INIT;
  given.pass_over = of_folder ? 1 : 0;
  given.format = MESHROUTE_FORMAT_YAML;
  given.name = str_of(file.new_path);
  given.cluster = str_of(options.cluster);
  return given;
}

/// Compares the files of a pair. False: all has to be read.
bool compare(const std::string& old_path, const std::string& new_path, std::vector<Changed>& changed) {
  const Mapped old_file(old_path), new_file(new_path);
  if (!old_file.good || !new_file.good) return false;
  const std::string_view old = old_file.text(), now = new_file.text();
  if (old == now) return true;
  if (!new_path.ends_with(".yaml") && !new_path.ends_with(".yml")) return false;
  for (const auto text : {old, now}) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] == '{' || text[first] == '[') return false;
  }
  const std::size_t first = alike(old, now);
  std::size_t tail = 0;
  const std::size_t most = std::min(old.size(), now.size()) - first;
  while (tail < most && old[old.size() - 1 - tail] == now[now.size() - 1 - tail]) ++tail;
  Changed file{old_path, new_path, {}, widened(old, first, old.size() - tail), {}};
  const Region region = widened(now, first, now.size() - tail);
  const std::string_view before = old.substr(file.old.start, file.old.end - file.old.start);
  const std::string_view after = now.substr(region.start, region.end - region.start);
  std::vector<std::string_view> versions, now_versions;
  if (region.start != file.old.start || !plain_difference(before, versions) || !plain_difference(after, now_versions) ||
      versions != now_versions || versions.empty() || versions.size() > kMostDocuments)
    return false;
  file.names.resize(versions.size());
  file.text = std::string(region.first_line - 1, '\n') + std::string(after);
  changed.push_back(std::move(file));
  return true;
}

/// The names of the documents that are replaced; each must be the only one of its name. False: all has to be read.
bool find_names(const meshroute_report* report, std::vector<Changed>& changed) {
  std::map<Name, std::size_t> times;
  for (auto& file : changed) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < meshroute_report_document_count(report); ++i) {
      const meshroute_document document = document_at(report, i);
      if (view_of(document.source) != file.old_path || document.line < file.old.first_line || document.line >= file.old.last_line)
        continue;
      const bool known = std::find(std::begin(kKinds), std::end(kKinds), view_of(document.kind)) != std::end(kKinds);
      if (!known || document.applied == 0 || next == file.names.size()) return false;
      file.names[next] = name_of(document);
      times[file.names[next++]] = 0;
    }
    if (next != file.names.size()) return false;
  }
  for (std::size_t i = 0; i < meshroute_report_document_count(report); ++i) {
    const meshroute_document document = document_at(report, i);
    if (std::find(std::begin(kKinds), std::end(kKinds), view_of(document.kind)) == std::end(kKinds)) continue;
    const auto found = times.find(name_of(document));
    if (found != times.end() && ++found->second > 1) return false;
  }
  return true;
}

/// Whether the new documents have the names of those that they replace, and a cluster would take them.
bool same_names(const meshroute_report* report, const Changed& file) {
  if (meshroute_report_error_count(report) > 0 || meshroute_report_document_count(report) != file.names.size()) return false;
  for (std::size_t i = 0; i < file.names.size(); ++i) {
    const meshroute_document document = document_at(report, i);
    if (document.accepted == 0 || name_of(document) != file.names[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<Snapshot> load_change(const Loaded& before, const MeshOptions& options, const std::string& old,
                                    const std::string& after) {
  std::vector<std::string> problems;
  const auto mine = files_of({old}, options.exclude, problems), theirs = files_of({after}, options.exclude, problems);
  if (!problems.empty() || mine.size() != theirs.size() || meshroute_report_error_count(before.report.get()) > 0)
    return std::nullopt;
  std::uintmax_t size = 0;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const std::string &one = mine[i].path, &other = theirs[i].path;
    if (one == "-" || other == "-" || mine[i].of_folder != theirs[i].of_folder) return std::nullopt;
    if (mine[i].of_folder && fs::relative(one, old) != fs::relative(other, after)) return std::nullopt;
    std::error_code why;
    const auto bytes = fs::file_size(one, why);
    if (why) return std::nullopt;
    size += bytes;
  }
  if (size < kLeastBytes) return std::nullopt;
  std::vector<Changed> changed;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (!compare(mine[i].path, theirs[i].path, changed)) return std::nullopt;
  }
  if (!find_names(before.report.get(), changed)) return std::nullopt;
  const bool of_folder = !mine.empty() && mine.front().of_folder;
  for (const auto& file : changed) {
    const meshroute_load_options given = options_of(file, options, of_folder);
    const auto report = made<Report>([&](meshroute_report** out, meshroute_error* error) {
      return meshroute_check(file.text.data(), file.text.size(), &given, out, error);
    });
    if (!same_names(report.get(), file)) return std::nullopt;
  }
  for (const auto& file : changed) {
    const meshroute_load_options given = options_of(file, options, of_folder);
    need([&](meshroute_error* error) {
      return meshroute_mesh_load(before.mesh.get(), file.text.data(), file.text.size(), &given, nullptr, error);
    });
  }
  return made<Snapshot>(
      [&](meshroute_snapshot** out, meshroute_error* error) { return meshroute_mesh_snapshot(before.mesh.get(), out, error); });
}

}  // namespace cli
