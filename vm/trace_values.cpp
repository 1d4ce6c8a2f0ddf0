#include "vm/trace_values.h"

#include "vm/domains.h"
#include "vm/prepared.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

namespace rubric::vm {
namespace {

// So many rows of a list are shown one by one; the record has the rest.
constexpr size_t most_rows_shown = 8;

std::string_view result_words(Truth t) {
  switch (t) {
    case Truth::yes: return "true";
    case Truth::no: return "false";
    case Truth::none: return "none";
    case Truth::unknown: break;
  }
  return "unknown";
}

// Whether the author's words hold the value literally: `T.outcome = 'failed'` says what it compares with.
bool says(std::string_view expression, std::string_view value) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; };
  for (size_t at = expression.find(value); at != std::string_view::npos; at = expression.find(value, at + 1)) {
    const size_t end = at + value.size();
    if ((at == 0 || !in_name(expression[at - 1])) && (end == expression.size() || !in_name(expression[end]))) return true;
  }
  return false;
}

}  // namespace

std::string observed_words(const ObservedValue& v) {
  std::string out;
  if (v.value.ends_with(" recorded")) {
    out = v.value;
  } else if (!v.value.empty()) {
    out = "found " + v.value;
  } else if (!v.claims.empty() || v.cause == "disputed") {
    out = "the record disagrees with itself";
  } else if (v.cause == "incomplete") {
    out = "none recorded, and the list may be incomplete";
  } else if (v.cause == "notDocumented") {
    out = "not documented";
  } else {
    out = "no value";
  }
  if (!v.words.empty()) out += fmt::format(", in the record's words \"{}\"", v.words);
  if (v.against.empty()) return out;
  // A code is quoted in the language: CPT '20552'.
  std::string quoted = v.against;
  if (const size_t space = quoted.find(' '); space != std::string::npos)
    quoted = fmt::format("{} '{}'", quoted.substr(0, space), quoted.substr(space + 1));
  const bool known = says(v.expression, v.against) || says(v.expression, quoted);
  if (!known) out += fmt::format(", compared with {}", v.against);
  return out;
}

std::optional<Evidence> evidence_at(const CaseInfo& info, const std::string& pointer) {
  const Evidence* best = nullptr;
  for (const Evidence& e : info.evidence) {
    const bool covers =
        pointer == e.pointer || (pointer.starts_with(e.pointer) && pointer.size() > e.pointer.size() && pointer[e.pointer.size()] == '/');
    if (covers && (!best || e.pointer.size() > best->pointer.size())) best = &e;
  }
  return best ? std::optional(*best) : std::nullopt;
}

ValueReader::ValueReader(const Decisions& d, const CaseInfo& info, Pictures pictures)
    : d_(d), definitions_(d.program->prepared().definitions), p_(**d.program), info_(info), pictures_(pictures) {}

std::optional<Row> ValueReader::at(Id reg, Id domain, Row r) const {
  const Id own = p_.registers[reg].domain;
  if (own == none_id) return 0;
  for (Id d = domain; d != none_id; d = p_.domains[d].parent) {
    if (d == own) return d_.ancestor(domain, r, own);
  }
  return std::nullopt;
}

// The place in the record that a value was taken from: the first field behind it, or the list that it was folded from.
ValueReader::Fact ValueReader::fact(Id reg, Row r) const {
  const Inst* const definition = definitions_.of(reg);
  if (!definition) return {};
  const Inst& i = *definition;
  switch (i.op) {
    case Op::column: {
      const ColumnDef& c = p_.columns[i.imm];
      if (c.kind == ColumnKind::assertion || c.kind == ColumnKind::judgment || c.kind == ColumnKind::position ||
          c.kind == ColumnKind::as_of)
        return {};
      if (c.domain != 0 && bit(d_.rows_of(c.domain).phantom, r)) return {place_of_list(*d_.batch, c.domain, r).pointer, Cause::incomplete};
      return {place_of_column(*d_.batch, i.imm, r).pointer, get(d_.batch->columns[i.imm], r, d_.batch->pool).cause};
    }
    case Op::up: return fact(arg(i, 0), d_.ancestor(i.domain, r, p_.registers[arg(i, 0)].domain));
    case Op::src: {
      const Row s = d_.rows_of(i.domain).src[r];
      return s == no_row ? Fact{{}, Cause::not_documented} : fact(arg(i, 0), s);
    }
    case Op::granted: return {{}, Cause::awaits_line};
    case Op::call:
    case Op::lookup:
    case Op::select:
    case Op::coalesce:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null:
    case Op::truth_not:
    case Op::gather:
    case Op::narrow:
      for (uint32_t k = 0; k < i.n; ++k) {
        if (p_.registers[arg(i, k)].domain == none_id) continue;
        if (Fact f = fact(arg(i, k), r); !f.pointer.empty()) return f;
      }
      return {};
    case Op::count:
    case Op::fold:
    case Op::pick:
    case Op::only:
    case Op::any:
    case Op::all:
    case Op::used_days:
    case Op::fullest: {
      const Id domain = p_.registers[arg(i, 0)].domain;
      if (domain == none_id) return {};
      const DomainRows& rows = d_.rows_of(domain);
      if (p_.domains[domain].parent != i.domain || rows.first[r] == rows.first[r + 1]) return {};
      const auto [list, row] = recorded(domain, rows.first[r]);
      if (row == no_row) return {};
      return {place_of_list(*d_.batch, list, row).pointer, Cause::incomplete};
    }
    default: return {};
  }
}

