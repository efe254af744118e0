// SPDX-License-Identifier: Apache-2.0
// How an answer's request is encrypted on its way to the cluster.
#include "resolve/upstream_tls.hpp"

#include <string_view>

#include "resolve/name.hpp"
#include "routes/reuse.hpp"

namespace meshroute::resolve {

namespace {

std::string_view mode_text(view::ClusterTls::Mode mode) {
  using Mode = view::ClusterTls::Mode;
  switch (mode) {
    case Mode::none:
      return "none";
    case Mode::simple:
      return "simple";
    case Mode::mutual:
      return "mutual";
    case Mode::mixed:
      return "mixed";
  }
  return "none";
}

/// The host that leaves, without its port.
std::string_view host_that_leaves(const Request& request, const Answer& answer) {
  std::string_view host = answer.upstream_request ? std::string_view(answer.upstream_request->authority)
                          : request.host          ? std::string_view(*request.host)
                                                  : std::string_view();
  return without_port(host);
}

}  // namespace

void fill_upstream_tls(const view::ProxyView& view, const Request& request, Answer& answer) {
  UpstreamTls& to = answer.upstream_tls;
  const view::ClusterTls* first = nullptr;
  bool same_mode = true, same_sni = true, same_sans = true;
  each_reached(view, answer, [&](const std::string&, const view::ClusterTls& tls) {
    if (first == nullptr) first = &tls;
    same_mode = same_mode && tls.mode == first->mode;
    same_sni = same_sni && tls.sni == first->sni && tls.sni_of_request == first->sni_of_request;
    same_sans = same_sans && tls.sans == first->sans && tls.san_of_request == first->san_of_request;
  });
  if (first == nullptr) return;
  to.mode = same_mode ? mode_text(first->mode) : "mixed";
  const bool http = !answer.virtual_host.empty();  // the SNI follows the host of a request only where Envoy reads it
  if (same_sni) to.sni = first->sni_of_request && http ? host_that_leaves(request, answer) : std::string_view(first->sni);
  if (!same_sans || (first->sans.empty() && !(first->san_of_request && http))) return;
  routes::Refill sans(routes::upstream_sans_of(answer));
  if (first->san_of_request && http) sans.next() = host_that_leaves(request, answer);
  for (const std::string& name : first->sans) sans.next() = name;
}

}  // namespace meshroute::resolve
