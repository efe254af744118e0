#pragma once

// SPDX-License-Identifier: Apache-2.0

#include "findings/rules/entry.hpp"

namespace meshroute::findings {

inline constexpr Rule kTextRules[] = {
    {.id = "TX0101",
     .name = "yaml",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "The text is YAML 1.1 as Kubernetes reads it.",
     .why = "The document cannot be read, so nothing of it is applied.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Correct the syntax at the marked place.",
     .source = "YAML as Kubernetes reads it"},
    {.id = "TX0102",
     .name = "one-document-per-chunk",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A line of `---` stands between two documents.",
     .why = "Kubernetes reads only the first document of a chunk, and the stream is refused.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
...
apiVersion: v1
kind: Namespace
metadata: {name: backend}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: backend}
)",
     .fix = "Put a line of `---` between the documents.",
     .source = "Kubernetes' splitter"},
    {.id = "TX0103",
     .name = "json",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A text that is loaded as JSON is one JSON value.",
     .why = "The document cannot be read, so nothing of it is applied.",
     .bad = R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}
)",
     .good = R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
)",
     .fix = "Correct the syntax at the marked place.",
     .source = "RFC 8259"},
    {.id = "TX0105",
     .name = "nesting-limit",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "Lists and objects nest at most 400 levels deep.",
     .why = "Deeper documents are not read, so that hostile input cannot exhaust the stack.",
     .bad = R"(# 401 brackets in the place of these
value: [[[[ … ]]]]
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
)",
     .fix = "Flatten the document.",
     .source = "meshroute limits"},
    {.id = "TX0106",
     .name = "node-limit",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A document has at most ten million values after its aliases are expanded, and its aliases repeat at most 64 MB of "
             "text.",
     .why = "Larger documents are not read, so that a few lines of aliases cannot fill the memory.",
     .bad = R"(text: &text "…"  # a million letters in the place of …
list: [*text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text, *text]
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: &labels {team: shop}}
)",
     .fix = "Split the document, or write aliases out.",
     .source = "meshroute limits"},
    {.id = "TX0107",
     .name = "size-limit",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "A text has at most 1 GiB, or the limit given at load.",
     .why = "Larger texts are not read.",
     .bad = R"(# a text that is longer than the limit
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
)",
     .fix = "Split the text into several files.",
     .source = "meshroute limits"},
    {.id = "TX0108",
     .name = "alias-share",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "Few of the values of a document come from aliases: at most 99 % of a small one, 10 % of a large one.",
     .why = "Kubernetes refuses the document, because a few lines of aliases could fill its memory.",
     .bad = R"(a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: &labels {team: shop}}
)",
     .fix = "Write aliases out.",
     .source = "Kubernetes' YAML reader"},
    {.id = "TX0109",
     .name = "document-separator",
     .severity = Severity::error,
     .layer = Layer::syntax,
     .kind = "*",
     .what = "On a line that starts with `---`, only a comment follows.",
     .why = "Kubernetes loses the document before the line.",
     .bad = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
--- {apiVersion: v1, kind: Namespace, metadata: {name: backend}}
)",
     .good = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
{apiVersion: v1, kind: Namespace, metadata: {name: backend}}
)",
     .fix = "Put the document on lines of its own.",
     .source = "Kubernetes' splitter"},
    {.id = "TX0201",
     .name = "duplicate-key",
     .severity = Severity::error,
     .layer = Layer::strict,
     .kind = "*",
     .what = "A key stands once in its mapping.",
     .why = "The last value silently wins; `istioctl validate` and `kubectl --validate=strict` refuse the document.",
     .bad = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  resolution: DNS
)",
     .good = R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
)",
     .fix = "Remove one of the two keys.",
     .source = "istioctl validate"},
};

}  // namespace meshroute::findings
