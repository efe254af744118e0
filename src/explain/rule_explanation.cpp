// SPDX-License-Identifier: Apache-2.0
// Which VirtualService and which of its rules a request follows, and why none of the others.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "explain/words.hpp"
#include "findings/display_name.hpp"
#include "match/hosts.hpp"
#include "match/regex.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"
#include "view/route_words.hpp"

namespace meshroute::explain {

namespace {

using findings::display_name;
using scope::VirtualServiceEntry;
using text::element;
using text::lower;

const VirtualServiceEntry* entry_of(const view::ProxyView& view, const Resource& resource) {
  for (const auto& listener : view.scope.listeners) {
    for (const auto& entry : listener.virtual_services) {
      if (entry->resource == &resource) return entry.get();
    }
  }
  return nullptr;
}

constexpr std::size_t kShownVirtualServices = 20;  // VirtualServices that name one host; the rest is counted

/// Where a rule sends its requests: ", and sends the request to reviews port 8080 subset v1 (90 %)".
std::string where(const model::HTTPRoute& rule) {
  std::string text;
  std::uint64_t total = 0;
  for (const auto& each : rule.route) total += static_cast<std::uint64_t>(std::max(each.weight, 0));
  for (const auto& each : rule.route) {
    if (!each.destination) continue;
    text += (text.empty() ? ": to " : ", ") + each.destination->host;
    if (each.destination->port) text += " port " + std::to_string(each.destination->port->number);
    if (!each.destination->subset.empty()) text += " subset " + each.destination->subset;
    if (rule.route.size() > 1 && total > 0)
      text += " (" + std::to_string(100 * static_cast<std::uint64_t>(std::max(each.weight, 0)) / total) + " %)";
  }
  return text;
}

/// The quoted parts of a sentence: what was sent comes first, what must be last.
std::vector<std::string> quoted_parts(std::string_view said) {
  std::vector<std::string> parts;
  for (auto open = said.find('"'); open != std::string_view::npos;) {
    const auto close = said.find('"', open + 1);
    if (close == std::string_view::npos) break;
    parts.emplace_back(said.substr(open + 1, close - open - 1));
    open = said.find('"', close + 1);
  }
  return parts;
}

/// What can be done about a condition that fails by its spelling, or nothing. Adds to `text` what is wrong.
std::string hint_of_skipped(const view::RuleUse& use, const std::string& said, const Resource& of, std::string& text) {
  if (use.match == nullptr) return {};
  const auto& uri = use.match->uri;
  const std::string whose = " of " + display_name(of);
  if (uri && uri->regex && between_slashes(*uri->regex, true) && said.find(*uri->regex) != std::string::npos) {
    text += "; its slashes and the letters behind them are part of the text that it must match";
    return "write the regex of " + use.path + whose + " without the slashes around it";
  }
  const auto has = [&said](const char* words) { return said.find(words) != std::string::npos; };
  const auto parts = quoted_parts(said);
  if (parts.size() < 2 || has(" must not ")) return {};
  const std::string &sent = parts.front(), &wanted = parts.back();
  const bool path = has(": the path is "), host = has(": the host is ");
  if (path && uri && uri->regex && wanted == *uri->regex) {
    const auto matches = [&sent](const std::string& pattern) {
      const auto regex = match::Regex::compile(pattern);
      return regex && regex->full_match(sent);
    };
    const std::string part = "(?:" + wanted + ")";
    if (matches(part + ".*")) {
      text += "; it matches only the beginning";
      return "put .* at the end of the regex in " + use.path + ".uri" + whose + ", or use a prefix";
    }
    if (!matches(".*" + part + ".*")) return {};
    text += "; it matches only a part";
    return "put .* around the regex in " + use.path + ".uri" + whose;
  }
  if (path && uri && uri->prefix && !uri->prefix->starts_with('/')) {
    text += "; every path starts with /";
    return "write /" + *uri->prefix + " in " + use.path + ".uri.prefix" + whose;
  }
  const std::string small = lower(sent), meant = lower(wanted);
  const bool by_case = has("a value that starts with ") || has("it must start with ")
                           ? small.starts_with(meant) && !sent.starts_with(wanted)
                           : small == meant && sent != wanted;
  if (!by_case) return {};
  text += "; capital letters count here";
  if (host)
    return (small == sent ? "write the host in lower case in " : "send the host in lower case, or give ") + use.path +
           ".authority" + whose + (small == sent ? "" : " a regex that ignores case");
  if (path) return "add ignoreUriCase: true to " + use.path + whose;
  if (has(": the method is ")) return "write " + sent + " in " + use.path + ".method" + whose;
  return "write the value as clients send it in " + use.path + whose + ", or a regex that starts with (?i)";
}

}  // namespace

/// A VirtualService that names one of the hosts in a spelling that means another one (A1).
void Explanation::other_spelling(const Resource& resource, const std::vector<std::string>& hosts) {
  const auto& spec = *resource.as<model::VirtualService>();
  const std::string& domain = view_.snapshot->settings.domain_suffix;
  for (std::size_t i = 0; i < spec.hosts.size(); ++i) {
    const std::string written = lower(spec.hosts[i]);
    const bool word = written.find('.') == std::string::npos;
    for (const std::string& host : hosts) {
      const std::string path = element("spec.hosts", i);
      const std::string who = display_name(resource) + " names " + spec.hosts[i];
      if (word && written == host) {
        return line("virtual service", Verdict::skipped, Code::virtual_service_other_spelling,
                    who + ", which means " + scope::expand_host(spec.hosts[i], resource.identity.namespace_, domain) +
                        " (a name without a dot is completed): it is not for the host " + host,
                    &resource, path,
                    "give the host " + host + " a dot where it is defined, and in " + path + " of " + display_name(resource));
      }
      const std::string full = scope::expand_host(spec.hosts[i], resource.identity.namespace_, domain);
      if (word && host.starts_with(written + ".") && host.ends_with(".svc." + domain) && view_.snapshot->has_service(host) &&
          !view_.snapshot->has_service(full))
        return line("virtual service", Verdict::skipped, Code::virtual_service_other_spelling,
                    who + ", which means " + full +
                        " (a name without a dot is one of the VirtualService's own namespace): it is "
                        "not for " +
                        host,
                    &resource, path, "write " + host + " in " + path + " of " + display_name(resource));
      if (!word && host.starts_with(written + ".") && host.ends_with(".svc." + domain))
        return line("virtual service", Verdict::skipped, Code::virtual_service_other_spelling,
                    who + ", which is taken as it is (a name with a dot is not completed): it is not for " + host, &resource,
                    path, "write " + host + " in " + path + " of " + display_name(resource));
    }
  }
}

void Explanation::name_services(const std::vector<std::string>& hosts, const VirtualServiceEntry* owner, const Visit& visit) {
  std::size_t naming = 0;
  const std::string& domain = view_.snapshot->settings.domain_suffix;
  for (const Resource* resource : view_.snapshot->virtual_services) {
    const auto* spec = resource->as<model::VirtualService>();
    if (spec->hosts.empty()) continue;  // a delegate
    const auto names = [&](const std::string& each) {
      const std::string full = lower(scope::expand_host(each, resource->identity.namespace_, domain));
      return std::any_of(hosts.begin(), hosts.end(), [&full](const std::string& host) { return match::matches(full, host); });
    };
    auto named = std::find_if(spec->hosts.begin(), spec->hosts.end(), names);
    const bool owns = owner != nullptr && owner->resource == resource;
    if (named == spec->hosts.end() && owns) named = spec->hosts.begin();  // by another name of the same
    if (named == spec->hosts.end()) {
      other_spelling(*resource, hosts);
      continue;
    }
    if (++naming > kShownVirtualServices && !owns) continue;
    const std::string full = scope::expand_host(*named, resource->identity.namespace_, domain);
    std::string who = display_name(*resource) + " names " + full;
    const std::string meant = full + ".svc." + domain;  // A1: a name with a dot is not completed
    if (full.find('.') != std::string::npos && !view_.snapshot->has_service(full) && view_.snapshot->has_service(meant))
      who += " (a host with a dot is taken as it is: this is not " + meant + ")";
    auto reason = why_unused(view_, *resource);
    const VirtualServiceEntry* entry = reason.text.empty() ? entry_of(view_, *resource) : nullptr;
    if (entry == nullptr) {
      reason.text = who + ", but " + reason.text;
      if (match::is_wildcard(full)) reason.hint.clear();  // it is for other hosts too
      line("virtual service", Verdict::skipped, std::move(reason));
    } else {
      visit(*entry, who, element("spec.hosts", static_cast<std::size_t>(named - spec->hosts.begin())));
    }
  }
  if (naming > kShownVirtualServices) {
    line("virtual service", Verdict::noted, Code::more,
         std::to_string(naming - kShownVirtualServices) + " more name it and are not shown");
  }
}

/// VirtualServices for other hosts that route to this one, where no VirtualService is for this host.
void Explanation::elsewhere(const std::string& host) {
  std::size_t told = 0;
  for (const auto& listener : view_.scope.listeners) {
    for (const auto& entry : listener.virtual_services) {
      const auto& all = entry->spec->http;
      const auto& own = entry->spec->hosts;
      if (std::any_of(own.begin(), own.end(), [&host](const auto& each) { return match::matches(lower(each), host); })) continue;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto leads = [&host](const auto& each) { return each.destination && lower(each.destination->host) == host; };
        const auto route = std::find_if(all[i].route.begin(), all[i].route.end(), leads);
        if (route == all[i].route.end()) continue;
        if (++told > kShownVirtualServices) return;
        // A subset or a weight is meant for the requests to this host.
        const bool meant = !route->destination->subset.empty() || all[i].route.size() > 1;
        line("virtual service", Verdict::skipped, Code::virtual_service_elsewhere,
             display_name(*entry->resource) + " routes to " + host + ", but is for requests to " +
                 text::join(entry->spec->hosts) + ", not for those to " + host,
             entry->resource, "spec.hosts", meant ? "add " + host + " to spec.hosts of " + display_name(*entry->resource) : "");
        break;
      }
    }
  }
}

