#pragma once

// SPDX-License-Identifier: Apache-2.0
// Test files as they are read.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshroute/model/virtual_service.hpp"
#include "meshroute/request.hpp"
#include "meshroute/result.hpp"
#include "text/json_tree.hpp"

namespace meshroute::suite {

using Json = text::OrderedJson;

/// `host[:port][/subset]`, or the name of a cluster that is no service's.
struct Destination {
  std::string text;
  std::string host, subset;
  std::uint32_t port = 0;   ///< 0: any
  bool has_subset = false;  ///< else any
  double percent = 0;
};

/// What a test says; the rest is not compared.
struct Expect {
  std::optional<std::string> outcome, upstream_path, upstream_authority, upstream_tls, redirect, rule;
  std::optional<std::vector<Destination>> destinations;
  std::optional<std::vector<std::string>> endpoints;                                 ///< sorted
  std::vector<std::pair<std::string, std::optional<std::string>>> upstream_headers;  ///< nothing: must not be there
  std::optional<std::int64_t> timeout;                                               ///< nanoseconds; 0: none
  std::string timeout_text;
  std::optional<std::int64_t> retries, status;
  std::optional<double> fails;
  std::optional<bool> arrives;
};

/// Who sends.
struct From {
  std::string name;  ///< NS, NS/NAME, or a name of `proxies`; shown in names and commands
  std::uint32_t line = 0, column = 0;
  std::optional<Proxy> proxy;      ///< given in full
  std::vector<std::string> known;  ///< the names of `proxies`
};

/// istio-config-validator's: one request, and the blocks that the rule must have.
struct Blocks {
  bool want_match = false;
  std::optional<std::vector<model::HTTPRouteDestination>> route;
  std::optional<model::HTTPRedirect> redirect;
  std::optional<model::HTTPRewrite> rewrite;
  std::optional<model::HTTPFaultInjection> fault;
  std::optional<model::Headers> headers;
  std::optional<model::Delegate> delegate;
  bool any() const { return route || redirect || rewrite || fault || headers || delegate; }
};

/// One test with one request.
struct Case {
  std::string name;
  std::uint32_t line = 0;
  From from;
  Request request;
  std::shared_ptr<const Expect> expect;  ///< null: `blocks`
  std::shared_ptr<const Blocks> blocks;
  std::vector<std::string> notes;
};

/// One document of a test file.
struct File {
  std::string source;
  std::vector<std::string> config;         ///< paths, from the working folder
  std::string mesh_config, mesh_networks;  ///< paths likewise; empty: none
  std::vector<Case> cases;
};

struct Files {
  std::vector<File> files;
};

/// Reads the test documents of a text; resources are passed over, and with `only_tests` every document without tests. Fails with
/// each mistake and its place.
Result<std::vector<File>> read(std::string_view text, const std::string& name, bool only_tests);
/// The files below a path, sorted: .yaml, .yml and .json; hidden folders are not entered. A file is itself.
Result<std::vector<std::string>> files_of(const std::string& path);

/// "did you mean `x`?", or empty.
std::string meant(std::string_view word, const std::vector<std::string>& known);

}  // namespace meshroute::suite
