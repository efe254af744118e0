// SPDX-License-Identifier: Apache-2.0
// Views that share with other ones answer as views of their own.
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "mesh/load.hpp"
#include "registry/snapshot.hpp"
#include "scope/lookup.hpp"
#include "view/proxy_view.hpp"

using namespace meshroute;

namespace {

std::string object(const std::string& kind, const std::string& name, const std::string& space, const std::string& spec) {
  return "apiVersion: " + std::string(kind == "PeerAuthentication" ? "security" : "networking") + ".istio.io/v1\nkind: " + kind +
         "\nmetadata: {name: " + name + ", namespace: " + space + "}\nspec: " + spec + "\n---\n";
}

template <class T, std::size_t Size>
const T& one_of(std::mt19937& random, const T (&list)[Size]) {
  return list[random() % Size];
}

const char* const kSpaces[] = {"one", "two", "istio-system"};
const std::string kVersions[] = {"", "v1", "v2"};

std::string random_mesh(std::mt19937& random) {
  std::string text;
  const auto host = [&random] { return "h" + std::to_string(random() % 4) + ".example.com"; };
  const auto version = [&random] { return "v" + std::to_string(random() % 2 + 1); };
  for (int i = 0; i < 5; ++i) {
    const bool headless = random() % 4 == 0;
    text += object("ServiceEntry", "s" + std::to_string(i), one_of(random, kSpaces),
                   "{hosts: [" + host() + "], location: MESH_INTERNAL, resolution: " + (headless ? "NONE" : "STATIC") +
                       ", ports: [{number: 80, name: http, protocol: " + (random() % 2 == 0 ? "HTTP" : "TCP") +
                       "}, {number: 9000, name: any}]" + (random() % 2 == 0 ? ", exportTo: [\".\"]" : "") +
                       (headless ? ""
                                 : ", endpoints: [{address: 10.0.0." + std::to_string(i) +
                                       ", locality: r1/z1, labels: {version: v1}}, {address: 10.0.1." + std::to_string(i) +
                                       ", locality: r2/z2, labels: {version: v2}}]") +
                       "}");
  }
  text +=
      object("ServiceEntry", "headless", "one",
             "{hosts: [stateful.example.com], location: MESH_INTERNAL, resolution: NONE, workloadSelector: {labels: {app: db}}, "
             "ports: [{number: 5432, name: tcp, protocol: TCP}]}");
  for (int i = 0; i < 2; ++i)
    text += object("WorkloadEntry", "db-" + std::to_string(i), "one",
                   "{address: 10.7.0." + std::to_string(i) + ", labels: {app: db}}");
  for (int i = 0; i < 3; ++i) {
    const std::string labels = random() % 2 == 0 ? "sourceLabels: {version: " + version() + "}, " : "";
    text += object("VirtualService", "r" + std::to_string(i), one_of(random, kSpaces),
                   "{hosts: [" + host() + "], http: [{match: [{" + labels + "uri: {prefix: /x}}], route: [{destination: {host: " +
                       host() + ", subset: v1}}]}, {route: [{destination: {host: " + host() + "}}]}]}");
  }
  for (int i = 0; i < 3; ++i) {
    const std::string selector = random() % 2 == 0 ? "workloadSelector: {matchLabels: {version: " + version() + "}}, " : "";
    const std::string order =
        random() % 2 == 0
            ? ", trafficPolicy: {outlierDetection: {}, loadBalancer: {localityLbSetting: {failoverPriority: [version]}}}"
            : "";
    text += object("DestinationRule", "d" + std::to_string(i), one_of(random, kSpaces),
                   "{host: " + host() + ", " + selector + "subsets: [{name: v1, labels: {version: v1}}]" + order + "}");
  }
  if (random() % 2 == 0) {
    text += object("Sidecar", "narrow", one_of(random, kSpaces),
                   "{" + std::string(random() % 2 == 0 ? "workloadSelector: {labels: {version: " + version() + "}}, " : "") +
                       "egress: [{hosts: [\"./*\"]}]}");
  }
  return text;
}

Proxy random_proxy(std::mt19937& random) {
  Proxy proxy;
  proxy.namespace_ = one_of(random, kSpaces);
  proxy.id = "p" + std::to_string(random()) + "." + proxy.namespace_;
  const std::string addresses[] = {"", "10.7.0.1", "10.0.0.1", "10.250.0." + std::to_string(random() % 200), "2001:db8::1"};
  proxy.ip = one_of(random, addresses);
  if (const auto& version = one_of(random, kVersions); !version.empty()) proxy.labels["version"] = version;
  if (random() % 2 == 0) proxy.labels["pod"] = std::to_string(random());  // no rule looks at it
  if (random() % 3 == 0) proxy.locality = random() % 2 == 0 ? "r1/z1" : "r2/z2";
  if (random() % 8 == 0) proxy.dns_capture = proxy.dns_auto_allocate = true;
  if (random() % 8 == 0) proxy.network = "n1";
  return proxy;
}

std::string all_of(const view::ProxyView& view) {
  std::string text;
  text::JsonWriter json(text);
  view.write_route_configurations(json);
  for (const auto* part : {&view.clusters_json(), &view.endpoints_json(), &view.listeners_json(), &view.services_json()})
    part->write(json);
  return text;
}

}  // namespace

