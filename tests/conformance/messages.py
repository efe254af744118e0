#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the messages of `view -o envoy` against what Istio's control plane was recorded to send.

    messages.py [DIR…]

The records have the messages in short; this makes the same of ours. Left out are telemetry, and what the records name
themselves as decided by the order of a map.
"""
import glob
import json
import os
import sys

import meshroute

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_SENT = {"clusters": {"filters"}, "endpoints": set(), "listeners": set()}  # telemetry
NOT_SENT_OF_ENDPOINTS = {"istio"}  # metadata: telemetry


MEMBERS = [
    ("connect_timeout", "connectTimeout"),
    ("outlier_detection", "outlierDetection"),
    ("circuit_breakers", "circuitBreakers"),
    ("common_lb_config", "commonLbConfig"),
    ("dns_lookup_family", "dnsLookupFamily"),
    ("dns_refresh_rate", "dnsRefreshRate"),
    ("lb_config", "ringHashLbConfig"),
    ("lb_config", "maglevLbConfig"),
    ("upstream_connection_options", "upstreamConnectionOptions"),
]


def put(form, **members):
    form.update((name, value) for name, value in members.items() if value not in (None, "", [], {}, False))
    return form


def socket_of(socket):
    form, context = {"name": socket["name"]}, socket.get("typedConfig", {})
    tls = context.get("commonTlsContext", {})
    combined = tls.get("combinedValidationContext", {})
    names = combined.get("defaultValidationContext", {}).get("matchSubjectAltNames", [])
    return put(form, sni=context.get("sni"), alpn=tls.get("alpnProtocols"), sans=[next(iter(each.values())) for each in names],
               client_cert=[each["name"] for each in tls.get("tlsCertificateSdsSecretConfigs", [])],
               ca=combined.get("validationContextSdsSecretConfig", {}).get("name"))


def cluster_of(cluster):
    form = {"name": cluster["name"], "lb_policy": cluster["lbPolicy"]}
    if "clusterType" in cluster:
        form.update(type=cluster["clusterType"]["name"], type_config=cluster["clusterType"]["typedConfig"])
    else:
        form["type"] = cluster["type"]
    for name, member in MEMBERS:
        if member in cluster:
            form[name] = cluster[member]
    options = dict(cluster.get("typedExtensionProtocolOptions", {}).get("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {}))
    options.pop("@type", None)
    put(form, respect_dns_ttl=cluster.get("respectDnsTtl"), alt_stat_name=cluster.get("altStatName"), http_options=options,
        istio=cluster.get("metadata", {}).get("filterMetadata", {}).get("istio"))
    if "transportSocket" in cluster:
        form["tls"] = socket_of(cluster["transportSocket"])
    matches = [put({"name": each["name"], "socket": socket_of(each["transportSocket"])}, match=each["match"])
               for each in cluster.get("transportSocketMatches", [])]
    return put(form, tls_matches=matches)


def address_of(address):
    if "pipe" in address:
        return "unix://" + address["pipe"]["path"], 0
    return address["socketAddress"]["address"], address["socketAddress"]["portValue"]


def locality_of(locality):
    parts = [locality.get(name, "") for name in ("region", "zone", "subZone")]
    while parts and not parts[-1]:
        parts.pop()
    return "/".join(parts)


def assignment_of(assignment, source):
    endpoints = []
    for group in assignment.get("endpoints", []):
        for each in group["lbEndpoints"]:
            address, port = address_of(each["endpoint"]["address"])
            form = {"locality": locality_of(group["locality"]), "priority": group.get("priority", 0), "address": address, "port": port,
                    "health": each.get("healthStatus", "UNKNOWN"), "weight": each["loadBalancingWeight"]}
            if "loadBalancingWeight" in group:
                form["locality_weight"] = group["loadBalancingWeight"]
            endpoints.append(put(form, metadata=each.get("metadata", {}).get("filterMetadata")))
    return {"cluster": assignment["clusterName"], "source": source, "endpoints": endpoints}


def chain_of(chain):
    match, config = chain.get("filterChainMatch", {}), chain["filters"][-1]["typedConfig"]
    form = put({}, name=chain.get("name"), match=put(
        {}, port=match.get("destinationPort"), sni=match.get("serverNames"), transport=match.get("transportProtocol"),
        alpn=match.get("applicationProtocols"),
        cidrs=[f"{each['addressPrefix']}/{each['prefixLen']}" for each in match.get("prefixRanges", [])]))
    if chain["filters"][-1]["name"].endswith("http_connection_manager"):
        form["kind"] = "http"
        return put(form, rds=config.get("rds", {}).get("routeConfigName"), inline_routes="routeConfig" in config)
    form.update(kind="tcp", stat_prefix=config["statPrefix"])
    if "weightedClusters" in config:
        form["weighted_clusters"] = config["weightedClusters"]["clusters"]
    else:
        form["cluster"] = config["cluster"]
    return put(form, hash_policy=config.get("hashPolicy"))


def listener_of(listener):
    address, port = address_of(listener["address"])
    form = {"name": listener["name"], "address": address, "port": port, "filter_chains": [chain_of(each) for each in listener["filterChains"]]}
    if "bindToPort" in listener:
        form["bind_to_port"] = listener["bindToPort"]
    if "defaultFilterChain" in listener:
        form["default_filter_chain"] = chain_of(listener["defaultFilterChain"])
    return put(form, use_original_dst=listener.get("useOriginalDst"),
               additional_addresses=[address_of(each["address"])[0] for each in listener.get("additionalAddresses", [])],
               listener_filters=[each["name"] for each in listener.get("listenerFilters", [])])


def sections_of(view):
    clusters = [each for each in view.envoy("clusters") if not each["name"].startswith("inbound|") and each["name"] != "InboundPassthroughCluster"]
    eds = {each["name"] for each in clusters if each.get("type") == "EDS"}
    return {
        "clusters": [cluster_of(each) for each in clusters],
        "endpoints": [assignment_of(each, "eds" if each["clusterName"] in eds else "cds") for each in view.envoy("endpoints")],
        "listeners": [listener_of(each) for each in view.envoy("listeners") if each["trafficDirection"] == "OUTBOUND"],
    }


def recorded(expected, section):
    """The record as far as it is compared."""
    kept = json.loads(json.dumps(expected))
    for each in kept:
        for name in NOT_SENT[section]:
            each.pop(name, None)
        for endpoint in each.get("endpoints", []):
            for name in NOT_SENT_OF_ENDPOINTS:
                endpoint.get("metadata", {}).pop(name, None)
            if endpoint.get("metadata") == {}:
                del endpoint["metadata"]
        for chain in each.get("filter_chains", []):
            if "inline_routes" in chain:
                chain["inline_routes"] = True
        each["additional_addresses"] = [address.rpartition(":")[0] for address in each.get("additional_addresses", [])]
        if not each["additional_addresses"]:
            del each["additional_addresses"]
    return kept


def difference(want, got, path=""):
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(set(want) | set(got)):
            if want.get(key) != got.get(key):
                return difference(want.get(key), got.get(key), f"{path}.{key}")
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for i, (w, g) in enumerate(zip(want, got)):
            if w != g:
                return difference(w, g, f"{path}[{w.get('name', w.get('cluster', i)) if isinstance(w, dict) else i}]")
    return f"{path}: want {json.dumps(want)[:400]}, got {json.dumps(got)[:400]}"


def main(folders):
    right, wrong = 0, []
    for folder in folders or [os.path.join(HERE, "resolution"), os.path.join(HERE, "random")]:
        for file in sorted(glob.glob(os.path.join(folder, "cases", "*.json"))):
            with open(file, encoding="utf-8") as text:
                case = json.load(text)
            with open(os.path.join(folder, "expected", os.path.basename(file)), encoding="utf-8") as text:
                expected = json.load(text)
            if expected.get("error") or any(proxy.get("type") == "router" for proxy in case["proxies"]):
                continue
            mesh = meshroute.Mesh(mesh_config=case.get("mesh_config"), mesh_networks=case.get("mesh_networks"),
                                  vip_mode=case.get("options", {}).get("vip_mode", "status"))
            mesh.load(case["config_yaml"], name="case.yaml")
            for cluster, text in sorted(case.get("kube_by_cluster", {}).items()):
                mesh.load(text, name=cluster + ".yaml", cluster=cluster)
            snapshot = mesh.snapshot()
            for proxy, want in zip(case["proxies"], expected["proxies"]):
                got = sections_of(snapshot.view(proxy))
                for section in NOT_SENT:
                    if section in expected.get("order_sensitive", []) or section not in want:
                        continue
                    if got[section] == recorded(want[section], section):
                        right += 1
                    else:
                        found = difference(recorded(want[section], section), got[section])
                        wrong.append(f"{section} {os.path.basename(file)} {proxy['id']}: {found}")
    for each in wrong[:12]:
        print("differs:", each[:1200])
    print(f"{right} passed, {len(wrong)} failed")
    return 1 if wrong or not right else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
