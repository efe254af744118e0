// SPDX-License-Identifier: Apache-2.0
// Views as wholes, and why they are as they are; their rows are in rows.cpp.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "wall.hpp"

namespace meshroute::capi {

ViewFilter filter_of(const meshroute_view_filter* given) {
  const meshroute_view_filter known = take("filter", given);
  return {std::string(text_of("filter.host", known.host)), std::string(text_of("filter.subset", known.subset)),
          std::string(text_of("filter.cluster", known.cluster)), known.port};
}

Proxy proxy_of(const meshroute_proxy* given) {
  const meshroute_proxy known = take("proxy", given);
  if (known.label_count > 0 && known.labels == nullptr) refuse_null("proxy.labels");
  Proxy proxy;
  proxy.id = text_of("proxy.id", known.id);
  if (known.namespace_.size > 0) proxy.namespace_ = text_of("proxy.namespace_", known.namespace_);
  proxy.ip = text_of("proxy.ip", known.ip);
  proxy.locality = text_of("proxy.locality", known.locality);
  proxy.network = text_of("proxy.network", known.network);
  if (known.cluster.size > 0) proxy.cluster = text_of("proxy.cluster", known.cluster);
  proxy.node_name = text_of("proxy.node_name", known.node_name);
  for (std::size_t i = 0; i < known.label_count; ++i) {
    proxy.labels[std::string(text_of("proxy.labels[].name", known.labels[i].name))] =
        text_of("proxy.labels[].value", known.labels[i].value);
  }
  proxy.dns_capture = known.dns_capture != 0;
  proxy.dns_auto_allocate = known.dns_auto_allocate != 0;
  proxy.service_account = text_of("proxy.service_account", known.service_account);
  proxy.type = static_cast<Proxy::Type>(
      one_of("proxy", "type", known.type, MESHROUTE_PROXY_ROUTER, "use MESHROUTE_PROXY_SIDECAR or MESHROUTE_PROXY_ROUTER"));
  proxy.unprivileged = known.unprivileged != 0;
  proxy.no_sidecar = known.no_sidecar != 0;
  if (const auto wrong = proxy.wrong()) refuse(*wrong);
  return proxy;
}

namespace {

/// Empty: all of them.
void check_section(std::string_view section) {
  constexpr std::string_view kSections[] = {"",       "services",  "clusters", "endpoints",
                                            "routes", "listeners", "inbound",  "client_tls"};
  if (std::find(std::begin(kSections), std::end(kSections), section) != std::end(kSections)) return;
  refuse("a view has no section `" + std::string(section) +
         "`: they are services, clusters, endpoints, routes, listeners, inbound and client_tls");
}

}  // namespace

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

extern "C" {

void meshroute_view_free(meshroute_view* view) { delete view; }
size_t meshroute_view_bytes(const meshroute_view* view) { return bytes_of(view); }

meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                         const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "out", out);
    hand_out(snapshot->value.view(proxy_of(proxy), previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_snapshot_view_json(const meshroute_snapshot* snapshot, const char* proxy, size_t size,
                                              const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    need("snapshot", snapshot, "proxy", proxy, "out", out);
    const auto given = value_of(meshroute::Proxy::from_json(text_of("proxy", proxy, size)));
    hand_out(snapshot->value.view(given, previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section, const meshroute_view_filter* filter,
                                     int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const auto asked = text_of("section", section);
    check_section(asked);
    check_style(style, MESHROUTE_JSON_PRETTY | MESHROUTE_JSON_ROWS, "use a sum of MESHROUTE_JSON_PRETTY and MESHROUTE_JSON_ROWS");
    const bool pretty = (style & MESHROUTE_JSON_PRETTY) != 0;
    const auto given = filter_of(filter);
    if ((style & MESHROUTE_JSON_ROWS) == 0) return give(view->value.section_json(asked, given, pretty), out);
    if (asked == "inbound" || asked == "client_tls") refuse("`section` is `" + std::string(asked) + "`, which has no rows");
    return give(view->value.rows_json(asked, given, pretty), out);
  });
}

meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section, const meshroute_view_filter* filter,
                                     int32_t style, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    const auto asked = text_of("section", section);
    check_section(asked);
    check_text_style(style);
    return give(view->value.to_text(asked, filter_of(filter)), out);
  });
}

meshroute_status meshroute_view_why(const meshroute_view* view, meshroute_str host, meshroute_reasons** out,
                                    meshroute_error* error) {
  return guard(error, [&] {
    need("view", view, "out", out);
    auto reasons = view->value.why(needed_text("host", host));
    const meshroute_status status = reasons.visible ? MESHROUTE_OK : MESHROUTE_FINDINGS;
    hand_out(std::move(reasons), out);
    return status;
  });
}

void meshroute_reasons_free(meshroute_reasons* reasons) { delete reasons; }

meshroute_str meshroute_reasons_host(const meshroute_reasons* reasons) {
  return reasons == nullptr ? meshroute_str{nullptr, 0} : str_of(reasons->value.host);
}

size_t meshroute_reasons_count(const meshroute_reasons* reasons) { return reasons == nullptr ? 0 : reasons->value.lines.size(); }

meshroute_status meshroute_reasons_at(const meshroute_reasons* reasons, size_t index, meshroute_trace_line* out,
                                      meshroute_error* error) {
  return guard(error, [&] {
    need("reasons", reasons, "out", out);
    return fill(struct_of(at(reasons->value.lines, index)), out);
  });
}

meshroute_status meshroute_reasons_json(const meshroute_reasons* reasons, int32_t style, meshroute_bytes* out,
                                        meshroute_error* error) {
  return give_json("reasons", reasons, style, out, error);
}

meshroute_status meshroute_reasons_text(const meshroute_reasons* reasons, int32_t style, meshroute_bytes* out,
                                        meshroute_error* error) {
  return give_of("reasons", reasons, out, error, [&](const auto& value) { return value.to_text(TextStyle(style).colour); });
}

}  // extern "C"
