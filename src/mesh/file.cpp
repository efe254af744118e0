// SPDX-License-Identifier: Apache-2.0
// Reads a file once.
#include "mesh/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace meshroute::mesh {

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const auto refuse = [&](const std::string& why) {
    return Error{Error::Code::invalid_argument, "cannot read " + path + ": " + why};
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return refuse("it is a folder");
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return refuse(std::strerror(errno));
  const auto size = std::filesystem::file_size(path, ignored);  // none of a pipe
  const std::size_t bound = most == static_cast<std::size_t>(-1) ? most : most + 1;
  std::string text;
  std::size_t used = 0;
  for (std::size_t room = ignored ? std::size_t{64} * 1024 : static_cast<std::size_t>(size) + 1; used < bound; room = used) {
    text.resize(std::min(used + std::max<std::size_t>(room, 1), bound));
    const std::size_t wanted = text.size() - used;
    const std::size_t got = std::fread(text.data() + used, 1, wanted, file.get());
    used += got;
    if (got < wanted) break;
  }
  if (std::ferror(file.get()) != 0) return refuse("an error while it was read");
  text.resize(used);
  return text;
}

}  // namespace meshroute::mesh
