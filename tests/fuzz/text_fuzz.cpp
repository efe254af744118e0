// SPDX-License-Identifier: Apache-2.0
// Whatever bytes are read, there are documents or problems, and their places are within the text. The first byte chooses the
// format. Where both YAML readers take a text of a kind that they read alike, their trees are the same; the JSON readers always
// agree. The bytes lie in a block of their own size, so that a read past their end is seen.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "text/document.hpp"
#include "text/json.hpp"
#include "text/json_reader.hpp"
#include "trees.hpp"

namespace {

using namespace meshroute;

void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

void check(const text::Problem& problem) {
  if (problem.position.line == 0 || problem.position.column == 0 || problem.message.empty())
    fail("a problem without a place or words");
}

/// Every view can be read, and every place is one.
std::size_t walk(const text::Node& node, std::uint32_t lines) {
  if (node.position.line == 0 || node.position.line > lines || node.position.column == 0) fail("a place outside the text");
  std::size_t sum = static_cast<std::size_t>(std::count(node.text.begin(), node.text.end(), 'x'));
  for (const auto& item : node.items) sum += walk(item, lines);
  for (const auto& member : node.members)
    sum += static_cast<std::size_t>(std::count(member.key.begin(), member.key.end(), 'x')) + walk(member.value, lines);
  return sum;
}

/// What yaml-cpp reads as Kubernetes does: it folds blocks and empty lines, reads `::` in flow, and counts tabs and breaks in its
/// own way.
bool comparable(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c >= 0x80 || (c < 0x20 && c != '\n') || c == 0x7F ||
        std::string_view("|>&*!%?\\@`").find(bytes[i]) != std::string_view::npos)
      return false;
    if (c == ':' && i + 1 < bytes.size() && std::string_view(" \n").find(bytes[i + 1]) == std::string_view::npos) return false;
  }
  const auto has = [&](std::string_view text) { return bytes.find(text) != std::string_view::npos; };
  const bool quotes = has("\"") || has("'");
  return !has("---") && !has("...") && !(quotes && has("\n\n"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t length = size - 1;
  const std::unique_ptr<char[]> exact(new char[length]);
  if (length > 0) std::memcpy(exact.get(), data + 1, length);
  const std::string_view bytes(exact.get(), length);
  Limits limits;
  limits.nodes = 20000;
  const auto format = static_cast<Format>(data[0] % 3);
  const auto stream = text::read(bytes, "fuzz", format, limits);
  const auto lines = static_cast<std::uint32_t>(
      1 + std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == '\n' || c == '\r'; }) +
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == '\xA8' || c == '\xA9' || c == '\x85'; }));
  for (const auto& document : stream.documents) {
    if (!document.readable && document.errors.empty()) fail("refused, and nothing says why");
    for (const auto& problem : document.errors) check(problem);
    for (const auto& problem : document.duplicates) check(problem);
    walk(document.root, lines);
    text::locate(document.root, "spec.http[0].match[1]");
  }
  for (const auto& problem : stream.problems) check(problem);

  text::Arena one, two;
  text::Document own, other;
  const bool good = text::read_plain_json(bytes, limits, one, own);
  const auto refusal = text::read_json(bytes, limits, two, other);
  const bool ended = bytes.find('\0') != std::string_view::npos;  // to nlohmann's the text ends there
  if (good == refusal.has_value() && !ended) fail("one JSON reader refuses it");
  if (good && !refusal) {
    if (const auto wrong = test::difference(own.root, other.root, ""); !wrong.empty()) fail("JSON" + wrong);
  }
  if (comparable(bytes)) {
    if (const auto wrong = test::difference(bytes, true); !wrong.empty()) fail("YAML" + wrong);
  }
  return 0;
}
