// See console.h.

#include "cli/console.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "render/words.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace rubric::cli {

namespace {

// https://no-color.org: set and not empty.
bool no_color_wanted() {
  const char* value = std::getenv("NO_COLOR");
  return value && *value;
}

bool is_plain_terminal() {
  const char* term = std::getenv("TERM");
  return !term || std::string_view(term) == "dumb";
}

Color automatic(int file) { return isatty(file) && !no_color_wanted() && !is_plain_terminal() ? Color::yes : Color::no; }

// "40 s", "12 min", "3 h 5 min": nobody plans by the second of an hour.
std::string span_words(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole < 90) return fmt::format("{} s", whole);
  const uint64_t minutes = (whole + 30) / 60;
  return minutes < 90 ? fmt::format("{} min", minutes) : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

Console::Console()
    : output_color(automatic(STDOUT_FILENO)),
      message_color(automatic(STDERR_FILENO)),
      // On a terminal that shows the output as well, the two would write over each other.
      shows_progress(isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) && !is_plain_terminal()),
      begun(std::chrono::steady_clock::now()),
      shown(begun) {}

void Console::configure(const Arguments& arguments) {
  const std::string color = arguments.value_or("color", "auto");
  if (color != "auto") output_color = message_color = color == "always" ? Color::yes : Color::no;
  quiet = arguments.has("quiet");
  for (const Option& each : arguments.command->options) {
    if (each.name != "format") continue;
    const std::string format = arguments.value_or("format", "text");
    machine = format != "text" && format != "html" && format != "csv" && format != "tests";  // those are read by a person
  }
}

int Console::width() const {
  winsize size{};
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, 40, 120);  // longer lines are not read
  }
  return 100;
}

void Console::say(Severity severity, std::string_view message, std::string_view help) {
  end_progress();
  std::string out;
  if (machine) {
    out = fmt::format(R"([{{"severity": "{}", "message": {}, "help": {}, "related": []}}])", severity_name(severity), quote_json(message),
                      quote_json(help));
  } else {
    const std::string_view tone = severity == Severity::error ? "\x1b[1;31m" : severity == Severity::warning ? "\x1b[1;35m" : "\x1b[1;36m";
    const bool colored = message_color == Color::yes;
    out = fmt::format("rubric: {}{}{}: {}", colored ? tone : "", severity_name(severity), colored ? "\x1b[0m" : "", printable(message));
    if (!help.empty()) out += fmt::format("\n  help: {}", printable(help));
  }
  out += '\n';
  std::fwrite(out.data(), 1, out.size(), stderr);
}

void Console::record(std::string_view source, const vm::RecordMessage& found) {
  const Severity severity = found.error ? Severity::error : Severity::warning;
  end_progress();
  std::string out;
  if (machine) {
    out = fmt::format(R"([{{"severity": "{}", "source": {}, "pointer": {}, "message": {}}}])", severity_name(severity), quote_json(source),
                      quote_json(found.pointer), quote_json(found.message));
  } else {
    out = fmt::format("{}: {}: {}: {}", printable(source), severity_name(severity),
                      found.pointer.empty() ? "the record" : printable(found.pointer), printable(found.message));
  }
  out += '\n';
  std::fwrite(out.data(), 1, out.size(), stderr);
}

void Console::error(std::string_view message, std::string_view help) { say(Severity::error, message, help); }
void Console::warning(std::string_view message) { say(Severity::warning, message, ""); }
void Console::note(std::string_view message) {
  if (!quiet) say(Severity::note, message, "");
}

void Console::diagnostics(const Diagnostics& all, const SourceSet& sources, bool warnings) {
  Diagnostics some;
  for (const Diagnostic& each : all.all()) {
    if (warnings || each.severity == Severity::error) some.add(each);
  }
  if (some.all().empty()) return;
  end_progress();
  some.sort();
  const std::string out = machine ? render_json(some, sources) : render_text(some, sources, message_color);
  std::fwrite(out.data(), 1, out.size(), stderr);
}

void Console::progress(uint64_t done, std::string_view things, std::optional<double> share) {
  using namespace std::chrono;
  if (!shows_progress || quiet) return;
  const auto now = steady_clock::now();
  if (things != progressing) progressing = things, begun = now;
  // A run that is over at once has no progress to report, and a terminal needs no more than this.
  if (now - begun < seconds(1) || now - shown < milliseconds(200)) return;
  shown = now;
  const double elapsed = duration<double>(now - begun).count();
  std::string line = fmt::format("\r{} {}, {} a second", group_digits(done), things,
                                 group_digits(static_cast<uint64_t>(static_cast<double>(done) / elapsed)));
  if (share && *share > 0) line += fmt::format(", {} left", span_words(elapsed / *share * (1 - *share)));
  line += "\x1b[K";
  std::fwrite(line.data(), 1, line.size(), stderr);
  progress_stands = true;
}

void Console::end_progress() {
  if (progress_stands) std::fputs("\r\x1b[K", stderr);
  progress_stands = false;
}

}  // namespace rubric::cli
