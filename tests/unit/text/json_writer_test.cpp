// SPDX-License-Identifier: Apache-2.0
// Held against nlohmann's own writer.
#include "text/json_writer.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace {

using Json = nlohmann::json;

void write(meshroute::text::JsonWriter& to, const Json& json) {
  if (json.is_object()) {
    to.begin_object();
    for (const auto& [key, value] : json.items()) {
      to.key(key);
      write(to, value);
    }
    to.end_object();
  } else if (json.is_array()) {
    to.begin_list();
    for (const auto& item : json) write(to, item);
    to.end_list();
  } else if (json.is_string()) {
    to.value(json.get_ref<const std::string&>());
  } else if (json.is_boolean()) {
    to.value(json.get<bool>());
  } else if (json.is_number()) {
    to.value(json.get<std::int64_t>());
  } else {
    to.null();
  }
}

std::string written(const Json& json, int indent) {
  std::string text;
  meshroute::text::JsonWriter to(text, indent);
  write(to, json);
  return text;
}

Json any(std::mt19937_64& random, int depth) {
  static const char* const kTexts[] = {"", "a", "\"\\/", "\b\f\n\r\t\x01\x1f\x7f", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8E\x89"};
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  Json json;
  switch (below(depth > 0 ? 6 : 4)) {
    case 0:
      return kTexts[below(5)];
    case 1:
      return static_cast<std::int64_t>(random());
    case 2:
      return below(2) == 0;
    case 3:
      return {};
    case 4:
      json = Json::array();
      for (std::size_t i = below(4); i > 0; --i) json.push_back(any(random, depth - 1));
      return json;
    default:
      json = Json::object();
      for (std::size_t i = below(4); i > 0; --i) json[kTexts[below(5)]] = any(random, depth - 1);
      return json;
  }
}

}  // namespace

TEST_CASE("the writer writes what nlohmann writes") {
  std::mt19937_64 random(20261129);
  for (int round = 0; round < 2000; ++round) {
    const Json json = any(random, 4);
    REQUIRE(written(json, -1) == json.dump());
    REQUIRE(written(json, 2) == json.dump(2));
  }
}

TEST_CASE("what is no UTF-8 becomes U+FFFD, byte for byte") {
  CHECK(written("a\xFFz\xC3", -1) == "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
}
