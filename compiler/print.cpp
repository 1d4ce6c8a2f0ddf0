// The words of each kind of expression. See print.h.

#include "compiler/print.h"

#include <algorithm>
#include <array>

#include "compiler/parse.h"
#include "compiler/print_levels.h"

namespace rubric {

using ast::Expr;
using ast::ExprKind;

namespace {

bool is_precision(std::string_view name) {
  static constexpr std::string_view words[] = {"year", "month", "week", "day", "hour", "minute", "second", "millisecond"};
  return std::find(std::begin(words), std::end(words), name) != std::end(words);
}

std::string quoted_name(std::string_view name) {
  std::string text = print_text(name), out = "\"";
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      if (text[i] != '\'') out += '\\';  // a single quote needs no escape here
    } else if (text[i] == '"') {
      out += '\\';
    }
    out += text[i];
  }
  return out + '"';
}

class Printer {
 public:
  void at_least(Level level, const Expr& e) {
    if (level_of(e) >= level) return expr(e);
    out += '(';
    expr(e);
    out += ')';
  }

  std::string out;

 private:
  void put(std::string_view text) { out += text; }
  void name(std::string_view text) { out += print_name(text); }
  void path(std::string_view dotted) {
    for (size_t at = 0;;) {
      size_t dot = dotted.find('.', at);
      name(dotted.substr(at, dot - at));
      if (dot == dotted.npos) return;
      out += '.';
      at = dot + 1;
    }
  }
  void member_name(std::string_view text) {
    bool plain = !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    put(plain ? std::string(text) : quoted_name(text));
  }
  void list(const std::vector<Expr>& args, size_t from = 0) {
    for (size_t i = from; i < args.size(); ++i) {
      if (i > from) put(", ");
      at_least(i + 1 == args.size() ? open_end : set_operation, args[i]);  // behind the last one no comma follows
    }
  }
  void elements(const Expr& e) {
    if (e.args.empty()) return put("{ : }");
    put("{ ");
    for (size_t i = 0; i < e.args.size(); ++i) {
      if (i > 0) put(", ");
      member_name(e.names[i]);
      put(": ");
      at_least(i + 1 == e.args.size() ? open_end : set_operation, e.args[i]);
    }
    put(" }");
  }
  void unit(const Expr& e) { put(e.flag ? e.name : print_text(e.name)); }
  void type(const ast::TypeRef& t) { put(print(t)); }

  void expr(const Expr& e);
  void unary(const Expr& e);
  void binary(const Expr& e);
  void timed(const Expr& e);
  void literal(const Expr& e);
  void query(const Expr& e);
  void clause(const Expr& e, bool last);
  void has(const Expr& e);
  void group(const Expr& e);
};

void Printer::literal(const Expr& e) {
  switch (e.kind) {
    case ExprKind::null_literal: return put("null");
    case ExprKind::none_literal: return put("none");
    case ExprKind::string_literal: return put(print_text(e.text));
    case ExprKind::date_literal:
    case ExprKind::datetime_literal: return put("@" + e.text);
    case ExprKind::time_literal: return put("@T" + e.text);
    case ExprKind::long_literal: return put(e.text + "L");
    case ExprKind::quantity_literal: put(e.text + " "); return unit(e);
    case ExprKind::ratio_literal:
      literal(e.args[0]);
      put(" : ");
      return literal(e.args[1]);
    case ExprKind::code_literal:
      name(e.name);
      put(" " + print_text(e.text));
      if (!e.args.empty()) put(" display " + print_text(e.args[0].text));
      return;
    default: return put(e.text);
  }
}

void Printer::unary(const Expr& e) {
  if (is_not_in(e)) return binary(e);
  Level level = level_of(e);
  if (level == literal_test) {
    at_least(literal_test, e.args[0]);
    put(" " + e.name);
  } else if (e.name == "minimum" || e.name == "maximum") {
    put(e.name + " ");
    type(e.type);
  } else if (e.name == "-" || e.name == "+") {
    put(e.name);
    at_least(prefix, e.args[0]);
  } else if (e.name == "duration in" || e.name == "difference in") {
    put(e.name + " " + e.precision + "s of ");
    at_least(prefix, e.args[0]);
  } else {
    put(e.name + " ");
    bool takes_all = level == open_end;  // distinct, flatten, collapse, expand
    at_least(takes_all ? set_operation : level, e.args[0]);
  }
}

