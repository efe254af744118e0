// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
#include <stdlib.h>
#include <string.h>

// Resolves and reads the outcome and all endpoints in one call from Go; the array grows as it must.
typedef struct go_lookup {
	meshroute_answer* answer;
	meshroute_endpoint* endpoints;
	size_t count, capacity;
	meshroute_str outcome, cluster;
} go_lookup;

static meshroute_status go_resolve(const meshroute_view* view, const meshroute_request* request,
                                   const meshroute_resolve_options* options, go_lookup* into, meshroute_error* error) {
	meshroute_status status = meshroute_resolve_into(view, request, options, into->answer, error);
	size_t i;
	into->count = 0;
	if (status < 0) return status;
	into->outcome = meshroute_answer_outcome(into->answer);
	into->cluster = meshroute_answer_cluster(into->answer);
	into->count = meshroute_answer_endpoint_count(into->answer);
	if (into->count > into->capacity) {
		meshroute_endpoint* grown = (meshroute_endpoint*)realloc(into->endpoints, into->count * sizeof *grown);
		if (!grown) {
			into->count = 0;
			if (error) {
				error->code = MESHROUTE_LIMIT;
				strcpy(error->message, "out of memory");
			}
			return MESHROUTE_LIMIT;
		}
		into->endpoints = grown;
		into->capacity = into->count;
	}
	for (i = 0; i < into->count; ++i) {
		into->endpoints[i].struct_size = sizeof(meshroute_endpoint);
		if (meshroute_answer_endpoint_at(into->answer, i, &into->endpoints[i], error) < 0) return MESHROUTE_INTERNAL;
	}
	return status;
}
*/
import "C"

import (
	"runtime"
	"strings"
	"unsafe"
)

// Header of a request. One on several lines stands several times; the case of names does not matter.
type Header struct{ Name, Value string }

// TLS of a request.
type TLS int

// TLSMutual: the caller presents a certificate.
const (
	TLSNone   TLS = C.MESHROUTE_TLS_NONE
	TLSSimple TLS = C.MESHROUTE_TLS_SIMPLE
	TLSMutual TLS = C.MESHROUTE_TLS_MUTUAL
)

// Request is one request, or one connection. URL fills members that are left out; it may also be a request as a JSON object.
type Request struct {
	URL      string
	Protocol string // http, http2 or tcp; "": from the URL, else http
	Address  string // "": what the client's DNS gives for the host
	Host     string
	Method   string
	Path     string
	Scheme   string
	SNI      string
	NoSNI    bool
	ALPN     []string
	Headers  []Header
	Port     int
	TLS      TLS
	Random   *uint64 // Envoy's random value: decides weights and mirrors; nil: all shares and no pick
	// To a gateway: the client presents a certificate that the gateway accepts.
	ClientCert bool
	// What a server's proxy asks for (ResolveInbound).
	Identity string // the SPIFFE URI of the caller's certificate
	SourceIP string
	JWT      string // claims as a JSON object, "invalid", or another text
	Tokens   string // a JSON list
}

func (r *Request) c(a *arena) *C.meshroute_request {
	c := (*C.meshroute_request)(a.alloc(C.sizeof_meshroute_request))
	C.meshroute_request_init(c)
	c.url, c.protocol, c.address, c.host = a.str(r.URL), a.str(r.Protocol), a.str(r.Address), a.str(r.Host)
	c.method, c.path, c.scheme, c.sni = a.str(r.Method), a.str(r.Path), a.str(r.Scheme), a.str(r.SNI)
	c.alpn = a.str(strings.Join(r.ALPN, ","))
	c.identity, c.source_ip, c.jwt, c.tokens = a.str(r.Identity), a.str(r.SourceIP), a.str(r.JWT), a.str(r.Tokens)
	c.port, c.tls = C.uint32_t(r.Port), C.int32_t(r.TLS)
	c.no_sni, c.client_cert = number(r.NoSNI), number(r.ClientCert)
	if r.Random != nil {
		c.random, c.has_random = C.uint64_t(*r.Random), 1
	}
	if len(r.Headers) > 0 {
		pairs := (*C.meshroute_pair)(a.alloc(C.size_t(len(r.Headers)) * C.sizeof_meshroute_pair))
		for i, h := range r.Headers {
			unsafe.Slice(pairs, len(r.Headers))[i] = C.meshroute_pair{name: a.str(h.Name), value: a.str(h.Value)}
		}
		c.headers, c.header_count = pairs, C.size_t(len(r.Headers))
	}
	return c
}

// ResolveOptions choose the parts of an answer. The zero value is the default.
type ResolveOptions struct {
	Trace               bool // give the reasons
	SkipUpstreamRequest bool // leave out what the proxy sends on
}

