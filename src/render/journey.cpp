// SPDX-License-Identifier: Apache-2.0
// A journey as JSON and as text.
#include "meshroute/journey.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "render/render.hpp"
#include "render/text_parts.hpp"

namespace meshroute {

namespace {

using Json = nlohmann::ordered_json;

void put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

std::string percent(double share) {
  char shown[32];
  std::snprintf(shown, sizeof shown, "%.4g %%", share);
  return shown;
}

}  // namespace

std::string Journey::to_json() const {
  Json json;
  json["outbound"] = Json::parse(outbound.to_json());
  json["endpoints"] = Json::array();
  for (const JourneyHop& hop : endpoints) {
    Json entry;
    put(entry, "cluster", hop.cluster);
    put(entry, "address", hop.address);
    if (hop.port != 0) entry["port"] = hop.port;
    put(entry, "source_ip", hop.source_ip);
    put(entry, "tls", hop.tls);
    put(entry, "match", hop.match);
    put(entry, "sni", hop.sni);
    if (!hop.server_sans.empty()) entry["server_sans"] = hop.server_sans;
    put(entry, "server", hop.server);
    if (!hop.server.empty() || !hop.inbound.listener.empty()) entry["inbound"] = Json::parse(hop.inbound.to_json());
    put(entry, "result", hop.result);
    entry["percent"] = hop.percent;
    json["endpoints"].push_back(std::move(entry));
  }
  json["arrives_percent"] = arrives_percent;
  if (!because.empty()) json["because"] = render::trace_json(because);
  return json.dump();
}

std::string Journey::to_text(bool colour) const {
  std::string text = percent(arrives_percent) + " of such requests arrive\n";
  if (!because.empty()) text += render::trace_text({because.front()}, colour, true);
  std::vector<std::vector<std::string>> rows{{"ENDPOINT", "CLUSTER", "SHARE", "TLS", "SERVER", "RESULT"}};
  for (const JourneyHop& hop : endpoints) {
    rows.push_back({hop.address + ":" + std::to_string(hop.port), hop.cluster, percent(hop.percent), hop.tls,
                    hop.server.empty() ? "no sidecar" : hop.server, hop.result});
  }
  if (endpoints.empty()) return render::printable(text, colour) + outbound.to_text();
  return render::printable(text + render::aligned(rows), colour);
}

}  // namespace meshroute
