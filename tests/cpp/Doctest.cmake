# The target doctest::doctest: an installed doctest, else the release that FetchContent downloads and verifies.
find_package(doctest CONFIG QUIET)
if(NOT doctest_FOUND)
  include(FetchContent)
  # The directory that SOURCE_SUBDIR names does not exist: doctest's own CMakeLists.txt, which CMake 4 refuses, is not read.
  FetchContent_Declare(doctest
    URL https://github.com/doctest/doctest/archive/refs/tags/v2.4.11.tar.gz
    URL_HASH SHA256=632ed2c05a7f53fa961381497bf8069093f0d6628c5f26286161fbd32a560186
    SOURCE_SUBDIR none)
  message(STATUS "redfield: doctest is not installed, fetching it")
  FetchContent_MakeAvailable(doctest)
  add_library(doctest::doctest INTERFACE IMPORTED)
  target_include_directories(doctest::doctest INTERFACE "${doctest_SOURCE_DIR}")
endif()
