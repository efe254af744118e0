#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random servers and calls to them, answered by meshroute, by Istio's control plane and by a real Envoy; what differs is printed.

    inbound_differential.py ORACLE [--count N] [--seed S] [--envoy SCRIPT] [--keep DIR] [--show N]

ORACLE is a program that reads a case (see tests/conformance/inbound) and writes the answer of Istio's control plane, as
`xdsoracle eval -out DIR CASE.json…` does (Go, istio.io/istio). SCRIPT makes the calls of such answers in a real Envoy under the
chains that `eval -raw` wrote, and compares what happens with each call's `eval`, as `inbound_truth.py --check` does: here `eval`
is meshroute's own verdict, and ENVOY_BIN names the Envoy. meshroute is the Python package (PYTHONPATH, MESHROUTE_LIBRARY). Run by
hand. A mesh mixes services, mutual TLS modes of all levels and ports, ingress of Sidecars, policies of all actions, token rules
and providers; each is asked connections that its ports, policies and tokens are about, and requests from client to server.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile

import meshroute

UNREAD = {"alpn", "cert", "ca", "stat_prefix", "chain_index", "http_differs", "tcp_differs"}  # of a section
ANSWER = [
    "listener", "chain", "kind", "tls", "peer", "allowed", "error", "action", "policy", "jwt", "status", "grpc_status", "cluster",
    "virtual_host", "route", "request_principal", "remote_ip", "audit", "asked", "dry_run",
]  # fmt: skip
HOP = ["cluster", "address", "port", "source_ip", "tls", "match", "sni", "server_sans", "server", "result"]
OUTBOUND = ["listener", "filter_chain", "route_config", "virtual_host", "route", "route_index", "cluster", "weighted_clusters", "error"]
NAMESPACES = ["a", "b"]
ROOT = "istio-system"
PORTS = {8080: ("http", 80, "HTTP"), 9090: ("tcp", 90, "TCP"), 7070: ("auto", 70, ""), 6060: ("grpc", 82, "GRPC")}
PROVIDERS = [
    {"name": "ext", "envoyExtAuthzHttp": {"service": "authz.a.mesh", "port": 8000}},
    {"name": "ext-fail-open", "envoyExtAuthzHttp": {"service": "authz.a.mesh", "port": 8000, "failOpen": True}},
    {"name": "ext-grpc", "envoyExtAuthzGrpc": {"service": "authz-grpc.a.mesh", "port": 9000}},
    {"name": "ext-lost", "envoyExtAuthzGrpc": {"service": "nowhere.mesh", "port": 9000}},
    {"name": "log", "envoyOtelAls": {"service": "authz.a.mesh", "port": 8000}},
]


def jwks(name):
    key = base64.urlsafe_b64encode(f"meshroute test key of {name}".encode()).decode().rstrip("=")
    return json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": key}]}, separators=(",", ":"))


