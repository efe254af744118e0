// SPDX-License-Identifier: Apache-2.0
#include "mesh/load.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "admission/webhook.hpp"
#include "schema/resource_reader.hpp"
#include "schema/suppress.hpp"
#include "text/document.hpp"

namespace meshroute::mesh {

namespace {

Diagnostic from_problem(const text::Problem& problem, text::Lines& lines, const std::string& source, std::int32_t document) {
  Diagnostic diagnostic;
  diagnostic.layer = Layer::syntax;
  diagnostic.rule = std::string(problem.rule);
  diagnostic.document = document;
  diagnostic.source = source;
  diagnostic.line = problem.position.line;
  diagnostic.column = problem.position.column;
  diagnostic.message = problem.message;
  diagnostic.hint = problem.hint;
  diagnostic.excerpt = lines.line(diagnostic.line);
  return diagnostic;
}

bool has_error(const std::vector<schema::Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.severity == Severity::error; });
}

}  // namespace

std::string display_name(const Identity& identity) { return identity.kind + " " + identity.namespace_ + "/" + identity.name; }

Loaded load(std::string_view bytes, const LoadOptions& options) {
  Loaded loaded;
  auto source = std::make_shared<Source>();
  source->name = options.name;
  if (options.keep_text) source->text.assign(bytes);

  text::Lines lines(bytes);
  const text::Stream stream = text::read(bytes, options.name, options.format, options.limits);
  for (const auto& problem : stream.problems) loaded.report.diagnostics.push_back(from_problem(problem, lines, options.name, -1));

  std::set<std::string> unknown_kinds;
  for (const auto& document : stream.documents) {
    const auto index = static_cast<std::int32_t>(loaded.report.documents.size());
    auto read = schema::read_resource(document);
    Resource& resource = read.resource;
    resource.identity.cluster = options.cluster;
    resource.origin = Origin{source, document.offset, document.size, document.line};

    DocumentReport verdict;
    verdict.source = options.name;
    verdict.line = document.line;
    verdict.kind = resource.identity.kind;
    verdict.namespace_ = resource.identity.namespace_;
    verdict.name = resource.identity.name;
    verdict.has_layers = read.istio_kind || !read.decode;
    verdict.decode = read.decode;
    verdict.metadata = read.metadata;
    verdict.schema = read.schema;
    verdict.strict = read.strict;
    verdict.unknown_fields = read.unknown_fields;

    std::vector<schema::Finding> findings = std::move(read.findings);
    bool webhook_of_pruned = false;
    verdict.webhook = false;
    if (read.istio_kind) {
      std::vector<schema::Finding> said;
      if (read.decode) {
        said = admission::validate(resource);
        verdict.webhook = !has_error(said) && !read.unknown_top_level;
        webhook_of_pruned = !has_error(said);
      }
      if (read.pruned_spec) {  // the API server prunes before the webhook looks, also what Istio's own decoder cannot read
        Resource pruned = resource;
        pruned.spec = *read.pruned_spec;
        auto said_of_pruned = admission::validate(pruned);
        webhook_of_pruned = !has_error(said_of_pruned);
        if (!webhook_of_pruned && !has_error(said) && read.schema) {  // it alone refuses the document
          std::copy_if(said_of_pruned.begin(), said_of_pruned.end(), std::back_inserter(said),
                       [](const schema::Finding& finding) { return finding.severity == Severity::error; });
        }
      }
      for (auto& finding : said) {
        finding.layer = Layer::webhook;
        finding.position = text::locate(document.root, finding.path);
        findings.push_back(std::move(finding));
      }
    }
    verdict.accepted = read.istio_kind ? verdict.metadata && verdict.schema && webhook_of_pruned : read.decode;
    if (read.pruned_spec && verdict.accepted) resource.spec = *read.pruned_spec;

    const std::string shown = display_name(resource.identity);
    for (auto& finding : findings) {
      if (finding.severity != Severity::error && schema::suppressed(resource.metadata, finding.rule)) continue;
      Diagnostic diagnostic;
      diagnostic.severity = finding.severity;
      diagnostic.layer = finding.layer;
      diagnostic.rule = std::string(finding.rule);
      diagnostic.document = index;
      if (!resource.identity.kind.empty()) diagnostic.resource = shown;
      diagnostic.path = std::move(finding.path);
      diagnostic.source = options.name;
      diagnostic.line = std::max(1U, finding.position.line);
      diagnostic.column = std::max(1U, finding.position.column);
      diagnostic.message = std::move(finding.message);
      diagnostic.hint = std::move(finding.hint);
      diagnostic.excerpt = lines.line(diagnostic.line);
      if (diagnostic.hint.empty() && diagnostic.severity == Severity::error && diagnostic.excerpt.find("{{") != std::string::npos) {
        diagnostic.hint = "this looks like a template: render it first";
      }
      if (!finding.related_path.empty()) {
        const auto place = text::locate(document.root, finding.related_path);
        diagnostic.related.push_back({options.name, place.line, place.column, std::move(finding.related_message)});
      }
      loaded.report.diagnostics.push_back(std::move(diagnostic));
    }
    if (!read.known_kind && read.decode && unknown_kinds.insert(resource.identity.kind).second) {
      Diagnostic diagnostic;
      diagnostic.severity = Severity::info;
      diagnostic.layer = Layer::decode;
      diagnostic.rule = "AN0101";
      diagnostic.document = index;
      diagnostic.resource = shown;
      diagnostic.source = options.name;
      diagnostic.line = document.line;
      diagnostic.message = "meshroute has no table for kind " + resource.identity.kind + ": documents of this kind are not checked";
      diagnostic.excerpt = lines.line(diagnostic.line);
      loaded.report.diagnostics.push_back(std::move(diagnostic));
    }
    const bool apply = read.known_kind && (verdict.accepted || (read.decode && options.apply_refused));
    if (apply) {
      loaded.documents.push_back(static_cast<std::size_t>(index));
      loaded.resources.push_back(std::make_shared<const Resource>(std::move(resource)));
    }
    loaded.report.documents.push_back(std::move(verdict));
  }
  return loaded;
}

}  // namespace meshroute::mesh
