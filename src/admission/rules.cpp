// SPDX-License-Identifier: Apache-2.0
// One table of all rules, joined of those of the rooms.

#include "admission/rules.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "analysis/rules.hpp"
#include "meshroute/diagnostic.hpp"
#include "schema/rules.hpp"

namespace meshroute {
namespace {

constexpr Rule kTextRules[] = {
    {"TX0101", "*", Layer::syntax, Severity::error, "The text is YAML 1.1.", "YAML as Kubernetes reads it"},
    {"TX0102", "*", Layer::syntax, Severity::error, "Documents are separated by a line of --- alone.", "Kubernetes' splitter"},
    {"TX0103", "*", Layer::syntax, Severity::error, "The text is JSON.", "RFC 8259"},
    {"TX0105", "*", Layer::syntax, Severity::error, "Values nest within the limit of depth.", "meshroute limits"},
    {"TX0106", "*", Layer::syntax, Severity::error, "A document stays within the limit of nodes and aliases.",
     "meshroute limits"},
    {"TX0107", "*", Layer::syntax, Severity::error, "A text stays within the limit of bytes.", "meshroute limits"},
    {"TX0108", "*", Layer::syntax, Severity::error, "Few of a document's values come from aliases.", "Kubernetes' YAML reader"},
    {"TX0109", "*", Layer::syntax, Severity::error, "Only a comment follows --- on its line.", "Kubernetes' splitter"},
    {"TX0201", "*", Layer::strict, Severity::error, "A key occurs once in its mapping.", "istioctl validate"},
};

std::vector<Rule> join() {
  std::vector<Rule> all;
  all.reserve(std::size(kTextRules) + std::size(schema::kRules) + std::size(admission::kRules) + std::size(analysis::kRules));
  all.insert(all.end(), std::begin(kTextRules), std::end(kTextRules));
  all.insert(all.end(), std::begin(schema::kRules), std::end(schema::kRules));
  all.insert(all.end(), std::begin(admission::kRules), std::end(admission::kRules));
  all.insert(all.end(), std::begin(analysis::kRules), std::end(analysis::kRules));
  std::sort(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  all.erase(std::unique(all.begin(), all.end(), [](const Rule& a, const Rule& b) { return a.id == b.id; }), all.end());
  return all;
}

}  // namespace

std::span<const Rule> rules() {
  static const std::vector<Rule> all = join();
  return all;
}

}  // namespace meshroute
