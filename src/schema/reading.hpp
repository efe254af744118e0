#pragma once

// SPDX-License-Identifier: Apache-2.0
// What the steps of reading one resource share.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/model/duration.hpp"
#include "schema/resource_reader.hpp"
#include "schema/shared_values.hpp"
#include "schema/table.hpp"
#include "text/go_json.hpp"
#include "text/near.hpp"
#include "text/path.hpp"

namespace meshroute::schema {

using findings::RuleId;
using text::integral;

/// A path that grows and shrinks along a walk, and the findings of that walk.
class Walk {
 public:
  explicit Walk(std::vector<Finding>* findings) : findings_(findings) {}

  /// Extends the path for as long as it lives. The key must live as long.
  class Step {
   public:
    Step(Walk& walk, std::string_view key) : walk_(walk) { walk.path_.push(key); }
    Step(Walk& walk, std::size_t index) : walk_(walk) { walk.path_.push(index); }
    template <std::same_as<std::string> Text>
    Step(Walk& walk, Text&& key) = delete;  // it would not live
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { walk_.path_.cut(walk_.path_.depth() - 1); }

   private:
    Walk& walk_;
  };

  void report(RuleId rule, text::Position position, std::string message, std::string hint = {}) {
    if (findings::rule(rule).severity == Severity::error) failed = true;
    if (findings_ == nullptr) return;
    findings_->push_back({rule, path(), position, std::move(message), std::move(hint)});
  }
  std::string path(std::size_t depth = text::Path::kWhole) const { return path_.text(depth); }
  std::size_t depth() const { return path_.depth(); }
  Finding* last() { return findings_ == nullptr || findings_->empty() ? nullptr : &findings_->back(); }

  bool failed = false;
  SharedValues* values = nullptr;  ///< null: nothing is shared
  SharedString shared(std::string_view text) const { return values != nullptr ? values->share(text) : SharedString(text); }

 private:
  text::Path path_;
  std::vector<Finding>* findings_;
};

model::Duration to_duration(std::int64_t nanoseconds);
/// "a string", "an object".
std::string_view describe(text::Kind kind);
/// The nearest of the message's names to `name`, or empty.
std::string_view nearest_name(const Message& message, std::string_view name);
using text::nearest;

/// Decodes as Istio does: unknown fields are skipped.
bool decode_message(const text::Node& node, const Message& message, void* target, Walk& walk, bool proto_names = true);

/// A decoded spec of one of Istio's kinds.
struct KindOps {
  SharedString kind, group;
  bool spec_required = false;
  std::vector<std::string_view> versions;  ///< those that the CRD serves, the newest first
  const Message& (*message)() = nullptr;
  Spec (*decode)(const text::Node* spec, Walk& walk, bool proto_names) = nullptr;
  const void* (*get)(const Spec& spec) = nullptr;
};
const KindOps* find_kind(std::string_view kind, std::string_view group);
const std::vector<KindOps>& istio_kinds();

/// The unknown fields below a node, by their paths; sets `dirty` where anything is to prune (also nulls).
struct Pruning {
  std::vector<std::string> unknown;
  bool dirty = false;
};
void find_unknown(const text::Node& node, const Message& message, Walk& walk, Pruning& pruning);
/// A copy without them; it shares what stays whole, and its lists lie in `arena`.
text::Node prune(const text::Node& node, const Message& message, text::Arena& arena);
/// OpenAPI and CEL on a pruned spec. `node` may be null (no spec).
void validate(const text::Node& node, const Message& message, Walk& walk);

/// The schema of `status`.
void validate_status(const text::Node& status, Walk& walk);
/// RFC 3339 to seconds since 1970.
std::optional<std::int64_t> parse_time(std::string_view text);

/// ObjectMeta: reads it into the resource (decode layer) and checks it (metadata layer).
void read_metadata(const text::Node* metadata, ReadResource& result, Walk& walk, text::Position root);

/// The Kubernetes kinds; false for another kind.
bool read_kubernetes(const text::Node& root, ReadResource& result);

/// Makes the names of a map in their order, so that each is appended, where there are many.
template <class Insert>
void make_names(const text::Children<text::Member>& members, const Insert& insert) {
  constexpr std::size_t kFew = 16;
  if (members.size() <= kFew) return;
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const text::Member& member : members) names.push_back(member.key);
  std::sort(names.begin(), names.end());
  for (const std::string_view name : names) insert(name);
}

/// Whether two names are one to Go's JSON decoder.
bool equal_fold(std::string_view one, std::string_view other);

}  // namespace meshroute::schema
