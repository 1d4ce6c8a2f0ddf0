// See determinations.h.

#include "cli/determinations.h"

#include "render/text.h"
#include "vm/each_trace.h"

namespace rubric::cli {

Determinations::Determinations(const vm::VerifiedProgram& program, const DecideOptions& options, size_t most_told) : options_(options) {
  if (options.form != Form::text) json_.emplace(program, options.with_criteria, most_told);
}

void Determinations::write(const vm::Decisions& d, std::span<const vm::Row> cases, Tools& tools,
                           const std::function<void(const Determination&)>& take) {
  tools.json.clear();
  if (json_) {
    json_->write(d, cases, tools.settler, tools.json, [&](vm::Row row, const vm::Trace& but_lines, std::span<const vm::Settlement> lines) {
      lines_.clear();
      for (const vm::Settlement& each : lines) lines_.push_back(each.outcome);
      take({row, tools.json.text(), but_lines, lines_});
      tools.json.clear();
    });
    return;
  }
  const auto write = [&](vm::Row row, const vm::Trace& trace) {
    lines_.clear();
    for (const vm::LineTrace& each : trace.lines) lines_.push_back(each.outcome);
    if (options_.with_criteria) text_ = to_text(trace, {options_.color, options_.width, {}, Audience::reviewer}) + '\n';
    else text_ = to_summary(trace, options_.color);
    take({row, text_, trace, lines_});
  };
  vm::each_trace(d, cases, tools.settler, options_.with_criteria, vm::Pictures::unwanted, write, options_.settled());
}

}  // namespace rubric::cli
