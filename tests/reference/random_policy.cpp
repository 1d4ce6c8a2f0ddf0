// Random policies as source text. See random.h.
#include "tests/reference/random.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::reference {

std::string text_of(const Term& t) {
  std::string out;
  for (size_t k = 0; k < t.pattern.size(); ++k) {
    if (t.pattern[k] == '%') out += text_of(t.parts[static_cast<size_t>(t.pattern[++k] - '0')]);
    else out += t.pattern[k];
  }
  return out;
}

namespace {

// The model and the names that every policy has. Ranges are small, so that a missing fact has few values.
constexpr const char* preamble = R"(policy Random version '1'
source S 'A source'
codesystem CPT
codesystem ICD
valueset SetA: CPT { 'A1', 'A2' }
valueset SetB: CPT { 'B1' }
valueset Dated: CPT { 'A1' from @2025-01-03, 'B1' to @2025-01-04 }
valueset Grave: ICD { 'D1', 'D2' }
parameter Few default 2                           cite S 'p'
parameter Many default 1, 3 from @2025-01-04      cite S 'p'
parameter Span default 2 days                     cite S 'p'
lookup Weight: String to Integer 'pain' -> 2, 'swelling' -> 1 otherwise 0
lookup Rank: String to Integer 'pain' -> 2, 'swelling' -> 1
define Late: Findings F where F.date >= @2025-01-04
define function Worse(F Finding) returns Boolean: F.score > 1 and F.positive
condition Again 'Seen again'  due from 2 weeks to 4 weeks after performed  cite S 'c'
condition Diary 'A diary is kept'  cite S 'c'
entity Case
  reviewType one of 'prospective', 'retrospective'
  received Date
  decisionDate Date
  plan one of 'gold', 'basic'
  lines list of Line complete
  diagnoses list of Diagnosis complete
  findings list of Finding dated by date
  priorProcedures list of PriorProcedure dated by date
  safety Safety
entity Safety
  infection Boolean
  risk Integer from 0 to 2
entity Line
  sequence Integer at least 1
  code Code
  service String
  serviceDate Date called date from @2025-01-01 to @2025-01-09
  units Integer from 1 to 3
  side one of 'left', 'right'
  urgent Boolean
  diagnoses list of Diagnosis complete by sequence
  targets list of Target complete
entity Target
  site one of 'arm', 'leg'
  painful Boolean
  stage Integer from 0 to 2
entity Diagnosis
  sequence Integer at least 1
  code Code
  severe Boolean
  weight Integer from 0 to 3 optional
entity Finding
  kind one of 'pain', 'swelling', 'rash'
  score Integer from 0 to 3
  level Decimal from 0 to 2
  date Date from @2025-01-01 to @2025-01-06
  positive Boolean
  remark String optional
  lasts Duration
entity PriorProcedure
  code Code
  date Date from @2025-01-01 to @2025-01-06
  status one of 'authorized', 'performed'
  relief Integer from 0 to 3
)";

struct Field {
  const char* entity;
  const char* name;
  char type;
};  // b i d t c q f, upper case: optional
constexpr Field fields[] = {
    {"Safety", "infection", 'b'},    {"Safety", "risk", 'i'},         {"Line", "units", 'i'},
    {"Line", "urgent", 'b'},         {"Line", "side", 't'},           {"Line", "code", 'c'},
    {"Line", "date", 'd'},           {"Target", "painful", 'b'},      {"Target", "stage", 'i'},
    {"Target", "site", 't'},         {"Diagnosis", "severe", 'b'},    {"Diagnosis", "weight", 'I'},
    {"Diagnosis", "code", 'c'},      {"Finding", "positive", 'b'},    {"Finding", "score", 'i'},
    {"Finding", "kind", 't'},        {"Finding", "date", 'd'},        {"Finding", "remark", 'T'},
    {"Finding", "level", 'f'},       {"Finding", "lasts", 'q'},       {"PriorProcedure", "relief", 'i'},
    {"PriorProcedure", "date", 'd'}, {"PriorProcedure", "code", 'c'}, {"PriorProcedure", "status", 't'},
};

