// The member's history on a line of days, and on it the policy's windows: "three in any 12 months" is seen, not read.
//
// A row for each thing that happened more than once or once, a row for each window. Each row says its dates in words and
// draws them in an SVG of its own, whose lengths across are in percent: it fits any width without its letters shrinking.
// Days that are only known to lie between two others are drawn as what they are, a range.

#include "render/badges.h"
#include "render/case_parts.h"
#include "render/words.h"
#include "vm/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rubric {

using vm::CriterionTrace, vm::Days, vm::EventTrace, vm::HistoryTrace, vm::LineTrace, vm::ObservedValue, vm::WindowTrace;

namespace {

constexpr int lane_height = 30, middle = 15;

std::optional<int32_t> day_of(const std::string& iso) {
  const auto date = vm::parse_iso_date(iso);
  return date && date->precision == 3 ? std::optional(date->days) : std::nullopt;
}

std::string days_words(const Days& d) {
  if (d.from == d.to) return d.from;
  if (d.from.empty()) return "until " + d.to;
  if (d.to.empty()) return "from " + d.from;
  // A whole month or year, as it was written.
  const auto first = day_of(d.from), last = day_of(d.to);
  if (first && last) {
    const vm::Civil a = vm::civil(*first);
    if (a.day == 1 && *last == vm::last_day(vm::Date{*first, 2})) return d.from.substr(0, 7) + ", day not known";
    if (a.day == 1 && a.month == 1 && *last == vm::last_day(vm::Date{*first, 1})) return d.from.substr(0, 4) + ", day not known";
  }
  return fmt::format("between {} and {}", d.from, d.to);
}

std::string when_words(const EventTrace& e) {
  if (!e.days) return e.cause.empty() ? "no date" : "date " + cause_words(e.cause);
  std::string out = days_words(*e.days);
  if (e.until) out += (e.until->from == e.until->to ? " to " : ", to a day ") + days_words(*e.until);
  if (e.ongoing) out += ", not ended";
  if (!e.words.empty()) out += fmt::format(" (“{}”)", e.words);
  return out;
}

struct DrawnWindow {
  const CriterionTrace* criterion;
  const ObservedValue* value;
  const WindowTrace* window;
};
// A day that a criterion asks an event to lie before or behind.
struct Threshold {
  std::string fact;  // of the event's date
  std::string day;
  const CriterionTrace* criterion;
};

class Timeline {
 public:
  Timeline(Html& html, const CaseParts& parts, const LineTrace& line, size_t number)
      : html(html), parts(parts), line(line), number(number) {}

  void draw() {
    collect(line.criteria);
    for (const vm::ItemTrace& each : line.items) collect(each.criteria);
    if (parts.trace.history.empty() && windows.empty()) return;
    find_range();
    if (!first || !last || !anything_to_draw()) return;
    html.element("section",
                 {{"class", "panel timeline"}, {"aria-labelledby", fmt::format("history-{} {}-head", number + 1, line_id(number))}}, [&] {
                   html.element("h3", {{"id", fmt::format("history-{}", number + 1)}}, "History and windows");
                   html.element("ol", {{"class", "lanes"}}, [&] {
                     axis();
                     for (const HistoryTrace& each : parts.trace.history) list(each);
                     if (!windows.empty())
                       html.element("li", {{"class", "lane-group"}}, [&] { html.element("h4", "Windows of the policy"); });
                     for (const DrawnWindow& each : windows) window(each);
                   });
                   legend();
                 });
  }

 private:
  void collect(const std::vector<CriterionTrace>& list) {
    for (const CriterionTrace& c : list) {
      if (c.defeated || c.status == vm::Status::not_applicable) continue;
      for (const ObservedValue& v : c.values) {
        if (v.window) {
          // The same window is looked at for each item, and drawn once for each that finds something else.
          const bool seen = std::any_of(windows.begin(), windows.end(), [&](const DrawnWindow& w) {
            return w.criterion->name == c.name && w.window->days == v.window->days && w.window->counted == v.window->counted;
          });
          if (!seen) windows.push_back({&c, &v, &*v.window});
        } else if (!v.fact.empty() && day_of(v.against)) {
          thresholds.push_back({v.fact, v.against, &c});
        }
      }
      collect(c.criteria);
    }
  }

