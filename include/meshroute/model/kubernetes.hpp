#pragma once

// SPDX-License-Identifier: Apache-2.0
// The Kubernetes objects, as far as Istio's resolution reads them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshroute/model/map.hpp"

namespace meshroute::model {

/// `v1 Service`.
struct Service {
  /// One of `spec.ports`.
  struct Port {
    std::string name, protocol = "TCP";
    /// Set to "" differs from unset (spec A13).
    std::optional<std::string> app_protocol = {};
    std::uint32_t port = 0;
    /// A number or a name; empty if missing.
    std::string target_port = {};
    /// Of a Service of type NodePort or LoadBalancer; 0: missing.
    std::uint32_t node_port = 0;
  };
  std::vector<Port> ports = {};
  std::optional<Labels> selector = {};
  std::string type = "ClusterIP", cluster_ip, external_name, internal_traffic_policy, traffic_distribution;
  /// The last: status.loadBalancer.ingress ip or hostname.
  std::vector<std::string> cluster_ips, external_ips, load_balancer_ips;
  /// "IPv4", "IPv6"; empty: those of the addresses.
  std::vector<std::string> ip_families = {};
  bool publish_not_ready_addresses = false;
};

/// `v1 Namespace`: only its metadata matters.
struct Namespace {};

/// `v1 Node`: its metadata and one address matter.
struct Node {
  /// The first of `status.addresses` with type ExternalIP; empty if missing.
  std::string external_ip = {};
};

/// `v1 ServiceAccount`: only its name matters.
struct ServiceAccount {};

/// `v1 Pod`.
struct Pod {
  /// One of a container's `ports`.
  struct ContainerPort {
    std::string name, protocol = "TCP";
    std::uint32_t container_port = 0;
  };
  /// One of `spec.containers` or `spec.initContainers`.
  struct Container {
    std::string name = {};
    std::vector<ContainerPort> ports = {};
    bool init = false;
    /// `image` is `auto`: the injector writes the proxy's.
    bool image_auto = false;
    /// `securityContext.runAsUser`; -1 if missing.
    std::int32_t run_as_user = -1;
    std::string restart_policy = {};
  };
  std::vector<Container> containers = {};
  std::string node_name = {}, service_account_name = {}, phase = {};
  /// Its name in the DNS of the headless Service `subdomain`; empty: none.
  std::string hostname = {}, subdomain = {};
  /// podIPs, or [podIP].
  std::vector<std::string> pod_ips = {};
  /// Condition Ready is True.
  bool ready = false;
  bool host_network = false;
  /// `securityContext.runAsUser` of the containers that do not say their own; -1 if missing.
  std::int32_t run_as_user = -1;
};

/// What makes Pods: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, or a Rollout of Argo.
struct PodTemplate {
  /// Of the Pods.
  Labels labels = {}, annotations = {};
  /// `spec.template.spec`.
  Pod pod = {};
  std::optional<std::int64_t> replicas = {};
  /// Of a StatefulSet: `spec.ordinals.start`.
  std::int64_t first_ordinal = 0;
  /// Of a StatefulSet: the headless Service that names its Pods.
  std::string service_name = {};
  /// Of a Rollout: `spec.workloadRef`, whose template it uses.
  std::string workload_kind = {}, workload = {};
  /// Another resource has made it, such as a Deployment its ReplicaSets.
  bool owned = false;
};

/// `v1 Secret`: which keys it has, and until when its certificate holds. No value is kept.
struct Secret {
  std::string type = {};
  /// Of `data` and `stringData`, sorted: those whose value is not empty.
  std::vector<std::string> keys = {};
  /// `tls.crt`, or else `cert`, is a certificate in PEM.
  bool certificate_readable = false;
  /// Of that certificate, in seconds since 1970.
  std::int64_t not_before = 0;
  /// Of that certificate, in seconds since 1970.
  std::int64_t not_after = 0;
};

/// `discovery.k8s.io/v1 EndpointSlice`.
struct EndpointSlice {
  /// One of `ports`.
  struct Port {
    std::optional<std::string> name = {};
    std::optional<std::uint32_t> port = {};
    std::string protocol = "TCP";
  };
  /// One of `endpoints`: its conditions and its target.
  struct Endpoint {
    std::vector<std::string> addresses = {};
    std::optional<bool> ready = {}, serving = {}, terminating = {};
    std::string node_name = {}, zone = {}, hostname = {}, target_kind = {}, target_name = {}, target_namespace = {};
  };
  std::string address_type = {};
  std::vector<Port> ports = {};
  std::vector<Endpoint> endpoints = {};
};

}  // namespace meshroute::model
