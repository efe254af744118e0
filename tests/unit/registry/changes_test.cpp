// SPDX-License-Identifier: Apache-2.0
// A snapshot after any changes is the snapshot of what is left, loaded in document order.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "mesh/load.hpp"
#include "meshroute/meshroute.hpp"
#include "registry/snapshot.hpp"
#include "routes/compiled.hpp"
#include "view/proxy_view.hpp"

namespace {

struct Named {
  meshroute::Identity identity;
  std::string yaml;
};

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Named any() {
    switch (below(12)) {
      case 0:
        return service_entry();
      case 1:
        return virtual_service();
      case 2:
        return destination_rule();
      case 3:
        return sidecar();
      case 4:
        return service();
      case 5:
        return pod();
      case 6:
        return below(3) == 0 ? peer_authentication() : slice();
      case 7:
        return service_entry();
      default:
        return workload_entry();
    }
  }

  Named rule() { return virtual_service(); }

  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }

 private:
  std::string space() { return "ns" + std::to_string(below(3)); }
  std::string number(unsigned end) { return std::to_string(below(end)); }
  std::string labels() {
    static const char* kLabels[] = {"{app: a}", "{app: b}", "{app: a, tier: web}", "{app: b, tier: web}", "{tier: web}", "{}"};
    return kLabels[below(6)];
  }
  static Named made(const char* group, const char* version, const char* kind, const std::string& space, const std::string& name,
                    const std::string& rest) {
    Named named;
    named.identity.group = group;
    named.identity.kind = kind;
    named.identity.namespace_ = space;
    named.identity.name = name;
    named.yaml = "apiVersion: " + std::string(group) + (*group != '\0' ? "/" : "") + version + "\nkind: " + kind +
                 "\nmetadata: {name: " + name + ", namespace: " + space + "}\n" + rest + "\n";
    return named;
  }
  Named istio(const char* kind, const std::string& space, const std::string& name, const std::string& rest) {
    return made("networking.istio.io", "v1", kind, space, name, rest);
  }

  Named service_entry() {
    static const char* kResolutions[] = {"STATIC", "STATIC", "DNS", "DNS_ROUND_ROBIN", "NONE"};
    const std::string resolution = kResolutions[below(5)];
    std::string spec = "spec: {hosts: [h" + number(4) + ".example.com], resolution: " + resolution +
                       ", ports: [{number: 80, name: http, protocol: HTTP}, {number: 90, name: tcp, protocol: TCP}]";
    if (below(4) == 0) spec += ", exportTo: ['.']";
    if (resolution != "NONE" && below(3) != 0) spec += ", location: MESH_INTERNAL, workloadSelector: {labels: " + labels() + "}";
    return istio("ServiceEntry", space(), "se" + number(5), spec + "}");
  }
  Named workload_entry() {
    std::string spec = "spec: {address: " + (below(6) == 0 ? "vm.example.com" : "10.0." + number(3) + "." + number(200)) +
                       ", labels: " + labels() + ", weight: " + std::to_string(below(5) + 1);
    if (below(3) == 0) spec += ", locality: r" + number(2) + "/z" + number(2);
    if (below(4) == 0) spec += ", ports: {http: 8080}";
    return istio("WorkloadEntry", space(), "w" + number(8), spec + "}");
  }
  Named virtual_service() {
    const std::string to =
        "route: [{destination: {host: h" + number(4) + ".example.com" + (below(2) == 0 ? ", subset: v" + number(2) : "") + "}}]";
    const unsigned form = below(10);
    const std::string name = "vs" + number(3);
    if (form == 0) return istio("VirtualService", space(), "leaf", "spec: {http: [{name: l" + number(3) + ", " + to + "}]}");
    std::string spec = "spec: {hosts: [" + (below(4) == 0 ? "'*'" : "h" + number(4)) + ".example.com]";
    if (below(6) == 0) spec += ", exportTo: ['.']";
    if (form == 1) return istio("VirtualService", space(), name, spec + ", tcp: [{match: [{port: 90}], " + to + "}]}");
    spec += ", http: [";
    if (below(2) == 0) {
      spec += "{match: [{uri: {prefix: /a" + number(2) + "}";
      if (below(3) == 0) spec += ", sourceLabels: {app: " + std::string(below(2) == 0 ? "a" : "b") + "}";
      spec += "}], timeout: " + number(9) + "s, " + to + "}, ";
    }
    if (form == 2) return istio("VirtualService", space(), name, spec + "{delegate: {name: leaf}}]}");
    return istio("VirtualService", space(), name, spec + "{" + to + "}]}");
  }
  Named destination_rule() {
    return istio("DestinationRule", space(), "dr" + number(3),
                 "spec: {host: h" + number(4) + ".example.com, subsets: [{name: v" + number(2) + ", labels: " + labels() + "}]}");
  }
  Named sidecar() {
    return istio("Sidecar", space(), "default",
                 below(2) == 0 ? "spec: {egress: [{hosts: ['./*']}]}" : "spec: {egress: [{hosts: ['*/*']}]}");
  }
  Named peer_authentication() {
    return made("security.istio.io", "v1", "PeerAuthentication", space(), "default", "spec: {mtls: {mode: STRICT}}");
  }
  Named service() {
    return made("", "v1", "Service", space(), "k" + number(3),
                "spec: {clusterIP: " + std::string(below(3) == 0 ? "None" : "10.9.9." + number(200)) + ", selector: " + labels() +
                    ", ports: [{name: http, port: 80}, {name: tcp, port: 90}]}");
  }
  Named pod() {
    return made("", "v1", "Pod", space(), "w" + number(8),
                "spec: {containers: [{name: c, image: i}]}\nstatus: {phase: Running, podIP: 10.1.1." + number(200) +
                    ", podIPs: [{ip: 10.1.1.9}], conditions: [{type: Ready, status: 'True'}]}");
  }
  Named slice() {
    const std::string name = "k" + number(3);
    Named named = made("discovery.k8s.io", "v1", "EndpointSlice", space(), name + "-" + number(2), "");
    named.yaml =
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + named.identity.name +
        ", namespace: " + named.identity.namespace_ + ", labels: {kubernetes.io/service-name: " + name +
        "}}\naddressType: IPv4\nports: [{name: http, port: 8080}, {name: tcp, port: 9090}]\nendpoints: [{addresses: [10.2.2." +
        number(200) + "], conditions: {ready: " + (below(3) == 0 ? "false" : "true") + "}}]\n";
    return named;
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("changes: a snapshot equals one of the surviving resources; views taken over equal new ones") {
  for (const auto mode : {meshroute::VipMode::status, meshroute::VipMode::controller, meshroute::VipMode::legacy}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      Maker maker(seed * 7919 + static_cast<std::uint64_t>(mode));
      meshroute::MeshOptions options;
      options.vip_mode = mode;
      meshroute::Mesh mesh(options);
      std::vector<Named> left;  // in document order
      const meshroute::Proxy proxy{.id = "x.ns0",
                                     .namespace_ = "ns0",
                                     .labels = {{"app", "a"}},
                                     .ip = "10.7.7.7",
                                     .locality = "r0/z0",
                                     .dns_capture = true};
      meshroute::View view = mesh.snapshot().view(proxy);
      for (int step = 0; step < 25; ++step) {
        const bool rules_alone = step > 5 && maker.below(2) == 0;  // then views share the most
        for (unsigned change = maker.below(4) + 1; change > 0; --change) {
          if (!rules_alone && !left.empty() && maker.below(4) == 0) {
            const std::size_t gone = maker.below(static_cast<unsigned>(left.size()));
            REQUIRE(mesh.remove(left[gone].identity));
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(gone));
            continue;
          }
          Named named = rules_alone ? maker.rule() : maker.any();
          const auto report = mesh.load(named.yaml);
          if (report.errors() > 0) continue;  // an earlier version stays
          const auto same = [&](const Named& one) { return one.identity == named.identity; };
          const auto present = std::find_if(left.begin(), left.end(), same);
          if (present != left.end()) {
            present->yaml = named.yaml;
          } else {
            left.push_back(std::move(named));
          }
        }
        const meshroute::Snapshot snapshot = mesh.snapshot();
        view = snapshot.view(proxy, &view);
        meshroute::Mesh anew(options);
        for (const Named& named : left) anew.load(named.yaml);
        const std::string want = anew.snapshot().view(proxy).to_json();  // before anything was asked
        CAPTURE(seed);
        CAPTURE(step);
        const meshroute::View fresh = anew.snapshot().view(proxy);
        for (int asked = 0; asked < 4; ++asked) {  // before the whole is printed: tables are made by what is asked
          const std::string url = "http://h" + std::to_string(maker.below(4)) + ".example.com" +
                                  (maker.below(4) == 0 ? ":90" : "") + "/a" + std::to_string(maker.below(3));
          const auto request = meshroute::Request::from_url(url);
          const meshroute::ResolveOptions options_of{.trace = maker.below(2) == 0};
          CAPTURE(url);
          if (view.resolve(*request, options_of).to_json() != fresh.resolve(*request, options_of).to_json())
            FAIL_CHECK("an answer after changes differs from one of a new mesh");
        }
        if (maker.below(3) == 0 && view.to_json() != want) FAIL_CHECK("a view after changes differs from one of a new mesh");
        if (snapshot.analyze().to_json() != anew.snapshot().analyze().to_json()) FAIL_CHECK("the findings differ");
      }
    }
  }
}

