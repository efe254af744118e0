#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute {

enum class Severity : std::int32_t { error = 1, warning = 2, info = 3 };

/// Which part of the chain spoke. The values are stable.
enum class Layer : std::int32_t { syntax = 1, decode, metadata, schema, webhook, strict, analysis };

std::string_view to_string(Severity severity);
std::string_view to_string(Layer layer);

/// Another place that a finding leans on.
struct Related {
  std::string source = {};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message = {};
};

/// One finding. Lines and columns count from 1, columns in Unicode code points.
struct Diagnostic {
  Severity severity = Severity::error;
  Layer layer = Layer::syntax;
  std::string rule = {};       ///< stable id, see rules()
  std::int32_t document = -1;  ///< index into Report::documents, or -1
  std::string resource = {};   ///< "ServiceEntry default/httpbin-entry"
  std::string path = {};       ///< "spec.ports[1].number"
  std::string source = {};     ///< name given at load
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message = {};
  std::string hint = {};
  std::vector<Related> related = {};
  std::string excerpt = {};  ///< the line of the source, for the caret picture; not in the JSON form
};

/// The verdict on one document of a stream.
struct DocumentReport {
  std::string source = {};
  std::uint32_t line = 1;
  std::string kind = {};
  std::string namespace_ = {};
  std::string name = {};
  bool accepted = false;
  bool has_layers = true;  ///< false for kinds that the library has no table for
  bool decode = true, metadata = true, schema = true, webhook = true, strict = true;
  std::vector<std::string> unknown_fields = {};
};

/// What a load or a check found. Owns all its text.
struct Report {
  std::vector<DocumentReport> documents = {};
  std::vector<Diagnostic> diagnostics = {};

  std::size_t errors() const;
  std::size_t warnings() const;
  /// Adds the documents and findings of another report; document indexes of its findings move along.
  void append(Report other);
  /// Drops the findings of a rule (or of every rule, for `*`) that refuse nothing; errors that explain a refusal stay.
  void ignore(std::string_view rule);
  /// The JSON form of the contract.
  std::string to_json() const;
  /// SARIF 2.1.0, for code-scanning services; the rules that fired are described in it.
  std::string to_sarif() const;
  /// For people: findings with caret pictures, and a summary line.
  std::string to_text(bool colour = false) const;
};

/// One rule that a diagnostic can name. Ids are stable and never reused.
struct Rule {
  std::string_view id = {}, kind = {};
  Layer layer = {};
  Severity severity = {};
  std::string_view demand = {};  ///< what it demands, a sentence
  std::string_view source = {};  ///< where it comes from
};

/// All rules, sorted by id; lives as long as the program.
std::span<const Rule> rules();

}  // namespace meshroute