  void include(const std::string& iso) {
    const auto day = day_of(iso);
    if (!day) return;
    first = std::min(first.value_or(*day), *day), last = std::max(last.value_or(*day), *day);
  }
  void include(const std::optional<Days>& d) {
    if (d) include(d->from), include(d->to);
  }

  void find_range() {
    include(line.decided_date), include(line.date);
    for (const HistoryTrace& h : parts.trace.history) {
      for (const EventTrace& e : h.events) include(e.days), include(e.until);
    }
    for (const DrawnWindow& each : windows) include(each.window->days);
    for (const Threshold& each : thresholds) {
      if (is_drawn(each.fact)) include(each.day);
    }
    if (!first) return;
    const int32_t room = std::max(10, (*last - *first) / 25);
    first = *first - room, last = *last + room;
  }

  // A line of days on which nothing lies says nothing.
  bool anything_to_draw() const {
    return !windows.empty() || std::any_of(parts.trace.history.begin(), parts.trace.history.end(), [](const HistoryTrace& h) {
      return std::any_of(h.events.begin(), h.events.end(), [](const EventTrace& e) { return e.days.has_value(); });
    });
  }

  bool is_drawn(const std::string& fact) const {
    for (const HistoryTrace& h : parts.trace.history) {
      for (const EventTrace& e : h.events) {
        if (fact.starts_with(e.fact + "/")) return true;
      }
    }
    return false;
  }

  double percent(int32_t day) const { return 100.0 * (std::clamp(day, *first, *last) - *first) / std::max(1, *last - *first); }
  // The left edge of a day, or of the whole where there is none.
  double left(const std::string& iso) const { return day_of(iso) ? percent(*day_of(iso)) : 0; }
  double right(const std::string& iso) const { return day_of(iso) ? percent(*day_of(iso) + 1) : 100; }
  double center(const std::string& iso) const { return (left(iso) + right(iso)) / 2; }

  // ---- drawing

  void rect(std::string_view style, double from, double to, int top, int height) {
    html.element("rect",
                 {{"class", std::string(style)},
                  {"x", fmt::format("{:.3f}%", from)},
                  {"width", fmt::format("{:.3f}%", std::max(to - from, 0.15))},
                  {"y", std::to_string(top)},
                  {"height", std::to_string(height)},
                  {"rx", "2"}},
                 "");
  }
  void upright(std::string_view style, double at, int top, int bottom) {
    const std::string x = fmt::format("{:.3f}%", at);
    html.element("line", {{"class", std::string(style)}, {"x1", x}, {"x2", x}, {"y1", std::to_string(top)}, {"y2", std::to_string(bottom)}},
                 "");
  }
  void level(std::string_view style, double from, double to, int y) {
    html.element("line",
                 {{"class", std::string(style)},
                  {"x1", fmt::format("{:.3f}%", from)},
                  {"x2", fmt::format("{:.3f}%", to)},
                  {"y1", std::to_string(y)},
                  {"y2", std::to_string(y)}},
                 "");
  }
  void dot(std::string_view style, double at, int radius = 6) {
    html.element(
        "circle",
        {{"class", std::string(style)}, {"cx", fmt::format("{:.3f}%", at)}, {"cy", std::to_string(middle)}, {"r", std::to_string(radius)}},
        "");
  }
  void said(double at, std::string_view words, std::string_view style = "tick-words", int y = middle + 4) {
    const std::string_view anchor = at > 88 ? "end" : at < 6 ? "start" : "middle";
    html.element(
        "text",
        {{"class", std::string(style)}, {"x", fmt::format("{:.3f}%", at)}, {"y", std::to_string(y)}, {"text-anchor", std::string(anchor)}},
        words);
  }