void Explanation::virtual_services(const std::string& table, const std::string& virtual_host, const std::string& host) {
  const auto start = static_cast<std::ptrdiff_t>(answer_.trace.size());
  const auto rules = view_.host_rules(table, virtual_host);
  const VirtualServiceEntry* owner = rules.empty() ? nullptr : rules.front().owner;
  const std::string own = lower(virtual_host.substr(0, virtual_host.rfind(':')));
  // The catch-all is nobody's: then the host that was asked for decides.
  const bool real = virtual_host.find(':') != std::string::npos;
  std::vector<std::string> hosts{host};
  if (real && own != host) hosts.push_back(own);
  name_services(hosts, owner, [&](const VirtualServiceEntry& entry, const std::string& who, const std::string& path) {
    if (&entry == owner)
      return line("virtual service", Verdict::matched, Code::virtual_service_matched, who, entry.resource, path);
    const auto names = [&](const std::string& each) { return match::matches(lower(each), host); };
    const bool direct = std::any_of(entry.spec->hosts.begin(), entry.spec->hosts.end(), names);
    const std::string& asked = direct || !real ? host : own;
    const view::NotOwner why = view_.not_owner(table, entry, asked);
    std::string hint;
    using Kind = view::NotOwner::Reason;
    if ((why.reason == Kind::earlier || (why.reason == Kind::more_specific && !match::is_wildcard(why.theirs))) &&
        why.other != nullptr)
      hint = (why.reason == Kind::earlier ? "merge the rules of " : "repeat the rules of ") + display_name(*entry.resource) +
             (why.reason == Kind::earlier ? " into " : " in ") + display_name(*why.other->resource);
    if (why.reason == Kind::no_rule_for_proxy)
      hint = "change the match of " + display_name(*entry.resource) + " to what this proxy has, or add a rule without it";
    line("virtual service", Verdict::skipped, Code::virtual_service_lost_host,
         who + ", but " + why_not_owner(view_, table, entry, asked), entry.resource, path, std::move(hint));
    std::size_t told = 0;
    if (entry.spec->http.empty()) undelegated(entry, 0, told);
  });
  if (owner == nullptr) elsewhere(host);
  std::stable_partition(answer_.trace.begin() + start, answer_.trace.end(),
                        [](const TraceLine& each) {  // what counts comes first
                          return each.code == name_of(Code::virtual_service_matched);
                        });
}

