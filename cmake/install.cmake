# cmake --install: the binary with its man pages and completions, and the library with its header, its CMake package and
# its pkg-config file. The prefix may be moved afterwards.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS rubric rubric_archive)
install(FILES ${PROJECT_SOURCE_DIR}/library/rubric.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rubric)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/docs/completions/rubric.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME rubric)
install(FILES ${PROJECT_SOURCE_DIR}/docs/completions/_rubric DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${PROJECT_SOURCE_DIR}/docs/completions/rubric.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rubric)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rubric-config.cmake.in ${PROJECT_BINARY_DIR}/rubric-config.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rubric-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rubric-config.cmake ${PROJECT_BINARY_DIR}/rubric-config-version.cmake DESTINATION ${package})

file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/rubric.pc.in ${PROJECT_BINARY_DIR}/rubric.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rubric.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
