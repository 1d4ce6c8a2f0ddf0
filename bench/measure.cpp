// See measure.h.
#include "bench/measure.h"

#include <fmt/format.h>

#include <ctime>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

namespace rubric::bench {

void fail(const std::string& why) { throw std::runtime_error(why); }

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(fmt::format("cannot read {}", path.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string first_error(const Diagnostics& diagnostics) {
  for (const Diagnostic& d : diagnostics.all()) {
    if (d.severity == Severity::error) return d.message;
  }
  return "no message";
}

Options parse_options(int argc, char** argv) {
  Options out;
  const auto number = [&](int k, auto& value) {
    const char* end = argv[k] + std::strlen(argv[k]);
    if (const auto [rest, bad] = std::from_chars(argv[k], end, value); bad != std::errc() || rest != end || value <= 0) {
      fail(fmt::format("{} takes a number, not '{}'", argv[k - 1], argv[k]));
    }
  };
  for (int k = 1; k < argc; k += 2) {
    const std::string_view name = argv[k];
    if (name == "--curves") {
      out.curves = true;
      --k;  // takes no value
      continue;
    }
    if (k + 1 == argc) fail(fmt::format("{} takes a value", name));
    if (name == "--json") out.json = argv[k + 1];
    else if (name == "--only") out.only = argv[k + 1];
    else if (name == "--packages") out.packages = argv[k + 1];
    else if (name == "--instructions") out.instructions = argv[k + 1];
    else if (name == "--write") out.write = argv[k + 1];
    else if (name == "--cases") number(k + 1, out.cases);
    else if (name == "--rounds") number(k + 1, out.rounds);
    else
      fail(
          fmt::format("there is no option {}; there are --curves, --cases N, --rounds N, --json FILE, --only TURN, --instructions SET, "
                      "--packages FOLDER and --write FILE",
                      name));
  }
  return out;
}

bool is_named(std::string_view name, std::string_view list) {
  return list.empty() || fmt::format(",{},", list).find(fmt::format(",{},", name)) != std::string::npos;
}

namespace {

// A turn that takes less is taken so often in a row: a few milliseconds are soon disturbed.
constexpr double short_turn = 0.02;   // seconds
constexpr int short_turns = 5;

// Fills the processor's caches with what nobody reads, so that no turn finds there what the one before it left.
void sweep_caches() {
  constexpr size_t more_than_caches = size_t{64} << 20;
  static std::vector<char> memory(more_than_caches);
  for (size_t at = 0; at < memory.size(); at += 64) ++memory[at];
}

}  // namespace

void Turns::run(std::string_view only) {
  const auto named = [&](const One& one) { return is_named(one.name, only); };
  const bool in_turns = std::count_if(all_.begin(), all_.end(), named) > 1;   // one alone is for a profiler
  std::vector<size_t> order(all_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  for (int round = 0; round < rounds_; ++round, std::reverse(order.begin(), order.end())) {
    for (const size_t at : order) {
      One& one = all_[at];
      if (round >= one.most_rounds || !named(one)) continue;
      double taken = 0;
      for (int time = 0; time < (in_turns ? short_turns : 1) && taken < short_turn; ++time) {
        if (in_turns) sweep_caches();
        const auto begin = Clock::now();
        const double processor = processor_seconds();
        one.work();
        taken = one.by_the_wall ? seconds_since(begin) : processor_seconds() - processor;
        one.best = std::min(one.best, taken / one.times);
      }
    }
  }
}

void Turns::print(double count) const {
  for (const One& one : all_) {
    if (one.best < 1e300) fmt::print("{:<16} {:>10.0f} ns a case\n", one.name, one.best * 1e9 / count);
  }
}

double Turns::best(std::string_view name) const {
  for (const One& one : all_) {
    if (one.name == name) return one.best;
  }
  fail(fmt::format("nobody is called {}", name));
}

void Table::add(std::string_view name, double value) {
  for (const Row& row : rows_) {
    if (row.figure->name == name) fail(fmt::format("{} is measured twice", name));
  }
  for (const Figure& figure : figures) {
    if (figure.name != name) continue;
    rows_.push_back({&figure, value});
    return;
  }
  fail(fmt::format("{} is no figure of figures.h", name));
}

void Table::check(bool packages) const {
  for (const Figure& figure : figures) {
    const bool measured = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return row.figure == &figure; });
    if (!measured && (packages || !figure.of_package)) fail(fmt::format("{} was not measured", figure.name));
  }
}

void Table::print() const {
  fmt::print("{:<26} {:>12}   {}\n", "", "", "wanted");
  for (const auto& [figure, value] : rows_) {
    fmt::print("{:<26} {:>12}   {}\n", figure->name, value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value),
               figure->wanted);
  }
}

bool Table::write(const std::string& file) const {
  std::ofstream out(file);
  out << "{\n";
  for (size_t k = 0; k < rows_.size(); ++k)
    out << fmt::format("  \"{}\": {:.6g}{}\n", rows_[k].figure->name, rows_[k].value, k + 1 < rows_.size() ? "," : "");
  out << "}\n";
  return static_cast<bool>(out.flush());
}

}  // namespace rubric::bench
