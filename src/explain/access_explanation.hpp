#pragma once

// SPDX-License-Identifier: Apache-2.0
// What access policies and tokens make of a connection or request, in sentences: of a server and of a gateway.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authorization/decide.hpp"
#include "explain/code.hpp"
#include "meshroute/answer.hpp"
#include "view/proxy_view.hpp"

namespace meshroute::explain {

class AccessStory {
 public:
  struct Line {
    const char* stage;
    Code code;
    Verdict verdict;
    std::string text;
    const Resource* resource;  ///< may be null
    std::string path, hint;
  };
  /// `caller`: who asks, in words. `line` gets each line.
  AccessStory(const view::ProxyView& view, const authorization::Access& access, bool http, std::string caller,
              std::function<void(Line)> line)
      : view_(view), access_(access), http_(http), caller_(std::move(caller)), line_(std::move(line)) {}

  /// The policies that apply, and every rule that was looked at.
  void policies(const std::vector<authorization::Considered>& considered, const authorization::Attributes& attributes) const;
  /// What decided, and why: of the rules that do not match, the one that comes closest.
  void verdict(const authorization::Decision& decision, const std::vector<authorization::Considered>& considered,
               const authorization::Attributes& attributes) const;

 private:
  std::string unmet_text(const authorization::Condition& condition, const authorization::Attributes& attributes) const;
  void token_refused(const authorization::TokenVerdict& tokens, const std::string& refused) const;
  void no_rule_allows(const std::vector<authorization::Considered>& considered, const authorization::Attributes& attributes,
                      const std::string& refused) const;
  void rule_refused(const authorization::Decision& decision, const authorization::Attributes& attributes,
                    const std::string& refused) const;
  /// What makes an ALLOW rule match that fails at this condition.
  std::string remedy(const authorization::Condition& unmet, const authorization::Attributes& attributes,
                     const Resource& policy) const;
  void line(const char* stage, Code code, Verdict verdict, std::string text, const Resource* resource = nullptr,
            std::string_view path = {}, std::string hint = {}) const;

  const view::ProxyView& view_;
  const authorization::Access& access_;
  const bool http_;
  const std::string caller_;
  const std::function<void(Line)> line_;
};

}  // namespace meshroute::explain
