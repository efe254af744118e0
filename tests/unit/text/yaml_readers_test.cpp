// SPDX-License-Identifier: Apache-2.0
// meshroute's own YAML reader and yaml-cpp's: the same trees, positions and findings for random manifests.
#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "trees.hpp"

namespace {

using namespace meshroute;

/// Writes texts as people and tools write manifests, all of them good.
class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string write() {
    text_.clear();
    if (one_in(4)) text_ += "---\n";
    if (one_in(4)) text_ += "# a comment\n";
    object(0, 0);
    if (one_in(12)) {
      std::string returned;
      for (const char c : text_) returned += c == '\n' ? std::string("\r\n") : std::string(1, c);
      return returned;
    }
    return text_;
  }

 private:
  std::size_t below(std::size_t count) { return random_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  const char* pick(const std::vector<const char*>& words) { return words[below(words.size())]; }

  void indent(int columns) { text_.append(static_cast<std::size_t>(columns), ' '); }
  void end_line() {
    if (one_in(12)) text_ += pick({" # c", "  # a: b", "\t# tab", " #"});
    text_ += "\n";
    if (one_in(25)) text_ += pick({"\n", "\n\n", "   \n", "# comment\n", "      # deep\n"});
  }
  void key() {
    text_ += pick({"apiVersion", "hosts", "name", "a.b/c", "'quoted'", "\"double\"", "8080", "yes", "x y", "0x1F", "größe", "-x",
                   "v1:2", "a#b", "1.5", "true", "&name key", "!!str 5"});
    if (counter_ % 3 != 0 || one_in(2)) text_ += std::to_string(counter_);
    ++counter_;
    if (one_in(20)) text_ += " ";
    text_ += ":";
  }
  const char* flow_scalar() {
    return pick({"a", "10.0.0.1", "\"b, c\"", "'it''s'", "1", "-1.5", "true", "~", "*.example.com/x", "/api", "a b",
                 "001:db8", "é", "\"\\u00e9\\n\"", "x:y", "http"});
  }
  void flow(int depth) {
    if (depth > 2 || one_in(3)) {
      const std::string value = flow_scalar();
      text_ += value[0] == '*' ? "'" + value + "'" : value;
      return;
    }
    const bool list = one_in(2);
    text_ += list ? "[" : "{";
    for (std::size_t i = below(4); i > 0; --i) {
      if (one_in(4)) text_ += one_in(4) ? "\n      " : " ";
      if (!list) text_ += "k" + std::to_string(counter_++) + (one_in(6) ? "" : ": ");
      if (list || text_.back() == ' ') flow(depth + 1);
      if (i > 1) text_ += one_in(2) ? ", " : ",";
    }
    text_ += list ? "]" : "}";
  }
  void scalar(int column) {
    std::string quote;
    bool literal = false;
    switch (below(12)) {
      case 0:
        literal = one_in(2);  // yaml-cpp folds deeper lines otherwise
        text_ += literal ? pick({"|", "|-", "|+"}) : pick({">", ">-", ">+"});
        if (one_in(8)) text_ += " # c";
        text_ += "\n";
        for (std::size_t i = 1 + below(4); i > 0; --i) {
          if (one_in(5)) text_ += "\n";
          indent(column + 2 + (literal && i < 3 && one_in(5) ? 2 : 0));
          text_ += pick({"text", "# no comment", "a: b", "- c", "%x", "é ü", "{{ .Values.x }}"});
          text_ += "\n";
        }
        return;
      case 1:
        flow(0);
        break;
      case 2:
        text_ += pick({"words that go\n", "more\n\n"});
        indent(column + 1);
        text_ += "on below";
        break;
      case 3:
        quote = one_in(2) ? "\"" : "'";
        text_ += quote + (one_in(2) ? "a b\n" : "c\n\n");
        indent(column + 1);
        text_ += "d" + quote;
        break;
      case 4:
        text_ += pick({"!!str 5", "!!int '7'", "! 5", "!!float 1", "!local x"});
        break;
      default:
        text_ += pick({"reviews", "\"quoted\"", "'single'", "80",   "1.10",       "0x1F",     "017",
                       "yes",     "null",       "~",        "\"\"", "''",         "10.0.0.1", "a:b",
                       "x#y",     "2001-01-01", "1_000",    "'*'",  "^/v[0-9]+$", "größe 😀", "\"tab\\tand \\x41\"",
                       "-.5",     "+1",         "1e3",      ":x",   "?x",         "-x",       "a,b",
                       "a]b",     "50%"});
    }
    end_line();
  }
  void value(int column, int depth) {
    if (depth > 4 || one_in(2)) {
      if (one_in(10)) return end_line();
      text_ += one_in(8) ? "   " : " ";
      return scalar(column);
    }
    end_line();
    if (one_in(2)) return list(column + static_cast<int>(below(2)) * 2, depth + 1);
    object(column + 1 + static_cast<int>(below(3)), depth + 1);
  }
  void object(int column, int depth) {
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      indent(column);
      key();
      value(column, depth);
    }
  }
  void list(int column, int depth) {
    for (std::size_t i = 1 + below(3); i > 0; --i) {
      indent(column);
      text_ += "-";
      if (one_in(12)) {
        text_ += "\n";  // a tab must not follow
      } else if (one_in(3) && depth < 5) {
        text_ += " ";
        key();
        value(column + 2, depth + 1);
        for (std::size_t more = below(3); more > 0; --more) {
          indent(column + 2);
          key();
          value(column + 2, depth + 1);
        }
      } else {
        text_ += one_in(8) ? "  " : " ";
        scalar(column);
      }
    }
  }

  std::mt19937 random_;
  std::string text_;
  int counter_ = 0;
};

}  // namespace

TEST_CASE("text: both YAML readers make the same trees of random manifests") {
  Writer writer(20260901);
  std::size_t good = 0, bytes = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = writer.write();
    bytes += text.size();
    const std::string wrong = test::difference(text);
    if (wrong.empty()) {
      ++good;
      continue;
    }
    CAPTURE(text);
    CHECK_MESSAGE(wrong.empty(), wrong);
    if (i - static_cast<int>(good) > 10) break;
  }
  CHECK(good == 20000);
  CHECK(bytes > 2'000'000);
}
