// SPDX-License-Identifier: Apache-2.0
// A text through reading, decoding, schema and webhook: the verdicts of one load.
#include "mesh/load.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "admission/mesh_config.hpp"
#include "admission/webhook.hpp"
#include "findings/diagnostics.hpp"
#include "findings/display_name.hpp"
#include "findings/suppress.hpp"
#include "findings/told_once.hpp"
#include "schema/resource_reader.hpp"
#include "schema/shared_values.hpp"
#include "text/document.hpp"
#include "text/parallel.hpp"

namespace meshroute::mesh {

namespace {

using findings::Finding;

bool has_error(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.severity() == Severity::error; });
}

/// What one document came to. Holds nothing of the document's tree.
struct Judged {
  DocumentReport verdict;
  std::vector<Diagnostic> diagnostics;
  std::shared_ptr<const Resource> resource;  ///< null where it is not applied
  bool unknown_kind = false, passed_over = false;
  std::unique_ptr<MeshTexts> mesh_texts;  ///< null for nearly all
};

/// What all documents of one load share. Read only.
struct Context {
  const LoadOptions& options;
  std::shared_ptr<const Source> source;
  SharedString cluster;
  bool keep = true;  ///< resources
};

/// The webhook's verdict on what was decoded, and on what the API server leaves of it.
bool validate(schema::ReadResource& read, const text::Node& root, DocumentReport& verdict) {
  std::vector<Finding> said;
  bool good = false;
  if (read.decode) {
    said = admission::validate(read.resource);
    verdict.webhook = !has_error(said) && !read.unknown_top_level;
    good = !has_error(said);
  }
  if (read.pruned_spec ||
      read.pruned_metadata) {  // the API server prunes before the webhook looks, also what Istio's own decoder cannot read
    Resource pruned = read.resource;
    if (read.pruned_spec) pruned.spec = *read.pruned_spec;
    if (read.pruned_metadata) pruned.metadata = *read.pruned_metadata;
    auto said_of_pruned = admission::validate(pruned);
    good = !has_error(said_of_pruned);
    if (!good && !has_error(said) && read.schema) {  // only it refuses the document
      std::copy_if(std::make_move_iterator(said_of_pruned.begin()), std::make_move_iterator(said_of_pruned.end()),
                   std::back_inserter(said), [](const Finding& finding) { return finding.severity() == Severity::error; });
    }
  }
  for (auto& finding : said) {
    finding.position = text::locate(root, finding.path);
    read.findings.push_back(std::move(finding));
  }
  return good;
}

void take(std::optional<MeshTexts> texts, Judged& judged) {
  if (texts) judged.mesh_texts = std::make_unique<MeshTexts>(std::move(*texts));
}

/// `item`: the document's place among those of its chunk.
Judged judge(const text::Document& document, std::size_t item, const Context& context, schema::SharedValues* values) {
  Judged judged;
  if (context.options.pass_over && document.readable && is_foreign(document.root)) {
    judged.passed_over = true;
    judged.verdict.line = document.line;
    std::vector<Finding> found;
    take(mesh_texts_of(document.root, Identity{.cluster = context.cluster, .kind = {}}, found), judged);
    for (auto& finding : found)
      judged.diagnostics.push_back(findings::make_diagnostic(std::move(finding), {}, context.source->name, document.root));
    return judged;
  }
  auto read = schema::read_resource(document, values);
  Resource& resource = read.resource;
  resource.identity.cluster = context.cluster;
  resource.origin = Origin{context.source, document.offset, document.size, document.line, item};

  DocumentReport& verdict = judged.verdict;
  verdict.source = context.source->name;
  verdict.line = document.line;
  verdict.kind = resource.identity.kind;
  verdict.namespace_ = resource.identity.namespace_;
  verdict.name = resource.identity.name;
  verdict.has_layers = read.istio_kind || !read.decode;
  verdict.decode = read.decode;
  verdict.metadata = read.metadata;
  verdict.schema = read.schema;
  verdict.strict = read.strict;
  verdict.webhook = false;
  verdict.unknown_fields = std::move(read.unknown_fields);
  const bool valid = read.istio_kind && validate(read, document.root, verdict);
  verdict.accepted = read.istio_kind ? verdict.metadata && verdict.schema && valid : read.decode && read.schema;
  if (read.pruned_spec && verdict.accepted) resource.spec = *read.pruned_spec;
  if (read.pruned_metadata && verdict.accepted) resource.metadata = *read.pruned_metadata;

  std::string shown;
  const bool any = !read.findings.empty() || (!read.known_kind && read.decode);
  if (any && !resource.identity.kind.empty()) shown = findings::display_name(resource);
  findings::tell_once(read.findings);
  for (auto& finding : read.findings) {
    if (finding.severity() != Severity::error && findings::suppressed(resource.metadata, finding.rule)) continue;
    judged.diagnostics.push_back(findings::make_diagnostic(std::move(finding), shown, context.source->name, document.root));
  }
  if (!read.known_kind && read.decode) {
    std::vector<Finding> found;
    take(mesh_texts_of(document.root, resource.identity, found), judged);
    for (auto& finding : found) {
      if (findings::suppressed(resource.metadata, finding.rule)) continue;
      judged.diagnostics.push_back(findings::make_diagnostic(std::move(finding), shown, context.source->name, document.root));
    }
  }
  judged.unknown_kind = !read.known_kind && read.decode && !judged.mesh_texts;
  const bool apply = context.keep && read.known_kind && (verdict.accepted || (read.decode && context.options.apply_refused));
  if (apply) judged.resource = std::make_shared<const Resource>(std::move(resource));
  return judged;
}

