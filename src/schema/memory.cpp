// SPDX-License-Identifier: Apache-2.0
// Walks resources, those of Istio's kinds by their tables, and adds up the memory that they hold.
#include "schema/memory.hpp"

#include <map>

#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

using text::Heap;

std::size_t size_of(const ValueType& type) {
  switch (type.shape) {
    case Shape::boolean:
      return sizeof(bool);
    case Shape::int32:
    case Shape::uint32:
    case Shape::enumeration:
      return sizeof(std::int32_t);
    case Shape::uint64:
    case Shape::floating:
      return sizeof(std::uint64_t);
    case Shape::string:
    case Shape::structure:
      return sizeof(std::string);
    case Shape::shared_string:
      return sizeof(SharedString);
    case Shape::duration:
      return sizeof(model::Duration);
    case Shape::message:
      return type.message().size;
    case Shape::list:
      return sizeof(std::vector<std::string>);
    case Shape::map:
      return type.share != nullptr ? sizeof(Labels) : sizeof(std::map<std::string, std::string>);
  }
  return 0;
}

void count_message(Heap& heap, const Message& message, const void* place);

void count_value(Heap& heap, const ValueType& type, const void* place) {
  switch (type.shape) {
    case Shape::string:
      return heap.text(*static_cast<const std::string*>(place));
    case Shape::shared_string:
      return heap.text(*static_cast<const SharedString*>(place));
    case Shape::structure:
      return heap.text(static_cast<const model::Struct*>(place)->json);
    case Shape::message:
      return count_message(heap, type.message(), place);
    case Shape::list: {
      const ValueType& element = type.element();
      const std::size_t size = type.size(place);
      heap.block(size * size_of(element));
      for (std::size_t i = 0; i < size; ++i) count_value(heap, element, type.at(place, i));
      return;
    }
    case Shape::map: {
      const ValueType& element = type.element();
      if (type.share != nullptr) {
        if (element.shape == Shape::string) return heap.labels(*static_cast<const Labels*>(place));
        return heap.ports(*static_cast<const model::Map<std::uint32_t>*>(place));
      }
      struct Context {
        Heap& heap;
        const ValueType& element;
      } context{heap, element};
      heap.blocks(type.size(place), sizeof(std::map<std::string, char>::value_type) + 4 * sizeof(void*) + size_of(element));
      return type.for_each(place, &context, [](void* held, std::string_view key, const void* value) {
        const Context& into = *static_cast<Context*>(held);
        if (key.size() >= sizeof(std::string) / 2) into.heap.block(key.size() + 1);
        count_value(into.heap, into.element, value);
      });
    }
    default:
      return;
  }
}

void count_message(Heap& heap, const Message& message, const void* place) {
  for (const Field& field : message.fields) {
    const void* value = field.read(place);
    if (field.type->optional) value = field.type->get(value);
    if (value != nullptr) count_value(heap, *field.type, value);
  }
}

// Of the kinds without a table: what each holds, without itself.

void count_kind(Heap& heap, const model::Service& service) {
  heap.list(service.ports);
  for (const auto& port : service.ports) {
    heap.texts({&port.name, &port.protocol, &port.target_port});
    if (port.app_protocol) heap.text(*port.app_protocol);
  }
  if (service.selector) heap.labels(*service.selector);
  heap.texts({&service.type, &service.cluster_ip, &service.external_name, &service.internal_traffic_policy,
              &service.traffic_distribution});
  for (const auto* texts : {&service.cluster_ips, &service.external_ips, &service.load_balancer_ips, &service.ip_families})
    heap.texts(*texts);
}

void count_kind(Heap& heap, const model::Pod& pod) {
  heap.list(pod.containers);
  for (const auto& container : pod.containers) {
    heap.texts({&container.name, &container.restart_policy});
    heap.list(container.ports);
    for (const auto& port : container.ports) heap.texts({&port.name, &port.protocol});
  }
  heap.texts({&pod.node_name, &pod.service_account_name, &pod.phase, &pod.hostname, &pod.subdomain});
  heap.texts(pod.pod_ips);
}

void count_kind(Heap& heap, const model::PodTemplate& made) {
  heap.labels(made.labels);
  heap.labels(made.annotations);
  count_kind(heap, made.pod);
  heap.texts({&made.service_name, &made.workload_kind, &made.workload});
}

void count_kind(Heap& heap, const model::EndpointSlice& slice) {
  heap.text(slice.address_type);
  heap.list(slice.ports);
  for (const auto& port : slice.ports) {
    heap.text(port.protocol);
    if (port.name) heap.text(*port.name);
  }
  heap.list(slice.endpoints);
  for (const auto& endpoint : slice.endpoints) {
    heap.texts(endpoint.addresses);
    heap.texts({&endpoint.node_name, &endpoint.zone, &endpoint.hostname, &endpoint.target_kind, &endpoint.target_name,
                &endpoint.target_namespace});
  }
}

void count_kind(Heap& heap, const model::Secret& secret) {
  heap.text(secret.type);
  heap.texts(secret.keys);
}

void count_kind(Heap& heap, const model::Node& node) { heap.text(node.external_ip); }
void count_kind(Heap& /*heap*/, const model::Namespace& /*it holds nothing*/) {}
void count_kind(Heap& /*heap*/, const model::ServiceAccount& /*likewise*/) {}

template <class... Kinds>
void count_any(Heap& heap, const Spec& spec) {
  const auto count_one = [&]<class Kind>(const std::shared_ptr<const Kind>* held) {
    if (held != nullptr && heap.shared(*held)) count_kind(heap, **held);
  };
  (count_one(std::get_if<std::shared_ptr<const Kinds>>(&spec)), ...);
}

void count_spec(Heap& heap, const Spec& spec) {
  for (const KindOps& ops : istio_kinds()) {
    const void* held = ops.get(spec);
    if (held == nullptr) continue;
    if (!heap.first(held)) return;
    heap.blocks(1, ops.message().size + Heap::kControl);
    return count_message(heap, ops.message(), held);
  }
  count_any<model::Service, model::Pod, model::PodTemplate, model::EndpointSlice, model::Secret, model::Node, model::Namespace,
            model::ServiceAccount>(heap, spec);
}

}  // namespace

void count(Heap& heap, const std::shared_ptr<const Resource>& resource) {
  if (!heap.shared(resource)) return;
  const auto& [cluster, group, kind, namespace_, name] = resource->identity;
  for (const SharedString* each : {&cluster, &group, &kind, &namespace_}) heap.text(*each);
  heap.text(name);
  for (const Labels* labels : {&resource->metadata.labels, &resource->metadata.annotations, &resource->conditions})
    heap.labels(*labels);
  heap.list(resource->status_addresses);
  for (const StatusAddress& address : resource->status_addresses) heap.texts({&address.value, &address.host});
  if (const auto& source = resource->origin.source; heap.shared(source)) {
    heap.text(source->name);
    heap.text(source->text);
  }
  count_spec(heap, resource->spec);
}

void count(Heap& heap, const model::VirtualService& spec) {
  count_message(heap, find_kind("VirtualService", "networking.istio.io")->message(), &spec);
}

void count(Heap& heap, const model::DestinationRule& spec) {
  count_message(heap, find_kind("DestinationRule", "networking.istio.io")->message(), &spec);
}

}  // namespace meshroute::schema
