// SPDX-License-Identifier: Apache-2.0
// Parses URLs as Go's net/url does.
#include "match/url.hpp"

#include <algorithm>

#include "match/cidr.hpp"

namespace meshroute::match {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int nibble(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The parts of a URL that decode %XX by rules of their own.
enum class Part { other, host, zone };

bool in_host(char c) {
  constexpr std::string_view kMarks = "!\"$&'()*+,-.:;<=>[]_~";
  return is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos;
}

std::optional<std::string> unescape(std::string_view text, Part part) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '%') {
      if (part != Part::other && static_cast<unsigned char>(c) < 0x80 && !in_host(c)) return std::nullopt;
      plain += c;
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = nibble(text[at + 1]), low = nibble(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char value = static_cast<char>(high << 4 | low);
    const bool percent = text.substr(at, 3) == "%25";
    if (part == Part::host && high < 8 && !percent) return std::nullopt;
    if (part == Part::zone && !percent && value != ' ' && !in_host(value)) return std::nullopt;
    plain += value;
    at += 2;
  }
  return plain;
}

bool is_optional_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool is_literal(std::string_view host) {
  std::optional<std::string> plain;
  if (const std::size_t zone = host.find("%25"); zone != std::string_view::npos) {
    const auto address = unescape(host.substr(0, zone), Part::host), rest = unescape(host.substr(zone), Part::zone);
    if (address && rest) plain = *address + *rest;
  } else {
    plain = unescape(host, Part::host);
  }
  const auto ip = plain ? parse_ip(*plain) : std::nullopt;
  return ip && !ip->v4;
}

/// The port of a host, with its colon; no value where the host is refused.
std::optional<std::string_view> read_host(std::string_view scheme, std::string_view host) {
  if (const std::size_t open = host.rfind('['); open != std::string_view::npos) {
    const std::size_t close = host.rfind(']');
    if (open != 0 || close == std::string_view::npos) return std::nullopt;
    const std::string_view port = host.substr(close + 1);
    if (!is_optional_port(port) || !is_literal(host.substr(1, close - 1))) return std::nullopt;
    return port;
  }
  std::size_t colon = host.find(':');
  if (scheme != "http" && scheme != "https") colon = host.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? std::string_view() : host.substr(colon);
  if (!is_optional_port(port) || !unescape(host, Part::host)) return std::nullopt;
  return port;
}

bool is_user_info(std::string_view text) {
  static constexpr std::string_view kMarks = "-._:~!$&'()*+,;=%@";
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos; }) &&
         unescape(text, Part::other);
}

std::optional<GoUrl> parse(std::string_view text, bool for_request) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }))
    return std::nullopt;
  if (text.empty() && for_request) return std::nullopt;
  GoUrl url;
  if (text == "*") return url;
  std::string_view rest = text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_letter(c) || (at != 0 && (is_digit(c) || c == '+' || c == '-' || c == '.'))) continue;
    if (c != ':') break;
    if (at == 0) return std::nullopt;
    url.scheme = text.substr(0, at);
    for (char& letter : url.scheme) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    rest = text.substr(at + 1);
    break;
  }
  rest = rest.substr(0, rest.find('?'));
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) return url;  // opaque
    if (for_request || rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) return std::nullopt;
  }
  if (rest.starts_with("//") && (!url.scheme.empty() || (!for_request && !rest.starts_with("///")))) {
    std::string_view authority = rest.substr(2);
    const std::size_t slash = authority.find('/');
    rest = slash == std::string_view::npos ? std::string_view() : authority.substr(slash);
    authority = authority.substr(0, slash);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      if (!is_user_info(authority.substr(0, at))) return std::nullopt;
      authority.remove_prefix(at + 1);
    }
    const auto port = read_host(url.scheme, authority);
    if (!port) return std::nullopt;
    if (!port->empty()) url.port = port->substr(1);
  }
  if (!unescape(rest, Part::other)) return std::nullopt;
  return url;
}

}  // namespace

std::optional<GoUrl> parse_go_url(std::string_view text) {
  const std::size_t fragment = text.find('#');
  auto url = parse(text.substr(0, fragment), false);
  if (fragment != std::string_view::npos && !unescape(text.substr(fragment + 1), Part::other)) return std::nullopt;
  return url;
}

std::optional<GoUrl> parse_go_request_url(std::string_view text) { return parse(text, true); }

}  // namespace meshroute::match
