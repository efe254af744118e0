#pragma once

// SPDX-License-Identifier: Apache-2.0
// The kinds of lines that a trace, a server's trace or the reasons of a host can have. The names are a promise, the sentences are
// not.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meshroute::explain {

#define MESHROUTE_LINE_CODES(CODE)                                                                              \
  CODE(proxy, "who asks, and its Sidecar")                                                                      \
  CODE(host_name, "the full name of the host")                                                                  \
  CODE(service_found, "the resource that defines the host")                                                     \
  CODE(service_port_udp, "the service's port is UDP")                                                           \
  CODE(service_port_missing, "the service has no such port")                                                    \
  CODE(service_port_not_imported, "the Sidecar imports other ports of the service")                             \
  CODE(service_port_not_http, "the service's port is not HTTP")                                                 \
  CODE(service_not_exported, "the service is not exported to the proxy's namespace")                            \
  CODE(service_not_imported, "the Sidecar does not import the service")                                         \
  CODE(service_lost_host, "another definition of the host counts")                                              \
  CODE(service_not_merged, "the ports of a definition are not merged into the one that counts")                 \
  CODE(service_clusters_only, "the service has clusters and no listener, because a VirtualService leads to it") \
  CODE(service_chosen, "which of several definitions counts")                                                   \
  CODE(host_is_address, "the host is an address of a service")                                                  \
  CODE(host_is_endpoint, "the host is the address of an endpoint of a service")                                 \
  CODE(host_is_member, "the host is a pod of a headless Service")                                               \
  CODE(host_in_wildcard, "a wildcard service has the host")                                                     \
  CODE(host_unknown, "no Service and no ServiceEntry has the host")                                             \
  CODE(address_unknown, "no service of the proxy has the address")                                              \
  CODE(host_in_capitals, "a service's host is written in capitals")                                             \
  CODE(host_alternate, "the host is another name of a virtual host")                                            \
  CODE(host_of_virtual_service, "no service has the host, and a VirtualService routes it")                      \
  CODE(alias, "the service is another name of a second one")                                                    \
  CODE(alias_of_nothing, "the service is another name of a host that the proxy does not see")                   \
  CODE(listener_matched, "the listener that handles the connection")                                            \
  CODE(listener_lost, "another service handles the connections to the service's port")                          \
  CODE(listener_shared, "the service shares its address and port with an earlier one")                          \
  CODE(listener_catch_all, "no listener is for the connection but the catch-all one")                           \
  CODE(filter_chain_http, "the connection is read as HTTP")                                                     \
  CODE(filter_chain_tcp, "the connection is forwarded unread")                                                  \
  CODE(filter_chain_default, "the default filter chain handles the connection")                                 \
  CODE(filter_chain_missing, "no filter chain handles the connection")                                          \
  CODE(filter_chain_not_http, "the chain reads HTTP and the connection is not HTTP")                            \
  CODE(route_table_missing, "the proxy has no route table for the chain")                                       \
  CODE(route_table_rejected, "Envoy rejects the route table")                                                   \
  CODE(virtual_host_matched, "the virtual host of the request")                                                 \
  CODE(virtual_host_missing, "no virtual host has the host")                                                    \
  CODE(virtual_service_matched, "the VirtualService whose rules apply")                                         \
  CODE(virtual_service_lost_host, "a VirtualService names the host and its rules do not apply")                 \
  CODE(virtual_service_not_exported, "a VirtualService is not exported to the proxy's namespace")               \
  CODE(virtual_service_not_imported, "the Sidecar does not import a VirtualService")                            \
  CODE(virtual_service_for_gateways, "a VirtualService is for gateways only")                                   \
  CODE(virtual_service_other_spelling, "a VirtualService names the host in a spelling that means another one")  \
  CODE(virtual_service_elsewhere, "a VirtualService of another host routes to the service")                     \
  CODE(port, "what becomes of a request to one port of the host; the next lines say why")                       \
  CODE(more, "how many lines are left out")                                                                     \
  CODE(delegate, "a rule delegates")                                                                            \
  CODE(delegate_missing, "the delegate is not there")                                                           \
  CODE(delegate_not_exported, "the delegate is not exported to the VirtualService's namespace")                 \
  CODE(delegate_conflict, "a rule of the delegate contradicts the rule that delegates")                         \
  CODE(route_matched, "the route that the request takes")                                                       \
  CODE(route_skipped, "a route and the first of its conditions that fails")                                     \
  CODE(route_not_for_proxy, "a match that is no route for the proxy")                                           \
  CODE(no_route, "no route matches the request")                                                                \
  CODE(connection_rule_skipped, "a tls or tcp rule that does not match the connection")                         \
  CODE(request, "how the proxy reads the request")                                                              \
  CODE(fault, "a fault that is injected")                                                                       \
  CODE(fault_never, "a fault that applies to no request")                                                       \
  CODE(timeout, "the timeout and who sets it")                                                                  \
  CODE(retries, "the retries and who sets them")                                                                \
  CODE(retries_cut, "the timeout of the request ends its retries")                                              \
  CODE(outbound_policy, "outboundTrafficPolicy decides")                                                        \
  CODE(cluster_ready, "a cluster that the request can be sent to")                                              \
  CODE(cluster_empty, "a cluster without an endpoint that takes requests")                                      \
  CODE(cluster_missing, "the proxy has no such cluster")                                                        \
  CODE(mirror_missing, "no cluster receives the mirrored copies")                                               \
  CODE(subset_missing, "no DestinationRule that the proxy uses defines the subset")                             \
  CODE(subset_not_visible, "a DestinationRule that the proxy does not use defines the subset")                  \
  CODE(subset_without_endpoints, "no endpoint has the subset's labels")                                         \
  CODE(endpoints_unhealthy, "no endpoint is healthy")                                                           \
  CODE(endpoints_of_other_ports, "no endpoint serves the port")                                                 \
  CODE(endpoints_elsewhere, "no endpoint is on the proxy's node, network or cluster")                           \
  CODE(endpoints_missing, "the service lists no endpoints and has no selector")                                 \
  CODE(endpoints_not_given, "nothing that is loaded says which endpoints the service has")                      \
  CODE(endpoints_assumed, "endpoints that the template of a Deployment or its like would have")                 \
  CODE(endpoints_listed, "where the service's endpoints come from")                                             \
  CODE(selector_matches_nothing, "the selector selects no workload")                                            \
  CODE(workload_selected, "a workload that the selector selects")                                               \
  CODE(workload_nearly_selected, "a workload that one change would let the selector select")                    \
  CODE(destination_rule_used, "a DestinationRule that the proxy uses")                                          \
  CODE(destination_rule_not_used, "a DestinationRule that the proxy does not use")                              \
  CODE(destination_rule_not_exported, "a DestinationRule is not exported to the proxy's namespace")             \
  CODE(load_balancing, "how an endpoint is chosen, and who decides it")                                         \
  CODE(locality_priority, "which endpoints come first, and who decides it")                                     \
  CODE(locality_off, "a locality setting that does not apply")                                                  \
  CODE(weight_zero, "an endpoint with weight 0 counts as one with weight 1")                                    \
  CODE(upstream_tls, "how the proxy connects to the endpoints, and who decides it")                             \
  CODE(mtls_turned_off, "the servers take only mutual TLS, and a DestinationRule turns it off")                 \
  CODE(mtls_outside_mesh, "Istio's mutual TLS toward a server outside the mesh")                                \
  CODE(tls_to_plain_port, "TLS of the proxy's own toward a port that is plain HTTP")                            \
  CODE(plain_to_tls_port, "plain HTTP goes to a port where servers speak TLS")                                  \
  CODE(path_doubled, "a rewrite makes a path with two slashes in a row")                                        \
  CODE(target_port_unnamed, "a Service leads to a port that no container names")                                \
  CODE(tls_in_tls, "the client speaks TLS and the proxy adds TLS of its own")                                   \
  CODE(gateway_selected, "a Gateway that applies to the router")                                                \
  CODE(gateway_not_selected, "a Gateway that does not apply to the router")                                     \
  CODE(gateway_server_dropped, "a server of a Gateway that is not used")                                        \
  CODE(gateway_port_translated, "a server listens on another port than its own")                                \
  CODE(listener_missing, "the gateway has no listener on the port")                                             \
  CODE(listener_refused, "Envoy rejects the listener")                                                          \
  CODE(filter_chain_gateway, "the server whose filter chain takes the connection")                              \
  CODE(filter_chain_skipped, "a filter chain that does not match the connection")                               \
  CODE(tls_handshake_fails, "the handshake with the gateway fails")                                             \
  CODE(https_redirect, "the virtual host redirects to https")                                                   \
  CODE(virtual_service_not_bound, "a VirtualService does not name the Gateway")                                 \
  CODE(virtual_service_not_served, "no server of the Gateway serves the VirtualService's hosts")                \
  CODE(server, "the server's proxy")                                                                            \
  CODE(mtls_mode, "the mutual TLS mode of the port, and who sets it")                                           \
  CODE(mtls_mode_default, "no PeerAuthentication sets the mutual TLS mode of the port")                         \
  CODE(inbound_chain, "the filter chain that takes the connection")                                             \
  CODE(inbound_no_chain, "no filter chain takes the connection")                                                \
  CODE(client_certificate_required, "the caller presents no certificate")                                       \
  CODE(peer_certificate_refused, "the caller's trust domain is not accepted")                                   \
  CODE(server_identity_refused, "the client's proxy does not accept the identity of the server")                \
  CODE(inbound_protocol_error, "the bytes are not the protocol of the chain")                                   \
  CODE(bad_request, "Envoy refuses the request before any policy")                                              \
  CODE(policy_applies, "a policy that applies to the server")                                                   \
  CODE(rule_void_on_tcp, "a rule asks for what only HTTP has, and the port is TCP")                             \
  CODE(field_dropped_on_tcp, "a field that only HTTP has is left out on a TCP port")                            \
  CODE(rule_matched, "a rule of a policy that matches")                                                         \
  CODE(rule_unmet, "a rule of a policy and the first of its conditions that fails")                             \
  CODE(allowed, "the request is let in")                                                                        \
  CODE(token_refused, "a token is refused")                                                                     \
  CODE(provider_refused, "an external provider refuses the request")                                            \
  CODE(no_allow_rule, "no ALLOW rule matches")                                                                  \
  CODE(rule_refused, "a rule refuses the request")                                                              \
  CODE(loop, "a gateway gets the request that it has sent on")                                                  \
  CODE(no_sidecar, "the client has no sidecar")

enum class Code : std::uint8_t {
#define MESHROUTE_LINE_CODE(name, what) name,
  MESHROUTE_LINE_CODES(MESHROUTE_LINE_CODE)
#undef MESHROUTE_LINE_CODE
};

#define MESHROUTE_LINE_CODE(name, what) +1  // NOLINT(bugprone-macro-parentheses): a term of a sum
inline constexpr std::size_t kCodes = 0 MESHROUTE_LINE_CODES(MESHROUTE_LINE_CODE);
#undef MESHROUTE_LINE_CODE

/// "subset_missing".
std::string_view name_of(Code code);

}  // namespace meshroute::explain
