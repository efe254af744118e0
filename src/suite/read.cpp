// SPDX-License-Identifier: Apache-2.0
// Reads test files of the project's own form; lists of a test multiply it.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "match/cluster_name.hpp"
#include "match/duration.hpp"
#include "schema/reading.hpp"
#include "suite/problems.hpp"
#include "text/list.hpp"
#include "text/near.hpp"
#include "witness/summary.hpp"

namespace meshroute::suite {

namespace {

namespace fs = std::filesystem;
using text::Kind;
using text::Node;

constexpr std::size_t kMostProblems = 20, kMostCases = 100000;

const std::vector<std::string> kOutcomes{"routed",          "redirect",    "direct_response", "no_route",
                                         "no_virtual_host", "no_cluster",  "no_endpoints",    "passthrough",
                                         "blackhole",       "bad_request", "denied"};
const std::vector<std::string> kRequest{"url",    "protocol", "tls",      "address",   "port", "host",   "authority",
                                        "method", "path",     "scheme",   "headers",   "sni",  "no_sni", "client_cert",
                                        "alpn",   "random",   "identity", "source_ip", "jwt",  "tokens", "ext_authz"};
/// Members whose list is a list of values, each of a request of its own.
const std::vector<std::string> kMultiplied{"url",    "protocol", "tls",    "address", "port", "host",     "authority",
                                           "method", "path",     "scheme", "random",  "sni",  "identity", "source_ip"};

std::string relative(const std::string& path, const std::string& source) {
  const fs::path given(path);
  if (given.is_absolute()) return path;
  return (fs::path(source).parent_path() / given).lexically_normal().string();
}

/// One choice of a list of a test, and how it is called.
struct Choice {
  std::string member, shown;
  Json value;
};

class Reader {
 public:
  Reader(File& file, Problems& problems) : file_(file), problems_(problems) {}

  void document(const Node& root) {
    refuse_unknown(root, "a test file", {"config", "mesh_config", "mesh_networks", "proxies", "tests"}, problems_);
    if (const Node* config = root.find("config")) read_config(*config);
    for (const auto& [key, path] : {std::pair<const char*, std::string*>{"mesh_config", &file_.mesh_config},
                                    std::pair<const char*, std::string*>{"mesh_networks", &file_.mesh_networks}}) {
      const Node* node = root.find(key);
      if (node == nullptr) continue;
      if (const auto said = scalar(*node, key, problems_)) *path = relative(*said, file_.source);
    }
    if (const Node* proxies = root.find("proxies")) read_proxies(*proxies);
    const Node* tests = root.find("tests");
    if (tests == nullptr || !tests->is_list() || tests->items.empty()) {
      problems_.add(tests != nullptr ? tests->position : root.position, "`tests` is a list of at least one test");
      return;
    }
    for (const Node& test : tests->items) read_test(test);
  }

 private:
  void read_config(const Node& node) {
    const auto add = [&](const Node& path) {
      if (const auto said = scalar(path, "a path of `config`", problems_)) file_.config.push_back(relative(*said, file_.source));
    };
    if (!node.is_list()) return add(node);
    for (const Node& path : node.items) add(path);
  }

  std::optional<Proxy> read_proxy(const Node& node, const std::string& what) {
    if (!node.is_object()) {
      problems_.add(node.position, what + " is an object: {namespace, labels, …}");
      return std::nullopt;
    }
    const std::size_t before = count_;
    refuse(node, what,
           {"type", "id", "namespace", "labels", "ip", "locality", "network", "cluster", "node_name", "service_account",
            "dns_capture", "dns_auto_allocate", "unprivileged", "no_sidecar"});
    if (count_ != before) return std::nullopt;
    Json json = ordered_json_of(node);
    if (const Node* labels = node.find("labels"); labels != nullptr && labels->is_object()) {  // `version: 1` is a text
      for (const auto& [key, at, value] : labels->members) {
        if (!value.is_object() && !value.is_list()) json["labels"][std::string(key)] = std::string(value.text);
      }
    }
    auto proxy = Proxy::from_json(json.dump());
    if (!proxy) {
      problems_.add(node.position, proxy.error().message);
      return std::nullopt;
    }
    return std::move(*proxy);
  }

