// SPDX-License-Identifier: Apache-2.0
// Gathers the workloads of a mesh and indexes them by their labels.
#include "analysis/workloads.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "analysis/facts.hpp"
#include "match/labels.hpp"
#include "registry/injection.hpp"
#include "text/near.hpp"
#include "text/parallel.hpp"

namespace meshroute::analysis {

namespace {

const Resource* namespace_of(const Resource& resource, const registry::Snapshot& snapshot) {
  const auto found = snapshot.namespaces.find(resource.identity.namespace_);
  return found == snapshot.namespaces.end() ? nullptr : found->second;
}

/// Whether a ztunnel will take the traffic of a Pod with these labels that gets no sidecar.
bool asks_for_ambient(const WorkloadLabels& labels, const Resource* namespace_) {
  const auto mode = labels.find("istio.io/dataplane-mode");
  return mode != labels.end() ? mode->second == "ambient" : is_ambient(namespace_);
}

std::uint64_t hash_of(const std::string& text) { return std::hash<std::string>{}(text); }
std::uint64_t joined(std::uint64_t a, std::uint64_t b) { return a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6U) + (a >> 2U)); }

SharedString account_or_default(const SharedString& account) {
  static const SharedString default_account = SharedString::lasting("default");
  return account.empty() ? default_account : account;
}

}  // namespace

bool is_ambient(const Resource* namespace_) {
  if (namespace_ == nullptr || registry::asks_for_sidecars(namespace_)) return false;
  const auto mode = namespace_->metadata.labels.find("istio.io/dataplane-mode");
  return mode != namespace_->metadata.labels.end() && mode->second == "ambient";
}

Labels own_labels(const Labels& selector) {
  Labels kept;
  for (const auto& [key, value] : selector) {
    if (!key.starts_with("topology.") && key != "kubernetes.io/hostname") kept.emplace(key, value);
  }
  return kept;
}

std::string path_of_labels(const Workload& workload) {
  if (workload.resource->as<model::WorkloadGroup>() != nullptr) return "spec.metadata.labels";
  if (workload.resource->as<model::PodTemplate>() != nullptr) return "spec.template.metadata.labels";
  return workload.resource->as<model::WorkloadEntry>() != nullptr ? "spec.labels" : "metadata.labels";
}

Workloads::Workloads(const registry::Snapshot& snapshot) {
  for (const auto& resource : snapshot.resources) {
    Workload workload;
    workload.resource = resource.get();
    if (const auto* pod = resource->as<model::Pod>()) {
      const Resource* in = namespace_of(*resource, snapshot);
      workload.labels = resource->metadata.labels;
      workload.account = account_or_default(pod->service_account_name);
      const auto redirected = resource->metadata.annotations.find("ambient.istio.io/redirection");
      workload.in_mesh = !registry::lacks_sidecar(*resource, in);
      workload.ambient = redirected != resource->metadata.annotations.end() && redirected->second == "enabled";
      if (!workload.in_mesh && resource->metadata.creation_timestamp == 0)
        workload.ambient = workload.ambient || asks_for_ambient(workload.labels, in);
      workload.in_mesh = workload.in_mesh || workload.ambient;
    } else if (const auto* entry = resource->as<model::WorkloadEntry>()) {
      workload.labels = {resource->metadata.labels, entry->labels};  // C6
      workload.account = account_or_default(entry->service_account);
    } else if (const auto* group = resource->as<model::WorkloadGroup>()) {
      workload.labels = {group->metadata ? group->metadata->labels : Labels(),
                         group->template_ ? group->template_->labels : Labels()};
      if (group->template_) workload.account = group->template_->service_account;
      workload.account = account_or_default(workload.account);
      workload.to_come = true;
    } else if (const auto* made = resource->as<model::PodTemplate>()) {
      workload.labels = made->labels;
      workload.account = account_or_default(made->pod.service_account_name);
      Metadata metadata;
      metadata.labels = made->labels;
      metadata.annotations = made->annotations;
      const Resource* in = namespace_of(*resource, snapshot);
      const bool injected =
          registry::injected(resource->identity.namespace_, in, metadata, made->pod.host_network) != registry::Injected::no;
      workload.ambient = !injected && asks_for_ambient(workload.labels, in);
      workload.in_mesh = injected || workload.ambient;
    } else {
      continue;
    }
    add(std::move(workload));
  }
  const std::array<ByHash*, 3> indexes{&by_label_, &by_label_anywhere_, &by_key_};
  text::parallel(
      snapshot.settings.threads, indexes.size(), [&indexes](std::size_t i) { indexes[i]->sort(); }, 1);
}

void Workloads::ByHash::sort() {
  std::sort(added_.begin(), added_.end());
  hashes_.reserve(added_.size());
  indexes_.reserve(added_.size());
  for (const std::uint64_t each : added_) {
    hashes_.push_back(static_cast<std::uint32_t>(each >> 32U));
    indexes_.push_back(static_cast<std::uint32_t>(each));
  }
  added_ = {};
}

Workloads::Indexes Workloads::ByHash::of(std::uint64_t hash) const {
  const auto [first, last] = std::equal_range(hashes_.begin(), hashes_.end(), static_cast<std::uint32_t>(hash));
  return Indexes(indexes_).subspan(static_cast<std::size_t>(first - hashes_.begin()), static_cast<std::size_t>(last - first));
}

