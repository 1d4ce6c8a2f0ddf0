// Tests: records, what is changed in them, and what is expected. See parse_builder.h.

#include <charconv>
#include <set>

#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using grammar::RubricLexer;

// -- records --

ast::Record Builder::record(Parser::RecordContext* node) {
  ast::Record result;
  result.span = span(node);
  result.name = word(node->name());
  if (node->json()) {
    result.value = json(node->json());
  } else {
    record_source(result, node->recordSource(), node->recordChange());
  }
  return result;
}

void Builder::record_source(ast::Record& record, Parser::RecordSourceContext* node,
                            const std::vector<Parser::RecordChangeContext*>& changes) {
  if (node->name()) record.base = word(node->name());
  if (node->STRING()) record.file = text_word(node->STRING());
  if (node->json()) record.value = json(node->json());
  for (auto* clause : changes) {
    for (auto* each : clause->change()) record.overrides.push_back(change(each->recordPath(), each->json(), each));
    for (auto* path : clause->recordPath()) record.overrides.push_back(change(path, nullptr, clause));
  }
}

// Without a value, what the path names is taken away.
ast::Override Builder::change(Parser::RecordPathContext* path, Parser::JsonContext* value, const Node* node) {
  ast::Override result;
  result.span = span(node);
  result.remove = !value;
  for (auto* child : path->children) {
    if (auto* step = dynamic_cast<Node*>(child)) {
      result.path.push_back(word(step));
    } else if (auto* token = static_cast<antlr4::tree::TerminalNode*>(child)->getSymbol(); token->getType() == RubricLexer::NUMBER) {
      result.path.push_back(word(token));
    }
  }
  if (value) result.value = json(value);
  return result;
}

ast::Json Builder::json(Parser::JsonContext* node) {
  ast::Json result;
  result.span = span(node);
  const Token* first = node->start;
  switch (first->getType()) {
    case RubricLexer::STRING:
    case RubricLexer::QUOTED:  // as JSON itself writes text
      result.kind = ast::JsonKind::text;
      result.text = unquote(first);
      return result;
    case RubricLexer::DATE:
    case RubricLexer::DATETIME:
    case RubricLexer::TIME:
      result.kind = ast::JsonKind::text;
      result.text = text.view(first).substr(first->getType() == RubricLexer::TIME ? 2 : 1);
      return result;
    default: break;
  }
  std::string_view word = text.view(first);
  if (word == "{") {
    result.kind = ast::JsonKind::object;
    std::set<std::string> seen;
    for (auto* each : node->jsonMember()) {
      std::string key = each->anyWord() ? name_text(each->start) : unquote(each->start);
      if (!seen.insert(key).second) diagnostics.report<DiagnosticId::key_twice>(text.span(each->start), key);
      result.keys.push_back(std::move(key));
      result.items.push_back(json(each->json()));
    }
  } else if (word == "[") {
    result.kind = ast::JsonKind::array;
    for (auto* each : node->json()) result.items.push_back(json(each));
  } else if (word == "none") {  // as a record says that there is no value
    result.kind = ast::JsonKind::object;
    result.keys.push_back("none");
    result.items.push_back({ast::JsonKind::boolean, "true", {}, {}, result.span});
  } else {
    result.kind = word == "null" ? ast::JsonKind::null : word == "true" || word == "false" ? ast::JsonKind::boolean : ast::JsonKind::number;
    if (word != "null") result.text = node->children.size() > 1 ? "-" + std::string(text.view(node->stop)) : word;
  }
  return result;
}

// -- tests --

ast::Test Builder::test(Parser::TestContext* node) {
  ast::Test result;
  result.span = span(node);
  result.name = string(node->STRING());
  result.record.span = span(node->recordSource());
  record_source(result.record, node->recordSource(), node->recordChange());
  for (auto* each : node->testOption()) {
    for (ast::Word& name : words(each->name())) result.overlays.push_back(std::move(name));
    if (each->date()) result.as_of = text.view(each->date()).substr(1);
  }
  for (auto* each : node->expectation()) expectation(result, each);
  for (auto* each : node->sourceConcludes()) concludes(result, each);
  return result;
}

