# SPDX-License-Identifier: Apache-2.0
"""The Conan 2 recipe of meshroute: `conan create cmake/packaging/conan` in a checkout."""
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir

ROOT = os.path.join(os.path.dirname(__file__), "..", "..", "..")


class Meshroute(ConanFile):
    name = "meshroute"
    license = "Apache-2.0"
    description = "Is this Istio configuration right, where does a request go, does it arrive, and why: offline and in process"
    topics = ("istio", "envoy", "service-mesh")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"command": [True, False]}
    default_options = {"command": False}

    def set_version(self):
        with open(os.path.join(self.recipe_folder, ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            self.version = re.search(r"project\(meshroute VERSION ([0-9.]+)", file.read()).group(1)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, ROOT)
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "cmake/*", "include/*", "src/*", "capi/*", "bindings/cli/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("meshroute is built for Linux only")
        check_min_cppstd(self, 20)

    def requirements(self):
        # The pins of cmake/dependencies.cmake. They are linked privately, but a static library hands them on to its user.
        self.requires("yaml-cpp/[>=0.7 <1]")
        self.requires("nlohmann_json/[>=3.11 <4]")
        self.requires("re2/[>=20220601]")
        if self.options.command:
            self.requires("cli11/[>=2.1 <3]")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["MESHROUTE_TESTS"] = False
        toolchain.cache_variables["MESHROUTE_WARNINGS"] = False
        toolchain.cache_variables["MESHROUTE_INSTALL"] = True
        toolchain.cache_variables["MESHROUTE_CLI"] = bool(self.options.command)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "meshroute")
        c = self.cpp_info.components["c"]
        c.set_property("cmake_target_name", "meshroute::c")
        c.set_property("pkg_config_name", "meshroute")
        c.libs = [":libmeshroute.so"]
        c.requires = ["yaml-cpp::yaml-cpp", "nlohmann_json::nlohmann_json", "re2::re2"]
        cpp = self.cpp_info.components["cpp"]
        cpp.set_property("cmake_target_name", "meshroute::meshroute")
        cpp.set_property("pkg_config_name", "meshroute-cpp")
        cpp.libs = [":libmeshroute.a"]
        cpp.system_libs = ["pthread"]
        cpp.requires = ["yaml-cpp::yaml-cpp", "nlohmann_json::nlohmann_json", "re2::re2"]
