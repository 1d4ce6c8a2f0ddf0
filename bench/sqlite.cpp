// The policy as one SQL statement over SQLite tables in memory, indexed by case. Calendar arithmetic, and what the rules
// come to, are C++ functions that the statement calls; the work over rows is SQLite's. A list that is not complete has one
// row of NULLs, which stands for any number of rows (`many`).
#include "bench/contestants.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>

namespace rubric::bench {
namespace {

// Kleene's values as 0, 1, 2.
std::string kleene(std::string_view condition) {
  return fmt::format("CASE WHEN {0} THEN 2 WHEN ({0}) IS NULL THEN 1 ELSE 0 END", condition);
}
std::string some(std::string_view table, std::string_view condition) {
  return fmt::format("COALESCE((SELECT MAX({}) FROM {} r WHERE r.id = l.id), 0)", kleene(condition), table);
}
std::string at_least(std::string_view table, std::string_view condition, int n) {
  return fmt::format(
      "COALESCE((SELECT CASE WHEN TOTAL(({0}) IS TRUE) >= {2} THEN 2 WHEN TOTAL((({0}) IS NOT FALSE) * many) < {2} THEN 0 ELSE 1 END "
      "FROM {1} r WHERE r.id = l.id), 0)",
      condition, table, n);
}

std::string statement() {
  const std::string injection = "r.code < 2";
  const std::string values[] = {
      kleene("years_between(c.birth, l.date) >= 18"),
      some("diagnoses", "r.code < 30"),
      "2 - " + some("diagnoses", "r.code >= 30 AND r.code < 35"),
      some("diagnoses", "r.code < 30 AND r.onset <= l.m3"),
      some("findings", "r.type = 0 AND r.activity = 0 AND r.date > l.m6 AND r.date <= l.date"),
      some("findings", "r.type = 0 AND (r.taut OR r.referred)"),
      at_least("trials", "r.category < 5 AND r.outcome IN (0, 3) AND r.ending >= r.start + 28 AND r.start > l.m12", 2),
      "max(" + some("trials", "r.category BETWEEN 8 AND 10 AND r.outcome = 0 AND r.sessions >= 6 AND r.ending > l.m12") + ", " +
          some("trials", "r.category BETWEEN 8 AND 10 AND r.outcome = 4") + ")",
      "2 - " + some("priors", injection + " AND r.date > l.date - 28 AND r.date < l.date"),
      "2 - " + at_least("priors", injection + " AND r.date > l.date - 365 AND r.date < l.date", 4),
      "2 - " + at_least("priors", injection + " AND r.relief < 500", 3),
      some("priors", injection + " AND r.response = 2 AND r.relief >= 500"),
      some("studies", "r.kind = 0 AND r.result = 0 AND r.date > l.m24"),
      kleene("NOT (c.infection OR c.coagulopathy OR (c.anticoagulant AND NOT c.plan))"),
      kleene("c.education AND c.therapy >= 3"),
      kleene("l.units <= 8"),
      some("priors", injection),
  };
  std::string columns;
  for (size_t k = 0; k < criterion_count; ++k) columns += fmt::format("{}{} AS v{}", k ? ",\n  " : "", values[k], k);
  return "WITH l AS MATERIALIZED (SELECT line, id, date, units, months_before(date, 3) AS m3, months_before(date, 6) AS m6, "
         "months_before(date, 12) AS m12, months_before(date, 24) AS m24 FROM lines), "
         "v AS MATERIALIZED (SELECT l.line AS line,\n  " +
         columns +
         "\nFROM l JOIN cases c ON c.id = l.id) "
         "SELECT *, decided(min(v0, v1, v2, v3, v4, v5, v6, v7, v10, max(2 - v16, v11)), min(v8, v9, v12, v14, v15), v13) FROM v ORDER BY line";
}

class Sqlite : public Contestant {
 public:
  explicit Sqlite(const Cases& all) : results_(all.lines.size()) {
    check(sqlite3_open(":memory:", &db_));
    const auto function = [&](const char* name, int n, auto* call) {
      check(sqlite3_create_function(db_, name, n, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, call, nullptr, nullptr));
    };
    function(
        "months_before", 2, +[](sqlite3_context* c, int, sqlite3_value** a) {
          if (sqlite3_value_type(a[0]) == SQLITE_NULL) sqlite3_result_null(c);
          else sqlite3_result_int(c, months_before(sqlite3_value_int(a[0]), sqlite3_value_int(a[1])));
        });
    function(
        "years_between", 2, +[](sqlite3_context* c, int, sqlite3_value** a) {
          if (sqlite3_value_type(a[0]) == SQLITE_NULL || sqlite3_value_type(a[1]) == SQLITE_NULL) sqlite3_result_null(c);
          else sqlite3_result_int(c, years_between(sqlite3_value_int(a[0]), sqlite3_value_int(a[1])));
        });
    function(
        "decided", 3, +[](sqlite3_context* c, int, sqlite3_value** a) {
          const int need = sqlite3_value_int(a[0]), modest = sqlite3_value_int(a[1]), safe = sqlite3_value_int(a[2]);
          const auto k = [](int v) { return static_cast<Kleene>(v); };
          sqlite3_result_int(c, static_cast<int>(decided(k(std::min({need, modest, safe})), k(std::max(std::min(2 - need, safe), 2 - safe)),
                                                         k(std::min(2 - modest, safe)))));
        });
    execute(
        "CREATE TABLE cases(id INTEGER PRIMARY KEY, birth, infection, coagulopathy, anticoagulant, plan, education, therapy);"
        "CREATE TABLE lines(line INTEGER PRIMARY KEY, id, date, units);"
        "CREATE TABLE diagnoses(id, many, code, onset); CREATE TABLE findings(id, many, type, activity, date, taut, referred);"
        "CREATE TABLE trials(id, many, category, outcome, sessions, start, ending);"
        "CREATE TABLE priors(id, many, code, date, relief, response); CREATE TABLE studies(id, many, kind, result, date); BEGIN");
    fill(all);
    execute(
        "COMMIT; CREATE INDEX d ON diagnoses(id); CREATE INDEX f ON findings(id); CREATE INDEX t ON trials(id);"
        "CREATE INDEX p ON priors(id); CREATE INDEX s ON studies(id); CREATE INDEX n ON lines(id); ANALYZE");
    check(sqlite3_prepare_v2(db_, statement().c_str(), -1, &query_, nullptr));
  }
  ~Sqlite() override {
    sqlite3_finalize(query_);
    sqlite3_close(db_);
  }
  void run() override {
    sqlite3_reset(query_);
    while (sqlite3_step(query_) == SQLITE_ROW) {
      LineResult& out = results_[static_cast<size_t>(sqlite3_column_int(query_, 0))];
      for (int k = 0; k < criterion_count; ++k)
        out.criteria[static_cast<size_t>(k)] = static_cast<Kleene>(sqlite3_column_int(query_, k + 1));
      out.decision = static_cast<Decision>(sqlite3_column_int(query_, criterion_count + 1));
    }
  }
  std::vector<LineResult> results() const override { return results_; }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }

