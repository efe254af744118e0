// SPDX-License-Identifier: Apache-2.0
// A recogniser of CEL's grammar: it keeps no tree, only what macros ask of their arguments.
#include "match/cel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace meshroute::match {

namespace {

enum class Kind { end, name, escaped_name, integer, whole, floating, text, bytes, mark, bad };

struct Token {
  Kind kind = Kind::end;
  std::string_view text;
};

constexpr std::string_view kReserved[] = {"as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
                                          "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
constexpr std::string_view kWords[] = {"in", "true", "false", "null"};

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_name(char c) { return is_decimal(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
template <class Words>
bool among(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::size_t run(std::string_view text, bool (*good)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), good) - text.begin());
}

/// The length of an escape sequence, 0 where none starts here.
std::size_t escape_size(std::string_view text) {
  if (text.size() < 2) return 0;
  const char letter = text[1];
  if (std::string_view("abfnrtv\"'\\?`").find(letter) != std::string_view::npos) return 2;
  if (letter >= '0' && letter <= '3') return text.size() >= 4 && is_octal(text[2]) && is_octal(text[3]) ? 4 : 0;
  const std::size_t digits = letter == 'x' || letter == 'X' ? 2U : letter == 'u' ? 4U : letter == 'U' ? 8U : 0U;
  return digits > 0 && run(text.substr(2, digits), is_hex) == digits ? 2 + digits : 0;
}

/// The length of a string literal from its prefix on, 0 where none starts here.
std::size_t string_size(std::string_view text) {
  const std::size_t prefix = text.starts_with('r') || text.starts_with('R') ? 1 : 0;
  const std::string_view body = text.substr(prefix);
  if (!body.starts_with('"') && !body.starts_with('\'')) return 0;
  const char quote = body.front();
  const auto ends = [&](std::size_t quotes) -> std::size_t {
    for (std::size_t at = quotes; at < body.size();) {
      if (body.substr(at, quotes) == std::string(quotes, quote)) return prefix + at + quotes;
      if (quotes == 1 && (body[at] == '\n' || body[at] == '\r')) return 0;
      const std::size_t step = body[at] == '\\' && prefix == 0 ? escape_size(body.substr(at)) : 1;
      if (step == 0) return 0;
      at += step;
    }
    return 0;
  };
  const std::size_t tripled = body.size() >= 3 && body[1] == quote && body[2] == quote ? ends(3) : 0;
  return tripled > 0 ? tripled : ends(1);
}

Token next_token(std::string_view& rest) {
  for (;;) {
    rest.remove_prefix(run(rest, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }));
    if (!rest.starts_with("//")) break;
    rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
  }
  const auto take = [&rest](Kind kind, std::size_t size) {
    const Token token{kind, rest.substr(0, size)};
    rest.remove_prefix(size);
    return token;
  };
  if (rest.empty()) return {};
  if (const std::size_t size = string_size(rest); size > 0) return take(Kind::text, size);
  if (rest.front() == 'b' || rest.front() == 'B') {
    if (const std::size_t size = string_size(rest.substr(1)); size > 0) return take(Kind::bytes, size + 1);
  }
  const std::size_t digits = run(rest, is_decimal);
  if (digits > 0 || (rest.front() == '.' && rest.size() > 1 && is_decimal(rest[1]))) {
    std::size_t end = digits;
    if (rest.starts_with("0x")) {
      if (const std::size_t hex = run(rest.substr(2), is_hex); hex > 0) {
        const char after = rest.size() > 2 + hex ? rest[2 + hex] : ' ';
        return after == 'u' || after == 'U' ? take(Kind::whole, hex + 3) : take(Kind::integer, hex + 2);
      }
    }
    if (end < rest.size() && rest[end] == '.') {
      if (const std::size_t fraction = run(rest.substr(end + 1), is_decimal); fraction > 0) end += 1 + fraction;
    }
    if (end < rest.size() && (rest[end] == 'e' || rest[end] == 'E')) {
      const std::size_t sign = end + 1 < rest.size() && (rest[end + 1] == '+' || rest[end + 1] == '-') ? 1 : 0;
      if (const std::size_t exponent = run(rest.substr(end + 1 + sign), is_decimal); exponent > 0) end += 1 + sign + exponent;
    }
    if (end > digits) return take(Kind::floating, end);
    const char after = rest.size() > digits ? rest[digits] : ' ';
    return after == 'u' || after == 'U' ? take(Kind::whole, digits + 1) : take(Kind::integer, digits);
  }
  if (const std::size_t size = run(rest, is_name); size > 0) {
    return take(among(kWords, rest.substr(0, size)) ? Kind::mark : Kind::name, size);
  }
  if (rest.front() == '`') {
    const std::size_t size =
        run(rest.substr(1), [](char c) { return is_name(c) || c == '.' || c == '-' || c == '/' || c == ' '; });
    if (size > 0 && rest.substr(1 + size).starts_with('`')) return take(Kind::escaped_name, size + 2);
  }
  for (const std::string_view mark : {"==", "!=", "<=", ">=", "&&", "||"}) {
    if (rest.starts_with(mark)) return take(Kind::mark, 2);
  }
  return std::string_view("<>[]{}().,-!?:+*/%").find(rest.front()) != std::string_view::npos ? take(Kind::mark, 1)
                                                                                             : take(Kind::bad, 1);
}

/// What macros ask of an argument: the name of a simple name, or whether it selects a field.
struct Shape {
  std::string_view name = {};
  bool selects = false;
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    do {
      tokens_.push_back(next_token(text));
    } while (tokens_.back().kind != Kind::end);
  }

