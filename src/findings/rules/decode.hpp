#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kDecodeRules[] = {
    {.id = "DC0101",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A document is an object with an apiVersion and a kind.",
     .source = "Kubernetes API conventions"},
    {.id = "DC0102",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A value has the type that its field wants.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0103",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A number fits the range of its field.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0104",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "An enum value is one of the names of its enum.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0105",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A duration is numbers with units, as Go reads them.",
     .source = "Go time.ParseDuration"},
    {.id = "DC0106",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "Bytes are standard base64 with padding.",
     .source = "Istio API, JSON mapping"},
    {.id = "DC0107",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "The apiVersion names a group that has the kind.",
     .source = "Istio CRDs"},
    {.id = "DC0108",
     .severity = Severity::error,
     .layer = Layer::decode,
     .kind = "*",
     .what = "A time is written as RFC 3339 says.",
     .source = "Kubernetes ObjectMeta"},
};

}  // namespace meshroute::findings
