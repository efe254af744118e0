// SPDX-License-Identifier: Apache-2.0
// Storage of an answer that the next request reuses.
#include "routes/reuse.hpp"

#include <memory>
#include <utility>

namespace meshroute::routes {

namespace {

constexpr std::size_t kBuffer = 16384;

struct ThreadBuffer {
  std::unique_ptr<std::byte[]> bytes;
  bool in_use = false;
};

ThreadBuffer& thread_buffer() {
  thread_local ThreadBuffer buffer;
  return buffer;
}

bool acquire() {
  ThreadBuffer& buffer = thread_buffer();
  if (buffer.in_use) return false;
  if (buffer.bytes == nullptr) buffer.bytes = std::make_unique<std::byte[]>(kBuffer);
  return buffer.in_use = true;
}

/// Parts of answers that were emptied on this thread.
Answer& spare() {
  thread_local Answer answer;
  return answer;
}

template <class List>
void set_aside(List& list, List& kept) {
  if (kept.capacity() == 0 && list.capacity() != 0) kept = std::move(list);
  list.clear();
}

template <class Part>
void set_aside(std::optional<Part>& part, std::optional<Part>& kept) {
  std::optional<Part> before = std::exchange(part, std::nullopt);
  if (before && !kept) kept = std::move(before);
}

template <class List>
List& bring_back(List& list, List& kept) {
  if (list.capacity() == 0) list = std::exchange(kept, {});
  return list;
}

template <class Part>
Part& bring_back(std::optional<Part>& part, std::optional<Part>& kept) {
  if (part) return *part;
  if (!kept) return part.emplace();
  part = std::exchange(kept, std::nullopt);
  return *part;
}

}  // namespace

Scratch::Scratch()
    : owns_(acquire()),
      memory_(owns_ ? thread_buffer().bytes.get() : nullptr, owns_ ? kBuffer : 0, std::pmr::new_delete_resource()) {}

Scratch::~Scratch() {
  memory_.release();
  if (owns_) thread_buffer().in_use = false;
}

void put_aside(Answer& answer) {
  for (std::string* text : {&answer.outcome, &answer.listener, &answer.filter_chain, &answer.route_config, &answer.virtual_host,
                            &answer.route, &answer.config, &answer.cluster, &answer.redirect, &answer.error, &answer.path,
                            &answer.authority, &answer.timeout, &answer.retries, &answer.picked_cluster, &answer.picked_endpoint})
    text->clear();
  answer.filter_chain_index.reset();
  answer.route_index.reset();
  answer.direct_response.reset();
  answer.grpc_status.reset();
  answer.trace.clear();
  answer.because.clear();
  answer.failure_percent = 0;
  for (std::string* text : {&answer.upstream_tls.mode, &answer.upstream_tls.sni, &answer.upstream_tls.why}) text->clear();
  Answer& kept = spare();
  set_aside(answer.weighted_clusters, kept.weighted_clusters);
  set_aside(answer.endpoints, kept.endpoints);
  set_aside(answer.mirrors, kept.mirrors);
  set_aside(answer.upstream_tls.sans, kept.upstream_tls.sans);
  set_aside(answer.upstream_request, kept.upstream_request);
  set_aside(answer.response, kept.response);
}

std::vector<WeightedCluster>& weighted_clusters_of(Answer& answer) {
  return bring_back(answer.weighted_clusters, spare().weighted_clusters);
}
std::vector<AnswerEndpoint>& endpoints_of(Answer& answer) { return bring_back(answer.endpoints, spare().endpoints); }
std::vector<std::string>& mirrors_of(Answer& answer) { return bring_back(answer.mirrors, spare().mirrors); }
std::vector<std::string>& upstream_sans_of(Answer& answer) {
  return bring_back(answer.upstream_tls.sans, spare().upstream_tls.sans);
}
UpstreamRequest& upstream_request_of(Answer& answer) { return bring_back(answer.upstream_request, spare().upstream_request); }
void drop_upstream_request(Answer& answer) { set_aside(answer.upstream_request, spare().upstream_request); }
Response& response_of(Answer& answer) { return bring_back(answer.response, spare().response); }

}  // namespace meshroute::routes
