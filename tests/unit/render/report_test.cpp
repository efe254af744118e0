// SPDX-License-Identifier: Apache-2.0
// A report's texts in pieces.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "meshroute/diagnostic.hpp"

using meshroute::Report;

namespace {

Report large_report() {
  Report report;
  for (int i = 0; i < 3000; ++i) {
    meshroute::DocumentReport document;
    document.source = "mesh.yaml";
    document.kind = "ServiceEntry";
    document.name = "entry-" + std::to_string(i);
    document.accepted = i % 2 == 0;
    report.documents.push_back(document);
    meshroute::Diagnostic found;
    found.rule = "AN0207";
    found.severity = i % 3 == 0 ? meshroute::Severity::warning : meshroute::Severity::info;
    found.source = "mesh.yaml";
    found.document = i;
    found.message = "no address\x1b[31m \xe2\x80\xae";
    found.hint = "add one";
    found.excerpt = "  - number: 5432";
    found.related.push_back({"mesh.yaml", 2, 3, "here"});
    report.diagnostics.push_back(found);
  }
  report.passed_over.push_back({"values.yaml", 1});
  return report;
}

}  // namespace

TEST_CASE("a report's texts in pieces are the whole texts, and end where no more is wanted") {
  const Report report = large_report();
  const auto held = [&](const std::string& whole, const std::function<void(const Report::Write&)>& write) {
    std::string all;
    std::size_t pieces = 0, longest = 0;
    write([&](std::string_view piece) {
      all += piece;
      ++pieces;
      longest = std::max(longest, piece.size());
      return true;
    });
    CHECK(all == whole);
    CHECK(pieces > 3);
    CHECK(longest < whole.size() / 3);
    pieces = 0;
    write([&](std::string_view) { return ++pieces < 2; });
    CHECK(pieces == 2);
  };
  for (const bool flag : {false, true}) {
    held(report.to_text(flag, true), [&](const auto& write) { report.write_text(write, flag, true); });
    held(report.to_json(flag), [&](const auto& write) { report.write_json(write, flag); });
    held(report.to_sarif(flag), [&](const auto& write) { report.write_sarif(write, flag); });
  }
}
