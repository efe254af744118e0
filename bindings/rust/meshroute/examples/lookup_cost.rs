// SPDX-License-Identifier: Apache-2.0
//! What one lookup costs, endpoints read, in nanoseconds: `cargo run --release --example lookup_cost`.
use meshroute::{Answer, LoadOptions, Mesh, MeshOptions, Proxy, Request};
use std::time::Instant;

const MESH: &str =
    "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api, namespace: shop}\nspec: {hosts: [api.example.com], \
ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 203.0.113.10}, {address: 203.0.113.20}]}\n";

fn main() -> Result<(), meshroute::Error> {
    let mut mesh = Mesh::new(&MeshOptions::default())?;
    mesh.load(MESH.as_bytes(), &LoadOptions::default())?;
    let view = mesh.snapshot()?.view(&Proxy::of_namespace("shop"))?;
    let (request, mut answer) = (Request::url("http://api.example.com/"), Answer::new()?);
    let (prepared, rounds) = (request.prepare(), 200_000_u32);
    let (start, mut read) = (Instant::now(), 0_usize);
    for _ in 0..rounds {
        view.resolve_into(&prepared, &mut answer)?;
        read += answer
            .endpoints()
            .map(|each| each.address().len() + each.port() as usize)
            .sum::<usize>();
    }
    println!("{} ns a lookup, {read} read", start.elapsed().as_nanos() / u128::from(rounds));
    Ok(())
}
