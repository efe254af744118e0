// SPDX-License-Identifier: Apache-2.0
// Many requests at once: their answers in short, with texts and endpoints that stand once.
#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "request.hpp"
#include "wall.hpp"

namespace {

using namespace meshroute::capi;  // NOLINT(google-build-using-namespace)

bool same(const meshroute::AnswerEndpoint& a, const meshroute::AnswerEndpoint& b) {
  return a.cluster == b.cluster && a.address == b.address && a.port == b.port && a.weight == b.weight &&
         a.priority == b.priority && a.locality == b.locality && a.health == b.health && a.labels == b.labels &&
         a.service_account == b.service_account && a.resource == b.resource && a.network == b.network && a.assumed == b.assumed;
}

}  // namespace

/// What a batch keeps. Texts and lists of endpoints stand once, however many results have them.
struct meshroute_answers {
  std::vector<meshroute_result> results;
  std::vector<meshroute::AnswerEndpoint> endpoints;
  meshroute::capi::Pairs labels;

  void clear() noexcept {
    results.clear();
    endpoints.clear();
    labels.clear();
    texts.clear();
    by_cluster.clear();
  }

  void add(const meshroute::Answer& answer) {
    meshroute_result made{};
    made.outcome = kept(answer.outcome);
    made.virtual_host = kept(answer.virtual_host);
    made.route = kept(answer.route);
    made.cluster = kept(answer.cluster);
    made.picked_cluster = kept(answer.picked_cluster);
    made.picked_endpoint = kept(answer.picked_endpoint);
    made.first_endpoint = place_of(answer.endpoints);
    made.endpoint_count = answer.endpoints.size();
    made.failure_percent = answer.failure_percent;
    made.status = verdict_of(answer);
    made.response_status = answer.response ? static_cast<std::int32_t>(answer.response->status) : -1;
    results.push_back(made);
  }

  void index() {
    for (const auto& endpoint : endpoints) labels.add_map(endpoint.labels);
  }

  meshroute::Answer scratch;  ///< each answer in turn

 private:
  meshroute_str kept(const std::string& text) {
    if (text.empty()) return {nullptr, 0};
    const auto found = texts.find(text);
    return str_of(found != texts.end() ? found->first : texts.emplace(text, 0).first->first);
  }

  /// Where these endpoints stand: those of an earlier result that reaches the same ones, or new ones at the end.
  std::size_t place_of(const std::vector<meshroute::AnswerEndpoint>& reached) {
    if (reached.empty()) return 0;
    auto& places = by_cluster[reached.front().cluster];
    for (const std::size_t place : places) {
      if (endpoints.size() - place >= reached.size() &&
          std::equal(reached.begin(), reached.end(), endpoints.begin() + static_cast<std::ptrdiff_t>(place), same))
        return place;
    }
    const std::size_t place = endpoints.size();
    endpoints.insert(endpoints.end(), reached.begin(), reached.end());
    if (places.size() < kMostPlaces) places.push_back(place);
    return place;
  }

  static constexpr std::size_t kMostPlaces = 8;  ///< lists of one cluster that are compared; more are listed again

  std::unordered_map<std::string, char> texts;  ///< nodes, whose keys stay where they are
  std::unordered_map<std::string, std::vector<std::size_t>> by_cluster;
};

namespace {

template <class Table>
meshroute_status resolve_many(const char* name, const Table* table, const meshroute_request* const* requests, std::size_t count,
                              const meshroute_resolve_options* options, meshroute_answers* reused, meshroute_error* error) {
  return guard(error, [&]() -> meshroute_status {
    need(name, table, "reused", reused);
    if (count > 0) need("requests", requests);
    auto given = options_of(options);
    given.trace = false;
    try {
      reused->clear();
      reused->results.reserve(count);
      bool all = true;
      for (std::size_t i = 0; i < count; ++i) {
        try {
          table->value.resolve_into(request_of("request", requests[i]), reused->scratch, given);
        } catch (Refused& refused) {
          refused.message = "request " + std::to_string(i) + ": " + refused.message;
          throw;
        }
        reused->add(reused->scratch);
        all = reused->results.back().status == MESHROUTE_OK && all;
      }
      reused->index();
      return all ? MESHROUTE_OK : MESHROUTE_FINDINGS;
    } catch (...) {
      reused->clear();
      reused->scratch = meshroute::Answer{};
      throw;
    }
  });
}

}  // namespace

extern "C" {

meshroute_status meshroute_answers_new(meshroute_answers** out, meshroute_error* error) {
  return guard(error, [&] {
    need("out", out);
    *out = new meshroute_answers;
    return MESHROUTE_OK;
  });
}
void meshroute_answers_free(meshroute_answers* answers) { delete answers; }

meshroute_status meshroute_resolve_many(const meshroute_view* view, const meshroute_request* const* requests, size_t count,
                                        const meshroute_resolve_options* options, meshroute_answers* reused,
                                        meshroute_error* error) {
  return resolve_many("view", view, requests, count, options, reused, error);
}
meshroute_status meshroute_route_table_resolve_many(const meshroute_route_table* table, const meshroute_request* const* requests,
                                                    size_t count, const meshroute_resolve_options* options,
                                                    meshroute_answers* reused, meshroute_error* error) {
  return resolve_many("table", table, requests, count, options, reused, error);
}

size_t meshroute_answers_count(const meshroute_answers* answers) { return answers == nullptr ? 0 : answers->results.size(); }
const meshroute_result* meshroute_answers_results(const meshroute_answers* answers) {
  return answers == nullptr || answers->results.empty() ? nullptr : answers->results.data();
}
size_t meshroute_answers_endpoint_count(const meshroute_answers* answers) {
  return answers == nullptr ? 0 : answers->endpoints.size();
}
meshroute_status meshroute_answers_endpoint_at(const meshroute_answers* answers, size_t index, meshroute_endpoint* out,
                                               meshroute_error* error) {
  return guard(error, [&] {
    need("answers", answers, "out", out);
    return fill(struct_of(at(answers->endpoints, index), answers->labels, index), out);
  });
}

}  // extern "C"
