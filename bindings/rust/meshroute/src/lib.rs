// SPDX-License-Identifier: Apache-2.0
//! Reads Istio configuration and answers, offline and in process: is it right, where does this request go, does it arrive, and why?
//!
//! ```no_run
//! use meshroute::{LoadOptions, Mesh, MeshOptions, Request, Workloads};
//!
//! # fn main() -> Result<(), meshroute::Error> {
//! let mut mesh = Mesh::new(&MeshOptions { workloads: Workloads::Derived, ..Default::default() })?;
//! let report = mesh.load_folder("mesh", &LoadOptions::default(), &[])?;
//! print!("{report}");
//! let snapshot = mesh.snapshot()?;
//! let view = snapshot.view(&snapshot.find_proxy("shop/web")?)?;
//! let answer = view.resolve(&Request::url("http://reviews/"))?;
//! for endpoint in answer.endpoints() {
//!     println!("{}:{}", endpoint.address(), endpoint.port());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An [`Error`] is a call that failed. What is wrong with the configuration is in a [`Report`], and a request that reaches nothing is an
//! [`Answer`]. A [`Snapshot`] and a [`View`] never change, and any number of threads may use them; texts are borrowed from what they are
//! read from, and copied only where a type owns them.
use meshroute_sys as sys;
use std::ffi::CStr;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::{null, null_mut};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// A status of `meshroute.h`, below 0.
    pub code: i32,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Runs a call that reports into an error; gives its status.
fn call(run: impl FnOnce(*mut sys::meshroute_error) -> i32) -> Result<i32> {
    let mut error = std::mem::MaybeUninit::<sys::meshroute_error>::uninit();
    let status = run(error.as_mut_ptr());
    if status >= 0 {
        return Ok(status);
    }
    // SAFETY: a call that fails has filled the error in.
    let message = unsafe { CStr::from_ptr((*error.as_ptr()).message.as_ptr()) };
    Err(Error {
        code: status,
        message: message.to_string_lossy().into_owned(),
    })
}

/// A zeroed struct of the ABI with its size: every member has its default.
macro_rules! zeroed {
    ($type:ty) => {{
        // SAFETY: all members are numbers and pointers, for which 0 is a value.
        let mut made: $type = unsafe { std::mem::zeroed() };
        made.struct_size = std::mem::size_of::<$type>();
        made
    }};
}

fn str_of(text: &str) -> sys::meshroute_str {
    sys::meshroute_str {
        data: if text.is_empty() { null() } else { text.as_ptr().cast() },
        size: text.len(),
    }
}

/// A borrowed text; the library gives UTF-8.
///
/// # Safety
/// What the text is borrowed from lives as long as `'a`.
unsafe fn text<'a>(from: sys::meshroute_str) -> &'a str {
    if from.size == 0 {
        return "";
    }
    std::str::from_utf8(std::slice::from_raw_parts(from.data.cast(), from.size)).unwrap_or("")
}

fn taken(run: impl FnOnce(*mut sys::meshroute_bytes, *mut sys::meshroute_error) -> i32) -> Result<String> {
    let mut bytes = sys::meshroute_bytes { data: null_mut(), size: 0 };
    call(|error| run(&mut bytes, error))?;
    // SAFETY: a call that succeeds gives `size` bytes, which are ours until they are freed.
    unsafe {
        let all = if bytes.size == 0 {
            &[][..]
        } else {
            std::slice::from_raw_parts(bytes.data.cast::<u8>(), bytes.size)
        };
        let copy = String::from_utf8_lossy(all).into_owned();
        sys::meshroute_bytes_free(&mut bytes);
        Ok(copy)
    }
}

/// The version of the linked library.
pub fn version() -> &'static str {
    // SAFETY: a text that lives as long as the program.
    unsafe { CStr::from_ptr(sys::meshroute_version()) }.to_str().unwrap_or("")
}

/// Where the endpoints of Services without an EndpointSlice come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Workloads {
    /// Nowhere, as a control plane sees them.
    #[default]
    Given,
    /// From Pods, and where none is given from the templates of Deployments and their like.
    Derived,
}

/// Settings of a mesh.
#[derive(Clone, Debug, Default)]
pub struct MeshOptions {
    /// Istio's MeshConfig, YAML or JSON; empty: the defaults.
    pub mesh_config: String,
    /// Istio's MeshNetworks, YAML or JSON; empty: none.
    pub mesh_networks: String,
    /// Used only while a text is loaded; 0: one; [`ALL_CORES`].
    pub threads: i32,
    pub workloads: Workloads,
}

/// As [`MeshOptions::threads`].
pub const ALL_CORES: i32 = sys::MESHROUTE_ALL_CORES;

