include_guard(DIRECTORY)
# Eigen as installed (system, conda, CMAKE_PREFIX_PATH or Eigen3_DIR); else the cmeel-eigen wheel, which keeps its
# files in <site-packages>/cmeel.prefix. Version 3.4 or 5: Eigen's packages answer for one major version at a time.
set(wheel_prefixes)
foreach(prefix IN LISTS CMAKE_PREFIX_PATH CMAKE_FIND_ROOT_PATH)
  list(APPEND wheel_prefixes "${prefix}/cmeel.prefix")
endforeach()
macro(redfield_find_eigen)
  foreach(major 3.4 5)
    if(NOT Eigen3_FOUND)
      set(Eigen3_DIR "${given_eigen_dir}" CACHE PATH "Where Eigen3Config.cmake is" FORCE)
      find_package(Eigen3 ${major} CONFIG QUIET ${ARGN})
    endif()
  endforeach()
endmacro()
set(given_eigen_dir "${Eigen3_DIR}")  # which a try of another version forgets
redfield_find_eigen()
redfield_find_eigen(PATHS ${wheel_prefixes} NO_DEFAULT_PATH)
if(NOT Eigen3_FOUND)
  message(FATAL_ERROR "redfield needs Eigen 3.4 or later. Install it (apt install libeigen3-dev, "
                      "brew install eigen, conda install eigen, pip install cmeel-eigen) or set Eigen3_DIR.")
endif()
message(STATUS "redfield: Eigen ${Eigen3_VERSION} from ${Eigen3_DIR}")
