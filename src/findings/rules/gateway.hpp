#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kGatewayRules[] = {
    {.id = "GW0101",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "The name of a Gateway is a DNS label.",
     .source = "Istio webhook"},
    {.id = "GW0102",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A Gateway has servers.",
     .source = "Istio webhook"},
    {.id = "GW0103",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A server has hosts.",
     .source = "Istio webhook"},
    {.id = "GW0104",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A server has a valid port.",
     .source = "Istio webhook"},
    {.id = "GW0105",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "A server has TLS settings where its protocol is TLS, and only there.",
     .source = "Istio webhook"},
    {.id = "GW0106",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "Port names are unique.",
     .source = "Istio webhook"},
    {.id = "GW0107",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "Gateway",
     .what = "httpsRedirect is for HTTP servers.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
