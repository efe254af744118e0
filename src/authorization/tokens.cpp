// SPDX-License-Identifier: Apache-2.0
// JSON web tokens: where they are looked for, which are good, what they change.
#include "authorization/tokens.hpp"

#include <algorithm>
#include <ctime>
#include <map>
#include <optional>

#include "authorization/percent.hpp"
#include "text/base64.hpp"
#include "text/case.hpp"

namespace meshroute::authorization {

namespace {

using Json = text::Json;

constexpr std::string_view kTestKey = "meshroute test key of ";
constexpr std::string_view kSignedBy = "signed by ", kSignedWithKeyOf = "signed with the key of ";
constexpr std::string_view kHead = R"({"alg":"HS256","typ":"JWT"})";

struct Found {
  std::string text;
  std::string header, param;  ///< where it was; both empty of a cookie
};

struct Token {
  Json claims;
  std::string payload;  ///< as it was sent
  std::string signer;
  bool signer_given = false;  ///< by name, other than the issuer
};

std::string member_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->text() : std::string();
}

void read_keys(TokenRule& rule) {
  if (rule.spec->jwks.empty()) return;
  const Json set = Json::parse(rule.spec->jwks);
  if (!set.is_object()) return;
  rule.only_test_keys = true;
  const auto read = [&](const Json& key) {
    if (!key.is_object()) return;
    if (const std::string id = member_text(key, "kid"); !id.empty()) rule.signers.push_back(id);
    const auto bytes = member_text(key, "kty") == "oct" ? text::decode_token_base64(member_text(key, "k")) : std::nullopt;
    if (bytes && bytes->starts_with(kTestKey)) {
      rule.signers.push_back(bytes->substr(kTestKey.size()));
    } else {
      rule.only_test_keys = false;
    }
  };
  if (const auto keys = set.find("keys"); keys != set.end() && keys->is_array()) {
    for (const Json& key : *keys) read(key);
  } else {
    read(set);
  }
}

template <class List>
void sort_unique(List& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

bool token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  if (!query.empty()) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? std::string() : decode_percent(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::optional<std::string> cookie_value(const routes::Headers& headers, std::string_view name) {
  const routes::Lines* lines = headers.find("cookie");
  if (lines == nullptr) return std::nullopt;
  for (std::string_view line : *lines) {
    while (!line.empty()) {
      std::string_view pair = line.substr(0, line.find(';'));
      line.remove_prefix(std::min(pair.size() + 1, line.size()));
      pair = routes::trim(pair);
      const std::size_t equals = pair.find('=');
      if (pair.substr(0, equals) != name) continue;
      std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
      while (value.starts_with('"')) value.remove_prefix(1);
      while (value.ends_with('"')) value.remove_suffix(1);
      return std::string(value);
    }
  }
  return std::nullopt;
}

/// RA10.
std::vector<Found> extract(const TokenRule& rule, const routes::Asked& asked) {
  std::vector<Found> found;
  for (const auto& [name, prefix] : rule.headers) {
    const routes::Lines* lines = asked.headers.find(name);
    if (lines == nullptr) continue;
    for (std::string_view value : *lines) {
      if (!prefix.empty()) {
        const std::size_t at = value.find(prefix);
        if (at == std::string_view::npos) continue;
        std::string_view rest = value.substr(at + prefix.size());
        const auto start = std::find_if(rest.begin(), rest.end(), token_character);
        if (start != rest.end()) value = rest.substr(static_cast<std::size_t>(start - rest.begin()));
      }
      found.push_back({std::string(value), name, {}});
    }
  }
  for (const std::string& name : rule.params) {
    if (auto value = query_value(asked.query, name)) found.push_back({std::move(*value), {}, name});
  }
  for (const std::string& name : rule.cookies) {
    if (auto value = cookie_value(asked.headers, name)) found.push_back({std::move(*value), {}, {}});
  }
  return found;
}

TokenProblem read_token(std::string_view text, Token& token) {
  std::array<std::string_view, 3> parts;
  if (std::count(text.begin(), text.end(), '.') != 2) return TokenProblem::bad_form;
  for (std::string_view& part : parts) {
    part = text.substr(0, text.find('.'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  const auto head = text::decode_token_base64(parts[0]), payload = text::decode_token_base64(parts[1]),
             signature = text::decode_token_base64(parts[2]);
  if (!head) return TokenProblem::bad_header_encoding;
  if (!Json::parse(*head).is_object()) return TokenProblem::bad_header;
  if (!payload) return TokenProblem::bad_payload_encoding;
  token.claims = Json::parse(*payload);
  if (!token.claims.is_object()) return TokenProblem::bad_payload;
  token.payload = parts[1];
  if (const auto audience = token.claims.find("aud"); audience != token.claims.end() && !audience->is_null()) {
    const bool texts = audience->is_array() &&
                       std::all_of(audience->begin(), audience->end(), [](const Json& item) { return item.is_string(); });
    if (!audience->is_string() && !texts) return TokenProblem::bad_audience_form;
  }
  token.signer = member_text(token.claims, "iss");
  if (signature && signature->starts_with(kSignedBy)) token.signer = signature->substr(kSignedBy.size());
  if (signature && signature->starts_with(kSignedWithKeyOf)) {
    token.signer = signature->substr(kSignedWithKeyOf.size());
    token.signer_given = true;
  }
  return TokenProblem::none;
}

/// RA15.
std::string_view bare_audience(std::string_view audience) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (audience.starts_with(scheme)) {
      audience.remove_prefix(scheme.size());
      break;
    }
  }
  if (audience.ends_with('/')) audience.remove_suffix(1);
  return audience;
}

bool audience_allowed(const std::vector<std::string>& wanted, const Json& claims) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  const auto one = [&](const Json& audience) {
    return audience.is_string() && std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
             return bare_audience(each) == bare_audience(audience.text());
           });
  };
  return found->is_array() ? std::any_of(found->begin(), found->end(), one) : one(*found);
}

bool well_signed(const TokenRule& rule, const Token& token) {
  if (std::find(rule.signers.begin(), rule.signers.end(), token.signer) != rule.signers.end()) return true;
  return !token.signer_given && !rule.only_test_keys;  // real keys: the request is believed
}

std::optional<std::string> claim_text(const Json& claims, const std::string& path) {
  const Json* value = &claims;
  if (const auto found = claims.find(path); found != claims.end()) {
    value = &*found;
  } else {
    for (std::string_view rest = path;;) {
      const std::string_view name = rest.substr(0, rest.find('.'));
      if (!value->is_object()) return std::nullopt;
      const auto next = value->find(std::string(name));
      if (next == value->end()) return std::nullopt;
      value = &*next;
      if (name.size() == rest.size()) break;
      rest.remove_prefix(name.size() + 1);
    }
  }
  if (value->is_string() && !value->text().empty()) return value->text();
  if (value->is_boolean()) return std::string(value->flag() ? "true" : "false");
  if (value->is_number()) return value->dump();
  return std::nullopt;
}

/// RA22.
Json split_delimited(Json claims, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_string()) continue;
    Json list = Json::array();
    for (std::string_view rest = found->text();;) {
      const std::string_view part = rest.substr(0, rest.find(' '));
      list.push_back(std::string(part));
      if (part.size() == rest.size()) break;
      rest.remove_prefix(part.size() + 1);
    }
    *found = std::move(list);
  }
  return claims;
}