/// What delegates did not bring in before this rule.
void Explanation::undelegated(const VirtualServiceEntry& owner, std::size_t before, std::size_t& told) {
  using Kind = scope::Undelegated::Reason;
  const auto there = [this](const std::string& name) {
    const auto& all = view_.snapshot->virtual_services;
    return std::any_of(all.begin(), all.end(),
                       [&name](const Resource* each) { return each->identity.namespace_ + "/" + each->identity.name == name; });
  };
  const auto delegate_elsewhere = [this](const std::string& name) -> const Resource* {
    const std::string own = name.substr(name.find('/') + 1);
    for (const Resource* each : view_.snapshot->virtual_services) {
      if (each->identity.name == own && each->as<model::VirtualService>()->hosts.empty()) return each;
    }
    return nullptr;
  };
  for (; told < owner.undelegated.size() && owner.undelegated[told].before <= before; ++told) {
    const scope::Undelegated& each = owner.undelegated[told];
    const std::string in = each.path + " delegates to ";
    const std::string& name = each.name;
    std::string text, hint;
    Code code = Code::delegate_missing;
    switch (each.reason) {
      case Kind::missing:
        text = in + "VirtualService " + name + ", which " +
               (there(name) ? "has hosts of its own and so is no delegate" : "is not there") + ": it adds no rules";
        hint = there(name) ? "remove spec.hosts from VirtualService " + name
                           : "create VirtualService " + name + ", or correct " + each.path + ".delegate of " +
                                 display_name(*owner.resource);
        if (const Resource* same = delegate_elsewhere(name); same != nullptr && !there(name))
          hint = "set namespace to " + same->identity.namespace_ + " in " + each.path + ".delegate of " +
                 display_name(*owner.resource);
        break;
      case Kind::not_exported:
        text = in + display_name(*each.delegate) + ", which is not exported to namespace " + owner.resource->identity.namespace_ +
               ": it adds no rules";
        code = Code::delegate_not_exported;
        hint = "add " + owner.resource->identity.namespace_ + " to spec.exportTo of " + display_name(*each.delegate);
        break;
      case Kind::conflict:
        text = in + display_name(*each.delegate) + ": its " + each.rule + " contradicts the rule that delegates in " +
               each.field + " and is left out";
        code = Code::delegate_conflict;
        break;
    }
    line("delegate", Verdict::skipped, code, std::move(text), owner.resource, each.path + ".delegate", std::move(hint));
  }
}

