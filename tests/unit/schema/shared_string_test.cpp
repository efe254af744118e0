// SPDX-License-Identifier: Apache-2.0
// Texts that values share.
#include "meshroute/model/shared_string.hpp"

#include <doctest/doctest.h>

#include <compare>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/shared_values.hpp"

using meshroute::SharedString;

TEST_CASE("a shared string reads as a string") {
  const SharedString word = "abc";
  const std::string& text = word;
  const std::string_view view = word;
  CHECK(text == "abc");
  CHECK(view == "abc");
  CHECK(word == "abc");
  CHECK("abc" == word);
  CHECK(word == std::string("abc"));
  CHECK(word != std::string_view("abd"));
  CHECK(word + "/" + word == "abc/abc");
  CHECK("a " + word == "a abc");
  CHECK(word + 'd' == "abcd");
  CHECK(word + word == "abcabc");
  CHECK(word.starts_with("ab"));
  CHECK(word.ends_with("bc"));
  CHECK(word.substr(1) == "bc");
  CHECK(std::string(word.begin(), word.end()) == "abc");
  std::map<std::string, int> by_name{{"abc", 1}};
  CHECK(by_name.at(word) == 1);
  CHECK(std::set<SharedString>{"b", "a", "b"}.size() == 2);
  CHECK(std::hash<SharedString>()(word) == std::hash<std::string>()("abc"));
}

TEST_CASE("shared strings are ordered as their texts") {
  const std::vector<std::string> texts{"", "a", "ab", "b", std::string("a\0b", 3), "\xff"};
  for (const std::string& one : texts) {
    for (const std::string& other : texts) {
      CHECK((SharedString(one) < SharedString(other)) == (one < other));
      CHECK((SharedString(one) == SharedString(other)) == (one == other));
      CHECK((SharedString(one) < other) == (one < other));
    }
  }
}

TEST_CASE("copies of a shared string are one, and independent") {
  SharedString one = "abc";
  const SharedString copy = one, again = "abc";
  CHECK(one.is(copy));
  CHECK_FALSE(one.is(again));
  one = "b";
  CHECK(copy == "abc");
  const SharedString moved = std::move(one);
  CHECK(moved == "b");
  SharedString own = moved;
  const SharedString& itself = own;
  own = itself;
  CHECK(own == "b");
  own.clear();
  CHECK(own.empty());
  CHECK(own == "");
  CHECK(own.is(SharedString()));
  CHECK(moved == "b");
}

TEST_CASE("like texts of many resources become one") {
  meshroute::schema::SharedValues values(0);
  const SharedString one = values.share("shop"), other = values.share("shop");
  CHECK(one.is(other));
  CHECK(one == "shop");
  CHECK(values.share("").empty());
  for (int i = 0; i < 10000; ++i) CHECK(values.share(std::to_string(i)) == std::to_string(i));
  const std::string longer(1000, 'x');
  CHECK(values.share(longer) == longer);
}
