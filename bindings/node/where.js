// SPDX-License-Identifier: Apache-2.0
// node where.js FILE NAMESPACE URL: where a request of a namespace's workload goes. Calls the C library through koffi.
const fs = require('fs');
const koffi = require('koffi');

const lib = koffi.load(process.env.MESHROUTE_LIBRARY || 'libmeshroute.so.0.1');
const Bytes = koffi.struct('meshroute_bytes', {data: 'void *', size: 'size_t'});
const MeshError = koffi.struct('meshroute_error', {code: 'int32_t', message: koffi.array('char', 508, 'String')});
koffi.opaque('meshroute_mesh');
koffi.opaque('meshroute_snapshot');
koffi.opaque('meshroute_view');
koffi.opaque('meshroute_answer');
const declared = (text) => lib.func(text);
const meshNew = declared('int32_t meshroute_mesh_new(void *options, _Out_ meshroute_mesh **out, _Out_ meshroute_error *error)');
const meshFree = declared('void meshroute_mesh_free(meshroute_mesh *mesh)');
const meshLoad = declared('int32_t meshroute_mesh_load(meshroute_mesh *mesh, const uint8_t *text, size_t size, void *options, ' +
                          'void *report, _Out_ meshroute_error *error)');
const meshSnapshot = declared('int32_t meshroute_mesh_snapshot(meshroute_mesh *mesh, _Out_ meshroute_snapshot **out, ' +
                              '_Out_ meshroute_error *error)');
const snapshotFree = declared('void meshroute_snapshot_free(meshroute_snapshot *snapshot)');
const viewJson = declared('int32_t meshroute_snapshot_view_json(meshroute_snapshot *snapshot, const uint8_t *proxy, size_t size, ' +
                          'void *previous, _Out_ meshroute_view **out, _Out_ meshroute_error *error)');
const viewFree = declared('void meshroute_view_free(meshroute_view *view)');
const resolveJson = declared('int32_t meshroute_resolve_json(meshroute_view *view, const uint8_t *request, size_t size, ' +
                             'void *options, _Out_ meshroute_answer **out, _Out_ meshroute_error *error)');
const answerFree = declared('void meshroute_answer_free(meshroute_answer *answer)');
const answerJson = declared('int32_t meshroute_answer_json(meshroute_answer *answer, int32_t style, ' +
                            '_Out_ meshroute_bytes *out, _Out_ meshroute_error *error)');
const bytesFree = declared('void meshroute_bytes_free(_Inout_ meshroute_bytes *bytes)');

// Calls what ends with an out parameter and an error: gives what the out parameter got.
function made(call, ...given) {
  const out = [null];
  const error = {};
  if (call(...given, out, error) < 0) {
    throw new Error(error.message);
  }
  return out[0];
}

function answerOf(stream, proxy, request) {
  const mesh = made(meshNew, null);
  const error = {};
  if (meshLoad(mesh, stream, stream.length, null, null, error) < 0) {
    throw new Error(error.message);
  }
  const snapshot = made(meshSnapshot, mesh);
  const asked = Buffer.from(JSON.stringify(proxy));
  const view = made(viewJson, snapshot, asked, asked.length, null);
  const sent = Buffer.from(request);  // a URL, or a JSON object
  const answer = made(resolveJson, view, sent, sent.length, null);
  const bytes = {};
  if (answerJson(answer, 0, bytes, error) < 0) {
    throw new Error(error.message);
  }
  const text = koffi.decode(bytes.data, 'char', bytes.size);
  bytesFree(bytes);
  answerFree(answer);
  viewFree(view);
  snapshotFree(snapshot);
  meshFree(mesh);
  return JSON.parse(text);
}

const [file, namespace, url] = process.argv.slice(2);
const answer = answerOf(fs.readFileSync(file), {namespace}, url);
console.log(answer.outcome);
for (const each of answer.endpoints || []) {
  console.log(`${each.address}:${each.port}  of ${each.cluster}`);
}
