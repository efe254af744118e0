// SPDX-License-Identifier: Apache-2.0
// YAML as Kubernetes reads it. What is good and what is refused was asked of Istio's own decoder.
#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "text/document.hpp"

namespace {

using namespace meshroute;
using text::Kind;

struct Held {
  std::string bytes;
  text::Stream stream;
  const text::Document& only() const { return stream.documents.at(0); }
  const text::Node& value(std::string_view key) const {
    const auto* found = only().root.find(key);
    REQUIRE(found != nullptr);
    return *found;
  }
};

Held read(std::string bytes, Format format = Format::yaml, Limits limits = {}) {
  Held held{std::move(bytes), {}};
  held.stream = text::read(held.bytes, "test", format, limits);
  return held;
}

bool refused(const std::string& bytes) {
  const auto held = read(bytes);
  REQUIRE(held.stream.documents.size() == 1);
  return !held.only().readable && !held.only().errors.empty();
}

}  // namespace

TEST_CASE("text: a scalar's kind") {
  const std::pair<const char*, Kind> kinds[] = {{"yes", Kind::boolean},
                                                {"On", Kind::boolean},
                                                {"n", Kind::boolean},
                                                {"tRUE", Kind::string},
                                                {"null", Kind::null},
                                                {"~", Kind::null},
                                                {"nULL", Kind::string},
                                                {"0", Kind::integer},
                                                {"-1", Kind::integer},
                                                {"+1", Kind::integer},
                                                {"017", Kind::integer},
                                                {"018", Kind::number},
                                                {"0o17", Kind::integer},
                                                {"0x1F", Kind::integer},
                                                {"0xg", Kind::string},
                                                {"0b101", Kind::integer},
                                                {"0b2", Kind::string},
                                                {"1_000", Kind::integer},
                                                {"_1", Kind::string},
                                                {"1__0", Kind::integer},
                                                {"1.", Kind::number},
                                                {".5", Kind::number},
                                                {"1e3", Kind::number},
                                                {"1e", Kind::string},
                                                {".e1", Kind::string},
                                                {".", Kind::string},
                                                {"--", Kind::string},
                                                {"inf", Kind::string},
                                                {"1:30", Kind::string},
                                                {"2001-01-01", Kind::string},
                                                {"9223372036854775808", Kind::number},
                                                {"0x10000000000000000", Kind::string},
                                                {"1e400", Kind::string},
                                                {"1_0.5", Kind::number},
                                                {"!!int \"5\"", Kind::integer},
                                                {"!!float 5", Kind::number},
                                                {"!!str 5", Kind::string},
                                                {"!!bool \"yes\"", Kind::boolean},
                                                {"!!null ''", Kind::null},
                                                {"!local 5", Kind::string},
                                                {"! 5", Kind::string},
                                                {"'5'", Kind::string},
                                                {"\"~\"", Kind::string}};
  for (const auto& [spelling, kind] : kinds) {
    CAPTURE(spelling);
    CHECK(read(std::string("k: ") + spelling + "\n").value("k").kind == kind);
  }
  CHECK(read("k: 0x1F\n").value("k").integer == 31);
  CHECK(read("k: 017\n").value("k").integer == 15);
  CHECK(read("k: 018\n").value("k").number == 18);
  CHECK(read("k: 1_000\n").value("k").integer == 1000);
  CHECK(read("k: !!binary aGk=\n").value("k").text == "hi");
}