struct Row {
  std::string name, entity;
};  // a name for a row that expressions can read
using Scope = std::vector<Row>;

class Policies {
 public:
  Policies(Dice& dice, const Taste& taste) : dice_(dice), taste_(taste) {}

  RandomPolicy run() {
    RandomPolicy out;
    const bool two_blocks = taste_.several_lines && dice_.one_in(4);
    for (int block = 0; block < (two_blocks ? 2 : 1); ++block) this->block(out, two_blocks ? block + 1 : 0);
    return out;
  }

 private:
  Term term(char sort, std::string pattern, std::vector<Term> parts = {}) { return {sort, std::move(pattern), std::move(parts)}; }
  std::string fresh(const char* stem) { return stem + std::to_string(++number_); }

  // ---------------------------------------------------------------- expressions
  // A field of a row at hand, of one of the types; empty where there is none. `entity_` is then whose it is.
  std::string field(const Scope& scope, std::string_view types) {
    std::vector<std::pair<const Row*, const Field*>> found;
    for (const Row& row : scope) {
      for (const Field& f : fields) {
        if (row.entity == f.entity && types.find(f.type) != std::string_view::npos) found.emplace_back(&row, &f);
      }
    }
    if (found.empty()) return "";
    const auto& [row, f] = found[dice_.below(static_cast<uint32_t>(found.size()))];
    entity_ = row->entity;
    return row->name + "." + f->name;
  }

  // `some Finding F ...`: a list, its rows' entity and a name for one.
  struct List {
    std::string singular, plural, entity, alias, of;
  };
  List list() {
    const std::string alias = fresh("X");
    switch (dice_.below(5)) {
      case 0: return {"Target", "Line.targets", "Target", alias, " of Line"};
      case 1: return {"Diagnosis", "Line.diagnoses", "Diagnosis", alias, " of Line"};
      case 2: return {"PriorProcedure", "PriorProcedures", "PriorProcedure", alias, ""};
      default: return {"Finding", dice_.one_in(4) ? "Late" : "Findings", "Finding", alias, ""};
    }
  }
  static Scope with(Scope scope, const List& list) {
    scope.push_back({list.alias, list.entity});
    return scope;
  }

