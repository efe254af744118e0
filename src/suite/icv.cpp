// SPDX-License-Identifier: Apache-2.0
// The answer of Istio to a test of istio-config-validator's form, and that program's own.
#include "suite/icv.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "findings/display_name.hpp"
#include "match/cidr.hpp"
#include "match/cluster_name.hpp"
#include "match/hosts.hpp"
#include "match/regex.hpp"
#include "resolve/name.hpp"
#include "resolve/resolve.hpp"
#include "scope/lookup.hpp"
#include "suite/coverage.hpp"
#include "text/case.hpp"

namespace meshroute::suite {

namespace {

using model::StringMatch;

/// As Go's URL parser decodes a path.
std::string decoded_path(std::string_view uri) {
  uri = uri.substr(0, uri.find('?'));
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && hex(uri[i + 1]) >= 0 && hex(uri[i + 2]) >= 0) {
      path += static_cast<char>(hex(uri[i + 1]) * 16 + hex(uri[i + 2]));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

/// Which rule istio-config-validator takes.
struct Taken {
  const Resource* resource = nullptr;  ///< null: none
  const model::HTTPRoute* rule = nullptr;
  std::size_t place = 0;
  std::string error;  ///< its run ends with this
};

class Validator {
 public:
  Validator(const std::vector<const Resource*>& virtual_services, const Request& request)
      : virtual_services_(virtual_services), request_(request), path_(decoded_path(request.path)) {}

  /// 1 and 2: the first VirtualService with the very text of the authority that has a rule for it.
  Taken take() {
    for (const Resource* resource : virtual_services_) {
      const auto& spec = *resource->as<model::VirtualService>();
      if (std::find(spec.hosts.begin(), spec.hosts.end(), request_.host.value_or("")) == spec.hosts.end()) continue;
      if (Taken taken = take_from(*resource); taken.rule != nullptr || !taken.error.empty()) return taken;
    }
    return {};
  }

  /// Whether it passes the test.
  bool passes(const Blocks& blocks, std::string& error, Taken& taken) {
    taken = take();
    if (!taken.error.empty()) return error = taken.error, false;
    static const model::HTTPRoute nothing;
    const model::HTTPRoute* rule = taken.rule != nullptr ? taken.rule : &nothing;
    if (rule->delegate) {
      if (blocks.delegate && (*rule->delegate == *blocks.delegate) != blocks.want_match) return false;
      if (blocks.route) {
        const Resource* delegate = nullptr;
        for (const Resource* each : virtual_services_) {
          const bool named = each->identity.name == rule->delegate->name &&
                             (rule->delegate->namespace_.empty() || rule->delegate->namespace_ == each->identity.namespace_);
          if (named && delegate == nullptr) delegate = each;
        }
        if (delegate == nullptr) return error = "it knows no delegate " + rule->delegate->name, false;
        Taken inner = take_from(*delegate);
        if (!inner.error.empty()) return error = inner.error, false;
        if (inner.rule != nullptr) taken = inner;
        rule = inner.rule != nullptr ? inner.rule : &nothing;
      }
    }
    const auto holds = [&](const auto& wanted, bool equal) { return !wanted || equal == blocks.want_match; };
    return holds(blocks.route, blocks.route && *blocks.route == rule->route) &&
           holds(blocks.rewrite, rule->rewrite == blocks.rewrite) && holds(blocks.fault, rule->fault == blocks.fault) &&
           holds(blocks.headers, rule->headers == blocks.headers) && holds(blocks.redirect, rule->redirect == blocks.redirect);
  }

 private:
  Taken take_from(const Resource& resource) {
    Taken taken;
    const auto& spec = *resource.as<model::VirtualService>();
    for (std::size_t i = 0; i < spec.http.size(); ++i) {
      const auto& rule = spec.http[i];
      bool met = rule.match.empty();
      for (const auto& match : rule.match) met = met || holds(match, taken.error);
      if (!taken.error.empty()) return taken;
      if (met) return Taken{&resource, &rule, i, {}};
    }
    return taken;
  }

  static bool holds(const StringMatch& match, const std::string& value, std::string& error) {
    if (match.exact) return *match.exact == value;
    if (match.prefix) return value.starts_with(*match.prefix);
    if (!match.regex) return false;
    // It searches for ^ + regex + $ without a group: an alternative at an end is anchored on only one side.
    const auto regex = match::Regex::compile("(?s)(?:.*)(?:^" + *match.regex + "$)(?:.*)");
    if (!regex) return error = "its regular expression does not compile", false;
    return regex->full_match(value);
  }
  bool holds(const model::HTTPMatchRequest& match, std::string& error) const {
    for (const auto& [name, value] : match.headers) {
      const auto sent = std::find_if(request_.headers.begin(), request_.headers.end(),
                                     [&name](const auto& pair) { return pair.first == name; });
      if (sent == request_.headers.end() || !holds(value, sent->second, error)) return false;
    }
    return (!match.uri || holds(*match.uri, path_, error)) &&
           (!match.authority || holds(*match.authority, request_.host.value_or(""), error)) &&
           (!match.method || holds(*match.method, request_.method, error));
  }

  const std::vector<const Resource*>& virtual_services_;
  const Request& request_;
  const std::string path_;
};

/// What that program does not look at, or reads otherwise, in a rule.
std::vector<std::string> unseen(const model::HTTPRoute& rule, const Request& request) {
  std::vector<std::string> fields;
  const auto note = [&fields](bool there, const char* what) {
    if (there && std::find(fields.begin(), fields.end(), what) == fields.end()) fields.emplace_back(what);
  };
  const auto bare = [](const std::optional<StringMatch>& match) {
    return match && match->regex && match->regex->find('|') != std::string::npos;
  };
  const auto present = [](const StringMatch& match) { return !match.exact && !match.prefix && !match.regex; };
  const auto empty = [&present](const std::optional<StringMatch>& match) { return match && present(*match); };
  const auto other_case = [&request](const std::string& name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&name](const auto& sent) { return sent.first != name && text::lower(sent.first) == text::lower(name); });
  };
  for (const auto& match : rule.match) {
    note(empty(match.uri) || empty(match.authority) || empty(match.method), "it never meets an empty match");
    note(match.scheme.has_value(), "it does not look at `scheme`");
    note(match.port != 0, "it does not look at `port`");
    note(!match.query_params.empty(), "it does not look at `queryParams`");
    note(!match.without_headers.empty(), "it does not look at `withoutHeaders`");
    note(match.ignore_uri_case, "it does not look at `ignoreUriCase`");
    note(!match.source_labels.empty() || !match.source_namespace.empty(), "it does not look at who sends");
    note(!match.gateways.empty(), "it does not look at `gateways`");
    note(bare(match.uri) || bare(match.authority) || bare(match.method), "it puts ^ and $ around a regex without a group");
    for (const auto& header : match.headers) {
      note(present(header.second), "it never meets a match of a header's presence");
      note(bare(header.second), "it puts ^ and $ around a regex without a group");
      note(text::has_upper(header.first) || other_case(header.first), "it compares the names of headers letter by letter");
    }
  }
  return fields;
}

/// Whether a root leaves the namespace of a delegate out that another namespace has.
bool elsewhere(const Resource& root, const Resource& delegate) {
  const auto& http = root.as<model::VirtualService>()->http;
  return root.identity.namespace_ != delegate.identity.namespace_ && std::any_of(http.begin(), http.end(), [&](const auto& rule) {
           return rule.delegate && rule.delegate->namespace_.empty() && rule.delegate->name == delegate.identity.name;
         });
}

bool names_mesh(const model::VirtualService& spec) {
  return spec.gateways.empty() || std::find(spec.gateways.begin(), spec.gateways.end(), "mesh") != spec.gateways.end();
}

}  // namespace

