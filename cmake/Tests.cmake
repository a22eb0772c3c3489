# The label `sanitized` marks what `make check` runs a second time with address and undefined-behaviour sanitizers.
#
# Tests mirror src/: tests/<room>/test_<noun>.c, one executable a noun, linked to its room.

set(WN_MPIRUN ${MPIEXEC_EXECUTABLE} --oversubscribe --mca mpi_yield_when_idle 1 --mca btl_base_warn_component_unused 0)
set(WN_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
  ASAN_OPTIONS=detect_leaks=0 "WN_PYTHON=/usr/bin/python3")
# All ranks of a test are on this machine: no search for networks. None is bound to a core, which by default all tests of one or two
# ranks would share. Ranks that are left by one that failed are killed at once, not after 2 s (a test of what they do meanwhile asks
# mpirun for these). A process alone needs no daemon, and no directory that it would share with others.
set(WN_LOCAL_ENVIRONMENT ${WN_TEST_ENVIRONMENT}
  OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader,tcp OMPI_MCA_osc=^ucx OMPI_MCA_mtl=^ofi,psm,psm2
  OMPI_MCA_odls_base_sigkill_timeout=0 OMPI_MCA_hwloc_base_binding_policy=none)
set(WN_ALONE_ENVIRONMENT ${WN_LOCAL_ENVIRONMENT} OMPI_MCA_ess_singleton_isolated=1 OMPI_MCA_orte_create_session_dirs=0)

list(JOIN WN_MPIRUN " " WN_MPIRUN_TEXT)

function(wn_test_executable noun)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_executable(test_${noun} test_${noun}.c)
  target_include_directories(test_${noun} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  wn_see_room(test_${noun} ${room})
  target_link_libraries(test_${noun} PRIVATE wn_${room} wn_testing)
endfunction()

# add_unit_test(noun): one process, no mpirun.
function(add_unit_test noun)
  wn_test_executable(${noun})
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_test(NAME ${room}/${noun} COMMAND test_${noun})
  set_tests_properties(${room}/${noun} PROPERTIES TIMEOUT 120 LABELS sanitized ENVIRONMENT
    "${WN_ALONE_ENVIRONMENT}")
endfunction()

# add_mpi_test(noun 1 2 3 5): one ctest per rank count.
function(add_mpi_test noun)
  wn_test_executable(${noun})
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  foreach(size ${ARGN})
    add_test(NAME ${room}/${noun}_${size} COMMAND ${WN_MPIRUN} -n ${size} $<TARGET_FILE:test_${noun}>)
    set_tests_properties(${room}/${noun}_${size} PROPERTIES TIMEOUT 180 PROCESSORS 2 ENVIRONMENT "${WN_LOCAL_ENVIRONMENT}")
    if(size EQUAL 2)
      set_tests_properties(${room}/${noun}_${size} PROPERTIES LABELS sanitized)
    endif()
  endforeach()
endfunction()

# add_oracle_test(name script argument...): a Python script of Debian's interpreter that runs programs of ours beside
# scikit-learn, NumPy, pandas or PyTorch and compares. Exit status 77 is a skip.
function(add_oracle_test name script)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_test(NAME ${room}/${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARGN})
  set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 600 PROCESSORS 2 SKIP_RETURN_CODE 77 ENVIRONMENT
    "${WN_LOCAL_ENVIRONMENT};WN_MPIRUN=${WN_MPIRUN_TEXT};PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/oracle")
endfunction()

# add_serial_oracle_test(name script argument...): the same, of programs that run on one rank: another test may run beside it.
function(add_serial_oracle_test name)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_oracle_test(${name} ${ARGN})
  set_tests_properties(${room}/${name} PROPERTIES PROCESSORS 1)
endfunction()

# add_long_test(name script argument...): the same, but only in `make check-long`.
function(add_long_test name script)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_test(NAME ${room}/${name} CONFIGURATIONS long
    COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARGN})
  set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 3600 PROCESSORS 2 SKIP_RETURN_CODE 77 ENVIRONMENT
    "${WN_LOCAL_ENVIRONMENT};WN_MPIRUN=${WN_MPIRUN_TEXT};PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/oracle")
endfunction()
