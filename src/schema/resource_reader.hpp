#pragma once

// SPDX-License-Identifier: Apache-2.0
// From a positioned document to a resource, with the verdicts of decoding, metadata and schema.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.hpp"
#include "meshroute/resource.hpp"
#include "text/document.hpp"

namespace meshroute::schema {

using findings::Finding;
class SharedValues;

/// What reading one document gave.
struct ReadResource {
  Resource resource;        ///< identity is filled as far as it is there, also where decode failed
  bool known_kind = false;  ///< there is a table or a reader for this kind
  bool istio_kind = false;  ///< a kind of Istio that has a table: it has layers
  bool decode = true, metadata = true, schema = true, strict = true;
  std::vector<std::string> unknown_fields;
  std::vector<Finding> findings;
  /// The spec after pruning what the CRD does not know, where that differs from resource.spec (snake_case names,
  /// unknown top-level keys); the webhook's verdict on it decides `accepted`.
  std::optional<Spec> pruned_spec;
  std::optional<Metadata> pruned_metadata;  ///< without what the API server drops, where that differs
  bool dropped_metadata_fails = false;      ///< decoding fails by metadata that the API server drops
  bool unknown_top_level = false;           ///< a top-level key that Istio's decoder refuses (the webhook then fails)
};

/// `values`: what resources share; null: nothing.
ReadResource read_resource(const text::Document& document, SharedValues* values = nullptr);

/// The spec as JSON, defaults omitted, fields in descriptor order; "null" if missing.
std::string spec_to_json(const Spec& spec);
/// The whole resource as a Kubernetes object in JSON or YAML.
std::string to_json(const Resource& resource);
std::string to_yaml(const Resource& resource);

}  // namespace meshroute::schema
