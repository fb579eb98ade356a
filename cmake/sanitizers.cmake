# Sanitizers by name: -DASSAY_SANITIZE=address-undefined | thread | fuzzer.
set(ASSAY_SANITIZE "" CACHE STRING "address-undefined, thread, fuzzer, or empty")
add_library(assay_options INTERFACE)
target_compile_features(assay_options INTERFACE cxx_std_20)
if(ASSAY_SANITIZE STREQUAL "address-undefined")
  target_compile_options(assay_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=undefined)
  target_link_options(assay_options INTERFACE -fsanitize=address,undefined)
elseif(ASSAY_SANITIZE STREQUAL "thread")
  # Fenced blocks use fences that the thread sanitizer cannot see through.
  target_compile_options(assay_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_compile_definitions(assay_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  target_link_options(assay_options INTERFACE -fsanitize=thread)
elseif(ASSAY_SANITIZE STREQUAL "fuzzer")
  target_compile_options(assay_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                                                 -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(assay_options INTERFACE -fsanitize=address,undefined)
elseif(ASSAY_SANITIZE)
  message(FATAL_ERROR "ASSAY_SANITIZE=${ASSAY_SANITIZE}: use address-undefined, thread or fuzzer")
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(assay_options INTERFACE -fstack-protector-strong -D_FORTIFY_SOURCE=2
                                                 -D_GLIBCXX_ASSERTIONS)
  target_link_options(assay_options INTERFACE -Wl,-z,relro,-z,now)
endif()
