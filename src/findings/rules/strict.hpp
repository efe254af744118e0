#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kStrictRules[] = {
    {.id = "ST0101",
     .severity = Severity::warning,
     .layer = Layer::strict,
     .kind = "*",
     .what = "A field is one that the CRD knows; the API server drops others.",
     .source = "Kubernetes pruning"},
};

}  // namespace meshroute::findings
