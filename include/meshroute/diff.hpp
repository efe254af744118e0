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
  /// The proxies that ask; these and `names` empty: one of each class that cannot be told apart.
  std::vector<Proxy> from = {};
  /// The same by name, "NAMESPACE/NAME" or "NAMESPACE", as Snapshot::find_proxy reads them.
  std::vector<std::string> names = {};
  /// Asked besides those that the two meshes give.
  std::vector<Request> requests = {};
};

/// One thing in which two answers differ.
struct DiffField {
  /// "destinations", "upstream.path".
  std::string path = {};
  /// As JSON; "null" where there is nothing.
  std::string before = {}, after = {};
};

/// Requests that are answered otherwise after a change, for one reason.
struct DiffChange {
  /// "shop/web": one of each class, and how many are like it.
  std::vector<std::string> proxies = {};
  /// One of the requests.
  Request request = {};
  /// How many of those that were asked differ so.
  std::size_t requests = 1;
  /// In what they differ.
  std::vector<DiffField> fields = {};
  /// {outcome, destinations, rule, …}: JSON.
  std::string before = {}, after = {};
  /// That differ and take part: "VirtualService prod/reviews".
  std::vector<std::string> resources = {};
  /// Lines of both sides.
  std::vector<TraceLine> because = {};
  /// Percent of such requests that go elsewhere.
  double share = 0;
};

/// The changes, largest share first. Owns all its text.
struct Diff {
  std::vector<DiffChange> changes = {};
  /// That were compared.
  std::size_t proxies = 0, requests = 0;
  bool equal = true;
  /// What was left out, a sentence each.
  std::vector<std::string> not_compared = {};

  /// The contract's form.
  std::string to_json(bool pretty = false) const;
  /// For people.
  std::string to_text(bool colour = false) const;
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
