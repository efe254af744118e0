"""Whatever a program does with its objects, from whatever thread, ends in an answer or an exception."""
import gc
import threading
import time

import pytest

import meshroute

ROUNDS = 25


def entry(number=0):
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": f"a{number}", "namespace": "shop"},
        "spec": {
            "hosts": [f"a{number}.example.com"],
            "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
            "resolution": "STATIC",
            "endpoints": [{"address": "10.0.0.1"}, {"address": "10.0.0.2"}],
        },
    }


@pytest.fixture
def mesh():
    mesh = meshroute.Mesh()
    assert mesh.apply(entry())
    return mesh


@pytest.fixture
def snapshot(mesh):
    return mesh.snapshot()


PREPARED = meshroute.Request("http://a0.example.com/")


def together(*works):
    """Runs each in a thread of its own, all from one moment on; what they raise but Error is raised here."""
    failed, gate = [], threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            work()
        except meshroute.Error as error:
            if "closed" not in str(error):
                failed.append(error)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_another_object_is_a_type_error(mesh, snapshot):
    view, report = snapshot.view(), meshroute.check("")
    for misuse in (
        lambda: snapshot.view("a", previous=snapshot),
        lambda: snapshot.view("a", previous=mesh),
        lambda: snapshot.view("a", previous=1),
        lambda: report.append(mesh),
        lambda: report.append(view),
        lambda: report.append(None),
        lambda: report.append({}),
        lambda: meshroute.Answer(5),
        lambda: meshroute.Report(None),
        lambda: meshroute.Snapshot(b"x"),
        lambda: meshroute.View(view.resolve(PREPARED)._handle, {}),
    ):
        with pytest.raises(TypeError):
            misuse()


@pytest.mark.parametrize(
    "request_", [PREPARED, {"host": "a0.example.com"}, "http://a0.example.com/"], ids=["prepared", "dict", "URL"]
)
def test_requests_that_close_their_view(snapshot, request_):
    table = meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"]}]})
    for asked in (snapshot.view(), table):
        def closing():
            for _ in range(3):
                yield request_
            asked.close()
            gc.collect()
            while True:
                yield request_

        with pytest.raises(meshroute.Error, match="closed"):
            asked.resolve_many(closing())


def test_arguments_that_close_their_view(snapshot):
    for name in ("find_services", "find_clusters", "find_endpoints", "find_routes", "find_listeners", "section"):
        view = snapshot.view()

        class Closing:
            def __index__(self):
                view.close()
                gc.collect()
                return 80

        given = ("services",) if name == "section" else ()
        with pytest.raises(meshroute.Error, match="closed"):
            getattr(view, name)(*given, port=Closing())


def test_a_view_is_closed_while_it_is_asked(snapshot):
    for _ in range(ROUNDS):
        view = snapshot.view("shop")

        def ask():
            for _ in range(300):
                assert view.resolve(PREPARED).outcome == "routed"

        def ask_many():
            for _ in range(10):
                assert len(view.resolve_many([PREPARED] * 50)) == 50

        def read():
            for _ in range(20):
                assert (
                    view.services
                    and view.routes
                    and view.to_dict()
                    and view.section("clusters")
                    and str(view)
                    and view.why("a0.example.com")
                )

        def close():
            time.sleep(0.002)
            with view:
                pass

        together(ask, ask, ask_many, read, close)
        with pytest.raises(meshroute.Error, match="closed"):
            view.resolve(PREPARED)


def test_close_lets_a_long_call_end():
    routes = [{"match": {"safe_regex": {"regex": f"[^x]*x{number}"}}, "route": {"cluster": "none"}} for number in range(20)]
    table = meshroute.RouteTable({"name": "80", "virtual_hosts": [{"name": "a", "domains": ["*"], "routes": routes}]})
    slow, outcomes = meshroute.Request(protocol="http2", host="a", path="/" + "ab" * 500_000), []
    together(*[lambda: outcomes.append(table.resolve(slow).outcome)] * 2, lambda: (time.sleep(0.01), table.close()))
    assert set(outcomes) <= {"no_route"}
    with pytest.raises(meshroute.Error, match="closed"):
        table.resolve(slow)


def test_an_answer_is_closed_while_it_is_read(snapshot):
    view = snapshot.view("shop")
    for _ in range(ROUNDS):
        answer = view.resolve(PREPARED, explain=True)

        def read():
            for _ in range(100):
                assert (
                    answer.outcome == "routed"
                    and answer.cluster
                    and answer.endpoints
                    and answer.trace
                    and answer.upstream_request
                )
                assert str(answer) and answer.to_dict()

        together(read, read, lambda: (time.sleep(0.001), answer.close()))
        for use in (answer.to_dict, lambda: answer.outcome, lambda: answer.trace, lambda: str(answer)):
            with pytest.raises(meshroute.Error, match="closed"):
                use()


def test_a_mesh_is_changed_by_many_threads(mesh):
    def change(first):
        def work():
            for number in range(first, first + ROUNDS):
                assert mesh.apply(entry(number))
                assert not mesh.load("kind: [", name=f"{number}.yaml")
                mesh.snapshot()
                if number % 2:
                    assert mesh.remove("ServiceEntry", "shop", f"a{number}")
        return work

    together(*(change(1000 * thread) for thread in range(1, 5)))
    seen = {service.hostname for service in mesh.snapshot().view("shop").services}
    assert seen == {"a0.example.com"} | {
        f"a{1000 * thread + number}.example.com" for thread in range(1, 5) for number in range(0, ROUNDS, 2)
    }


def test_a_mesh_is_closed_while_it_is_loaded():
    text = "\n---\n".join(f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}}}" for number in range(200))
    for _ in range(ROUNDS):
        mesh = meshroute.Mesh()
        together(lambda: mesh.load(text), lambda: mesh.load(text), lambda: (time.sleep(0.002), mesh.close()))
        with pytest.raises(meshroute.Error, match="closed"):
            mesh.snapshot()


def test_a_report_grows_in_many_threads():
    for _ in range(ROUNDS):
        whole, other = meshroute.check("kind: ["), meshroute.check("kind: [")

        def grow():
            for _ in range(20):
                whole.append(meshroute.check("kind: ["))

        def read():
            for _ in range(20):
                assert whole.diagnostics and str(whole) and whole.to_sarif() and not whole and repr(whole)

        together(grow, grow, read, lambda: [whole.ignore("*") for _ in range(20)])
        assert len(whole.documents) == 41
        together(lambda: whole.append(other), lambda: other.append(whole))  # neither waits forever for the other
        assert (len(whole.documents), len(other.documents)) in ((42, 43), (83, 42))  # one after the other
        whole.append(whole)
        assert len(whole.documents) in (84, 166)


def test_a_report_is_closed_while_it_is_read():
    for _ in range(ROUNDS):
        report = meshroute.check("kind: [")

        def read():
            for _ in range(50):
                assert str(report) and report.to_dict() and report.to_sarif()

        together(read, read, report.close)
        with pytest.raises(meshroute.Error, match="closed"):
            report.to_dict()
