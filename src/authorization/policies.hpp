#pragma once

// SPDX-License-Identifier: Apache-2.0
// Which policies apply to a workload, and the access filters that its proxy gets from them (AZ1-AZ13, AZ40-AZ44, AZ60, RA1).

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "authorization/providers.hpp"
#include "authorization/rule_set.hpp"
#include "authorization/tokens.hpp"
#include "registry/snapshot.hpp"

namespace meshroute::authorization {

/// One access filter of a chain.
struct Filter {
  enum class Kind : std::uint8_t { rbac, ext_authz, jwt_authn } kind = Kind::rbac;
  Action action = Action::ALLOW;
  std::unique_ptr<RuleSet> rules;         ///< enforced; null: none
  std::unique_ptr<RuleSet> shadow_rules;  ///< of a dry run; of CUSTOM: whom to ask about
  std::string_view suffix;                ///< of the names of `rules`: those of CUSTOM with a bad provider (AZ42)
  const Provider* provider = nullptr;     ///< of ext_authz; of rbac with a suffix the bad one, null where it is unknown
  std::string problem;                    ///< of rbac with a suffix: why the provider is bad
};

/// Policies that apply to a workload, in the order of AZ2, and its filters in the order in which Envoy runs them. Immutable.
struct Access {
  std::vector<const Policy*> custom, audit, deny, allow;
  std::vector<const Resource*> request_authentications;
  std::vector<TokenRule> token_rules;
  std::vector<Filter> http, tcp;
};

/// Whom policies are selected for.
struct Workload {
  std::string_view namespace_;
  const Labels* labels = nullptr;  ///< with those of its topology (MT6)
};

/// The policies of a mesh, each compiled when a workload first needs it. Any number of threads.
class Policies final : public registry::Base::Shared {
 public:
  explicit Policies(const registry::Base& base);
  ~Policies() override;
  /// Those of a base, which keeps them.
  static std::shared_ptr<const Policies> of(const registry::Base& base);

  /// The same object for workloads to which the same policies apply.
  std::shared_ptr<const Access> access(const Workload& workload) const;
  const TrustDomains& trust_domains() const { return trust_domains_; }
  void count(text::Heap& heap) const override;
  const std::map<std::string, Provider, std::less<>>& providers() const { return providers_; }

 private:
  struct Entry;
  std::vector<const Entry*> selected(const Workload& workload, bool tokens) const;
  std::shared_ptr<const Access> make(const std::vector<const Entry*>& policies, const std::vector<const Entry*>& tokens) const;
  void add_custom(const std::vector<const Policy*>& policies, Access& access) const;

  const std::string root_namespace_;
  const TrustDomains trust_domains_;
  const std::map<std::string, Provider, std::less<>> providers_;
  std::vector<std::unique_ptr<Entry>> entries_;                                      ///< in order AZ2, by namespace
  std::map<std::string, std::vector<const Entry*>, std::less<>> policies_, tokens_;  ///< by namespace
  mutable std::mutex mutex_;
  using Key = std::pair<std::vector<const Entry*>, std::vector<const Entry*>>;
  mutable std::map<Key, std::shared_ptr<const Access>> made_;  ///< guarded by mutex_
};

/// AZ1, AZ4, AZ5: whether a policy of the workload's namespace, or of the root namespace, applies to it.
bool selects(const Resource& policy, const Workload& workload);

}  // namespace meshroute::authorization
