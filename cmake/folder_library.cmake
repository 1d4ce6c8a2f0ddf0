# folder_library(<name> PUBLIC <libraries>... PRIVATE <libraries>... MADE <sources>...): the library of a folder, from all
# its .cpp files, so that adding a file is adding a file, and from sources that are made while building. A private library
# is one whose types the folder's headers don't show: it is fenced in there. Headers are included by their path in the
# repository: "vm/program.h".
#
# A folder without sources gives a library without code, that others can name all the same.

function(folder_library name)
  cmake_parse_arguments(links "" "" "PUBLIC;PRIVATE;MADE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_library(${name} STATIC ${sources} ${links_MADE})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${links_PUBLIC} PRIVATE ${links_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${links_PUBLIC})
  endif()
endfunction()
