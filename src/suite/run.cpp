// SPDX-License-Identifier: Apache-2.0
// Asks what a test asks, and compares what it says.
#include "suite/run.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "explain/find_proxy.hpp"
#include "explain/trace.hpp"
#include "findings/display_name.hpp"
#include "match/cluster_name.hpp"
#include "match/duration.hpp"
#include "match/hosts.hpp"
#include "resolve/follow.hpp"
#include "resolve/name.hpp"
#include "resolve/resolve.hpp"
#include "schema/reading.hpp"
#include "suite/coverage.hpp"
#include "suite/icv.hpp"
#include "text/case.hpp"
#include "witness/summary.hpp"

namespace meshroute::suite {

namespace {

using witness::destinations_json;
using witness::header_of;
using witness::number_json;
using witness::shares_of;

constexpr double kNear = 1e-6;

/// The name in a test: what the proxy's DNS makes of it, in lower case.
std::string full_name(const view::ProxyView& view, const std::string& host) {
  const std::string lowered = text::lower(host);
  std::string scratch;
  const auto service = resolve::service_of(view, lowered, scratch);
  return service != nullptr ? text::lower(service->hostname) : lowered;
}

std::string join_quoted(const std::vector<std::string>& words, std::size_t most = 5) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + words[i];
  if (words.size() > most) text += ", …";
  return text;
}

/// The hosts that a proxy sees, by all names that people write, for "did you mean".
std::string meant_host(const view::ProxyView& view, const std::string& host) {
  std::vector<std::string> names;
  const std::string tail = ".svc." + view.snapshot->settings.domain_suffix;
  for (const auto& service : view.scope.services) {
    names.push_back(service->hostname);
    if (!service->hostname.ends_with(tail)) continue;
    const std::string short_name = service->hostname.substr(0, service->hostname.size() - tail.size());
    names.push_back(short_name);
    if (short_name.ends_with("." + view.proxy.namespace_))
      names.push_back(short_name.substr(0, short_name.size() - view.proxy.namespace_.size() - 1));
  }
  std::string near = meant(host, names);
  if (!near.empty()) return near;
  std::vector<std::string> all;
  all.reserve(view.scope.services.size());
  for (const auto& service : view.scope.services) all.push_back(service->hostname);
  return all.empty() ? "this proxy sees no service" : "it sees " + join_quoted(all);
}

/// Why a destination that a test names does not exist for the proxy; empty where it does.
std::string unknown_destination(const view::ProxyView& view, const Destination& destination) {
  if (destination.port == 0 && !destination.has_subset && view.has_cluster(destination.host)) return {};  // PassthroughCluster
  if (destination.host == "BlackHoleCluster" || destination.host == "PassthroughCluster") return {};
  std::string scratch;
  const auto service = resolve::service_of(view, text::lower(destination.host), scratch);
  if (service == nullptr) {
    for (const auto& each : view.scope.services) {  // inside a wildcard service there is no cluster of its own
      if (each->hostname == destination.host) return {};
    }
    return "no service `" + destination.host + "` is seen from namespace " + view.proxy.namespace_ + ": " +
           meant_host(view, destination.host);
  }
  std::vector<std::string> ports;
  bool has_port = destination.port == 0;
  for (const auto& port : service->ports) {
    ports.push_back(std::to_string(port.number));
    has_port = has_port || port.number == destination.port;
  }
  if (!has_port) return service->hostname + " has no port " + std::to_string(destination.port) + ": it has " + join_quoted(ports);
  if (!destination.has_subset || destination.subset.empty()) return {};
  const auto* rule = view.destination_rule(service->hostname);
  std::vector<std::string> subsets;
  if (rule != nullptr) {
    for (const auto& subset : rule->spec.subsets) subsets.push_back(subset.name);
  }
  if (std::find(subsets.begin(), subsets.end(), destination.subset) != subsets.end()) return {};
  if (subsets.empty())
    return "no DestinationRule that this proxy uses gives " + service->hostname + " subsets, so there is none `" +
           destination.subset + "`";
  const std::string near = meant(destination.subset, subsets);
  return service->hostname + " has no subset `" + destination.subset +
         "`: " + (near.empty() ? "it has " + join_quoted(subsets) : near);
}

/// One value of the headers that leave, or nothing.
std::optional<std::string> upstream_header(const Request& request, const UpstreamRequest& sent, const std::string& wanted) {
  const std::string name = text::lower(wanted);
  const auto joined = [](const std::vector<std::string>& values) {
    std::string all;
    for (const auto& value : values) all += (all.empty() ? "" : ",") + value;
    return all;
  };
  const auto same = [&name](const std::string& other) { return other.size() == name.size() && text::lower_is(other, name); };
  for (const auto& removed : sent.headers_removed) {
    if (same(removed)) return std::nullopt;
  }
  for (const auto& [key, values] : sent.headers_added) {
    if (same(key)) return joined(values);
  }
  for (const auto& changed : sent.headers_changed) {
    if (same(changed.name)) return joined(changed.got);
  }
  std::optional<std::string> own;
  for (const auto& [key, value] : request.headers) {
    if (same(key)) own = own ? *own + "," + value : value;
  }
  return own;
}

/// Compares one answer.
class Comparison {
 public:
  Comparison(const view::ProxyView& view, const Case& test, const Asked& asked, SuiteTest& result)
      : view_(view), test_(test), asked_(asked), answer_(asked.answer), result_(result) {}

