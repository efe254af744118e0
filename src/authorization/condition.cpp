// SPDX-License-Identifier: Apache-2.0
// One condition of a policy's rule: what it compares, and with what.
#include "authorization/condition.hpp"

#include <algorithm>
#include <charconv>

#include "match/path_template.hpp"
#include "text/case.hpp"

namespace meshroute::authorization {

namespace {

constexpr std::size_t kLongList = 8;  // from here on, exact texts are looked up

bool equal_folded(std::string_view one, std::string_view other) {
  return one.size() == other.size() &&
         std::equal(one.begin(), one.end(), other.begin(), [](char a, char b) { return text::lower(a) == text::lower(b); });
}

/// `*` stands for any text, wherever it is.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// The name holds `/ns/PATTERN/` (AZ32).
bool in_namespace(std::string_view identity, std::string_view pattern) {
  if (pattern.find('*') == std::string_view::npos) {
    for (std::size_t at = identity.find("/ns/"); at != std::string_view::npos; at = identity.find("/ns/", at + 1)) {
      const std::string_view rest = identity.substr(at + 4);
      if (rest.size() > pattern.size() && rest.starts_with(pattern) && rest[pattern.size()] == '/') return true;
    }
    return false;
  }
  for (std::size_t at = identity.find("/ns/"); at != std::string_view::npos; at = identity.find("/ns/", at + 1)) {
    // What follows the namespace may be anything: the pattern is to end before some slash.
    const std::string_view rest = identity.substr(at + 4);
    for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/', slash + 1)) {
      if (glob_matches(pattern, rest.substr(0, slash))) return true;
    }
  }
  return false;
}

bool in_trust_domain(std::string_view identity, const Text& domain) {
  if (!identity.starts_with(kScheme)) return false;
  if (domain.how == Comparison::present) return true;
  identity.remove_prefix(kScheme.size());
  const std::size_t slash = identity.find('/');
  return slash != std::string_view::npos && domain.matches(identity.substr(0, slash));
}

const text::Json* claim_at(const text::Json& claims, const std::vector<std::string>& path) {
  const text::Json* value = &claims;
  for (const std::string& name : path) {
    if (!value->is_object()) return nullptr;
    const auto found = value->find(name);
    if (found == value->end()) return nullptr;
    value = &*found;
  }
  return value;
}

bool text_matches(const Text& text, const text::Json* value) {
  return value != nullptr && value->is_string() && text.matches(value->text());
}

/// RA22: the text there, or one in the list there.
bool claim_matches(const Text& text, const text::Json* value) {
  if (value == nullptr) return false;
  if (!value->is_array()) return text_matches(text, value);
  return std::any_of(value->begin(), value->end(), [&](const text::Json& item) { return text_matches(text, &item); });
}

/// AZ36: standard headers stand on one line; of the others Envoy joins the lines before it compares.
bool header_matches(const Text& text, const routes::Lines& lines) {
  if (lines.size() == 1) return text.matches(std::string_view(lines.front()));
  std::pmr::string joined(lines.get_allocator());
  for (const auto& line : lines) {
    if (!joined.empty()) joined += ',';
    joined += line;
  }
  return text.matches(std::string_view(joined));
}

bool in_range(const match::Cidr& range, const match::Ip* address) { return address != nullptr && range.contains(*address); }

/// `[a][b]` as its parts.
std::vector<std::string> bracketed(std::string_view text) {
  std::vector<std::string> parts;
  while (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) break;
    parts.emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  }
  return parts;
}

/// RA21.
void read_request_principal(Value& value) {
  const std::string_view given = value.given;
  const std::size_t slash = given.rfind('/');
  const bool found = slash != std::string_view::npos;
  const std::string_view issuer = given.substr(0, slash), subject = found ? given.substr(slash + 1) : std::string_view();
  const auto set = [](Text& text, Comparison how, std::string_view content) { text = {how, std::string(content)}; };
  set(value.text, Comparison::exact, issuer);
  set(value.subject, Comparison::exact, subject);
  if (given == "*") {
    set(value.text, Comparison::present, "");
    set(value.subject, Comparison::present, "");
  } else if (given.starts_with('*')) {
    if (!found) {
      set(value.text, Comparison::present, "");
      set(value.subject, Comparison::suffix, given.substr(1));
    } else if (issuer == "*") {
      set(value.text, Comparison::present, "");
    } else {
      set(value.text, Comparison::suffix, issuer.substr(1));
    }
  } else if (given.ends_with('*')) {
    if (!found) {
      set(value.text, Comparison::prefix, given.substr(0, given.size() - 1));
      set(value.subject, Comparison::present, "");
    } else if (subject == "*") {
      set(value.subject, Comparison::present, "");
    } else {
      set(value.subject, Comparison::prefix, subject.substr(0, subject.size() - 1));
    }
  }
}

/// AZ23: `{*}` is one segment or a part of one, `{**}` any text, as Envoy spells them.
std::string envoy_template(std::string_view path) {
  std::string result;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.substr(i, 4) == "{**}") {
      result += "**";
      i += 3;
    } else if (path.substr(i, 3) == "{*}") {
      result += '*';
      i += 2;
    } else {
      result += path[i];
    }
  }
  return result;
}

}  // namespace