TEST_CASE("text: what yaml-cpp takes and Kubernetes' reader refuses") {
  for (const char* spelling :
       {".inf",     "-.INF", ".nan", "!!null x", "!!int x",   "!!binary \"%%%\"", "!e!x y",        "@x",
        "`x",       "\"x",   "'x",   "\"\\/\"",  "\"\\q\"",   "\"x\" y",          "{a: :x, b: c}", "{a: !, b: c}",
        "[a, , b]", "[,a]",  "*a.b", "{<<: x}",  "{null: x}", "{[a]: x}",         "{{a: b}: x}",   "{18446744073709551615: x}"}) {
    CAPTURE(spelling);
    CHECK(refused(std::string("k: ") + spelling + "\n"));
  }
  CHECK(refused("k:\n  -a\n  b: c\n"));
  CHECK(refused(",a\n"));
  CHECK(refused("k:\n- \tx\n"));
  CHECK(refused("\tk: v\n"));
  CHECK(refused("k: a\x01\n"));
  CHECK(refused("k: \xC3\x28\n"));
  CHECK(refused("k: &a [*a]\n"));
  CHECK(refused("%YAML 1.2\n---\nk: v\n"));
  CHECK_FALSE(refused("%YAML 1.1\n---\nk: v\n"));
  CHECK_FALSE(refused("k: x\ty\n"));
  CHECK_FALSE(refused("k: ?x\n"));
  CHECK_FALSE(refused("? a\n: b\n"));
  CHECK_FALSE(refused("k: [&a , x]\n"));
  CHECK_FALSE(refused("k: {a, b: c}\n"));
}

TEST_CASE("text: streams split as Kubernetes splits them") {
  const auto lines = [](const std::string& bytes) {
    std::string found;
    for (const auto& document : read(bytes).stream.documents)
      found += std::to_string(document.line) + (document.readable ? " " : "! ");
    return found;
  };
  CHECK(lines("a: b\n--- # next\nc: d\n") == "1 3 ");
  CHECK(lines("a: b\n---\t \r\nc: d\n") == "1 3 ");
  CHECK(lines("# only\n---\n# comments\n---\n") == "");
  CHECK(lines("---\n---\na: b\n---\n---\nc: d") == "3 6 ");
  CHECK(lines("a: b\n--- c\nd: e\n") == "1! 3 ");  // the document before is lost
  CHECK(lines("a: |\n  ---\nb: c\n") == "1 ");
  CHECK(lines("%YAML 1.1\n---\nk: v\n") == "3 ");
  CHECK(lines("%YAML 1.2\n---\nk: v\n---\na: b\n") == "1! 5 ");
  CHECK(lines("%YAML 1.1\n") == "1! ");
  CHECK(lines("--- {a: b}\n--- c\nd: e\n") == "1! 3 ");
  CHECK(lines("--- {a: b}\n") == "1 ");
  CHECK(lines("\xEF\xBB\xBF%YAML 1.1\nk: v\n") == "1! ");
  CHECK(lines("\xEF\xBB\xBF---\na: b\n---\nc: d\n") == "2 4 ");
  const auto lost = read("a: b\n--- c\nd: e\n");
  CHECK(lost.stream.documents.at(0).errors.at(0).rule == meshroute::text::Rule::TX0109);
  CHECK(lost.stream.documents.at(0).errors.at(0).position.line == 2);
}

TEST_CASE("text: separators are found wherever they stand") {
  std::mt19937 random(7);  // the same texts in each run
  const std::vector<std::string> lines{"a: b", "  - x", "-", "--", "k: ---", "---", "--- # c", "-----x: 1", "", "k: a--- b", " ---"};
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = "a: b\n";
    std::vector<std::uint32_t> expected{1};  // the lines where chunks begin
    bool content = true;
    std::uint32_t line = 1, begin = 1;
    for (std::size_t left = random() % 30; left > 0; --left) {
      const std::string& next = lines[random() % 8];
      const bool bad = next == "-----x: 1";
      if (bad && !content) continue;  // it would begin the chunk
      bytes += next + "\n";
      ++line;
      if (next.starts_with("---")) {
        if (content || begin < line) begin = line + 1;
        content = false;
      } else if (!content && !next.empty()) {
        content = true;
        expected.push_back(begin);
      }
    }
    std::vector<std::uint32_t> found;
    for (const auto& chunk : meshroute::text::split(bytes)) found.push_back(chunk.line);
    CAPTURE(bytes);
    CHECK(found == expected);
  }
}

TEST_CASE("text: only the first document of a chunk is read, and each further one is refused") {
  for (const char* bytes : {"[a],b\n", "a: b\n...\nc: d\n", "\"a\" b\n", "a: b\n...\n@\n"}) {
    CAPTURE(bytes);
    const auto held = read(bytes);
    REQUIRE(held.stream.documents.size() == 2);
    CHECK(held.stream.documents[0].readable);
    CHECK(held.stream.documents[0].errors.empty());
    CHECK(held.stream.documents[1].errors.at(0).rule == meshroute::text::Rule::TX0102);
  }
  CHECK(refused("\"a\" b: c\n"));
  CHECK(refused("[a] b: c\n"));
}

