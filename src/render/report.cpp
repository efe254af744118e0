// SPDX-License-Identifier: Apache-2.0
// A report as JSON and as text.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "findings/display_name.hpp"
#include "findings/told_once.hpp"
#include "meshroute/diagnostic.hpp"
#include "render/pieces.hpp"
#include "render/text_parts.hpp"
#include "text/json_writer.hpp"

namespace meshroute {

namespace {

/// "not checked, because meshroute has no table for these kinds: ConfigMap (2), HTTPRoute", or empty.
std::string unchecked_text(const Report& report) {
  std::map<std::string_view, std::size_t> kinds;
  for (const auto& diagnostic : report.diagnostics) {
    if (diagnostic.rule == "AN0101" && diagnostic.document >= 0)
      kinds.emplace(report.documents[static_cast<std::size_t>(diagnostic.document)].kind, 0);
  }
  if (kinds.empty()) return {};
  for (const auto& document : report.documents) {
    if (const auto found = kinds.find(document.kind); found != kinds.end() && !document.has_layers) ++found->second;
  }
  std::string text;
  for (const auto& [kind, count] : kinds) {
    text.append(text.empty() ? "" : ", ").append(kind);
    if (count > 1) text += " (" + std::to_string(count) + ")";
  }
  if (kinds.contains("Endpoints"))
    text +=
        "\nIstio reads EndpointSlices and no Endpoints: in a cluster Kubernetes copies Endpoints of Services without a selector "
        "into them";
  return "not checked, because meshroute has no table for the kind: " + text + "\n";
}

/// "passed over, because they are no Kubernetes objects: 2 documents (Chart.yaml, values.yaml)", or empty.
std::string passed_over_text(const std::vector<PassedOver>& passed_over) {
  constexpr std::size_t kShown = 3;
  if (passed_over.empty()) return {};
  std::vector<std::string_view> sources;
  for (const auto& each : passed_over) {
    if (std::find(sources.begin(), sources.end(), each.source) == sources.end()) sources.push_back(each.source);
  }
  std::string text;
  for (std::size_t i = 0; i < sources.size() && i < kShown; ++i) text.append(i > 0 ? ", " : "").append(sources[i]);
  if (sources.size() > kShown) text += " and " + render::counted(sources.size() - kShown, "more file");
  const bool one = passed_over.size() == 1;
  return "passed over, because " + std::string(one ? "it is no Kubernetes object: " : "they are no Kubernetes objects: ") +
         render::counted(passed_over.size(), "document") + " (" + text + ")\n";
}

/// What people are shown of a report.
class Shown {
 public:
  explicit Shown(const std::vector<Diagnostic>& all) {
    for (const Diagnostic& each : all) {
      if (each.severity == Severity::error) errors_[each.document].insert(each.rule);
    }
  }
  bool shows(const Diagnostic& diagnostic) const {
    return diagnostic.rule != "AN0101" && !said_by_error(diagnostic);  // the first in one line
  }