  Term number(const Scope& scope, int depth) {
    if (depth <= 0 || dice_.one_in(3)) {
      if (dice_.one_in(2)) return term('n', dice_.of({"0", "1", "2", "3", "Few", "Many"}));
      const std::string f = field(scope, "iI");
      return term('n', f.empty() ? "1" : f);
    }
    switch (dice_.below(taste_.everything ? 13 : 10)) {
      case 9: {
        const List l = dated();
        const std::string f = field({{l.alias, l.entity}}, "i");
        return term('n', "(singleton from (" + l.plural + " " + l.alias + " where %0))" + f.substr(f.find('.')),
                    {truth(with(scope, l), depth - 1)});
      }
      case 0: {
        const List l = list();
        return term('n', "Count(" + l.plural + " " + l.alias + " where %0)", {truth(with(scope, l), depth - 1)});
      }
      case 1: {
        const List l = list();
        const std::string f = field({{l.alias, l.entity}}, "idtIcb");
        return term('n', "Count(distinct (" + l.plural + " " + l.alias + " where %0 return " + f + "))",
                    {truth(with(scope, l), depth - 1)});
      }
      case 2:
      case 3: {
        const List l = list();
        const std::string f = field({{l.alias, l.entity}}, "iI");
        return term('n', std::string(dice_.of({"Sum", "Min", "Max"})) + "(" + l.plural + " " + l.alias + " where %0 return all " + f + ")",
                    {truth(with(scope, l), depth - 1)});
      }
      case 4: {
        const List l = dated();
        const std::string pick = dice_.of({"First(", "Last("}), from = l.plural + " " + l.alias + " where %0 ";
        const std::string f = field({{l.alias, l.entity}}, "i"), bare = f.substr(f.find('.') + 1);
        return term('n', pick + from + (dice_.one_in(3) ? "return all " + f + " sort desc)" : "sort by date)." + bare),
                    {truth(with(scope, l), depth - 1)});
      }
      case 5: return term('n', dice_.one_in(2) ? "(%0 + %1)" : "(%0 - %1)", {number(scope, depth - 1), number(scope, depth - 1)});
      case 6: return term('n', "(if %0 then %1 else %2)", {truth(scope, depth - 1), number(scope, depth - 1), number(scope, depth - 1)});
      case 7:
        return term('n', dice_.one_in(3) ? "(months between %0 and %1)" : "(days between %0 and %1)",
                    {date(scope, depth - 1), date(scope, depth - 1)});
      case 8: {
        const std::string f = field(scope, "t");
        return f.empty() ? term('n', "1") : term('n', std::string(dice_.of({"Weight(", "Rank("})) + f + ")");
      }
      case 10:
        return term('n', dice_.of({"(%0 * %1)", "(%0 div %1)", "(%0 mod %1)"}), {number(scope, depth - 1), number(scope, depth - 1)});
      case 11: return term('n', dice_.of({"Abs(%0)", "(-(%0))", "(%0 + 0)"}), {number(scope, depth - 1)});
      default: return term('n', dice_.of({"(day from %0)", "(month from %0)", "(year from %0)"}), {date(scope, depth - 1)});
    }
  }

  Term date(const Scope& scope, int depth) {
    if (depth <= 0 || dice_.one_in(2)) {
      if (dice_.one_in(3)) return term('d', dice_.of({"@2025-01-02", "@2025-01-03", "@2025-01-04", "@2025-01-05"}));
      const std::string f = field(scope, "d");
      return term('d', f.empty() ? "Line.date" : f);
    }
    switch (dice_.below(4)) {
      case 0:
        return term('d',
                    std::string("(%0 ") + dice_.of({"+", "-"}) + " " + dice_.of({"1 day", "2 days", "1 month", "Span", "1 week"}) + ")",
                    {date(scope, depth - 1)});
      case 1: {
        const List l = dated();
        return term('d',
                    std::string(dice_.of({"Max", "Min"})) + "(" + l.plural + " " + l.alias + " where %0 return all " + l.alias + ".date)",
                    {truth(with(scope, l), depth - 1)});
      }
      case 2: {
        const List l = dated();
        return term('d', std::string(dice_.of({"First", "Last"})) + "(" + l.plural + " " + l.alias + " where %0 sort by date).date",
                    {truth(with(scope, l), depth - 1)});
      }
      default: return term('d', "(if %0 then %1 else %2)", {truth(scope, depth - 1), date(scope, depth - 1), date(scope, depth - 1)});
    }
  }
  List dated() {
    const std::string alias = fresh("X");
    if (dice_.one_in(2)) return {"PriorProcedure", "PriorProcedures", "PriorProcedure", alias, ""};
    return {"Finding", "Findings", "Finding", alias, ""};
  }

