// SPDX-License-Identifier: Apache-2.0
// Reads the validity of an X.509 certificate from PEM and DER.
#include "schema/certificate.hpp"

#include <cstddef>
#include <string>

#include "text/base64.hpp"

namespace meshroute::schema {

namespace {

/// A reader of DER's elements, one after the other.
class Der {
 public:
  explicit Der(std::string_view bytes) : rest_(bytes) {}

  /// The next element's content, if it has the tag.
  std::optional<std::string_view> next(unsigned char tag) {
    if (rest_.size() < 2 || static_cast<unsigned char>(rest_[0]) != tag) return std::nullopt;
    std::size_t length = static_cast<unsigned char>(rest_[1]), head = 2;
    if (length >= 0x80) {
      const std::size_t bytes = length & 0x7FU;
      if (bytes == 0 || bytes > 4 || rest_.size() < 2 + bytes) return std::nullopt;
      length = 0;
      for (std::size_t i = 0; i < bytes; ++i) length = length << 8U | static_cast<unsigned char>(rest_[2 + i]);
      head += bytes;
    }
    if (rest_.size() - head < length) return std::nullopt;
    const std::string_view content = rest_.substr(head, length);
    rest_.remove_prefix(head + length);
    return content;
  }
  bool at(unsigned char tag) const { return !rest_.empty() && static_cast<unsigned char>(rest_[0]) == tag; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

constexpr unsigned char kInteger = 0x02, kBits = 0x03, kUtcTime = 0x17, kGeneralTime = 0x18, kSequence = 0x30, kVersion = 0xA0;

/// Days since 1970 of a date of the Gregorian calendar.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/// UTCTime "YYMMDDHHMMSSZ" or GeneralizedTime "YYYYMMDDHHMMSSZ".
std::optional<std::int64_t> read_time(Der& der) {
  const bool general = der.at(kGeneralTime);
  const auto text = der.next(general ? kGeneralTime : kUtcTime);
  const std::size_t digits = general ? 14 : 12;
  if (!text || text->size() != digits + 1 || text->back() != 'Z') return std::nullopt;
  std::size_t at = 0;
  bool good = true;
  const auto number = [&](std::size_t length) {
    std::int64_t value = 0;
    for (const std::size_t end = at + length; at < end; ++at) {
      const char digit = (*text)[at];
      good = good && digit >= '0' && digit <= '9';
      value = value * 10 + (digit - '0');
    }
    return value;
  };
  std::int64_t year = number(general ? 4 : 2);
  if (!general) year += year < 50 ? 2000 : 1900;
  const std::int64_t month = number(2), day = number(2), hour = number(2), minute = number(2), second = number(2);
  if (!good || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

std::optional<Validity> read_certificate(std::string_view bytes) {
  Der whole(bytes);
  const auto certificate = whole.next(kSequence);
  if (!certificate || !whole.done()) return std::nullopt;
  Der parts(*certificate);
  const auto signed_part = parts.next(kSequence);
  if (!signed_part || !parts.next(kSequence) || !parts.next(kBits)) return std::nullopt;
  Der fields(*signed_part);
  if (fields.at(kVersion)) fields.next(kVersion);
  // Serial number, signature algorithm, issuer, validity.
  if (!fields.next(kInteger) || !fields.next(kSequence) || !fields.next(kSequence)) return std::nullopt;
  const auto dates = fields.next(kSequence);
  if (!dates) return std::nullopt;
  Der times(*dates);
  const auto not_before = read_time(times), not_after = read_time(times);
  if (!not_before || !not_after) return std::nullopt;
  return Validity{*not_before, *not_after};
}

}  // namespace

std::optional<Validity> certificate_validity(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  const auto begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  pem.remove_prefix(begin + kBegin.size());
  const auto end = pem.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const auto bytes = text::decode_base64(pem.substr(0, end));
  return bytes ? read_certificate(*bytes) : std::nullopt;
}

}  // namespace meshroute::schema
