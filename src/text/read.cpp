// SPDX-License-Identifier: Apache-2.0
// Streams: what is JSON, where YAML splits, and what one broken part costs.
#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "text/json.hpp"
#include "text/json_reader.hpp"
#include "text/yaml.hpp"
#include "text/yaml_reader.hpp"
#include "text/yaml_strict.hpp"

namespace meshroute::text {

namespace {

constexpr std::size_t kTreePerByte = 8;  // about the size of a manifest's tree, per byte of its text

/// A `List` is its items.
void take(Document document, Stream& stream) {
  const Node* kind = document.root.find("kind");
  const Member* items = document.root.member("items");
  if (kind == nullptr || !kind->is_string() || !kind->text.ends_with("List") || items == nullptr || !items->value.is_list()) {
    stream.documents.push_back(std::move(document));
    return;
  }
  for (const Node& item : items->value.items) {
    Document one;
    one.offset = document.offset;
    one.size = document.size;
    one.line = item.position.line;
    one.from_list = true;
    one.root = item;
    stream.documents.push_back(std::move(one));
  }
}

enum class Separator { none, good, bad };

/// What follows white space, Unicode's too.
std::string_view trim_start(std::string_view text) {
  for (;;) {
    const auto first = text.find_first_not_of(" \t\r\v\f");
    if (first == std::string_view::npos) return {};
    text.remove_prefix(first);
    const std::string_view two = text.substr(0, 2), three = text.substr(0, 3);
    const bool space = three == "\xE1\x9A\x80" || (three >= "\xE2\x80\x80" && three <= "\xE2\x80\x8A") ||
                       three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9" || three == "\xE2\x80\xAF" || three == "\xE2\x81\x9F" ||
                       three == "\xE3\x80\x80";
    if (two != "\xC2\x85" && two != "\xC2\xA0" && !space) return text;
    text.remove_prefix(space ? 3 : 2);
  }
}

/// Kubernetes takes a line that starts with --- for a separator, and only white space or a comment behind it.
Separator separator(std::string_view line) {
  if (!line.starts_with("---")) return Separator::none;
  const auto more = trim_start(line.substr(3));
  return more.empty() || more[0] == '#' ? Separator::good : Separator::bad;
}

/// The first line from `line` on that starts with three dashes, or the end. A look at each third byte meets one of them.
std::size_t next_dashes(std::string_view bytes, std::size_t line) {
  for (std::size_t at = line + 2; at < bytes.size(); at += 3) {
    if (bytes[at] != '-') continue;
    std::size_t first = at;
    while (first > line && first + 2 > at && bytes[first - 1] == '-') --first;
    if ((first == line || bytes[first - 1] == '\n') && bytes.substr(first).starts_with("---")) return first;
  }
  return bytes.size();
}

/// Whether a line holds more than a comment; other line breaks than \n end a comment too.
bool has_content(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return false;
  if (line[first] != '#') return true;
  const auto has = [&](std::string_view text) { return line.find(text) != std::string_view::npos; };
  return has("\r") || has("\xC2\x85") || has("\xE2\x80\xA8") || has("\xE2\x80\xA9");
}

Document broken(const Refusal& refusal, std::string_view bytes, const Chunk& chunk) {
  Document document;
  document.offset = chunk.offset;
  document.size = chunk.size;
  document.line = chunk.line;
  std::size_t at = chunk.offset;  // where its first line is that is more than a comment
  while (at < chunk.offset + chunk.size) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    if (has_content(bytes.substr(at, end - at))) break;
    ++document.line;
    at = end + 1;
  }
  document.readable = false;
  document.errors.push_back({refusal.rule, refusal.position, refusal.message, refusal.hint, {0, 0}, ""});
  return document;
}

bool surrogate_escape(std::string_view bytes) {
  for (auto at = bytes.find("\\u"); at != std::string_view::npos; at = bytes.find("\\u", at + 2)) {
    const bool high = at + 3 < bytes.size() && (bytes[at + 2] == 'd' || bytes[at + 2] == 'D');
    if (high && std::string_view("89abcdefABCDEF").find(bytes[at + 3]) != std::string_view::npos) return true;
  }
  return false;
}

bool named_json(std::string_view name, Format format) {
  return format == Format::json || (format == Format::automatic && name.ends_with(".json"));
}

/// No deeper than the call stack takes.
Limits bounded(Limits limits) {
  limits.depth = std::min(limits.depth, 1000U);
  return limits;
}

Stream read_stream(std::string_view bytes, std::string_view name, Format format, const Limits& limits) {
  Stream stream;
  if (bytes.size() > limits.bytes) {
    stream.problems.push_back(
        {Rule::TX0107, {}, "the input is larger than the limit of " + std::to_string(limits.bytes) + " bytes", "", {0, 0}, ""});
    return stream;
  }
  if (reads_as_json(bytes, name, format)) {
    auto store = std::make_shared<Arena>(bytes.size() * kTreePerByte);
    Document document;
    document.size = bytes.size();
    std::optional<Refusal> refusal;
    if (!read_plain_json(bytes, limits, *store, document)) refusal = read_json(bytes, limits, *store, document);
    const bool must = named_json(name, format);
    if (!refusal || must || refusal->rule != Rule::TX0103) {
      stream.storage.push_back(std::move(store));
      if (refusal) {
        stream.documents.push_back(broken(*refusal, bytes, {0, bytes.size(), 1}));
      } else {
        document.line = document.root.position.line;
        take(std::move(document), stream);
      }
      return stream;
    }
  }
  for (const Chunk& chunk : split(bytes)) {
    Stream part = read_chunk(bytes, chunk, limits);
    std::move(part.documents.begin(), part.documents.end(), std::back_inserter(stream.documents));
    std::move(part.storage.begin(), part.storage.end(), std::back_inserter(stream.storage));
  }
  return stream;
}

}  // namespace

