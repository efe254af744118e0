#pragma once

// SPDX-License-Identifier: Apache-2.0
// A view as the configuration of an Envoy without a control plane.

#include "meshroute/envoy.hpp"
#include "meshroute/result.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::bootstrap {

Result<EnvoyBootstrap> make_bootstrap(const view::ProxyView& view, const EnvoyOptions& options);

}  // namespace meshroute::bootstrap
