// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "meshroute/diagnostic.hpp"
#include "render/text_parts.hpp"

namespace meshroute {

using Json = nlohmann::ordered_json;

namespace {

std::string counted(std::size_t count, const char* what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
  }
  return "unknown";
}

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::syntax:
      return "syntax";
    case Layer::decode:
      return "decode";
    case Layer::metadata:
      return "metadata";
    case Layer::schema:
      return "schema";
    case Layer::webhook:
      return "webhook";
    case Layer::strict:
      return "strict";
    case Layer::analysis:
      return "analysis";
  }
  return "unknown";
}

std::size_t Report::errors() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const auto& d) { return d.severity == Severity::error; }));
}

std::size_t Report::warnings() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const auto& d) { return d.severity == Severity::warning; }));
}

void Report::append(Report other) {
  const auto first = static_cast<std::int32_t>(documents.size());
  const auto grow = [](auto& into, std::size_t more) {  // before anything changes: both, or neither
    if (into.size() + more > into.capacity()) into.reserve(std::max(into.size() + more, 2 * into.capacity()));
  };
  grow(diagnostics, other.diagnostics.size());
  grow(documents, other.documents.size());
  for (auto& diagnostic : other.diagnostics) {
    if (diagnostic.document >= 0) diagnostic.document += first;
  }
  diagnostics.insert(diagnostics.end(), std::make_move_iterator(other.diagnostics.begin()),
                     std::make_move_iterator(other.diagnostics.end()));
  documents.insert(documents.end(), std::make_move_iterator(other.documents.begin()),
                   std::make_move_iterator(other.documents.end()));
}

void Report::ignore(std::string_view rule) {
  std::erase_if(diagnostics, [&](const Diagnostic& diagnostic) {
    const bool refuses = diagnostic.severity == Severity::error && diagnostic.layer != Layer::analysis;
    return !refuses && (rule == "*" || rule == diagnostic.rule);
  });
}

std::string Report::to_json() const {
  Json json;
  json["documents"] = Json::array();
  for (const auto& document : documents) {
    Json item;
    item["source"] = document.source;
    item["line"] = document.line;
    item["kind"] = document.kind;
    item["namespace"] = document.namespace_;
    item["name"] = document.name;
    item["accepted"] = document.accepted;
    item["unknown_fields"] = document.unknown_fields;
    if (document.has_layers) {
      item["layers"] = {{"decode", document.decode},
                        {"metadata", document.metadata},
                        {"schema", document.schema},
                        {"webhook", document.webhook},
                        {"strict", document.strict}};
    }
    json["documents"].push_back(std::move(item));
  }
  json["diagnostics"] = Json::array();
  for (const auto& diagnostic : diagnostics) {
    Json item;
    item["severity"] = to_string(diagnostic.severity);
    item["layer"] = to_string(diagnostic.layer);
    item["rule"] = diagnostic.rule;
    if (diagnostic.document >= 0) item["document"] = diagnostic.document;
    if (!diagnostic.resource.empty()) item["resource"] = diagnostic.resource;
    if (!diagnostic.path.empty()) item["path"] = diagnostic.path;
    item["source"] = diagnostic.source;
    item["line"] = diagnostic.line;
    item["column"] = diagnostic.column;
    item["message"] = diagnostic.message;
    if (!diagnostic.hint.empty()) item["hint"] = diagnostic.hint;
    if (!diagnostic.related.empty()) {
      item["related"] = Json::array();
      for (const auto& related : diagnostic.related) {
        item["related"].push_back(
            {{"source", related.source}, {"line", related.line}, {"column", related.column}, {"message", related.message}});
      }
    }
    json["diagnostics"].push_back(std::move(item));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string Report::to_text(bool colour) const {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
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
    for (const auto& related : diagnostic.related) {
      text += "  " + related.source + ":" + std::to_string(related.line) + ":" + std::to_string(related.column) + ": " +
              related.message + "\n";
    }
  }
  std::set<std::string_view> files;
  for (const auto& document : documents) {
    files.insert(document.source);
    text += document.source + ":" + std::to_string(document.line) + ": ";
    text += document.kind.empty() ? std::string("document") : document.kind + " " + document.namespace_ + "/" + document.name;
    text += document.accepted ? ": accepted\n" : ": refused\n";
  }
  const auto refused = std::count_if(documents.begin(), documents.end(), [](const auto& document) { return !document.accepted; });
  text += counted(documents.size(), "document");
  if (files.size() > 1) text += " in " + counted(files.size(), "file");
  text +=
      ": " + std::to_string(refused) + " refused, " + counted(errors(), "error") + ", " + counted(warnings(), "warning") + "\n";
  return text;
}

}  // namespace meshroute