  void read_proxies(const Node& node) {
    if (!node.is_object()) {
      problems_.add(node.position, "`proxies` is an object: a name, and its proxy");
      return;
    }
    for (const auto& [key, at, value] : node.members) {
      if (auto proxy = read_proxy(value, "proxy `" + std::string(key) + "`")) {
        if (proxy->id.empty()) proxy->id = std::string(key) + "." + proxy->namespace_;
        proxies_[std::string(key)] = std::move(*proxy);
      }
    }
  }

  void read_from(const Node& node, std::vector<From>& from) {
    if (node.is_list()) {
      if (node.items.empty()) problems_.add(node.position, "`from` is an empty list: name who sends");
      for (const Node& each : node.items) {
        if (each.is_list())
          problems_.add(each.position, "`from` is a list of proxies, not of lists");
        else
          read_from(each, from);
      }
      return;
    }
    if (node.is_object()) {
      if (auto proxy = read_proxy(node, "`from`")) {
        std::string name = witness::name_of(*proxy);
        from.push_back({.name = std::move(name),
                        .line = node.position.line,
                        .column = node.position.column,
                        .proxy = std::move(*proxy),
                        .known = {}});
      }
      return;
    }
    const auto name = scalar(node, "`from`", problems_);
    if (!name) return;
    const auto known = proxies_.find(*name);
    From one{.name = *name, .line = node.position.line, .column = node.position.column, .proxy = std::nullopt, .known = {}};
    if (known != proxies_.end()) one.proxy = known->second;
    for (const auto& each : proxies_) one.known.push_back(each.first);
    from.push_back(std::move(one));
  }

  /// The requests of a test, with what was chosen for each.
  void read_requests(const Node& node, std::vector<std::pair<std::string, Request>>& requests) {
    Json fixed = Json::object();
    std::vector<std::vector<Choice>> choices;
    if (!node.is_object() && !node.is_list()) {  // a URL
      const auto url = scalar(node, "`request`", problems_);
      if (!url) return;
      fixed["url"] = *url;
    } else if (!node.is_object()) {
      problems_.add(node.position, "`request` is an object: {url, method, headers, …}");
      return;
    } else {
      const std::size_t before = count_;
      refuse(node, "a request", kRequest);
      if (count_ != before) return;
      for (const auto& [name, at, value] : node.members) {
        const std::string key(name);
        if (value.is_list() && text::contains(kMultiplied, key)) {
          if (value.items.empty()) {
            problem(value.position, "`" + key + "` is an empty list: no request would be sent");
            return;
          }
          auto& list = choices.emplace_back();
          for (const Node& each : value.items) list.push_back({key, std::string(each.text), value_of(key, each)});
        } else {
          fixed[key] = value_of(key, value);
        }
      }
    }
    const bool to_port = fixed.contains("protocol") && fixed.contains("port");  // a connection that comes to a gateway
    if (!to_port && !fixed.contains("url") && !fixed.contains("host") && !fixed.contains("authority") &&
        !fixed.contains("address") && std::none_of(choices.begin(), choices.end(), [](const auto& list) {
          return list.front().member == "url" || list.front().member == "host" || list.front().member == "authority" ||
                 list.front().member == "address";
        })) {
      problem(node.position, "the request names no destination: write `url`, or `host`");
      return;
    }
    std::size_t all = 1;
    for (const auto& list : choices) all *= list.size();
    if (all > kMostCases) {
      problem(node.position, "the lists of this request make " + std::to_string(all) + " requests; write a shorter one");
      return;
    }
    for (std::size_t number = 0; number < all; ++number) {
      Json json = fixed;
      std::string shown;
      std::size_t rest = number;
      std::vector<const Choice*> chosen(choices.size());
      for (std::size_t i = choices.size(); i-- > 0;) {  // the last list runs fastest
        chosen[i] = &choices[i][rest % choices[i].size()];
        rest /= choices[i].size();
      }
      for (std::size_t i = 0; i < choices.size(); ++i) {
        json[chosen[i]->member] = chosen[i]->value;
        if (choices[i].size() > 1) shown += (shown.empty() ? "" : ", ") + chosen[i]->member + " " + chosen[i]->shown;
      }
      auto request = request_of(json);
      if (!request) {
        problem(node.position, request.error().message);
        return;
      }
      requests.emplace_back(std::move(shown), std::move(*request));
    }
  }

