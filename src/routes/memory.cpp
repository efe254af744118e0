// SPDX-License-Identifier: Apache-2.0
// Adds up the memory that compiled route tables hold.
#include "routes/compiled.hpp"

namespace meshroute::routes {

namespace {

using text::Heap;

void count_part(Heap& heap, const std::optional<match::Regex>& regex) {
  if (regex) heap.block(regex->bytes());
}

void count_part(Heap& heap, const StringMatch& match) {
  heap.text(match.value);
  count_part(heap, match.regex);
}

/// Matches of headers, of parameters.
template <class Match>
void count_part(Heap& heap, const std::vector<Match>& matches) {
  heap.list(matches);
  for (const Match& match : matches) {
    heap.text(match.name);
    count_part(heap, match.value);
  }
}

void count_part(Heap& heap, const std::vector<FormatPart>& parts) {
  heap.list(parts);
  for (const FormatPart& part : parts) heap.texts({&part.text, &part.alternative});
}

void count_part(Heap& heap, const Mutations& mutations) {
  for (const HeaderOperations* operations : {&mutations.request, &mutations.response}) {
    heap.texts(operations->remove);
    heap.list(operations->add);
    for (const HeaderAdd& add : operations->add) {
      heap.text(add.name);
      count_part(heap, add.value);
    }
  }
}

void count_part(Heap& heap, const Filters& filters) {
  if (filters.fault) count_part(heap, filters.fault->headers);
  if (!filters.cors) return;
  const Cors& cors = *filters.cors;
  heap.list(cors.origins);
  for (const StringMatch& origin : cors.origins) count_part(heap, origin);
  heap.texts({&cors.allow_methods, &cors.allow_headers, &cors.max_age, &cors.expose_headers});
}

void count_part(Heap& heap, const PathRewrite& rewrite) {
  heap.texts({&rewrite.prefix, &rewrite.substitution});
  count_part(heap, rewrite.format);
  count_part(heap, rewrite.regex);
}

void count_part(Heap& heap, const std::vector<Mirror>& mirrors) {
  heap.list(mirrors);
  for (const Mirror& mirror : mirrors) heap.text(mirror.cluster);
}

void count_part(Heap& heap, const Route& route) {
  heap.texts({&route.name, &route.config, &route.resource, &route.resource_path, &route.path, &route.cluster_header,
              &route.direct_text, &route.host_rewrite, &route.host_rewrite_header, &route.host_rewrite_substitution,
              &route.timeout, &route.retries});
  count_part(heap, route.path_regex);
  count_part(heap, route.host_rewrite_regex);
  count_part(heap, route.headers);
  count_part(heap, route.query);
  heap.list(route.claims);
  for (const ClaimMatch& claim : route.claims) {
    heap.texts(claim.path);
    count_part(heap, claim.value);
  }
  heap.list(route.destinations);
  for (const Destination& destination : route.destinations) {
    heap.texts({&destination.name, &destination.host_rewrite});
    count_part(heap, destination.mutations);
    count_part(heap, destination.filters);
  }
  if (const auto& redirect = route.redirect) {
    heap.texts({&redirect->text, &redirect->scheme, &redirect->host, &redirect->path});
    count_part(heap, redirect->rewrite);
  }
  count_part(heap, route.rewrite);
  count_part(heap, route.mirrors);
  count_part(heap, route.mutations);
  count_part(heap, route.filters);
}

}  // namespace

void PathIndex::count(Heap& heap) const {
  const auto count_paths = [&heap](const Paths& paths) {
    heap.table(paths);
    for (const auto& [path, routes] : paths) {
      heap.text(path);
      heap.list(routes);
    }
  };
  count_paths(exact_);
  heap.list(prefixes_);
  for (const auto& [length, paths] : prefixes_) count_paths(paths);
  heap.list(any_);
}

void LazyHosts::count(Heap& heap) const {
  heap.block(source_->size() * sizeof slots_[0]);
  if (heap.shared(domains_)) {
    heap.table(domains_->exact);
    heap.list(domains_->lowered);
    for (const std::string& domain : domains_->lowered) heap.text(domain);
  }
  const std::lock_guard lock(mutex_);
  heap.table(made_);
  for (const auto& [place, host] : made_) {
    if (!heap.shared(host)) continue;
    heap.texts({&host->name, &host->retries, &host->refusal});
    heap.list(host->routes);
    for (const Route& route : host->routes) count_part(heap, route);
    host->by_path.count(heap);
    count_part(heap, host->mirrors);
    count_part(heap, host->mutations);
    count_part(heap, host->filters);
  }
}

void count(Heap& heap, const Table& table) {
  heap.texts({&table.name, &table.refusal});
  if (heap.shared(table.lazy)) table.lazy->count(heap);
}

}  // namespace meshroute::routes
