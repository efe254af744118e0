// SPDX-License-Identifier: Apache-2.0
//! The C ABI of meshroute, as `meshroute.h` declares it: its types and the calls that the crate `meshroute` uses. The header says
//! what each of them does.
#![allow(non_camel_case_types)]
use std::ffi::{c_char, c_void};

pub const MESHROUTE_OK: i32 = 0;
pub const MESHROUTE_FINDINGS: i32 = 1;
pub const MESHROUTE_ALL_CORES: i32 = -1;
pub const MESHROUTE_WORKLOADS_GIVEN: i32 = 0;
pub const MESHROUTE_WORKLOADS_DERIVED: i32 = 1;
pub const MESHROUTE_PROXY_SIDECAR: i32 = 0;
pub const MESHROUTE_PROXY_ROUTER: i32 = 1;
pub const MESHROUTE_TLS_NONE: i32 = 0;
pub const MESHROUTE_TLS_SIMPLE: i32 = 1;
pub const MESHROUTE_TLS_MUTUAL: i32 = 2;
pub const MESHROUTE_TEXT_EXPLAIN: i32 = 4;

/// A handle.
pub enum meshroute_mesh {}
/// A handle.
pub enum meshroute_snapshot {}
/// A handle.
pub enum meshroute_view {}
/// A handle.
pub enum meshroute_report {}
/// A handle.
pub enum meshroute_answer {}
/// A handle.
pub enum meshroute_answers {}
/// A handle.
pub enum meshroute_inbound_answer {}
/// A handle.
pub enum meshroute_journey {}
/// A handle.
pub enum meshroute_files {}
/// A handle.
pub enum meshroute_found_proxy {}
/// A handle.
pub enum meshroute_endpoints {}
/// A handle.
pub enum meshroute_services {}
/// A handle.
pub enum meshroute_resources {}
/// A handle.
pub enum meshroute_diff {}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_str {
    pub data: *const c_char,
    pub size: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_bytes {
    pub data: *mut c_char,
    pub size: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_pair {
    pub name: meshroute_str,
    pub value: meshroute_str,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_error {
    pub code: i32,
    pub message: [c_char; 508],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_origin {
    pub kind: meshroute_str,
    pub namespace_: meshroute_str,
    pub name: meshroute_str,
    pub source: meshroute_str,
    pub line: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_weighted_cluster {
    pub name: meshroute_str,
    pub authority: meshroute_str,
    pub weight: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_service_port {
    pub name: meshroute_str,
    pub protocol: meshroute_str,
    pub number: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_result {
    pub outcome: meshroute_str,
    pub virtual_host: meshroute_str,
    pub route: meshroute_str,
    pub cluster: meshroute_str,
    pub picked_cluster: meshroute_str,
    pub picked_endpoint: meshroute_str,
    pub first_endpoint: usize,
    pub endpoint_count: usize,
    pub failure_percent: f64,
    pub status: i32,
    pub response_status: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_mesh_options {
    pub struct_size: usize,
    pub mesh_config: meshroute_str,
    pub mesh_networks: meshroute_str,
    pub vip_mode: i32,
    pub threads: i32,
    pub workloads: i32,
    pub scope_gateway_to_namespace: i32,
    pub filter_gateway_cluster_config: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_load_options {
    pub struct_size: usize,
    pub name: meshroute_str,
    pub cluster: meshroute_str,
    pub max_bytes: u64,
    pub max_nodes: u64,
    pub max_depth: u32,
    pub format: i32,
    pub drop_text: i32,
    pub apply_refused: i32,
    pub pass_over: i32,
    pub threads: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_resource {
    pub struct_size: usize,
    pub cluster: meshroute_str,
    pub group: meshroute_str,
    pub kind: meshroute_str,
    pub namespace_: meshroute_str,
    pub name: meshroute_str,
    pub source: meshroute_str,
    pub line: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_proxy {
    pub struct_size: usize,
    pub id: meshroute_str,
    pub namespace_: meshroute_str,
    pub ip: meshroute_str,
    pub locality: meshroute_str,
    pub network: meshroute_str,
    pub cluster: meshroute_str,
    pub node_name: meshroute_str,
    pub service_account: meshroute_str,
    pub labels: *const meshroute_pair,
    pub label_count: usize,
    pub r#type: i32,
    pub dns_capture: i32,
    pub dns_auto_allocate: i32,
    pub unprivileged: i32,
    pub no_sidecar: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_request {
    pub struct_size: usize,
    pub url: meshroute_str,
    pub protocol: meshroute_str,
    pub address: meshroute_str,
    pub host: meshroute_str,
    pub method: meshroute_str,
    pub path: meshroute_str,
    pub scheme: meshroute_str,
    pub sni: meshroute_str,
    pub alpn: meshroute_str,
    pub identity: meshroute_str,
    pub source_ip: meshroute_str,
    pub jwt: meshroute_str,
    pub tokens: meshroute_str,
    pub headers: *const meshroute_pair,
    pub header_count: usize,
    pub random: u64,
    pub port: u32,
    pub tls: i32,
    pub has_random: i32,
    pub ext_authz: i32,
    pub client_cert: i32,
    pub no_sni: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_resolve_options {
    pub struct_size: usize,
    pub trace: i32,
    pub skip_upstream_request: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_view_filter {
    pub struct_size: usize,
    pub host: meshroute_str,
    pub subset: meshroute_str,
    pub cluster: meshroute_str,
    pub port: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_document {
    pub struct_size: usize,
    pub source: meshroute_str,
    pub kind: meshroute_str,
    pub namespace_: meshroute_str,
    pub name: meshroute_str,
    pub unknown_field_count: usize,
    pub line: u32,
    pub accepted: i32,
    pub applied: i32,
    pub has_layers: i32,
    pub decode: i32,
    pub metadata: i32,
    pub schema: i32,
    pub webhook: i32,
    pub strict: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_diagnostic {
    pub struct_size: usize,
    pub rule: meshroute_str,
    pub resource: meshroute_str,
    pub path: meshroute_str,
    pub source: meshroute_str,
    pub message: meshroute_str,
    pub hint: meshroute_str,
    pub excerpt: meshroute_str,
    pub related_count: usize,
    pub severity: i32,
    pub layer: i32,
    pub document: i32,
    pub line: u32,
    pub column: u32,
    pub more: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_answer_fields {
    pub struct_size: usize,
    pub outcome: meshroute_str,
    pub listener: meshroute_str,
    pub filter_chain: meshroute_str,
    pub route_config: meshroute_str,
    pub virtual_host: meshroute_str,
    pub route: meshroute_str,
    pub config: meshroute_str,
    pub cluster: meshroute_str,
    pub error: meshroute_str,
    pub path: meshroute_str,
    pub authority: meshroute_str,
    pub timeout: meshroute_str,
    pub redirect: meshroute_str,
    pub retries: meshroute_str,
    pub response_flags: meshroute_str,
    pub picked_cluster: meshroute_str,
    pub picked_endpoint: meshroute_str,
    pub upstream_tls_mode: meshroute_str,
    pub upstream_tls_sni: meshroute_str,
    pub upstream_tls_why: meshroute_str,
    pub weighted_clusters: *const meshroute_weighted_cluster,
    pub weighted_cluster_count: usize,
    pub mirrors: *const meshroute_str,
    pub mirror_count: usize,
    pub upstream_sans: *const meshroute_str,
    pub upstream_san_count: usize,
    pub response_headers: *const meshroute_pair,
    pub response_header_count: usize,
    pub route_index: i64,
    pub filter_chain_index: i64,
    pub direct_response: i64,
    pub grpc_status: i64,
    pub response_status: i64,
    pub failure_percent: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_inbound_answer_fields {
    pub struct_size: usize,
    pub listener: meshroute_str,
    pub chain: meshroute_str,
    pub kind: meshroute_str,
    pub tls: meshroute_str,
    pub peer: meshroute_str,
    pub error: meshroute_str,
    pub action: meshroute_str,
    pub policy: meshroute_str,
    pub jwt: meshroute_str,
    pub cluster: meshroute_str,
    pub virtual_host: meshroute_str,
    pub route: meshroute_str,
    pub request_principal: meshroute_str,
    pub remote_ip: meshroute_str,
    pub audit: meshroute_str,
    pub asked: *const meshroute_pair,
    pub asked_count: usize,
    pub status: i64,
    pub grpc_status: i64,
    pub allowed: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_endpoint {
    pub struct_size: usize,
    pub cluster: meshroute_str,
    pub address: meshroute_str,
    pub locality: meshroute_str,
    pub health: meshroute_str,
    pub service_account: meshroute_str,
    pub resource: meshroute_str,
    pub network: meshroute_str,
    pub labels: *const meshroute_pair,
    pub label_count: usize,
    pub origin: meshroute_origin,
    pub port: u32,
    pub weight: u32,
    pub priority: u32,
    pub assumed: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_service {
    pub struct_size: usize,
    pub hostname: meshroute_str,
    pub namespace_: meshroute_str,
    pub registry: meshroute_str,
    pub resolution: meshroute_str,
    pub address: meshroute_str,
    pub addresses: *const meshroute_str,
    pub address_count: usize,
    pub ports: *const meshroute_service_port,
    pub port_count: usize,
    pub labels: *const meshroute_pair,
    pub label_count: usize,
    pub origin: meshroute_origin,
    pub mesh_external: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct meshroute_trace_line {
    pub struct_size: usize,
    pub stage: meshroute_str,
    pub resource: meshroute_str,
    pub path: meshroute_str,
    pub source: meshroute_str,
    pub text: meshroute_str,
    pub code: meshroute_str,
    pub hint: meshroute_str,
    pub verdict: i32,
    pub line: u32,
    pub column: u32,
    pub reserved: u32,
}

extern "C" {
    pub fn meshroute_version() -> *const c_char;
    pub fn meshroute_istio_version() -> *const c_char;
    pub fn meshroute_envoy_version() -> *const c_char;
    pub fn meshroute_bytes_free(bytes: *mut meshroute_bytes);

    pub fn meshroute_mesh_new(options: *const meshroute_mesh_options, out: *mut *mut meshroute_mesh, error: *mut meshroute_error) -> i32;
    pub fn meshroute_mesh_free(mesh: *mut meshroute_mesh);
    pub fn meshroute_mesh_bytes(mesh: *const meshroute_mesh) -> usize;
    pub fn meshroute_mesh_load(
        mesh: *mut meshroute_mesh,
        text: *const c_char,
        size: usize,
        options: *const meshroute_load_options,
        report: *mut *mut meshroute_report,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_mesh_load_path(
        mesh: *mut meshroute_mesh,
        path: meshroute_str,
        options: *const meshroute_load_options,
        report: *mut *mut meshroute_report,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_mesh_apply(
        mesh: *mut meshroute_mesh,
        json: *const c_char,
        size: usize,
        options: *const meshroute_load_options,
        report: *mut *mut meshroute_report,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_mesh_remove(mesh: *mut meshroute_mesh, resource: *const meshroute_resource, error: *mut meshroute_error) -> i32;
    pub fn meshroute_mesh_snapshot(mesh: *mut meshroute_mesh, out: *mut *mut meshroute_snapshot, error: *mut meshroute_error) -> i32;
    pub fn meshroute_check(
        text: *const c_char,
        size: usize,
        options: *const meshroute_load_options,
        report: *mut *mut meshroute_report,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_files_of_folder(
        path: meshroute_str,
        exclude: *const meshroute_str,
        count: usize,
        out: *mut *mut meshroute_files,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_files_free(files: *mut meshroute_files);
    pub fn meshroute_files_count(files: *const meshroute_files) -> usize;
    pub fn meshroute_files_at(files: *const meshroute_files, index: usize) -> meshroute_str;
    pub fn meshroute_files_problem_count(files: *const meshroute_files) -> usize;
    pub fn meshroute_files_problem_at(files: *const meshroute_files, index: usize) -> meshroute_str;

    pub fn meshroute_snapshot_free(snapshot: *mut meshroute_snapshot);
    pub fn meshroute_snapshot_bytes(snapshot: *const meshroute_snapshot) -> usize;
    pub fn meshroute_snapshot_analyze(
        snapshot: *const meshroute_snapshot,
        report: *mut *mut meshroute_report,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_snapshot_find_proxy(
        snapshot: *const meshroute_snapshot,
        name: meshroute_str,
        out: *mut *mut meshroute_found_proxy,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_found_proxy_free(found: *mut meshroute_found_proxy);
    pub fn meshroute_found_proxy_get(found: *const meshroute_found_proxy, out: *mut meshroute_proxy, error: *mut meshroute_error) -> i32;
    pub fn meshroute_found_proxy_message(found: *const meshroute_found_proxy) -> meshroute_str;
    pub fn meshroute_snapshot_view(
        snapshot: *const meshroute_snapshot,
        proxy: *const meshroute_proxy,
        previous: *const meshroute_view,
        out: *mut *mut meshroute_view,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_snapshot_follow(
        snapshot: *const meshroute_snapshot,
        proxy: *const meshroute_proxy,
        request: *const meshroute_request,
        servers: meshroute_str,
        out: *mut *mut meshroute_journey,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_snapshot_diff(
        before: *const meshroute_snapshot,
        after: *const meshroute_snapshot,
        options: *const c_void,
        out: *mut *mut meshroute_diff,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_view_free(view: *mut meshroute_view);
    pub fn meshroute_view_bytes(view: *const meshroute_view) -> usize;
    pub fn meshroute_view_json(
        view: *const meshroute_view,
        section: meshroute_str,
        filter: *const meshroute_view_filter,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_view_text(
        view: *const meshroute_view,
        section: meshroute_str,
        filter: *const meshroute_view_filter,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_view_endpoints(
        view: *const meshroute_view,
        filter: *const meshroute_view_filter,
        out: *mut *mut meshroute_endpoints,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_endpoints_free(endpoints: *mut meshroute_endpoints);
    pub fn meshroute_endpoints_count(endpoints: *const meshroute_endpoints) -> usize;
    pub fn meshroute_endpoints_at(
        endpoints: *const meshroute_endpoints,
        index: usize,
        out: *mut meshroute_endpoint,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_resolve_into(
        view: *const meshroute_view,
        request: *const meshroute_request,
        options: *const meshroute_resolve_options,
        reused: *mut meshroute_answer,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answer_new(out: *mut *mut meshroute_answer, error: *mut meshroute_error) -> i32;
    pub fn meshroute_answer_free(answer: *mut meshroute_answer);
    pub fn meshroute_answer_outcome(answer: *const meshroute_answer) -> meshroute_str;
    pub fn meshroute_answer_cluster(answer: *const meshroute_answer) -> meshroute_str;
    pub fn meshroute_answer_get(answer: *const meshroute_answer, out: *mut meshroute_answer_fields, error: *mut meshroute_error) -> i32;
    pub fn meshroute_answer_endpoint_count(answer: *const meshroute_answer) -> usize;
    pub fn meshroute_answer_endpoint_at(
        answer: *const meshroute_answer,
        index: usize,
        out: *mut meshroute_endpoint,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answer_trace_count(answer: *const meshroute_answer) -> usize;
    pub fn meshroute_answer_trace_at(
        answer: *const meshroute_answer,
        index: usize,
        out: *mut meshroute_trace_line,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answer_because_count(answer: *const meshroute_answer) -> usize;
    pub fn meshroute_answer_because_at(
        answer: *const meshroute_answer,
        index: usize,
        out: *mut meshroute_trace_line,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answer_json(
        answer: *const meshroute_answer,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answer_text(
        answer: *const meshroute_answer,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_resolve_many(
        view: *const meshroute_view,
        requests: *const *const meshroute_request,
        count: usize,
        options: *const meshroute_resolve_options,
        reused: *mut meshroute_answers,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_answers_new(out: *mut *mut meshroute_answers, error: *mut meshroute_error) -> i32;
    pub fn meshroute_answers_free(answers: *mut meshroute_answers);
    pub fn meshroute_answers_count(answers: *const meshroute_answers) -> usize;
    pub fn meshroute_answers_results(answers: *const meshroute_answers) -> *const meshroute_result;
    pub fn meshroute_answers_endpoint_at(
        answers: *const meshroute_answers,
        index: usize,
        out: *mut meshroute_endpoint,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_resolve_inbound(
        view: *const meshroute_view,
        request: *const meshroute_request,
        options: *const meshroute_resolve_options,
        out: *mut *mut meshroute_inbound_answer,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_inbound_answer_free(answer: *mut meshroute_inbound_answer);
    pub fn meshroute_inbound_answer_get(
        answer: *const meshroute_inbound_answer,
        out: *mut meshroute_inbound_answer_fields,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_inbound_answer_json(
        answer: *const meshroute_inbound_answer,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_inbound_answer_text(
        answer: *const meshroute_inbound_answer,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_journey_free(journey: *mut meshroute_journey);
    pub fn meshroute_journey_arrives_percent(journey: *const meshroute_journey) -> f64;
    pub fn meshroute_journey_json(
        journey: *const meshroute_journey,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_journey_text(
        journey: *const meshroute_journey,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;

    pub fn meshroute_diff_free(diff: *mut meshroute_diff);
    pub fn meshroute_diff_change_count(diff: *const meshroute_diff) -> usize;
    pub fn meshroute_diff_json(diff: *const meshroute_diff, style: i32, out: *mut meshroute_bytes, error: *mut meshroute_error) -> i32;
    pub fn meshroute_diff_text(diff: *const meshroute_diff, style: i32, out: *mut meshroute_bytes, error: *mut meshroute_error) -> i32;
    pub fn meshroute_diff_markdown(diff: *const meshroute_diff, out: *mut meshroute_bytes, error: *mut meshroute_error) -> i32;

    pub fn meshroute_report_new(out: *mut *mut meshroute_report, error: *mut meshroute_error) -> i32;
    pub fn meshroute_report_free(report: *mut meshroute_report);
    pub fn meshroute_report_bytes(report: *const meshroute_report) -> usize;
    pub fn meshroute_report_append(report: *mut meshroute_report, other: *const meshroute_report, error: *mut meshroute_error) -> i32;
    pub fn meshroute_report_ignore(report: *mut meshroute_report, rule: meshroute_str, error: *mut meshroute_error) -> i32;
    pub fn meshroute_report_document_count(report: *const meshroute_report) -> usize;
    pub fn meshroute_report_document_at(
        report: *const meshroute_report,
        index: usize,
        out: *mut meshroute_document,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_report_diagnostic_count(report: *const meshroute_report) -> usize;
    pub fn meshroute_report_diagnostic_at(
        report: *const meshroute_report,
        index: usize,
        out: *mut meshroute_diagnostic,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_report_error_count(report: *const meshroute_report) -> usize;
    pub fn meshroute_report_warning_count(report: *const meshroute_report) -> usize;
    pub fn meshroute_report_json(
        report: *const meshroute_report,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_report_sarif(
        report: *const meshroute_report,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
    pub fn meshroute_report_text(
        report: *const meshroute_report,
        style: i32,
        out: *mut meshroute_bytes,
        error: *mut meshroute_error,
    ) -> i32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    macro_rules! layout {
        ($lines:ident, $type:ident { $($field:ident),* $(,)? }) => {
            $lines.push((stringify!($type), format!("{}", size_of::<$type>()),
                         vec![$((stringify!($field).trim_start_matches("r#"), offset_of!($type, $field))),*]));
        };
    }

    /// Every struct has the layout that the C compiler gives it.
    #[test]
    fn layouts_are_those_of_the_header() {
        let golden = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../capi/abi/layout.txt")).unwrap();
        let mut all = Vec::new();
        layout!(all, meshroute_str { data, size });
        layout!(all, meshroute_bytes { data, size });
        layout!(all, meshroute_pair { name, value });
        layout!(all, meshroute_error { code, message });
        layout!(
            all,
            meshroute_origin {
                kind,
                namespace_,
                name,
                source,
                line,
                reserved
            }
        );
        layout!(
            all,
            meshroute_weighted_cluster {
                name,
                authority,
                weight,
                reserved
            }
        );
        layout!(
            all,
            meshroute_service_port {
                name,
                protocol,
                number,
                reserved
            }
        );
        layout!(
            all,
            meshroute_result {
                outcome,
                virtual_host,
                route,
                cluster,
                picked_cluster,
                picked_endpoint,
                first_endpoint,
                endpoint_count,
                failure_percent,
                status,
                response_status
            }
        );
        layout!(
            all,
            meshroute_mesh_options {
                struct_size,
                mesh_config,
                mesh_networks,
                vip_mode,
                threads,
                workloads,
                scope_gateway_to_namespace,
                filter_gateway_cluster_config,
                reserved
            }
        );
        layout!(
            all,
            meshroute_load_options {
                struct_size,
                name,
                cluster,
                max_bytes,
                max_nodes,
                max_depth,
                format,
                drop_text,
                apply_refused,
                pass_over,
                threads
            }
        );
        layout!(
            all,
            meshroute_resource {
                struct_size,
                cluster,
                group,
                kind,
                namespace_,
                name,
                source,
                line,
                reserved
            }
        );
        layout!(
            all,
            meshroute_proxy {
                struct_size,
                id,
                namespace_,
                ip,
                locality,
                network,
                cluster,
                node_name,
                service_account,
                labels,
                label_count,
                r#type,
                dns_capture,
                dns_auto_allocate,
                unprivileged,
                no_sidecar
            }
        );
        layout!(
            all,
            meshroute_request {
                struct_size,
                url,
                protocol,
                address,
                host,
                method,
                path,
                scheme,
                sni,
                alpn,
                identity,
                source_ip,
                jwt,
                tokens,
                headers,
                header_count,
                random,
                port,
                tls,
                has_random,
                ext_authz,
                client_cert,
                no_sni
            }
        );
        layout!(
            all,
            meshroute_resolve_options {
                struct_size,
                trace,
                skip_upstream_request
            }
        );
        layout!(
            all,
            meshroute_view_filter {
                struct_size,
                host,
                subset,
                cluster,
                port,
                reserved
            }
        );
        layout!(
            all,
            meshroute_document {
                struct_size,
                source,
                kind,
                namespace_,
                name,
                unknown_field_count,
                line,
                accepted,
                applied,
                has_layers,
                decode,
                metadata,
                schema,
                webhook,
                strict,
                reserved
            }
        );
        layout!(
            all,
            meshroute_diagnostic {
                struct_size,
                rule,
                resource,
                path,
                source,
                message,
                hint,
                excerpt,
                related_count,
                severity,
                layer,
                document,
                line,
                column,
                more
            }
        );
        layout!(
            all,
            meshroute_answer_fields {
                struct_size,
                outcome,
                listener,
                filter_chain,
                route_config,
                virtual_host,
                route,
                config,
                cluster,
                error,
                path,
                authority,
                timeout,
                redirect,
                retries,
                response_flags,
                picked_cluster,
                picked_endpoint,
                upstream_tls_mode,
                upstream_tls_sni,
                upstream_tls_why,
                weighted_clusters,
                weighted_cluster_count,
                mirrors,
                mirror_count,
                upstream_sans,
                upstream_san_count,
                response_headers,
                response_header_count,
                route_index,
                filter_chain_index,
                direct_response,
                grpc_status,
                response_status,
                failure_percent
            }
        );
        layout!(
            all,
            meshroute_inbound_answer_fields {
                struct_size,
                listener,
                chain,
                kind,
                tls,
                peer,
                error,
                action,
                policy,
                jwt,
                cluster,
                virtual_host,
                route,
                request_principal,
                remote_ip,
                audit,
                asked,
                asked_count,
                status,
                grpc_status,
                allowed,
                reserved
            }
        );
        layout!(
            all,
            meshroute_endpoint {
                struct_size,
                cluster,
                address,
                locality,
                health,
                service_account,
                resource,
                network,
                labels,
                label_count,
                origin,
                port,
                weight,
                priority,
                assumed
            }
        );
        layout!(
            all,
            meshroute_service {
                struct_size,
                hostname,
                namespace_,
                registry,
                resolution,
                address,
                addresses,
                address_count,
                ports,
                port_count,
                labels,
                label_count,
                origin,
                mesh_external,
                reserved
            }
        );
        layout!(
            all,
            meshroute_trace_line {
                struct_size,
                stage,
                resource,
                path,
                source,
                text,
                code,
                hint,
                verdict,
                line,
                column,
                reserved
            }
        );
        for (name, size, fields) in all {
            let start = golden
                .find(&format!("{name} {size}\n"))
                .unwrap_or_else(|| panic!("{name} has not {size} bytes in C"));
            let block: Vec<&str> = golden[start..].lines().skip(1).take_while(|line| line.starts_with(' ')).collect();
            assert_eq!(block.len(), fields.len(), "{name} has other members in C");
            for (field, offset) in fields {
                assert!(
                    block.contains(&format!("  {field} {offset}").as_str()),
                    "{name}.{field} is not at {offset} in C"
                );
            }
        }
    }
}
