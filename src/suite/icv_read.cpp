// SPDX-License-Identifier: Apache-2.0
// Reads istio-config-validator's test files. Names match in any letter case, as Go's decoder takes them.
#include <string>
#include <utility>
#include <vector>

#include "schema/reading.hpp"
#include "suite/problems.hpp"

namespace meshroute::suite {

namespace {

using text::Kind;
using text::Node;

const Node* find(const Node& object, std::string_view name) {
  const Node* found = nullptr;
  for (const auto& member : object.members) {
    if (schema::equal_fold(member.key, name)) found = &member.value;
  }
  return found != nullptr && found->kind != Kind::null ? found : nullptr;
}

void refuse_others(const Node& object, std::string_view what, const std::vector<std::string>& known, Problems& problems) {
  for (const auto& member : object.members) {
    bool there = false;
    for (const auto& name : known) there = there || schema::equal_fold(member.key, name);
    if (there) continue;
    std::string hint = meant(member.key, known);
    problems.add(member.key_position, std::string(what) + " has no field `" + std::string(member.key) + "`" +
                                          (hint.empty() ? std::string() : ": " + hint));
  }
}

std::vector<std::string> texts(const Node& request, const char* name, Problems& problems) {
  std::vector<std::string> list;
  const Node* node = find(request, name);
  if (node == nullptr || !node->is_list() || node->items.empty()) {
    problems.add(node != nullptr ? node->position : request.position,
                 "`request." + std::string(name) + "` is a list of at least one text");
    return list;
  }
  for (const Node& each : node->items) {
    if (each.is_string())
      list.emplace_back(each.text);
    else
      problems.add(each.position, "`request." + std::string(name) + "` is a list of texts: quote this one");
  }
  return list;
}

/// A block of the rule, as Istio reads it.
template <class Block>
void block(const Node& test, const char* name, std::optional<Block>& target, Problems& problems) {
  const Node* node = find(test, name);
  if (node == nullptr) return;
  std::vector<findings::Finding> found;
  schema::Walk walk(&found);
  schema::decode_message(*node, schema::message_of<Block>(), &target.emplace(), walk);
  for (const auto& each : found) problems.add(each.position, std::string(name) + ": " + each.message);
}

void read_test(const Node& test, File& file, Problems& problems) {
  if (!test.is_object()) {
    problems.add(test.position, "a test is an object: {description, wantMatch, request, route, …}");
    return;
  }
  refuse_others(test, "a test",
                {"description", "wantMatch", "request", "route", "redirect", "rewrite", "fault", "headers", "delegate"},
                problems);
  const Node* request = find(test, "request");
  if (request == nullptr || !request->is_object()) {
    problems.add(test.position, "the test has no `request`");
    return;
  }
  refuse_others(*request, "a request", {"authority", "method", "uri", "headers"}, problems);
  auto blocks = std::make_shared<Blocks>();
  std::string name;
  if (const Node* node = find(test, "description"); node != nullptr) {
    if (node->is_string())
      name = node->text;
    else
      problems.add(node->position, "`description` is a text");
  }
  std::vector<std::string> notes;
  if (const Node* node = find(test, "wantMatch"); node == nullptr) {
    notes.emplace_back("wantMatch is left out, and false is meant: the rule must differ from what the test says");
  } else if (node->kind == Kind::boolean) {
    blocks->want_match = node->boolean;
  } else {
    problems.add(node->position, "`wantMatch` is true or false");
  }
  if (const Node* route = find(test, "route"); route != nullptr) {
    auto& list = blocks->route.emplace();
    if (!route->is_list()) problems.add(route->position, "`route` is a list of destinations");
    for (const Node& each : route->items) {
      std::vector<findings::Finding> found;
      schema::Walk walk(&found);
      schema::decode_message(each, schema::message_of<model::HTTPRouteDestination>(), &list.emplace_back(), walk);
      for (const auto& finding : found) problems.add(finding.position, "route: " + finding.message);
    }
  }
  block(test, "redirect", blocks->redirect, problems);
  block(test, "rewrite", blocks->rewrite, problems);
  block(test, "fault", blocks->fault, problems);
  block(test, "headers", blocks->headers, problems);
  block(test, "delegate", blocks->delegate, problems);
  if (!blocks->any())
    notes.emplace_back(
        "the test asserts nothing, and so it always passes: add route, redirect, rewrite, fault, headers or delegate");
  std::vector<std::pair<std::string, std::string>> headers;
  if (const Node* node = find(*request, "headers"); node != nullptr) {
    if (!node->is_object()) problems.add(node->position, "`request.headers` is an object: a name, and its value");
    for (const auto& member : node->members) {
      if (member.value.is_string())
        headers.emplace_back(std::string(member.key), std::string(member.value.text));
      else
        problems.add(member.value.position, "a header's value is a text: quote this one");
    }
  }
  const auto authorities = texts(*request, "authority", problems), methods = texts(*request, "method", problems),
             uris = texts(*request, "uri", problems);
  for (const auto& uri : uris) {
    for (const auto& authority : authorities) {
      for (const auto& method : methods) {
        Case one;
        one.name = name.empty() ? uri : name;
        std::string chosen;
        if (uris.size() > 1 || name.empty()) chosen += uri;
        if (authorities.size() > 1) chosen += (chosen.empty() ? "" : ", ") + authority;
        if (methods.size() > 1) chosen += (chosen.empty() ? "" : ", ") + method;
        if (!chosen.empty() && !name.empty()) one.name += " [" + chosen + "]";
        one.line = test.position.line;
        one.request.host = authority;
        one.request.method = method;
        one.request.headers = headers;
        // The path as a client sends it: without scheme and host.
        std::string path = uri;
        if (const auto scheme = path.find("://"); scheme != std::string::npos && scheme < path.find('/')) {
          const auto slash = path.find('/', scheme + 3);
          path = slash == std::string::npos ? "/" : path.substr(slash);
        }
        one.request.path = path.substr(0, path.find('#'));
        one.blocks = blocks;
        one.notes = notes;
        file.cases.push_back(std::move(one));
      }
    }
  }
}

}  // namespace

void read_icv(const Node& root, File& file, Problems& problems) {
  refuse_others(root, "a test file of istio-config-validator", {"testCases"}, problems);
  const Node* tests = find(root, "testCases");
  if (tests == nullptr || !tests->is_list() || tests->items.empty()) {
    problems.add(root.position, "`testCases` is a list of at least one test");
    return;
  }
  for (const Node& test : tests->items) read_test(test, file, problems);
}

}  // namespace meshroute::suite
