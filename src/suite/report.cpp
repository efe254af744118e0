// SPDX-License-Identifier: Apache-2.0
// What became of tests, as JSON, text, JUnit's XML and lcov's trace.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>

#include "meshroute/suite.hpp"
#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_tree.hpp"
#include "witness/summary.hpp"

namespace meshroute {

namespace {

using render::counted;
using render::percent;
using text::json_or_text;
using Json = text::OrderedJson;

std::string failures_text(const SuiteTest& test, std::string_view indent) {
  std::vector<std::vector<std::string>> rows{{"", "WANT", "GOT"}};
  for (const auto& failure : test.failures)
    rows.push_back({failure.path, render::value_text(failure.want), render::value_text(failure.got)});
  return render::aligned(rows, indent);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else if (byte < 0x20 && c != '\t')  // XML has no such character
      out += "\xEF\xBF\xBD";
    else
      out += c;
  }
  return out;
}

/// Valid UTF-8, whatever a request's bytes are.
std::string repaired(const std::string& text) { return Json::parse(Json(text).dump()).text(); }

}  // namespace

std::size_t SuiteReport::covered() const {
  return static_cast<std::size_t>(
      std::count_if(coverage.begin(), coverage.end(), [](const CoverageItem& item) { return item.hits > 0; }));
}
std::size_t SuiteReport::coverable() const {
  return static_cast<std::size_t>(std::count_if(
      coverage.begin(), coverage.end(), [](const CoverageItem& item) { return item.hits > 0 || item.unreachable.empty(); }));
}
double SuiteReport::coverage_percent() const {
  const std::size_t all = coverable();
  return all == 0 ? 100 : 100.0 * static_cast<double>(covered()) / static_cast<double>(all);
}

void SuiteReport::append(SuiteReport other) {
  // All that may run out of memory comes first, so that the report changes whole or not at all.
  const auto grow = [](auto& into, std::size_t more) {
    if (into.size() + more > into.capacity()) into.reserve(std::max(into.size() + more, 2 * into.capacity()));
  };
  grow(tests, other.tests.size());
  grow(refused, other.refused.size());
  grow(coverage, other.coverage.size());  // the index looks into it
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> index;
  for (std::size_t i = 0; i < coverage.size(); ++i)
    index.emplace(std::pair(std::string_view(coverage[i].resource), std::string_view(coverage[i].path)), i);

  passed += other.passed;
  failed += other.failed;
  std::move(other.tests.begin(), other.tests.end(), std::back_inserter(tests));
  for (auto& each : other.refused) {
    if (std::find(refused.begin(), refused.end(), each) == refused.end()) refused.push_back(std::move(each));
  }
  for (auto& item : other.coverage) {
    const auto found = index.find({item.resource, item.path});
    if (found == index.end() || coverage[found->second].source != item.source || coverage[found->second].line != item.line) {
      coverage.push_back(std::move(item));
      continue;
    }
    CoverageItem& mine = coverage[found->second];
    mine.hits += item.hits;
    if (item.unreachable.empty()) mine.unreachable.clear();
  }
}

std::string SuiteReport::to_json(bool pretty) const {
  Json json{{"passed", passed}, {"failed", failed}, {"tests", Json::array()}};
  for (const auto& test : tests) {
    Json item{{"name", test.name}, {"source", test.source}, {"line", test.line}, {"passed", test.passed}};
    item["failures"] = Json::array();
    for (const auto& failure : test.failures)
      item["failures"].push_back(
          {{"path", failure.path}, {"want", json_or_text(failure.want)}, {"got", json_or_text(failure.got)}});
    item["because"] = witness::trace_json(test.because);
    if (!test.request.empty()) item["request"] = test.request;
    if (!test.notes.empty()) item["notes"] = test.notes;
    json["tests"].push_back(std::move(item));
  }
  json["coverage"]["rules"] = {{"covered", covered()}, {"all", coverable()}};
  auto& items = json["coverage"]["items"] = Json::array();
  for (const auto& item : coverage) {
    Json one{{"resource", item.resource}, {"path", item.path}, {"source", item.source}, {"line", item.line}, {"hits", item.hits}};
    if (!item.unreachable.empty()) one["unreachable"] = item.unreachable;
    items.push_back(std::move(one));
  }
  if (!refused.empty()) json["refused"] = refused;
  return json.dump(pretty ? 2 : -1);
}

std::string SuiteReport::to_text(bool colour, bool verbose) const {
  const char* red = colour ? "\x1b[31m" : "";
  const char* green = colour ? "\x1b[32m" : "";
  const char* off = colour ? "\x1b[0m" : "";
  std::string text;
  for (const auto& each : refused) text += "refused: " + each + "\n";
  for (const auto& test : tests) {
    if (test.passed && !verbose && test.notes.empty()) continue;
    text += (test.passed ? std::string(green) + "pass" : std::string(red) + "FAIL") + off + "  " + test.name + "  (" +
            test.source + ":" + std::to_string(test.line) + ")\n";
    if (!test.passed) {
      text += failures_text(test, "      ");
      if (!test.request.empty()) text += "      ask it: " + test.request + "\n";
      if (!test.because.empty()) text += "      because:\n" + render::trace_text(test.because, colour, true);
    }
    for (const auto& note : test.notes) text += "      note: " + note + "\n";
  }
  text += counted(tests.size(), "test") + ": " + std::to_string(passed) + " passed, " + std::to_string(failed) + " failed\n";
  return text;
}

