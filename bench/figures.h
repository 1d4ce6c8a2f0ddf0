// The figures of the benchmark: their names in the table and in its JSON, and what is wanted of each. docs/performance.md says what
// they mean; a test holds it to this list, and the benchmark fails when it has not measured all of them, or another.
#pragma once

#include <string_view>

namespace rubric::bench {

struct Figure {
  std::string_view name, wanted;
  bool of_package = false;  // needs a package that may not be there
};

inline constexpr Figure figures[] = {
    {"eval_vs_native_full", "at most 0.80"},
    {"eval_vs_native_decide", "at most 1.6"},
    {"trace_overhead", "at most 1.10"},
    {"load_vs_ondemand", "at least 1.5"},
    {"load_vs_stage1", "at least 0.35"},
    {"luajit_vs_eval", "at least 8"},
    {"sqlite_vs_eval", "at least 100"},
    {"duckdb_vs_eval", "", true},
    {"jsonlogic_vs_eval", "", true},
    {"zen_vs_eval", "", true},
    {"cql_execution_vs_eval", "", true},
    {"threads2", "at least 1.7"},
    {"cases_per_second_ndjson", "at least 400,000"},
    {"cases_per_second_snapshot", "at least 5,000,000"},
    {"cases_per_second_run", ""},
    {"single_p50_us", "at most 10"},
    {"single_p99_us", "at most 40"},
    {"stream_peak_mib", "at most 256"},
    {"policies500_vs_one", "at most 100"},
    {"compile_1mb_s", "at most 1.5"},
    {"diff_million_s", "at most 1"},
};

}  // namespace rubric::bench
