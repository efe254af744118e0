// SPDX-License-Identifier: Apache-2.0
// Cost grows as the mesh grows: each row makes a mesh of n and of 2n things, and counts what is done for it. Allocations and
// bytes are counted in every build. A library that was built with -fsanitize-coverage (trace-pc of g++, trace-cmp of clang's
// fuzzing build) counts its steps here too: the calls that such a build makes for each branch or comparison. usage:
// meshroute_growth_test [NAME]
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "analysis/analysis.hpp"
#include "mesh/load.hpp"
#include "meshroute/meshroute.hpp"
#include "registry/snapshot.hpp"
#include "view/proxy_view.hpp"
#include "view/rows.hpp"

namespace {
std::uint64_t steps = 0, allocations = 0, bytes = 0;
}

extern "C" {
void __sanitizer_cov_trace_pc() { ++steps; }
void __sanitizer_cov_trace_cmp1(std::uint8_t, std::uint8_t) { ++steps; }
void __sanitizer_cov_trace_cmp2(std::uint16_t, std::uint16_t) { ++steps; }
void __sanitizer_cov_trace_cmp4(std::uint32_t, std::uint32_t) { ++steps; }
void __sanitizer_cov_trace_cmp8(std::uint64_t, std::uint64_t) { ++steps; }
void __sanitizer_cov_trace_const_cmp1(std::uint8_t, std::uint8_t) { ++steps; }
void __sanitizer_cov_trace_const_cmp2(std::uint16_t, std::uint16_t) { ++steps; }
void __sanitizer_cov_trace_const_cmp4(std::uint32_t, std::uint32_t) { ++steps; }
void __sanitizer_cov_trace_const_cmp8(std::uint64_t, std::uint64_t) { ++steps; }
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // both of them are replaced
#endif
// NOLINTBEGIN(cppcoreguidelines-no-malloc): counts
void* operator new(std::size_t size) {
  ++allocations;
  bytes += size;
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
void operator delete(void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
// NOLINTEND(cppcoreguidelines-no-malloc)

namespace {

using namespace meshroute;

/// A stream of resources.
class Yaml {
 public:
  Yaml& add(const char* kind, const std::string& name, const std::string& spec, const std::string& space = "shop") {
    text_ += std::string("apiVersion: networking.istio.io/v1\nkind: ") + kind + "\nmetadata: {name: " + name +
             ", namespace: " + space + "}\nspec: " + spec + "\n---\n";
    return *this;
  }
  /// A ServiceEntry with one host and one port.
  Yaml& service(const std::string& name, const std::string& host, int port, const char* protocol, const std::string& more = "") {
    return add("ServiceEntry", name,
               "{hosts: [\"" + host +
                   "\"], resolution: STATIC, location: MESH_INTERNAL, ports: [{number: " + std::to_string(port) + ", name: p" +
                   std::to_string(port) + (*protocol != '\0' ? std::string(", protocol: ") + protocol : "") + "}]" + more + "}");
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

std::string number(std::size_t value) { return std::to_string(value); }
std::string name(const char* stem, std::size_t value) { return stem + number(value); }
/// `each(i)` for all below n, as the items of a flow list.
std::string list(std::size_t n, const std::function<std::string(std::size_t)>& each) {
  std::string text = "[";
  for (std::size_t i = 0; i < n; ++i) text += (i > 0 ? ", " : "") + each(i);
  return text + "]";
}
std::string address(std::size_t i) { return "10." + number(i >> 16 & 255) + "." + number(i >> 8 & 255) + "." + number(i & 255); }

const std::string kEndpoint = ", endpoints: [{address: 10.9.9.9}]";
std::string to(const std::string& host) { return "route: [{destination: {host: " + host + "}}]"; }

struct Mesh {
  mesh::Loaded loaded;
  std::shared_ptr<const registry::Snapshot> snapshot;
};

using Ask = std::function<void(const Mesh&)>;
Proxy proxy() { return {.id = "app.shop", .namespace_ = "shop", .ip = "10.250.0.1"}; }

void see_all(const Mesh& mesh) {
  const view::ProxyView view(mesh.snapshot, proxy());
  for (const auto& listener : view.listeners()) {
    for (const auto& chain : listener.chains) {
      if (chain.http && !chain.inline_table) view.table(chain.table);
    }
  }
  view.clusters();
  view.assignments();
}
void see_scope(const Mesh& mesh) { const view::ProxyView view(mesh.snapshot, proxy()); }
void see_listeners(const Mesh& mesh) { view::ProxyView(mesh.snapshot, proxy()).listeners(); }
void analyze(const Mesh& mesh) { analysis::analyze(*mesh.snapshot); }

struct Row {
  const char* name;
  std::size_t size;
  std::function<std::string(std::size_t)> mesh;
  Ask ask;  ///< null: loading is what is counted
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"tls rules of a VirtualService with as many hosts", 100,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) yaml.service(name("s", i), name("h", i) + ".example.com", 443, "TLS", kEndpoint);
         const auto host = [](std::size_t i) { return name("h", i) + ".example.com"; };
         return yaml
             .add("VirtualService", "v",
                  "{hosts: " + list(n, host) + ", tls: " +
                      list(n,
                           [&](std::size_t i) {
                             return "{match: [{port: 443, sniHosts: [" + host(i) + "]}], " + to(host(i)) + "}";
                           }) +
                      "}")
             .text();
       },
       see_listeners},
      {"chains told apart by SNI", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) yaml.service(name("s", i), name("h", i) + ".example.com", 443, "TLS", kEndpoint);
         return yaml.text();
       },
       see_listeners},
      {"chains told apart by CIDR", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i)
           yaml.service(name("s", i), name("h", i) + ".example.com", 5432, "TCP", ", addresses: [" + address(i << 8) + "/24]");
         return yaml.text();
       },
       see_listeners},
      {"wildcard hosts of VirtualServices with tls rules, and services", 300,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           yaml.service(name("s", i), "a." + name("h", i) + ".example.com", 443, "TLS", kEndpoint);
           yaml.add("VirtualService", name("v", i),
                    "{hosts: [\"*." + name("h", i) + ".example.com\"], tls: [{match: [{sniHosts: [\"*." + name("h", i) +
                        ".example.com\"]}], " + to("a." + name("h", i) + ".example.com") + "}]}");
         }
         return yaml.text();
       },
       see_listeners},
      {"sniffed ports", 200,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i)
           yaml.service(name("s", i), name("h", i) + ".example.com", 8080, "", ", addresses: [" + address(i) + "]" + kEndpoint);
         return yaml.text();
       },
       see_all},
      {"HTTP ports, each of one service with rules", 200,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           const std::string host = name("h", i) + ".example.com";
           yaml.service(name("s", i), host, static_cast<int>(1000 + i), "HTTP", kEndpoint);
           yaml.add("VirtualService", name("v", i), "{hosts: [" + host + "], http: [{" + to(host) + "}]}");
         }
         return yaml.text();
       },
       see_all},
      {"egress listeners of a Sidecar, and services", 200,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i)
           yaml.service(name("s", i), name("h", i) + ".example.com", static_cast<int>(1000 + i), "HTTP", kEndpoint);
         return yaml
             .add("Sidecar", "default",
                  "{egress: " +
                      list(n,
                           [](std::size_t i) {
                             return "{port: {number: " + number(1000 + i) + ", name: p, protocol: HTTP}, hosts: [./" +
                                    name("h", i) + ".example.com]}";
                           }) +
                      "}")
             .text();
       },
       see_all},
      {"egress listeners of a Sidecar with wildcards, and VirtualServices", 200,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           const std::string host = "a." + name("h", i) + ".example.com";
           yaml.service(name("s", i), host, static_cast<int>(1000 + i), "HTTP", kEndpoint);
           yaml.add("VirtualService", name("v", i), "{hosts: [" + host + "], http: [{" + to(host) + "}]}");
         }
         return yaml
             .add("Sidecar", "default",
                  "{egress: " +
                      list(n,
                           [](std::size_t i) {
                             return "{port: {number: " + number(1000 + i) + ", name: p, protocol: HTTP}, hosts: [\"*/*." +
                                    name("h", i) + ".example.com\"]}";
                           }) +
                      "}")
             .text();
       },
       see_all},
      {"hosts of one egress listener, and services", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i)
           yaml.service(name("s", i), "a." + name("h", i) + ".example.com", 80, "HTTP", kEndpoint);
         return yaml
             .add("Sidecar", "default",
                  "{egress: [{hosts: " +
                      list(n,
                           [](std::size_t i) { return (i % 2 == 0 ? "\"~*/*." : "\"*/*.") + name("h", i) + ".example.com\""; }) +
                      "}]}")
             .text();
       },
       see_scope},
      {"wildcard hosts of VirtualServices, and services", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           const std::string host = "a." + name("h", i) + ".example.com";
           yaml.service(name("s", i), host, 80, "HTTP", kEndpoint);
           yaml.add("VirtualService", name("v", i),
                    "{hosts: [\"*." + name("h", i) + ".example.com\"], http: [{" + to(host) + "}]}");
         }
         return yaml.text();
       },
       see_all},
      {"wildcard hosts of DestinationRules, and services", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           yaml.service(name("s", i), "a." + name("h", i) + ".example.com", 80, "HTTP", kEndpoint);
           yaml.add("DestinationRule", name("d", i), "{host: \"*." + name("h", i) + ".example.com\"}");
         }
         return yaml.text();
       },
       see_all},
      {"destinations with subsets, and DestinationRules of wildcard hosts", 200,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i) {
           const std::string host = "a." + name("h", i) + ".example.com";
           yaml.service(name("s", i), host, 80, "HTTP", kEndpoint);
           yaml.add("DestinationRule", name("d", i), "{host: \"*." + name("h", i) + ".example.com\", subsets: [{name: one}]}");
           yaml.add("VirtualService", name("v", i),
                    "{hosts: [" + host + "], http: [{route: [{destination: {host: " + host + ", subset: one}}]}]}");
         }
         return yaml.text();
       },
       analyze},
      {"DestinationRules with selectors, of one host", 400,
       [](std::size_t n) {
         Yaml yaml;
         yaml.service("s", "h.example.com", 80, "HTTP", kEndpoint);
         for (std::size_t i = 0; i < n; ++i)
           yaml.add("DestinationRule", name("d", i),
                    "{host: h.example.com, workloadSelector: {matchLabels: {app: " + name("a", i) + "}}}");
         return yaml.text();
       },
       see_all},
      {"ServiceEntries of one host on other ports", 400,
       [](std::size_t n) {
         Yaml yaml;
         for (std::size_t i = 0; i < n; ++i)
           yaml.service(name("s", i), "h.example.com", static_cast<int>(1000 + i), "TCP", kEndpoint);
         return yaml.text();
       },
       see_all},
      {"ports of a service, each with the same endpoints", 32,
       [](std::size_t n) {
         Yaml yaml;
         return yaml
             .add("ServiceEntry", "s",
                  "{hosts: [h.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: " +
                      list(n,
                           [](std::size_t i) {
                             return "{number: " + number(1000 + i) + ", name: " + name("p", i) + ", protocol: TCP}";
                           }) +
                      ", endpoints: " + list(64, [](std::size_t i) { return "{address: " + address(i) + "}"; }) + "}")
             .text();
       },
       see_all},
      {"subsets, with an endpoint each", 200,
       [](std::size_t n) {
         Yaml yaml;
         yaml.add(
             "ServiceEntry", "s",
             "{hosts: [h.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, protocol: "
             "HTTP}], endpoints: " +
                 list(n, [](std::size_t i) { return "{address: " + address(i) + ", labels: {version: " + name("v", i) + "}}"; }) +
                 "}");
         return yaml
             .add(
                 "DestinationRule", "d",
                 "{host: h.example.com, subsets: " +
                     list(n,
                          [](std::size_t i) { return "{name: " + name("v", i) + ", labels: {version: " + name("v", i) + "}}"; }) +
                     "}")
             .text();
       },
       see_all},
      {"PeerAuthentications that select, and endpoints", 200,
       [](std::size_t n) {
         std::string text = Yaml()
                                .add("ServiceEntry", "s",
                                     "{hosts: [h.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, "
                                     "name: http, protocol: HTTP}], endpoints: " +
                                         list(n,
                                              [](std::size_t i) {
                                                return "{address: " + address(i) + ", labels: {app: " + name("a", i) +
                                                       ", security.istio.io/tlsMode: istio}}";
                                              }) +
                                         "}")
                                .text();
         for (std::size_t i = 0; i < n; ++i)
           text += "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: " + name("p", i) +
                   ", namespace: shop}\nspec: {selector: {matchLabels: {app: " + name("a", i) +
                   "}}, mtls: {mode: STRICT}}\n---\n";
         return text;
       },
       [](const Mesh& mesh) { view::ProxyView(mesh.snapshot, proxy()).cluster_tls("outbound|80||h.example.com"); }},
      {"http rules of a VirtualService", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [](std::size_t i) {
                             return "{match: [{uri: {prefix: /p" + number(i) + "/}}], " + to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       nullptr},
      {"http rules of one prefix, by a header", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [n](std::size_t i) {
                             return "{match: [{uri: {prefix: /p" + std::string(i < n / 2 ? "" : "/longer") +
                                    "}, headers: {x-user: {exact: u" + number(i) + "}}}], " + to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       nullptr},
      {"http rules that are the same", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [](std::size_t i) {
                             return "{match: [{uri: {exact: /p" + number(i % 2) + "}}], " + to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       nullptr},
      {"hosts of a VirtualService", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: " + list(n, [](std::size_t i) { return name("h", i) + ".example.com"; }) + ", http: [{" +
                      to("h.example.com") + "}]}")
             .text();
       },
       nullptr},
      {"hosts of a VirtualService under one wildcard", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: " +
                      list(n, [](std::size_t i) { return i == 0 ? "\"*.example.com\"" : name("h", i) + ".example.com"; }) +
                      ", http: [{" + to("h.example.com") + "}]}")
             .text();
       },
       nullptr},
      {"rules told apart by a header", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [](std::size_t i) {
                             return "{match: [{headers: {x-user: {exact: u" + number(i) + "}}}], " + to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       analyze},
      {"rules told apart by a query parameter, under one path", 400,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [](std::size_t i) {
                             return "{match: [{uri: {prefix: /api}, queryParams: {user: {exact: u" + number(i) + "}}}], " +
                                    to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       analyze},
      {"rules by regular expressions, and paths", 200,
       [](std::size_t n) {
         return Yaml()
             .add("VirtualService", "v",
                  "{hosts: [h.example.com], http: " +
                      list(n,
                           [](std::size_t i) {
                             return i % 2 == 0
                                        ? "{match: [{uri: {regex: \"/a" + number(i) + "/[a-z]+\"}}], " + to("h.example.com") + "}"
                                        : "{match: [{uri: {exact: /b" + number(i) + "/x}}], " + to("h.example.com") + "}";
                           }) +
                      "}")
             .text();
       },
       analyze},
      {"labels of a workload, in an answer that is asked again", 60,
       [](std::size_t n) {
         std::string labels;
         for (std::size_t i = 0; i < n; ++i) labels += (i > 0 ? ", " : "") + name("label", i) + ": " + name("v", i);
         return Yaml()
             .add("ServiceEntry", "s",
                  "{hosts: [h.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, "
                  "protocol: "
                  "HTTP}], endpoints: [{address: 10.0.0.1, labels: {" +
                      labels + "}}]}")
             .text();
       },
       [](const Mesh& mesh) {
         const view::ProxyView view(mesh.snapshot, proxy());
         const auto* assignment = view.assignment("outbound|80||h.example.com");
         EndpointRow row;
         for (int i = 0; i < 20; ++i) view::write_endpoint(view, assignment->cluster, assignment->endpoints.at(0), row);
       }},
  };
  return all;
}

struct Cost {
  std::uint64_t steps, allocations, bytes;
};

Cost cost_of(const Row& row, std::size_t n) {
  const std::string text = row.mesh(n);
  LoadOptions options;
  const auto load = [&] { return mesh::load(text, options, 1); };
  Mesh mesh;
  if (row.ask) {
    mesh.loaded = load();
    if (mesh.loaded.resources.empty()) std::printf("%s: nothing was loaded\n", row.name);
    mesh.snapshot = registry::build({}, mesh.loaded.resources);
  }
  steps = allocations = bytes = 0;
  if (row.ask)
    row.ask(mesh);
  else
    mesh.loaded = load();
  return {steps, allocations, bytes};
}

/// The exponent of growth from n to 2n.
double exponent(std::uint64_t small, std::uint64_t large) {
  return small == 0 || large == 0 ? 0 : std::log2(static_cast<double>(large) / static_cast<double>(small));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr double kMost = 1.25;  // n log n is about 1.15 here; what is doubled in a vector or hash table comes in jumps
  int failures = 0;
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  std::printf("%-70s %8s %8s %8s\n", "exponents from n to 2n", "steps", "allocs", "bytes");
  for (const Row& row : rows()) {
    if (argc > 1 && std::strstr(row.name, argv[1]) == nullptr) continue;
    cost_of(row, row.size);  // what is made once
    const Cost small = cost_of(row, 2 * row.size), large = cost_of(row, 4 * row.size);
    const double by_steps = exponent(small.steps, large.steps), by_allocations = exponent(small.allocations, large.allocations),
                 by_bytes = exponent(small.bytes, large.bytes);
    const bool bad = by_steps > kMost || by_allocations > kMost || by_bytes > kMost;
    std::printf("%-70s %8.2f %8.2f %8.2f%s\n", row.name, by_steps, by_allocations, by_bytes, bad ? "  GROWS" : "");
    failures += bad ? 1 : 0;
  }
  if (steps == 0) std::printf("steps are not counted in this build\n");
  return failures == 0 ? 0 : 1;
}
