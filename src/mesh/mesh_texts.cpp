// SPDX-License-Identifier: Apache-2.0
// Finds MeshConfig and MeshNetworks in ConfigMaps, IstioOperators and Helm values.
#include "mesh/mesh_texts.hpp"

#include <iterator>
#include <utility>

#include "admission/mesh_config.hpp"
#include "text/json_writer.hpp"

namespace meshroute::mesh {

namespace {

using findings::Finding;
using text::Kind;
using text::Node;

void write(const Node& node, text::JsonWriter& json) {
  switch (node.kind) {
    case Kind::null:
      return json.null();
    case Kind::boolean:
      return json.value(node.boolean);
    case Kind::integer:
      return json.value(node.integer);
    case Kind::number:  // its spelling may be no JSON; settings that are numbers are whole
    case Kind::string:
      return json.value(node.text);
    case Kind::list:
      json.begin_list();
      for (const Node& item : node.items) write(item, json);
      return json.end_list();
    case Kind::object:
      json.begin_object();
      for (const text::Member& member : node.members) {
        json.key(member.key);
        write(member.value, json);
      }
      json.end_object();
  }
}

const Node* object_at(const Node* node, std::string_view key) {
  const Node* found = node != nullptr && node->is_object() ? node->find(key) : nullptr;
  return found != nullptr && found->is_object() ? found : nullptr;
}

class Taker {
 public:
  Taker(MeshTexts& texts, std::vector<Finding>& findings) : texts_(texts), findings_(findings) {}

  /// A member that is an object; `path` is its own.
  bool take(const Node* node, std::string_view message, std::string path) {
    if (node == nullptr) return false;
    std::string& text = text_of(message);
    text.clear();
    text::JsonWriter json(text);
    write(*node, json);
    add(admission::check_mesh_config(*node, message, std::move(path)));
    return true;
  }

  /// A member that is a text, as in a ConfigMap. Its lines follow that of its key where it is a block.
  bool take_text(const Node* node, std::string_view message, const std::string& path) {
    if (node == nullptr || !node->is_string()) return false;
    text_of(message) = node->text;
    const text::Stream stream = text::read(node->text, "mesh", Format::automatic, Limits{});
    for (const text::Document& document : stream.documents) {
      if (!document.readable || !document.errors.empty()) return true;  // AN0103 tells
      auto found = admission::check_mesh_config(document.root, message, path);
      const bool block = node->text.find('\n') != std::string_view::npos;
      for (Finding& finding : found) {
        finding.position.column = block ? 1 : node->position.column;
        finding.position.line = node->position.line + (block ? finding.position.line : 0);
      }
      add(std::move(found));
      break;
    }
    return true;
  }

 private:
  std::string& text_of(std::string_view message) { return message == "MeshConfig" ? texts_.mesh_config : texts_.mesh_networks; }
  void add(std::vector<Finding> found) {
    findings_.insert(findings_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }

  MeshTexts& texts_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::optional<MeshTexts> mesh_texts_of(const Node& root, const Identity& identity, std::vector<Finding>& findings) {
  MeshTexts texts;
  Taker taker(texts, findings);
  bool any = false;
  if (identity.kind == "ConfigMap" && identity.name == "istio" && identity.namespace_ == "istio-system" &&
      identity.cluster == "Kubernetes") {
    texts.from = MeshTexts::From::config_map;
    const Node* data = object_at(&root, "data");
    if (data == nullptr) return std::nullopt;
    taker.take_text(data->find("mesh"), "MeshConfig", "data.mesh");
    taker.take_text(data->find("meshNetworks"), "MeshNetworks", "data.meshNetworks");
    return texts;
  }
  if (identity.kind == "IstioOperator" && identity.group == "install.istio.io") {
    texts.from = MeshTexts::From::istio_operator;
    const Node* spec = object_at(&root, "spec");
    const Node* values = object_at(spec, "values");
    any = taker.take(object_at(values, "meshConfig"), "MeshConfig", "spec.values.meshConfig");
    any = taker.take(object_at(spec, "meshConfig"), "MeshConfig", "spec.meshConfig") || any;
    any = taker.take(object_at(object_at(values, "global"), "meshNetworks"), "MeshNetworks", "spec.values.global.meshNetworks") ||
          any;
  } else if (identity.kind.empty()) {
    for (const char* chart : {"", "istiod"}) {  // istiod's own values, or those of a chart that depends on it
      const std::string prefix = *chart != '\0' ? std::string(chart) + "." : "";
      const Node* values = *chart != '\0' ? object_at(&root, chart) : &root;
      any = taker.take(object_at(values, "meshConfig"), "MeshConfig", prefix + "meshConfig") || any;
      any = taker.take(object_at(object_at(values, "global"), "meshNetworks"), "MeshNetworks", prefix + "global.meshNetworks") ||
            any;
    }
  }
  return any ? std::optional(std::move(texts)) : std::nullopt;
}

bool is_foreign(const Node& root) {
  if (!root.is_object()) return root.kind != Kind::null;
  const Node* version = root.find("apiVersion");
  const Node* kind = root.find("kind");
  const bool named = version != nullptr && version->is_string(), kinded = kind != nullptr && kind->is_string();
  if (named && kinded) return false;
  if ((named || kinded) && object_at(&root, "metadata") != nullptr) return false;
  return !(named && version->text.find(".istio.io/") != std::string_view::npos);
}

}  // namespace meshroute::mesh