  void run() {
    const Expect& expect = *test_.expect;
    known_host(expect);
    if (expect.outcome) same("outcome", *expect.outcome, answer_.outcome);
    if (expect.destinations) destinations(*expect.destinations);
    if (expect.endpoints) endpoints(*expect.endpoints);
    upstream(expect);
    if (expect.timeout) timeout(expect);
    if (expect.retries) retries(*expect.retries);
    if (expect.redirect) {
      const std::string location = answer_.response ? header_of(*answer_.response, "location") : std::string();
      check(location == *expect.redirect, "redirect", *expect.redirect, location.empty() ? Json(nullptr) : Json(location));
    }
    if (expect.status) status(*expect.status);
    if (expect.rule) rule(*expect.rule);
    if (expect.fails)
      check(std::fabs(*expect.fails - answer_.failure_percent) < kNear * 100, "fails", number_json(*expect.fails),
            number_json(answer_.failure_percent));
    if (expect.arrives) {
      const bool arrives = journey().arrives_percent >= 100 - kNear;
      check(arrives == *expect.arrives, "arrives", *expect.arrives, arrives);
      if (arrives != *expect.arrives) because_ = journey().because;
    }
    if (result_.passed) return;
    result_.because = because_;
    say_why(view_, test_.request, asked_, result_);
  }

  const Journey* followed() const { return journey_ ? &*journey_ : nullptr; }

 private:
  void check(bool good, const std::string& path, const Json& want, const Json& got) {
    if (good) return;
    result_.passed = false;
    const auto text = [](const Json& json) { return json.dump(); };
    result_.failures.push_back({path, text(want), text(got)});
  }
  void same(const char* path, const std::string& want, const std::string& got) {
    check(want == got, path, want, got.empty() ? Json(nullptr) : Json(got));
  }

  /// A host that nobody knows is a slip, unless the test says what becomes of such a request.
  void known_host(const Expect& expect) {
    if (expect.outcome || !test_.request.host || test_.request.host->empty() || asked_.decisions.service != nullptr) return;
    const std::string& host = asked_.decisions.host;
    const bool named = !answer_.virtual_host.empty() && answer_.virtual_host != "allow_any" &&
                       answer_.virtual_host != "block_all" && !answer_.virtual_host.starts_with("allow_any:") &&
                       !answer_.virtual_host.starts_with("block_all:");
    if (named || asked_.path.starts_with("spec.") || view_.proxy.type == Proxy::Type::router) return;
    const auto& chain = asked_.decisions.chain;
    if (chain != nullptr && !chain->http && chain->service != nullptr) return;
    check(false, "request", "a host that the mesh knows",
          "no service or route for `" + host + "` is seen from namespace " + view_.proxy.namespace_ + ": " +
              meant_host(view_, host) + " Say `outcome` where that is meant");
  }