std::vector<Chunk> split(std::string_view bytes) {
  std::vector<Chunk> chunks;
  const bool marked = bytes.starts_with(kByteOrderMark);
  std::size_t at = marked ? kByteOrderMark.size() : 0;
  Chunk chunk{at, 0, 1};
  std::uint32_t line = 1;
  bool content = false, directives = false;  ///< of the chunk
  for (std::size_t next = 0; at < bytes.size(); at = next, ++line) {
    if (content) {  // only a separator counts from here on
      const std::size_t start = next_dashes(bytes, at);
      line += static_cast<std::uint32_t>(
          std::count(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(start), '\n'));
      at = start;
      if (at == bytes.size()) break;
    }
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    next = std::min(end + 1, bytes.size());
    const std::string_view text = bytes.substr(at, end - at);
    const Separator kind = separator(text);
    if (kind == Separator::none) {
      if (!content && has_content(text)) (text.starts_with('%') ? directives : content) = true;
    } else if (marked && line == 1) {  // behind a byte-order mark Kubernetes sees no separator
      content = kind == Separator::bad || text.starts_with("---#");
    } else if (directives && !content) {  // they belong to the document that starts here
      content = true;
    } else if (kind == Separator::bad && !content) {  // "--- {a: b}" loses nothing
      chunk = {at, 0, line};
      content = true;
    } else if (kind == Separator::bad || at > chunk.offset) {
      chunk.size = (kind == Separator::bad ? next : at) - chunk.offset;
      chunk.separator_line = kind == Separator::bad ? line : 0;
      if (content) chunks.push_back(chunk);
      chunk = {next, 0, line + 1};
      content = directives = false;
    } else {                               // a separator with nothing before it stays in its chunk: it starts the document
      content = text.starts_with("---#");  // to YAML that is a text
    }
  }
  chunk.size = bytes.size() - chunk.offset;
  if (content || directives) chunks.push_back(chunk);
  return chunks;
}

bool reads_as_json(std::string_view bytes, std::string_view name, Format format) {
  const auto first = bytes.find_first_not_of(" \t\r\n", bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  if (first == std::string_view::npos || format == Format::yaml) return false;
  if (named_json(name, format)) return true;
  std::size_t offset = 0;
  return (bytes[first] == '{' || bytes[first] == '[') && bytes.find("\\/") == std::string_view::npos &&
         !surrogate_escape(bytes) && refuse_bytes(bytes, offset).empty();  // in doubt it is YAML, as Kubernetes reads all
}

Stream read_chunk(std::string_view bytes, const Chunk& chunk, const Limits& given) {
  const Limits limits = bounded(given);
  Stream stream;
  auto store = std::make_shared<Arena>(chunk.size * kTreePerByte);
  std::vector<Document> documents;
  try {
    if (chunk.separator_line != 0) {
      throw Refusal{
          Rule::TX0109,
          {chunk.separator_line, 1},
          "a line that starts with --- separates documents, and only a comment may follow: the document before it is lost",
          "put what follows on a line of its own"};
    }
    const std::string_view text = bytes.substr(chunk.offset, chunk.size);
    if (!read_plain_yaml(text, chunk.line, limits, *store, documents)) read_yaml(text, chunk.line, limits, *store, documents);
  } catch (const Refusal& refusal) {
    stream.documents.push_back(broken(refusal, bytes, chunk));
    return stream;
  } catch (const std::bad_alloc&) {  // says nothing of the document
    throw;
  } catch (const std::exception& error) {
    stream.documents.push_back(broken(
        Refusal{Rule::TX0106, {chunk.line, 1}, std::string("the document cannot be read: ") + error.what(), ""}, bytes, chunk));
    return stream;
  }
  stream.storage.push_back(std::move(store));
  for (std::size_t i = 0; i < documents.size(); ++i) {
    Document& document = documents[i];
    document.offset = chunk.offset;
    document.size = chunk.size;
    if (i > 0)
      document.errors.push_back({Rule::TX0102,
                                 {document.line, 1},
                                 "a second document in one chunk",
                                 "separate documents by a line of --- alone",
                                 {0, 0},
                                 ""});
    document.line = document.root.position.line;
    take(std::move(document), stream);
  }
  return stream;
}

Stream read(std::string_view bytes, std::string_view name, Format format, const Limits& limits) {
  try {
    return read_stream(bytes, name, format, bounded(limits));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {  // the stream is not read, the caller goes on
    Stream stream;
    stream.problems.push_back({Rule::TX0106, {}, std::string("the input cannot be read: ") + error.what(), "", {0, 0}, ""});
    return stream;
  }
}

}  // namespace meshroute::text
