#pragma once

// SPDX-License-Identifier: Apache-2.0
// Includes all public headers.

#include "meshroute/diff.hpp"
#include "meshroute/mesh.hpp"
#include "meshroute/route_table.hpp"
#include "meshroute/suite.hpp"
#include "meshroute/version.hpp"
