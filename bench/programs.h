// Policies as verified programs, and records as loaded batches: what is made before any clock runs.
#pragma once

#include "vm/machine.h"
#include "vm/verify.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace rubric::bench {

constexpr uint32_t batch_cases = 1024;
constexpr const char* as_of = "2026-03-01";

vm::VerifiedProgram compiled(const std::filesystem::path&);
vm::VerifiedProgram compiled_text(const std::string& text);
std::vector<std::shared_ptr<const vm::Batch>> load(const vm::VerifiedProgram&, const std::vector<std::string>& records);

}  // namespace rubric::bench
