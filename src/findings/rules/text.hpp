#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kTextRules[] = {
    {.id = "TX0101",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "The text is YAML 1.1.",
     .source = "YAML as Kubernetes reads it"},
    {.id = "TX0102",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "Documents are separated by a line of --- alone.",
     .source = "Kubernetes' splitter"},
    {.id = "TX0103",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "The text is JSON.",
     .source = "RFC 8259"},
    {.id = "TX0105",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "Values nest within the limit of depth.",
     .source = "meshroute limits"},
    {.id = "TX0106",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A document stays within the limit of nodes and aliases.",
     .source = "meshroute limits"},
    {.id = "TX0107",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A text stays within the limit of bytes.",
     .source = "meshroute limits"},
    {.id = "TX0201",
     .severity = Severity::error,
     .layer = Layer::strict,
     .kind = "*",
     .what = "A key occurs once in its mapping.",
     .source = "istioctl validate"},
};

}  // namespace meshroute::findings
