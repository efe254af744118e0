# Builds the Python wheel, installs it into its own virtual environment, and uses it without the source tree; then unpacks the
# sdist and configures the library inside it. The wheel's objects stay beside BUILD, at its depth, so that a compiler cache finds
# those of BUILD and a second run builds only changed files.
set(work ${BUILD}/consumer-wheel)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${work} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command} failed:\n${said}")
  endif()
endfunction()
unset(ENV{MESHROUTE_LIBRARY})
unset(ENV{PYTHONPATH})
set(ENV{CXX} ${CXX})  # the one of the build, so that a compiler cache finds the objects
set(ENV{CC} ${CC})

run(${PYTHON} -m pip wheel -q --no-deps --no-build-isolation --config-settings=build-dir=${BUILD}-wheel -w ${work}
    ${SOURCE}/bindings/python)  # pip 23.0 knows no -C
file(GLOB wheel ${work}/meshroute-*-py3-none-linux_*.whl)
run(${PYTHON} -m venv ${work}/venv)
run(${work}/venv/bin/python -m pip install -q --no-index ${wheel})
file(WRITE ${work}/ask.py "
import importlib.metadata, os, meshroute
work = os.path.realpath(os.environ['WORK'])
assert os.path.realpath(meshroute.__file__).startswith(work), meshroute.__file__
loaded = {line.split()[-1] for line in open('/proc/self/maps') if 'meshroute' in line or 'yaml-cpp' in line or 'libre2' in line}
assert loaded and all(os.path.realpath(path).startswith(work) for path in loaded), loaded
assert not meshroute.check('kind: [')
assert importlib.metadata.version('meshroute') == meshroute.__version__ == meshroute.version()
assert any(point.value == 'pytest_meshroute' for point in importlib.metadata.distribution('meshroute').entry_points)
assert os.path.exists(os.path.join(os.path.dirname(meshroute.__file__), 'licenses', 'meshroute'))
")
set(ENV{WORK} ${work})
run(${work}/venv/bin/python ${work}/ask.py)
run(${work}/venv/bin/meshroute --version)

file(WRITE ${work}/sdist.py "
import os, sys, tarfile
os.chdir(os.path.join(sys.argv[1], 'bindings', 'python'))
sys.path.insert(0, 'backend')
sys.dont_write_bytecode = True
import meshroute_build
name = meshroute_build.build_sdist(sys.argv[2])
tarfile.open(os.path.join(sys.argv[2], name)).extractall(os.path.join(sys.argv[2], 'unpacked'))
")
run(${PYTHON} ${work}/sdist.py ${SOURCE} ${work})
file(GLOB unpacked ${work}/unpacked/meshroute-*)
run(${CMAKE_COMMAND} -S ${unpacked}/library -B ${work}/configured -G Ninja -DMESHROUTE_WHEEL=ON -DMESHROUTE_TESTS=OFF
    -DMESHROUTE_CLI=OFF)
foreach(folder src include capi cmake)
  file(GLOB_RECURSE there RELATIVE ${SOURCE} ${SOURCE}/${folder}/*)
  foreach(file ${there})
    if(NOT EXISTS ${unpacked}/library/${file})
      message(FATAL_ERROR "the sdist lacks ${file}")
    endif()
  endforeach()
endforeach()
