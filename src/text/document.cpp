// SPDX-License-Identifier: Apache-2.0
#include "text/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
namespace meshroute::text {
const Member* Node::member(std::string_view key) const {
  for (const auto& m : members)
    if (m.key == key) return &m;
  return nullptr;
}
const Node* Node::find(std::string_view key) const {
  const auto* m = member(key);
  return m ? &m->value : nullptr;
}
std::string_view line_of(std::string_view bytes, std::uint32_t line, std::size_t most) {
  std::size_t at = 0;
  for (std::uint32_t i = 1; i < line; ++i) {
    at = bytes.find('\n', at);
    if (at == std::string_view::npos) return {};
    ++at;
  }
  auto end = bytes.find('\n', at);
  auto text = bytes.substr(at, end == std::string_view::npos ? end : end - at);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text.substr(0, most);
}
Position locate(const Node& root, std::string_view path) {
  const Node* node = &root;
  Position place = root.position;
  std::size_t i = 0;
  while (i < path.size()) {
    if (path[i] == '.') {
      ++i;
      continue;
    }
    if (path[i] == '[') {
      auto e = path.find(']', i);
      auto n = std::strtoul(std::string(path.substr(i + 1, e - i - 1)).c_str(), nullptr, 10);
      if (n >= node->items.size()) return place;
      node = &node->items[n];
      place = node->position;
      i = e + 1;
      continue;
    }
    const Member* best = nullptr;
    for (const auto& m : node->members) {
      auto k = m.key;
      if (path.compare(i, k.size(), k) == 0 &&
          (i + k.size() == path.size() || path[i + k.size()] == '.' || path[i + k.size()] == '[') &&
          (!best || k.size() > best->key.size()))
        best = &m;
    }
    if (!best) return place;
    node = &best->value;
    place = (node->members.empty() && node->items.empty()) ? node->position : best->key_position;
    i += best->key.size();
  }
  return place;
}
namespace {
struct TooMuch {
  std::string_view rule;
};
void type_plain(Node& n) {
  auto t = n.text;
  n.kind = Kind::string;
  static const std::map<std::string_view, bool> b{
      {"y", true},    {"Y", true},      {"yes", true},    {"Yes", true},   {"YES", true},  {"on", true},
      {"On", true},   {"ON", true},     {"true", true},   {"True", true},  {"TRUE", true}, {"n", false},
      {"N", false},   {"no", false},    {"No", false},    {"NO", false},   {"off", false}, {"Off", false},
      {"OFF", false}, {"false", false}, {"False", false}, {"FALSE", false}};
  if (t.empty() || t == "~" || t == "null" || t == "Null" || t == "NULL") {
    n.kind = Kind::null;
    return;
  }
  if (auto f = b.find(t); f != b.end()) {
    n.kind = Kind::boolean;
    n.boolean = f->second;
    return;
  }
  if (!(std::isdigit((unsigned char)t[0]) || t[0] == '-' || t[0] == '+' || t[0] == '.')) return;
  std::string s;
  for (char c : t)
    if (c != '_') s += c;
  const char* p = s.c_str();
  bool neg = *p == '-';
  if (*p == '-' || *p == '+') ++p;
  int base = 10;
  if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
    base = 16;
    p += 2;
  } else if (p[0] == '0' && (p[1] == 'b' || p[1] == 'B')) {
    base = 2;
    p += 2;
  } else if (p[0] == '0' && (p[1] == 'o' || p[1] == 'O')) {
    base = 8;
    p += 2;
  } else if (p[0] == '0' && p[1] && std::string_view(p).find_first_not_of("01234567") == std::string_view::npos)
    base = 8;
  char* e;
  errno = 0;
  auto v = std::strtoull(p, &e, base);
  if (*p && std::isxdigit((unsigned char)*p) && !*e && errno == 0 &&
      v <= (neg ? 9223372036854775808ULL : 9223372036854775807ULL)) {
    n.kind = Kind::integer;
    n.integer = neg ? -(std::int64_t)v : (std::int64_t)v;
    n.number = (double)n.integer;
    return;
  }
  if (base != 10 && base != 8) return;
  if (std::string_view(p).find_first_not_of("0123456789.eE+-") != std::string_view::npos || !std::strpbrk(p, "0123456789"))
    return;
  double d = std::strtod(s.c_str(), &e);
  if (*e || !std::isfinite(d)) return;
  n.kind = Kind::number;
  n.number = d;
}
class Handler final : public YAML::EventHandler {
 public:
  Handler(std::deque<std::string>& s, std::uint32_t first, const Limits& l, std::vector<Document>& out)
      : store(s), line0(first), limits(l), docs(out) {}
  Position at(const YAML::Mark& m) const {
    return {line0 + (std::uint32_t)std::max(0, m.line), (std::uint32_t)std::max(0, m.column) + 1};
  }
  void OnDocumentStart(const YAML::Mark& m) override {
    docs.emplace_back();
    docs.back().line = at(m).line;
    anchors.clear();
    stack.clear();
  }
  void OnDocumentEnd() override {}
  void put(Node n, YAML::anchor_t a) {
    if (++count > limits.nodes) throw TooMuch{"TX0106"};
    if (a) anchors[a] = n;
    if (stack.empty()) {
      docs.back().root = std::move(n);
      return;
    }
    auto& top = stack.back();
    if (top.node.kind == Kind::list) {
      top.node.items.push_back(std::move(n));
      return;
    }
    if (!top.has_key) {
      top.has_key = true;
      top.key = n.text;
      top.key_place = n.position;
      top.merge = n.text == "<<" && !n.quoted;
      return;
    }
    top.has_key = false;
    if (n.kind == Kind::null && n.text.empty()) n.position = top.key_place;
    if (top.merge && n.kind != Kind::string) {
      auto add = [&](const Node& o) {
        for (const auto& m : o.members)
          if (!top.node.member(m.key)) {
            top.node.members.push_back(m);
            top.merged.push_back(m.key);
          }
      };
      if (n.is_object())
        add(n);
      else
        for (const auto& i : n.items) add(i);
      return;
    }
    for (auto& m : top.node.members)
      if (m.key == top.key) {
        docs.back().duplicates.push_back({"TX0201", top.key_place,
                                          "the key `" + std::string(top.key) + "` stands twice: the last one wins",
                                          "remove one of them", m.key_position, "first stands here"});
        m.value = std::move(n);
        m.key_position = top.key_place;
        return;
      }
    top.node.members.push_back({top.key, top.key_place, std::move(n)});
  }
  void OnNull(const YAML::Mark& m, YAML::anchor_t a) override {
    Node n;
    n.position = at(m);
    put(std::move(n), a);
  }
  void OnAlias(const YAML::Mark&, YAML::anchor_t a) override {
    auto n = anchors[a];
    weigh(n);
    put(std::move(n), 0);
  }
  void weigh(const Node& n) {
    if (++count > limits.nodes) throw TooMuch{"TX0106"};
    for (const auto& i : n.items) weigh(i);
    for (const auto& m : n.members) weigh(m.value);
  }
  void OnScalar(const YAML::Mark& m, const std::string& tag, YAML::anchor_t a, const std::string& v) override {
    Node n;
    n.position = at(m);
    store.push_back(v);
    n.text = store.back();
    if (tag == "?" || tag.empty())
      type_plain(n);
    else {
      n.kind = Kind::string;
      n.quoted = true;
    }
    put(std::move(n), a);
  }
  void start(Kind k, const YAML::Mark& m, YAML::anchor_t a) {
    if (stack.size() >= limits.depth) throw TooMuch{"TX0105"};
    Frame f;
    f.node.kind = k;
    f.node.position = at(m);
    f.anchor = a;
    stack.push_back(std::move(f));
  }
  void end() {
    auto f = std::move(stack.back());
    stack.pop_back();
    put(std::move(f.node), f.anchor);
  }
  void OnSequenceStart(const YAML::Mark& m, const std::string&, YAML::anchor_t a, YAML::EmitterStyle::value) override {
    start(Kind::list, m, a);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& m, const std::string&, YAML::anchor_t a, YAML::EmitterStyle::value) override {
    start(Kind::object, m, a);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false, merge = false;
    std::string_view key;
    Position key_place;
    std::vector<std::string_view> merged;
  };
  std::deque<std::string>& store;
  std::uint32_t line0;
  const Limits& limits;
  std::vector<Document>& docs;
  std::vector<Frame> stack;
  std::map<YAML::anchor_t, Node> anchors;
  std::size_t count = 0;
};

/// An input iterator that tells where the reader stands, since nlohmann's SAX gives no positions.
struct TellingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at = nullptr;
  const char** told = nullptr;
  reference operator*() const { return *at; }
  TellingIterator& operator++() {
    ++at;
    if (told != nullptr) *told = at;
    return *this;
  }
  TellingIterator operator++(int) {
    auto old = *this;
    ++*this;
    return old;
  }
  bool operator==(const TellingIterator& other) const { return at == other.at; }
  bool operator!=(const TellingIterator& other) const { return at != other.at; }
};