/// How a text is read and applied.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Shown in findings and reasons; empty: `<input>`.
    pub name: String,
    /// Empty: `Kubernetes`.
    pub cluster: String,
    /// Apply every document that decodes, also if a cluster would refuse it.
    pub apply_refused: bool,
    /// Pass over documents that are no Kubernetes objects.
    pub pass_over: bool,
    /// Of [`check`]: how many threads it works on; 0: one; [`ALL_CORES`]. A load works on those of its mesh.
    pub threads: i32,
}

impl LoadOptions {
    fn c(&self) -> sys::meshroute_load_options {
        let mut c = zeroed!(sys::meshroute_load_options);
        c.name = str_of(&self.name);
        c.cluster = str_of(&self.cluster);
        c.apply_refused = self.apply_refused.into();
        c.pass_over = self.pass_over.into();
        c.threads = self.threads;
        c
    }
}

/// A type that owns a handle of the library.
macro_rules! handle {
    ($(#[$meta:meta])* $name:ident, $type:ident, $free:ident) => {
        $(#[$meta])*
        pub struct $name(*mut sys::$type);

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: the handle is ours, and freed once.
                unsafe { sys::$free(self.0) }
            }
        }

        // SAFETY: the library ties no handle to a thread.
        unsafe impl Send for $name {}
    };
}

handle!(
    /// Resources that change.
    Mesh,
    meshroute_mesh,
    meshroute_mesh_free
);
handle!(
    /// All resources of a mesh at one moment. It never changes.
    Snapshot,
    meshroute_snapshot,
    meshroute_snapshot_free
);
handle!(
    /// The part of a snapshot that one proxy sees. It never changes.
    View,
    meshroute_view,
    meshroute_view_free
);
handle!(
    /// Verdicts and findings.
    Report,
    meshroute_report,
    meshroute_report_free
);
handle!(
    /// The answer to one request. [`View::resolve_into`] reuses its storage.
    Answer,
    meshroute_answer,
    meshroute_answer_free
);
handle!(
    /// The answers to many requests, in short.
    Answers,
    meshroute_answers,
    meshroute_answers_free
);
handle!(
    /// What a server's proxy does with a request.
    InboundAnswer,
    meshroute_inbound_answer,
    meshroute_inbound_answer_free
);
handle!(
    /// A request from its client's proxy through the proxies of the servers that it may reach.
    Journey,
    meshroute_journey,
    meshroute_journey_free
);
handle!(
    /// What two meshes do otherwise with requests.
    Diff,
    meshroute_diff,
    meshroute_diff_free
);
// SAFETY: the library lets any number of threads read these at once; what changes one takes `&mut`.
unsafe impl Sync for Snapshot {}
unsafe impl Sync for View {}
unsafe impl Sync for Report {}
unsafe impl Sync for Answer {}
unsafe impl Sync for Answers {}
unsafe impl Sync for InboundAnswer {}
unsafe impl Sync for Journey {}
unsafe impl Sync for Diff {}

fn made<T, H>(wrap: impl FnOnce(*mut H) -> T, run: impl FnOnce(*mut *mut H, *mut sys::meshroute_error) -> i32) -> Result<T> {
    let mut handle = null_mut();
    call(|error| run(&mut handle, error))?;
    Ok(wrap(handle))
}

impl Mesh {
    /// An empty mesh. Fails if a setting cannot be read.
    pub fn new(options: &MeshOptions) -> Result<Mesh> {
        let mut c = zeroed!(sys::meshroute_mesh_options);
        c.mesh_config = str_of(&options.mesh_config);
        c.mesh_networks = str_of(&options.mesh_networks);
        c.threads = options.threads;
        c.workloads = match options.workloads {
            Workloads::Given => sys::MESHROUTE_WORKLOADS_GIVEN,
            Workloads::Derived => sys::MESHROUTE_WORKLOADS_DERIVED,
        };
        made(Mesh, |out, error| unsafe { sys::meshroute_mesh_new(&c, out, error) })
    }

    /// Reads a stream of YAML or JSON documents and applies those that a cluster with Istio would accept.
    pub fn load(&mut self, stream: &[u8], options: &LoadOptions) -> Result<Report> {
        let c = options.c();
        made(Report, |out, error| unsafe {
            sys::meshroute_mesh_load(self.0, stream.as_ptr().cast(), stream.len(), &c, out, error)
        })
    }

    /// The same for a file.
    pub fn load_file(&mut self, path: &str, options: &LoadOptions) -> Result<Report> {
        let c = options.c();
        made(Report, |out, error| unsafe {
            sys::meshroute_mesh_load_path(self.0, str_of(path), &c, out, error)
        })
    }

