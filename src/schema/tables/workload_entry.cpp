// SPDX-License-Identifier: Apache-2.0
// The tables of workload entry: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/workload_entry.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Message& message_of<model::WorkloadEntry>() {
  using M = model::WorkloadEntry;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.WorkloadEntry")
          .field<&M::address>("address", max_length(256), cel(Cel::unix_address_absolute), cel(Cel::unix_address_not_directory))
          .field<&M::ports>("ports", max_properties(128), cel(Cel::keys_are_port_names),
                            each(minimum(0), maximum(4294967295), cel(Cel::port_number)))
          .field<&M::labels>("labels", max_properties(256))
          .field<&M::network>("network", max_length(2048))
          .field<&M::locality>("locality", max_length(2048))
          .field<&M::weight>("weight", minimum(0), maximum(4294967295))
          .field<&M::service_account>("serviceAccount", max_length(253))
          .rules(cel(Cel::address_or_network), cel(Cel::unix_address_without_ports));
  return table;
}

}  // namespace meshroute::schema