/// JSON's events into the same document form.
class JsonHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonHandler(std::deque<std::string>& store, std::string_view bytes, const Limits& limits, Document& document)
      : told(bytes.data()),
        store_(store),
        end_(bytes.data() + bytes.size()),
        limits_(limits),
        document_(document),
        scanned_(bytes.data()) {}
  bool null() override { return put(make(Kind::null)); }
  bool boolean(bool value) override {
    Node node = make(Kind::boolean);
    node.boolean = value;
    return put(std::move(node));
  }
  bool number_integer(std::int64_t value) override { return put(integer(value)); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= 9223372036854775807ULL) return put(integer(static_cast<std::int64_t>(value)));
    return number_float(static_cast<double>(value), std::to_string(value));
  }
  bool number_float(double value, const std::string& spelling) override {
    Node node = make(Kind::number);
    node.number = value;
    store_.push_back(spelling);
    node.text = store_.back();
    return put(std::move(node));
  }
  bool string(std::string& value) override {
    Node node = make(Kind::string);
    node.quoted = true;
    store_.push_back(value);
    node.text = store_.back();
    return put(std::move(node));
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return start(Kind::object); }
  bool start_array(std::size_t) override { return start(Kind::list); }
  bool key(std::string& value) override {
    store_.push_back(value);
    stack_.back().key = store_.back();
    stack_.back().key_position = token();
    return true;
  }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
    rule = "TX0103";
    message = error.what();
    place = token();
    return false;
  }

  const char* told;
  std::string_view rule;
  std::string message;
  Position place;

 private:
  struct Frame {
    Node node;
    std::string_view key;
    Position key_position;
  };
  /// Where the token that was just read starts: after the former one, past white space, commas and colons.
  Position token() {
    while (scanned_ < end_ && (*scanned_ == ' ' || *scanned_ == '\t' || *scanned_ == '\n' || *scanned_ == '\r' ||
                               *scanned_ == ',' || *scanned_ == ':'))
      step();
    const Position start = here_;
    while (scanned_ < told && scanned_ < end_) step();
    return start;
  }
  void step() {
    if (*scanned_ == '\n')
      here_ = {here_.line + 1, 1};
    else if ((static_cast<unsigned char>(*scanned_) & 0xC0U) != 0x80U)
      ++here_.column;
    ++scanned_;
  }
  Node make(Kind kind) {
    Node node;
    node.kind = kind;
    node.position = token();
    return node;
  }
  Node integer(std::int64_t value) {
    Node node = make(Kind::integer);
    node.integer = value;
    node.number = static_cast<double>(value);
    store_.push_back(std::to_string(value));
    node.text = store_.back();
    return node;
  }
  bool refuse(std::string_view id, const char* words) {
    rule = id;
    message = words;
    place = here_;
    return false;
  }
  bool start(Kind kind) {
    if (stack_.size() >= limits_.depth) return refuse("TX0105", "the document is nested too deeply");
    stack_.push_back({make(kind), {}, {}});
    return true;
  }
  bool end() {
    token();
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    return put(std::move(node));
  }
  bool put(Node node) {
    if (++count_ > limits_.nodes) return refuse("TX0106", "the document has too many nodes");
    if (stack_.empty()) {
      document_.root = std::move(node);
      return true;
    }
    Frame& top = stack_.back();
    if (top.node.kind == Kind::list) {
      top.node.items.push_back(std::move(node));
      return true;
    }
    for (auto& member : top.node.members) {
      if (member.key != top.key) continue;
      document_.duplicates.push_back({"TX0201", top.key_position,
                                      "the key `" + std::string(top.key) + "` stands twice: the last one wins",
                                      "remove one of them", member.key_position, "first stands here"});
      member.value = std::move(node);
      return true;
    }
    top.node.members.push_back({top.key, top.key_position, std::move(node)});
    return true;
  }

  std::deque<std::string>& store_;
  const char* end_;
  const Limits& limits_;
  Document& document_;
  const char* scanned_;
  Position here_;
  std::vector<Frame> stack_;
  std::size_t count_ = 0;
};

