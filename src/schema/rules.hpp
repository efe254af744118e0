#pragma once

// SPDX-License-Identifier: Apache-2.0
// The rules of reading: decoding, metadata, schema, strictness.

#include "meshroute/diagnostic.hpp"

namespace meshroute::schema {

inline constexpr Rule kRules[] = {
    {"DC0101", "", Layer::decode, Severity::error, "A document is an object with an apiVersion and a kind.", "Kubernetes API conventions"},
    {"DC0102", "", Layer::decode, Severity::error, "A value has the type that its field wants.", "Istio API, JSON mapping"},
    {"DC0103", "", Layer::decode, Severity::error, "A number fits the range of its field.", "Istio API, JSON mapping"},
    {"DC0104", "", Layer::decode, Severity::error, "An enum value is one of the names of its enum.", "Istio API, JSON mapping"},
    {"DC0105", "", Layer::decode, Severity::error, "A duration is numbers with units, as Go reads them.", "Go time.ParseDuration"},
    {"DC0106", "", Layer::decode, Severity::error, "Bytes are standard base64 with padding.", "Istio API, JSON mapping"},
    {"DC0107", "", Layer::decode, Severity::error, "The apiVersion names a group that has the kind.", "Istio CRDs"},
    {"DC0108", "", Layer::decode, Severity::error, "A time is written as RFC 3339 says.", "Kubernetes ObjectMeta"},
    {"MD0101", "", Layer::metadata, Severity::error, "An object has a name.", "Kubernetes ObjectMeta"},
    {"MD0102", "", Layer::metadata, Severity::error, "A name is a DNS subdomain of lower case.", "Kubernetes ObjectMeta"},
    {"MD0103", "", Layer::metadata, Severity::error, "A namespace is a DNS label of lower case.", "Kubernetes ObjectMeta"},
    {"MD0104", "", Layer::metadata, Severity::error, "A label key is a qualified name.", "Kubernetes ObjectMeta"},
    {"MD0105", "", Layer::metadata, Severity::error, "A label value has at most 63 letters, digits, '-', '_' and '.'.", "Kubernetes ObjectMeta"},
    {"MD0106", "", Layer::metadata, Severity::error, "An annotation key is a qualified name in any case.", "Kubernetes ObjectMeta"},
    {"MD0107", "", Layer::metadata, Severity::error, "All annotations together have at most 256 KiB.", "Kubernetes ObjectMeta"},
    {"MD0108", "", Layer::metadata, Severity::error, "The generation is not negative.", "Kubernetes ObjectMeta"},
    {"MD0109", "", Layer::metadata, Severity::error, "A finalizer is a qualified name.", "Kubernetes ObjectMeta"},
    {"MD0110", "", Layer::metadata, Severity::error, "An owner reference has an apiVersion, kind, name and uid.", "Kubernetes ObjectMeta"},
    {"SC0101", "", Layer::schema, Severity::error, "A required field is present.", "Istio CRDs"},
    {"SC0102", "", Layer::schema, Severity::error, "A value has the type of the schema.", "Istio CRDs"},
    {"SC0103", "", Layer::schema, Severity::error, "A value is one that the schema lists.", "Istio CRDs"},
    {"SC0104", "", Layer::schema, Severity::error, "A number is within the bounds of the schema.", "Istio CRDs"},
    {"SC0105", "", Layer::schema, Severity::error, "A text is as long as the schema allows.", "Istio CRDs"},
    {"SC0106", "", Layer::schema, Severity::error, "A list or map has as many entries as the schema allows.", "Istio CRDs"},
    {"SC0107", "", Layer::schema, Severity::error, "A text matches the pattern of the schema.", "Istio CRDs"},
    {"SC0108", "", Layer::schema, Severity::error, "The items of a list that is a map differ in their key.", "Istio CRDs"},
    {"SC0109", "", Layer::schema, Severity::error, "At most one member of a oneof is set.", "Istio CRDs"},
    {"SC0110", "", Layer::schema, Severity::error, "A list has no null items.", "Istio CRDs"},
    {"SC0111", "", Layer::schema, Severity::error, "The version is one that the CRD serves.", "Istio CRDs"},
    {"SC0112", "", Layer::schema, Severity::error, "A text has the format of the schema.", "Istio CRDs"},
    {"SC0201", "", Layer::schema, Severity::error, "A workload has an address or a network.", "Istio CRDs, CEL"},
    {"SC0202", "ServiceEntry", Layer::schema, Severity::error, "CIDR addresses come only with resolution NONE or STATIC.", "Istio CRDs, CEL"},
    {"SC0203", "", Layer::schema, Severity::error, "Only one of credentialName and credentialNames is set.", "Istio CRDs, CEL"},
    {"SC0204", "", Layer::schema, Severity::error, "Only one of credentialNames and tlsCertificates is set.", "Istio CRDs, CEL"},
    {"SC0205", "", Layer::schema, Severity::error, "A duration is valid and at least 1ms.", "Istio CRDs, CEL"},
    {"SC0206", "ServiceEntry", Layer::schema, Severity::error, "A host is not the lone wildcard.", "Istio CRDs, CEL"},
    {"SC0207", "", Layer::schema, Severity::error, "The keys of a port map are port names.", "Istio CRDs, CEL"},
    {"SC0208", "PeerAuthentication", Layer::schema, Severity::error, "The keys of portLevelMtls are port numbers.", "Istio CRDs, CEL"},
    {"SC0209", "", Layer::schema, Severity::error, "A label key is not empty.", "Istio CRDs, CEL"},
    {"SC0210", "", Layer::schema, Severity::error, "A label key has no wildcard.", "Istio CRDs, CEL"},
    {"SC0211", "AuthorizationPolicy", Layer::schema, Severity::error, "A target is in the policy's own namespace.", "Istio CRDs, CEL"},
    {"SC0212", "ServiceEntry", Layer::schema, Severity::error, "Resolution NONE has no endpoints.", "Istio CRDs, CEL"},
    {"SC0213", "AuthorizationPolicy", Layer::schema, Severity::error, "Only one of selector, targetRef and targetRefs is set.", "Istio CRDs, CEL"},
    {"SC0214", "PeerAuthentication", Layer::schema, Severity::error, "portLevelMtls comes with a selector that has labels.", "Istio CRDs, CEL"},
    {"SC0215", "", Layer::schema, Severity::error, "A port is from 1 to 65535.", "Istio CRDs, CEL"},
    {"SC0216", "ServiceEntry", Layer::schema, Severity::error, "The port numbers differ.", "Istio CRDs, CEL"},
    {"SC0217", "WorkloadGroup", Layer::schema, Severity::error, "A probe's scheme is HTTP or HTTPS.", "Istio CRDs, CEL"},
    {"SC0218", "ServiceEntry", Layer::schema, Severity::error, "Resolution DNS_ROUND_ROBIN has at most one endpoint.", "Istio CRDs, CEL"},
    {"SC0219", "AuthorizationPolicy", Layer::schema, Severity::error, "serviceAccounts stand without namespaces and principals.", "Istio CRDs, CEL"},
    {"SC0220", "", Layer::schema, Severity::error, "Only one of tlsCertificates and credentialNames is set.", "Istio CRDs, CEL"},
    {"SC0221", "", Layer::schema, Severity::error, "A unix address is an absolute path or an abstract socket.", "Istio CRDs, CEL"},
    {"SC0222", "", Layer::schema, Severity::error, "A unix address is no directory.", "Istio CRDs, CEL"},
    {"SC0223", "", Layer::schema, Severity::error, "A unix address has no ports.", "Istio CRDs, CEL"},
    {"SC0224", "", Layer::schema, Severity::error, "A label value has no wildcard.", "Istio CRDs, CEL"},
    {"SC0225", "ServiceEntry", Layer::schema, Severity::error, "Only one of workloadSelector and endpoints is set.", "Istio CRDs, CEL"},
    {"ST0101", "", Layer::strict, Severity::warning, "A field is one that the CRD knows; the API server drops others.", "Kubernetes pruning"},
};

}  // namespace meshroute::schema
