#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps habits out of the project's texts that a reader stumbles over (CONTRIBUTING.md, "Writing"), and lines of code short.

    words.py --root DIR [--purpose]

Reads pages, scripts and the comments of sources; not src/spec, licences, nor recorded data. Prints each habit with a plain
replacement, and exits 1 if there is one.
"""

import argparse
import pathlib
import re
import sys

# (habit, what to write instead)
HABITS = [
    (r"(?<!there )\b(?:is|are|be|was|were) none\b(?! of)", "say plainly that it is missing: `there is no …`, `null if missing`"),
    (r"^(?!.*\b(?:left|leaves?)\b).*(?<!for)(?<!assert)(?<!not)(?<!stands) alone\b(?!\.\w)", "`alone` behind a word: `only` before it"),
    (r"\b[Ww]hat of\b", "name the thing: `the parts of … that`"),
    (r"\bfor ever\b", "`forever`, `always`, or `it hangs`"),
    (r"\bnone of (?:its|their) own\b", "`no … of its own`"),
    (r"\bthat is none\b", "`that is not a …`"),
    (r"\bnothing but\b", "`only`"),
]
CODE_COLUMNS = 150

FOLDERS = ["include", "capi", "bindings", "cmake", "tests", "src"]
PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CMakeLists.txt"]
KINDS = {".md", ".hpp", ".cpp", ".h", ".c", ".py", ".cmake", ".sh", ".txt"}
CODE = {".py", ".cmake", ".sh"}  # clang-format keeps the others short
# Specs quote their sources; recorded data is Istio's and Envoy's; this file names the habits.
LEFT_OUT = ["src/spec/", "tests/golden/", "tests/conformance/", "tests/examples/", "tests/e2e/meshes/", "tests/docs/words.py"]


def files(root):
    for page in PAGES:
        if (root / page).exists():
            yield root / page
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in KINDS and path.is_file() and not any(name.startswith(left) for left in LEFT_OUT):
                yield path


def comment_of(line):
    """The part of a line of C or C++ that is a comment."""
    start = line.find("//")
    if start < 0:
        start = line.find("/*")
    if start < 0 and line.startswith(" *"):
        start = 0
    return line[start:] if start >= 0 else ""


def has_purpose(text):
    """Whether a source file says what it is for: a comment above the first include."""
    head = text.split("#include", 1)[0].splitlines()
    return any(line.startswith(("//", "/*", " *")) and "SPDX" not in line for line in head)


def problems(text, code, comments_only=False):
    """(line number, what is wrong with the line) of a text."""
    for number, line in enumerate(text.splitlines(), 1):
        words = comment_of(line) if comments_only else line
        for habit, instead in HABITS:
            found = re.search(habit, words)
            if found and 'Do not write "' not in line and "tests/golden/" not in line:  # a golden's own line
                yield number, instead if len(found.group(0)) > 40 else f"`{found.group(0)}`: {instead}"
        if code and len(line) > CODE_COLUMNS and "http" not in line:
            yield number, f"{len(line)} columns, more than {CODE_COLUMNS}"


def check_itself():
    """The habits are found, and plain sentences are not."""
    found = list(problems("an address that is none\nthe subset alone\nwhat of it\nread for ever\n" + "x" * 151 + "\n", True))
    assert [number for number, _ in found] == [1, 1, 2, 3, 4, 5], found
    assert has_purpose("// SPDX-License-Identifier: Apache-2.0\n// What it is for.\n#include <a>\n")
    assert not has_purpose("// SPDX-License-Identifier: Apache-2.0\n#include <a>\n// Later.\n")
    plain = "there is no address\nonly the subset\nfor alone in (True, False)\nit stands alone\nnone of them\n"
    assert not list(problems(plain, True))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--purpose", action="store_true", help="also find C and C++ files that do not say what they are for")
    given = parser.parse_args()
    root = given.root
    check_itself()
    count = read = 0
    for path in files(root):
        read += 1
        text = path.read_text(encoding="utf-8")
        if given.purpose and path.suffix in {".cpp", ".c"} and not has_purpose(text):
            print(f"{path.relative_to(root)}:1: say in a comment above the includes what the file is for")
            count += 1
        code = path.suffix in CODE or path.name == "CMakeLists.txt"
        for number, problem in problems(text, code, path.suffix in {".hpp", ".cpp", ".h", ".c"}):
            print(f"{path.relative_to(root)}:{number}: {problem}")
            count += 1
    assert read > 200, f"only {read} files below {root}"
    print(f"{count} habits in {read} files")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
