// SPDX-License-Identifier: Apache-2.0
// The annotations of Istio: which kinds each is for, and which values it takes.
#include "analysis/annotations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "match/cidr.hpp"
#include "text/edit_distance.hpp"

namespace meshroute::analysis {

namespace {

constexpr unsigned kNamespace = 1, kService = 2, kPod = 4, kAny = 8;

struct Entry {
  std::string_view name;
  unsigned kinds;       ///< of those that are looked at
  std::string_view of;  ///< the kinds in words
  bool deprecated;
};

// clang-format off
constexpr std::array kEntries = {
    Entry{"alpha.istio.io/canonical-serviceaccounts", kService, "Service", true},
    Entry{"alpha.istio.io/kubernetes-serviceaccounts", kService, "Service", true},
    Entry{"ambient.istio.io/bypass-inbound-capture", kPod, "Pod", false},
    Entry{"ambient.istio.io/dns-capture", kPod, "Pod", false},
    Entry{"ambient.istio.io/redirection", kPod, "Pod", false},
    Entry{"ambient.istio.io/waypoint-inbound-binding", 0, "GatewayClass, Gateway", false},
    Entry{"galley.istio.io/analyze-suppress", kAny, "", false},
    Entry{"gateway.istio.io/controller-version", kAny, "", false},
    Entry{"gateway.istio.io/name-override", 0, "Gateway", false},
    Entry{"gateway.istio.io/service-account", 0, "Gateway", false},
    Entry{"inject.istio.io/templates", kPod, "Pod", false},
    Entry{"istio.io/autoRegistrationGroup", 0, "WorkloadEntry", false},
    Entry{"istio.io/connectedAt", 0, "WorkloadEntry", false},
    Entry{"istio.io/disconnectedAt", 0, "WorkloadEntry", false},
    Entry{"istio.io/dry-run", 0, "AuthorizationPolicy", false},
    Entry{"istio.io/reroute-virtual-interfaces", kPod, "Pod", false},
    Entry{"istio.io/rev", kPod, "Pod", false},
    Entry{"istio.io/use-waypoint-canary-weight", kNamespace | kService, "Service, ServiceEntry, Namespace", false},
    Entry{"istio.io/workloadController", 0, "WorkloadEntry", false},
    Entry{"kubernetes.io/ingress.class", 0, "Ingress", false},
    Entry{"networking.istio.io/exportTo", kService, "Service", false},
    Entry{"networking.istio.io/service-type", 0, "Gateway", false},
    Entry{"networking.istio.io/traffic-distribution", kNamespace | kService, "Namespace, Service, ServiceEntry", false},
    Entry{"prometheus.istio.io/merge-metrics", kPod, "Pod", false},
    Entry{"proxy.istio.io/config", kPod, "Pod", false},
    Entry{"proxy.istio.io/overrides", kPod, "Pod", false},
    Entry{"readiness.status.sidecar.istio.io/applicationPorts", kPod, "Pod", false},
    Entry{"readiness.status.sidecar.istio.io/failureThreshold", kPod, "Pod", false},
    Entry{"readiness.status.sidecar.istio.io/initialDelaySeconds", kPod, "Pod", false},
    Entry{"readiness.status.sidecar.istio.io/periodSeconds", kPod, "Pod", false},
    Entry{"sidecar.istio.io/agentLogLevel", kPod, "Pod", false},
    Entry{"sidecar.istio.io/bootstrapOverride", kPod, "Pod", false},
    Entry{"sidecar.istio.io/componentLogLevel", kPod, "Pod", false},
    Entry{"sidecar.istio.io/discoveryAddress", kPod, "Pod", true},
    Entry{"sidecar.istio.io/extraStatTags", kPod, "Pod", true},
    Entry{"sidecar.istio.io/inject", kPod, "Pod", true},
    Entry{"sidecar.istio.io/interceptionMode", kPod, "Pod", false},
    Entry{"sidecar.istio.io/logLevel", kPod, "Pod", false},
    Entry{"sidecar.istio.io/nativeSidecar", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyCPU", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyCPULimit", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyImage", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyImageType", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyMemory", kPod, "Pod", false},
    Entry{"sidecar.istio.io/proxyMemoryLimit", kPod, "Pod", false},
    Entry{"sidecar.istio.io/rewriteAppHTTPProbers", kPod, "Pod", false},
    Entry{"sidecar.istio.io/statsCompression", kPod, "Pod", true},
    Entry{"sidecar.istio.io/statsEvictionInterval", kPod, "Pod", false},
    Entry{"sidecar.istio.io/statsFlushInterval", kPod, "Pod", false},
    Entry{"sidecar.istio.io/statsHistogramBins", kPod, "Pod", false},
    Entry{"sidecar.istio.io/statsHistogramBuckets", kPod, "Pod", false},
    Entry{"sidecar.istio.io/statsInclusionPrefixes", kPod, "Pod", true},
    Entry{"sidecar.istio.io/statsInclusionRegexps", kPod, "Pod", true},
    Entry{"sidecar.istio.io/statsInclusionSuffixes", kPod, "Pod", true},
    Entry{"sidecar.istio.io/status", kPod, "Pod", false},
    Entry{"sidecar.istio.io/userVolume", kPod, "Pod", false},
    Entry{"sidecar.istio.io/userVolumeMount", kPod, "Pod", false},
    Entry{"status.sidecar.istio.io/port", kPod, "Pod", false},
    Entry{"topology.istio.io/controlPlaneClusters", kNamespace, "Namespace", false},
    Entry{"traffic.istio.io/nodeSelector", kService, "Service", false},
    Entry{"traffic.sidecar.istio.io/excludeInboundPorts", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/excludeInterfaces", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/excludeOutboundIPRanges", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/excludeOutboundPorts", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/includeInboundPorts", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/includeOutboundIPRanges", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/includeOutboundPorts", kPod, "Pod", false},
    Entry{"traffic.sidecar.istio.io/kubevirtInterfaces", kPod, "Pod", true},
};
// clang-format on

template <class Visit>
bool each_part(std::string_view list, const Visit& visit) {
  while (true) {
    const auto comma = list.find(',');
    if (!visit(list.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_number(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size() && value <= most;
}

bool is_port(std::string_view text) { return is_number(trimmed(text), 65535); }
bool are_ports(std::string_view text) { return trimmed(text).empty() || each_part(trimmed(text), is_port); }
bool are_prefixes(std::string_view text) {
  return text.empty() || each_part(text, [](std::string_view part) { return match::parse_cidr(part).has_value(); });
}
bool are_interfaces(std::string_view text) {
  return text.empty() || each_part(text, [](std::string_view part) {
           const std::string_view name = trimmed(part);
           return name.size() < 16 && std::all_of(name.begin(), name.end(), [](char c) {
                    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                           c == '_' || c == '@' || c == '+' || c == '*';
                  });
         });
}
/// Go's ParseBool.
bool is_bool(std::string_view text) {
  constexpr std::array<std::string_view, 12> words{"1", "t", "T", "true",  "TRUE",  "True",
                                                   "0", "f", "F", "false", "FALSE", "False"};
  return std::find(words.begin(), words.end(), text) != words.end();
}
/// A quantity of Kubernetes: "100m", "1.5Gi", "2e3".
bool is_quantity(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  std::size_t digits = 0, at = 0;
  bool point = false;
  for (; at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && !point)); ++at) {
    point = point || text[at] == '.';
    digits += text[at] != '.' ? 1 : 0;
  }
  if (digits == 0) return false;
  const std::string_view unit = text.substr(at);
  constexpr std::array<std::string_view, 16> units{"",  "n", "u",  "m",  "k",  "M",  "G",  "T",
                                                   "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  if (std::find(units.begin(), units.end(), unit) != units.end()) return true;
  if (unit.front() != 'e' && unit.front() != 'E') return false;
  std::string_view exponent = unit.substr(1);
  if (!exponent.empty() && (exponent.front() == '+' || exponent.front() == '-')) exponent.remove_prefix(1);
  return is_number(exponent, 999);
}

struct Value {
  std::string_view name;
  bool (*good)(std::string_view);
  std::string_view wanted;
};

constexpr Value kValues[] = {
    {"sidecar.istio.io/interceptionMode",
     [](std::string_view text) { return text == "REDIRECT" || text == "TPROXY" || text == "NONE"; }, "REDIRECT, TPROXY or NONE"},
    {"status.sidecar.istio.io/port", is_port, "a port"},
    {"readiness.status.sidecar.istio.io/initialDelaySeconds", [](std::string_view text) { return is_number(text, 4294967295U); },
     "a number"},
    {"readiness.status.sidecar.istio.io/periodSeconds", [](std::string_view text) { return is_number(text, 4294967295U); },
     "a number"},
    {"readiness.status.sidecar.istio.io/failureThreshold", [](std::string_view text) { return is_number(text, 4294967295U); },
     "a number"},
    {"traffic.sidecar.istio.io/includeOutboundIPRanges", [](std::string_view text) { return text == "*" || are_prefixes(text); },
     "CIDR ranges, or *"},
    {"traffic.sidecar.istio.io/excludeOutboundIPRanges", are_prefixes, "CIDR ranges"},
    {"traffic.sidecar.istio.io/includeInboundPorts", [](std::string_view text) { return text == "*" || are_ports(text); },
     "ports, or *"},
    {"traffic.sidecar.istio.io/excludeInboundPorts", are_ports, "ports"},
    {"traffic.sidecar.istio.io/excludeOutboundPorts", are_ports, "ports"},
    {"traffic.sidecar.istio.io/excludeInterfaces", are_interfaces, "names of interfaces"},
    {"traffic.sidecar.istio.io/kubevirtInterfaces", are_interfaces, "names of interfaces"},
    {"istio.io/reroute-virtual-interfaces", are_interfaces, "names of interfaces"},
    {"prometheus.istio.io/merge-metrics", is_bool, "true or false"},
    {"sidecar.istio.io/proxyCPU", is_quantity, "a quantity such as 100m"},
    {"sidecar.istio.io/proxyMemory", is_quantity, "a quantity such as 128Mi"},
    {"sidecar.istio.io/proxyCPULimit", is_quantity, "a quantity such as 100m"},
    {"sidecar.istio.io/proxyMemoryLimit", is_quantity, "a quantity such as 128Mi"},
};

unsigned bit_of(std::string_view kind) {
  if (kind == "Namespace") return kNamespace;
  if (kind == "Service") return kService;
  return kind == "Pod" ? kPod : 0;
}

}  // namespace

bool is_istio_annotation(std::string_view name) {
  if (name == "kubernetes.io/ingress.class") return true;
  return name.substr(0, name.find('/')).ends_with("istio.io");
}

std::optional<Annotation> find_annotation(std::string_view name, std::string_view kind) {
  const auto found = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == kEntries.end()) return std::nullopt;
  return Annotation{(found->kinds & (kAny | bit_of(kind))) != 0, found->deprecated, found->of};
}

std::string_view nearest_annotation(std::string_view name) {
  std::string_view best;
  std::size_t least = 3;
  for (const Entry& entry : kEntries) {
    if (const std::size_t away = text::distance(name, entry.name, 2); away < least) {
      least = away;
      best = entry.name;
    }
  }
  return best;
}

std::string_view wanted_value(std::string_view name, std::string_view value) {
  const auto* found = std::find_if(std::begin(kValues), std::end(kValues), [&](const Value& each) { return each.name == name; });
  return found == std::end(kValues) || found->good(value) ? std::string_view() : found->wanted;
}

}  // namespace meshroute::analysis
