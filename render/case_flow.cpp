// The way to an outcome as a picture: which rules it rests on, what they read, and how ALL and ANY join it.
//
// Boxes are a nested list of links, set in place by the numbers below, so that it reads as a list where nobody looks; the
// lines between them are drawn behind. Lengths are in rem: the picture grows with the reader's letters.

#include "render/badges.h"
#include "render/case_parts.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

using vm::CriterionTrace, vm::ItemTrace, vm::LineTrace, vm::RuleState, vm::RuleTrace, vm::Status;

namespace {

constexpr double row_height = 2.35, column_width = 11.25, box_width = 9.6, box_height = 2, leaf_width = 12.5;
constexpr size_t most_rows = 80;

struct Node {
  std::string id, mark, status, label, text, style;  // id: of the element that it leads to
  bool decides = false;
  std::vector<Node> below;
  double row = 0;  // from the top, in rows
};

size_t rows_of(const Node& n) {
  size_t rows = 0;
  for (const Node& each : n.below) rows += rows_of(each);
  return std::max<size_t>(rows, 1);
}

// What a large picture leaves out first: all that the outcome does not rest on.
void thin_out(Node& n) {
  std::erase_if(n.below, [](const Node& each) { return !each.decides; });
  for (Node& each : n.below) thin_out(each);
}

std::string joined_words(const CriterionTrace& c) {
  if (c.kind == "all" || c.kind == "section") return "ALL";
  if (c.kind == "any") return "ANY";
  if (c.kind == "none") return "NONE";
  if (c.kind.starts_with("at least ")) return "≥ " + c.kind.substr(9);
  return "";
}

class Flow {
 public:
  Flow(Html& html, const CaseParts& parts, const LineTrace& line) : html(html), parts(parts), line(line) {}

  void draw(size_t number) {
    Node root;
    root.id = line_id(number), root.mark = mark(line.outcome), root.label = words(line.outcome),
    root.style = css_class(style(line.outcome));
    root.decides = true;
    rules(root, line.rules, "");
    for (const ItemTrace& each : line.items) item(root, each);
    if (root.below.empty()) return;
    if (rows_of(root) > most_rows) thin_out(root);
    const size_t rows = rows_of(root);
    if (rows > most_rows) return;
    double next = 0;
    place(root, next);
    const double height = static_cast<double>(rows) * row_height;
    html.element("div",
                 {{"class", "flow wide"},
                  {"role", "region"},
                  {"tabindex", "0"},
                  {"aria-label", fmt::format("The way to the outcome of line {}, as a picture", line.sequence)}},
                 [&] {
                   html.element("div",
                                {{"class", "flow-paper"},
                                 {"style", fmt::format("height:{:.2f}rem;min-width:{:.2f}rem", height,
                                                       static_cast<double>(deepest) * column_width + leaf_width)}},
                                [&] {
                                  html.element("svg",
                                               {{"aria-hidden", "true"},
                                                {"focusable", "false"},
                                                {"viewBox", fmt::format("0 0 {:.2f} {:.2f}", deepest * column_width, height)},
                                                {"style", fmt::format("width:{:.2f}rem;height:{:.2f}rem", deepest * column_width, height)}},
                                               [&] { arrows(root, 0, false), arrows(root, 0, true); });
                                  html.element("ul", {}, [&] { box(root, 0); });
                                });
                 });
  }

 private:
  void item(Node& above, const ItemTrace& item) {
    Node n;
    n.id = above.id, n.mark = mark(item.outcome), n.status = words(item.outcome), n.style = css_class(style(item.outcome));
    n.label = item.item, n.text = item.description;
    rules(n, item.rules, item.item);
    n.decides = std::any_of(n.below.begin(), n.below.end(), [](const Node& each) { return each.decides; });
    above.below.push_back(std::move(n));
  }

  void rules(Node& above, const std::vector<RuleTrace>& list, const std::string& item) {
    std::vector<const RuleTrace*> drawn;
    for (const RuleTrace& each : list) {
      const bool fired = each.state == RuleState::defeated || (each.state == RuleState::stands && each.outcome.empty());
      if (!parts.decides(each) && !fired) continue;
      // Of rules that read the same the first stands for all: an approval and the denial that is its other side.
      const auto twin = std::find_if(drawn.begin(), drawn.end(), [&](const RuleTrace* other) {
        return parts.decides(*other) && parts.decides(each) && other->state == each.state && other->reads == each.reads &&
               !each.reads.empty();
      });
      if (twin != drawn.end()) {
        Node& n = above.below[above.below.size() - static_cast<size_t>(drawn.end() - twin)];
        n.label += " or " + each.name, n.text.clear();
        continue;
      }
      drawn.push_back(&each);
      above.below.push_back(rule(each, item));
    }
  }

