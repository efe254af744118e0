// SPDX-License-Identifier: Apache-2.0
// One document through decoding, metadata, schema and strictness.
#include "schema/resource_reader.hpp"

#include <algorithm>

#include "schema/reading.hpp"

namespace meshroute::schema {

namespace {

using text::Kind;
using text::Node;

/// Go's decoder finds struct fields whatever their case; of several the last wins, and they come sorted by their bytes.
const text::Member* member_of_any_case(const Node& root, std::string_view key) {
  const text::Member* found = nullptr;
  for (const text::Member& member : root.members) {
    if (equal_fold(member.key, key) && (found == nullptr || member.key > found->key)) found = &member;
  }
  return found;
}

void report(ReadResource& result, RuleId rule, std::string path, text::Position position, std::string message,
            std::string hint = {}) {
  result.findings.push_back({rule, std::move(path), position, std::move(message), std::move(hint)});
}

void split_api_version(std::string_view api_version, std::string_view& group, std::string_view& version, bool& good) {
  const std::size_t slash = api_version.find('/');
  good = true;
  if (slash == std::string_view::npos) {
    version = api_version;
    return;
  }
  group = api_version.substr(0, slash);
  version = api_version.substr(slash + 1);
  if (version.find('/') != std::string_view::npos) {
    good = false;
    group = version = {};
  }
}

void read_status(const Node& root, ReadResource& result) {
  const Node* status = root.find("status");
  if (status == nullptr || !status->is_object()) return;
  if (const Node* addresses = status->find("addresses"); addresses != nullptr && addresses->is_list()) {
    for (const Node& address : addresses->items) {
      if (!address.is_object()) continue;
      StatusAddress& added = result.resource.status_addresses.emplace_back();
      if (const Node* value = address.find("value"); value != nullptr && value->is_string()) added.value = value->text;
      if (const Node* host = address.find("host"); host != nullptr && host->is_string()) added.host = host->text;
    }
  }
  if (const Node* conditions = status->find("conditions"); conditions != nullptr && conditions->is_list()) {
    for (const Node& condition : conditions->items) {
      const Node* type = condition.is_object() ? condition.find("type") : nullptr;
      const Node* value = condition.is_object() ? condition.find("status") : nullptr;
      if (type != nullptr && type->is_string() && value != nullptr && value->is_string()) {
        result.resource.conditions[std::string(type->text)] = value->text;
      }
    }
  }
}

/// Members of a status' messages that the CRD does not know; the status itself keeps what it does not know.
void find_unknown_in_status(const Node& status, ReadResource& result) {
  const auto check = [&result](const Node& object, const std::string& path, std::initializer_list<std::string_view> known) {
    for (const text::Member& member : object.members) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      result.unknown_fields.push_back(path + "." + std::string(member.key));
      report(result, "ST0101", result.unknown_fields.back(), member.key_position,
             "unknown field `" + std::string(member.key) + "`: the API server drops it", {});
    }
  };
  const auto each = [&status, &check](const char* key, const auto& visit) {
    const Node* list = status.find(key);
    if (list != nullptr && list->is_object()) check(*list, "status." + std::string(key), {});
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i)
      visit(list->items[i], "status." + std::string(key) + "[" + std::to_string(i) + "]");
  };
  each("conditions", [&](const Node& item, const std::string& path) {
    check(item, path, {"lastProbeTime", "lastTransitionTime", "message", "observedGeneration", "reason", "status", "type"});
  });
  each("validationMessages", [&](const Node& item, const std::string& path) {
    check(item, path, {"documentationUrl", "level", "type"});
    if (const Node* type = item.find("type")) check(*type, path + ".type", {"code", "name"});
  });
}

