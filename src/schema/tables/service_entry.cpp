// SPDX-License-Identifier: Apache-2.0
// The tables of service entry: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/service_entry.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Enumeration& enumeration_of<model::ServiceEntry::Location>() {
  static const Enumeration table{"istio.networking.v1alpha3.ServiceEntry.Location", {{"MESH_EXTERNAL", 0}, {"MESH_INTERNAL", 1}}};
  return table;
}

template <>
const Enumeration& enumeration_of<model::ServiceEntry::Resolution>() {
  static const Enumeration table{"istio.networking.v1alpha3.ServiceEntry.Resolution",
                                 {{"NONE", 0}, {"STATIC", 1}, {"DNS", 2}, {"DNS_ROUND_ROBIN", 3}, {"DYNAMIC_DNS", 4}}};
  return table;
}

template <>
const Message& message_of<model::ServicePort>() {
  using M = model::ServicePort;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.ServicePort")
          .field<&M::number>("number", required(), minimum(0), maximum(4294967295), cel(Cel::port_number))
          .field<&M::protocol>("protocol", max_length(256))
          .field<&M::name>("name", required(), max_length(256))
          .field<&M::target_port>("targetPort", minimum(0), maximum(4294967295), cel(Cel::port_number));
  return table;
}

template <>
const Message& message_of<model::ServiceEntry>() {
  using M = model::ServiceEntry;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.ServiceEntry")
          .field<&M::hosts>("hosts", required(), min_items(1), max_items(256), each(cel(Cel::host_not_wildcard)))
          .field<&M::addresses>("addresses", max_items(256), each(max_length(64)))
          .field<&M::ports>("ports", max_items(256), map_key("name"), cel(Cel::port_numbers_unique))
          .field<&M::location>("location")
          .field<&M::resolution>("resolution")
          .field<&M::endpoints>("endpoints", max_items(4096))
          .field<&M::workload_selector>("workloadSelector")
          .field<&M::export_to>("exportTo")
          .field<&M::subject_alt_names>("subjectAltNames")
          .rules(cel(Cel::workload_selector_or_endpoints), cel(Cel::cidr_addresses_only_none_or_static),
                 cel(Cel::none_without_endpoints), cel(Cel::round_robin_at_most_one_endpoint));
  return table;
}

}  // namespace meshroute::schema
