// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Snapshot is all resources of a mesh at one moment. It never changes; any number of goroutines may use it.
type Snapshot struct{ handle *C.meshroute_snapshot }

// Close frees the snapshot. Views of it stay good.
func (s *Snapshot) Close() {
	C.meshroute_snapshot_free(s.handle)
	s.handle = nil
	runtime.SetFinalizer(s, nil)
}

// Bytes is about how much memory the snapshot keeps alive, as for a Mesh. It grows as views are asked for.
func (s *Snapshot) Bytes() int {
	defer runtime.KeepAlive(s)
	return int(C.meshroute_snapshot_bytes(s.handle))
}

// Analyze gives the findings over all resources together.
func (s *Snapshot) Analyze() (*Report, error) {
	r := &Report{}
	var e C.meshroute_error
	status := C.meshroute_snapshot_analyze(s.handle, &r.handle, &e)
	runtime.KeepAlive(s)
	return r.made(failed(status, &e))
}

// Resources are all resources, in document order.
func (s *Snapshot) Resources() ([]Resource, error) {
	var rows *C.meshroute_resources
	var e C.meshroute_error
	status := C.meshroute_snapshot_resources(s.handle, &rows, &e)
	runtime.KeepAlive(s)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	defer C.meshroute_resources_free(rows)
	all := make([]Resource, 0, int(C.meshroute_resources_count(rows)))
	for i := 0; i < cap(all); i++ {
		var r C.meshroute_resource
		C.meshroute_resource_init(&r)
		if err := failed(C.meshroute_resources_at(rows, C.size_t(i), &r, &e), &e); err != nil {
			return nil, err
		}
		all = append(all, Resource{
			Cluster: text(r.cluster), Group: text(r.group), Kind: text(r.kind), Namespace: text(r.namespace_), Name: text(r.name),
			Source: text(r.source), Line: int(r.line),
		})
	}
	return all, nil
}

// ProxyType is what kind of proxy looks.
type ProxyType int

// A Sidecar stands beside a workload; a Router is a gateway.
const (
	Sidecar ProxyType = C.MESHROUTE_PROXY_SIDECAR
	Router  ProxyType = C.MESHROUTE_PROXY_ROUTER
)

// Proxy says whose view it is. Empty members are the defaults: namespace "default", cluster "Kubernetes", nothing else.
type Proxy struct {
	Type            ProxyType
	ID              string
	Namespace       string
	Labels          map[string]string
	IP              string
	Locality        string // "region/zone/subzone"
	Network         string
	Cluster         string
	NodeName        string
	ServiceAccount  string // its name only; "": default
	DNSCapture      bool
	DNSAutoAllocate bool
	Unprivileged    bool
	NoSidecar       bool // the workload has no sidecar: a journey from it leaves as it is
}

func (p *Proxy) c(a *arena) *C.meshroute_proxy {
	c := (*C.meshroute_proxy)(a.alloc(C.sizeof_meshroute_proxy))
	C.meshroute_proxy_init(c)
	c._type = C.int32_t(p.Type)
	c.id, c.namespace_, c.ip, c.locality = a.str(p.ID), a.str(p.Namespace), a.str(p.IP), a.str(p.Locality)
	c.network, c.cluster, c.node_name = a.str(p.Network), a.str(p.Cluster), a.str(p.NodeName)
	c.service_account = a.str(p.ServiceAccount)
	c.dns_capture, c.dns_auto_allocate = number(p.DNSCapture), number(p.DNSAutoAllocate)
	c.unprivileged, c.no_sidecar = number(p.Unprivileged), number(p.NoSidecar)
	if len(p.Labels) > 0 {
		pairs := (*C.meshroute_pair)(a.alloc(C.size_t(len(p.Labels)) * C.sizeof_meshroute_pair))
		i := 0
		for name, value := range p.Labels {
			unsafe.Slice(pairs, len(p.Labels))[i] = C.meshroute_pair{name: a.str(name), value: a.str(value)}
			i++
		}
		c.labels, c.label_count = pairs, C.size_t(len(p.Labels))
	}
	return c
}

