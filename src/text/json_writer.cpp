// SPDX-License-Identifier: Apache-2.0
// JSON text in the form that nlohmann's dump() has.
#include "text/json_writer.hpp"

#include <charconv>
#include <cmath>

#include "text/binary.hpp"
#include "text/json_tree.hpp"

namespace meshroute::text {

void JsonWriter::new_line() {
  if (indent_ < 0) return;
  out_ += '\n';
  out_.append(depth_ * static_cast<std::size_t>(indent_), ' ');
}

void JsonWriter::next() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ > 0) {
    if (!empty_) out_ += ',';
    new_line();
  }
  empty_ = false;
}

void JsonWriter::begin(char bracket) {
  next();
  out_ += bracket;
  ++depth_;
  empty_ = true;
}

void JsonWriter::end(char bracket) {
  --depth_;
  if (!empty_) new_line();
  out_ += bracket;
  empty_ = false;
}

void JsonWriter::key(std::string_view name) {
  next();
  quoted(name);
  out_ += indent_ < 0 ? ":" : ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  next();
  quoted(text);
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  std::string text(digits, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  raw(text);
}

void JsonWriter::embed(std::string_view json) { json_or_text(json).write(*this); }

void JsonWriter::quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  std::size_t plain = 0;  // where the bytes start that are written as they are
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t size = byte < 0x80 ? 1 : utf8_size(text.substr(i, 4));
    if (size > 0 && byte >= 0x20 && byte != '"' && byte != '\\') {
      i += size;
      continue;
    }
    out_ += text.substr(plain, i - plain);
    plain = ++i;
    switch (byte) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\b':
        out_ += "\\b";
        break;
      case '\f':
        out_ += "\\f";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      default:
        if (byte >= 0x80) {
          out_ += "\xEF\xBF\xBD";
        } else {
          out_ += "\\u00";
          out_ += kHex[byte >> 4U];
          out_ += kHex[byte & 15U];
        }
    }
  }
  out_ += text.substr(plain);
  out_ += '"';
}

}  // namespace meshroute::text
