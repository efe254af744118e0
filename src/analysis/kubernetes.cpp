// SPDX-License-Identifier: Apache-2.0
// What Istio reads of Namespaces, Pods and Services, statuses that say that something went wrong, and namespaces that are named.

#include <algorithm>
#include <set>

#include "analysis/annotations.hpp"
#include "analysis/checks.hpp"
#include "findings/display_name.hpp"
#include "registry/injection.hpp"
#include "text/case.hpp"
#include "text/document.hpp"

namespace meshroute::analysis {

namespace {

using registry::Protocol;
using text::element;

/// Namespaces of Kubernetes itself.
bool is_system(const std::string& name) {
  return name == "kube-system" || name == "kube-public" || name == "kube-node-lease" || name == "local-path-storage";
}

/// AN0901, AN0902.
void check_namespace(const Facts& facts, const Resource& resource, Findings& findings) {
  const std::string& name = resource.identity.name;
  if (name == "istio-system" || is_system(name)) return;
  const Labels& labels = resource.metadata.labels;
  const auto injection = labels.find("istio-injection"), revision = labels.find("istio.io/rev"),
             mode = labels.find("istio.io/dataplane-mode");
  std::vector<std::string> ways;
  const bool asks = injection == labels.end() || injection->second == "enabled";
  if (injection != labels.end()) ways.push_back("istio-injection=" + injection->second);
  if (revision != labels.end() && asks) ways.push_back("istio.io/rev=" + revision->second);
  if (mode != labels.end() && asks) ways.push_back("istio.io/dataplane-mode=" + mode->second);
  if (ways.size() > 1) {
    findings.add("AN0902", resource, "metadata.labels",
                 "the namespace asks for proxies in several ways (" + join(ways) + "): only the first counts",
                 "keep one of the labels");
  }
  if (mode != labels.end() && mode->second == "ambient") return;
  if ((injection != labels.end() && !injection->second.empty()) || revision != labels.end()) return;
  bool some = false;  // KD4: a Pod may ask for itself, as those of gateways do
  const Workload* bare = nullptr;
  for (const std::size_t index : facts.workloads.in(name)) {
    const Workload& workload = facts.workloads[index];
    if (workload.resource->as<model::Pod>() == nullptr && workload.resource->as<model::PodTemplate>() == nullptr) continue;
    if (workload.in_mesh)
      some = true;
    else if (bare == nullptr && !workload.labels.contains("sidecar.istio.io/inject"))
      bare = &workload;
  }
  if (some && bare == nullptr) return;
  findings.add(
      "AN0901", resource, "metadata.name",
      "the namespace does not say whether its Pods get a sidecar: " +
          (some ? "only those that ask for one themselves get it, and " + findings::display_name(*bare->resource) + " gets none"
                : std::string("they get none, and are not part of the mesh")),
      "set the label istio-injection to enabled, or to disabled if that is meant",
      some ? std::vector<Leaning>{{bare->resource, path_of_labels(*bare), "does not ask for a sidecar"}}
           : std::vector<Leaning>());
}

/// AN0903.
void check_pod(const Facts& facts, const Resource& resource, Findings& findings) {
  const auto& pod = *resource.as<model::Pod>();
  const auto in = facts.snapshot.namespaces.find(resource.identity.namespace_);
  if (in == facts.snapshot.namespaces.end() || pod.host_network) return;
  const auto label = in->second->metadata.labels.find("istio-injection");
  if (label == in->second->metadata.labels.end() || label->second != "enabled") return;
  for (const Labels* given : {&resource.metadata.labels, &resource.metadata.annotations}) {  // the label before the annotation
    const auto asked = given->find("sidecar.istio.io/inject");
    if (asked == given->end()) continue;
    if (text::lower(asked->second) == "false") return;
    break;
  }
  if (pod.containers.empty() ||
      std::any_of(pod.containers.begin(), pod.containers.end(), [](const auto& each) { return each.name == "istio-proxy"; }))
    return;
  findings.add("AN0903", resource, "spec.containers",
               "the namespace asks for sidecars, and this Pod has none: it is older than that, or the injector was away",
               "restart the Pod", {{in->second, "metadata.labels", "asks for sidecars"}});
}

/// Where the annotations of a workload's Pods stand.
std::string path_of_template(const Resource& workload) {
  return workload.identity.kind == "CronJob" ? "spec.jobTemplate.spec.template." : "spec.template.";
}
std::string template_of(const Resource& workload) { return "move it to " + path_of_template(workload) + "metadata.annotations"; }

/// AN0912, AN0913: containers of a Pod, or of the template at `at`.
void check_containers(const Facts& facts, const Resource& resource, const model::Pod& pod, const Labels& labels,
                      const Labels& annotations, const std::string& at, Findings& findings) {
  constexpr std::int32_t kProxy = 1337;
  const auto suspect = [&](const model::Pod::Container& each) {
    if (each.init) return false;  // init containers run as the proxy's user on purpose: no proxy runs yet
    if (each.name == "istio-proxy") return each.image_auto;
    return (each.run_as_user >= 0 ? each.run_as_user : pod.run_as_user) == kProxy;
  };
  if (std::none_of(pod.containers.begin(), pod.containers.end(), suspect)) return;
  const auto found = facts.snapshot.namespaces.find(resource.identity.namespace_);
  const Resource* in = found == facts.snapshot.namespaces.end() ? nullptr : found->second;
  Metadata metadata;
  metadata.labels = labels;
  metadata.annotations = annotations;
  const auto injected = registry::injected(resource.identity.namespace_, in, metadata, pod.host_network);
  const bool runs = resource.as<model::Pod>() != nullptr && resource.metadata.creation_timestamp != 0;  // no manifest
  for (std::size_t i = 0; i < pod.containers.size(); ++i) {
    const model::Pod::Container& container = pod.containers[i];
    if (!suspect(container)) continue;
    const std::string path = element((at + "spec.containers").c_str(), i);
    if (container.name == "istio-proxy") {
      if (injected == registry::Injected::no || runs) {
        findings.add(
            "AN0912", resource, path + ".image",
            "there is no image `auto`: the injector writes the proxy's, and is not called for this: the Pods do not start", {});
      }
    } else if (runs ? registry::has_sidecar(resource, in) : injected != registry::Injected::no) {
      findings.add("AN0913", resource, (container.run_as_user >= 0 ? path : at + "spec") + ".securityContext.runAsUser",
                   "container " + container.name +
                       " runs as user 1337, which is the sidecar's: its requests are not captured, "
                       "no rules and no mutual TLS of the mesh apply to them",
                   {});
      return;
    }
  }
}

/// AN0904-AN0907.
void check_annotations(const Resource& resource, const Labels& annotations, const Labels& labels, std::string_view kind,
                       const std::string& at, Findings& findings) {
  static const std::set<std::string, std::less<>> written_by_istio{"sidecar.istio.io/status",
                                                                   "gateway.istio.io/controller-version", "istio.io/rev"};
  for (const auto& [name, value] : annotations) {
    if (!is_istio_annotation(name) || written_by_istio.contains(name)) continue;
    const std::string path = at + "metadata.annotations." + name;
    const auto known = find_annotation(name, kind);
    if (!known) {
      const std::string_view near = nearest_annotation(name);
      findings.add("AN0905", resource, path, "Istio knows no annotation " + name + ": it has no effect",
                   near.empty() ? std::string() : "did you mean " + std::string(near) + "?");
      continue;
    }
    if (known->deprecated && !(name == "sidecar.istio.io/inject" && labels.contains(name))) {
      findings.add("AN0907", resource, path, "the annotation " + name + " is on its way out",
                   name == "sidecar.istio.io/inject" ? "use the label of this name" : std::string());
    }
    if (!known->fits) {
      findings.add("AN0904", resource, path,
                   "the annotation " + name + " is for " + std::string(known->of) + ": it has no effect here",
                   known->of == "Pod" && resource.as<model::PodTemplate>() != nullptr ? template_of(resource) : "move it there");
      continue;
    }
    if (const std::string_view wanted = wanted_value(name, value); !wanted.empty()) {
      findings.add("AN0906", resource, path,
                   "the value `" + value + "` of " + name + " cannot be read: " + std::string(wanted) + " is wanted", {});
    }
  }
}

/// AN0908, AN0909.
void check_ports(const Resource& resource, Findings& findings) {
  const auto& service = *resource.as<model::Service>();
  const Labels& labels = resource.metadata.labels;
  const std::string& in = resource.identity.namespace_;
  if (is_system(in) || labels.contains("gateway.istio.io/managed")) return;
  const auto release = labels.find("release");
  if (in == "istio-system" && (labels.contains("istio") || (release != labels.end() && release->second == "istio"))) return;
  const bool external = service.type == "ExternalName";
  for (std::size_t i = 0; i < service.ports.size(); ++i) {
    const model::Service::Port& port = service.ports[i];
    const Protocol protocol = registry::protocol_of(port);
    const std::string path = element("spec.ports", i);
    if (external && (protocol == Protocol::unsupported || port.name == "tcp")) {
      findings.add("AN0909", resource, path,
                   "port " + std::to_string(port.port) +
                       " of an ExternalName Service is taken as TCP for every address: it catches all connections to the port",
                   "name the port by its protocol, http-… or tls-…");
    } else if (protocol == Protocol::unsupported) {
      const std::string said = port.app_protocol   ? "its appProtocol " + *port.app_protocol + " is unknown to Istio"
                               : port.name.empty() ? "it has no name"
                                                   : "its name " + port.name + " says none";
      findings.add("AN0908", resource, path,
                   "port " + std::to_string(port.port) + " has no protocol (" + said + "): Istio guesses it at each connection",
                   "name it http-…, grpc-…, tcp-… or the like, or set appProtocol");
    }
  }
}

struct Said {
  std::string reason, message;
};

/// What a condition says beside its status, which only the text has; empty without kept text.
Said said_of(const Resource& resource, std::string_view type) {
  const Origin& origin = resource.origin;
  if (origin.source == nullptr || origin.offset + origin.size > origin.source->text.size()) return {};
  const auto held = std::string_view(origin.source->text).substr(origin.offset, origin.size);
  const text::Stream stream = text::read(held, origin.source->name, Format::automatic, Limits{});
  if (origin.item >= stream.documents.size()) return {};
  const text::Node& root = stream.documents[origin.item].root;
  const text::Node* status = root.is_object() ? root.find("status") : nullptr;
  const text::Node* conditions = status != nullptr && status->is_object() ? status->find("conditions") : nullptr;
  if (conditions == nullptr || !conditions->is_list()) return {};
  const auto member = [](const text::Node& condition, const char* key) {
    const text::Node* value = condition.find(key);
    return value != nullptr && value->is_string() ? std::string(value->text) : std::string();
  };
  for (const text::Node& condition : conditions->items) {
    if (condition.is_object() && member(condition, "type") == type)
      return {member(condition, "reason"), member(condition, "message")};
  }
  return {};
}

/// AN0910.
void check_conditions(const Resource& resource, Findings& findings) {
  if (resource.conditions.empty()) return;
  std::vector<std::string> wanted;
  if (resource.as<model::AuthorizationPolicy>() != nullptr) {
    wanted = {"ZtunnelAccepted", "WaypointAccepted"};
  } else if (resource.as<model::Service>() != nullptr || resource.as<model::ServiceEntry>() != nullptr ||
             resource.as<model::WorkloadEntry>() != nullptr) {
    wanted = {"istio.io/WaypointBound"};
  }
  for (const std::string& type : wanted) {
    const auto found = resource.conditions.find(type);
    if (found == resource.conditions.end()) continue;
    if (found->second != "False" && type != "WaypointAccepted") continue;
    const Said said = said_of(resource, type);
    const bool in_part = type == "WaypointAccepted" && said.reason == "PartiallyInvalid";  // its status is True then
    if (found->second != "False" && !in_part) continue;
    findings.add("AN0910", resource, "status.conditions",
                 "the control plane says " + type + "=" + found->second +
                     (said.reason.empty() ? std::string() : " (" + said.reason + ")") +
                     (in_part ? ": it did only a part of what this asks for" : ": it could not do what this asks for") +
                     (said.message.empty() ? std::string() : "; " + said.message),
                 {});
  }
}

/// AN0911.
void check_export(const Facts& facts, const Resource& resource, const std::vector<std::string>& names, Findings& findings,
                  Unjudged& unjudged) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "*" || names[i] == "." || names[i] == "~" || facts.namespaces.contains(names[i])) continue;
    const std::string path = element("spec.exportTo", i);
    if (!facts.namespaces_given) {
      unjudged.add(Unjudged::Need::namespaces, names[i], resource, path);
      continue;
    }
    findings.add("AN0911", resource, path, "there is no namespace " + names[i] + ": nobody sees it there", {});
  }
}

}  // namespace

