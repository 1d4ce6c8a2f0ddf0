// A program made by hand in which every table has a row and every list an element: for the tests of the program file
// and of disassembly. It is well-formed, and small enough to be read.
#pragma once

#include "vm/program.h"

#include <algorithm>
#include <string_view>

namespace rubric {

class ExampleProgram {
 public:
  vm::Program p;

  vm::Id text(std::string_view words) {
    const auto found = std::find(p.texts.begin(), p.texts.end(), words);
    if (found != p.texts.end()) return static_cast<vm::Id>(found - p.texts.begin());
    p.texts.emplace_back(words);
    return static_cast<vm::Id>(p.texts.size() - 1);
  }

  ExampleProgram() {
    using namespace vm;
    p.name = "Example", p.version = "2026.1", p.title = "Trigger point injections";
    const std::string source = "criterion Listed 'A listed code'\n  Line.code in Covered\nrule Covers approve when Listed\n";
    p.files = {"example.rubric"}, p.file_texts = {source};
    const auto at = [&](std::string_view words) {
      const auto begin = static_cast<uint32_t>(source.find(words));
      return Span{0, begin, begin + static_cast<uint32_t>(words.size())};
    };

    p.codes = {{text("CPT"), text("20552")}, {text("CPT"), text("20553")}};
    const auto constant = [&](Type type, int64_t low, uint8_t precision = 0, uint16_t unit = 0) {
      p.constants.push_back({Kind::value, type, precision, unit, low, low < 0 ? -1 : 0});
      return static_cast<Id>(p.constants.size() - 1);
    };
    const Id one = constant(Type::code, 0), other = constant(Type::code, 1);
    const Id day = constant(Type::date, 20454, 3), least = constant(Type::integer, 3);
    const Id half = constant(Type::decimal, -50'000'000), weeks = constant(Type::quantity, 200'000'000, 0, 2);
    p.tables.push_back({text("Covered"), Type::code, Type::text, {one, other}, {}, none_id, false, {day, none_id}, {none_id, none_id}});
    p.tables.push_back({text("RegionOf"), Type::code, Type::integer, {one}, {least}, half, false, {}, {}});

    p.nodes.resize(2);
    p.nodes[0].name = text("Case"), p.nodes[0].domain = 0;
    Field lines;
    lines.key = text("lines"), lines.kind = FieldKind::list, lines.complete = true, lines.node = 1, lines.domain = 1;
    p.nodes[0].fields = {lines};
    p.nodes[1].name = text("Line"), p.nodes[1].domain = 1;
    Field code;
    code.key = text("code"), code.type = Type::code, code.code_system = text("CPT"), code.column = 0;
    code.one_of = {text("20552")}, code.low = {Bound::Kind::constant, least, none_id};
    p.nodes[1].fields = {code};
    p.columns = {{ColumnKind::field, Type::code, 1, 1, 0, text("code"), none_id, false},
                 {ColumnKind::assertion, Type::truth, 1, none_id, none_id, none_id, 0, true}};
    p.domains = {{Make::cases, none_id, none_id, none_id, 0, text("cases")},
                 {Make::rows, 0, none_id, none_id, 1, text("lines")},
                 {Make::cross, 1, 1, none_id, none_id, text("lines, other lines")}};

    // code, in the set, judged, judged or computed, applies, fires, outcome
    for (Type type : {Type::code, Type::truth, Type::truth, Type::truth, Type::truth, Type::truth, Type::outcome}) {
      p.registers.push_back({1, type});
    }
    p.operands = {0, 2, 1, 4, 3, 5};
    p.code = {{Op::column, 0, 1, 0, 0, 0, 0},       {Op::in_set, 0, 1, 1, 0, 1, 0}, {Op::column, 0, 1, 2, 0, 0, 1},
              {Op::assert_value, 0, 1, 3, 1, 2, 0}, {Op::member, 0, 1, 4, 0, 0, 0}, {Op::truth_and, 0, 1, 5, 3, 2, 0},
              {Op::decide, 0, 1, 6, 5, 1, 0}};
    p.sites = {{SiteKind::truth, at("Line.code in Covered"), text("Line.code in Covered"), 1, {0}, 1, 4, {1}},
               {SiteKind::fact, at("Line.code"), text("Line.code"), 0, {0}, none_id, none_id, {}},
               {SiteKind::truth, at("Listed\n"), text("Listed"), 5, {}, none_id, none_id, {}}};

    p.sources = {{text("LCD"), text("Local coverage determination"), true}};
    p.cites = {{0, text("Group 1 codes"), text("weak for")}};
    p.layers = {{none_id, none_id, none_id, none_id}, {text("Plan"), text("PlanOverlay"), text("2"), 4}};
    Criterion listed;
    listed.name = listed.label = text("Listed"), listed.block = 0, listed.domain = 1, listed.top = true;
    listed.applicable = listed.computed_applicable = 4, listed.value = 3, listed.computed_value = 1, listed.asserted = 2;
    listed.site = 0, listed.applies_site = 1, listed.gate = 4, listed.layer = 1, listed.at_least = 2;
    listed.text.pieces = {{text("A listed code"), none_id, false}, {none_id, 0, false}};
    listed.met.pieces = {{none_id, none_id, true}};
    listed.cites = {0}, listed.asks = {listed.text}, listed.notes = {text("Cited from the article.")}, listed.defeated_by = {0};
    listed.members = {0}, listed.span = at("criterion Listed");
    p.criteria = {listed};
    p.modifications = {{{{text("units"), 0}}}};
    Rule rule;
    rule.name = text("Covers"), rule.block = 0, rule.outcome = static_cast<uint8_t>(Outcome::approve), rule.domain = 1;
    rule.fires = rule.stands = 5, rule.equals_request = 4, rule.modification = 0, rule.exceptions = {0};
    rule.subject_to = {0}, rule.cites = {0}, rule.reads = {0}, rule.reads_record = true, rule.site = 2, rule.layer = 1;
    rule.gate = 4, rule.text = listed.text, rule.notes = {text("A note.")}, rule.span = at("rule Covers");
    p.rules = {rule};
    p.conditions = {{text("Reassess"), listed.text, weeks, none_id, text("performed"), {{text("MinRelief"), 0}}, {0}}};
    p.remarks = {{Remark::Kind::warn, listed.text, 0, 1, 4, {0}}};
    Block block;
    block.name = text("Injections"), block.lines = 1, block.scope = 4, block.rules = {0}, block.criteria = {0};
    block.outcome = 6, block.when_undetermined = {{none_id, static_cast<uint8_t>(Outcome::pend)},
                                                  {text("retrospective"), static_cast<uint8_t>(Outcome::deny)}};
    block.cites = {0}, block.version = text("2026.1"), block.version_gate = 4;
    p.blocks = {block};
    p.lines_domain = 1, p.line_code = 0;
  }
};

inline vm::Program example_program() { return ExampleProgram().p; }

}  // namespace rubric
