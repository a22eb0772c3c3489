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

# wn_add_room(NAME [FOLDERS folder...] [LINK library...]): every .c of the folder that calls it, and of its folders. These put the
# files of a large room in order; they share its private headers.
function(wn_add_room name)
  cmake_parse_arguments(ROOM "" "" "FOLDERS;LINK" ${ARGN})
  list(TRANSFORM ROOM_FOLDERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(PREPEND ROOM_FOLDERS ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL PROPERTY WN_FOLDERS_${name} ${ROOM_FOLDERS})
  list(TRANSFORM ROOM_FOLDERS APPEND /*.c OUTPUT_VARIABLE patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  if(NOT sources)
    add_library(wn_${name} INTERFACE)
    target_link_libraries(wn_${name} INTERFACE winnow_options ${ROOM_LINK})
    return()
  endif()
  add_library(wn_${name} STATIC ${sources})
  set_property(GLOBAL APPEND PROPERTY WN_ROOM_FILES $<TARGET_FILE:wn_${name}>)
  wn_see_room(wn_${name} ${name})
  target_link_libraries(wn_${name} PUBLIC winnow_options ${ROOM_LINK})
endfunction()

# wn_see_room(TARGET NAME): the target may include the private headers of the room.
function(wn_see_room target name)
  get_property(folders GLOBAL PROPERTY WN_FOLDERS_${name})
  target_include_directories(${target} PRIVATE ${folders})
endfunction()
