#pragma once

// SPDX-License-Identifier: Apache-2.0
// How much memory resources hold.

#include <memory>

#include "meshroute/resource.hpp"
#include "text/heap.hpp"

namespace meshroute::schema {

/// Counts a resource, and what it holds: its spec, its metadata, the text that it was read from where that is kept.
void count(text::Heap& heap, const std::shared_ptr<const Resource>& resource);
/// What a spec holds, without itself.
void count(text::Heap& heap, const model::VirtualService& spec);
void count(text::Heap& heap, const model::DestinationRule& spec);

}  // namespace meshroute::schema
