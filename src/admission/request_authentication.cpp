// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of RequestAuthentication.

#include <algorithm>

#include "admission/common.hpp"
#include "match/url.hpp"
#include "text/base64.hpp"
#include "text/document.hpp"

namespace meshroute::admission {
namespace {

using text::Node;

/// A member of a key as Go's decoder takes it: a string; null counts as an empty one.
bool is_text(const Node* value) { return value == nullptr || value->is_string() || value->kind == text::Kind::null; }

/// The library that Istio reads keys with guesses the form of base64 from its letters.
std::optional<std::string> decode_key(std::string_view text) {
  using text::Base64;
  const bool raw = !text.ends_with('='), url = text.find_first_of("+/") == std::string_view::npos;
  return text::decode_base64(text, url ? (raw ? Base64::url_raw : Base64::url) : (raw ? Base64::standard_raw : Base64::standard));
}

/// A certificate is a sequence of ASN.1. Istio reads all of it.
bool is_certificate(std::string_view text) {
  constexpr char kSequence = 0x30;
  const auto bytes = decode_key(text);
  return bytes && bytes->starts_with(kSequence);
}

/// The kinds of keys, with the members of each that are bytes; a private key has a `d` and may have the others.
struct KeyType {
  std::string_view name;
  std::vector<std::string_view> required, texts, secret;
};

const std::vector<KeyType>& key_types() {
  static const std::vector<KeyType> types = {
      {"RSA", {"n", "e"}, {}, {"d", "p", "q", "dp", "dq", "qi"}},
      {"EC", {"x", "y"}, {"crv"}, {"d"}},
      {"OKP", {"x"}, {"crv"}, {"d"}},
      {"oct", {"k"}, {}, {}},
  };
  return types;
}

/// Go finds these two in any case; of several the last wins.
const Node* find_in_any_case(const Node& key, std::string_view name) {
  const Node* found = nullptr;
  for (const text::Member& member : key.members) {
    if (equal_fold(member.key, name)) found = &member.value;
  }
  return found;
}

/// One JSON Web Key with what its type needs; `secret` tells whether it is more than a public key.
Problem key_problem(const Node& key, bool& secret) {
  const Node* type = key.is_object() ? find_in_any_case(key, "kty") : nullptr;
  if (type == nullptr || !type->is_string()) return "a key has no kty";
  const auto& types = key_types();
  const auto known = std::find_if(types.begin(), types.end(), [&](const KeyType& each) { return each.name == type->text; });
  if (known == types.end()) return "the key type " + quote(type->text) + " is unknown";
  const std::string name = "a key of type " + std::string(known->name);
  const bool is_private = !known->secret.empty() && find_in_any_case(key, "d") != nullptr;
  secret = is_private || known->name == "oct";
  std::vector<std::string_view> texts = known->texts, bytes = known->required;
  if (is_private) {
    bytes.insert(bytes.end(), known->secret.begin(), known->secret.end());
  }
  for (const std::string_view member : texts) {
    if (key.find(member) == nullptr) return name + " has no " + std::string(member);
  }
  for (const std::string_view member : known->required) {
    if (key.find(member) == nullptr) return name + " has no " + std::string(member);
  }
  if (is_private && key.find("d") == nullptr) return name + " has no d";
  texts.insert(texts.end(), bytes.begin(), bytes.end());
  for (const std::string_view member : {"kty", "alg", "kid", "use", "x5t", "x5t#S256", "x5u"}) texts.push_back(member);
  for (const std::string_view member : texts) {
    if (!is_text(key.find(member))) return name + " has a " + std::string(member) + " that is no string";
  }
  if (const Node* exact = key.find("kty"); exact != nullptr && exact->text != known->name) return name + " has another kty";
  for (const std::string_view member : bytes) {
    const Node* value = key.find(member);
    if (value != nullptr && value->is_string() && !decode_key(value->text)) {
      return name + " has a " + std::string(member) + " that is no base64";
    }
  }
  for (const std::string_view member : {"key_ops", "x5c"}) {
    const Node* list = key.find(member);
    if (list == nullptr || list->kind == text::Kind::null) continue;
    if (!list->is_list()) return name + " has a " + std::string(member) + " that is no list";
    for (const Node& item : list->items) {
      if (!is_text(&item)) return name + " has a " + std::string(member) + " that is no list of strings";
      if (member == "x5c" && !is_certificate(item.text)) return name + " has an x5c that holds no certificate";
    }
  }
  return {};
}

/// The first JSON value of a text: Go's decoder looks no further.
std::string_view first_value(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
      continue;
    }
    quoted = c == '"';
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return text.substr(0, at + 1);
  }
  return text;
}

