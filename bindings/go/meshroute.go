// SPDX-License-Identifier: Apache-2.0

// Package meshroute reads Istio configuration and answers, offline and in process: is it right, where does this request go, does it
// arrive, and why?
//
//	mesh, err := meshroute.New(nil)
//	defer mesh.Close()
//	report, err := mesh.Load(yaml, nil)
//	snapshot, err := mesh.Snapshot()
//	view, err := snapshot.View(meshroute.Proxy{Namespace: "shop"})
//	answer, err := view.Resolve(meshroute.Request{URL: "http://reviews/"}, nil)
//
// A Mesh, a Report's Ignore and a Resolver belong to one goroutine at a time; a Snapshot and a View never change, and any number of
// goroutines may use them. Close frees the memory at once; without it a finalizer does. What a call returns is the caller's own
// copy, but for a Resolver's Lookup.
//
// The package links the C library: pkg-config must find meshroute.pc.
package meshroute

/*
#cgo pkg-config: meshroute
#include <meshroute.h>
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Error is why a call failed. The configuration's own faults are in a Report and never an Error.
type Error struct {
	Code    int    // a status of meshroute.h, below 0
	Message string // one sentence
}

func (e *Error) Error() string { return "meshroute: " + e.Message }

// failed gives the Go error of a call's result.
func failed(status C.meshroute_status, e *C.meshroute_error) error {
	if status >= 0 {
		return nil
	}
	return &Error{Code: int(status), Message: C.GoString(&e.message[0])}
}

// Version of the linked library.
func Version() string { return C.GoString(C.meshroute_version()) }

// IstioVersion is the version of Istio that the library follows.
func IstioVersion() string { return C.GoString(C.meshroute_istio_version()) }

// EnvoyVersion is the version of Envoy that the library follows.
func EnvoyVersion() string { return C.GoString(C.meshroute_envoy_version()) }

// Workloads says where the endpoints of Services without an EndpointSlice come from.
type Workloads int

// Given: nowhere, as a control plane sees them. Derived: from Pods, and where none is given from the templates of Deployments and
// their like.
const (
	Given   Workloads = C.MESHROUTE_WORKLOADS_GIVEN
	Derived Workloads = C.MESHROUTE_WORKLOADS_DERIVED
)

// AllCores as MeshOptions.Threads.
const AllCores = C.MESHROUTE_ALL_CORES

// MeshOptions are the settings of a mesh. The zero value is the default.
type MeshOptions struct {
	MeshConfig   string // Istio's MeshConfig, YAML or JSON
	MeshNetworks string // Istio's MeshNetworks, YAML or JSON
	Threads      int    // used only inside Load; 0: one
	Workloads    Workloads
}

// LoadOptions say how a text is read and applied. The zero value is the default.
type LoadOptions struct {
	Name         string // shown in findings and reasons; "<input>"
	Cluster      string // "Kubernetes"
	ApplyRefused bool   // apply every document that decodes, also if a cluster would refuse it
	PassOver     bool   // pass over documents that are no Kubernetes objects
	Threads      int    // of Check; 0: one; AllCores. A load works on those of its mesh
}

// arena owns the C memory of one call's arguments.
type arena struct{ blocks []unsafe.Pointer }

func (a *arena) alloc(size C.size_t) unsafe.Pointer {
	p := C.calloc(1, size) // never nil: cgo's allocation panics without memory
	a.blocks = append(a.blocks, p)
	return p
}

func (a *arena) str(s string) C.meshroute_str {
	if s == "" {
		return C.meshroute_str{}
	}
	p := C.CString(s)
	a.blocks = append(a.blocks, unsafe.Pointer(p))
	return C.meshroute_str{data: p, size: C.size_t(len(s))}
}

func (a *arena) free() {
	for _, p := range a.blocks {
		C.free(p)
	}
	a.blocks = nil
}

func number(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}

// text copies a borrowed text.
func text(s C.meshroute_str) string {
	if s.size == 0 {
		return ""
	}
	return C.GoStringN(s.data, C.int(s.size))
}

// borrowed views a text without a copy.
func borrowed(s C.meshroute_str) string {
	if s.size == 0 {
		return ""
	}
	return unsafe.String((*byte)(unsafe.Pointer(s.data)), int(s.size))
}

func texts(data *C.meshroute_str, count C.size_t) []string {
	if count == 0 {
		return nil
	}
	all := make([]string, 0, int(count))
	for _, each := range unsafe.Slice(data, int(count)) {
		all = append(all, text(each))
	}
	return all
}

func labels(data *C.meshroute_pair, count C.size_t) map[string]string {
	if count == 0 {
		return nil
	}
	all := make(map[string]string, int(count))
	for _, each := range unsafe.Slice(data, int(count)) {
		all[text(each.name)] = text(each.value)
	}
	return all
}

// given copies the text that a call gives away, and frees it.
func given(call func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status) (string, error) {
	var out C.meshroute_bytes
	var e C.meshroute_error
	if err := failed(call(&out, &e), &e); err != nil {
		return "", err
	}
	defer C.meshroute_bytes_free(&out)
	return C.GoStringN(out.data, C.int(out.size)), nil
}

// shown is the same for a String method, which has no error to return.
func shown(call func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status) string {
	said, err := given(call)
	if err != nil {
		return err.Error()
	}
	return said
}

// Mesh holds resources that change. One goroutine at a time may use it.
type Mesh struct{ handle *C.meshroute_mesh }

// New makes an empty mesh. Options may be nil. It fails if a setting cannot be read.
func New(options *MeshOptions) (*Mesh, error) {
	if options == nil {
		options = &MeshOptions{}
	}
	var a arena
	defer a.free()
	c := (*C.meshroute_mesh_options)(a.alloc(C.sizeof_meshroute_mesh_options))
	C.meshroute_mesh_options_init(c)
	c.mesh_config, c.mesh_networks = a.str(options.MeshConfig), a.str(options.MeshNetworks)
	c.threads, c.workloads = C.int32_t(options.Threads), C.int32_t(options.Workloads)
	m := &Mesh{}
	var e C.meshroute_error
	if err := failed(C.meshroute_mesh_new(c, &m.handle, &e), &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(m, (*Mesh).Close)
	return m, nil
}

// Close frees the mesh. Snapshots of it stay good. Closing twice is fine.
func (m *Mesh) Close() {
	C.meshroute_mesh_free(m.handle)
	m.handle = nil
	runtime.SetFinalizer(m, nil)
}

// Bytes is about how much memory of the C library the mesh keeps alive: its resources, their text, its last snapshot, and what both
// have worked out so far. What a mesh shares with snapshots and views is counted in each of them. It walks all of that.
func (m *Mesh) Bytes() int {
	defer runtime.KeepAlive(m)
	return int(C.meshroute_mesh_bytes(m.handle))
}

func loadOptions(a *arena, options *LoadOptions) *C.meshroute_load_options {
	if options == nil {
		return nil
	}
	c := (*C.meshroute_load_options)(a.alloc(C.sizeof_meshroute_load_options))
	C.meshroute_load_options_init(c)
	c.name, c.cluster = a.str(options.Name), a.str(options.Cluster)
	c.apply_refused, c.pass_over = number(options.ApplyRefused), number(options.PassOver)
	c.threads = C.int32_t(options.Threads)
	return c
}

func start(data []byte) *C.char { return (*C.char)(unsafe.Pointer(unsafe.SliceData(data))) }

// Load reads a stream of YAML or JSON documents and applies those that a cluster with Istio would accept. Options may be nil.
func (m *Mesh) Load(stream []byte, options *LoadOptions) (*Report, error) {
	var a arena
	defer a.free()
	r := &Report{}
	var e C.meshroute_error
	status := C.meshroute_mesh_load(m.handle, start(stream), C.size_t(len(stream)), loadOptions(&a, options), &r.handle, &e)
	runtime.KeepAlive(m)
	return r.made(failed(status, &e))
}

// LoadFile does the same for a file.
func (m *Mesh) LoadFile(path string, options *LoadOptions) (*Report, error) {
	var a arena
	defer a.free()
	r := &Report{}
	var e C.meshroute_error
	status := C.meshroute_mesh_load_path(m.handle, a.str(path), loadOptions(&a, options), &r.handle, &e)
	runtime.KeepAlive(m)
	return r.made(failed(status, &e))
}

// LoadFolder loads a folder's .yaml, .yml and .json files, sorted, into one report. Files and folders that match a pattern of
// exclude are left out.
func (m *Mesh) LoadFolder(path string, options *LoadOptions, exclude ...string) (*Report, error) {
	var a arena
	defer a.free()
	patterns := (*C.meshroute_str)(nil)
	if len(exclude) > 0 {
		patterns = (*C.meshroute_str)(a.alloc(C.size_t(len(exclude)) * C.sizeof_meshroute_str))
		for i, pattern := range exclude {
			unsafe.Slice(patterns, len(exclude))[i] = a.str(pattern)
		}
	}
	var e C.meshroute_error
	var files *C.meshroute_files
	if err := failed(C.meshroute_files_of_folder(a.str(path), patterns, C.size_t(len(exclude)), &files, &e), &e); err != nil {
		return nil, err
	}
	defer C.meshroute_files_free(files)
	if C.meshroute_files_problem_count(files) > 0 {
		return nil, fmt.Errorf("meshroute: %s", text(C.meshroute_files_problem_at(files, 0)))
	}
	all := &Report{}
	if _, err := all.made(failed(C.meshroute_report_new(&all.handle, &e), &e)); err != nil {
		return nil, err
	}
	for i := C.size_t(0); i < C.meshroute_files_count(files); i++ {
		one, err := m.LoadFile(text(C.meshroute_files_at(files, i)), options)
		if err != nil {
			return nil, err
		}
		err = failed(C.meshroute_report_append(all.handle, one.handle, &e), &e)
		one.Close()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Apply applies one Kubernetes object, given as JSON, as a watch of the API server delivers it.
func (m *Mesh) Apply(object []byte, options *LoadOptions) (*Report, error) {
	var a arena
	defer a.free()
	r := &Report{}
	var e C.meshroute_error
	status := C.meshroute_mesh_apply(m.handle, start(object), C.size_t(len(object)), loadOptions(&a, options), &r.handle, &e)
	runtime.KeepAlive(m)
	return r.made(failed(status, &e))
}

// Resource names a resource of a mesh.
type Resource struct {
	Cluster   string // "" in Remove: "Kubernetes"
	Group     string // "networking.istio.io"; "" for Service, Pod and their like
	Kind      string
	Namespace string // "" in Remove: "default"
	Name      string
	Source    string // the name that its text was loaded under; not read by Remove
	Line      int    // where its document starts, from 1; not read by Remove
}

// Remove removes a resource. It says whether there was one.
func (m *Mesh) Remove(resource Resource) (bool, error) {
	var a arena
	defer a.free()
	c := (*C.meshroute_resource)(a.alloc(C.sizeof_meshroute_resource))
	C.meshroute_resource_init(c)
	c.cluster, c.group, c.kind = a.str(resource.Cluster), a.str(resource.Group), a.str(resource.Kind)
	c.namespace_, c.name = a.str(resource.Namespace), a.str(resource.Name)
	var e C.meshroute_error
	status := C.meshroute_mesh_remove(m.handle, c, &e)
	runtime.KeepAlive(m)
	return status == C.MESHROUTE_OK, failed(status, &e)
}

// Snapshot is all resources at this moment. It never changes and outlives the mesh.
func (m *Mesh) Snapshot() (*Snapshot, error) {
	s := &Snapshot{}
	var e C.meshroute_error
	if err := failed(C.meshroute_mesh_snapshot(m.handle, &s.handle, &e), &e); err != nil {
		return nil, err
	}
	runtime.KeepAlive(m)
	runtime.SetFinalizer(s, (*Snapshot).Close)
	return s, nil
}

// Check gives the verdicts on a stream of documents and keeps nothing.
func Check(stream []byte, options *LoadOptions) (*Report, error) {
	var a arena
	defer a.free()
	r := &Report{}
	var e C.meshroute_error
	status := C.meshroute_check(start(stream), C.size_t(len(stream)), loadOptions(&a, options), &r.handle, &e)
	return r.made(failed(status, &e))
}