void remove_parameter(std::string_view name, routes::Asked& asked) {
  std::string kept;
  std::string_view query = asked.query;
  if (!query.empty()) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.substr(0, pair.find('=')) == name) continue;
    kept += kept.empty() ? '?' : '&';
    kept += pair;
  }
  asked.query = kept;
  asked.headers.set(":path", asked.full_path());
}

/// The filter's state over the rules of one request.
struct Check {
  routes::Asked& asked;
  Json claims;
  const TokenRule* satisfied = nullptr;
  std::string issuer;  ///< of the last token that is of none

  TokenProblem check(const TokenRule& rule, const Found& found) {
    Token token;
    if (const TokenProblem problem = read_token(found.text, token); problem != TokenProblem::none) return problem;
    if (std::string given = member_text(token.claims, "iss"); !rule.spec->issuer.empty() && rule.spec->issuer != given) {
      issuer = std::move(given);
      return TokenProblem::unknown_issuer;
    }
    const auto now = static_cast<double>(std::time(nullptr));
    constexpr double kGrace = 60;  // RA11
    const auto time_of = [&](const char* name) -> std::optional<double> {
      const auto value = token.claims.find(name);
      return value != token.claims.end() && value->is_number() ? std::optional(value->number<double>()) : std::nullopt;
    };
    if (const auto from = time_of("nbf"); from && *from > now + kGrace) return TokenProblem::not_yet_valid;
    if (const auto until = time_of("exp"); until && *until > 0 && now > *until + kGrace) return TokenProblem::expired;
    if (!rule.spec->audiences.empty() && !audience_allowed(rule.spec->audiences, token.claims)) return TokenProblem::audience;
    if (!well_signed(rule, token)) return TokenProblem::signature;
    // RA20
    if (const std::string& header = rule.spec->output_payload_to_header; !header.empty())
      asked.headers.append(text::lower(header), token.payload);
    for (const auto& output : rule.spec->output_claim_to_headers) {
      if (const auto text = claim_text(token.claims, output.claim)) asked.headers.append(text::lower(output.header), *text);
    }
    if (!rule.spec->forward_original_token) {
      if (!found.header.empty()) asked.headers.remove(found.header);
      if (!found.param.empty()) remove_parameter(found.param, asked);
    }
    claims = split_delimited(std::move(token.claims), rule.delimited);
    return TokenProblem::none;
  }

