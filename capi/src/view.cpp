// SPDX-License-Identifier: Apache-2.0
// Views as wholes, and why they are as they are; their rows are in rows.cpp.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "wall.hpp"

namespace meshroute::capi {

bool read(const meshroute_view_filter* given, ViewFilter& filter) {
  meshroute_view_filter known;
  if (!take(given, known)) return false;
  filter = {std::string(view_of(known.host)), std::string(view_of(known.subset)), std::string(view_of(known.cluster)),
            known.port};
  return true;
}

bool read(const meshroute_proxy* given, Proxy& proxy) {
  meshroute_proxy known;
  if (!take(given, known) || (known.label_count > 0 && known.labels == nullptr)) return false;
  proxy.id = view_of(known.id);
  if (known.namespace_.size > 0) proxy.namespace_ = view_of(known.namespace_);
  proxy.ip = view_of(known.ip);
  proxy.locality = view_of(known.locality);
  proxy.network = view_of(known.network);
  if (known.cluster.size > 0) proxy.cluster = view_of(known.cluster);
  proxy.node_name = view_of(known.node_name);
  for (std::size_t i = 0; i < known.label_count; ++i) {
    proxy.labels[std::string(view_of(known.labels[i].name))] = view_of(known.labels[i].value);
  }
  proxy.dns_capture = known.dns_capture != 0;
  proxy.dns_auto_allocate = known.dns_auto_allocate != 0;
  proxy.service_account = view_of(known.service_account);
  proxy.type = known.type == MESHROUTE_PROXY_ROUTER ? Proxy::Type::router : Proxy::Type::sidecar;
  proxy.unprivileged = known.unprivileged != 0;
  return true;
}

namespace {

/// Empty: all of them.
bool is_section(meshroute_str section) {
  constexpr std::string_view kSections[] = {"",       "services",  "clusters", "endpoints",
                                            "routes", "listeners", "inbound",  "client_tls"};
  return std::find(std::begin(kSections), std::end(kSections), view_of(section)) != std::end(kSections);
}

meshroute_status no_section(meshroute_error* error, meshroute_str section) {
  return fail(error, MESHROUTE_INVALID_ARGUMENT,
              "a view has no section `" + std::string(view_of(section)) +
                  "`: they are services, clusters, endpoints, routes, listeners, inbound and client_tls");
}

}  // namespace

}  // namespace meshroute::capi

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace): the rest of this file is its C side

extern "C" {

void meshroute_view_free(meshroute_view* view) { delete view; }

meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                         const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::Proxy given;
    if (snapshot == nullptr || out == nullptr || !read(proxy, given)) return missing(error);
    if (const auto wrong = given.wrong()) return fail(error, *wrong);
    hand_out(snapshot->value.view(given, previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_snapshot_view_json(const meshroute_snapshot* snapshot, const char* proxy, size_t size,
                                              const meshroute_view* previous, meshroute_view** out, meshroute_error* error) {
  return guard(error, [&] {
    if (snapshot == nullptr || proxy == nullptr || out == nullptr) return missing(error);
    auto given = meshroute::Proxy::from_json({proxy, size});
    if (!given) return fail(error, given.error());
    hand_out(snapshot->value.view(*given, previous != nullptr ? &previous->value : nullptr), out);
    return MESHROUTE_OK;
  });
}

meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section, meshroute_bytes* out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr) return missing(error);
    if (!is_section(section)) return no_section(error, section);
    return give(section.size == 0 ? view->value.to_json() : view->value.section_json(view_of(section)), out);
  });
}

meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section, meshroute_bytes* out,
                                     meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr) return missing(error);
    return is_section(section) ? give(view->value.to_text(view_of(section)), out) : no_section(error, section);
  });
}

meshroute_status meshroute_view_filtered_json(const meshroute_view* view, meshroute_str section,
                                              const meshroute_view_filter* filter, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    return is_section(section) ? give(view->value.section_json(view_of(section), given), out) : no_section(error, section);
  });
}

meshroute_status meshroute_view_filtered_text(const meshroute_view* view, meshroute_str section,
                                              const meshroute_view_filter* filter, meshroute_bytes* out, meshroute_error* error) {
  return guard(error, [&] {
    meshroute::ViewFilter given;
    if (view == nullptr || out == nullptr || !read(filter, given)) return missing(error);
    return is_section(section) ? give(view->value.to_text(view_of(section), given), out) : no_section(error, section);
  });
}

meshroute_status meshroute_view_why(const meshroute_view* view, meshroute_str host, meshroute_reasons** out,
                                    meshroute_error* error) {
  return guard(error, [&] {
    if (view == nullptr || out == nullptr || host.data == nullptr) return missing(error);
    auto reasons = view->value.why(view_of(host));
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

meshroute_status meshroute_reasons_line(const meshroute_reasons* reasons, size_t index, meshroute_trace_line* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    if (reasons == nullptr || out == nullptr) return missing(error);
    if (index >= reasons->value.lines.size()) return out_of_range(error);
    return fill(struct_of(reasons->value.lines[index]), out, error);
  });
}

meshroute_status meshroute_reasons_json(const meshroute_reasons* reasons, meshroute_bytes* out, meshroute_error* error) {
  return guard(error,
               [&] { return reasons == nullptr || out == nullptr ? missing(error) : give(reasons->value.to_json(), out); });
}

meshroute_status meshroute_reasons_text(const meshroute_reasons* reasons, int32_t colour, meshroute_bytes* out,
                                        meshroute_error* error) {
  return guard(error, [&] {
    return reasons == nullptr || out == nullptr ? missing(error) : give(reasons->value.to_text(colour != 0), out);
  });
}

}  // extern "C"