 private:
  /// A webhook's warning beside an error of the same document that says the same and more.
  bool said_by_error(const Diagnostic& warning) const {
    if (warning.severity != Severity::warning || warning.document < 0) return false;
    const auto errors = findings::beside(warning.rule);
    if (errors.empty()) return false;
    const auto found = errors_.find(warning.document);
    return found != errors_.end() &&
           std::any_of(errors.begin(), errors.end(), [&](std::string_view error) { return found->second.contains(error); });
  }
  std::unordered_map<std::int32_t, std::set<std::string_view>> errors_;  ///< the rules, by document
};

}  // namespace

std::string Report::to_json(bool pretty) const {
  std::string all;
  write_json(render::added_to(all), pretty);
  return all;
}

std::string Report::to_text(bool colour, bool verbose) const {
  std::string all;
  std::size_t size = 0;
  for (const Diagnostic& each : diagnostics)
    size += each.source.size() + each.message.size() + each.hint.size() + 2 * each.excerpt.size() + 64;
  all.reserve(size + 256);
  write_text(render::added_to(all), colour, verbose);
  return all;
}

void Report::write_json(const Write& write, bool pretty) const {
  render::Pieces pieces(write);
  text::JsonWriter json(pieces.text, pretty ? 2 : -1);
  json.begin_object();
  json.list("documents");
  for (const auto& document : documents) {
    if (!pieces.go_on()) return;
    json.begin_object();
    json.member("source", document.source);
    json.member("line", document.line);
    json.member("kind", document.kind);
    json.member("namespace", document.namespace_);
    json.member("name", document.name);
    json.member("accepted", document.accepted);
    json.texts("unknown_fields", document.unknown_fields);
    if (document.has_layers) {
      json.object("layers");
      json.member("decode", document.decode);
      json.member("metadata", document.metadata);
      json.member("schema", document.schema);
      json.member("webhook", document.webhook);
      json.member("strict", document.strict);
      json.end_object();
    }
    json.end_object();
  }
  json.end_list();
  json.list("diagnostics");
  for (const auto& diagnostic : diagnostics) {
    if (!pieces.go_on()) return;
    json.begin_object();
    json.member("severity", to_string(diagnostic.severity));
    json.member("layer", to_string(diagnostic.layer));
    json.member("rule", diagnostic.rule);
    if (diagnostic.document >= 0) json.member("document", diagnostic.document);
    json.some("resource", diagnostic.resource);
    json.some("path", diagnostic.path);
    json.member("source", diagnostic.source);
    json.member("line", diagnostic.line);
    json.member("column", diagnostic.column);
    json.member("message", diagnostic.message);
    json.some("hint", diagnostic.hint);
    if (diagnostic.more > 0) json.member("more", diagnostic.more);
    if (!diagnostic.related.empty()) {
      json.list("related");
      for (const auto& related : diagnostic.related) {
        json.begin_object();
        json.member("source", related.source);
        json.member("line", related.line);
        json.member("column", related.column);
        json.member("message", related.message);
        json.end_object();
      }
      json.end_list();
    }
    json.end_object();
  }
  json.end_list();
  if (!passed_over.empty()) {
    json.list("passed_over");
    for (const auto& each : passed_over) {
      json.begin_object();
      json.member("source", each.source);
      json.member("line", each.line);
      json.end_object();
    }
    json.end_list();
  }
  json.end_object();
  pieces.give();
}

void Report::write_text(const Write& write, bool colour, bool verbose) const {
  const render::Pieces::Write print = [&](std::string_view piece) { return write(render::printable(piece, colour)); };
  render::Pieces pieces(print);
  std::string& text = pieces.text;
  // What refuses comes first, then warnings; each as the files have it.
  std::vector<const Diagnostic*> shown;
  const Shown some(diagnostics);
  for (const auto& diagnostic : diagnostics) {
    if (some.shows(diagnostic)) shown.push_back(&diagnostic);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Diagnostic* one, const Diagnostic* other) { return one->severity < other->severity; });
  const auto count = [&shown](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(shown.begin(), shown.end(), [severity](const Diagnostic* each) { return each->severity == severity; }));
  };
  for (const Diagnostic* each : shown) {
    const Diagnostic& diagnostic = *each;
    if (!pieces.go_on()) return;
    const char* tint = diagnostic.severity == Severity::error     ? "\x1b[31m"
                       : diagnostic.severity == Severity::warning ? "\x1b[33m"
                                                                  : "\x1b[36m";
    text += diagnostic.source + ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) + ": ";
    if (colour) text += tint;
    text += to_string(diagnostic.severity);
    if (colour) text += "\x1b[0m";
    text += ": " + diagnostic.message + " [" + diagnostic.rule + "]\n";
    if (!diagnostic.excerpt.empty()) text += render::caret_picture(diagnostic.excerpt, diagnostic.line, diagnostic.column);
    if (!diagnostic.hint.empty()) text += "  hint: " + diagnostic.hint + "\n";
    if (diagnostic.more > 0) text += "  and " + std::to_string(diagnostic.more) + " more of " + diagnostic.rule + " here\n";
    for (const auto& related : diagnostic.related) {
      text += "  " + related.source + ":" + std::to_string(related.line) + ":" + std::to_string(related.column) + ": " +
              related.message + "\n";
    }
  }
  std::set<std::string_view> files;
  for (const auto& document : documents) {
    files.insert(document.source);
    if (!verbose) continue;
    if (!pieces.go_on()) return;
    text += document.source + ":" + std::to_string(document.line) + ": ";
    text += document.kind.empty() ? std::string("document")
                                  : findings::display_name(document.kind, document.namespace_, document.name);
    text += document.accepted ? ": accepted\n" : ": refused\n";
  }
  text += unchecked_text(*this) + passed_over_text(passed_over);
  const auto refused = std::count_if(documents.begin(), documents.end(), [](const auto& document) { return !document.accepted; });
  const std::size_t infos = count(Severity::info);
  text += render::counted(documents.size(), "document");
  if (files.size() > 1) text += " in " + render::counted(files.size(), "file");
  text += ": " + std::to_string(refused) + " refused, " + render::counted(count(Severity::error), "error") + ", " +
          render::counted(count(Severity::warning), "warning");
  if (infos > 0) text += ", " + std::to_string(infos) + " info";
  text += '\n';
  pieces.give();
}

}  // namespace meshroute