void ValueReader::about(ObservedValue& o, Id reg, Row r) const {
  const Value v = d_.value(reg, r);
  o.value = words_of(*d_.batch, v);
  o.has_value = v.kind == Kind::value;
  Fact f = fact(reg, r);
  // What the model declares that a fact can be is nothing that was found.
  if (!o.has_value && f.cause == Cause::not_documented) o.value.clear();
  if (v.kind == Kind::none) o.value = "none";
  o.fact = std::move(f.pointer);
  if (!o.has_value && v.kind != Kind::none)
    o.cause = json_name(v.cause == Cause::nothing ? (f.cause == Cause::nothing ? Cause::not_documented : f.cause) : v.cause);
  if (v.kind == Kind::none && v.cause != Cause::nothing) o.cause = json_name(v.cause);
  if (o.fact.empty()) return;
  o.evidence = evidence_at(info_, o.fact);
  for (const Claim& c : info_.claims) {
    if (c.pointer == o.fact) o.claims.push_back(c);
  }
  if (!o.claims.empty() && !o.has_value) o.cause = json_name(Cause::disputed);
  for (const auto& [pointer, words] : info_.vague) {
    if (pointer == o.fact) o.words = words;
  }
}

void ValueReader::compared(const Site& site, Id domain, Row r, std::vector<ObservedValue>& out) const {
  ObservedValue o;
  o.expression = p_.texts[site.text];
  const auto row = at(site.value, domain, r);
  if (!row) return;
  o.result = result_words(d_.truth(site.value, *row));
  // The side that comes from the record is what was observed; the other one is the threshold.
  Id observed = none_id, against = none_id;
  for (const Id operand : site.operands) {
    const bool constant = p_.registers[operand].domain == none_id;
    if (observed == none_id && !constant) {
      observed = operand;
    } else if (against == none_id) {
      against = operand;
    }
  }
  if (site.kind == SiteKind::fact && site.operands.empty()) observed = site.value;
  // The day on which a code has to be in its set is no threshold.
  if (const Inst* made = definitions_.of(site.value); made && made->op == Op::in_set_on) against = none_id;
  if (observed == none_id && !site.operands.empty()) {
    observed = site.operands[0];
    against = site.operands.size() > 1 ? site.operands[1] : none_id;
  }
  if (observed != none_id) {
    if (const auto here = at(observed, domain, r)) about(o, observed, *here);
  }
  if (against != none_id) {
    if (const auto here = at(against, domain, r)) {
      o.against = words_of(*d_.batch, d_.value(against, *here));
      // Where it is the other side that the record leaves open, that is the fact to name.
      if (o.has_value && o.result == "unknown") {
        ObservedValue other;
        about(other, against, *here);
        if (!other.has_value && !other.fact.empty()) {
          o.fact = other.fact;
          o.cause = other.cause;
          o.evidence = other.evidence;
          o.claims = other.claims;
          o.words = other.words;
        }
      }
    }
  }
  if (site.kind == SiteKind::limit) counted(site, domain, r, o);
  if (pictures_ == Pictures::wanted && site.kind == SiteKind::limit) o.window = window(site, domain, r);
  out.push_back(std::move(o));
}

// Which rows of the history a limit counts, or may count.
void ValueReader::counted(const Site& site, Id domain, Row r, ObservedValue& o) const {
  const Id parent = p_.registers[site.value].domain;
  const auto row = at(site.value, domain, r);
  if (!row || site.domain == none_id || site.member == none_id || p_.domains[site.domain].parent != parent) return;
  if (p_.registers[site.member].domain != site.domain || p_.registers[site.member].type != Type::truth) return;
  const DomainRows& rows = d_.rows_of(site.domain);
  for (Row k = rows.first[*row]; k < rows.first[*row + 1]; ++k) {
    const Truth t = d_.truth(site.member, k);
    const auto [list, source] = recorded(site.domain, k);
    if ((t != Truth::yes && t != Truth::unknown) || source == no_row) continue;
    if (!bit(rows.phantom, k)) {
      if (o.rows.size() < most_rows_shown) o.rows.push_back(place_of_row(*d_.batch, list, source).pointer);
    } else if (o.result == "unknown") {
      o.fact = place_of_list(*d_.batch, list, source).pointer;
      o.cause = json_name(Cause::incomplete);
    }
  }
  // Between days, what is found is not a number.
  if (site.operands.empty() || p_.registers[site.operands[0]].type != Type::truth) return;
  o.has_value = o.result != "unknown";
  o.value = o.result == "true" ? "none nearer" : o.result == "false" ? "one nearer" : "";
}

