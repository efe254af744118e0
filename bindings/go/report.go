// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
*/
import "C"

import "runtime"

// Severity of a Diagnostic.
type Severity int

// The severities; errors are what a cluster refuses.
const (
	SeverityError   Severity = C.MESHROUTE_SEVERITY_ERROR
	SeverityWarning Severity = C.MESHROUTE_SEVERITY_WARNING
	SeverityInfo    Severity = C.MESHROUTE_SEVERITY_INFO
)

func (s Severity) String() string { return C.GoString(C.meshroute_severity_name(C.int32_t(s))) }

// Diagnostic is one finding. Lines and columns count from 1, columns in Unicode code points; 0: no place.
type Diagnostic struct {
	Rule     string // "ST0101"
	Severity Severity
	Resource string // "VirtualService shop/reviews"
	Path     string // "spec.http[0]"
	Source   string
	Line     int
	Column   int
	Message  string
	Hint     string
	More     int // how many findings of this rule and resource are left out after this one
}

// Document is the verdict on one document.
type Document struct {
	Source, Kind, Namespace, Name string
	Line                          int
	Accepted                      bool // a cluster with Istio would accept it
	Applied                       bool // the mesh has it now
}

// Report holds verdicts and findings.
type Report struct{ handle *C.meshroute_report }

func (r *Report) made(err error) (*Report, error) {
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(r, (*Report).Close)
	return r, nil
}

// Close frees the report.
func (r *Report) Close() {
	C.meshroute_report_free(r.handle)
	r.handle = nil
	runtime.SetFinalizer(r, nil)
}

// Bytes is about how much memory of the C library the report holds.
func (r *Report) Bytes() int {
	defer runtime.KeepAlive(r)
	return int(C.meshroute_report_bytes(r.handle))
}

// Errors is how many findings are errors.
func (r *Report) Errors() int {
	defer runtime.KeepAlive(r)
	return int(C.meshroute_report_error_count(r.handle))
}

// Warnings is how many findings are warnings.
func (r *Report) Warnings() int {
	defer runtime.KeepAlive(r)
	return int(C.meshroute_report_warning_count(r.handle))
}

// Diagnostics are the findings, in the order of the documents.
func (r *Report) Diagnostics() []Diagnostic {
	defer runtime.KeepAlive(r)
	count := C.meshroute_report_diagnostic_count(r.handle)
	all := make([]Diagnostic, 0, int(count))
	for i := C.size_t(0); i < count; i++ {
		var d C.meshroute_diagnostic
		C.meshroute_diagnostic_init(&d)
		if C.meshroute_report_diagnostic_at(r.handle, i, &d, nil) < 0 {
			break
		}
		all = append(all, Diagnostic{
			Rule: text(d.rule), Severity: Severity(d.severity), Resource: text(d.resource), Path: text(d.path), Source: text(d.source),
			Line: int(d.line), Column: int(d.column), Message: text(d.message), Hint: text(d.hint), More: int(d.more),
		})
	}
	return all
}

// Documents are the verdicts, one for each document.
func (r *Report) Documents() []Document {
	defer runtime.KeepAlive(r)
	count := C.meshroute_report_document_count(r.handle)
	all := make([]Document, 0, int(count))
	for i := C.size_t(0); i < count; i++ {
		var d C.meshroute_document
		C.meshroute_document_init(&d)
		if C.meshroute_report_document_at(r.handle, i, &d, nil) < 0 {
			break
		}
		all = append(all, Document{
			Source: text(d.source), Kind: text(d.kind), Namespace: text(d.namespace_), Name: text(d.name), Line: int(d.line),
			Accepted: d.accepted != 0, Applied: d.applied != 0,
		})
	}
	return all
}

// Ignore drops the findings of a rule that refuse nothing. The rule is an id, a name, or a peer's code such as "IST0101".
func (r *Report) Ignore(rule string) error {
	defer runtime.KeepAlive(r)
	var a arena
	defer a.free()
	var e C.meshroute_error
	return failed(C.meshroute_report_ignore(r.handle, a.str(rule), &e), &e)
}

// JSON is the report's JSON form.
func (r *Report) JSON() (string, error) {
	defer runtime.KeepAlive(r)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_report_json(r.handle, 0, out, e)
	})
}

// SARIF is the report for code-scanning services.
func (r *Report) SARIF() (string, error) {
	defer runtime.KeepAlive(r)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_report_sarif(r.handle, 0, out, e)
	})
}

// String is the report for people, with the lines that the findings are about.
func (r *Report) String() string {
	defer runtime.KeepAlive(r)
	return shown(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_report_text(r.handle, 0, out, e)
	})
}
