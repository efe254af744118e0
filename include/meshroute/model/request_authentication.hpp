#pragma once

// SPDX-License-Identifier: Apache-2.0
// The messages of Istio's request authentication, field for field, by their proto names.
// Absent is a default value, or no value where the member is optional.

#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "meshroute/model/selector.hpp"

namespace meshroute::model {

/// `istio.security.v1beta1.ClaimToHeader`.
struct ClaimToHeader {
  std::string header = {};
  std::string claim = {};

  bool operator==(const ClaimToHeader&) const = default;
};

/// `istio.security.v1beta1.JWTHeader`.
struct JWTHeader {
  std::string name = {};
  std::string prefix = {};

  bool operator==(const JWTHeader&) const = default;
};

/// `istio.security.v1beta1.JWTRule`.
struct JWTRule {
  std::string issuer = {};
  std::vector<std::string> audiences = {};
  std::string jwks_uri = {};
  std::string jwks = {};
  std::vector<JWTHeader> from_headers = {};
  std::vector<std::string> from_params = {};
  std::string output_payload_to_header = {};
  std::vector<std::string> from_cookies = {};
  bool forward_original_token = false;
  std::vector<ClaimToHeader> output_claim_to_headers = {};
  std::optional<Duration> timeout = {};
  std::vector<std::string> space_delimited_claims = {};

  bool operator==(const JWTRule&) const = default;
};

/// `istio.security.v1beta1.RequestAuthentication`.
struct RequestAuthentication {
  std::optional<type::WorkloadSelector> selector = {};
  std::optional<type::PolicyTargetReference> target_ref = {};
  std::vector<type::PolicyTargetReference> target_refs = {};
  std::vector<JWTRule> jwt_rules = {};

  bool operator==(const RequestAuthentication&) const = default;
};
}  // namespace meshroute::model
