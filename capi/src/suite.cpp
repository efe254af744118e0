// SPDX-License-Identifier: Apache-2.0
// Test suites and their reports.
#include <string>
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

/// One of the lists of a test.
template <class Item>
const Item& item_at(const meshroute_suite_report& report, size_t test, std::vector<Item> meshroute::SuiteTest::*items,
                    size_t index) {
  return at(at(report.value.tests, test, "test").*items, index);
}

}  // namespace

extern "C" {

meshroute_status meshroute_suite_load_path(meshroute_str path, meshroute_suite** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    hand_out(value_of(meshroute::Suite::load_path(std::string(needed_text("path", path)))), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_suite_load(const char* text, size_t size, meshroute_str name, meshroute_suite** out,
                                      meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    const auto given = text_of("name", name);
    hand_out(value_of(meshroute::Suite::load(text_of("text", text, size), given.empty() ? "<input>" : std::string(given))), out);
    return MESHROUTE_OK;
  });
}

void meshroute_suite_free(meshroute_suite* suite) { delete suite; }

meshroute_status meshroute_suite_json(const meshroute_suite* suite, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return give_json("suite", suite, style, out, error);
}

meshroute_status meshroute_suite_run(const meshroute_suite* suite, const meshroute_snapshot* mesh,
                                     const meshroute_suite_options* options, meshroute_suite_report** out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    need("suite", suite, "out", out);
    const meshroute_suite_options known = take("options", options);
    meshroute::SuiteOptions given;
    given.coverage = known.skip_coverage == 0;
    given.config_words = text_of("options.config_words", known.config_words);
    if (known.mesh != nullptr) given.mesh = mesh_options_of("options.mesh", known.mesh);
    auto report = value_of(suite->value.run(mesh != nullptr ? &mesh->value : nullptr, given));
    const bool failed = report.failed > 0;
    hand_out(std::move(report), out);
    return failed ? MESHROUTE_FINDINGS : MESHROUTE_OK;
  });
}

void meshroute_suite_report_free(meshroute_suite_report* report) { delete report; }

meshroute_status meshroute_suite_report_new(meshroute_suite_report** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    hand_out(meshroute::SuiteReport{}, out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_suite_report_append(meshroute_suite_report* report, const meshroute_suite_report* other,
                                               meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "other", other);
    report->value.append(other->value);
    return MESHROUTE_OK;
  });
}

size_t meshroute_suite_report_failed(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.failed;
}
size_t meshroute_suite_report_test_count(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.tests.size();
}

meshroute_status meshroute_suite_report_test_at(const meshroute_suite_report* report, size_t index, meshroute_suite_test* out,
                                                meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const meshroute::SuiteTest& from = at(report->value.tests, index);
    meshroute_suite_test made = MESHROUTE_SUITE_TEST_INIT;
    made.name = str_of(from.name);
    made.source = str_of(from.source);
    made.request = str_of(from.request);
    made.failure_count = from.failures.size();
    made.because_count = from.because.size();
    made.note_count = from.notes.size();
    made.line = from.line;
    made.passed = from.passed ? 1 : 0;
    return fill(made, out);
  });
}

meshroute_status meshroute_suite_report_failure_at(const meshroute_suite_report* report, size_t test, size_t index,
                                                   meshroute_suite_failure* out, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const auto& from = item_at(*report, test, &meshroute::SuiteTest::failures, index);
    meshroute_suite_failure made = MESHROUTE_SUITE_FAILURE_INIT;
    made.path = str_of(from.path);
    made.want = str_of(from.want);
    made.got = str_of(from.got);
    return fill(made, out);
  });
}

meshroute_status meshroute_suite_report_because_at(const meshroute_suite_report* report, size_t test, size_t index,
                                                   meshroute_trace_line* out, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    return fill(struct_of(item_at(*report, test, &meshroute::SuiteTest::because, index)), out);
  });
}

meshroute_str meshroute_suite_report_note_at(const meshroute_suite_report* report, size_t test, size_t index) {
  const bool there = report != nullptr && test < report->value.tests.size();
  return there ? text_at(report->value.tests[test].notes, index) : meshroute_str{nullptr, 0};
}

double meshroute_suite_report_coverage_percent(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.coverage_percent();
}
size_t meshroute_suite_report_coverage_count(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.coverage.size();
}

meshroute_status meshroute_suite_report_coverage_at(const meshroute_suite_report* report, size_t index,
                                                    meshroute_coverage_item* out, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const auto& from = at(report->value.coverage, index);
    meshroute_coverage_item made = MESHROUTE_COVERAGE_ITEM_INIT;
    made.resource = str_of(from.resource);
    made.path = str_of(from.path);
    made.source = str_of(from.source);
    made.unreachable = str_of(from.unreachable);
    made.hits = from.hits;
    made.line = from.line;
    return fill(made, out);
  });
}

meshroute_status meshroute_suite_report_json(const meshroute_suite_report* report, int32_t style, meshroute_bytes* out,
                                             meshroute_error* error) {
  return give_json("report", report, style, out, error);
}
meshroute_status meshroute_suite_report_text(const meshroute_suite_report* report, int32_t style, meshroute_bytes* out,
                                             meshroute_error* error) {
  return give_of("report", report, out, error, [&](const auto& value) {
    const TextStyle how(style);
    return value.to_text(how.colour, how.verbose);
  });
}
meshroute_status meshroute_suite_report_junit(const meshroute_suite_report* report, meshroute_bytes* out,
                                              meshroute_error* error) {
  return give_of("report", report, out, error, [](const auto& value) { return value.to_junit(); });
}
meshroute_status meshroute_suite_report_coverage_text(const meshroute_suite_report* report, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error) {
  return give_of("report", report, out, error, [&](const auto& value) {
    check_text_style(style);
    return value.coverage_text();
  });
}
meshroute_status meshroute_suite_report_coverage_lcov(const meshroute_suite_report* report, meshroute_bytes* out,
                                                      meshroute_error* error) {
  return give_of("report", report, out, error, [](const auto& value) { return value.coverage_lcov(); });
}

}  // extern "C"