class Maker:
    def __init__(self, seed, number):
        self.random = random.Random(f"{seed}/{number}")
        self.number = number
        self.documents, self.servers, self.used = [], [], set()

    def one(self, *choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def some(self, choices, least, most):
        return self.random.sample(choices, self.random.randint(least, min(most, len(choices))))

    def add(self, kind, name, namespace, spec, annotations=None, labels=None):
        group = {"Service": "v1", "Pod": "v1", "EndpointSlice": "discovery.k8s.io/v1"}.get(kind)
        if group is None:
            security = kind in ("PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication")
            group = "security.istio.io/v1" if security else "networking.istio.io/v1"
        meta = {"name": name, "namespace": namespace, "creationTimestamp": f"2024-01-01T00:00:{self.random.randint(1, 40):02}Z"}
        if annotations:
            meta["annotations"] = annotations
        if labels:
            meta["labels"] = labels
        document = {"apiVersion": group, "kind": kind, "metadata": meta}
        document.update(spec if kind in ("EndpointSlice", "Pod") else {"spec": spec})
        self.documents.append(document)

    def server(self, index):
        name, space = f"s{index}", self.one(*NAMESPACES)
        labels = {"app": name, "v": self.one("1", "2")}
        ip = f"10.{self.number // 200 % 50 + 1}.{self.number % 200}.{index + 5}"
        account = self.one("app", "s", "")
        ports = self.some(sorted(PORTS), 1, 4)
        if self.often(.5):
            selector = dict(labels) if self.often(.5) else {"app": name}
            listed = [dict({"name": PORTS[p][0], "port": PORTS[p][1], "targetPort": p},
                           **({"appProtocol": PORTS[p][2].lower()} if PORTS[p][2] else {})) for p in ports]
            address = "None" if self.often(.15) else f"172.{ip[3:]}"
            self.add("Service", name, space, {"clusterIP": address, "selector": selector, "ports": listed})
            if self.often(.2):  # a second one on the same ports
                other = [dict(port, name="tcp-" + port["name"], appProtocol=self.one("tcp", "http")) for port in listed]
                self.add("Service", name + "-too", space, {"clusterIP": f"172.30.{ip.rsplit('.', 2)[1]}.{index + 5}",
                                                           "selector": selector, "ports": other})
                self.slice(name + "-too", space, ip, ports, "tcp-")
            self.add("Pod", name + "-1", space, {
                "spec": {"containers": [{"name": "app", "image": "x"}], "serviceAccountName": account or "default"},
                "status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}],
                           "conditions": [{"type": "Ready", "status": "True"}]}},
                labels=dict(labels, **{"security.istio.io/tlsMode": self.one("istio", "istio", "disabled")}))
            self.slice(name, space, ip, ports, "")
            account = account or "default"
        else:
            self.add("ServiceEntry", name, space, {
                "hosts": [f"{name}.{space}.mesh"], "addresses": [f"240.{ip[3:]}"], "location": "MESH_INTERNAL", "resolution": "STATIC",
                "workloadSelector": {"labels": {"app": name}},
                "ports": [{"number": PORTS[p][1], "name": PORTS[p][0], "targetPort": p,
                           **({"protocol": PORTS[p][2]} if PORTS[p][2] else {})} for p in ports]})
            self.add("WorkloadEntry", name, space, {
                "address": ip, "labels": dict(labels, **self.one({}, {"security.istio.io/tlsMode": "istio"})),
                **({"serviceAccount": account} if account else {})})
        if self.often(.25):
            self.ingress(name, space, ports, ip)
        self.servers.append({"id": name, "namespace": space, "labels": labels, "ip": ip, "service_account": account or "default"})

    def slice(self, name, space, ip, ports, prefix):
        self.add("EndpointSlice", name + "-abc", space, {
            "addressType": "IPv4", "endpoints": [{"addresses": [ip], "conditions": {"ready": True}}],
            "ports": [{"name": prefix + PORTS[p][0], "port": p, "protocol": "TCP"} for p in ports]},
            labels={"kubernetes.io/service-name": name})

    def ingress(self, name, space, ports, ip):
        listeners = []
        for port in self.some(ports + [5555], 1, 3):
            one = {"port": {"number": port, "protocol": self.one("HTTP", "TCP", "GRPC", "HTTPS"), "name": f"p{port}"},
                   "defaultEndpoint": self.one(f"127.0.0.1:{port}", "0.0.0.0:3000", f"unix:///tmp/{name}", f"{ip}:{port}"
                                               if self.often(0) else "127.0.0.1:4000")}
            if self.often(.2):
                one.update(captureMode="NONE", bind=self.one(ip, "0.0.0.0"))
            listeners.append(one)
        self.add("Sidecar", name, space, {"workloadSelector": {"labels": {"app": name}}, "ingress": listeners})

    def selector(self):
        server = self.one(*self.servers)
        return self.one({}, {}, {"selector": {"matchLabels": {"app": server["labels"]["app"]}}}, {"selector": {"matchLabels": {"v": "1"}}})

    def space(self):
        return self.one(*NAMESPACES, *NAMESPACES, ROOT)

    def peer_authentication(self, index):
        mode = lambda: self.one("STRICT", "STRICT", "PERMISSIVE", "DISABLE", "UNSET")  # noqa: E731
        spec, space = self.selector(), self.space()
        if space == ROOT:
            spec = {}
        if self.often(.85):
            spec["mtls"] = {"mode": mode()}
        if spec.get("selector") and self.often(.6):
            spec["portLevelMtls"] = {str(p): {"mode": mode()} for p in self.some([*PORTS, 80, 5555], 1, 2)}
        self.add("PeerAuthentication", f"pa{index}", space, spec)

    def token_rules(self, index):
        rules = []
        for issuer in self.some(["issuer-a", "issuer-b", "issuer-c"], 1, 2):
            rule = {"issuer": issuer, "jwks": jwks(issuer)}
            if self.often(.3):
                rule["audiences"] = self.some(["aud1", "aud2"], 1, 2)
            if self.often(.3):
                rule["fromHeaders"] = [{"name": self.one("x-token", "authorization"), **self.one({}, {"prefix": "Token "})}]
            if self.often(.15):
                rule["fromParams"] = ["token"]
            if self.often(.1):
                rule["fromCookies"] = ["session"]
            if self.often(.3):
                rule["forwardOriginalToken"] = True
            if self.often(.2):
                rule["outputClaimToHeaders"] = [{"header": "x-sub", "claim": self.one("sub", "org.unit")}]
            if self.often(.1):
                rule["outputPayloadToHeader"] = "x-payload"
            rules.append(rule)
        self.add("RequestAuthentication", f"ra{index}", self.space(), dict(self.selector(), jwtRules=rules))

    def names(self, *choices):
        return self.some(list(choices), 1, 3)

    def source(self):
        source = {}
        for share, field, values in (
            (.3, "principals", ["cluster.local/ns/x/sa/y", "*", "*/sa/y", "cluster.local/ns/a/*", "old/ns/a/sa/z"]),
            (.12, "requestPrincipals", ["issuer-a/sub-a", "issuer-a/*", "*", "*/sub-b"]),
            (.3, "namespaces", ["x", "a", "*-1", "b*"]),
            (.15, "ipBlocks", ["10.98.0.0/16", "10.99.0.9", "172.16.0.0/12"]),
            (.15, "remoteIpBlocks", ["10.98.0.0/16", "172.16.5.5"]),
            (.15, "serviceAccounts", ["y", "x/y", "a/z"]),
        ):
            if self.often(share):
                negated = "not" + field[0].upper() + field[1:]
                if field == "serviceAccounts" and {"principals", "notPrincipals", "namespaces", "notNamespaces"} & set(source):
                    continue
                source[negated if self.often(.3) else field] = self.names(*values)
        return source or {"namespaces": ["x"]}

    def operation(self):
        operation = {}
        for share, field, values in (
            (.25, "hosts", ["app", "a.example.com*", "*.example.com", "b.example.com:8080", "A.EXAMPLE.com"]),
            (.3, "ports", ["8080", "9090", "7070", "80", "5555"]),
            (.3, "methods", ["GET", "POST", "P*", "*"]),
            (.35, "paths", ["/a", "/a*", "*/x", "/{*}/b", "/admin/{**}", "*"]),
        ):
            if self.often(share):
                operation["not" + field[0].upper() + field[1:] if self.often(.25) else field] = self.names(*values)
        return operation or {"methods": ["GET"]}

    def condition(self):
        key, values = self.one(
            ("source.ip", ["10.98.0.0/16", "10.99.0.9"]), ("remote.ip", ["10.98.0.0/16", "172.16.5.5"]),
            ("source.namespace", ["x", "a", "x-1"]), ("source.principal", ["cluster.local/ns/x/sa/y", "*"]),
            ("source.serviceAccount", ["x/y", "a/z"]), ("request.headers[x-team]", ["red", "gr*", "*"]),
            ("request.headers[User-Agent]", ["curl*"]), ("request.auth.principal", ["issuer-a/sub-a", "*"]),
            ("request.auth.audiences", ["aud1"]), ("request.auth.presenter", ["me"]), ("request.auth.claims[groups]", ["dev", "ops*"]),
            ("request.auth.claims[org][unit]", ["u1"]), ("destination.ip", ["10.0.0.0/8", "172.16.0.0/12"]),
            ("destination.port", ["8080", "9090"]), ("connection.sni", ["other.example.com", "*"]))  # fmt: skip
        which = self.one(["values"], ["values"], ["notValues"], ["values", "notValues"])
        return {"key": key, **{name: self.some(values, 1, 2) for name in which}}

    def policy(self, index):
        action = self.one("ALLOW", "ALLOW", "DENY", "DENY", "AUDIT", "CUSTOM", "")
        spec, annotations = self.selector(), None
        if action:
            spec["action"] = action
        if action == "CUSTOM":
            spec["provider"] = {"name": self.one("ext", "ext", "ext-grpc", "ext-fail-open", "ext-lost", "log", "missing")}
        elif action in ("ALLOW", "DENY", "") and self.often(.15):
            annotations = {"istio.io/dry-run": "true"}
        rules = []
        for _ in range(self.random.randint(0 if action in ("ALLOW", "") else 1, 3)):
            rule = {}
            if self.often(.6):
                rule["from"] = [{"source": self.source()} for _ in range(self.one(1, 1, 2))]
            if self.often(.6):
                rule["to"] = [{"operation": self.operation()} for _ in range(self.one(1, 1, 2))]
            if self.often(.4):
                rule["when"] = [self.condition() for _ in range(self.one(1, 1, 2))]
            rules.append(rule)
        if rules:
            spec["rules"] = rules
        self.add("AuthorizationPolicy", f"p{index}", self.space(), spec, annotations)

    def token(self):
        claims = {"iss": self.one("issuer-a", "issuer-b", "issuer-z"), "sub": self.one("sub-a", "sub-b")}
        if self.often(.4):
            claims.update(self.one({"groups": ["dev"]}, {"groups": "ops-1"}, {"org": {"unit": "u1"}}, {"azp": "me"}, {"scope": "r w"}))
        if self.often(.4):
            claims["aud"] = self.one("aud1", ["aud1", "x"], ["x"])
        return claims

    def call(self):
        server = self.one(*self.servers)
        call = {"mode": "inbound", "proxy": server["id"], "port": self.one(*PORTS, *PORTS, 5555, 15006 if self.often(.1) else 8080),
                "protocol": self.one("http", "http", "http", "http2", "tcp"), "tls": self.one("none", "mutual", "mutual", "simple")}
        if call["tls"] == "mutual":
            call["identity"] = self.one("spiffe://cluster.local/ns/x/sa/y", "spiffe://cluster.local/ns/a/sa/z",
                                        "spiffe://old/ns/a/sa/z", "spiffe://cluster.local/ns/x-1/sa/y", "spiffe://else/ns/x/sa/y")
        if call["tls"] != "none" and self.often(.3):
            call["sni"] = "other.example.com"
        if self.often(.4):
            call["source_ip"] = self.one("10.98.3.4", "10.99.0.9", "172.16.5.5")
        if call["protocol"] != "tcp":
            call.update(path=self.one("/a", "/a/b", "/b", "/admin/x", "/a//b", "/a/../admin", "/a?token=1", "/a%2Fb", "/x"),
                        method=self.one("GET", "POST", "PUT", "HEAD"),
                        host=self.one("app", "a.example.com", "b.example.com:8080", "A.EXAMPLE.com:80"))
            headers = {}
            for share, name, values in ((.4, "x-team", ["red", "green", "blue"]), (.2, "user-agent", ["curl/8"]),
                                        (.2, "x-forwarded-for", ["10.98.3.4", "172.16.5.5", "10.98.3.4, 10.99.0.1"]),
                                        (.1, "content-type", ["application/grpc"])):
                if self.often(share):
                    headers[name] = self.one(*values)
            if headers:
                call["headers"] = headers
            if self.often(.45):
                call["jwt"] = self.one(self.token(), self.token(), self.token(), "invalid", "a.b.c")
            if self.often(.1):
                place = self.one({"header": "x-token"}, {"header": "x-token", "prefix": "Token "}, {"param": "token"},
                                 {"cookie": "session"})
                call["tokens"] = [dict(place, claims=self.token())]
        if self.often(.3):
            call["ext_authz"] = self.one("deny", "error")
        return call

    def journey(self):
        client, server = self.one(*self.servers), self.one(*self.servers)
        service = [d for d in self.documents if d["metadata"]["name"] == server["id"] and d["kind"] in ("Service", "ServiceEntry")][0]
        spec = service["spec"]
        host = spec["hosts"][0] if "hosts" in spec else f"{server['id']}.{server['namespace']}.svc.cluster.local"
        address = spec.get("addresses", [spec.get("clusterIP")])[0]
        if address == "None":
            address = server["ip"]
        port = self.one(*spec["ports"])
        return {"mode": "end_to_end", "proxy": client["id"], "address": address, "port": port.get("number", port.get("port")),
                "protocol": "tcp" if port["name"].startswith("tcp") else self.one("http", "http2"), "host": host,
                "path": self.one("/a", "/a/b", "/admin/x"), "method": self.one("GET", "POST"),
                "headers": self.one({}, {"x-team": "red"})}

    def case(self, name):
        for host, address, port, protocol in (("authz", "10.250.0.1", 8000, "HTTP"), ("authz-grpc", "10.250.0.2", 9000, "GRPC")):
            self.add("ServiceEntry", host, "a", {
                "hosts": [host + ".a.mesh"], "location": "MESH_INTERNAL", "resolution": "STATIC", "endpoints": [{"address": address}],
                "ports": [{"number": port, "name": protocol.lower(), "protocol": protocol}]})
        for index in range(self.random.randint(1, 3)):
            self.server(index)
        for index in range(self.random.randint(0, 4)):
            self.peer_authentication(index)
        for index in range(self.one(0, 0, 1, 2)):
            self.token_rules(index)
        for index in range(self.random.randint(0, 6)):
            self.policy(index)
        if self.often(.3):
            server = self.one(*self.servers)
            host = f"{server['id']}.{server['namespace']}." + self.one("svc.cluster.local", "mesh")
            mode = self.one("DISABLE", "ISTIO_MUTUAL", "SIMPLE")
            self.add("DestinationRule", "d", server["namespace"], {"host": host, "trafficPolicy": {"tls": {"mode": mode}}})
        config = {"extensionProviders": PROVIDERS}
        if self.often(.3):
            config["trustDomainAliases"] = self.one(["old"], ["old", "other"])
        if self.often(.3):
            config["pathNormalization"] = {"normalization": self.one("NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES")}
        calls = [self.call() for _ in range(24)] + [self.journey() for _ in range(3)]
        return {"id": name, "title": name, "group": "differential", "mesh_config": config, "options": {"inbound": True},
                "proxies": self.servers, "calls": calls,
                "config_yaml": "\n---\n".join(json.dumps(each) for each in self.documents)}


