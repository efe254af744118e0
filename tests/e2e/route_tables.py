# SPDX-License-Identifier: Apache-2.0
"""Random route tables and requests, and whether RouteTable says of them what a real Envoy did."""
import copy
import json
import random

import meshroute

from envoy_process import HOUSEKEEPING, Envoy, find

TYPE = "type.googleapis.com/envoy."
AT_ONCE = 60  # tables: each takes one of the few inotify instances that a user has
CLUSTERS = [f"c{i}" for i in range(6)]
WORDS = ["a", "b", "api", "v1", "img", "Login", "x-y", "a.b", "1"]
NAMES = ["x-a", "x-b", "x-user", "content-type", "user-agent", "accept", "cookie"]
VALUES = ["a", "b", "alice", "Alice", "42", "-7", "", "a,b", "application/grpc", "text/html; q=1", "caf\xe9", "k=v; x=1"]
HOSTS = ["a.example.com", "b.example.com", "x-b.example.com", "example.com", "a.test", "a.b.test", "10.0.0.1", "[::1]"]
DOMAINS = HOSTS + [
    "*.example.com",
    "*b.example.com",
    "*.com",
    "a.*",
    "a.b*",
    "A.Example.org",
    "a.example.com:8080",
    "*.test:80",
    "*",
]
PATHS = ["/", "/a", "/a/", "/api", "/api/", "/api/v1", "/img/x-y", "/Login", "/a.b", "/A", "/api/v1/1"]
REGEXES = ["/a.*", "/api/v[0-9]+", ".*", "/(a|b)(/.*)?", "/[^/]*", "(?i)/login", "/a|/b"]
FORMATS = [
    "plain",
    "%REQ(x-a)%",
    "%REQ(X-B?x-a)%",
    "%REQ(x-user):3%",
    "%PROTOCOL%",
    "100%%",
    "<%REQ(:PATH)%>",
    "%REQ(:authority)%",
    "%REQ(x-none)%",
    "a %REQ(:METHOD)% b",
]


def some(rng, items, most, least=0):
    return [copy.deepcopy(rng.choice(items)) for _ in range(rng.randint(least, most))]


def string_match(rng):
    kind = rng.choice(["exact", "prefix", "suffix", "contains", "safe_regex"])
    if kind == "safe_regex":
        return {"safe_regex": {"regex": rng.choice(["a.*", "[0-9]+", "alice|b", "", ".*", "(?i)ALICE"])}}
    value = rng.choice(VALUES) or "a"
    match = {kind: value if kind == "exact" else value[:2] or "a"}
    if rng.random() < 0.3:
        match["ignore_case"] = True
    return match


def header_match(rng):
    name = rng.choice(NAMES + [":method", ":path", ":authority", "host", "X-Upper", ":scheme"])
    match = {"name": name}
    kind = rng.random()
    if kind < 0.2:
        match["present_match"] = rng.random() < 0.7
    elif kind < 0.35:
        match["range_match"] = {"start": str(rng.choice([-10, 0, 42])), "end": str(rng.choice([43, 100]))}
    elif kind < 0.95:
        match["string_match"] = {"exact": "GET"} if name == ":method" else string_match(rng)
    if rng.random() < 0.3:
        match["invert_match"] = True
    if rng.random() < 0.3:
        match["treat_missing_header_as_empty"] = True
    return match


def query_match(rng):
    match = {"name": rng.choice(["q", "k", "v"])}
    kind = rng.random()
    if kind < 0.4:
        match["present_match"] = rng.random() < 0.7
    elif kind < 0.9:
        match["string_match"] = string_match(rng)
    return match


def fraction(rng):
    return {"default_value": {"numerator": rng.choice([0, 100, 100]), "denominator": "HUNDRED"}}