Diagnostic unknown_kind(const DocumentReport& verdict) {
  return findings::make_diagnostic(
      "AN0101",
      {findings::display_name(verdict.kind, verdict.namespace_, verdict.name), {}, {verdict.source, verdict.line, 1, {}}},
      "meshroute has no table for kind " + verdict.kind + ": documents of this kind are not checked");
}

/// Every document of the bytes, judged, in order. A part's tree is gone once it is judged.
std::vector<std::vector<Judged>> judge_all(std::string_view bytes, const Context& context, std::uint32_t threads,
                                           std::vector<text::Problem>& problems) {
  const LoadOptions& options = context.options;
  std::vector<std::vector<Judged>> parts;
  std::vector<std::unique_ptr<schema::SharedValues>> values;  // of each thread
  const auto of = [&](std::size_t worker) {
    if (values[worker] == nullptr) values[worker] = std::make_unique<schema::SharedValues>(bytes.size(), context.keep);
    return values[worker].get();
  };
  if (bytes.size() > options.limits.bytes || text::reads_as_json(bytes, options.name, options.format)) {
    const text::Stream stream = text::read(bytes, options.name, options.format, options.limits);
    problems = stream.problems;
    parts.resize(stream.documents.size());
    values.resize(std::min(text::thread_count(threads), parts.size()));
    text::parallel(threads, parts.size(), [&](std::size_t i, std::size_t worker) {
      parts[i].push_back(judge(stream.documents[i], i, context, of(worker)));
    });
    return parts;
  }
  const auto chunks = text::split(bytes);
  // A part is of several chunks, so that there are few, but enough for each thread.
  const std::size_t size = std::clamp<std::size_t>(chunks.size() / 256, 1, 64);
  parts.resize((chunks.size() + size - 1) / size);
  values.resize(std::min(text::thread_count(threads), parts.size()));
  text::parallel(threads, parts.size(), [&](std::size_t i, std::size_t worker) {
    const std::size_t end = std::min(chunks.size(), (i + 1) * size);
    parts[i].reserve(end - i * size);
    for (std::size_t chunk = i * size; chunk < end; ++chunk) {
      const text::Stream stream = text::read_chunk(bytes, chunks[chunk], options.limits);
      for (std::size_t item = 0; item < stream.documents.size(); ++item)
        parts[i].push_back(judge(stream.documents[item], item, context, of(worker)));
    }
  });
  return parts;
}

