#pragma once

// SPDX-License-Identifier: Apache-2.0
// The lines of a trace, each at its place in the file.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "explain/code.hpp"
#include "explain/why.hpp"
#include "meshroute/answer.hpp"
#include "text/place.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

class Explanation {
 public:
  /// Adds to the trace of `answer`.
  Explanation(const view::ProxyView& view, Answer& answer) : view_(view), answer_(answer) {}

  void line(const char* stage, Verdict verdict, Code code, std::string text, const Resource* resource = nullptr,
            std::string_view path = {}, std::string hint = {});
  void line(const char* stage, Verdict verdict, Reason reason);

  /// Who asks, and what its Sidecar is.
  void proxy();
  /// Which service the host is, or why this proxy has no such service or port.
  void host(const std::string& host, const registry::Service* service, std::uint32_t port);
  /// What a host or address is that is no service's name for this proxy: hidden, an address, a pod, within a wildcard, or
  /// unknown.
  void absent(const std::string& host);
  /// What an alias stands for.
  void alias(const registry::Service& service);
  /// Whose address it is; false: nobody's.
  bool address(const std::string& address);
  /// The VirtualServices that name the host, then how the route table was walked: gives each route its place, and tells
  /// between them which matches are no routes for this proxy.
  void routes(const std::vector<TraceLine>& walk, const std::string& table, const std::string& host);
  /// The timeout and the retries that apply, and who says so.
  void policies();
  /// A cluster that is there, with the DestinationRule that shapes it.
  void cluster(const std::string& name, std::size_t endpoints, bool usable);
  /// A cluster without endpoints, because nothing that is loaded gives them.
  void endpoints_not_given(const std::string& name);
  /// How an endpoint of a cluster is chosen, where a rule says so.
  void balancing(const std::string& cluster);
  /// A cluster that is not there for this proxy, why, and what would make it exist.
  void no_cluster(const std::string& name);
  /// How a connection that is passed on came to this chain: the rules under tls and tcp, and the ports that lost the listener.
  void connection(const view::Listener& listener, const view::FilterChain& chain, const Request& request, std::uint32_t port,
                  const std::string& host, const registry::Service* service);
  /// The VirtualServices that name the host, each with what became of it in the virtual host of a table.
  void virtual_services(const std::string& table, const std::string& virtual_host, const std::string& host);

  /// After an HTTP request was routed: why what was asked of a service went elsewhere.
  void shared_listener(const view::Listener& listener, const view::FilterChain& chain, const registry::Service* service,
                       std::uint32_t port);
  /// That a service's port has no chain in its listener, where another one, but not `taker`, has it.
  void lost_port(const view::Listener& listener, const registry::Service* service, const registry::Service* taker,
                 std::uint32_t port);
  /// What becomes of unknown destinations, and who says so.
  void outbound_policy(const char* stage);
  /// How the proxy connects on: `why` of upstream_tls, and a line where a DestinationRule decides or the client speaks TLS.
  void upstream_tls(const Request& request);
  /// Tells the rules of the VirtualService that delegate to nothing and stand before a rule; `told` counts those that are told.
  void undelegated(const scope::VirtualServiceEntry& owner, std::size_t before, std::size_t& told);
  /// Says that plain HTTP goes to port 443 of a host outside the mesh.
  void plain_to_tls_port(const Request& request, const std::string& cluster, const view::ClusterTls& decided);

 private:
  using Visit = std::function<void(const scope::VirtualServiceEntry& entry, const std::string& who, const std::string& path)>;
  /// Visits the VirtualServices that name one of the hosts, and `owner`, with their words; counts the others. Tells those that
  /// cannot apply.
  void name_services(const std::vector<std::string>& hosts, const scope::VirtualServiceEntry* owner, const Visit& visit);
  void connection_rules(const scope::VirtualServiceEntry& entry, const view::FilterChain& chain, const Request& request,
                        std::uint32_t port, const registry::Service* service);
  void locality(const view::ClusterPlan& plan, const view::LoadAssignment& assignment);
  void elsewhere(const std::string& host);
  /// The destination of the rule that applies which leads to the cluster.
  Destination destination_of(std::string_view cluster) const;
  void fault();
  void faults();
  void mirror();
  void other_spelling(const Resource& resource, const std::vector<std::string>& hosts);
  void no_port(const registry::Service& service, std::uint32_t port);
  bool hidden(const std::string& host);
  bool wildcard(const std::string& host);
  void unmerged_port(const registry::Service& service, std::uint32_t port);
  const view::ProxyView& view_;
  Answer& answer_;
  text::Places places_;
  const scope::VirtualServiceEntry* owner_ = nullptr;  ///< of the matched route
  std::size_t rule_ = 0;                               ///< of the owner
  std::size_t unknown_ = 0;                            ///< the line that says that no service has the host; 0: none does
  const view::FilterChain* chain_ = nullptr;           ///< that forwards the connection unread; null: it is read as HTTP
  bool http_ = true;                                   ///< the connection is read as HTTP
};

}  // namespace meshroute::explain
