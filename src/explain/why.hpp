#pragma once

// SPDX-License-Identifier: Apache-2.0
// Why a proxy does not see what exists: sentences for people, each with the resource that decides.

#include <string>
#include <string_view>
#include <vector>

#include "explain/code.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

using view::ProxyView;

/// One reason, and where it stands.
struct Reason {
  std::string text;
  const Resource* resource = nullptr;  ///< may be null
  std::string path;                    ///< of the field that decides, or empty
  Code code = Code::host_unknown;
  std::string hint = {};  ///< one imperative, or empty where nothing is to be done
};

/// Why the proxy does not see this service; an empty text where it does (D4-D7, D14, D15, D20).
Reason why_unseen(const ProxyView& view, const registry::Service& service);

/// Why this VirtualService does not apply to the proxy's requests; an empty text where its listener has it (F1.1, D6, D16).
Reason why_unused(const ProxyView& view, const Resource& virtual_service);

/// Why one resource counts as the older of two: "it is older (creationTimestamp)" (0.6).
std::string why_older(const Resource& first, const Resource& second);

/// The destination of a rule that leads to a cluster: what a hint can name as the place to change.
struct Destination {
  const Resource* resource = nullptr;  ///< null: unknown
  std::string path;                    ///< "spec.http[0].route[1].destination"
};

/// Why the proxy has no such cluster, most telling first; empty where it has one or the name is not an outbound cluster's.
std::vector<Reason> why_no_cluster(const ProxyView& view, std::string_view cluster, const Destination& from = {});

/// Why a cluster that exists has no endpoint that can be used.
std::vector<Reason> why_no_endpoints(const ProxyView& view, std::string_view cluster);

/// A workload that a selector selects, or that one change would let it select.
struct Candidate {
  enum class Kind { selected, near } kind = Kind::near;
  Reason reason;
};
/// The selected ones first; `selector` is the service's (C15, C25).
std::vector<Candidate> candidates_of(const ProxyView& view, const registry::Service& service, const Labels& selector);

/// Why no service that the proxy sees has this host: hidden definitions, wildcards, hosts that look alike.
std::vector<Reason> why_no_host(const ProxyView& view, const std::string& host, const Destination& from = {});

/// Which parts of a DestinationRule the proxy uses; it is one of those that make up `used` (E6): "this proxy uses its subset v2:
/// subset v1 is that of DestinationRule shop/a". Sets `nothing` where all of it is lost to earlier ones.
Reason why_rule_used(const scope::DestinationRuleEntry& used, const Resource& destination_rule, bool& nothing);

/// Why the proxy does not use a DestinationRule whose host is the service's (E1-E15).
Reason why_rule_unused(const ProxyView& view, const Resource& destination_rule, const registry::Service& service);

/// Why, of two VirtualServices of a proxy's scope, one comes before the other (D16).
std::string why_earlier(const scope::VirtualServiceEntry& first, const scope::VirtualServiceEntry& second,
                        const scope::ProxyScope& seen);

/// Why the virtual host of a name, in lower case, in a route table does not follow a VirtualService of the proxy's scope.
std::string why_not_owner(const ProxyView& view, std::string_view table, const scope::VirtualServiceEntry& entry,
                          const std::string& host);

/// "add shop/api.shop.svc.cluster.local to the hosts of spec.egress in Sidecar shop/web".
std::string import_hint(const Resource& sidecar, const registry::Service& service);

}  // namespace meshroute::explain
