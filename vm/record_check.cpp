// A record read for its mistakes: the same loader, with a model in which everything is read. See record.h.

#include "vm/record.h"
#include "vm/whole_record.h"

namespace rubric::vm {

struct RecordChecker::Impl {
  Program program;
  Loader loader;
  Impl(const Program& from, LoadLimits limits) : program(reading_everything(from)), loader(program, "", limits) {}
};

RecordChecker::RecordChecker(const Program& program, LoadLimits limits) : impl_(std::make_unique<Impl>(program, limits)) {}
RecordChecker::~RecordChecker() = default;
RecordChecker::RecordChecker(RecordChecker&&) noexcept = default;

CaseInfo RecordChecker::check(std::string_view json, std::string source) {
  impl_->loader.add(json, std::move(source));
  return std::move(impl_->loader.take().info[0]);
}

std::vector<RecordMessage> check_record(const Program& program, std::string_view json, std::string source) {
  return RecordChecker(program).check(json, std::move(source)).messages;
}

}  // namespace rubric::vm
