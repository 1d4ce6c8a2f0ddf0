// Others that do the same as Rubric, or a part of it. Each is built by its own file from the same structures.
#pragma once

#include "bench/native.h"

#include <memory>
#include <optional>
#include <string>

namespace rubric::bench {

// Evaluates every criterion and the decision of every line.
class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual void run() = 0;                                 // what is timed
  virtual std::vector<LineResult> results() const = 0;    // of the last run, one a line
};

std::unique_ptr<Contestant> luajit(const Cases&);
std::unique_ptr<Contestant> sqlite(const Cases&);

// simdjson's On-Demand parser, reading the fields that the policy needs into the plain structures.
class OnDemand {
 public:
  OnDemand();
  ~OnDemand();
  void read(const std::vector<std::string>& records);     // each with simdjson's padding behind its end
  const Cases& cases() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The first stage of simdjson alone: where tokens stand. The floor for any reader that is built on it.
class Stage1 {
 public:
  Stage1();
  ~Stage1();
  size_t read(const std::vector<std::string>& records);   // how many tokens

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rubric::bench
