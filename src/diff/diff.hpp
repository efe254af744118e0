#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "diff/classes.hpp"
#include "meshroute/diff.hpp"

namespace meshroute::diffing {

Diff compare(const SnapshotPtr& before, const SnapshotPtr& after, const DiffOptions& options);

}  // namespace meshroute::diffing
