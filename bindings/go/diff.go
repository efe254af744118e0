// SPDX-License-Identifier: Apache-2.0
package meshroute

/*
#include <meshroute.h>
*/
import "C"

import "runtime"

// Diff is what two meshes do otherwise with requests.
type Diff struct{ handle *C.meshroute_diff }

// Compare asks two snapshots the requests that their rules name, as one proxy of each kind that cannot be told apart.
func Compare(before, after *Snapshot) (*Diff, error) {
	d := &Diff{}
	var e C.meshroute_error
	status := C.meshroute_snapshot_diff(before.handle, after.handle, nil, &d.handle, &e)
	runtime.KeepAlive(before)
	runtime.KeepAlive(after)
	if err := failed(status, &e); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(d, (*Diff).Close)
	return d, nil
}

// Close frees the diff.
func (d *Diff) Close() {
	C.meshroute_diff_free(d.handle)
	d.handle = nil
	runtime.SetFinalizer(d, nil)
}

// Len is how many changes there are.
func (d *Diff) Len() int {
	defer runtime.KeepAlive(d)
	return int(C.meshroute_diff_change_count(d.handle))
}

// JSON is the diff's JSON form.
func (d *Diff) JSON() (string, error) {
	defer runtime.KeepAlive(d)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_diff_json(d.handle, 0, out, e)
	})
}

// Markdown is a comment for a pull request.
func (d *Diff) Markdown() (string, error) {
	defer runtime.KeepAlive(d)
	return given(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_diff_markdown(d.handle, out, e)
	})
}

// String is the diff for people.
func (d *Diff) String() string {
	defer runtime.KeepAlive(d)
	return shown(func(out *C.meshroute_bytes, e *C.meshroute_error) C.meshroute_status {
		return C.meshroute_diff_text(d.handle, 0, out, e)
	})
}