// What is expected of a line (its outcome, what it asks for) is one Expectation; each status is one of its own. What
// names no line is about the lines named before it in the same `expect`: `expect line 1 pend, asks for /trials`.
void Builder::expectation(ast::Test& test, Parser::ExpectationContext* node) {
  ast::Expectation about;  // of the lines named last
  constexpr size_t nowhere = SIZE_MAX;
  size_t slot = nowhere;  // where it stands in the test, once something is said of them
  for (auto* each : node->expected()) {
    Node* what = each->expectedWhat();
    bool outcome = as<Parser::ExpectOutcomeContext>(what) != nullptr;
    bool defeat = as<Parser::ExpectDefeatedContext>(what) != nullptr;
    if (each->place() || (outcome && about.outcome) || (defeat && about.defeated)) {
      slot = nowhere;
      ast::Expectation next;
      next.lines = about.lines;
      next.item = about.item;
      about = std::move(next);
    }
    if (each->place()) {
      about.lines.clear();
      about.item = 0;
      place(about.lines, about.item, each->place());
    }
    if (auto* said = as<Parser::ExpectStatusContext>(what)) {
      ast::Expectation one;
      one.lines = about.lines;
      one.item = about.item;
      one.span = span(each);
      if (said->place()) {
        if (!said->place()->NUMBER().empty()) one.lines.clear();
        place(one.lines, one.item, said->place());
      }
      expected(one, what);
      test.expectations.push_back(std::move(one));
      continue;
    }
    if (slot == nowhere) {
      slot = test.expectations.size();
      test.expectations.emplace_back();
      about.span = span(each);
    }
    about.span.end = span(each).end;
    expected(about, what);
    test.expectations[slot] = about;
  }
}

void Builder::expected(ast::Expectation& into, Node* what) {
  if (auto* c = as<Parser::ExpectOutcomeContext>(what)) {
    ast::Outcome said = outcome(c->outcome());
    into.outcome = std::move(said.word);
    into.contents = std::move(said.contents);
    if (c->STRING()) into.by = text_word(c->STRING());
    if (c->rules()) {
      into.also_by = paths(c->rules()->path());
      into.by = into.also_by.front();
      into.also_by.erase(into.also_by.begin());
    }
    for (ast::Word& each : paths(c->path())) into.subject_to.push_back(std::move(each));
  } else if (auto* c = as<Parser::ExpectStatusContext>(what)) {
    into.criterion = path(c->path());
    into.status = {std::string(text.view(c->said->start)), span(c->said)};
    if (c->said->start != c->said->stop) (into.status.text += ' ') += text.view(c->said->stop);
    if (into.status.text == "notMet") into.status.text = "not met";
    if (into.status.text == "notApplicable") into.status.text = "not applicable";
    if (c->cause) into.cause = word(c->cause);
  } else if (auto* c = as<Parser::ExpectAsksContext>(what)) {
    into.asks_written = true;
    into.asks_nothing = c->nothing != nullptr;
    facts(c->fact(), into.asks, into);
  } else if (auto* c = as<Parser::ExpectChangeContext>(what)) {
    facts(c->fact(), into.could_change, into);
  } else if (auto* c = as<Parser::ExpectJudgmentContext>(what)) {
    for (auto* each : c->path()) into.judgments.push_back(path(each).text);
  } else if (auto* c = as<Parser::ExpectDefeatedContext>(what)) {
    into.defeated = path(c->path(0));
    into.defeated_by = path(c->path(1));
  } else {
    into.requires_clinician = true;
  }
}

void Builder::facts(const std::vector<Parser::FactContext*>& nodes, std::vector<std::string>& pointers, ast::Expectation& into) {
  for (auto* each : nodes) {
    if (each->path()) {
      into.judgments.push_back(path(each->path()).text);
    } else if (each->STRING()) {
      pointers.push_back(string(each->STRING()));
    } else {
      std::string pointer;
      for (auto* child : each->pointer()->children) {
        auto* step = dynamic_cast<Node*>(child);
        pointer += step ? name_text(step->start) : text.view(static_cast<antlr4::tree::TerminalNode*>(child)->getSymbol());
      }
      pointers.push_back(std::move(pointer));
    }
  }
}

void Builder::place(std::vector<uint32_t>& lines, uint32_t& item, Parser::PlaceContext* node) {
  for (auto* each : node->NUMBER()) lines.push_back(small_number(each->getSymbol()));
  if (node->placeItem()) item = small_number(node->placeItem()->NUMBER()->getSymbol());
}

void Builder::concludes(ast::Test& test, Parser::SourceConcludesContext* node) {
  for (auto* each : node->conclusion()) {
    ast::Concludes said;
    said.span = span(each);
    uint32_t item = 0;
    if (each->place()) place(said.lines, item, each->place());
    said.outcome = each->outcome() ? outcome(each->outcome()).word : word(each->stop);
    test.concludes.push_back(std::move(said));
  }
  if (node->STRING()) test.because = string(node->STRING());
}

// A line's or a target's number.
uint32_t Builder::small_number(const Token* token) {
  std::string_view digits = text.view(token);
  uint32_t number = 0;
  auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem != std::errc() || end != digits.data() + digits.size()) {
    diagnostics.report<DiagnosticId::not_a_line_number>(text.span(token), digits);
  }
  return number;
}

}  // namespace rubric::parsing
