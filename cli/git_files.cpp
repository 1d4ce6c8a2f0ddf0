#include "cli/git_files.h"

#include "cli/write_file.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

// What git wrote to its standard output; the error is what it wrote to the other. No shell is between.
tl::expected<std::string, std::string> git(std::vector<std::string> words) {
  words.insert(words.begin(), "git");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0) return tl::unexpected<std::string>("no pipe can be made");
  if (pipe2(err, O_CLOEXEC) != 0) {
    close(out[0]), close(out[1]);
    return tl::unexpected<std::string>("no pipe can be made");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  pid_t child = 0;
  const int problem = posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]), close(err[1]);
  const auto all_of = [](int from) {
    std::string bytes;
    char part[4096];
    for (ssize_t n; (n = read(from, part, sizeof part)) > 0;) bytes.append(part, static_cast<size_t>(n));
    close(from);
    return bytes;
  };
  // Git says little on stderr, less than a pipe holds: one can be read after the other.
  std::string wrote = all_of(out[0]), said = all_of(err[0]);
  if (problem != 0) return tl::unexpected<std::string>("git cannot be started; it is needed for REV:PATH");
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return wrote;
  while (said.ends_with('\n')) said.pop_back();
  return tl::unexpected(said.empty() ? std::string("git failed") : said);
}

bool is_source(const std::string& name) { return name.ends_with(".rubric") || name.ends_with(".md") || name.ends_with(".csv"); }

// An object of the repository as a file.
std::string write_object(const std::string& object, const fs::path& to) {
  const auto bytes = git({"cat-file", "blob", object});
  if (!bytes) return bytes.error();
  std::error_code problem;
  fs::create_directories(to.parent_path(), problem);
  return problem ? problem.message() : write_file(to.string(), *bytes);
}

}  // namespace

bool GitFiles::is_one(const std::string& argument) {
  std::error_code ignored;
  return argument.find(':') != std::string::npos && !fs::exists(argument, ignored);
}

tl::expected<GitFiles, std::string> GitFiles::take_out(const std::string& argument) {
  if (argument.starts_with('-')) return tl::unexpected<std::string>("a revision does not begin with a dash");
  auto object = git({"rev-parse", "--verify", "--quiet", "--end-of-options", argument});
  if (!object) {
    const std::string& why = object.error();
    if (why.find("not a git repository") != std::string::npos)
      return tl::unexpected<std::string>("no such file, and this folder belongs to no git repository, whose REV:PATH it could be");
    constexpr std::string_view refused = "no such revision, or nothing of that name in it";
    if (why != "git failed") return tl::unexpected(fmt::format("{}: {}", refused, why));
    return tl::unexpected(fmt::format("{}; PATH begins at the root of the repository, ./PATH at this folder", refused));
  }
  object->erase(object->find_last_not_of('\n') + 1);
  const auto kind = git({"cat-file", "-t", *object});
  if (!kind) return tl::unexpected(kind.error());

  GitFiles out(argument);
  std::string made = (fs::temp_directory_path() / "rubric-XXXXXX").string();
  if (!mkdtemp(made.data())) return tl::unexpected("no folder can be made in " + fs::temp_directory_path().string());
  out.folder = made;
  const fs::path name = fs::path(argument.substr(argument.find(':') + 1)).lexically_normal().filename();
  out.root = out.folder / (name.empty() || name == "." ? "policy" : name);
  if (*kind == "blob\n") {
    if (const std::string problem = write_object(*object, out.root); !problem.empty()) return tl::unexpected(problem);
    return out;
  }
  const auto tree = git({"ls-tree", "-r", "-z", "--full-tree", *object});
  if (!tree) return tl::unexpected(tree.error());
  std::error_code ignored;
  fs::create_directories(out.root, ignored);
  for (size_t at = 0; at < tree->size();) {
    // "100644 blob 0123...\tfolder/file"
    const size_t end = tree->find('\0', at), tab = tree->find('\t', at);
    const std::string entry = tree->substr(at, tab - at), file = tree->substr(tab + 1, end - tab - 1);
    at = end + 1;
    if (!is_source(file) || (!entry.starts_with("100644 blob ") && !entry.starts_with("100755 blob "))) continue;
    if (const std::string problem = write_object(entry.substr(entry.rfind(' ') + 1), out.root / file); !problem.empty())
      return tl::unexpected(problem);
  }
  return out;
}

GitFiles::~GitFiles() {
  std::error_code ignored;
  if (!folder.empty()) fs::remove_all(folder, ignored);
}

std::string GitFiles::shown(std::string_view file) const {
  const std::string from = root.string();
  if (!file.starts_with(from)) return std::string(file);
  std::string_view rest = file.substr(from.size());
  return argument.ends_with('/') && rest.starts_with('/') ? argument + std::string(rest.substr(1)) : argument + std::string(rest);
}

}  // namespace rubric::cli
