// SPDX-License-Identifier: Apache-2.0
// Differences between two meshes: which are found, and how they are told.
#include "meshroute/diff.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "meshroute/mesh.hpp"

using namespace meshroute;

namespace {

constexpr const char* kServices = R"(
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, labels: {version: v1}}, {address: 10.0.0.2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.9.0.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.9}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
)";

std::string rules(const std::string& http) {
  return std::string(
             "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: api, namespace: shop}\nspec:\n  hosts: "
             "[api.example.com]\n  http:\n") +
         http;
}

Snapshot snapshot_of(const std::string& text) {
  Mesh mesh;
  const Report report = mesh.load(text);
  REQUIRE_MESSAGE(report.errors() == 0, report.to_text());
  return mesh.snapshot();
}

Diff diff_of(const std::string& before, const std::string& after) {
  return diff(snapshot_of(kServices + before), snapshot_of(kServices + after));
}

}  // namespace

TEST_CASE("meshes that answer the same are equal, however they are written") {
  const std::string one = rules("  - route: [{destination: {host: api.example.com, subset: v1}}]\n");
  CHECK(diff_of(one, one).equal);
  CHECK(diff_of(one, one).requests == 0);  // nothing is to be compared
  const Diff renamed = diff_of(
      one,
      rules("  - {name: all, route: [{destination: {host: api.example.com, subset: v1, port: {number: 80}}, weight: 100}]}\n"));
  CHECK(renamed.equal);
}

TEST_CASE("weights that move are one change, with its share and its reason") {
  const auto split = [](int v2) {
    return rules("  - route: [{destination: {host: api.example.com, subset: v1}, weight: " + std::to_string(100 - v2) +
                 "}, {destination: {host: api.example.com, subset: v2}, weight: " + std::to_string(v2) + "}]\n");
  };
  const Diff found = diff_of(split(10), split(30));
  REQUIRE(found.changes.size() == 1);
  const DiffChange& change = found.changes[0];
  CHECK(change.share == doctest::Approx(20));
  CHECK(change.resources == std::vector<std::string>{"VirtualService shop/api"});
  CHECK(std::find(change.proxies.begin(), change.proxies.end(), "web") != change.proxies.end());
  CHECK(!change.because.empty());
  const auto json = nlohmann::json::parse(found.to_json());
  CHECK(json["equal"] == false);
  CHECK(json["changes"][0]["before"]["destinations"]["api.example.com:80/v2"] == 10);
  CHECK(json["changes"][0]["after"]["destinations"]["api.example.com:80/v2"] == 30);
  CHECK(json["changes"][0]["after"]["rule"] == "shop/api#0");
  CHECK(json["compared"]["proxies"].get<int>() >= 3);
  CHECK(found.to_text().find("20 % of GET http://api.example.com/") == 0);
  CHECK(found.to_markdown().find("| destinations | api.example.com:80/v1 90 %, api.example.com:80/v2 10 % |") !=
        std::string::npos);
}

