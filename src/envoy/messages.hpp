#pragma once

// SPDX-License-Identifier: Apache-2.0
// All messages of Envoy's configuration, as far as a patch of them is checked: the names and types of their fields.

#include <string>
#include <string_view>
#include <vector>

#include "text/document.hpp"

namespace meshroute::envoy {

struct MessageProblem {
  enum class Kind {
    wrong,           ///< Istio cannot read the value
    unknown_field,   ///< the message has no such field: Istio drops it
    no_typed_config  ///< a filter has only its name, without `typed_config`
  };
  Kind kind = Kind::wrong;
  std::string path;  ///< below the value: "typed_config.inline_code"; empty for the value itself
  std::string message, hint;
};

/// What Istio finds wrong with `value` as the message of this full name ("envoy.config.cluster.v3.Cluster"), which it reads as
/// Go's jsonpb does: fields by their JSON name or their proto name, unknown ones dropped.
std::vector<MessageProblem> check_message(const text::Node& value, std::string_view name);

}  // namespace meshroute::envoy
