// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// Result is the answer to one of many requests, in short; its members are those of an Answer.
type Result struct {
	Outcome        string
	VirtualHost    string
	Route          string
	Cluster        string
	PickedCluster  string
	PickedEndpoint string
	FailurePercent float64
	ResponseStatus int
	Endpoints      []Endpoint // results that reach the same endpoints share the slice
}

// ResolveMany answers prepared requests, in order, in one call.
func (v *View) ResolveMany(requests []*Prepared) ([]Result, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	var a arena
	defer a.free()
	list := (**C.meshroute_request)(a.alloc(C.size_t(len(requests)) * C.size_t(unsafe.Sizeof(uintptr(0)))))
	for i, each := range requests {
		unsafe.Slice(list, len(requests))[i] = each.c
	}
	var e C.meshroute_error
	var answers *C.meshroute_answers
	if err := failed(C.meshroute_answers_new(&answers, &e), &e); err != nil {
		return nil, err
	}
	defer C.meshroute_answers_free(answers)
	options := (&ResolveOptions{SkipUpstreamRequest: true}).c(&a)
	status := C.meshroute_resolve_many(v.handle, list, C.size_t(len(requests)), options, answers, &e)
	runtime.KeepAlive(v)
	runtime.KeepAlive(requests)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	endpoints := make([]Endpoint, 0, int(C.meshroute_answers_endpoint_count(answers)))
	for i := 0; i < cap(endpoints); i++ {
		var c C.meshroute_endpoint
		C.meshroute_endpoint_init(&c)
		if err := failed(C.meshroute_answers_endpoint_at(answers, C.size_t(i), &c, &e), &e); err != nil {
			return nil, err
		}
		endpoints = append(endpoints, endpoint(&c))
	}
	all := make([]Result, 0, len(requests))
	for _, r := range unsafe.Slice(C.meshroute_answers_results(answers), len(requests)) {
		first := int(r.first_endpoint)
		all = append(all, Result{
			Outcome: text(r.outcome), VirtualHost: text(r.virtual_host), Route: text(r.route), Cluster: text(r.cluster),
			PickedCluster: text(r.picked_cluster), PickedEndpoint: text(r.picked_endpoint),
			FailurePercent: float64(r.failure_percent), ResponseStatus: int(r.response_status),
			Endpoints: endpoints[first : first+int(r.endpoint_count) : first+int(r.endpoint_count)],
		})
	}
	return all, nil
}