TEST_CASE("what each kind of edit changes is found") {
  const std::string rest = "  - route: [{destination: {host: api.example.com, subset: v1}}]\n";
  const std::string v2 = "route: [{destination: {host: api.example.com, subset: v2}}]}\n";
  const auto matched = [&](const std::string& match) { return rules("  - {match: [{" + match + "}], " + v2 + rest); };
  const struct {
    std::string before, after;
    const char* path;
  } kCases[]{
      {matched("uri: {prefix: /a}"), matched("uri: {prefix: /a/}"), "destinations"},
      {matched("uri: {exact: /a}"), matched("uri: {prefix: /a}"), "destinations"},
      {matched("uri: {regex: \"/v[12]\"}"), matched("uri: {regex: \"/v[123]\"}"), "destinations"},
      {matched("uri: {exact: /a}"), matched("uri: {exact: /a}, ignoreUriCase: true"), "destinations"},
      {matched("headers: {x-a: {exact: \"1\"}}"), matched("headers: {x-a: {prefix: \"1\"}}"), "destinations"},
      {matched("headers: {x-a: {exact: \"1\"}}"), matched("headers: {x-a: {}}"), "destinations"},
      {matched("method: {exact: POST}"), matched("method: {exact: PUT}"), "destinations"},
      {matched("queryParams: {q: {exact: \"1\"}}"), matched("queryParams: {q: {exact: \"2\"}}"), "destinations"},
      {matched("withoutHeaders: {x-a: {}}"), matched("withoutHeaders: {x-b: {}}"), "destinations"},
      {matched("uri: {prefix: /a}"), matched("uri: {prefix: /a}, headers: {x-a: {exact: \"1\"}}"), "destinations"},
      {matched("sourceNamespace: web, uri: {prefix: /}"), matched("sourceNamespace: other, uri: {prefix: /}"), "destinations"},
      {matched("sourceLabels: {app: gold}, uri: {prefix: /}"), rules(rest), "destinations"},
      {rules("  - {timeout: 2s, " + v2), rules("  - {timeout: 3s, " + v2), "timeout"},
      {rules("  - {retries: {attempts: 2}, " + v2), rules("  - {retries: {attempts: 5}, " + v2), "retries"},
      {rules("  - {rewrite: {uri: /x}, " + v2), rules("  - {rewrite: {uri: /y}, " + v2), "upstream.path"},
      {rules("  - {rewrite: {authority: x}, " + v2), rules("  - {" + v2), "upstream.authority"},
      {rules("  - {headers: {request: {set: {x-a: \"1\"}}}, " + v2), rules("  - {headers: {request: {set: {x-a: \"2\"}}}, " + v2),
       "upstream.headers"},
      {rules("  - {mirror: {host: api.example.com, subset: v1}, " + v2), rules("  - {" + v2), "mirrors"},
      {rules("  - {fault: {abort: {httpStatus: 500, percentage: {value: 10}}}, " + v2), rules("  - {" + v2), "fails"},
      {rules("  - redirect: {uri: /x}\n"), rules("  - redirect: {uri: /y}\n"), "response_headers"},
      {rules("  - directResponse: {status: 404}\n"), rules("  - directResponse: {status: 410}\n"), "status"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.before);
    CAPTURE(each.after);
    const Diff found = diff_of(each.before, each.after);
    REQUIRE(!found.equal);
    bool named = false;
    for (const auto& change : found.changes) {
      for (const auto& field : change.fields) named = named || field.path == each.path;
    }
    CHECK_MESSAGE(named, found.to_text());
    CHECK(found.changes[0].resources == std::vector<std::string>{"VirtualService shop/api"});
  }
}

TEST_CASE("services, endpoints, TLS and policies that change are found") {
  const std::string more = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: new, namespace: shop}
spec:
  hosts: [new.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.7}]
)";
  const auto paths = [](const Diff& found) {
    std::string all;
    for (const auto& change : found.changes) {
      for (const auto& field : change.fields) all += field.path + " ";
    }
    return all;
  };
  CHECK(paths(diff_of("", more)).find("outcome") != std::string::npos);
  std::string moved = more;
  moved.replace(moved.find("10.0.0.7"), 8, "10.0.0.8");
  CHECK(paths(diff_of(more, moved)) == "endpoints ");
  const std::string tls = R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: new, namespace: shop}
spec: {host: new.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
)";
  CHECK(paths(diff_of(more, more + "---" + tls)).find("tls") != std::string::npos);
  std::string tcp = kServices;
  tcp.replace(tcp.find("10.0.0.9"), 8, "10.0.0.3");
  const Diff found = diff(snapshot_of(kServices), snapshot_of(tcp));
  REQUIRE(found.changes.size() == 1);
  CHECK(found.changes[0].request.port == 5432);
}

TEST_CASE("a workload that changes is a server that may answer otherwise; the servers that stay are not asked") {
  const std::string before = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: rate, namespace: shop}
spec:
  hosts: [rate.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: rate}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: rate, namespace: shop}