TEST_CASE("text: !!binary is base64, and may be empty") {
  for (const char* spelling : {"\"\"", "''", "|\n"}) {
    CAPTURE(spelling);
    const auto held = read(std::string("a: !!binary ") + spelling + "\n");
    CHECK(held.value("a").kind == Kind::string);
    CHECK(held.value("a").text.empty());
  }
  for (const char* spelling : {"aGk= # c", "\"aG\\nk=\"", "\"aGk=\\n\"", "|\n  aGk=\n", "aGk="}) {
    CAPTURE(spelling);
    CHECK(read(std::string("a: !!binary ") + spelling + "\n").value("a").text == "hi");
  }
  CHECK(read("a: !!binary aR==\n").value("a").text == "i");
  CHECK(read("a: !!binary /w==\n").value("a").text == "\xEF\xBF\xBD");  // no UTF-8: as Go's JSON writes it
  CHECK(read("a: !!binary gGE=\n").value("a").text ==
        "\xEF\xBF\xBD"
        "a");
  for (const char* spelling : {"a", "aGk", "a===", "=", "====", "\"aG k=\"", "aGk=aGk=", "123", "~", "a_-b"}) {
    CAPTURE(spelling);
    CHECK(refused(std::string("a: !!binary ") + spelling + "\n"));
  }
}

TEST_CASE("text: comments and empty lines before a document") {
  for (const char* bytes :
       {"#\r-", "#\n\n- x\n", "\n%\n", "#", "\r", "%", "&", "!", "*", "- !", "!,", "[!,]", "&a", "'", "\"\\"}) {
    CAPTURE(bytes);
    const std::string_view text(bytes);
    const std::vector<char> exact(text.begin(), text.end());  // no byte behind the last one
    CHECK_NOTHROW(text::read({exact.data(), exact.size()}, "test", Format::yaml, Limits{}));
  }
}

TEST_CASE("text: keys become strings as Kubernetes makes them") {
  const std::pair<const char*, const char*> keys[] = {{"0x10", "16"},
                                                      {"010", "8"},
                                                      {"1_0", "10"},
                                                      {"-0", "0"},
                                                      {"yes", "true"},
                                                      {"NO", "false"},
                                                      {"1.50", "1.5"},
                                                      {".5", "0.5"},
                                                      {"1e3", "1000"},
                                                      {"1e6", "1e+06"},
                                                      {"18446744073709551616", "1.8446744e+19"},
                                                      {".inf", ".inf"},
                                                      {"'0x10'", "0x10"},
                                                      {"!!str 1", "1"},
                                                      {"2001-01-01", "2001-01-01"}};
  for (const auto& [spelling, key] : keys) {
    CAPTURE(spelling);
    const auto held = read(std::string(spelling) + ": v\n");
    REQUIRE(held.only().root.members.size() == 1);
    CHECK(held.only().root.members[0].key == key);
  }
}

TEST_CASE("text: a key that stands twice tells both places") {
  const auto held = read("a: 1\nb: 2\na: 3\n");
  REQUIRE(held.only().duplicates.size() == 1);
  CHECK(held.only().duplicates[0].position.line == 3);
  CHECK(held.only().duplicates[0].related.line == 1);
  CHECK(held.value("a").integer == 3);
  CHECK(read("{1: a, '1': b}\n").only().duplicates.empty());
  CHECK(read("{1: a, 0x1: b}\n").only().duplicates.size() == 1);
  CHECK(read("k: {x: 2, <<: {x: 1}}\n").only().duplicates.size() == 1);
}

TEST_CASE("text: merge keys, in the order of Kubernetes' reader") {
  CHECK(read("k: {<<: {x: 1}, x: 2}\n").value("k").find("x")->integer == 2);
  CHECK(read("k: {x: 2, <<: {x: 1}}\n").value("k").find("x")->integer == 1);
  CHECK(read("k: {<<: [{x: 1}, {x: 3}]}\n").value("k").find("x")->integer == 1);
  CHECK(read("k: {\"<<\": {x: 1}}\n").value("k").find("<<") != nullptr);
}

