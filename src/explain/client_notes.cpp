// SPDX-License-Identifier: Apache-2.0
#include "explain/client_notes.hpp"

#include <string>
#include <utility>

#include "explain/code.hpp"
#include "findings/display_name.hpp"
#include "registry/injection.hpp"
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

TraceLine no_sidecar(const registry::Snapshot& snapshot, const Proxy& client) {
  const auto space = snapshot.namespaces.find(client.namespace_);
  const Resource* in = space != snapshot.namespaces.end() ? space->second : nullptr;
  const std::string suffix = "." + client.namespace_;
  const std::string name = client.id.ends_with(suffix) ? client.id.substr(0, client.id.size() - suffix.size()) : client.id;
  const std::string who = name.empty() ? "the client" : client.namespace_ + "/" + name;
  const bool by_namespace = in != nullptr && !registry::asks_for_sidecars(in);
  std::string text = who + " has no sidecar";
  if (by_namespace) text += ": Namespace " + client.namespace_ + " does not have the label istio-injection=enabled";
  text += "; what it sends leaves as plain text, and no rule of the mesh changes it";
  TraceLine line = in != nullptr ? note(*in, std::move(text)) : TraceLine{.stage = "proxy", .text = std::move(text)};
  line.code = name_of(Code::no_sidecar);
  line.hint = by_namespace
                  ? "set the label istio-injection of Namespace " + client.namespace_ +
                        " to enabled, if it is meant to be in the mesh, and start its Pods anew"
                  : "take away what declines the sidecar (sidecar.istio.io/inject, hostNetwork), if it is meant to be in "
                    "the mesh";
  return line;
}

}  // namespace meshroute::explain