void take(Stream& s, Document d) {
  const Node* kind = d.root.find("kind");
  const Node* items = d.root.find("items");
  if (kind && kind->is_string() && kind->text.size() >= 4 && kind->text.substr(kind->text.size() - 4) == "List" && items &&
      items->is_list()) {
    for (const auto& item : items->items) {
      Document o;
      o.offset = d.offset;
      o.size = d.size;
      o.line = item.position.line;
      o.from_list = true;
      o.root = item;
      s.documents.push_back(std::move(o));
    }
    return;
  }
  s.documents.push_back(std::move(d));
}

/// Whether the bytes were taken as JSON.
bool read_json(std::string_view bytes, bool must, const Limits& limits, std::deque<std::string>& store, Stream& stream) {
  Document document;
  document.size = bytes.size();
  JsonHandler handler(store, bytes, limits, document);
  TellingIterator begin{bytes.data(), &handler.told}, end{bytes.data() + bytes.size(), nullptr};
  const bool good = nlohmann::json::sax_parse(begin, end, &handler);
  if (good) {
    document.line = document.root.position.line;
    take(stream, std::move(document));
    return true;
  }
  if (!must && handler.rule == "TX0103") return false;
  Document broken;
  broken.size = bytes.size();
  broken.readable = false;
  broken.line = handler.place.line;
  broken.errors.push_back({handler.rule, handler.place, handler.message, "", {0, 0}, ""});
  stream.documents.push_back(std::move(broken));
  return true;
}

