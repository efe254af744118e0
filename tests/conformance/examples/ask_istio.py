"""Has Istio answer the cases in cases/ (the meshes of tests/examples) and writes what it says to expected/.

usage: ask_istio.py XDSORACLE     the evaluator of the conformance facts
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
examples = here.parent.parent / "examples"
for path in sorted((here / "cases").glob("*.json")):
    case = json.loads(path.read_text())
    documents = (examples / case["example"] / "mesh.yaml").read_text().split("\n---\n")
    # The evaluator knows no ConfigMap: the case holds MeshConfig and MeshNetworks again.
    case["config_yaml"] = "\n---\n".join(each for each in documents if not re.search(r"^kind: ConfigMap$", each, re.M))
    with tempfile.TemporaryDirectory() as folder:
        asked = pathlib.Path(folder) / path.name
        asked.write_text(json.dumps(case))
        subprocess.run([sys.argv[1], "eval", "-out", str(here / "expected"), str(asked)], check=True)
