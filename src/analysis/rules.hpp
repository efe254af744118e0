#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "meshroute/diagnostic.hpp"

namespace meshroute::analysis {

inline constexpr Rule kRules[] = {
    {"AN0101", "*", Layer::decode, Severity::info, "The kind is one that meshroute has a table for.", "meshroute"},
    {"AN0102", "*", Layer::analysis, Severity::warning, "A resource is defined once.",
     "meshroute: a later document replaces an earlier one"},
    {"AN0103", "ConfigMap", Layer::analysis, Severity::warning,
     "Istio's own ConfigMap holds a MeshConfig and MeshNetworks that can be read.", "Istio MeshConfig"},
    {"AN0201", "ServiceEntry", Layer::analysis, Severity::warning,
     "A workloadSelector selects a WorkloadEntry or a Pod of its own namespace.", "spec C15"},
    {"AN0202", "WorkloadEntry", Layer::analysis, Severity::info,
     "A WorkloadEntry is selected by a ServiceEntry or a Service of its namespace.", "spec C15, C25"},
};

}  // namespace meshroute::analysis
