#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random meshes, seen by clients of meshroute and of Istio's control plane; what differs is printed.

    mesh_differential.py ORACLE CONFORMANCE [--count N] [--seed S] [--kind listeners|routes|gateways] [--keep DIR] [--show N]

ORACLE is a program that reads a case (see tests/conformance/resolution) and writes the answer of Istio's control plane, as
`xdsoracle eval -out DIR CASE.json…` does (Go, istio.io/istio). CONFORMANCE is meshroute_conformance of a build. Run by hand.
`listeners` mixes protocols, addresses and Sidecar listeners on few ports, where services meet; `routes` mixes rules, hosts,
delegates and aliases; `gateways` mixes servers that meet on few ports, hosts with namespaces, TLS modes, ports that Services
move, redirects, claims of tokens, and rules of all kinds bound to them. Each mesh is asked some calls as well. Of two services
with one address Istio's order is random: such a difference in domains does not count.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.documents = []

    def one(self, *choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def some(self, choices, least, most):
        return self.random.sample(choices, self.random.randint(least, min(most, len(choices))))

    def namespace(self):
        return self.one("ns1", "ns2")

    def add(self, kind, name, namespace, spec):
        version = "v1" if kind == "Service" else "networking.istio.io/v1"
        created = f"2024-01-0{self.random.randint(1, 6)}T00:00:00Z"
        self.documents.append({"apiVersion": version, "kind": kind, "spec": spec,
                               "metadata": {"name": name, "namespace": namespace, "creationTimestamp": created}})

    def case(self, name, mesh_config, calls):
        clients = [{"id": "p.ns1", "namespace": "ns1", "labels": {"app": "a"}, "ip": "10.9.9.9", "dns_capture": self.often(.5)},
                   {"id": "q.ns2", "namespace": "ns2", "labels": {"app": "b"}, "ip": "10.9.9.8"}]
        return {
            "id": name,
            "title": name,
            "group": "differential",
            "kube_by_cluster": {},
            "mesh_config": mesh_config,
            "proxies": clients,
            "config_yaml": "\n---\n".join(json.dumps(each) for each in self.documents),
            "calls": calls,
            "options": {"vip_mode": self.one("status", "controller", "legacy")},
        }

    def call(self, hosts, ports, paths):
        call = {
            "address": self.one("1.2.3.4", "10.0.0.1", "10.0.0.2", "10.20.0.1", "10.1.2.3", "127.0.0.1"),
            "port": self.one(*ports),
            "protocol": self.one("http", "http", "http2", "tcp"),
            "host": self.one(*hosts),
            "path": self.one(*paths),
            "method": self.one("GET", "POST"),
            "headers": self.one({}, {}, {"x-a": "v1"}, {"x-b": "x", "x-a": ""}),
        }
        if self.often(.3):
            call.update(tls=True, sni=self.one(*hosts))
        return call


def listeners(maker, name):
    hosts = []
    for number in range(maker.random.randint(2, 5)):
        resolution = maker.one("STATIC", "DNS", "NONE")
        host = f"h{number}.com" if resolution == "DNS" else maker.one(f"h{number}.com", f"h{number}.com", f"*.h{number}.com")
        hosts.append(host)
        ports = [
            {
                "number": port,
                "name": f"{maker.one('http', 'tcp', 'p')}-{port}",
                "protocol": maker.one("HTTP", "TCP", "TLS", "", "HTTPS", "GRPC", "MONGO", "MYSQL", ""),
            }
            for port in maker.some([80, 443, 8080, 9000], 1, 2)
        ]
        spec = {"hosts": [host], "ports": ports, "resolution": resolution}
        if resolution == "STATIC":
            spec["endpoints"] = [{"address": f"1.1.1.{number + 1}"}]
        if resolution == "DNS":
            spec["endpoints"] = [{"address": f"e{number}.com"}]
        if maker.often(.4):
            ranges = [] if resolution == "DNS" else ["10.1.0.0/16", "10.1.2.0/16", "0.0.0.0/0", "10.0.0.1/32"]
            # The oracle asks for the route table of a sniffed port once for each address; from the second time on it is empty.
            several = 3 if all(port["protocol"] for port in ports) else 1
            spec["addresses"] = maker.some(["10.0.0.1", "10.0.0.2", "2001:db8::1"] + ranges, 1, several)
        maker.add("ServiceEntry", f"se{number}", maker.namespace(), spec)
    for number in range(maker.random.randint(0, 2)):
        ports = [
            {"name": f"{maker.one('http', 'tcp', 'mysql', 'x', 'https')}-{port}", "port": port}
            for port in maker.some([80, 443, 9000], 1, 2)
        ]
        address = maker.one({"clusterIP": "10.20.0.1"}, {"clusterIP": "None", "selector": {"app": "x"}},
                            {"type": "ExternalName", "externalName": maker.one("h0.com", "nowhere.com")})
        maker.add("Service", f"k{number}", maker.namespace(), dict(address, ports=ports))
    for number in range(maker.random.randint(0, 2)):
        to = {"route": [{"destination": {"host": maker.one(*hosts).replace("*.", "x.")}}]}
        host = maker.one(*hosts)
        rule = maker.one({"http": [to]},
                         {"tcp": [dict(to, **maker.one({}, {"match": [{"port": maker.one(80, 443, 9000)}]},
                                                       {"match": [{"port": 443, "destinationSubnets": ["10.1.0.0/16"]}]}))]},
                         {"tls": [dict(to, match=[dict(sniHosts=[host], **maker.one({}, {"port": 443}))])]})
        maker.add("VirtualService", f"v{number}", maker.namespace(), dict(rule, hosts=[host]))
    if maker.often(.5):
        egress = []
        if maker.often(.7):
            egress.append(
                {
                    "hosts": [maker.one("*/*", "./*", "ns1/*")],
                    "port": {
                        "number": maker.one(80, 443, 8080),
                        "name": "x",
                        "protocol": maker.one("HTTP", "TCP", "TLS", "HTTP_PROXY", "GRPC"),
                    },
                }
            )
            egress[0].update(maker.one({}, {}, {"bind": maker.one("127.0.0.1", "10.0.0.1", "0.0.0.0")}, {"captureMode": "NONE"}))
        egress.append({"hosts": [maker.one("*/*", "./*", "ns1/*")]})
        maker.add(
            "Sidecar",
            "s",
            "ns1",
            {"egress": egress, **maker.one({}, {"outboundTrafficPolicy": {"mode": maker.one("REGISTRY_ONLY", "ALLOW_ANY")}})},
        )
    names = [host.replace("*.", "x.") for host in hosts] + ["other.org", "k0.ns1"]
    return maker.case(name, maker.one({}, {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}),
                      [maker.call(names, [80, 443, 8080, 9000], ["/"]) for _ in range(14)])


class Rules:
    """One VirtualService's http rules."""

    def __init__(self, maker):
        self.maker, self.one, self.often = maker, maker.one, maker.often

    def text(self):
        return {self.one("exact", "prefix", "regex"): self.one("v1", "x", "v.*")}

    def match(self):
        match = {}
        for share, member, value in (
            (
                0.6,
                "uri",
                lambda: self.one(
                    {"exact": "/a"}, {"prefix": "/a"}, {"prefix": "/"}, {"regex": "/a.*"}, {"regex": ".*"}, {"regex": "/[0-9]+"}
                ),
            ),
            (0.2, "headers", lambda: {self.one("x-a", "X-B", ":authority"): self.one(self.text(), {})}),
            (0.1, "withoutHeaders", lambda: {"x-c": self.one(self.text(), {})}),
            (0.1, "queryParams", lambda: {"q": self.text()}),
            (0.1, "method", lambda: {"exact": "GET"}),
            (0.1, "scheme", lambda: {"exact": "http"}),
            (0.1, "authority", self.text),
            (0.15, "port", lambda: self.one(80, 8080)),
            (0.15, "sourceLabels", lambda: {"app": self.one("a", "b")}),
            (0.15, "sourceNamespace", lambda: self.one("ns1", "ns2")),
            (0.1, "gateways", lambda: self.one(["mesh"], ["gw"], ["mesh", "ns1/gw"])),
            (0.1, "ignoreUriCase", lambda: True),
            (0.1, "name", lambda: "m"),
        ):
            if self.often(share):
                match[member] = value()
        return match

    def destination(self):
        to = {"host": self.one("a.com", "b.com", "x.a.com", "svc", "svc.ns1.svc.cluster.local", "nowhere.com", "A.com", "ext")}
        to.update(
            self.one({}, {"port": {"number": self.one(80, 8080, 9000)}}), **self.one({}, {}, {"subset": self.one("v1", "v2")})
        )
        return to

    def headers(self):
        return {
            side: self.one({"set": {"x-s": "1"}}, {"add": {"x-d": "2"}}, {"remove": ["x-r"]})
            for side in self.maker.some(["request", "response"], 0, 2)
        }

    def rule(self):
        rule = self.one({}, {"name": f"r{self.maker.random.randint(0, 9)}"})
        if self.often(.7):
            rule["match"] = [self.match() for _ in range(self.one(1, 2))]
        if self.often(.2):
            rule["headers"] = self.headers()
        action = self.maker.random.random()
        if action < .1:
            rule["redirect"] = {
                **self.one({"uri": "/n"}, {"authority": "n.com"}),
                **self.one(
                    {},
                    {"redirectCode": 308},
                    {"scheme": "https"},
                    {"port": 8443},
                    {"derivePort": self.one("FROM_REQUEST_PORT", "FROM_PROTOCOL_DEFAULT")},
                ),
            }
        elif action < .15:
            rule["directResponse"] = {"status": self.one(200, 404, 503), **self.one({}, {"body": {"string": "hi"}})}
        else:
            weights = self.one([0], [20, 0, 1], [50, 50])
            rule["route"] = [
                {
                    "destination": self.destination(),
                    **({"weight": weight} if weight else {}),
                    **self.one({}, {}, {"headers": self.headers()}),
                }
                for weight in weights
            ]
            for share, member, value in (
                (
                    0.2,
                    "rewrite",
                    lambda: self.one(
                        {"uri": "/n"}, {"authority": "n.com"}, {"uriRegexRewrite": {"match": "/(a)", "rewrite": "/\\1x"}}
                    ),
                ),
                (0.2, "timeout", lambda: self.one("5s", "1.5s")),
                (
                    0.2,
                    "retries",
                    lambda: self.one(
                        {"attempts": 0},
                        {"attempts": 2, "perTryTimeout": "2s", "retryOn": "5xx,503"},
                        {"attempts": 1, "retryRemoteLocalities": True},
                    ),
                ),
                (0.1, "mirror", self.destination),
                (0.1, "corsPolicy", lambda: {"allowOrigins": [{"exact": "https://a"}], "allowMethods": ["GET"]}),
                (
                    0.1,
                    "fault",
                    lambda: self.one(
                        {"delay": {"fixedDelay": "1s", "percentage": {"value": 0.5}}},
                        {"abort": {"httpStatus": 500, "percentage": {"value": 10}}},
                    ),
                ),
            ):
                if self.often(share):
                    rule[member] = value()
        return rule

    def rules(self):
        rules = [self.rule() for _ in range(self.maker.random.randint(1, 3))]
        if self.often(.3):
            match = self.one({}, {"match": [self.match()]})
            rules.insert(
                0,
                dict(
                    match,
                    delegate={"name": self.one("leaf", "leaf2", "gone"), **self.one({}, {"namespace": self.maker.namespace()})},
                ),
            )
        return rules


def routes(maker, name):
    rules = Rules(maker)
    for number, host in enumerate(maker.some(["a.com", "b.com", "x.a.com", "*.a.com", "*.com"], 2, 4)):
        ports = [
            {"number": 80, "name": "http", "protocol": "HTTP"},
            {"number": 8080, "name": "x", "protocol": maker.one("HTTP", "", "GRPC")},
            {"number": 9000, "name": "tcp", "protocol": "TCP"},
        ][: maker.random.randint(1, 3)]
        spec = {"hosts": [host], "ports": ports, "resolution": "NONE" if "*" in host else maker.one("STATIC", "DNS", "NONE")}
        if spec["resolution"] != "NONE":
            spec["endpoints"] = [
                {
                    "address": f"1.1.1.{number + 1}" if spec["resolution"] == "STATIC" else f"e{number}.com",
                    "labels": {"version": "v1"},
                }
            ]
        if maker.often(.3):
            spec["addresses"] = [f"10.0.0.{number + 1}"]
        if maker.often(.2):
            spec["exportTo"] = maker.one(["."], ["ns1"])
        maker.add("ServiceEntry", f"se{number}", maker.namespace(), spec)
    if maker.often(.6):
        maker.add("Service", "svc", "ns1", {"clusterIP": maker.one("10.20.0.1", "None"), "selector": {"app": "svc"},
                                            "ports": [{"name": "http", "port": 80}, {"name": "http-2", "port": 8080}]})
    if maker.often(.3):
        maker.add(
            "Service",
            "ext",
            "ns1",
            {
                "type": "ExternalName",
                "externalName": maker.one("a.com", "svc.ns1.svc.cluster.local"),
                "ports": [{"name": "http", "port": 80}],
            },
        )
    for number in range(maker.random.randint(0, 2)):
        policy = {
            "loadBalancer": maker.one(
                {"consistentHash": {"httpHeaderName": "x-h"}},
                {"consistentHash": {"useSourceIp": True}},
                {"simple": "ROUND_ROBIN"},
            )
        }
        maker.add(
            "DestinationRule",
            f"dr{number}",
            maker.namespace(),
            {
                "host": maker.one("a.com", "b.com", "*.com", "svc"),
                **maker.one({}, {"trafficPolicy": policy}),
                "subsets": [
                    {"name": "v1", "labels": {"version": "v1"}, **maker.one({}, {"trafficPolicy": policy})},
                    {"name": "v2", "labels": {"version": "v2"}},
                ],
            },
        )
    for number in range(maker.random.randint(1, 4)):
        host = maker.one(
            "a.com",
            "b.com",
            "x.a.com",
            "y.a.com",
            "*.a.com",
            "*.com",
            "svc",
            "svc.ns1",
            "svc.ns1.svc.cluster.local",
            "A.com",
            "10.0.0.7",
        )
        maker.add(
            "VirtualService",
            f"vs{number}",
            maker.namespace(),
            {
                "hosts": [host],
                "http": rules.rules(),
                **maker.one({}, {}, {"gateways": maker.one(["mesh"], ["gw"], ["mesh", "gw"])}),
                **maker.one({}, {}, {"exportTo": maker.one(["."], ["ns1"], ["*"])}),
            },
        )
    for leaf in ("leaf", "leaf2"):
        if maker.often(.5):
            maker.add(
                "VirtualService",
                leaf,
                maker.namespace(),
                {"http": [rules.rule() for _ in range(maker.one(1, 2))], **maker.one({}, {}, {"exportTo": ["."]})},
            )
    if maker.often(.3):
        egress = maker.one(
            [],
            [
                {
                    "hosts": [maker.one("*/*", "./*")],
                    "port": {"number": maker.one(80, 3128), "name": "x", "protocol": maker.one("HTTP", "HTTP_PROXY")},
                }
            ],
        )
        egress.append({"hosts": maker.one(["*/*"], ["./*", "ns1/a.com"], ["ns1/*"], ["*/*.com"], ["~ns2/*", "*/*"])})
        maker.add(
            "Sidecar", "s", "ns1", {"egress": egress, **maker.one({}, {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})}
        )
    config = maker.one(
        {},
        {},
        {"proxyHttpPort": 15080},
        {"pathNormalization": {"normalization": maker.one("NONE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES")}},
    )
    hosts = [
        "a.com",
        "b.com",
        "x.a.com",
        "y.a.com",
        "z.com",
        "svc",
        "svc.ns1",
        "A.COM",
        "10.0.0.7",
        "10.0.0.1",
        "other.org",
        "a.com:80",
    ]
    return maker.case(
        name,
        config,
        [
            maker.call(hosts, [80, 80, 8080, 9000, 15080], ["/", "/a", "/a/b", "/12", "/a?q=v1", "//a", "/a%2Fb", "/a/./b"])
            for _ in range(12)
        ],
    )


def server(maker, number):
    """One server of a Gateway."""
    protocol = maker.one("HTTP", "HTTP", "HTTP", "HTTPS", "HTTPS", "HTTPS", "TLS", "TCP", "TCP", "GRPC", "HTTP2", "MONGO")
    hosts = maker.some(["a.com", "b.com", "x.a.com", "*.a.com", "*.com", "*", "ns1/a.com", "ns2/*.a.com", "./b.com", "*/x.a.com",
                        "A.com", "ns1/*", "svc.ns1.svc.cluster.local"], 1, 3)
    made = {"port": {"number": maker.one(80, 80, 443, 443, 8080, 9000), "name": f"{protocol.lower()}-{number}", "protocol": protocol},
            "hosts": hosts}
    if protocol in ("HTTPS", "TLS"):
        made["tls"] = maker.one(
            {"mode": "SIMPLE", "credentialName": "c"},
            {"mode": "SIMPLE", "credentialName": "d", "httpsRedirect": True},
            {"mode": "MUTUAL", "credentialName": "kubernetes://m", "subjectAltNames": ["spiffe://x"]},
            {"mode": "OPTIONAL_MUTUAL", "serverCertificate": "/c", "privateKey": "/k", "caCertificates": "/ca"},
            {"mode": "ISTIO_MUTUAL"},
            {"mode": "PASSTHROUGH"},
            {"mode": "PASSTHROUGH"},
            {"mode": "AUTO_PASSTHROUGH"},
            {"mode": "SIMPLE", "credentialName": "c", "minProtocolVersion": "TLSV1_2", "cipherSuites": ["ECDHE-RSA-AES256-GCM-SHA384"]},
        )
    elif protocol == "HTTP" and maker.often(.25):
        made["tls"] = {"httpsRedirect": True}
    if maker.often(.15):
        made["bind"] = maker.one("10.9.0.1", "0.0.0.0", "10.9.0.2")
    return made


class GatewayRules(Rules):
    def match(self):
        match = super().match()
        if self.often(.3):
            match["gateways"] = self.one(["gw0"], ["ns1/gw1"], ["mesh", "ns1/gw0"])
        if self.often(.2):
            match["port"] = self.one(80, 443, 8080)
        if self.often(.15):
            name = self.one(".group", "[group]", "[o][p]", ".o.p", "[a.b/c]")
            match[self.one("headers", "withoutHeaders")] = {"@request.auth.claims" + name: self.text()}
        return match


def gateways(maker, name):
    rules = GatewayRules(maker)
    for number in range(maker.random.randint(1, 3)):
        maker.add(
            "Gateway",
            f"gw{number}",
            maker.namespace(),
            {
                **maker.one({}, {"selector": {"istio": "ingress"}}, {"selector": {"istio": "ingress"}}, {"selector": {"istio": "other"}}),
                "servers": [server(maker, place) for place in range(maker.random.randint(1, 4))],
            },
        )
    for number, host in enumerate(maker.some(["a.com", "b.com", "x.a.com", "*.a.com", "*.com"], 1, 3)):
        spec = {
            "hosts": [host],
            "ports": [
                {"number": 80, "name": "http", "protocol": "HTTP"},
                {"number": 443, "name": "tls", "protocol": maker.one("TLS", "HTTPS", "TCP")},
                {"number": 9000, "name": "tcp", "protocol": "TCP"},
            ][: maker.random.randint(1, 3)],
            "resolution": "NONE" if "*" in host else maker.one("STATIC", "DNS", "NONE"),
            "location": maker.one("MESH_INTERNAL", "MESH_EXTERNAL"),
        }
        if spec["resolution"] != "NONE":
            labels = {"version": "v1", **maker.one({}, {"security.istio.io/tlsMode": "istio"})}
            address = f"1.1.1.{number + 1}" if spec["resolution"] == "STATIC" else f"e{number}.com"
            spec["endpoints"] = [{"address": address, "labels": labels}]
        if maker.often(.2):
            spec["exportTo"] = maker.one(["."], ["ns1"], ["ns2"])
        maker.add("ServiceEntry", f"se{number}", maker.namespace(), spec)
    if maker.often(.6):
        maker.add("Service", "svc", "ns1", {"clusterIP": "10.20.0.1", "selector": {"app": "svc"},
                                            "ports": [{"name": "http", "port": 80, "targetPort": 80}, {"name": "http-2", "port": 8080, "targetPort": 8080}]})
    if maker.often(.6):  # moves ports of the gateway
        ports = [{"name": f"p{port}", "port": port, "targetPort": maker.one(port, port + 8000, 8080)}
                 for port in maker.some([80, 443, 8080, 9000], 1, 3)]
        maker.add("Service", "ingress", maker.one("ns1", "ns1", "ns2"),
                  {"clusterIP": "10.20.0.2", "selector": maker.one({"istio": "ingress"}, {"istio": "other"}), "ports": ports})
    if maker.often(.2):
        maker.add("WorkloadEntry", "gwe", maker.namespace(),
                  {"address": "10.9.0.1", "labels": {"istio": "ingress"}, **maker.one({}, {"ports": {"p80": 8081}})})
    for number in range(maker.random.randint(0, 2)):
        maker.add(
            "DestinationRule",
            f"dr{number}",
            maker.namespace(),
            {
                "host": maker.one("a.com", "b.com", "*.com", "svc"),
                **maker.one({}, {"trafficPolicy": {"tls": {"mode": maker.one("SIMPLE", "ISTIO_MUTUAL", "DISABLE")}}},
                            {"trafficPolicy": {"connectionPool": {"tcp": {"idleTimeout": "7s", "maxConnections": 3}}}},
                            {"trafficPolicy": {"loadBalancer": {"consistentHash": {"useSourceIp": True}}}}),
                "subsets": [{"name": "v1", "labels": {"version": "v1"}}, {"name": "v2", "labels": {"version": "v2"}}],
            },
        )
    for number in range(maker.random.randint(1, 5)):
        hosts = maker.some(["a.com", "b.com", "x.a.com", "y.a.com", "*.a.com", "*.com", "svc", "svc.ns1.svc.cluster.local", "A.com"], 1, 2)
        to = {"route": [{"destination": rules.destination()}]}
        spec = {"hosts": hosts, "gateways": maker.some(["gw0", "gw1", "ns1/gw0", "ns2/gw0", "ns1/gw1", "mesh", "gw2"], 1, 3)}
        if maker.often(.75):
            spec["http"] = rules.rules()
        if maker.often(.3):
            spec["tcp"] = [dict(to, **maker.one({}, {"match": [maker.one({"port": 9000}, {"port": 80}, {"gateways": ["gw0"]})]}))
                           for _ in range(maker.one(1, 2))]
        if maker.often(.35) or ("http" not in spec and "tcp" not in spec):
            spec["tls"] = [
                dict(to, match=[dict(sniHosts=maker.some([host for host in hosts if host[0] != "*"] or ["q.a.com"], 1, 2),
                                     **maker.one({}, {}, {"port": 443}))])
                for _ in range(maker.one(1, 1, 2))
            ]
            for rule in spec["tls"]:  # an SNI is within the hosts
                for match in rule["match"]:
                    match["sniHosts"] = [
                        host for host in match["sniHosts"]
                        if any(host == each or each[0] == "*" and host.endswith(each[1:]) for each in hosts)
                    ] or hosts[:1]
        if maker.often(.2):
            spec["exportTo"] = maker.one(["."], ["ns1"], ["*"])
        maker.add("VirtualService", f"vs{number}", maker.namespace(), spec)
    for leaf in ("leaf", "leaf2"):
        if maker.often(.3):
            maker.add("VirtualService", leaf, maker.namespace(), {"http": [rules.rule() for _ in range(maker.one(1, 2))]})
    routers = [
        {"id": "ingress", "namespace": "ns1", "type": "router", "labels": {"istio": "ingress"}, "ip": "10.9.0.1", "unprivileged": maker.often(.2)},
        {"id": "other", "namespace": "ns2", "type": "router", "labels": {"istio": "other", "app": "x"}, "ip": "10.9.0.2"},
    ]
    calls = []
    for _ in range(14):
        call = maker.call(["a.com", "b.com", "x.a.com", "y.a.com", "z.com", "A.COM", "a.com:80", "svc.ns1.svc.cluster.local"],
                          [80, 80, 443, 443, 8080, 9000, 8443, 8081], ["/", "/a", "/a/b", "/12", "/a?q=v1", "//a", "/a/./b"])
        call["proxy"] = maker.one("ingress", "ingress", "other")
        call["address"] = "10.9.0.1" if call["proxy"] == "ingress" else "10.9.0.2"
        if call["port"] in (443, 8443):
            call.update(tls=True)
        call.update(maker.one({}, {}, {"client_cert": True}, {"no_sni": True} if call.get("tls") else {}))
        if call.get("no_sni"):
            call.pop("sni", None)
        calls.append(call)
    case = maker.case(name, {}, calls)
    case["proxies"] = routers + [case["proxies"][0]]
    case["options"].update(maker.one({}, {}, {}, {"scope_gateway_to_namespace": True}, {"filter_gateway_cluster_config": True}))
    return case


KINDS = {"listeners": listeners, "routes": routes, "gateways": gateways}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle")
    parser.add_argument("conformance")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=["listeners", "routes", "gateways"])
    parser.add_argument("--keep", help="a folder for the cases and the answers")
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    folder = given.keep or tempfile.mkdtemp(prefix="mesh_differential.")
    for group in ("resolution", "random", "examples"):  # the layout that the conformance program reads
        for part in ("cases", "expected"):
            os.makedirs(os.path.join(folder, group, part), exist_ok=True)
    files = []
    for number in range(given.count):
        make = KINDS[given.kind or list(KINDS)[number % len(KINDS)]]
        name = f"{make.__name__}_{given.seed}_{number}"
        files.append(os.path.join(folder, "random", "cases", name + ".json"))
        with open(files[-1], "w", encoding="utf-8") as file:
            json.dump(make(Maker(f"{given.seed}/{number}"), name), file)
    for at in range(0, len(files), 100):
        subprocess.run(
            [given.oracle, "eval", "-out", os.path.join(folder, "random", "expected"), *files[at : at + 100]],
            check=False,
            stdout=subprocess.DEVNULL,
        )
    failed = 0
    for what in ("view", "calls"):
        open(os.path.join(folder, f"known_gaps_{what}.txt"), "w", encoding="utf-8").close()
        failed |= subprocess.run([given.conformance, what, folder, "--show", str(given.show)], check=False).returncode
    print("cases and answers are in", folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
