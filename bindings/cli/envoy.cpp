// SPDX-License-Identifier: Apache-2.0
// meshroute envoy: the configuration of a real Envoy, printed, or as files that follow the mesh.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "command.hpp"
#include "input.hpp"
#include "options.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;

struct EnvoyOptions {
  MeshOptions mesh;
  ClientOptions proxy;
  std::string mode = "http_proxy";
  std::string listen, admin, certificates, out;
  bool watch = false;
};

using Bootstrap = std::unique_ptr<meshroute_envoy_bootstrap, Freed<meshroute_envoy_bootstrap, meshroute_envoy_bootstrap_free>>;

Bootstrap make(const EnvoyOptions& options, const meshroute_view* view, const std::string& directory) {
  meshroute_envoy_options given = MESHROUTE_ENVOY_OPTIONS_INIT;
  given.listen = str_of(options.listen);
  given.admin = str_of(options.admin);
  given.certificates = str_of(options.certificates);
  given.directory = str_of(directory);
  given.mode = options.mode == "capture" ? MESHROUTE_ENVOY_CAPTURE
               : options.mode == "ports" ? MESHROUTE_ENVOY_PORTS
                                         : MESHROUTE_ENVOY_HTTP_PROXY;
  return made<Bootstrap>([&](meshroute_envoy_bootstrap** out, meshroute_error* error) {
    return meshroute_view_envoy_bootstrap(view, &given, out, error);
  });
}

/// Beside the configuration: what could not be expressed, and what is where.
void tell(const meshroute_envoy_bootstrap* bootstrap) {
  for (std::size_t i = 0; i < meshroute_envoy_bootstrap_warning_count(bootstrap); ++i)
    std::cerr << "meshroute: warning: " << view_of(meshroute_envoy_bootstrap_warning_at(bootstrap, i)) << '\n';
  for (std::size_t i = 0; i < meshroute_envoy_bootstrap_port_count(bootstrap); ++i) {
    meshroute_envoy_port port = MESHROUTE_ENVOY_PORT_INIT;
    need([&](meshroute_error* error) { return meshroute_envoy_bootstrap_port_at(bootstrap, i, &port, error); });
    std::cerr << view_of(port.address) << ':' << port.listens << "  " << view_of(port.host) << ':' << port.port << '\n';
  }
}

/// Whole, or not at all: whoever watches the folder sees the file move into it.
void put(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  const fs::path fresh = file.parent_path() / ("." + file.filename().string() + ".new");
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw Usage("cannot write " + fresh.string());
  }
  std::error_code why;
  fs::rename(fresh, file, why);
  if (why) throw Usage("cannot write " + file.string() + ": " + why.message());
}

/// The resources of each file, in the order in which files are to be written.
struct Written {
  struct File {
    std::string name;
    std::vector<std::pair<std::string, std::string>> resources;  // name, protojson
  };
  std::vector<File> files;
  std::string bootstrap;
};

Written files_in(const meshroute_envoy_bootstrap* bootstrap) {
  Written made;
  made.bootstrap = view_of(meshroute_envoy_bootstrap_json(bootstrap));
  const auto file = [&made](std::string_view name) -> Written::File& {
    if (made.files.empty() || made.files.back().name != name) made.files.push_back({std::string(name), {}});
    return made.files.back();
  };
  bool clusters = false, listeners = false;
  for (std::size_t i = 0; i < meshroute_envoy_bootstrap_resource_count(bootstrap); ++i) {
    meshroute_envoy_resource resource = MESHROUTE_ENVOY_RESOURCE_INIT;
    need([&](meshroute_error* error) { return meshroute_envoy_bootstrap_resource_at(bootstrap, i, &resource, error); });
    file(view_of(resource.file)).resources.emplace_back(view_of(resource.name), view_of(resource.json));
    clusters = clusters || view_of(resource.file) == "clusters.json";
    listeners = listeners || view_of(resource.file) == "listeners.json";
  }
  if (!clusters) file("clusters.json");
  if (!listeners) file("listeners.json");
  return made;
}

/// A DiscoveryResponse. Its version follows from its content, so that an unchanged file is the same text.
std::string text_of(const Written::File& file) {
  std::string resources;
  for (const auto& [name, json] : file.resources) resources += (resources.empty() ? "\n" : ",\n") + json;
  return "{\"versionInfo\":\"" + std::to_string(std::hash<std::string>()(resources)) + "\",\"resources\":[" + resources +
         "\n]}\n";
}

