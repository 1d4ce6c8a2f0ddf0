// See work.h.
#include "bench/work.h"

#include "bench/measure.h"

#include <algorithm>
#include <thread>

namespace rubric::bench {

void evaluate_natively(const Cases& cases) {
  for (const Case& c : cases.cases) {
    for (uint32_t l = c.lines.begin; l < c.lines.end; ++l) keep(evaluate(cases, c, cases.lines[l]));
  }
}

void evaluate_all(const vm::VerifiedProgram& program, const Batches& batches, const std::vector<bool>* wanted) {
  vm::Decisions d;
  for (const auto& batch : batches) keep((d = vm::run(program, batch, {}, wanted, std::move(d))).registers.size());
}

void load_all(const vm::VerifiedProgram& program, const Records& records) {
  vm::Loader loader(*program, as_of);
  for (size_t k = 0; k < records.size(); ++k) {
    loader.add(records[k], "generated");
    if (loader.pending() == batch_cases || k + 1 == records.size()) keep(loader.take().cases);
  }
}

void decide_on_threads(const vm::VerifiedProgram& program, const Records& records, unsigned threads) {
  std::vector<std::thread> working;
  for (unsigned t = 0; t < threads; ++t) {
    working.emplace_back([&, t] {
      vm::Loader loader(*program, as_of);
      vm::Decisions d;
      for (size_t begin = size_t{t} * batch_cases; begin < records.size(); begin += size_t{threads} * batch_cases) {
        for (size_t k = begin; k < std::min(begin + batch_cases, records.size()); ++k) loader.add(records[k], "generated");
        keep((d = vm::run(program, std::make_shared<const vm::Batch>(loader.take()), {}, nullptr, std::move(d))).registers.size());
      }
    });
  }
  for (std::thread& each : working) each.join();
}

}  // namespace rubric::bench
