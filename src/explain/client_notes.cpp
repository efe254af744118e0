// SPDX-License-Identifier: Apache-2.0
#include "explain/client_notes.hpp"

#include <string>
#include <utility>

#include "explain/code.hpp"
#include "findings/display_name.hpp"
#include "text/place.hpp"

namespace meshroute::explain {

namespace {

TraceLine note(const Resource& workload, std::string text) {
  TraceLine line{.stage = "proxy", .verdict = Verdict::noted, .text = std::move(text)};
  line.code = name_of(Code::proxy);
  line.resource = findings::display_name(workload);
  text::Places places;
  const text::Place place = places.find(workload, {});
  line.source = place.source;
  line.line = place.line;
  line.column = place.column;
  return line;
}

}  // namespace

TraceLine gateway_client(const Resource& workload) {
  return note(workload, findings::display_name(workload) + " is a gateway: it sends on what its own clients ask for");
}

TraceLine plain_client(const Resource& workload, std::string_view host) {
  return note(workload, findings::display_name(workload) +
                            " has no sidecar, and no Kubernetes Service that is loaded gives its DNS an endpoint of " +
                            std::string(host) + " for this port");
}

}  // namespace meshroute::explain
