// SPDX-License-Identifier: Apache-2.0
// A reader of RE2's syntax, as far as it says which strings match: what is only guessed (properties of Unicode, word boundaries)
// is sorted out by RE2 itself, which tests every string.
#include "witness/regex_strings.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>

#include "match/regex.hpp"

namespace meshroute::witness {

namespace {

using Bytes = std::bitset<256>;

constexpr std::size_t kMostRepeats = 1000, kMostLength = 4000, kMostDepth = 200;

/// A piece of a pattern.
struct Piece {
  enum class Kind : std::uint8_t { empty, one, sequence, choice, repeat } kind = Kind::empty;
  Bytes bytes;                ///< of `one`
  std::vector<Piece> pieces;  ///< of sequence and choice; of repeat: one
  std::size_t least = 0;      ///< of repeat
  std::size_t most = 0;       ///< likewise
};

Bytes range(unsigned char from, unsigned char to) {
  Bytes set;
  for (unsigned c = from; c <= to; ++c) set.set(c);
  return set;
}

Bytes digits() { return range('0', '9'); }
Bytes letters() { return range('a', 'z') | range('A', 'Z'); }
Bytes words() { return letters() | digits() | range('_', '_'); }
Bytes spaces() { return range('\t', '\n') | range('\f', '\r') | range(' ', ' '); }

Bytes folded(Bytes set) {
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    const unsigned upper = c - 'a' + 'A';
    if (set.test(c) || set.test(upper)) set.set(c).set(upper);
  }
  return set;
}

std::optional<Bytes> named_class(std::string_view name) {
  if (name == "alpha") return letters();
  if (name == "digit") return digits();
  if (name == "alnum") return letters() | digits();
  if (name == "upper") return range('A', 'Z');
  if (name == "lower") return range('a', 'z');
  if (name == "word") return words();
  if (name == "space") return spaces() | range('\v', '\v');
  if (name == "blank") return range(' ', ' ') | range('\t', '\t');
  if (name == "punct") return range('!', '/') | range(':', '@') | range('[', '`') | range('{', '~');
  if (name == "xdigit") return digits() | range('a', 'f') | range('A', 'F');
  if (name == "print") return range(' ', '~');
  if (name == "graph") return range('!', '~');
  if (name == "ascii") return range(0, 127);
  if (name == "cntrl") return range(0, 31) | range(127, 127);
  return std::nullopt;
}

/// A guess at a property of Unicode, within ASCII.
Bytes property(std::string_view name) {
  if (name == "Lu") return range('A', 'Z');
  if (name == "Ll") return range('a', 'z');
  if (name.starts_with('N')) return digits();
  if (name.starts_with('P')) return *named_class("punct");
  if (name.starts_with('Z')) return range(' ', ' ');
  if (name.starts_with('S')) return range('+', '+') | range('<', '>') | range('$', '$');
  return letters();
}

struct Flags {
  bool fold = false, dot_all = false;
};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : rest_(pattern) {}

  std::optional<Piece> parse() {
    Piece whole = choice({}, 0);
    if (failed_ || !rest_.empty()) return std::nullopt;
    return whole;
  }