void Printer::binary(const Expr& whole) {
  bool negated = is_not_in(whole);
  const Expr& e = negated ? whole.args[0] : whole;
  Level level = level_of(e);
  if (level == open_end) {  // collapse per, expand per
    put(e.name.substr(0, e.name.find(' ')) + " ");
    at_least(set_operation, e.args[0]);
    put(" per ");
    bool unit_word = e.args[1].kind == ExprKind::name && is_precision(e.args[1].name);
    return at_least(unit_word ? next(primary) : open_end, e.args[1]);
  }
  at_least(level, e.args[0]);
  for (size_t i = 1; i < e.args.size(); ++i) {
    put(negated ? " not in " : " " + e.name + " ");
    if (!e.precision.empty()) put(e.precision + " of ");
    at_least(next(level), e.args[i]);
  }
}

// The phrase's words with the offset and the precision back in their places.
void Printer::timed(const Expr& e) {
  at_least(timing, e.args[0]);
  std::string_view words = e.name;
  std::string of = e.precision.empty() ? "" : " " + e.precision + " of";
  bool offset_pending = e.args.size() > 2, precision_pending = !of.empty();
  auto offset = [&] {
    out += ' ';
    literal(e.args[2]);
    offset_pending = false;
  };
  for (size_t at = 0; at < words.size();) {
    size_t end = std::min(words.find(' ', at), words.size());
    std::string_view word = words.substr(at, end - at), rest = words.substr(std::min(end + 1, words.size()));
    at = end + 1;
    bool edge = word == "starts" || word == "ends" || word == "occurs";
    if (offset_pending && !edge && word != "less" && word != "more" && word != "than" && word != "within" && word != "properly") {
      offset();
    }
    out += ' ';
    out += word;
    if (offset_pending && (word == "than" || word == "within")) offset();
    if (!precision_pending) continue;
    if (word == "same") {
      put(" " + e.precision);
      precision_pending = false;
    } else if (rest.empty() || rest == "start" || rest == "end") {
      put(of);
      precision_pending = false;
    }
  }
  out += ' ';
  at_least(next(timing), e.args[1]);
}

