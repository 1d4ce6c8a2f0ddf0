// Laying out tokens. See format.h; parse_layout.h says what is known of each token.

#include "compiler/format.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/must.h"
#include "base/text.h"
#include "compiler/literate.h"
#include "compiler/parse_layout.h"

namespace rubric {

namespace {

constexpr size_t step = 2;  // of indentation
constexpr size_t line_width = 120;

using Tokens = std::vector<LayoutToken>;

bool is_comment(const LayoutToken& token) { return token.kind == TokenKind::line_comment || token.kind == TokenKind::block_comment; }

bool is_sign(const LayoutToken& token, std::string_view signs) {
  return token.kind == TokenKind::sign && token.text.size() == 1 && signs.find(token.text[0]) != signs.npos;
}

size_t spaces_between(const LayoutToken& left, const LayoutToken& right) {
  if (right.kind == TokenKind::line_comment) return 2;
  if (is_comment(left) || is_comment(right)) return 1;
  if (left.tight_after || right.tight_before) return 0;
  if (is_sign(left, "{") && is_sign(right, "}")) return 0;
  if (is_sign(left, "([.") || is_sign(right, ",;)].")) return 0;
  if (is_sign(right, ":") && !right.loose_before && !is_sign(left, "{")) return 0;
  return 1;
}

// How wide the columns of each table are.
class Columns {
 public:
  explicit Columns(const Tokens& tokens) {
    for (const LayoutToken& token : tokens) {
      if (token.kind != TokenKind::row) continue;
      std::vector<size_t>& table = widths[token.table];
      Row row = split_row(token.text);
      table.resize(std::max(table.size(), row.cells.size()));
      for (size_t i = 0; i < row.cells.size(); ++i) table[i] = std::max(table[i], display_width(row.cells[i]));
    }
  }

  std::string row(const LayoutToken& token) const {
    const std::vector<size_t>& table = widths.at(token.table);
    Row row = split_row(token.text);
    std::string out = "|";
    for (size_t i = 0; i < row.cells.size(); ++i) {
      out += ' ';
      out += row.cells[i];
      out.append(table[i] - display_width(row.cells[i]), ' ');
      out += " |";
    }
    if (!row.comment.empty()) (out += "  ") += row.comment;
    return out;
  }

 private:
  std::map<uint32_t, std::vector<size_t>> widths;
};

// Lines one below the other that say the same kind of thing, with their columns brought in line. It works on a text whose
// lines are settled, and only adds spaces, so it has no say in where lines break.
class Alignment {
 public:
  void begin_line(size_t at, size_t index, const LayoutToken& first) {
    Line line;
    line.begin = line.code_end = at;
    line.first = &first;
    line.first_index = index;
    lines.push_back(std::move(line));
  }
  void mark(size_t at, const LayoutToken& token, size_t spaces) {
    Mark mark{at, token.column, token.gap > spaces ? token.gap - spaces : 0, 0};
    if (token.kind == TokenKind::line_comment) mark.column = comment_column;
    // Of two clauses of one kind, the first is the column's.
    std::vector<Mark>& marks = lines.back().marks;
    bool known = std::any_of(marks.begin(), marks.end(), [&](const Mark& other) { return other.column == mark.column; });
    if (!known) marks.push_back(mark);
  }
  void code_ends(size_t at) { lines.back().code_end = at; }
  void end_line(size_t last_index) { lines.back().whole = last_index >= lines.back().first->part_end; }

