// SPDX-License-Identifier: Apache-2.0
// The tables of proxy config: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/proxy_config.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Message& message_of<model::ProxyImage>() {
  using M = model::ProxyImage;
  static const Message table = Table<M>("istio.networking.v1beta1.ProxyImage").field<&M::image_type>("imageType");
  return table;
}

template <>
const Message& message_of<model::ProxyConfig>() {
  using M = model::ProxyConfig;
  static const Message table = Table<M>("istio.networking.v1beta1.ProxyConfig")
                                   .field<&M::selector>("selector")
                                   .field<&M::concurrency>("concurrency", minimum(0), format_int32(), nullable())
                                   .field<&M::environment_variables>("environmentVariables", each(max_length(2048)))
                                   .field<&M::image>("image");
  return table;
}

}  // namespace meshroute::schema