  Term atom(const Scope& scope) {
    std::string f;
    switch (dice_.below(12)) {
      case 0:
      case 1:
      case 2:
        f = field(scope, "b");
        if (!f.empty()) return term('t', f);
        break;
      case 3:
      case 4:
        f = field(scope, "iI");
        if (!f.empty()) return term('t', f + " " + comparison() + " " + dice_.of({"0", "1", "2", "3", "Few", "Many"}));
        break;
      case 5: return term('t', "%0 " + comparison() + " %1", {date(scope, 1), date(scope, 1)});
      case 6:
        f = field(scope, "c");
        if (!f.empty()) return code(f);
        break;
      case 7:
        f = field(scope, "t");
        if (!f.empty()) return word(f);
        break;
      case 8:
        f = field(scope, "IT");
        if (!f.empty()) return term('t', f + (dice_.one_in(2) ? " is null" : " is not null"));
        break;
      case 9:
        f = field(scope, "T");
        if (!f.empty()) return term('t', dice_.one_in(2) ? "Coalesce(" + f + ", 'x') = 'x'" : f + " = 'x'");
        break;
      case 10:
        f = field(scope, "f");
        if (!f.empty()) return term('t', f + " " + comparison() + " " + dice_.of({"0.5", "1.0", "1.5"}));
        break;
      default:
        f = field(scope, "q");
        if (!f.empty()) return term('t', f + " " + comparison() + " " + dice_.of({"1 week", "2 days", "10 days"}));
        break;
    }
    return term('t', dice_.of({"Line.urgent", "Safety.infection", "Line.units > 1", "Safety.risk >= 1", "Line.side = 'left'",
                               "Case.plan = 'gold'"}));
  }
  std::string comparison() { return dice_.of({"=", "!=", "<", "<=", ">", ">="}); }
  Term word(const std::string& f) {
    const bool side = f.ends_with("side"), site = f.ends_with("site"), status = f.ends_with("status");
    const std::string a = side     ? "'left'"
                          : site   ? "'arm'"
                          : status ? "'performed'"
                                   : "'pain'",
                      b = side     ? "'right'"
                          : site   ? "'leg'"
                          : status ? "'authorized'"
                                   : "'rash'";
    switch (dice_.below(3)) {
      case 0: return term('t', f + " = " + a);
      case 1: return term('t', f + " != " + b);
      default: return term('t', f + " in { " + a + ", " + b + " }");
    }
  }
  Term code(const std::string& f) {
    if (entity_ == "Diagnosis") return term('t', f + dice_.of({" in Grave", " = ICD 'D1'", " in { ICD 'D1', ICD 'D3' }"}));
    return term('t', f + dice_.of({" in SetA", " in SetB", " in Dated", " = CPT 'A1'", " in { CPT 'A2', CPT 'B1' }"}));
  }

  Term truth(const Scope& scope, int depth) {
    if (depth <= 0 || dice_.one_in(4)) return atom(scope);
    switch (dice_.below(16)) {
      case 0: return term('t', "(%0 and %1)", {truth(scope, depth - 1), truth(scope, depth - 1)});
      case 1: return term('t', "(%0 or %1)", {truth(scope, depth - 1), truth(scope, depth - 1)});
      case 2: return term('t', "(not (%0))", {truth(scope, depth - 1)});
      case 3: return term('t', "((%0) is true)", {truth(scope, depth - 1)});
      case 4:
        return term('t', dice_.of({"((%0) xor (%1))", "((%0) implies (%1))", "((%0) = (%1))"}),
                    {truth(scope, depth - 1), truth(scope, depth - 1)});
      case 5:
      case 6:
      case 7: {
        const List l = list();
        return term('t', std::string("(") + dice_.of({"some ", "every ", "no ", "some "}) + l.singular + " " + l.alias + l.of + " has %0)",
                    {truth(with(scope, l), depth - 1)});
      }
      case 8: {
        const List l = list();
        return term('t', "(at least 2 " + l.singular + " " + l.alias + l.of + " has %0)", {truth(with(scope, l), depth - 1)});
      }
      case 9: {
        const List l = list();
        return term('t', "(exists (" + l.plural + " " + l.alias + " where %0))", {truth(with(scope, l), depth - 1)});
      }
      case 10: {
        const List l = list(), m = list();
        return term('t',
                    "(exists (" + l.plural + " " + l.alias + dice_.of({" with ", " without "}) + m.plural + " " + m.alias +
                        " such that %0 where %1))",
                    {truth(with(with(scope, l), m), 0), truth(with(scope, l), depth - 1)});
      }
      case 11: {
        const List l = list();
        const std::string b = field({{l.alias, l.entity}}, "b");
        if (b.empty()) return atom(scope);
        return term('t',
                    std::string("(") + dice_.of({"AnyTrue(", "AllTrue("}) + l.plural + " " + l.alias + " where %0 return all " + b + "))",
                    {truth(with(scope, l), depth - 1)});
      }
      case 12:
        if (taste_.several_lines) {
          const std::string alias = fresh("X");
          Scope inner = scope;
          inner.push_back({alias, "Line"});
          return term('t', "(another Line " + alias + " has %0)", {truth(inner, depth - 1)});
        }
        [[fallthrough]];
      case 13: return term('t', "(if %0 then %1 else %2)", {truth(scope, depth - 1), truth(scope, depth - 1), truth(scope, depth - 1)});
      case 14: return term('t', "(%0 between 1 and 2)", {number(scope, depth - 1)});
      default: return term('t', "(%0 " + comparison() + " %1)", {number(scope, depth - 1), number(scope, depth - 1)});
    }
  }

