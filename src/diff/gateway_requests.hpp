#pragma once

// SPDX-License-Identifier: Apache-2.0
// Requests to a gateway whose servers or hosts are not those of the other side: each way in, by each name that a server or a
// virtual host has, and by one that none has.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "diff/side.hpp"
#include "meshroute/request.hpp"

namespace meshroute::diffing {

class GatewayRequests {
 public:
  /// `all`: also what comes to the same chains on both sides, once for each pair of them.
  GatewayRequests(const Side& before, const Side& after, bool all);

  std::function<bool(const Request&)> ask;      ///< false: no more are wanted
  std::function<void(const Request&)> arrived;  ///< one request for each pair of chains
  void run();

 private:
  /// Where a request ends before its route is chosen.
  struct Landing {
    const view::FilterChain* chain = nullptr;  ///< null: `error` says why
    std::string error;
    std::string table;                         ///< empty: it does not come to one
    const envoy::VirtualHost* host = nullptr;  ///< null: none of the table
    auto operator<=>(const Landing&) const = default;
  };
  static Landing land(const Side& side, const Request& request);
  /// The names of virtual hosts that the other side has not, or has otherwise.
  const std::set<std::string>& names(const std::string& before, const std::string& after);
  bool same_tables(const std::string& before, const std::string& after) { return names(before, after).empty(); }
  /// Each way to come to a port, with a host that nobody has.
  std::vector<Request> ways(const std::string& address, std::uint32_t port) const;
  /// Requests that meet each route of a virtual host, and those on their edges.
  const std::vector<Request>& samples(const Side& side, const Landing& landing);

  void come(const Request& way);
  void enter(const Request& way, const std::string& before, const std::string& after);
  void go(const Request& request);

  const Side &before_, &after_;
  const bool all_;
  bool more_ = true;
  std::map<std::pair<Landing, Landing>, std::size_t> chains_;                               ///< how many requests came to them
  std::set<std::tuple<const envoy::VirtualHost*, const envoy::VirtualHost*, bool>> hosts_;  ///< that were asked all
  std::map<std::pair<std::string, std::string>, std::set<std::string>> names_;              ///< by tables
  std::map<const envoy::VirtualHost*, std::vector<Request>> samples_;
};

}  // namespace meshroute::diffing
