# Everything that compiling the core needs, for the library and for the Python extension alike.
include_guard(DIRECTORY)
option(REDFIELD_OPENMP "Use OpenMP where the compiler has it; else std::thread" ON)
set(REDFIELD_ARCH "auto" CACHE STRING
    "x86-64 level to tune for (x86-64, x86-64-v2, -v3, -v4), 'auto' for this machine's, 'none' for none")
include(RedfieldEigen)
include(RedfieldTuning)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
if(REDFIELD_OPENMP)
  find_package(OpenMP COMPONENTS CXX)
endif()
include(RedfieldObjects)