struct IcvRun::World {
  std::shared_ptr<const registry::Snapshot> snapshot;
  std::vector<const Resource*> virtual_services;  ///< in document order, as istio-config-validator goes through them
  std::map<std::string, std::unique_ptr<const view::ProxyView>> views;  ///< by namespace; of gateways by their names
  std::map<std::string, const Resource*> by_name;                       ///< of VirtualServices, by display name
  std::map<std::string, Proxy> gateways;                                ///< by "ns/name" of the Gateway

  const view::ProxyView& view(const std::string& namespace_) {
    auto& slot = views[namespace_];
    if (slot == nullptr) {
      Proxy proxy;
      proxy.namespace_ = namespace_;
      slot = std::make_unique<const view::ProxyView>(snapshot, std::move(proxy));
    }
    return *slot;
  }
  const view::ProxyView& view_of_gateway(const std::string& name) {
    auto& slot = views["gateway " + name];
    if (slot == nullptr) slot = std::make_unique<const view::ProxyView>(snapshot, gateways.at(name));
    return *slot;
  }
  /// The gateway that answers for a VirtualService which is not bound to the mesh; empty: the mesh does.
  std::string gateway_of(const scope::VirtualServiceEntry& entry) const {
    if (names_mesh(*entry.spec)) return {};
    for (const auto& name : entry.spec->gateways) {
      if (gateways.contains(name)) return name;
    }
    return {};
  }
};