def route_match(rng):
    kind = rng.random()
    match = {}
    if kind < 0.4:
        match["prefix"] = rng.choice(PATHS + ["", "/ap"])
    elif kind < 0.65:
        match["path"] = rng.choice(PATHS)
    elif kind < 0.8:
        match["path_separated_prefix"] = rng.choice(["/a", "/api", "/api/v1", "/Login"])
    else:
        match["safe_regex"] = {"regex": rng.choice(REGEXES)}
    if rng.random() < 0.25:
        match["case_sensitive"] = False
    if rng.random() < 0.35:
        match["headers"] = [header_match(rng) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.2:
        match["query_parameters"] = [query_match(rng)]
    if rng.random() < 0.15:
        match["runtime_fraction"] = fraction(rng)
    if rng.random() < 0.05:
        match["grpc"] = {}
    return match


def headers_to_add(rng, names):
    added = []
    for _ in range(rng.randint(1, 2)):
        item = {"header": {"key": rng.choice(names), "value": rng.choice(FORMATS)}}
        if rng.random() < 0.7:
            item["append_action"] = rng.choice(
                ["APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS"]
            )
        if rng.random() < 0.2:
            item["keep_empty_value"] = True
        added.append(item)
    return added


def mutations(rng, share):
    result = {}
    if rng.random() < share:
        result["request_headers_to_add"] = headers_to_add(rng, NAMES + ["x-new", "X-New2"])
    if rng.random() < share / 2:
        result["request_headers_to_remove"] = some(rng, ["x-a", "X-B", "user-agent", "x-none"], 2, 1)
    if rng.random() < share:
        result["response_headers_to_add"] = headers_to_add(rng, ["x-answer", "x-more", "content-type", "location"])
    if rng.random() < share / 2:
        result["response_headers_to_remove"] = ["x-answer"]
    return result


def filters(rng):
    result = {}
    if rng.random() < 0.06:
        fault = {"@type": TYPE + "extensions.filters.http.fault.v3.HTTPFault"}
        abort = {"percentage": {"numerator": rng.choice([0, 100]), "denominator": "HUNDRED"}}
        abort["grpc_status" if rng.random() < 0.3 else "http_status"] = (
            rng.choice([0, 5, 14]) if "grpc" in str(abort) else rng.choice([200, 404, 503, 418])
        )
        if "grpc_status" in abort:
            abort["grpc_status"] = rng.choice([5, 14])
        fault["abort"] = abort
        if rng.random() < 0.3:
            fault["headers"] = [header_match(rng)]
        result["envoy.filters.http.fault"] = fault
    if rng.random() < 0.08:
        cors = {
            "@type": TYPE + "extensions.filters.http.cors.v3.CorsPolicy",
            "allow_origin_string_match": [
                rng.choice([{"exact": "http://a.test"}, {"prefix": "http://"}, {"safe_regex": {"regex": "http://.*"}}])
            ],
        }
        if rng.random() < 0.5:
            cors["allow_methods"] = "GET,POST"
        if rng.random() < 0.3:
            cors["allow_headers"] = "x-a"
        if rng.random() < 0.3:
            cors["max_age"] = "60"
        if rng.random() < 0.3:
            cors["allow_credentials"] = True
        if rng.random() < 0.3:
            cors["forward_not_matching_preflights"] = rng.random() < 0.5
        result["envoy.filters.http.cors"] = cors
    return {"typed_per_filter_config": result} if result else {}


def regex_rewrite(rng):
    return {
        "pattern": {"regex": rng.choice(["/a", "^/api/(v[0-9])", "/(.*)", "[a-z]+", "a"])},
        "substitution": rng.choice(["/z", r"/\1", r"x", r"/\0!"]),
    }


def rewrite(rng, path_key):
    kind = rng.random()
    if kind < 0.3:
        return {"prefix_rewrite": rng.choice(["/", "/z", "/z/", "/api"])}
    if kind < 0.5:
        text = regex_rewrite(rng)
        if r"\1" in text["substitution"] and "(" not in text["pattern"]["regex"]:
            text["substitution"] = "/z"
        return {"regex_rewrite": text}
    if path_key and kind < 0.8:
        return {path_key: rng.choice(["/new", "/new?k=1", "new", "/"])}
    return {}


def route_action(rng, match):
    action = {}
    kind = rng.random()
    if kind < 0.65:
        action["cluster"] = rng.choice(CLUSTERS)
    elif kind < 0.93:
        names = rng.sample(CLUSTERS, rng.randint(1, 3))
        weighted = [{"name": name, "weight": rng.choice([0, 1, 5, 20]), **mutations(rng, 0.15)} for name in names]
        weighted[0]["weight"] = weighted[0]["weight"] or 3
        if rng.random() < 0.2:
            weighted[0]["host_rewrite_literal"] = "weighted.test"
        action["weighted_clusters"] = {"clusters": weighted}
    else:
        action["cluster_header"] = "x-cluster"
    action.update(rewrite(rng, None) if rng.random() < 0.4 else {})
    host = rng.random()
    if host < 0.12:
        action["host_rewrite_literal"] = rng.choice(["new.test", "new.test:81"])
    elif host < 0.18:
        action["host_rewrite_header"] = rng.choice(["x-a", "x-none"])
    elif host < 0.24:
        action["host_rewrite_path_regex"] = {"pattern": {"regex": "^/(.+)/.*$"}, "substitution": r"\1"}
    if host < 0.24 and rng.random() < 0.3:
        action["append_x_forwarded_host"] = True
    if rng.random() < 0.2:
        action["timeout"] = rng.choice(["0s", "5s", "0.250s"])
    if rng.random() < 0.1:
        action["retry_policy"] = {"retry_on": "5xx", "num_retries": 2}
    if rng.random() < 0.1:
        action["request_mirror_policies"] = [{"cluster": rng.choice(CLUSTERS), "runtime_fraction": fraction(rng)}]
    if rng.random() < 0.1:
        action["hash_policy"] = [{"header": {"header_name": "x-a"}}]
    return action


def route(rng, name):
    result = {"name": name, "match": route_match(rng), **mutations(rng, 0.2), **filters(rng)}
    kind = rng.random()
    if kind < 0.72:
        result["route"] = route_action(rng, result["match"])
    elif kind < 0.86:
        redirect = dict(rewrite(rng, "path_redirect"))
        if rng.random() < 0.3:
            redirect["host_redirect"] = rng.choice(["new.test", "new.test:81"])
        if rng.random() < 0.3:
            redirect["port_redirect"] = rng.choice([80, 443, 8080])
        scheme = rng.random()
        if scheme < 0.2:
            redirect["https_redirect"] = True
        elif scheme < 0.35:
            redirect["scheme_redirect"] = rng.choice(["http", "https", "ftp"])
        if rng.random() < 0.3:
            redirect["strip_query"] = True
        if rng.random() < 0.4:
            redirect["response_code"] = rng.choice(
                ["MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT"]
            )
        result["redirect"] = redirect
    else:
        direct = {"status": rng.choice([200, 404, 503, 299])}
        if rng.random() < 0.6:
            direct["body"] = {"inline_string": rng.choice(["hello", ""])} if rng.random() < 0.7 else {"inline_bytes": "aGk="}
        result["direct_response"] = direct
    return result


def table(rng):
    domains = rng.sample(DOMAINS, rng.randint(1, 8))
    hosts = [[] for _ in range(rng.randint(1, min(4, len(domains))))]
    for number, domain in enumerate(domains):
        hosts[number % len(hosts)].append(domain)
    result = {
        "virtual_hosts": [
            {
                "name": f"h{i}",
                "domains": names,
                **mutations(rng, 0.15),
                **filters(rng),
                "routes": [route(rng, f"h{i}r{j}") for j in range(rng.randint(1, 5))],
            }
            for i, names in enumerate(hosts)
        ],
        **mutations(rng, 0.15),
    }
    if rng.random() < 0.5:
        result["ignore_port_in_host_matching"] = True
    if rng.random() < 0.2:
        result["most_specific_header_mutations_wins"] = True
    return result


def damaged(rng, config):
    """The table with one thing taken out, doubled or given another value: Envoy may refuse it."""
    config = copy.deepcopy(config)
    node, key = rng.choice([(node, key) for node, key, _ in places(config)])
    kind = rng.random()
    if kind < 0.3:
        del node[key]
    elif kind < 0.5 and isinstance(node, list):
        node.append(copy.deepcopy(node[key]))
    else:
        node[key] = rng.choice(
            ["", "x", "*", "a b", "/x?y", "(", "[a", -1, 0, 1000, 4294967296, True, None, "\\9", "%BAD%", "%REQ(x"]
        )
    return config


def places(node):
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key, node[key]
        if isinstance(node[key], (dict, list)):
            yield from places(node[key])


def request(rng):
    host = rng.choice(
        HOSTS + ["A.EXAMPLE.COM", "c.example.com", "a.b.example.com", "a.example.org", "nowhere", "a.test.", "a.bc"]
    )
    if rng.random() < 0.25:
        host += rng.choice([":80", ":8080", ":"])
    path = rng.choice(PATHS)
    if rng.random() < 0.35:
        path += rng.choice(
            ["/", "x", "/v1", "/v2/a", "//b", "/../a", "/./", "%2Fa", "%41", "/..%2f", ";x", "\\a", "%zz", "/%2e%2e/b", "|"]
        )
    if rng.random() < 0.3:
        path += "?" + rng.choice(["q=a", "q=", "q", "k=1&q=alice", "q=a&q=b", "v=%61", "", "a=b?c=d", "q=42#f"])
    if rng.random() < 0.05:
        path += "#frag"
    headers = [[rng.choice(NAMES + ["X-A", "x-extra"]), rng.choice(VALUES)] for _ in range(rng.choice([0, 1, 1, 2, 3]))]
    if rng.random() < 0.15:
        headers.append(["x-cluster", rng.choice(CLUSTERS)])
    method = rng.choice(["GET"] * 6 + ["POST", "HEAD", "OPTIONS", "PUT", "DELETE"])
    if method == "OPTIONS" or rng.random() < 0.05:
        headers.append(["origin", rng.choice(["http://a.test", "http://b.test", "ftp://x"])])
        if rng.random() < 0.7:
            headers.append(["access-control-request-method", rng.choice(["GET", "PUT"])])
    if rng.random() < 0.05:
        headers.append(["x-forwarded-proto", "https"])
    return {"method": method, "path": path, "host": host, "headers": headers}


def grouped(headers, without=()):
    """Lower-cased name -> its lines, without those that a proxy writes by itself."""
    result = {}
    for name, value in headers:
        if name.lower() not in HOUSEKEEPING and name.lower() not in without:
            result.setdefault(name.lower(), []).append(value)
    return result


def listed(value):
    return list(value) if isinstance(value, list) else [value]


FRAMING = {"date", "server", "content-length", "connection", "transfer-encoding", "x-envoy-upstream-service-time"}


def expected_headers(sent, upstream):
    headers = grouped(sent, {"host"})
    for name in upstream.get("headers_removed", []):
        headers.pop(name, None)
    for name, value in upstream.get("headers_added", {}).items():
        headers[name] = listed(value)
    for name, change in upstream.get("headers_changed", {}).items():
        headers[name] = listed(change["got"])
    return {name: lines for name, lines in headers.items() if name not in HOUSEKEEPING}


def asked(given):
    headers = [[name, value] for name, value in given["headers"]]
    return {"method": given["method"], "path": given["path"], "host": given["host"], "headers": headers}


def difference(route_table, given, fact, by_chance=False):
    """What RouteTable says otherwise than Envoy did, in words; None where they agree.

    `by_chance`: mirrors may have a share, and one of several destinations may be missing; Envoy did one of the possible things.
    """
    answer = route_table.resolve(asked(given)).to_dict()
    copies = [arrival for arrival in fact["arrived"] if arrival["cluster"] != fact["cluster"] or
              any(name == "host" and "-shadow" in value for name, value in arrival["headers"])]
    own = [arrival for arrival in fact["arrived"] if arrival not in copies and arrival["cluster"] == fact["cluster"]] or fact[
        "arrived"
    ]
    if by_chance and len(answer.get("weighted_clusters", [])) > 1 and fact["flags"] in ("NC", "UH"):
        return None
    if "weighted_clusters" in answer and fact["cluster"]:  # Envoy's pick is its own: take the random value that picks the same
        shares = [each["name"] for each in answer["weighted_clusters"] if each["weight"] > 0]
        if fact["cluster"] not in shares:
            return f"cluster: Envoy {fact['cluster']}, here one of {shares}"
        at = 0
        for each in answer["weighted_clusters"]:
            if each["name"] == fact["cluster"] and each["weight"] > 0:
                break
            at += each["weight"]
        answer = route_table.resolve({**asked(given), "random": at}).to_dict()
        if answer.get("picked", {}).get("cluster") != fact["cluster"]:
            return f"random value {at} picks {answer.get('picked')}, not {fact['cluster']}"
    elif "response" not in answer and (answer.get("cluster") or "") != fact["cluster"]:
        return f"cluster: Envoy {fact['cluster'] or 'none'}, here {answer.get('cluster')}"
    if fact["route"] != (answer.get("route") or ""):
        return f"route: Envoy {fact['route']!r}, here {answer.get('route')!r}"
    if fact["arrived"]:
        if "response" in answer:
            return f"Envoy sent it on to {fact['cluster']}, here {answer['response']}"
        upstream = answer.get("upstream_request")
        if upstream is None:
            return "Envoy sent it on, here nothing leaves"
        arrival = own[0]
        if arrival["method"] != upstream["method"]:
            return f"method: Envoy {arrival['method']}, here {upstream['method']}"
        if arrival["path"] != upstream["path"]:
            return f"path: Envoy {arrival['path']!r}, here {upstream['path']!r}"
        authority = next((value for name, value in arrival["headers"] if name == "host"), None)
        if authority != upstream["authority"]:
            return f"authority: Envoy {authority!r}, here {upstream['authority']!r}"
        got, want = grouped(arrival["headers"], {"host"}), expected_headers(given["headers"], upstream)
        if got != want:
            return f"headers: Envoy {got}, here {want}"
        made, told = sorted(copy["cluster"] for copy in copies), sorted(answer.get("mirrors", []))
        if not set(made) <= set(told) if by_chance else made != told:
            return f"copies: Envoy {[copy['cluster'] for copy in copies]}, here {answer.get('mirrors')}"
        return None
    response = answer.get("response")
    if response is None:
        return f"Envoy answered {fact['status']} {fact['flags']}, here it is sent to {answer.get('cluster')}"
    if response["status"] != fact["status"]:
        return f"status: Envoy {fact['status']} {fact['flags']}, here {response['status']}"
    flags = ",".join(each for each in fact["flags"].split(",") if each not in ("DI", "-"))  # whom a delay meets is chance
    if fact["logged"] and (response.get("flags") or "") != flags:
        return f"flags: Envoy {fact['flags']}, here {response.get('flags')}"
    got = grouped(fact["headers"], FRAMING)
    want = {name: listed(value) for name, value in response.get("headers", {}).items() if name not in FRAMING}
    if got != want:
        return f"answer's headers: Envoy {got}, here {want}"
    return None


def compare(binary, cases):
    """`cases`: [(table, [request])]. Yields (table, request or None, difference)."""
    names = {f"l{number}": case for number, case in enumerate(cases)}
    with Envoy(binary, {name: case[0] for name, case in names.items()}, CLUSTERS) as envoy:
        ready = {}
        for name, (config, _) in names.items():
            try:
                ready[name] = meshroute.RouteTable(config)
            except meshroute.Error as error:
                if name not in envoy.refused:
                    yield config, None, f"Envoy takes the table, here it is refused: {error}"
                continue
            if name in envoy.refused:
                yield config, None, "Envoy refuses the table, here it is taken: " + envoy.why_refused(name)
                del ready[name]
        requests = [(name, each) for name, (_, asked_for) in names.items() if name in ready for each in asked_for]
        for (name, each), fact in zip(requests, envoy.exchanges(requests)):
            found = difference(ready[name], each, fact)
            if found:
                yield names[name][0], each, found


def smaller(config, given):
    """Tables and requests with one thing less, which are still tables and requests."""
    hosts = config.get("virtual_hosts")
    for i, host in enumerate(hosts if isinstance(hosts, list) else []):
        if len(config["virtual_hosts"]) > 1:
            yield {**config, "virtual_hosts": config["virtual_hosts"][:i] + config["virtual_hosts"][i + 1:]}, given
        for j in range(len(host.get("routes", []) if isinstance(host, dict) and isinstance(host.get("routes"), list) else [])):
            less = copy.deepcopy(config)
            del less["virtual_hosts"][i]["routes"][j]
            yield less, given
    keep = {
        "name",
        "domains",
        "routes",
        "virtual_hosts",
        "route",
        "redirect",
        "direct_response",
        "match",
        "cluster",
        "weighted_clusters",
        "clusters",
        "status",
    }

    def spots(node, place):
        if isinstance(node, dict):
            for key, value in node.items():
                yield place + [key]
                yield from spots(value, place + [key])
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield place + [index]
                yield from spots(value, place + [index])

    for place in sorted(spots(config, []), key=len):
        if place[-1] in keep:
            continue
        less = copy.deepcopy(config)
        node = less
        for step in place[:-1]:
            node = node[step]
        del node[place[-1]]
        yield less, given
    for index in range(len(given["headers"])):
        yield config, {**given, "headers": given["headers"][:index] + given["headers"][index + 1:]}


def shrink(binary, config, given, rounds=25):
    """The smallest table and request found that Envoy and RouteTable still differ about; of a table, where `given` is None."""
    for _ in range(rounds):
        candidates = list(smaller(config, given or {"headers": []}))
        found = None
        for start in range(0, len(candidates), AT_ONCE):
            some_of_them = [(c, [g] if given else []) for c, g in candidates[start:start + AT_ONCE]]
            found = next(((less, g) for less, g, _ in compare(binary, some_of_them) if (g is None) == (given is None)), None)
            if found:
                break
        if found is None:
            break
        config, given = found
    return config, given


def run(seed, count, tables_at_once=AT_ONCE, requests_each=25, show=3, damage=0.1):
    """Asks `count` random requests; the number that agreed, and the differences shown (shrunk)."""
    binary, agreed, shown = find(), 0, []
    rng = random.Random(seed)
    while agreed < count and len(shown) < show:
        cases = [(table(rng), [request(rng) for _ in range(requests_each)]) for _ in range(tables_at_once)]
        cases = [(damaged(rng, config), []) if rng.random() < damage else (config, asked_for) for config, asked_for in cases]
        found = list(compare(binary, cases))
        agreed += tables_at_once * requests_each - len(found)
        for config, given, words in found:
            if len(shown) >= show:
                break
            config, given = shrink(binary, config, given)
            words = next((w for _, _, w in compare(binary, [(config, [given] if given else [])])), words)
            shown.append((words, config, given))
        if found:
            break
    return agreed, shown


def text_of(shown):
    return "\n".join(f"{words}\n  table {json.dumps(config)}\n  request {json.dumps(given)}" for words, config, given in shown)
