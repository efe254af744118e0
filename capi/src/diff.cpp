// SPDX-License-Identifier: Apache-2.0
// Witnesses, and what differs between two meshes.
#include <memory>
#include <utility>
#include <vector>

#include "wall.hpp"

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

namespace {

void hand_out_witnesses(std::vector<meshroute::Witness> found, meshroute_witnesses** out) {
  auto handle = std::make_unique<meshroute_witnesses>();
  handle->value = std::move(found);
  for (const auto& each : handle->value)
    handle->requests.push_back(each.request ? meshroute::request_to_json(*each.request) : std::string());
  *out = handle.release();
}

std::vector<std::string> paths_of(const meshroute_str* config, size_t count) {
  if (count > 0) need("config", config);
  std::vector<std::string> paths;
  for (size_t i = 0; i < count; ++i) paths.emplace_back(text_of("config[]", config[i]));
  return paths;
}

}  // namespace

extern "C" {

meshroute_status meshroute_snapshot_witnesses(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                              meshroute_witnesses** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    hand_out_witnesses(snapshot->value.witnesses(proxy_of(proxy)), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_snapshot_witnesses_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                   meshroute_witnesses** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    hand_out_witnesses(snapshot->value.witnesses(value_of(meshroute::Proxy::from_json(text_of("proxy", proxy)))), out);
    return MESHROUTE_OK;
  });
}

void meshroute_witnesses_free(meshroute_witnesses* witnesses) { delete witnesses; }
size_t meshroute_witnesses_count(const meshroute_witnesses* witnesses) { return count_of(witnesses); }

meshroute_status meshroute_witnesses_at(const meshroute_witnesses* witnesses, size_t index, meshroute_witness* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    need("witnesses", witnesses, "out", out);
    const meshroute::Witness& from = at(witnesses->value, index);
    meshroute_witness made = MESHROUTE_WITNESS_INIT;
    made.resource = str_of(from.resource);
    made.path = str_of(from.path);
    made.request = str_of(witnesses->requests[index]);
    made.unreachable = str_of(from.unreachable);
    made.unknown = str_of(from.unknown);
    return fill(made, out);
  });
}

meshroute_status meshroute_witnesses_json(const meshroute_witnesses* witnesses, int32_t style, meshroute_bytes* out,
                                          meshroute_error* error) {
  return give_of("witnesses", witnesses, out, error,
                 [&](const auto& value) { return meshroute::witnesses_to_json(value, pretty_of(style)); });
}

meshroute_status meshroute_snapshot_witness_suite(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                  const meshroute_str* config, size_t config_count, meshroute_bytes* out,
                                                  meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    return give(snapshot->value.witness_suite(proxy_of(proxy), paths_of(config, config_count)), out);
  });
}

meshroute_status meshroute_snapshot_witness_suite_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                       const meshroute_str* config, size_t config_count, meshroute_bytes* out,
                                                       meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    const auto asks = value_of("proxy", meshroute::Proxy::from_json(text_of("proxy", proxy)));
    return give(snapshot->value.witness_suite(asks, paths_of(config, config_count)), out);
  });
}

meshroute_status meshroute_snapshot_diff(const meshroute_snapshot* before, const meshroute_snapshot* after,
                                         const meshroute_diff_options* options, meshroute_diff** out, meshroute_error* error) {
  return guard(error, [&] {
    need("before", before, "after", after, "out", out);
    const meshroute_diff_options known = take("options", options);
    meshroute::DiffOptions given;
    const auto from = text_of("options.from", known.from), requests = text_of("options.requests", known.requests);
    if (!from.empty()) {
      if (const auto wrong = meshroute::read_proxies(from, given)) refuse(*wrong);
    }
    if (!requests.empty()) given.requests = value_of("options.requests", meshroute::requests_from_json(requests));
    auto handle = std::make_unique<meshroute_diff>();
    handle->value = meshroute::diff(before->value, after->value, given);
    for (const auto& change : handle->value.changes) {
      handle->requests.push_back(meshroute::request_to_json(change.request));
      handle->proxies.add_texts(change.proxies);
      handle->resources.add_texts(change.resources);
    }
    *out = handle.release();
    return (*out)->value.equal ? MESHROUTE_OK : MESHROUTE_FINDINGS;
  });
}

void meshroute_diff_free(meshroute_diff* diff) { delete diff; }
size_t meshroute_diff_change_count(const meshroute_diff* diff) { return diff == nullptr ? 0 : diff->value.changes.size(); }

meshroute_status meshroute_diff_change_at(const meshroute_diff* diff, size_t index, meshroute_diff_change* out,
                                          meshroute_error* error) {
  return guard(error, [&] {
    need("diff", diff, "out", out);
    const meshroute::DiffChange& from = at(diff->value.changes, index);
    meshroute_diff_change made = MESHROUTE_DIFF_CHANGE_INIT;
    made.before = str_of(from.before);
    made.after = str_of(from.after);
    made.request = str_of(diff->requests[index]);
    made.proxies = diff->proxies.at(index);
    made.proxy_count = diff->proxies.count(index);
    made.resources = diff->resources.at(index);
    made.resource_count = diff->resources.count(index);
    made.request_count = from.requests;
    made.because_count = from.because.size();
    made.share = from.share;
    return fill(made, out);
  });
}

meshroute_status meshroute_diff_change_because_at(const meshroute_diff* diff, size_t change, size_t index,
                                                  meshroute_trace_line* out, meshroute_error* error) {
  return guard(error, [&] {
    need("diff", diff, "out", out);
    return fill(struct_of(at(at(diff->value.changes, change, "change").because, index)), out);
  });
}

meshroute_status meshroute_diff_json(const meshroute_diff* diff, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return give_json("diff", diff, style, out, error);
}
meshroute_status meshroute_diff_text(const meshroute_diff* diff, int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return give_of("diff", diff, out, error, [&](const auto& value) { return value.to_text(TextStyle(style).colour); });
}
meshroute_status meshroute_diff_markdown(const meshroute_diff* diff, meshroute_bytes* out, meshroute_error* error) {
  return give_of("diff", diff, out, error, [](const auto& value) { return value.to_markdown(); });
}

}  // extern "C"