def without(value):
    if isinstance(value, dict):
        return {key: without(each) for key, each in value.items() if key not in UNREAD}
    return [without(each) for each in value] if isinstance(value, list) else value


def kept(answer, keys):
    return {key: answer[key] for key in keys if answer.get(key) not in (None, "", [])}


def decided(answer):
    """An answer without Envoy's words for a token that is no JWT: only Envoy says which of them comes first (--envoy)."""
    made = kept(answer, ANSWER)
    return dict(made, jwt="…") if made.get("action") == "JWT" and made.get("jwt") else made


def hops(journey):
    return {"outbound": kept(journey["outbound"], OUTBOUND),
            "endpoints": [dict(kept(hop, HOP), **({"inbound": kept(hop["inbound"], ANSWER)} if hop.get("inbound") else {}))
                          for hop in journey.get("endpoints", [])]}


class Score:
    def __init__(self, show):
        self.rows, self.show = {}, show

    def add(self, row, same, name, want=None, got=None):
        counts = self.rows.setdefault(row, [0, 0])
        counts[0 if same else 1] += 1
        if not same and self.show > 0:
            self.show -= 1
            print(f"differs: {row} {name}\n   Istio     {json.dumps(want)[:1500]}\n   meshroute {json.dumps(got)[:1500]}")

    def close(self):
        for row, (good, bad) in sorted(self.rows.items()):
            print(f"{row:<15} {good:>7} of {good + bad:>7}")
        return sum(bad for _, bad in self.rows.values())