// The row of the record's list that a row of a cross with another list stands for.
std::pair<Id, Row> ValueReader::recorded(Id domain, Row r) const {
  while (r != no_row && p_.domains[domain].make == Make::cross) {
    r = d_.rows_of(domain).src[r];
    domain = p_.domains[domain].from;
  }
  return {domain, r};
}

// Of a list: the rows that decide. Met by some rows: these. Open: the rows that may count, and the list where it may
// hold more. Met by none: each recorded row with what fails in it.
void ValueReader::rows(const Site& site, Id domain, Row r, std::vector<ObservedValue>& out) const {
  const auto row = at(site.value, domain, r);
  const Id parent = p_.registers[site.value].domain;
  if (!row || parent == none_id || p_.registers[site.member].domain == none_id) return;
  // The rows may lie several levels below.
  std::vector<Id> chain;
  for (Id d = site.domain; d != parent && d != none_id; d = p_.domains[d].parent) chain.push_back(d);
  Row begin = *row, end = *row + 1;
  for (auto d = chain.rbegin(); d != chain.rend(); ++d) {
    begin = d_.rows_of(*d).first[begin];
    end = d_.rows_of(*d).first[end];
  }
  const DomainRows& rows = d_.rows_of(site.domain);
  std::vector<Row> yes, open, no;
  bool phantom_open = false;
  Row phantom = no_row;
  for (Row k = begin; k < end; ++k) {
    const Truth t = d_.truth(site.member, k);
    if (bit(rows.phantom, k)) {
      phantom = k;
      phantom_open |= t == Truth::unknown;
    } else {
      (t == Truth::yes ? yes : t == Truth::unknown ? open : no).push_back(k);
    }
  }
  const auto show = [&](const std::vector<Row>& list, std::string_view only) {
    size_t shown = 0;
    for (const Row k : list) {
      if (shown++ == most_rows_shown) break;
      const auto before = static_cast<ptrdiff_t>(out.size());
      for (const Id s : site.sites) read(s, site.domain, k, out);
      // Below a `not`, what decides has the other result: then all of the row is shown.
      const auto decides = [&](const ObservedValue& o) { return only.empty() || o.result == only; };
      const auto found = out.begin() + before;
      if (std::any_of(found, out.end(), decides)) out.erase(std::remove_if(found, out.end(), std::not_fn(decides)), out.end());
    }
  };
  const auto list_value = [&](std::string value, std::string_view said) {
    const bool known = said != "unknown";
    ObservedValue o;
    o.expression = p_.texts[site.text];
    o.value = std::move(value);
    o.has_value = known;
    const auto [list, source] = recorded(site.domain, !known && phantom != no_row ? phantom : begin < end ? begin : no_row);
    if (source != no_row) o.fact = place_of_list(*d_.batch, list, source).pointer;
    if (!known) o.cause = json_name(Cause::incomplete);
    o.result = said;
    if (!o.fact.empty()) o.evidence = evidence_at(info_, o.fact);
    out.push_back(std::move(o));
  };
  const Truth result = d_.truth(site.value, *row);
  if (site.kind == SiteKind::has && !yes.empty() && result == Truth::yes) {
    const size_t before = out.size();
    show(yes, "true");
    // Rows of which nothing is asked but that they are there.
    if (out.size() == before) list_value(fmt::format("{} recorded", yes.size()), "true");
    return;
  }
  show(yes, "true");
  show(open, "");
  // A count stands in the comparison that reads it; its rows are all there is to add.
  if (site.kind == SiteKind::fold) return;
  if (yes.empty() && open.empty()) show(no, "false");
  if (phantom_open) {
    list_value("", "unknown");
  } else if (no.empty() && yes.empty() && open.empty()) {
    list_value("none recorded", "false");
  }
}

void ValueReader::read(Id id, Id domain, Row r, std::vector<ObservedValue>& out) const {
  const Site& site = p_.sites[id];
  switch (site.kind) {
    case SiteKind::truth:
      for (const Id s : site.sites) read(s, domain, r, out);
      break;
    case SiteKind::comparison:
    case SiteKind::fact:
    case SiteKind::limit:
      compared(site, domain, r, out);
      for (const Id s : site.sites) read(s, domain, r, out);
      break;
    case SiteKind::has:
    case SiteKind::fold: rows(site, domain, r, out); break;
  }
}

std::string ValueReader::words(Id reg, Row r) const {
  const Value v = d_.value(reg, p_.registers[reg].domain == none_id ? 0 : r);
  const bool found = v.kind == Kind::value || fact(reg, r).cause != Cause::not_documented;
  const std::string said = found ? words_of(*d_.batch, v) : "";
  return said.empty() ? (v.kind == Kind::none ? "none" : "not documented") : said;
}

std::string ValueReader::fill(const Template& t, Row r, const std::string& because) const {
  std::string out;
  for (const Template::Piece& piece : t.pieces) {
    if (piece.because) {
      out += because;
    } else if (piece.reg != none_id) {
      out += words(piece.reg, r);
    } else if (piece.text != none_id) {
      out += p_.texts[piece.text];
    }
  }
  return out;
}

}  // namespace rubric::vm
