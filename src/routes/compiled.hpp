#pragma once

// SPDX-License-Identifier: Apache-2.0
// The compiled form of a route table; only this room sees it.
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "envoy/refusal.hpp"
#include "match/regex.hpp"
#include "meshroute/result.hpp"
#include "routes/index.hpp"
#include "routes/table.hpp"
#include "text/case.hpp"

namespace meshroute::routes {

/// A value matcher: exact, prefix, suffix, contains or regex; `any` only asks for presence.
struct StringMatch {
  enum class Kind { any, exact, prefix, suffix, contains, regex } kind = Kind::any;
  std::string value;
  bool ignore_case = false;
  std::optional<match::Regex> regex;
  bool operator()(std::string_view text) const;
};

struct HeaderMatch {
  std::string name;  // lower-cased; `host` is :authority (envoy.md 14)
  StringMatch value;
  bool is_present = false, present = true, is_range = false, invert = false, missing_as_empty = false;
  std::int64_t start = 0, end = 0;
};

/// Of a claim of the request's token (GW91): a text, or a list with the text.
struct ClaimMatch {
  std::vector<std::string> path;  ///< empty: metadata that no request has (envoy.md 16)
  StringMatch value;
  bool invert = false;
};

struct QueryMatch {
  std::string name;
  StringMatch value;
  bool is_present = true, present = true;
};

/// A share of requests; `of` is 100, 10000 or 1000000.
struct Fraction {
  std::uint64_t numerator = 0, of = 100;
};

/// A header value with %COMMANDS% (envoy.md 28).
struct FormatPart {
  enum class Kind { literal, request, protocol, path, cluster, time, route, query, connection, other } kind = Kind::literal;
  std::string text, alternative;
  std::optional<std::size_t> length;
};

/// Fails with Envoy's reason.
Result<std::vector<FormatPart>> parse_format(const std::string& value);

/// The actions are in Envoy's order.
struct HeaderAdd {
  enum class Action { append, add_if_absent, overwrite, overwrite_if_exists } action = Action::append;
  std::string name;
  std::vector<FormatPart> value;
  bool keep_empty = false;
};

struct HeaderOperations {
  std::vector<std::string> remove;
  std::vector<HeaderAdd> add;
};

struct Mutations {
  HeaderOperations request, response;
};

struct Fault {
  Fraction abort, delay;
  std::uint32_t http_status = 0;
  std::optional<std::uint32_t> grpc_status;
  std::vector<HeaderMatch> headers;
};

struct Cors {
  std::vector<StringMatch> origins;
  std::string allow_methods, allow_headers, max_age, expose_headers;
  std::optional<bool> credentials, forward_not_matching;
  bool enabled = true;
};

struct Filters {
  std::optional<Fault> fault;
  std::optional<Cors> cors;
};

struct PathRewrite {
  std::string prefix;
  std::vector<FormatPart> format;  ///< the whole path
  std::optional<match::Regex> regex;
  std::string substitution;
  bool any() const { return !prefix.empty() || regex.has_value() || !format.empty(); }
};

struct Destination {
  std::string name, host_rewrite;
  std::uint32_t weight = 1;
  Mutations mutations;
  Filters filters;
};

struct Mirror {
  std::string cluster;
  std::optional<Fraction> fraction;
};

struct Redirect {
  std::string text;  // the action as protojson
  std::string scheme, host, path;
  std::uint32_t port = 0, status = 301;
  bool strip_query = false;
  PathRewrite rewrite;
};

struct Route {
  std::string name, config;
  std::string resource, resource_path;  // the rule that it was made of, for the trace
  enum class PathKind { prefix, exact, separated_prefix, regex, path_template, none } path_kind = PathKind::none;
  std::string path;
  bool case_sensitive = true;
  std::optional<match::Regex> path_regex;
  std::vector<HeaderMatch> headers;
  std::vector<QueryMatch> query;
  std::optional<Fraction> fraction;
  std::vector<ClaimMatch> claims;
  bool grpc = false;  // asks for a gRPC request

