// SPDX-License-Identifier: Apache-2.0
// Workloads by name: one that is asked for is read as all of them are.
#include "explain/find_proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mesh/load.hpp"
#include "registry/snapshot.hpp"

using namespace meshroute;

TEST_CASE("find_proxy: a workload by its name is what a visit of all workloads gives") {
  const auto loaded = mesh::load(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: web}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cron, namespace: shop}
spec: {template: {metadata: {labels: {app: cron}}, spec: {containers: [{name: cron}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {serviceAccountName: web, containers: [{name: web}]}
status: {phase: Running, podIP: 10.0.0.7, podIPs: [{ip: 10.0.0.7}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm-1, namespace: shop, labels: {app: vm}}
spec: {address: 10.0.0.9, labels: {app: vm}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: vms, namespace: shop}
spec: {metadata: {labels: {app: vm}}, template: {serviceAccount: vm}}
)",
                                 {}, 1);
  REQUIRE_MESSAGE(loaded.report.errors() == 0, loaded.report.to_text());
  const auto snapshot = registry::build({}, loaded.resources);
  std::vector<std::string> names;
  explain::each_workload(*snapshot, [&](const Resource& workload, Proxy&& proxy) {
    names.push_back(workload.identity.namespace_ + "/" + workload.identity.name);
    const Proxy found = explain::find_proxy(*snapshot, names.back()).proxy;
    CHECK(found.id == proxy.id);
    CHECK(found.namespace_ == proxy.namespace_);
    CHECK(found.labels == proxy.labels);
    CHECK(found.ip == proxy.ip);
    CHECK(found.service_account == proxy.service_account);
  });
  // What made a Pod or an entry that is given is no further workload, but has a name.
  CHECK(names == std::vector<std::string>{"shop/cron", "shop/web-1", "shop/vm-1"});
  CHECK(explain::find_proxy(*snapshot, "shop/web").proxy.ip == "10.0.0.7");
  CHECK(explain::find_proxy(*snapshot, "shop/vms").proxy.service_account == "vm");
}

TEST_CASE("find_proxy: a Gateway or Service of the name says which labels its workload has") {
  const auto loaded = mesh::load(R"(
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: istio-system}
spec: {selector: {istio: ingress, app: gw}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: istio-system}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
)",
                                 {}, 1);
  const auto snapshot = registry::build({}, loaded.resources);
  struct Asked {
    const char* name;
    const char* message;
    Labels labels;
    Proxy::Type type;
  };
  for (const Asked& asked : {Asked{"public",
                                   "asked as the gateway that Gateway istio-system/public selects (istio=ingress)",
                                   {{"istio", "ingress"}},
                                   Proxy::Type::router},
                             Asked{"ingress",
                                   "asked as the gateway that Service istio-system/ingress selects (app=gw,istio=ingress)",
                                   {{"app", "gw"}, {"istio", "ingress"}},
                                   Proxy::Type::router},
                             Asked{"web",
                                   "asked as a workload that Service istio-system/web selects (app=web)",
                                   {{"app", "web"}},
                                   Proxy::Type::sidecar}}) {
    const FoundProxy found = explain::find_proxy(*snapshot, "istio-system/" + std::string(asked.name));
    CHECK(found.message == "no workload in namespace istio-system is called " + std::string(asked.name) + ": " + asked.message);
    CHECK(found.proxy.labels == asked.labels);
    CHECK(found.proxy.type == asked.type);
    CHECK(found.resource.empty());
  }
}