    /// Loads a folder's .yaml, .yml and .json files, sorted, into one report, without files and folders that match a pattern of `exclude`.
    pub fn load_folder(&mut self, path: &str, options: &LoadOptions, exclude: &[&str]) -> Result<Report> {
        struct Files(*mut sys::meshroute_files);
        impl Drop for Files {
            fn drop(&mut self) {
                // SAFETY: the handle is ours, and freed once.
                unsafe { sys::meshroute_files_free(self.0) }
            }
        }
        let patterns: Vec<_> = exclude.iter().map(|pattern| str_of(pattern)).collect();
        let files = made(Files, |out, error| unsafe {
            sys::meshroute_files_of_folder(str_of(path), patterns.as_ptr(), patterns.len(), out, error)
        })?;
        // SAFETY: the texts are borrowed from `files`.
        unsafe {
            if sys::meshroute_files_problem_count(files.0) > 0 {
                return Err(Error {
                    code: -1,
                    message: text(sys::meshroute_files_problem_at(files.0, 0)).to_owned(),
                });
            }
            let all = made(Report, |out, error| sys::meshroute_report_new(out, error))?;
            for i in 0..sys::meshroute_files_count(files.0) {
                let one = self.load_file(text(sys::meshroute_files_at(files.0, i)), options)?;
                call(|error| sys::meshroute_report_append(all.0, one.0, error))?;
            }
            Ok(all)
        }
    }

    /// Applies one Kubernetes object, given as JSON, as a watch of the API server delivers it.
    pub fn apply(&mut self, object: &[u8], options: &LoadOptions) -> Result<Report> {
        let c = options.c();
        made(Report, |out, error| unsafe {
            sys::meshroute_mesh_apply(self.0, object.as_ptr().cast(), object.len(), &c, out, error)
        })
    }

    /// Removes a resource of the cluster `Kubernetes`; says whether there was one.
    pub fn remove(&mut self, group: &str, kind: &str, namespace: &str, name: &str) -> Result<bool> {
        let mut c = zeroed!(sys::meshroute_resource);
        c.group = str_of(group);
        c.kind = str_of(kind);
        c.namespace_ = str_of(namespace);
        c.name = str_of(name);
        Ok(call(|error| unsafe { sys::meshroute_mesh_remove(self.0, &c, error) })? == sys::MESHROUTE_OK)
    }

    /// All resources at this moment. The snapshot never changes and outlives the mesh.
    pub fn snapshot(&mut self) -> Result<Snapshot> {
        made(Snapshot, |out, error| unsafe { sys::meshroute_mesh_snapshot(self.0, out, error) })
    }

    /// About how much heap memory the mesh keeps alive: its resources, their text, its last snapshot, and what both have worked out so far.
    /// What a mesh shares with snapshots and views is counted in each of them. It walks all of that.
    pub fn bytes(&self) -> usize {
        unsafe { sys::meshroute_mesh_bytes(self.0) }
    }
}

/// The verdicts on a stream of documents, keeping nothing.
pub fn check(stream: &[u8], options: &LoadOptions) -> Result<Report> {
    let c = options.c();
    made(Report, |out, error| unsafe {
        sys::meshroute_check(stream.as_ptr().cast(), stream.len(), &c, out, error)
    })
}

/// How much a finding matters; errors are what a cluster refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error = 1,
    Warning = 2,
    Info = 3,
}

/// One finding. Lines and columns count from 1; 0: no place.
#[derive(Clone, Copy, Debug)]
pub struct Diagnostic<'a> {
    /// "ST0101"
    pub rule: &'a str,
    pub severity: Severity,
    /// "VirtualService shop/reviews"
    pub resource: &'a str,
    /// "spec.http\[0\]"
    pub path: &'a str,
    pub source: &'a str,
    pub line: u32,
    pub column: u32,
    pub message: &'a str,
    pub hint: &'a str,
}

impl Report {
    /// How many findings are errors.
    pub fn errors(&self) -> usize {
        unsafe { sys::meshroute_report_error_count(self.0) }
    }

    /// How many findings are warnings.
    pub fn warnings(&self) -> usize {
        unsafe { sys::meshroute_report_warning_count(self.0) }
    }

    /// About how much heap memory the report holds.
    pub fn bytes(&self) -> usize {
        unsafe { sys::meshroute_report_bytes(self.0) }
    }

    /// The findings, in the order of the documents.
    pub fn diagnostics(&self) -> impl Iterator<Item = Diagnostic<'_>> {
        let count = unsafe { sys::meshroute_report_diagnostic_count(self.0) };
        (0..count).map_while(move |i| {
            let mut d = zeroed!(sys::meshroute_diagnostic);
            // SAFETY: the texts are borrowed from the report.
            unsafe {
                if sys::meshroute_report_diagnostic_at(self.0, i, &mut d, null_mut()) < 0 {
                    return None;
                }
                Some(Diagnostic {
                    rule: text(d.rule),
                    severity: match d.severity {
                        1 => Severity::Error,
                        2 => Severity::Warning,
                        _ => Severity::Info,
                    },
                    resource: text(d.resource),
                    path: text(d.path),
                    source: text(d.source),
                    line: d.line,
                    column: d.column,
                    message: text(d.message),
                    hint: text(d.hint),
                })
            }
        })
    }

    /// Drops the findings of a rule that refuse nothing: an id, a name, or a peer's code such as "IST0101".
    pub fn ignore(&mut self, rule: &str) -> Result<()> {
        call(|error| unsafe { sys::meshroute_report_ignore(self.0, str_of(rule), error) }).map(|_| ())
    }

    /// The report's JSON form.
    pub fn json(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_report_json(self.0, 0, out, error) })
    }

    /// The report for code-scanning services.
    pub fn sarif(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_report_sarif(self.0, 0, out, error) })
    }
}

