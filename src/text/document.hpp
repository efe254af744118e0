#pragma once

// SPDX-License-Identifier: Apache-2.0
// Positioned documents: what YAML and JSON are read into.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meshroute/options.hpp"
#include "text/arena.hpp"

namespace meshroute::text {

/// 1-based; a column counts Unicode code points.
struct Position {
  std::uint32_t line = 1, column = 1;
};

enum class Kind : std::uint8_t { null, boolean, integer, number, string, list, object };

struct Member;

/// One value. Views and children point into the input or the stream's storage and live as long as both do: a copy shares them.
struct Node {
  Kind kind = Kind::null;
  bool boolean = false;
  bool quoted = false;       ///< a string that was quoted, a block, or tagged
  Position position;         ///< of the value; where it is empty, of its key
  std::int64_t integer = 0;  ///< of an integer in int64's range
  double number = 0;         ///< of integer and number
  std::string_view text;     ///< a string's value; the spelling of every other scalar
  Children<Node> items;      ///< of a list
  Children<Member> members;  ///< of an object, in document order, keys unique (the last of duplicates wins)

  const Node* find(std::string_view key) const;
  const Member* member(std::string_view key) const;
  bool is_string() const { return kind == Kind::string; }
  bool is_object() const { return kind == Kind::object; }
  bool is_list() const { return kind == Kind::list; }
};

struct Member {
  std::string_view key;
  Position key_position;
  Node value;
};

/// The rules of reading text, by their ids; `findings/rules/text.hpp` says what each demands.
enum class Rule : std::uint8_t { TX0101, TX0102, TX0103, TX0105, TX0106, TX0107, TX0108, TX0109, TX0201 };

/// A finding of the reader.
struct Problem {
  Rule rule;
  Position position;
  std::string message, hint;
  Position related{0, 0};  ///< line 0: none
  std::string related_message;
};

struct Document {
  std::size_t offset = 0, size = 0;  ///< of its chunk in the bytes
  std::uint32_t line = 1;            ///< where it starts (its first token)
  bool readable = true;              ///< false: `root` is null and an error Problem says why
  bool from_list = false;            ///< an item of a `List`
  Node root;
  std::vector<Problem> errors;      ///< refuse the document
  std::vector<Problem> duplicates;  ///< duplicate keys: strict decoding fails (TX0201)
};

struct Stream {
  std::vector<Document> documents;
  std::vector<Problem> problems;               ///< of the stream itself (limits, a second document in a chunk)
  std::vector<std::shared_ptr<void>> storage;  ///< what the views point into
};

/// One part of a stream, between lines of `---`.
struct Chunk {
  std::size_t offset = 0, size = 0;
  std::uint32_t line = 1;  ///< of its first byte
  std::uint32_t separator_line =
      0;  ///< of a separator that says more, which ends the chunk and refuses it; 0 where there is none
};

/// The parts of YAML bytes that hold more than comments (Kubernetes' splitter). They can be read apart, in any order.
std::vector<Chunk> split(std::string_view bytes);

/// Whether the bytes are to be read as JSON: by the format, the name's end, or what they look like.
bool reads_as_json(std::string_view bytes, std::string_view name, Format format);

/// Reads one part of `bytes` as YAML; positions count in the whole. `bytes` must outlive what is read.
Stream read_chunk(std::string_view bytes, const Chunk& chunk, const Limits& limits);

/// Reads a stream as Kubernetes does: splits at `---` lines, types scalars by YAML 1.1, expands aliases and merge keys.
/// `bytes` must outlive the stream. Never throws; one broken document never costs the others.
Stream read(std::string_view bytes, std::string_view name, Format format, const Limits& limits);

/// Where `path` ("spec.http[0].match[1].uri") is in a document: the deepest part of it that exists.
Position locate(const Node& root, std::string_view path);

/// Finds lines of a text by number; the first call makes an index.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : bytes_(bytes) {}
  /// The line without its end, cut to `most` bytes; empty without one.
  std::string_view line(std::uint32_t number, std::size_t most = 400);
  /// How many lines end before this offset.
  std::uint32_t before(std::size_t offset);

 private:
  void find_starts();
  std::string_view bytes_;
  std::vector<std::size_t> starts_;
};

}  // namespace meshroute::text
