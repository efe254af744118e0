// SPDX-License-Identifier: Apache-2.0
// The Kubernetes kinds, read by hand as far as resolution looks at them. They are taken as they come: no layers.
#include <cstdint>
#include <limits>
#include <set>

#include "schema/certificate.hpp"
#include "schema/reading.hpp"
#include "text/base64.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

std::string string_at(const Node* node, std::string_view key) {
  const Node* value = node != nullptr && node->is_object() ? node->find(key) : nullptr;
  if (value == nullptr) return {};
  if (value->is_string() || value->kind == Kind::integer || value->kind == Kind::number) return std::string(value->text);
  return {};
}

std::optional<std::string> optional_string_at(const Node& node, std::string_view key) {
  const Node* value = node.is_object() ? node.find(key) : nullptr;
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->text);
}

std::optional<bool> optional_bool_at(const Node* node, std::string_view key) {
  const Node* value = node != nullptr && node->is_object() ? node->find(key) : nullptr;
  if (value == nullptr || value->kind != Kind::boolean) return std::nullopt;
  return value->boolean;
}

std::optional<std::uint32_t> optional_port_at(const Node& node, std::string_view key) {
  const Node* value = node.is_object() ? node.find(key) : nullptr;
  const auto whole = value == nullptr ? std::nullopt : integral(*value);
  if (!whole || *whole < 0 || *whole > 65535) return std::nullopt;
  return static_cast<std::uint32_t>(*whole);
}

text::Children<Node> list_at(const Node* node, std::string_view key) {
  const Node* value = node != nullptr && node->is_object() ? node->find(key) : nullptr;
  return value == nullptr ? text::Children<Node>() : value->items;
}

std::vector<std::string> strings_at(const Node* node, std::string_view key) {
  std::vector<std::string> strings;
  for (const Node& item : list_at(node, key)) {
    if (item.is_string()) strings.emplace_back(item.text);
  }
  return strings;
}

std::shared_ptr<const model::Service> read_service(const Node& root) {
  auto service = std::make_shared<model::Service>();
  const Node* spec = root.find("spec");
  for (const Node& item : list_at(spec, "ports")) {
    model::Service::Port& port = service->ports.emplace_back();
    port.name = string_at(&item, "name");
    if (std::string protocol = string_at(&item, "protocol"); !protocol.empty()) port.protocol = std::move(protocol);
    port.app_protocol = optional_string_at(item, "appProtocol");
    port.port = optional_port_at(item, "port").value_or(0);
    port.target_port = string_at(&item, "targetPort");
    port.node_port = optional_port_at(item, "nodePort").value_or(0);
    if (const Node* target = item.is_object() ? item.find("targetPort") : nullptr; target != nullptr) {
      if (const auto whole = integral(*target)) port.target_port = std::to_string(*whole);
    }
  }
  if (const Node* selector = spec != nullptr && spec->is_object() ? spec->find("selector") : nullptr;
      selector != nullptr && selector->is_object()) {
    auto& kept = service->selector.emplace();
    make_names(selector->members, [&kept](std::string_view name) { kept[name]; });
    for (const text::Member& member : selector->members) kept[member.key] = std::string(member.value.text);
  }
  if (std::string type = string_at(spec, "type"); !type.empty()) service->type = std::move(type);
  service->cluster_ip = string_at(spec, "clusterIP");
  service->external_name = string_at(spec, "externalName");
  service->internal_traffic_policy = string_at(spec, "internalTrafficPolicy");
  service->traffic_distribution = string_at(spec, "trafficDistribution");
  service->cluster_ips = strings_at(spec, "clusterIPs");
  service->external_ips = strings_at(spec, "externalIPs");
  service->ip_families = strings_at(spec, "ipFamilies");
  service->publish_not_ready_addresses = optional_bool_at(spec, "publishNotReadyAddresses").value_or(false);
  const Node* status = root.find("status");
  const Node* balancer = status != nullptr && status->is_object() ? status->find("loadBalancer") : nullptr;
  for (const Node& item : list_at(balancer, "ingress")) {
    std::string address = string_at(&item, "ip");
    if (address.empty()) address = string_at(&item, "hostname");
    if (!address.empty()) service->load_balancer_ips.push_back(std::move(address));
  }
  return service;
}

std::shared_ptr<const model::Node> read_node(const Node& root) {
  auto node = std::make_shared<model::Node>();
  const Node* status = root.find("status");
  for (const Node& item : list_at(status, "addresses")) {
    if (!node->external_ip.empty() || string_at(&item, "type") != "ExternalIP") continue;
    node->external_ip = string_at(&item, "address");
  }
  return node;
}