  std::string apply(std::string_view text) {
    for (Line& line : lines) stand_alone(line);
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].first->series != no_series && !lines[i].done) align(text, series(i));
    }
    std::string out;
    size_t from = 0, comment = 0;
    for (const Line& line : lines) {
      if (line.first->below_comment) {
        out += text.substr(from, line.begin - from);
        from = text.find_first_not_of(' ', line.begin);
        out.append(comment, ' ');
      }
      for (const Mark& mark : line.marks) {
        out += text.substr(from, mark.at - from);
        out.append(mark.pad, ' ');
        from = mark.at;
        if (mark.column == comment_column) comment = place_of(text, line, mark) + mark.pad;
      }
    }
    out += text.substr(from);
    return out;
  }

 private:
  static constexpr uint8_t comment_column = 255;
  static constexpr size_t aligned_width = 140;  // of a line whose columns are aligned

  struct Mark {
    size_t at;
    uint8_t column;
    size_t more;  // spaces that its gap wants beyond those in the text
    size_t pad;   // spaces to add
  };
  struct Line {
    size_t begin = 0, code_end = 0, first_index = 0;
    const LayoutToken* first = nullptr;
    std::vector<Mark> marks;
    bool whole = false;  // its part ends on it
    bool done = false;
  };

  // The lines of a series from this one on: down to a gap, or all of them.
  std::vector<Line*> series(size_t from) {
    std::vector<Line*> found;
    const LayoutToken& head = *lines[from].first;
    for (size_t i = from; i < lines.size(); ++i) {
      Line& line = lines[i];
      bool belongs = line.first->series == head.series && line.whole && !line.done;
      bool gap = i > from && (!belongs || line.first->lines_before > 1);
      if (head.neighbours && gap) break;
      if (!belongs) continue;
      line.done = true;
      auto in_order = [](const Mark& a, const Mark& b) { return a.column < b.column; };
      if (std::is_sorted(line.marks.begin(), line.marks.end(), in_order)) found.push_back(&line);
    }
    lines[from].done = true;
    return found;
  }

  // A line that would become too long stands aside, the longest first.
  static void align(std::string_view text, std::vector<Line*> together) {
    while (together.size() > 1) {
      pad(text, together);
      auto shorter = [&](const Line* a, const Line* b) { return width(text, *a) < width(text, *b); };
      Line* widest = *std::max_element(together.begin(), together.end(), shorter);
      if (width(text, *widest) <= aligned_width) return;
      for (Line* line : together) stand_alone(*line);
      std::erase(together, widest);
    }
  }

  // Only what it cites is set off.
  static void stand_alone(Line& line) {
    for (Mark& mark : line.marks) mark.pad = mark.column == cite_column && line.first->series != no_series ? mark.more : 0;
  }

  static size_t width(std::string_view text, const Line& line) {
    size_t width = display_width(text.substr(line.begin, line.code_end - line.begin));
    for (const Mark& mark : line.marks) width += mark.at < line.code_end ? mark.pad : 0;
    return width;
  }

  // Where the mark stands, with what was added before it.
  static size_t place_of(std::string_view text, const Line& line, const Mark& mark) {
    size_t place = display_width(text.substr(line.begin, mark.at - line.begin));
    for (const Mark& before : line.marks) place += before.at < mark.at ? before.pad : 0;
    return place;
  }

  // From left to right: what a column is moved by moves those behind it.
  static void pad(std::string_view text, const std::vector<Line*>& together) {
    std::map<uint8_t, std::vector<std::pair<const Line*, Mark*>>> columns;
    for (Line* line : together) {
      for (Mark& mark : line->marks) {
        columns[mark.column].emplace_back(line, &mark);
        mark.pad = 0;
      }
    }
    for (auto& [column, marks] : columns) {
      size_t place = 0;
      for (auto [line, mark] : marks) place = std::max(place, place_of(text, *line, *mark) + mark->more);
      for (auto [line, mark] : marks) mark->pad = place - place_of(text, *line, *mark);
    }
  }

  std::vector<Line> lines;
};

// Writes a run of tokens: a whole file, or one fence of a literate one. What is open at its end stays open for the
// next.
class Writer {
 public:
  Writer(const Tokens& tokens, const Columns& columns, std::vector<bool>& breaks) : tokens(tokens), columns(columns), breaks(breaks) {}

  std::string write(size_t begin, size_t end) {
    out.clear();
    alignment = {};
    for (size_t i = begin; i < end; ++i) token(i, i == begin);
    finish_line(end);
    if (!out.empty()) out += '\n';
    return alignment.apply(out);
  }

  bool broke_lines = false;  // a line was too long: `breaks` has grown, and the text is to be written once more

 private:
  struct Frame {
    size_t base = 0, inner = 0;
  };

  void token(size_t i, bool first) {
    const LayoutToken& token = tokens[i];
    bool starts = first || begins_line(i);
    if (starts) {
      if (!first) {
        finish_line(i);
        out.append(token.lines_before > 1 ? 2 : 1, '\n');
      }
      indent = token.closes ? frames.back().base : frames.back().inner;
      alignment.begin_line(out.size(), i, token);
      out.append(indent, ' ');
      line_begin = i;
      width = indent;
    } else {
      size_t spaces = spaces_between(tokens[i - 1], token);
      out.append(spaces, ' ');
      width += spaces;
      if (token.column != 0 || token.kind == TokenKind::line_comment) alignment.mark(out.size(), token, spaces);
    }
    for (FrameKind kind : token.opens) frames.push_back(frame(kind, starts));
    if (token.kind == TokenKind::row) {
      out += columns.row(token);
    } else {
      put(token.text);
      if (!is_comment(token)) code_width = width += display_width(token.text);
      if (!is_comment(token)) alignment.code_ends(out.size());
    }
    frames.resize(frames.size() - token.ends);
  }