void Workloads::add(Workload workload) {
  const auto index = static_cast<std::uint32_t>(all_.size());
  const std::string& in = workload.resource->identity.namespace_;
  const std::uint64_t of_namespace = hash_of(in);
  everything_.push_back(index);
  by_namespace_[in].push_back(index);
  for (const auto& [key, value] : workload.labels) {
    const std::uint64_t of_key = hash_of(key), of_label = joined(of_key, hash_of(value));
    by_label_.add(joined(of_namespace, of_label), index);
    by_label_anywhere_.add(of_label, index);
    by_key_.add(joined(of_namespace, of_key), index);
    first_.try_emplace(key, index);
  }
  accounts_[in].insert(workload.account);
  account_namespaces_.try_emplace(workload.account, in);
  all_.push_back(std::move(workload));
}

Workloads::Indexes Workloads::in(const std::string& namespace_) const {
  const auto found = by_namespace_.find(namespace_);
  return found == by_namespace_.end() ? Indexes{} : Indexes(found->second);
}

bool Workloads::fits(std::size_t index, const std::string& namespace_, const Labels& selector) const {
  const Workload& each = all_[index];
  return (namespace_.empty() || each.resource->identity.namespace_ == namespace_) && match::labels_subset(selector, each.labels);
}

std::vector<Workloads::Indexes> Workloads::sorted_lists(const std::string& namespace_, const Labels& selector) const {
  std::vector<Indexes> lists;
  for (const auto& [key, value] : selector) {
    const std::uint64_t label = joined(hash_of(key), hash_of(value));
    lists.push_back(namespace_.empty() ? by_label_anywhere_.of(label) : by_label_.of(joined(hash_of(namespace_), label)));
  }
  std::stable_sort(lists.begin(), lists.end(), [](Indexes a, Indexes b) { return a.size() < b.size(); });
  return lists;
}

Workloads::Indexes Workloads::candidates(const std::string& namespace_, const Labels& selector) const {
  if (!selector.empty()) return sorted_lists(namespace_, selector).front();
  return namespace_.empty() ? Indexes(everything_) : in(namespace_);
}

std::vector<const Workload*> Workloads::selected(const std::string& namespace_, const Labels& selector) const {
  std::vector<const Workload*> found;
  for (const std::size_t index : candidates(namespace_, selector)) {
    if (fits(index, namespace_, selector)) found.push_back(&all_[index]);
  }
  return found;
}

bool Workloads::any(const std::string& namespace_, const Labels& selector) const {
  const Indexes indexes = candidates(namespace_, selector);
  return std::any_of(indexes.begin(), indexes.end(), [&](std::size_t index) { return fits(index, namespace_, selector); });
}

const Workload* Workloads::elsewhere(const std::string& namespace_, const Labels& selector) const {
  if (selector.empty()) return nullptr;
  for (const std::size_t index : candidates({}, selector)) {
    if (all_[index].resource->identity.namespace_ != namespace_ && fits(index, {}, selector)) return &all_[index];
  }
  return nullptr;
}

const Workload* Workloads::nearly(const std::string& namespace_, const Labels& selector) const {
  auto lists = sorted_lists(namespace_, selector);
  if (selector.size() == 1) {
    lists.front() = by_key_.of(joined(hash_of(namespace_), hash_of(selector.begin()->first)));
  }
  constexpr std::size_t kCompared = 100;
  const Workload* first = nullptr;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(lists.size(), 2); ++i) {
    for (const std::size_t index : lists[i]) {
      const Workload& each = all_[index];
      if (each.resource->identity.namespace_ != namespace_ || one_differs(selector, each.labels).empty()) continue;
      if (first == nullptr && selector.size() > 1) first = &each;
      const bool spelled =
          std::any_of(selector.begin(), selector.end(), [&each](const auto& label) {  // the best is a typing error
            const auto found = each.labels.find(label.first);
            return found != each.labels.end() && found->second != label.second &&
                   !text::nearest(label.second, {found->second}).empty();
          });
      if (spelled) return &each;
      if (++compared == kCompared) return first;
    }
  }
  return first;
}

const Workload* Workloads::one_with(const std::string& key) const {
  const auto found = first_.find(key);
  return found == first_.end() ? nullptr : &all_[found->second];
}

bool Workloads::has_account(const std::string& namespace_, std::string_view account) const {
  const auto found = accounts_.find(namespace_);
  return found != accounts_.end() && found->second.contains(account);
}

std::string Workloads::near_account(const std::string& namespace_, std::string_view account) const {
  const auto found = accounts_.find(namespace_);
  if (found == accounts_.end() || account.empty()) return {};
  std::string_view near = text::nearest(account, {found->second.begin(), found->second.end()});
  for (const std::string_view each : found->second) {
    const auto [one, other] = std::minmax(each, account, [](auto a, auto b) { return a.size() < b.size(); });
    if (near.empty() && other.starts_with(one) && other.substr(one.size()).starts_with('-')) near = each;
  }
  return std::string(near);
}

const std::string* Workloads::namespace_of_account(const std::string& account) const {
  const auto found = account_namespaces_.find(account);
  return found == account_namespaces_.end() ? nullptr : &found->second;
}

}  // namespace meshroute::analysis
