// SPDX-License-Identifier: Apache-2.0
// Requests and proxies from JSON and URLs.
#include "meshroute/request.hpp"

#include <algorithm>
#include <charconv>

#include "match/cidr.hpp"
#include "meshroute/journey.hpp"
#include "meshroute/snapshot.hpp"
#include "text/case.hpp"
#include "text/json_tree.hpp"

namespace meshroute {

namespace {

using Json = text::Json;

Error invalid(std::string message) { return Error{Error::Code::invalid_argument, std::move(message)}; }

template <class Target>
bool take_string(const Json& value, Target& target) {
  if (!value.is_string()) return false;
  target = value.text();
  return true;
}

template <class Target>
bool take_bool(const Json& value, Target& target) {
  if (!value.is_boolean()) return false;
  target = value.flag();
  return true;
}

/// A number from 0 to 2^64 - 1, or the same as a string: many languages cannot write numbers above 2^53 exactly.
bool take_whole(const Json& value, std::optional<std::uint64_t>& target) {
  if (value.is_number_unsigned()) {
    target = value.number<std::uint64_t>();
    return true;
  }
  if (!value.is_string()) return false;
  const std::string& digits = value.text();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  target = number;
  return true;
}

/// Claims, or a text that stands where a token should.
bool take_jwt(const Json& value, std::string& target) {
  if (value.is_object()) target = value.dump();
  return value.is_object() || take_string(value, target);
}

bool take_token(const Json& value, RequestToken& token) {
  if (!value.is_object()) return false;
  for (const auto& [key, member] : value.items()) {
    bool good = true;
    if (key == "claims") {
      good = member.is_object();
      token.claims = member.dump();
    } else if (key == "key") {
      good = take_string(member, token.key);
    } else if (key == "raw") {
      good = take_string(member, token.raw);
    } else if (key == "header") {
      good = take_string(member, token.header);
    } else if (key == "prefix") {
      good = take_string(member, token.prefix);
    } else if (key == "param") {
      good = take_string(member, token.param);
    } else if (key == "cookie") {
      good = take_string(member, token.cookie);
    } else {
      good = false;
    }
    if (!good) return false;
  }
  return true;
}

}  // namespace

Result<Proxy> Proxy::from_json(std::string_view json) {
  const Json object = Json::parse(json);
  if (!object.is_object()) return invalid("a proxy is a JSON object");
  Proxy proxy;
  for (const auto& [key, value] : object.items()) {
    bool good = true;
    if (key == "id")
      good = take_string(value, proxy.id);
    else if (key == "namespace")
      good = take_string(value, proxy.namespace_);
    else if (key == "ip")
      good = take_string(value, proxy.ip);
    else if (key == "locality")
      good = take_string(value, proxy.locality);
    else if (key == "network")
      good = take_string(value, proxy.network);
    else if (key == "cluster")
      good = take_string(value, proxy.cluster);
    else if (key == "node_name")
      good = take_string(value, proxy.node_name);
    else if (key == "service_account")
      good = take_string(value, proxy.service_account);
    else if (key == "unprivileged")
      good = take_bool(value, proxy.unprivileged);
    else if (key == "no_sidecar")
      good = take_bool(value, proxy.no_sidecar);
    else if (key == "type") {
      std::string type;
      good = take_string(value, type);
      if (good && type != "sidecar" && type != "router")
        return invalid("the proxy's type `" + type + "` is neither sidecar nor router");
      proxy.type = type == "router" ? Proxy::Type::router : Proxy::Type::sidecar;
    } else if (key == "dns_capture")
      good = take_bool(value, proxy.dns_capture);
    else if (key == "dns_auto_allocate")
      good = take_bool(value, proxy.dns_auto_allocate);
    else if (key == "labels") {
      good = value.is_object() || value.is_null();
      if (value.is_object()) {
        for (const auto& [name, label] : value.items()) good = take_string(label, proxy.labels[name]) && good;
      }
    } else {
      return invalid("a proxy has no member `" + key + "`");
    }
    if (!good) return invalid("the proxy's `" + key + "` has the wrong type");
  }
  if (auto error = proxy.wrong()) return *error;
  return proxy;
}

std::string FoundProxy::to_json(bool pretty) const {
  Json json{{"type", proxy.type == Proxy::Type::router ? "router" : "sidecar"}};
  const auto put = [&json](const char* key, const auto& value) {
    if (!value.empty()) json[key] = Json(value);
  };
  put("id", proxy.id);
  put("namespace", proxy.namespace_);
  put("labels", std::map<std::string, std::string>(proxy.labels));
  put("ip", proxy.ip);
  put("locality", proxy.locality);
  put("network", proxy.network);
  put("cluster", proxy.cluster);
  put("node_name", proxy.node_name);
  put("service_account", proxy.service_account);
  if (proxy.no_sidecar) json["no_sidecar"] = true;
  return json.dump(pretty ? 2 : -1);
}

Result<std::vector<Proxy>> proxies_from_json(std::string_view json) {
  const Json list = Json::parse(json);
  if (!list.is_array()) return invalid("servers are a JSON list of proxies");
  std::vector<Proxy> proxies;
  for (const Json& each : list) {
    auto proxy = Proxy::from_json(each.dump());
    if (!proxy) return proxy.error();
    proxies.push_back(std::move(*proxy));
  }
  return proxies;
}

std::optional<Error> Proxy::wrong() const {
  if (!ip.empty() && !match::is_ip(ip)) return invalid("the proxy's ip `" + ip + "` is no IP address");
  if (std::count(locality.begin(), locality.end(), '/') > 2)
    return invalid("the proxy's locality `" + locality + "` is not region/zone/subzone");
  return std::nullopt;
}

std::optional<Error> Request::wrong() const {
  if (protocol != "http" && protocol != "http2" && protocol != "tcp")
    return invalid("the request's protocol `" + protocol + "` is none of http, http2 and tcp");
  if (address && !match::is_ip(*address) && !address->starts_with("unix://"))
    return invalid("the request's address `" + *address + "` is no IP address");
  if (!source_ip.empty() && !match::is_ip(source_ip))
    return invalid("the request's source_ip `" + source_ip + "` is no IP address");
  if (!identity.empty() && (!identity.starts_with("spiffe://") || identity.size() == 9 || identity[9] == '/'))
    return invalid("the request's identity `" + identity + "` is no SPIFFE URI: write spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT");
  if (jwt.starts_with('{') && !Json::parse(jwt).is_object()) return invalid("the request's jwt is no JSON object");
  for (const RequestToken& token : tokens) {
    if (token.claims.empty() == token.raw.empty()) return invalid("one of the request's tokens has not one of claims and raw");
    if (!token.claims.empty() && !Json::parse(token.claims).is_object())
      return invalid("the claims of one of the request's tokens are no JSON object");
    if ((token.header.empty() ? 0 : 1) + (token.param.empty() ? 0 : 1) + (token.cookie.empty() ? 0 : 1) != 1)
      return invalid("one of the request's tokens has not one of header, param and cookie");
  }
  if (port > 65535) return invalid("the request's port " + std::to_string(port) + " is above 65535");
  return std::nullopt;
}

Result<Request> Request::from_json(std::string_view json) {
  const Json object = Json::parse(json);
  if (!object.is_object()) return invalid("a request is a JSON object");
  Request request;
  for (const auto& [key, value] : object.items()) {
    bool good = true;
    if (key == "protocol")
      good = take_string(value, request.protocol);
    else if (key == "tls") {
      good = value == "none" || value == "simple" || value == "mutual" || value.is_boolean();
      request.mutual_tls = value == "mutual";
      request.tls = request.mutual_tls || value == "simple" || value == true;
    } else if (key == "address")
      good = take_string(value, request.address.emplace());
    else if (key == "host" || key == "authority")
      good = take_string(value, request.host.emplace());
    else if (key == "method")
      good = take_string(value, request.method);
    else if (key == "path")
      good = take_string(value, request.path);
    else if (key == "scheme")
      good = take_string(value, request.scheme.emplace());
    else if (key == "sni")
      good = take_string(value, request.sni);
    else if (key == "no_sni")
      good = take_bool(value, request.no_sni);
    else if (key == "client_cert")
      good = take_bool(value, request.client_cert);
    else if (key == "identity")
      good = take_string(value, request.identity);
    else if (key == "source_ip")
      good = take_string(value, request.source_ip);
    else if (key == "jwt")
      good = take_jwt(value, request.jwt);
    else if (key == "tokens") {
      good = value.is_array();
      for (const Json& token : value) good = good && take_token(token, request.tokens.emplace_back());
    } else if (key == "ext_authz") {
      good = value == "allow" || value == "deny" || value == "error";
      if (good)
        request.ext_authz = value == "deny"    ? Request::ExtAuthz::deny
                            : value == "error" ? Request::ExtAuthz::error
                                               : Request::ExtAuthz::allow;
    } else if (key == "alpn") {
      auto& offered = request.alpn.emplace();
      good = value.is_string() || value.is_array();
      if (value.is_string()) offered.push_back(value.text());
      if (value.is_array()) {
        for (const Json& one : value) good = good && take_string(one, offered.emplace_back());
      }
      if (value.is_null()) {
        request.alpn.reset();
        good = true;
      }
    } else if (key == "port") {
      good = value.is_number_unsigned() && value.number<std::uint64_t>() <= 65535;
      if (good) request.port = value.number<std::uint32_t>();
    } else if (key == "random") {
      good = take_whole(value, request.random);
    } else if (key == "headers") {
      const auto add = [&request, &good](const std::string& name, const Json& values) {
        if (values.is_string())
          request.headers.emplace_back(name, values.text());
        else if (values.is_array()) {
          for (const auto& each : values) {
            if (each.is_string())
              request.headers.emplace_back(name, each.text());
            else
              good = false;
          }
        } else
          good = false;
      };
      if (value.is_object()) {
        for (const auto& [name, values] : value.items()) add(name, values);
      } else if (value.is_array()) {
        for (const auto& pair : value) {
          if (pair.is_array() && pair.size() == 2 && pair.front().is_string())
            add(pair.front().text(), pair[std::size_t{1}]);
          else
            good = false;
        }
      } else
        good = value.is_null();
    } else if (key == "proxy" || key == "mode") {  // a recorded call says who made it and how; the view already knows
      good = value.is_string() || value.is_null();
    } else {
      return invalid("a request has no member `" + key + "`");
    }
    if (!good) return invalid("the request's `" + key + "` has the wrong type or is out of range");
  }
  if (auto error = request.wrong()) return *error;
  return request;
}

Result<Request> Request::from_url(std::string_view url) {
  Request request;
  const auto separator = url.find("://");
  // Without a scheme it is HTTP, as curl has it; "mailto:x" and the like are no hosts.
  const bool bare = separator == std::string_view::npos;
  if (bare && (url.empty() || url.front() == '/' || url.find_first_of(" \t") != std::string_view::npos))
    return invalid("`" + std::string(url) + "` is no URL: write http://host[:port]/path");
  const std::string scheme = bare ? "http" : text::lower(url.substr(0, separator));
  if (scheme == "https" || scheme == "tls" || scheme == "wss" || scheme == "grpcs")
    request.tls = true;
  else if (scheme == "tcp")
    request.protocol = "tcp";
  else if (scheme != "http" && scheme != "ws" && scheme != "grpc")
    return invalid("the scheme `" + scheme + "` is none of http, https, ws, wss, grpc, grpcs, tcp and tls");
  if (scheme == "tls") request.protocol = "tcp";
  if (scheme.starts_with("grpc")) {
    request.protocol = "http2";
    request.method = "POST";
    request.headers = {{"content-type", "application/grpc"}, {"te", "trailers"}};
  }
  if (scheme.starts_with("ws")) request.headers = {{"connection", "Upgrade"}, {"upgrade", "websocket"}};
  auto rest = bare ? url : url.substr(separator + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto path = rest.find_first_of("/?");
  auto authority = rest.substr(0, path);
  if (authority.empty()) return invalid("the URL `" + std::string(url) + "` names no host");
  if (authority.find('@') != std::string_view::npos)
    return invalid("the URL `" + std::string(url) + "` names a user; leave out what stands before the @");
  if (authority.find('[') != std::string_view::npos && authority.find(']') == std::string_view::npos)
    return invalid("the URL `" + std::string(url) + "` opens a bracket and does not close it");
  if (authority.back() == ':') authority.remove_suffix(1);  // no port is the scheme's own
  if (path != std::string_view::npos) request.path = (rest[path] == '?' ? "/" : "") + std::string(rest.substr(path));
  request.host = std::string(authority);
  auto name = authority;
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    std::uint32_t port = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9' || port > 65535)
        return invalid("the port `" + std::string(digits) + "` is no number from 1 to 65535");
      port = port * 10 + static_cast<std::uint32_t>(c - '0');
    }
    if (port == 0 || port > 65535) return invalid("the port `" + std::string(digits) + "` is no number from 1 to 65535");
    request.port = port;
    name = authority.substr(0, colon);
  } else {
    request.port = request.tls ? 443 : 80;
  }
  if (name.empty()) return invalid("the URL `" + std::string(url) + "` names no host");
  if (request.tls) request.sni = std::string(name);
  return request;
}

}  // namespace meshroute