bool surrogate_escape(std::string_view bytes) {
  for (auto at = bytes.find("\\u"); at != std::string_view::npos; at = bytes.find("\\u", at + 2)) {
    if (at + 3 < bytes.size() && (bytes[at + 2] == 'd' || bytes[at + 2] == 'D') &&
        std::string_view("89abcdefABCDEF").find(bytes[at + 3]) != std::string_view::npos)
      return true;
  }
  return false;
}
}  // namespace
static Stream read_stream(std::string_view bytes, std::string_view name, Format format, const Limits& limits) {
  Stream s;
  auto store = std::make_shared<std::deque<std::string>>();
  s.storage.push_back(store);
  if (bytes.size() > limits.bytes) {
    s.problems.push_back(
        {"TX0107", {}, "the input is larger than the limit of " + std::to_string(limits.bytes) + " bytes", "", {}, ""});
    return s;
  }
  const auto first = bytes.find_first_not_of(" \t\r\n");
  const bool looks = first != std::string_view::npos && (bytes[first] == '{' || bytes[first] == '[');
  const bool named = name.size() > 5 && name.substr(name.size() - 5) == ".json";
  const bool must = format == Format::json || (format == Format::automatic && named);
  const bool may =
      format == Format::automatic && looks && bytes.find("\\/") == std::string_view::npos && !surrogate_escape(bytes);
  if ((must && first != std::string_view::npos) || may) {
    if (read_json(bytes, must, limits, *store, s)) return s;
  }
  std::size_t at = bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  std::uint32_t line = 1;
  while (at <= bytes.size()) {
    std::size_t end = at, next = bytes.size() + 1;
    std::uint32_t lines = 0;
    bool content = false;
    while (end < bytes.size()) {
      auto nl = bytes.find('\n', end);
      auto l = bytes.substr(end, nl == std::string_view::npos ? nl : nl - end);
      if (l.substr(0, 3) == "---" && l.find_first_not_of(" \t\r", 3) == std::string_view::npos) {
        next = nl == std::string_view::npos ? bytes.size() + 1 : nl + 1;
        ++lines;
        break;
      }
      auto f = l.find_first_not_of(" \t\r");
      if (f != std::string_view::npos && l[f] != '#') content = true;
      ++lines;
      if (nl == std::string_view::npos) {
        end = bytes.size();
        break;
      }
      end = nl + 1;
    }
    if (content) {
      auto chunk = bytes.substr(at, end - at);
      std::vector<Document> docs;
      Handler h(*store, line, limits, docs);
      Problem bad;
      bool failed = false;
      std::size_t depth = 0, deepest = 0;
      for (char c : chunk) {
        if (c == '[' || c == '{')
          deepest = std::max(deepest, ++depth);
        else if ((c == ']' || c == '}') && depth)
          --depth;
      }
      if (deepest > limits.depth) {
        failed = true;
        bad = {"TX0105", {line, 1}, "the document is nested deeper than " + std::to_string(limits.depth) + " levels", "", {}, ""};
      } else
        try {
          std::istringstream in{std::string(chunk)};
          YAML::Parser p(in);
          while (p.HandleNextDocument(h)) {
          }
        } catch (const TooMuch& t) {
          failed = true;
          bad = {t.rule,
                 {line, 1},
                 t.rule == "TX0105" ? "the document is nested too deeply"
                                    : "the document has too many nodes after its aliases are expanded",
                 "",
                 {},
                 ""};
        } catch (const YAML::Exception& e) {
          failed = true;
          bad = {"TX0101", h.at(e.mark),
                 e.msg,    chunk.find("{{") != std::string_view::npos ? "this looks like a template: render it first" : "",
                 {},       ""};
        } catch (const std::exception& e) {
          failed = true;
          bad = {"TX0101", {line, 1}, e.what(), "", {}, ""};
        }
      if (failed) {
        docs.clear();
        docs.emplace_back();
        docs[0].line = bad.position.line;
        docs[0].readable = false;
        docs[0].errors.push_back(bad);
      }
      for (std::size_t i = 0; i < docs.size(); ++i) {
        auto& d = docs[i];
        d.offset = at;
        d.size = end - at;
        if (i > 0)
          d.errors.push_back(
              {"TX0102", {d.line, 1}, "a second document in one chunk", "separate documents by a line of --- alone", {}, ""});
        if (d.readable) d.line = d.root.position.line;
        take(s, std::move(d));
      }
    }
    line += lines;
    at = next;
  }
  return s;
}

Stream read(std::string_view bytes, std::string_view name, Format format, const Limits& limits) {
  try {
    return read_stream(bytes, name, format, limits);
  } catch (const std::exception& error) {  // out of memory: the stream is not read, the caller goes on
    Stream stream;
    stream.problems.push_back({"TX0106", {}, std::string("the input cannot be read: ") + error.what(), "", {}, ""});
    return stream;
  }
}
}  // namespace meshroute::text
