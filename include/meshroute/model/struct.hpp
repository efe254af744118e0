#pragma once

// SPDX-License-Identifier: Apache-2.0
// Values whose form another project defines.

#include <string>

namespace meshroute::model {

/// `google.protobuf.Struct`: an object of any form, kept as JSON text.
struct Struct {
  std::string json = "{}";

  bool operator==(const Struct&) const = default;
};

}  // namespace meshroute::model
