#pragma once

// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/answer.hpp"

namespace meshroute {

/// What a server's proxy does with a connection or request that reaches it; absent members are empty. Owns all its text.
struct InboundAnswer {
  std::string listener = {};  ///< "virtualInbound", or one that binds
  std::string chain = {};     ///< the filter chain's name
  std::string kind = {};      ///< "http" or "tcp"; empty where no chain takes the connection
  std::string tls = {};       ///< what the chain ends: "none" or "mutual"
  std::string peer = {};      ///< the identity that the server sees
  bool allowed = false;
  /// The connection or request fails before any policy: "no filter chain", "client certificate required", "peer certificate
  /// refused", "protocol error", "bad request".
  std::string error = {};
  std::string action = {};  ///< that decided: "CUSTOM", "JWT", "DENY", "ALLOW"; empty: nothing did
  std::string policy = {};  ///< the rule that decided: "ns[a]-policy[p]-rule[0]"; "none" where no ALLOW rule matched
  std::string jwt = {};     ///< Envoy's words about a token that is refused
  std::optional<std::uint32_t> status = {};                 ///< what the client reads on an HTTP chain that refuses
  std::optional<std::uint32_t> grpc_status = {};            ///< with `status` 200
  std::string cluster = {}, virtual_host = {}, route = {};  ///< where it goes if it is allowed
  std::string request_principal = {};                       ///< "ISSUER/SUBJECT" of the token in use
  std::string remote_ip = {};                               ///< where X-Forwarded-For says another than the peer
  std::string audit = {};
  /**< the rule that an AUDIT policy matched */ /** A provider, and the rule that made the proxy ask it. */
  struct Asked {
    std::string provider = {}, policy = {};
  };
  std::vector<Asked> asked = {}; /**< of CUSTOM policies */ /** The verdict of a dry run. */
  struct DryRun {
    std::string action = {};
    bool allowed = false;
    std::string policy = {};  ///< empty: no rule matched
  };
  std::vector<DryRun> dry_run = {};  ///< what dry runs would have said
  std::vector<TraceLine> trace = {};

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  std::string to_text(bool explain = false, bool colour = false) const;  ///< For people; explain: with the reasons.
};

}  // namespace meshroute