/// Shows the text that a call gives.
macro_rules! shown {
    ($type:ty, $call:ident, $style:expr) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&taken(|out, error| unsafe { sys::$call(self.0, $style, out, error) }).map_err(|_| fmt::Error)?)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}
shown!(Report, meshroute_report_text, 0);
shown!(Answer, meshroute_answer_text, sys::MESHROUTE_TEXT_EXPLAIN);
shown!(InboundAnswer, meshroute_inbound_answer_text, sys::MESHROUTE_TEXT_EXPLAIN);
shown!(Journey, meshroute_journey_text, 0);
shown!(Diff, meshroute_diff_text, 0);

/// What kind of proxy looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyType {
    /// It stands beside a workload.
    #[default]
    Sidecar,
    /// It is a gateway.
    Router,
}

/// Whose view. Empty members are the defaults: namespace `default`, cluster `Kubernetes`, nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    pub r#type: ProxyType,
    pub id: String,
    pub namespace: String,
    pub labels: Vec<(String, String)>,
    pub ip: String,
    /// "region/zone/subzone"
    pub locality: String,
    pub network: String,
    pub cluster: String,
    pub node_name: String,
    /// Its name only; empty: `default`.
    pub service_account: String,
}

impl Proxy {
    /// A proxy of which only the namespace is known.
    pub fn of_namespace(namespace: &str) -> Proxy {
        Proxy {
            namespace: namespace.to_owned(),
            ..Default::default()
        }
    }

    fn c(&self, pairs: &mut Vec<sys::meshroute_pair>) -> sys::meshroute_proxy {
        *pairs = self
            .labels
            .iter()
            .map(|(name, value)| sys::meshroute_pair {
                name: str_of(name),
                value: str_of(value),
            })
            .collect();
        let mut c = zeroed!(sys::meshroute_proxy);
        c.r#type = match self.r#type {
            ProxyType::Sidecar => sys::MESHROUTE_PROXY_SIDECAR,
            ProxyType::Router => sys::MESHROUTE_PROXY_ROUTER,
        };
        c.id = str_of(&self.id);
        c.namespace_ = str_of(&self.namespace);
        c.ip = str_of(&self.ip);
        c.locality = str_of(&self.locality);
        c.network = str_of(&self.network);
        c.cluster = str_of(&self.cluster);
        c.node_name = str_of(&self.node_name);
        c.service_account = str_of(&self.service_account);
        c.labels = pairs.as_ptr();
        c.label_count = pairs.len();
        c
    }
}

impl Snapshot {
    /// Findings over all resources together.
    pub fn analyze(&self) -> Result<Report> {
        made(Report, |out, error| unsafe { sys::meshroute_snapshot_analyze(self.0, out, error) })
    }

    /// About how much heap memory the snapshot keeps alive, as [`Mesh::bytes`] has it. It grows as views are asked for.
    pub fn bytes(&self) -> usize {
        unsafe { sys::meshroute_snapshot_bytes(self.0) }
    }