// FindProxy gives the proxy of "NAMESPACE/NAME": that of the Pod, WorkloadEntry, Deployment (or its like) or WorkloadGroup of that
// name. "NAMESPACE" is a proxy of which nothing else is known. Where no such workload is loaded, the error says what is near.
func (s *Snapshot) FindProxy(name string) (Proxy, error) {
	var a arena
	defer a.free()
	var found *C.meshroute_found_proxy
	var e C.meshroute_error
	status := C.meshroute_snapshot_find_proxy(s.handle, a.str(name), &found, &e)
	runtime.KeepAlive(s)
	if err := failed(status, &e); err != nil {
		return Proxy{}, err
	}
	defer C.meshroute_found_proxy_free(found)
	if status != C.MESHROUTE_OK {
		return Proxy{}, fmt.Errorf("meshroute: %s", text(C.meshroute_found_proxy_message(found)))
	}
	var c C.meshroute_proxy
	C.meshroute_proxy_init(&c)
	if err := failed(C.meshroute_found_proxy_get(found, &c, &e), &e); err != nil {
		return Proxy{}, err
	}
	return Proxy{
		Type: ProxyType(c._type), ID: text(c.id), Namespace: text(c.namespace_), Labels: labels(c.labels, c.label_count),
		IP: text(c.ip), Locality: text(c.locality), Network: text(c.network), Cluster: text(c.cluster), NodeName: text(c.node_name),
		ServiceAccount: text(c.service_account), DNSCapture: c.dns_capture != 0, DNSAutoAllocate: c.dns_auto_allocate != 0,
		Unprivileged: c.unprivileged != 0, NoSidecar: c.no_sidecar != 0,
	}, nil
}

// View is the part of a snapshot that one proxy sees. It never changes; any number of goroutines may use it.
type View struct{ handle *C.meshroute_view }

// View gives what a proxy sees.
func (s *Snapshot) View(proxy Proxy) (*View, error) { return s.view(proxy, nil) }

// ViewAfter does the same, and takes over from the view of an earlier snapshot for the same proxy what has not changed.
func (s *Snapshot) ViewAfter(proxy Proxy, previous *View) (*View, error) {
	return s.view(proxy, previous)
}

func (s *Snapshot) view(proxy Proxy, previous *View) (*View, error) {
	var a arena
	defer a.free()
	var before *C.meshroute_view
	if previous != nil {
		before = previous.handle
	}
	v := &View{}
	var e C.meshroute_error
	status := C.meshroute_snapshot_view(s.handle, proxy.c(&a), before, &v.handle, &e)
	runtime.KeepAlive(s)
	runtime.KeepAlive(previous)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(v, (*View).Close)
	return v, nil
}

// Close frees the view.
func (v *View) Close() {
	C.meshroute_view_free(v.handle)
	v.handle = nil
	runtime.SetFinalizer(v, nil)
}

// Bytes is about how much memory the view holds of what it was asked for, without its snapshot.
func (v *View) Bytes() int {
	defer runtime.KeepAlive(v)
	return int(C.meshroute_view_bytes(v.handle))
}

// Filter narrows a section of a view. Empty members match everything.
type Filter struct {
	Host    string // a full hostname, or its first labels: "reviews", "reviews.prod"
	Subset  string
	Cluster string
	Port    int
}

func (f *Filter) c(a *arena) *C.meshroute_view_filter {
	if f == nil {
		return nil
	}
	c := (*C.meshroute_view_filter)(a.alloc(C.sizeof_meshroute_view_filter))
	C.meshroute_view_filter_init(c)
	c.host, c.subset, c.cluster, c.port = a.str(f.Host), a.str(f.Subset), a.str(f.Cluster), C.uint32_t(f.Port)
	return c
}

// JSON is a section of the view: services, clusters, endpoints, routes, listeners, inbound or client_tls; "" is all of them. The
// filter may be nil.
func (v *View) JSON(section string, filter *Filter) (string, error) {
	defer runtime.KeepAlive(v)
	var a arena
	defer a.free()
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_view_json(v.handle, a.str(section), filter.c(&a), 0, out, e)
	})
}

