// SPDX-License-Identifier: Apache-2.0
// Requests are built from what a route asks; where an earlier route takes one, it is changed until that route lets it go.
#include "witness/witness.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <tuple>

#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/hosts.hpp"
#include "match/regex.hpp"
#include "resolve/resolve.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/table_plan.hpp"
#include "witness/imply.hpp"
#include "witness/regex_strings.hpp"

namespace meshroute::witness {

namespace {

using envoy::HeaderMatcher;
using envoy::PathMatcher;
using envoy::Present;
using envoy::StringMatcher;

constexpr std::size_t kMostProbes = 300;
constexpr std::size_t kMostNames = 8;       // of TLS that are tried at a chain
constexpr const char* kFree = "192.0.2.1";  // an address that no listener names

/// Values that a matcher takes, plain ones first.
std::vector<std::string> values_of(const StringMatcher& matcher) {
  const std::string& value = matcher.value;
  switch (matcher.kind) {
    case StringMatcher::Kind::exact: {
      std::vector<std::string> values{value};
      if (matcher.ignore_case && text::has_upper(value)) values.push_back(text::lower(value));
      return values;
    }
    case StringMatcher::Kind::prefix:
      return {value, value + "w", value + "-witness", value + "0"};
    case StringMatcher::Kind::suffix:
      return {value, "w" + value, "witness-" + value};
    case StringMatcher::Kind::contains:
      return {value, "w" + value + "w"};
    case StringMatcher::Kind::regex:
      return strings_of(value, 12);
    case StringMatcher::Kind::none:
      break;
  }
  return {"w", "witness", "0"};
}

std::vector<std::string> values_of(const std::variant<Present, StringMatcher, envoy::Range>& value) {
  if (const auto* matcher = std::get_if<StringMatcher>(&value)) return values_of(*matcher);
  if (const auto* range = std::get_if<envoy::Range>(&value))
    return {std::to_string(range->start), std::to_string(range->end - 1)};
  return {"w", "witness", "0"};
}

/// Values of a header; of the method and the scheme those that Envoy knows.
std::vector<std::string> values_of(const HeaderMatcher& header) {
  const auto* matcher = std::get_if<StringMatcher>(&header.value);
  std::vector<std::string> known;
  if (header.name == ":method") known = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
  if (header.name == ":scheme") known = {"http", "https"};
  if (known.empty() || matcher == nullptr) return values_of(header.value);
  std::erase_if(known, [matcher](const std::string& value) { return !takes(*matcher, value); });
  return known.empty() ? values_of(header.value) : known;
}

/// Whether the header must be there.
bool good_path(const std::string& path) {
  return path.starts_with('/') && path.find_first_of("?# \t\r\n") == std::string::npos &&
         std::none_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::vector<std::string> paths_of(const envoy::RouteMatch& match) {
  using Kind = PathMatcher::Kind;
  const std::string& value = match.path.value;
  std::vector<std::string> paths;
  switch (match.path.kind) {
    case Kind::path:
      paths = {value};
      if (!match.case_sensitive.value_or(true)) {
        std::string upper = value;
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        paths.push_back(text::lower(value));
        paths.push_back(upper);
      }
      break;
    case Kind::prefix:
      for (const char* tail : {"", "w", "/w", "/", "0", "-w", ".w", "witness/w", "/w/w", "W", "~"}) paths.push_back(value + tail);
      break;
    case Kind::path_separated_prefix:
      for (const char* tail : {"", "/w", "/", "/0", "/w/w", "/witness", "/W", "/~"}) paths.push_back(value + tail);
      break;
    case Kind::safe_regex:
      paths = strings_of(value, 24);
      if (const auto regex = match::Regex::compile(value)) {  // one that begins with anything takes a slash too
        const std::vector<std::string> built = paths;
        for (const std::string& text : built) {
          if (!text.starts_with('/') && regex->full_match("/" + text)) paths.push_back("/" + text);
        }
      }
      break;
    case Kind::uri_template:  // only route tables of files have them
    case Kind::none:
    case Kind::other:
      paths = {"/", "/w"};
      break;
  }
  if (value.empty() && match.path.kind == Kind::prefix) paths = {"/", "/w"};
  std::erase_if(paths, [](const std::string& path) { return !good_path(path); });
  return paths;
}

/// A request while it is changed.
struct Draft {
  std::string path = "/", host, method = "GET";
  std::optional<std::string> scheme;
  std::map<std::string, std::string> headers, query;

  auto key() const { return std::tie(path, host, method, scheme, headers, query); }
  bool operator<(const Draft& other) const { return key() < other.key(); }

  Request request() const {
    Request request;
    request.host = host;
    request.method = method;
    request.scheme = scheme;
    request.path = path;
    char between = '?';
    for (const auto& [name, value] : query) {
      request.path += between + name + (value.empty() ? "" : "=" + value);
      between = '&';
    }
    for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
    return request;
  }
};

/// Hosts that are in one of the virtual host's domains.
std::vector<std::string> hosts_of(const envoy::VirtualHost& host, const envoy::RouteMatch* match) {
  std::vector<std::string> hosts;
  const auto add = [&hosts](std::string text) {
    if (!text.empty() && std::find(hosts.begin(), hosts.end(), text) == hosts.end()) hosts.push_back(std::move(text));
  };
  if (match != nullptr) {
    for (const auto& header : match->headers) {
      if (header.name == ":authority" && positive(header)) {
        for (auto& value : values_of(header)) add(std::move(value));
      }
    }
  }
  for (const auto& domain : host.domains) {
    if (hosts.size() > 12) break;
    if (domain == "*") {
      add("witness.example");
      add("w");
    } else if (domain.starts_with('*')) {
      add("witness" + domain.substr(1));
      add("w" + domain.substr(1));
      add("w.w" + domain.substr(1));
    } else if (domain.ends_with('*')) {
      add(domain.substr(0, domain.size() - 1) + "w");
    } else {
      add(domain);
    }
  }
  return hosts;
}

std::string origin_text(const envoy::Route& route) {
  if (!route.origin) return "the default route";
  return route.origin->resource + " " + route.origin->path;
}

/// The search for a request that one route of a virtual host takes.
class Search {
 public:
  Search(const view::ProxyView& view, const std::string& table, const envoy::VirtualHost& host, std::size_t route)
      : view_(view), table_(table), host_(host), route_(route), match_(host.routes[route].match) {}

  template <class Doors>
  RouteWitness run(const Doors& doors) {
    RouteWitness found;
    const envoy::Route& route = host_.routes[route_];
    if (route.origin) {
      found.resource = route.origin->resource;
      found.path = route.origin->path;
    }
    if (const std::string why = contradiction(match_); !why.empty()) {
      found.unreachable = why;
      return found;
    }
    paths_ = paths_of(match_);
    hosts_ = hosts_of(host_, &match_);
    if (paths_.empty() && match_.path.kind != PathMatcher::Kind::safe_regex) {
      found.unreachable = "no path starts with " + match_.path.value + ": a path starts with /";
      return found;
    }
    if (paths_.empty()) {
      const Head head = head_of(match_.path.value);
      if (!head.literal.empty() && head.literal.front() != '/')
        found.unreachable = "no path matches " + match_.path.value + ": a path starts with /";
      else
        found.unknown = "no path was found that " + match_.path.value + " matches";
      return found;
    }
    std::size_t blocker = host_.routes.size();
    for (const auto& door : doors) {
      for (const auto& name : hosts_) {
        if (auto request = from(door, name, blocker)) {
          found.request = std::move(request);
          return found;
        }
        if (probes_ > kMostProbes) break;
      }
    }
    // The proof: a route before it takes everything that it would take.
    for (std::size_t earlier = 0; earlier < route_; ++earlier) {
      if (!implies(match_, host_.routes[earlier].match)) continue;
      found.unreachable = origin_text(host_.routes[earlier]);
      return found;
    }
    found.unknown = blocker < host_.routes.size() ? origin_text(host_.routes[blocker]) + " takes each request that was tried"
                                                  : "no request that was tried comes to this virtual host";
    return found;
  }

 private:
  /// The plainest request of the route at one door.
  Draft start(const std::string& name) const {
    Draft draft;
    draft.host = name;
    draft.path = paths_.front();
    for (const auto& header : match_.headers) {
      if (!positive(header)) continue;
      const auto values = values_of(header);
      if (values.empty() || header.name == ":authority") continue;
      set(draft, header.name, values.front());
    }
    for (const auto& parameter : match_.query_parameters) {
      if (const auto* present = std::get_if<Present>(&parameter.value)) {
        if (present->present) draft.query[parameter.name] = "";
        continue;
      }
      const auto values = values_of(std::get<StringMatcher>(parameter.value));
      if (!values.empty()) draft.query[parameter.name] = values.front();
    }
    return draft;
  }

  static void set(Draft& draft, const std::string& name, const std::string& value) {
    if (name == ":method")
      draft.method = value;
    else if (name == ":scheme")
      draft.scheme = value;
    else if (name == ":authority" || name == "host")
      draft.host = value;
    else if (!name.starts_with(':'))
      draft.headers[text::lower(name)] = value;
  }

  template <class Door>
  std::optional<Request> from(const Door& door, const std::string& name, std::size_t& blocker) {
    std::deque<Draft> queue{start(name)};
    std::set<Draft> seen{queue.front()};
    const auto push = [&](Draft draft) {
      if (seen.insert(draft).second) queue.push_back(std::move(draft));
    };
    std::set<std::size_t> hidden;  // routes that were looked at as a proof
    for (; !queue.empty() && probes_ <= kMostProbes; queue.pop_front()) {
      const Draft draft = queue.front();
      Request request = door.through(draft.request());
      ++probes_;
      const Met end = met(view_, request);
      if (end.table == table_ && end.virtual_host.empty()) {  // Envoy reads no such request
        vary_all(draft, push);
        continue;
      }
      if (end.table != table_ || end.virtual_host != host_.name) {
        if (seen.size() == 1) return std::nullopt;  // not through this door, or not by this name
        continue;
      }
      if (end.route == static_cast<long>(route_)) return request;
      if (end.route < 0 || end.route > static_cast<long>(route_)) {
        // It does not ask for the right thing yet: other values.
        if (seen.size() < kMostProbes) vary_all(draft, push);
        continue;
      }
      blocker = static_cast<std::size_t>(end.route);
      if (hidden.insert(blocker).second && implies(match_, host_.routes[blocker].match)) {
        probes_ = kMostProbes + 1;  // no other request either
        return std::nullopt;
      }
      evade(draft, host_.routes[blocker].match, push);
    }
    return std::nullopt;
  }

  const HeaderMatcher* own(const std::string& name, bool wanted) const {
    for (const auto& header : match_.headers) {
      if (positive(header) == wanted && header.name.size() == name.size() && text::lower_is(header.name, text::lower(name)))
        return &header;
    }
    return nullptr;
  }

  template <class Push>
  void vary_all(const Draft& draft, const Push& push) const {
    for (const auto& path : paths_) {
      Draft other = draft;
      other.path = path;
      push(std::move(other));
    }
    for (const auto& header : match_.headers) {
      for (const auto& value : values_of(header)) {
        Draft other = draft;
        if (positive(header))
          set(other, header.name, value);
        else if (!header.name.starts_with(':'))
          other.headers[text::lower(header.name)] = "other";  // there, and another one
        push(std::move(other));
      }
    }
    for (const auto& parameter : match_.query_parameters) {
      const auto* matcher = std::get_if<StringMatcher>(&parameter.value);
      if (matcher == nullptr) continue;
      for (const auto& value : values_of(*matcher)) {
        Draft other = draft;
        other.query[parameter.name] = value;
        push(std::move(other));
      }
    }
  }

  /// Changes what an earlier route asks, one thing at a time.
  template <class Push>
  void evade(const Draft& draft, const envoy::RouteMatch& blocker, const Push& push) const {
    for (const auto& path : paths_) {
      Draft other = draft;
      other.path = path;
      push(std::move(other));
    }
    for (const auto& header : blocker.headers) {
      const std::string name = text::lower(header.name);
      if (name == ":authority" || name == "host") {
        for (const auto& host : hosts_) {
          Draft other = draft;
          other.host = host;
          push(std::move(other));
        }
        continue;
      }
      const HeaderMatcher* mine = own(name, true);
      std::vector<std::string> values;
      if (mine != nullptr)
        values = values_of(*mine);
      else if (name == ":method")
        values = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
      else if (name == ":scheme")
        values = {"http", "https"};
      else if (!positive(header) && own(name, false) == nullptr)
        values = values_of(header);  // there, where it must not be
      else if (positive(header))
        values = {"other", "w"};
      for (const auto& value : values) {
        Draft other = draft;
        set(other, name, value);
        push(std::move(other));
      }
      if (mine == nullptr && draft.headers.contains(name)) {
        Draft other = draft;
        other.headers.erase(name);
        push(std::move(other));
      }
    }
    for (const auto& parameter : blocker.query_parameters) {
      const auto mine = std::find_if(match_.query_parameters.begin(), match_.query_parameters.end(),
                                     [&](const auto& each) { return each.name == parameter.name; });
      std::vector<std::string> values{"other"};
      if (mine != match_.query_parameters.end()) {
        const auto* matcher = std::get_if<StringMatcher>(&mine->value);
        if (matcher == nullptr) {
          values = {"", "w"};
        } else {
          values = values_of(*matcher);
        }
      } else if (const auto* present = std::get_if<Present>(&parameter.value); present == nullptr || present->present) {
        if (draft.query.contains(parameter.name)) {
          Draft other = draft;
          other.query.erase(parameter.name);
          push(std::move(other));
        }
      }
      for (const auto& value : values) {
        Draft other = draft;
        other.query[parameter.name] = value;
        push(std::move(other));
      }
    }
  }

  const view::ProxyView& view_;
  const std::string& table_;
  const envoy::VirtualHost& host_;
  const std::size_t route_;
  const envoy::RouteMatch& match_;
  std::vector<std::string> paths_, hosts_;
  std::size_t probes_ = 0;
};

/// Names that a server name of a chain takes.
std::vector<std::string> names_of(const std::string& sni) {
  if (!match::is_wildcard(sni)) return {sni};
  if (sni == "*") return {"witness.example", "w"};
  return {"witness" + sni.substr(1), "w" + sni.substr(1)};
}

std::string first_address(const std::string& cidr) { return cidr.substr(0, cidr.find('/')); }

bool any_address(const std::string& address) { return address.empty() || address == "0.0.0.0" || address == "::"; }

template <class Visit>
void each_chain(const view::ProxyView& view, const Visit& visit) {
  for (const auto& listener : view.listeners()) {
    for (const auto& chain : listener.chains) visit(listener, chain);
    if (listener.fallback) visit(listener, *listener.fallback);
  }
}

}  // namespace

Met met(const view::ProxyView& view, const Request& request) {
  Answer answer;
  resolve::Decisions decisions;
  resolve::resolve(view, request, {.trace = false, .upstream_request = false}, answer, &decisions);
  Met end;
  end.chain = decisions.chain;
  if (end.chain == nullptr || !end.chain->http || decisions.read != resolve::Decisions::Read::http) return end;
  end.table = end.chain->table;
  end.virtual_host = answer.virtual_host;
  if (answer.route_index) end.route = static_cast<long>(*answer.route_index);
  return end;
}

Prober::Prober(const view::ProxyView& view) : view_(view) {
  each_chain(view, [&](const view::Listener& listener, const view::FilterChain& chain) {
    if (!chain.http || listener.virtual_outbound) return;
    auto& doors = doors_[chain.table];
    const std::uint32_t port = chain.port != 0 ? chain.port : listener.port;
    const auto put = [&doors](Door door) {
      const bool there = std::any_of(doors.begin(), doors.end(), [&](const Door& other) {
        return door.port == other.port && door.address == other.address && door.tls == other.tls && door.sni == other.sni;
      });
      if (!there) doors.push_back(std::move(door));
    };
    if (view.proxy.type == Proxy::Type::router) {
      if (!listener.refused.empty()) return;
      const bool tls = view::ends_tls(chain.tls);
      const std::string address = any_address(listener.address) ? "" : listener.address;
      put({port, address, tls, ""});
      for (std::size_t i = 0; tls && i < chain.sni.size() && i < kMostNames; ++i) {
        for (const auto& name : names_of(chain.sni[i])) put({port, address, true, name});
      }
      return;
    }
    const auto add = [&](std::string address) { put({port, std::move(address), false, ""}); };
    add("");  // as a client comes to it, by the name
    if (!chain.cidrs.empty()) add(first_address(chain.cidrs.front()));
    add(any_address(listener.address) ? kFree : listener.address);
  });
}

Request Prober::Door::through(Request request) const {
  request.port = port;
  if (!address.empty()) request.address = address;
  request.tls = request.client_cert = tls;
  request.sni = sni;
  return request;
}

std::vector<RouteWitness> Prober::virtual_host(const std::string& table, const envoy::VirtualHost& host) const {
  std::vector<RouteWitness> found;
  const auto doors = doors_.find(table);
  for (std::size_t route = 0; route < host.routes.size(); ++route) {
    const bool redirects = host.require_tls != envoy::VirtualHost::TlsRequirement::none &&
                           (doors == doors_.end() ||
                            std::none_of(doors->second.begin(), doors->second.end(), [](const Door& door) { return door.tls; }));
    if (doors == doors_.end() || doors->second.empty() || redirects) {
      auto& none = found.emplace_back();
      if (host.routes[route].origin) {
        none.resource = host.routes[route].origin->resource;
        none.path = host.routes[route].origin->path;
      }
      if (redirects)
        none.unreachable = "httpsRedirect of the Gateway, which sends each request without TLS to https";
      else
        none.unknown = "no listener leads to route table " + table;
      continue;
    }
    found.push_back(Search(view_, table, host, route).run(doors->second));
  }
  return found;
}

std::optional<Request> Prober::connection(const view::Listener& listener, const view::FilterChain& chain) const {
  std::vector<std::string> addresses, names{""};
  for (const auto& cidr : chain.cidrs) addresses.push_back(first_address(cidr));
  const bool router = view_.proxy.type == Proxy::Type::router;
  if (addresses.empty()) addresses.push_back(any_address(listener.address) ? router ? "" : kFree : listener.address);
  if (!chain.sni.empty()) names.clear();
  for (const auto& name : chain.sni) {
    for (auto& each : names_of(name)) names.push_back(std::move(each));
  }
  const std::uint32_t port = chain.port != 0 ? chain.port : listener.port;
  constexpr std::size_t kMost = 40;
  std::size_t tried = 0;
  for (const auto& name : names) {
    Request request;
    request.protocol = "tcp";
    request.tls = !chain.sni.empty() || chain.tls != view::FilterChain::Tls::none;
    request.client_cert = view::ends_tls(chain.tls);
    if (!chain.alpn.empty()) request.alpn = chain.alpn;
    request.sni = name;
    request.port = port;
    if (!name.empty()) {  // by the name first
      request.host = name;
      if (met(view_, request).chain == &chain) return request;
    }
    for (const auto& address : addresses) {
      if (++tried > kMost) return std::nullopt;
      if (!address.empty()) request.address = address;
      if (met(view_, request).chain == &chain) return request;
    }
  }
  return std::nullopt;
}

std::vector<Request> Prober::edges(const envoy::VirtualHost& host, const envoy::Route& route, const Request& request) const {
  std::vector<Request> list;
  const auto query = request.path.find('?');
  const std::string tail = query == std::string::npos ? std::string() : request.path.substr(query);
  const auto with_path = [&](const std::string& path) {
    if (!good_path(path)) return;
    Request other = request;
    other.path = path + tail;
    list.push_back(std::move(other));
  };
  const auto without = [](Request other, const std::string& name) {
    std::erase_if(other.headers,
                  [&](const auto& header) { return header.first.size() == name.size() && text::lower_is(header.first, name); });
    return other;
  };
  const envoy::RouteMatch& match = route.match;
  for (const auto& path : paths_of(match)) with_path(path);
  if (!match.path.value.empty() && match.path.kind != PathMatcher::Kind::safe_regex) {
    const std::string& value = match.path.value;
    with_path(value.substr(0, value.size() - 1));
    with_path(value + "/");
    with_path(value + "w");
    std::string swapped = value;
    for (char& c : swapped) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : text::lower(c);
    with_path(swapped);
    std::string last = value;
    last.back() = last.back() == 'x' ? 'y' : 'x';
    with_path(last);
  } else if (match.path.kind == PathMatcher::Kind::safe_regex) {
    with_path(head_of(match.path.value).literal);
    for (const auto& path : strings_of(match.path.value, 4)) {
      with_path(path + "w");
      with_path(path + "/w");
      if (path.size() > 1) with_path(path.substr(0, path.size() - 1));
    }
  }
  with_path("/");
  for (const auto& header : match.headers) {
    const std::string name = text::lower(header.name);
    if (name == ":method") {
      for (const char* method : {"GET", "POST", "PUT", "DELETE", "OPTIONS"}) {
        list.push_back(request);
        list.back().method = method;
      }
      for (const auto& value : values_of(header)) {
        list.push_back(request);
        list.back().method = value;
      }
    } else if (name == ":scheme") {
      for (const char* scheme : {"http", "https"}) {
        list.push_back(request);
        list.back().scheme = scheme;
      }
    } else if (!name.starts_with(':')) {
      list.push_back(without(request, name));
      auto values = values_of(header);
      values.emplace_back("other");
      if (!values.empty()) values.push_back(values.front() + "x");
      for (const auto& value : values) {
        Request other = without(request, name);
        other.headers.emplace_back(name, value);
        list.push_back(std::move(other));
      }
    }
  }
  const std::string plain = request.path.substr(0, query);
  if (!match.query_parameters.empty()) {
    list.push_back(request);
    list.back().path = plain;
  }
  for (const auto& parameter : match.query_parameters) {
    std::vector<std::string> values{"", "other"};
    if (const auto* matcher = std::get_if<StringMatcher>(&parameter.value)) {
      for (auto& value : values_of(*matcher)) values.push_back(std::move(value));
    }
    for (const auto& value : values) {
      list.push_back(request);
      list.back().path = plain + "?" + parameter.name + "=" + value;
    }
  }
  for (const auto& name : hosts_of(host, &match)) {
    list.push_back(request);
    list.back().host = name;
  }
  return list;
}

void each_virtual_host(const view::ProxyView& view,
                       const std::function<void(const std::string& table, const envoy::VirtualHost& host)>& visit) {
  for (const view::TablePlan* plan : view.route_plans()) {
    for (std::size_t host = 0; host < plan->size(); ++host) visit(plan->name(), plan->virtual_host(host));
  }
  std::set<std::string> inline_tables;
  each_chain(view, [&](const view::Listener&, const view::FilterChain& chain) {
    if (!chain.http || !chain.inline_table || !inline_tables.insert(chain.table).second) return;
    const auto routes = view.inline_routes(chain.table);
    for (const auto& host : routes.virtual_hosts) visit(chain.table, host);
  });
}

std::vector<Witness> witnesses(const view::ProxyView& view) {
  const Prober prober(view);
  std::vector<Witness> list;
  std::map<std::pair<std::string, std::string>, std::size_t> index;
  // Of several virtual hosts with the same rule, one that meets it is enough.
  const auto add = [&](Witness witness) {
    const auto [found, fresh] = index.try_emplace({witness.resource, witness.path}, list.size());
    if (fresh)
      list.push_back(std::move(witness));
    else if (!list[found->second].request &&
             (witness.request || (list[found->second].unreachable.empty() && !witness.unreachable.empty())))
      list[found->second] = std::move(witness);
  };
  each_virtual_host(view, [&](const std::string& table, const envoy::VirtualHost& host) {
    if (host.routes.empty() || !host.routes.front().origin) return;  // no rules
    std::set<std::pair<std::string, std::string>> missing;
    for (const auto& route : host.routes) {
      if (!route.origin) continue;
      const auto found = index.find({route.origin->resource, route.origin->path});
      if (found == index.end() || !list[found->second].request) missing.insert({route.origin->resource, route.origin->path});
    }
    if (!missing.empty()) {
      for (auto& each : prober.virtual_host(table, host)) {
        if (each.path.empty()) continue;
        Witness witness{each.resource, each.path, std::move(each.request), std::move(each.unreachable), std::move(each.unknown)};
        add(std::move(witness));
      }
    }
    // Behind a route that takes everything there are no more (F3.4).
    const auto rules = view.host_rules(table, host.name);
    std::size_t place = 0;
    for (const auto& each : rules) {
      for (const auto& use : each.rules) {
        if (!use.dropped.empty() || each.owner == nullptr) continue;
        if (place++ < host.routes.size()) continue;
        const auto& origin = each.owner->http_origins[use.rule];
        add({findings::display_name(*origin.resource), use.path, std::nullopt, origin_text(host.routes.back()), {}});
      }
    }
  });
  each_chain(view, [&](const view::Listener& listener, const view::FilterChain& chain) {
    if (chain.http || chain.owner == nullptr) return;
    Witness witness{findings::display_name(*chain.owner->resource), chain.rule, prober.connection(listener, chain), {}, {}};
    if (!witness.request)
      witness.unknown = "another filter chain of listener " + listener.name + " takes each connection that was tried";
    add(std::move(witness));
  });
  return list;
}

}  // namespace meshroute::witness
