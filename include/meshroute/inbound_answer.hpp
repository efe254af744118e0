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
  /// "virtualInbound", or one that binds.
  std::string listener = {};
  /// The filter chain's name.
  std::string chain = {};
  /// "http" or "tcp"; empty where no chain takes the connection.
  std::string kind = {};
  /// What the chain ends: "none" or "mutual".
  std::string tls = {};
  /// The identity that the server sees.
  std::string peer = {};
  bool allowed = false;
  /// The connection or request fails before any policy: "no filter chain", "client certificate required", "peer certificate
  /// refused", "protocol error", "bad request".
  std::string error = {};
  /// That decided: "CUSTOM", "JWT", "DENY", "ALLOW"; empty: nothing did.
  std::string action = {};
  /// The rule that decided: "ns[a]-policy[p]-rule[0]"; "none" where no ALLOW rule matched.
  std::string policy = {};
  /// Envoy's words about a token that is refused.
  std::string jwt = {};
  /// What the client reads on an HTTP chain that refuses.
  std::optional<std::uint32_t> status = {};
  /// With `status` 200.
  std::optional<std::uint32_t> grpc_status = {};
  /// Where it goes if it is allowed.
  std::string cluster = {}, virtual_host = {}, route = {};
  /// "ISSUER/SUBJECT" of the token in use.
  std::string request_principal = {};
  /// Where X-Forwarded-For says another than the peer.
  std::string remote_ip = {};
  /// The rule that an AUDIT policy matched.
  std::string audit = {};
  /// A provider, and the rule that made the proxy ask it.
  struct Asked {
    std::string provider = {}, policy = {};
  };
  /// Of CUSTOM policies.
  std::vector<Asked> asked = {};
  /// The verdict of a dry run.
  struct DryRun {
    std::string action = {};
    bool allowed = false;
    /// Empty: no rule matched.
    std::string policy = {};
  };
  /// What dry runs would have said.
  std::vector<DryRun> dry_run = {};
  std::vector<TraceLine> trace = {};

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  /// For people; explain: with the reasons.
  std::string to_text(bool explain = false, bool colour = false) const;
};

}  // namespace meshroute