  bool weighted = false;
  std::vector<Destination> destinations;
  std::string cluster_header;
  std::optional<Redirect> redirect;
  std::optional<std::uint32_t> direct_status;
  bool direct_body = false;
  std::string direct_text;
  PathRewrite rewrite;
  std::string host_rewrite, host_rewrite_header;
  std::optional<match::Regex> host_rewrite_regex;
  std::string host_rewrite_substitution;
  bool append_forwarded_host = false;
  std::string timeout, retries;
  std::optional<std::int64_t> max_grpc_timeout_ms;  ///< 0: no cap
  std::int64_t per_try_timeout_ms = 0;              ///< 0: no limit for one try
  std::vector<Mirror> mirrors;
  Mutations mutations;
  Filters filters;
};

struct VirtualHost {
  std::string name, retries;
  std::string refusal;  ///< why Envoy refuses the table because of this host, which then has no routes; or empty
  std::vector<Route> routes;
  PathIndex by_path;  ///< empty where the routes are few
  std::vector<Mirror> mirrors;
  Mutations mutations;
  Filters filters;
  bool require_tls = false;

  /// To be called when all routes are there.
  void make_index();
  /// The first route for which `matches(route, its index)` is true, in Envoy's order; empty without one.
  template <class Matches>
  std::optional<std::uint32_t> first(std::string_view path, const Matches& matches) const {
    std::optional<std::uint32_t> found;
    const auto ask = [&](std::uint32_t at) {
      if (!matches(routes[at], at)) return false;
      found = at;
      return true;
    };
    if (!by_path.empty()) {
      by_path.find(path, ask);
      return found;
    }
    for (std::uint32_t at = 0; at < routes.size() && !ask(at); ++at) {
    }
    return found;
  }
};

/// Not to be used where anything is refused.
struct CompiledHost {
  VirtualHost host;
  std::vector<envoy::Refusal> refusals;
};
CompiledHost compile(const envoy::VirtualHost& host, std::size_t most_direct_response_body);

/// Virtual hosts that are compiled when they are first asked for.
class LazyHosts {
 public:
  LazyHosts(std::shared_ptr<const HostSource> source, const LazyHosts* earlier);
  const VirtualHost* at(std::size_t host) const;
  void add(std::string_view domain, std::size_t host);
  const std::size_t* find(std::string_view domain) const {
    const auto found = domains_->exact.find(domain);
    return found != domains_->exact.end() ? &found->second : nullptr;
  }
  /// Whether the domains are those of the earlier hosts, and taken from them: nothing is to be added.
  bool has_domains() const { return has_domains_; }
  void count(text::Heap& heap) const;  // memory.cpp

 private:
  struct Domains {
    std::unordered_map<std::string_view, std::size_t> exact;  // in lower case
    std::deque<std::string> lowered;                          // those that were not
  };
  const std::shared_ptr<const HostSource> source_;
  std::shared_ptr<Domains> domains_;
  bool has_domains_ = false;
  std::unique_ptr<std::atomic<const VirtualHost*>[]> slots_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::size_t, std::shared_ptr<const VirtualHost>> made_;  // by place; guarded by mutex_
};

class Table {
 public:
  std::string name;
  std::string refusal;  ///< why Envoy refuses the whole table, or empty
  bool ignore_port = false;
  bool most_specific_wins = false;  ///< header operations of routes come last
  Reading reading;
  std::vector<VirtualHost> hosts;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> exact;
  ByLength suffixes, prefixes;  // of wildcard domains, without the star
  std::optional<std::size_t> any;
  std::vector<Mirror> mirrors;
  Mutations mutations;
  Filters filters;

  std::shared_ptr<const LazyHosts> lazy;  ///< instead of `hosts` and `exact`

  /// `host` is in lower case.
  const VirtualHost* find(std::string_view host) const;
};

using text::lower;

}  // namespace meshroute::routes
