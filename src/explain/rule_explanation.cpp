// SPDX-License-Identifier: Apache-2.0
// Which VirtualService and which of its rules a request follows, and why none of the others.
#include <algorithm>
#include <set>
#include <utility>

#include "explain/explanation.hpp"
#include "explain/why.hpp"
#include "match/hosts.hpp"
#include "text/case.hpp"
#include "text/list.hpp"
#include "view/internal.hpp"

namespace meshroute::explain {

namespace {

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

constexpr std::size_t kShown = 20;  // VirtualServices that name one host; the rest is counted

/// Of a line of the walk through a route table.
Code code_of(const TraceLine& line) {
  const bool matched = line.verdict == Verdict::matched;
  if (line.stage == "route") return matched ? Code::route_matched : Code::route_skipped;
  if (line.stage == "virtual host") return matched ? Code::virtual_host_matched : Code::virtual_host_missing;
  return line.stage == "fault" ? Code::fault : Code::request;
}

}  // namespace

void Explanation::name_services(const std::vector<std::string>& hosts, const VirtualServiceEntry* owner, const Visit& visit) {
  std::size_t others = 0, naming = 0;
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
      ++others;
      continue;
    }
    if (++naming > kShown && !owns) continue;
    const std::string full = scope::expand_host(*named, resource->identity.namespace_, domain);
    std::string who = shown(*resource) + " names " + full;
    const std::string meant = full + ".svc." + domain;  // A1: a name with a dot is not completed
    if (full.find('.') != std::string::npos && !view_.snapshot->has_service(full) && view_.snapshot->has_service(meant))
      who += " (a host with a dot is taken as it is: this is not " + meant + ")";
    auto reason = why_unused(view_, *resource);
    const VirtualServiceEntry* entry = reason.text.empty() ? entry_of(view_, *resource) : nullptr;
    if (entry == nullptr) {
      reason.text = who + ", but " + reason.text;
      line("virtual service", Verdict::skipped, std::move(reason));
    } else {
      visit(*entry, who, element("spec.hosts", static_cast<std::size_t>(named - spec->hosts.begin())));
    }
  }
  if (naming > kShown) {
    line("virtual service", Verdict::noted, Code::more, std::to_string(naming - kShown) + " more name it and are not shown");
  }
  if (others == 0) return;
  line("virtual service", Verdict::noted, Code::virtual_services_of_other_hosts,
       std::to_string(others) + (naming == 0 ? "" : " other") + (others == 1 ? " VirtualService does" : " VirtualServices do") +
           " not name " + hosts.front());
}

void Explanation::virtual_services(const std::string& table, const std::string& virtual_host, const std::string& host) {
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
    if (why.reason == view::NotOwner::Reason::earlier && why.other != nullptr)
      hint = "merge the rules of " + shown(*entry.resource) + " into " + shown(*why.other->resource);
    line("virtual service", Verdict::skipped, Code::virtual_service_lost_host,
         who + ", but " + why_not_owner(view_, table, entry, asked), entry.resource, path, std::move(hint));
    std::size_t told = 0;
    if (entry.spec->http.empty()) undelegated(entry, 0, told);
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
        hint = there(name)
                   ? "remove spec.hosts from VirtualService " + name
                   : "create VirtualService " + name + ", or correct " + each.path + ".delegate of " + shown(*owner.resource);
        break;
      case Kind::not_exported:
        text = in + shown(*each.delegate) + ", which is not exported to namespace " + owner.resource->identity.namespace_ +
               ": it adds no rules";
        code = Code::delegate_not_exported;
        hint = "add " + owner.resource->identity.namespace_ + " to spec.exportTo of " + shown(*each.delegate);
        break;
      case Kind::conflict:
        text = in + shown(*each.delegate) + ": its " + each.rule + " contradicts the rule that delegates in " + each.field +
               " and is left out";
        code = Code::delegate_conflict;
        break;
    }
    line("delegate", Verdict::skipped, code, std::move(text), owner.resource, each.path + ".delegate", std::move(hint));
  }
}

void Explanation::routes(const std::vector<TraceLine>& walk, const std::string& table, const std::string& host) {
  if (unknown_ != 0 && answer_.virtual_host.find(':') != std::string::npos) {
    TraceLine& line = answer_.trace[unknown_];
    line.text = host + " is another name of the virtual host " + answer_.virtual_host;
    line.code = name_of(Code::host_alternate);
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
        line("delegate", Verdict::noted, Code::delegate, root + " delegates to " + shown(*origin.resource) + ": its rules follow",
             owner->resource, root + ".delegate");
      }
      if (use->dropped.empty()) return;
      const std::string whose = origin.resource != owner->resource ? shown(*origin.resource) + " " : "";
      std::string text = whose + use->path + " is no route for this proxy: " + use->dropped;
      if (answer_.trace.empty() || answer_.trace.back().text != text)  // matches of a root and a delegate may differ in no place
        line("route", Verdict::skipped, Code::route_not_for_proxy, std::move(text), origin.resource, use->path);
    }
  };
  for (const TraceLine& each : walk) {
    if (each.stage != "route" || owner == nullptr) {
      answer_.trace.push_back(each);
      answer_.trace.back().code = name_of(code_of(each));
      continue;
    }
    next_route();
    if (use == rules.rules.end()) continue;
    line("route", each.verdict, code_of(each), each.text, owner->http_origins[use->rule].resource, use->path);
    if (each.verdict == Verdict::matched) {
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
  text += " of " + shown(*owner->resource) + (routes == 1 ? " does not match" : " matches") + " this request: 404 NR";
  if (dropped > 0) text += "; " + std::to_string(dropped) + (dropped == 1 ? " match is" : " matches are") + " not for this proxy";
  std::set<std::string> empty;  // delegations of which nothing came
  for (const auto& each : owner->undelegated) empty.insert(each.path);
  for (const auto& origin : owner->http_origins) empty.erase(element("spec.http", origin.root));
  if (!empty.empty())
    text += "; " + std::to_string(empty.size()) + (empty.size() == 1 ? " delegation" : " delegations") + " brought nothing in";
  line("rules", Verdict::skipped, Code::no_route, std::move(text), owner->resource, "spec.http",
       "add a rule without match to the end of spec.http of " + shown(*owner->resource));
}

void Explanation::policies() {
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
    tell("retries", ".retries", answer_.retries.empty() ? "none" : "those above",
         [](const model::HTTPRoute& each) { return each.retries.has_value(); });
  } else if (view_.snapshot->settings.default_retry) {
    line("retries", Verdict::noted, Code::retries, "those of MeshConfig's defaultHttpRetryPolicy: no rule sets any");
  } else {
    line("retries", Verdict::noted, Code::retries, "Istio's default: neither a rule nor MeshConfig sets any");
  }
}

}  // namespace meshroute::explain
