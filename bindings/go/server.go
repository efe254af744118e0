// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
*/
import "C"

import "runtime"

// InboundAnswer says what a server's proxy does with a connection or request that reaches it.
type InboundAnswer struct {
	Allowed          bool
	Error            string // it fails before any policy: "no filter chain", "client certificate required", ...
	Action           string // CUSTOM, JWT, DENY or ALLOW: what decided
	Policy           string // the rule that decided: "ns[shop]-policy[web]-rule[0]"
	Peer             string // the caller's identity
	RequestPrincipal string
	Status           int // what the client reads where an HTTP chain refuses; -1: none
	Trace            []Reason
	handle           *C.meshroute_inbound_answer
}

// ResolveInbound asks the view's proxy as a server. Options may be nil.
func (v *View) ResolveInbound(request Request, options *ResolveOptions) (*InboundAnswer, error) {
	var a arena
	defer a.free()
	answer := &InboundAnswer{}
	var e C.meshroute_error
	status := C.meshroute_resolve_inbound(v.handle, request.c(&a), options.c(&a), &answer.handle, &e)
	runtime.KeepAlive(v)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(answer, (*InboundAnswer).Close)
	var f C.meshroute_inbound_answer_fields
	C.meshroute_inbound_answer_fields_init(&f)
	if err := failed(C.meshroute_inbound_answer_get(answer.handle, &f, &e), &e); err != nil {
		return nil, err
	}
	answer.Allowed, answer.Error, answer.Action, answer.Policy = f.allowed != 0, text(f.error), text(f.action), text(f.policy)
	answer.Peer, answer.RequestPrincipal, answer.Status = text(f.peer), text(f.request_principal), int(f.status)
	var err error
	answer.Trace, err = reasons(C.meshroute_inbound_answer_trace_count(answer.handle),
		func(i C.size_t, line *C.meshroute_trace_line, e *C.meshroute_error) C.meshroute_status {
			return C.meshroute_inbound_answer_trace_at(answer.handle, i, line, e)
		})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// JSON is the answer's JSON form.
func (a *InboundAnswer) JSON() (string, error) {
	defer runtime.KeepAlive(a)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_inbound_answer_json(a.handle, 0, out, e)
	})
}

// String is the answer for people, with the reasons that it was asked for.
func (a *InboundAnswer) String() string {
	defer runtime.KeepAlive(a)
	return shown(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_inbound_answer_text(a.handle, C.MESHROUTE_TEXT_EXPLAIN, out, e)
	})
}

// Close frees what JSON and String read.
func (a *InboundAnswer) Close() {
	C.meshroute_inbound_answer_free(a.handle)
	a.handle = nil
	runtime.SetFinalizer(a, nil)
}

// Journey is a request from its client's proxy through the proxies of the servers that it may reach.
type Journey struct {
	ArrivesPercent float64
	Because        []Reason // the line that decides first
	handle         *C.meshroute_journey
}

// Follow sends a request from a proxy to every endpoint that may be chosen, through gateways.
func (s *Snapshot) Follow(proxy Proxy, request Request) (*Journey, error) {
	var a arena
	defer a.free()
	journey := &Journey{}
	var e C.meshroute_error
	status := C.meshroute_snapshot_follow(s.handle, proxy.c(&a), request.c(&a), C.meshroute_str{}, &journey.handle, &e)
	runtime.KeepAlive(s)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(journey, (*Journey).Close)
	journey.ArrivesPercent = float64(C.meshroute_journey_arrives_percent(journey.handle))
	var err error
	journey.Because, err = reasons(C.meshroute_journey_because_count(journey.handle),
		func(i C.size_t, line *C.meshroute_trace_line, e *C.meshroute_error) C.meshroute_status {
			return C.meshroute_journey_because_at(journey.handle, i, line, e)
		})
	if err != nil {
		return nil, err
	}
	return journey, nil
}

// JSON is the journey's JSON form, with every hop.
func (j *Journey) JSON() (string, error) {
	defer runtime.KeepAlive(j)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_journey_json(j.handle, 0, out, e)
	})
}

// String is the journey for people: a line for each hop, the deciding one first.
func (j *Journey) String() string {
	defer runtime.KeepAlive(j)
	return shown(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_journey_text(j.handle, 0, out, e)
	})
}

// Close frees what JSON and String read.
func (j *Journey) Close() {
	C.meshroute_journey_free(j.handle)
	j.handle = nil
	runtime.SetFinalizer(j, nil)
}
