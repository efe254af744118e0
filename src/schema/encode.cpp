// SPDX-License-Identifier: Apache-2.0
// Resources as JSON and YAML: defaults omitted, fields in descriptor order.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "schema/reading.hpp"
#include "text/base64.hpp"
#include "text/json_tree.hpp"

namespace meshroute::schema {

namespace {

std::map<std::string, std::string> texts(const Labels& labels) { return std::map<std::string, std::string>(labels); }

using Json = text::OrderedJson;

template <class T>
T load(const void* place) {
  T value;
  std::memcpy(&value, place, sizeof value);
  return value;
}

std::string duration_text(const model::Duration& duration) {
  const bool negative = duration.seconds < 0 || duration.nanos < 0;
  std::string text = negative ? "-" : "";
  const auto magnitude = [](std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  };
  text += std::to_string(magnitude(duration.seconds));
  if (const std::uint64_t nanos = magnitude(duration.nanos); nanos != 0) {
    std::string digits = std::to_string(nanos);
    digits.insert(0, 9 - std::min<std::size_t>(9, digits.size()), '0');
    while (digits.ends_with('0')) digits.pop_back();
    text += "." + digits;
  }
  return text + "s";
}

Json encode_message(const Message& message, const void* place);

Json encode_value(const ValueType& type, const void* place, bool bytes) {
  switch (type.shape) {
    case Shape::boolean:
      return load<bool>(place);
    case Shape::int32:
      return load<std::int32_t>(place);
    case Shape::uint32:
      return load<std::uint32_t>(place);
    case Shape::uint64:
      return load<std::uint64_t>(place);
    case Shape::floating: {
      const double number = load<double>(place);
      if (std::isnan(number)) return "NaN";
      if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
      if (std::trunc(number) == number && std::fabs(number) < 1e15) return static_cast<std::int64_t>(number);
      return number;
    }
    case Shape::string: {
      const auto& text = *static_cast<const std::string*>(place);
      return bytes ? text::encode_base64(text) : text;
    }
    case Shape::shared_string:
      return static_cast<const SharedString*>(place)->string();
    case Shape::enumeration: {
      const std::int32_t value = load<std::int32_t>(place);
      const std::string_view name = type.enumeration().name_of(value);
      return name.empty() ? Json(value) : Json(name);
    }
    case Shape::duration:
      return duration_text(*static_cast<const model::Duration*>(place));
    case Shape::structure:
      return Json::parse(static_cast<const model::Struct*>(place)->json);
    case Shape::message:
      return encode_message(type.message(), place);
    case Shape::list: {
      Json list = Json::array();
      for (std::size_t index = 0; index < type.size(place); ++index)
        list.push_back(encode_value(type.element(), type.at(place, index), bytes));
      return list;
    }
    case Shape::map: {
      struct Context {
        const ValueType& type;
        Json object = Json::object();
      } context{type.element(), Json::object()};
      type.for_each(place, &context, [](void* held, std::string_view key, const void* value) {
        auto& into = *static_cast<Context*>(held);
        into.object[std::string(key)] = encode_value(into.type, value, false);
      });
      return std::move(context.object);
    }
  }
  return nullptr;
}

bool is_default(const ValueType& type, const void* place) {
  switch (type.shape) {
    case Shape::boolean:
      return !load<bool>(place);
    case Shape::int32:
    case Shape::uint32:
    case Shape::enumeration:
      return load<std::int32_t>(place) == 0;
    case Shape::uint64:
      return load<std::uint64_t>(place) == 0;
    case Shape::floating:
      return load<std::uint64_t>(place) == 0;
    case Shape::string:
      return static_cast<const std::string*>(place)->empty();
    case Shape::shared_string:
      return static_cast<const SharedString*>(place)->empty();
    case Shape::duration:
      return *static_cast<const model::Duration*>(place) == model::Duration{};
    case Shape::list:
    case Shape::map:
      return type.size(place) == 0;
    case Shape::structure:
    case Shape::message:
      return false;
  }
  return false;
}

Json encode_message(const Message& message, const void* place) {
  Json object = Json::object();
  for (const Field& field : message.fields) {
    const void* value = field.read(place);
    if (field.type->optional) {
      value = field.type->get(value);
      if (value == nullptr) continue;
    } else if (is_default(*field.type, value)) {
      continue;
    }
    object[std::string(field.name)] = encode_value(*field.type, value, field.bytes);
  }
  return object;
}

void put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}
void put(Json& object, const char* key, const std::vector<std::string>& values) {
  if (!values.empty()) object[key] = values;
}

Json encode(const model::Service& service) {
  Json spec = Json::object();
  put(spec, "type", service.type);
  put(spec, "clusterIP", service.cluster_ip);
  put(spec, "clusterIPs", service.cluster_ips);
  put(spec, "externalIPs", service.external_ips);
  put(spec, "externalName", service.external_name);
  put(spec, "ipFamilies", service.ip_families);
  put(spec, "internalTrafficPolicy", service.internal_traffic_policy);
  put(spec, "trafficDistribution", service.traffic_distribution);
  if (service.publish_not_ready_addresses) spec["publishNotReadyAddresses"] = true;
  if (service.selector) spec["selector"] = texts(*service.selector);
  for (const model::Service::Port& port : service.ports) {
    Json item = Json::object();
    put(item, "name", port.name);
    put(item, "protocol", port.protocol);
    if (port.app_protocol) item["appProtocol"] = *port.app_protocol;
    item["port"] = port.port;
    put(item, "targetPort", port.target_port);
    if (port.node_port != 0) item["nodePort"] = port.node_port;
    spec["ports"].push_back(std::move(item));
  }
  return spec;
}

Json encode(const model::Pod& pod) {
  Json spec = Json::object();
  put(spec, "hostname", pod.hostname);
  put(spec, "subdomain", pod.subdomain);
  if (pod.host_network) spec["hostNetwork"] = true;
  put(spec, "nodeName", pod.node_name);
  put(spec, "serviceAccountName", pod.service_account_name);
  if (pod.host_network) spec["hostNetwork"] = true;
  if (pod.run_as_user >= 0) spec["securityContext"]["runAsUser"] = pod.run_as_user;
  for (const model::Pod::Container& container : pod.containers) {
    Json item = Json::object();
    put(item, "name", container.name);
    put(item, "restartPolicy", container.restart_policy);
    if (container.image_auto) item["image"] = "auto";
    if (container.run_as_user >= 0) item["securityContext"]["runAsUser"] = container.run_as_user;
    for (const model::Pod::ContainerPort& port : container.ports) {
      Json inner = Json::object();
      put(inner, "name", port.name);
      put(inner, "protocol", port.protocol);
      inner["containerPort"] = port.container_port;
      item["ports"].push_back(std::move(inner));
    }
    spec[container.init ? "initContainers" : "containers"].push_back(std::move(item));
  }
  return spec;
}

Json encode(const model::PodTemplate& made, const std::string& kind) {
  Json spec = Json::object();
  if (made.replicas) spec["replicas"] = *made.replicas;
  put(spec, "serviceName", made.service_name);
  if (made.first_ordinal != 0) spec["ordinals"]["start"] = made.first_ordinal;
  if (!made.workload.empty()) spec["workloadRef"] = {{"kind", made.workload_kind}, {"name", made.workload}};
  Json pod{{"spec", encode(made.pod)}};
  if (!made.labels.empty()) pod["metadata"]["labels"] = texts(made.labels);
  if (!made.annotations.empty()) pod["metadata"]["annotations"] = texts(made.annotations);
  if (kind == "CronJob") {
    spec["jobTemplate"]["spec"]["template"] = std::move(pod);
  } else {
    spec["template"] = std::move(pod);
  }
  return spec;
}

void encode(const model::EndpointSlice& slice, Json& root) {
  put(root, "addressType", slice.address_type);
  for (const model::EndpointSlice::Port& port : slice.ports) {
    Json item = Json::object();
    if (port.name) item["name"] = *port.name;
    if (port.port) item["port"] = *port.port;
    put(item, "protocol", port.protocol);
    root["ports"].push_back(std::move(item));
  }
  for (const model::EndpointSlice::Endpoint& endpoint : slice.endpoints) {
    Json item = Json::object();
    put(item, "addresses", endpoint.addresses);
    Json conditions = Json::object();
    if (endpoint.ready) conditions["ready"] = *endpoint.ready;
    if (endpoint.serving) conditions["serving"] = *endpoint.serving;
    if (endpoint.terminating) conditions["terminating"] = *endpoint.terminating;
    if (!conditions.empty()) item["conditions"] = std::move(conditions);
    put(item, "nodeName", endpoint.node_name);
    put(item, "zone", endpoint.zone);
    put(item, "hostname", endpoint.hostname);
    Json target = Json::object();
    put(target, "kind", endpoint.target_kind);
    put(target, "name", endpoint.target_name);
    put(target, "namespace", endpoint.target_namespace);
    if (!target.empty()) item["targetRef"] = std::move(target);
    root["endpoints"].push_back(std::move(item));
  }
}

Json spec_json(const Spec& spec) {
  for (const KindOps& ops : istio_kinds()) {
    if (const void* held = ops.get(spec)) return encode_message(ops.message(), held);
  }
  Json made = nullptr;
  if (const auto* service = std::get_if<std::shared_ptr<const model::Service>>(&spec); service != nullptr && *service)
    made = encode(**service);
  if (const auto* pod = std::get_if<std::shared_ptr<const model::Pod>>(&spec); pod != nullptr && *pod) made = encode(**pod);
  if (const auto* slice = std::get_if<std::shared_ptr<const model::EndpointSlice>>(&spec); slice != nullptr && *slice) {
    made = Json::object();
    encode(**slice, made);
  }
  return made;
}

std::string time_text(std::int64_t seconds) {
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
  const std::int64_t rest = seconds - days * 86400;
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int64_t of_era = shifted - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * march + 2) / 5 + 1;
  const std::int64_t month = march < 10 ? march + 3 : march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto padded = [](std::int64_t value, std::size_t width) {
    std::string digits = std::to_string(value);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
  };
  return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(rest / 3600, 2) + ":" +
         padded(rest / 60 % 60, 2) + ":" + padded(rest % 60, 2) + "Z";
}

