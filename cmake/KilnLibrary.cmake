# kiln_add_library(NAME SOURCES a.cpp ... [DEPENDS tablegen-target ...]
#                  [LINK_LIBS lib ...] [NO_PCH])
# One static library a room. MLIR and LLVM come as shared libraries, always.
# The MLIR headers, which cost four seconds a file, are precompiled once.
function(kiln_add_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SOURCES;DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM KilnPrecompiledHeaders)
  endif()
  set_property(GLOBAL APPEND PROPERTY KILN_LIBRARIES ${name})
endfunction()

file(WRITE ${PROJECT_BINARY_DIR}/pch/pch.cpp "")
add_library(KilnPrecompiledHeaders OBJECT ${PROJECT_BINARY_DIR}/pch/pch.cpp)
target_precompile_headers(KilnPrecompiledHeaders PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Linalg/IR/Linalg.h>
  <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h>
  <mlir/Transforms/GreedyPatternRewriteDriver.h>)