namespace {

/// A Gateway as test files take it: their requests have no port and no scheme, and name any host.
registry::ResourcePtr open_gateway(const std::string& name, const Resource* given) {
  auto resource = std::make_shared<Resource>();
  const auto slash = name.find('/');
  if (given != nullptr) *resource = *given;
  resource->identity.group = "networking.istio.io";
  resource->identity.kind = "Gateway";
  resource->identity.namespace_ = name.substr(0, slash);
  resource->identity.name = name.substr(slash + 1);
  auto spec = std::make_shared<model::Gateway>();
  spec->selector = given != nullptr ? given->as<model::Gateway>()->selector : Labels{{"istio", "ingressgateway"}};
  auto& server = spec->servers.emplace_back();
  server.port = model::Port{.number = 80, .protocol = "HTTP", .name = "http"};
  server.hosts = {"*"};
  resource->spec = std::shared_ptr<const model::Gateway>(std::move(spec));
  return resource;
}

}  // namespace

IcvRun::IcvRun(const File& file, const std::shared_ptr<const registry::Snapshot>& snapshot) : file_(file), given_(snapshot) {}
IcvRun::~IcvRun() = default;

const IcvRun::World& IcvRun::world_of(const Case& test) {
  // A test of `delegate` by itself is for one that another repository has.
  std::set<std::string> missing;
  const Blocks& asserted = *test.blocks;
  const bool alone =
      asserted.delegate && !asserted.route && !asserted.redirect && !asserted.rewrite && !asserted.fault && !asserted.headers;
  if (alone) missing.insert(asserted.delegate->namespace_ + "/" + asserted.delegate->name);
  auto& slot = worlds_[missing];
  if (slot != nullptr) return *slot;
  slot = std::make_unique<World>();
  World& world = *slot;
  const std::string& domain = given_->settings.domain_suffix;

  std::vector<registry::ResourcePtr> resources;
  std::set<std::string> there;
  std::map<std::string, const Resource*> gateways;  // by "ns/name"; null: not loaded
  for (const auto& resource : given_->resources) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec == nullptr) continue;
    there.insert(resource->identity.namespace_ + "/" + resource->identity.name);
  }
  for (const auto& entry : scope::merged_virtual_services(*given_)) {
    if (names_mesh(*entry->spec)) continue;
    for (const auto& name : entry->spec->gateways) gateways.emplace(name, nullptr);
  }
  struct Wanted {
    std::string namespace_;
    std::set<std::uint32_t> ports;
  };
  std::map<std::string, Wanted> services;
  const auto want = [&](const std::string& host, const std::string& namespace_, std::uint32_t port) {
    if (host.empty() || match::is_wildcard(host) || match::is_ip(host)) return;
    auto& entry = services[host];
    if (entry.namespace_.empty()) entry.namespace_ = namespace_;
    if (port != 0) entry.ports.insert(port);
  };
  std::set<std::string> authorities;
  for (const Case& each : file_.cases) {
    if (each.request.host) authorities.insert(text::lower(resolve::without_port(*each.request.host)));
  }
  for (const auto& resource : given_->resources) {
    const auto* spec = resource->as<model::VirtualService>();
    if (resource->as<model::Gateway>() != nullptr) {
      const auto found = gateways.find(resource->identity.namespace_ + "/" + resource->identity.name);
      if (found != gateways.end()) {
        found->second = resource.get();
        continue;
      }
    }
    resources.push_back(resource);
    if (spec == nullptr) continue;
    const std::string& namespace_ = resource->identity.namespace_;
    for (const auto& host : spec->hosts) {
      const std::string full = scope::expand_host(host, namespace_, domain);
      want(full, namespace_, 80);
      for (const auto& authority : authorities) {
        const std::string asked = scope::expand_host(authority, namespace_, domain);
        if (match::subset_of(asked, full)) want(asked, namespace_, 80);
      }
    }
    for (const auto& rule : spec->http) {
      for (const auto& route : rule.route) {
        if (!route.destination) continue;
        want(scope::expand_host(route.destination->host, namespace_, domain), namespace_,
             route.destination->port ? route.destination->port->number : 0);
      }
      if (!rule.delegate || !alone) continue;
      const std::string owner = rule.delegate->namespace_.empty() ? namespace_ : rule.delegate->namespace_;
      if (rule.delegate->name != asserted.delegate->name || !there.insert(owner + "/" + rule.delegate->name).second) continue;
      auto placeholder = std::make_shared<Resource>();
      placeholder->identity = resource->identity;
      placeholder->identity.namespace_ = owner;
      placeholder->identity.name = rule.delegate->name;
      auto stands = std::make_shared<model::VirtualService>();
      stands->http.emplace_back().direct_response.emplace().status = 200;
      placeholder->spec = std::shared_ptr<const model::VirtualService>(std::move(stands));
      resources.push_back(std::move(placeholder));
    }
  }
  for (const auto& [host, entry] : services) {
    if (given_->has_service(host)) continue;
    auto resource = std::make_shared<Resource>();
    resource->identity.group = "networking.istio.io";
    resource->identity.kind = "ServiceEntry";
    resource->identity.namespace_ = entry.namespace_.empty() ? "default" : entry.namespace_;
    resource->identity.name = "assumed-" + host;
    auto spec = std::make_shared<model::ServiceEntry>();
    spec->hosts.push_back(host);
    spec->resolution = model::ServiceEntry::Resolution::DNS;
    auto ports = entry.ports;
    if (ports.empty()) ports.insert(80);
    for (const auto port : ports)
      spec->ports.push_back({.number = port, .protocol = "HTTP", .name = "http-" + std::to_string(port)});
    resource->spec = std::shared_ptr<const model::ServiceEntry>(std::move(spec));
    resources.push_back(std::move(resource));
  }
  for (const auto& [name, given] : gateways) {
    resources.push_back(open_gateway(name, given));
    Proxy& proxy = world.gateways[name];
    proxy.type = Proxy::Type::router;
    proxy.namespace_ =
        given_->settings.scope_gateway_to_namespace ? name.substr(0, name.find('/')) : given_->settings.root_namespace;
    proxy.labels = resources.back()->as<model::Gateway>()->selector;
  }
  world.snapshot = registry::build(given_->settings, resources);
  for (const auto& resource : world.snapshot->resources) {
    if (resource->as<model::VirtualService>() == nullptr) continue;
    world.by_name[findings::display_name(*resource)] = resource.get();
    if (resource->origin.source != nullptr) world.virtual_services.push_back(resource.get());
  }
  return world;
}

