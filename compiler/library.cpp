// Finding and reading modules. See library.h.

#include "compiler/library.h"

#include "base/text.h"
#include "compiler/library_csv.h"
#include "compiler/literate.h"
#include "compiler/parse.h"
#include "compiler/test_table.h"
#include "stdlib/stdlib_files.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

namespace rubric {

namespace {

namespace fs = std::filesystem;
using ast::DeclarationKind;

constexpr int deepest_folder = 8;

bool is_literate(const std::string& text) {
  for (size_t at = text.find("```rubric"); at != std::string::npos; at = text.find("```rubric", at + 1)) {
    if (at == 0 || text[at - 1] == '\n' || text[at - 1] == ' ') return true;
  }
  return false;
}

// The name behind `library` at the head of a text of the standard library, which is laid out one way.
std::string_view library_name(std::string_view text) {
  constexpr std::string_view head = "library ";
  size_t at = text.starts_with(head) ? 0 : text.find("\nlibrary ");
  if (at == std::string_view::npos) return {};
  if (at != 0) ++at;
  size_t begin = at + head.size();
  return text.substr(begin, text.find_first_of(" \r\n", begin) - begin);
}

std::vector<std::string> standard_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : stdlib_files) names.emplace_back(library_name(file.text));
  return names;
}

// Whether a path, all links followed, lies in a folder.
bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  if (error) return false;
  fs::path root = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  if (error) return false;
  auto [end, at] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  return end == root.end();
}

class Loader {
 public:
  Loader(SourceSet& sources, Diagnostics& diagnostics) : sources(sources), diagnostics(diagnostics) {}

  void load_path(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      load_folder(path);
      return;
    }
    std::optional<Loaded> file = read(path);
    if (!file) return;
    if (file->module.name && (file->module.kind == ast::ModuleKind::tests || file->module.kind == ast::ModuleKind::overlay)) {
      // Neither means anything without its policy, which lies beside it.
      load_folder(path.parent_path().empty() ? fs::path(".") : path.parent_path());
      return;
    }
    place(std::move(*file));
  }

  void load_text(std::string name, std::string text) {
    FileId id = sources.add(std::move(name), std::move(text));
    place({parse(sources, id, diagnostics), {}, {}});
  }

  void include(const std::string& name, Span span, const fs::path& folder) {
    if (!included.insert(folder.string() + '\n' + name).second) return;
    if (name.empty() || name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos || name.front() == '.') {
      diagnostics.report<DiagnosticId::include_outside>(span, "'" + name + "'");
      return;
    }
    if (!folder.empty() && include_file(name, span, folder)) return;
    for (const EmbeddedFile& file : stdlib_files) {
      if (library_name(file.text) != name) continue;
      if (!standard.insert(name).second) return;
      FileId id = sources.add("stdlib/" + std::string(file.name), std::string(file.text));
      place({parse(sources, id, diagnostics), {}, {}});
      return;
    }
    diagnostics.report<DiagnosticId::unknown_name>(span, "library", name).did_you_mean(nearest(name, standard_names()));
  }

  std::vector<ast::Module> modules;

 private:
  struct Loaded {
    ast::Module module;
    fs::path folder;     // where its includes lie; empty: the standard library only
    fs::path canonical;
  };

  std::optional<Loaded> read(const fs::path& path) {
    auto text = read_file(path.string());
    if (!text) {
      diagnostics.report<DiagnosticId::cannot_read>({no_file, 0, 0}, path.string(), text.error().reason);
      return std::nullopt;
    }
    FileId id = sources.add(path.string(), std::move(*text));
    std::error_code error;
    if (is_test_table(path.filename().string())) return Loaded{parse_test_table(sources, id, diagnostics), {}, fs::canonical(path, error)};
    Loaded loaded{parse(sources, id, diagnostics), path.parent_path().empty() ? fs::path(".") : path.parent_path(),
                  fs::canonical(path, error)};
    for (ast::Declaration& declaration : loaded.module.declarations) {
      for (ast::Table& table : declaration.table) read_table(table, loaded.folder);
      for (ast::Amend& amend : declaration.amend) {
        for (ast::Declaration& added : amend.added) {
          for (ast::Table& table : added.table) read_table(table, loaded.folder);
        }
      }
    }
    return loaded;
  }

  // A table whose rows lie in a file: they are read here, so that check reads nothing from disk.
  void read_table(ast::Table& table, const fs::path& folder) {
    if (!table.csv) return;
    fs::path path = folder / table.csv.text;
    bool inside = !table.csv.text.empty() && table.csv.text.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos &&
                  table.csv.text.front() != '.';
    std::error_code error;
    if (!inside || (fs::exists(path, error) && !lies_in(path, folder))) {
      diagnostics.report<DiagnosticId::table_outside>(table.csv.span, table.csv.text);
      return;
    }
    auto text = read_file(path.string());
    if (!text) {
      diagnostics.report<DiagnosticId::cannot_read>(table.csv.span, path.string(), text.error().reason);
      return;
    }
    FileId id = sources.add(path.string(), std::move(*text));
    parse_csv_table(table, sources, id, diagnostics);
  }

  void list_files(const fs::path& folder, const fs::path& root, int depth, std::vector<fs::path>& files) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) entries.push_back(at->path());
    if (error) diagnostics.report<DiagnosticId::cannot_read>({no_file, 0, 0}, folder.string(), error.message());
    std::sort(entries.begin(), entries.end());  // the order in which a file system lists them must not matter
    for (const fs::path& entry : entries) {
      std::string name = entry.filename().string();
      if (name.starts_with(".") || !lies_in(entry, root)) continue;
      if (fs::is_directory(entry, error)) {
        if (name != "cases" && name != "tests" && depth < deepest_folder && !fs::is_symlink(entry, error))
          list_files(entry, root, depth + 1, files);
      } else if (name.ends_with(".rubric") || is_test_table(name)) {
        files.push_back(entry);
      } else if (name.ends_with(".md")) {
        auto text = read_file(entry.string());
        if (text && is_literate(*text)) files.push_back(entry);
      }
    }
  }

  void load_folder(const fs::path& folder) {
    std::vector<fs::path> files;
    list_files(folder, folder, 0, files);
    std::vector<Loaded> found;
    for (const fs::path& file : files) {
      std::optional<Loaded> loaded = read(file);
      if (!loaded) continue;
      if (!loaded->module.name && !is_test_table(file.filename().string())) continue;  // parse has said so
      if (loaded->module.kind == ast::ModuleKind::library) {
        waiting.emplace(loaded->canonical, std::move(*loaded));  // counts only where something includes it
      } else {
        found.push_back(std::move(*loaded));
      }
    }
    for (Loaded& loaded : found) place(std::move(loaded));
  }

  // True where the folder has a file of that name, whatever became of it.
  bool include_file(const std::string& name, Span span, const fs::path& folder) {
    for (const char* ending : {".rubric", ".md"}) {
      fs::path path = folder / (name + ending);
      std::error_code error;
      if (!fs::exists(path, error)) continue;
      if (!lies_in(path, folder)) {
        diagnostics.report<DiagnosticId::include_outside>(span, path.string());
        return true;
      }
      fs::path canonical = fs::canonical(path, error);
      if (!files.insert(canonical).second) return true;
      std::optional<Loaded> loaded;
      if (auto at = waiting.find(canonical); at != waiting.end()) {
        loaded = std::move(at->second);
        waiting.erase(at);
      } else {
        loaded = read(path);
      }
      if (!loaded) return true;
      if (loaded->module.kind != ast::ModuleKind::library) {
        diagnostics.report<DiagnosticId::include_no_library>(span, name);
        return true;
      }
      place(std::move(*loaded));
      return true;
    }
    return false;
  }

  // What the module includes comes before it. A library that includes itself in a circle has been entered already.
  void place(Loaded loaded) {
    for (const ast::Declaration& declaration : loaded.module.declarations) {
      if (declaration.kind == DeclarationKind::include)
        include(declaration.include[0].name.text, declaration.include[0].name.span, loaded.folder);
    }
    modules.push_back(std::move(loaded.module));
  }

  SourceSet& sources;
  Diagnostics& diagnostics;
  std::set<std::string> included, standard;
  std::set<fs::path> files;
  std::map<fs::path, Loaded> waiting;
};

}  // namespace