void Explanation::routes(const std::vector<TraceLine>& walk, const std::string& table, const std::string& host) {
  if (unknown_ != 0 && answer_.virtual_host.find(':') != std::string::npos) {
    TraceLine& line = answer_.trace[unknown_];
    const std::string_view own = std::string_view(answer_.virtual_host).substr(0, answer_.virtual_host.rfind(':'));
    const auto of_host = view_.host_rules(table, answer_.virtual_host);
    const auto* owner = of_host.empty() ? nullptr : of_host.front().owner;
    if (owner != nullptr && (lower(own) == lower(host) || match::is_wildcard(own))) {
      line.text = "no Service and no ServiceEntry has the host " + host + "; " + display_name(*owner->resource) +
                  " routes it, which works on port 80 only";  // F2.5
      line.code = name_of(Code::host_of_virtual_service);
    } else {
      line.text = host + " is another name of the virtual host " + answer_.virtual_host;
      line.code = name_of(Code::host_alternate);
    }
    line.hint.clear();
  }
  virtual_services(table, answer_.virtual_host, lower(host));
  const auto all_rules = view_.host_rules(table, answer_.virtual_host);
  const view::HostRules rules = all_rules.empty() ? view::HostRules{} : all_rules.front();
  const VirtualServiceEntry* owner = rules.owner;
  auto use = rules.rules.begin();
  std::size_t told = 0, delegating = static_cast<std::size_t>(-1);
  // Tells what stands before the next rule that is a route: it, or the end.
  const auto next_route = [&] {
    for (; use != rules.rules.end(); ++use) {
      const scope::RuleOrigin& origin = owner->http_origins[use->rule];
      undelegated(*owner, use->rule, told);
      if (origin.resource != owner->resource && origin.root != delegating) {
        delegating = origin.root;
        const std::string root = element("spec.http", origin.root);
        line("delegate", Verdict::noted, Code::delegate,
             root + " delegates to " + display_name(*origin.resource) + ": its rules follow", owner->resource,
             root + ".delegate");
      }
      if (use->dropped.empty()) return;
      const std::string whose = origin.resource != owner->resource ? display_name(*origin.resource) + " " : "";
      std::string text = whose + use->path + " is no route for this proxy: " + use->dropped;
      if (answer_.trace.empty() || answer_.trace.back().text != text)  // matches of a root and a delegate may differ in no place
        line("route", Verdict::skipped, Code::route_not_for_proxy, std::move(text), origin.resource, use->path);
    }
  };
  for (const TraceLine& each : walk) {
    if (each.stage != "route" || owner == nullptr) {
      answer_.trace.push_back(each);
      if (owner_ != nullptr && each.code == name_of(Code::fault)) fault();
      if (owner_ != nullptr && each.code == name_of(Code::mirror_missing)) mirror();
      continue;
    }
    next_route();
    if (use == rules.rules.end()) continue;
    const bool matched = each.verdict == Verdict::matched;
    const Resource* of = owner->http_origins[use->rule].resource;
    std::string text = matched ? each.text + where(owner->spec->http[use->rule]) : each.text, hint;
    if (!matched) hint = hint_of_skipped(*use, each.text, *of, text);
    line("route", each.verdict, matched ? Code::route_matched : Code::route_skipped, std::move(text), of, use->path,
         std::move(hint));
    if (matched) {
      owner_ = owner;
      rule_ = use->rule;
    }
    ++use;
  }
  if (owner == nullptr || owner_ != nullptr) return;
  next_route();
  undelegated(*owner, owner->spec->http.size(), told);
  const auto dropped = static_cast<std::size_t>(
      std::count_if(rules.rules.begin(), rules.rules.end(), [](const view::RuleUse& each) { return !each.dropped.empty(); }));
  const std::size_t routes = rules.rules.size() - dropped;
  std::string text = routes == 1 ? "the only route" : "none of the " + std::to_string(routes) + " routes";
  text += " of " + display_name(*owner->resource) + (routes == 1 ? " does not match" : " matches") + " this request: 404 NR";
  if (dropped > 0) text += "; " + std::to_string(dropped) + (dropped == 1 ? " match is" : " matches are") + " not for this proxy";
  std::set<std::string> empty;  // delegations of which nothing came
  for (const auto& each : owner->undelegated) empty.insert(each.path);
  for (const auto& origin : owner->http_origins) empty.erase(element("spec.http", origin.root));
  if (!empty.empty())
    text += "; " + std::to_string(empty.size()) + (empty.size() == 1 ? " delegation" : " delegations") + " brought nothing in";
  line("rules", Verdict::skipped, Code::no_route, std::move(text), owner->resource, "spec.http",
       "add a rule without match to the end of spec.http of " + display_name(*owner->resource));
}

