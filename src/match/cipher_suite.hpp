#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <string_view>

namespace meshroute::match {

/// Whether Istio takes it as a TLS cipher suite; what starts with an operator is not looked at.
bool is_cipher_suite(std::string_view suite);

}  // namespace meshroute::match