  /// A scalar that stands for a text is one, whatever YAML makes of it.
  static Json value_of(const std::string& key, const Node& node) {
    const bool text = key != "tls" && key != "port" && key != "random" && key != "no_sni" && key != "client_cert";
    if (text && !node.is_list() && !node.is_object() && node.kind != Kind::null) return std::string(node.text);
    if (key != "headers") return ordered_json_of(node);
    Json json = ordered_json_of(node);
    const auto spelt = [](const Node& value) -> Json {
      if (!value.is_list())
        return value.is_object() || value.kind == Kind::null ? ordered_json_of(value) : Json(std::string(value.text));
      Json list = Json::array();
      for (const Node& each : value.items)
        list.push_back(each.is_object() || each.is_list() ? ordered_json_of(each) : Json(std::string(each.text)));
      return list;
    };
    if (node.is_object()) {
      for (const auto& [name, at, value] : node.members) json[std::string(name)] = spelt(value);
    }
    if (node.is_list()) {
      json = Json::array();
      for (const Node& pair : node.items) json.push_back(spelt(pair));
    }
    return json;
  }

  /// What the URL says, and then what stands beside it.
  static Result<Request> request_of(Json json) {
    Request request;
    if (json.contains("url")) {
      if (!json["url"].is_string()) return Error{Error::Code::invalid_argument, "the request's `url` is no text"};
      auto parsed = Request::from_url(json["url"].text());
      if (!parsed) return parsed;
      request = std::move(*parsed);
      json.erase("url");
    }
    auto rest = Request::from_json(json.dump());
    if (!rest) return rest;
    const auto has = [&json](const char* key) { return json.contains(key); };
    if (has("protocol")) request.protocol = rest->protocol;
    if (has("tls")) request.tls = rest->tls, request.mutual_tls = rest->mutual_tls;
    if (has("address")) request.address = rest->address;
    if (has("port")) request.port = rest->port;
    if (has("host") || has("authority")) request.host = rest->host;
    if (has("method")) request.method = rest->method;
    if (has("path")) request.path = rest->path;
    if (has("scheme")) request.scheme = rest->scheme;
    if (has("sni")) request.sni = rest->sni;
    request.no_sni = rest->no_sni;
    request.client_cert = rest->client_cert;
    request.headers = std::move(rest->headers);
    request.alpn = std::move(rest->alpn);
    request.random = rest->random;
    request.identity = std::move(rest->identity);
    request.source_ip = std::move(rest->source_ip);
    request.jwt = std::move(rest->jwt);
    request.tokens = std::move(rest->tokens);
    request.ext_authz = rest->ext_authz;
    return request;
  }

  std::optional<double> number(const Node& node, const std::string& what) {
    if (node.kind == Kind::integer || node.kind == Kind::number) return node.number;
    problem(node.position, what + " is a number");
    return std::nullopt;
  }
  std::optional<std::int64_t> whole(const Node& node, const std::string& what) {
    if (node.kind == Kind::integer && node.integer >= 0) return node.integer;
    problem(node.position, what + " is a whole number from 0");
    return std::nullopt;
  }