/// A set of keys, or a key that stands alone. `secrets` gets the places of those that are more than public keys.
Problem key_set_problem(std::string_view jwks, std::vector<std::size_t>& secrets) {
  const text::Stream stream = text::read(first_value(jwks), "jwks", Format::json, Limits{});
  if (stream.documents.size() != 1 || !stream.documents.front().readable || !stream.documents.front().errors.empty() ||
      !stream.documents.front().root.is_object()) {
    return "jwks is no JSON object";
  }
  const Node& root = stream.documents.front().root;
  const Node* keys = root.find("keys");
  if (keys != nullptr && keys->kind == text::Kind::null) return {};
  if (keys != nullptr && !keys->is_list()) return "keys is no list";
  const std::size_t count = keys == nullptr ? 1 : keys->items.size();
  for (std::size_t at = 0; at < count; ++at) {
    bool secret = false;
    if (Problem problem = key_problem(keys == nullptr ? root : keys->items[at], secret); !problem.empty()) return problem;
    if (secret) secrets.push_back(at);
  }
  return {};
}

Problem address_problem(std::string_view text) {
  const auto url = match::parse_go_url(text);
  if (!url) return quote(text) + " is no URL";
  if (url->scheme != "http" && url->scheme != "https") return "URI scheme " + quote(url->scheme) + " is not supported";
  if (!url->port.empty() && !match::parse_go_integer(url->port)) return "port " + quote(url->port) + " is out of range";
  return {};
}

bool has_empty(const std::vector<std::string>& values) { return std::find(values.begin(), values.end(), "") != values.end(); }

void check_rule(Walk& walk, const model::JWTRule& rule) {
  if (rule.issuer.empty() && rule.jwks_uri.empty()) {
    walk.error("RA0101", "issuer or jwksUri must be set", "name the issuer whose tokens this rule reads");
  }
  if (has_empty(rule.audiences)) walk.error("RA0102", "an audience must not be empty");
  if (!rule.jwks_uri.empty()) walk.check_at("jwksUri", "RA0103", address_problem(rule.jwks_uri));
  if (!rule.jwks.empty()) {
    std::vector<std::size_t> secrets;
    const Walk::Step step(walk, "jwks");
    if (walk.check("RA0104", key_set_problem(rule.jwks, secrets))) {
      for (const std::size_t at : secrets) {
        walk.warn("RA0105",
                  "the key at place " + std::to_string(at) + " of jwks is a secret: a public key is enough to check tokens",
                  "write only the public key");
      }
    }
  }
  for (const auto& location : rule.from_headers) {
    if (location.name.empty()) walk.error("RA0102", "the name of a header must not be empty");
  }
  if (has_empty(rule.from_params)) walk.error("RA0102", "the name of a parameter must not be empty");
  if (has_empty(rule.from_cookies)) walk.error("RA0102", "the name of a cookie must not be empty");
  for (const auto& output : rule.output_claim_to_headers) {
    if (output.claim.empty() || output.header.empty()) {
      walk.error("RA0102", "outputClaimToHeaders needs a header and a claim");
    } else if (!std::all_of(output.header.begin(), output.header.end(), [](char c) {
                 return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
               })) {
      walk.error("KX0115", "header name " + output.header + " is not a valid header name");
    }
  }
  if (rule.timeout) walk.check("KX0102", check_duration(*rule.timeout));
}

}  // namespace

void validate_request_authentication(Walk& walk, const model::RequestAuthentication& policy) {
  check_policy_targets(walk, policy.selector, policy.target_ref, policy.target_refs);
  for (std::size_t i = 0; i < policy.jwt_rules.size(); ++i) {
    const Walk::Step step(walk, "jwtRules", i);
    check_rule(walk, policy.jwt_rules[i]);
  }
}

}  // namespace meshroute::admission