  void destinations(const std::vector<Destination>& wanted) {
    const auto shares = shares_of(answer_);
    bool good = true;
    Json want = Json::object();
    for (const Destination& each : wanted) {
      want[each.text] = number_json(each.percent);
      double share = 0;
      const std::string host = full_name(view_, each.host);
      for (const auto& [cluster, percent] : shares) {
        const auto parts = match::parse_cluster_name(cluster);
        const bool is = !parts ? cluster == each.text
                               : text::lower(parts->host) == host && (each.port == 0 || parts->port == each.port) &&
                                     (!each.has_subset || parts->subset == each.subset);
        if (is) share += percent;
      }
      good = good && std::fabs(share - each.percent) < 0.005;
      if (share > 0) continue;
      if (const std::string why = unknown_destination(view_, each); !why.empty())
        check(false, "destinations[\"" + each.text + "\"]", "a destination that the mesh knows", why);
    }
    check(good, "destinations", want, destinations_json(answer_));
  }

  void endpoints(const std::vector<std::string>& wanted) {
    std::vector<std::string> got;
    for (const auto& endpoint : answer_.endpoints) {
      const bool v6 = endpoint.address.find(':') != std::string::npos && endpoint.port != 0;
      got.push_back((v6 ? "[" + endpoint.address + "]" : endpoint.address) +
                    (endpoint.port != 0 ? ":" + std::to_string(endpoint.port) : std::string()));
    }
    std::sort(got.begin(), got.end());
    got.erase(std::unique(got.begin(), got.end()), got.end());
    check(got == wanted, "endpoints", Json(wanted), Json(got));
  }

  void upstream(const Expect& expect) {
    const auto& sent = answer_.upstream_request;
    if (expect.upstream_path)
      check(sent && sent->path == *expect.upstream_path, "upstream.path", *expect.upstream_path,
            sent ? Json(sent->path) : Json());
    if (expect.upstream_authority)
      check(sent && sent->authority == *expect.upstream_authority, "upstream.authority", *expect.upstream_authority,
            sent ? Json(sent->authority) : Json());
    for (const auto& [name, value] : expect.upstream_headers) {
      const auto got = sent ? upstream_header(test_.request, *sent, name) : std::nullopt;
      check(sent && got == value, "upstream.headers." + name, value ? Json(*value) : Json(), got ? Json(*got) : Json());
    }
    if (expect.upstream_tls) same("upstream.tls", *expect.upstream_tls, answer_.upstream_tls.mode);
  }

  void timeout(const Expect& expect) {
    const auto got = match::parse_go_duration(answer_.timeout);  // of nothing: none
    check(got == expect.timeout, "timeout", expect.timeout_text,
          answer_.timeout.empty() ? Json() : Json(got == 0 ? "none" : answer_.timeout));
  }

  void retries(std::int64_t wanted) {
    std::int64_t got = 0;
    const Json policy = Json::parse(answer_.retries);
    if (policy.is_object()) got = policy.contains("numRetries") ? policy["numRetries"].number<std::int64_t>() : 1;
    check(got == wanted, "retries", wanted, got);
  }

  /// Of what the proxy answers itself, or of what every server's proxy answers.
  void status(std::int64_t wanted) {
    std::set<std::string> got;
    if (answer_.response) {
      got.insert(std::to_string(answer_.response->status));
    } else if (answer_.outcome == "routed") {
      for (const auto& hop : journey().endpoints) got.insert(hop.result.substr(0, hop.result.find(' ')));
    }
    const bool good = got.size() == 1 && *got.begin() == std::to_string(wanted);
    Json shown;
    if (answer_.response)
      shown = answer_.response->status;
    else if (answer_.outcome == "routed" && got.size() == 1 && *got.begin() != "no" && *got.begin() != "arrives")
      shown = *got.begin();
    else
      shown = "the upstream's own";
    check(good, "status", wanted, shown);
    if (!good && journey_) because_ = journey_->because;
  }