// Text is a section of the view as a table for people; "" is all of them.
func (v *View) Text(section string, filter *Filter) (string, error) {
	defer runtime.KeepAlive(v)
	var a arena
	defer a.free()
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_view_text(v.handle, a.str(section), filter.c(&a), 0, out, e)
	})
}

// Endpoint is one endpoint of a cluster.
type Endpoint struct {
	Cluster        string
	Address        string
	Port           int
	Weight         int
	Priority       int    // 0 is the first
	Locality       string // "region/zone/subzone"
	Health         string // UNKNOWN, HEALTHY, UNHEALTHY, DRAINING
	ServiceAccount string // "spiffe://...", or ""
	Network        string
	Labels         map[string]string
	Resource       string // "WorkloadEntry shop/vm-1 (mesh.yaml:12)"
	Assumed        bool   // no Pod is given: the address is made up
}

func endpoint(c *C.meshroute_endpoint) Endpoint {
	return Endpoint{
		Cluster: text(c.cluster), Address: text(c.address), Port: int(c.port), Weight: int(c.weight), Priority: int(c.priority),
		Locality: text(c.locality), Health: text(c.health), ServiceAccount: text(c.service_account), Network: text(c.network),
		Labels: labels(c.labels, c.label_count), Resource: text(c.resource), Assumed: c.assumed != 0,
	}
}

// Endpoints are those of all clusters, sorted by cluster. The filter may be nil.
func (v *View) Endpoints(filter *Filter) ([]Endpoint, error) {
	var a arena
	defer a.free()
	var rows *C.meshroute_endpoints
	var e C.meshroute_error
	status := C.meshroute_view_endpoints(v.handle, filter.c(&a), &rows, &e)
	runtime.KeepAlive(v)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	defer C.meshroute_endpoints_free(rows)
	all := make([]Endpoint, 0, int(C.meshroute_endpoints_count(rows)))
	for i := 0; i < cap(all); i++ {
		var c C.meshroute_endpoint
		C.meshroute_endpoint_init(&c)
		if err := failed(C.meshroute_endpoints_at(rows, C.size_t(i), &c, &e), &e); err != nil {
			return nil, err
		}
		all = append(all, endpoint(&c))
	}
	return all, nil
}

// Service is one service that the proxy sees.
type Service struct {
	Hostname     string
	Namespace    string
	Registry     string // "Kubernetes", or "External" for a ServiceEntry's
	Resolution   string // "STATIC", "DNS", "DNS_ROUND_ROBIN", "NONE", "ALIAS", "DYNAMIC_DNS"
	Addresses    []string
	Ports        []Port
	Labels       map[string]string
	MeshExternal bool
}

// Port of a service.
type Port struct {
	Name     string
	Number   int
	Protocol string // as Istio reads it; "UnsupportedProtocol": Envoy detects it
}

// Services are those that the proxy sees, in its order. The filter may be nil.
func (v *View) Services(filter *Filter) ([]Service, error) {
	var a arena
	defer a.free()
	var rows *C.meshroute_services
	var e C.meshroute_error
	status := C.meshroute_view_services(v.handle, filter.c(&a), &rows, &e)
	runtime.KeepAlive(v)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	defer C.meshroute_services_free(rows)
	all := make([]Service, 0, int(C.meshroute_services_count(rows)))
	for i := 0; i < cap(all); i++ {
		var c C.meshroute_service
		C.meshroute_service_init(&c)
		if err := failed(C.meshroute_services_at(rows, C.size_t(i), &c, &e), &e); err != nil {
			return nil, err
		}
		s := Service{
			Hostname: text(c.hostname), Namespace: text(c.namespace_), Registry: text(c.registry), Resolution: text(c.resolution),
			Addresses: texts(c.addresses, c.address_count), Labels: labels(c.labels, c.label_count), MeshExternal: c.mesh_external != 0,
		}
		if c.port_count > 0 {
			for _, p := range unsafe.Slice(c.ports, int(c.port_count)) {
				s.Ports = append(s.Ports, Port{Name: text(p.name), Number: int(p.number), Protocol: text(p.protocol)})
			}
		}
		all = append(all, s)
	}
	return all, nil
}
