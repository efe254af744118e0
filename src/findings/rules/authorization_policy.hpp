#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kAuthorizationPolicyRules[] = {
    {.id = "AP0101",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "DENY and CUSTOM have rules.",
     .source = "Istio webhook"},
    {.id = "AP0102",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "provider goes with CUSTOM.",
     .source = "Istio webhook"},
    {.id = "AP0103",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "CUSTOM does not ask for identities.",
     .source = "Istio webhook"},
    {.id = "AP0105",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "Sources and operations are not empty.",
     .source = "Istio webhook"},
    {.id = "AP0106",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "Values are valid.",
     .source = "Istio webhook"},
    {.id = "AP0107",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "A path template is valid.",
     .source = "Istio webhook"},
    {.id = "AP0108",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "A condition has a known key and valid values.",
     .source = "Istio webhook"},
    {.id = "AP0109",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "AuthorizationPolicy",
     .what = "A DENY rule names ports where it should spare TCP.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