  /// "NS/NAME#2" (its place), "NS/NAME#name", "NS/NAME" (any rule of it), or the rule's name.
  void rule(const std::string& wanted) {
    const std::string_view resource = asked_.resource;
    const auto space = resource.find(' ');
    const std::string_view identity = space == std::string_view::npos ? resource : resource.substr(space + 1);
    const auto open = asked_.path.find('['), close = asked_.path.find(']');
    const std::string place = open == std::string::npos ? std::string() : asked_.path.substr(open + 1, close - open - 1);
    const std::string& name = answer_.route;
    const auto hash = wanted.find('#');
    const auto slash = wanted.find('/');
    const auto named = [&name](std::string_view word) {
      return !word.empty() && (name == word || (name.starts_with(word) && name.size() > word.size() && name[word.size()] == '.'));
    };
    bool good = false;
    if (hash != std::string::npos) {
      const std::string_view owner = std::string_view(wanted).substr(0, hash), which = std::string_view(wanted).substr(hash + 1);
      const bool owned = owner == identity || (slash == std::string::npos && identity.ends_with("/" + std::string(owner)));
      good = owned && (which == place || named(which));
    } else if (slash != std::string::npos) {
      good = wanted == identity;
    } else {
      good = named(wanted);
    }
    Json got;
    if (!identity.empty()) got = std::string(identity) + "#" + place + (name.empty() ? "" : " (" + name + ")");
    check(good, "rule", wanted, got);
  }

  const Journey& journey() {
    if (!journey_) journey_ = resolve::follow(view_, test_.request, nullptr, explain::tracers());
    return *journey_;
  }

  const view::ProxyView& view_;
  const Case& test_;
  const Asked& asked_;
  const Answer& answer_;
  SuiteTest& result_;
  std::optional<Journey> journey_;
  std::vector<TraceLine> because_;
};

std::string shell_word(const std::string& word) {
  const bool plain =
      !word.empty() &&
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// The proxies of a document's tests; each view is made once.
class Proxies {
 public:
  explicit Proxies(const std::shared_ptr<const registry::Snapshot>& snapshot) : snapshot_(snapshot) {}

  /// Null, with the reason, where nobody is called so.
  const view::ProxyView* view_of(const From& from, std::string& why) {
    const auto [slot, fresh] = views_.try_emplace(key_of(from));
    if (!fresh) {
      why = slot->second.why;
      return slot->second.view.get();
    }
    auto proxy = proxy_of(from, slot->second.why);
    why = slot->second.why;
    if (proxy) slot->second.view = std::make_unique<const view::ProxyView>(snapshot_, std::move(*proxy));
    return slot->second.view.get();
  }

 private:
  struct Slot {
    std::unique_ptr<const view::ProxyView> view;
    std::string why;
  };

  static std::string key_of(const From& from) {
    if (!from.proxy) return from.name;
    const Proxy& proxy = *from.proxy;
    std::string key = "\n" + from.name;
    const auto add = [&key](const std::string& text) { key.append("\n").append(text); };
    for (const auto* text : {&proxy.id, &proxy.namespace_, &proxy.ip, &proxy.locality, &proxy.network, &proxy.cluster,
                             &proxy.node_name, &proxy.service_account})
      add(*text);
    for (const auto& [name, value] : proxy.labels) add(name + "=" + value);
    add(std::to_string(static_cast<int>(proxy.type)) + (proxy.dns_capture ? "c" : "") + (proxy.dns_auto_allocate ? "a" : "") +
        (proxy.unprivileged ? "u" : "") + (proxy.no_sidecar ? "n" : ""));
    return key;
  }

  std::optional<Proxy> proxy_of(const From& from, std::string& why) {
    if (from.proxy) return from.proxy;
    FoundProxy found = explain::find_proxy(*snapshot_, from.name);
    if (found.message.empty()) return std::move(found.proxy);
    why = found.message;
    const std::string near = from.name.find('/') == std::string::npos ? meant(from.name, from.known) : std::string();
    if (!near.empty())
      why += "; of the proxies of this file " + near;
    else if (!from.known.empty())
      why += "; the proxies of this file are " + join_quoted(from.known);
    return std::nullopt;
  }

  const std::shared_ptr<const registry::Snapshot>& snapshot_;
  std::map<std::string, Slot> views_;
};

}  // namespace

/// A request as the command that asks it.
std::string command_of(const std::string& words, const view::ProxyView& view, const From& from, const Request& request) {
  std::string text = "meshroute resolve " + words + " --from ";
  const Proxy& proxy = from.proxy ? *from.proxy : view.proxy;
  text += shell_word(witness::name_of(proxy));
  std::string labels;
  if (from.proxy) {
    for (const auto& [key, value] : proxy.labels) labels += (labels.empty() ? "" : ",") + key + "=" + value;
  }
  const auto option = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text.append(" ").append(name).append(" ").append(shell_word(value));
  };
  option("--labels", labels);
  if (from.proxy) {
    if (proxy.type == Proxy::Type::router) text += " --type router";
    option("--ip", proxy.ip);
    option("--locality", proxy.locality);
    option("--network", proxy.network);
    option("--node-name", proxy.node_name);
    option("--service-account", proxy.service_account);
    if (proxy.cluster != "Kubernetes") option("--cluster", proxy.cluster);
  }
  if (request.host && request.address) option("--address", *request.address);
  if (request.tls && request.sni != request.host) option("--sni", request.sni);
  if (request.no_sni) text += " --no-sni";
  if (request.client_cert) text += " --client-cert";
  if (request.alpn) {
    std::string protocols;
    for (const auto& each : *request.alpn) protocols += (protocols.empty() ? "" : ",") + each;
    option("--alpn", protocols);
  }
  if (request.random) option("--random", std::to_string(*request.random));
  if (request.method != "GET") option("-X", request.method);
  for (const auto& [name, value] : request.headers) text += " -H " + shell_word(name + ": " + value);
  std::string host = request.host.value_or(request.address.value_or(""));
  const bool tcp = request.protocol == "tcp";
  std::string url = request.tls ? (tcp ? "tls://" : "https://") : (tcp ? "tcp://" : "http://");
  url += host;
  const std::uint32_t usual = request.tls ? 443 : 80;
  const bool has_port = host.find(':') != std::string::npos && host.find(']') == std::string::npos;
  if (!has_port && request.port != 0 && request.port != usual) url += ":" + std::to_string(request.port);
  if (!tcp) url += request.path;
  return text + " " + shell_word(url);
}