  // ---------------------------------------------------------------- criteria
  Term outline(const Scope& scope, int depth) {
    if (depth <= 0 || dice_.percent(45)) return truth_as(scope, 'o');
    if (taste_.judgments && dice_.one_in(7)) return term('o', "judged by the reviewer");
    if (!criteria_.empty() && dice_.one_in(6))
      return term('o', std::string(dice_.of({"any of ", "all of ", "none of "})) + dice_.of(criteria_) + ", (" + "%0)", {truth(scope, 1)});
    const int n = 2 + static_cast<int>(dice_.below(2));
    Term group = term('o', std::string(dice_.of({"all of", "any of", "none of", "at least 2 of"})));
    for (int k = 0; k < n; ++k) {
      group.pattern += fmt::format("\n    {}: 'item' %{}", static_cast<char>('a' + k), k);
      group.parts.push_back(outline(scope, depth - 1));
    }
    group.pattern += "\n  end";
    return group;
  }
  Term truth_as(const Scope& scope, char sort) {
    Term t = truth(scope, 2);
    t.sort = sort;
    return t;
  }

  void criterion(RandomPolicy& out, const Scope& scope) {
    const std::string name = fresh("C");
    if (taste_.items && items_ != "Diagnosis" && dice_.one_in(8)) {
      const std::string alias = fresh("T");
      Scope inner = scope;
      inner.push_back({alias, "Target"});
      out.clauses.push_back(
          term('c', "criterion " + name + " for each Target " + alias + " 'each'\n  %0\n  cite S 'x'\n", {outline(inner, 1)}));
      criteria_.push_back(name);
      return;
    }
    Term c = term('c', "criterion " + name + " 'c'\n");
    if (dice_.one_in(4)) {
      c.pattern += "  applies when %1\n  met when %0\n";
      c.parts = {outline(scope, 2), truth(scope, 1)};
    } else {
      c.pattern += "  %0\n";
      c.parts = {outline(scope, 2)};
    }
    c.pattern += "  cite S 'x'  ask 'about it'\n";
    if (dice_.one_in(10)) c.pattern += std::string("  in force ") + dice_.of({"from @2025-01-04", "to @2025-01-04"}) + "\n";
    out.clauses.push_back(c);
    criteria_.push_back(name);
    plain_criteria_.push_back(name);
  }

