# How each kind of thing is declared: one function per kind, explicit file lists, no globbing.

# add_module(engine/base SOURCES a.cpp HEADERS a.hpp DEPENDS engine/x PACKAGES OpenSSL::Crypto)
# A folder is a module is a target; `engine/base` becomes the target `engine_base`. DEPENDS names the
# modules that this one may include; .ci/layers.py holds the includes against that list.
# PACKAGES are outside libraries; PRIVATE_PACKAGES do not reach the module's users.
function(add_module path)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;DEPENDS;PACKAGES;PRIVATE_PACKAGES" ${ARGN})
  string(REPLACE "/" "_" target ${path})
  set(dependencies)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    list(APPEND dependencies ${dependency})
  endforeach()
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${dependencies} ${arg_PACKAGES}
                                    PRIVATE assay_warnings ${arg_PRIVATE_PACKAGES})
    target_link_libraries(${target} PUBLIC assay_options)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${dependencies} ${arg_PACKAGES} assay_options)
  endif()
  if(arg_HEADERS)
    if(arg_SOURCES)
      set(scope PUBLIC)
    else()
      set(scope INTERFACE)
    endif()
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                      FILES ${arg_HEADERS})
  endif()
endfunction()

# add_unit_test(engine/base SOURCES error_test.cpp DEPENDS engine/base tests/support)
# One test binary per module; every case is a ctest test of its own, labelled with the module's root.
# `engine_tests`, `notify_tests` and `tools_tests` build all binaries below a root. Under a sanitizer
# the tests' own code is not optimised: it is what takes longest to compile, and it is not on trial.
function(add_unit_test path)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPENDS;PACKAGES" ${ARGN})
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  string(REPLACE "/" "_" target ${path})
  set(dependencies)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    list(APPEND dependencies ${dependency})
  endforeach()
  add_executable(${target}_test ${arg_SOURCES})
  target_link_libraries(${target}_test PRIVATE ${dependencies} ${arg_PACKAGES} assay_warnings
                                               GTest::gmock_main)
  if(ASSAY_SANITIZE)
    target_compile_options(${target}_test PRIVATE -O0)
  endif()
  string(REGEX REPLACE "/.*" "" label ${path})
  if(NOT TARGET ${label}_tests)
    add_custom_target(${label}_tests)
  endif()
  add_dependencies(${label}_tests ${target}_test)
  gtest_discover_tests(${target}_test TEST_PREFIX "${path}:" DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${label} TIMEOUT ${arg_TIMEOUT})
endfunction()

# add_bench(ring SOURCES ring_bench.cpp DEPENDS notify/ring)
# A Google Benchmark binary; with ctest it runs once, tiny, so that it cannot rot.
function(add_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PACKAGES" ${ARGN})
  set(dependencies)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    list(APPEND dependencies ${dependency})
  endforeach()
  add_executable(${name}_bench ${arg_SOURCES})
  target_link_libraries(${name}_bench PRIVATE ${dependencies} ${arg_PACKAGES} assay_warnings
                                              benchmark::benchmark)
  add_test(NAME bench:${name} COMMAND ${name}_bench --benchmark_min_time=0.001)
  set_tests_properties(bench:${name} PROPERTIES LABELS bench TIMEOUT 600
                       ENVIRONMENT "ASSAY_BENCH_SMOKE=1")
endfunction()

# add_fuzz(intake SOURCES intake_fuzz.cpp DEPENDS engine/batch CORPUS data/corpus/intake)
# A libFuzzer target under the fuzz preset; elsewhere the same file is built with a small driver that
# replays its corpus, so that every find stays a test.
function(add_fuzz name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;DEPENDS;PACKAGES" ${ARGN})
  set(dependencies)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    list(APPEND dependencies ${dependency})
  endforeach()
  if(ASSAY_SANITIZE STREQUAL "fuzzer")
    add_executable(${name}_fuzz ${arg_SOURCES})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_targets ${name}_fuzz)
  else()
    add_executable(${name}_fuzz ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    add_test(NAME fuzz:${name} COMMAND ${name}_fuzz ${PROJECT_SOURCE_DIR}/${arg_CORPUS})
    set_tests_properties(fuzz:${name} PROPERTIES LABELS fuzz TIMEOUT 600)
  endif()
  target_link_libraries(${name}_fuzz PRIVATE ${dependencies} ${arg_PACKAGES} assay_warnings)
endfunction()

# embed_files(target NAME namespace_symbol FILES data/a.json data/b.json)
# Generates <symbol>.cpp with each file's bytes, so that the program needs no files beside it.
function(embed_files output symbol)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  set(absolute)
  foreach(file IN LISTS ARGN)
    list(APPEND absolute ${PROJECT_SOURCE_DIR}/${file})
  endforeach()
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -D SYMBOL=${symbol} -D OUTPUT=${generated}
            -D ROOT=${PROJECT_SOURCE_DIR} "-D FILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${absolute} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(${output} ${generated} PARENT_SCOPE)
endfunction()
