# SPDX-License-Identifier: Apache-2.0
"""What one lookup of two endpoints costs from Python in a batch, endpoints read, in nanoseconds; bindings_cost.sh compares."""
import time

import meshroute

MESH = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 203.0.113.10}, {address: 203.0.113.20}]
"""

mesh = meshroute.Mesh()
mesh.load(MESH)
view = mesh.snapshot().view("shop")
requests = [meshroute.Request("http://api.example.com/")] * 2000
read, rounds, start = 0, 20, time.perf_counter_ns()
for _ in range(rounds):
    for answer in view.resolve_many(requests):
        for endpoint in answer.endpoints:
            read += len(endpoint.address) + endpoint.port
print((time.perf_counter_ns() - start) // (rounds * len(requests)), "ns a lookup,", read, "read")
