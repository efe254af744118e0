#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include "meshroute/answer.hpp"

namespace meshroute::explain {

/// The lines of an answer's trace that explain a failure, or why a request does not go where it seems to; the one that decides
/// first. Empty where there is nothing to explain.
/// `host` is the full name that was asked for.
std::vector<TraceLine> because(const Answer& answer, const std::string& host);

}  // namespace meshroute::explain
