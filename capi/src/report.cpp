// SPDX-License-Identifier: Apache-2.0
// Reports and rules.
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

/// The peers' codes of each rule, as the C API hands them out.
std::vector<std::vector<meshroute_str>> codes_of_peers() {
  std::vector<std::vector<meshroute_str>> codes;
  for (const auto& rule : meshroute::rules()) {
    codes.emplace_back();
    for (const auto& peer : rule.peers) codes.back().push_back(str_of(peer));
  }
  return codes;
}

}  // namespace

extern "C" {

meshroute_status meshroute_report_new(meshroute_report** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    hand_out(meshroute::Report{}, out);
    return MESHROUTE_OK;
  });
}

void meshroute_report_free(meshroute_report* report) { delete report; }
size_t meshroute_report_bytes(const meshroute_report* report) { return bytes_of(report); }

meshroute_status meshroute_report_append(meshroute_report* report, const meshroute_report* other, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "other", other);
    report->value.append(other->value);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_report_ignore(meshroute_report* report, meshroute_str rule, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report);
    report->value.ignore(needed_text("rule", rule));
    return MESHROUTE_OK;
  });
}

size_t meshroute_report_document_count(const meshroute_report* report) {
  return report == nullptr ? 0 : report->value.documents.size();
}

meshroute_status meshroute_report_document_at(const meshroute_report* report, size_t index, meshroute_document* out,
                                              meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const auto& from = at(report->value.documents, index);
    meshroute_document made = MESHROUTE_DOCUMENT_INIT;
    made.source = str_of(from.source);
    made.kind = str_of(from.kind);
    made.namespace_ = str_of(from.namespace_);
    made.name = str_of(from.name);
    made.unknown_field_count = from.unknown_fields.size();
    made.line = from.line;
    made.accepted = from.accepted ? 1 : 0;
    made.applied = from.applied ? 1 : 0;
    made.has_layers = from.has_layers ? 1 : 0;
    made.decode = from.decode ? 1 : 0;
    made.metadata = from.metadata ? 1 : 0;
    made.schema = from.schema ? 1 : 0;
    made.webhook = from.webhook ? 1 : 0;
    made.strict = from.strict ? 1 : 0;
    return fill(made, out);
  });
}

meshroute_str meshroute_report_unknown_field_at(const meshroute_report* report, size_t document, size_t index) {
  const bool there = report != nullptr && document < report->value.documents.size() &&
                     index < report->value.documents[document].unknown_fields.size();
  return there ? str_of(report->value.documents[document].unknown_fields[index]) : meshroute_str{nullptr, 0};
}

size_t meshroute_report_diagnostic_count(const meshroute_report* report) {
  return report == nullptr ? 0 : report->value.diagnostics.size();
}

meshroute_status meshroute_report_diagnostic_at(const meshroute_report* report, size_t index, meshroute_diagnostic* out,
                                                meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const auto& from = at(report->value.diagnostics, index);
    meshroute_diagnostic made = MESHROUTE_DIAGNOSTIC_INIT;
    made.rule = str_of(from.rule);
    made.resource = str_of(from.resource);
    made.path = str_of(from.path);
    made.source = str_of(from.source);
    made.message = str_of(from.message);
    made.hint = str_of(from.hint);
    made.excerpt = str_of(from.excerpt);
    made.related_count = from.related.size();
    made.severity = static_cast<std::int32_t>(from.severity);
    made.layer = static_cast<std::int32_t>(from.layer);
    made.document = from.document;
    made.line = from.line;
    made.column = from.column;
    made.more = from.more;
    return fill(made, out);
  });
}

meshroute_status meshroute_report_related_at(const meshroute_report* report, size_t diagnostic, size_t index,
                                             meshroute_related* out, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report, "out", out);
    const auto& from = at(at(report->value.diagnostics, diagnostic, "diagnostic").related, index);
    meshroute_related made = MESHROUTE_RELATED_INIT;
    made.source = str_of(from.source);
    made.message = str_of(from.message);
    made.line = from.line;
    made.column = from.column;
    return fill(made, out);
  });
}

size_t meshroute_report_error_count(const meshroute_report* report) { return report == nullptr ? 0 : report->value.errors(); }
size_t meshroute_report_warning_count(const meshroute_report* report) { return report == nullptr ? 0 : report->value.warnings(); }

