// What is installed is enough: a program outside of the repository finds the library by CMake and by pkg-config, builds
// against it, and decides.

#include "base/text.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace rubric {
namespace {

namespace fs = std::filesystem;

class Installed : public testing::Test {
 protected:
  const fs::path source = source_folder, build = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path prefix = fs::path(testing::TempDir()) / ("rubric-installed-" + std::to_string(getpid()));
  const std::string flags = *sanitizers == 0 ? "" : std::string("-fsanitize=") + sanitizers;

  ~Installed() override { fs::remove_all(prefix); }

  // What the command prints; it must succeed.
  static std::string run(const std::string& command) {
    std::string out;
    std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::array<char, 4096> piece;
    for (size_t got; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) out.append(piece.data(), got);
    EXPECT_EQ(pclose(pipe), 0) << command << "\n" << out;
    return out;
  }
  std::string decide(const fs::path& program) const {
    return run("head -n 3 '" + (source / "tests/fixtures/cases.ndjson").string() + "' | '" + program.string() + "' '" +
               (source / "tests/fixtures/tiny.rubric").string() + "'");
  }
};

constexpr std::string_view decided = R"(one
  line 1 20552 approve, settled
    ListedCode met
two
  line 1 20552 deny, settled
    ListedCode notMet
three
  line 1 20552 pend
    ListedCode undetermined
    missing /diagnoses/0/code
)";

TEST_F(Installed, AProgramOutsideDecides) {
  run("cmake --install '" + build.string() + "' --prefix '" + prefix.string() + "'");
  for (const char* each :
       {"bin/rubric", "include/rubric/rubric.h", "share/man/man1/rubric-run.1", "share/bash-completion/completions/rubric",
        "share/zsh/site-functions/_rubric", "share/fish/vendor_completions.d/rubric.fish"}) {
    EXPECT_TRUE(fs::is_regular_file(prefix / each)) << each;
  }
  const fs::path outside = source / "tests/outside", by_cmake = prefix / "by-cmake", by_pkg_config = prefix / "by-pkg-config";
  run("cmake -G Ninja -S '" + outside.string() + "' -B '" + by_cmake.string() + "' -DCMAKE_PREFIX_PATH='" + prefix.string() +
      "' -DCMAKE_CXX_FLAGS='" + flags + "'");
  run("cmake --build '" + by_cmake.string() + "'");
  EXPECT_EQ(decide(by_cmake / "decide"), decided);

  const std::string package = run("find '" + prefix.string() + "' -name rubric.pc -printf %h");
  run("c++ -std=c++17 " + flags + " '" + (outside / "decide.cpp").string() + "' $(PKG_CONFIG_PATH='" + package +
      "' pkg-config --cflags --libs rubric) -o '" + by_pkg_config.string() + "'");
  EXPECT_EQ(decide(by_pkg_config), decided);
}

}  // namespace
}  // namespace rubric
