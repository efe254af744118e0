/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MESHROUTE_H
#define MESHROUTE_H
/*
 * meshroute: where a mesh request goes, to which endpoints, why, and whether the configuration is right.
 *
 * Ownership: what a caller passes in is copied; nothing of it is kept after the call. A handle that a function writes through a
 * `**out` is the caller's: release it with its `_free`, which takes NULL, in any order and on any thread. A handle that a
 * function returns as `const` belongs to the handle that it came from. A returned or filled-in `meshroute_str`, and an array in
 * a filled-in struct, is borrowed: it lives as long as its handle. `meshroute_bytes` are the caller's; release them with
 * meshroute_bytes_free.
 *
 * Threads: a mesh belongs to one thread at a time, and so does what a call changes: an answer that is resolved into, a report
 * that is appended to or left findings out of, with all that was borrowed from it. Any number of threads may use everything else.
 * There is no global state, and nothing runs in the background.
 *
 * Results: < 0 failed, changed nothing and left `out` as it was; 0 done; > 0 done, with a verdict to read, which the call's own
 * comment explains. MESHROUTE_INVALID_ARGUMENT names the argument and its value: NULL in place of a needed value, an index out of
 * range, a number that is no constant of its kind. Out of memory is MESHROUTE_LIMIT, except inside RE2 while it compiles a
 * regular expression, where the process may end (capi/README.md, "When a call fails"). Findings about configuration are in a
 * report and never an error. `error` may be NULL; a call that succeeds leaves it unchanged.
 *
 * Structs that begin with struct_size grow at their end. Set struct_size to the struct's size, and the rest to 0: 0 is the
 * default of every member. MESHROUTE_*_INIT and meshroute_*_init do so. The smallest struct_size that a call takes is the size
 * in version 0.1. What a newer caller knows beyond this library must be 0 in a struct that is passed in, and is set to 0 in one
 * that is filled in. `reserved` must be 0. All other structs never grow, so that they can stand in arrays. Codes are written out
 * and never reused; expect unknown ones.
 *
 * Lists: NAME_count gives the number of rows, NAME_at one row by index; an index out of range is MESHROUTE_INVALID_ARGUMENT, and
 * a text with data NULL where a text is returned. Functions that read a count or a text take NULL and give 0 or no text.
 *
 * Text: UTF-8 with a size, which may be 0 where data is NULL. More than 2^30 bytes are MESHROUTE_LIMIT, before anything is
 * copied. meshroute_bytes that a call returns also have a NUL after their end.
 *
 * JSON: compact; with MESHROUTE_JSON_PRETTY on lines of its own, indented. Numbers above 2^53 may also be given as strings.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MESHROUTE_API __attribute__((visibility("default")))
#else
#define MESHROUTE_API
#endif

/* The version of this header; meshroute_version() gives that of the library. */
#define MESHROUTE_VERSION_MAJOR 0
#define MESHROUTE_VERSION_MINOR 1
#define MESHROUTE_VERSION_PATCH 0

/* < 0: failed; 0: done; > 0: done, with a verdict. Expect unknown codes. */
typedef int32_t meshroute_status;
enum {
  MESHROUTE_OK = 0,
  MESHROUTE_FINDINGS = 1, /* done, and the verdict is bad: a report with errors, a request that reaches nothing, ... */
  MESHROUTE_INVALID_ARGUMENT = -1,
  MESHROUTE_LIMIT = -2,
  MESHROUTE_REFUSED = -3, /* a route table that Envoy refuses */
  MESHROUTE_INTERNAL = -4 /* a fault of the library; please report it */
};

/* Where automatic addresses of ServiceEntries come from. */
enum { MESHROUTE_VIP_STATUS = 0, MESHROUTE_VIP_CONTROLLER = 1, MESHROUTE_VIP_LEGACY = 2 };

/* As `threads`. */
enum { MESHROUTE_ALL_CORES = -1 };

/* Where the endpoints of Services without an EndpointSlice come from: nowhere; or from Pods, and where none is given from the
 * templates of Deployments and their like. */
enum { MESHROUTE_WORKLOADS_GIVEN = 0, MESHROUTE_WORKLOADS_DERIVED = 1 };

/* AUTO: JSON if the name ends in ".json" or the text parses as JSON, else YAML. */
enum { MESHROUTE_FORMAT_AUTO = 0, MESHROUTE_FORMAT_JSON = 1, MESHROUTE_FORMAT_YAML = 2 };

enum { MESHROUTE_PROXY_SIDECAR = 0, MESHROUTE_PROXY_ROUTER = 1 };

/* MUTUAL: the caller presents a certificate. */
enum { MESHROUTE_TLS_NONE = 0, MESHROUTE_TLS_SIMPLE = 1, MESHROUTE_TLS_MUTUAL = 2 };

/* What an asked provider says: yes, no, or nothing: it hangs up. */
enum { MESHROUTE_EXT_AUTHZ_ALLOW = 0, MESHROUTE_EXT_AUTHZ_DENY = 1, MESHROUTE_EXT_AUTHZ_ERROR = 2 };

enum { MESHROUTE_SEVERITY_ERROR = 1, MESHROUTE_SEVERITY_WARNING = 2, MESHROUTE_SEVERITY_INFO = 3 };

enum {
  MESHROUTE_LAYER_SYNTAX = 1,
  MESHROUTE_LAYER_DECODE = 2,
  MESHROUTE_LAYER_METADATA = 3,
  MESHROUTE_LAYER_SCHEMA = 4,
  MESHROUTE_LAYER_WEBHOOK = 5,
  MESHROUTE_LAYER_STRICT = 6,
  MESHROUTE_LAYER_ANALYSIS = 7
};

/* Of a line of the reasons. */
enum { MESHROUTE_VERDICT_MATCHED = 1, MESHROUTE_VERDICT_SKIPPED = 2, MESHROUTE_VERDICT_NOTED = 3 };

/* How far a rule's behaviour is settled. */
enum { MESHROUTE_RULE_STABLE = 1, MESHROUTE_RULE_PREVIEW = 2, MESHROUTE_RULE_DEPRECATED = 3 };

/* `style` of a call that gives a text for people, a sum. COLOUR: terminal colours. VERBOSE: a line also for what is fine.
 * EXPLAIN: with the reasons. A text that has none of it is the same with and without. */
enum { MESHROUTE_TEXT_COLOUR = 1, MESHROUTE_TEXT_VERBOSE = 2, MESHROUTE_TEXT_EXPLAIN = 4 };

/* `style` of a call that gives JSON, a sum; 0 is compact. ROWS, of a view's services, clusters and endpoints: a row as its
 * struct has it, with labels, service account, network, resource and origin. */
enum { MESHROUTE_JSON_PRETTY = 1, MESHROUTE_JSON_ROWS = 2 };

/* HTTP_PROXY: one port, for clients with http_proxy and https_proxy: every host of the mesh, TLS by CONNECT. PORTS: a loopback
 * port for each port of each service. CAPTURE: behind iptables, as a sidecar: connections are taken by their original
 * destination. */
enum { MESHROUTE_ENVOY_HTTP_PROXY = 0, MESHROUTE_ENVOY_PORTS = 1, MESHROUTE_ENVOY_CAPTURE = 2 };

/* The language of a picture: Graphviz's or Mermaid's. */
enum { MESHROUTE_PICTURE_DOT = 0, MESHROUTE_PICTURE_MERMAID = 1 };

typedef struct meshroute_mesh meshroute_mesh;                     /* Resources that change. */
typedef struct meshroute_snapshot meshroute_snapshot;             /* All resources of a mesh at one moment. */
typedef struct meshroute_view meshroute_view;                     /* The part of a snapshot that one proxy sees. */
typedef struct meshroute_report meshroute_report;                 /* Verdicts and findings. */
typedef struct meshroute_answer meshroute_answer;                 /* The answer to one request. */
typedef struct meshroute_answers meshroute_answers;               /* The answers to many requests, in short. */
typedef struct meshroute_inbound_answer meshroute_inbound_answer; /* What a server's proxy does with a request. */
typedef struct meshroute_journey meshroute_journey;               /* A request from its client to its servers. */
typedef struct meshroute_reach meshroute_reach;                   /* Who reaches a host. */
typedef struct meshroute_route_table meshroute_route_table;       /* Routes of a live Envoy, without a mesh. */
typedef struct meshroute_files meshroute_files;                   /* The files of a folder. */
typedef struct meshroute_found_proxy meshroute_found_proxy;       /* The proxy of a workload that is loaded. */
typedef struct meshroute_reasons meshroute_reasons;               /* Why a proxy sees a host, or does not. */
/* A view as the configuration of a real Envoy. */
typedef struct meshroute_envoy_bootstrap meshroute_envoy_bootstrap;
typedef struct meshroute_suite meshroute_suite;               /* Tests of routing. */
typedef struct meshroute_suite_report meshroute_suite_report; /* What became of them. */
typedef struct meshroute_witnesses meshroute_witnesses;       /* Rows: a request for each rule. */
typedef struct meshroute_diff meshroute_diff;                 /* What differs between two meshes. */
typedef struct meshroute_resources meshroute_resources;       /* Rows: what is loaded. */
/* Rows of a view's sections. */
typedef struct meshroute_services meshroute_services;
/* The same for clusters. */
typedef struct meshroute_clusters meshroute_clusters;
/* The same for endpoints. */
typedef struct meshroute_endpoints meshroute_endpoints;
/* The same for routes. */
typedef struct meshroute_routes meshroute_routes;
/* The same for listeners. */
typedef struct meshroute_listeners meshroute_listeners;

/* ---- Structs that never grow ----------------------------------------------------------------------------------------- */

/* A text with its size; not NUL-terminated. An empty one has size 0, whatever data is. */
typedef struct meshroute_str {
  const char* data;
  size_t size;
} meshroute_str;
/* A text that the caller owns, NUL-terminated; size is without the NUL. */
typedef struct meshroute_bytes {
  char* data;
  size_t size;
} meshroute_bytes;
/* A name and its value. */
typedef struct meshroute_pair {
  meshroute_str name, value;
} meshroute_pair;
/* Why a call failed: its code, and one sentence, NUL-terminated. */
typedef struct meshroute_error {
  meshroute_status code;
  char message[508];
} meshroute_error;
#define MESHROUTE_ERROR_INIT \
  {                          \
    0, { 0 }                 \
  }
/* The resource that something comes from. Without one, all members are empty and the line is 0. */
typedef struct meshroute_origin {
  meshroute_str kind, namespace_, name;
  meshroute_str source; /* the name that its text was loaded under */
  uint32_t line;        /* where its document starts, from 1; 0 if it was not read from a text */
  uint32_t reserved;
} meshroute_origin;
/* One destination of a route with weights; authority is its own host rewrite, or empty. */
typedef struct meshroute_weighted_cluster {
  meshroute_str name, authority;
  uint32_t weight, reserved;
} meshroute_weighted_cluster;
/* One port of a service. */
typedef struct meshroute_service_port {
  meshroute_str name;
  meshroute_str protocol; /* as Istio reads it: "HTTP", "GRPC", "TCP"; "UnsupportedProtocol": Envoy detects it */
  uint32_t number, reserved;
} meshroute_service_port;
/* The answer to one of many requests, in short; its members are those of meshroute_answer_fields. */
typedef struct meshroute_result {
  meshroute_str outcome, virtual_host, route, cluster;
  meshroute_str picked_cluster, picked_endpoint; /* only with a random value */
  size_t first_endpoint, endpoint_count;         /* among the endpoints of the meshroute_answers */
  double failure_percent;
  meshroute_status status; /* what meshroute_resolve would give: MESHROUTE_OK or MESHROUTE_FINDINGS */
  int32_t response_status; /* the proxy's own response; -1: the upstream responds */
} meshroute_result;

