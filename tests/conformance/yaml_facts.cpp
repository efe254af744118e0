// SPDX-License-Identifier: Apache-2.0
// Texts, and what Kubernetes' reader makes of them: meshroute_yaml_facts FILE [KNOWN_GAPS]. FILE has lines of JSON
// (yaml/README.md). Prints what differs, and how many passed and failed at the end. With a list of known gaps, it fails where
// they are not exactly what failed.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "text/document.hpp"

namespace {

using meshroute::text::Kind;
using meshroute::text::Node;
using nlohmann::json;

/// Numbers are compared as doubles.
bool same(const Node& node, const json& want) {
  switch (node.kind) {
    case Kind::null:
      return want.is_null();
    case Kind::boolean:
      return want.is_boolean() && want.get<bool>() == node.boolean;
    case Kind::integer:
    case Kind::number:
      return want.is_number() && want.get<double>() == node.number;
    case Kind::string:
      return want.is_string() && want.get_ref<const std::string&>() == node.text;
    case Kind::list:
      if (!want.is_array() || want.size() != node.items.size()) return false;
      for (std::size_t i = 0; i < want.size(); ++i) {
        if (!same(node.items[i], want[i])) return false;
      }
      return true;
    case Kind::object:
      if (!want.is_object() || want.size() != node.members.size()) return false;
      for (const auto& member : node.members) {
        const auto found = want.find(std::string(member.key));
        if (found == want.end() || !same(member.value, *found)) return false;
      }
      return true;
  }
  return false;
}

json shown(const Node& node) {
  json value;
  switch (node.kind) {
    case Kind::null:
      return value;
    case Kind::boolean:
      return node.boolean;
    case Kind::integer:
      return node.integer;
    case Kind::number:
      return node.number;
    case Kind::string:
      return std::string(node.text);
    case Kind::list:
      value = json::array();
      for (const Node& item : node.items) value.push_back(shown(item));
      return value;
    case Kind::object:
      value = json::object();
      for (const auto& member : node.members) value[std::string(member.key)] = shown(member.value);
      return value;
  }
  return value;
}

struct Read {
  bool good = false;
  const meshroute::text::Document* document = nullptr;
};

/// Empty where all documents are as they have to be. A document of nothing is none on both sides: Kubernetes' splitter gives one
/// for comments before the first separator.
std::string difference(const std::string& yaml, const json& documents) {
  const auto stream = meshroute::text::read(yaml, "facts.yaml", meshroute::Format::yaml, meshroute::Limits{});
  std::vector<Read> got;
  std::size_t chunk = static_cast<std::size_t>(-1);
  for (const auto& document : stream.documents) {
    if (document.offset == chunk) continue;  // the first of a chunk counts
    chunk = document.offset;
    const bool good = document.readable;
    if (!good || document.root.kind != Kind::null) got.push_back({good, &document});
  }
  std::vector<const json*> want;
  for (const json& document : documents) {
    if (document.contains("error") || !document["json"].is_null()) want.push_back(&document);
  }
  if (got.size() != want.size()) return std::to_string(got.size()) + " documents, not " + std::to_string(want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    const json& wanted = *want[i];
    const std::string which = "document " + std::to_string(i) + ": ";
    if (wanted.contains("error")) {
      if (got[i].good) return which + "read, and should be refused: " + wanted["error"].get<std::string>();
      continue;
    }
    if (!got[i].good) return which + "refused, and is good: " + got[i].document->errors.at(0).message;
    if (!same(got[i].document->root, wanted["json"]))
      return which + "want " + wanted["json"].dump() + ", got " +
             shown(got[i].document->root).dump(-1, ' ', false, json::error_handler_t::replace);
    if (wanted["strict"].get<bool>() != got[i].document->duplicates.empty()) return which + "a key stands twice, or not";
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: meshroute_yaml_facts FILE [KNOWN_GAPS]\n";
    return EXIT_FAILURE;
  }
  std::ifstream file(argv[1]);
  std::set<std::string> failed;
  std::size_t passed = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const json fact = json::parse(line);
    const auto& id = fact.at("id").get_ref<const std::string&>();
    const auto wrong = difference(fact.at("yaml").get<std::string>(), fact.at("documents"));
    if (wrong.empty()) {
      ++passed;
      continue;
    }
    failed.insert(id);
    std::cout << id << ": " << wrong << "\n";
  }
  bool good = passed > 0 && failed.empty();
  if (argc > 2) {
    std::set<std::string> gaps;
    std::ifstream list(argv[2]);
    for (std::string line; std::getline(list, line);) {
      if (!line.empty() && line[0] != '#') gaps.insert(line.substr(0, line.find(' ')));
    }
    for (const auto& id : gaps) {
      if (!failed.contains(id)) std::cout << id << " is listed as a known gap, and passes\n";
    }
    good = passed > 0 && gaps == failed;
  }
  std::cout << passed << " passed, " << failed.size() << " failed" << std::endl;
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
