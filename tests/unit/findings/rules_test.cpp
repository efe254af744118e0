// SPDX-License-Identifier: Apache-2.0
// The rule table and what is found agree: every rule has a case that fires it, and every id that is found is in the table.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "meshroute/mesh.hpp"

namespace {

void collect(const meshroute::Report& report, std::set<std::string>& fired) {
  for (const auto& found : report.diagnostics) fired.insert(found.rule);
}

/// What the conformance vectors have no case for.
const char* const kMore[] = {
    "k: [",  // TX0101
    "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a, generation: -1}\nspec: {egress: [{hosts: "
    "[./*]}]}\n",                                                // MD0108
    "kind: A\napiVersion: v1\n...\nkind: B\napiVersion: v1\n",   // TX0102: a second document without a line of --- before it
    "kind: A\napiVersion: v1\n--- {kind: B, apiVersion: v1}\n",  // TX0109
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{audiences: "
    "[a]}]}\n",  // RA0101
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{issuer: a, "
    "fromParams: ['']}]}\n",  // RA0102
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{issuer: a, "
    "jwksUri: 'ftp://a'}]}\n",  // RA0103, SC0227
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{issuer: a, jwks: "
    "a}]}\n",  // RA0104
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{issuer: a, jwks: "
    "'{}', jwksUri: 'http://a'}]}\n",  // SC0226
    // Istio's webhook reads spellings that the API server drops; else the schema tells the same first.
    "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a}\nspec: {access_logging: [{providers: [{name: "
    "''}]}], "
    "metrics: [{overrides: [{match: {custom_metric: ''}}]}], tracing: [{random_sampling_percentage: 101}]}\n",
    "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec: {jwtRules: [{issuer: a, "
    "from_params: ['']}]}\n",                                                                                      // RA0102
    "apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: {name: a}\nSpec: {concurrency: -1}\n",  // PC0101
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: "
    "{labels: {a: c}}}}\n",  // SC0231
    "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: a}\nSpec: {url: 'ftp://a', sha256: A}\n",
};

}  // namespace

TEST_CASE("rules: every one fires somewhere, and every one that fires is known") {
  std::set<std::string> fired;
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MESHROUTE_TESTS_DIR "/conformance/admission")) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      collect(meshroute::check(nlohmann::json::parse(line).at("yaml").get<std::string>()), fired);
      ++cases;
    }
  }
  CHECK(cases > 12000);
  collect(meshroute::check("apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a, annotations: {a: " +
                           std::string(300000, 'x') + "}}\n"),
          fired);
  for (const char* text : kMore) collect(meshroute::check(text), fired);
  collect(meshroute::check("{", {.name = "broken.json"}), fired);
  std::string aliases = "a: &a [" + std::string(2000, '.');  // TX0108
  for (std::size_t i = aliases.size(); i > 8; i -= 2) aliases[i - 1] = ',';
  aliases += "]\nb: [*a";
  for (int i = 0; i < 200; ++i) aliases += ", *a";
  collect(meshroute::check(aliases + "]\n"), fired);
  collect(meshroute::check(std::string(1000, '[') + std::string(1000, ']')), fired);
  meshroute::LoadOptions small;
  small.limits.nodes = 3;
  collect(meshroute::check("[a, b, c, d]", small), fired);
  small.limits.bytes = 3;
  collect(meshroute::check("[a, b, c, d]", small), fired);

  meshroute::Mesh mesh;
  for (const char* input : {"nearly_selected", "nearly_selected", "analysis"}) {  // twice: a second definition is a finding
    std::ifstream given(std::string(MESHROUTE_TESTS_DIR "/golden/input/") + input + ".yaml");
    std::stringstream text;
    text << given.rdbuf();
    collect(mesh.load(text.str()), fired);
  }
  collect(mesh.load("kind: IstioOperator\napiVersion: install.istio.io/v1alpha1\nmetadata: {name: a}\nspec: {meshConfig: {b: 1, "
                    "trustDomain: [c]}}"),
          fired);  // AN0105, MC0101, MC0102
  for (const char* situation :
       {"tls-rule-on-https-port", "regex-with-slashes", "delay-and-timeout-by-address", "host-in-destination-headers"}) {
    std::ifstream given(std::string(MESHROUTE_TESTS_DIR "/examples/situations/") + situation + ".yaml");
    std::stringstream text;
    text << given.rdbuf();
    meshroute::Mesh its;
    its.load(text.str());
    collect(its.snapshot().analyze(), fired);
  }
  collect(mesh.load("kind: ConfigMap\napiVersion: v1\nmetadata: {name: istio, namespace: istio-system}\ndata: {mesh: '[1'}"),
          fired);
  std::string patches =
      "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec:\n  configPatches:\n";
  for (const char* patch :
       {"HTTP_ROUTE, patch: {operation: ADD, value: {}}", "HTTP_ROUTE, patch: {operation: REMOVE}",
        "CLUSTER, patch: {operation: REPLACE, value: {}}",
        "CLUSTER, match: {proxy: {proxyVersion: '1'}}, patch: {operation: REMOVE}", "CLUSTER, patch: {operation: REMOVE}"}) {
    patches += std::string("  - {applyTo: ") + patch + "}\n";  // EF0201-EF0206
  }
  collect(mesh.load(patches), fired);
  collect(mesh.snapshot().analyze(), fired);
  collect(meshroute::check("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"), fired);
  for (const auto& rule : meshroute::rules()) {  // of the analysis, each in a mesh of its own
    if (!rule.id.starts_with("AN")) continue;
    meshroute::Mesh small_mesh;
    small_mesh.load(rule.bad);
    collect(small_mesh.snapshot().analyze(), fired);
  }

  std::set<std::string> known;
  std::set<std::string_view> names;
  for (const auto& rule : meshroute::rules()) {
    CAPTURE(rule.id);
    CHECK(known.insert(std::string(rule.id)).second);
    for (const auto text : {rule.name, rule.kind, rule.what, rule.why, rule.bad, rule.good, rule.fix, rule.source, rule.since})
      CHECK_FALSE(text.empty());
    CHECK(names.insert(rule.name).second);
    CHECK(rule.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
    for (const auto text : {rule.what, rule.why, rule.fix}) CHECK(text.back() == '.');
    CHECK_MESSAGE(fired.count(std::string(rule.id)) == 1, "nothing fires " << rule.id);
  }
  for (const auto& id : fired) CHECK_MESSAGE(known.count(id) == 1, id << " is not in the table");
}

TEST_CASE("rules: error and warn of the webhook's checks say the severity of the table") {
  static const re2::RE2 call(R"re(\b(error|warn|check)(?:_at)?\((?:[^;"]*?"[a-zA-Z.]+", )?"([A-Z]{2}[0-9]{4})")re");
  std::size_t calls = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MESHROUTE_SOURCE_DIR "/src/admission")) {
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const std::string held = text.str();
    re2::StringPiece rest(held);
    std::string word, id;
    while (re2::RE2::FindAndConsume(&rest, call, &word, &id)) {
      ++calls;
      const auto all = meshroute::rules();
      const auto rule = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
      REQUIRE(rule != all.end());
      CHECK_MESSAGE((rule->severity == meshroute::Severity::warning) == (word == "warn"), id);
    }
  }
  CHECK(calls > 250);
}