spec: {address: 10.0.1.1, labels: {app: rate, tier: open}, serviceAccount: rate}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: closed, namespace: shop}
spec: {selector: {matchLabels: {tier: closed}}, action: DENY, rules: [{}]}
)";
  std::string after = before;
  after.replace(after.find("tier: open"), 10, "tier: closed");
  DiffOptions options;
  options.from.emplace_back().namespace_ = "web";
  const Diff found = diff(snapshot_of(kServices + before), snapshot_of(kServices + after), options);
  REQUIRE(found.changes.size() == 1);
  CHECK(found.changes[0].request.host == "rate.example.com");
  const bool arrives = std::any_of(found.changes[0].fields.begin(), found.changes[0].fields.end(),
                                   [](const auto& field) { return field.path == "arrives"; });
  CHECK(arrives);
  CHECK(found.changes[0].resources == std::vector<std::string>{"WorkloadEntry shop/rate"});
  std::string elsewhere = before;  // no service selects it: nobody comes to it
  elsewhere.replace(elsewhere.find("labels: {app: rate, tier: open}"), 31, "labels: {app: page}");
  std::string moved = elsewhere;
  moved.replace(moved.find("10.0.1.1"), 8, "10.0.1.2");
  CHECK(diff(snapshot_of(kServices + elsewhere), snapshot_of(kServices + moved), options).requests == 0);
}

TEST_CASE("a change of one service is found wherever rules send to it, and nothing else is asked") {
  const std::string mesh = R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: short, namespace: shop}
spec:
  hosts: [legacy, legacy.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: legacy}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: legacy-1, namespace: shop, labels: {app: legacy}}
spec: {address: ADDRESS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: others, namespace: shop}
spec:
  hosts: [one.example.com, two.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.1.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: one, namespace: shop}
spec:
  hosts: [one.example.com]
  http:
  - match: [{uri: {prefix: /old}}]
    delegate: {name: old}
  - route: [{destination: {host: one.example.com}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: old, namespace: shop}
spec:
  http: [{route: [{destination: {host: legacy.internal}}]}]
)";
  const auto at = [&mesh](const std::string& address, bool short_only = false) {
    std::string text = mesh;
    if (short_only) text.erase(text.find(", legacy.internal"), 17);
    text.replace(text.find("ADDRESS"), 7, address);
    Mesh made;
    REQUIRE(made.load(text).errors() == 0);
    return made.snapshot();
  };
  const Diff found = diff(at("10.0.0.1"), at("10.0.0.2"));
  CHECK_FALSE(found.equal);
  CHECK(found.requests > 0);
  CHECK_FALSE(diff(at("10.0.0.1", true), at("10.0.0.2", true)).equal);  // a host of one word is meant as it stands
  CHECK(found.to_text().find("one.example.com") != std::string::npos);
  CHECK(found.to_text().find("two.example.com") == std::string::npos);
}

TEST_CASE("only the proxies that are named ask") {
  DiffOptions options;
  options.from.emplace_back().namespace_ = "web";
  const Diff found = diff(snapshot_of(kServices + rules("  - redirect: {uri: /x}\n")),
                          snapshot_of(kServices + rules("  - redirect: {uri: /y}\n")), options);
  CHECK(found.proxies == 1);
  CHECK(found.changes.at(0).proxies == std::vector<std::string>{"web"});
}

TEST_CASE("proxies by name are what each side describes; who is unknown is said") {
  const auto mesh = [](const std::string& labels) {
    return std::string(kServices) +
           "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: web, namespace: shop}\nspec: {address: "
           "10.0.0.7, labels: {" +
           labels + "}}\n---\n" +
           rules(
               "  - {match: [{sourceLabels: {app: web}}], timeout: 7s, route: [{destination: {host: api.example.com}}]}\n"
               "  - route: [{destination: {host: api.example.com}}]\n");
  };
  DiffOptions options;
  options.names = {"shop/web"};
  const Diff found = diff(snapshot_of(mesh("app: web")), snapshot_of(mesh("app: shop")), options);
  REQUIRE(found.changes.size() == 1);  // the labels of the client changed, and no rule
  CHECK(found.changes[0].fields[0].path == "timeout");
  CHECK(found.changes[0].proxies == std::vector<std::string>{"shop/web"});
  CHECK(found.not_compared.empty());
  CHECK(!diff(snapshot_of(mesh("app: web")), snapshot_of(mesh("app: shop"))).equal);  // it is one of the classes, too
  options.names = {"shop/webb", "web"};
  const Diff unknown = diff(snapshot_of(mesh("app: web")), snapshot_of(mesh("app: shop")), options);
  CHECK(unknown.equal);
  REQUIRE(unknown.not_compared.size() == 1);
  CHECK_MESSAGE(unknown.not_compared[0].find("there is WorkloadEntry shop/web") != std::string::npos, unknown.not_compared[0]);
}

