// SPDX-License-Identifier: Apache-2.0
// Whether the ports that a Service leads to are ports of the Pods that it selects.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "match/labels.hpp"
#include "registry/container_ports.hpp"
#include "text/near.hpp"

namespace meshroute::analysis {

namespace {

using model::Pod;
using model::Service;
using text::element;

const Pod* pod_of(const Workload& workload) {
  if (const auto* pod = workload.resource->as<Pod>()) return pod;
  const auto* made = workload.resource->as<model::PodTemplate>();
  return made == nullptr ? nullptr : &made->pod;
}

/// A number, the Service's own port where it names none; nothing for a name.
std::optional<std::uint32_t> number_of(const Service::Port& port) {
  const std::string& text = port.target_port;
  if (text.empty() || text == "0") return port.port;
  if (text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return static_cast<std::uint32_t>(std::stoul(text));
}

/// The workload's port that a Service's port leads to; nothing where a name is unknown, or for what is no Pod.
std::optional<std::uint32_t> number_in(const Workload& workload, const Service::Port& port) {
  const Pod* pod = pod_of(workload);
  const auto number = number_of(port);
  if (number || pod == nullptr) return pod == nullptr ? std::nullopt : number;
  for (const auto& container : pod->containers) {
    for (const auto& known : container.ports) {
      if (known.name == port.target_port && known.protocol == port.protocol) return known.container_port;
    }
  }
  return std::nullopt;
}

/// Ports of Istio's own proxy.

bool has(const std::vector<const Pod::ContainerPort*>& ports, std::uint32_t number) {
  return std::any_of(ports.begin(), ports.end(), [&](const auto* port) { return port->container_port == number; });
}

class TargetPortCheck {
 public:
  TargetPortCheck(const Facts& facts, Findings& findings) : facts_(facts), findings_(findings) {}

  void run() {
    for (const auto& resource : facts_.snapshot.resources) {
      if (const Labels* selector = selector_of(*resource)) check(*resource, *selector);
    }
  }

 private:
  static const Labels* selector_of(const Resource& resource) {
    const auto* service = resource.as<Service>();
    return service == nullptr || service->type == "ExternalName" || !service->selector || service->selector->empty()
               ? nullptr
               : &*service->selector;
  }

  void check(const Resource& resource, const Labels& selector) {
    constexpr std::size_t kMost = 16;  // Pods that are looked at
    auto selected = facts_.workloads.selected(resource.identity.namespace_, selector);
    if (selected.empty()) return;
    if (selected.size() > kMost) selected.resize(kMost);
    check_protocols(resource, selected);
    for (const Workload* each : selected) {
      const Pod* pod = pod_of(*each);
      if (pod == nullptr || pod->containers.empty()) return;  // its ports are not known
    }
    const auto& ports = resource.as<Service>()->ports;
    for (std::size_t i = 0; i < ports.size(); ++i) {
      const auto number = number_of(ports[i]);
      const std::string path = element("spec.ports", i) + ".targetPort";
      if (!number) {
        check_name(resource, ports[i], selected, path);
      } else if (!registry::is_of_proxy(*number)) {
        check_number(resource, ports[i], *number, selected, path);
      }
    }
  }

  /// AN0220 (IN2): of the ports that lead to one of a workload, the oldest Service's says the protocol.
  void check_protocols(const Resource& resource, const std::vector<const Workload*>& selected) {
    const auto& ports = resource.as<Service>()->ports;
    bool told = false;
    for (std::size_t i = 0; i < ports.size(); ++i) {
      const std::string& transport = ports[i].protocol;
      if (transport == "UDP" || transport == "SCTP") continue;
      if (registry::protocol_of(ports[i]) == registry::Protocol::unsupported) continue;
      for (const Workload* each : selected) {
        const auto number = number_in(*each, ports[i]);
        if (!number || !each->in_mesh || each->ambient) continue;
        Leading later{&resource, i};
        const auto [found, added] = leading_.try_emplace({each, *number}, later);
        Leading& first = found->second;
        if (added || first.resource == &resource) continue;
        if (older(resource, *first.resource)) std::swap(first, later);
        const bool http = is_http(first);
        if (told || http == is_http(later)) continue;
        told = true;
        const auto place = [](const Leading& leading) { return element("spec.ports", leading.index); };
        findings_.add("AN0220", *later.resource, place(later),
                      findings::display_name(*first.resource) + " leads to port " + std::to_string(*number) + " of " +
                          findings::display_name(*each->resource) + " too, and comes first: the sidecar there takes it as " +
                          (http ? "HTTP, and refuses what is not" : "plain TCP, and applies no rules about HTTP"),
                      {},
                      {{first.resource, place(first), "comes first (created earlier, or by name)"},
                       {each->resource, path_of_labels(*each), "selected by both"}});
      }
    }
  }

  /// A port of a Service that leads to a workload.
  struct Leading {
    const Resource* resource;
    std::size_t index;
  };
  static bool is_http(const Leading& leading) {
    return registry::is_http(registry::protocol_of(leading.resource->as<Service>()->ports[leading.index]));
  }
  /// IN1.
  static bool older(const Resource& a, const Resource& b) {
    return std::pair(a.metadata.creation_timestamp, std::string_view(a.identity.name)) <
           std::pair(b.metadata.creation_timestamp, std::string_view(b.identity.name));
  }

  /// AN0216 (KD1).
  void check_name(const Resource& resource, const Service::Port& port, const std::vector<const Workload*>& selected,
                  const std::string& path) {
    for (const Workload* each : selected) {
      for (const auto& container : pod_of(*each)->containers) {
        for (const auto& known : container.ports) {
          if (known.name == port.target_port && known.protocol == port.protocol) return;
        }
      }
    }
    const auto known = registry::container_ports(*pod_of(*selected.front()), port.protocol);
    if (known.empty()) return;  // a part of a manifest may leave them out
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const auto* each : known) names.emplace_back(each->name);
    const std::string_view near = text::nearest(port.target_port, names);
    tell("AN0216", resource, *selected.front(), path,
         "no container of " + findings::display_name(*selected.front()->resource) + " has a port named " + port.target_port +
             ": they name " + join(registry::shown_ports(known)) + ": port " + std::to_string(port.port) + " has no endpoints",
         near.empty() ? "name a port of a container " + port.target_port + ", or write its number here"
                      : "write " + std::string(near));
  }

  /// AN0217: a container's port that no Service leads to may be the one that is meant, if the port has its name or the Service
  /// leads to no container's port at all. Else the containers may leave some of their ports out.
  void check_number(const Resource& resource, const Service::Port& port, std::uint32_t number,
                    const std::vector<const Workload*>& selected, const std::string& path) {
    for (const Workload* each : selected) {
      const auto known = registry::container_ports(*pod_of(*each), port.protocol);
      if (known.empty() || has(known, number)) return;
    }
    const Workload& first = *selected.front();
    auto free = registry::container_ports(*pod_of(first), port.protocol);
    const std::string all = join(registry::shown_ports(free));
    std::erase_if(free, [&](const auto* each) { return led_to(first, *each); });
    const auto& own = resource.as<Service>()->ports;
    const bool misses_all = std::none_of(own.begin(), own.end(), [&](const Service::Port& each) {
      const auto leads = number_of(each);
      return !leads || has(registry::container_ports(*pod_of(first), each.protocol), *leads);
    });
    if (!misses_all) std::erase_if(free, [&](const auto* each) { return each->name.empty() || each->name != port.name; });
    if (free.empty()) return;
    const std::string wanted = std::to_string(number), of = findings::display_name(*first.resource);
    tell("AN0217", resource, first, path,
         "no container of " + of + " names port " + wanted + ": they name " + all + ". Where nothing listens on " + wanted +
             ", connections are refused (503)",
         free.size() == 1 ? "write targetPort: " + std::to_string(free.front()->container_port) + ", or add containerPort " +
                                wanted + " to " + of
                          : "write a port that they name in targetPort, or add containerPort " + wanted + " to " + of);
  }

  void tell(RuleId rule, const Resource& resource, const Workload& workload, const std::string& path, std::string message,
            const std::string& hint) {
    const std::string at = workload.resource->as<Pod>() != nullptr ? "spec.containers" : "spec.template.spec.containers";
    findings_.add(rule, resource, path, std::move(message), hint, {{workload.resource, at, "the containers"}});
  }

  /// Whether a Service that selects the workload leads to a container's port.
  bool led_to(const Workload& workload, const Pod::ContainerPort& port) {
    const auto key = [](const std::string& in, const Labels::value_type& label) {
      return in + "\n" + label.first + "\n" + label.second;
    };
    if (services_.empty()) {
      for (const auto& each : facts_.snapshot.resources) {
        const Labels* selector = selector_of(*each);
        if (selector != nullptr) services_[key(each->identity.namespace_, *selector->begin())].push_back(each.get());
      }
    }
    for (const auto& label : workload.labels) {
      const auto found = services_.find(key(workload.resource->identity.namespace_, label));
      if (found == services_.end()) continue;
      for (const Resource* each : found->second) {
        const auto& ports = each->as<Service>()->ports;
        if (match::labels_subset(*selector_of(*each), workload.labels) &&
            std::any_of(ports.begin(), ports.end(), [&](const Service::Port& leading) {
              const auto number = number_of(leading);
              return number ? *number == port.container_port : leading.target_port == port.name;
            }))
          return true;
      }
    }
    return false;
  }

  const Facts& facts_;
  Findings& findings_;
  std::unordered_map<std::string, std::vector<const Resource*>> services_;  ///< by namespace and a label they select by
  std::map<std::pair<const Workload*, std::uint32_t>, Leading> leading_;    ///< the first to each port of a workload
};

}  // namespace

void check_target_ports(const Facts& facts, Findings& findings) { TargetPortCheck(facts, findings).run(); }

}  // namespace meshroute::analysis