void Printer::expr(const Expr& e) {
  switch (e.kind) {
    case ExprKind::null_literal:
    case ExprKind::boolean_literal:
    case ExprKind::integer_literal:
    case ExprKind::long_literal:
    case ExprKind::decimal_literal:
    case ExprKind::string_literal:
    case ExprKind::date_literal:
    case ExprKind::datetime_literal:
    case ExprKind::time_literal:
    case ExprKind::quantity_literal:
    case ExprKind::ratio_literal:
    case ExprKind::code_literal:
    case ExprKind::none_literal: return literal(e);
    case ExprKind::name: return e.flag ? put(quoted_name(e.name)) : name(e.name);
    case ExprKind::external: return put(e.name);
    case ExprKind::member:
      at_least(primary, e.args[0]);
      put(".");
      return member_name(e.name);
    case ExprKind::index:
      at_least(primary, e.args[0]);
      put("[");
      at_least(open_end, e.args[1]);
      return put("]");
    case ExprKind::invoke:
      name(e.name);
      put("(");
      list(e.args);
      return put(")");
    case ExprKind::member_invoke:
      at_least(primary, e.args[0]);
      put(".");
      member_name(e.name);
      put("(");
      list(e.args, 1);
      return put(")");
    case ExprKind::unary: return unary(e);
    case ExprKind::binary: return binary(e);
    case ExprKind::between:
      at_least(between, e.args[0]);
      put(e.flag ? " properly between " : " between ");
      at_least(addition, e.args[1]);
      put(" and ");
      return at_least(addition, e.args[2]);
    case ExprKind::between_period:
      put((e.name == "difference" ? "difference in " : "") + e.precision + "s between ");
      at_least(addition, e.args[0]);
      put(" and ");
      return at_least(addition, e.args[1]);
    case ExprKind::timing: return timed(e);
    case ExprKind::type_test:
      at_least(type_test, e.args[0]);
      put(" is ");
      return type(e.type);
    case ExprKind::cast:
      if (e.flag) put("cast ");
      at_least(e.flag ? addition : type_test, e.args[0]);
      put(" as ");
      return type(e.type);
    case ExprKind::convert:
      put("convert ");
      at_least(addition, e.args[0]);
      put(" to ");
      return e.type.name.empty() ? unit(e) : type(e.type);
    case ExprKind::interval:
      put(e.low_closed ? "Interval[" : "Interval(");
      list(e.args);
      return put(e.high_closed ? "]" : ")");
    case ExprKind::list:
      if (!e.type.name.empty()) put("List<" + print(e.type) + "> ");
      if (e.args.empty()) return put("{}");
      put("{ ");
      list(e.args);
      return put(" }");
    case ExprKind::tuple: return elements(e);
    case ExprKind::instance:
      if (e.name == "Concept") put("Concept");  // a word of the grammar here, not a name
      else path(e.name);
      put(" ");
      return elements(e);
    case ExprKind::if_else:
      put("if ");
      at_least(open_end, e.args[0]);
      put(" then ");
      at_least(open_end, e.args[1]);
      put(" else ");
      return at_least(open_end, e.args[2]);
    case ExprKind::case_of: {
      put("case");
      size_t first = e.flag ? 1 : 0;
      if (e.flag) put(" "), at_least(open_end, e.args[0]);
      for (size_t i = first; i + 1 < e.args.size(); i += 2) {
        put(" when ");
        at_least(open_end, e.args[i]);
        put(" then ");
        at_least(open_end, e.args[i + 1]);
      }
      put(" else ");
      at_least(open_end, e.args.back());
      return put(" end");
    }
    case ExprKind::query: return query(e);
    case ExprKind::has: return has(e);
    case ExprKind::group: return group(e);
    case ExprKind::status:
      if (level_of(e) == open_end) group(e.args[0]);  // said of the whole list
      else at_least(status, e.args[0]);
      return put(" is " + e.name);
    case ExprKind::judged: return put("judged by the reviewer");
    case ExprKind::condition_of_last:
      put("condition ");
      name(e.name);
      return put(" of the last authorization");
    case ExprKind::source:
    case ExprKind::let_clause:
    case ExprKind::with_clause:
    case ExprKind::without_clause:
    case ExprKind::where_clause:
    case ExprKind::return_clause:
    case ExprKind::aggregate_clause:
    case ExprKind::sort_clause:
    case ExprKind::sort_item: return clause(e, true);
    case ExprKind::item:
      if (!e.name.empty()) name(e.name), put(": ");
      if (!e.text.empty()) put(print_text(e.text) + " ");
      return at_least(open_end, e.args[0]);
  }
}

// One source with clauses needs no `from`.
void Printer::query(const Expr& e) {
  size_t sources = 0;
  while (sources < e.args.size() && e.args[sources].kind == ExprKind::source) ++sources;
  if (sources > 1 || sources == e.args.size()) put("from ");
  for (size_t i = 0; i < e.args.size(); ++i) {
    if (i > 0) put(i < sources ? ", " : " ");
    clause(e.args[i], i + 1 == e.args.size());
  }
}

void Printer::clause(const Expr& e, bool last) {
  Level body = last ? open_end : set_operation;  // what is open would take the next clause
  switch (e.kind) {
    case ExprKind::source:
      at_least(primary, e.args[0]);
      put(" ");
      return name(e.name);
    case ExprKind::let_clause:
      put("let ");
      name(e.name);
      put(": ");
      return at_least(body, e.args[0]);
    case ExprKind::with_clause:
    case ExprKind::without_clause:
      put(e.kind == ExprKind::with_clause ? "with " : "without ");
      at_least(primary, e.args[0]);
      put(" ");
      name(e.name);
      put(" such that ");
      return at_least(body, e.args[1]);
    case ExprKind::where_clause: put("where "); return at_least(body, e.args[0]);
    case ExprKind::return_clause:
      put("return ");
      if (!e.name.empty()) put(e.name + " ");
      return at_least(body, e.args[0]);
    case ExprKind::aggregate_clause: {
      put("aggregate ");
      if (!e.text.empty()) put(e.text + " ");
      name(e.name);
      if (e.args.size() > 1) {
        put(" starting ");
        const Expr& start = e.args[1];
        const Expr& value = start.kind == ExprKind::unary && (start.name == "-" || start.name == "+") ? start.args[0] : start;
        bool plain = value.args.empty() && value.kind <= ExprKind::quantity_literal;
        bool number = value.kind == ExprKind::integer_literal || value.kind == ExprKind::decimal_literal ||
                      value.kind == ExprKind::long_literal || value.kind == ExprKind::quantity_literal;
        at_least(plain && (&value == &start || number) ? open_end : next(primary), start);
      }
      put(": ");
      return at_least(body, e.args[0]);
    }
    case ExprKind::sort_clause:
      put("sort ");
      if (e.args.empty()) return put(e.name);
      put("by ");
      for (size_t i = 0; i < e.args.size(); ++i) {
        if (i > 0) put(", ");
        clause(e.args[i], false);
      }
      return;
    case ExprKind::sort_item:
      at_least(addition, e.args[0]);
      if (e.name == "desc") put(" desc");
      return;
    default: return;
  }
}

