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
    {"AN0104", "*", Layer::analysis, Severity::info,
     "The Services of the Kubernetes names that rules use are among what was given, so that the rules can be judged.",
     "meshroute"},
    {"AN0201", "ServiceEntry", Layer::analysis, Severity::warning,
     "A workloadSelector selects a WorkloadEntry or a Pod of its own namespace.", "spec C15"},
    {"AN0202", "WorkloadEntry", Layer::analysis, Severity::info,
     "A WorkloadEntry is selected by a ServiceEntry or a Service of its namespace.", "spec C15, C25"},
    {"AN0203", "WorkloadEntry", Layer::analysis, Severity::warning,
     "A selected WorkloadEntry has an address that the resolution of its ServiceEntry uses.", "spec C15"},
    {"AN0204", "WorkloadEntry", Layer::analysis, Severity::info, "A selected WorkloadEntry with health checks is healthy.",
     "spec C14"},
    {"AN0205", "ServiceEntry", Layer::analysis, Severity::warning, "All clients see one definition of a host.", "spec D15"},
    {"AN0206", "ServiceEntry", Layer::analysis, Severity::warning, "Definitions of one host in one namespace fit together.",
     "spec D20, B24"},
    {"AN0301", "DestinationRule", Layer::analysis, Severity::warning, "The host is that of a service.", "spec E14"},
    {"AN0302", "DestinationRule", Layer::analysis, Severity::warning, "A subset's labels select an endpoint of the host.",
     "spec C30, E19"},
    {"AN0401", "VirtualService", Layer::analysis, Severity::warning, "A rule can match what no earlier rule takes.",
     "spec F3.1, F3.5"},
    {"AN0402", "VirtualService", Layer::analysis, Severity::warning, "A delegate exists and is exported to the rule's namespace.",
     "spec F1.3"},
    {"AN0403", "VirtualService", Layer::analysis, Severity::warning,
     "A delegate's rules go together with the match of the rule that delegates.", "spec F1.5, F1.7"},
    {"AN0404", "VirtualService", Layer::analysis, Severity::warning,
     "The host of a destination is that of a service that clients of the rule see.", "spec D18, D26"},
    {"AN0405", "VirtualService", Layer::analysis, Severity::warning, "The port of a destination is one of its service.",
     "spec F6.1, F6.2"},
    {"AN0406", "VirtualService", Layer::analysis, Severity::warning, "One VirtualService has the rules of a host.",
     "spec F1.9, F1.10"},
    {"AN0407", "VirtualService", Layer::analysis, Severity::warning,
     "A short host is that of a service of the rule's own namespace.", "spec A1"},
    {"AN0408", "VirtualService", Layer::analysis, Severity::info, "A match can match what no earlier rule takes.",
     "spec F3.1, F3.5"},
    {"AN0409", "VirtualService", Layer::analysis, Severity::warning, "A subset of a destination is defined.", "spec E19"},
    {"AN0410", "VirtualService", Layer::analysis, Severity::warning,
     "The DestinationRule that defines a destination's subset is seen by all clients of the rule.", "spec E10-E12"},
};

}  // namespace meshroute::analysis
