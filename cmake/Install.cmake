# `cmake --install`: tools, libraries, headers, and a CMake package that may be
# moved. Every library of kiln_add_library is exported, as Kiln::Compiler for
# KilnCompiler; what they need from elsewhere, KilnConfig.cmake finds.
include(CMakePackageConfigHelpers)
set(KILN_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Kiln)

get_property(kiln_libraries GLOBAL PROPERTY KILN_LIBRARIES)
foreach(library ${kiln_libraries})
  string(REGEX REPLACE "^Kiln" "" export_name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${export_name})
  target_compile_features(${library} INTERFACE cxx_std_20)
endforeach()
install(TARGETS ${kiln_libraries} EXPORT KilnTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT KilnTargets NAMESPACE Kiln:: DESTINATION ${KILN_PACKAGE_DIR})

# Where libMLIR.so lies need not be in the loader's path.
foreach(tool kiln kiln-conformance kiln-opt kiln-translate kiln-reduce kiln-lsp-server)
  if(TARGET ${tool})
    set_target_properties(${tool} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
endforeach()

foreach(tree ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  install(DIRECTORY ${tree}/include/kiln DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.def" PATTERN "*.td" PATTERN "*.inc"
    PATTERN "CMakeFiles" EXCLUDE)
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/KilnConfig.cmake.in
  ${PROJECT_BINARY_DIR}/KilnConfig.cmake
  INSTALL_DESTINATION ${KILN_PACKAGE_DIR}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/KilnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/KilnConfig.cmake
  ${PROJECT_BINARY_DIR}/KilnConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/KilnLibzip.cmake
  DESTINATION ${KILN_PACKAGE_DIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
