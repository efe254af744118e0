// SPDX-License-Identifier: Apache-2.0
#include "text/document.hpp"
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <cmath>
#include <cstring>
#include <cstdlib>
#include <deque>
#include <map>
#include <sstream>
namespace meshroute::text {
const Member* Node::member(std::string_view key) const { for (const auto& m : members) if (m.key == key) return &m; return nullptr; }
const Node* Node::find(std::string_view key) const { const auto* m = member(key); return m ? &m->value : nullptr; }
std::string_view line_of(std::string_view bytes, std::uint32_t line, std::size_t most) {
  std::size_t at = 0;
  for (std::uint32_t i = 1; i < line; ++i) { at = bytes.find('\n', at); if (at == std::string_view::npos) return {}; ++at; }
  auto end = bytes.find('\n', at); auto text = bytes.substr(at, end == std::string_view::npos ? end : end - at);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text.substr(0, most);
}
Position locate(const Node& root, std::string_view path) {
  const Node* node = &root; Position place = root.position; std::size_t i = 0;
  while (i < path.size()) {
    if (path[i] == '.') { ++i; continue; }
    if (path[i] == '[') { auto e = path.find(']', i); auto n = std::strtoul(std::string(path.substr(i+1, e-i-1)).c_str(), nullptr, 10);
      if (n >= node->items.size()) return place; node = &node->items[n]; place = node->position; i = e + 1; continue; }
    const Member* best = nullptr;
    for (const auto& m : node->members) { auto k = m.key; if (path.compare(i, k.size(), k) == 0 && (i + k.size() == path.size() || path[i+k.size()]=='.' || path[i+k.size()]=='[') && (!best || k.size() > best->key.size())) best = &m; }
    if (!best) return place;
    node = &best->value; place = (node->members.empty() && node->items.empty()) ? node->position : best->key_position; i += best->key.size();
  }
  return place;
}
namespace {
struct TooMuch { std::string_view rule; };
void type_plain(Node& n) {
  auto t = n.text; n.kind = Kind::string;
  static const std::map<std::string_view, bool> b{{"y",true},{"Y",true},{"yes",true},{"Yes",true},{"YES",true},{"on",true},{"On",true},{"ON",true},{"true",true},{"True",true},{"TRUE",true},{"n",false},{"N",false},{"no",false},{"No",false},{"NO",false},{"off",false},{"Off",false},{"OFF",false},{"false",false},{"False",false},{"FALSE",false}};
  if (t.empty() || t == "~" || t == "null" || t == "Null" || t == "NULL") { n.kind = Kind::null; return; }
  if (auto f = b.find(t); f != b.end()) { n.kind = Kind::boolean; n.boolean = f->second; return; }
  if (!(std::isdigit((unsigned char)t[0]) || t[0]=='-' || t[0]=='+' || t[0]=='.')) return;
  std::string s; for (char c : t) if (c != '_') s += c;
  const char* p = s.c_str(); bool neg = *p == '-'; if (*p=='-'||*p=='+') ++p; int base = 10;
  if (p[0]=='0' && (p[1]=='x'||p[1]=='X')) { base=16; p+=2; } else if (p[0]=='0' && (p[1]=='b'||p[1]=='B')) { base=2; p+=2; } else if (p[0]=='0' && (p[1]=='o'||p[1]=='O')) { base=8; p+=2; } else if (p[0]=='0' && p[1] && std::string_view(p).find_first_not_of("01234567")==std::string_view::npos) base=8;
  char* e; errno = 0; auto v = std::strtoull(p, &e, base);
  if (*p && std::isxdigit((unsigned char)*p) && !*e && errno == 0 && v <= (neg ? 9223372036854775808ULL : 9223372036854775807ULL)) { n.kind = Kind::integer; n.integer = neg ? -(std::int64_t)v : (std::int64_t)v; n.number = (double)n.integer; return; }
  if (base != 10 && base != 8) return;
  if (std::string_view(p).find_first_not_of("0123456789.eE+-") != std::string_view::npos || !std::strpbrk(p, "0123456789")) return;
  double d = std::strtod(s.c_str(), &e); if (*e || !std::isfinite(d)) return;
  n.kind = Kind::number; n.number = d;
}
class Handler final : public YAML::EventHandler {
 public:
  Handler(std::deque<std::string>& s, std::uint32_t first, const Limits& l, std::vector<Document>& out) : store(s), line0(first), limits(l), docs(out) {}
  Position at(const YAML::Mark& m) const { return {line0 + (std::uint32_t)std::max(0, m.line), (std::uint32_t)std::max(0, m.column) + 1}; }
  void OnDocumentStart(const YAML::Mark& m) override { docs.emplace_back(); docs.back().line = at(m).line; anchors.clear(); stack.clear(); }
  void OnDocumentEnd() override {}
  void put(Node n, YAML::anchor_t a) {
    if (++count > limits.nodes) throw TooMuch{"TX0106"};
    if (a) anchors[a] = n;
    if (stack.empty()) { docs.back().root = std::move(n); return; }
    auto& top = stack.back();
    if (top.node.kind == Kind::list) { top.node.items.push_back(std::move(n)); return; }
    if (!top.has_key) { top.has_key = true; top.key = n.text; top.key_place = n.position; top.merge = n.text == "<<" && !n.quoted; return; }
    top.has_key = false;
    if (n.kind == Kind::null && n.text.empty()) n.position = top.key_place;
    if (top.merge && n.kind != Kind::string) { auto add = [&](const Node& o) { for (const auto& m : o.members) if (!top.node.member(m.key)) { top.node.members.push_back(m); top.merged.push_back(m.key); } }; if (n.is_object()) add(n); else for (const auto& i : n.items) add(i); return; }
    for (auto& m : top.node.members) if (m.key == top.key) { docs.back().duplicates.push_back({"TX0201", top.key_place, "the key `" + std::string(top.key) + "` stands twice: the last one wins", "remove one of them", m.key_position, "first stands here"}); m.value = std::move(n); m.key_position = top.key_place; return; }
    top.node.members.push_back({top.key, top.key_place, std::move(n)});
  }
  void OnNull(const YAML::Mark& m, YAML::anchor_t a) override { Node n; n.position = at(m); put(std::move(n), a); }
  void OnAlias(const YAML::Mark&, YAML::anchor_t a) override { auto n = anchors[a]; weigh(n); put(std::move(n), 0); }
  void weigh(const Node& n) { if (++count > limits.nodes) throw TooMuch{"TX0106"}; for (const auto& i : n.items) weigh(i); for (const auto& m : n.members) weigh(m.value); }
  void OnScalar(const YAML::Mark& m, const std::string& tag, YAML::anchor_t a, const std::string& v) override {
    Node n; n.position = at(m); store.push_back(v); n.text = store.back();
    if (tag == "?" || tag.empty()) type_plain(n); else { n.kind = Kind::string; n.quoted = true; }
    put(std::move(n), a);
  }
  void start(Kind k, const YAML::Mark& m, YAML::anchor_t a) { if (stack.size() >= limits.depth) throw TooMuch{"TX0105"}; Frame f; f.node.kind = k; f.node.position = at(m); f.anchor = a; stack.push_back(std::move(f)); }
  void end() { auto f = std::move(stack.back()); stack.pop_back(); put(std::move(f.node), f.anchor); }
  void OnSequenceStart(const YAML::Mark& m, const std::string&, YAML::anchor_t a, YAML::EmitterStyle::value) override { start(Kind::list, m, a); }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& m, const std::string&, YAML::anchor_t a, YAML::EmitterStyle::value) override { start(Kind::object, m, a); }
  void OnMapEnd() override { end(); }
 private:
  struct Frame { Node node; YAML::anchor_t anchor = 0; bool has_key = false, merge = false; std::string_view key; Position key_place; std::vector<std::string_view> merged; };
  std::deque<std::string>& store; std::uint32_t line0; const Limits& limits; std::vector<Document>& docs; std::vector<Frame> stack; std::map<YAML::anchor_t, Node> anchors; std::size_t count = 0;
};
}
Stream read(std::string_view bytes, std::string_view, Format, const Limits& limits) {
  Stream s; auto store = std::make_shared<std::deque<std::string>>(); s.storage.push_back(store);
  if (bytes.size() > limits.bytes) { s.problems.push_back({"TX0107", {}, "the input is larger than the limit of " + std::to_string(limits.bytes) + " bytes", "", {}, ""}); return s; }
  std::size_t at = bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; std::uint32_t line = 1;
  while (at <= bytes.size()) {
    std::size_t end = at, next = bytes.size() + 1; std::uint32_t lines = 0; bool content = false;
    while (end < bytes.size()) {
      auto nl = bytes.find('\n', end); auto l = bytes.substr(end, nl == std::string_view::npos ? nl : nl - end);
      if (l.substr(0, 3) == "---" && l.find_first_not_of(" \t\r", 3) == std::string_view::npos) { next = nl == std::string_view::npos ? bytes.size() + 1 : nl + 1; ++lines; break; }
      auto f = l.find_first_not_of(" \t\r"); if (f != std::string_view::npos && l[f] != '#') content = true;
      ++lines; if (nl == std::string_view::npos) { end = bytes.size(); break; } end = nl + 1;
    }
    if (content) {
      auto chunk = bytes.substr(at, end - at); std::vector<Document> docs; Handler h(*store, line, limits, docs); Problem bad; bool failed = false;
      std::size_t depth = 0, deepest = 0; for (char c : chunk) { if (c == '[' || c == '{') deepest = std::max(deepest, ++depth); else if ((c == ']' || c == '}') && depth) --depth; }
      if (deepest > limits.depth) { failed = true; bad = {"TX0105", {line, 1}, "the document is nested deeper than " + std::to_string(limits.depth) + " levels", "", {}, ""}; }
      else try { std::istringstream in{std::string(chunk)}; YAML::Parser p(in); while (p.HandleNextDocument(h)) {} }
      catch (const TooMuch& t) { failed = true; bad = {t.rule, {line, 1}, t.rule == "TX0105" ? "the document is nested too deeply" : "the document has too many nodes after its aliases are expanded", "", {}, ""}; }
      catch (const YAML::Exception& e) { failed = true; bad = {"TX0101", h.at(e.mark), e.msg, chunk.find("{{") != std::string_view::npos ? "this looks like a template: render it first" : "", {}, ""}; }
      if (failed) { docs.clear(); docs.emplace_back(); docs[0].line = bad.position.line; docs[0].readable = false; docs[0].errors.push_back(bad); }
      for (std::size_t i = 0; i < docs.size(); ++i) {
        auto& d = docs[i]; d.offset = at; d.size = end - at;
        if (i > 0) d.errors.push_back({"TX0102", {d.line, 1}, "a second document in one chunk", "separate documents by a line of --- alone", {}, ""});
        const Node* kind = d.root.find("kind"); const Node* items = d.root.find("items");
        if (kind && kind->is_string() && kind->text.size() >= 4 && kind->text.substr(kind->text.size() - 4) == "List" && items && items->is_list()) {
          for (const auto& item : items->items) { Document o; o.offset = d.offset; o.size = d.size; o.line = item.position.line; o.from_list = true; o.root = item; s.documents.push_back(std::move(o)); }
        } else { if (d.readable && d.root.position.line) d.line = d.root.position.line; s.documents.push_back(std::move(d)); }
      }
    }
    line += lines; at = next;
  }
  return s;
}
}
