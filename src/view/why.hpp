#pragma once

// SPDX-License-Identifier: Apache-2.0
// Why a client does not see what exists: sentences for people, each with the resource that decides.

#include <string>
#include <string_view>
#include <vector>

#include "view/client_view.hpp"

namespace meshroute::view {

/// One reason, and where it stands.
struct Reason {
  std::string text;
  const Resource* resource = nullptr;  ///< may be null
  std::string path;                    ///< of the field that decides, or empty
};

/// Why the client does not see this service; an empty text where it does (D4-D7, D14, D15, D20).
Reason why_unseen(const ClientView& view, const registry::Service& service);

/// Why this VirtualService does not apply to the client's requests; an empty text where its listener has it (F1.1, D6, D16).
Reason why_unused(const ClientView& view, const Resource& virtual_service);

/// Why the client has no such cluster, most telling first; empty where it has one or the name is not an outbound cluster's.
std::vector<Reason> why_no_cluster(const ClientView& view, std::string_view cluster);

/// Why a cluster that exists has no endpoint that can be used.
std::vector<Reason> why_no_endpoints(const ClientView& view, std::string_view cluster);

/// "shop/api", for the service's or rule's resource; "ServiceEntry shop/api" with its kind.
std::string shown(const Resource& resource);

}  // namespace meshroute::view