  // Months, quarters or years, as many as can be read side by side.
  template <class Each>
  void ticks(Each each) const {
    const int32_t months = std::max(1, (*last - *first) / 30);
    const int32_t step = months <= 9 ? 1 : months <= 27 ? 3 : months <= 54 ? 6 : months <= 120 ? 12 : 12 * ((months + 119) / 120);
    const vm::Civil from = vm::civil(*first);
    int32_t month = from.year * 12 + from.month - 1;
    for (month += (step - month % step) % step;; month += step) {
      const int32_t year = month / 12;
      if (year > vm::max_year) return;
      const int32_t day = vm::days_of(year, month % 12 + 1, 1);
      if (day > *last) return;
      if (day >= *first) each(percent(day), year, month % 12 + 1);
    }
  }

  void grid() {
    ticks([&](double at, int32_t, int32_t month) { upright(month == 1 ? "grid year" : "grid", at, 0, lane_height); });
    if (const std::string& day = asked_day(); !day.empty()) upright("asked", center(day), 0, lane_height);
  }

  template <class Draw>
  void svg(Draw draw) {
    html.element(
        "svg",
        {{"class", "lane"}, {"width", "100%"}, {"height", std::to_string(lane_height)}, {"aria-hidden", "true"}, {"focusable", "false"}},
        [&] {
          grid();
          draw();
        });
  }

  const std::string& asked_day() const { return line.date.empty() ? line.decided_date : line.date; }

  template <class Label, class Draw>
  void lane(std::string_view style, Label label, Draw draw) {
    html.element("li", {{"class", "lane-row " + std::string(style)}}, [&] {
      html.element("div", {{"class", "lane-label"}}, label);
      svg(draw);
    });
  }

  void axis() {
    lane(
        "axis",
        [&] {
          const std::string& day = asked_day();
          if (day.empty()) return;
          html.element("span", {{"class", "lane-name"}}, line.date.empty() ? "Received" : "Asked for");
          html.element("span", {{"class", "lane-when"}}, day);
        },
        [&] {
          static constexpr const char* names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
          const double asked = asked_day().empty() ? -100 : center(asked_day());
          ticks([&](double at, int32_t year, int32_t month) {
            if (at > 97) return;
            html.element("text", {{"class", "tick-words"}, {"x", fmt::format("{:.3f}%", at)}, {"dx", "3"}, {"y", "13"}},
                         month == 1 ? std::to_string(year) : names[month - 1]);
          });
          if (asked >= 0) said(asked, "▼", "asked-mark", 27);
        });
  }

