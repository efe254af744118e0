// SPDX-License-Identifier: Apache-2.0
// What the rules of a VirtualService say that they can hardly mean.

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "analysis/checks.hpp"
#include "match/hosts.hpp"
#include "match/regex_start.hpp"
#include "text/case.hpp"
#include "text/place.hpp"

namespace meshroute::analysis {

namespace {

using model::HTTPMatchRequest;
using model::HTTPRoute;
using text::element;

double seconds_of(const model::Duration& duration) { return static_cast<double>(duration.seconds) + duration.nanos / 1e9; }

/// "1.5s".
std::string seconds_text(double seconds) {
  std::string text = std::to_string(seconds);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + "s";
}

/// A path begins with a slash, and some expressions never match a text that does.
bool never_a_path(const std::string& regex) {
  const std::string_view rest = std::string_view(regex).substr(regex.starts_with('^') ? 1 : 0);
  const char first = rest.empty() ? '/' : text::lower(rest.front());
  const bool letter = (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9');
  return (letter || first == '(') && !match::may_begin_with(regex, "/");  // others are hardly wrong, and not worth compiling
}

/// The expression behind a slash.
std::string behind_slash(const std::string& regex) {
  const std::string rest = regex.substr(regex.starts_with('^') ? 1 : 0);
  return rest.find('|') == std::string::npos ? "/" + rest : "/(" + rest + ")";
}

/// Headers of HTTP/2 as people write them without the colon.
const char* meant_field(std::string_view header) {
  const std::string name = text::lower(header);
  if (name == "uri" || name == "path") return "uri";
  if (name == "method") return "method";
  if (name == "scheme") return "scheme";
  return name == "authority" ? "authority" : nullptr;
}

/// The rules of one VirtualService, as it was written.
class RuleCheck {
 public:
  RuleCheck(const Facts& facts, const Resource& resource, Findings& findings)
      : facts_(facts), resource_(resource), spec_(*resource.as<model::VirtualService>()), findings_(findings) {}

  void run() {
    const bool weights = text::Places::mentions(resource_, "weight");
    for (std::size_t i = 0; i < spec_.http.size(); ++i) {
      const std::string at = element("spec.http", i);
      check_shares(spec_.http[i].route, at, weights);
      check_http(spec_.http[i], at);
    }
    for (std::size_t i = 0; i < spec_.tcp.size(); ++i) check_shares(spec_.tcp[i].route, element("spec.tcp", i), weights);
    for (std::size_t i = 0; i < spec_.tls.size(); ++i) check_shares(spec_.tls[i].route, element("spec.tls", i), weights);
    check_ports();
  }

 private:
  /// AN0414, AN0415.
  template <class Routes>
  void check_shares(const Routes& routes, const std::string& at, bool weights) {
    if (routes.size() == 1 && weights) {
      const std::string path = at + ".route[0].weight";
      const auto weight = routes.front().weight;
      if (weight != 100 && (weight != 0 || findings_.stated(resource_, path))) {
        findings_.add("AN0414", resource_, path,
                      "a single destination gets all requests, whatever its weight: this says " + std::to_string(weight),
                      "remove the weight, or add the destinations for the rest");
      }
    }
    if (routes.size() > 1 && weights) check_sum(routes, at);
    std::map<std::tuple<std::string, std::string, std::uint32_t>, std::size_t> first;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      if (!routes[i].destination || routes[i].destination->host.empty()) continue;
      const model::Destination& to = *routes[i].destination;
      const auto [found, added] =
          first.try_emplace({facts_.expand(to.host, resource_), to.subset, to.port ? to.port->number : 0}, i);
      if (added) continue;
      findings_.add("AN0415", resource_, at + element(".route", i) + ".destination",
                    "the rule names this destination twice: the weights add up", "name it once",
                    {{&resource_, at + element(".route", found->second) + ".destination", "named before"}});
    }
  }

  /// AN0425: equal shares, small ratios (1 to 3) and finer scales (of 1000) are meant as they are.
  template <class Routes>
  void check_sum(const Routes& routes, const std::string& at) {
    std::int64_t sum = 0;
    for (const auto& route : routes) sum += std::max(route.weight, 0);
    if (sum < 10 || sum == 100 || sum == 1000 || sum == 10000) return;
    if (std::all_of(routes.begin(), routes.end(), [&](const auto& each) { return each.weight == routes.front().weight; })) return;
    std::vector<std::string> shares;
    for (const auto& route : routes) {
      const std::int64_t tenths = (std::int64_t{1000} * std::max(route.weight, 0) + sum / 2) / sum;
      shares.push_back(std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " %");
    }
    findings_.add("AN0425", resource_, at + ".route",
                  "the weights add up to " + std::to_string(sum) + ", not 100: Istio takes them as shares, here " + join(shares),
                  "write weights that add up to 100");
  }

  void check_http(const HTTPRoute& rule, const std::string& at) {
    for (const HTTPMatchRequest& match : rule.match) {
      if (!match.uri || !match.uri->prefix || !match.uri->prefix->starts_with('/')) continue;
      if (rule.rewrite && !rule.rewrite->uri.empty()) check_rewrite(*match.uri->prefix, rule.rewrite->uri, at + ".rewrite.uri");
      prefixes_.insert(*match.uri->prefix);
    }
    for (std::size_t k = 0; k < rule.route.size(); ++k) {
      if (rule.route[k].destination) check_tls_port(*rule.route[k].destination, at + element(".route", k) + ".destination.port");
    }
    if (rule.fault) check_fault(*rule.fault, at + ".fault");
    if (rule.retries && rule.retries->per_try_timeout && rule.timeout) {
      const double timeout = seconds_of(*rule.timeout), one = seconds_of(*rule.retries->per_try_timeout);
      const int tries = rule.retries->attempts + 1;
      if (timeout > 0 && rule.retries->attempts > 0 && one * tries > timeout) {
        findings_.add("AN0420", resource_, at + ".retries",
                      std::to_string(tries) + " tries of " + seconds_text(one) + " each may take " + seconds_text(one * tries) +
                          ", but the request as a whole ends after " + seconds_text(timeout) +
                          (one > timeout ? ": already the first is cut off" : ": the last of them are cut off"),
                      "let the tries fit into timeout");
      }
    }
    for (std::size_t k = 0; k < rule.match.size(); ++k) check_match(rule.match[k], at + element(".match", k));
  }

  /// AN0219, of a rule that leads to a port for TLS.
  void check_tls_port(const model::Destination& to, const std::string& path) {
    if (!to.port) return;
    const std::string host = facts_.expand(to.host, resource_);
    for (const auto& service : facts_.definitions(host)) {
      if (service->kubernetes || !service->mesh_external) return;
      const auto port = std::find_if(service->ports.begin(), service->ports.end(),
                                     [&](const auto& each) { return each.number == to.port->number; });
      if (port == service->ports.end() || !registry::is_tls(port->protocol)) return;
    }
    if (!facts_.definitions(host).empty())
      tell_plain_to_tls(facts_, resource_, path, host, to.port->number, to.port->number, findings_);
  }

  /// AN0426: what follows the prefix is joined to the rewrite as it is.
  void check_rewrite(const std::string& prefix, const std::string& to, const std::string& path) {
    if (prefix.ends_with('/') && !to.ends_with('/')) {
      findings_.add("AN0426", resource_, path,
                    "the prefix " + prefix + " becomes " + to + ", and no slash follows: the path of " + prefix + "users is " +
                        to + "users",
                    "write " + to + "/");
      return;
    }
    const char last = text::lower(prefix.substr(prefix.size() - 1)).front();
    const bool word = (last >= 'a' && last <= 'z') || (last >= '0' && last <= '9');
    if (!word || !to.ends_with('/') || prefixes_.contains(prefix + "/")) return;
    findings_.add("AN0426", resource_, path,
                  "the prefix " + prefix + " becomes " + to + ", and what follows begins with / too: the path of " + prefix +
                      "/users is " + to + "/users",
                  to.size() > 1 ? "write " + to.substr(0, to.size() - 1)
                                : "match the prefix " + prefix + "/ before " + prefix + ", or match the prefix " + prefix +
                                      "/ and the exact path " + prefix + " instead");
  }

  /// AN0418, AN0419 (F6.11).
  void check_fault(const model::HTTPFaultInjection& fault, const std::string& at) {
    if (fault.delay && fault.delay->percent > 0) {
      findings_.add("AN0418", resource_, at + ".delay.percent", "percent is on its way out",
                    "write percentage: {value: " + std::to_string(fault.delay->percent) + "}");
    }
    if (fault.delay && !fault.delay->percentage && fault.delay->percent == 0)
      findings_.add("AN0419", resource_, at + ".delay",
                    "no request is delayed: without a percentage a fault applies to 0 % of the requests",
                    "set percentage.value of the delay, 100 for all requests");
    if (fault.abort && !fault.abort->percentage)
      findings_.add("AN0419", resource_, at + ".abort",
                    "no request is aborted: without a percentage a fault applies to 0 % of the requests",
                    "set percentage.value of the abort, 100 for all requests");
  }

  void check_match(const HTTPMatchRequest& match, const std::string& at) {
    const auto regex = [&](const model::StringMatch& one, const std::string& path, bool is_path) {
      if (!one.regex) return;
      if (explain::between_slashes(*one.regex, is_path)) {
        findings_.add("AN0423", resource_, path + ".regex",
                      "the regex stands between slashes, which are part of the text that it must match, as are the letters "
                      "behind the last one: it matches no usual request",
                      "write the regex without the slashes around it; to ignore case, start it with (?i)");
      } else if (is_path && never_a_path(*one.regex)) {
        findings_.add("AN0423", resource_, path + ".regex",
                      "a path begins with /, and " + *one.regex + " must match it as a whole: it never does",
                      "write " + behind_slash(*one.regex));
      }
    };
    if (match.uri) regex(*match.uri, at + ".uri", true);
    for (const auto* one : {&match.method, &match.authority, &match.scheme}) {
      if (*one) regex(**one, at + (one == &match.method ? ".method" : one == &match.authority ? ".authority" : ".scheme"), false);
    }
    if (match.uri) {
      for (const auto* text : {&match.uri->exact, &match.uri->prefix}) {
        if (!*text || (*text)->empty() || (*text)->starts_with('/') || **text == "*") continue;
        findings_.add("AN0423", resource_, at + (text == &match.uri->exact ? ".uri.exact" : ".uri.prefix"),
                      "a path begins with /: " + **text + " never matches", "write /" + **text);
      }
    }
    for (const auto& [name, value] : match.headers) {
      regex(value, at + ".headers." + name, false);
      if (const char* field = meant_field(name)) {
        findings_.add("AN0424", resource_, at + ".headers." + name,
                      "this asks for a header with the very name " + name + ", which requests hardly ever have",
                      std::string("write `") + field + ":` beside `headers:`");
      }
    }
  }

  /// AN0421, AN0422: where all hosts of the mesh's rules are known services.
  void check_ports() {
    if (!scope::names_mesh(spec_.gateways) || spec_.hosts.empty() || (spec_.http.empty() && spec_.tcp.empty())) return;
    std::map<std::uint32_t, const registry::ServicePort*> ports;
    const registry::Service* service = nullptr;
    for (const std::string& host : spec_.hosts) {
      const auto& definitions = facts_.definitions(facts_.expand(host, resource_));
      if (definitions.empty() || match::is_wildcard(host)) return;
      for (const auto& each : definitions) {
        if (each->resolution == registry::ServiceResolution::alias) return;
        service = each.get();
        for (const auto& port : each->ports) ports.emplace(port.number, &port);
      }
    }
    if (ports.empty() || spec_.gateways.size() > 1) return;
    const std::vector<Leaning> related = service->resource == nullptr
                                             ? std::vector<Leaning>{}
                                             : std::vector<Leaning>{{service->resource, path_of_host(*service), "defined here"}};
    const auto each = [&](const auto& rules, const char* list) {
      for (std::size_t i = 0; i < rules.size(); ++i) {
        for (std::size_t k = 0; k < rules[i].match.size(); ++k) {
          const std::uint32_t port = rules[i].match[k].port;
          if (port == 0 || ports.contains(port)) continue;
          std::vector<std::string> numbers;
          numbers.reserve(ports.size());
          for (const auto& [number, known] : ports) numbers.push_back(std::to_string(number));
          findings_.add("AN0421", resource_, element(list, i) + element(".match", k) + ".port",
                        spec_.hosts.front() + " has no port " + std::to_string(port) + " (it has: " + join(numbers) +
                            "): this never matches",
                        (numbers.size() == 1 ? "write " + numbers.front() : std::string("write a port that it has")) +
                            ", or remove the port",
                        related);
        }
      }
    };
    each(spec_.http, "spec.http");
    each(spec_.tcp, "spec.tcp");
    each(spec_.tls, "spec.tls");
    const bool http = std::any_of(ports.begin(), ports.end(),
                                  [](const auto& port) { return registry::is_http_or_sniffed(port.second->protocol); });
    if (!spec_.http.empty() && !http) {
      const auto& [number, port] = *ports.begin();
      std::string cause = shown_port(*service, *port);
      findings_.add("AN0422", resource_, "spec.http",
                    "no port of " + spec_.hosts.front() + " is HTTP (" + cause + "): these rules never apply",
                    "name the port http-…, or write the rules under tcp or tls", related);
    }
  }

  static std::string shown_port(const registry::Service& service, const registry::ServicePort& port) {
    std::string text = "port " + std::to_string(port.number);
    if (!port.name.empty()) text += " is named " + port.name;
    return text + (service.kubernetes ? ", which makes it " : ", its protocol is ") +
           std::string(registry::to_string(port.protocol));
  }

  const Facts& facts_;
  const Resource& resource_;
  const model::VirtualService& spec_;
  Findings& findings_;
  std::set<std::string_view> prefixes_;  ///< of the matches before
};

}  // namespace

void check_rules(const Facts& facts, Findings& findings) {
  for (const Resource* resource : facts.snapshot.virtual_services) RuleCheck(facts, *resource, findings).run();
}

}  // namespace meshroute::analysis