    /// The proxy of "NAMESPACE/NAME": that of the Pod, WorkloadEntry, Deployment (or its like) or WorkloadGroup of that name. The error says
    /// what is near where no such workload is loaded.
    pub fn find_proxy(&self, name: &str) -> Result<Proxy> {
        struct Found(*mut sys::meshroute_found_proxy);
        impl Drop for Found {
            fn drop(&mut self) {
                // SAFETY: the handle is ours, and freed once.
                unsafe { sys::meshroute_found_proxy_free(self.0) }
            }
        }
        let mut status = 0;
        let found = made(Found, |out, error| {
            status = unsafe { sys::meshroute_snapshot_find_proxy(self.0, str_of(name), out, error) };
            status
        })?;
        let mut c = zeroed!(sys::meshroute_proxy);
        // SAFETY: the texts are borrowed from `found`, and copied.
        unsafe {
            if status != sys::MESHROUTE_OK {
                return Err(Error {
                    code: status,
                    message: text(sys::meshroute_found_proxy_message(found.0)).to_owned(),
                });
            }
            call(|error| sys::meshroute_found_proxy_get(found.0, &mut c, error))?;
            let pairs = if c.label_count == 0 {
                &[][..]
            } else {
                std::slice::from_raw_parts(c.labels, c.label_count)
            };
            Ok(Proxy {
                r#type: if c.r#type == sys::MESHROUTE_PROXY_ROUTER {
                    ProxyType::Router
                } else {
                    ProxyType::Sidecar
                },
                id: text(c.id).to_owned(),
                namespace: text(c.namespace_).to_owned(),
                labels: pairs
                    .iter()
                    .map(|pair| (text(pair.name).to_owned(), text(pair.value).to_owned()))
                    .collect(),
                ip: text(c.ip).to_owned(),
                locality: text(c.locality).to_owned(),
                network: text(c.network).to_owned(),
                cluster: text(c.cluster).to_owned(),
                node_name: text(c.node_name).to_owned(),
                service_account: text(c.service_account).to_owned(),
            })
        }
    }

    /// What a proxy sees.
    pub fn view(&self, proxy: &Proxy) -> Result<View> {
        self.view_after(proxy, None)
    }

    /// The same, taking over from the view of an earlier snapshot for the same proxy what has not changed.
    pub fn view_after(&self, proxy: &Proxy, previous: Option<&View>) -> Result<View> {
        let mut pairs = Vec::new();
        let c = proxy.c(&mut pairs);
        let before = previous.map_or(null(), |view| view.0.cast_const());
        made(View, |out, error| unsafe {
            sys::meshroute_snapshot_view(self.0, &c, before, out, error)
        })
    }

    /// Sends a request from a proxy to every endpoint that may be chosen, through gateways.
    pub fn follow(&self, proxy: &Proxy, request: &Request) -> Result<Journey> {
        let (mut labels, mut headers) = (Vec::new(), Vec::new());
        let (proxy, request) = (proxy.c(&mut labels), request.c(&mut headers));
        made(Journey, |out, error| unsafe {
            sys::meshroute_snapshot_follow(self.0, &proxy, &request, str_of(""), out, error)
        })
    }

    /// What `after` does otherwise: both are asked the requests that their rules name, as one proxy of each kind.
    pub fn diff(&self, after: &Snapshot) -> Result<Diff> {
        made(Diff, |out, error| unsafe {
            sys::meshroute_snapshot_diff(self.0, after.0, null(), out, error)
        })
    }
}

/// TLS of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// None, or what the URL says.
    #[default]
    None,
    Simple,
    /// The caller presents a certificate.
    Mutual,
}

/// One request, or one connection. The URL fills members that are left empty; it may also be a request as a JSON object.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub url: String,
    /// `http`, `http2` or `tcp`; empty: from the URL, else `http`.
    pub protocol: String,
    /// Empty: what the client's DNS gives for the host.
    pub address: String,
    pub host: String,
    pub method: String,
    pub path: String,
    pub sni: String,
    pub headers: Vec<(String, String)>,
    /// 0: from the URL, else 80 or 443.
    pub port: u32,
    pub tls: Tls,
    /// Envoy's random value: decides weights and mirrors.
    pub random: Option<u64>,
    /// To a gateway: the client presents a certificate that the gateway accepts.
    pub client_cert: bool,
    /// To a server: the SPIFFE URI of the caller's certificate.
    pub identity: String,
    /// To a server: the caller's address.
    pub source_ip: String,
    /// Claims as a JSON object, "invalid", or another text.
    pub jwt: String,
}

impl Request {
    /// A request of a URL.
    pub fn url(url: &str) -> Request {
        Request {
            url: url.to_owned(),
            ..Default::default()
        }
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn c(&self, pairs: &mut Vec<sys::meshroute_pair>) -> sys::meshroute_request {
        pairs.clear();
        pairs.extend(self.headers.iter().map(|(name, value)| sys::meshroute_pair {
            name: str_of(name),
            value: str_of(value),
        }));
        let mut c = zeroed!(sys::meshroute_request);
        c.url = str_of(&self.url);
        c.protocol = str_of(&self.protocol);
        c.address = str_of(&self.address);
        c.host = str_of(&self.host);
        c.method = str_of(&self.method);
        c.path = str_of(&self.path);
        c.sni = str_of(&self.sni);
        c.identity = str_of(&self.identity);
        c.source_ip = str_of(&self.source_ip);
        c.jwt = str_of(&self.jwt);
        c.headers = pairs.as_ptr();
        c.header_count = pairs.len();
        c.port = self.port;
        c.tls = match self.tls {
            Tls::None => sys::MESHROUTE_TLS_NONE,
            Tls::Simple => sys::MESHROUTE_TLS_SIMPLE,
            Tls::Mutual => sys::MESHROUTE_TLS_MUTUAL,
        };
        if let Some(random) = self.random {
            c.random = random;
            c.has_random = 1;
        }
        c.client_cert = self.client_cert.into();
        c
    }

    /// The request in the library's form, to be asked often.
    pub fn prepare(&self) -> Prepared<'_> {
        let mut pairs = Vec::new();
        let c = self.c(&mut pairs);
        Prepared {
            c,
            _pairs: pairs,
            _request: PhantomData,
        }
    }
}