namespace {

std::size_t place_of(const std::string& path) {
  std::size_t place = 0;
  if (const auto open = path.find('['); open != std::string::npos)
    std::from_chars(path.data() + open + 1, path.data() + path.size(), place);
  return place;
}

std::string shown(const std::string& resource, std::size_t place) {
  return resource + " spec.http[" + std::to_string(place) + "]";
}

/// The routes of the answer against those of the test.
bool same_route(const std::vector<model::HTTPRouteDestination>& wanted, const model::HTTPRoute& rule, const Answer& answer,
                const std::string& namespace_, const std::string& domain) {
  std::vector<std::pair<std::string, double>> got;
  if (!answer.cluster.empty()) got.emplace_back(answer.cluster, 100.0);
  double total = 0, all = 0;
  for (const auto& each : answer.weighted_clusters) total += each.weight;
  for (const auto& each : answer.weighted_clusters) got.emplace_back(each.name, total > 0 ? 100.0 * each.weight / total : 0);
  for (const auto& each : wanted) all += each.weight;
  if (got.size() != wanted.size() || wanted.size() != rule.route.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].destination) return false;
    const auto& destination = *wanted[i].destination;
    const std::string host = text::lower(scope::expand_host(destination.host, namespace_, domain));
    const double share = wanted.size() == 1 ? 100
                         : all > 0          ? 100.0 * wanted[i].weight / all
                                            : 100.0 / static_cast<double>(wanted.size());
    const auto same = std::find_if(got.begin(), got.end(), [&](const auto& one) {
      const auto parts = match::parse_cluster_name(one.first);
      const double gap = one.second - share;
      return parts && text::lower(parts->host) == host && parts->subset == destination.subset && gap < 0.01 && gap > -0.01 &&
             (!destination.port || parts->port == destination.port->number);
    });
    if (same == got.end()) return false;
    got.erase(same);
    if (wanted[i].headers && wanted[i].headers != rule.route[i].headers) return false;
  }
  return true;
}

}  // namespace

