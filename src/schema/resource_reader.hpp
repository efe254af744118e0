#pragma once

// SPDX-License-Identifier: Apache-2.0
// From a positioned document to a resource, with the verdicts of decoding, metadata and schema.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/diagnostic.hpp"
#include "meshroute/resource.hpp"
#include "text/document.hpp"

namespace meshroute::schema {

/// A finding at a place of one document. `rule` is an id of the rule table.
struct Finding {
  std::string_view rule;
  Severity severity = Severity::error;
  Layer layer = Layer::decode;
  std::string path;  ///< "spec.ports[1].number"
  text::Position position;
  std::string message, hint;
  std::string related_path;               ///< another place of the same document, or empty
  text::Position related_position{0, 0};  ///< the same, where it is no path's; line 0: none
  std::string related_message;
};

/// What reading one document gave.
struct ReadResource {
  Resource resource;        ///< identity is filled as far as it is there, also where decode failed
  bool known_kind = false;  ///< there is a table or a reader for this kind
  bool istio_kind = false;  ///< one of the nine kinds: it has layers
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

ReadResource read_resource(const text::Document& document);

/// The spec as JSON, defaults omitted, fields in descriptor order; "null" where there is none.
std::string spec_to_json(const Spec& spec);
/// The whole resource as a Kubernetes object in JSON or YAML.
std::string to_json(const Resource& resource);
std::string to_yaml(const Resource& resource);

}  // namespace meshroute::schema
