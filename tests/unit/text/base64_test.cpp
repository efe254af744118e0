// SPDX-License-Identifier: Apache-2.0
// Base64: Go minds the alphabet and the padding, and ignores line breaks; protobuf's JSON reader does the reverse.
#include "text/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace meshroute::text;

TEST_CASE("base64 of all forms, there and back") {
  for (const std::string bytes : {"", "a", "ab", "abc", "\xff\xfe\xfd\xfc"}) {
    for (const Base64 form : {Base64::standard, Base64::standard_raw, Base64::url, Base64::url_raw}) {
      CHECK(decode_base64(encode_base64(bytes, form), form) == bytes);
      CHECK(decode_protobuf_base64(encode_base64(bytes, form)) == bytes);
    }
  }
  CHECK(encode_base64("ab") == "YWI=");
  CHECK(encode_base64("ab", Base64::url_raw) == "YWI");
  CHECK(encode_base64("\xff\xff\xff", Base64::url) == "____");
}

TEST_CASE("base64 that Go and Envoy read differently") {
  CHECK(decode_base64("YW\nI=") == "ab");
  CHECK(decode_token_base64(" Y\tW\nI") == "ab");
  CHECK(decode_token_base64("YWI=") == "ab");
  CHECK(decode_token_base64("YWI.") == "ab");
  CHECK(decode_token_base64("-_-_") == "\xFB\xFF\xBF");
  for (const char* wrong : {"Y", "YWI==", "YW=I", "+/+/", "YWJj=", "Y*"}) CHECK_FALSE(decode_token_base64(wrong));
  CHECK_FALSE(decode_protobuf_base64("YW\nI="));
  CHECK_FALSE(decode_base64("YWI"));
  CHECK(decode_protobuf_base64("YWI") == "ab");
  CHECK_FALSE(decode_base64("____"));
  CHECK(decode_protobuf_base64("____") == "\xff\xff\xff");
  CHECK_FALSE(decode_base64("++++", Base64::url));
}

TEST_CASE("base64 that nobody reads") {
  for (const char* text : {"A", "!", "AAAAA"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text));
    CHECK_FALSE(decode_base64(text, Base64::standard_raw));
    CHECK_FALSE(decode_protobuf_base64(text));
  }
  for (const char* text : {"YWI=a", "Y===", "===="}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text));
  }
}
