// SPDX-License-Identifier: Apache-2.0
// The webhook's rules of WorkloadGroup.

#include <algorithm>

#include "admission/common.hpp"

namespace meshroute::admission {
namespace {

void check_probe(Walk& walk, const model::ReadinessProbe& probe) {
  const auto not_negative = [&walk](std::int32_t value, const char* name) {
    if (value < 0) walk.error_at(name, "WG0102", std::string(name) + " must be non-negative");
  };
  not_negative(probe.period_seconds, "periodSeconds");
  not_negative(probe.initial_delay_seconds, "initialDelaySeconds");
  not_negative(probe.timeout_seconds, "timeoutSeconds");
  not_negative(probe.success_threshold, "successThreshold");
  not_negative(probe.failure_threshold, "failureThreshold");
  if (probe.http_get) {
    const Walk::Step step(walk, "httpGet");
    walk.check_at("port", "KX0101", check_port(probe.http_get->port));
    if (!probe.http_get->scheme.empty() && probe.http_get->scheme != "HTTPS" && probe.http_get->scheme != "HTTP") {
      walk.error_at("scheme", "WG0103", "httpGet.scheme must be one of \"HTTPS\", \"HTTP\"");
    }
    for (const auto& header : probe.http_get->http_headers) {
      const bool valid = !header.name.empty() && std::all_of(header.name.begin(), header.name.end(), [](char c) {
        return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
      if (!valid) walk.error("KX0115", "header name " + header.name + " is not a valid header name");
    }
  } else if (probe.tcp_socket) {
    const Walk::Step step(walk, "tcpSocket");
    walk.check_at("port", "KX0101", check_port(probe.tcp_socket->port));
  } else if (probe.exec) {
    if (probe.exec->command.empty()) walk.error_at("exec.command", "WG0103", "exec.command is required");
  } else {
    walk.error("WG0103", "unknown health check method");  // also gRPC
  }
}

}  // namespace

void validate_workload_group(Walk& walk, const model::WorkloadGroup& group) {
  if (!group.template_) {
    walk.error_at("template", "SC0101", "`template` is required");  // the schema says the same
    return;
  }
  if (group.metadata) {
    const Walk::Step step(walk, "metadata");
    check_labels(walk, "labels", group.metadata->labels);
    if (walk.errors() != 0) return;
  }
  if (!group.probe) return;
  const Walk::Step step(walk, "probe");
  check_probe(walk, *group.probe);
}

}  // namespace meshroute::admission