  /// RA11: all tokens at the rule's places are to be good; the last place comes first.
  TokenProblem check(const TokenRule& rule) {
    for (const std::string& header : rule.replaced_headers) asked.headers.remove(header);
    const std::vector<Found> found = extract(rule, asked);
    if (found.empty()) return TokenProblem::missing;
    for (auto token = found.rbegin(); token != found.rend(); ++token) {
      if (const TokenProblem problem = check(rule, *token); problem != TokenProblem::none) return problem;
    }
    satisfied = &rule;
    return TokenProblem::none;
  }
};

/// RA3.
bool is_preflight(const routes::Headers& headers) {
  return headers.first(":method") == "OPTIONS" && !headers.first("origin").empty() &&
         !headers.first("access-control-request-method").empty();
}

}  // namespace

std::string_view text_of(TokenProblem problem) {
  switch (problem) {
    case TokenProblem::none:
      break;
    case TokenProblem::missing:
      return "Jwt is missing";
    case TokenProblem::bad_form:
      return "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections";
    case TokenProblem::bad_header_encoding:
      return "Jwt header is an invalid Base64url encoded";
    case TokenProblem::bad_header:
      return "Jwt header is an invalid JSON";
    case TokenProblem::bad_payload_encoding:
      return "Jwt payload is an invalid Base64url encoded";
    case TokenProblem::bad_payload:
      return "Jwt payload is an invalid JSON";
    case TokenProblem::bad_audience_form:
      return "Jwt payload [aud] field is not a string or string list";
    case TokenProblem::unknown_issuer:
      return "Jwt issuer is not configured";
    case TokenProblem::not_yet_valid:
      return "Jwt not yet valid";
    case TokenProblem::expired:
      return "Jwt is expired";
    case TokenProblem::audience:
      return "Audiences in Jwt are not allowed";
    case TokenProblem::signature:
      return "Jwt verification fails";
  }
  return {};
}

std::vector<TokenRule> token_rules(const std::vector<const Resource*>& policies) {
  std::vector<TokenRule> rules;
  for (const Resource* policy : policies) {
    const auto* spec = policy->as<model::RequestAuthentication>();
    if (spec == nullptr) continue;
    for (std::size_t i = 0; i < spec->jwt_rules.size(); ++i) {
      TokenRule& rule = rules.emplace_back();
      rule.policy = policy;
      rule.index = i;
      rule.spec = &spec->jwt_rules[i];
      for (const auto& header : rule.spec->from_headers) rule.headers.emplace_back(text::lower(header.name), header.prefix);
      rule.params = rule.spec->from_params;
      rule.cookies = rule.spec->from_cookies;
      if (rule.headers.empty() && rule.params.empty() && rule.cookies.empty()) {
        rule.headers.emplace_back("authorization", "Bearer ");
        rule.params.emplace_back("access_token");
      }
      std::sort(rule.headers.begin(), rule.headers.end(), [](const auto& a, const auto& b) {  // Envoy's order
        return a.first + a.second < b.first + b.second;
      });
      rule.headers.erase(std::unique(rule.headers.begin(), rule.headers.end()), rule.headers.end());
      sort_unique(rule.params);
      sort_unique(rule.cookies);
      if (!rule.spec->output_payload_to_header.empty())
        rule.replaced_headers.push_back(text::lower(rule.spec->output_payload_to_header));
      for (const auto& output : rule.spec->output_claim_to_headers) rule.replaced_headers.push_back(text::lower(output.header));
      rule.delimited = rule.spec->space_delimited_claims;
      for (const char* name : {"permission", "scope"}) rule.delimited.emplace_back(name);
      sort_unique(rule.delimited);
      read_keys(rule);
    }
  }
  std::stable_sort(rules.begin(), rules.end(),
                   [](const TokenRule& a, const TokenRule& b) { return a.spec->issuer < b.spec->issuer; });
  return rules;
}

