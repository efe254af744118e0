#pragma once

// SPDX-License-Identifier: Apache-2.0
// What a change of the configuration really changes: for which proxies and requests, and why.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "meshroute/snapshot.hpp"

namespace meshroute {

/// What two meshes are asked.
struct DiffOptions {
  std::vector<Proxy> from = {};  ///< the proxies that ask; these and `names` empty: one of each class that cannot be told apart
  std::vector<std::string> names = {};  ///< the same by name, "NAMESPACE/NAME" or "NAMESPACE", as Snapshot::find_proxy reads them
  std::vector<Request> requests = {};   ///< asked besides those that the two meshes give
};

/// One thing in which two answers differ.
struct DiffField {
  std::string path = {};                ///< "destinations", "upstream.path"
  std::string before = {}, after = {};  ///< as JSON; "null" where there is nothing
};

/// Requests that are answered otherwise after a change, for one reason.
struct DiffChange {
  std::vector<std::string> proxies = {};    ///< "shop/web": one of each class, and how many are like it
  Request request = {};                     ///< one of the requests
  std::size_t requests = 1;                 ///< how many of those that were asked differ so
  std::vector<DiffField> fields = {};       ///< in what they differ
  std::string before = {}, after = {};      ///< {outcome, destinations, rule, …}: JSON
  std::vector<std::string> resources = {};  ///< that differ and take part: "VirtualService prod/reviews"
  std::vector<TraceLine> because = {};      ///< lines of both sides
  double share = 0;                         ///< percent of such requests that go elsewhere
};

/// The changes, largest share first. Owns all its text.
struct Diff {
  std::vector<DiffChange> changes = {};
  std::size_t proxies = 0, requests = 0;  ///< that were compared
  bool equal = true;
  std::vector<std::string> not_compared = {};  ///< what was left out, a sentence each

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  std::string to_text(bool colour = false) const;  ///< For people.
  /// A comment for a pull request.
  std::string to_markdown() const;
};

/// Adds the proxies of a JSON list: objects go to `from`, texts to `names`. Returns an error for anything else.
std::optional<Error> read_proxies(std::string_view json, DiffOptions& options);
/// A JSON list of requests: objects, or URLs.
Result<std::vector<Request>> requests_from_json(std::string_view json);

/// Compares what two meshes do with requests.
Diff diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options = {});

}  // namespace meshroute