TEST_CASE("what comes to a gateway is compared") {
  const auto mesh = [](const std::string& http, const std::string& tls, const std::string& workload = {}) {
    return std::string(kServices) + workload +
           "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: istio-system}\nspec:\n"
           "  selector: {istio: edge}\n  servers:\n"
           "  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}\n"
           "  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {" +
           tls +
           "}}\n---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: edge, namespace: istio-system}\n"
           "spec: {hosts: [shop.example.com], gateways: [edge], http: [{match: [{uri: {prefix: " +
           http + "}}], route: [{destination: {host: api.example.com}}]}]}\n";
  };
  const std::string
      simple = "mode: SIMPLE, credentialName: shop",
      pod =
          "apiVersion: v1\nkind: Pod\nmetadata: {name: edge-1, namespace: ingress, labels: {istio: edge}}\nspec: {}\n"
          "status: {podIP: 10.0.0.5}\n---\n";
  const Diff rule = diff(snapshot_of(mesh("/api", simple)), snapshot_of(mesh("/api/", simple)));
  REQUIRE_MESSAGE(!rule.changes.empty(), rule.to_text());
  CHECK(rule.changes[0].proxies == std::vector<std::string>{"gateway istio-system (istio=edge)"});
  CHECK(rule.changes[0].resources == std::vector<std::string>{"VirtualService istio-system/edge"});
  const Diff moved = diff(snapshot_of(mesh("/api", simple, pod)), snapshot_of(mesh("/api/", simple, pod)));
  REQUIRE(!moved.changes.empty());
  CHECK(moved.changes[0].proxies == std::vector<std::string>{"ingress/edge-1"});
  const Diff mode = diff(snapshot_of(mesh("/api", simple)), snapshot_of(mesh("/api", "mode: MUTUAL, credentialName: shop")));
  REQUIRE_MESSAGE(!mode.equal, mode.to_text());
  const Diff certificate =
      diff(snapshot_of(mesh("/api", simple)), snapshot_of(mesh("/api", "mode: SIMPLE, credentialName: other")));
  REQUIRE(!certificate.changes.empty());  // of HTTP, and of connections that are not
  for (const auto& change : certificate.changes) CHECK(change.fields[0].path == "server_tls");
}

