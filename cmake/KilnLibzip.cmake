# Defines Kiln::libzip. Used by the build and, installed, by KilnConfig.cmake:
# Debian's libzip-dev names tools in its own CMake package that it does not
# install, so that find_package fails.
if(NOT TARGET Kiln::libzip)
  find_path(KILN_LIBZIP_INCLUDE_DIR zip.h REQUIRED)
  find_library(KILN_LIBZIP zip REQUIRED)
  add_library(Kiln::libzip UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Kiln::libzip PROPERTIES
    IMPORTED_LOCATION ${KILN_LIBZIP}
    INTERFACE_INCLUDE_DIRECTORIES ${KILN_LIBZIP_INCLUDE_DIR})
endif()
