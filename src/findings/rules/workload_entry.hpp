#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kWorkloadEntryRules[] = {
    {.id = "WE0101",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint has an address or a network.",
     .source = "Istio webhook"},
    {.id = "WE0102",
     .severity = Severity::warning,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint has an address.",
     .source = "Istio webhook"},
    {.id = "WE0103",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "An endpoint address is an IP address, or a domain name where DNS resolves it.",
     .source = "Istio webhook"},
    {.id = "WE0104",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "Endpoint ports are ports of the ServiceEntry.",
     .source = "Istio webhook"},
    {.id = "WE0105",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "A unix endpoint has no ports.",
     .source = "Istio webhook"},
    {.id = "WE0106",
     .severity = Severity::error,
     .layer = Layer::webhook,
     .kind = "WorkloadEntry",
     .what = "A unix endpoint needs exactly one service port.",
     .source = "Istio webhook"},
};

}  // namespace meshroute::findings
