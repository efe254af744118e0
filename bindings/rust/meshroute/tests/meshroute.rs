// SPDX-License-Identifier: Apache-2.0
use meshroute::*;

const SHOP: &str = r#"
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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: web}]}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}
"#;

fn load(stream: &str) -> Snapshot {
    let mut mesh = Mesh::new(&MeshOptions {
        workloads: Workloads::Derived,
        ..Default::default()
    })
    .unwrap();
    let report = mesh
        .load(
            stream.as_bytes(),
            &LoadOptions {
                name: "shop.yaml".into(),
                ..Default::default()
            },
        )
        .unwrap();
    assert_eq!(report.errors(), 0, "{report}");
    mesh.snapshot().unwrap()
}

fn view() -> View {
    load(SHOP)
        .view(&Proxy {
            labels: vec![("app".into(), "web".into())],
            ..Proxy::of_namespace("shop")
        })
        .unwrap()
}

#[test]
fn a_request_goes_where_the_rules_say() {
    let answer = view().resolve(&Request::url("http://api.example.com/")).unwrap();
    assert_eq!(answer.outcome(), "routed");
    assert_eq!(
        answer.weighted_clusters().collect::<Vec<_>>(),
        [("outbound|80|v1|api.example.com", 90), ("outbound|80|v2|api.example.com", 10)]
    );
    let endpoints: Vec<_> = answer.endpoints().collect();
    assert_eq!(
        (endpoints[0].address(), endpoints[0].port(), endpoints[0].weight()),
        ("203.0.113.10", 80, 3)
    );
    assert!(endpoints[1].labels().any(|each| each == ("version", "v2")));
    assert!(answer.trace().count() > 0 && answer.to_string().contains("api.example.com"));
    assert!(answer.json().unwrap().starts_with('{'));
    assert_eq!(answer.response_status(), None);
}

#[test]
fn headers_and_random_values_decide() {
    let view = view();
    let preview = view
        .resolve(&Request::url("http://api.example.com/").header("X-Preview", "yes"))
        .unwrap();
    assert_eq!(preview.cluster(), "outbound|80|v2|api.example.com");
    let picked = view
        .resolve(&Request {
            random: Some(95),
            ..Request::url("http://api.example.com/")
        })
        .unwrap();
    assert_eq!(picked.picked_cluster(), "outbound|80|v2|api.example.com");
}

#[test]
fn handles_tell_what_they_hold() {
    let snapshot = load(SHOP);
    let view = snapshot.view(&Proxy::of_namespace("shop")).unwrap();
    let fresh = view.bytes();
    view.json("", &Filter::default()).unwrap();
    assert!(snapshot.bytes() > 1000 && fresh > 0 && view.bytes() > fresh);
    let mut mesh = Mesh::new(&MeshOptions::default()).unwrap();
    let empty = mesh.bytes();
    let report = mesh.load(SHOP.as_bytes(), &LoadOptions::default()).unwrap();
    assert!(report.bytes() > 0 && mesh.bytes() > empty + SHOP.len());
}

#[test]
fn what_is_wrong_is_said() {
    let error = view()
        .resolve(&Request {
            port: 99999,
            ..Request::url("http://api.example.com/")
        })
        .unwrap_err();
    assert!(error.code < 0 && error.message.contains("99999"), "{error}");
    assert!(Mesh::new(&MeshOptions {
        mesh_config: "{".into(),
        ..Default::default()
    })
    .is_err());
    let report = check(
        b"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec:\n  hosts: [a.b]\n  resolutoin: DNS\n",
        &LoadOptions {
            name: "a.yaml".into(),
            ..Default::default()
        },
    )
    .unwrap();
    let found = report.diagnostics().find(|each| each.message.contains("resolutoin")).unwrap();
    assert_eq!((found.source, found.line, found.column), ("a.yaml", 6, 3));
    assert_eq!(check(b"", &LoadOptions::default()).unwrap().errors(), 0);
}

#[test]
fn proxies_are_found_by_name() {
    let snapshot = load(SHOP);
    let web = snapshot.find_proxy("shop/web").unwrap();
    assert!(web.labels.contains(&("app".to_owned(), "web".to_owned())));
    assert_eq!(web.service_account, "web");
    assert!(snapshot.find_proxy("shop/wbe").unwrap_err().message.contains("web"));
    let rows = snapshot
        .view(&web)
        .unwrap()
        .endpoints(&Filter {
            host: "api.example.com".into(),
            subset: "v2".into(),
            ..Default::default()
        })
        .unwrap();
    assert_eq!(
        rows.iter().map(|each| each.address().to_owned()).collect::<Vec<_>>(),
        ["203.0.113.20"]
    );
}

#[test]
fn a_server_lets_in_what_its_policies_allow() {
    let snapshot = load(SHOP);
    let web = snapshot.find_proxy("shop/web").unwrap();
    for (path, allowed) in [("/admin", false), ("/", true)] {
        let request = Request {
            port: 80,
            host: "web".into(),
            path: path.into(),
            ..Default::default()
        };
        let answer = snapshot.view(&web).unwrap().resolve_inbound(&request).unwrap();
        assert_eq!(answer.allowed(), allowed, "{answer}");
        let journey = snapshot.follow(&web, &Request::url(&format!("http://web{path}"))).unwrap();
        assert_eq!(journey.arrives_percent() == 100.0, allowed, "{journey}");
    }
}

#[test]
fn many_requests_in_one_call() {
    let view = view();
    let requests = [
        Request::url("http://api.example.com/"),
        Request::url("http://api.example.com/").header("x-preview", "yes"),
    ];
    let prepared: Vec<_> = requests.iter().map(Request::prepare).collect();
    let mut answers = Answers::new().unwrap();
    view.resolve_many(&prepared, &mut answers).unwrap();
    let all: Vec<_> = answers.iter().collect();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].endpoints().count(), 2);
    assert_eq!(all[1].endpoints().map(|each| each.address()).collect::<Vec<_>>(), ["203.0.113.20"]);
    let mut answer = Answer::new().unwrap();
    view.resolve_into(&prepared[1], &mut answer).unwrap();
    assert_eq!(answer.endpoints().map(|each| each.address()).collect::<Vec<_>>(), ["203.0.113.20"]);
}

#[test]
fn changes_are_found_and_threads_may_share() {
    let (before, after) = (
        load(SHOP),
        load(&SHOP.replace("weight: 90", "weight: 50").replace("weight: 10", "weight: 50")),
    );
    let diff = before.diff(&after).unwrap();
    assert!(!diff.is_empty() && diff.to_string().contains("VirtualService shop/api"), "{diff}");
    assert!(before.diff(&before).unwrap().is_empty());
    let view = view();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(view.resolve(&Request::url("http://api.example.com/")).unwrap().outcome(), "routed"));
        }
    });
}