  void read_destinations(const Node& node, Expect& expect) {
    if (!node.is_object() || node.members.empty()) {
      problem(node.position, "`destinations` is an object: {\"host[:port][/subset]\": percent}");
      return;
    }
    auto& list = expect.destinations.emplace();
    for (const auto& [key, at, value] : node.members) {
      Destination destination;
      destination.text = key;
      const auto percent = number(value, "the share of `" + destination.text + "`");
      if (!percent) continue;
      if (*percent < 0 || *percent > 100) {
        problem(value.position, "a share is a percentage from 0 to 100");
        continue;
      }
      destination.percent = *percent;
      std::string_view rest = key;
      if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        destination.subset = rest.substr(slash + 1);
        destination.has_subset = true;
        rest = rest.substr(0, slash);
      }
      if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        const auto digits = rest.substr(colon + 1);
        std::uint32_t port = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535) {
          problem(node.position, "`" + destination.text + "` has no good port: write host[:port][/subset]");
          continue;
        }
        destination.port = port;
        rest = rest.substr(0, colon);
      }
      destination.host = rest;
      list.push_back(std::move(destination));
    }
  }

  void read_upstream(const Node& node, Expect& expect) {
    const std::size_t before = count_;
    if (!node.is_object() || node.members.empty()) {
      problem(node.position, "`upstream` is an object: {path, authority, headers, tls}");
      return;
    }
    refuse(node, "`upstream`", {"path", "authority", "headers", "tls"});
    if (count_ != before) return;
    const auto text = [&](const char* key, std::optional<std::string>& target) {
      if (const Node* value = node.find(key)) target = scalar(*value, std::string("`upstream.") + key + "`", problems_);
    };
    text("path", expect.upstream_path);
    text("authority", expect.upstream_authority);
    text("tls", expect.upstream_tls);
    if (expect.upstream_tls && !text::contains({"none", "simple", "mutual", "mixed"}, *expect.upstream_tls))
      problem(node.find("tls")->position, "`upstream.tls` is none, simple, mutual or mixed");
    const Node* headers = node.find("headers");
    if (headers == nullptr) return;
    if (!headers->is_object() || headers->members.empty()) {
      problem(headers->position, "`upstream.headers` is an object: a name, and its value (null: it must not be there)");
      return;
    }
    for (const auto& [name, at, value] : headers->members) {
      std::optional<std::string> wanted;
      if (value.kind != Kind::null) {
        wanted = scalar(value, "the header `" + std::string(name) + "`", problems_);
        if (!wanted) continue;
      }
      expect.upstream_headers.emplace_back(std::string(name), std::move(wanted));
    }
  }

  std::shared_ptr<const Expect> read_expect(const Node* node, const Node& test) {
    auto expect = std::make_shared<Expect>();
    if (node == nullptr || !node->is_object() || node->members.empty()) {
      problem(node != nullptr ? node->position : test.position, "the test expects nothing, so it can never fail: write `expect`");
      return expect;
    }
    refuse(*node, "`expect`",
           {"outcome", "destinations", "endpoints", "upstream", "timeout", "retries", "redirect", "status", "rule", "fails",
            "arrives"});
    for (const auto& [name, at, value] : node->members) {
      if (name == "outcome") {
        expect->outcome = scalar(value, "`outcome`", problems_);
        if (expect->outcome && !text::contains(kOutcomes, *expect->outcome))
          problem(value.position, "there is no outcome `" + *expect->outcome + "`: " + meant_or(*expect->outcome, kOutcomes));
      } else if (name == "destinations") {
        read_destinations(value, *expect);
      } else if (name == "endpoints") {
        if (!value.is_list()) {
          problem(value.position, "`endpoints` is a list of address:port");
          continue;
        }
        auto& list = expect->endpoints.emplace();
        for (const Node& each : value.items) {
          if (const auto one = scalar(each, "an endpoint", problems_)) list.push_back(*one);
        }
        std::sort(list.begin(), list.end());
      } else if (name == "upstream") {
        read_upstream(value, *expect);
      } else if (name == "timeout") {
        const auto said = scalar(value, "`timeout`", problems_);
        if (!said) continue;
        expect->timeout_text = *said;
        expect->timeout = *said == "none" || *said == "0" ? std::optional<std::int64_t>(0) : match::parse_go_duration(*said);
        if (!expect->timeout) problem(value.position, "`timeout` is a duration such as 3s or 250ms, or none");
      } else if (name == "retries") {
        expect->retries = whole(value, "`retries`");
      } else if (name == "redirect") {
        expect->redirect = scalar(value, "`redirect`", problems_);
      } else if (name == "status") {
        expect->status = whole(value, "`status`");
        if (expect->status && (*expect->status < 100 || *expect->status > 599))
          problem(value.position, "`status` is a status of HTTP, from 100 to 599");
      } else if (name == "rule") {
        expect->rule = scalar(value, "`rule`", problems_);
      } else if (name == "fails") {
        expect->fails = number(value, "`fails`");
        if (expect->fails && (*expect->fails < 0 || *expect->fails > 100))
          problem(value.position, "`fails` is a percentage, from 0 to 100");
      } else if (name == "arrives") {
        if (value.kind == Kind::boolean)
          expect->arrives = value.boolean;
        else
          problem(value.position, "`arrives` is true or false");
      }
    }
    return expect;
  }

  void read_test(const Node& test) {
    if (!test.is_object()) {
      problem(test.position, "a test is an object: {name, from, request, expect}");
      return;
    }
    refuse(test, "a test", {"name", "from", "request", "expect"});
    std::string name;
    if (const Node* node = test.find("name")) name = scalar(*node, "`name`", problems_).value_or("");
    std::vector<From> from;
    if (const Node* node = test.find("from"))
      read_from(*node, from);
    else
      problem(test.position, "the test does not say who sends: write `from`");
    std::vector<std::pair<std::string, Request>> requests;
    if (const Node* node = test.find("request"))
      read_requests(*node, requests);
    else
      problem(test.position, "the test sends nothing: write `request`");
    const auto expect = read_expect(test.find("expect"), test);
    if (name.empty() && !requests.empty()) name = requests.front().second.host.value_or("") + requests.front().second.path;
    if (file_.cases.size() + from.size() * requests.size() > kMostCases) {
      problem(test.position, "a file has at most " + std::to_string(kMostCases) + " tests");
      return;
    }
    for (const From& who : from) {
      for (const auto& [shown, request] : requests) {
        std::string chosen = from.size() > 1 ? "from " + who.name : "";
        if (!shown.empty()) chosen += (chosen.empty() ? "" : ", ") + shown;
        file_.cases.push_back({.name = chosen.empty() ? name : name + " [" + chosen + "]",
                               .line = test.position.line,
                               .from = who,
                               .request = request,
                               .expect = expect,
                               .blocks = nullptr,
                               .notes = {}});
      }
    }
  }

  static std::string meant_or(const std::string& word, const std::vector<std::string>& known) {
    std::string hint = meant(word, known);
    if (!hint.empty()) return hint;
    std::string all = "it is one of ";
    for (const auto& each : known) all += (&each == &known.front() ? "" : ", ") + each;
    return all;
  }

  void problem(text::Position at, std::string message) {
    ++count_;
    problems_.add(at, std::move(message));
  }
  void refuse(const Node& node, std::string_view what, const std::vector<std::string>& known) {
    for (const auto& member : node.members) count_ += text::contains(known, member.key) ? 0 : 1;
    refuse_unknown(node, what, known, problems_);
  }

  File& file_;
  Problems& problems_;
  std::map<std::string, Proxy> proxies_;
  std::size_t count_ = 0;  ///< mistakes that this reader told itself
};

}  // namespace

