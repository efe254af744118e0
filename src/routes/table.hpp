#pragma once

// SPDX-License-Identifier: Apache-2.0
// Envoy's route tables, compiled: virtual hosts, matchers, actions, header operations.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "envoy/refusal.hpp"
#include "envoy/route.hpp"
#include "meshroute/answer.hpp"
#include "meshroute/options.hpp"
#include "meshroute/request.hpp"
#include "text/heap.hpp"

namespace meshroute::routes {

class Table;  // compiled, immutable

/// What a proxy makes of a path before it routes: MeshConfig's pathNormalization.
enum class PathNormalization : std::uint8_t { none, base, merge_slashes, decode_and_merge_slashes };

/// How a proxy reads requests before it routes.
struct Reading {
  PathNormalization normalization = PathNormalization::base;
  bool edge = false;              ///< a gateway: its clients are outsiders (GW55-GW58)
  bool trusts_forwarded = false;  ///< of a gateway: a proxy before it is trusted with x-forwarded-proto (GW57)
  bool asks_certificate = false;  ///< of a gateway: the chain asks for the client's certificate
  /// Of a gateway: what becomes of x-forwarded-client-cert, as Envoy's forward_client_cert_details.
  enum class ClientCertificate : std::uint8_t {
    sanitize_set,
    sanitize,
    forward_only,
    append_forward,
    always_forward_only
  } client_certificate = ClientCertificate::sanitize_set;
};

/// The table is not to be used where anything is refused. Refuses what Envoy refuses.
struct CompiledTable {
  std::shared_ptr<const Table> table;
  std::vector<envoy::Refusal> refusals;
};
CompiledTable compile(const envoy::RouteConfiguration& configuration);

/// What Istio allows the body of a direct response, in bytes.
inline constexpr std::uint32_t kDirectResponseBody = 1048576;

/// Makes virtual hosts when a request first meets them; from any thread.
class HostSource {
 public:
  HostSource() = default;
  HostSource(const HostSource&) = delete;
  HostSource& operator=(const HostSource&) = delete;
  virtual ~HostSource() = default;
  virtual std::size_t size() const = 0;
  /// The domains of a virtual host; they live as long as the source. No two virtual hosts share one.
  virtual std::pair<const std::string_view*, std::size_t> domains(std::size_t host) const = 0;
  virtual envoy::VirtualHost virtual_host(std::size_t host) const = 0;
  /// The place here of a virtual host of an earlier source that is the very same, or npos.
  virtual std::size_t place_of(const HostSource& earlier, std::size_t host) const = 0;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  /// Whether the virtual hosts have the domains of those of an earlier source, one for one.
  virtual bool same_domains(const HostSource& earlier) const = 0;
};
/// A table as Istio sends them (ports in hosts are ignored) whose virtual hosts are compiled when a request first meets them.
/// One that Envoy would refuse has no routes. What `earlier`, which may be null, has compiled and is the same is taken from it.
std::shared_ptr<const Table> make_table(std::string name, const std::shared_ptr<const HostSource>& source, const Table* earlier,
                                        const Reading& reading);

/// Counts what a table of make_table() holds, without itself and its source.
void count(text::Heap& heap, const Table& table);

/// What a mesh knows of a cluster that a table names.
enum class ClusterState : std::uint8_t { ready, missing, empty };
using ClusterLookup = std::function<ClusterState(const std::string& cluster)>;

struct Asked;

/// What stands before the routes of a chain: access policies, and the check of tokens.
class Access {
 public:
  Access() = default;
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;
  virtual ~Access() = default;
  /// Whether enter() takes away headers that the request has. Where it then finds no token, the route is chosen by them all the
  /// same (GW93).
  virtual bool takes_headers(const Asked& asked) const = 0;
  /// False where the request is refused, which the answer then says. May change the headers and query of `asked` and its claims,
  /// which live as long as this.
  virtual bool enter(Asked& asked, Answer& answer) = 0;
};

/// What the table does with a request: fills virtual_host, route, route_index, config, cluster or weighted_clusters,
/// redirect, direct_response, error, path, authority, timeout, grpc_status, upstream_request, mirrors, retries, response,
/// outcome, picked_cluster and (with trace) the trace. Keeps listener, filter_chain, route_config and endpoints.
/// `answer` must be cleared. Without `lookup` every cluster is taken as there; `access` may be null.
void resolve(const Table& table, const Request& request, const ResolveOptions& options, Answer& answer,
             const ClusterLookup* lookup = nullptr, Access* access = nullptr);

/// Empties an answer and keeps its storage.
void clear(Answer& answer);

}  // namespace meshroute::routes
