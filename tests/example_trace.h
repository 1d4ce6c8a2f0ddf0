// Traces made by hand, in which everything occurs that a trace can say: for the tests of its forms.
#pragma once

#include "vm/trace.h"

namespace rubric {

inline vm::Trace example_trace() {
  using namespace vm;
  Trace t;
  t.case_id = "example", t.source = "cases/example.json";
  t.policy = "TriggerPointInjection", t.policy_version = "2026.1", t.digest = "sha256:0123", t.as_of = "2026-02-14";
  t.messages.push_back({"/lines/0/cdoe", "no model declares \"cdoe\": did you mean \"code\"?", false});

  LineTrace& l = t.lines.emplace_back();
  l.sequence = 1, l.code_system = "CPT", l.code = "20553", l.date = "2026-03-01", l.decided_date = "2026-03-01";
  l.block = "Injections", l.outcome = Outcome::pend, l.action = "A4", l.decided_by = {"when undetermined"};
  l.possible = {Outcome::approve_with_conditions, Outcome::deny};
  l.defeated = {"Experimental by AHHIndication"};

  CriterionTrace diagnosis;
  diagnosis.name = diagnosis.label = "Diagnosis", diagnosis.text = "A listed diagnosis", diagnosis.kind = "leaf";
  diagnosis.status = diagnosis.computed = Status::met;
  diagnosis.sentence = "The diagnosis M79.18 is one of the covered diagnoses.", diagnosis.authored = true;
  diagnosis.cites = {{"LCD", "Local coverage determination", "Group 1 codes", "weak for", false}};
  ObservedValue code;
  code.expression = "D.code in CoveredDiagnoses", code.value = "ICD10CM M79.18", code.has_value = true;
  code.against = "CoveredDiagnoses", code.result = "true", code.fact = "/diagnoses/0/code";
  code.evidence = Evidence{"/diagnoses/0", "exam note", "2025-11-03", "2", "Dr. Okafor"};
  diagnosis.values = {code};

  CriterionTrace care;
  care.name = care.label = "NonInvasiveFirst", care.text = "Non-invasive treatment was tried first, or could not be";
  care.kind = "any", care.status = care.computed = Status::undetermined, care.cause = "notDocumented";
  care.cites = {{"LCD", "Local coverage determination", "Indications", "", false}};
  CriterionTrace a;
  a.name = "NonInvasiveFirst.a", a.label = "a", a.text = "it was tried and failed", a.kind = "leaf";
  a.status = a.computed = Status::not_met;
  ObservedValue relief;
  relief.expression = "T.reliefPercent >= MinRelief", relief.value = "40", relief.has_value = true, relief.against = "50";
  relief.result = "false", relief.fact = "/trials/0/reliefPercent";
  a.values = {relief};
  CriterionTrace b;
  b.name = "NonInvasiveFirst.b", b.label = "b", b.text = "it is contraindicated, and the reason is recorded", b.kind = "leaf";
  b.status = b.computed = Status::undetermined, b.cause = "disputed";
  b.sentence = "Two reviewers read the record differently.", b.authored = true;
  ObservedValue contra;
  contra.expression = "T.outcome = 'contraindicated'", contra.cause = "disputed", contra.result = "unknown";
  contra.fact = "/trials/0/outcome";
  contra.claims = {{"/trials/0/outcome", "first reviewer", "contraindicated"}, {"/trials/0/outcome", "second reviewer", "failed"}};
  b.values = {contra};
  CriterionTrace c;
  c.name = "NonInvasiveFirst.c", c.label = "c", c.text = "joint movement is mechanically blocked", c.kind = "leaf";
  c.status = c.computed = Status::not_applicable, c.defeated_by = {"HipOnly"};
  care.criteria = {a, b, c};

  CriterionTrace pain;
  pain.name = pain.label = "Duration", pain.text = "Symptoms for more than 3 months", pain.kind = "leaf";
  pain.status = Status::met, pain.computed = Status::undetermined, pain.layer = "HPHC";
  pain.asserted = Assertion{"Duration", "met", "Dr. Osei", "MD", "2026-02-10", "seen in clinic since September"};
  ObservedValue onset;
  onset.expression = "S.onset < Line.date - 3 months", onset.value = "2025-12-14 to 2026-02-14", onset.has_value = true;
  onset.against = "2025-12-01", onset.result = "unknown", onset.cause = "vague", onset.words = "a couple of months";
  onset.fact = "/symptoms/0/onset";
  pain.values = {onset}, pain.notes = {"The article counts from the first visit."};
  CriterionTrace replaced = pain, both = pain;
  replaced.defeated = true, replaced.layer = "", replaced.asserted.reset(), replaced.status = Status::undetermined;
  replaced.text = "Symptoms for at least 3 months", replaced.values = {}, replaced.cause = "vague", replaced.notes = {};
  replaced.cites = {{"R1", "Reference 1", "", "", true}};
  both.kind = "amended", both.layer = "", both.asserted.reset(), both.values = {}, both.notes = {}, both.criteria = {pain, replaced};
  CriterionTrace routine;
  routine.name = routine.label = "Routine", routine.text = "Not as a routine", routine.kind = "judged";
  routine.status = routine.computed = Status::undetermined, routine.cause = "judgment";
  routine.sentence = "it waits for a reviewer's judgment";
  routine.member_sentence = "A doctor looks at whether this treatment is right for you.";
  CriterionTrace need;
  need.name = need.label = need.text = "Why it is needed", need.kind = "section", need.status = need.computed = Status::undetermined;
  need.sentence = "Non-invasive treatment was tried first, or could not be", need.criteria = {care, routine};
  l.criteria = {diagnosis, need, both};

  l.rules = {{"Covered", "approve", RuleState::open, {}, {}, "", "", {{"LCD", "", "Indications", "", false}}, {}, {}, {}, {}},
             {"Experimental", "deny", RuleState::defeated, {"AHHIndication"}, {}, "", "", {}, {"Cited without a list."}, {}, {}, {}},
             {"AHHIndication", "", RuleState::stands, {}, {}, "", "AHH", {}, {}, {}, {}, {}},
             {"OverLimit", "review", RuleState::does_not_fire, {}, {}, "", "", {}, {}, {}, {}, {}}};
  l.missing = {{"/trials",
                "fact",
                "incomplete",
                {"non-invasive treatments tried, with results"},
                {"NonInvasiveFirst"},
                {"approveWithConditions", "deny"}},
               {"judgment:Routine", "judgment", "judgment", {}, {"Routine"}, {"deny"}},
               {"line:2", "line", "awaitsLine", {}, {"Together"}, {"deny"}}};
  l.irrelevant = {"/diagnoses/1/onset", "/program/education"};
  l.exact = false;
  l.enough = {{"approveWithConditions",
               {{"/trials", "some Trial T has T.outcome = 'failed'", "true", "NonInvasiveFirst.a", "it was tried and failed", true}}},
              {"deny",
               {{"/trials", "some Trial T has T.outcome = 'failed'", "false", "", "", false},
                {"/trials/0/outcome", "T.outcome = 'contraindicated'", "failed", "NonInvasiveFirst.b", "it is contraindicated", false},
                {"judgment:Routine", "", "false", "Routine", "Not as a routine", true}}}};
  l.advice = {{"advise", "Posture, sleeping position and ergonomics", {{"A", "", "Common pitfalls", "", false}}}};
  l.warnings = {{"warn", "The muscles named are 2: the code is for three or more", {}}};

  LineTrace& m = t.lines.emplace_back();
  m.sequence = 2, m.service = "occipital nerve block", m.decided_date = "2026-02-01", m.decided_by_received = true;
  m.outcome = Outcome::modify, m.action = "A6", m.decided_by = {"TrialBlock"}, m.requires_clinician = true;
  m.modified = {{"units", "1", "4"}, {"side", "bilateral", ""}, {"schedule", "none", "every 3 months"}};
  m.approved_items = {"target 1"};
  m.possible = {Outcome::modify};
  m.conditions = {{"Reassess",
                   "Relief and function recorded at the next visit",
                   "2026-03-15",
                   "2026-03-29",
                   "performed",
                   {{"MinRelief", "50"}},
                   {{"LCD", "", "Utilization guidelines", "", false}}}};
  ItemTrace item;
  item.item = "target 1", item.description = "trapezius, left", item.outcome = Outcome::approve, item.decided_by = {"Covered"};
  item.criteria = {diagnosis};
  m.items = {item};

  LineTrace& n = t.lines.emplace_back();
  n.sequence = 3, n.outcome = Outcome::conflict, n.action = "A4", n.decided_by = {"Covered", "SecondCode"};
  n.code_system = "CPT", n.code = "20552", n.date = "2026-03-01", n.requires_person = true, n.recommendation = "deny";
  return t;
}

inline vm::Trace rejected_trace() {
  vm::Trace t;
  t.case_id = "bad", t.source = "cases.ndjson:7", t.rejected = true;
  t.messages = {{"/lines/0/code", "a code is wanted here, not a number", true}, {"/x", "no model declares \"x\"", false}};
  return t;
}

}  // namespace rubric