void Problems::add(text::Position at, std::string message) {
  if (list_.size() == kMostProblems) list_.push_back("there are more mistakes");
  if (list_.size() > kMostProblems) return;
  list_.push_back(source_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + std::move(message));
}

Error Problems::error() const {
  std::string all;
  for (const auto& each : list_) all += (all.empty() ? "" : "\n") + each;
  return Error{Error::Code::invalid_argument, std::move(all)};
}

std::string meant(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view near = text::nearest(word, names);
  return near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?";
}

void refuse_unknown(const Node& object, std::string_view what, const std::vector<std::string>& known, Problems& problems) {
  for (const auto& [key, position, value] : object.members) {
    if (text::contains(known, key)) continue;
    std::string hint = meant(key, known);
    if (hint.empty()) {
      hint = "it has ";
      for (const auto& each : known) hint += (&each == &known.front() ? "" : ", ") + each;
    }
    problems.add(position, std::string(what) + " has no field `" + std::string(key) + "`: " + hint);
  }
}

std::optional<std::string> scalar(const Node& node, std::string_view what, Problems& problems) {
  if (!node.is_list() && !node.is_object() && node.kind != Kind::null) return std::string(node.text);
  problems.add(node.position, std::string(what) + " is one text, not " + std::string(schema::describe(node.kind)));
  return std::nullopt;
}

