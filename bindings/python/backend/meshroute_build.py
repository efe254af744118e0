# SPDX-License-Identifier: Apache-2.0
"""Builds the package: scikit-build-core, with the library's sources inside an sdist, and a sentence on what is missing."""
import os
import shutil
import sys
import tempfile
from pathlib import Path

from scikit_build_core import build as scikit

from scikit_build_core.build import (  # noqa: F401  what is as it is there
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

PACKAGE = Path(__file__).resolve().parents[1]
INSIDE = PACKAGE / "library"  # in an unpacked sdist
LIBRARY = INSIDE if INSIDE.is_dir() else PACKAGE.parents[1]
LIBRARY_PARTS = ["CMakeLists.txt", "LICENSE", "cmake", "src", "include", "capi", "bindings/cli"]

NEEDS = """
meshroute could not be built; the reason is above. The package compiles a C++20 library and needs
  - a compiler: g++ 12 or clang 16, or later (CXX names another one);
  - yaml-cpp, nlohmann/json 3.11, RE2 and CLI11: packages are used where they are installed, else their sources are fetched, for which
    git and a network are needed.
On Debian and Ubuntu: apt-get install g++ pkg-config libyaml-cpp-dev nlohmann-json3-dev libre2-dev libcli11-dev
"""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _building(scikit.build_wheel, wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _building(scikit.build_editable, wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """The package with the library's sources in library/, so that it builds without the tree around it."""
    target = os.path.abspath(sdist_directory)
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder, "package")
        shutil.copytree(PACKAGE, staged, ignore=shutil.ignore_patterns("__pycache__", "dist", "library"))
        for part in LIBRARY_PARTS:
            source, to = LIBRARY / part, staged / "library" / part
            if source.is_dir():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(source, to)
            else:
                to.parent.mkdir(exist_ok=True)
                shutil.copy2(source, to)
        shutil.copy2(LIBRARY / "LICENSE", staged / "LICENSE")
        before = os.getcwd()
        os.chdir(staged)
        try:
            return scikit.build_sdist(target, config_settings)
        finally:
            os.chdir(before)


def _building(build, wheel_directory, config_settings, metadata_directory):
    if not os.environ.get("CXX") and not any(map(shutil.which, ("c++", "g++", "clang++"))):
        print("meshroute: no C++ compiler was found.", NEEDS, file=sys.stderr)
        raise SystemExit(1)
    settings = dict(config_settings or {})
    settings.setdefault("cmake.source-dir", str(LIBRARY))
    try:
        return build(wheel_directory, settings, metadata_directory)
    except (SystemExit, Exception):
        print(NEEDS, file=sys.stderr)
        raise
