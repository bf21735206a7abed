# levels: the x86-64 levels of extension and library, lowest first; empty for one build of the compiler's baseline.
# REDFIELD_ARCH, by which cpp/ is compiled, is the lowest.
set(REDFIELD_LEVELS "auto" CACHE STRING
    "CPU levels of the extension: a list of x86-64-v2, x86-64-v3, x86-64-v4; 'native' for this machine's alone")

# Several levels in one extension need GNU's linker and objcopy (Extension.cmake).
set(can_join FALSE)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_OBJCOPY)
  execute_process(COMMAND "${CMAKE_LINKER}" --help OUTPUT_VARIABLE linker_help ERROR_QUIET)
  if(linker_help MATCHES "force-group-allocation")
    set(can_join TRUE)
  endif()
endif()

set(levels ${REDFIELD_LEVELS})
if(levels STREQUAL "auto")
  set(levels x86-64-v2 x86-64-v3 x86-64-v4)
endif()
if(NOT can_join)
  set(levels)
  set(REDFIELD_ARCH none)
elseif(levels STREQUAL "native")
  set(REDFIELD_ARCH auto)
else()
  list(GET levels 0 REDFIELD_ARCH)
endif()