Result<std::vector<File>> read(std::string_view bytes, const std::string& name, bool only_tests) {
  const text::Stream stream = text::read(bytes, name, Format::automatic, Limits{});
  std::vector<File> files;
  Problems problems(name);
  for (const text::Document& document : stream.documents) {
    if (!document.readable) {
      if (only_tests) continue;
      for (const auto& each : document.errors) problems.add(each.position, each.message);
      continue;
    }
    const Node& root = document.root;
    if (!root.is_object() || root.find("kind") != nullptr) continue;  // a resource
    const bool icv = std::any_of(root.members.begin(), root.members.end(),
                                 [](const auto& member) { return schema::equal_fold(member.key, "testCases"); });
    const auto looks = [&](const char* key) { return root.find(key) != nullptr; };
    if (!icv && !looks("tests") && (only_tests || (!looks("proxies") && !looks("config")))) {
      if (only_tests) continue;
      const auto misspelt = std::find_if(root.members.begin(), root.members.end(), [](const auto& member) {
        return text::nearest(member.key, {"tests", "testCases"}) != std::string_view();
      });
      if (misspelt != root.members.end())
        problems.add(misspelt->key_position,
                     "a test file has no field `" + std::string(misspelt->key) + "`: did you mean `tests`?");
      continue;
    }
    for (const auto& twice : document.duplicates) problems.add(twice.position, twice.message);
    File& file = files.emplace_back();
    file.source = name;
    if (icv)
      read_icv(root, file, problems);
    else
      Reader(file, problems).document(root);
  }
  if (!only_tests) {
    for (const auto& each : stream.problems) problems.add(each.position, each.message);
  }
  if (problems.any()) return problems.error();
  return files;
}

Result<std::vector<std::string>> files_of(const std::string& path) {
  std::error_code why;
  if (!fs::is_directory(path, why)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator walk(path, fs::directory_options::skip_permission_denied, why);
  for (; !why && walk != fs::recursive_directory_iterator(); walk.increment(why)) {
    const std::string name = walk->path().filename().string();
    std::error_code ignored;
    if (walk->is_directory(ignored)) {
      if (name.starts_with('.')) walk.disable_recursion_pending();
      continue;
    }
    const auto extension = walk->path().extension();
    if ((extension == ".yaml" || extension == ".yml" || extension == ".json") && walk->is_regular_file(ignored))
      files.push_back(walk->path().string());
  }
  if (why) return Error{Error::Code::invalid_argument, "cannot list " + path + ": " + why.message()};
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace meshroute::suite
