#pragma once

// SPDX-License-Identifier: Apache-2.0
// Findings about configuration, the report that holds them, and the rules that they name.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/model/shared_string.hpp"

namespace meshroute {
/// An error refuses the document, or makes a request fail; a warning is probably a mistake; an info is good to know.
enum class Severity : std::int32_t { error = 1, warning = 2, info = 3 };

/// Which validation layer produced the finding. The values are stable.
enum class Layer : std::int32_t { syntax = 1, decode, metadata, schema, webhook, strict, analysis };
/// "error", "warning" or "info".
std::string_view to_string(Severity severity);
/// The layer's name, as in the JSON form.
std::string_view to_string(Layer layer);

/// A related location.
struct Related {
  SharedString source = {};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message = {};
};

/// One finding. Lines and columns count from 1, columns in Unicode code points.
struct Diagnostic {
  Severity severity = Severity::error;
  Layer layer = Layer::syntax;
  /// Stable id, see rules().
  SharedString rule = {};
  /// Index into Report::documents, or -1.
  std::int32_t document = -1;
  /// "ServiceEntry default/httpbin-entry".
  std::string resource = {};
  /// "spec.ports[1].number".
  std::string path = {};
  /// Name given at load.
  SharedString source = {};
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message = {};
  SharedString hint = {};
  std::vector<Related> related = {};
  /// How many findings of this rule and resource are left out; only the last one kept has them.
  std::uint32_t more = 0;
  /// The line of the source, for the caret picture; not in the JSON form.
  std::string excerpt = {};
};

/// The verdict on one document of a stream.
struct DocumentReport {
  SharedString source = {};
  std::uint32_t line = 1;
  SharedString kind = {};
  SharedString namespace_ = {};
  std::string name = {};
  bool accepted = false;
  /// false for kinds without a table; the verdicts below then mean nothing.
  bool has_layers = true;
  bool decode = true, metadata = true, schema = true, webhook = true, strict = true;
  bool applied = false;  ///< the mesh has it as a resource now; never of a check. Not in the JSON form.
  std::vector<std::string> unknown_fields = {};
};

/// A document that is no Kubernetes object, of a load with LoadOptions::pass_over.
struct PassedOver {
  SharedString source = {};
  std::uint32_t line = 1;
};

/// The verdicts and findings of a load, a check or an analysis. Owns all its text.
struct Report {
  std::vector<DocumentReport> documents = {};
  std::vector<Diagnostic> diagnostics = {};
  std::vector<PassedOver> passed_over = {};
  /// The number of diagnostics of severity error.
  std::size_t errors() const;
  /// The number of diagnostics of severity warning.
  std::size_t warnings() const;
  /// Adds the documents and findings of another report; document indexes of its findings move along.
  void append(Report other);
  /// Drops the findings of a rule that refuse nothing; errors that explain a refusal stay. `rule` is a word of Rule::is.
  void ignore(std::string_view rule);
  /// The JSON form of the contract, compact; `pretty`: on lines of their own, indented. So every JSON form.
  std::string to_json(bool pretty = false) const;
  /// SARIF 2.1.0, for code-scanning services; the rules that fired are described in it.
  std::string to_sarif(bool pretty = false) const;
  /// For people: findings with caret pictures, and a summary line; verbose: with the verdict on each document.
  std::string to_text(bool colour = false, bool verbose = false) const;
  /// Takes a piece of a text, which holds until it returns. False: no more is wanted.
  using Write = std::function<bool(std::string_view piece)>;
  /// The text of to_json in pieces, so that a large one is never in memory as a whole.
  void write_json(const Write& write, bool pretty = false) const;
  /// The text of to_sarif in pieces.
  void write_sarif(const Write& write, bool pretty = false) const;
  /// The text of to_text in pieces.
  void write_text(const Write& write, bool colour = false, bool verbose = false) const;
  /// An estimate of the heap memory of its documents and findings, in bytes. It walks them, in linear time.
  std::size_t bytes() const;
};

/// How far a rule's behaviour is settled. The values are stable.
enum class RuleStatus : std::int32_t { stable = 1, preview = 2, deprecated = 3 };
/// "stable", "preview" or "deprecated".
std::string_view to_string(RuleStatus status);

/// One rule that a diagnostic can name. Ids are stable and never reused. All text lives as long as the program.
struct Rule {
  /// "SE0107".
  std::string_view id = {};
  /// Short, in kebab case: "round-robin-endpoints".
  std::string_view name = {};
  Severity severity = Severity::error;
  Layer layer = Layer::syntax;
  /// Of the resource: "ServiceEntry"; "*" for several kinds.
  std::string_view kind = {};
  /// Codes of Istio's and Kiali's analyses that it stands for: "IST0101/host".
  std::span<const std::string_view> peers = {};
  /// What it demands, a sentence.
  std::string_view what = {};
  /// What happens otherwise.
  std::string_view why = {};
  /// YAML or JSON that breaks the rule, and that keeps it.
  std::string_view bad = {}, good = {};
  /// What to do, one imperative sentence.
  std::string_view fix = {};
  /// Where it comes from.
  std::string_view source = {};
  /// The first version of meshroute that has it.
  std::string_view since = "0.1.0";
  RuleStatus status = RuleStatus::stable;

  /// Whether `word` means this rule: its id, its name, or a code of a peer that it stands for, with or without what is behind the
  /// code's slash ("IST0101/host", "IST0101"); `*` means every rule.
  bool is(std::string_view word) const;
};

/// All rules, sorted by id; lives as long as the program.
std::span<const Rule> rules();

/// The rules that `word` means (empty: all) as a JSON list of objects with the members of Rule.
std::string rules_to_json(std::string_view word = {}, bool pretty = false);

}  // namespace meshroute
