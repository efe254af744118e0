#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs every code block of the project's pages, from the project's root.

    snippets.py --root DIR --cxx CXX --cc CC --include DIR… --static LIB --shared LIB --cli COMMAND --python PYTHON
                [--link FLAG…]

cpp: a block without `int main` becomes the body of one (its #include lines go first). c: likewise. python: runs as it is.
console: a line `$ meshroute …` is run, and the lines after it must be what it prints (a line `…` stands for any lines).
yaml: the meshroute commands in it are ones that the command takes, in a folder of a user's: `mesh/` and `old/mesh/` have configuration,
`tests/` has tests. The hooks of pre-commit are run there too.
Other blocks (cmake, plain) are not run here: the consumers of tests/consumer/ are.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PAGES = [
    "README.md",
    "include/README.md",
    "capi/README.md",
    "cmake/README.md",
    "bindings/python/README.md",
    "bindings/cli/README.md",
    "bindings/cli/reviewing/README.md",
]
HOOKS = ".pre-commit-hooks.yaml"


def blocks(page):
    """(language, first line, text) of each fenced block."""
    language, first, lines = None, 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.match(r"```(\w*)\s*$", line)
        if fence and language is None:
            language, first, lines = fence.group(1), number + 1, []
        elif fence:
            yield language, first, "\n".join(lines) + "\n"
            language = None
        elif language is not None:
            lines.append(line)


def whole_program(text, language):
    if re.search(r"\bint main\b", text):
        return text
    lines = text.splitlines()
    heads = [line for line in lines if line.startswith("#include")]
    body = [line for line in lines if not line.startswith("#include")]
    close = "  return 0;\n}\n" if language == "c" else "}\n"
    return "\n".join(heads) + "\nint main(" + ("void" if language == "c" else "") + ") {\n" + "\n".join(body) + "\n" + close


def run(command, given, **more):
    done = subprocess.run(command, cwd=given.root, capture_output=True, text=True, timeout=300, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} gave {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def compiled(text, language, given, folder):
    source = pathlib.Path(folder, "snippet." + language)
    source.write_text(whole_program(text, language), encoding="utf-8")
    includes = ["-I" + path for path in given.include]
    program = str(source.with_suffix(""))
    strict = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable"]
    if language == "cpp":
        run([given.cxx, "-std=c++20", *strict, *includes, str(source), given.static, *given.link, "-o", program], given)
    else:
        run(
            [
                given.cc,
                "-std=c99",
                *strict,
                *includes,
                str(source),
                given.shared,
                "-Wl,-rpath," + os.path.dirname(given.shared),
                "-o",
                program,
            ],
            given,
        )
    run([program], given)


def console(text, given):
    asked = None
    expected = []

    def hold():
        if asked is None:
            return
        done = subprocess.run([given.cli, *shlex.split(asked)[1:]], cwd=given.root, capture_output=True, text=True, timeout=60)
        pattern = "".join("(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in expected)
        if not re.fullmatch(pattern, done.stdout + done.stderr):
            raise AssertionError(f"`{asked}` printed\n{done.stdout}{done.stderr}instead of\n" + "\n".join(expected))

    for line in text.splitlines():
        if line.startswith("$ "):
            hold()
            asked, expected = line[2:], []
        elif asked is not None:
            expected.append(line)
    hold()


def commands(text, given):
    asked = re.findall(r"(?:^|- |run: |# )(meshroute [^>\n]*)", text, re.MULTILINE)
    if not asked:
        raise AssertionError("there is no meshroute command in it")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(given.root).resolve()
        users = pathlib.Path(folder)
        (users / "old").mkdir()
        for name, of in (("mesh", "tests/examples/versions"), ("old/mesh", "tests/examples/versions"), ("tests", "tests/suites"),
                         ("examples", "tests/examples")):
            (users / name).symlink_to(root / of)
        for command in asked:
            words = shlex.split(command.split("||")[0])[1:]
            if any(word.startswith("tests/suites/") for word in words):
                words = [str(root / word) if word.startswith("tests/suites/") else word for word in words]
            done = subprocess.run([given.cli, *words], cwd=users, capture_output=True, text=True, timeout=60)
            if done.returncode not in (0, 1):
                raise AssertionError(f"`{command}` gave {done.returncode}\n{done.stdout}{done.stderr}")


def hooks(given):
    """Each hook as pre-commit runs it: its entry, its arguments, and the files unless it takes none."""
    text = pathlib.Path(given.root, HOOKS).read_text(encoding="utf-8")
    for hook in re.split(r"(?m)^- ", text)[1:]:
        entry = re.search(r"(?m)^  entry: (.*)$", hook)[1]
        arguments = re.search(r"(?m)^  args: \[(.*)\]$", hook)
        files = "" if "pass_filenames: false" in hook else " mesh/mesh.yaml"
        commands(entry + (" " + arguments[1] if arguments else "") + files + "\n", given)


def main():
    parser = argparse.ArgumentParser()
    for name in ("root", "cxx", "cc", "static", "shared", "cli", "python"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--link", action="append", default=[])
    given = parser.parse_args()
    passed = failed = 0
    python = dict(
        os.environ,
        MESHROUTE_LIBRARY=given.shared,
        PYTHONPATH=os.path.join(given.root, "bindings", "python", "src"),
        PYTHONDONTWRITEBYTECODE="1",
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in PAGES:
            page = pathlib.Path(given.root, name)
            for language, first, text in blocks(page) if page.exists() else ():
                try:
                    if language in ("cpp", "c"):
                        compiled(text, language, given, folder)
                    elif language == "python":
                        run([given.python, "-c", text], given, env=python)
                    elif language == "console":
                        console(text, given)
                    elif language == "yaml":
                        commands(text, given)
                    else:
                        continue
                    passed += 1
                except AssertionError as problem:
                    failed += 1
                    print(f"{name}:{first}: {problem}")
    try:
        hooks(given)
        passed += 1
    except AssertionError as problem:
        failed += 1
        print(f"{HOOKS}: {problem}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