  void list(const HistoryTrace& h) {
    // Of a whole list without any date, as of diagnoses, a picture of days has nothing to say.
    const bool dated = std::any_of(h.events.begin(), h.events.end(), [](const EventTrace& e) { return e.days.has_value(); });
    if (h.complete && !h.events.empty() && !dated) return;
    html.element("li", {{"class", "lane-group"}}, [&] {
      html.element("h4", spaced(h.list));
      html.element("span", {{"class", "lane-when"}},
                   h.complete       ? h.events.empty() ? "none: the list is complete" : "the list is complete"
                   : h.complete_for ? "complete " + period_words(*h.complete_for)
                                    : "the list may hold more than is recorded");
      if (h.complete_for && !h.complete) {
        svg([&] { rect("complete", left(h.complete_for->from), right(h.complete_for->to), middle - 3, 6); });
      }
    });
    // What is known by the same words shares a row; what has no date is one row.
    std::vector<std::pair<std::string, std::vector<const EventTrace*>>> rows;
    for (const EventTrace& e : h.events) {
      const std::string label = !e.days ? "Without a date" : e.label.empty() ? e.fact : e.label;
      auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first == label; });
      if (found == rows.end()) found = rows.insert(rows.end(), {label, {}});
      found->second.push_back(&e);
    }
    for (const auto& [label, events] : rows) events_row(label, events);
  }

  static std::string period_words(const Days& d) {
    if (d.from.empty()) return "until " + d.to;
    return d.to.empty() ? "from " + d.from : fmt::format("from {} to {}", d.from, d.to);
  }

  void events_row(const std::string& label, const std::vector<const EventTrace*>& events) {
    lane(
        "event",
        [&] {
          html.element("details", {}, [&] {
            html.element("summary", {}, [&] {
              html.element("span", {{"class", "lane-name said"}}, label);
              html.element("span", {{"class", "lane-when said"}}, !events[0]->days ? labels_of(events) : dates_of(events));
            });
            for (const EventTrace* each : events) detail(*each, label, events.size() > 1);
          });
        },
        [&] {
          for (const EventTrace* each : events) mark(*each);
          for (const EventTrace* each : events) limits_of(*each);
        });
  }

  static std::string dates_of(const std::vector<const EventTrace*>& events) {
    constexpr size_t most = 4;
    if (events.size() > most) return fmt::format("{} times", events.size());
    std::vector<std::string> dates;
    for (const EventTrace* each : events) dates.push_back(when_words(*each));
    return fmt::format("{}", fmt::join(dates, "; "));
  }

  static std::string labels_of(const std::vector<const EventTrace*>& events) {
    std::vector<std::string> labels;
    for (const EventTrace* each : events) {
      if (std::find(labels.begin(), labels.end(), each->label) == labels.end()) labels.push_back(each->label);
    }
    return join(labels, "and");
  }

  void detail(const EventTrace& e, const std::string& label, bool with_date) {
    html.element("dl", {{"class", "event-values small"}}, [&] {
      const auto pair = [&](std::string_view name, std::string_view value) {
        html.element("div", {}, [&] {
          html.element("dt", name);
          html.element("dd", {}, [&] { add_said(html, value); });
        });
      };
      if (with_date || !e.days) pair(e.label.empty() ? "when" : e.label, when_words(e));
      for (const auto& [name, value] : e.values) {
        if (value != label) pair(spaced(name), value);
      }
      if (e.evidence) pair("seen in", words(*e.evidence));
      pair("record", e.fact);
    });
  }

  void mark(const EventTrace& e) {
    if (!e.days) return;
    const bool known = e.days->from == e.days->to;
    if (e.until || e.ongoing) {
      // From the last day on which it may have begun to the first on which it may have ended it surely lasted.
      const double begin = left(e.days->from), sure = left(e.days->to);
      const double end = e.until ? right(e.until->to) : center(asked_day());
      const double sure_end = e.until ? right(e.until->from) : end;
      if (!known) rect("unsure", begin, sure, middle - 5, 10);
      if (sure_end > sure) rect("span", sure, sure_end, middle - 5, 10);
      if (e.until && e.until->from != e.until->to) rect("unsure", sure_end, end, middle - 5, 10);
      if (e.ongoing) said(end + 1, "→", "asked-mark");
      return;
    }
    if (known) return dot("known", center(e.days->from));
    rect("unsure", left(e.days->from), right(e.days->to), middle - 6, 12);
    said((left(e.days->from) + right(e.days->to)) / 2, "?", "unsure-mark");
  }

  void limits_of(const EventTrace& e) {
    for (const Threshold& t : thresholds) {
      if (!t.fact.starts_with(e.fact + "/")) continue;
      const std::string_view style = css_class(rubric::style(t.criterion->status));
      html.element("g", {{"class", "threshold " + std::string(style)}}, [&] {
        html.element("title", fmt::format("{}: {}", t.criterion->label.empty() ? t.criterion->name : t.criterion->label, t.day));
        upright("", center(t.day), 2, lane_height - 2);
      });
    }
  }

  void window(const DrawnWindow& w) {
    const std::string_view style = css_class(rubric::style(w.criterion->status));
    const std::vector<std::pair<Days, bool>> days = counted_days(*w.window);
    lane(
        "window",
        [&] {
          html.element("a", {{"class", "lane-name"}, {"href", "#" + parts.id_of(*w.criterion)}}, [&] {
            html.element("span", {{"class", "mark " + std::string(style)}, {"aria-hidden", "true"}}, rubric::mark(w.criterion->status));
            html.text(" ");
            html.text(w.criterion->label.empty() ? w.criterion->name : w.criterion->label);
            html.element("span", {{"class", "only-heard"}}, fmt::format(", {}", words(w.criterion->status)));
          });
          html.element("span", {{"class", "lane-when said"}}, window_words(w));
        },
        [&] {
          const WindowTrace& t = *w.window;
          if (!t.days) return said(1, "the line's day is not known", "tick-words unknown");
          const double from = left(t.days->from), to = right(t.days->to);
          html.element("g", {{"class", "bracket " + std::string(style)}}, [&] {
            rect("band", from, to, 4, lane_height - 8);
            if (!t.days->from.empty()) upright("end", from, 3, lane_height - 3);
            if (!t.days->to.empty()) upright("end", to, 3, lane_height - 3);
          });
          for (const auto& [day, certain] : days) {
            if (day.from == day.to) dot(certain ? "known" : "perhaps", center(day.from));
            else rect("unsure", std::max(from, left(day.from)), std::min(to, right(day.to)), middle - 6, 12);
          }
        });
  }

  std::string window_words(const DrawnWindow& w) const {
    std::string out = w.criterion->text;
    const WindowTrace& t = *w.window;
    if (t.days && !(t.days->from.empty() && t.days->to.empty())) out += ": " + period_words(*t.days);
    if (t.kind == "gap") {
      if (!w.value->value.empty()) out += "; " + w.value->value;
    } else if (!w.value->value.empty()) {
      out += fmt::format("; used {} of {}", w.value->value, w.value->against);
    }
    return out;
  }

  // The days of what a window counts, and whether each surely counts.
  std::vector<std::pair<Days, bool>> counted_days(const WindowTrace& t) const {
    std::vector<std::pair<Days, bool>> out;
    const auto add = [&](const std::vector<std::string>& facts, bool certain) {
      for (const std::string& fact : facts) {
        if (fact.starts_with("line:")) {
          for (const LineTrace& each : parts.trace.lines) {
            if (fmt::format("line:{}", each.sequence) == fact && !each.date.empty()) out.emplace_back(Days{each.date, each.date}, certain);
          }
          continue;
        }
        for (const HistoryTrace& h : parts.trace.history) {
          for (const EventTrace& e : h.events) {
            if (e.fact == fact && e.days) out.emplace_back(*e.days, certain);
          }
        }
      }
    };
    add(t.counted, true), add(t.may_count, false);
    return out;
  }

  void legend() {
    html.element("ul", {{"class", "legend small"}}, [&] {
      const auto entry = [&](std::string_view words, auto draw) {
        html.element("li", {}, [&] {
          html.element("svg",
                       {{"class", "lane key"},
                        {"width", "28"},
                        {"height", std::to_string(lane_height)},
                        {"aria-hidden", "true"},
                        {"focusable", "false"}},
                       draw);
          html.text(words);
        });
      };
      entry("on a day that is known", [&] { dot("known", 50); });
      entry("some time in these days", [&] { rect("unsure", 10, 90, middle - 6, 12), said(50, "?", "unsure-mark"); });
      entry("lasted", [&] { rect("span", 10, 90, middle - 5, 10); });
      if (!windows.empty()) {
        entry("a window, with what it counts", [&] {
          html.element("g", {{"class", "bracket quiet"}}, [&] {
            rect("band", 5, 95, 4, lane_height - 8), upright("end", 5, 3, lane_height - 3), upright("end", 95, 3, lane_height - 3);
          });
          dot("known", 50);
        });
        entry("may count", [&] { dot("perhaps", 50); });
      }
      if (!thresholds.empty())
        entry("a day that a criterion compares with",
              [&] { html.element("g", {{"class", "threshold quiet"}}, [&] { upright("", 50, 2, lane_height - 2); }); });
      entry(line.date.empty() ? "the day of receipt" : "the day that is asked for", [&] { upright("asked", 50, 0, lane_height); });
    });
  }

  Html& html;
  const CaseParts& parts;
  const LineTrace& line;
  const size_t number;
  std::vector<DrawnWindow> windows;
  std::vector<Threshold> thresholds;
  std::optional<int32_t> first, last;
};

}  // namespace

void add_timeline(Html& html, const CaseParts& parts, const LineTrace& line, size_t number) { Timeline(html, parts, line, number).draw(); }

}  // namespace rubric
