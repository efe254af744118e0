#pragma once

// SPDX-License-Identifier: Apache-2.0
// Endpoints that are assumed, and endpoints that nothing gives.

#include <optional>
#include <string_view>
#include <vector>

#include "explain/why.hpp"

namespace meshroute::explain {

/// Why nothing says which endpoints the cluster's service has (KD3), then the workloads that it nearly has.
std::vector<Reason> why_not_given(const view::ProxyView& view, std::string_view cluster);

/// Which templates the cluster's endpoints are assumed from; nothing where none of them is.
std::optional<Reason> assumed_from(const view::ProxyView& view, std::string_view cluster);

/// The Service leads to a port that no container of its assumed Pods names, and to no other port that one names.
std::optional<Reason> unnamed_port(const view::ProxyView& view, std::string_view cluster);

}  // namespace meshroute::explain