TokenVerdict check_tokens(const std::vector<TokenRule>& rules, routes::Asked& asked) {
  TokenVerdict verdict;
  if (rules.empty() || is_preflight(asked.headers)) return verdict;
  Check check{asked, {}, nullptr, {}};
  TokenProblem worst = TokenProblem::missing;
  for (const TokenRule& rule : rules) {  // RA12
    const TokenProblem problem = check.check(rule);
    if (problem == TokenProblem::none) {
      worst = problem;
      break;
    }
    // RA14: an issuer that is not known is told where nothing else is wrong.
    if (problem == TokenProblem::missing || (worst != TokenProblem::missing && worst != TokenProblem::unknown_issuer)) continue;
    if (problem == TokenProblem::unknown_issuer && worst == TokenProblem::unknown_issuer) continue;
    worst = problem;
    verdict.rule = &rule;
  }
  if (worst == TokenProblem::none) {
    verdict.rule = check.satisfied;
    verdict.claims = std::move(check.claims);
  } else if (worst != TokenProblem::missing) {
    verdict.problem = worst;
    if (worst == TokenProblem::unknown_issuer) verdict.issuer = std::move(check.issuer);
  }
  return verdict;
}

Request with_tokens(const Request& request) {
  Request result = request;
  std::vector<RequestToken> tokens = request.tokens;
  if (!request.jwt.empty()) {
    RequestToken& token = tokens.emplace_back();
    token.header = "authorization";
    token.prefix = "Bearer ";
    if (request.jwt == "invalid") {
      token.claims = R"({"iss":"issuer-a","sub":"someone"})";
      token.key = "nobody";
    } else if (request.jwt.front() == '{') {
      token.claims = request.jwt;
    } else {
      token.raw = request.jwt;
    }
  }
  for (const RequestToken& token : tokens) {
    const auto encode = [](std::string_view bytes) { return text::encode_base64(bytes, text::Base64::url_raw); };
    std::string text = token.raw;
    if (text.empty()) {
      const Json claims = Json::parse(token.claims.empty() ? "{}" : token.claims);
      const std::string issuer = claims.is_object() ? member_text(claims, "iss") : std::string();
      const bool given = !token.key.empty() && token.key != issuer;
      const std::string signature = std::string(given ? kSignedWithKeyOf : kSignedBy) + (token.key.empty() ? issuer : token.key);
      text = encode(kHead) + "." + encode(claims.is_object() ? claims.dump() : token.claims) + "." + encode(signature);
    }
    if (!token.header.empty()) {
      std::erase_if(result.headers, [&](const auto& header) { return text::lower(header.first) == text::lower(token.header); });
      result.headers.emplace_back(token.header, token.prefix + text);
    } else if (!token.param.empty()) {
      result.path += (result.path.find('?') == std::string::npos ? "?" : "&") + token.param + "=" + text;
    } else if (!token.cookie.empty()) {
      const auto cookies = std::find_if(result.headers.begin(), result.headers.end(),
                                        [](const auto& header) { return text::lower(header.first) == "cookie"; });
      if (cookies == result.headers.end()) {
        result.headers.emplace_back("cookie", token.cookie + "=" + text);
      } else {
        cookies->second += "; " + token.cookie + "=" + text;
      }
    }
  }
  return result;
}

}  // namespace meshroute::authorization
