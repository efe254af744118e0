// SPDX-License-Identifier: Apache-2.0
// IP addresses and address ranges, as Go's netip and as Envoy read them.

#include "match/cidr.hpp"

#include <algorithm>
#include <cstdio>

namespace meshroute::match {
namespace {

// Four decimal octets, no leading zeros, as netip does.
bool parse_v4(std::string_view text, std::uint8_t* out) {
  int octet = 0;
  std::size_t i = 0;
  while (true) {
    const std::size_t start = i;
    unsigned value = 0;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9' && i - start < 3) value = value * 10 + unsigned(text[i++] - '0');
    if (i == start || value > 255 || (i - start > 1 && text[start] == '0')) return false;
    out[octet++] = static_cast<std::uint8_t>(value);
    if (octet == 4) return i == text.size();
    if (i == text.size() || text[i] != '.') return false;
    ++i;
  }
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  std::size_t filled = 0;
  std::optional<std::size_t> ellipsis;
  if (text.starts_with("::")) {
    ellipsis = 0;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  while (filled < 16) {
    std::size_t length = 0;
    unsigned value = 0;
    while (length < text.size() && hex(text[length]) >= 0) {
      if (length == 4) return false;
      value = value * 16 + unsigned(hex(text[length++]));
    }
    if (length == 0) return false;
    if (length < text.size() && text[length] == '.') {  // an IPv4 tail
      if ((!ellipsis && filled != 12) || filled + 4 > 16 || !parse_v4(text, &out[filled])) return false;
      filled += 4;
      text = {};
      break;
    }
    out[filled] = static_cast<std::uint8_t>(value >> 8U);
    out[filled + 1] = static_cast<std::uint8_t>(value & 255U);
    filled += 2;
    text.remove_prefix(length);
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return false;
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (ellipsis) return false;
      ellipsis = filled;
      text.remove_prefix(1);
      if (text.empty()) break;
    }
  }
  if (!text.empty()) return false;
  if (filled < 16) {
    if (!ellipsis) return false;
    const std::size_t moved = filled - *ellipsis;
    std::copy_backward(out.begin() + std::ptrdiff_t(*ellipsis), out.begin() + std::ptrdiff_t(filled), out.end());
    std::fill(out.begin() + std::ptrdiff_t(*ellipsis), out.end() - std::ptrdiff_t(moved), std::uint8_t{0});
  } else if (ellipsis) {
    return false;  // `::` must stand for something
  }
  return true;
}

}  // namespace

std::optional<Ip> parse_ip(std::string_view text) {
  Ip ip;
  if (text.find(':') == std::string_view::npos) {
    ip.v4 = true;
    if (!parse_v4(text, ip.bytes.data())) return std::nullopt;
    return ip;
  }
  if (const std::size_t percent = text.find('%'); percent != std::string_view::npos) {
    ip.zone = std::string(text.substr(percent + 1));
    if (ip.zone.empty()) return std::nullopt;
    text = text.substr(0, percent);
  }
  if (!parse_v6(text, ip.bytes)) return std::nullopt;
  return ip;
}

std::optional<Ip> parse_envoy_ip(std::string_view text) {
  auto ip = parse_ip(text);
  if (!ip || ip->zone.empty()) return ip;
  if (ip->zone.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  ip->zone.clear();
  return ip;
}

bool is_ip(std::string_view text) { return parse_ip(text).has_value(); }

bool is_ipv4(std::string_view text) {
  const auto ip = parse_ip(text);
  return ip && ip->v4;
}

bool is_ipv6(std::string_view text) {
  const auto ip = parse_ip(text);
  return ip && !ip->v4;
}

std::string Ip::to_string() const {
  char buffer[8];
  std::string text;
  if (v4) {
    for (int i = 0; i < 4; ++i) text += (i ? "." : "") + std::to_string(bytes[std::size_t(i)]);
    return text;
  }
  const auto group = [&](int i) {
    const auto at = static_cast<std::size_t>(i) * 2;
    return unsigned(bytes[at]) << 8U | bytes[at + 1];
  };
  const bool mapped = std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) && bytes[10] == 255 &&
                      bytes[11] == 255;
  if (mapped) {
    Ip tail;
    tail.v4 = true;
    std::copy(bytes.begin() + 12, bytes.end(), tail.bytes.begin());
    text = "::ffff:" + tail.to_string();
    return zone.empty() ? text : text + "%" + zone;
  }
  int best = -1, best_length = 1;
  for (int i = 0; i < 8;) {
    int j = i;
    while (j < 8 && group(j) == 0) ++j;
    if (j - i > best_length) best = i, best_length = j - i;
    i = std::max(j, i + 1);
  }
  for (int i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length;
      if (i >= 8) break;
    } else if (i > 0) {
      text += ':';
    }
    std::snprintf(buffer, sizeof buffer, "%x", group(i));
    text += buffer;
  }
  return zone.empty() ? text : text + "%" + zone;
}

bool Cidr::contains(const Ip& ip) const {
  if (ip.v4 != address.v4 || !ip.zone.empty()) return false;
  const unsigned whole = bits / 8U;
  for (unsigned i = 0; i < whole; ++i) {
    if (ip.bytes[i] != address.bytes[i]) return false;
  }
  const unsigned rest = bits % 8U;
  if (rest == 0) return true;
  return (unsigned(ip.bytes[whole] ^ address.bytes[whole]) >> (8U - rest)) == 0;
}

bool Cidr::contains(std::string_view ip) const {
  const auto parsed = parse_ip(ip);
  return parsed && contains(*parsed);
}

bool Cidr::contains(const Cidr& other) const { return other.bits >= bits && contains(other.address); }

Cidr Cidr::masked() const {
  Cidr result = *this;
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = bits > i * 8 ? std::min(8U, bits - i * 8U) : 0U;
    result.address.bytes[i] = static_cast<std::uint8_t>(result.address.bytes[i] & (0xFF00U >> kept));
  }
  return result;
}

std::string Cidr::to_string() const { return address.to_string() + "/" + std::to_string(bits); }

std::optional<Cidr> parse_cidr(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto ip = parse_ip(text.substr(0, slash));
  const std::string_view length = text.substr(slash + 1);
  if (!ip || !ip->zone.empty() || length.empty() || length.size() > 3 || (length.size() > 1 && length[0] == '0')) {
    return std::nullopt;
  }
  unsigned bits = 0;
  for (const char c : length) {
    if (c < '0' || c > '9') return std::nullopt;
    bits = bits * 10 + unsigned(c - '0');
  }
  if (bits > (ip->v4 ? 32U : 128U)) return std::nullopt;
  return Cidr{*ip, static_cast<std::uint8_t>(bits)};
}

std::optional<Cidr> parse_ip_or_cidr(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return parse_cidr(text);
  auto ip = parse_ip(text);
  if (!ip) return std::nullopt;
  const std::uint8_t bits = ip->v4 ? 32 : 128;
  return Cidr{std::move(*ip), bits};
}

bool contains(std::string_view cidr, std::string_view ip) {
  const auto prefix = parse_ip_or_cidr(cidr);
  return prefix && prefix->contains(ip);
}

int longest_prefix(const std::vector<std::string>& prefixes, std::string_view ip) {
  const auto address = parse_ip(ip);
  int best = -1;
  for (const std::string& text : prefixes) {
    const auto prefix = parse_ip_or_cidr(text);
    if (address && prefix && prefix->contains(*address)) best = std::max<int>(best, prefix->bits);
  }
  return best;
}

}  // namespace meshroute::match