/// A request in the library's form. It borrows the texts of its [`Request`].
pub struct Prepared<'a> {
    c: sys::meshroute_request,
    _pairs: Vec<sys::meshroute_pair>, // `c` points to its heap, which does not move
    _request: PhantomData<&'a Request>,
}

/// Narrows a section of a view. Empty members match everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A full hostname, or its first labels.
    pub host: String,
    pub subset: String,
    pub cluster: String,
    pub port: u32,
}

impl Filter {
    fn c(&self) -> sys::meshroute_view_filter {
        let mut c = zeroed!(sys::meshroute_view_filter);
        c.host = str_of(&self.host);
        c.subset = str_of(&self.subset);
        c.cluster = str_of(&self.cluster);
        c.port = self.port;
        c
    }
}

/// One endpoint, borrowed from what it was read from.
#[derive(Clone, Copy)]
pub struct Endpoint<'a> {
    c: sys::meshroute_endpoint,
    _of: PhantomData<&'a ()>,
}

// SAFETY of all texts below: they live as long as 'a.
impl<'a> Endpoint<'a> {
    pub fn cluster(&self) -> &'a str {
        unsafe { text(self.c.cluster) }
    }
    pub fn address(&self) -> &'a str {
        unsafe { text(self.c.address) }
    }
    pub fn port(&self) -> u32 {
        self.c.port
    }
    pub fn weight(&self) -> u32 {
        self.c.weight
    }
    /// 0 is the first.
    pub fn priority(&self) -> u32 {
        self.c.priority
    }
    /// "region/zone/subzone"
    pub fn locality(&self) -> &'a str {
        unsafe { text(self.c.locality) }
    }
    /// Envoy's: UNKNOWN, HEALTHY, UNHEALTHY, DRAINING.
    pub fn health(&self) -> &'a str {
        unsafe { text(self.c.health) }
    }
    /// "spiffe://...", or empty.
    pub fn service_account(&self) -> &'a str {
        unsafe { text(self.c.service_account) }
    }
    /// "WorkloadEntry shop/vm-1 (mesh.yaml:12)"
    pub fn resource(&self) -> &'a str {
        unsafe { text(self.c.resource) }
    }
    /// No Pod is given: the address is made up.
    pub fn assumed(&self) -> bool {
        self.c.assumed != 0
    }
    pub fn labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = if self.c.label_count == 0 {
            &[][..]
        } else {
            unsafe { std::slice::from_raw_parts(self.c.labels, self.c.label_count) }
        };
        pairs.iter().map(|pair| unsafe { (text(pair.name), text(pair.value)) })
    }
}

impl fmt::Debug for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} of {}", self.address(), self.port(), self.cluster())
    }
}

/// The endpoints of a view's clusters.
pub struct Endpoints(*mut sys::meshroute_endpoints);

impl Drop for Endpoints {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and freed once.
        unsafe { sys::meshroute_endpoints_free(self.0) }
    }
}

impl Endpoints {
    pub fn len(&self) -> usize {
        unsafe { sys::meshroute_endpoints_count(self.0) }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn iter(&self) -> impl Iterator<Item = Endpoint<'_>> {
        (0..self.len()).map_while(move |i| {
            let mut c = zeroed!(sys::meshroute_endpoint);
            (unsafe { sys::meshroute_endpoints_at(self.0, i, &mut c, null_mut()) } >= 0).then_some(Endpoint { c, _of: PhantomData })
        })
    }
}

fn quick() -> sys::meshroute_resolve_options {
    let mut options = zeroed!(sys::meshroute_resolve_options);
    options.skip_upstream_request = 1;
    options
}

impl View {
    /// About how much heap memory the view holds of what it was asked for, without its snapshot.
    pub fn bytes(&self) -> usize {
        unsafe { sys::meshroute_view_bytes(self.0) }
    }

    /// Where a request goes, with the reasons.
    pub fn resolve(&self, request: &Request) -> Result<Answer> {
        let mut headers = Vec::new();
        let c = request.c(&mut headers);
        let answer = Answer::new()?;
        let mut options = zeroed!(sys::meshroute_resolve_options);
        options.trace = 1;
        call(|error| unsafe { sys::meshroute_resolve_into(self.0, &c, &options, answer.0, error) })?;
        Ok(answer)
    }

    /// The same into an answer whose storage is reused, without the reasons and what the proxy sends on.
    pub fn resolve_into(&self, request: &Prepared<'_>, answer: &mut Answer) -> Result<()> {
        let options = quick();
        call(|error| unsafe { sys::meshroute_resolve_into(self.0, &request.c, &options, answer.0, error) }).map(|_| ())
    }