/// Writes the files of a folder so that an Envoy that reads them loses no request.
class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  /// The names of the files that changed.
  std::vector<std::string> write(const Written& files) {
    changed_.clear();
    std::map<std::string, std::string> clusters;
    std::set<std::string> names;
    bool added = false;
    Written::File everything{"clusters.json", {}};
    for (const Written::File& file : files.files) {
      names.insert(file.name);
      if (file.name != everything.name) continue;
      everything = file;
      for (const auto& [name, json] : file.resources) {
        added = added || (!clusters_.empty() && !clusters_.contains(name));
        clusters.emplace(name, json);
      }
    }
    const Written::File wanted = everything;
    for (const auto& [name, json] : clusters_) {  // routes may still name them
      if (!clusters.contains(name)) everything.resources.emplace_back(name, json);
    }
    for (const Written::File& file : files.files) {
      const bool of_clusters = file.name == everything.name;
      put_changed(file.name, text_of(of_clusters ? everything : file));
      if (of_clusters && added) std::this_thread::sleep_for(kSettle);  // before routes name them
    }
    put_changed("envoy.json", files.bootstrap);
    const bool gone = everything.resources.size() != wanted.resources.size();
    std::vector<std::string> stale;
    for (const auto& [name, text] : written_) {
      if (name != "envoy.json" && !names.contains(name)) stale.push_back(name);
    }
    if (gone || !stale.empty()) {
      std::this_thread::sleep_for(kSettle);  // until no route and no listener names them
      put_changed(wanted.name, text_of(wanted));
      if (gone) std::this_thread::sleep_for(kSettle);
      for (const std::string& name : stale) {
        std::error_code ignored;
        fs::remove(path_ / name, ignored);
        written_.erase(name);
      }
    }
    clusters_ = std::move(clusters);
    return changed_;
  }

 private:
  static constexpr std::chrono::milliseconds kSettle{1000};

  void put_changed(const std::string& name, const std::string& text) {
    auto& before = written_[name];
    if (before.empty()) {
      std::ifstream file(path_ / name, std::ios::binary);
      before.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (before == text) return;
    put(path_ / name, text);
    before = text;
    if (changed_.empty() || changed_.back() != name) changed_.push_back(name);
  }

  const fs::path path_;
  std::map<std::string, std::string> written_;   // by file
  std::map<std::string, std::string> clusters_;  // by name
  std::vector<std::string> changed_;
};

/// What tells one state of the files from another.
std::string signature(const EnvoyOptions& options) {
  std::vector<std::string> problems;
  std::vector<std::string> files;
  for (const InputFile& file : files_of(options.mesh.paths, options.mesh.exclude, problems)) files.push_back(file.path);
  for (const std::string& extra : {options.mesh.mesh_config, options.mesh.mesh_networks}) {
    if (!extra.empty()) files.push_back(extra);
  }
  std::string text;
  for (const std::string& file : files) {
    std::error_code why;
    const auto time = fs::last_write_time(file, why).time_since_epoch().count();
    const auto size = fs::file_size(file, why);
    text += file + '\0' + std::to_string(time) + ' ' + std::to_string(size) + '\n';
  }
  for (const std::string& problem : problems) text += problem;
  return text;
}

std::set<std::string> errors_in(const meshroute_report* report) {
  std::set<std::string> errors;
  for (std::size_t i = 0; i < meshroute_report_diagnostic_count(report); ++i) {
    meshroute_diagnostic found = MESHROUTE_DIAGNOSTIC_INIT;
    need([&](meshroute_error* error) { return meshroute_report_diagnostic_at(report, i, &found, error); });
    if (found.severity != MESHROUTE_SEVERITY_ERROR) continue;
    errors.insert(std::string(view_of(found.source)) + ' ' + std::string(view_of(found.rule)) + ' ' +
                  std::string(view_of(found.message)));
  }
  return errors;
}

void say(const fs::path& folder, const std::vector<std::string>& changed) {
  std::cerr << "meshroute: " << folder.string() << ": ";
  if (changed.size() == 1)
    std::cerr << changed.front() << " was written";
  else
    std::cerr << changed.size() << " files were written";
  std::cerr << std::endl;
}

