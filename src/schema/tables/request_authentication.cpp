// SPDX-License-Identifier: Apache-2.0
// The tables of request authentication: one line per field, in descriptor order. Bounds are those of the CRD.
#include "meshroute/model/request_authentication.hpp"

#include "schema/table_builder.hpp"

namespace meshroute::schema {

template <>
const Message& message_of<model::ClaimToHeader>() {
  using M = model::ClaimToHeader;
  static const Message table = Table<M>("istio.security.v1beta1.ClaimToHeader")
                                   .field<&M::header>("header", required(), min_length(1), pattern("^[-_A-Za-z0-9]+$"))
                                   .field<&M::claim>("claim", required(), min_length(1));
  return table;
}

template <>
const Message& message_of<model::JWTHeader>() {
  using M = model::JWTHeader;
  static const Message table =
      Table<M>("istio.security.v1beta1.JWTHeader").field<&M::name>("name", required(), min_length(1)).field<&M::prefix>("prefix");
  return table;
}

template <>
const Message& message_of<model::JWTRule>() {
  using M = model::JWTRule;
  static const Message table =
      Table<M>("istio.security.v1beta1.JWTRule")
          .field<&M::issuer>("issuer", min_length(1))
          .field<&M::audiences>("audiences", each(min_length(1)))
          .field<&M::jwks_uri>("jwksUri", proto_name_in_crd(), min_length(1), max_length(2048), cel(Cel::url_scheme))
          .field<&M::jwks>("jwks")
          .field<&M::from_headers>("fromHeaders")
          .field<&M::from_params>("fromParams", each(min_length(1)))
          .field<&M::output_payload_to_header>("outputPayloadToHeader")
          .field<&M::from_cookies>("fromCookies", each(min_length(1)))
          .field<&M::forward_original_token>("forwardOriginalToken")
          .field<&M::output_claim_to_headers>("outputClaimToHeaders")
          .field<&M::timeout>("timeout", cel(Cel::duration_at_least_1ms))
          .field<&M::space_delimited_claims>("spaceDelimitedClaims", max_items(64), each(min_length(1)))
          .rules(cel(Cel::jwks_or_jwks_uri));
  return table;
}

template <>
const Message& message_of<model::RequestAuthentication>() {
  using M = model::RequestAuthentication;
  static const Message table = Table<M>("istio.security.v1beta1.RequestAuthentication")
                                   .field<&M::selector>("selector")
                                   .field<&M::target_ref>("targetRef", proto_name("targetRef"))
                                   .field<&M::target_refs>("targetRefs", proto_name("targetRefs"), max_items(16))
                                   .field<&M::jwt_rules>("jwtRules", max_items(4096))
                                   .rules(cel(Cel::one_of_selector_and_target_refs));
  return table;
}

}  // namespace meshroute::schema