void Printer::has(const Expr& e) {
  put(e.name + " ");
  if (!e.count.empty()) {
    bool number = e.count[0].kind == ExprKind::integer_literal || e.count[0].kind == ExprKind::decimal_literal ||
                  e.count[0].kind == ExprKind::quantity_literal || e.count[0].kind == ExprKind::name || e.count[0].kind == ExprKind::member;
    at_least(number ? open_end : next(primary), e.count[0]);
    put(" ");
  }
  if (e.approved) put("approved ");
  path(e.entity);
  if (!e.alias.empty()) put(" "), name(e.alias);
  if (!e.of.empty()) put(" of "), at_least(primary, e.of[0]);
  if (!e.where.empty()) put(" where "), at_least(set_operation, e.where[0]);
  put(" has ");
  at_least(open_end, e.args[0]);
}

void Printer::group(const Expr& e) {
  put(e.name);
  if (!e.count.empty()) {
    bool plain = e.count[0].kind == ExprKind::integer_literal || e.count[0].kind == ExprKind::name || e.count[0].kind == ExprKind::member;
    put(" ");
    at_least(plain ? open_end : next(primary), e.count[0]);
    put(" of");
  }
  if (e.flag) {
    // A single item's status would be read as the group's.
    auto statuses = std::count_if(e.args.begin(), e.args.end(), [](const Expr& a) { return a.kind == ExprKind::status; });
    for (size_t i = 0; i < e.args.size(); ++i) {
      put(i > 0 ? ", " : " ");
      bool shield = e.args[i].kind == ExprKind::status && statuses == 1;
      at_least(shield ? next(primary) : membership, e.args[i]);
    }
    return;
  }
  for (const Expr& item : e.args) {
    put(" ");
    name(item.name);
    put(": ");
    if (!item.text.empty()) put(print_text(item.text) + " ");
    size_t begin = out.size();
    at_least(open_end, item.args[0]);
    // Text at the beginning would be read as the item's sentence.
    if (item.text.empty() && out[begin] == '\'') out.insert(begin, "("), out += ')';
  }
  put(" end");
}

}  // namespace

std::string print(const Expr& expr) {
  Printer printer;
  printer.at_least(open_end, expr);
  return std::move(printer.out);
}

std::string print(const ast::TypeRef& type) {
  std::string out;
  bool word = type.name == "Interval" || type.name == "List" || type.name == "Choice" || type.name == "Tuple" || type.name == "Concept";
  for (size_t at = 0; at <= type.name.size();) {
    size_t dot = std::min(type.name.find('.', at), type.name.size());
    std::string_view part = std::string_view(type.name).substr(at, dot - at);
    out += (at > 0 ? "." : "") + (word ? std::string(part) : print_name(part));
    at = dot + 1;
  }
  if (type.arguments.empty()) return out;
  bool tuple = !type.names.empty();
  out += tuple ? " { " : "<";
  for (size_t i = 0; i < type.arguments.size(); ++i) {
    if (i > 0) out += ", ";
    if (tuple) out += print_name(type.names[i]) + " ";
    out += print(type.arguments[i]);
  }
  return out + (tuple ? " }" : ">");
}

std::string print_text(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    switch (c) {
      case '\'': out += "\\'"; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          constexpr std::string_view hex = "0123456789abcdef";
          out += "\\u00";
          out += hex[static_cast<size_t>(c) >> 4];
          out += hex[static_cast<size_t>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  return out + "'";
}

std::string print_name(std::string_view name) { return is_plain_name(name) ? std::string(name) : quoted_name(name); }

}  // namespace rubric
