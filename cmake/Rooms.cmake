# A room is a folder of src/ and a static library of the same name. It links the rooms below it that it names, so that a
# dependency that points up does not link.

add_library(winnow_options INTERFACE)
target_include_directories(winnow_options INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_include_directories(winnow_options SYSTEM INTERFACE ${RANDOM123_INCLUDE})
target_compile_options(winnow_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -ffp-contract=off -fno-math-errno
  $<$<BOOL:${WINNOW_WERROR}>:-Werror>
  $<$<BOOL:${WINNOW_SANITIZE}>:-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer>
  $<$<BOOL:${WINNOW_COVERAGE}>:--coverage>)
target_compile_definitions(winnow_options INTERFACE _GNU_SOURCE WN_VERSION="${PROJECT_VERSION}"
  $<$<BOOL:${WINNOW_SANITIZE}>:WN_SANITIZE>)
target_link_options(winnow_options INTERFACE
  $<$<BOOL:${WINNOW_SANITIZE}>:-fsanitize=address,undefined>
  $<$<BOOL:${WINNOW_COVERAGE}>:--coverage>)

# wn_add_room(NAME [LINK library...]): every .c of the folder that calls it.
function(wn_add_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  if(NOT sources)
    add_library(wn_${name} INTERFACE)
    target_link_libraries(wn_${name} INTERFACE winnow_options ${ROOM_LINK})
    return()
  endif()
  add_library(wn_${name} STATIC ${sources})
  set_property(GLOBAL APPEND PROPERTY WN_ROOM_FILES $<TARGET_FILE:wn_${name}>)
  target_include_directories(wn_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(wn_${name} PUBLIC winnow_options ${ROOM_LINK})
endfunction()