/// The last line says that a mirror's cluster is missing: where it stands, and why.
void Explanation::mirror() {
  const std::string said = std::move(answer_.trace.back().text);
  answer_.trace.pop_back();
  const scope::RuleOrigin& origin = owner_->http_origins[rule_];
  const auto& rule = owner_->spec->http[rule_];
  const std::string_view cluster = std::string_view(said).substr(said.find("outbound|"));
  auto reasons = why_no_cluster(view_, cluster, destination_of(cluster));
  std::string text = said, hint;
  if (!reasons.empty()) {
    text += ": " + reasons.front().text;
    hint = std::move(reasons.front().hint);
  }
  line("mirror", Verdict::skipped, Code::mirror_missing, std::move(text), origin.resource,
       origin.path + (rule.mirror ? ".mirror" : ".mirrors"), std::move(hint));
}

/// The last line tells of a fault: where it stands.
void Explanation::fault() {
  TraceLine said = std::move(answer_.trace.back());
  answer_.trace.pop_back();
  const scope::RuleOrigin& origin = owner_->http_origins[rule_];
  const bool abort = said.text.find("aborted") != std::string::npos;
  const std::string path = origin.path + (abort ? ".fault.abort" : ".fault.delay");
  line("fault", said.verdict, Code::fault, std::move(said.text), origin.resource, path,
       abort ? "remove " + path + " from " + display_name(*origin.resource) + " to let them pass" : "");
}