def compare(case, answer, score):
    """Puts meshroute's own verdicts in place of those of the answer."""
    mesh = meshroute.Mesh(mesh_config=case["mesh_config"])
    report = mesh.load(case["config_yaml"], name="case.yaml").to_dict()
    refused = any(not document["accepted"] for document in report["documents"])
    score.add("load", refused == bool(answer.get("error")), case["id"], answer.get("error") or "accepted",
              [each for each in report["diagnostics"] if each["severity"] == "error"])
    if refused or answer.get("error"):
        return
    snapshot = mesh.snapshot()
    for proxy, want in zip(case["proxies"], answer["proxies"]):
        view = snapshot.view(proxy)
        sections = view.to_dict()
        for section in ("inbound", "client_tls"):
            both = without(want.get(section)), without(sections.get(section))
            score.add(section, both[0] == both[1], f"{case['id']} {proxy['id']}", *both)
        for entry in want.get("calls") or []:
            name = f"{case['id']} {json.dumps(entry['call'])}"
            if entry["call"]["mode"] == "end_to_end":
                got = hops(snapshot.follow(proxy, entry["call"], servers=case["proxies"]).to_dict())
                score.add("end to end", hops(entry["eval"]) == got, name, hops(entry["eval"]), got)
                for ours, theirs in zip(got["endpoints"], entry["eval"].get("endpoints", [])):
                    theirs["result"] = ours.get("result")
                continue
            got = kept(view.resolve_inbound(entry["call"]).to_dict(), ANSWER)
            explained = kept(view.resolve_inbound(entry["call"], explain=True).to_dict(), ANSWER)
            score.add("calls", decided(entry["eval"]) == decided(got), name, kept(entry["eval"], ANSWER), got)
            score.add("calls, walked", got == explained, name, got, explained)
            entry["eval"] = got


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--envoy", help="the script that makes the calls in a real Envoy")
    parser.add_argument("--keep", help="a folder for the cases and the answers")
    parser.add_argument("--show", type=int, default=10)
    given = parser.parse_args()
    folder = given.keep or tempfile.mkdtemp(prefix="inbound_differential.")
    for part in ("cases", "expected", "raw", "ours", "envoy"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    score, failed = Score(given.show), 0
    for start in range(0, given.count, 50):
        names = [f"inbound_{given.seed}_{number}" for number in range(start, min(start + 50, given.count))]
        files = []
        for name in names:
            case = Maker(given.seed, int(name.rsplit("_", 1)[1])).case(name)
            files.append(os.path.join(folder, "cases", name + ".json"))
            with open(files[-1], "w", encoding="utf-8") as file:
                json.dump(case, file)
        raw = ["-raw", os.path.join(folder, "raw")] if given.envoy else []
        subprocess.run([given.oracle, "eval", "-out", os.path.join(folder, "expected"), *raw, *files], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ours = []
        for name, path in zip(names, files):
            with open(path, encoding="utf-8") as file:
                case = json.load(file)
            expected = os.path.join(folder, "expected", name + ".json")
            if not os.path.exists(expected):
                score.add("oracle", False, name, "an answer", "none")
                continue
            with open(expected, encoding="utf-8") as file:
                answer = json.load(file)
            compare(case, answer, score)
            ours.append(os.path.join(folder, "ours", name + ".json"))
            with open(ours[-1], "w", encoding="utf-8") as file:
                json.dump(answer, file)
        if given.envoy:
            failed |= subprocess.run([sys.executable, given.envoy, "--check", "--raw", os.path.join(folder, "raw"),
                                      "--out", os.path.join(folder, "envoy"), *ours], check=False).returncode
    failed |= score.close() > 0
    print("cases and answers are in", folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
