// SPDX-License-Identifier: Apache-2.0
// The public RouteTable: a table out of protojson.
#include "meshroute/route_table.hpp"

#include "envoy/protojson.hpp"
#include "envoy/route_reader.hpp"
#include "routes/compiled.hpp"
#include "routes/dump.hpp"
#include "routes/failure.hpp"
#include "routes/table.hpp"
#include "text/document.hpp"

namespace meshroute {

namespace {

Error refused_at(text::Position position, const std::string& reason) {
  return {Error::Code::refused,
          "line " + std::to_string(position.line) + ", column " + std::to_string(position.column) + ": " + reason};
}

Error refused(const text::Node& configuration, const envoy::Refusal& refusal) {
  return refused_at(envoy::position_of(configuration, refusal.path),
                    (refusal.path.empty() ? std::string() : refusal.path + ": ") + refusal.reason);
}

}  // namespace

Result<RouteTable> RouteTable::parse(std::string_view protojson, std::string_view name) {
  const text::Stream stream = text::read(protojson, "routes.json", Format::json, Limits{});
  if (stream.documents.empty())
    return Error{Error::Code::refused,
                 stream.problems.empty() ? "the route configuration is not JSON" : stream.problems[0].message};
  const text::Document& document = stream.documents.front();
  if (!document.readable) {
    const text::Problem& problem = document.errors.front();
    return refused_at(problem.position, "the route configuration is not JSON: " + problem.message);
  }
  const auto found = routes::find_route_configuration(document.root, name);
  if (!found) return found.error();
  envoy::Refusals refusals;
  const envoy::RouteConfiguration configuration = envoy::read_route_configuration(**found, refusals);
  if (!refusals.empty()) return refused(**found, refusals.take().front());
  routes::CompiledTable compiled = routes::compile(configuration);
  if (!compiled.refusals.empty()) return refused(**found, compiled.refusals.front());
  return RouteTable(std::move(compiled.table));
}

Answer RouteTable::resolve(const Request& request, const ResolveOptions& options) const {
  Answer answer;
  routes::resolve(*table_, request, options, answer);
  routes::settle_failures(answer, 0);
  return answer;
}

void RouteTable::resolve_into(const Request& request, Answer& answer, const ResolveOptions& options) const {
  routes::clear(answer);
  routes::resolve(*table_, request, options, answer);
  routes::settle_failures(answer, 0);
}

}  // namespace meshroute