std::string SuiteReport::to_junit() const {
  std::vector<std::pair<std::string, std::vector<const SuiteTest*>>> files;  // in the order of the tests
  for (const auto& test : tests) {
    const auto same = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.first == test.source; });
    if (same != files.end())
      same->second.push_back(&test);
    else
      files.push_back({test.source, {&test}});
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meshroute\" tests=\"" +
                     std::to_string(tests.size()) + "\" failures=\"" + std::to_string(failed) + "\">\n";
  for (const auto& [source, list] : files) {
    const auto bad = std::count_if(list.begin(), list.end(), [](const SuiteTest* test) { return !test->passed; });
    text += "  <testsuite name=\"" + escaped(repaired(source)) + "\" tests=\"" + std::to_string(list.size()) + "\" failures=\"" +
            std::to_string(bad) + "\">\n";
    for (const SuiteTest* test : list) {
      text += "    <testcase classname=\"" + escaped(repaired(source)) + "\" name=\"" + escaped(repaired(test->name)) +
              "\" file=\"" + escaped(repaired(source)) + "\" line=\"" + std::to_string(test->line) + "\"";
      if (test->passed && test->notes.empty()) {
        text += "/>\n";
        continue;
      }
      text += ">\n";
      if (!test->passed) {
        std::string message;
        for (const auto& failure : test->failures)
          message += (message.empty() ? "" : "; ") + failure.path + ": want " + render::value_text(failure.want) + ", got " +
                     render::value_text(failure.got);
        std::string body = failures_text(*test, "");
        if (!test->request.empty()) body += "ask it: " + test->request + "\n";
        if (!test->because.empty()) body += "because:\n" + render::trace_text(test->because, false, true);
        text += "      <failure message=\"" + escaped(repaired(message)) + "\">" + escaped(repaired(body)) + "</failure>\n";
      }
      if (!test->notes.empty()) {
        std::string notes;
        for (const auto& note : test->notes) notes += note + "\n";
        text += "      <system-out>" + escaped(repaired(notes)) + "</system-out>\n";
      }
      text += "    </testcase>\n";
    }
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string SuiteReport::coverage_text() const {
  struct Tally {
    std::string source;
    std::size_t met = 0, all = 0, never = 0;
    std::string missing;
  };
  std::vector<std::string> order;
  std::map<std::string, Tally> tallies;
  for (const auto& item : coverage) {
    const auto [found, fresh] = tallies.try_emplace(item.resource);
    if (fresh) order.push_back(item.resource);
    Tally& tally = found->second;
    tally.source = item.source;
    if (item.hits == 0 && !item.unreachable.empty()) {
      ++tally.never;
      continue;
    }
    ++tally.all;
    if (item.hits > 0)
      ++tally.met;
    else
      tally.missing += (tally.missing.empty() ? "" : ", ") + item.path + (item.line != 0 ? ":" + std::to_string(item.line) : "");
  }
  std::vector<std::vector<std::string>> rows{{"RESOURCE", "MET", "OF", "COVERAGE", "NOT MET (PATH:LINE)"}};
  for (const auto& name : order) {
    const Tally& tally = tallies[name];
    const double share = tally.all == 0 ? 100 : 100.0 * static_cast<double>(tally.met) / static_cast<double>(tally.all);
    rows.push_back({name, std::to_string(tally.met), std::to_string(tally.all), percent(share),
                    tally.missing.empty() ? "-" : tally.missing});
  }
  rows.push_back({"all", std::to_string(covered()), std::to_string(coverable()), percent(coverage_percent()), ""});
  std::string text = render::aligned(rows);
  for (const auto& item : coverage) {
    if (item.hits == 0 && !item.unreachable.empty())
      text += "no request can meet " + item.path + " of " + item.resource +
              (item.source.empty() ? "" : " (" + item.source + ":" + std::to_string(item.line) + ")") + ": " + item.unreachable +
              "\n";
  }
  return text;
}

std::string SuiteReport::coverage_lcov() const {
  std::map<std::string, std::map<std::uint32_t, std::uint64_t>> files;
  for (const auto& item : coverage) {
    if (item.line == 0 || (item.hits == 0 && !item.unreachable.empty())) continue;
    const auto [line, fresh] = files[item.source].try_emplace(item.line, item.hits);
    if (!fresh) line->second = std::min(line->second, item.hits);  // a line is met where everything on it is
  }
  std::string text;
  for (const auto& [source, lines] : files) {
    text += "TN:\nSF:" + source + "\n";
    std::size_t hit = 0;
    for (const auto& [line, hits] : lines) {
      text += "DA:" + std::to_string(line) + "," + std::to_string(hits) + "\n";
      hit += hits > 0 ? 1 : 0;
    }
    text += "LF:" + std::to_string(lines.size()) + "\nLH:" + std::to_string(hit) + "\nend_of_record\n";
  }
  return text;
}

}  // namespace meshroute
