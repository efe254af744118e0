// SPDX-License-Identifier: Apache-2.0
// ObjectMeta: the parts that are kept, and Kubernetes' rules on it.
#include <algorithm>

#include "schema/reading.hpp"
#include "text/case.hpp"

namespace meshroute::schema {

bool equal_fold(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  for (std::size_t at = 0; at < one.size(); ++at) {
    const auto lower = [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    if (lower(one[at]) != lower(other[at])) return false;
  }
  return true;
}

namespace {

using namespace std::string_view_literals;
using text::lower;

using text::Kind;
using text::Node;

bool lower_or_digit(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'); }
bool letter_or_digit(char letter) { return lower_or_digit(letter) || (letter >= 'A' && letter <= 'Z'); }

bool dns_label(std::string_view text) {
  if (text.empty() || !lower_or_digit(text.front()) || !lower_or_digit(text.back())) return false;
  for (const char letter : text) {
    if (!lower_or_digit(letter) && letter != '-') return false;
  }
  return true;
}

bool dns_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!dns_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool name_part(std::string_view text) {
  if (text.empty() || text.size() > 63 || !letter_or_digit(text.front()) || !letter_or_digit(text.back())) return false;
  for (const char letter : text) {
    if (!letter_or_digit(letter) && letter != '-' && letter != '_' && letter != '.') return false;
  }
  return true;
}

bool qualified_name(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return name_part(key);
  return dns_subdomain(key.substr(0, slash)) && name_part(key.substr(slash + 1));
}

bool two_digits(std::string_view text, std::size_t at, int& value) {
  if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9') return false;
  value = (text[at] - '0') * 10 + (text[at + 1] - '0');
  return true;
}

struct Reader {
  ReadResource& result;
  Walk& walk;
  const Node& metadata;
  text::Position root;

  void fail_type(const Node& node, std::string_view wanted) {
    std::string hint;
    if (wanted == "a string" && !node.text.empty()) hint = "put it in quotes: \"" + std::string(node.text) + "\"";
    walk.report("DC0102", node.position, "expected " + std::string(wanted) + ", found " + std::string(describe(node.kind)),
                std::move(hint));
    result.decode = result.metadata = false;
  }

  const Node* get(std::string_view key) {
    const Node* node = metadata.find(key);
    return node == nullptr || node->kind == Kind::null ? nullptr : node;
  }

  std::string_view string_of(std::string_view key) {
    const Node* node = get(key);
    if (node == nullptr) return {};
    if (!node->is_string()) {
      Walk::Step step(walk, key);
      fail_type(*node, "a string");
      return {};
    }
    return node->text;
  }

  void map_of(std::string_view key, Labels& into) {
    const Node* node = get(key);
    if (node == nullptr) return;
    Walk::Step step(walk, key);
    if (!node->is_object()) return fail_type(*node, "an object");
    into.reserve(node->members.size());
    make_names(node->members, [&](std::string_view name) { into[walk.shared(name)]; });
    for (const text::Member& member : node->members) {
      if (member.value.kind == Kind::null) {
        into[walk.shared(member.key)];
      } else if (member.value.is_string()) {
        into[walk.shared(member.key)] = std::string(member.value.text);
      } else {
        Walk::Step inner(walk, member.key);
        fail_type(member.value, "a string");
      }
    }
  }

  void bad(RuleId rule, text::Position position, std::string message, std::string hint = {}) {
    walk.report(rule, position, std::move(message), std::move(hint));
    result.metadata = false;
  }

  text::Position key_of(const Node& map, std::string_view key) {
    const text::Member* member = map.member(key);
    return member == nullptr ? map.position : member->key_position;
  }

  void check_maps() {
    if (const Node* labels = get("labels"); labels != nullptr && labels->is_object()) {
      Walk::Step step(walk, "labels");
      for (const auto& [key, value] : result.resource.metadata.labels) {
        Walk::Step inner(walk, key);
        if (!qualified_name(key)) bad("MD0104", key_of(*labels, key), "the label key `" + key + "` is not a qualified name");
        if (!value.empty() && !name_part(value)) {
          const Node* node = labels->find(key);
          bad("MD0105", node == nullptr ? labels->position : node->position, "the label value `" + value + "` is not allowed",
              "at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends");
        }
      }
    }
    if (const Node* annotations = get("annotations"); annotations != nullptr && annotations->is_object()) {
      Walk::Step step(walk, "annotations");
      std::size_t total = 0;
      for (const auto& [key, value] : result.resource.metadata.annotations) {
        total += key.size() + value.size();
        Walk::Step inner(walk, key);
        if (!qualified_name(lower(key)))
          bad("MD0106", key_of(*annotations, key), "the annotation key `" + key + "` is not a qualified name");
      }
      if (total > std::size_t{256} * 1024) bad("MD0107", annotations->position, "the annotations are larger than 262144 bytes");
    }
  }

  void read() {
    Identity& identity = result.resource.identity;
    Metadata& kept = result.resource.metadata;
    identity.name = std::string(string_of("name"));
    if (const std::string_view space = string_of("namespace"); !space.empty()) identity.namespace_ = walk.shared(space);
    const std::string_view generate = string_of("generateName");
    for (const auto key : {"uid"sv, "resourceVersion"sv, "selfLink"sv}) string_of(key);
    map_of("labels", kept.labels);
    map_of("annotations", kept.annotations);
    for (const auto key : {"creationTimestamp"sv, "deletionTimestamp"sv}) {
      const std::string_view text = string_of(key);
      if (get(key) == nullptr || !get(key)->is_string()) continue;
      const auto time = parse_time(text);
      if (!time) {
        Walk::Step step(walk, key);
        walk.report("DC0108", get(key)->position, "`" + std::string(text) + "` is not an RFC 3339 time");
        result.decode = result.metadata = false;
        continue;
      }
      if (key == "creationTimestamp") kept.creation_timestamp = *time;
      if (key == "deletionTimestamp") kept.deleting = true;
    }
    if (const Node* generation = get("generation")) {
      Walk::Step step(walk, "generation");
      if (!integral(*generation)) {
        fail_type(*generation, "an integer");
      } else if (*integral(*generation) < 0) {
        bad("MD0108", generation->position, "`generation` must not be negative");
      }
    }
    if (const Node* finalizers = get("finalizers")) {
      Walk::Step step(walk, "finalizers");
      if (!finalizers->is_list()) {
        fail_type(*finalizers, "a list");
      } else {
        for (std::size_t index = 0; index < finalizers->items.size(); ++index) {
          const Node& item = finalizers->items[index];
          Walk::Step inner(walk, index);
          if (item.kind != Kind::string && item.kind != Kind::null) {
            fail_type(item, "a string");
          } else if (!qualified_name(item.text)) {
            bad("MD0109", item.position, "the finalizer `" + std::string(item.text) + "` is not a qualified name");
          }
        }
      }
    }
    for (const auto key : {"ownerReferences"sv, "managedFields"sv}) {
      const Node* list = get(key);
      if (list == nullptr) continue;
      Walk::Step step(walk, key);
      if (!list->is_list()) {
        fail_type(*list, "a list");
        continue;
      }
      if (key == "ownerReferences") read_owners(*list);
    }
    check(generate);
    read_folded();
    if (result.decode && result.istio_kind) find_unknown();
  }

  /// Istio's decoder, unlike the API server, finds the fields in any case: what it sees is what the webhook's rules look at.
  void read_folded() {
    const bool metadata_held = result.metadata, decode_held = result.decode;  // the API server drops such fields
    for (const text::Member& member : metadata.members) {
      const auto folded = [&](std::string_view key) { return member.key != key && equal_fold(member.key, key); };
      if (member.value.kind == Kind::null) continue;
      for (const auto key : {"name"sv, "namespace"sv, "generateName"sv, "uid"sv, "resourceVersion"sv, "selfLink"sv}) {
        if (!folded(key)) continue;
        if (member.value.is_string()) {
          if (key == "name") result.resource.identity.name = member.value.text;
          continue;
        }
        Walk::Step step(walk, member.key);
        fail_type(member.value, "a string");
      }
      if ((folded("labels") || folded("annotations")) && !result.pruned_metadata)
        result.pruned_metadata = result.resource.metadata;
      if (folded("labels")) map_of(member.key, result.resource.metadata.labels);
      if (folded("annotations")) map_of(member.key, result.resource.metadata.annotations);
    }
    result.metadata = metadata_held;
    result.dropped_metadata_fails = decode_held && !result.decode;
    result.decode = decode_held;
  }

  void find_unknown() {
    static const std::vector<std::string_view> known = {"name",
                                                        "generateName",
                                                        "namespace",
                                                        "selfLink",
                                                        "uid",
                                                        "resourceVersion",
                                                        "generation",
                                                        "creationTimestamp",
                                                        "deletionTimestamp",
                                                        "deletionGracePeriodSeconds",
                                                        "labels",
                                                        "annotations",
                                                        "ownerReferences",
                                                        "finalizers",
                                                        "managedFields"};
    find_unknown(metadata, known);
    find_unknown_in("ownerReferences", {"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"});
    find_unknown_in("managedFields", {"manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"});
  }

  void find_unknown(const Node& object, const std::vector<std::string_view>& known) {
    for (const text::Member& member : object.members) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      Walk::Step step(walk, member.key);
      result.unknown_fields.push_back(walk.path());
      const std::string_view near = nearest(member.key, known);
      walk.report("ST0101", member.key_position, "unknown field `" + std::string(member.key) + "`: the API server drops it",
                  near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
    }
  }

  void find_unknown_in(std::string_view key, const std::vector<std::string_view>& known) {
    const Node* list = get(key);
    if (list == nullptr) return;
    Walk::Step step(walk, key);
    for (std::size_t index = 0; index < list->items.size(); ++index) {
      Walk::Step inner(walk, index);
      find_unknown(list->items[index], known);
    }
  }

  void read_owners(const Node& list) {
    bool controlled = false;
    for (std::size_t index = 0; index < list.items.size(); ++index) {
      const Node& owner = list.items[index];
      Walk::Step step(walk, index);
      if (!owner.is_object()) {
        if (owner.kind != Kind::null) fail_type(owner, "an object");
        continue;
      }
      for (const auto key : {"apiVersion"sv, "kind"sv, "name"sv, "uid"sv}) {
        const Node* node = owner.find(key);
        Walk::Step inner(walk, key);
        if (node != nullptr && node->kind != Kind::string && node->kind != Kind::null) {
          fail_type(*node, "a string");
        } else if (node == nullptr || node->text.empty() || node->kind == Kind::null) {
          bad("MD0110", node == nullptr ? owner.position : node->position, "an owner reference wants `" + std::string(key) + "`");
        }
      }
      for (const auto key : {"controller"sv, "blockOwnerDeletion"sv}) {
        const Node* node = owner.find(key);
        Walk::Step inner(walk, key);
        if (node == nullptr || node->kind == Kind::null) continue;
        if (node->kind != Kind::boolean) {
          fail_type(*node, "a boolean");
        } else if (key == "controller" && node->boolean) {
          if (controlled) bad("MD0110", node->position, "only one owner can be the controller");
          controlled = true;
        }
      }
    }
  }

  void check(std::string_view generate) {
    const Identity& identity = result.resource.identity;
    const Node* name = get("name");
    if (identity.name.empty()) {
      Walk::Step step(walk, "name");
      bad("MD0101", name == nullptr ? metadata.position : name->position, "`name` is required");
    } else if (!dns_subdomain(identity.name)) {
      Walk::Step step(walk, "name");
      bad("MD0102", name->position, "the name `" + identity.name + "` is not a DNS subdomain",
          "at most 253 lower case letters, digits, '-' or '.', with a letter or digit at both ends of each part");
    }
    if (!generate.empty()) {
      // A trailing dash is where the suffix goes.
      std::string masked(generate);
      if (masked.size() > 1 && masked.back() == '-') masked.back() = 'a';
      if (!dns_subdomain(masked)) {
        Walk::Step step(walk, "generateName");
        bad("MD0102", get("generateName")->position, "`generateName` does not start a DNS subdomain");
      }
    }
    if (const Node* space = get("namespace"); space != nullptr && space->is_string() && !space->text.empty()) {
      if (space->text.size() > 63 || !dns_label(space->text)) {
        Walk::Step step(walk, "namespace");
        bad("MD0103", space->position, "the namespace `" + std::string(space->text) + "` is not a DNS label",
            space->text == "<no value>" ? "Helm writes <no value> for a value that is not set: set it"
                                        : "at most 63 lower case letters, digits or '-', with a letter or digit at both ends");
      }
    }
    check_maps();
  }
};

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  int century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (text.size() < 20 || !two_digits(text, 0, century) || !two_digits(text, 2, year) || text[4] != '-' ||
      !two_digits(text, 5, month) || text[7] != '-' || !two_digits(text, 8, day) || text[10] != 'T' ||
      !two_digits(text, 11, hour) || text[13] != ':' || !two_digits(text, 14, minute) || text[16] != ':' ||
      !two_digits(text, 17, second)) {
    return std::nullopt;
  }
  year += century * 100;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  if (day > kDays[month - 1] + (month == 2 && leap ? 1 : 0)) return std::nullopt;
  std::size_t at = 19;
  if (text[at] == '.') {
    ++at;
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    if (at == start) return std::nullopt;
  }
  std::int64_t zone = 0;
  if (at < text.size() && text[at] == 'Z') {
    if (at + 1 != text.size()) return std::nullopt;
  } else {
    int zone_hour = 0, zone_minute = 0;
    if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || !two_digits(text, at + 1, zone_hour) ||
        text[at + 3] != ':' || !two_digits(text, at + 4, zone_minute) || zone_hour > 24 || zone_minute > 59) {
      return std::nullopt;
    }
    zone = (std::int64_t{zone_hour} * 60 + zone_minute) * 60 * (text[at] == '-' ? -1 : 1);
  }
  // Days since 1970 of the civil calendar.
  const std::int64_t shifted = month <= 2 ? year - 1 : year;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const std::int64_t of_era = shifted - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t of_era_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  const std::int64_t days = era * 146097 + of_era_days - 719468;
  return days * 86400 + std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second - zone;
}

void read_metadata(const Node* metadata, ReadResource& result, Walk& walk, text::Position root) {
  if (metadata == nullptr || metadata->kind == Kind::null) {
    Walk::Step step(walk, "name");
    walk.report("MD0101", metadata == nullptr ? root : metadata->position, "`name` is required");
    result.metadata = false;
    return;
  }
  Reader reader{result, walk, *metadata, root};
  if (!metadata->is_object()) {
    reader.fail_type(*metadata, "an object");
    return;
  }
  reader.read();
}

}  // namespace meshroute::schema
