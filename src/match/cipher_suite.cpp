// SPDX-License-Identifier: Apache-2.0
// The cipher suites that Istio takes by name.
#include "match/cipher_suite.hpp"

#include <algorithm>
#include <iterator>

namespace meshroute::match {

bool is_cipher_suite(std::string_view suite) {
  static constexpr std::string_view kSuites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                                                 "ECDHE-RSA-AES128-GCM-SHA256",
                                                 "ECDHE-ECDSA-AES256-GCM-SHA384",
                                                 "ECDHE-RSA-AES256-GCM-SHA384",
                                                 "ECDHE-ECDSA-CHACHA20-POLY1305",
                                                 "ECDHE-RSA-CHACHA20-POLY1305",
                                                 "ECDHE-ECDSA-AES128-SHA",
                                                 "ECDHE-RSA-AES128-SHA",
                                                 "ECDHE-ECDSA-AES256-SHA",
                                                 "ECDHE-RSA-AES256-SHA",
                                                 "AES128-GCM-SHA256",
                                                 "AES256-GCM-SHA384",
                                                 "AES128-SHA",
                                                 "AES256-SHA",
                                                 "DES-CBC3-SHA"};
  if (suite.empty() || suite == "ALL") return true;
  const auto first = static_cast<unsigned char>(suite.front());
  const bool alphanumeric = (first >= '0' && first <= '9') || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                            (first >= 0xc0 && first != 0xd7 && first != 0xf7);  // letters and numbers of Latin-1
  if (!alphanumeric) return true;
  return std::find(std::begin(kSuites), std::end(kSuites), suite) != std::end(kSuites);
}

}  // namespace meshroute::match