  std::string run_all() {
    for (const Token& token : tokens_) {
      if (token.kind == Kind::bad) return "the character `" + std::string(token.text) + "` is not expected";
    }
    expression();
    if (problem_.empty() && peek().kind != Kind::end) unexpected();
    return problem_;
  }

 private:
  /// The parser of cel-go refuses more than this of one rule of the grammar inside of each other; a chain of operators counts
  /// too.
  static constexpr int kMostDepth = 250;
  class Depth {
   public:
    Depth(Parser& parser, int& count) : parser_(parser), count_(count) { more(); }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { count_ -= added_; }
    void more() {
      ++added_;
      if (++count_ > kMostDepth) parser_.fail("the expression is nested too deeply");
    }

   private:
    Parser& parser_;
    int& count_;
    int added_ = 0;
  };

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool good() const { return problem_.empty(); }
  bool is(std::string_view mark, std::size_t ahead = 0) const {
    return peek(ahead).kind == Kind::mark && peek(ahead).text == mark;
  }
  template <class... Marks>
  bool is_one_of(Marks... marks) const {
    return (is(marks) || ...);
  }
  void take() { at_ = std::min(at_ + 1, tokens_.size() - 1); }
  bool accept(std::string_view mark) {
    if (!good() || !is(mark)) return false;
    take();
    return true;
  }
  void expect(std::string_view mark) {
    if (good() && !accept(mark)) unexpected();
  }
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  void unexpected() {
    fail(peek().kind == Kind::end ? std::string("the expression ends too early")
                                  : "`" + std::string(peek().text) + "` is not expected here");
  }

  Shape expression() {
    const Depth depth(*this, expressions_);
    Shape shape = alternatives();
    if (!accept("?")) return shape;
    alternatives();
    expect(":");
    expression();
    return {};
  }

  Shape alternatives() {
    Shape shape = conjunction();
    while (accept("||")) conjunction(), shape = {};
    return shape;
  }

  Shape conjunction() {
    Shape shape = relation();
    while (accept("&&")) relation(), shape = {};
    return shape;
  }

  Shape relation() {
    Depth depth(*this, relations_);
    Shape shape = sum();
    while (good() && is_one_of("<", "<=", ">=", ">", "==", "!=", "in")) {
      depth.more();
      take();
      sum();
      shape = {};
    }
    return shape;
  }

  Shape sum() {
    Depth depth(*this, sums_);
    Shape shape = unary();
    while (good() && is_one_of("+", "-", "*", "/", "%")) {
      depth.more();
      take();
      unary();
      shape = {};
    }
    return shape;
  }

  Shape unary() {
    const bool literal = is("-") && (peek(1).kind == Kind::integer || peek(1).kind == Kind::floating);
    if (literal || !is_one_of("!", "-")) return member();
    const std::string_view sign = peek().text;
    while (accept(sign)) {
    }
    member();
    return {};
  }

  Shape member() {
    Depth depth(*this, members_);
    Shape shape = primary();
    while (good()) {
      if (is(".")) {
        take();
        if (is("?")) return fail("optional values are not supported"), Shape{};
        const Token name = peek();
        if (name.kind != Kind::name && name.kind != Kind::escaped_name) return unexpected(), Shape{};
        take();
        shape = {{}, true};
        if (name.kind == Kind::name && accept("(")) shape = call(name.text, true);
      } else if (accept("[")) {
        if (is("?")) return fail("optional values are not supported"), Shape{};
        expression();
        expect("]");
        shape = {};
      } else {
        break;
      }
      depth.more();
    }
    return shape;
  }

