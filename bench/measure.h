// Clocks, turns and the table of results.
#pragma once

#include "base/diagnostic.h"
#include "bench/figures.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::bench {

using Clock = std::chrono::steady_clock;
inline double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Of this thread alone: what others do on the machine in the meantime does not count.
double processor_seconds();

// Makes the compiler believe that a value is looked at.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

[[noreturn]] void fail(const std::string& why);
std::string read_text(const std::filesystem::path&);
std::string first_error(const Diagnostics&);

struct Options {
  uint32_t cases = 20'000;
  int rounds = 7;
  bool curves = false;   // how cost grows, instead of the table
  std::string json;   // file for the table
  std::string only;   // these turns alone, with commas between them: for a profiler
  std::string packages;  // the folder with the contestants that are packages, if they are to take part
  std::string instructions;  // of_any, avx2 or avx512: fewer than the processor has, to compare
  std::string write;  // file for the records, as lines: nothing else is done
};
Options parse_options(int argc, char** argv);

// In a list of names with commas between them; the empty one names all.
bool is_named(std::string_view name, std::string_view list);

// Each in turn, round after round, forwards and backwards: of two neighbours each follows the other, who has left the
// processor in a state like its own. Of each the fastest turn counts, by the processor's time unless it works on threads.
class Turns {
 public:
  explicit Turns(int rounds) : rounds_(rounds) {}
  void add(std::string name, std::function<void()> work, int most_rounds = 1 << 20) {
    all_.push_back({std::move(name), std::move(work), most_rounds, false});
  }
  // Work over so many times as many cases as the others have.
  void add_longer(std::string name, std::function<void()> work, double times) {
    all_.push_back({std::move(name), std::move(work), 1 << 20, false, times});
  }
  void add_by_the_wall(std::string name, std::function<void()> work) { all_.push_back({std::move(name), std::move(work), 1 << 20, true}); }
  void run(std::string_view only);           // empty: all
  void print(double count) const;            // what was run, per one of `count`
  double best(std::string_view name) const;  // seconds, for as many cases as all have

 private:
  struct One {
    std::string name;
    std::function<void()> work;
    int most_rounds;
    bool by_the_wall;
    double times = 1;
    double best = 1e300;
  };
  int rounds_;
  std::vector<One> all_;
};

// The figures of figures.h, each once.
class Table {
 public:
  void add(std::string_view name, double value);
  // Every figure is there; without the packages' ones where those did not take part.
  void check(bool packages) const;
  void print() const;
  bool write(const std::string& file) const;  // as JSON

 private:
  struct Row {
    const Figure* figure;
    double value;
  };
  std::vector<Row> rows_;
};

}  // namespace rubric::bench
