// SPDX-License-Identifier: Apache-2.0
package meshroute

import (
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const shop = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_EXTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints:
  - {address: 203.0.113.10, labels: {version: v1}, weight: 3}
  - {address: 203.0.113.20, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{headers: {x-preview: {exact: "yes"}}}]
    route: [{destination: {host: api.example.com, subset: v2}}]
  - route:
    - {destination: {host: api.example.com, subset: v1}, weight: 90}
    - {destination: {host: api.example.com, subset: v2}, weight: 10}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: web}]}}}
`

func load(t testing.TB, stream string) *Snapshot {
	t.Helper()
	mesh, err := New(&MeshOptions{Workloads: Derived})
	if err != nil {
		t.Fatal(err)
	}
	defer mesh.Close()
	report, err := mesh.Load([]byte(stream), &LoadOptions{Name: "shop.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if report.Errors() != 0 {
		t.Fatalf("%v", report)
	}
	snapshot, err := mesh.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func view(t testing.TB) *View {
	t.Helper()
	v, err := load(t, shop).View(Proxy{Namespace: "shop", Labels: map[string]string{"app": "web"}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestResolve(t *testing.T) {
	answer, err := view(t).Resolve(Request{URL: "http://api.example.com/"}, &ResolveOptions{Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Outcome != "routed" || len(answer.WeightedClusters) != 2 || answer.WeightedClusters[0].Weight != 90 {
		t.Errorf("%+v", answer)
	}
	if len(answer.Endpoints) != 2 || answer.Endpoints[0].Address != "203.0.113.10" || answer.Endpoints[0].Weight != 3 ||
		answer.Endpoints[0].Labels["version"] != "v1" || answer.Endpoints[0].Port != 80 {
		t.Errorf("%+v", answer.Endpoints)
	}
	if len(answer.Trace) == 0 || !strings.Contains(answer.String(), "api.example.com") {
		t.Errorf("no reasons: %v", answer)
	}
	said, err := answer.JSON()
	if err != nil || !json.Valid([]byte(said)) {
		t.Errorf("%v %q", err, said)
	}
	answer.Close()
	answer.Close() // twice is fine
}

func TestHeadersAndRandom(t *testing.T) {
	v := view(t)
	answer, err := v.Resolve(Request{URL: "http://api.example.com/", Headers: []Header{{"X-Preview", "yes"}}}, nil)
	if err != nil || answer.Cluster != "outbound|80|v2|api.example.com" {
		t.Errorf("%v %+v", err, answer)
	}
	random := uint64(95)
	answer, err = v.Resolve(Request{URL: "http://api.example.com/", Random: &random}, nil)
	if err != nil || answer.PickedCluster != "outbound|80|v2|api.example.com" {
		t.Errorf("%v %+v", err, answer)
	}
}

func TestErrors(t *testing.T) {
	_, err := view(t).Resolve(Request{URL: "http://api.example.com/", Port: 99999}, nil)
	var failed *Error
	if !errors.As(err, &failed) || failed.Code >= 0 || !strings.Contains(failed.Message, "99999") {
		t.Errorf("%v", err)
	}
	if _, err = New(&MeshOptions{MeshConfig: "{"}); err == nil {
		t.Error("a MeshConfig that cannot be read is taken")
	}
	mesh, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = mesh.LoadFile("/nowhere.yaml", nil); err == nil {
		t.Error("a file that does not exist is read")
	}
	report, err := mesh.Load(nil, nil) // an empty text
	if err != nil || report.Errors() != 0 {
		t.Errorf("%v %v", err, report)
	}
}

func TestReport(t *testing.T) {
	report, err := Check([]byte("apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec:\n  hosts: [a.b]\n  resolutoin: DNS\n  ports: [{number: 80000, name: http}]\n"),
		&LoadOptions{Name: "a.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	found := report.Diagnostics()
	if report.Errors() == 0 || len(found) == 0 || !strings.Contains(report.String(), "a.yaml:6:3") {
		t.Errorf("%v", report)
	}
	named := false
	for _, d := range found {
		named = named || (d.Source == "a.yaml" && d.Line == 6 && d.Column == 3 && strings.Contains(d.Message, "resolutoin"))
	}
	if !named {
		t.Errorf("no finding names the field: %+v", found)
	}
	if documents := report.Documents(); len(documents) != 1 || documents[0].Accepted || documents[0].Kind != "ServiceEntry" {
		t.Errorf("%+v", documents)
	}
}

func TestBytes(t *testing.T) {
	snapshot := load(t, shop)
	v, err := snapshot.View(Proxy{Namespace: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	fresh := v.Bytes()
	if _, err = v.JSON("", nil); err != nil {
		t.Fatal(err)
	}
	if snapshot.Bytes() < 1000 || fresh <= 0 || v.Bytes() <= fresh {
		t.Errorf("%d %d %d", snapshot.Bytes(), fresh, v.Bytes())
	}
	mesh, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	empty := mesh.Bytes()
	report, err := mesh.Load([]byte(shop), nil)
	if err != nil || report.Bytes() <= 0 || mesh.Bytes() <= empty+len(shop) {
		t.Errorf("%v %d %d", err, report.Bytes(), mesh.Bytes())
	}
}

func TestProxyAndRows(t *testing.T) {
	snapshot := load(t, shop)
	web, err := snapshot.FindProxy("shop/web")
	if err != nil || web.Labels["app"] != "web" || web.ServiceAccount != "web" {
		t.Errorf("%v %+v", err, web)
	}
	if _, err = snapshot.FindProxy("shop/wbe"); err == nil || !strings.Contains(err.Error(), "web") {
		t.Errorf("it is not said what is near: %v", err)
	}
	v, err := snapshot.View(web)
	if err != nil {
		t.Fatal(err)
	}
	endpoints, err := v.Endpoints(&Filter{Host: "api.example.com", Subset: "v2"})
	if err != nil || len(endpoints) != 1 || endpoints[0].Address != "203.0.113.20" {
		t.Errorf("%v %+v", err, endpoints)
	}
	services, err := v.Services(nil)
	if err != nil || len(services) != 1 || services[0].Ports[0].Number != 80 || !services[0].MeshExternal {
		t.Errorf("%v %+v", err, services)
	}
	resources, err := snapshot.Resources()
	if err != nil || len(resources) != 4 || resources[0].Kind != "ServiceEntry" || resources[0].Line != 2 {
		t.Errorf("%v %+v", err, resources)
	}
}

func TestChanges(t *testing.T) {
	before := load(t, shop)
	after := load(t, strings.Replace(strings.Replace(shop, "weight: 90", "weight: 50", 1), "weight: 10", "weight: 50", 1))
	diff, err := Compare(before, after)
	if err != nil || diff.Len() == 0 || !strings.Contains(diff.String(), "VirtualService shop/api") {
		t.Errorf("%v %v", err, diff)
	}
	same, err := Compare(before, before)
	if err != nil || same.Len() != 0 {
		t.Errorf("%v %v", err, same)
	}
}

func TestServer(t *testing.T) {
	snapshot := load(t, shop+`
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
`)
	web, err := snapshot.FindProxy("shop/web")
	if err != nil {
		t.Fatal(err)
	}
	v, err := snapshot.View(web)
	if err != nil {
		t.Fatal(err)
	}
	for path, allowed := range map[string]bool{"/admin": false, "/": true} {
		answer, err := v.ResolveInbound(Request{Port: 80, Path: path, Host: "web"}, &ResolveOptions{Trace: true})
		if err != nil || answer.Allowed != allowed {
			t.Errorf("%s: %v %v", path, err, answer)
		}
		journey, err := snapshot.Follow(web, Request{URL: "http://web" + path})
		if err != nil || (journey.ArrivesPercent == 100) != allowed {
			t.Errorf("%s: %v %v", path, err, journey)
		}
	}
}

func TestPreparedAndMany(t *testing.T) {
	v := view(t)
	plain, preview := Prepare(Request{URL: "http://api.example.com/"}),
		Prepare(Request{URL: "http://api.example.com/", Headers: []Header{{"x-preview", "yes"}}})
	results, err := v.ResolveMany([]*Prepared{plain, preview})
	if err != nil || len(results) != 2 || len(results[0].Endpoints) != 2 || results[1].Cluster != "outbound|80|v2|api.example.com" ||
		len(results[1].Endpoints) != 1 || results[1].Endpoints[0].Address != "203.0.113.20" {
		t.Errorf("%v %+v", err, results)
	}
	resolver, err := v.Resolver()
	if err != nil {
		t.Fatal(err)
	}
	defer resolver.Close()
	lookup, err := resolver.Resolve(preview)
	if err != nil || lookup.Outcome() != "routed" || lookup.Len() != 1 || lookup.Address(0) != "203.0.113.20" || lookup.Port(0) != 80 {
		t.Errorf("%v %v", err, lookup)
	}
	if allocations := testing.AllocsPerRun(100, func() { lookup, _ = resolver.Resolve(plain) }); allocations != 0 {
		t.Errorf("a resolver allocates: %v", allocations)
	}
}

func TestGoroutinesAndFinalizers(t *testing.T) {
	v := view(t)
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for j := 0; j < 50; j++ {
				answer, err := v.Resolve(Request{URL: "http://api.example.com/"}, nil)
				if err != nil || answer.Outcome != "routed" {
					t.Errorf("%v %v", err, answer)
				}
			}
			runtime.GC()
		}()
	}
	all.Wait()
}

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/shop.yaml", []byte(shop), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/old.yaml", []byte("kind: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	mesh, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := mesh.LoadFolder(folder, nil, "old.*")
	if err != nil || report.Errors() != 0 || len(report.Documents()) != 4 {
		t.Errorf("%v %v", err, report)
	}
	report, err = mesh.LoadFolder(folder, nil)
	if err != nil || report.Errors() == 0 {
		t.Errorf("%v %v", err, report)
	}
	removed, err := mesh.Remove(Resource{Group: "networking.istio.io", Kind: "ServiceEntry", Namespace: "shop", Name: "api"})
	if err != nil || !removed {
		t.Errorf("%v %v", err, removed)
	}
}

// What one lookup of two endpoints costs, endpoints read.
func BenchmarkResolver(b *testing.B) {
	v, err := load(b, `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 203.0.113.10}, {address: 203.0.113.20}]
`).View(Proxy{Namespace: "shop"})
	if err != nil {
		b.Fatal(err)
	}
	resolver, err := v.Resolver()
	if err != nil {
		b.Fatal(err)
	}
	defer resolver.Close()
	request := Prepare(Request{URL: "http://api.example.com/"})
	size := 0
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		lookup, _ := resolver.Resolve(request)
		for j := 0; j < lookup.Len(); j++ {
			size += len(lookup.Address(j)) + lookup.Port(j)
		}
	}
	if size == 0 {
		b.Fatal("nothing is read")
	}
}
