// SPDX-License-Identifier: Apache-2.0
// What differs, as JSON, text and a comment for a pull request.
#include <algorithm>
#include <cstdio>

#include "meshroute/diff.hpp"
#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_tree.hpp"
#include "text/list.hpp"
#include "witness/summary.hpp"

namespace meshroute {

namespace {

using render::counted;
using render::percent;
using text::json_or_text;
using text::some_of;
using witness::Json;

/// "GET http://reviews.prod/x (x-user: a)".
std::string request_text(const Request& request) {
  const std::string host = request.host.value_or(request.address.value_or(request.sni));
  const bool tcp = request.protocol == "tcp";
  std::string text = tcp ? "" : request.method + " ";
  text += request.tls ? (tcp ? "tls://" : "https://") : (tcp ? "tcp://" : "http://");
  text += host.empty() ? request.sni : host;
  if (host.find(':') == std::string::npos && request.port != 0 && request.port != (request.tls ? 443U : 80U))
    text += ":" + std::to_string(request.port);
  if (!tcp) text += request.path;
  std::string headers;
  for (const auto& [name, value] : request.headers) headers += (headers.empty() ? "" : ", ") + name + ": " + value;
  return headers.empty() ? text : text + " (" + headers + ")";
}

/// In a cell of a table of markdown.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '>' || c == '*' || c == '_' || c == '`' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(const std::string& text) {
  std::string plain = text;
  std::replace(plain.begin(), plain.end(), '`', '\'');
  std::replace(plain.begin(), plain.end(), '\n', ' ');
  return "`" + plain + "`";
}

}  // namespace

std::string Diff::to_json(bool pretty) const {
  Json json{{"changes", Json::array()}};
  for (const auto& change : changes) {
    Json item{{"proxies", change.proxies}, {"request", witness::request_form(change.request)}};
    item["requests"] = change.requests;
    item["before"] = json_or_text(change.before);
    item["after"] = json_or_text(change.after);
    item["differs"] = Json::array();
    for (const auto& field : change.fields) item["differs"].push_back(field.path);
    item["share"] = witness::number_json(change.share);
    item["resources"] = change.resources;
    item["because"] = witness::trace_json(change.because);
    json["changes"].push_back(std::move(item));
  }
  json["compared"] = {{"proxies", proxies}, {"requests", requests}};
  json["equal"] = equal;
  if (!not_compared.empty()) json["not_compared"] = not_compared;
  return json.dump(pretty ? 2 : -1);
}

std::string Diff::to_text(bool colour) const {
  std::string text;
  for (const auto& change : changes) {
    text += (colour ? "\x1b[1m" : "") + percent(change.share) + " of " + request_text(change.request) + (colour ? "\x1b[0m" : "");
    if (change.requests > 1) text += ", and " + counted(change.requests - 1, "request") + " like it";
    text += "\n  from " + some_of(change.proxies, 6) + "\n";
    std::vector<std::vector<std::string>> rows{{"", "BEFORE", "AFTER"}};
    for (const auto& field : change.fields)
      rows.push_back({field.path, render::value_text(field.before), render::value_text(field.after)});
    text += render::aligned(rows, "  ");
    if (!change.resources.empty()) text += "  changed: " + some_of(change.resources, 6) + "\n";
    if (!change.because.empty()) text += "  because:\n" + render::trace_text(change.because, colour, true);
    text += "\n";
  }
  for (const auto& each : not_compared) text += "not compared: " + each + "\n";
  text += (equal ? std::string("no request is answered otherwise") : counted(changes.size(), "change")) + "; " +
          counted(proxies, "proxy") + " and " + counted(requests, "request") + " were compared\n";
  return text;
}

std::string Diff::to_markdown() const {
  std::string text = "### What this changes in the mesh\n\n";
  if (equal) text += "No request is answered otherwise.\n\n";
  for (const auto& change : changes) {
    text += "**" + percent(change.share) + "** of " + code(request_text(change.request));
    if (change.requests > 1) text += " and " + counted(change.requests - 1, "request") + " like it";
    text += ", from " + cell(some_of(change.proxies, 6)) + "\n\n| | before | after |\n|---|---|---|\n";
    for (const auto& field : change.fields)
      text += "| " + cell(field.path) + " | " + cell(render::value_text(field.before)) + " | " +
              cell(render::value_text(field.after)) + " |\n";
    text += "\n";
    if (!change.resources.empty()) text += "Changed: " + cell(some_of(change.resources, 6)) + "\n\n";
    if (!change.because.empty()) {
      text += "<details><summary>because</summary>\n\n";
      for (const auto& line : change.because) {
        text += "- " + cell(line.text);
        if (!line.source.empty()) text += " (" + code(line.source + ":" + std::to_string(line.line)) + ")";
        text += "\n";
      }
      text += "\n</details>\n\n";
    }
  }
  for (const auto& each : not_compared) text += "Not compared: " + cell(each) + "\n\n";
  text += counted(proxies, "proxy") + " and " + counted(requests, "request") + " were compared.\n";
  return text;
}

}  // namespace meshroute
