// SPDX-License-Identifier: Apache-2.0
// Witnesses, and what differs between two meshes.
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

const meshroute::DiffChange* change_at(const meshroute_diff* diff, size_t index) {
  return diff != nullptr && index < diff->value.changes.size() ? &diff->value.changes[index] : nullptr;
}

std::vector<std::string> texts_of(const meshroute_str* texts, size_t count) {
  std::vector<std::string> list;
  for (size_t i = 0; i < count; ++i) list.emplace_back(view_of(texts[i]));
  return list;
}

}  // namespace

extern "C" {

meshroute_status meshroute_snapshot_witnesses(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                              meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::Proxy given;
    if (snapshot == nullptr || out == nullptr || !read(proxy, given)) return missing(error);
    return give(meshroute::witnesses_to_json(snapshot->value.witnesses(given)), out);
  });
}

meshroute_status meshroute_snapshot_witnesses_json(const meshroute_snapshot* snapshot, meshroute_str proxy, meshroute_bytes* out,
                                                   meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || out == nullptr) return missing(error);
    const auto given = meshroute::Proxy::from_json(view_of(proxy));
    if (!given) return fail(error, given.error());
    return give(meshroute::witnesses_to_json(snapshot->value.witnesses(*given)), out);
  });
}

meshroute_status meshroute_snapshot_witness_suite(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                  const meshroute_str* config, size_t config_count, meshroute_bytes* out,
                                                  meshroute_error* error) {
  return guard(error, [&] {
    meshroute::Proxy given;
    if (snapshot == nullptr || out == nullptr || (config == nullptr && config_count > 0) || !read(proxy, given))
      return missing(error);
    return give(snapshot->value.witness_suite(given, texts_of(config, config_count)), out);
  });
}

meshroute_status meshroute_snapshot_witness_suite_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                       const meshroute_str* config, size_t config_count, meshroute_bytes* out,
                                                       meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || out == nullptr || (config == nullptr && config_count > 0)) return missing(error);
    const auto given = meshroute::Proxy::from_json(view_of(proxy));
    if (!given) return fail(error, given.error());
    return give(snapshot->value.witness_suite(*given, texts_of(config, config_count)), out);
  });
}

meshroute_status meshroute_snapshot_diff(const meshroute_snapshot* before, const meshroute_snapshot* after,
                                         const meshroute_diff_options* options, meshroute_diff** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute_diff_options known;
    if (before == nullptr || after == nullptr || out == nullptr || !take(options, known)) return missing(error);
    meshroute::DiffOptions given;
    if (known.from.size > 0) {
      if (const auto wrong = meshroute::read_proxies(view_of(known.from), given)) return fail(error, *wrong);
    }
    if (known.requests.size > 0) {
      auto requests = meshroute::requests_from_json(view_of(known.requests));
      if (!requests) return fail(error, requests.error());
      given.requests = std::move(*requests);
    }
    auto found = meshroute::diff(before->value, after->value, given);
    const bool equal = found.equal;
    hand_out(std::move(found), out);
    return equal ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_diff_free(meshroute_diff* diff) { delete diff; }
size_t meshroute_diff_change_count(const meshroute_diff* diff) { return diff == nullptr ? 0 : diff->value.changes.size(); }

meshroute_status meshroute_diff_change_get(const meshroute_diff* diff, size_t index, meshroute_diff_change* out,
                                           meshroute_error* error) {
  return guard(error, [&] {
    if (diff == nullptr || out == nullptr) return missing(error);
    const auto* from = change_at(diff, index);
    if (from == nullptr) return out_of_range(error);
    meshroute_diff_change made = MESHROUTE_DIFF_CHANGE_INIT;
    made.before = str_of(from->before);
    made.after = str_of(from->after);
    made.proxy_count = from->proxies.size();
    made.request_count = from->requests;
    made.because_count = from->because.size();
    made.share = from->share;
    return fill(made, out, error);
  });
}

meshroute_str meshroute_diff_change_proxy(const meshroute_diff* diff, size_t change, size_t index) {
  const auto* from = change_at(diff, change);
  return from == nullptr ? meshroute_str{nullptr, 0} : text_at(from->proxies, index);
}

meshroute_status meshroute_diff_change_because(const meshroute_diff* diff, size_t change, size_t index, meshroute_trace_line* out,
                                               meshroute_error* error) {
  return guard(error, [&] {
    if (diff == nullptr || out == nullptr) return missing(error);
    const auto* from = change_at(diff, change);
    if (from == nullptr || index >= from->because.size()) return out_of_range(error);
    return fill(struct_of(from->because[index]), out, error);
  });
}

meshroute_status meshroute_diff_json(const meshroute_diff* diff, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return diff == nullptr || out == nullptr ? missing(error) : give(diff->value.to_json(), out); });
}
meshroute_status meshroute_diff_text(const meshroute_diff* diff, int32_t colour, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return diff == nullptr || out == nullptr ? missing(error) : give(diff->value.to_text(colour != 0), out); });
}
meshroute_status meshroute_diff_markdown(const meshroute_diff* diff, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] { return diff == nullptr || out == nullptr ? missing(error) : give(diff->value.to_markdown(), out); });
}

}  // extern "C"
