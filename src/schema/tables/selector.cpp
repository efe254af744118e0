// SPDX-License-Identifier: Apache-2.0
// The tables of selector: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/selector.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Message& message_of<model::WorkloadSelector>() {
  using M = model::WorkloadSelector;
  static const Message table =
      Table<M>("istio.networking.v1alpha3.WorkloadSelector")
          .field<&M::labels>("labels", max_properties(256), each(max_length(63), cel(Cel::value_without_wildcard)));
  return table;
}

template <>
const Message& message_of<model::type::PolicyTargetReference>() {
  using M = model::type::PolicyTargetReference;
  static const Message table =
      Table<M>("istio.type.v1beta1.PolicyTargetReference")
          .field<&M::group>("group", max_length(253),
                            pattern(R"(^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)"))
          .field<&M::kind>("kind", required(), min_length(1), max_length(63), pattern(R"(^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$)"))
          .field<&M::name>("name", required(), min_length(1), max_length(253))
          .field<&M::namespace_>("namespace", cel(Cel::namespace_empty));
  return table;
}

template <>
const Message& message_of<model::type::WorkloadSelector>() {
  using M = model::type::WorkloadSelector;
  static const Message table =
      Table<M>("istio.type.v1beta1.WorkloadSelector")
          .field<&M::match_labels>("matchLabels", max_properties(4096), cel(Cel::keys_without_wildcard), cel(Cel::keys_not_empty),
                                   each(max_length(63), cel(Cel::value_without_wildcard)));
  return table;
}

}  // namespace meshroute::schema
