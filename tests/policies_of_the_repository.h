// The policies of the repository as programs, and the records of their cases.
#pragma once

#include "base/text.h"
#include "compiler/compile.h"
#include "tests/paths.h"
#include "vm/record.h"
#include "vm/record_stream.h"
#include "vm/verify.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rubric {

struct PoliciesOfTheRepository {
  std::vector<vm::VerifiedProgram> programs;
  std::vector<std::string> records;   // of all of them
};

inline PoliciesOfTheRepository policies_of_the_repository() {
  std::vector<std::filesystem::path> folders;
  for (const auto& each : std::filesystem::directory_iterator(std::string(source_folder) + "/policies")) {
    if (each.is_directory()) folders.push_back(each.path());
  }
  std::sort(folders.begin(), folders.end());
  PoliciesOfTheRepository out;
  for (const auto& each : folders) {
    SourceSet sources;
    Diagnostics diagnostics;
    out.programs.push_back(std::get<vm::VerifiedProgram>(vm::verify(std::move(*compile(each, sources, diagnostics).program))));
    vm::RecordInputs inputs(*vm::case_files({(each / "cases").string()}), vm::LoadLimits().bytes_per_record);
    for (vm::RecordSlice slice; inputs.next(slice);) out.records.emplace_back(slice.json);
  }
  return out;
}

}  // namespace rubric
