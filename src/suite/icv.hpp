#pragma once

// SPDX-License-Identifier: Apache-2.0
// Tests of istio-config-validator's form: answered as Istio does, with what that program says beside it.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "suite/run.hpp"

namespace meshroute::suite {

/// The tests of one document with the mesh that they take for granted: a service with an HTTP port for every host, and for every
/// destination that the configuration does not define.
class IcvRun {
 public:
  IcvRun(const File& file, const std::shared_ptr<const registry::Snapshot>& snapshot);
  ~IcvRun();
  IcvRun(const IcvRun&) = delete;
  IcvRun& operator=(const IcvRun&) = delete;

  void run(const Case& test, const std::string& words, Coverage* coverage, SuiteTest& result);

 private:
  struct World;
  const World& world_of(const Case& test);

  const File& file_;
  const std::shared_ptr<const registry::Snapshot> given_;
  std::map<std::set<std::string>, std::unique_ptr<World>> worlds_;  ///< by the delegates that are put in for missing ones
};

}  // namespace meshroute::suite