func (o *ResolveOptions) c(a *arena) *C.meshroute_resolve_options {
	if o == nil {
		return nil
	}
	c := (*C.meshroute_resolve_options)(a.alloc(C.sizeof_meshroute_resolve_options))
	C.meshroute_resolve_options_init(c)
	c.trace, c.skip_upstream_request = number(o.Trace), number(o.SkipUpstreamRequest)
	return c
}

// Weighted is one destination of a route with weights.
type Weighted struct {
	Name   string
	Weight int
}

// Reason is one line of the reasons.
type Reason struct {
	Code     string // which kind of line it is: "subset_missing"
	Resource string
	Path     string
	Source   string
	Line     int
	Column   int
	Text     string
	Hint     string // one imperative that names the resource and field to change, or ""
}

func reason(c *C.meshroute_trace_line) Reason {
	return Reason{
		Code: text(c.code), Resource: text(c.resource), Path: text(c.path), Source: text(c.source), Line: int(c.line),
		Column: int(c.column), Text: text(c.text), Hint: text(c.hint),
	}
}

// reasons copies the lines that a call gives by index.
func reasons(count C.size_t, at func(i C.size_t, line *C.meshroute_trace_line, e *C.meshroute_error) C.meshroute_status) ([]Reason, error) {
	var all []Reason
	for i := C.size_t(0); i < count; i++ {
		var line C.meshroute_trace_line
		var e C.meshroute_error
		C.meshroute_trace_line_init(&line)
		if err := failed(at(i, &line, &e), &e); err != nil {
			return nil, err
		}
		all = append(all, reason(&line))
	}
	return all, nil
}

// Answer says where a request goes.
type Answer struct {
	// routed, redirect, direct_response, passthrough; no_route, no_virtual_host, no_cluster, no_endpoints, blackhole, bad_request
	Outcome          string
	Error            string
	Cluster          string
	Route            string
	VirtualHost      string
	Timeout          string
	WeightedClusters []Weighted
	Mirrors          []string
	Endpoints        []Endpoint
	ResponseStatus   int // the proxy's own response; -1: the upstream responds
	ResponseFlags    string
	FailurePercent   float64  // percent of such requests that fail by configuration
	PickedCluster    string   // only with Random
	PickedEndpoint   string   // likewise
	Trace            []Reason // with ResolveOptions.Trace
	Because          []Reason // the lines that explain a failure, the one that decides first
	handle           *C.meshroute_answer
}

// JSON is the answer's JSON form.
func (a *Answer) JSON() (string, error) {
	defer runtime.KeepAlive(a)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_answer_json(a.handle, 0, out, e)
	})
}

// String is the answer for people, with the reasons that it was asked for.
func (a *Answer) String() string {
	defer runtime.KeepAlive(a)
	return shown(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_answer_text(a.handle, C.MESHROUTE_TEXT_EXPLAIN, out, e)
	})
}

// Close frees what JSON and String read.
func (a *Answer) Close() {
	C.meshroute_answer_free(a.handle)
	a.handle = nil
	runtime.SetFinalizer(a, nil)
}

// Resolve says where a request goes. Options may be nil. The answer is the caller's own copy; a Resolver copies nothing.
func (v *View) Resolve(request Request, options *ResolveOptions) (*Answer, error) {
	var a arena
	defer a.free()
	var handle *C.meshroute_answer
	var e C.meshroute_error
	status := C.meshroute_resolve(v.handle, request.c(&a), options.c(&a), &handle, &e)
	runtime.KeepAlive(v)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	answer := &Answer{handle: handle}
	runtime.SetFinalizer(answer, (*Answer).Close)
	if err := answer.read(); err != nil {
		return nil, err
	}
	return answer, nil
}

