// SPDX-License-Identifier: Apache-2.0
// Versions, the names of codes, and structs with their defaults.
#include "wall.hpp"

namespace {

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

constexpr const char* kUnknown = "unknown";

/// The word for a code from 1 on.
template <std::size_t Size>
const char* word(const char* const (&words)[Size], std::int32_t code) {
  return code >= 1 && static_cast<std::size_t>(code) <= Size ? words[code - 1] : kUnknown;
}

/// Only what every caller's struct has.
template <class Struct>
void init(Struct* out) {
  if (out == nullptr) return;
  std::memset(static_cast<void*>(out), 0, kSmallest<Struct>);
  out->struct_size = kSmallest<Struct>;
}

}  // namespace

extern "C" {

const char* meshroute_version(void) { return meshroute::version().data(); }
uint32_t meshroute_version_number(void) {
  return MESHROUTE_VERSION_MAJOR * 1000000U + MESHROUTE_VERSION_MINOR * 1000U + MESHROUTE_VERSION_PATCH;
}
const char* meshroute_istio_version(void) { return meshroute::istio_version().data(); }
const char* meshroute_envoy_version(void) { return meshroute::envoy_version().data(); }

const char* meshroute_status_name(meshroute_status status) {
  switch (status) {
    case MESHROUTE_OK:
      return "ok";
    case MESHROUTE_FINDINGS:
      return "findings";
    case MESHROUTE_INVALID_ARGUMENT:
      return "invalid_argument";
    case MESHROUTE_LIMIT:
      return "limit";
    case MESHROUTE_REFUSED:
      return "refused";
    case MESHROUTE_INTERNAL:
      return "internal";
    default:
      return kUnknown;
  }
}
const char* meshroute_severity_name(int32_t severity) {
  static constexpr const char* kWords[] = {"error", "warning", "info"};
  return word(kWords, severity);
}
const char* meshroute_layer_name(int32_t layer) {
  static constexpr const char* kWords[] = {"syntax", "decode", "metadata", "schema", "webhook", "strict", "analysis"};
  return word(kWords, layer);
}
const char* meshroute_verdict_name(int32_t verdict) {
  static constexpr const char* kWords[] = {"matched", "skipped", "noted"};
  return word(kWords, verdict);
}
const char* meshroute_rule_status_name(int32_t status) {
  static constexpr const char* kWords[] = {"stable", "preview", "deprecated"};
  return word(kWords, status);
}

#define MESHROUTE_INIT(name, last) \
  void meshroute_##name##_init(meshroute_##name* out) { init(out); }
MESHROUTE_STRUCTS(MESHROUTE_INIT)
#undef MESHROUTE_INIT

}  // extern "C"