bool http_only(Attribute attribute) {
  switch (attribute) {
    case Attribute::host:
    case Attribute::method:
    case Attribute::path:
    case Attribute::request_principal:
    case Attribute::header:
    case Attribute::claim:
      return true;
    default:
      return false;
  }
}

Text Text::of(std::string_view value) {
  if (value == "*") return {Comparison::present, {}};
  if (value.starts_with('*')) return {Comparison::suffix, std::string(value.substr(1))};
  if (value.ends_with('*')) return {Comparison::prefix, std::string(value.substr(0, value.size() - 1))};
  return {Comparison::exact, std::string(value)};
}

bool Text::matches(std::string_view value) const {
  switch (how) {
    case Comparison::exact:
      return value == text;
    case Comparison::prefix:
      return value.starts_with(text);
    case Comparison::suffix:
      return value.ends_with(text);
    case Comparison::present:
      return !value.empty();
    case Comparison::path_template:
      return match::template_matches(text, value);
  }
  return false;
}

bool Text::matches_any_case(std::string_view value) const {
  switch (how) {
    case Comparison::exact:
      return equal_folded(value, text);
    case Comparison::prefix:
      return value.size() >= text.size() && equal_folded(value.substr(0, text.size()), text);
    case Comparison::suffix:
      return value.size() >= text.size() && equal_folded(value.substr(value.size() - text.size()), text);
    default:
      return matches(value);
  }
}

bool has_service_account(std::string_view identity, std::string_view namespace_, std::string_view account) {
  if (!identity.starts_with(kScheme)) return false;
  const auto ends_segment = [](std::string_view rest) { return rest.empty() || (rest[0] == '/' && rest.size() > 1); };
  // spiffe://.+/ns/NAMESPACE/(.+/|)sa/ACCOUNT(/.+)?
  for (std::size_t at = identity.find("/ns/", kScheme.size() + 1); at != std::string_view::npos;
       at = identity.find("/ns/", at + 1)) {
    std::string_view rest = identity.substr(at + 4);
    if (!rest.starts_with(namespace_) || rest.size() <= namespace_.size() || rest[namespace_.size()] != '/') continue;
    rest.remove_prefix(namespace_.size() + 1);
    for (std::size_t place = 0; place < rest.size();) {
      std::string_view here = rest.substr(place);
      if (here.starts_with("sa/") && here.substr(3).starts_with(account) && ends_segment(here.substr(3 + account.size())))
        return true;
      const std::size_t slash = rest.find('/', place + 1);
      if (slash == std::string_view::npos) break;
      place = slash + 1;
    }
  }
  return false;
}

bool Condition::value_matches(const Value& value, const Attributes& attributes) const {
  const routes::Asked* request = attributes.request;
  switch (attribute) {
    case Attribute::host:
      return request != nullptr && (value.text.how == Comparison::present || value.text.matches_any_case(request->host));
    case Attribute::method:
      return request != nullptr && value.text.matches(request->headers.first(":method"));
    case Attribute::path:
      return request != nullptr && value.text.matches(request->path);
    case Attribute::destination_port:
      return value.port == attributes.port;
    case Attribute::destination_ip:
      return in_range(value.range, attributes.destination);
    case Attribute::server_name:
      return value.text.matches(attributes.server_name);
    case Attribute::filter_metadata:  // AZ36: of filters that are not there
      return false;
    case Attribute::principal:
      if (attributes.identity.empty()) return false;
      if (value.text.how == Comparison::present) return true;
      return attributes.identity.starts_with(kScheme) && value.text.matches(attributes.identity.substr(kScheme.size()));
    case Attribute::request_principal: {
      if (attributes.claims == nullptr) return false;
      static const std::vector<std::string> issuer{"iss"}, subject{"sub"};
      return text_matches(value.text, claim_at(*attributes.claims, issuer)) &&
             text_matches(value.subject, claim_at(*attributes.claims, subject));
    }
    case Attribute::service_account:
      return has_service_account(attributes.identity, value.text.text, value.subject.text);
    case Attribute::namespace_:
      return in_namespace(attributes.identity, value.given);
    case Attribute::trust_domain:
      return in_trust_domain(attributes.identity, value.text);
    case Attribute::remote_ip:
      return in_range(value.range, attributes.remote);
    case Attribute::source_ip:
      return in_range(value.range, attributes.source);
    case Attribute::header: {
      const routes::Lines* lines = request == nullptr ? nullptr : request->headers.find(folded_name);
      return lines != nullptr && !lines->empty() && (value.text.how == Comparison::present || header_matches(value.text, *lines));
    }
    case Attribute::claim:
      return attributes.claims != nullptr && claim_matches(value.text, claim_at(*attributes.claims, names));
  }
  return false;
}

