#pragma once

// SPDX-License-Identifier: Apache-2.0
// Words that answers, the reasons of a host and findings share.

#include <string>
#include <string_view>
#include <vector>

#include "registry/snapshot.hpp"

namespace meshroute::explain {

/// "app=rate,version=v1".
std::string labels_text(const Labels& labels);

/// "it is not exported to namespace web (exportTo: .)", or empty. `written`: not the mesh's default.
std::string not_exported(const std::vector<std::string>& export_to, const std::string& owner, const std::string& client,
                         bool written = true);

/// Which attribute keeps two definitions of a host apart (D20): "workloadSelector differs: app=rate / app=page"; empty where they
/// are merged. The first one counts.
std::string why_not_merged(const registry::Service& first, const registry::Service& later);

/// "http 80, https 443".
std::string ports_text(const registry::Service& service);

/// The service whose host may have been meant: its first label is that of the host, or differs in one or two letters; one of the
/// namespace is preferred. Null without one.
const registry::Service* nearest_service(const registry::Snapshot& snapshot, std::string_view host, std::string_view namespace_);

/// Whether a regular expression stands between slashes, as other languages write it: "/a\/b/gi", "/a.*/". RE2 takes them as
/// text. One of a path may begin and end with a slash: it counts if it has `^` or `$` there, or `\/` within.
bool between_slashes(const std::string& regex, bool path);

/// The service's selector, or null.
const Labels* selector_of(const registry::Service& service);

}  // namespace meshroute::explain