Labels texts_at(const Node* node, std::string_view key) {
  Labels texts;
  const Node* value = node != nullptr && node->is_object() ? node->find(key) : nullptr;
  if (value == nullptr || !value->is_object()) return texts;
  make_names(value->members, [&texts](std::string_view name) { texts[name]; });
  for (const text::Member& member : value->members) texts[member.key] = std::string(member.value.text);
  return texts;
}

const Node* child(const Node* node, std::string_view key) {
  return node != nullptr && node->is_object() ? node->find(key) : nullptr;
}

std::optional<std::int64_t> optional_number_at(const Node* node, std::string_view key) {
  const Node* value = child(node, key);
  return value == nullptr ? std::nullopt : integral(*value);
}

/// -1: none that Linux has.
std::int32_t user_at(const Node& owner) {
  const std::int64_t user = optional_number_at(child(&owner, "securityContext"), "runAsUser").value_or(-1);
  return user < 0 || user > std::numeric_limits<std::int32_t>::max() ? -1 : static_cast<std::int32_t>(user);
}

void read_pod_spec(const Node* spec, model::Pod& pod) {
  for (const bool init : {false, true}) {
    for (const Node& item : list_at(spec, init ? "initContainers" : "containers")) {
      model::Pod::Container& container = pod.containers.emplace_back();
      container.name = string_at(&item, "name");
      container.init = init;
      container.restart_policy = string_at(&item, "restartPolicy");
      const Node* image = child(&item, "image");
      container.image_auto = image != nullptr && image->text == "auto";
      container.run_as_user = user_at(item);
      for (const Node& inner : list_at(&item, "ports")) {
        model::Pod::ContainerPort& port = container.ports.emplace_back();
        port.name = string_at(&inner, "name");
        if (std::string protocol = string_at(&inner, "protocol"); !protocol.empty()) port.protocol = std::move(protocol);
        port.container_port = optional_port_at(inner, "containerPort").value_or(0);
      }
    }
  }
  pod.node_name = string_at(spec, "nodeName");
  pod.service_account_name = string_at(spec, "serviceAccountName");
  if (pod.service_account_name.empty()) pod.service_account_name = string_at(spec, "serviceAccount");  // its old name
  pod.hostname = string_at(spec, "hostname");
  pod.subdomain = string_at(spec, "subdomain");
  pod.host_network = optional_bool_at(spec, "hostNetwork").value_or(false);
  if (spec != nullptr) pod.run_as_user = user_at(*spec);
}

std::shared_ptr<const model::Pod> read_pod(const Node& root) {
  auto pod = std::make_shared<model::Pod>();
  read_pod_spec(root.find("spec"), *pod);
  const Node* status = root.find("status");
  pod->phase = string_at(status, "phase");
  for (const Node& item : list_at(status, "podIPs")) {
    if (std::string address = string_at(&item, "ip"); !address.empty()) pod->pod_ips.push_back(std::move(address));
  }
  if (pod->pod_ips.empty()) {
    if (std::string address = string_at(status, "podIP"); !address.empty()) pod->pod_ips.push_back(std::move(address));
  }
  for (const Node& condition : list_at(status, "conditions")) {
    if (string_at(&condition, "type") == "Ready") pod->ready = string_at(&condition, "status") == "True";
  }
  return pod;
}

/// The template of a Deployment and its like, of a Job, and of the Jobs of a CronJob.
std::shared_ptr<const model::PodTemplate> read_template(const Node& root, const std::string& kind) {
  auto read = std::make_shared<model::PodTemplate>();
  const Node* spec = root.find("spec");
  read->replicas = optional_number_at(spec, "replicas");
  read->service_name = string_at(spec, "serviceName");
  read->first_ordinal = optional_number_at(child(spec, "ordinals"), "start").value_or(0);
  const Node* reference = child(spec, "workloadRef");
  read->workload_kind = string_at(reference, "kind");
  read->workload = string_at(reference, "name");
  read->owned = !list_at(root.find("metadata"), "ownerReferences").empty();
  if (kind == "CronJob") spec = child(child(spec, "jobTemplate"), "spec");
  const Node* made = child(spec, "template");
  read->labels = texts_at(child(made, "metadata"), "labels");
  read->annotations = texts_at(child(made, "metadata"), "annotations");
  read_pod_spec(child(made, "spec"), read->pod);
  return read;
}