/* ---- Structs that are passed in -------------------------------------------------------------------------------------- */

/* Settings of a mesh, and the threads of its loads. */
typedef struct meshroute_mesh_options {
  size_t struct_size;
  meshroute_str mesh_config, mesh_networks; /* Istio's MeshConfig and MeshNetworks, YAML or JSON, or empty */
  int32_t vip_mode;                         /* MESHROUTE_VIP_* */
  int32_t threads;                          /* used only inside load; 0: one; MESHROUTE_ALL_CORES */
  int32_t workloads;                        /* MESHROUTE_WORKLOADS_* */
  /* Of gateways, as Istio's flags of these names; not 0: a router takes only Gateways of its own namespace, and has only the
   * clusters that VirtualServices of its Gateways lead to. */
  int32_t scope_gateway_to_namespace, filter_gateway_cluster_config;
  int32_t reserved;
} meshroute_mesh_options;
#define MESHROUTE_MESH_OPTIONS_INIT \
  { sizeof(meshroute_mesh_options), {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0 }

/* How a text is read and applied. */
typedef struct meshroute_load_options {
  size_t struct_size;
  meshroute_str name, cluster; /* empty: "<input>", "Kubernetes" */
  /* Bounds; a text or document that passes one is rejected with a finding (TX0107, TX0106, TX0105). 0: the default. */
  uint64_t max_bytes;    /* of the text; default 2^30 */
  uint64_t max_nodes;    /* values and keys of one document, those of its aliases again; default 10,000,000 */
  uint32_t max_depth;    /* of nested lists and objects; default 400, and never more than 1,000 */
  int32_t format;        /* MESHROUTE_FORMAT_* */
  int32_t drop_text;     /* not 0: keep no text; traces then name no columns */
  int32_t apply_refused; /* not 0: apply every document that decodes, also if a cluster would refuse it */
  int32_t pass_over;     /* not 0: pass over documents that are no Kubernetes objects; else they are refused */
  int32_t threads;       /* of meshroute_check; 0: one; MESHROUTE_ALL_CORES. A load works on those of its mesh */
} meshroute_load_options;
#define MESHROUTE_LOAD_OPTIONS_INIT \
  { sizeof(meshroute_load_options), {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0, 0, 0 }

/* What names a resource in a mesh, and where it was read. Filled in by meshroute_resources_at, passed in to
 * meshroute_mesh_remove. */
typedef struct meshroute_resource {
  size_t struct_size;
  meshroute_str cluster;          /* empty, where it is passed in: "Kubernetes" */
  meshroute_str group, kind;      /* "networking.istio.io", "VirtualService"; group is empty for Service, Pod and their like */
  meshroute_str namespace_, name; /* namespace_ empty, where it is passed in: "default" */
  meshroute_str source;           /* the name that its text was loaded under; not read where it is passed in */
  uint32_t line;                  /* where its document starts, from 1; 0 if it was not read from a text; likewise */
  uint32_t reserved;
} meshroute_resource;
#define MESHROUTE_RESOURCE_INIT \
  { sizeof(meshroute_resource), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0 }

/* Whose view: one proxy. An empty string is the default: namespace `default`, cluster `Kubernetes`, nothing else.
 *
 * As a JSON object: type ("sidecar" or "router"), id, namespace, labels (an object), ip, locality, network, cluster, node_name,
 * service_account, and as booleans dns_capture, dns_auto_allocate, unprivileged, no_sidecar. */
typedef struct meshroute_proxy {
  size_t struct_size;
  meshroute_str id, namespace_, ip;
  meshroute_str locality; /* "region/zone/subzone" */
  meshroute_str network, cluster, node_name;
  meshroute_str service_account; /* name only; empty: `default` */
  const meshroute_pair* labels;  /* of the workload */
  size_t label_count;
  int32_t type;                           /* MESHROUTE_PROXY_*: a sidecar, or a gateway (router) */
  int32_t dns_capture, dns_auto_allocate; /* not 0: the proxy captures DNS; allocates addresses */
  int32_t unprivileged;                   /* not 0: a router that cannot bind ports below 1024 */
  /* not 0: the workload has no sidecar. A journey from it leaves as it is; a view is that of a sidecar that it would have */
  int32_t no_sidecar;
} meshroute_proxy;
#define MESHROUTE_PROXY_INIT                                                                                                     \
  {                                                                                                                              \
    sizeof(meshroute_proxy), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, 0, \
        0, 0, 0, 0                                                                                                               \
  }

/* One request, or one connection. `url` fills members that are left out. `host`, `address`, `scheme` and `alpn` with data NULL
 * are absent; an empty host with data not NULL is an empty Host header.
 *
 * As a JSON object: protocol, address, port, host (or authority), method, path, scheme, sni, alpn (a text or a list), headers (an
 * object whose values are texts or lists of texts, or a list of [name, value]), random (a number or a string), tls (a boolean,
 * "none", "simple" or "mutual"), client_cert and no_sni (booleans), identity, source_ip, jwt (an object or a text), tokens (a
 * list, as below), ext_authz ("allow", "deny" or "error"); `proxy` and `mode` do not matter. */
typedef struct meshroute_request {
  size_t struct_size;
  meshroute_str url;      /* http, https, ws, wss, grpc, grpcs, tcp or tls; or the request as JSON; empty: the members say all */
  meshroute_str protocol; /* http, http2 or tcp; empty: from the URL, else http */
  meshroute_str address;  /* absent: the address that the client's DNS gives for the host */
  meshroute_str host, method, path, scheme, sni;
  meshroute_str alpn; /* as offered, with commas between; absent: as a sidecar offers it */
  /* What a server's proxy asks for (meshroute_resolve_inbound). */
  meshroute_str identity;        /* the SPIFFE URI of the caller's certificate */
  meshroute_str source_ip;       /* the caller's */
  meshroute_str jwt;             /* claims as a JSON object, "invalid", or another text: sent as Authorization: Bearer */
  meshroute_str tokens;          /* a JSON list of {"claims" or "raw", "key", "header" and "prefix", "param" or "cookie"} */
  const meshroute_pair* headers; /* names in any case; a header on several lines stands several times */
  size_t header_count;
  uint64_t random;     /* Envoy's random value, if has_random is not 0: decides weights and mirrors */
  uint32_t port;       /* 0: from the URL, else 80 or 443 */
  int32_t tls;         /* MESHROUTE_TLS_*; an https or tls URL sets SIMPLE; MUTUAL: with a certificate, `identity` */
  int32_t has_random;  /* 0: all shares and no pick */
  int32_t ext_authz;   /* MESHROUTE_EXT_AUTHZ_* */
  int32_t client_cert; /* to a gateway, not 0: the client presents a certificate that the gateway accepts */
  int32_t no_sni;      /* not 0: TLS without a server name, whatever `sni` and the URL are */
} meshroute_request;
#define MESHROUTE_REQUEST_INIT                                                                                         \
  {                                                                                                                    \
    sizeof(meshroute_request), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, 0, 0, 0, 0, 0, 0, 0                            \
  }

/* Parts of an answer. */
typedef struct meshroute_resolve_options {
  size_t struct_size;
  int32_t trace;                 /* not 0: give the reasons */
  int32_t skip_upstream_request; /* not 0: no upstream_request, path and authority */
} meshroute_resolve_options;
#define MESHROUTE_RESOLVE_OPTIONS_INIT \
  { sizeof(meshroute_resolve_options), 0, 0 }

/* Filter for a view's section; empty members and port 0 match everything. */
typedef struct meshroute_view_filter {
  size_t struct_size;
  meshroute_str host;    /* a full hostname, or its first labels: "reviews", "reviews.prod" */
  meshroute_str subset;  /* clusters and endpoints; virtual hosts and listeners that lead to it */
  meshroute_str cluster; /* a cluster's whole name; virtual hosts and listeners that lead to it */
  uint32_t port;         /* of a service, of a cluster, of a route table, of a listener */
  uint32_t reserved;
} meshroute_view_filter;
#define MESHROUTE_VIEW_FILTER_INIT \
  { sizeof(meshroute_view_filter), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0 }

/* How an Envoy is to stand beside its clients. Empty texts are the defaults. */
typedef struct meshroute_envoy_options {
  size_t struct_size;
  /* "ADDRESS:PORT". HTTP_PROXY: 127.0.0.1:15080. PORTS: the first port, 127.0.0.1:20000. CAPTURE: empty. */
  meshroute_str listen;
  meshroute_str admin; /* "ADDRESS:PORT" of the admin interface, on a loopback address; 127.0.0.1:15000 */
  /* A folder: cert-chain.pem, key.pem and root-cert.pem of the mesh, NAME/tls.crt, tls.key and ca.crt of a credentialName. */
  meshroute_str certificates;
  meshroute_str directory; /* folder of the files that the configuration points to; empty: one static configuration */
  int32_t mode;            /* MESHROUTE_ENVOY_* */
  int32_t reserved;
} meshroute_envoy_options;
#define MESHROUTE_ENVOY_OPTIONS_INIT \
  { sizeof(meshroute_envoy_options), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0 }

/* How tests are run. */
typedef struct meshroute_suite_options {
  size_t struct_size;
  const meshroute_mesh_options* mesh; /* of the configuration that test files name; NULL: the defaults */
  meshroute_str config_words;         /* how a request's command names the configuration; empty: by the files' `config` */
  int32_t skip_coverage;              /* not 0: do not find out which rules the tests met */
  int32_t reserved;
} meshroute_suite_options;
#define MESHROUTE_SUITE_OPTIONS_INIT \
  { sizeof(meshroute_suite_options), NULL, {NULL, 0}, 0, 0 }

/* What two meshes are asked. */
typedef struct meshroute_diff_options {
  size_t struct_size;
  /* A JSON list of the proxies that ask: objects, or names as meshroute_snapshot_find_proxy reads them; empty: one of each class
   * that cannot be told apart. */
  meshroute_str from;
  meshroute_str requests; /* a JSON list of requests that are asked besides those that the two meshes give; or empty */
} meshroute_diff_options;
#define MESHROUTE_DIFF_OPTIONS_INIT                        \
  {                                                        \
    sizeof(meshroute_diff_options), {NULL, 0}, { NULL, 0 } \
  }

/* ---- Structs that are filled in -------------------------------------------------------------------------------------- */

/* The verdict on one document of a report. The layers are 1 (good) or 0. has_layers 0: the library has no table for the kind, and
 * the layers mean nothing. */
typedef struct meshroute_document {
  size_t struct_size;
  meshroute_str source, kind, namespace_, name;
  size_t unknown_field_count;
  uint32_t line;
  int32_t accepted; /* not 0: a cluster with Istio would accept it */
  int32_t applied;  /* not 0: the mesh has it now; 0 of a check */
  int32_t has_layers, decode, metadata, schema, webhook, strict;
  int32_t reserved;
} meshroute_document;
#define MESHROUTE_DOCUMENT_INIT \
  { sizeof(meshroute_document), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* One finding. Lines and columns count from 1, columns in Unicode code points; document is -1 if it is about no single document.
 */
typedef struct meshroute_diagnostic {
  size_t struct_size;
  meshroute_str rule, resource, path, source, message, hint;
  meshroute_str excerpt; /* the line of the source that the column counts in; empty if no text was kept */
  size_t related_count;
  int32_t severity, layer, document; /* MESHROUTE_SEVERITY_*, MESHROUTE_LAYER_* */
  uint32_t line, column;
  uint32_t more; /* how many findings of this rule and resource are left out; only the last one kept has them */
} meshroute_diagnostic;
#define MESHROUTE_DIAGNOSTIC_INIT                                                                                                \
  {                                                                                                                              \
    sizeof(meshroute_diagnostic), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0, \
        0                                                                                                                        \
  }

/* A related location. */
typedef struct meshroute_related {
  size_t struct_size;
  meshroute_str source, message;
  uint32_t line, column;
} meshroute_related;
#define MESHROUTE_RELATED_INIT \
  { sizeof(meshroute_related), {NULL, 0}, {NULL, 0}, 0, 0 }

/* The answer's own members, as in its JSON form; a member that does not apply is empty.
 *
 * outcome: routed; redirect; direct_response (the proxy answers itself); passthrough (to the original destination, unknown to the
 * mesh); and, if nothing is reached: no_route, no_virtual_host (404 NR), no_cluster (503 NC), no_endpoints (503 UH), blackhole
 * (refused by REGISTRY_ONLY, or no filter chain), bad_request, denied (by the access policies of a gateway). `error` names the
 * reason of the last ones: "no route", "no virtual host", "no filter chain", "protocol error", "bad request"; of a gateway also
 * "no listener", "listener refused", "tls error", "client certificate required", "forbidden" and "denied". `config` is the
 * VirtualService's path in the control plane, `timeout` a protobuf duration ("0s": no timeout), `path` and `authority` the ones
 * that the proxy sends if it changes them. */
typedef struct meshroute_answer_fields {
  size_t struct_size;
  meshroute_str outcome, listener, filter_chain, route_config, virtual_host, route, config, cluster, error, path, authority,
      timeout;
  meshroute_str redirect, retries;               /* protojson */
  meshroute_str response_flags;                  /* Envoy's, comma-separated */
  meshroute_str picked_cluster, picked_endpoint; /* only with a random value */
  /* How the proxy connects to the endpoints: none, simple, mutual or mixed, the SNI, and with a trace who decides it. Empty where
   * nothing leaves for a cluster, and of a route table. */
  meshroute_str upstream_tls_mode, upstream_tls_sni, upstream_tls_why;
  const meshroute_weighted_cluster* weighted_clusters; /* the destinations of a route with weights */
  size_t weighted_cluster_count;
  const meshroute_str* mirrors; /* clusters that can get a copy */
  size_t mirror_count;
  const meshroute_str* upstream_sans; /* names, one of which the endpoint's certificate must have; none: any */
  size_t upstream_san_count;
  const meshroute_pair* response_headers; /* of the proxy's own response; one on several lines stands several times */
  size_t response_header_count;
  int64_t route_index;        /* the route's place in its virtual host, from 0; -1: none */
  int64_t filter_chain_index; /* of a gateway, whose chains have no names: the chain's place in the listener; -1: none */
  int64_t direct_response, grpc_status; /* -1: none */
  int64_t response_status;              /* the proxy's own response; -1: the upstream responds */
  double failure_percent;               /* percent of such requests that fail by configuration, 0 to 100 */
} meshroute_answer_fields;
#define MESHROUTE_ANSWER_FIELDS_INIT                                                                                             \
  {                                                                                                                              \
    sizeof(meshroute_answer_fields), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0},     \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, NULL, 0, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0.0                                                        \
  }

/* The request that the proxy sends to the cluster. A header on several lines is listed several times. */
typedef struct meshroute_upstream_request {
  size_t struct_size;
  meshroute_str method, path, authority;
  const meshroute_pair* added_headers;
  size_t added_header_count;
  const meshroute_str* removed_headers; /* their names */
  size_t removed_header_count;
  size_t changed_header_count;
} meshroute_upstream_request;
#define MESHROUTE_UPSTREAM_REQUEST_INIT \
  { sizeof(meshroute_upstream_request), {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, NULL, 0, 0 }

/* A header that the proxy sends with other values than it got. */
typedef struct meshroute_changed_header {
  size_t struct_size;
  meshroute_str name;
  const meshroute_str* sent; /* lines that the client sent */
  size_t sent_count;
  const meshroute_str* got; /* lines that the cluster gets */
  size_t got_count;
} meshroute_changed_header;
#define MESHROUTE_CHANGED_HEADER_INIT \
  { sizeof(meshroute_changed_header), {NULL, 0}, NULL, 0, NULL, 0 }

/* What a server's proxy does with a connection or request that reaches it, as the JSON form has it; what does not apply is empty.
 *
 * error: no filter chain, client certificate required, peer certificate refused, protocol error, bad request: it fails before any
 * policy. action: CUSTOM, JWT, DENY or ALLOW. policy: the rule that decided, "ns[a]-policy[p]-rule[0]", or "none" where no ALLOW
 * rule matched. status: what the client reads on an HTTP chain that refuses. */
typedef struct meshroute_inbound_answer_fields {
  size_t struct_size;
  meshroute_str listener, chain, kind, tls, peer, error, action, policy, jwt, cluster, virtual_host, route, request_principal,
      remote_ip, audit;
  const meshroute_pair* asked; /* providers that CUSTOM policies asked (name), and the rule that matched (value) */
  size_t asked_count;
  int64_t status, grpc_status; /* -1: none */
  int32_t allowed;             /* not 0: it is let in */
  int32_t reserved;
} meshroute_inbound_answer_fields;
#define MESHROUTE_INBOUND_ANSWER_FIELDS_INIT                                                                              \
  {                                                                                                                       \
    sizeof(meshroute_inbound_answer_fields), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, 0, 0, 0, 0       \
  }

/* What the dry runs of one action would have said. */
typedef struct meshroute_dry_run {
  size_t struct_size;
  meshroute_str action, policy; /* policy: the rule that matched; empty: none did */
  int32_t allowed, reserved;
} meshroute_dry_run;
#define MESHROUTE_DRY_RUN_INIT \
  { sizeof(meshroute_dry_run), {NULL, 0}, {NULL, 0}, 0, 0 }

/* One endpoint that a request may reach, and what the proxy there does. */
typedef struct meshroute_hop {
  size_t struct_size;
  meshroute_str cluster, address, source_ip;
  meshroute_str tls;                /* what the client's proxy speaks: "none", "simple", "mutual" */
  meshroute_str match;              /* the cluster's transport socket match, or empty */
  meshroute_str sni;                /* the server name that it asks for, or empty */
  meshroute_str server;             /* the proxy at the address, by its id or the address; empty: there is no sidecar */
  meshroute_str result;             /* "arrives", "closed", an HTTP status, "503 UC", "503 UF", or "no sidecar" */
  const meshroute_str* server_sans; /* names, one of which the client accepts of the server; none: any */
  size_t server_san_count;
  double percent; /* of the requests that take this way */
  uint32_t port, reserved;
} meshroute_hop;
#define MESHROUTE_HOP_INIT                                                                                                       \
  {                                                                                                                              \
    sizeof(meshroute_hop), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, 0.0, \
        0, 0                                                                                                                     \
  }

/* One endpoint that a request can reach, or of a view's cluster. */
typedef struct meshroute_endpoint {
  size_t struct_size;
  meshroute_str cluster, address;
  meshroute_str locality;        /* "region/zone/subzone" */
  meshroute_str health;          /* Envoy's: UNKNOWN, HEALTHY, UNHEALTHY, DRAINING */
  meshroute_str service_account; /* "spiffe://...", or empty */
  meshroute_str resource;        /* "WorkloadEntry shop/vm-1 (mesh.yaml:12)"; empty for a network's gateway */
  meshroute_str network;         /* the workload's network, or empty */
  const meshroute_pair* labels;
  size_t label_count;
  meshroute_origin origin;         /* the workload: a WorkloadEntry, a ServiceEntry that lists it, a Pod, an EndpointSlice */
  uint32_t port, weight, priority; /* priority: 0 is the first */
  int32_t assumed;                 /* not 0: no Pod is given; `resource` is the template, the address is made up */
} meshroute_endpoint;
#define MESHROUTE_ENDPOINT_INIT                                                                                       \
  {                                                                                                                   \
    sizeof(meshroute_endpoint), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, \
        {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0}, 0, 0, 0, 0                                                \
  }

/* One service that the proxy sees. */
typedef struct meshroute_service {
  size_t struct_size;
  meshroute_str hostname, namespace_;
  meshroute_str registry;         /* "Kubernetes", or "External" for a ServiceEntry's */
  meshroute_str resolution;       /* "STATIC", "DNS", "DNS_ROUND_ROBIN", "NONE", "ALIAS", "DYNAMIC_DNS" */
  meshroute_str address;          /* the address that the proxy listens for; "0.0.0.0" if the service has no own one */
  const meshroute_str* addresses; /* that the proxy can use */
  size_t address_count;
  const meshroute_service_port* ports;
  size_t port_count;
  const meshroute_pair* labels; /* of the resource that defines it */
  size_t label_count;
  meshroute_origin origin; /* the Service or ServiceEntry */
  int32_t mesh_external;   /* not 0: outside the mesh */
  int32_t reserved;
} meshroute_service;
#define MESHROUTE_SERVICE_INIT                                                                                   \
  {                                                                                                              \
    sizeof(meshroute_service), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, NULL, 0, NULL, 0, \
        {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0}, 0, 0                                                 \
  }

/* One outbound cluster. `host` and `subset` are empty, and `port` is 0, for clusters that every proxy has. */
typedef struct meshroute_cluster {
  size_t struct_size;
  meshroute_str name;      /* "outbound|PORT|SUBSET|HOST" */
  meshroute_str type;      /* Envoy's: "EDS", "STRICT_DNS", "LOGICAL_DNS", "ORIGINAL_DST", "STATIC", ... */
  meshroute_str lb_policy; /* Envoy's: "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "RING_HASH", "MAGLEV", ... */
  meshroute_str host, subset;
  meshroute_origin origin;           /* the Service or ServiceEntry; empty for clusters that every proxy has */
  meshroute_origin destination_rule; /* that applies to it, the first of merged ones; empty without one */
  uint32_t port, reserved;
} meshroute_cluster;
#define MESHROUTE_CLUSTER_INIT                                                                                       \
  {                                                                                                                  \
    sizeof(meshroute_cluster), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0},                                \
        {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0}, {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0}, 0, 0 \
  }

/* One route of one virtual host, in the order in which Envoy tries them. */
typedef struct meshroute_route {
  size_t struct_size;
  meshroute_str route_config;   /* the route table: a port, "HOST:PORT", or the path of a socket */
  meshroute_str virtual_host;   /* "reviews.prod.svc.cluster.local:80" */
  meshroute_str name;           /* of the rule, with the name of its match: "canary.beta"; or "default" */
  meshroute_str match;          /* for people: "prefix /api, header x-user, query q" */
  meshroute_str action;         /* "forward", "redirect" or "direct_response" */
  meshroute_str cluster;        /* of "forward"; empty for weighted clusters */
  meshroute_str timeout;        /* of "forward": "15s"; "0s": no timeout */
  meshroute_str redirect;       /* of "redirect": Envoy's action as protojson */
  meshroute_str config;         /* path of the VirtualService that owns the virtual host */
  meshroute_str path;           /* of the rule in its origin: "spec.http[1].match[0]"; empty for a default route */
  const meshroute_str* domains; /* of the virtual host */
  size_t domain_count;
  const meshroute_weighted_cluster* weighted_clusters;
  size_t weighted_cluster_count;
  const meshroute_str* mirrors; /* clusters that can get a copy */
  size_t mirror_count;
  meshroute_origin origin;  /* the rule's VirtualService, which may be a delegate; empty for a default route */
  int64_t direct_response;  /* of "direct_response": the status; else -1 */
  uint32_t index, reserved; /* within the virtual host, from 0 */
} meshroute_route;
#define MESHROUTE_ROUTE_INIT                                                                                                    \
  {                                                                                                                             \
    sizeof(meshroute_route), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, NULL, 0, NULL, 0, NULL, 0, {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0}, 0, 0, 0                       \
  }

/* One filter chain of one outbound listener. It handles connections that match all its criteria; no criteria match everything. */
typedef struct meshroute_listener {
  size_t struct_size;
  meshroute_str listener, address; /* of the listener: "0.0.0.0_80", "0.0.0.0" */
  meshroute_str chain;             /* the chain's name, or empty */
  meshroute_str kind;              /* "http" or "tcp" */
  meshroute_str route_config;      /* of "http": the route table; empty for a chain with inline routes */
  meshroute_str cluster;           /* of "tcp"; empty for weighted clusters */
  meshroute_str tls_mode;     /* of a gateway: SIMPLE, MUTUAL, OPTIONAL_MUTUAL, ISTIO_MUTUAL, PASSTHROUGH or AUTO_PASSTHROUGH */
  meshroute_str gateway;      /* of a gateway: the Gateway whose server it is, "ns/name" */
  meshroute_str refused;      /* why Envoy rejects the whole listener, which then takes no connection; or empty */
  const meshroute_str* cidrs; /* criterion: destination addresses */
  size_t cidr_count;
  const meshroute_str* sni; /* criterion: server names */
  size_t sni_count;
  const meshroute_weighted_cluster* weighted_clusters;
  size_t weighted_cluster_count;
  uint32_t port;             /* the listener's */
  uint32_t destination_port; /* criterion; 0: any */
  uint32_t server_port;      /* of a gateway: its server's own port, which is the Service's; 0: no gateway's chain */
  int32_t plain_http;        /* criterion; not 0: HTTP/1.1 and h2c without TLS */
  int32_t is_default;        /* not 0: used when no other chain matches */
  int32_t reserved;
} meshroute_listener;
#define MESHROUTE_LISTENER_INIT                                                                                         \
  {                                                                                                                     \
    sizeof(meshroute_listener), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0                                                          \
  }

/* One line of the reasons. Without a place, source is empty and line is 0. */
typedef struct meshroute_trace_line {
  size_t struct_size;
  meshroute_str stage, resource, path, source, text;
  meshroute_str code; /* which kind of line it is, stable: "subset_missing"; empty in the trace of a route table */
  meshroute_str hint; /* one imperative that names the resource and field to change, or empty */
  int32_t verdict;    /* MESHROUTE_VERDICT_* */
  uint32_t line, column, reserved;
} meshroute_trace_line;
#define MESHROUTE_TRACE_LINE_INIT \
  { sizeof(meshroute_trace_line), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0 }

/* One rule that a finding can name. Strings live as long as the program. */
typedef struct meshroute_rule {
  size_t struct_size;
  meshroute_str id;
  meshroute_str name;         /* short, in kebab case: "round-robin-endpoints" */
  meshroute_str kind;         /* of the resource: "ServiceEntry"; "*" for several kinds */
  meshroute_str what;         /* what it demands, a sentence */
  meshroute_str why;          /* what happens otherwise */
  meshroute_str bad, good;    /* YAML or JSON that breaks the rule, and that keeps it */
  meshroute_str fix;          /* what to do, one imperative sentence */
  meshroute_str source;       /* where it comes from */
  meshroute_str since;        /* the first version of meshroute that has it */
  const meshroute_str* peers; /* codes of Istio's and Kiali's analyses that it stands for: "IST0101/host"; NULL without any */
  size_t peer_count;
  int32_t severity, layer; /* of its findings, as in meshroute_diagnostic */
  int32_t status;          /* MESHROUTE_RULE_* */
  int32_t reserved;
} meshroute_rule;
#define MESHROUTE_RULE_INIT                                                                                                    \
  {                                                                                                                            \
    sizeof(meshroute_rule), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
        {NULL, 0}, NULL, 0, 0, 0, 0, 0                                                                                         \
  }

/* One resource of the files that an Envoy's configuration points to. */
typedef struct meshroute_envoy_resource {
  size_t struct_size;
  meshroute_str file; /* in the options' directory, "clusters.json"; several resources may share a file */
  meshroute_str name; /* the resource's */
  meshroute_str json; /* protojson, with its "@type" */
} meshroute_envoy_resource;
#define MESHROUTE_ENVOY_RESOURCE_INIT                                   \
  {                                                                     \
    sizeof(meshroute_envoy_resource), {NULL, 0}, {NULL, 0}, { NULL, 0 } \
  }

/* A loopback port that stands for a service's port. */
typedef struct meshroute_envoy_port {
  size_t struct_size;
  meshroute_str host, address; /* the service's host; where Envoy listens */
  uint32_t port, listens;      /* the service's port; Envoy's */
} meshroute_envoy_port;
#define MESHROUTE_ENVOY_PORT_INIT \
  { sizeof(meshroute_envoy_port), {NULL, 0}, {NULL, 0}, 0, 0 }

/* One test with one request. */
typedef struct meshroute_suite_test {
  size_t struct_size;
  meshroute_str name, source, request; /* request: the command that asks it */
  size_t failure_count, because_count, note_count;
  uint32_t line;
  int32_t passed;
} meshroute_suite_test;
#define MESHROUTE_SUITE_TEST_INIT \
  { sizeof(meshroute_suite_test), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0 }

/* One thing that a test expects and does not get; want and got are JSON. */
typedef struct meshroute_suite_failure {
  size_t struct_size;
  meshroute_str path, want, got;
} meshroute_suite_failure;
#define MESHROUTE_SUITE_FAILURE_INIT                                   \
  {                                                                    \
    sizeof(meshroute_suite_failure), {NULL, 0}, {NULL, 0}, { NULL, 0 } \
  }

/* One rule, match, destination, subset or policy rule, and how many tests met it. */
typedef struct meshroute_coverage_item {
  size_t struct_size;
  meshroute_str resource, path, source, unreachable; /* unreachable: why no request can meet it; empty: one can */
  uint64_t hits;
  uint32_t line;
  uint32_t reserved;
} meshroute_coverage_item;
#define MESHROUTE_COVERAGE_ITEM_INIT \
  { sizeof(meshroute_coverage_item), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0 }

/* A request that meets one rule, or one match of a rule; or why no request does. */
typedef struct meshroute_witness {
  size_t struct_size;
  meshroute_str resource;    /* "VirtualService prod/reviews" */
  meshroute_str path;        /* "spec.http[1].match[0]"; "spec.http[1]" of a rule without a match */
  meshroute_str request;     /* a JSON object; empty where no request meets the rule */
  meshroute_str unreachable; /* the rule that hides it, or what else makes it impossible; empty with a request */
  meshroute_str unknown;     /* where neither is found: what takes each request that was tried. It is no proof. */
} meshroute_witness;
#define MESHROUTE_WITNESS_INIT                                                         \
  {                                                                                    \
    sizeof(meshroute_witness), {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, { NULL, 0 } \
  }

/* Requests that are answered otherwise, for one reason. */
typedef struct meshroute_diff_change {
  size_t struct_size;
  meshroute_str before, after;  /* {outcome, destinations, rule, …} as JSON */
  meshroute_str request;        /* one of the requests, a JSON object */
  const meshroute_str* proxies; /* "shop/web": one of each class, and how many are like it */
  size_t proxy_count;
  const meshroute_str* resources; /* that differ and take part: "VirtualService prod/reviews" */
  size_t resource_count;
  size_t request_count, because_count;
  double share; /* percent of such requests that go elsewhere */
} meshroute_diff_change;
#define MESHROUTE_DIFF_CHANGE_INIT \
  { sizeof(meshroute_diff_change), {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, NULL, 0, 0, 0, 0.0 }

/* Who reaches a host, in numbers. */
typedef struct meshroute_reach_fields {
  size_t struct_size;
  meshroute_str host, url; /* url: what is asked, "http://reviews.prod:80/"; its scheme is that of the service's port */
  size_t workload_count;   /* that are asked */
  size_t arriving_count;   /* of them, those whose requests all arrive */
  size_t group_count;
  uint32_t port, reserved;
} meshroute_reach_fields;
#define MESHROUTE_REACH_FIELDS_INIT \
  { sizeof(meshroute_reach_fields), {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0 }

/* Workloads whose requests fare alike, for the same reason. */
typedef struct meshroute_reach_group {
  size_t struct_size;
  /* "arrives" where all requests do; else what becomes of most of those that do not: an HTTP status ("403", "503 UC"), "closed",
   * "passthrough", "gateway" (the workload is one), "not known" (without a sidecar, to no Kubernetes Service). */
  meshroute_str result;
  const meshroute_str* workloads; /* "NAMESPACE/NAME" */
  size_t workload_count;
  size_t way_count, because_count;
  double arrives_percent; /* of the requests that reach an application */
  int32_t sidecar;        /* 0: the workloads have no sidecar */
  uint32_t reserved;
} meshroute_reach_group;
#define MESHROUTE_REACH_GROUP_INIT \
  { sizeof(meshroute_reach_group), {NULL, 0}, NULL, 0, 0, 0, 0, 0, 0 }

/* Where requests of a group go, and what becomes of them there. */
typedef struct meshroute_reach_way {
  size_t struct_size;
  meshroute_str destination;     /* "HOST:PORT" or "HOST:PORT/SUBSET"; empty: nothing leaves the client */
  meshroute_str result;          /* as of a hop of a journey, or what the client's own proxy answers ("404 NR") */
  const meshroute_str* gateways; /* the proxies of the gateways that the requests go through, in order */
  size_t gateway_count;
  double percent;
} meshroute_reach_way;
#define MESHROUTE_REACH_WAY_INIT \
  { sizeof(meshroute_reach_way), {NULL, 0}, {NULL, 0}, NULL, 0, 0 }

/* ---- Versions, names and defaults ------------------------------------------------------------------------------------ */

/* The version of the library. */
MESHROUTE_API const char* meshroute_version(void);
/* The same as a number that grows: MAJOR * 1,000,000 + MINOR * 1,000 + PATCH. */
MESHROUTE_API uint32_t meshroute_version_number(void);
/* The version of Istio that the library follows. */
MESHROUTE_API const char* meshroute_istio_version(void);
/* The version of Envoy that the library follows. */
MESHROUTE_API const char* meshroute_envoy_version(void);

/* The word for a code, as the JSON forms have it: "limit", "warning", "webhook", "matched", "preview"; "unknown" for another. */
MESHROUTE_API const char* meshroute_status_name(meshroute_status status);
/* The same for a severity. */
MESHROUTE_API const char* meshroute_severity_name(int32_t severity);
/* The same for a layer. */
MESHROUTE_API const char* meshroute_layer_name(int32_t layer);
/* The same for a verdict. */
MESHROUTE_API const char* meshroute_verdict_name(int32_t verdict);
/* The same for a rule's status. */
MESHROUTE_API const char* meshroute_rule_status_name(int32_t status);

/* What the _INIT macros do, for languages without them: each sets the members that the struct has in version 0.1 to 0, and
 * struct_size to their size. Who uses members that came later sets these to 0, and struct_size to the larger size. NULL is
 * fine. */
MESHROUTE_API void meshroute_mesh_options_init(meshroute_mesh_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_load_options_init(meshroute_load_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_resource_init(meshroute_resource* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_proxy_init(meshroute_proxy* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_request_init(meshroute_request* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_resolve_options_init(meshroute_resolve_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_view_filter_init(meshroute_view_filter* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_envoy_options_init(meshroute_envoy_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_suite_options_init(meshroute_suite_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_diff_options_init(meshroute_diff_options* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_document_init(meshroute_document* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_diagnostic_init(meshroute_diagnostic* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_related_init(meshroute_related* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_answer_fields_init(meshroute_answer_fields* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_upstream_request_init(meshroute_upstream_request* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_changed_header_init(meshroute_changed_header* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_inbound_answer_fields_init(meshroute_inbound_answer_fields* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_dry_run_init(meshroute_dry_run* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_hop_init(meshroute_hop* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_endpoint_init(meshroute_endpoint* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_service_init(meshroute_service* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_cluster_init(meshroute_cluster* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_route_init(meshroute_route* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_listener_init(meshroute_listener* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_trace_line_init(meshroute_trace_line* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_rule_init(meshroute_rule* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_envoy_resource_init(meshroute_envoy_resource* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_envoy_port_init(meshroute_envoy_port* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_suite_test_init(meshroute_suite_test* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_suite_failure_init(meshroute_suite_failure* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_coverage_item_init(meshroute_coverage_item* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_witness_init(meshroute_witness* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_diff_change_init(meshroute_diff_change* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_reach_fields_init(meshroute_reach_fields* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_reach_group_init(meshroute_reach_group* out);
/* Sets every member to its default, which is 0, and struct_size. */
MESHROUTE_API void meshroute_reach_way_init(meshroute_reach_way* out);

/* Frees the bytes and empties the struct; NULL and an empty struct are fine. */
MESHROUTE_API void meshroute_bytes_free(meshroute_bytes* bytes);

/* ---- Mesh: resources that change; one thread at a time --------------------------------------------------------------- */

/* `options` may be NULL. Fails with INVALID_ARGUMENT if mesh_config or mesh_networks cannot be read. */
MESHROUTE_API meshroute_status meshroute_mesh_new(const meshroute_mesh_options* options, meshroute_mesh** out,
                                                  meshroute_error* error);
MESHROUTE_API void meshroute_mesh_free(meshroute_mesh* mesh);
/* Reads a stream of YAML or JSON documents and applies those that a cluster would accept. `options` and `report` may be
 * NULL. FINDINGS if the report has an error. A text of more than 2^30 bytes, or more than max_bytes where that is larger, is
 * LIMIT. */
MESHROUTE_API meshroute_status meshroute_mesh_load(meshroute_mesh* mesh, const char* text, size_t size,
                                                   const meshroute_load_options* options, meshroute_report** report,
                                                   meshroute_error* error);
/* The same for the file `path`, which is read once: what is kept of its text is not copied. Its name is `path`, unless the
 * options have one. INVALID_ARGUMENT for a folder, and for what cannot be read. */
MESHROUTE_API meshroute_status meshroute_mesh_load_path(meshroute_mesh* mesh, meshroute_str path,
                                                        const meshroute_load_options* options, meshroute_report** report,
                                                        meshroute_error* error);
/* The two of above that add to a report that is there: what was borrowed from `report` ends. The status is that of what was
 * loaded. If memory runs out after the documents were applied, the report may lack them. */
MESHROUTE_API meshroute_status meshroute_mesh_load_into(meshroute_mesh* mesh, const char* text, size_t size,
                                                        const meshroute_load_options* options, meshroute_report* report,
                                                        meshroute_error* error);
/* As meshroute_mesh_load_into, for a file. */
MESHROUTE_API meshroute_status meshroute_mesh_load_path_into(meshroute_mesh* mesh, meshroute_str path,
                                                             const meshroute_load_options* options, meshroute_report* report,
                                                             meshroute_error* error);
/* Applies one Kubernetes object, given as JSON, as a watch of the API server delivers it; its name in findings is "<apply>",
 * unless the options have one. The options, which may be NULL, are those of load; `format` does not matter. */
MESHROUTE_API meshroute_status meshroute_mesh_apply(meshroute_mesh* mesh, const char* json, size_t size,
                                                    const meshroute_load_options* options, meshroute_report** report,
                                                    meshroute_error* error);
/* Removes a resource. FINDINGS if there was no such resource. */
MESHROUTE_API meshroute_status meshroute_mesh_remove(meshroute_mesh* mesh, const meshroute_resource* resource,
                                                     meshroute_error* error);
/* All resources at this moment. The snapshot never changes and outlives the mesh. */
MESHROUTE_API meshroute_status meshroute_mesh_snapshot(meshroute_mesh* mesh, meshroute_snapshot** out, meshroute_error* error);
/* About how much heap memory the mesh keeps alive, in bytes, for a garbage collector to know: its resources, their text where it
 * is kept, its last snapshot, and what both have worked out so far. What a mesh shares with snapshots and views is counted in
 * each of them. It walks all of that, in linear time. 0 for NULL, and if memory runs out in the walk; so each `_bytes`. */
MESHROUTE_API size_t meshroute_mesh_bytes(const meshroute_mesh* mesh);
/* The verdicts on a stream, each document by itself, keeping nothing. `report` must not be NULL. What documents do to each other
 * meshroute_snapshot_analyze says. */
MESHROUTE_API meshroute_status meshroute_check(const char* text, size_t size, const meshroute_load_options* options,
                                               meshroute_report** report, meshroute_error* error);

/* ---- Folders and settings ---------------------------------------------------------------------------------------------- */

/* The configuration files of a folder: .yaml, .yml and .json, recursively and sorted, each once, whatever links to it. Hidden
 * folders below it are never entered. `exclude` are patterns: one without a slash is for names of files and folders, one with a
 * slash for paths below the folder; `*` and `?` stay within a name, `**` does not. */
MESHROUTE_API meshroute_status meshroute_files_of_folder(meshroute_str path, const meshroute_str* exclude, size_t exclude_count,
                                                         meshroute_files** out, meshroute_error* error);
MESHROUTE_API void meshroute_files_free(meshroute_files* files);
MESHROUTE_API size_t meshroute_files_count(const meshroute_files* files);
/* A path; data NULL if the index is out of range. */
MESHROUTE_API meshroute_str meshroute_files_at(const meshroute_files* files, size_t index);
/* Folders that cannot be read: a sentence each. */
MESHROUTE_API size_t meshroute_files_problem_count(const meshroute_files* files);
/* One of them; data NULL if the index is out of range. */
MESHROUTE_API meshroute_str meshroute_files_problem_at(const meshroute_files* files, size_t index);
/* The findings on a MeshConfig (YAML or JSON): unknown fields, wrong values. `name` is shown in them. */
MESHROUTE_API meshroute_status meshroute_check_mesh_config(const char* text, size_t size, meshroute_str name,
                                                           meshroute_report** report, meshroute_error* error);

/* ---- Snapshot: immutable, any number of threads ---------------------------------------------------------------------- */

MESHROUTE_API void meshroute_snapshot_free(meshroute_snapshot* snapshot);
/* Findings over all resources together. */
MESHROUTE_API meshroute_status meshroute_snapshot_analyze(const meshroute_snapshot* snapshot, meshroute_report** report,
                                                          meshroute_error* error);
/* The same, added to a report that is there without a copy: what was borrowed from `report` ends. The status is that of what was
 * added. */
MESHROUTE_API meshroute_status meshroute_snapshot_analyze_into(const meshroute_snapshot* snapshot, meshroute_report* report,
                                                               meshroute_error* error);
/* All resources, in document order. */
MESHROUTE_API meshroute_status meshroute_snapshot_resources(const meshroute_snapshot* snapshot, meshroute_resources** out,
                                                            meshroute_error* error);
MESHROUTE_API void meshroute_resources_free(meshroute_resources* resources);
MESHROUTE_API size_t meshroute_resources_count(const meshroute_resources* resources);
/* One resource. */
MESHROUTE_API meshroute_status meshroute_resources_at(const meshroute_resources* resources, size_t index, meshroute_resource* out,
                                                      meshroute_error* error);
/* A list of {"cluster","group","kind","namespace","name","source","line"}. */
MESHROUTE_API meshroute_status meshroute_resources_json(const meshroute_resources* resources, int32_t style, meshroute_bytes* out,
                                                        meshroute_error* error);
/* The proxy of "NAMESPACE/NAME": that of the Pod, WorkloadEntry, Deployment (or its like) or WorkloadGroup of that name, with its
 * labels, address, locality, network, node and service account; a router if a Gateway selects its labels. "NAMESPACE" is a proxy
 * of which nothing else is known. FINDINGS where no such workload or namespace is loaded; the proxy then has its namespace and
 * id. */
MESHROUTE_API meshroute_status meshroute_snapshot_find_proxy(const meshroute_snapshot* snapshot, meshroute_str name,
                                                             meshroute_found_proxy** out, meshroute_error* error);
MESHROUTE_API void meshroute_found_proxy_free(meshroute_found_proxy* found);
/* Its strings and labels are borrowed from the handle. */
MESHROUTE_API meshroute_status meshroute_found_proxy_get(const meshroute_found_proxy* found, meshroute_proxy* out,
                                                         meshroute_error* error);
/* The same as a JSON object. */
MESHROUTE_API meshroute_status meshroute_found_proxy_json(const meshroute_found_proxy* found, int32_t style, meshroute_bytes* out,
                                                          meshroute_error* error);
/* "Deployment shop/web (mesh.yaml:12)"; empty if nothing was found. */
MESHROUTE_API meshroute_str meshroute_found_proxy_resource(const meshroute_found_proxy* found);
/* What is not loaded, and what is near, as a sentence; empty if nothing is missing. */
MESHROUTE_API meshroute_str meshroute_found_proxy_message(const meshroute_found_proxy* found);
/* Not 0: the address is made up, because no Pod is given. */
MESHROUTE_API int32_t meshroute_found_proxy_assumed(const meshroute_found_proxy* found);
/* The endpoints of the services of a host, whoever asks: of each workload and port; without a cluster. */
MESHROUTE_API meshroute_status meshroute_snapshot_workloads_of(const meshroute_snapshot* snapshot, meshroute_str host,
                                                               meshroute_endpoints** out, meshroute_error* error);
/* As meshroute_mesh_bytes: resources, their text where it is kept, services, endpoints, indexes, and what is kept for views. It
 * grows as views are asked for. */
MESHROUTE_API size_t meshroute_snapshot_bytes(const meshroute_snapshot* snapshot);

/* ---- View: immutable, any number of threads ---------------------------------------------------------------------------- */

/* What a proxy sees. `proxy` may be NULL; `previous` may be NULL, or a view of an earlier snapshot for the same proxy. */
MESHROUTE_API meshroute_status meshroute_snapshot_view(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                       const meshroute_view* previous, meshroute_view** out,
                                                       meshroute_error* error);
/* The same with the proxy as a JSON object; an unknown member is INVALID_ARGUMENT. */
MESHROUTE_API meshroute_status meshroute_snapshot_view_json(const meshroute_snapshot* snapshot, const char* proxy, size_t size,
                                                            const meshroute_view* previous, meshroute_view** out,
                                                            meshroute_error* error);
MESHROUTE_API void meshroute_view_free(meshroute_view* view);
/* As meshroute_mesh_bytes: clusters, endpoints, listeners, routes, and the JSON that is kept, as far as they were asked for. The
 * snapshot, which the view keeps alive too, is not counted. */
MESHROUTE_API size_t meshroute_view_bytes(const meshroute_view* view);
/* `section` is services, clusters, endpoints, routes, listeners, inbound or client_tls; empty: all, as an object with these
 * members, the last two of a sidecar only; another word is INVALID_ARGUMENT. Only what `filter` wants; NULL wants all. `style` is
 * a sum of MESHROUTE_JSON_*. */
MESHROUTE_API meshroute_status meshroute_view_json(const meshroute_view* view, meshroute_str section,
                                                   const meshroute_view_filter* filter, int32_t style, meshroute_bytes* out,
                                                   meshroute_error* error);
/* The view as tables for people; an empty section means all. Only what `filter` wants; NULL wants all. */
MESHROUTE_API meshroute_status meshroute_view_text(const meshroute_view* view, meshroute_str section,
                                                   const meshroute_view_filter* filter, int32_t style, meshroute_bytes* out,
                                                   meshroute_error* error);
/* Why the proxy sees a host as it does: which definitions exist and which one counts, which workloads are selected and which
 * nearly, which rules apply. FINDINGS where it does not see the host. A short name is completed as the client's DNS would. */
MESHROUTE_API meshroute_status meshroute_view_why(const meshroute_view* view, meshroute_str host, meshroute_reasons** out,
                                                  meshroute_error* error);
MESHROUTE_API void meshroute_reasons_free(meshroute_reasons* reasons);
MESHROUTE_API meshroute_str meshroute_reasons_host(const meshroute_reasons* reasons); /* the full name */
MESHROUTE_API size_t meshroute_reasons_count(const meshroute_reasons* reasons);
/* One line by index. */
MESHROUTE_API meshroute_status meshroute_reasons_at(const meshroute_reasons* reasons, size_t index, meshroute_trace_line* out,
                                                    meshroute_error* error);
/* {"host","visible","reasons":[...]}, each reason as a line of an answer's trace. */
MESHROUTE_API meshroute_status meshroute_reasons_json(const meshroute_reasons* reasons, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error);
/* The lines for people. */
MESHROUTE_API meshroute_status meshroute_reasons_text(const meshroute_reasons* reasons, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error);

/* --- The sections of a view, row by row --- */

/* Each list is read from a view once, with what `filter` wants (NULL: all), owns its text, outlives the view, and is immutable:
 * any number of threads may read it. `_at` fills one row, with all of the row's own lists. */

/* In the order in which the proxy sees them. `filter` may be NULL, here and below. */
MESHROUTE_API meshroute_status meshroute_view_services(const meshroute_view* view, const meshroute_view_filter* filter,
                                                       meshroute_services** out, meshroute_error* error);
MESHROUTE_API void meshroute_services_free(meshroute_services* services);
MESHROUTE_API size_t meshroute_services_count(const meshroute_services* services);
/* One row, with all of its own lists. */
MESHROUTE_API meshroute_status meshroute_services_at(const meshroute_services* services, size_t index, meshroute_service* out,
                                                     meshroute_error* error);

/* Sorted by name; first the clusters that every proxy has (BlackHoleCluster, PassthroughCluster). */
MESHROUTE_API meshroute_status meshroute_view_clusters(const meshroute_view* view, const meshroute_view_filter* filter,
                                                       meshroute_clusters** out, meshroute_error* error);
MESHROUTE_API void meshroute_clusters_free(meshroute_clusters* clusters);
MESHROUTE_API size_t meshroute_clusters_count(const meshroute_clusters* clusters);
/* One row, with all of its own lists. */
MESHROUTE_API meshroute_status meshroute_clusters_at(const meshroute_clusters* clusters, size_t index, meshroute_cluster* out,
                                                     meshroute_error* error);

/* Sorted by cluster; an empty cluster has no row. */
MESHROUTE_API meshroute_status meshroute_view_endpoints(const meshroute_view* view, const meshroute_view_filter* filter,
                                                        meshroute_endpoints** out, meshroute_error* error);
MESHROUTE_API void meshroute_endpoints_free(meshroute_endpoints* endpoints);
MESHROUTE_API size_t meshroute_endpoints_count(const meshroute_endpoints* endpoints);
/* One row, with all of its own lists. */
MESHROUTE_API meshroute_status meshroute_endpoints_at(const meshroute_endpoints* endpoints, size_t index, meshroute_endpoint* out,
                                                      meshroute_error* error);

/* Sorted by route table; all routes of the virtual hosts that pass the filter. */
MESHROUTE_API meshroute_status meshroute_view_routes(const meshroute_view* view, const meshroute_view_filter* filter,
                                                     meshroute_routes** out, meshroute_error* error);
MESHROUTE_API void meshroute_routes_free(meshroute_routes* routes);
MESHROUTE_API size_t meshroute_routes_count(const meshroute_routes* routes);
/* One row, with all of its own lists. */
MESHROUTE_API meshroute_status meshroute_routes_at(const meshroute_routes* routes, size_t index, meshroute_route* out,
                                                   meshroute_error* error);

/* Sorted by listener, its default chain last; all chains of the listeners that pass the filter. */
MESHROUTE_API meshroute_status meshroute_view_listeners(const meshroute_view* view, const meshroute_view_filter* filter,
                                                        meshroute_listeners** out, meshroute_error* error);
MESHROUTE_API void meshroute_listeners_free(meshroute_listeners* listeners);
MESHROUTE_API size_t meshroute_listeners_count(const meshroute_listeners* listeners);
/* One row, with all of its own lists. */
MESHROUTE_API meshroute_status meshroute_listeners_at(const meshroute_listeners* listeners, size_t index, meshroute_listener* out,
                                                      meshroute_error* error);

/* --- A view as Envoy's messages, and as a real Envoy's configuration --- */

/* A section, "clusters", "endpoints", "routes" or "listeners", as a list of the messages that a control plane sends, in protojson
 * and without telemetry; only what `filter` wants, which may be NULL. */
MESHROUTE_API meshroute_status meshroute_view_envoy_json(const meshroute_view* view, meshroute_str section,
                                                         const meshroute_view_filter* filter, int32_t style, meshroute_bytes* out,
                                                         meshroute_error* error);
/* A configuration that a real Envoy runs as it is: the proxy's requests go through it where meshroute_resolve says. `options` may
 * be NULL. What cannot be expressed is a warning; an option that is wrong is MESHROUTE_INVALID_ARGUMENT. */
MESHROUTE_API meshroute_status meshroute_view_envoy_bootstrap(const meshroute_view* view, const meshroute_envoy_options* options,
                                                              meshroute_envoy_bootstrap** out, meshroute_error* error);
MESHROUTE_API void meshroute_envoy_bootstrap_free(meshroute_envoy_bootstrap* bootstrap);
/* Envoy's Bootstrap in protojson. */
MESHROUTE_API meshroute_str meshroute_envoy_bootstrap_json(const meshroute_envoy_bootstrap* bootstrap);
/* Sentences: what could not be expressed, with the resource that wants it. */
MESHROUTE_API size_t meshroute_envoy_bootstrap_warning_count(const meshroute_envoy_bootstrap* bootstrap);
/* One of them; data NULL if the index is out of range. */
MESHROUTE_API meshroute_str meshroute_envoy_bootstrap_warning_at(const meshroute_envoy_bootstrap* bootstrap, size_t index);
/* The ports of the mode `ports`, sorted by host. */
MESHROUTE_API size_t meshroute_envoy_bootstrap_port_count(const meshroute_envoy_bootstrap* bootstrap);
/* One of them. */
MESHROUTE_API meshroute_status meshroute_envoy_bootstrap_port_at(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                                 meshroute_envoy_port* out, meshroute_error* error);
/* The resources of the files, in the order in which new ones are to be written: those of one file stand together. */
MESHROUTE_API size_t meshroute_envoy_bootstrap_resource_count(const meshroute_envoy_bootstrap* bootstrap);
/* One of them. */
MESHROUTE_API meshroute_status meshroute_envoy_bootstrap_resource_at(const meshroute_envoy_bootstrap* bootstrap, size_t index,
                                                                     meshroute_envoy_resource* out, meshroute_error* error);

/* ---- Resolve: where a request goes -------------------------------------------------------------------------------------
 *
 * `options` may be NULL. OK for the outcomes routed, redirect, direct_response and passthrough (of a host that the mesh does not
 * know: read `outcome`); FINDINGS for all others. */

/* Resolves a request into a new answer. */
MESHROUTE_API meshroute_status meshroute_resolve(const meshroute_view* view, const meshroute_request* request,
                                                 const meshroute_resolve_options* options, meshroute_answer** out,
                                                 meshroute_error* error);
/* The same into an answer of meshroute_answer_new or of an earlier call. Its storage is reused, and what was borrowed from it
 * ends. Out of memory leaves it empty. */
MESHROUTE_API meshroute_status meshroute_resolve_into(const meshroute_view* view, const meshroute_request* request,
                                                      const meshroute_resolve_options* options, meshroute_answer* reused,
                                                      meshroute_error* error);
/* The same for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_resolve_json(const meshroute_view* view, const char* request, size_t size,
                                                      const meshroute_resolve_options* options, meshroute_answer** out,
                                                      meshroute_error* error);
/* The same into an answer whose storage is reused, for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_resolve_json_into(const meshroute_view* view, const char* request, size_t size,
                                                           const meshroute_resolve_options* options, meshroute_answer* reused,
                                                           meshroute_error* error);
/* Resolves `count` requests, in order, and keeps of each answer what meshroute_result has. The storage of `reused` is reused, and
 * what was borrowed from it ends. A request that cannot be read fails the call, whose error names it; `reused` is then empty.
 * FINDINGS if any request reaches no destination. `trace` of the options does not matter. */
MESHROUTE_API meshroute_status meshroute_resolve_many(const meshroute_view* view, const meshroute_request* const* requests,
                                                      size_t count, const meshroute_resolve_options* options,
                                                      meshroute_answers* reused, meshroute_error* error);

/* Envoy's routing on its own: a RouteConfiguration in protojson (snake_case or lowerCamelCase names), or the one called
 * `name` in a list of them or a config dump; `name` may be empty if there is only one. REFUSED, with the reason, if
 * Envoy refuses it. */
MESHROUTE_API meshroute_status meshroute_route_table_new(const char* protojson, size_t size, meshroute_str name,
                                                         meshroute_route_table** out, meshroute_error* error);
MESHROUTE_API void meshroute_route_table_free(meshroute_route_table* table);
/* The answer of an Envoy with these routes; it takes every cluster as there. The five calls are as those of a view. */
MESHROUTE_API meshroute_status meshroute_route_table_resolve(const meshroute_route_table* table, const meshroute_request* request,
                                                             const meshroute_resolve_options* options, meshroute_answer** out,
                                                             meshroute_error* error);
/* The same into an answer whose storage is reused. */
MESHROUTE_API meshroute_status meshroute_route_table_resolve_into(const meshroute_route_table* table,
                                                                  const meshroute_request* request,
                                                                  const meshroute_resolve_options* options,
                                                                  meshroute_answer* reused, meshroute_error* error);
/* The same for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_route_table_resolve_json(const meshroute_route_table* table, const char* request,
                                                                  size_t size, const meshroute_resolve_options* options,
                                                                  meshroute_answer** out, meshroute_error* error);
/* The same into an answer whose storage is reused, for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_route_table_resolve_json_into(const meshroute_route_table* table, const char* request,
                                                                       size_t size, const meshroute_resolve_options* options,
                                                                       meshroute_answer* reused, meshroute_error* error);
/* The answers to many requests, in short. */
MESHROUTE_API meshroute_status meshroute_route_table_resolve_many(const meshroute_route_table* table,
                                                                  const meshroute_request* const* requests, size_t count,
                                                                  const meshroute_resolve_options* options,
                                                                  meshroute_answers* reused, meshroute_error* error);

/* ---- Answer -------------------------------------------------------------------------------------------------------- */

/* An empty answer, to resolve into. */
MESHROUTE_API meshroute_status meshroute_answer_new(meshroute_answer** out, meshroute_error* error);
MESHROUTE_API void meshroute_answer_free(meshroute_answer* answer);
/* `outcome` of meshroute_answer_fields. */
MESHROUTE_API meshroute_str meshroute_answer_outcome(const meshroute_answer* answer);
/* `cluster` of meshroute_answer_fields. */
MESHROUTE_API meshroute_str meshroute_answer_cluster(const meshroute_answer* answer);
/* The answer's own members. */
MESHROUTE_API meshroute_status meshroute_answer_get(const meshroute_answer* answer, meshroute_answer_fields* out,
                                                    meshroute_error* error);
MESHROUTE_API size_t meshroute_answer_endpoint_count(const meshroute_answer* answer);
/* One endpoint that the request can reach. */
MESHROUTE_API meshroute_status meshroute_answer_endpoint_at(const meshroute_answer* answer, size_t index, meshroute_endpoint* out,
                                                            meshroute_error* error);
/* FINDINGS, and an empty `out`, if no request goes to a cluster, or with skip_upstream_request. */
MESHROUTE_API meshroute_status meshroute_answer_upstream_request(const meshroute_answer* answer, meshroute_upstream_request* out,
                                                                 meshroute_error* error);
/* One header that the proxy sends with other values; their count is in meshroute_upstream_request. */
MESHROUTE_API meshroute_status meshroute_answer_changed_header_at(const meshroute_answer* answer, size_t index,
                                                                  meshroute_changed_header* out, meshroute_error* error);
MESHROUTE_API size_t meshroute_answer_trace_count(const meshroute_answer* answer);
/* One line of the reasons. */
MESHROUTE_API meshroute_status meshroute_answer_trace_at(const meshroute_answer* answer, size_t index, meshroute_trace_line* out,
                                                         meshroute_error* error);
/* The lines of the trace that explain a failure, or why the request does not go where it seems to; the one that decides first. */
MESHROUTE_API size_t meshroute_answer_because_count(const meshroute_answer* answer);
/* One of these lines. */
MESHROUTE_API meshroute_status meshroute_answer_because_at(const meshroute_answer* answer, size_t index,
                                                           meshroute_trace_line* out, meshroute_error* error);
/* The JSON form of the whole answer. */
MESHROUTE_API meshroute_status meshroute_answer_json(const meshroute_answer* answer, int32_t style, meshroute_bytes* out,
                                                     meshroute_error* error);
/* The answer for people; EXPLAIN: with the reasons. */
MESHROUTE_API meshroute_status meshroute_answer_text(const meshroute_answer* answer, int32_t style, meshroute_bytes* out,
                                                     meshroute_error* error);

/* Empty, to resolve many requests into. */
MESHROUTE_API meshroute_status meshroute_answers_new(meshroute_answers** out, meshroute_error* error);
MESHROUTE_API void meshroute_answers_free(meshroute_answers* answers);
MESHROUTE_API size_t meshroute_answers_count(const meshroute_answers* answers);
/* All results as an array, in the order of the requests; NULL without a request. Two texts that are the same may be one: they
 * then have the same data. */
MESHROUTE_API const meshroute_result* meshroute_answers_results(const meshroute_answers* answers);
/* The endpoints of all results; results that reach the same ones share them. */
MESHROUTE_API size_t meshroute_answers_endpoint_count(const meshroute_answers* answers);
/* One endpoint: result R has those from R.first_endpoint on. */
MESHROUTE_API meshroute_status meshroute_answers_endpoint_at(const meshroute_answers* answers, size_t index,
                                                             meshroute_endpoint* out, meshroute_error* error);

/* ---- Inbound answer: what a view's proxy does, as a server, with a connection or request that reaches it ------------- */

/* MESHROUTE_FINDINGS where it is not let in. With `options.trace`, the reasons. */
MESHROUTE_API meshroute_status meshroute_resolve_inbound(const meshroute_view* view, const meshroute_request* request,
                                                         const meshroute_resolve_options* options, meshroute_inbound_answer** out,
                                                         meshroute_error* error);
/* Into an answer whose storage is reused. */
MESHROUTE_API meshroute_status meshroute_resolve_inbound_into(const meshroute_view* view, const meshroute_request* request,
                                                              const meshroute_resolve_options* options,
                                                              meshroute_inbound_answer* reused, meshroute_error* error);
/* The same for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_resolve_inbound_json(const meshroute_view* view, const char* request, size_t size,
                                                              const meshroute_resolve_options* options,
                                                              meshroute_inbound_answer** out, meshroute_error* error);
/* The same into an answer whose storage is reused, for a request that is a JSON object or a URL. */
MESHROUTE_API meshroute_status meshroute_resolve_inbound_json_into(const meshroute_view* view, const char* request, size_t size,
                                                                   const meshroute_resolve_options* options,
                                                                   meshroute_inbound_answer* reused, meshroute_error* error);
/* An empty one, to be resolved into. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_new(meshroute_inbound_answer** out, meshroute_error* error);
MESHROUTE_API void meshroute_inbound_answer_free(meshroute_inbound_answer* answer);
/* The answer's own members. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_get(const meshroute_inbound_answer* answer,
                                                            meshroute_inbound_answer_fields* out, meshroute_error* error);
MESHROUTE_API size_t meshroute_inbound_answer_dry_run_count(const meshroute_inbound_answer* answer);
/* What one dry-run policy would have done. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_dry_run_at(const meshroute_inbound_answer* answer, size_t index,
                                                                   meshroute_dry_run* out, meshroute_error* error);
MESHROUTE_API size_t meshroute_inbound_answer_trace_count(const meshroute_inbound_answer* answer);
/* One line of the reasons. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_trace_at(const meshroute_inbound_answer* answer, size_t index,
                                                                 meshroute_trace_line* out, meshroute_error* error);
/* The JSON form of the whole answer. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_json(const meshroute_inbound_answer* answer, int32_t style,
                                                             meshroute_bytes* out, meshroute_error* error);
/* For people; EXPLAIN: with the reasons, where they were asked for. */
MESHROUTE_API meshroute_status meshroute_inbound_answer_text(const meshroute_inbound_answer* answer, int32_t style,
                                                             meshroute_bytes* out, meshroute_error* error);

/* ---- Journey: a request from its client's proxy through the proxies of the servers that it may reach ---------------- */

/* `proxy` may be NULL. `servers` is a JSON list of proxies with their `ip`, which are then all that have a sidecar; empty: as the
 * endpoints' own workloads say. What goes to an address without a sidecar counts as arriving ("no sidecar"), and so does what
 * leaves the mesh. MESHROUTE_FINDINGS where not every request arrives. */
MESHROUTE_API meshroute_status meshroute_snapshot_follow(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                         const meshroute_request* request, meshroute_str servers,
                                                         meshroute_journey** out, meshroute_error* error);
/* The same with the proxy and the request as JSON objects; an unknown member is INVALID_ARGUMENT. */
MESHROUTE_API meshroute_status meshroute_snapshot_follow_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                              meshroute_str request, meshroute_str servers,
                                                              meshroute_journey** out, meshroute_error* error);
MESHROUTE_API void meshroute_journey_free(meshroute_journey* journey);
/* Percent of such requests that arrive, 0 to 100. */
MESHROUTE_API double meshroute_journey_arrives_percent(const meshroute_journey* journey);
/* What the client's own proxy does; it belongs to the journey. NULL for NULL. */
MESHROUTE_API const meshroute_answer* meshroute_journey_outbound(const meshroute_journey* journey);
MESHROUTE_API size_t meshroute_journey_hop_count(const meshroute_journey* journey);
/* One endpoint that may be chosen. */
MESHROUTE_API meshroute_status meshroute_journey_hop_at(const meshroute_journey* journey, size_t index, meshroute_hop* out,
                                                        meshroute_error* error);
/* What the proxy at a hop does; it belongs to the journey. NULL where the hop has no proxy, and for an index out of range. */
MESHROUTE_API const meshroute_inbound_answer* meshroute_journey_hop_inbound(const meshroute_journey* journey, size_t hop);
/* Of a hop that is a gateway: the journey from it on, which belongs to this one. NULL for others, and for an index out of range.
 */
MESHROUTE_API const meshroute_journey* meshroute_journey_hop_next(const meshroute_journey* journey, size_t hop);
MESHROUTE_API size_t meshroute_journey_because_count(const meshroute_journey* journey);
/* One line of the reasons; the deciding one is the first. */
MESHROUTE_API meshroute_status meshroute_journey_because_at(const meshroute_journey* journey, size_t index,
                                                            meshroute_trace_line* out, meshroute_error* error);
/* The JSON form of the whole journey. */
MESHROUTE_API meshroute_status meshroute_journey_json(const meshroute_journey* journey, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error);
/* The journey for people. */
MESHROUTE_API meshroute_status meshroute_journey_text(const meshroute_journey* journey, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error);

/* ---- Reach: for each workload that is loaded, whether a plain request to a host arrives ------------------------------ */

/* `host` may be short, as the clients write it; `port` 0: 80 where the service has it, else its first; `from`: only workloads of
 * "NAMESPACE", or "NAMESPACE/NAME", empty: all. MESHROUTE_FINDINGS where not every workload reaches it. */
MESHROUTE_API meshroute_status meshroute_snapshot_reach(const meshroute_snapshot* snapshot, meshroute_str host, uint32_t port,
                                                        meshroute_str from, meshroute_reach** out, meshroute_error* error);
MESHROUTE_API void meshroute_reach_free(meshroute_reach* reach);
MESHROUTE_API meshroute_status meshroute_reach_get(const meshroute_reach* reach, meshroute_reach_fields* out,
                                                   meshroute_error* error);
/* One group; those whose requests fail come first. */
MESHROUTE_API meshroute_status meshroute_reach_group_at(const meshroute_reach* reach, size_t index, meshroute_reach_group* out,
                                                        meshroute_error* error);
/* One way of a group; the largest share is the first. */
MESHROUTE_API meshroute_status meshroute_reach_way_at(const meshroute_reach* reach, size_t group, size_t index,
                                                      meshroute_reach_way* out, meshroute_error* error);
/* One line of the reasons of a group; the deciding one is the first. */
MESHROUTE_API meshroute_status meshroute_reach_because_at(const meshroute_reach* reach, size_t group, size_t index,
                                                          meshroute_trace_line* out, meshroute_error* error);
/* The JSON form. */
MESHROUTE_API meshroute_status meshroute_reach_json(const meshroute_reach* reach, int32_t style, meshroute_bytes* out,
                                                    meshroute_error* error);
/* For people. */
MESHROUTE_API meshroute_status meshroute_reach_text(const meshroute_reach* reach, int32_t style, meshroute_bytes* out,
                                                    meshroute_error* error);
/* A picture of who reaches what, in the language of Graphviz or of Mermaid. */
MESHROUTE_API meshroute_status meshroute_reach_picture(const meshroute_reach* reach, int32_t language, meshroute_bytes* out,
                                                       meshroute_error* error);

/* ---- Suite: tests of routing --------------------------------------------------------------------------------------- */

/* Reads a test file, or each of a folder's files that has tests; the error names each mistake's file, line and column. */
MESHROUTE_API meshroute_status meshroute_suite_load_path(meshroute_str path, meshroute_suite** out, meshroute_error* error);
/* The same from a text; paths of `config` start from the folder of `name`. */
MESHROUTE_API meshroute_status meshroute_suite_load(const char* text, size_t size, meshroute_str name, meshroute_suite** out,
                                                    meshroute_error* error);
MESHROUTE_API void meshroute_suite_free(meshroute_suite* suite);
/* {"tests":[{"name","source","line"}]}, in the order of a report. */
MESHROUTE_API meshroute_status meshroute_suite_json(const meshroute_suite* suite, int32_t style, meshroute_bytes* out,
                                                    meshroute_error* error);
/* Runs all tests against a mesh; NULL: the one that the files' `config` names. MESHROUTE_FINDINGS where a test fails. */
MESHROUTE_API meshroute_status meshroute_suite_run(const meshroute_suite* suite, const meshroute_snapshot* mesh,
                                                   const meshroute_suite_options* options, meshroute_suite_report** out,
                                                   meshroute_error* error);
MESHROUTE_API void meshroute_suite_report_free(meshroute_suite_report* report);
/* An empty report, to append to. */
MESHROUTE_API meshroute_status meshroute_suite_report_new(meshroute_suite_report** out, meshroute_error* error);
/* Adds another report's tests, and its hits to the items that both have; what was borrowed from `report` ends. */
MESHROUTE_API meshroute_status meshroute_suite_report_append(meshroute_suite_report* report, const meshroute_suite_report* other,
                                                             meshroute_error* error);
/* How many tests failed. */
MESHROUTE_API size_t meshroute_suite_report_failed(const meshroute_suite_report* report);
MESHROUTE_API size_t meshroute_suite_report_test_count(const meshroute_suite_report* report);
/* One test. */
MESHROUTE_API meshroute_status meshroute_suite_report_test_at(const meshroute_suite_report* report, size_t index,
                                                              meshroute_suite_test* out, meshroute_error* error);
/* One thing that a test does not get; their count is in meshroute_suite_test, as those of the next two calls. */
MESHROUTE_API meshroute_status meshroute_suite_report_failure_at(const meshroute_suite_report* report, size_t test, size_t index,
                                                                 meshroute_suite_failure* out, meshroute_error* error);
/* One reason of a test that fails. */
MESHROUTE_API meshroute_status meshroute_suite_report_because_at(const meshroute_suite_report* report, size_t test, size_t index,
                                                                 meshroute_trace_line* out, meshroute_error* error);
/* What stands beside a test; data NULL if an index is out of range. */
MESHROUTE_API meshroute_str meshroute_suite_report_note_at(const meshroute_suite_report* report, size_t test, size_t index);
/* Percent of the items that a request can meet and a test met; 100 where there are none. */
MESHROUTE_API double meshroute_suite_report_coverage_percent(const meshroute_suite_report* report);
MESHROUTE_API size_t meshroute_suite_report_coverage_count(const meshroute_suite_report* report);
/* One item of the coverage. */
MESHROUTE_API meshroute_status meshroute_suite_report_coverage_at(const meshroute_suite_report* report, size_t index,
                                                                  meshroute_coverage_item* out, meshroute_error* error);
/* The JSON form of the whole report. */
MESHROUTE_API meshroute_status meshroute_suite_report_json(const meshroute_suite_report* report, int32_t style,
                                                           meshroute_bytes* out, meshroute_error* error);
/* The tests for people; VERBOSE: those that pass too. */
MESHROUTE_API meshroute_status meshroute_suite_report_text(const meshroute_suite_report* report, int32_t style,
                                                           meshroute_bytes* out, meshroute_error* error);
/* The tests as JUnit's XML. */
MESHROUTE_API meshroute_status meshroute_suite_report_junit(const meshroute_suite_report* report, meshroute_bytes* out,
                                                            meshroute_error* error);
/* The coverage as a table for people. */
MESHROUTE_API meshroute_status meshroute_suite_report_coverage_text(const meshroute_suite_report* report, int32_t style,
                                                                    meshroute_bytes* out, meshroute_error* error);
/* The coverage as an lcov trace file. */
MESHROUTE_API meshroute_status meshroute_suite_report_coverage_lcov(const meshroute_suite_report* report, meshroute_bytes* out,
                                                                    meshroute_error* error);

/* ---- Witness and diff ---------------------------------------------------------------------------------------------- */

/* A request for each rule and match that the proxy has, or the rule that hides it. */
MESHROUTE_API meshroute_status meshroute_snapshot_witnesses(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                            meshroute_witnesses** out, meshroute_error* error);
/* The same; the proxy as a JSON object. */
MESHROUTE_API meshroute_status meshroute_snapshot_witnesses_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                                 meshroute_witnesses** out, meshroute_error* error);
MESHROUTE_API void meshroute_witnesses_free(meshroute_witnesses* witnesses);
MESHROUTE_API size_t meshroute_witnesses_count(const meshroute_witnesses* witnesses);
/* One of them. */
MESHROUTE_API meshroute_status meshroute_witnesses_at(const meshroute_witnesses* witnesses, size_t index, meshroute_witness* out,
                                                      meshroute_error* error);
/* [{"resource","path","request"}], with "unreachable" or "unknown" in the place of a request that is not there. */
MESHROUTE_API meshroute_status meshroute_witnesses_json(const meshroute_witnesses* witnesses, int32_t style, meshroute_bytes* out,
                                                        meshroute_error* error);
/* The witnesses as a test file (YAML) that pins what the mesh does today; `config` are the paths that it names. */
MESHROUTE_API meshroute_status meshroute_snapshot_witness_suite(const meshroute_snapshot* snapshot, const meshroute_proxy* proxy,
                                                                const meshroute_str* config, size_t config_count,
                                                                meshroute_bytes* out, meshroute_error* error);
/* The same for a proxy in its JSON form. */
MESHROUTE_API meshroute_status meshroute_snapshot_witness_suite_json(const meshroute_snapshot* snapshot, meshroute_str proxy,
                                                                     const meshroute_str* config, size_t config_count,
                                                                     meshroute_bytes* out, meshroute_error* error);

/* Compares what two meshes do with requests. MESHROUTE_FINDINGS where anything changes. */
MESHROUTE_API meshroute_status meshroute_snapshot_diff(const meshroute_snapshot* before, const meshroute_snapshot* after,
                                                       const meshroute_diff_options* options, meshroute_diff** out,
                                                       meshroute_error* error);
MESHROUTE_API void meshroute_diff_free(meshroute_diff* diff);
MESHROUTE_API size_t meshroute_diff_change_count(const meshroute_diff* diff);
/* One change, largest share first. */
MESHROUTE_API meshroute_status meshroute_diff_change_at(const meshroute_diff* diff, size_t index, meshroute_diff_change* out,
                                                        meshroute_error* error);
/* One line of the reasons of a change. */
MESHROUTE_API meshroute_status meshroute_diff_change_because_at(const meshroute_diff* diff, size_t change, size_t index,
                                                                meshroute_trace_line* out, meshroute_error* error);
/* The JSON form of the whole. */
MESHROUTE_API meshroute_status meshroute_diff_json(const meshroute_diff* diff, int32_t style, meshroute_bytes* out,
                                                   meshroute_error* error);
/* For people. */
MESHROUTE_API meshroute_status meshroute_diff_text(const meshroute_diff* diff, int32_t style, meshroute_bytes* out,
                                                   meshroute_error* error);
/* A comment for a pull request. */
MESHROUTE_API meshroute_status meshroute_diff_markdown(const meshroute_diff* diff, meshroute_bytes* out, meshroute_error* error);

/* ---- Report -------------------------------------------------------------------------------------------------------- */

/* An empty report, to append to. */
MESHROUTE_API meshroute_status meshroute_report_new(meshroute_report** out, meshroute_error* error);
MESHROUTE_API void meshroute_report_free(meshroute_report* report);
/* As meshroute_mesh_bytes: documents and findings. */
MESHROUTE_API size_t meshroute_report_bytes(const meshroute_report* report);
/* Adds another report's documents and findings; what was borrowed from `report` ends. */
MESHROUTE_API meshroute_status meshroute_report_append(meshroute_report* report, const meshroute_report* other,
                                                       meshroute_error* error);
/* Drops the findings of a rule that refuse nothing; those that explain a refusal stay. What was borrowed before ends. */
MESHROUTE_API meshroute_status meshroute_report_ignore(meshroute_report* report, meshroute_str rule, meshroute_error* error);
MESHROUTE_API size_t meshroute_report_document_count(const meshroute_report* report);
/* The verdict on one document. */
MESHROUTE_API meshroute_status meshroute_report_document_at(const meshroute_report* report, size_t index, meshroute_document* out,
                                                            meshroute_error* error);
/* The path of one unknown field of a document; data NULL if the index is out of range. */
MESHROUTE_API meshroute_str meshroute_report_unknown_field_at(const meshroute_report* report, size_t document, size_t index);
MESHROUTE_API size_t meshroute_report_diagnostic_count(const meshroute_report* report);
/* One finding. */
MESHROUTE_API meshroute_status meshroute_report_diagnostic_at(const meshroute_report* report, size_t index,
                                                              meshroute_diagnostic* out, meshroute_error* error);
/* One related location of a finding. */
MESHROUTE_API meshroute_status meshroute_report_related_at(const meshroute_report* report, size_t diagnostic, size_t index,
                                                           meshroute_related* out, meshroute_error* error);
MESHROUTE_API size_t meshroute_report_error_count(const meshroute_report* report);
MESHROUTE_API size_t meshroute_report_warning_count(const meshroute_report* report);
/* The number of findings of severity info. */
MESHROUTE_API size_t meshroute_report_info_count(const meshroute_report* report);
/* How many documents were passed over, because they are no Kubernetes objects. */
MESHROUTE_API size_t meshroute_report_passed_over_count(const meshroute_report* report);
/* The source of one; data NULL if the index is out of range. */
MESHROUTE_API meshroute_str meshroute_report_passed_over_at(const meshroute_report* report, size_t index);
/* The JSON form of the whole report. */
MESHROUTE_API meshroute_status meshroute_report_json(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                                     meshroute_error* error);
/* SARIF 2.1.0, for code-scanning services. */
MESHROUTE_API meshroute_status meshroute_report_sarif(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                                      meshroute_error* error);
/* Findings with caret pictures, then one line of counts; VERBOSE: a line for each document. */
MESHROUTE_API meshroute_status meshroute_report_text(const meshroute_report* report, int32_t style, meshroute_bytes* out,
                                                     meshroute_error* error);
enum { MESHROUTE_REPORT_TEXT = 0, MESHROUTE_REPORT_JSON = 1, MESHROUTE_REPORT_SARIF = 2 };
/* Takes a piece of a text, which holds until it returns. 0: go on; anything else ends the text. It must not throw. */
typedef int32_t (*meshroute_writer)(void* context, meshroute_str piece);
/* Gives one of the three texts above to `write` in pieces, so that a large one is never there as a whole. `form` is one of
 * MESHROUTE_REPORT_*, `style` that of the text; `context` is passed on and may be NULL. A text that `write` ends is no error. */
MESHROUTE_API meshroute_status meshroute_report_write(const meshroute_report* report, int32_t form, int32_t style,
                                                      meshroute_writer write, void* context, meshroute_error* error);

/* ---- Rules: sorted by id ------------------------------------------------------------------------------------------- */

MESHROUTE_API size_t meshroute_rule_count(void);
/* One rule by index. */
MESHROUTE_API meshroute_status meshroute_rule_at(size_t index, meshroute_rule* out, meshroute_error* error);
/* 1 where the word means the rule: its id, its name, or a code of a peer that it stands for ("IST0101/host", or "IST0101" for all
 * of them); `*` means every rule. 0 otherwise, also for an index out of range. */
MESHROUTE_API int32_t meshroute_rule_means(size_t index, meshroute_str word);
/* The rules that the word means (empty: all) as a JSON list of objects with the members of meshroute_rule; `severity`, `layer`
 * and `status` are words, `peers` is a list of texts. */
MESHROUTE_API meshroute_status meshroute_rules_json(meshroute_str word, int32_t style, meshroute_bytes* out,
                                                    meshroute_error* error);

/* ---- Codes of trace lines --------------------------------------------------------------------------------------------- */

MESHROUTE_API size_t meshroute_trace_code_count(void);
/* One code by index: the code (name), and in words what such lines say (value). Strings live as long as the program. */
MESHROUTE_API meshroute_status meshroute_trace_code_at(size_t index, meshroute_pair* out, meshroute_error* error);
/* The code that is the word (empty: all) as a JSON list of {"code","meaning"}. */
MESHROUTE_API meshroute_status meshroute_trace_codes_json(meshroute_str word, int32_t style, meshroute_bytes* out,
                                                          meshroute_error* error);

#ifdef __cplusplus
}
#endif
#endif
