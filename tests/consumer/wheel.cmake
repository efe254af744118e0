# Builds the Python wheel, installs it into a virtual environment of its own, and asks it without the source tree.
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
set(ENV{CXX} ${CXX})  # the one of the build, so that a compiler cache knows the objects
set(ENV{CC} ${CC})
run(${PYTHON} -m pip wheel -q --no-deps --no-build-isolation -w ${work} ${SOURCE}/bindings/python)
file(GLOB wheel ${work}/meshroute-*-py3-none-linux_*.whl)
run(${PYTHON} -m venv ${work}/venv)
run(${work}/venv/bin/python -m pip install -q --no-index ${wheel})
file(WRITE ${work}/ask.py "
import os, meshroute
assert meshroute.__file__.startswith(os.environ['WORK']), meshroute.__file__
loaded = {line.split()[-1] for line in open('/proc/self/maps') if 'meshroute' in line or 'yaml-cpp' in line or 'libre2' in line}
assert loaded and all(path.startswith(os.environ['WORK']) for path in loaded), loaded
assert not meshroute.check('kind: [')
")
set(ENV{WORK} ${work})
run(${work}/venv/bin/python ${work}/ask.py)