Json resource_json(const Resource& resource) {
  const Identity& identity = resource.identity;
  Json root = Json::object();
  const KindOps* ops = find_kind(identity.kind, identity.group);
  const std::string version(ops == nullptr ? std::string_view("v1") : ops->versions.front());
  root["apiVersion"] = identity.group.empty() ? version : identity.group + "/" + version;
  root["kind"] = identity.kind.string();
  Json metadata = Json::object();
  metadata["name"] = identity.name;
  put(metadata, "namespace", identity.namespace_);
  if (resource.metadata.creation_timestamp != 0) metadata["creationTimestamp"] = time_text(resource.metadata.creation_timestamp);
  if (!resource.metadata.labels.empty()) metadata["labels"] = texts(resource.metadata.labels);
  if (!resource.metadata.annotations.empty()) metadata["annotations"] = texts(resource.metadata.annotations);
  root["metadata"] = std::move(metadata);
  Json spec = spec_json(resource.spec);
  if (const auto* made = resource.as<model::PodTemplate>()) spec = encode(*made, identity.kind);
  if (std::holds_alternative<std::shared_ptr<const model::EndpointSlice>>(resource.spec)) {
    for (auto& [key, value] : spec.items()) root[key] = value;
  } else if (!spec.is_null()) {
    root["spec"] = std::move(spec);
  }
  Json status = Json::object();
  for (const StatusAddress& address : resource.status_addresses) {
    Json item = Json::object();
    put(item, "host", address.host);
    put(item, "value", address.value);
    status["addresses"].push_back(std::move(item));
  }
  for (const auto& [type, value] : resource.conditions)
    status["conditions"].push_back({{"status", value}, {"type", type.string()}});
  if (const auto* service = resource.as<model::Service>(); service != nullptr && !service->load_balancer_ips.empty()) {
    for (const std::string& address : service->load_balancer_ips) status["loadBalancer"]["ingress"].push_back({{"ip", address}});
  }
  if (const auto* pod = resource.as<model::Pod>()) {
    put(status, "phase", pod->phase);
    for (const std::string& address : pod->pod_ips) status["podIPs"].push_back({{"ip", address}});
    if (pod->ready) status["conditions"] = Json::array({Json{{"status", "True"}, {"type", "Ready"}}});
  }
  if (const auto* node = resource.as<model::Node>(); node != nullptr && !node->external_ip.empty())
    status["addresses"] = Json::array({Json{{"address", node->external_ip}, {"type", "ExternalIP"}}});
  if (!status.empty()) root["status"] = std::move(status);
  return root;
}

