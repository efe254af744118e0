#pragma once

// SPDX-License-Identifier: Apache-2.0
// One field of a source or an operation, or one condition under `when`, compiled (AZ20-AZ38).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "authorization/attributes.hpp"
#include "authorization/trust_domains.hpp"
#include "match/cidr.hpp"

namespace meshroute::authorization {

inline constexpr std::string_view kScheme = "spiffe://";  ///< of every identity of a mesh

/// What a condition looks at.
enum class Attribute : std::uint8_t {
  // Permissions of Envoy's RBAC
  host,
  method,
  path,
  destination_port,
  destination_ip,
  server_name,
  filter_metadata,
  // Principals
  principal,
  request_principal,
  service_account,
  namespace_,
  trust_domain,
  remote_ip,
  source_ip,
  header,
  claim,
};
inline bool is_permission(Attribute attribute) { return attribute <= Attribute::filter_metadata; }
/// TCP chains do not have it (AZ50).
bool http_only(Attribute attribute);

/// How one text is compared (AZ20): a bare `*` is `present`.
enum class Comparison : std::uint8_t { exact, prefix, suffix, present, path_template };

struct Text {
  Comparison how = Comparison::exact;
  std::string text;  ///< without its `*`

  static Text of(std::string_view value);
  bool matches(std::string_view value) const;
  bool matches_any_case(std::string_view value) const;  ///< `text` is in lower case
};

struct Value {
  std::string given;  ///< as the policy has it, trust domains replaced
  Text text;
  Text subject;  ///< of a request principal; `text` is its issuer
  match::Cidr range;
  std::uint32_t port = 0;
  bool in_list = false;  ///< of filter metadata: `[value]`
};

struct Condition {
  Condition() = default;
  Condition(Condition&&) = default;
  Condition& operator=(Condition&&) = default;

  Attribute attribute = Attribute::host;
  bool negated = false;
  std::string field;               ///< where it stands in its rule: "from[0].source.namespaces", "when[1].values"
  std::string key;                 ///< of `when`: "request.headers[x-a]"; else empty
  std::string name;                ///< of a header: its name as given; of filter metadata: the filter
  std::string folded_name;         ///< of a header: in lower case
  std::vector<std::string> names;  ///< of a claim: its path; of filter metadata: the key
  std::vector<Value> values;
  std::vector<std::uint32_t> written;  ///< places in `values` as Istio writes them, some twice; empty: as they stand

  bool met(const Attributes& attributes) const { return any_value(attributes) != negated; }

 private:
  friend struct ConditionBuilder;
  bool any_value(const Attributes& attributes) const;
  bool value_matches(const Value& value, const Attributes& attributes) const;
  /// Exact texts of a long list, so that it is not walked; the others are.
  std::unordered_set<std::string_view> exact_;
  std::vector<std::uint32_t> others_;
};

/// Makes conditions of one policy.
struct ConditionBuilder {
  const TrustDomains& trust_domains;
  std::string_view namespace_;  ///< the policy's: of service accounts without one (AZ32)

  /// The attribute of a key under `when`; nothing where there is no such key.
  static std::optional<Attribute> attribute_of(std::string_view key);
  Condition make(Attribute attribute, std::string field, std::string_view key, const std::vector<std::string>& values,
                 bool negated) const;
};

/// AZ32: the SPIFFE name has the namespace and the service account at its usual places.
bool has_service_account(std::string_view identity, std::string_view namespace_, std::string_view account);

}  // namespace meshroute::authorization