  static constexpr int32_t null = INT32_MIN;
  static int32_t number(int32_t v) { return v; }
  static int32_t number(uint8_t word) { return word == no_word ? null : word; }
  static int32_t number(Kleene k) { return k == unknown ? null : k == yes; }
  void insert(const char* table, std::initializer_list<int32_t> values) {
    std::string sql = fmt::format("INSERT INTO {} VALUES (", table);
    for (const int32_t v : values) sql += v == null ? "NULL," : std::to_string(v) + ',';
    sql.back() = ')';
    execute(sql.c_str());
  }
  void fill(const Cases& all) {
    constexpr int32_t any = 1000;
    for (size_t k = 0; k < all.cases.size(); ++k) {
      const Case& c = all.cases[k];
      const auto id = static_cast<int32_t>(k);
      insert("cases", {id, c.birth, number(c.infection), number(c.coagulopathy), number(c.anticoagulant), number(c.plan),
                       number(c.education), number(c.therapy)});
      for (uint32_t r = c.lines.begin; r < c.lines.end; ++r)
        insert("lines", {static_cast<int32_t>(r), id, all.lines[r].date, all.lines[r].units});
      for (uint32_t r = c.diagnoses.begin; r < c.diagnoses.end; ++r)
        insert("diagnoses", {id, 1, all.diagnoses[r].code, all.diagnoses[r].onset});
      for (uint32_t r = c.findings.begin; r < c.findings.end; ++r) {
        const Finding& f = all.findings[r];
        insert("findings", {id, 1, number(f.type), number(f.activity), f.date, number(f.taut), number(f.referred)});
      }
      for (uint32_t r = c.trials.begin; r < c.trials.end; ++r) {
        const Trial& t = all.trials[r];
        insert("trials", {id, 1, number(t.category), number(t.outcome), t.sessions, t.start, t.end});
      }
      for (uint32_t r = c.priors.begin; r < c.priors.end; ++r) {
        const Prior& p = all.priors[r];
        insert("priors", {id, 1, p.code, p.date, p.relief_tenths, number(p.response)});
      }
      for (uint32_t r = c.studies.begin; r < c.studies.end; ++r) {
        const Study& s = all.studies[r];
        insert("studies", {id, 1, number(s.kind), number(s.result), s.date});
      }
      if (c.findings_open) insert("findings", {id, any, null, null, null, null, null});
      if (c.trials_open) insert("trials", {id, any, null, null, null, null, null});
      if (c.priors_open) insert("priors", {id, any, null, null, null, null});
      if (c.studies_open) insert("studies", {id, any, null, null, null});
    }
  }

  std::vector<LineResult> results_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* query_ = nullptr;
};

}  // namespace

std::unique_ptr<Contestant> sqlite(const Cases& cases) { return std::make_unique<Sqlite>(cases); }

}  // namespace rubric::bench