bool Condition::any_value(const Attributes& attributes) const {
  if (exact_.empty()) {
    for (const Value& value : values) {
      if (value_matches(value, attributes)) return true;
    }
    return false;
  }
  std::string_view text;
  if (attribute == Attribute::principal) {
    text = attributes.identity;
    if (text.starts_with(kScheme)) text.remove_prefix(kScheme.size());
  } else if (attribute == Attribute::path && attributes.request != nullptr) {
    text = attributes.request->path;
  }
  if (!text.empty() && exact_.contains(text)) return true;
  for (const std::uint32_t other : others_) {
    if (value_matches(values[other], attributes)) return true;
  }
  return false;
}

std::optional<Attribute> ConditionBuilder::attribute_of(std::string_view key) {
  static constexpr std::pair<std::string_view, Attribute> kKeys[] = {
      {"destination.ip", Attribute::destination_ip},
      {"destination.port", Attribute::destination_port},
      {"connection.sni", Attribute::server_name},
      {"source.ip", Attribute::source_ip},
      {"remote.ip", Attribute::remote_ip},
      {"source.namespace", Attribute::namespace_},
      {"source.serviceAccount", Attribute::service_account},
      {"source.trustDomain", Attribute::trust_domain},
      {"source.principal", Attribute::principal},
      {"request.auth.principal", Attribute::request_principal},
      {"request.auth.audiences", Attribute::claim},
      {"request.auth.presenter", Attribute::claim},
  };
  for (const auto& [known, attribute] : kKeys) {
    if (known == key) return attribute;
  }
  if (key.starts_with("experimental.envoy.filters.")) return Attribute::filter_metadata;
  if (key.starts_with("request.headers")) return Attribute::header;
  if (key.starts_with("request.auth.claims")) return Attribute::claim;
  return std::nullopt;
}

Condition ConditionBuilder::make(Attribute attribute, std::string field, std::string_view key,
                                 const std::vector<std::string>& values, bool negated) const {
  Condition condition;
  condition.attribute = attribute;
  condition.negated = negated;
  condition.field = std::move(field);
  condition.key = key;
  if (attribute == Attribute::header) {
    std::vector<std::string> names = bracketed(key.substr(std::min(key.find('['), key.size())));
    if (!names.empty()) condition.name = std::move(names.front());
    condition.folded_name = text::lower(condition.name);
    if (condition.folded_name == "host") condition.folded_name = ":authority";
  } else if (attribute == Attribute::claim) {
    condition.names = key == "request.auth.audiences"   ? std::vector<std::string>{"aud"}
                      : key == "request.auth.presenter" ? std::vector<std::string>{"azp"}
                                                        : bracketed(key.substr(std::min(key.find('['), key.size())));
  } else if (attribute == Attribute::filter_metadata) {
    std::string_view rest = key.substr(std::string_view("experimental.").size());
    const std::size_t bracket = std::min(rest.find('['), rest.size());
    condition.name = rest.substr(0, bracket);
    if (rest.ends_with(']')) rest.remove_suffix(1);
    if (bracket < rest.size()) condition.names.emplace_back(rest.substr(bracket + 1));
  }
  std::vector<std::string> meant;
  if (attribute == Attribute::principal) meant = trust_domains.principals(values);
  if (attribute == Attribute::trust_domain) meant = trust_domains.domains(values);
  const std::vector<std::string>& all =
      attribute == Attribute::principal || attribute == Attribute::trust_domain ? meant : values;
  condition.values.reserve(all.size());
  for (const std::string& given : all) {
    Value& value = condition.values.emplace_back();
    value.given = given;
    switch (attribute) {
      case Attribute::destination_port:
        std::from_chars(given.data(), given.data() + given.size(), value.port);
        break;
      case Attribute::destination_ip:
      case Attribute::remote_ip:
      case Attribute::source_ip:
        if (auto range = match::parse_ip_or_cidr(given)) value.range = std::move(*range);
        break;
      case Attribute::service_account: {
        const std::size_t slash = given.find('/');
        value.text.text = slash == std::string::npos ? std::string(namespace_) : given.substr(0, slash);
        value.subject.text = slash == std::string::npos ? given : given.substr(slash + 1);
        break;
      }
      case Attribute::namespace_:
        break;
      case Attribute::request_principal:
        read_request_principal(value);
        break;
      case Attribute::path:
        if (given.find("{*}") != std::string::npos || given.find("{**}") != std::string::npos) {
          value.text = {Comparison::path_template, envoy_template(given)};
        } else {
          value.text = Text::of(given);
        }
        break;
      case Attribute::filter_metadata:
        value.in_list = given.starts_with('[') && given.ends_with(']') && given.size() > 1;
        value.text = Text::of(value.in_list ? std::string_view(given).substr(1, given.size() - 2) : std::string_view(given));
        break;
      default:
        value.text = Text::of(given);
        break;
    }
  }
  if (condition.values.size() > kLongList && (attribute == Attribute::principal || attribute == Attribute::path)) {
    for (std::uint32_t i = 0; i < condition.values.size(); ++i) {
      const Text& text = condition.values[i].text;
      if (text.how == Comparison::exact) {
        condition.exact_.insert(text.text);  // its text stays: the list grows no more
      } else {
        condition.others_.push_back(i);
      }
    }
  }
  return condition;
}

}  // namespace meshroute::authorization
