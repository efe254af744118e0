// SPDX-License-Identifier: Apache-2.0
// Where the fields of loaded resources stand; their documents are read again, each once.
#include "text/place.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mesh/load.hpp"

namespace {

using namespace meshroute;

std::string entry(const std::string& indent, const std::string& name, const std::string& space, const std::string& host) {
  return indent + "- apiVersion: networking.istio.io/v1\n" + indent + "  kind: ServiceEntry\n" + indent +
         "  metadata: {name: " + name + (space.empty() ? "" : ", namespace: " + space) + "}\n" + indent + "  spec:\n" + indent +
         "    hosts: [" + host + "]\n" + indent + "    ports: [{number: 80, name: http, protocol: HTTP}]\n";
}

std::string list(int count) {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  for (int i = 0; i < count; ++i) text += entry("", "entry-" + std::to_string(i), "shop", "host-" + std::to_string(i) + ".com");
  return text;
}

}  // namespace

TEST_CASE("places: an item of a List is found by where it is, not by its name") {
  const std::string text = "apiVersion: v1\nkind: List\nitems:\n" + entry("", "x", "shop", "a.com") +
                           entry("", "x", "", "b.com") + entry("", "x", "other", "c.com");
  const auto loaded = mesh::load(text, {.name = "list.yaml"}, 1);
  REQUIRE(loaded.resources.size() == 3);
  text::Places places;
  CHECK(places.find(*loaded.resources[0], "spec.hosts").line == 8);
  CHECK(places.find(*loaded.resources[1], "spec.hosts").line == 14);
  CHECK(places.find(*loaded.resources[2], "spec.hosts").line == 20);
  CHECK(places.find(*loaded.resources[1], "spec.hosts[0]").column == 13);
  CHECK(places.find(*loaded.resources[1], "spec.hosts[0]").excerpt == "    hosts: [b.com]");
}

TEST_CASE("places: documents of a stream, and of JSON") {
  const std::string stream = "# first\n---\n" + entry("", "x", "shop", "a.com").replace(0, 2, "  ") + "--- # next\n" +
                             entry("", "w", "", "b.com").replace(0, 2, "  ");
  const auto loaded = mesh::load(stream, {.name = "stream.yaml"}, 1);
  REQUIRE(loaded.resources.size() == 2);
  text::Places places;
  CHECK(places.find(*loaded.resources[0], "spec.hosts").line == 7);
  CHECK(places.find(*loaded.resources[1], "spec.hosts").line == 14);
  const auto json = mesh::load(R"({"kind": "List", "apiVersion": "v1", "items": [
{"apiVersion": "networking.istio.io/v1", "kind": "Sidecar", "metadata": {"name": "a"}, "spec": {}},
{"apiVersion": "networking.istio.io/v1", "kind": "Sidecar", "metadata": {"name": "a", "namespace": "shop"}, "spec": {}}]})",
                               {.name = "list.json", .apply_refused = true}, 1);
  REQUIRE(json.resources.size() == 2);
  CHECK(places.find(*json.resources[0], "metadata.name").line == 2);
  CHECK(places.find(*json.resources[1], "metadata.name").line == 3);
}

TEST_CASE("places: a List is read once for all places in it") {
  for (const int count : {100, 200, 400}) {
    const std::string text = list(count);
    const auto loaded = mesh::load(text, {.name = "list.yaml"}, 1);
    REQUIRE(loaded.resources.size() == static_cast<std::size_t>(count));
    text::Places places;
    for (const auto& resource : loaded.resources) {
      CHECK(places.find(*resource, "spec.hosts[0]").column == 13);
      CHECK(places.find(*resource, "metadata.name").column == 20);
    }
    CHECK(places.bytes_read() == text.size());
  }
}