void IcvRun::run(const Case& test, const std::string& words, Coverage* coverage, SuiteTest& result) {
  World& world = const_cast<World&>(world_of(test));
  const Blocks& blocks = *test.blocks;
  const std::string& domain = given_->settings.domain_suffix;
  const std::string authority = text::lower(resolve::without_port(test.request.host.value_or("")));

  // The client is of the namespace of the VirtualService that has the host; a gateway answers where none is bound to the mesh.
  const scope::VirtualServiceEntry* owner = nullptr;
  std::string best, full, gateway;
  for (const auto& entry : scope::merged_virtual_services(*world.snapshot)) {
    const std::string by = world.gateway_of(*entry);
    if (!names_mesh(*entry->spec) && by.empty()) continue;
    if (owner != nullptr && gateway.empty() && !by.empty()) continue;
    const std::string asked = scope::expand_host(authority, entry->resource->identity.namespace_, domain);
    for (const auto& form : {asked, authority + ".svc." + domain}) {
      for (const auto& host : entry->spec->hosts) {
        const bool first = owner == nullptr || (!gateway.empty() && by.empty());
        if (match::subset_of(form, text::lower(host)) && (first || match::more_specific(host, best))) {
          owner = entry.get();
          best = host;
          full = form;
          gateway = by;
        }
      }
    }
  }
  const std::string namespace_ = owner != nullptr ? owner->resource->identity.namespace_ : "default";
  const view::ProxyView& view = gateway.empty() ? world.view(namespace_) : world.view_of_gateway(gateway);
  Request request = test.request;
  request.port = 80;
  std::string scratch;
  if (const auto service = resolve::service_of(view, authority, scratch); gateway.empty() && service != nullptr) {
    const bool has_80 =
        std::any_of(service->ports.begin(), service->ports.end(), [](const auto& port) { return port.number == 80; });
    if (!has_80 && !service->ports.empty()) request.port = service->ports.front().number;
  }
  const Asked asked = ask(view, request);
  From from;
  from.name = view.proxy.namespace_;
  if (!gateway.empty()) from.proxy = view.proxy;
  result.request = command_of(words, view, from, request);

  const auto found = world.by_name.find(asked.resource);
  const Resource* resource = found != world.by_name.end() ? found->second : nullptr;
  const auto* spec = resource != nullptr ? resource->as<model::VirtualService>() : nullptr;
  const std::size_t place = place_of(asked.path);
  static const model::HTTPRoute nothing;
  const model::HTTPRoute& rule = spec != nullptr && place < spec->http.size() ? spec->http[place] : nothing;
  const std::string where = resource != nullptr ? shown(asked.resource, place) : std::string();
  const bool delegated = owner != nullptr && resource != nullptr && resource != owner->resource && spec->hosts.empty();

  const Json got = resource != nullptr ? Json(where) : Json("no rule (" + asked.answer.outcome + ")");
  const auto compare = [&](const char* path, const auto& wanted, bool equal) {
    if (!wanted || equal == blocks.want_match) return;
    result.passed = false;
    result.failures.push_back(
        {path, Json(blocks.want_match ? "as the test says" : "another than the test says").dump(), got.dump()});
  };
  if (blocks.delegate) {
    const std::string wanted_namespace = blocks.delegate->namespace_.empty() && owner != nullptr
                                             ? owner->resource->identity.namespace_.string()
                                             : blocks.delegate->namespace_;
    compare("delegate", blocks.delegate,
            delegated && resource->identity.name == blocks.delegate->name && resource->identity.namespace_ == wanted_namespace);
  }
  if (blocks.route) {
    const std::string& rule_namespace = resource != nullptr ? resource->identity.namespace_.string() : namespace_;
    const bool same = blocks.route->empty() ? rule.route.empty() && resource != nullptr
                                            : same_route(*blocks.route, rule, asked.answer, rule_namespace, domain);
    // A destination answered by a fault is still the rule's.
    compare("route", blocks.route, same);
  }
  compare("rewrite", blocks.rewrite, rule.rewrite == blocks.rewrite);
  compare("fault", blocks.fault, rule.fault == blocks.fault);
  compare("headers", blocks.headers, rule.headers == blocks.headers);
  compare("redirect", blocks.redirect, rule.redirect == blocks.redirect);

  // What istio-config-validator says.
  std::string error;
  Taken taken;
  const bool passes = Validator(world.virtual_services, test.request).passes(blocks, error, taken);
  if (passes != result.passed) {
    std::string why;
    const std::string theirs =
        taken.resource != nullptr ? shown(findings::display_name(*taken.resource), taken.place) : "no rule";
    if (!error.empty()) {
      why = error;
    } else if (theirs != where && !(taken.resource == nullptr && resource == nullptr)) {
      why = "it takes " + theirs + ", Istio " + (where.empty() ? "no rule" : where);
      std::vector<std::string> fields;
      if (taken.rule != nullptr) fields = unseen(*taken.rule, test.request);
      for (const auto& each : unseen(rule, test.request)) {
        if (std::find(fields.begin(), fields.end(), each) == fields.end()) fields.push_back(each);
      }
      for (const auto& each : fields) why += "; " + each;
      if (decoded_path(test.request.path) != test.request.path.substr(0, test.request.path.find('?')))
        why += "; it matches the path decoded, Istio as it comes";
      const auto* its = taken.resource != nullptr ? taken.resource->as<model::VirtualService>() : nullptr;
      if (its == nullptr) {
        if (resource != nullptr) why += "; it compares hosts as texts";
      } else if (its->hosts.empty()) {
        if (owner != nullptr && where.empty() && elsewhere(*owner->resource, *taken.resource))
          why += "; where a root names no namespace it takes a delegate of any, Istio only one of the root's";
        else
          why += "; it looks at the delegate's match and not at the root's: " +
                 std::string(owner == nullptr || where.empty() ? "in Istio their contradiction drops the rule"
                                                               : "Istio merges both");
      } else if (owner != nullptr && taken.resource != owner->resource) {
        if (gateway.empty() && !names_mesh(*its))
          why += "; it does not look at the `gateways` of a VirtualService";
        else if (resource == nullptr)
          why +=
              "; where no rule of a VirtualService takes a request it goes on to the next one, in Istio the oldest one has the "
              "host";
        else
          why += "; it goes through VirtualServices in the order of their files, Istio takes the oldest one";
      }
    } else if (blocks.delegate && !delegated && taken.rule != nullptr && !taken.rule->delegate) {
      why = "it does not look at `delegate` where the rule does not delegate";
    } else {
      why =
          "it compares blocks as texts: an order, a name that is left short, or a port or a weight that is left out differ there";
    }
    result.notes.push_back((passes ? "istio-config-validator passes this test, and Istio does not do what it says: "
                                   : "istio-config-validator fails this test, and Istio does what it says: ") +
                           why);
  }
  if (!blocks.want_match && result.passed && blocks.any() && resource == nullptr)
    result.notes.push_back("the request meets no rule (" + asked.answer.outcome + "): a misspelt host passes so too");
  if (blocks.delegate && resource != nullptr && !delegated && result.passed)
    result.notes.emplace_back("istio-config-validator does not look at `delegate` here: the rule does not delegate");
  if (!gateway.empty())
    result.notes.push_back(findings::display_name(*owner->resource) + " is bound to Gateway " + gateway +
                           " and not to the mesh: this is the answer there, by a server for all hosts on port 80");
  if (!result.passed) say_why(view, request, asked, result);
  if (coverage != nullptr) coverage->met(view, request, asked, nullptr);
}

}  // namespace meshroute::suite