TEST_CASE("text: columns count code points, in YAML and in JSON") {
  const auto yaml = read("k: {\"äöü😀\": x, b: y}\n");
  CHECK(yaml.value("k").members[1].key_position.column == 16);
  const auto json = read("{\"äöü😀\": 1, \"b\": 2}\n", Format::json);
  CHECK(json.only().root.members[1].key_position.column == 13);
  const auto after = read("# ü\nä: x\n");
  CHECK(after.only().root.members[0].value.position.line == 2);
  CHECK(after.only().root.members[0].value.position.column == 4);
}

TEST_CASE("text: byte-order marks, CRLF and lone CR") {
  const auto marked = read("\xEF\xBB\xBFk: v\n");
  CHECK(marked.value("k").position.column == 4);
  CHECK(read("\xEF\xBB\xBF{\"k\": \"v\"}", Format::json).value("k").position.column == 7);
  const auto crlf = read("a: 1\r\nb: |\r\n  x\r\nc: 2\r\n");
  CHECK(crlf.value("c").integer == 2);
  CHECK(crlf.value("c").position.line == 4);
  CHECK(read("a: 1\rb: 2\r").value("b").integer == 2);
}

TEST_CASE("text: limits end in a finding") {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'i'; ++name) {
    bomb += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) bomb += std::string(i > 0 ? ", *" : "*") + static_cast<char>(name - 1);
    bomb += "]\n";
  }
  Limits limits;
  limits.nodes = 1000;
  CHECK(read(bomb, Format::yaml, limits).only().errors.at(0).rule == meshroute::text::Rule::TX0106);
  CHECK(read(bomb).only().errors.at(0).rule == meshroute::text::Rule::TX0108);
  // The share of values that may come from aliases, as Kubernetes' reader has it.
  const auto repeated = [](int values, int times) {
    std::string text = "a: &a [x";
    for (int i = 1; i < values; ++i) text += ",x";
    text += "]\nb: [*a";
    for (int i = 1; i < times; ++i) text += ",*a";
    return text + "]\n";
  };
  CHECK_FALSE(refused(repeated(10, 9000)));
  CHECK_FALSE(refused(repeated(2000, 99)));
  CHECK(refused(repeated(2000, 150)));
  std::string long_text = "a: &a " + std::string(1'000'000, 'x') + "\nb: [*a";
  for (int i = 0; i < 64; ++i) long_text += ", *a";
  CHECK(read(long_text + "]\n").only().errors.at(0).rule == meshroute::text::Rule::TX0106);
  for (const Format format : {Format::yaml, Format::json}) {
    const auto deep = read(std::string(100000, '[') + std::string(100000, ']'), format);
    CHECK(deep.only().errors.at(0).rule == meshroute::text::Rule::TX0105);
  }
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "- ";
  CHECK(read(nested + "x\n").only().errors.at(0).rule == meshroute::text::Rule::TX0105);
  limits.bytes = 3;
  CHECK(read("k: v\n", Format::yaml, limits).stream.problems.at(0).rule == meshroute::text::Rule::TX0107);
  CHECK_FALSE(refused("k: \"" + std::string(1000, '[') + "\"\n"));
}

TEST_CASE("text: a wide map is no square") {
  std::string wide;
  for (int i = 0; i < 100000; ++i) wide += "key-" + std::to_string(i) + ": x\n";
  const auto held = read(wide + "key-5: y\n");
  CHECK(held.only().root.members.size() == 100000);
  CHECK(held.only().duplicates.size() == 1);
}

TEST_CASE("text: lines by number") {
  text::Lines lines("one\r\ntwo\n\nfour");
  CHECK(lines.line(1) == "one");
  CHECK(lines.line(2) == "two");
  CHECK(lines.line(3).empty());
  CHECK(lines.line(4) == "four");
  CHECK(lines.line(5).empty());
  CHECK(lines.line(0).empty());
  CHECK(text::Lines("ääää").line(1, 3) == "ä");
}