TEST_CASE("what comes to a gateway's servers is asked on each way, by hosts that nobody has too") {
  const auto server = [](int port, const std::string& protocol, const std::string& hosts, const std::string& tls) {
    const std::string name = std::to_string(port) + "-" + std::to_string(hosts.size());
    return "  - {port: {number: " + std::to_string(port) + ", name: p" + name + ", protocol: " + protocol + "}, hosts: [" +
           hosts + "]" + (tls.empty() ? "" : ", tls: {mode: " + tls + ", credentialName: shop}") + "}\n";
  };
  const auto gateway = [](const std::string& servers, const std::string& namespace_ = "istio-system") {
    return "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: " + namespace_ +
           "}\nspec:\n  selector: {istio: edge}\n  servers:\n" + servers + "---\n";
  };
  const auto rules = [](const std::string& name, const std::string& host, const std::string& http) {
    return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name +
           ", namespace: istio-system}\nspec: {hosts: [\"" + host + "\"], gateways: [edge], http: [" + http + "]}\n---\n";
  };
  const std::string to_api = "{route: [{destination: {host: api.example.com}}]}",
                    shop = rules("shop", "shop.example.com", to_api), http = server(80, "HTTP", "shop.example.com", ""),
                    https = server(443, "HTTPS", "shop.example.com", "SIMPLE");
  const struct {
    const char* name;
    std::string before, after;
    const char *error, *later;  // null: none
  } kCases[]{
      {"no host is served any more (GW50)", gateway(http) + shop, gateway(http), "no virtual host", "no route"},
      {"the port is another one", gateway(https) + shop, gateway(server(444, "HTTPS", "shop.example.com", "SIMPLE")) + shop,
       "no virtual host", "no listener"},
      {"plain HTTP on the port of TLS", gateway(https) + shop, gateway(server(443, "HTTP", "shop.example.com", "")) + shop,
       "no virtual host", "protocol error"},
      {"TLS on the port of plain HTTP", gateway(server(443, "HTTP", "shop.example.com", "")) + shop,
       gateway(server(443, "HTTPS", "\"*\"", "SIMPLE")) + shop, "no virtual host", "tls error"},
      {"a server name less", gateway(https + server(443, "HTTPS", "others.example.com", "SIMPLE")) + shop, gateway(https) + shop,
       "no route", "no filter chain"},
      {"a certificate of the client", gateway(https) + shop, gateway(server(443, "HTTPS", "shop.example.com", "MUTUAL")) + shop,
       "no virtual host", "client certificate required"},
      {"the Gateway is gone", gateway(server(443, "HTTPS", "shop.example.com", "MUTUAL")) + shop, shop,
       "client certificate required", "no listener"},
      {"any server name", gateway(https) + shop, gateway(server(443, "HTTPS", "\"*\"", "SIMPLE")) + shop, "no filter chain",
       "no virtual host"},
      {"TLS is passed on", gateway(https) + shop, gateway(server(443, "TLS", "shop.example.com", "PASSTHROUGH")) + shop,
       "no virtual host", "no listener"},
      {"a host of a wildcard gets rules of its own",
       gateway(server(80, "HTTP", "\"*\"", "")) +
           rules("all", "*.example.com", "{match: [{uri: {prefix: /cart}}], " + to_api.substr(1)),
       gateway(server(80, "HTTP", "\"*\"", "")) +
           rules("all", "*.example.com", "{match: [{uri: {prefix: /cart}}], " + to_api.substr(1)) +
           rules("own", "shop.example.com", "{match: [{uri: {prefix: /api}}], " + to_api.substr(1)),
       nullptr, "no route"},
  };
  for (const auto& each : kCases) {
    CAPTURE(each.name);
    const Diff found = diff_of(each.before, each.after);
    const auto error = [](const std::string& side) {
      const auto json = nlohmann::json::parse(side);
      return json.contains("error") ? json["error"].get<std::string>() : std::string();
    };
    const bool named = std::any_of(found.changes.begin(), found.changes.end(), [&](const DiffChange& change) {
      return error(change.before) == (each.error != nullptr ? each.error : "") && error(change.after) == each.later;
    });
    CHECK_MESSAGE(named, found.to_text());
  }
}

TEST_CASE("gateways that differ by their labels or by what they may bind are asked each") {
  const auto mesh = [](int port) {
    return std::string(kServices) +
           "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: istio-system}\nspec:\n"
           "  selector: {istio: edge, tier: gold}\n  servers: [{port: {number: " +
           std::to_string(port) +
           ", name: http, protocol: HTTP}, hosts: [shop.example.com]}]\n---\n"
           "apiVersion: v1\nkind: Pod\nmetadata: {name: plain, namespace: ingress, labels: {istio: edge}}\nspec: {}\n"
           "status: {podIP: 10.0.0.5}\n---\n"
           "apiVersion: v1\nkind: Pod\nmetadata: {name: gold, namespace: ingress, labels: {istio: edge, tier: gold}}\n"
           "spec: {}\nstatus: {podIP: 10.0.0.6}\n---\n";
  };
  const Diff found = diff(snapshot_of(mesh(80)), snapshot_of(mesh(81)));
  REQUIRE(!found.changes.empty());
  for (const auto& change : found.changes) CHECK(change.proxies == std::vector<std::string>{"ingress/gold"});
}
