# Installs Kiln to one prefix, moves it to another, and there configures, builds
# and runs the consumer.
# cmake -DBUILD_DIR=... -DSOURCE_DIR=... -DWORK_DIR=...
#       -DC_COMPILER=... -DCXX_COMPILER=... -DGENERATOR=... -P test_package.cmake
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status
    OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " line)
    message(FATAL_ERROR "failed (${status}): ${line}\n${output}${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(first ${WORK_DIR}/first)
set(moved ${WORK_DIR}/moved)
file(REMOVE_RECURSE ${WORK_DIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${first})
file(RENAME ${first} ${moved})

# Nothing of the package may know where it was built or first installed.
file(GLOB_RECURSE package_files ${moved}/*.cmake)
if(NOT package_files)
  message(FATAL_ERROR "no CMake package was installed")
endif()
foreach(file ${package_files})
  file(READ ${file} text)
  foreach(path ${first} ${BUILD_DIR} ${SOURCE_DIR})
    string(FIND "${text}" "${path}" position)
    if(NOT position EQUAL -1)
      message(FATAL_ERROR "${file} names ${path}")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${SOURCE_DIR}/test/Consumer
  -B ${WORK_DIR}/build -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_C_COMPILER=${C_COMPILER} -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
  -DCMAKE_PREFIX_PATH=${moved})
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build)
run(${WORK_DIR}/build/consumer ${SOURCE_DIR}/examples/digits/digits.onnx
  ${WORK_DIR}/digits.so)
string(REGEX MATCHALL ": folded\n" folded "${output}")
list(LENGTH folded count)
if(NOT count EQUAL 5 OR NOT EXISTS ${WORK_DIR}/digits.so)
  message(FATAL_ERROR "expected 5 folded batch normalisations and a library, "
    "got:\n${output}")
endif()
run(${moved}/bin/kiln --version)
message(STATUS "the moved package compiled a net:\n${output}")