void read_istio(const Node& root, const KindOps& ops, ReadResource& result, SharedValues* values) {
  const Node* spec = root.find("spec");
  const text::Member* decoded_spec = member_of_any_case(root, "spec");

  for (const text::Member& member : root.members) {
    const bool exact = member.key == "apiVersion" || member.key == "kind" || member.key == "metadata" || member.key == "spec" ||
                       member.key == "status";
    if (exact) continue;
    result.unknown_top_level = true;  // the webhook's decoder minds the case
    result.unknown_fields.emplace_back(member.key);
    const std::string_view near = nearest(member.key, {"apiVersion", "kind", "metadata", "spec", "status"});
    report(result, "ST0101", std::string(member.key), member.key_position,
           "unknown field `" + std::string(member.key) + "`: the API server drops it",
           near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
  }

  {
    Walk walk(&result.findings);
    walk.values = values;
    Walk::Step step(walk, "spec");
    result.resource.spec = ops.decode(decoded_spec == nullptr ? nullptr : &decoded_spec->value, walk, true);
    if (walk.failed) result.decode = false;
  }

  // Schema: prune, drop nulls, then OpenAPI and CEL.
  Walk walk(&result.findings);
  Walk::Step step(walk, "spec");
  if (spec == nullptr || spec->kind == Kind::null) {
    if (ops.spec_required) {
      walk.report("SC0101", root.position, "`spec` is required");
    }
  } else {
    Pruning pruning;
    find_unknown(*spec, ops.message(), walk, pruning);
    const Node* checked = spec;
    text::Arena arena;
    Node pruned;
    if (pruning.dirty) {
      pruned = prune(*spec, ops.message(), arena);
      checked = &pruned;
    }
    if (pruning.dirty || (decoded_spec != nullptr && &decoded_spec->value != spec)) {
      Walk silent(nullptr);
      silent.values = values;
      Spec decoded = ops.decode(checked, silent, false);
      if (!silent.failed) result.pruned_spec = std::move(decoded);
    }
    validate(*checked, ops.message(), walk);
    for (std::string& path : pruning.unknown) result.unknown_fields.push_back(std::move(path));
  }
  if (spec == nullptr && decoded_spec != nullptr) {
    Walk silent(nullptr);
    result.pruned_spec = ops.decode(nullptr, silent, false);
  }
  if (const Node* status = root.find("status")) {
    Walk status_walk(&result.findings);
    Walk::Step status_step(status_walk, "status");
    validate_status(*status, status_walk);
    if (status_walk.failed) result.schema = false;
    find_unknown_in_status(*status, result);
  }
  if (walk.failed) result.schema = false;
  read_status(root, result);
}

void refuse(ReadResource& result) { result.decode = result.metadata = result.schema = false; }

}  // namespace

