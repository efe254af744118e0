// SPDX-License-Identifier: Apache-2.0
// What Istio's webhook says of a Telemetry.

#include <algorithm>

#include "admission/common.hpp"
#include "match/cel.hpp"

namespace meshroute::admission {
namespace {

using model::Telemetry;

void check_providers(Walk& walk, const std::vector<Telemetry::ProviderRef>& providers) {
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const Walk::Step step(walk, "providers", i);
    if (providers[i].name.empty()) walk.error_at("name", "TE0101", "the name of a provider must not be empty");
  }
}

/// Of two members of a oneof the last one is kept, as in the decoder.
void check_tag(Walk& walk, const std::string& name, const Telemetry::Tracing::CustomTag& tag) {
  if (name.empty()) walk.error("TE0103", "the name of a tag must not be empty");
  const Walk::Step step(walk, name);
  if (tag.literal && tag.literal->value.empty())
    walk.error_at("literal", "TE0103", "the value of a literal tag must not be empty");
  if (tag.environment && tag.environment->name.empty()) {
    walk.error_at("environment", "TE0103", "the name of an environment variable must not be empty");
  }
  if (tag.header && tag.header->name.empty()) walk.error_at("header", "TE0103", "the name of a header must not be empty");
}

void check_tracing(Walk& walk, const std::vector<Telemetry::Tracing>& tracing) {
  if (tracing.size() > 1) {
    walk.warn_at("tracing", "TE0106", "Istio reads only one item of tracing", "put all into one item");
  }
  for (std::size_t i = 0; i < tracing.size(); ++i) {
    const Walk::Step step(walk, "tracing", i);
    const Telemetry::Tracing& each = tracing[i];
    if (each.providers.size() > 1) walk.warn_at("providers", "TE0106", "Istio traces to one provider only", "name one provider");
    check_providers(walk, each.providers);
    const double share = each.random_sampling_percentage.value_or(0);
    if (share < 0 || share > 100) {
      walk.error_at("randomSamplingPercentage", "TE0102", "randomSamplingPercentage must be in range [0.0, 100.0]");
    }
    const Walk::Step tags(walk, "customTags");
    for (const auto& [name, tag] : each.custom_tags) check_tag(walk, name, tag);
  }
}

void check_override(Walk& walk, const Telemetry::MetricsOverrides& metrics) {
  using Tag = Telemetry::MetricsOverrides::TagOverride;
  {
    const Walk::Step tags(walk, "tagOverrides");
    for (const auto& [name, tag] : metrics.tag_overrides) {
      if (name.empty()) walk.warn("TE0107", "the name of a tag must not be empty");
      const Walk::Step step(walk, name);
      if (tag.operation == Tag::Operation::UPSERT && tag.value.empty()) {
        walk.error("TE0104", "a tag that is set (UPSERT) needs a value", "write `value`, an expression such as request.host");
      } else if (tag.operation == Tag::Operation::REMOVE && !tag.value.empty()) {
        walk.error("TE0104", "a tag that is removed has no value", "remove `value`");
      }
    }
  }
  if (metrics.match && metrics.match->custom_metric && metrics.match->custom_metric->empty()) {
    walk.error_at("match.customMetric", "TE0105", "customMetric must not be empty");
  }
}

void check_filter(Walk& walk, const std::optional<Telemetry::AccessLogging::Filter>& filter) {
  if (!filter) return;
  const std::string problem = match::cel_problem(filter->expression);
  if (!problem.empty()) {
    walk.error_at("filter.expression", "TE0108", "no CEL expression: " + problem, "write one such as response.code >= 400");
  }
}

}  // namespace

void validate_telemetry(Walk& walk, const Telemetry& telemetry) {
  check_policy_targets(walk, telemetry.selector, telemetry.target_ref, telemetry.target_refs);
  for (std::size_t i = 0; i < telemetry.metrics.size(); ++i) {
    const Walk::Step step(walk, "metrics", i);
    check_providers(walk, telemetry.metrics[i].providers);
    for (std::size_t at = 0; at < telemetry.metrics[i].overrides.size(); ++at) {
      const Walk::Step inner(walk, "overrides", at);
      check_override(walk, telemetry.metrics[i].overrides[at]);
    }
  }
  check_tracing(walk, telemetry.tracing);
  for (std::size_t i = 0; i < telemetry.access_logging.size(); ++i) {
    const Walk::Step step(walk, "accessLogging", i);
    check_providers(walk, telemetry.access_logging[i].providers);
    check_filter(walk, telemetry.access_logging[i].filter);
  }
}

}  // namespace meshroute::admission
