// SPDX-License-Identifier: Apache-2.0
// Test suites and their reports.
#include <utility>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

/// The test at an index, or null.
const meshroute::SuiteTest* test_at(const meshroute_suite_report* report, size_t index) {
  return report != nullptr && index < report->value.tests.size() ? &report->value.tests[index] : nullptr;
}

template <class Make>
meshroute_status write(const meshroute_suite_report* report, meshroute_bytes* out, meshroute_error* error, Make make) {
  return guard(error, [&] { return report == nullptr || out == nullptr ? missing(error) : give(make(report->value), out); });
}

}  // namespace

extern "C" {

meshroute_status meshroute_suite_load_path(meshroute_str path, meshroute_suite** out, meshroute_error* error) {
  return guard(error, [&] {
    if (path.data == nullptr || out == nullptr) return missing(error);
    auto suite = meshroute::Suite::load_path(std::string(view_of(path)));
    if (!suite) return fail(error, suite.error());
    hand_out(std::move(*suite), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_suite_load(const char* text, size_t size, meshroute_str name, meshroute_suite** out,
                                      meshroute_error* error) {
  return guard(error, [&] {
    if (text == nullptr || out == nullptr) return missing(error);
    auto suite = meshroute::Suite::load({text, size}, name.size > 0 ? std::string(view_of(name)) : "<input>");
    if (!suite) return fail(error, suite.error());
    hand_out(std::move(*suite), out);
    return MESHROUTE_OK;
  });
}

void meshroute_suite_free(meshroute_suite* suite) { delete suite; }

meshroute_status meshroute_suite_json(const meshroute_suite* suite, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return suite == nullptr || out == nullptr ? missing(error) : give(suite->value.to_json(), out); });
}

meshroute_status meshroute_suite_run(const meshroute_suite* suite, const meshroute_snapshot* mesh,
                                     const meshroute_suite_options* options, meshroute_suite_report** out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    meshroute_suite_options known;
    if (suite == nullptr || out == nullptr || !take(options, known)) return missing(error);
    meshroute::SuiteOptions given;
    given.coverage = known.skip_coverage == 0;
    given.config_words = view_of(known.config_words);
    if (known.mesh != nullptr) {
      auto settings = mesh_options_of(known.mesh);
      if (!settings) return fail(error, settings.error());
      given.mesh = std::move(*settings);
    }
    auto report = suite->value.run(mesh != nullptr ? &mesh->value : nullptr, given);
    if (!report) return fail(error, report.error());
    const bool failed = report->failed > 0;
    hand_out(std::move(*report), out);
    return failed ? MESHROUTE_FINDINGS : MESHROUTE_OK;
  });
}

void meshroute_suite_report_free(meshroute_suite_report* report) { delete report; }

meshroute_status meshroute_suite_report_new(meshroute_suite_report** out, meshroute_error* error) {
  return guard(error, [&] {
    if (out == nullptr) return missing(error);
    hand_out(meshroute::SuiteReport{}, out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_suite_report_append(meshroute_suite_report* report, const meshroute_suite_report* other,
                                               meshroute_error* error) {
  return guard(error, [&] {
    if (report == nullptr || other == nullptr) return missing(error);
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

meshroute_status meshroute_suite_report_test(const meshroute_suite_report* report, size_t index, meshroute_suite_test* out,
                                             meshroute_error* error) {
  return guard(error, [&] {
    if (report == nullptr || out == nullptr) return missing(error);
    const auto* from = test_at(report, index);
    if (from == nullptr) return out_of_range(error);
    meshroute_suite_test made = MESHROUTE_SUITE_TEST_INIT;
    made.name = str_of(from->name);
    made.source = str_of(from->source);
    made.request = str_of(from->request);
    made.failure_count = from->failures.size();
    made.because_count = from->because.size();
    made.note_count = from->notes.size();
    made.line = from->line;
    made.passed = from->passed ? 1 : 0;
    return fill(made, out, error);
  });
}

meshroute_status meshroute_suite_report_failure(const meshroute_suite_report* report, size_t test, size_t index,
                                                meshroute_suite_failure* out, meshroute_error* error) {
  return guard(error, [&] {
    if (report == nullptr || out == nullptr) return missing(error);
    const auto* from = test_at(report, test);
    if (from == nullptr || index >= from->failures.size()) return out_of_range(error);
    meshroute_suite_failure made = MESHROUTE_SUITE_FAILURE_INIT;
    made.path = str_of(from->failures[index].path);
    made.want = str_of(from->failures[index].want);
    made.got = str_of(from->failures[index].got);
    return fill(made, out, error);
  });
}

meshroute_status meshroute_suite_report_because(const meshroute_suite_report* report, size_t test, size_t index,
                                                meshroute_trace_line* out, meshroute_error* error) {
  return guard(error, [&] {
    if (report == nullptr || out == nullptr) return missing(error);
    const auto* from = test_at(report, test);
    if (from == nullptr || index >= from->because.size()) return out_of_range(error);
    return fill(struct_of(from->because[index]), out, error);
  });
}

meshroute_str meshroute_suite_report_note(const meshroute_suite_report* report, size_t test, size_t index) {
  const auto* from = test_at(report, test);
  return from == nullptr ? meshroute_str{nullptr, 0} : text_at(from->notes, index);
}

double meshroute_suite_report_coverage_percent(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.coverage_percent();
}
size_t meshroute_suite_report_coverage_count(const meshroute_suite_report* report) {
  return report == nullptr ? 0 : report->value.coverage.size();
}

meshroute_status meshroute_suite_report_coverage(const meshroute_suite_report* report, size_t index, meshroute_coverage_item* out,
                                                 meshroute_error* error) {
  return guard(error, [&] {
    if (report == nullptr || out == nullptr) return missing(error);
    if (index >= report->value.coverage.size()) return out_of_range(error);
    const auto& from = report->value.coverage[index];
    meshroute_coverage_item made = MESHROUTE_COVERAGE_ITEM_INIT;
    made.resource = str_of(from.resource);
    made.path = str_of(from.path);
    made.source = str_of(from.source);
    made.unreachable = str_of(from.unreachable);
    made.hits = from.hits;
    made.line = from.line;
    return fill(made, out, error);
  });
}

meshroute_status meshroute_suite_report_json(const meshroute_suite_report* report, meshroute_bytes* out, meshroute_error* error) {
  return write(report, out, error, [](const auto& value) { return value.to_json(); });
}
meshroute_status meshroute_suite_report_text(const meshroute_suite_report* report, int32_t verbose, int32_t colour,
                                             meshroute_bytes* out, meshroute_error* error) {
  return write(report, out, error, [&](const auto& value) { return value.to_text(colour != 0, verbose != 0); });
}
meshroute_status meshroute_suite_report_junit(const meshroute_suite_report* report, meshroute_bytes* out,
                                              meshroute_error* error) {
  return write(report, out, error, [](const auto& value) { return value.to_junit(); });
}
meshroute_status meshroute_suite_report_coverage_text(const meshroute_suite_report* report, meshroute_bytes* out,
                                                      meshroute_error* error) {
  return write(report, out, error, [](const auto& value) { return value.coverage_text(); });
}
meshroute_status meshroute_suite_report_coverage_lcov(const meshroute_suite_report* report, meshroute_bytes* out,
                                                      meshroute_error* error) {
  return write(report, out, error, [](const auto& value) { return value.coverage_lcov(); });
}

}  // extern "C"