Asked ask(const view::ProxyView& view, const Request& request) {
  Asked asked;
  explain::listen_to_access(view, asked.decisions);
  resolve::resolve(view, request, {.trace = true}, asked.answer, &asked.decisions);
  for (const TraceLine& line : asked.decisions.walk) {
    if (line.stage != "route" || line.verdict != Verdict::matched) continue;
    asked.resource = line.resource;
    asked.path = line.path;
  }
  const view::FilterChain* chain = asked.decisions.chain;
  if (chain != nullptr && !chain->http && chain->owner != nullptr) {
    asked.resource = findings::display_name(*chain->owner->resource);
    asked.path = chain->rule;
  }
  return asked;
}

void say_why(const view::ProxyView& view, const Request& request, const Asked& asked, SuiteTest& result) {
  Answer told = asked.answer;
  explain::write_trace(view, request, asked.decisions, told);
  auto& lines = result.because;
  lines.insert(lines.end(), told.because.begin(), told.because.end());
  constexpr std::size_t kMost = 8;
  for (const auto& line : told.trace) {
    const bool about = line.stage == "route" || line.stage == "filter chain" || line.stage == "virtual host";
    if (!about || lines.size() >= kMost) continue;
    const bool there = std::any_of(lines.begin(), lines.end(), [&](const TraceLine& other) { return other.text == line.text; });
    if (!there) lines.push_back(line);
  }
}

void run(const File& file, const std::shared_ptr<const registry::Snapshot>& snapshot, const std::string& words,
         Coverage* coverage, SuiteReport& report) {
  Proxies proxies(snapshot);
  IcvRun icv(file, snapshot);
  for (const Case& test : file.cases) {
    SuiteTest& result = report.tests.emplace_back();
    result.name = test.name;
    result.source = file.source;
    result.line = test.line;
    result.notes = test.notes;
    if (test.blocks != nullptr) {
      icv.run(test, words, coverage, result);
    } else {
      std::string why;
      const view::ProxyView* view = proxies.view_of(test.from, why);
      if (view == nullptr) {
        result.passed = false;
        result.failures.push_back(
            {"from", Json("a proxy of the mesh").dump(),
             Json(file.source + ":" + std::to_string(test.from.line) + ":" + std::to_string(test.from.column) + ": " + why)
                 .dump()});
      } else {
        const Asked asked = ask(*view, test.request);
        result.request = command_of(words, *view, test.from, test.request);
        Comparison comparison(*view, test, asked, result);
        comparison.run();
        if (coverage != nullptr) coverage->met(*view, test.request, asked, comparison.followed());
      }
    }
    ++(result.passed ? report.passed : report.failed);
  }
}

}  // namespace meshroute::suite
