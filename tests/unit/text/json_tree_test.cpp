// SPDX-License-Identifier: Apache-2.0
// Held against nlohmann's tree.
#include "text/json_tree.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "text/json_writer.hpp"

using meshroute::text::Json;
using meshroute::text::OrderedJson;

TEST_CASE("a JSON tree reads and writes what nlohmann's does") {
  for (const char* text : {"null", "true", "0", "-1", "18446744073709551615", "-9223372036854775808", "1.5", "1e300", "100.0",
                           "\"\"", "\"a\\u00e9\\n\"", "[]", "{}", "[1,[2,{\"a\":null}],\"x\"]",
                           "{\"b\":1,\"a\":[true,false],\"\":{}}", "{\"a\":1,\"a\":2}"}) {
    CAPTURE(text);
    CHECK(Json::parse(text).dump() == nlohmann::json::parse(text).dump());
    CHECK(Json::parse(text).dump(2) == nlohmann::json::parse(text).dump(2));
  }
  CHECK(OrderedJson::parse("{\"b\":1,\"a\":2}").dump() == "{\"b\":1,\"a\":2}");
  for (const char* text : {"", "{", "[1,]", "01", "nul", "\"\n\"", "{\"a\" 1}", "1 2"}) CHECK(Json::parse(text).is_null());
}

TEST_CASE("lists of a key and a value make an object, anything else a list") {
  CHECK(Json{{"a", 1}, {"b", {"x", "y", "z"}}}.dump() == R"({"a":1,"b":["x","y","z"]})");
  CHECK(Json{{{"a", 1}}, {{"b", 2}}}.dump() == R"([{"a":1},{"b":2}])");
  CHECK(Json::array({Json{{"a", true}}}).dump() == R"([{"a":true}])");
  CHECK(OrderedJson{{"b", 1}, {"a", nullptr}}.dump() == R"({"b":1,"a":null})");
}

TEST_CASE("what is not there is null, and is added where it may change") {
  const Json fixed{{"list", {1, 2, 3}}};
  CHECK(fixed["missing"]["deeper"].is_null());
  CHECK(fixed["list"][std::size_t{2}].number<int>() == 3);
  CHECK(fixed["list"][std::size_t{3}].is_null());
  CHECK(fixed["list"].text().empty());
  CHECK_FALSE(fixed.contains("missing"));
  Json json;
  json["b"]["c"] = "x";
  json["a"].push_back(-1);
  CHECK(json.dump() == R"({"a":[-1],"b":{"c":"x"}})");
  json.erase("b");
  CHECK(json.size() == 1);
  CHECK(json.find("b") == json.end());
  CHECK(json == Json::parse(R"({"a":[-1.0]})"));
  CHECK(Json(std::uint64_t{5}) == Json(5));
  CHECK(Json(std::uint64_t{18446744073709551615U}) != Json(-1));
}

TEST_CASE("a JSON text is written anew with the writer's indentation") {
  std::string out;
  meshroute::text::JsonWriter json(out, 2);
  json.begin_object();
  json.key("a");
  json.embed(R"({"z":[1],"b":"x"})");
  json.key("none");
  json.embed("no JSON");
  json.member("percent", 33.25);
  json.member("all", 100.0);
  json.end_object();
  CHECK(out == nlohmann::ordered_json::parse(R"({"a":{"z":[1],"b":"x"},"none":"no JSON","percent":33.25,"all":100.0})").dump(2));
}
