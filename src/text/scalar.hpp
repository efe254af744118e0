#pragma once

// SPDX-License-Identifier: Apache-2.0
// How Kubernetes types a scalar: YAML 1.1 as the Go reader has it, and then JSON.

#include <string>
#include <string_view>

#include "text/document.hpp"

namespace meshroute::text {

/// What a scalar's tag asks for.
enum class Tag { none, string, integer, floating, boolean, null, timestamp, other };

/// The tag that a name such as "tag:yaml.org,2002:int" or "!!int" means.
Tag tag_of(std::string_view name);

/// What typing can end in beside a value.
enum class Typed { good, infinite, mismatch };

/// Sets kind and value of a node by its `text`. `quoted` scalars are strings unless a tag says otherwise.
/// `infinite`: the value has no JSON form (.inf, .nan); `mismatch`: the tag does not fit.
Typed type_scalar(Node& node, Tag tag, bool quoted);

/// A number's spelling as a JSON object's key, as Kubernetes turns YAML keys into strings; false where it refuses such keys.
bool key_text(const Node& node, std::string& text);

}  // namespace meshroute::text