TEST_CASE("rules: the page of all rules is the table's") {
  std::string page =
      "# Every rule that a finding can name\n\nMade from `rules/`; `MESHROUTE_UPDATE_PAGES=1` and the unit tests write it anew. "
      "`meshroute rules ID` prints one rule.\n\n"
      "| id | kind | layer | severity | what it demands |\n|---|---|---|---|---|\n";
  for (const auto& rule : meshroute::rules()) {
    page += "| [" + std::string(rule.id) + "](#" + std::string(rule.name) + ") | " + std::string(rule.kind) + " | " +
            std::string(to_string(rule.layer)) + " | " + std::string(to_string(rule.severity)) + " | " + std::string(rule.what) +
            " |\n";
  }
  for (const auto& rule : meshroute::rules()) {
    page += "\n## " + std::string(rule.name) + "\n\n**" + std::string(rule.id) + "** (" + std::string(to_string(rule.severity)) +
            ", layer " + std::string(to_string(rule.layer)) + "). " + std::string(rule.what) + " " + std::string(rule.why) +
            "\n\n" + std::string(rule.fix) + "\n\nBad:\n```yaml\n" + std::string(rule.bad) + "```\nGood:\n```yaml\n" +
            std::string(rule.good) + "```\n";
    if (!rule.peers.empty()) {
      page += "Stands for";
      for (const auto peer : rule.peers) page += (peer == rule.peers.front() ? " " : ", ") + std::string(peer);
      page += ". ";
    }
    page += "Source: " + std::string(rule.source) + "; since " + std::string(rule.since) + ", " +
            std::string(to_string(rule.status)) + ".\n";
  }
  const std::string path = MESHROUTE_SOURCE_DIR "/src/findings/RULES.md";
  if (const char* update = std::getenv("MESHROUTE_UPDATE_PAGES"); update != nullptr && std::string(update) == "1")
    std::ofstream(path) << page;
  std::ifstream file(path);
  std::stringstream held;
  held << file.rdbuf();
  CHECK_MESSAGE(held.str() == page, "src/findings/RULES.md is not the table's page");
}
