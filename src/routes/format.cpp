// SPDX-License-Identifier: Apache-2.0
// The values of headers to add, and paths, with %COMMANDS%.
#include <algorithm>
#include <iterator>

#include "routes/compiled.hpp"

namespace meshroute::routes {

namespace {

constexpr std::string_view kCommands[] = {"PROTOCOL",
                                          "START_TIME",
                                          "REQUEST_DURATION",
                                          "RESPONSE_CODE",
                                          "RESPONSE_FLAGS",
                                          "RESPONSE_CODE_DETAILS",
                                          "BYTES_RECEIVED",
                                          "BYTES_SENT",
                                          "DURATION",
                                          "ROUTE_NAME",
                                          "HOSTNAME",
                                          "VIRTUAL_CLUSTER_NAME",
                                          "UPSTREAM_HOST",
                                          "UPSTREAM_CLUSTER",
                                          "UPSTREAM_CLUSTER_RAW",
                                          "UPSTREAM_LOCAL_ADDRESS",
                                          "UPSTREAM_REMOTE_ADDRESS",
                                          "UPSTREAM_TRANSPORT_FAILURE_REASON",
                                          "DOWNSTREAM_REMOTE_ADDRESS",
                                          "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
                                          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                                          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                                          "DOWNSTREAM_REMOTE_PORT",
                                          "DOWNSTREAM_LOCAL_ADDRESS",
                                          "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                                          "DOWNSTREAM_LOCAL_PORT",
                                          "DOWNSTREAM_PEER_SUBJECT",
                                          "DOWNSTREAM_PEER_ISSUER",
                                          "DOWNSTREAM_PEER_URI_SAN",
                                          "DOWNSTREAM_LOCAL_URI_SAN",
                                          "DOWNSTREAM_LOCAL_SUBJECT",
                                          "DOWNSTREAM_TLS_VERSION",
                                          "DOWNSTREAM_TLS_CIPHER",
                                          "DOWNSTREAM_TLS_SESSION_ID",
                                          "DOWNSTREAM_PEER_CERT",
                                          "DOWNSTREAM_PEER_SERIAL",
                                          "DOWNSTREAM_PEER_FINGERPRINT_256",
                                          "DOWNSTREAM_PEER_FINGERPRINT_1",
                                          "DOWNSTREAM_PEER_CERT_V_START",
                                          "DOWNSTREAM_PEER_CERT_V_END",
                                          "REQUESTED_SERVER_NAME",
                                          "CONNECTION_ID",
                                          "CONNECTION_TERMINATION_DETAILS",
                                          "FILTER_STATE",
                                          "DYNAMIC_METADATA",
                                          "UPSTREAM_METADATA",
                                          "PER_REQUEST_STATE",
                                          "CLUSTER_METADATA",
                                          "ROUTE_METADATA",
                                          "ENVIRONMENT",
                                          "METADATA",
                                          "TRACE_ID",
                                          "STREAM_ID",
                                          "RESP",
                                          "TRAILER",
                                          "GRPC_STATUS",
                                          "ATTEMPT_COUNT",
                                          "REQ",
                                          "PATH",
                                          "CEL",
                                          "QUERY_PARAM",
                                          "QUERY_PARAMS"};

}  // namespace

// envoy.md 10, 28: %COMMAND(...):length%, %% is %.
Result<std::vector<FormatPart>> parse_format(const std::string& value) {
  std::vector<FormatPart> parts;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back({FormatPart::Kind::literal, std::exchange(literal, {}), {}, {}});
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      literal += value[i];
      continue;
    }
    if (i + 1 < value.size() && value[i + 1] == '%') {
      literal += '%';
      ++i;
      continue;
    }
    const auto incorrect = [&] {
      return Error{Error::Code::refused,
                   "Incorrect configuration: " + value + ". Couldn't find valid command at position " + std::to_string(i)};
    };
    std::size_t at = i + 1;
    while (at < value.size() &&
           ((value[at] >= 'A' && value[at] <= 'Z') || (value[at] >= '0' && value[at] <= '9') || value[at] == '_')) {
      ++at;
    }
    const std::string command = value.substr(i + 1, at - i - 1);
    std::string parameter;
    FormatPart part;
    if (command.empty()) return incorrect();
    if (at < value.size() && value[at] == '(') {
      const std::size_t close = value.find(')', at);
      if (close == std::string::npos) return incorrect();
      parameter = value.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    if (at < value.size() && value[at] == ':') {
      std::size_t length = 0;
      const std::size_t digits = ++at;
      while (at < value.size() && value[at] >= '0' && value[at] <= '9' && at - digits < 9) {
        length = length * 10 + static_cast<std::size_t>(value[at++] - '0');
      }
      if (at == digits) return incorrect();
      part.length = length;
    }
    if (at >= value.size() || value[at] != '%') return incorrect();
    if (std::find(std::begin(kCommands), std::end(kCommands), command) == std::end(kCommands))
      return Error{Error::Code::refused, "Not supported field in StreamInfo: " + command};
    if ((command == "REQ" || command == "RESP" || command == "TRAILER") && parameter.empty())
      return Error{Error::Code::refused, command + " requires parameters"};
    flush();
    part.kind = FormatPart::Kind::other;
    part.text = command;
    if (command == "REQ") {
      part.kind = FormatPart::Kind::request;
      const std::size_t question = parameter.find('?');
      part.text = lower(parameter.substr(0, question));
      if (question != std::string::npos) part.alternative = lower(parameter.substr(question + 1));
      if (part.text == "host") part.text = ":authority";
    } else if (command == "RESPONSE_CODE") {  // no response is there yet when headers are written
      part.kind = FormatPart::Kind::literal;
      part.text = "0";
    } else if (command == "PROTOCOL") {
      part.kind = FormatPart::Kind::protocol;
    } else if (command == "PATH") {  // (with query or not : which path)
      part.kind = FormatPart::Kind::path;
      const std::size_t colon = parameter.find(':');
      part.text = parameter.substr(0, colon);
      part.alternative = colon == std::string::npos ? "ORIG_OR_PATH" : parameter.substr(colon + 1);
    } else if (command == "UPSTREAM_CLUSTER" || command == "UPSTREAM_CLUSTER_RAW") {
      part.kind = FormatPart::Kind::cluster;
    } else if (command == "ROUTE_NAME") {
      part.kind = FormatPart::Kind::route;
    } else if (command == "QUERY_PARAM") {
      part.kind = FormatPart::Kind::query;
      part.text = parameter;
    } else if (command.starts_with("DOWNSTREAM_LOCAL_") || command.starts_with("DOWNSTREAM_REMOTE_") ||
               command.starts_with("DOWNSTREAM_DIRECT_REMOTE_") || command == "REQUESTED_SERVER_NAME") {
      part.kind = FormatPart::Kind::connection;
    } else if (command == "START_TIME") {
      part.kind = FormatPart::Kind::time;
      part.text = parameter;
    } else if (command == "CEL") {  // the attributes of a request that are headers here; no other expression is evaluated
      part.kind = FormatPart::Kind::request;
      part.text = parameter == "request.path"     ? ":path"
                  : parameter == "request.method" ? ":method"
                  : parameter == "request.host"   ? ":authority"
                  : parameter == "request.scheme" ? ":scheme"
                                                  : "";
      if (part.text.empty()) part.kind = FormatPart::Kind::other;
    }
    parts.push_back(std::move(part));
    i = at;
  }
  flush();
  return parts;
}

}  // namespace meshroute::routes
