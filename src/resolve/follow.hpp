#pragma once

// SPDX-License-Identifier: Apache-2.0
// A request from its client's proxy through the proxies of the servers that it may reach.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "meshroute/journey.hpp"
#include "meshroute/request.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::resolve {

/// How one proxy answers, with a trace.
struct Tracers {
  std::function<void(const view::ProxyView& view, const Request& request, Answer& answer)> outbound;
  std::function<void(const view::ProxyView& view, const Request& request, InboundAnswer& answer)> inbound;
  /// Where the client's proxy refuses the server's certificate: the names that it accepts. May be empty.
  std::function<void(const view::ProxyView& server, const std::vector<std::string>& accepted, InboundAnswer& answer)>
      name_refused = {};
  /// The gateway gets its own request again. May be empty.
  std::function<void(const view::ProxyView& gateway, InboundAnswer& answer)> loop = {};
  /// What is said first of a client that has no sidecar. May be empty.
  std::function<TraceLine(const registry::Snapshot& snapshot, const Proxy& client)> no_sidecar = {};
};

/// The views of the proxies behind endpoints, each made when it is first asked for. One thread.
class ServerViews {
 public:
  /// `given`: the proxies behind addresses, which must outlive it; null: as the endpoints' own workloads say, where they have a
  /// sidecar.
  ServerViews(std::shared_ptr<const registry::Snapshot> snapshot, const std::vector<Proxy>* given)
      : snapshot_(std::move(snapshot)), given_(given) {}
  /// Null where the address has no proxy. `endpoint` may be null.
  const view::ProxyView* at(const std::string& address, const registry::Endpoint* endpoint);

 private:
  bool is_gateway(const registry::Workload& workload) const;
  bool has_sidecar(const registry::Workload& workload) const;

  std::shared_ptr<const registry::Snapshot> snapshot_;
  const std::vector<Proxy>* given_;
  std::map<std::string, std::unique_ptr<const view::ProxyView>> views_;
};

/// From the client's proxy, or from its workload where that has no sidecar.
Journey follow(const view::ProxyView& client, const Request& request, ServerViews& servers, const Tracers& tracers);

/// The way of a request from a client without a proxy: it asks the cluster's DNS, and Kubernetes chooses among all endpoints that
/// are ready. The outcome of `outbound` is routed, passthrough (the name is of no Service that is loaded) or closed (nothing
/// takes the connection).
Journey follow_plain(const registry::Snapshot& snapshot, const Proxy& client, const Request& request, ServerViews& servers,
                     const Tracers& tracers);

/// `servers`: the proxies behind addresses; null: as the endpoints' own workloads say, where they have a sidecar.
Journey follow(const view::ProxyView& client, const Request& request, const std::vector<Proxy>* servers, const Tracers& tracers);

}  // namespace meshroute::resolve
