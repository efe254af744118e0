// SPDX-License-Identifier: Apache-2.0
// What Istio's webhook says of a ProxyConfig.

#include "admission/common.hpp"

namespace meshroute::admission {

void validate_proxy_config(Walk& walk, const model::ProxyConfig& config) {
  {
    const Walk::Step step(walk, "selector");
    check_selector(walk, config.selector);
  }
  if (config.concurrency.value_or(0) < 0)
    walk.error_at("concurrency", "PC0101", "concurrency must be greater than or equal to 0");
}

}  // namespace meshroute::admission