 private:
  Piece fail() {
    failed_ = true;
    return {};
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  unsigned char next() {
    if (rest_.empty()) return failed_ = true, '\0';
    const auto c = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return c;
  }

  Piece choice(Flags flags, std::size_t depth) {
    if (depth > kMostDepth) return fail();
    std::vector<Piece> ways;
    ways.push_back(sequence(flags, depth));
    while (!failed_ && take("|")) ways.push_back(sequence(flags, depth));
    if (ways.size() == 1) return std::move(ways.front());
    return Piece{.kind = Piece::Kind::choice, .bytes = {}, .pieces = std::move(ways)};
  }

  /// Flags may change within it: "a(?i)b".
  Piece sequence(Flags& flags, std::size_t depth) {
    Piece all{.kind = Piece::Kind::sequence, .bytes = {}, .pieces = {}};
    while (!failed_ && !rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      if (take("\\Q")) {
        const auto end = rest_.find("\\E");
        for (const char c : rest_.substr(0, end))
          all.pieces.push_back(one(range(static_cast<unsigned char>(c), static_cast<unsigned char>(c)), flags));
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
        if (!all.pieces.empty()) all.pieces.back() = repeated(std::move(all.pieces.back()));
        continue;
      }
      Piece piece = atom(flags, depth);
      all.pieces.push_back(repeated(std::move(piece)));
    }
    if (all.pieces.size() == 1) return std::move(all.pieces.front());
    return all;
  }

  static Piece one(Bytes bytes, const Flags& flags) {
    return Piece{.kind = Piece::Kind::one, .bytes = flags.fold ? folded(bytes) : bytes, .pieces = {}};
  }

  Piece atom(Flags& flags, std::size_t depth) {
    if (rest_.front() == '(') return group(flags, depth);
    if (rest_.front() == '[') return one(set(), flags);
    if (take("^") || take("$")) return {};
    if (take(".")) {
      Bytes any;
      any.set();
      if (!flags.dot_all) any.reset('\n');
      return one(any, flags);
    }
    if (rest_.front() == '\\') {
      rest_.remove_prefix(1);
      if (take("b") || take("B") || take("A") || take("z") || take("Z")) return {};
      return one(escape(), flags);
    }
    const unsigned char c = next();
    if (c == '*' || c == '+' || c == '?') return fail();
    return one(range(c, c), flags);
  }

  Piece group(Flags& flags, std::size_t depth) {
    rest_.remove_prefix(1);
    Flags inner = flags;
    if (take("?")) {
      if (take("P<") || take("<")) {
        const auto end = rest_.find('>');
        if (end == std::string_view::npos) return fail();
        rest_.remove_prefix(end + 1);
      } else {
        bool on = true;
        for (;;) {
          const unsigned char c = next();
          if (failed_) return {};
          if (c == ':') break;
          if (c == ')') {
            flags = inner;  // for what follows
            return {};
          }
          if (c == '-')
            on = false;
          else if (c == 'i')
            inner.fold = on;
          else if (c == 's')
            inner.dot_all = on;
          else if (c != 'm' && c != 'U')
            return fail();
        }
      }
    }
    Piece piece = choice(inner, depth + 1);
    if (!take(")")) return fail();
    return piece;
  }

  Bytes set() {
    rest_.remove_prefix(1);
    const bool negated = take("^");
    Bytes bytes;
    for (bool first = true; !failed_; first = false) {
      if (rest_.empty()) {
        failed_ = true;
        break;
      }
      if (rest_.front() == ']' && !first) {
        rest_.remove_prefix(1);
        break;
      }
      if (rest_.starts_with("[:")) {
        const auto end = rest_.find(":]");
        if (end == std::string_view::npos) {
          failed_ = true;
          break;
        }
        std::string_view name = rest_.substr(2, end - 2);
        const bool without = name.starts_with('^');
        if (without) name.remove_prefix(1);
        const auto named = named_class(name);
        if (!named) {
          failed_ = true;
          break;
        }
        bytes |= without ? ~*named : *named;
        rest_.remove_prefix(end + 2);
        continue;
      }
      Bytes low;
      if (take("\\")) {
        low = escape();
      } else {
        const unsigned char c = next();
        low = range(c, c);
      }
      if (low.count() == 1 && rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        Bytes high;
        if (take("\\")) {
          high = escape();
        } else {
          const unsigned char c = next();
          high = range(c, c);
        }
        unsigned from = 0, to = 0;
        while (!low.test(from)) ++from;
        while (to < 255 && !high.test(to)) ++to;
        bytes |= range(static_cast<unsigned char>(from), static_cast<unsigned char>(to));
        continue;
      }
      bytes |= low;
    }
    return negated ? ~bytes : bytes;
  }

  /// Behind the backslash.
  Bytes escape() {
    const auto at = [](unsigned value) { return range(static_cast<unsigned char>(value), static_cast<unsigned char>(value)); };
    const unsigned char c = next();
    switch (c) {
      case 'd':
        return digits();
      case 'D':
        return ~digits();
      case 'w':
        return words();
      case 'W':
        return ~words();
      case 's':
        return spaces();
      case 'S':
        return ~spaces();
      case 'a':
        return at('\a');
      case 'f':
        return at('\f');
      case 'n':
        return at('\n');
      case 'r':
        return at('\r');
      case 't':
        return at('\t');
      case 'v':
        return at('\v');
      case 'C':
        return ~Bytes();
      case 'p':
      case 'P': {
        std::string_view name = rest_.substr(0, 1);
        bool without = c == 'P';
        std::size_t size = name.size();
        if (name == "{") {
          const auto end = rest_.find('}');
          if (end == std::string_view::npos) return failed_ = true, Bytes();
          name = rest_.substr(1, end - 1);
          size = end + 1;
        }
        rest_.remove_prefix(size);
        if (name.starts_with('^')) {
          without = !without;
          name.remove_prefix(1);
        }
        return without ? ~property(name) : property(name);
      }
      case 'x': {
        std::string_view hex = rest_.substr(0, 2);
        std::size_t size = hex.size();
        if (hex.starts_with('{')) {
          const auto end = rest_.find('}');
          if (end == std::string_view::npos) return failed_ = true, Bytes();
          hex = rest_.substr(1, end - 1);
          size = end + 1;
        }
        rest_.remove_prefix(size);
        unsigned value = 0;
        for (const char digit : hex) {
          const int worth = digit >= '0' && digit <= '9'   ? digit - '0'
                            : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                            : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                           : -1;
          if (worth < 0) return failed_ = true, Bytes();
          value = std::min(value * 16 + static_cast<unsigned>(worth), 0x110000U);
        }
        return value < 256 ? at(value) : Bytes();
      }
      default:
        if (c >= '0' && c <= '7') {
          unsigned value = c - '0';
          for (int i = 0; i < 2 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '7'; ++i)
            value = value * 8 + (next() - '0');
          return value < 256 ? at(value) : Bytes();
        }
        return at(c);
    }
  }

  Piece repeated(Piece piece) {
    for (;;) {
      std::size_t least = 0, most = 0;
      if (take("*")) {
        most = kMostRepeats;
      } else if (take("+")) {
        least = 1;
        most = kMostRepeats;
      } else if (take("?")) {
        most = 1;
      } else if (!bounds(least, most)) {
        return piece;
      }
      take("?");  // the shortest first: the same strings
      Piece repeat{.kind = Piece::Kind::repeat, .bytes = {}, .pieces = {}, .least = least, .most = most};
      repeat.pieces.push_back(std::move(piece));
      piece = std::move(repeat);
    }
  }

  /// {2}, {2,}, {2,5}; any other brace stands for itself.
  bool bounds(std::size_t& least, std::size_t& most) {
    if (rest_.size() < 3 || rest_.front() != '{') return false;
    std::size_t at = 1;
    const auto number = [&](std::size_t& value) {
      const std::size_t start = at;
      value = 0;
      while (at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9')
        value = std::min(value * 10 + static_cast<std::size_t>(rest_[at++] - '0'), kMostRepeats);
      return at > start;
    };
    if (!number(least)) return false;
    most = least;
    if (at < rest_.size() && rest_[at] == ',') {
      ++at;
      if (!number(most)) most = kMostRepeats;
    }
    if (at >= rest_.size() || rest_[at] != '}') return false;
    rest_.remove_prefix(at + 1);
    return true;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// Which of the ways is taken: 0 the plainest, others by a sequence of numbers that the same seed always gives.
class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : seed_(seed), state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  std::size_t below(std::size_t count) {
    if (seed_ == 0 || count < 2) return 0;
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_ % count;
  }
  std::uint64_t seed() const { return seed_; }
  /// False when a text has cost enough: empty groups can be repeated in groups that are repeated.
  bool goes_on() { return ++steps_ < kMostSteps; }

 private:
  static constexpr std::size_t kMostSteps = 20000;
  std::uint64_t seed_, state_;
  std::size_t steps_ = 0;
};

char plain_byte(const Bytes& bytes, Chooser& choose) {
  static constexpr std::string_view kPlain = "wabcdefghijklmnopqrstuvxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~/:@!$&'()*+,;=";
  std::string good;
  for (const char c : kPlain) {
    if (bytes.test(static_cast<unsigned char>(c))) good += c;
  }
  if (!good.empty()) return good[choose.below(std::min<std::size_t>(good.size(), 40))];
  for (unsigned c = 33; c < 256; ++c) {
    if (bytes.test(c)) return static_cast<char>(c);
  }
  for (unsigned c = 33; c-- > 1;) {
    if (bytes.test(c)) return static_cast<char>(c);
  }
  return '\0';
}

void build(const Piece& piece, Chooser& choose, std::string& text) {
  if (text.size() > kMostLength || !choose.goes_on()) return;
  switch (piece.kind) {
    case Piece::Kind::empty:
      return;
    case Piece::Kind::one:
      text += plain_byte(piece.bytes, choose);
      return;
    case Piece::Kind::sequence:
      for (const Piece& each : piece.pieces) build(each, choose, text);
      return;
    case Piece::Kind::choice: {
      // Each of the first seeds takes one way after the other.
      const std::size_t ways = piece.pieces.size();
      const std::size_t way = choose.seed() < 2 * ways ? choose.seed() / 2 % ways : choose.below(ways);
      build(piece.pieces[way], choose, text);
      return;
    }
    case Piece::Kind::repeat: {
      std::size_t times = piece.least;
      if (choose.seed() > 0 && piece.most > piece.least)
        times += choose.seed() == 1 ? 1 : choose.below(std::min<std::size_t>(piece.most - piece.least, 3) + 1);
      for (std::size_t i = 0; i < times && text.size() <= kMostLength; ++i) build(piece.pieces.front(), choose, text);
      return;
    }
  }
}

bool is_any(const Piece& piece) {
  return piece.kind == Piece::Kind::repeat && piece.least == 0 && piece.most == kMostRepeats &&
         piece.pieces.front().kind == Piece::Kind::one && piece.pieces.front().bytes.count() >= 255;
}

bool is_slash(const Piece& piece) { return piece.kind == Piece::Kind::one && piece.bytes.count() == 1 && piece.bytes.test('/'); }

}  // namespace

std::vector<std::string> strings_of(std::string_view pattern, std::size_t most) {
  std::vector<std::string> found;
  const auto regex = match::Regex::compile(pattern);
  if (!regex) return found;
  const auto parsed = Parser(pattern).parse();
  if (!parsed) return found;
  for (std::uint64_t seed = 0; seed < 16 + 8 * most && found.size() < most; ++seed) {
    Chooser choose(seed);
    std::string text;
    build(*parsed, choose, text);
    if (std::find(found.begin(), found.end(), text) == found.end() && regex->full_match(text)) found.push_back(std::move(text));
  }
  return found;
}

Head head_of(std::string_view pattern) {
  Head head;
  const auto parsed = Parser(pattern).parse();
  if (!parsed) return head;
  std::vector<Piece> alone;
  if (parsed->kind != Piece::Kind::sequence) alone.push_back(*parsed);
  const auto& pieces = parsed->kind == Piece::Kind::sequence ? parsed->pieces : alone;
  std::size_t at = 0;
  for (; at < pieces.size(); ++at) {
    const Piece& piece = pieces[at];
    if (piece.kind == Piece::Kind::empty && pattern.find("\\b") == std::string_view::npos &&
        pattern.find("\\B") == std::string_view::npos)
      continue;
    if (piece.kind != Piece::Kind::one || piece.bytes.count() != 1) break;
    for (unsigned c = 0; c < 256; ++c) {
      if (piece.bytes.test(c)) head.literal += static_cast<char>(c);
    }
  }
  if (at == pieces.size()) {
    head.rest = Head::Rest::none;
  } else if (at + 1 == pieces.size() && is_any(pieces[at])) {
    head.rest = Head::Rest::any;
  } else if (at + 1 == pieces.size() && pieces[at].kind == Piece::Kind::repeat && pieces[at].least == 0 && pieces[at].most == 1) {
    const Piece& inner = pieces[at].pieces.front();
    if (inner.kind == Piece::Kind::sequence && inner.pieces.size() == 2 && is_slash(inner.pieces[0]) && is_any(inner.pieces[1]))
      head.rest = Head::Rest::path;
  }
  return head;
}

}  // namespace meshroute::witness