  // A file with Windows line ends has them inside block comments as well.
  void put(std::string_view text) {
    for (char c : text) {
      if (c != '\r') out += c;
    }
  }

  bool begins_line(size_t i) const {
    const LayoutToken& token = tokens[i];
    const LayoutToken& before = tokens[i - 1];
    bool behind_end = before.closes && before.text == "end" && token.begins_clause;
    return token.lines_before > 0 || token.begins_line || breaks[i] || behind_end || before.kind == TokenKind::line_comment ||
           before.kind == TokenKind::row;
  }

  Frame frame(FrameKind kind, bool starts_line) const {
    switch (kind) {
      case FrameKind::declaration:
      case FrameKind::item:
      case FrameKind::bracket: return {indent, indent + step};
      case FrameKind::group: {
        size_t base = starts_line ? indent : indent + step;
        return {base, base + step};
      }
      case FrameKind::continuation: return {frames.back().inner, frames.back().inner + step};
    }
    return {};
  }

  void finish_line(size_t end) {
    if (code_width > line_width) {
      for (size_t i = line_begin + 1; i < end; ++i) {
        if (!tokens[i].begins_clause || breaks[i]) continue;
        breaks[i] = true;
        broke_lines = true;
      }
    }
    code_width = 0;
    if (end > 0) alignment.end_line(end - 1);
  }

  const Tokens& tokens;
  const Columns& columns;
  std::vector<bool>& breaks;
  std::string out;
  Alignment alignment;
  std::vector<Frame> frames{{0, 0}};
  size_t indent = 0, width = 0, code_width = 0, line_begin = 0;
};

// The tokens of each fence; of a plain file, all of them.
std::vector<size_t> run_ends(const Tokens& tokens, const std::vector<Fence>& fences) {
  std::vector<size_t> ends;
  size_t i = 0;
  for (const Fence& fence : fences) {
    while (i < tokens.size() && tokens[i].offset < fence.end) ++i;
    ends.push_back(i);
  }
  return ends;
}

std::string write_all(const Tokens& tokens, std::string_view source, const std::vector<Fence>& fences) {
  Columns columns(tokens);
  std::vector<bool> breaks(tokens.size());
  std::vector<size_t> ends = run_ends(tokens, fences);
  for (;;) {
    Writer writer(tokens, columns, breaks);
    std::string out;
    size_t begin = 0, prose = 0;
    for (size_t i = 0; i < fences.size(); ++i) {
      out += source.substr(prose, fences[i].begin - prose);
      out += begin == ends[i] ? std::string(source.substr(fences[i].begin, fences[i].end - fences[i].begin)) : writer.write(begin, ends[i]);
      begin = ends[i];
      prose = fences[i].end;
    }
    out += source.substr(prose);
    if (!writer.broke_lines) return out;
  }
}

// What may not change: the tokens in their order, and a row's cells. The parser sees nothing else.
bool same_tokens(const Tokens& a, const Tokens& b) {
  auto plain = [](std::string_view text) {
    std::string result(text);
    std::erase(result, '\r');
    return result;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const LayoutToken& x, const LayoutToken& y) {
    if (x.kind != y.kind) return false;
    if (x.kind != TokenKind::row) return plain(x.text) == plain(y.text);
    Row left = split_row(x.text), right = split_row(y.text);
    return left.cells == right.cells && left.comment == right.comment;
  });
}

}  // namespace

std::optional<std::string> format_source(const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  const SourceFile& source = sources.file(file);
  bool literate = source.name.ends_with(".md");
  auto rubric_of = [&](const std::string& text) { return literate ? rubric_of_markdown(text) : text; };

  std::string rubric = rubric_of(source.text);
  std::optional<Tokens> tokens = layout(rubric, file, diagnostics);
  if (!tokens) return std::nullopt;
  std::vector<Fence> fences = literate ? rubric_fences(source.text) : std::vector<Fence>{{0, source.text.size()}};
  std::string out = write_all(*tokens, source.text, fences);

  // A formatter that loses a word does more harm than one that stops.
  Diagnostics none;
  std::string again = rubric_of(out);
  std::optional<Tokens> after = layout(again, file, none);
  must(after && same_tokens(*tokens, *after), "formatting changes no token");
  return out;
}

}  // namespace rubric