  void section(RandomPolicy& out, const Scope& scope) {
    const std::string name = fresh("Part");
    std::vector<Term> members;
    std::string pattern = "section " + name + " 'part'" + (dice_.one_in(2) ? "\n  applies when %0\n" : "\n");
    std::vector<Term> parts;
    if (pattern.find('%') != std::string::npos) parts.push_back(truth(scope, 1));
    for (int k = 0; k < 2; ++k) {
      const std::string inner = fresh("C");
      pattern += fmt::format("  criterion {} 'c' %{} cite S 'x'\n", inner, parts.size());
      parts.push_back(outline(scope, 1));
      criteria_.push_back(inner);
    }
    out.clauses.push_back(term('c', pattern + "end\n", std::move(parts)));
    criteria_.push_back(name);
  }

  void limit(RandomPolicy& out) {
    const std::string name = fresh("L"), set = dice_.of({"SetA", "SetB"});
    const std::string window = dice_.of({"in the 3 days up to Line.date", "in the 1 month up to Line.date", "in any 3 days",
                                         "on the day of Line.date", "in a lifetime", "in the year of Line.date"});
    std::string text = "limit " + name + " 'l'\n  ";
    if (dice_.one_in(4)) text += std::string("at least ") + dice_.of({"2 days", "Span"}) + " between days of " + set;
    else text += std::string("at most ") + dice_.of({"1", "2", "Few"}) + dice_.of({" days", " procedures"}) + " of " + set + " " + window;
    out.clauses.push_back(term('c', text + "\n  cite S 'x'\n"));
    criteria_.push_back(name);
  }

  // ---------------------------------------------------------------- rules
  Term condition(const Scope& scope, int depth) {
    if (criteria_.empty() || dice_.one_in(12)) {
      Term t = truth(scope, 1);
      t.sort = 'r';
      return t;
    }
    if (depth <= 0 || dice_.percent(35)) {
      const std::string name = dice_.of(criteria_);
      switch (dice_.below(taste_.record_tests ? 9 : 6)) {
        case 0:
        case 1: return term('r', name + " is met");
        case 2:
        case 3: return term('r', name + " is not met");
        case 4: return term('r', name);
        case 5: return term('r', name + (dice_.one_in(2) ? " is applicable" : " is not applicable"));
        default: return term('r', name + dice_.of({" is shown", " is not shown", " is undetermined"}));
      }
    }
    switch (dice_.below(6)) {
      case 0: return term('r', "((%0) and (%1))", {condition(scope, depth - 1), condition(scope, depth - 1)});
      case 1: return term('r', "((%0) or (%1))", {condition(scope, depth - 1), condition(scope, depth - 1)});
      case 2: return term('r', "(not (%0))", {condition(scope, depth - 1)});
      default: {
        std::string names;
        for (uint32_t n = 2 + dice_.below(2); n > 0; --n) names += (names.empty() ? "" : ", ") + dice_.of(criteria_);
        return term('r', std::string(dice_.of({"(all of ", "(any of ", "(none of ", "(at least 2 of "})) + names +
                             (dice_.one_in(3) ? " is not met)" : ")"));
      }
    }
  }

  void rule(RandomPolicy& out, const Scope& scope, std::vector<std::string>& rules) {
    const bool exception = !rules.empty() && dice_.one_in(3),
               of_criterion = exception && !every_other_ && items_.empty() && !plain_criteria_.empty() && dice_.one_in(5);
    const std::string name = fresh(exception ? "E" : "R");
    Term when = of_criterion ? truth(scope, 1) : condition(scope, 2);  // one that reads criteria might defeat itself
    when.sort = 'r';
    std::string outcome = dice_.of({"approve", "approve", "approve", "deny", "deny", "deny", "review", "pend", "not required",
                                    "modify to { units: 1 }", "modify to { units: 2 }"});
    const bool grants = outcome == "approve" || outcome.starts_with("modify");
    std::string text;
    if (exception) {
      text = "exception " + name + " to " + (of_criterion ? dice_.of(plain_criteria_) : dice_.of(rules));
      if (dice_.one_in(2)) text += " " + outcome;
      else outcome.clear();
    } else {
      text = "rule " + name + " " + outcome;
      if (!rules.empty() && dice_.one_in(8)) text += " exception to " + dice_.of(rules);
      else if (!exceptions_to_criteria_ && !every_other_ && dice_.one_in(14)) every_other_ = true, text += " exception to every other rule";
    }
    text += " when %0";
    if (grants && !outcome.empty() && dice_.one_in(3)) text += std::string(" subject to ") + dice_.of({"Again", "Diary", "Again, Diary"});
    text += " cite S 'x'";
    if (dice_.one_in(14)) text += std::string(" in force ") + dice_.of({"from @2025-01-04", "to @2025-01-04"});
    out.clauses.push_back(term('c', text + "\n", {std::move(when)}));
    // A rule that defeats a criterion is itself left alone: what reads the criterion would rest on itself.
    if (of_criterion) exceptions_to_criteria_ = true;
    else rules.push_back(name);
  }

