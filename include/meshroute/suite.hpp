#pragma once

// SPDX-License-Identifier: Apache-2.0
// Tests of routing: read from files, run against a mesh, with the coverage of its rules.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/result.hpp"
#include "meshroute/snapshot.hpp"

namespace meshroute {

namespace suite {
struct Files;
}

/// One thing that a test expects and does not get.
struct SuiteFailure {
  /// Of the expectation: "destinations", "upstream.path"; "request" or "from": the test is in error.
  std::string path = {};
  /// As JSON.
  std::string want = {};
  /// As JSON; "null" where there is nothing.
  std::string got = {};
};

/// One test with one request: a test whose fields are lists is several.
struct SuiteTest {
  /// With what its lists were: "gold users get v2 [method POST]".
  std::string name = {};
  std::string source = {};
  /// Of the test in its source.
  std::uint32_t line = 0;
  /// As a command: "meshroute resolve mesh/ --from shop http://reviews.prod/".
  std::string request = {};
  bool passed = true;
  std::vector<SuiteFailure> failures = {};
  /// Of a test that fails: the lines of the answer that explain it.
  std::vector<TraceLine> because = {};
  /// Where istio-config-validator says something else, and what a test leaves open.
  std::vector<std::string> notes = {};
};

/// One rule, match, destination, subset or policy rule of the mesh, and how many tests met it.
struct CoverageItem {
  /// "VirtualService prod/reviews".
  std::string resource = {};
  /// "spec.http[1].match[0]".
  std::string path = {};
  std::string source = {};
  std::uint32_t line = 0;
  std::uint64_t hits = 0;
  /// Why no request of the tests' proxies can meet it; empty: one can. Such an item does not count.
  std::string unreachable = {};
};

/// What became of the tests, and what they met.
struct SuiteReport {
  std::size_t passed = 0, failed = 0;
  std::vector<SuiteTest> tests = {};
  /// Empty unless asked for.
  std::vector<CoverageItem> coverage = {};
  /// Documents of the configuration that a cluster would refuse, and why.
  std::vector<std::string> refused = {};

  /// Items of `coverage` that a test met.
  std::size_t covered() const;
  /// Items of `coverage` that a request can meet.
  std::size_t coverable() const;
  /// Percent of the items that count; 100 where there are none.
  double coverage_percent() const;
  /// Adds the tests of another run, and its hits to the items that both have.
  void append(SuiteReport other);

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  /// For people: each test that fails with what it wants and gets; with `verbose` the others by their names too.
  std::string to_text(bool colour = false, bool verbose = false) const;
  /// As JUnit's XML.
  std::string to_junit() const;
  /// The coverage as a table for people.
  std::string coverage_text() const;
  /// The coverage as an lcov trace file.
  std::string coverage_lcov() const;
};

/// How tests are run.
struct SuiteOptions {
  /// Find out which rules the tests met.
  bool coverage = true;
  /// Of the configuration that test files name: mesh settings and threads. A file's own mesh_config goes before.
  MeshOptions mesh = {};
  /// How a request's command names the configuration; empty: by the files' `config`.
  std::string config_words = {};
};

/// Tests of one or more files, read and found good.
class Suite {
 public:
  /// Reads a test file, or each of a folder's files that has tests: the project's own form, or istio-config-validator's. Fails
  /// with each mistake's file, line and column.
  static Result<Suite> load_path(const std::string& path);
  /// The same from a text; `name` is shown in messages, and its folder is what the paths of `config` start from.
  static Result<Suite> load(std::string_view text, const std::string& name);

  /// Runs all tests against a mesh; null: the one that the files' `config` names.
  Result<SuiteReport> run(const Snapshot* mesh = nullptr, const SuiteOptions& options = {}) const;
  /// {"tests":[{"name","source","line"}]}: the tests, in the order of a report.
  std::string to_json(bool pretty = false) const;

 private:
  explicit Suite(std::shared_ptr<const suite::Files> files) : files_(std::move(files)) {}
  std::shared_ptr<const suite::Files> files_;
};

}  // namespace meshroute