    /// Answers many requests, in order, in one call. The storage of `answers` is reused.
    pub fn resolve_many(&self, requests: &[Prepared<'_>], answers: &mut Answers) -> Result<()> {
        let list: Vec<*const sys::meshroute_request> = requests.iter().map(|each| &each.c as *const _).collect();
        let options = quick();
        call(|error| unsafe { sys::meshroute_resolve_many(self.0, list.as_ptr(), list.len(), &options, answers.0, error) }).map(|_| ())
    }

    /// What the view's proxy does, as a server, with what reaches it; with the reasons.
    pub fn resolve_inbound(&self, request: &Request) -> Result<InboundAnswer> {
        let mut headers = Vec::new();
        let c = request.c(&mut headers);
        let mut options = zeroed!(sys::meshroute_resolve_options);
        options.trace = 1;
        made(InboundAnswer, |out, error| unsafe {
            sys::meshroute_resolve_inbound(self.0, &c, &options, out, error)
        })
    }

    /// The endpoints of all clusters that pass the filter, sorted by cluster.
    pub fn endpoints(&self, filter: &Filter) -> Result<Endpoints> {
        let c = filter.c();
        made(Endpoints, |out, error| unsafe {
            sys::meshroute_view_endpoints(self.0, &c, out, error)
        })
    }

    /// A section as JSON: services, clusters, endpoints, routes, listeners, inbound or client_tls; "" is all of them.
    pub fn json(&self, section: &str, filter: &Filter) -> Result<String> {
        let c = filter.c();
        taken(|out, error| unsafe { sys::meshroute_view_json(self.0, str_of(section), &c, 0, out, error) })
    }

    /// A section as a table for people; "" is all of them.
    pub fn text(&self, section: &str, filter: &Filter) -> Result<String> {
        let c = filter.c();
        taken(|out, error| unsafe { sys::meshroute_view_text(self.0, str_of(section), &c, 0, out, error) })
    }
}

/// One line of the reasons.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a> {
    /// Which kind of line it is: "subset_missing".
    pub code: &'a str,
    pub resource: &'a str,
    pub path: &'a str,
    pub source: &'a str,
    pub line: u32,
    pub column: u32,
    pub text: &'a str,
    /// One imperative that names the resource and field to change, or empty.
    pub hint: &'a str,
}

unsafe fn reason<'a>(c: &sys::meshroute_trace_line) -> Reason<'a> {
    Reason {
        code: text(c.code),
        resource: text(c.resource),
        path: text(c.path),
        source: text(c.source),
        line: c.line,
        column: c.column,
        text: text(c.text),
        hint: text(c.hint),
    }
}

// SAFETY of all texts below: they are borrowed from the answer, and `resolve_into` needs it mutable.
impl Answer {
    /// An empty answer, to resolve into.
    pub fn new() -> Result<Answer> {
        made(Answer, |out, error| unsafe { sys::meshroute_answer_new(out, error) })
    }

    fn fields(&self) -> sys::meshroute_answer_fields {
        let mut fields = zeroed!(sys::meshroute_answer_fields);
        unsafe { sys::meshroute_answer_get(self.0, &mut fields, null_mut()) };
        fields
    }

    /// routed, redirect, direct_response, passthrough; no_route, no_virtual_host, no_cluster, no_endpoints, blackhole, bad_request.
    pub fn outcome(&self) -> &str {
        unsafe { text(sys::meshroute_answer_outcome(self.0)) }
    }
    pub fn cluster(&self) -> &str {
        unsafe { text(sys::meshroute_answer_cluster(self.0)) }
    }
    pub fn virtual_host(&self) -> &str {
        unsafe { text(self.fields().virtual_host) }
    }
    pub fn route(&self) -> &str {
        unsafe { text(self.fields().route) }
    }
    pub fn error(&self) -> &str {
        unsafe { text(self.fields().error) }
    }
    /// Percent of such requests that fail by configuration.
    pub fn failure_percent(&self) -> f64 {
        self.fields().failure_percent
    }
    /// The proxy's own response; none where the upstream responds.
    pub fn response_status(&self) -> Option<i64> {
        Some(self.fields().response_status).filter(|status| *status >= 0)
    }
    /// Only with a random value.
    pub fn picked_cluster(&self) -> &str {
        unsafe { text(self.fields().picked_cluster) }
    }
    /// The destinations of a route with weights: cluster and weight.
    pub fn weighted_clusters(&self) -> impl Iterator<Item = (&str, u32)> {
        let fields = self.fields();
        let count = fields.weighted_cluster_count;
        let all = if count == 0 {
            &[][..]
        } else {
            unsafe { std::slice::from_raw_parts(fields.weighted_clusters, count) }
        };
        all.iter().map(|each| unsafe { (text(each.name), each.weight) })
    }
    /// The endpoints that the request can reach.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint<'_>> {
        (0..unsafe { sys::meshroute_answer_endpoint_count(self.0) }).map_while(move |i| {
            let mut c = std::mem::MaybeUninit::<sys::meshroute_endpoint>::uninit();
            // SAFETY: only struct_size is read; a call that succeeds fills in the rest.
            unsafe {
                (*c.as_mut_ptr()).struct_size = std::mem::size_of::<sys::meshroute_endpoint>();
                (sys::meshroute_answer_endpoint_at(self.0, i, c.as_mut_ptr(), null_mut()) >= 0).then(|| Endpoint {
                    c: c.assume_init(),
                    _of: PhantomData,
                })
            }
        })
    }
    /// All lines of the reasons.
    pub fn trace(&self) -> impl Iterator<Item = Reason<'_>> {
        (0..unsafe { sys::meshroute_answer_trace_count(self.0) }).map_while(move |i| {
            let mut c = zeroed!(sys::meshroute_trace_line);
            unsafe { (sys::meshroute_answer_trace_at(self.0, i, &mut c, null_mut()) >= 0).then(|| reason(&c)) }
        })
    }
    /// The lines that explain a failure, or why the request does not go where it seems to; the one that decides first.
    pub fn because(&self) -> impl Iterator<Item = Reason<'_>> {
        (0..unsafe { sys::meshroute_answer_because_count(self.0) }).map_while(move |i| {
            let mut c = zeroed!(sys::meshroute_trace_line);
            unsafe { (sys::meshroute_answer_because_at(self.0, i, &mut c, null_mut()) >= 0).then(|| reason(&c)) }
        })
    }
    /// The answer's JSON form.
    pub fn json(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_answer_json(self.0, 0, out, error) })
    }
}

