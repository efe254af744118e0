#pragma once

// SPDX-License-Identifier: Apache-2.0
// Members of messages as protojson has them: what has its default is left out. For the writers of messages.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envoy/route.hpp"
#include "text/json_writer.hpp"

namespace meshroute::envoy {

inline void flag(text::JsonWriter& json, std::string_view name, bool value) {
  if (value) json.member(name, true);
}

inline void text(text::JsonWriter& json, std::string_view name, const std::string& value) {
  if (!value.empty()) json.member(name, value);
}

template <class Value>
void given(text::JsonWriter& json, std::string_view name, const std::optional<Value>& value) {
  if (value) json.member(name, *value);
}

inline void given(text::JsonWriter& json, std::string_view name, const std::optional<Duration>& value) {
  if (value) json.member(name, shown(*value));
}

inline void texts(text::JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  json.list(name);
  for (const std::string& value : values) json.value(value);
  json.end_list();
}

}  // namespace meshroute::envoy