std::string dump(const Json& json) { return json.dump(); }

/// Strings are quoted as JSON does, which YAML 1.1 reads too; so `no` and `1.10` stay strings.
std::string yaml_string(const std::string& text) {
  const auto plain = [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); };
  bool bare = !text.empty() && plain(text.front());
  for (const char letter : text) {
    bare = bare && (plain(letter) || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' ||
                    letter == '/');
  }
  std::string lower = text;
  for (char& letter : lower) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  for (const char* word : {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
    bare = bare && lower != word;
  if (bare) return text;
  std::string quoted;
  for (const char letter : dump(Json(text))) {
    if (letter == 0x7F) {
      quoted += "\\u007f";  // JSON has it bare, YAML refuses it
    } else {
      quoted += letter;
    }
  }
  return quoted;
}

void write_yaml(const Json& json, std::size_t indent, bool in_line, std::string& out) {
  const std::string pad(indent, ' ');
  if (json.is_object() && !json.empty()) {
    bool first = true;
    for (const auto& [key, value] : json.items()) {
      if (!(first && in_line)) out += pad;
      first = false;
      out += yaml_string(key) + ":";
      const bool nested = (value.is_object() || value.is_array()) && !value.empty();
      if (nested) {
        out += '\n';
        write_yaml(value, value.is_object() ? indent + 2 : indent, false, out);
      } else {
        out += ' ';
        write_yaml(value, 0, false, out);
      }
    }
    return;
  }
  if (json.is_array() && !json.empty()) {
    for (const Json& item : json) {
      out += pad + "- ";
      write_yaml(item, indent + 2, true, out);
    }
    return;
  }
  out += json.is_string() ? yaml_string(json.text()) : dump(json);
  out += '\n';
}

}  // namespace

std::string spec_to_json(const Spec& spec) { return dump(spec_json(spec)); }

std::string to_json(const Resource& resource) { return dump(resource_json(resource)); }

std::string to_yaml(const Resource& resource) {
  std::string out;
  write_yaml(resource_json(resource), 0, false, out);
  return out;
}

}  // namespace meshroute::schema