void check_kubernetes(const Facts& facts, Findings& findings, Unjudged& unjudged) {
  for (const auto& each : facts.snapshot.resources) {
    const Resource& resource = *each;
    const bool is_namespace = resource.as<model::Namespace>() != nullptr;
    if (is_namespace) check_namespace(facts, resource, findings);
    if (const auto* pod = resource.as<model::Pod>()) {
      check_pod(facts, resource, findings);
      check_containers(facts, resource, *pod, resource.metadata.labels, resource.metadata.annotations, {}, findings);
    }
    if (resource.as<model::Service>() != nullptr) check_ports(resource, findings);
    const Metadata& metadata = resource.metadata;
    const auto* made = resource.as<model::PodTemplate>();
    if (is_namespace || made != nullptr || resource.as<model::Pod>() != nullptr || resource.as<model::Service>() != nullptr)
      check_annotations(resource, metadata.annotations, metadata.labels, resource.identity.kind, {}, findings);
    if (made != nullptr) {
      check_annotations(resource, made->annotations, made->labels, "Pod", path_of_template(resource), findings);
      if (!made->owned)
        check_containers(facts, resource, made->pod, made->labels, made->annotations, path_of_template(resource), findings);
    }
    check_conditions(resource, findings);
    if (const auto* rule = resource.as<model::DestinationRule>())
      check_export(facts, resource, rule->export_to, findings, unjudged);
    if (const auto* rule = resource.as<model::VirtualService>())
      check_export(facts, resource, rule->export_to, findings, unjudged);
    if (const auto* entry = resource.as<model::ServiceEntry>())
      check_export(facts, resource, entry->export_to, findings, unjudged);
  }
}

}  // namespace meshroute::analysis
