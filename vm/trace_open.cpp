#include "vm/trace_open.h"

#include "vm/outcomes.h"

#include <algorithm>
#include <utility>

namespace rubric::vm {
namespace {

class OpenFacts {
 public:
  explicit OpenFacts(const CaseReading& at) : at_(at), d_(at.d), p_(at.p) {}

  void read(const Settlement& s, Row line, LineTrace& t) const {
    t.missing.clear(), t.irrelevant.clear(), t.enough.clear();
    t.exact = s.exact;
    for (const OpenFact& f : s.missing) t.missing.push_back(missing(f, line));
    for (const OpenFact& f : s.irrelevant) {
      if (!unasked(f, line)) t.irrelevant.push_back(fact_name(f));
    }
    for (const EnoughAnswers& e : s.enough) t.enough.push_back(enough(e, s.block, line));
  }

 private:
  static std::string fact_name(const OpenFact& f) {
    switch (f.kind) {
      case OpenFact::Kind::record: return f.fact;
      case OpenFact::Kind::judgment: return "judgment:" + f.fact;
      case OpenFact::Kind::line: return "line:" + f.fact;
    }
    return f.fact;
  }

  Id judged(const std::string& criterion) const {
    for (Id c = 0; c < p_.criteria.size(); ++c) {
      if (p_.criteria[c].kind == CriterionKind::judged && at_.name(p_.criteria[c].name) == criterion) return c;
    }
    return none_id;
  }

  // A judgment that nobody is asked for, because the criterion does not apply to the line.
  bool unasked(const OpenFact& f, Row line) const {
    const Id asking = f.kind == OpenFact::Kind::judgment ? judged(f.fact) : none_id;
    if (asking == none_id || p_.criteria[asking].domain != p_.lines_domain) return false;
    for (Id c = asking; c != none_id; c = p_.criteria[c].parent) {
      if (p_.criteria[c].domain != p_.lines_domain) return false;
      if (d_.truth(p_.criteria[c].applicable, line) == Truth::no) return true;
      const Id above = p_.criteria[c].parent;
      if (above != none_id && p_.criteria[above].kind == CriterionKind::choice && at_.left_out(p_.criteria[above], c, line)) return true;
    }
    return false;
  }

  // The criterion that an author declared and a fact's own reader belongs to: below sections, above items of groups.
  Id declared(Id c) const {
    while (p_.criteria[c].parent != none_id && !p_.criteria[p_.criteria[c].parent].section) c = p_.criteria[c].parent;
    return c;
  }

  MissingFact missing(const OpenFact& f, Row line) const {
    MissingFact m;
    m.fact = fact_name(f);
    m.kind = f.kind == OpenFact::Kind::record ? "fact" : f.kind == OpenFact::Kind::judgment ? "judgment" : "line";
    m.cause = json_name(f.cause);
    const auto once = [](std::vector<std::string>& list, std::string what) {
      if (!what.empty() && std::find(list.begin(), list.end(), what) == list.end()) list.push_back(std::move(what));
    };
    for (const Id c : f.criteria) {
      if (p_.criteria[c].section) continue;
      const Criterion& owner = p_.criteria[declared(c)];
      once(m.criteria, at_.name(owner.name));
      for (const Row r : asking(owner, line)) {
        for (const Criterion* from : {&p_.criteria[c], &owner}) {
          if (from->domain != owner.domain) continue;
          for (const Template& ask : from->asks) once(m.asks, at_.values.fill(ask, r, ""));
        }
      }
    }
    for (uint8_t o = 0; o < std::size(outcome_rows); ++o) {
      if (f.could_lead_to >> o & 1) m.could_lead_to.emplace_back(outcome_rows[o].json);
    }
    return m;
  }

  // The rows that a criterion asks for: the line, or those of its items that are undetermined.
  std::vector<Row> asking(const Criterion& c, Row line) const {
    if (c.domain == p_.lines_domain) return {line};
    const DomainRows& rows = d_.rows_of(c.domain);
    std::vector<Row> out;
    for (Row k = rows.first[line]; k < rows.first[line + 1]; ++k) {
      if (!bit(rows.phantom, k) && at_.status(c.applicable, c.value, k) == Status::undetermined) out.push_back(k);
    }
    if (out.empty() && rows.first[line] < rows.first[line + 1]) out.push_back(rows.first[line]);
    return out;
  }

  Enough enough(const EnoughAnswers& e, Id block, Row line) const {
    Enough out;
    out.outcome = outcome_row(e.outcome).json;
    for (const AnswerGiven& a : e.answers) {
      Answer answer;
      const Id judgment = judged(a.fact);
      const bool recorded = a.fact.empty() || a.fact.starts_with('/');
      answer.fact = recorded ? a.fact : (judgment != none_id ? "judgment:" : "line:") + a.fact;
      answer.expression = a.site == none_id ? "" : at_.name(p_.sites[a.site].text);
      answer.value = a.value;
      if (const Id c = judgment != none_id ? judgment : criterion_of(a.site, block); c != none_id) {
        answer.criterion = at_.name(p_.criteria[c].name);
        // An answer does not say for which of several items it stands.
        if (p_.criteria[c].domain == p_.lines_domain) answer.text = at_.values.fill(p_.criteria[c].text, line, "");
        answer.settles = p_.criteria[c].site == a.site;
      }
      out.answers.push_back(std::move(answer));
    }
    return out;
  }

  // The first criterion of a block that a site is read for.
  Id criterion_of(Id site, Id block) const {
    if (site == none_id || block == none_id) return none_id;
    for (const Id c : p_.blocks[block].criteria) {
      if (reads(p_.criteria[c].site, site)) return c;
    }
    return none_id;
  }

  // Whether a site is another one or a part of it. Parts come before what they are parts of.
  bool reads(Id from, Id site) const {
    if (from == none_id || site > from) return false;
    std::vector<bool> part(from + 1, false);
    part[from] = true;
    for (Id s = from; s > site; --s) {
      if (!part[s]) continue;
      for (const Id below : p_.sites[s].sites) part[below] = true;
    }
    return part[site];
  }

  const CaseReading& at_;
  const Decisions& d_;
  const Program& p_;
};

}  // namespace

void read_open_facts(const CaseReading& at, const Settlement& s, Row line, LineTrace& t) { OpenFacts(at).read(s, line, t); }

}  // namespace rubric::vm
