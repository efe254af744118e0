// SPDX-License-Identifier: Apache-2.0
// Where the fields of loaded resources stand; their documents are read again, each once.
#include "text/place.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mesh/load.hpp"
#include "text/yaml_reader.hpp"

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

TEST_CASE("places: a place that is found in tokens is that of the tree") {
  // Every path of every document, and some that lead nowhere.
  const auto paths_of = [](const text::Node& root) {
    std::vector<std::string> paths;
    const auto visit = [&](const auto& self, const text::Node& node, const std::string& path) -> void {
      if (!path.empty()) paths.push_back(path);
      for (std::size_t i = 0; i < node.items.size(); ++i) self(self, node.items[i], path + "[" + std::to_string(i) + "]");
      for (const text::Member& member : node.members) {
        if (member.key.find_first_of(".[") != std::string_view::npos) continue;  // a path with it has two meanings
        self(self, member.value, (path.empty() ? "" : path + ".") + std::string(member.key));
      }
    };
    visit(visit, root, "");
    return paths;
  };
  std::size_t documents = 0, found = 0, left = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(MESHROUTE_TESTS_DIR "/examples")) {
    if (file.path().extension() != ".yaml") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (const text::Chunk& chunk : text::split(bytes)) {
      const text::Stream read = text::read_chunk(bytes, {chunk.offset, chunk.size, 1}, {});
      if (read.documents.empty() || !read.documents.front().readable || !read.documents.front().duplicates.empty()) continue;
      const text::Node& root = read.documents.front().root;
      ++documents;
      for (const std::string& path : paths_of(root)) {
        text::Arena arena;
        const auto place = text::find_in_plain_yaml(std::string_view(bytes).substr(chunk.offset, chunk.size), path, arena);
        ++(place ? found : left);
        if (!place) continue;
        INFO(file.path().string() << ": " << path);
        CHECK(place->root.line == root.position.line);
        CHECK(place->found.line == text::locate(root, path).line);
        CHECK(place->found.column == text::locate(root, path).column);
        CHECK(!text::find_in_plain_yaml(std::string_view(bytes).substr(chunk.offset, chunk.size), path + ".no-such", arena));
      }
    }
  }
  CHECK(documents > 100);
  CHECK(found > left);
}

TEST_CASE("places: what is not plain is left to the tree") {
  text::Arena arena;
  const auto column = [&](std::string_view text, std::string_view path) {
    const auto place = text::find_in_plain_yaml(text, path, arena);
    return place ? static_cast<int>(place->found.column) : 0;
  };
  CHECK(column("a: {b: 1}\n", "a") == 1);
  CHECK(column("a: {}\n", "a") == 4);
  CHECK(column("a: {b: 1}\n", "a.b") == 0);
  CHECK(column("a: &x 1\nb: 2\n", "b") == 0);
  CHECK(column("a: !!int 1\n", "a") == 0);
  CHECK(column("<<: *x\na: 1\n", "a") == 0);
  CHECK(column("a:\nb:\n- 1\n- c: x\n  d:\n", "b[1].c") == 6);
  CHECK(column("a:\nb:\n- 1\n- c: x\n  d:\n", "b[1].d") == 3);
  CHECK(column("a:\nb:\n- 1\n", "a") == 1);
  CHECK(column("a:\nb:\n- 1\n", "b[0]") == 3);
  CHECK(column("a:\nb:\n- 1\n", "b[1]") == 0);
}