// read copies the members out of the handle.
func (a *Answer) read() error {
	handle := a.handle
	var e C.meshroute_error
	var f C.meshroute_answer_fields
	C.meshroute_answer_fields_init(&f)
	if err := failed(C.meshroute_answer_get(handle, &f, &e), &e); err != nil {
		return err
	}
	*a = Answer{
		handle:  handle,
		Outcome: text(f.outcome), Error: text(f.error), Cluster: text(f.cluster), Route: text(f.route),
		VirtualHost: text(f.virtual_host), Timeout: text(f.timeout), Mirrors: texts(f.mirrors, f.mirror_count),
		ResponseStatus: int(f.response_status), ResponseFlags: text(f.response_flags), FailurePercent: float64(f.failure_percent),
		PickedCluster: text(f.picked_cluster), PickedEndpoint: text(f.picked_endpoint),
	}
	if f.weighted_cluster_count > 0 {
		for _, w := range unsafe.Slice(f.weighted_clusters, int(f.weighted_cluster_count)) {
			a.WeightedClusters = append(a.WeightedClusters, Weighted{Name: text(w.name), Weight: int(w.weight)})
		}
	}
	for i := C.size_t(0); i < C.meshroute_answer_endpoint_count(handle); i++ {
		var c C.meshroute_endpoint
		C.meshroute_endpoint_init(&c)
		if err := failed(C.meshroute_answer_endpoint_at(handle, i, &c, &e), &e); err != nil {
			return err
		}
		a.Endpoints = append(a.Endpoints, endpoint(&c))
	}
	var err error
	a.Trace, err = reasons(C.meshroute_answer_trace_count(handle),
		func(i C.size_t, line *C.meshroute_trace_line, e *C.meshroute_error) C.meshroute_status {
			return C.meshroute_answer_trace_at(handle, i, line, e)
		})
	if err != nil {
		return err
	}
	a.Because, err = reasons(C.meshroute_answer_because_count(handle),
		func(i C.size_t, line *C.meshroute_trace_line, e *C.meshroute_error) C.meshroute_status {
			return C.meshroute_answer_because_at(handle, i, line, e)
		})
	return err
}

// Prepared is a request in the library's own form, to be asked often. Close frees it.
type Prepared struct {
	memory arena
	c      *C.meshroute_request
}

// Prepare puts a request into the library's form.
func Prepare(request Request) *Prepared {
	p := &Prepared{}
	p.c = request.c(&p.memory)
	runtime.SetFinalizer(p, (*Prepared).Close)
	return p
}

// Close frees the request.
func (p *Prepared) Close() {
	p.memory.free()
	p.c = nil
	runtime.SetFinalizer(p, nil)
}

// Resolver asks a view often, without an allocation. One goroutine at a time may use it; make one for each.
type Resolver struct {
	view    *View
	memory  arena
	into    *C.go_lookup
	options *C.meshroute_resolve_options
	err     *C.meshroute_error
}

// Resolver makes a resolver of the view. It leaves out the reasons and what the proxy sends on.
func (v *View) Resolver() (*Resolver, error) {
	r := &Resolver{view: v}
	r.into = (*C.go_lookup)(r.memory.alloc(C.sizeof_go_lookup))
	r.err = (*C.meshroute_error)(r.memory.alloc(C.sizeof_meshroute_error))
	r.options = (&ResolveOptions{SkipUpstreamRequest: true}).c(&r.memory)
	if err := failed(C.meshroute_answer_new(&r.into.answer, r.err), r.err); err != nil {
		r.memory.free()
		return nil, err
	}
	runtime.SetFinalizer(r, (*Resolver).Close)
	return r, nil
}

// Close frees the resolver. Its last Lookup ends.
func (r *Resolver) Close() {
	if r.into != nil {
		C.meshroute_answer_free(r.into.answer)
		C.free(unsafe.Pointer(r.into.endpoints))
		r.into = nil
	}
	r.memory.free()
	runtime.SetFinalizer(r, nil)
}

// Lookup is the answer of a Resolver. It ends, with all its texts, at the resolver's next Resolve or Close; Endpoint and strings.Clone keep a part.
type Lookup struct{ into *C.go_lookup }

// Resolve says where a prepared request goes.
func (r *Resolver) Resolve(request *Prepared) (Lookup, error) {
	status := C.go_resolve(r.view.handle, request.c, r.options, r.into, r.err)
	runtime.KeepAlive(r)
	runtime.KeepAlive(request)
	if status < 0 {
		return Lookup{}, failed(status, r.err)
	}
	return Lookup{r.into}, nil
}

// Outcome is as in an Answer.
func (l Lookup) Outcome() string { return borrowed(l.into.outcome) }

// Cluster is as in an Answer.
func (l Lookup) Cluster() string { return borrowed(l.into.cluster) }

// Len is the number of endpoints.
func (l Lookup) Len() int { return int(l.into.count) }

func (l Lookup) at(i int) *C.meshroute_endpoint {
	return &unsafe.Slice(l.into.endpoints, int(l.into.count))[i]
}

// Address of one endpoint.
func (l Lookup) Address(i int) string { return borrowed(l.at(i).address) }

// Port of one endpoint.
func (l Lookup) Port(i int) int { return int(l.at(i).port) }

// Weight of one endpoint.
func (l Lookup) Weight(i int) int { return int(l.at(i).weight) }

// Endpoint is a copy of one endpoint.
func (l Lookup) Endpoint(i int) Endpoint { return endpoint(l.at(i)) }

// Endpoints are copies of all endpoints.
func (l Lookup) Endpoints() []Endpoint {
	all := make([]Endpoint, 0, l.Len())
	for i := 0; i < l.Len(); i++ {
		all = append(all, l.Endpoint(i))
	}
	return all
}
