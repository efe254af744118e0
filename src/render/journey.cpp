// SPDX-License-Identifier: Apache-2.0
// A journey as JSON and as text.
#include "meshroute/journey.hpp"

#include <algorithm>
#include <utility>

#include "render/render.hpp"
#include "render/text_parts.hpp"
#include "text/json_writer.hpp"
#include "text/list.hpp"

namespace meshroute {

namespace render {

void write(text::JsonWriter& json, const Journey& journey) {
  json.begin_object();
  json.key("outbound");
  write(json, journey.outbound);
  json.list("endpoints");
  for (const JourneyHop& hop : journey.endpoints) {
    json.begin_object();
    json.some("cluster", hop.cluster);
    json.some("address", hop.address);
    if (hop.port != 0) json.member("port", hop.port);
    json.some("source_ip", hop.source_ip);
    json.some("tls", hop.tls);
    json.some("match", hop.match);
    json.some("sni", hop.sni);
    if (!hop.server_sans.empty()) json.texts("server_sans", hop.server_sans);
    json.some("server", hop.server);
    if ((!hop.server.empty() && hop.next == nullptr) || !hop.inbound.listener.empty()) {
      json.key("inbound");
      write(json, hop.inbound);
    }
    json.some("result", hop.result);
    if (hop.next != nullptr) {
      json.key("next");
      write(json, *hop.next);
    }
    json.member("percent", hop.percent);
    json.end_object();
  }
  json.end_list();
  json.member("arrives_percent", journey.arrives_percent);
  if (!journey.because.empty()) write_trace(json, "because", journey.because);
  json.end_object();
}

}  // namespace render

std::string Journey::to_json(bool pretty) const {
  std::string text;
  text::JsonWriter json(text, pretty ? 2 : -1);
  render::write(json, *this);
  return text;
}

std::string Journey::to_text(bool colour, bool explain) const {
  std::string text = render::percent(arrives_percent) + " of such requests arrive\n";
  // The reason, and what stands behind it: a client without a sidecar is the cause of what a server says of it.
  const std::size_t first = because.size() > 1 && because.front().code == "no_sidecar" ? 2 : 1;
  if (explain)
    text += render::trace_text(because, colour, true);
  else
    text += render::trace_text({because.begin(), because.begin() + static_cast<std::ptrdiff_t>(std::min(first, because.size()))},
                               colour, true);
  if (endpoints.empty()) return render::printable(text, colour) + outbound.to_text(explain, colour);
  std::vector<std::vector<std::string>> rows{{"ENDPOINT", "CLUSTER", "SHARE", "TLS", "SERVER", "RESULT"}};
  for (const JourneyHop& hop : endpoints) {
    rows.push_back({hop.address + ":" + std::to_string(hop.port), hop.cluster, render::percent(hop.percent), hop.tls,
                    hop.server.empty() ? "no sidecar" : hop.server, hop.result});
  }
  text = render::printable(text + render::aligned(rows), colour);
  if (explain && !outbound.trace.empty())
    text += render::printable("the way out:\n" + render::trace_text(outbound.trace, colour), colour);
  std::vector<std::pair<std::string, std::vector<std::string>>> gateways;  // what follows, and behind which: alike ones together
  for (const JourneyHop& hop : endpoints) {
    if (hop.next == nullptr) continue;
    std::string further = hop.next->to_text(colour, explain);
    const auto alike =
        std::find_if(gateways.begin(), gateways.end(), [&further](const auto& each) { return each.first == further; });
    if (alike != gateways.end())
      alike->second.push_back(hop.server);
    else
      gateways.emplace_back(std::move(further), std::vector<std::string>{hop.server});
  }
  for (const auto& [further, servers] : gateways)
    text += (servers.size() == 1 ? "from the gateway " : "from the gateways ") + text::some_of(servers, 3) + " on: " + further;
  return text;
}

}  // namespace meshroute