ReadResource read_resource(const text::Document& document, SharedValues* values) {
  ReadResource result;
  result.resource.origin.offset = document.offset;
  result.resource.origin.size = document.size;
  result.resource.origin.line = document.line;
  const auto add_problem = [&](const text::Problem& problem) {
    report(result, findings::rule_of(problem.rule), {}, problem.position, problem.message, problem.hint);
    result.findings.back().related_position = problem.related;
    result.findings.back().related_message = problem.related_message;
  };
  for (const text::Problem& problem : document.errors) add_problem(problem);
  for (const text::Problem& problem : document.duplicates) {
    add_problem(problem);
    result.strict = false;
  }
  if (!document.readable || !document.errors.empty()) {
    refuse(result);
    result.strict = false;
    if (result.findings.empty()) report(result, "DC0101", {}, {document.line, 1}, "the document cannot be read");
    return result;
  }
  const Node& root = document.root;
  const text::Position start = root.position.line == 0 ? text::Position{document.line, 1} : root.position;
  if (!root.is_object()) {
    refuse(result);
    report(result, "DC0101", {}, start, "a Kubernetes object is wanted, found " + std::string(describe(root.kind)));
    return result;
  }
  const text::Member* kind = member_of_any_case(root, "kind");
  const text::Member* api_version = member_of_any_case(root, "apiVersion");
  Identity& identity = result.resource.identity;
  bool good = true;
  const auto absent = [](const text::Member* member) { return member == nullptr || member->value.kind == Kind::null; };
  const bool neither = absent(kind) && absent(api_version);
  if (neither) report(result, "DC0101", {}, start, "`apiVersion` and `kind` are missing: this is no Kubernetes object");
  for (const auto& [member, name] : {std::pair{kind, "kind"}, std::pair{api_version, "apiVersion"}}) {
    if (member == nullptr || member->value.kind == Kind::null || (member->value.is_string() && member->value.text.empty())) {
      if (!neither)
        report(result, "DC0101", name, member == nullptr ? start : member->value.position,
               "`" + std::string(name) + "` is missing: this is no Kubernetes object");
      good = false;
    } else if (!member->value.is_string()) {
      report(result, "DC0102", name, member->value.position,
             "expected a string, found " + std::string(describe(member->value.kind)));
      good = false;
    }
  }
  std::string_view kind_text, group, version;
  if (kind != nullptr && kind->value.is_string()) kind_text = kind->value.text;
  if (api_version != nullptr && api_version->value.is_string()) {
    bool split = true;
    split_api_version(api_version->value.text, group, version, split);
    if (!split && good) {
      report(result, "DC0107", "apiVersion", api_version->value.position,
             "`" + std::string(api_version->value.text) + "` is not of the form group/version");
      good = false;
    }
  }
  const text::Member* metadata = root.member("metadata");
  const text::Member* any_metadata = metadata != nullptr ? metadata : member_of_any_case(root, "metadata");

  const KindOps* ops = good ? find_kind(kind_text, group) : nullptr;
  bool named_kind = ops != nullptr;
  if (!named_kind) {
    for (const KindOps& known : istio_kinds()) named_kind = named_kind || known.kind == kind_text;
  }
  result.istio_kind = ops != nullptr;
  {
    Walk walk(&result.findings);
    walk.values = values;
    identity.kind = ops != nullptr ? ops->kind : walk.shared(kind_text);
    identity.group = ops != nullptr ? ops->group : walk.shared(group);
    Walk::Step step(walk, "metadata");
    read_metadata(any_metadata == nullptr ? nullptr : &any_metadata->value, result, walk, start);
    if (values != nullptr) {
      values->share(result.resource.metadata.labels);
      values->share(result.resource.metadata.annotations);
    }
  }
  if (identity.kind == "IstioOperator" && identity.group == "install.istio.io") {  // istioctl reads it, which needs no name
    std::erase_if(result.findings, [](const Finding& finding) { return finding.rule == RuleId("MD0101"); });
    result.metadata = result.metadata || result.findings.empty();
  }
  if (!good) {
    refuse(result);
    result.istio_kind = named_kind;
    return result;
  }
  if (ops == nullptr) {
    if (read_kubernetes(root, result)) {
      if (result.resource.as<model::Service>() != nullptr) read_status(root, result);
      result.known_kind = true;
      return result;
    }
    // A kind that Istio's groups do not have is refused; Istio's other kinds and those of other projects are not read.
    bool of_istio = false;
    for (const KindOps& known : istio_kinds()) of_istio = of_istio || known.group == identity.group;
    const bool other_kind = identity.kind == "TrafficExtension";
    const bool misplaced = named_kind && (identity.group.empty() || identity.group.ends_with(".istio.io"));
    if (misplaced || (of_istio && !other_kind)) {
      std::vector<std::string_view> names;
      for (const KindOps& known : istio_kinds()) names.push_back(known.kind);
      const std::string_view near = nearest(identity.kind, names);
      std::string hint;
      for (const KindOps& known : istio_kinds()) {
        if (known.kind == near)
          hint = "did you mean the kind `" + std::string(known.kind) + "` of `" + std::string(known.group) + "/" +
                 std::string(known.versions.front()) + "`?";
      }
      report(result, "DC0107", named_kind ? "apiVersion" : "kind",
             named_kind ? api_version->value.position : kind->value.position,
             "there is no kind `" + identity.kind + "` in the group `" + identity.group + "`", std::move(hint));
      refuse(result);
      result.istio_kind = result.known_kind = true;
    }
    return result;
  }
  result.known_kind = result.istio_kind = true;
  if (metadata == nullptr && any_metadata != nullptr) {  // Istio's decoder reads it in any case, the API server does not
    result.unknown_fields.clear();                       // of fields below it: all of it is dropped
    std::erase_if(result.findings, [](const Finding& finding) { return finding.rule == RuleId("ST0101"); });
    report(result, "MD0101", "metadata", any_metadata->key_position, "`metadata` is required", "write `metadata`");
    result.metadata = false;
  }
  read_istio(root, *ops, result, values);
  if (std::find(ops->versions.begin(), ops->versions.end(), version) == ops->versions.end()) {
    report(result, "SC0111", "apiVersion", api_version->value.position,
           "there is no version `" + std::string(version) + "` of the kind `" + identity.kind + "`",
           "use `" + identity.group + "/" + std::string(ops->versions.front()) + "`");
    result.metadata = result.schema = false;
    result.unknown_fields.clear();
  } else if (kind->key != "kind" || api_version->key != "apiVersion") {
    const text::Member* wrong = kind->key != "kind" ? kind : api_version;
    report(result, "SC0111", std::string(wrong->key), wrong->key_position,
           "the API server reads `kind` and `apiVersion` in this case only");
    result.metadata = result.schema = false;
    result.unknown_fields.clear();
  }
  if (result.dropped_metadata_fails) {
    if (!result.pruned_spec && result.decode) result.pruned_spec = result.resource.spec;
    result.decode = false;
  }
  return result;
}

}  // namespace meshroute::schema
