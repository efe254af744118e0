// SPDX-License-Identifier: Apache-2.0
// Streams, scalars, positions and limits of YAML and JSON.
#include <doctest/doctest.h>

#include <string>

#include "text/document.hpp"

namespace text = meshroute::text;

static text::Stream read(const std::string& bytes) {
  return text::read(bytes, "x.yaml", meshroute::Format::automatic, meshroute::Limits{});
}

TEST_CASE("scalars are typed as YAML 1.1 does") {
  const std::string bytes = "a: y\nb: 0120\nc: 0x1F\nd: 1_000\ne: '5'\nf: 1e3\ng: ~\nh: 1:30\n";
  const auto stream = read(bytes);
  REQUIRE(stream.documents.size() == 1);
  const auto& root = stream.documents[0].root;
  CHECK(root.find("a")->kind == text::Kind::boolean);
  CHECK(root.find("b")->integer == 80);
  CHECK(root.find("c")->integer == 31);
  CHECK(root.find("d")->integer == 1000);
  CHECK(root.find("e")->is_string());
  CHECK(root.find("f")->number == 1000);
  CHECK(root.find("g")->kind == text::Kind::null);
  CHECK(root.find("h")->is_string());
}

TEST_CASE("a broken document costs only itself and is reported at its line") {
  const std::string bytes = "a: 1\n---\nb: [1,\n---\nc: 3\n";
  const auto stream = read(bytes);
  REQUIRE(stream.documents.size() == 3);
  CHECK(stream.documents[0].readable);
  CHECK_FALSE(stream.documents[1].readable);
  CHECK(stream.documents[1].errors.at(0).position.line >= 3);
  CHECK(stream.documents[2].root.find("c")->integer == 3);
}

TEST_CASE("comments, empty documents, byte-order mark and CRLF") {
  CHECK(read("").documents.empty());
  CHECK(read("# nothing\n---\n# here\n").documents.empty());
  const std::string bytes =
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n";
  const auto stream = read(bytes);
  REQUIRE(stream.documents.size() == 1);
  CHECK(stream.documents[0].root.find("b")->integer == 2);
  CHECK(stream.documents[0].root.member("b")->key_position.line == 2);
}

TEST_CASE("limits end in a problem, never in a crash") {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'l'; ++name) {
    bomb += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i != 0 ? ", *" : "*") + static_cast<char>(name - 1);
    bomb += "]\n";
  }
  const auto exploded = read(bomb);
  REQUIRE(exploded.documents.size() == 1);
  CHECK_FALSE(exploded.documents[0].readable);
  CHECK(exploded.documents[0].errors.at(0).rule == meshroute::text::Rule::TX0108);
  const std::string nested(100000, '[');
  const auto deep = read(nested);
  REQUIRE(deep.documents.size() == 1);
  CHECK(deep.documents[0].errors.at(0).rule == meshroute::text::Rule::TX0105);
}

TEST_CASE("duplicate keys are found with both places, and the last wins") {
  const std::string bytes = "a: 1\na: 2\n";
  const auto stream = read(bytes);
  CHECK(stream.documents.at(0).root.find("a")->integer == 2);
  REQUIRE(stream.documents[0].duplicates.size() == 1);
  CHECK(stream.documents[0].duplicates[0].position.line == 2);
  CHECK(stream.documents[0].duplicates[0].related.line == 1);
}

TEST_CASE("a List is its items") {
  const std::string bytes = R"({"kind": "List", "apiVersion": "v1", "items": [{"kind": "A"}, {"kind": "B"}]})";
  const auto stream = read(bytes);
  REQUIRE(stream.documents.size() == 2);
  CHECK(stream.documents[1].root.find("kind")->text == "B");
}

TEST_CASE("JSON has positions of its tokens, and its errors a place") {
  const std::string bytes = "{\n  \"a\": [1, \"\\ud83d\\ude00\"],\n  \"b\": {\"c\": true}\n}\n";
  const auto stream = text::read(bytes, "x.json", meshroute::Format::automatic, meshroute::Limits{});
  REQUIRE(stream.documents.size() == 1);
  const auto& root = stream.documents[0].root;
  CHECK(root.find("a")->items[0].position.line == 2);
  CHECK(root.find("a")->items[0].position.column == 9);
  CHECK(root.member("b")->key_position.line == 3);
  CHECK(root.find("b")->find("c")->position.column == 14);
  const auto broken = text::read("{\n \"a\": ]\n}", "x.json", meshroute::Format::automatic, meshroute::Limits{});
  REQUIRE(broken.documents.size() == 1);
  CHECK(broken.documents[0].errors.at(0).rule == meshroute::text::Rule::TX0103);
  CHECK(broken.documents[0].errors[0].position.line == 2);
}