/// Never returns. What cannot be read, or is newly refused, leaves the files as they are, as a cluster keeps what it has.
[[noreturn]] void follow(const EnvoyOptions& options, Folder& folder, const fs::path& path, std::set<std::string> known) {
  constexpr std::chrono::milliseconds kPoll{250};
  std::string done = signature(options), before = done;
  for (;;) {
    std::this_thread::sleep_for(kPoll);
    const std::string now = signature(options);
    const bool settled = now == std::exchange(before, now);  // a pull writes file after file
    if (now == done || !settled) continue;
    done = now;
    try {
      const Loaded loaded = load(options.mesh);
      const std::set<std::string> errors = errors_in(loaded.report.get());
      const bool worse = std::any_of(errors.begin(), errors.end(), [&](const auto& each) { return !known.contains(each); });
      if (worse || !loaded.readable) {
        warn_of_errors(loaded.report.get());
        std::cerr << "meshroute: " << path.string() << ": nothing was written, until this is mended" << std::endl;
        continue;
      }
      known = errors;
      const View view = new_view(options.proxy, options.mesh, loaded.snapshot.get());
      const Bootstrap bootstrap = make(options, view.get(), path.string());
      const auto changed = folder.write(files_in(bootstrap.get()));
      if (!changed.empty()) {
        tell(bootstrap.get());
        say(path, changed);
      }
    } catch (const Usage& problem) {
      std::cerr << "meshroute: " << problem.what() << std::endl;
    }
  }
}

int envoy(const EnvoyOptions& options) {
  if (options.watch && options.out.empty()) throw Usage("--watch needs --out DIR: the folder of the files that it keeps");
  for (const std::string& path : options.mesh.paths) {
    if (options.watch && path == "-") throw Usage("--watch cannot follow standard input");
  }
  const Loaded& loaded = load_for_good(options.mesh);
  warn_of_errors(loaded.report.get());
  const View view = new_view(options.proxy, options.mesh, loaded.snapshot.get());
  if (options.out.empty()) {
    const Bootstrap bootstrap = make(options, view.get(), "");
    tell(bootstrap.get());
    const std::string_view json = view_of(meshroute_envoy_bootstrap_json(bootstrap.get()));
    std::cout.write(json.data(), static_cast<std::streamsize>(json.size()));
    return loaded.readable ? 0 : 2;
  }
  fs::create_directories(options.out);
  const fs::path path = fs::canonical(options.out);
  const Bootstrap bootstrap = make(options, view.get(), path.string());
  tell(bootstrap.get());
  Folder folder(path);
  const auto changed = folder.write(files_in(bootstrap.get()));
  say(path, changed);
  if (options.watch) follow(options, folder, path, errors_in(loaded.report.get()));
  return loaded.readable ? 0 : 2;
}

}  // namespace

Command add_envoy(CLI::App& app) {
  const auto options = std::make_shared<EnvoyOptions>();
  auto* command = app.add_subcommand("envoy", "the configuration of a real Envoy that routes as this proxy");
  command->add_option("PATH", options->mesh.paths, "files and folders")->required()->type_name("");
  add_proxy(command, options->proxy)->required();
  command
      ->add_option("--mode", options->mode,
                   "http_proxy: one port, for clients with http_proxy; ports: one for each port of each service; capture: as a "
                   "sidecar behind iptables")
      ->check(CLI::IsMember({"http_proxy", "ports", "capture"}))
      ->type_name("MODE");
  command->add_option("--listen", options->listen, "where it listens (127.0.0.1:15080), or the first port (127.0.0.1:20000)")
      ->type_name("ADDRESS:PORT");
  command->add_option("--admin", options->admin, "Envoy's admin interface, on loopback (127.0.0.1:15000)")
      ->type_name("ADDRESS:PORT");
  command
      ->add_option("--certificates", options->certificates,
                   "folder with cert-chain.pem, key.pem and root-cert.pem, and NAME/tls.crt, tls.key, ca.crt of credentials")
      ->type_name("DIR");
  command->add_option("--out", options->out, "write files to this folder: envoy.json, and what it points to")->type_name("DIR");
  command->add_flag("--watch", options->watch, "go on: write the files again as the mesh's files change");
  add_mesh(command, options->mesh);
  return {command, [options] { return envoy(*options); }};
}

}  // namespace cli
