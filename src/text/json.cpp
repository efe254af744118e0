// SPDX-License-Identifier: Apache-2.0
// JSON read into positioned documents.
#include "text/json.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace meshroute::text {

namespace {

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
    *told = ++at;
    return *this;
  }
  TellingIterator operator++(int) {
    const auto old = *this;
    ++*this;
    return old;
  }
  bool operator==(const TellingIterator& other) const { return at == other.at; }
  bool operator!=(const TellingIterator& other) const { return at != other.at; }
};

class SaxHandler {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  SaxHandler(std::string_view bytes, const Limits& limits, Arena& store, Document& document)
      : told(bytes.data()),
        limits_(limits),
        store_(store),
        builder_(store, document.duplicates),
        end_(bytes.data() + bytes.size()),
        scanned_(bytes.data()) {
    if (bytes.starts_with("\xEF\xBB\xBF")) scanned_ += 3;
  }

  bool null() { return put(make(Kind::null)); }
  bool boolean(bool value) {
    Node node = make(Kind::boolean);
    node.boolean = value;
    return put(std::move(node));
  }
  bool number_integer(number_integer_t value) {
    Node node = make(Kind::integer);
    node.integer = value;
    node.number = static_cast<double>(value);
    node.text = number_text();
    return put(std::move(node));
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value <= 9223372036854775807ULL) return number_integer(static_cast<std::int64_t>(value));
    return number_float(static_cast<double>(value), {});
  }
  bool number_float(number_float_t value, const string_t&) {
    Node node = make(Kind::number);
    node.number = value;
    node.text = number_text();
    return put(std::move(node));
  }
  bool string(string_t& value) {
    Node node = make(Kind::string);
    node.quoted = true;
    node.text = text_of(value);
    return put(std::move(node));
  }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return start(Kind::object); }
  bool start_array(std::size_t) { return start(Kind::list); }
  bool key(string_t& value) {
    const Position position = token();
    builder_.key(text_of(value), position);
    return true;
  }
  bool end_object() { return end(); }
  bool end_array() { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    std::string message = error.what();
    if (const auto cut = message.find("syntax error"); cut != std::string::npos) message = message.substr(cut);
    skip();
    refusal = Refusal{Rule::TX0103, here_, std::move(message), ""};
    return false;
  }

  Node root() { return std::move(builder_.root); }

  const char* told;
  std::optional<Refusal> refusal;

 private:
  void skip() {
    while (scanned_ < end_ && (*scanned_ == ' ' || *scanned_ == '\t' || *scanned_ == '\n' || *scanned_ == '\r' ||
                               *scanned_ == ',' || *scanned_ == ':'))
      step();
  }
  /// Where the token that was just read starts; `scanned_` then stands at its end. A token has no line break.
  Position token() {
    skip();
    const Position start = here_;
    token_ = scanned_;
    const char* const stop = told < end_ ? told : end_;
    for (; scanned_ < stop && *scanned_ != '\n'; ++scanned_)  // a number's end is one past it
      here_.column += (static_cast<unsigned char>(*scanned_) & 0xC0U) != 0x80U ? 1U : 0U;
    return start;
  }
  void step() {
    if (*scanned_ == '\n')
      here_ = {here_.line + 1, 1};
    else
      ++here_.column;
    ++scanned_;
  }
  Node make(Kind kind) {
    Node node;
    node.kind = kind;
    node.position = token();
    return node;
  }
  /// A string's text, in the input where it has no escapes.
  std::string_view text_of(const std::string& value) {
    const auto size = static_cast<std::size_t>(scanned_ - token_);
    if (size == value.size() + 2) return {token_ + 1, value.size()};
    return store_.keep(value);
  }
  /// A number ends where the reader saw another character: it stands one past it.
  std::string_view number_text() const {
    const char* stop = token_;
    while (stop < scanned_ && std::string_view("+-.0123456789eE").find(*stop) != std::string_view::npos) ++stop;
    return {token_, static_cast<std::size_t>(stop - token_)};
  }
  bool refuse(Rule rule, std::string message) {
    refusal = Refusal{rule, here_, std::move(message), ""};
    return false;
  }
  bool start(Kind kind) {
    if (builder_.depth() >= limits_.depth)
      return refuse(Rule::TX0105, "the document is nested deeper than " + std::to_string(limits_.depth) + " levels");
    builder_.begin(kind, token());
    return true;
  }
  bool end() {
    token();
    return put(builder_.end());
  }
  bool put(Node node) {
    if (++nodes_ > limits_.nodes)
      return refuse(Rule::TX0106, "the document has more than " + std::to_string(limits_.nodes) + " nodes");
    builder_.put(std::move(node));
    return true;
  }

  const Limits& limits_;
  Arena& store_;
  Builder builder_;
  const char* end_;
  const char* scanned_;
  const char* token_ = nullptr;
  Position here_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<Refusal> read_json(std::string_view bytes, const Limits& limits, Arena& store, Document& document) {
  SaxHandler handler(bytes, limits, store, document);
  const TellingIterator begin{bytes.data(), &handler.told}, end{bytes.data() + bytes.size(), &handler.told};
  nlohmann::json::sax_parse(begin, end, &handler);
  if (!handler.refusal) document.root = handler.root();
  return std::move(handler.refusal);
}

}  // namespace meshroute::text