/// Faults that apply to no request.
void Explanation::faults() {
  if (owner_ == nullptr) return;
  const auto& fault = owner_->spec->http[rule_].fault;
  if (!fault) return;
  const scope::RuleOrigin& origin = owner_->http_origins[rule_];
  const auto never = [&](const char* what, std::string_view field, bool written) {
    line("fault", Verdict::skipped, Code::fault_never,
         std::string("no request is ") + what + ": " + std::string(field) +
             (written ? ".percentage is 0" : " has no percentage, which means 0 %"),
         origin.resource, origin.path + ".fault." + std::string(field),
         "set " + origin.path + ".fault." + std::string(field) + ".percentage.value of " + display_name(*origin.resource));
  };
  if (fault->delay && (fault->delay->percentage ? fault->delay->percentage->value == 0 : fault->delay->percent == 0))
    never("delayed", "delay", fault->delay->percentage.has_value());
  if (fault->abort && (!fault->abort->percentage || fault->abort->percentage->value == 0))
    never("aborted", "abort", fault->abort->percentage.has_value());
}

namespace {

/// Milliseconds of protojson's "1.500s"; 0 of any other text.
double milliseconds(const std::string& duration) {
  return duration.empty() || duration.back() != 's' ? 0 : 1000 * std::strtod(duration.c_str(), nullptr);
}

}  // namespace

void Explanation::policies() {
  faults();
  if (answer_.timeout.empty()) return;
  // Where the merged rule has a policy, the delegate says it, or the rule that delegates to it (F1.4).
  const model::HTTPRoute* rule = owner_ != nullptr ? &owner_->spec->http[rule_] : nullptr;
  const auto tell = [&](const char* stage, const char* field, const std::string& text, auto&& own) {
    const scope::RuleOrigin& origin = owner_->http_origins[rule_];
    const std::size_t inner = std::stoul(origin.path.substr(origin.path.find('[') + 1));
    const bool leaf = own(origin.resource->as<model::VirtualService>()->http[inner]);
    line(stage, Verdict::noted, std::string_view(field) == ".timeout" ? Code::timeout : Code::retries,
         text + (leaf ? ", as the rule says" : ", as the rule that delegates says"), leaf ? origin.resource : owner_->resource,
         (leaf ? origin.path : element("spec.http", origin.root)) + field);
  };
  const bool no_timeout = answer_.timeout == "0s";
  if (rule != nullptr && rule->timeout) {
    tell("timeout", ".timeout", no_timeout ? "none" : answer_.timeout,
         [](const model::HTTPRoute& each) { return each.timeout.has_value(); });
  } else {
    line("timeout", Verdict::noted, Code::timeout, "no timeout: no rule sets one (Istio's default)");
  }
  if (rule == nullptr && answer_.retries.empty()) {
    line("retries", Verdict::noted, Code::retries, "no retries: the host is no mesh service");
  } else if (rule != nullptr && rule->retries) {
    const view::RetryWords words = view::retry_words(answer_.retries);
    tell("retries", ".retries", words.text, [](const model::HTTPRoute& each) { return each.retries.has_value(); });
    const double each_try = milliseconds(words.per_try), all = milliseconds(answer_.timeout);
    if (each_try > 0 && all > 0 && each_try >= all) {
      const scope::RuleOrigin& origin = owner_->http_origins[rule_];
      line("retries", Verdict::skipped, Code::retries_cut,
           "one try may take " + words.per_try + ", and all tries together " + answer_.timeout +
               ": a slow try is never repeated, because the timeout ends the request first",
           origin.resource, origin.path + ".retries.perTryTimeout",
           "set " + origin.path + ".retries.perTryTimeout of " + display_name(*origin.resource) + " below its timeout");
    }
  } else if (view_.snapshot->settings.default_retry) {
    line("retries", Verdict::noted, Code::retries, "those of MeshConfig's defaultHttpRetryPolicy: no rule sets any");
  } else {
    line("retries", Verdict::noted, Code::retries, "Istio's default: neither a rule nor MeshConfig sets any");
  }
}

}  // namespace meshroute::explain
