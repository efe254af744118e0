"""Whatever bytes come, there is a report."""
import pytest

import meshroute

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import strategies as st  # noqa: E402

PIECES = [
    "apiVersion: networking.istio.io/v1\n",
    "kind: ServiceEntry\n",
    "kind: VirtualService\n",
    "metadata: {name: a}\n",
    "spec:\n",
    "  hosts: [a]\n",
    "  http:\n  - route: [{destination: {host: a}}]\n",
    "---\n",
    "- ",
    "{",
    "[",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!int ",
    "'",
    '"',
    "|\n",
    "\t",
    "\x00",
    "é",
    "0x1F",
    ".nan",
]


@hypothesis.settings(max_examples=300, deadline=None)
@hypothesis.given(
    st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode()))
)
def test_any_bytes_give_a_report(data):
    report = meshroute.Mesh().load(data)
    form = report.to_dict()
    for number, document in enumerate(form["documents"]):
        if not document["accepted"]:
            assert any(found.get("document") == number and found["severity"] == "error" for found in form["diagnostics"])
    for found in form["diagnostics"]:
        assert found["rule"] and found["line"] >= 1 and found["column"] >= 1
    assert str(report) is not None
