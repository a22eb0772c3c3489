# Finds what Winnow builds on, and says in one message everything that is missing and the Debian package that has it.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
set(MPI_C_SKIP_MPICXX ON)
find_package(MPI COMPONENTS C QUIET)

set(missing "")
# target, pkg-config modules tried in order, Debian package
function(winnow_require target package)
  foreach(module ${ARGN})
    pkg_check_modules(${target} QUIET IMPORTED_TARGET ${module})
    if(${target}_FOUND)
      add_library(winnow::${target} ALIAS PkgConfig::${target})
      return()
    endif()
  endforeach()
  set(missing "${missing}\n  ${ARGV2} (Debian: ${package})" PARENT_SCOPE)
endfunction()

if(NOT MPI_C_FOUND)
  string(APPEND missing "\n  MPI (Debian: libopenmpi-dev openmpi-bin)")
endif()
winnow_require(hdf5 libhdf5-dev hdf5-serial hdf5 hdf5-openmpi)
winnow_require(openblas libopenblas-dev openblas)
winnow_require(scalapack libscalapack-openmpi-dev scalapack-openmpi scalapack)
winnow_require(yaml libyaml-dev yaml-0.1)
winnow_require(jansson libjansson-dev jansson)
winnow_require(xxhash libxxhash-dev libxxhash)
winnow_require(zlib zlib1g-dev zlib)
if(WINNOW_TESTS)
  winnow_require(cunit libcunit1-dev cunit)
endif()

find_path(RANDOM123_INCLUDE Random123/philox.h)
if(NOT RANDOM123_INCLUDE)
  string(APPEND missing "\n  Random123 (Debian: librandom123-dev)")
endif()
find_path(LAPACKE_INCLUDE lapacke.h)
find_library(LAPACKE_LIBRARY lapacke)
if(NOT LAPACKE_INCLUDE OR NOT LAPACKE_LIBRARY)
  string(APPEND missing "\n  LAPACKE (Debian: liblapacke-dev)")
endif()

if(missing)
  message(FATAL_ERROR "Winnow needs libraries that were not found:${missing}\n"
                      "On Debian: sh tools/dependencies.sh build")
endif()

# Optional: a faster inflate than zlib's.
pkg_check_modules(libdeflate QUIET IMPORTED_TARGET libdeflate)