/// SC0231: the API server wants the labels of `spec.selector` in the template.
void check_selector(const Node& root, const model::PodTemplate& made, ReadResource& result) {
  const Node* wanted = child(child(root.find("spec"), "selector"), "matchLabels");
  if (wanted == nullptr || !wanted->is_object() || made.labels.empty()) return;
  for (const text::Member& label : wanted->members) {
    const auto found = made.labels.find(std::string(label.key));
    if (found != made.labels.end() && found->second == label.value.text) continue;
    const std::string key(label.key), value(label.value.text);
    result.schema = false;
    result.findings.push_back(
        {"SC0231", "spec.selector.matchLabels." + key, label.value.position,
         "the template's Pods " +
             (found == made.labels.end() ? "lack the label " + key + "=" + value
                                         : "have the label " + key + "=" + found->second + ", not " + value) +
             ": the selector does not match them",
         "write the labels of spec.selector.matchLabels in spec.template.metadata.labels; a selector that is in force cannot be "
         "changed"});
    return;
  }
}

bool is_template(const Identity& identity) {
  const std::string& kind = identity.kind;
  if (identity.group == "apps")
    return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet";
  if (identity.group == "batch") return kind == "Job" || kind == "CronJob";
  return identity.group == "argoproj.io" && kind == "Rollout";
}

std::shared_ptr<const model::EndpointSlice> read_endpoint_slice(const Node& root) {
  auto slice = std::make_shared<model::EndpointSlice>();
  slice->address_type = string_at(&root, "addressType");
  for (const Node& item : list_at(&root, "ports")) {
    model::EndpointSlice::Port& port = slice->ports.emplace_back();
    port.name = optional_string_at(item, "name");
    port.port = optional_port_at(item, "port");
    if (std::string protocol = string_at(&item, "protocol"); !protocol.empty()) port.protocol = std::move(protocol);
  }
  for (const Node& item : list_at(&root, "endpoints")) {
    model::EndpointSlice::Endpoint& endpoint = slice->endpoints.emplace_back();
    endpoint.addresses = strings_at(&item, "addresses");
    const Node* conditions = item.is_object() ? item.find("conditions") : nullptr;
    endpoint.ready = optional_bool_at(conditions, "ready");
    endpoint.serving = optional_bool_at(conditions, "serving");
    endpoint.terminating = optional_bool_at(conditions, "terminating");
    endpoint.node_name = string_at(&item, "nodeName");
    endpoint.zone = string_at(&item, "zone");
    endpoint.hostname = string_at(&item, "hostname");
    const Node* target = item.is_object() ? item.find("targetRef") : nullptr;
    endpoint.target_kind = string_at(target, "kind");
    endpoint.target_name = string_at(target, "name");
    endpoint.target_namespace = string_at(target, "namespace");
  }
  return slice;
}

/// The value of a key of a Secret; empty where it has none.
std::string secret_value(const Node& root, std::string_view key) {
  if (std::string plain = string_at(root.find("stringData"), key); !plain.empty()) return plain;
  return text::decode_base64(string_at(root.find("data"), key)).value_or(std::string());
}

std::shared_ptr<const model::Secret> read_secret(const Node& root) {
  auto secret = std::make_shared<model::Secret>();
  secret->type = string_at(&root, "type");
  std::set<std::string> keys;
  for (const char* member : {"data", "stringData"}) {
    const Node* values = root.find(member);
    if (values == nullptr || !values->is_object()) continue;
    for (const text::Member& each : values->members) {
      if (!each.value.text.empty()) keys.emplace(each.key);
    }
  }
  secret->keys.assign(keys.begin(), keys.end());
  const bool generic = keys.contains("cert") && keys.contains("key");
  if (const auto validity = certificate_validity(secret_value(root, generic ? "cert" : "tls.crt"))) {
    secret->certificate_readable = true;
    secret->not_before = validity->not_before;
    secret->not_after = validity->not_after;
  }
  return secret;
}

}  // namespace

bool read_kubernetes(const Node& root, ReadResource& result) {
  Identity& identity = result.resource.identity;
  if (identity.group == "discovery.k8s.io" && identity.kind == "EndpointSlice") {
    result.resource.spec = read_endpoint_slice(root);
    return true;
  }
  if (is_template(identity)) {
    auto made = read_template(root, identity.kind);
    if (identity.group != "batch") check_selector(root, *made, result);  // a Job's selector is made by the API server
    result.resource.spec = std::move(made);
    return true;
  }
  if (!identity.group.empty()) return false;
  if (identity.kind == "Service") {
    result.resource.spec = read_service(root);
  } else if (identity.kind == "Pod") {
    result.resource.spec = read_pod(root);
  } else if (identity.kind == "Secret") {
    result.resource.spec = read_secret(root);
  } else if (identity.kind == "ServiceAccount") {
    result.resource.spec = std::make_shared<const model::ServiceAccount>();
  } else if (identity.kind == "Namespace" || identity.kind == "Node") {
    identity.namespace_.clear();  // cluster-scoped
    if (identity.kind == "Namespace") {
      result.resource.spec = std::make_shared<const model::Namespace>();
    } else {
      result.resource.spec = read_node(root);
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace meshroute::schema