TEST_CASE("changes: a view stays as it was, and a later one shows the change") {
  meshroute::Mesh mesh;
  mesh.load(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec: {hosts: [a.example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], workloadSelector: {labels: {app: a}}}
)");
  const auto entry = [](const char* name, const char* address) {
    return "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: " + std::string(name) +
           ", namespace: shop}\nspec: {address: " + address + ", labels: {app: a}}\n";
  };
  const auto addresses = [](const meshroute::View& view) {
    std::string all;
    for (const auto& endpoint : view.resolve(*meshroute::Request::from_url("http://a.example.com/")).endpoints)
      all += endpoint.address + " ";
    return all;
  };
  mesh.load(entry("one", "10.0.0.1"));
  const auto first = mesh.snapshot().view({});
  CHECK(addresses(first) == "10.0.0.1 ");
  mesh.load(entry("two", "10.0.0.2"));
  const auto second = mesh.snapshot().view({}, &first);
  CHECK(addresses(second) == "10.0.0.1 10.0.0.2 ");
  REQUIRE(mesh.remove({.group = "networking.istio.io", .kind = "WorkloadEntry", .namespace_ = "shop", .name = "one"}));
  const auto third = mesh.snapshot().view({}, &second);
  CHECK(addresses(third) == "10.0.0.2 ");
  CHECK(addresses(second) == "10.0.0.1 10.0.0.2 ");
  CHECK(addresses(first) == "10.0.0.1 ");
}