meshroute_status meshroute_report_json(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                       meshroute_error* error) {
  return give_json("report", report, style, out, error);
}
meshroute_status meshroute_report_sarif(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                        meshroute_error* error) {
  return give_of("report", report, out, error, [&](const auto& value) { return value.to_sarif(pretty_of(style)); });
}
size_t meshroute_report_passed_over_count(const meshroute_report* report) {
  return report == nullptr ? 0 : report->value.passed_over.size();
}
meshroute_str meshroute_report_passed_over_at(const meshroute_report* report, size_t index) {
  return report == nullptr || index >= report->value.passed_over.size() ? meshroute_str{nullptr, 0}
                                                                        : str_of(report->value.passed_over[index].source);
}
size_t meshroute_report_info_count(const meshroute_report* report) {
  if (report == nullptr) return 0;
  return report->value.diagnostics.size() - report->value.errors() - report->value.warnings();
}

meshroute_status meshroute_report_text(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                       meshroute_error* error) {
  return give_of("report", report, out, error, [&](const auto& value) {
    const TextStyle how(style);
    return value.to_text(how.colour, how.verbose);
  });
}

meshroute_status meshroute_report_write(const meshroute_report* report, int32_t form, int32_t style, meshroute_writer write,
                                        void* context, meshroute_error* error) {
  return guard(error, [&] {
    need("report", report);
    if (write == nullptr) refuse_null("write");
    one_of("form", nullptr, form, MESHROUTE_REPORT_SARIF, "use MESHROUTE_REPORT_TEXT, _JSON or _SARIF");
    const auto give = [&](std::string_view piece) { return write(context, str_of(piece)) == 0; };
    if (form == MESHROUTE_REPORT_TEXT) {
      const TextStyle how(style);
      report->value.write_text(give, how.colour, how.verbose);
    } else if (form == MESHROUTE_REPORT_JSON) {
      report->value.write_json(give, pretty_of(style));
    } else {
      report->value.write_sarif(give, pretty_of(style));
    }
    return MESHROUTE_OK;
  });
}

size_t meshroute_rule_count(void) { return meshroute::rules().size(); }

meshroute_status meshroute_rule_at(size_t index, meshroute_rule* out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    const auto rules = meshroute::rules();
    if (index >= rules.size()) refuse_index("index", index, rules.size());
    const auto& from = rules[index];
    meshroute_rule made = MESHROUTE_RULE_INIT;
    made.id = str_of(from.id);
    made.kind = str_of(from.kind);
    made.layer = static_cast<std::int32_t>(from.layer);
    made.severity = static_cast<std::int32_t>(from.severity);
    made.what = str_of(from.what);
    made.source = str_of(from.source);
    made.name = str_of(from.name);
    made.why = str_of(from.why);
    made.bad = str_of(from.bad);
    made.good = str_of(from.good);
    made.fix = str_of(from.fix);
    made.since = str_of(from.since);
    made.status = static_cast<std::int32_t>(from.status);
    static const auto codes = codes_of_peers();
    made.peers = codes[index].empty() ? nullptr : codes[index].data();
    made.peer_count = codes[index].size();
    return fill(made, out);
  });
}

int32_t meshroute_rule_means(size_t index, meshroute_str word) {
  const auto rules = meshroute::rules();
  return index < rules.size() && word.data != nullptr && rules[index].is(view_of(word)) ? 1 : 0;
}

meshroute_status meshroute_rules_json(meshroute_str word, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    return give(meshroute::rules_to_json(text_of("word", word), pretty_of(style)), out);
  });
}

size_t meshroute_trace_code_count(void) { return meshroute::trace_codes().size(); }

meshroute_status meshroute_trace_code_at(size_t index, meshroute_pair* out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    const auto codes = meshroute::trace_codes();
    if (index >= codes.size()) refuse_index("index", index, codes.size());
    *out = {str_of(codes[index].code), str_of(codes[index].meaning)};
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_trace_codes_json(meshroute_str word, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    return give(meshroute::trace_codes_to_json(text_of("word", word), pretty_of(style)), out);
  });
}

}  // extern "C"