/// The answer to one of many requests, in short.
pub struct ShortAnswer<'a> {
    c: &'a sys::meshroute_result,
    of: &'a Answers,
}

impl<'a> ShortAnswer<'a> {
    pub fn outcome(&self) -> &'a str {
        unsafe { text(self.c.outcome) }
    }
    pub fn cluster(&self) -> &'a str {
        unsafe { text(self.c.cluster) }
    }
    pub fn failure_percent(&self) -> f64 {
        self.c.failure_percent
    }
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint<'a>> {
        let (of, first) = (self.of, self.c.first_endpoint);
        (first..first + self.c.endpoint_count).map_while(move |i| {
            let mut c = zeroed!(sys::meshroute_endpoint);
            (unsafe { sys::meshroute_answers_endpoint_at(of.0, i, &mut c, null_mut()) } >= 0).then_some(Endpoint { c, _of: PhantomData })
        })
    }
}

impl Answers {
    /// Empty, to resolve many requests into.
    pub fn new() -> Result<Answers> {
        made(Answers, |out, error| unsafe { sys::meshroute_answers_new(out, error) })
    }
    /// In the order of the requests.
    pub fn iter(&self) -> impl Iterator<Item = ShortAnswer<'_>> {
        let count = unsafe { sys::meshroute_answers_count(self.0) };
        let all = if count == 0 {
            &[][..]
        } else {
            unsafe { std::slice::from_raw_parts(sys::meshroute_answers_results(self.0), count) }
        };
        all.iter().map(move |c| ShortAnswer { c, of: self })
    }
}

impl InboundAnswer {
    fn fields(&self) -> sys::meshroute_inbound_answer_fields {
        let mut fields = zeroed!(sys::meshroute_inbound_answer_fields);
        unsafe { sys::meshroute_inbound_answer_get(self.0, &mut fields, null_mut()) };
        fields
    }
    /// It is let in.
    pub fn allowed(&self) -> bool {
        self.fields().allowed != 0
    }
    /// It fails before any policy: "no filter chain", "client certificate required", ...
    pub fn error(&self) -> &str {
        unsafe { text(self.fields().error) }
    }
    /// CUSTOM, JWT, DENY or ALLOW: what decided.
    pub fn action(&self) -> &str {
        unsafe { text(self.fields().action) }
    }
    /// The rule that decided: "ns\[shop\]-policy\[web\]-rule\[0\]".
    pub fn policy(&self) -> &str {
        unsafe { text(self.fields().policy) }
    }
    /// The answer's JSON form.
    pub fn json(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_inbound_answer_json(self.0, 0, out, error) })
    }
}

impl Journey {
    /// Percent of such requests that arrive.
    pub fn arrives_percent(&self) -> f64 {
        unsafe { sys::meshroute_journey_arrives_percent(self.0) }
    }
    /// The journey's JSON form, with every hop.
    pub fn json(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_journey_json(self.0, 0, out, error) })
    }
}

impl Diff {
    /// How many changes there are.
    pub fn len(&self) -> usize {
        unsafe { sys::meshroute_diff_change_count(self.0) }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The diff's JSON form.
    pub fn json(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_diff_json(self.0, 0, out, error) })
    }
    /// A comment for a pull request.
    pub fn markdown(&self) -> Result<String> {
        taken(|out, error| unsafe { sys::meshroute_diff_markdown(self.0, out, error) })
    }
}