  Node rule(const RuleTrace& r, const std::string& item) {
    Node n;
    n.id = parts.id_of(r), n.mark = mark(r.state), n.status = words(r.state), n.style = css_class(style(r.state));
    n.label = r.name, n.decides = parts.decides(r);
    // That a rule concludes what the line's outcome is need not be said twice.
    n.text = r.outcome.empty() ? "an exception" : r.outcome == vm::outcome_row(line.outcome).json ? "" : outcome_words(r.outcome);
    if (!r.defeated_by.empty()) n.text = "defeated by " + join(r.defeated_by, "and");
    if (n.decides) {
      for (const CriterionTrace* read : Reasons::read_by(r, line, item)) criterion(n, *read);
    }
    return n;
  }

  void criterion(Node& above, const CriterionTrace& c) {
    if (c.defeated) return;
    if (c.kind == "amended") {
      for (const CriterionTrace& each : c.criteria) {
        if (!each.defeated) return criterion(above, each);
      }
    }
    Node n;
    n.id = parts.id_of(c), n.mark = mark(c.status), n.status = words(c.status), n.style = css_class(style(c.status));
    n.decides = parts.decides(c);
    n.label = c.label.empty() ? c.name : c.label, n.text = c.text == n.label ? "" : c.text;
    if (!c.item.empty()) n.label += " (" + c.item + ")";
    if (const std::string joined = joined_words(c); !joined.empty() && !c.criteria.empty()) n.label = joined + " · " + n.label;
    if (c.status != Status::not_applicable) {
      for (const CriterionTrace& each : c.criteria) criterion(n, each);
    }
    above.below.push_back(std::move(n));
  }

  void place(Node& n, double& next, size_t depth = 0) {
    deepest = std::max(deepest, depth);
    if (n.below.empty()) {
      n.row = next++;
      return;
    }
    for (Node& each : n.below) place(each, next, depth + 1);
    n.row = (n.below.front().row + n.below.back().row) / 2;
  }

  // The lines of the way itself lie above the others.
  void arrows(const Node& n, size_t depth, bool deciding) {
    const double x = static_cast<double>(depth) * column_width + box_width, end = static_cast<double>(depth + 1) * column_width;
    const auto y = [](const Node& each) { return (each.row + 0.5) * row_height; };
    for (const Node& each : n.below) {
      const bool on = n.decides && each.decides;
      if (on == deciding) {
        const double middle = (x + end) / 2;
        html.element("path",
                     {{"class", on ? "on " + each.style : "off"},
                      {"d", fmt::format("M{:.2f} {:.2f}C{:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f}", x, y(n), middle, y(n), middle, y(each),
                                        end, y(each))}},
                     "");
      }
      arrows(each, depth + 1, deciding);
    }
  }

  void box(const Node& n, size_t depth) {
    html.element("li", {}, [&] {
      const bool leaf = n.below.empty();
      const std::string place =
          fmt::format("left:{:.2f}rem;top:{:.2f}rem;{}", static_cast<double>(depth) * column_width,
                      n.row * row_height + (row_height - box_height) / 2, leaf ? "right:0" : fmt::format("width:{:.2f}rem", box_width));
      html.element("a",
                   {{"class", fmt::format("node {}{}{}", n.style, n.decides ? " on" : "", leaf ? " leaf" : "")},
                    {"href", "#" + n.id},
                    {"style", place},
                    {"title", n.text.empty() ? n.label : n.label + ": " + n.text}},
                   [&] {
                     html.element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, n.mark);
                     if (!n.status.empty()) html.element("span", {{"class", "only-heard"}}, n.status + ": ");
                     html.element("span", {{"class", "node-label"}}, n.label);
                     if (!n.text.empty()) html.element("span", {{"class", "node-text"}}, n.text);
                   });
      if (leaf) return;
      html.element("ul", {}, [&] {
        for (const Node& each : n.below) box(each, depth + 1);
      });
    });
  }

  Html& html;
  const CaseParts& parts;
  const LineTrace& line;
  size_t deepest = 0;
};

}  // namespace

void add_flow(Html& html, const CaseParts& parts, const LineTrace& line, size_t number) { Flow(html, parts, line).draw(number); }

}  // namespace rubric
