// SPDX-License-Identifier: Apache-2.0
// Tables whose virtual hosts are compiled when a request first meets them.
#include "routes/compiled.hpp"

namespace meshroute::routes {

LazyHosts::LazyHosts(std::shared_ptr<const HostSource> source, const LazyHosts* earlier)
    : source_(std::move(source)), slots_(std::make_unique<std::atomic<const VirtualHost*>[]>(source_->size())) {
  has_domains_ = earlier != nullptr && source_->same_domains(*earlier->source_);
  domains_ = has_domains_ ? earlier->domains_ : std::make_shared<Domains>();
  if (!has_domains_) domains_->exact.reserve(2 * source_->size());
  if (earlier == nullptr) return;
  const std::lock_guard lock(earlier->mutex_);
  for (const auto& [place, host] : earlier->made_) {
    const std::size_t here = source_->place_of(*earlier->source_, place);
    if (here == HostSource::npos) continue;
    slots_[here].store(host.get(), std::memory_order_relaxed);
    made_.emplace(here, host);
  }
}

const VirtualHost* LazyHosts::at(std::size_t host) const {
  if (const VirtualHost* there = slots_[host].load(std::memory_order_acquire)) return there;
  CompiledHost compiled = compile(source_->virtual_host(host), kDirectResponseBody);
  auto made = std::make_shared<VirtualHost>();
  if (compiled.refusals.empty()) {
    *made = std::move(compiled.host);
  } else {
    made->name = std::move(compiled.host.name);
    made->refusal = compiled.refusals.front().path + ": " + compiled.refusals.front().reason;
  }
  const std::lock_guard lock(mutex_);
  if (const VirtualHost* there = slots_[host].load(std::memory_order_relaxed)) return there;
  const VirtualHost* kept = made.get();
  made_.emplace(host, std::move(made));
  slots_[host].store(kept, std::memory_order_release);
  return kept;
}

void LazyHosts::add(std::string_view domain, std::size_t host) {
  if (text::has_upper(domain)) domain = domains_->lowered.emplace_back(lower(domain));
  domains_->exact.try_emplace(domain, host);
}

std::shared_ptr<const Table> make_table(std::string name, const std::shared_ptr<const HostSource>& source, const Table* earlier,
                                        const Reading& reading) {
  auto table = std::make_shared<Table>();
  table->name = std::move(name);
  table->ignore_port = true;
  table->reading = reading;
  auto hosts = std::make_shared<LazyHosts>(source, earlier != nullptr ? earlier->lazy.get() : nullptr);
  if (hosts->has_domains()) {
    table->suffixes = earlier->suffixes;
    table->any = earlier->any;
    table->refusal = earlier->refusal;
  }
  for (std::size_t host = 0; host < source->size() && !hosts->has_domains(); ++host) {
    const auto [domains, count] = source->domains(host);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view domain = domains[i];
      if (domain == "*") {
        if (table->any) table->refusal = "Only a single wildcard domain is permitted";
        table->any = host;
      } else if (domain.starts_with('*')) {
        table->suffixes.add(lower(domain.substr(1)), host);
      } else {
        hosts->add(domain, host);
      }
    }
  }
  table->lazy = std::move(hosts);
  return table;
}

}  // namespace meshroute::routes
