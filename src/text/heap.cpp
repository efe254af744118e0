// SPDX-License-Identifier: Apache-2.0
// Adds up the memory of texts, maps and JSON values.
#include "text/heap.hpp"

#include <algorithm>

#include "text/json_tree.hpp"

namespace meshroute::text {

void Heap::blocks(std::size_t count, std::size_t size) {
  constexpr std::size_t kStep = 2 * sizeof(void*), kOwn = sizeof(void*);  // malloc's steps, and what it adds
  bytes_ += count * std::max(2 * kStep, (size + kOwn + kStep - 1) / kStep * kStep);
}

bool Heap::first(const void* shared) { return shared != nullptr && met_.insert(shared).second; }

void Heap::text(const std::string& text) {
  static const std::size_t within = std::string().capacity();
  if (text.capacity() > within) block(text.capacity() + 1);
}

void Heap::text(const SharedString& text) {
  if (text.empty() || !first(&text.string())) return;
  block(sizeof(std::string) + 2 * sizeof(std::uint32_t));
  this->text(text.string());
}

void Heap::texts(std::initializer_list<const std::string*> texts) {
  for (const std::string* each : texts) text(*each);
}

void Heap::texts(const std::vector<std::string>& texts) {
  list(texts);
  for (const std::string& each : texts) text(each);
}

void Heap::labels(const Labels& labels) {
  if (labels.empty() || !first(labels.begin())) return;
  block(kControl + labels.size() * sizeof *labels.begin());
  for (const auto& [name, value] : labels) {
    text(name);
    text(value);
  }
}

void Heap::ports(const model::Map<std::uint32_t>& ports) {
  if (ports.empty() || !first(ports.begin())) return;
  block(kControl + ports.size() * sizeof *ports.begin());
  for (const auto& [name, port] : ports) text(name);
}

void Heap::json(const Json& json) {
  text(json.text());
  const auto& members = json.items();
  list(members);
  for (const auto& [name, value] : members) {
    text(name);
    this->json(value);
  }
  const auto& items = json.list();
  list(items);
  for (const Json& item : items) this->json(item);
}

}  // namespace meshroute::text
