#pragma once

// SPDX-License-Identifier: Apache-2.0
// Runs the tests of one document against a mesh.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "meshroute/suite.hpp"
#include "registry/snapshot.hpp"
#include "resolve/decisions.hpp"
#include "suite/files.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::suite {

/// Where a request went, and which rule sent it there.
struct Asked {
  Answer answer = {};
  resolve::Decisions decisions = {};
  std::string resource = {}, path = {};  ///< of the rule, "VirtualService prod/reviews" and "spec.http[1].match[0]"; or empty
};

/// The rule of the mesh that took the request.
Asked ask(const view::ProxyView& view, const Request& request);

class Coverage;

/// Runs one document's tests. `words` name the configuration in commands.
void run(const File& file, const std::shared_ptr<const registry::Snapshot>& snapshot, const std::string& words,
         Coverage* coverage, SuiteReport& report);

/// "meshroute resolve …": a request as the command that asks it.
std::string command_of(const std::string& words, const view::ProxyView& view, const From& from, const Request& request);

/// Adds the lines that say why the request went where it did.
void say_why(const view::ProxyView& view, const Request& request, const Asked& asked, SuiteTest& result);

}  // namespace meshroute::suite