ModuleHead module_head(const fs::path& file) {
  const auto text = read_file(file.string());
  if (!text) return {};
  std::string_view rest = *text;
  if (file.extension() == ".md") {
    const std::vector<Fence> fences = rubric_fences(*text);
    if (fences.empty()) return {};
    rest = rest.substr(fences[0].begin, fences[0].end - fences[0].begin);
  }
  const auto word = [&]() -> std::string {
    const auto skip_to = [&](std::string_view end) {
      const size_t at = rest.find(end);
      rest = at == std::string_view::npos ? "" : rest.substr(at + end.size());
    };
    constexpr std::string_view blank = " \t\r\n";
    for (;;) {
      if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
      rest.remove_prefix(std::min(rest.find_first_not_of(blank), rest.size()));
      if (rest.starts_with("//")) skip_to("\n");
      else if (rest.starts_with("/*")) skip_to("*/");
      else break;
    }
    const bool is_quoted = rest.starts_with('"');
    const size_t end = std::min(is_quoted ? rest.find('"', 1) : rest.find_first_of(blank), rest.size());
    std::string found(rest.substr(is_quoted ? 1 : 0, end - (is_quoted ? 1 : 0)));
    rest.remove_prefix(std::min(end + (is_quoted ? 1 : 0), rest.size()));
    return found;
  };
  ModuleHead head;
  head.kind = word(), head.name = word();
  return head;
}

std::vector<ast::Module> load_modules(const fs::path& path, SourceSet& sources, Diagnostics& diagnostics) {
  Loader loader(sources, diagnostics);
  loader.load_path(path);
  return std::move(loader.modules);
}

std::vector<ast::Module> load_text(std::string name, std::string text, SourceSet& sources, Diagnostics& diagnostics) {
  Loader loader(sources, diagnostics);
  loader.load_text(std::move(name), std::move(text));
  return std::move(loader.modules);
}

std::vector<ast::Module> load_standard(const std::vector<std::string>& names, SourceSet& sources, Diagnostics& diagnostics) {
  Loader loader(sources, diagnostics);
  for (const std::string& name : names) loader.include(name, {no_file, 0, 0}, {});
  return std::move(loader.modules);
}

}  // namespace rubric
