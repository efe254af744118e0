#pragma once

// SPDX-License-Identifier: Apache-2.0
// The C ABI's handles, freed when they go out of scope.

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "meshroute.h"

namespace cli {

/// Set before the last return of a command: the process ends, and gives back at once what its handles hold.
inline bool ending = false;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* handle) const {
    if (!ending) Free(handle);
  }
};
using Mesh = std::unique_ptr<meshroute_mesh, Freed<meshroute_mesh, meshroute_mesh_free>>;
using Snapshot = std::unique_ptr<meshroute_snapshot, Freed<meshroute_snapshot, meshroute_snapshot_free>>;
using View = std::unique_ptr<meshroute_view, Freed<meshroute_view, meshroute_view_free>>;
using Report = std::unique_ptr<meshroute_report, Freed<meshroute_report, meshroute_report_free>>;
using Answer = std::unique_ptr<meshroute_answer, Freed<meshroute_answer, meshroute_answer_free>>;
using InboundAnswer = std::unique_ptr<meshroute_inbound_answer, Freed<meshroute_inbound_answer, meshroute_inbound_answer_free>>;
using Journey = std::unique_ptr<meshroute_journey, Freed<meshroute_journey, meshroute_journey_free>>;
using Reach = std::unique_ptr<meshroute_reach, Freed<meshroute_reach, meshroute_reach_free>>;
using Files = std::unique_ptr<meshroute_files, Freed<meshroute_files, meshroute_files_free>>;
using FoundProxy = std::unique_ptr<meshroute_found_proxy, Freed<meshroute_found_proxy, meshroute_found_proxy_free>>;
using Reasons = std::unique_ptr<meshroute_reasons, Freed<meshroute_reasons, meshroute_reasons_free>>;
using Listeners = std::unique_ptr<meshroute_listeners, Freed<meshroute_listeners, meshroute_listeners_free>>;
using Suite = std::unique_ptr<meshroute_suite, Freed<meshroute_suite, meshroute_suite_free>>;
using SuiteReport = std::unique_ptr<meshroute_suite_report, Freed<meshroute_suite_report, meshroute_suite_report_free>>;
using Witnesses = std::unique_ptr<meshroute_witnesses, Freed<meshroute_witnesses, meshroute_witnesses_free>>;
using Diff = std::unique_ptr<meshroute_diff, Freed<meshroute_diff, meshroute_diff_free>>;
using RouteTable = std::unique_ptr<meshroute_route_table, Freed<meshroute_route_table, meshroute_route_table_free>>;

/// What the user must mend: exit code 2.
struct Usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `call(error)` is a call of the C ABI; throws with its words where it fails, else gives its status.
template <class Call>
meshroute_status need(Call call) {
  meshroute_error error{};
  const meshroute_status status = call(&error);
  if (status < 0) throw Usage(error.message);
  return status;
}

/// `call(out, error)` makes a handle.
template <class Handle, class Call>
Handle made(Call call, meshroute_status* status = nullptr) {
  typename Handle::element_type* out = nullptr;
  const meshroute_status said = need([&](meshroute_error* error) { return call(&out, error); });
  if (status != nullptr) *status = said;
  return Handle(out);
}

inline meshroute_str str_of(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view_of(meshroute_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

}  // namespace cli