TEST_CASE("changes: one changed VirtualService rebuilds the virtual hosts that it touches, and no other") {
  using meshroute::view::ProxyView;
  meshroute::registry::Registry registry;
  registry.configure({});
  const auto load = [&registry](const std::string& yaml) {
    auto loaded = meshroute::mesh::load(yaml, {}, 1);
    REQUIRE(loaded.report.errors() == 0);
    registry.commit(registry.prepare(std::move(loaded.resources)));
  };
  const auto service = [](const std::string& name) {
    return "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: " + name +
           ", namespace: shop}\nspec: {hosts: [" + name +
           ".example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: "
           "10.0.0.1}]}\n---\n";
  };
  const auto rules = [](const std::string& name, int seconds, const std::string& host) {
    return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name +
           ", namespace: shop}\nspec: {hosts: [" + host + "], http: [{timeout: " + std::to_string(seconds) +
           "s, route: [{destination: {host: " + name + ".example.com}}]}]}\n---\n";
  };
  load(service("a") + service("b") + service("c") + rules("a", 1, "a.example.com") + rules("b", 1, "b.example.com"));
  const auto of = [](const ProxyView& view, const char* host) { return view.table("80")->find(host); };
  const meshroute::Proxy proxy{.namespace_ = "shop"};
  const ProxyView first(registry.snapshot(), proxy);
  for (const char* host : {"a.example.com", "b.example.com", "c.example.com"}) REQUIRE(of(first, host) != nullptr);

  load(rules("a", 2, "a.example.com"));
  const ProxyView asked_of_nothing(registry.snapshot(), proxy, &first);
  const ProxyView second(registry.snapshot(), proxy, &asked_of_nothing);
  CHECK(of(second, "a.example.com") != of(first, "a.example.com"));
  CHECK(of(second, "a.example.com")->routes[0].timeout == "2s");
  CHECK(of(first, "a.example.com")->routes[0].timeout == "1s");
  CHECK(of(second, "b.example.com") == of(first, "b.example.com"));
  CHECK(of(second, "c.example.com") == of(first, "c.example.com"));
  CHECK(&first.listeners() == &second.listeners());

  load(rules("a", 2, "\"*.example.com\""));  // now it touches c too, and leaves b alone
  const ProxyView third(registry.snapshot(), proxy, &second);
  CHECK(of(third, "c.example.com") != of(first, "c.example.com"));
  CHECK(of(third, "c.example.com")->routes[0].timeout == "2s");
  CHECK(of(third, "b.example.com") == of(first, "b.example.com"));

  load(
      "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: b, namespace: shop}\nspec: {host: "
      "b.example.com, "
      "trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x}}}}\n");
  const ProxyView fourth(registry.snapshot(), proxy, &third);
  CHECK(of(fourth, "b.example.com") != of(first, "b.example.com"));
}