TEST_CASE("sharing: many proxies see what each sees alone, before and after changes") {
  std::mt19937 random(20);
  std::size_t shared = 0, views = 0;
  for (int round = 0; round < 25; ++round) {
    CAPTURE(round);
    registry::Registry mesh;
    mesh.configure({});
    mesh.commit(mesh.prepare(mesh::load(random_mesh(random), {}, 1).resources));
    std::vector<Proxy> proxies(8);
    for (Proxy& proxy : proxies) proxy = random_proxy(random);
    std::vector<std::unique_ptr<view::ProxyView>> before(proxies.size());
    for (int change = 0; change < 3; ++change) {
      CAPTURE(change);
      const auto snapshot = mesh.snapshot();
      std::vector<std::unique_ptr<view::ProxyView>> now;
      std::vector<registry::ResourcePtr> resources;
      for (const auto& resource : snapshot->resources) resources.push_back(resource);
      const auto alone = [&] { return registry::build({}, resources); };
      for (std::size_t i = 0; i < proxies.size(); ++i) {
        CAPTURE(i);
        now.push_back(std::make_unique<view::ProxyView>(snapshot, proxies[i], random() % 2 == 0 ? before[i].get() : nullptr));
        CHECK(all_of(*now.back()) == all_of(view::ProxyView(alone(), proxies[i])));
        ++views;
        for (std::size_t j = 0; j < i; ++j) {
          if (&now[j]->scope != &now[i]->scope) continue;
          ++shared;
          break;
        }
      }
      before = std::move(now);
      if (change == 0) {  // the rules of some VirtualServices and an endpoint
        std::string text = object("WorkloadEntry", "db-1", "one", "{address: 10.7.0.9, labels: {app: db}}");
        const auto changed = mesh::load(random_mesh(random), {}, 1).resources;
        std::vector<registry::ResourcePtr> rules = mesh::load(text, {}, 1).resources;
        for (const auto& resource : changed) {
          if (resource->as<model::VirtualService>() != nullptr) rules.push_back(resource);
        }
        mesh.commit(mesh.prepare(rules));
      } else {
        mesh.commit(mesh.prepare(mesh::load(random_mesh(random), {}, 1).resources));
      }
    }
  }
  CHECK(shared * 10 > views);  // sharing was at work
}