  void block(RandomPolicy& out, int number) {
    criteria_.clear();
    plain_criteria_.clear();
    every_other_ = exceptions_to_criteria_ = false;
    std::string text = number == 0   ? "decides each Line"
                       : number == 1 ? "decides Early: each Line where Line.code in SetA"
                                     : "decides Later after Early: each Line where Line.code in SetB";
    Scope scope{{"Line", "Line"}, {"Line", "Line"}, {"Safety", "Safety"}};
    if (number == 0 && dice_.one_in(4))
      text += " where " + std::string(dice_.of({"Line.code in SetA", "Line.urgent", "Line.code in SetA or Line.code in SetB"}));
    items_ = !taste_.items || !dice_.one_in(4) ? "" : dice_.of({"Diagnosis", "Target"});
    if (!items_.empty()) {
      const bool diagnoses = items_ == "Diagnosis";
      const std::string alias = fresh("I");
      text += std::string(", for each ") + (diagnoses ? "Diagnosis " : "Target ") + alias;
      if (dice_.one_in(5)) text += " where " + alias + (diagnoses ? ".severe" : ".painful");
      text += std::string(", ") + dice_.of({"taking the best", "taking the worst", "approving those that qualify"});
      scope.push_back({alias, diagnoses ? "Diagnosis" : "Target"});
      scope.push_back({alias, diagnoses ? "Diagnosis" : "Target"});
    }
    text +=
        dice_.of({"", "", "\n  when undetermined pend", "\n  when undetermined review",
                  "\n  when undetermined pend; in retrospective review deny", "\n  when undetermined deny; in prospective review review"});
    out.clauses.push_back(term('c', text + "\n  cite S 'x'\n"));
    if (number == 2 && dice_.percent(70)) {
      const std::string name = fresh("C"), alias = fresh("X");
      out.clauses.push_back(
          term('c', "criterion " + name + " 'c' another approved Line " + alias + " has %0 cite S 'x'\n", {truth({{alias, "Line"}}, 0)}));
      criteria_.push_back(name);
    }
    for (uint32_t n = 1 + dice_.below(3); n > 0; --n) criterion(out, scope);
    if (dice_.one_in(6)) section(out, scope);
    if (taste_.limits && dice_.one_in(5)) limit(out);
    std::vector<std::string> rules;
    for (uint32_t n = 2 + dice_.below(4); n > 0; --n) rule(out, scope, rules);
  }

  Dice& dice_;
  const Taste& taste_;
  uint32_t number_ = 0;
  std::vector<std::string> criteria_, plain_criteria_;   // of the block at hand; plain: those without items of their own
  std::string entity_;
  bool every_other_ = false, exceptions_to_criteria_ = false;
  std::string items_;              // what the block's rules run for each of
};

}  // namespace

std::string RandomPolicy::source() const {
  std::string out = preamble;
  for (const Term& c : clauses) out += text_of(c);
  return out;
}

RandomPolicy random_policy(Dice& dice, const Taste& taste) { return Policies(dice, taste).run(); }

}  // namespace rubric::reference