/// `source` is that of the resources; its text is kept or not.
Loaded load_from(std::string_view bytes, const std::shared_ptr<const Source>& source, const LoadOptions& options,
                 std::uint32_t threads, bool keep) {
  Loaded loaded;
  text::Lines lines(bytes);
  const auto add = [&](Diagnostic diagnostic, std::int32_t document, bool secret = false) {
    diagnostic.document = document;
    constexpr std::size_t kMost = 1U << 16U;  // of a line: the picture shows what is around the column
    if (!secret) {
      diagnostic.excerpt =
          lines.line(diagnostic.line, std::max<std::size_t>(400, std::min<std::size_t>(kMost, 4 * diagnostic.column + 400)));
    }
    const bool in_template =
        diagnostic.hint.empty() && diagnostic.severity == Severity::error && diagnostic.excerpt.find("{{") != std::string::npos;
    if (in_template) diagnostic.hint = "this looks like a template: render it first";
    loaded.report.diagnostics.push_back(std::move(diagnostic));
  };
  std::vector<text::Problem> problems;
  const SharedString cluster = options.cluster == default_cluster() ? default_cluster() : SharedString(options.cluster);
  auto parts = judge_all(bytes, {options, source, cluster, keep}, threads, problems);
  for (auto& problem : problems) {
    Finding finding{findings::rule_of(problem.rule), {}, problem.position, std::move(problem.message), std::move(problem.hint)};
    add(findings::make_diagnostic(std::move(finding), {}, source->name, {}), -1);
  }
  std::set<std::string> unknown_kinds;
  std::size_t count = 0;
  for (const auto& part : parts) count += part.size();
  loaded.report.documents.reserve(count);
  for (auto& part : parts) {
    for (Judged& judged : part) {
      const auto index = judged.passed_over ? -1 : static_cast<std::int32_t>(loaded.report.documents.size());
      findings::limit(judged.diagnostics, 0);
      for (auto& diagnostic : judged.diagnostics) add(std::move(diagnostic), index, judged.verdict.kind == "Secret");
      if (judged.unknown_kind && unknown_kinds.insert(judged.verdict.kind).second) add(unknown_kind(judged.verdict), index);
      if (judged.mesh_texts && (!loaded.mesh_texts || judged.mesh_texts->from >= loaded.mesh_texts->from)) {
        loaded.mesh_texts = std::move(*judged.mesh_texts);
        loaded.mesh_texts->document = index < 0 ? loaded.report.documents.size() : static_cast<std::size_t>(index);
        loaded.mesh_texts->source = options.name;
        loaded.mesh_texts->line = judged.verdict.line;
      }
      if (judged.passed_over) {
        loaded.report.passed_over.push_back({source->name, judged.verdict.line});
        continue;
      }
      if (judged.resource != nullptr) {
        loaded.documents.push_back(static_cast<std::size_t>(index));
        loaded.resources.push_back(std::move(judged.resource));
        judged.verdict.applied = true;
      }
      loaded.report.documents.push_back(std::move(judged.verdict));
    }
  }
  return loaded;
}

}  // namespace

Loaded load(std::string_view bytes, const LoadOptions& options, std::uint32_t threads, bool keep) {
  auto source = std::make_shared<Source>();
  source->name = options.name;
  if (options.keep_text && bytes.size() <= options.limits.bytes) source->text.assign(bytes);
  return load_from(bytes, source, options, threads, keep);
}

Loaded load_text(std::string text, const LoadOptions& options, std::uint32_t threads) {
  auto source = std::make_shared<Source>();
  source->name = options.name;
  source->text = std::move(text);
  Loaded loaded = load_from(source->text, source, options, threads, true);
  if (!options.keep_text) source->text = {};  // nobody has seen it yet
  return loaded;
}

Report check_mesh_config(std::string_view text, const std::string& name) {
  Report report;
  text::Lines lines(text);
  const text::Stream stream = text::read(text, name, Format::automatic, Limits{});
  for (const text::Document& document : stream.documents) {
    if (!document.readable || !document.errors.empty()) break;  // Mesh::create says why
    for (auto& finding : admission::check_mesh_config(document.root, "MeshConfig")) {
      auto made = findings::make_diagnostic(std::move(finding), {}, name, document.root);
      made.excerpt = lines.line(made.line);
      report.diagnostics.push_back(std::move(made));
    }
    break;
  }
  return report;
}

Loaded load(Resource resource) {
  LoadOptions options;
  options.name = resource.origin.source != nullptr ? resource.origin.source->name : "<apply>";
  options.cluster = resource.identity.cluster;
  options.format = Format::json;
  options.keep_text = false;
  Loaded loaded = load(schema::to_json(resource), options, 1, false);
  for (Diagnostic& diagnostic : loaded.report.diagnostics) {  // nobody has seen that text
    diagnostic.line = resource.origin.line;
    diagnostic.column = 1;
    diagnostic.excerpt.clear();
  }
  for (DocumentReport& document : loaded.report.documents) {
    document.line = resource.origin.line;
    document.applied = true;
  }
  loaded.documents.push_back(0);
  loaded.resources.push_back(std::make_shared<const Resource>(std::move(resource)));
  return loaded;
}

}  // namespace meshroute::mesh
