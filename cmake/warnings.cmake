# Warnings are a private matter of our own targets; -Werror only where ASSAY_WERROR says so (CI).
option(ASSAY_WERROR "Treat warnings as errors" OFF)
add_library(assay_warnings INTERFACE)
target_compile_options(assay_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                -Wsign-conversion -Wold-style-cast)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in `"text" + string` that are not there (GCC bug 105651).
  target_compile_options(assay_warnings INTERFACE -Wno-restrict)
endif()
if(ASSAY_WERROR)
  target_compile_options(assay_warnings INTERFACE -Werror)
endif()
