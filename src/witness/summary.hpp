#pragma once

// SPDX-License-Identifier: Apache-2.0
// Requests as JSON and as commands, and answers in short.

#include <string>
#include <utility>
#include <vector>

#include "meshroute/answer.hpp"
#include "meshroute/request.hpp"
#include "text/json_tree.hpp"

namespace meshroute::witness {

using Json = text::OrderedJson;

/// 90 for 90.0; four digits behind the point.
Json number_json(double value);
/// Clusters and their shares in percent, in the answer's order.
std::vector<std::pair<std::string, double>> shares_of(const Answer& answer);
/// "reviews.prod.svc.cluster.local:80/v2" of an outbound cluster's name; other names as they are.
std::string shown_cluster(std::string_view cluster);
/// `host:port/subset` and its share, `host:port/` beside subsets of the same host; null where nothing is sent.
Json destinations_json(const Answer& answer);
/// The JSON form of a request; what is as it is by default is left out.
Json request_form(const Request& request);
/// "shop/web" of a proxy; "shop" without an id.
std::string name_of(const Proxy& proxy);
/// The JSON form of a proxy; what is as it is by default is left out.
Json proxy_form(const Proxy& proxy);
/// Lines of reasons, as an answer has them.
Json trace_json(const std::vector<TraceLine>& lines);
/// The place of a rule: "prod/reviews#2" of "VirtualService prod/reviews" and "spec.http[2].match[0]"; empty without a rule.
std::string rule_place(const std::string& resource, const std::string& path);
/// The first header of that name, or empty.
std::string header_of(const Response& response, std::string_view name);

}  // namespace meshroute::witness
