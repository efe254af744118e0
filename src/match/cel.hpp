#pragma once

// SPDX-License-Identifier: Apache-2.0
// Expressions of CEL (the Common Expression Language).
#include <string>
#include <string_view>

namespace meshroute::match {

/// What is wrong with the form of a CEL expression, as cel-go's parser takes it with its standard macros; empty where it is good.
/// Names and types are not checked.
std::string cel_problem(std::string_view expression);

}  // namespace meshroute::match
