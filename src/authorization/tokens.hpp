#pragma once

// SPDX-License-Identifier: Apache-2.0
// RequestAuthentication as a server's proxy applies it: Envoy's jwt_authn (RA10-RA20). Signatures are not computed: a token of a
// request says who signs it, and one that came as a text is taken as signed by its issuer.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/request.hpp"
#include "meshroute/resource.hpp"
#include "routes/asked.hpp"
#include "text/json_tree.hpp"

namespace meshroute::authorization {

/// One JWT rule of a RequestAuthentication.
struct TokenRule {
  const Resource* policy = nullptr;
  std::size_t index = 0;  ///< among the policy's rules
  const model::JWTRule* spec = nullptr;
  std::vector<std::string> delimited;  ///< claims that are split at spaces (RA22)

  /// Where tokens are looked for, in Envoy's order.
  std::vector<std::pair<std::string, std::string>> headers;  ///< name in lower case, prefix
  std::vector<std::string> params, cookies;
  std::vector<std::string> replaced_headers;  ///< headers that only the rule sets (RA20)

  std::vector<std::string> signers;  ///< whose keys the key set has: key ids, and names of the keys of tests
  bool only_test_keys = false;       ///< `signers` are all that there are
};

/// The rules of a workload, sorted by issuer (RA1).
std::vector<TokenRule> token_rules(const std::vector<const Resource*>& policies);

/// Why a token is refused; the texts are Envoy's.
enum class TokenProblem : std::uint8_t {
  none,
  missing,
  bad_form,
  bad_header_encoding,
  bad_header,
  bad_payload_encoding,
  bad_payload,
  bad_audience_form,
  unknown_issuer,
  not_yet_valid,
  expired,
  audience,
  signature,
};
std::string_view text_of(TokenProblem problem);

struct TokenVerdict {
  TokenProblem problem = TokenProblem::none;
  const TokenRule* rule = nullptr;  ///< that was satisfied, or whose failure is told; may be null
  text::Json claims;                ///< of the token in use, delimited claims split; null without one
  std::string issuer;               ///< that no rule has, where that is the problem
};

/// Reads the request's tokens, and takes out and puts in the headers that the rules say.
TokenVerdict check_tokens(const std::vector<TokenRule>& rules, routes::Asked& asked);

/// The request with its `jwt` and `tokens` at their places.
Request with_tokens(const Request& request);

}  // namespace meshroute::authorization
