"""The pytest plugin, as a project that uses it would."""
import pathlib

import pytest

pytest.importorskip("meshroute")
EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "tests" / "examples"

SERVICES = """
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {clusterIP: 10.1.0.1, ports: [{name: http, port: 80}], selector: {app: reviews}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: prod}
spec:
  hosts: [reviews]
  http:
  - {name: old, match: [{uri: {prefix: /old}}], redirect: {uri: /new}}
  - {name: gone, match: [{uri: {prefix: /gone}}], directResponse: {status: 410}}
  - {name: rest, route: [{destination: {host: reviews}}]}
"""


@pytest.fixture
def ask(pytester):
    """Runs one test body against config; gives pytest's result."""
    def run(body, *options):
        pytester.makepyfile("def test_it(mesh):\n" + "".join(f"    {line}\n" for line in body.splitlines()))
        return pytester.runpytest_inprocess("-p", "pytest_meshroute", *options)
    return run


@pytest.mark.parametrize(
    "sentence",
    [
        'goes_to("api.example.com")',
        'goes_to("api.example.com", subset="v1", weight=90).goes_to("api.example.com", subset="v2", weight=10)',
        'goes_to("api.example.com", port=80).avoids("api.example.com", subset="v3", unknown_ok=True).avoids("other.example.com", unknown_ok=True)',
        'goes_to("API.example.com").goes_to("api.example.com", subset="", weight=0).avoids("api.example.com", subset="")',
        'reaches("203.0.113.10", "203.0.113.20:80")',
        'is_matched_by("split")',
    ],
)
def test_sentences_that_hold(ask, sentence):
    ask(
        f'mesh.request("http://api.example.com/", from_="shop").{sentence}', "--meshroute-config", EXAMPLES / "versions"
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "sentence, said",
    [
        ('goes_to("api.example.com", subset="v2")', "does not go to api.example.com, subset v2"),
        ('goes_to("api.example.com", subset="v2", weight=90)', "does not go to api.example.com, subset v2 with 90 %"),
        ('goes_to("api")', "does not go to api: no service api is seen from shop: a typo? There is api.example.com"),
        (
            'goes_to("nosuch", weight=0)',
            "does not go to nosuch: no service nosuch is seen from shop: a typo? It sees api.example.com",
        ),
        (
            'goes_to("api.example.com", subset="v3", weight=0)',
            "does not go to api.example.com, subset v3: api.example.com has no subset v3: a typo? It has v1, v2",
        ),
        (
            'goes_to("api.example.com", port=81)',
            "does not go to api.example.com:81: api.example.com has no port 81: a typo? It has 80",
        ),
        (
            'avoids("api.exmple.com")',
            "does not avoid api.exmple.com, as far as can be told: no service api.exmple.com is seen from shop: a typo? "
            "There is api.example.com. With unknown_ok=True",
        ),
        (
            'avoids("api.example.com", subset="v99")',
            "does not avoid api.example.com, subset v99, as far*has no subset v99: a typo? It has v1, v2.",
        ),
        (
            'avoids("api.example.com", port=8080)',
            "does not avoid api.example.com:8080, as far*has no port 8080: a typo? It has 80.",
        ),
        ('avoids("api.example.com", unknown_ok=True)', "does not avoid api.example.com"),
        ('avoids("api.example.com", subset="v2")', "does not avoid api.example.com, subset v2"),
        ('reaches("203.0.113.10")', "does not reach exactly 203.0.113.10"),
        ('reaches("203.0.113.10", "203.0.113.20", "203.0.113.30")', "does not reach exactly"),
        ('redirects_to("/x")', "does not redirect to /x"),
        ('is_answered_with(404)', "does not get 404 from the proxy"),
        ('leaves_the_mesh()', "does not leave the mesh"),
        ('is_matched_by("preview")', "does not meet the route preview but split"),
    ],
)
def test_sentences_that_fail_say_why(ask, sentence, said):
    result = ask(f'mesh.request("http://api.example.com/", from_="shop").{sentence}', "--meshroute-config", EXAMPLES / "versions")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f"*http://api.example.com/ from shop {said}*", "*#0 preview: header x-preview is not there*mesh.yaml:46:7*"]
    )
    result.stdout.no_fnmatch_line("*_sentences.py*")  # the trace ends at the sentence


def test_requests_and_replies_of_every_kind(ask, pytester):
    (pytester.path / "mesh.yaml").write_text(SERVICES)
    ask(
        '''mesh.request("http://reviews/old", from_="prod").redirects_to("http://reviews/new", status=301)
mesh.request("http://reviews/gone", from_="prod").is_answered_with(410)
mesh.request("http://elsewhere.example.com/", from_={"namespace": "prod"}).leaves_the_mesh()
mesh.request(host="reviews", path="/old", from_="prod/web", headers={"a": "b"}, method="POST").is_matched_by("old")
assert mesh.findings("error") == []
try:
    mesh.request("http://reviews.prod/", from_="prod").goes_to("reviews")
except AssertionError as problem:
    assert "does not reach reviews, which has no endpoint" in str(problem)
for sees, name in (("prod", "reviews"), ("shop", "reviews.prod"), ("shop", "reviews.prod.svc"), ("shop", "reviews.prod.svc.cluster.local")):
    assert mesh.request("http://reviews.prod/", from_=sees)._share(name, None, None) == 100, name
for name in ("reviews", "reviews.shop", "reviews.prod.example", "reviews.prod.svc.cluster"):
    assert mesh.request("http://reviews.prod/", from_="shop")._share(name, None, None) == 0, name
mesh.request("http://reviews.prod/old", from_="shop").avoids("reviews.prod.svc", port=80)
''',
        "--meshroute-config",
        "mesh.yaml",
    ).assert_outcomes(passed=1)


def test_config_of_the_ini_file(ask, pytester):
    pytester.makeini("[pytest]\nmeshroute_config = config\nmeshroute_mesh_config = settings.yaml\n")
    (pytester.path / "config").mkdir()
    (pytester.path / "config" / "mesh.yaml").write_text(SERVICES)
    (pytester.path / "settings.yaml").write_text("outboundTrafficPolicy: {mode: REGISTRY_ONLY}")
    ask('assert mesh.request("http://elsewhere.example.com/", from_="prod").answer.outcome != "passthrough"').assert_outcomes(
        passed=1
    )


@pytest.mark.parametrize("config, said", [
    (None, "*the mesh fixture needs --meshroute-config*"),
    ("none", "*the mesh cannot be made:*none*"),
    ("refused.yaml", "*refused.yaml:4:*error:*"),
])
def test_a_mesh_that_cannot_be_made(ask, pytester, config, said):
    (pytester.path / "refused.yaml").write_text(
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {}\n"
    )
    result = ask("pass", *(["--meshroute-config", config] if config else []))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


def test_the_tests_of_the_page(pytester):
    page = (pathlib.Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    body, = [block.partition("```")[0] for block in page.split("```python\n")[1:] if "def test_" in block.partition("```")[0]]
    pytester.makepyfile(body)
    pytester.runpytest_inprocess("-p", "pytest_meshroute", "--meshroute-config", EXAMPLES / "versions").assert_outcomes(
        passed=body.count("def test_")
    )
