#pragma once

// SPDX-License-Identifier: Apache-2.0
// The reasons of an answer, in the order of the walk, each at its place in the file. Does nothing where no trace is wanted.

#include <string>
#include <string_view>
#include <vector>

#include "meshroute/answer.hpp"
#include "text/place.hpp"
#include "view/client_view.hpp"

namespace meshroute::resolve {

class Explanation {
 public:
  Explanation(const view::ClientView& view, Answer& answer, bool wanted) : view_(view), answer_(answer), wanted_(wanted) {}

  bool wanted() const { return wanted_; }
  void line(const char* stage, Verdict verdict, std::string text, const Resource* resource = nullptr, std::string_view path = {});

  /// Who asks, and what its Sidecar is.
  void client();
  /// Which service the host is, or why it is none for this client.
  void host(const std::string& host, const registry::Service* service, std::uint32_t port);
  /// After the route table was walked: puts the VirtualServices that name the host before its lines (from `first` on) and
  /// gives each route its place.
  void routes(std::size_t first, const std::string& host);
  /// The timeout and the retries that apply, and who says so.
  void policies();
  /// A cluster that is there, with the DestinationRule that shapes it.
  void cluster(const std::string& name, std::size_t endpoints, bool usable);
  /// A cluster that is not there for this client, why, and what would make it exist.
  void no_cluster(const std::string& name);
  /// The VirtualServices that name the host, each with what became of it; `otherwise` follows one that applies.
  std::vector<TraceLine> virtual_services(const std::string& host, const char* otherwise);

 private:
  TraceLine made(const char* stage, Verdict verdict, std::string text, const Resource* resource, std::string_view path);

  const view::ClientView& view_;
  Answer& answer_;
  bool wanted_;
  text::Places places_;
};

}  // namespace meshroute::resolve
