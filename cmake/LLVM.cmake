# Finds MLIR, LLVM and LLD, and takes over their compile settings.
# MLIR is linked as one shared library: archives beside it would put two copies
# of MLIR in one process (test/Tools/no_second_mlir.py checks the tools).
find_package(MLIR REQUIRED CONFIG)
find_package(LLD REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "Kiln needs LLVM 22, found ${LLVM_PACKAGE_VERSION} "
    "at ${LLVM_DIR}: scripts/install-deps.sh installs it")
endif()
set(MLIR_LINK_MLIR_DYLIB ON)
set(LLVM_LINK_LLVM_DYLIB ON)
message(STATUS "MLIR ${LLVM_PACKAGE_VERSION} at ${MLIR_DIR}")

list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(LLVM_ENABLE_WARNINGS ON)
# GNU ld takes seconds for each tool, LLD a fraction of one.
set(LLVM_USE_LINKER lld)
include(HandleLLVMOptions)
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND ${LLVM_DEFINITIONS})
list(FILTER LLVM_DEFINITIONS_LIST EXCLUDE REGEX "_GLIBCXX_USE_CXX11_ABI")
add_definitions(${LLVM_DEFINITIONS_LIST})
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS} ${LLD_INCLUDE_DIRS})

if(KILN_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
