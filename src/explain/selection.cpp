// SPDX-License-Identifier: Apache-2.0
// Which workloads a service's selector chooses, and which it nearly chooses.
#include <algorithm>

#include "explain/why.hpp"
#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/labels.hpp"
#include "registry/text.hpp"
#include "text/near.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;

// What keeps a workload with the right labels, in the right namespace, out (C14-C17, C25); empty where nothing does.
Reason kept_out(const Resource& resource, const registry::Service& service) {
  if (const auto* pod = resource.as<model::Pod>()) {
    if (pod->pod_ips.empty()) return {"it has no IP yet", &resource, "status.podIPs"};
    if (!pod->ready) return {"it is not ready", &resource, "status.conditions"};
    return {};
  }
  if (const auto* made = resource.as<model::PodTemplate>())
    return made->replicas.value_or(1) > 0 ? Reason{} : Reason{"its spec.replicas is 0", &resource, "spec.replicas"};
  const auto& entry = *resource.as<model::WorkloadEntry>();
  const auto checked = resource.metadata.annotations.find("proxy.istio.io/health-checks-enabled");
  if (checked != resource.metadata.annotations.end() && checked->second == "true") {
    const auto healthy = resource.conditions.find("Healthy");
    if (healthy == resource.conditions.end() || healthy->second != "True") {
      return {"its health check has not passed: the condition Healthy in its status would have to be True", &resource, "status"};
    }
  }
  const bool named = !entry.address.empty() && !match::is_ip(entry.address) && !entry.address.starts_with("unix://");
  const bool dns = service.resolution == registry::ServiceResolution::dns_lb ||
                   service.resolution == registry::ServiceResolution::dns_round_robin_lb;
  if (named && !dns) {
    return {"its address " + entry.address + " is a name, which only a ServiceEntry with resolution DNS can use", &resource,
            "spec.address"};
  }
  if (service.kubernetes && !service.cluster_vips.contains(resource.identity.cluster)) {
    return {"it is in cluster " + resource.identity.cluster + ", where the Service is not", &resource, "metadata"};
  }
  return {};
}

/// The selectors of all other services: a workload that one of them selects is where it belongs.
class OtherServices {
 public:
  OtherServices(const registry::Snapshot& snapshot, const registry::Service& service) : snapshot_(snapshot), service_(service) {}

  bool select(const std::string& namespace_, const Labels& labels) {
    if (!made_) {
      for (const auto& each : snapshot_.services) {
        const Labels* selector = selector_of(*each);
        const bool same = each->hostname == service_.hostname && each->namespace_ == service_.namespace_;
        if (selector != nullptr && !same) selectors_[each->namespace_].push_back(selector);
      }
      made_ = true;
    }
    const auto here = selectors_.find(namespace_);
    return here != selectors_.end() && std::any_of(here->second.begin(), here->second.end(), [&labels](const Labels* selector) {
             return match::labels_subset(*selector, labels);
           });
  }

 private:
  const registry::Snapshot& snapshot_;
  const registry::Service& service_;
  std::map<std::string, std::vector<const Labels*>> selectors_;
  bool made_ = false;
};

/// Whether one value was probably meant as the other.
bool alike(std::string_view one, std::string_view other) {
  return one.starts_with(other) || other.starts_with(one) || !text::nearest(one, {other}).empty();
}

}  // namespace

std::vector<Candidate> candidates_of(const ProxyView& view, const registry::Service& service, const Labels& selector) {
  std::vector<Candidate> candidates;
  OtherServices others(*view.snapshot, service);
  const bool derived = view.snapshot->settings.workloads == Workloads::derived;
  for (const auto& resource : view.snapshot->resources) {
    const auto* entry = resource->as<model::WorkloadEntry>();
    const auto* made = derived ? resource->as<model::PodTemplate>() : nullptr;
    if (entry == nullptr && made == nullptr && ((service.kubernetes && !derived) || resource->as<model::Pod>() == nullptr))
      continue;
    Labels labels = entry != nullptr ? entry->labels : made != nullptr ? made->labels : Labels{};
    if (made == nullptr) {
      for (const auto& [key, value] : resource->metadata.labels) labels[key] = value;  // C6
    }
    const std::string labels_path = entry != nullptr  ? "spec.labels"
                                    : made != nullptr ? "spec.template.metadata.labels"
                                                      : "metadata.labels";
    std::string differs, hint, place = labels_path;
    std::size_t missing = 0;
    bool spelled = false;  // the label has a value that looks like the one that is wanted
    for (const auto& [key, value] : selector) {
      const auto found = labels.find(key);
      if (found != labels.end() && found->second == value) continue;
      ++missing;
      hint = found == labels.end() ? "add the label " + key + "=" + value + " to " + display_name(*resource)
                                   : "set the label " + key + " of " + display_name(*resource) + " to " + value;
      if (made != nullptr && service.resource != nullptr && found != labels.end())  // a template's own selector has the label too
        hint = "set " + key + " in the selector of " + display_name(*service.resource) + " to " + found->second;
      else if (made != nullptr)
        hint = "add the label " + key + "=" + value + " to the template of " + display_name(*resource);
      spelled = found != labels.end() && alike(found->second, value);
      if (found != labels.end())
        place = (made == nullptr && resource->metadata.labels.contains(key) ? "metadata.labels" : labels_path) + "." + key;
      differs = found == labels.end() ? "it lacks the label " + key + "=" + value
                                      : "its label " + key + " is " + found->second + ", not " + value;
    }
    const bool here = resource->identity.namespace_ == service.namespace_;
    // One label off is near only where another one agrees, or where there is no other.
    // A Deployment of another application is not near because it has the label that all applications have.
    const auto near_value = [&] {
      const auto only = labels.find(selector.begin()->first);
      return only != labels.end() && (made == nullptr || alike(only->second, selector.begin()->second));
    };
    const bool near = missing == 1 && (selector.size() > 1 || near_value());
    if (((missing == 0 && !here) || (here && missing == 1 && !spelled)) && others.select(resource->identity.namespace_, labels))
      continue;
    if (missing == 0 && !here) {
      candidates.push_back(
          {Candidate::Kind::near,
           {display_name(*resource) + " has these labels, but is in another namespace, and a selector selects only in its own (" +
                service.namespace_ + ")",
            resource.get(), "metadata.namespace", Code::workload_nearly_selected,
            "move " + display_name(*resource) + " to namespace " + service.namespace_}});
    } else if (here && missing == 0) {
      Reason out = kept_out(*resource, service);
      if (out.text.empty()) {
        candidates.push_back(
            {Candidate::Kind::selected,
             {display_name(*resource) + " is selected", resource.get(), "spec.labels", Code::workload_selected}});
      } else {
        out.text = display_name(*resource) + " has these labels, but " + out.text;
        out.code = Code::workload_nearly_selected;
        candidates.push_back({Candidate::Kind::near, std::move(out)});
      }
    } else if (here && near) {
      candidates.push_back({Candidate::Kind::near,
                            {display_name(*resource) + " is nearly selected: " + differs, resource.get(), place,
                             Code::workload_nearly_selected, hint}});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.kind < b.kind; });
  return candidates;
}

}  // namespace meshroute::explain
