#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kWorkloadGroupRules[] = {
    {.id = "WG0101",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadGroup",
     .what = "A WorkloadGroup has a template.",
     .source = "Istio webhook"},
    {.id = "WG0102",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadGroup",
     .what = "Numbers of a probe are not negative.",
     .source = "Istio webhook"},
    {.id = "WG0103",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadGroup",
     .what = "A probe has a method that is supported.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
