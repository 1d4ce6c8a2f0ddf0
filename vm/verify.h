// A program from a file is bytes from anywhere. verify checks that every index, type and domain relation is what
// the machine relies on, in one pass; only what it returns can run, so the machine itself checks nothing.
#pragma once

#include "vm/program.h"

#include <memory>
#include <string>
#include <variant>

namespace rubric::vm {

struct Prepared;

class VerifiedProgram {
 public:
  const Program& operator*() const { return *program_; }
  const Program* operator->() const { return program_.get(); }
  const Prepared& prepared() const { return *prepared_; }

 private:
  friend std::variant<VerifiedProgram, std::string> verify(Program);
  VerifiedProgram(std::shared_ptr<const Program> p, std::shared_ptr<const Prepared> prepared)
      : program_(std::move(p)), prepared_(std::move(prepared)) {}
  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Prepared> prepared_;
};

// The verified program, or the reason why it is none.
std::variant<VerifiedProgram, std::string> verify(Program);

}  // namespace rubric::vm