TEST_CASE("sharing: labels that no rule looks at do not keep views apart, and what differs does") {
  const auto loaded = mesh::load(object("ServiceEntry", "s", "one",
                                        "{hosts: [h.example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: "
                                        "HTTP}], endpoints: [{address: 10.0.0.1}]}") +
                                     object("VirtualService", "v", "one",
                                            "{hosts: [h.example.com], http: [{match: [{sourceLabels: {version: v1}}], route: "
                                            "[{destination: {host: h.example.com}}]}]}"),
                                 {}, 1);
  const auto snapshot = registry::build({}, loaded.resources);
  Proxy proxy{.namespace_ = "one", .labels = {{"pod", "a"}}, .ip = "10.1.1.1"};
  const view::ProxyView first(snapshot, proxy);
  const auto shares = [&](const Proxy& other) {
    const view::ProxyView view(snapshot, other);
    return &view.scope == &first.scope && &view.listeners() == &first.listeners() && view.table("80") == first.table("80");
  };
  Proxy other = proxy;
  other.labels["pod"] = "b";
  other.ip = "10.1.1.2";
  other.locality = "r1/z1";
  CHECK(shares(other));
  other.labels["version"] = "v1";
  CHECK_FALSE(shares(other));
  other = proxy;
  other.namespace_ = "two";
  CHECK_FALSE(shares(other));
  other = proxy;
  other.ip = "2001:db8::1";
  CHECK_FALSE(shares(other));
}

TEST_CASE("a VirtualService whose names are whole is not copied for views; one with short names is") {
  LoadOptions options;
  options.apply_refused = true;
  const auto loaded = mesh::load(
      object("VirtualService", "whole", "one",
             "{hosts: [a.example.com], gateways: [mesh, istio-ingress/public], http: [{route: "
             "[{destination: {host: b.example.com}}], mirror: {host: c.example.com}}]}") +
          object("VirtualService", "short-host", "one", "{hosts: [a], http: [{route: [{destination: {host: b.c}}]}]}") +
          object("VirtualService", "short-destination", "one",
                 "{hosts: [d.example.com], tcp: [{route: [{destination: {host: b}}]}]}") +
          object("VirtualService", "short-mirror", "one",
                 "{hosts: [e.example.com], http: [{route: [{destination: {host: b.c}}], mirror: {host: m}}]}") +
          object("VirtualService", "own-gateway", "one",
                 "{hosts: [f.example.com], gateways: [\"./public\"], http: [{route: [{destination: {host: b.c}}]}]}") +
          object("VirtualService", "short-gateway", "one",
                 "{hosts: [g.example.com], http: [{match: [{gateways: [public]}], route: [{destination: {host: b.c}}]}]}"),
      options, 1);
  REQUIRE(loaded.resources.size() == 6);
  const auto snapshot = registry::build({}, loaded.resources);
  std::map<std::string, const scope::VirtualServiceEntry*> entries;
  for (const auto& entry : scope::merged_virtual_services(*snapshot)) {
    const std::string& name = entry->resource->identity.name;
    entries[name] = entry.get();
    CHECK_MESSAGE((entry->spec.get() == entry->resource->as<model::VirtualService>()) == (name == "whole"), name);
  }
  REQUIRE(entries.size() == 6);
  CHECK(entries["whole"]->http_origins.at(0).path == "spec.http[0]");
  CHECK(entries["short-host"]->spec->hosts.at(0) == "a.one.svc.cluster.local");
  CHECK(entries["short-host"]->spec->http.at(0).route.at(0).destination->host == "b.c");
  CHECK(entries["short-destination"]->spec->tcp.at(0).route.at(0).destination->host == "b.one.svc.cluster.local");
  CHECK(entries["short-mirror"]->spec->http.at(0).mirror->host == "m.one.svc.cluster.local");
  CHECK(entries["own-gateway"]->spec->gateways.at(0) == "one/public");
  CHECK(entries["short-gateway"]->spec->http.at(0).match.at(0).gateways.at(0) == "one/public");
}
