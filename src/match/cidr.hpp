#pragma once

// SPDX-License-Identifier: Apache-2.0
// IP addresses and prefixes. Istio and Kubernetes read them with Go's net/netip, Envoy with the system's functions.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshroute::match {

struct Ip {
  std::array<std::uint8_t, 16> bytes{};  ///< IPv4 in the first four
  bool v4 = false;
  std::string zone;
  std::string to_string() const;  ///< canonical text (RFC 5952)
  friend bool operator==(const Ip&, const Ip&) = default;
};

/// As Go's netip reads it: any zone is taken, and kept.
std::optional<Ip> parse_ip(std::string_view text);
/// As Envoy reads an address that a request carries (X-Forwarded-For): a zone is a number, or the name of an interface of the
/// proxy, of which nothing is known here. It does not count when the address is compared, and is left out.
std::optional<Ip> parse_envoy_ip(std::string_view text);
bool is_ip(std::string_view text);
bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);

struct Cidr {
  Ip address;  ///< as written: host bits are kept
  std::uint8_t bits = 0;
  bool contains(const Ip& ip) const;
  bool contains(std::string_view ip) const;
  /// The whole of the other prefix is in this one.
  bool contains(const Cidr& other) const;
  Cidr masked() const;
  std::string to_string() const;
  friend bool operator==(const Cidr&, const Cidr&) = default;
};

/// "10.0.0.0/8"; without a length nothing (see parse_ip_or_cidr).
std::optional<Cidr> parse_cidr(std::string_view text);
/// A bare address is a prefix of its full length.
std::optional<Cidr> parse_ip_or_cidr(std::string_view text);
/// `ip` is in `cidr`; false when either does not parse.
bool contains(std::string_view cidr, std::string_view ip);
/// The length in bits of the longest of the prefixes and bare addresses that hold `ip`; -1: none does.
int longest_prefix(const std::vector<std::string>& prefixes, std::string_view ip);

}  // namespace meshroute::match