  /// The arguments, from behind the opening bracket on.
  Shape call(std::string_view name, bool of_receiver) {
    Shape first;
    std::size_t count = 0;
    if (!is(")")) {
      do {
        const Shape shape = expression();
        if (count++ == 0) first = shape;
      } while (accept(","));
    }
    expect(")");
    if (!of_receiver) {
      if (name != "has" || count != 1) return {};
      if (!first.selects) fail("has() asks for a field, such as has(a.b)");
      return {{}, true};
    }
    static constexpr std::string_view kQuantifiers[] = {"all", "exists", "exists_one", "existsOne", "filter", "map"};
    if (!among(kQuantifiers, name) || (count != 2 && (name != "map" || count != 3))) return {};
    if (first.name.empty()) fail("the first argument of " + std::string(name) + "() must be a name");
    if (first.name == "__result__" || first.name == "@result") fail("the name " + std::string(first.name) + " is taken");
    return {};
  }

  Shape primary() {
    if (!good()) return {};
    const Token token = peek();
    switch (token.kind) {
      case Kind::name:
        return named();
      case Kind::integer:
      case Kind::whole:
      case Kind::floating:
        take();
        number(token, false);
        return {};
      case Kind::text:
      case Kind::bytes:
        take();
        literal(token);
        return {};
      case Kind::mark:
        break;
      default:
        unexpected();
        return {};
    }
    if (token.text == "-" && (peek(1).kind == Kind::integer || peek(1).kind == Kind::floating)) {
      take();
      number(peek(), true);
      take();
      return {};
    }
    if (token.text == "." && peek(1).kind == Kind::name) {
      take();
      return named();
    }
    if (accept("(")) {
      const Shape shape = expression();
      expect(")");
      return shape;
    }
    if (accept("[")) {
      if (!is_one_of("]", ",")) {
        do {
          if (is("?")) fail("optional values are not supported");
          expression();
        } while (good() && !is("]", 1) && accept(","));
      }
      accept(",");
      expect("]");
      return {};
    }
    if (accept("{")) {
      entries(false);
      return {};
    }
    if (token.text == "true" || token.text == "false" || token.text == "null") {
      take();
      return {};
    }
    unexpected();
    return {};
  }

  /// A name, a call, or a message with its fields.
  Shape named() {
    std::size_t ahead = 1;
    while (is(".", ahead) && peek(ahead + 1).kind == Kind::name) ahead += 2;
    if (is("{", ahead)) {
      for (; ahead > 0; --ahead) take();
      take();
      entries(true);
      return {};
    }
    const std::string_view name = peek().text;
    if (among(kReserved, name)) fail("`" + std::string(name) + "` is a reserved word");
    take();
    if (accept("(")) return call(name, false);
    return {name, false};
  }

  /// The entries of a map or the fields of a message, from behind the opening brace on.
  void entries(bool fields) {
    if (!is_one_of("}", ",")) {
      do {
        if (is("?")) return fail("optional values are not supported");
        if (!fields) {
          expression();
        } else if (peek().kind == Kind::name || peek().kind == Kind::escaped_name) {
          take();
        } else {
          return unexpected();
        }
        expect(":");
        expression();
      } while (good() && !is("}", 1) && accept(","));
    }
    accept(",");
    expect("}");
  }

  void number(const Token& token, bool negative) {
    if (token.kind == Kind::floating) {
      double value = 0;
      if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), value).ec == std::errc::result_out_of_range &&
          token.text.find("e-") == std::string_view::npos && token.text.find("E-") == std::string_view::npos) {
        fail("`" + std::string(token.text) + "` is out of range");
      }
      return;
    }
    std::string_view digits = token.text;
    const int base = digits.starts_with("0x") ? 16 : 10;
    if (base == 16) digits.remove_prefix(2);
    if (token.kind == Kind::whole) digits.remove_suffix(1);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const std::uint64_t most = token.kind == Kind::whole ? ~std::uint64_t{0} : (std::uint64_t{1} << 63U) - (negative ? 0 : 1);
    if (error != std::errc() || value > most) fail("`" + std::string(token.text) + "` is out of range");
  }

  void literal(const Token& token) {
    const bool bytes = token.kind == Kind::bytes;
    std::string_view text = token.text.substr(bytes ? 1 : 0);
    if (text.starts_with('r') || text.starts_with('R')) return;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '\\') continue;
      const std::size_t size = escape_size(text.substr(at));
      if (text[at + 1] == 'u' || text[at + 1] == 'U') {
        std::uint32_t point = 0;
        std::from_chars(text.data() + at + 2, text.data() + at + size, point, 16);
        if (bytes || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
          fail("`" + std::string(text.substr(at, size)) + "` is no character");
        }
      }
      at += size - 1;
    }
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::string problem_;
  int expressions_ = 0, relations_ = 0, sums_ = 0, members_ = 0;
};

}  // namespace

std::string cel_problem(std::string_view expression) {
  constexpr std::size_t kMostBytes = 400'000;  // 100,000 characters
  if (expression.size() > kMostBytes) return "the expression is too long";
  return Parser(expression).run_all();
}

}  // namespace meshroute::match
