// The loader: records in, batches out; what is true of a case as a whole, and the messages. See record.h.

#include "vm/record.h"

#include "base/text.h"
#include "vm/record_dates.h"
#include "vm/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace rubric::vm {

const CaseInfo& CaseInfos::made(size_t row) const {
  if (made_.empty()) made_.resize(size_);
  if (!made_[row]) made_[row] = std::make_unique<const CaseInfo>(make_(static_cast<Row>(row)));
  return *made_[row];
}

Id Batch::intern(std::string_view wanted) const {
  const size_t own = first_own_text();
  if (vocabulary) {
    const Id id = vocabulary->known.find(hash_of(wanted), [&](Id other) { return text(other) == wanted; });
    if (id != InternTable::none) return id;
  }
  if (text_ids_.empty()) {
    for (Id id = vocabulary ? static_cast<Id>(own) : 0; id < own + texts.size(); ++id) text_ids_.emplace(text(id), id);
  }
  const auto known = text_ids_.find(wanted);
  if (known != text_ids_.end()) return known->second;
  texts.emplace_back(wanted);
  const auto id = static_cast<Id>(own + texts.size() - 1);
  text_ids_.emplace(texts.back(), id);
  return id;
}

void Batch::forget_values() {
  info = {};
  pool.clear();
  arena->release();
  vocabulary.reset();
  text_ids_.clear();
  texts.clear();
  codes.clear();
}

namespace {

constexpr uint32_t most_messages = 100;  // of a record, of either kind; a pointer costs a walk
constexpr size_t quoted_length = 60;

constexpr size_t most_copied = 1 << 20;  // larger records are read where they lie, with care
constexpr size_t zeros_behind = 64;       // no token, end of any number, room for a load of eight bytes

std::string with_thousands(uint64_t n) {
  std::string digits = std::to_string(n);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

}  // namespace

// ---------------------------------------------------------------- the loader

struct Loader::Impl {
  RecordPlan plan;
  RecordBatch batch;
  RecordReader reader;
  std::optional<Value> today;

  Impl(const Program& program, const std::string& as_of, LoadLimits l)
      : plan(program), batch(plan, l.cells_per_case), reader(plan, batch, l), today(day_called_today(as_of)) {}
};

Loader::Loader(const Program& program, const std::string& as_of, LoadLimits limits)
    : impl_(std::make_unique<Impl>(program, as_of, limits)) {}
Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;

void Loader::add(std::string_view json, std::string source) { impl_->reader.add(json, std::move(source)); }
void Loader::add_rejected(std::string source, std::string message) { impl_->reader.add_rejected(std::move(source), std::move(message)); }
uint32_t Loader::pending() const { return impl_->batch.cases() + impl_->reader.is_waiting(); }
Batch Loader::take(Batch used) {
  impl_->reader.finish();
  return impl_->batch.take(impl_->today, std::move(used));
}

// ---------------------------------------------------------------- one record

RecordReader::RecordReader(const RecordPlan& plan, RecordBatch& out, const LoadLimits& limits) : plan_(plan), out_(out), limits_(limits) {
  after_.resize(plan.nodes.size());
  for (size_t n = 0; n < after_.size(); ++n) {
    // Until records have shown their order, a field is expected behind the one that the model declares before it.
    for (uint32_t f = 0; f <= plan.nodes[n].fields.size(); ++f) after_[n].push_back(f);
  }
  expect_keys();
}

void RecordReader::begin(std::string source) {
  case_row_ = out_.begin_case();
  restart(std::move(source));
}

void RecordReader::restart(std::string source) {
  out_.info().source = std::move(source);
  errors_ = warnings_ = 0;
  values_.clear();
  late_.clear();
  plain_late_.clear();
  references_.clear();
  marks_.clear();
  annotations_ = assertions_ = no_token;
}

void RecordReader::add_rejected(std::string source, std::string message) {
  finish();
  begin(std::move(source));
  say("", std::move(message), true);
  end();
}

// A record waits while the one before it is read. Records of a large buffer come from memory, not from a cache; that takes
// a good part of the time in which one is read, and so happens beside it.
void RecordReader::add(std::string_view json, std::string source) {
  ahead_ = json;
  finish();
  ahead_ = {};
  if (json.size() > most_copied) return read(json, std::move(source), false);
  if (copy_.size() < json.size() + zeros_behind) copy_.resize(json.size() + zeros_behind);
  std::memcpy(copy_.data(), json.data(), json.size());
  std::memset(copy_.data() + json.size(), 0, zeros_behind);
  waiting_ = {json.size(), std::move(source)};
}

void RecordReader::finish() {
  if (!waiting_) return;
  Waiting record = std::move(*waiting_);
  waiting_.reset();
  read({copy_.data(), record.size}, std::move(record.source), true);
}

void RecordReader::read(std::string_view json, std::string source, bool copied) {
  begin(std::move(source));
  if (json.size() > limits_.bytes_per_record) {
    say("",
        fmt::format("the record has {} bytes, more than the {} that a record may have", with_thousands(json.size()),
                    with_thousands(limits_.bytes_per_record)),
        true);
  } else if (copied && read_plainly(json)) {
    // Most are.
  } else if (!json_.read(json)) {
    not_json(json);
  } else if (json_.kind(0) != '{') {
    say("", fmt::format("a case record is an object, found {}", shown(0)), true);
  } else {
    read_case();
  }
  end();
}

void RecordReader::not_json(std::string_view json) {
  const std::string_view before = json.substr(0, json_.problem().offset);
  const size_t line = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  say("",
      line == 1 ? fmt::format("not a JSON record: {}, at byte {}", json_.problem().message, column)
                : fmt::format("not a JSON record: {}, at byte {} of its line {}", json_.problem().message, column, line),
      true);
}

// The last word on a case: kept, or taken back whole.
void RecordReader::end() {
  CaseInfo& info = out_.info();
  if (out_.over_limit()) {
    say("", fmt::format("the case needs more than {} cells (rows, and text by 16 bytes)", with_thousands(limits_.cells_per_case)), true);
  }

  const auto suppressed = [&](uint32_t count, const char* word, bool error) {
    if (count <= most_messages) return;
    info.messages.push_back({"", fmt::format("and {} more {}", with_thousands(count - most_messages), word), error});
  };
  suppressed(errors_, "errors", true);
  suppressed(warnings_, "warnings", false);
  if (info.id.empty()) info.id = info.source;
  if (errors_ == 0) {
    out_.keep_case();
    return;
  }
  out_.drop_case();
  info.rejected = true;
  info.evidence.clear();
  info.claims.clear();
  info.assertions.clear();
  info.vague.clear();
  info.not_applicable.clear();
}

void RecordReader::read_case() {
  const NodePlan& plan = plan_.nodes[0];
  values_.resize(plan.fields.size(), no_token);
  read_members(0, 0, values_, 0);

  // What annotations say changes how facts are read, and bounds are often the case's own dates: first those.
  bool named = false;
  for (uint32_t f = 0; f < plan.fields.size(); ++f) {
    const Token value = values_[f];
    if (value == no_token || json_.is_null(value)) continue;
    switch (plan.fields[f].case_key) {
      case CaseKey::id:
        if (json_.kind(value) == '"') {
          out_.info().id = json_.string(value, scratch_);
          named = !out_.info().id.empty();
        } else {
          if (!plan.fields[f].field) error(value, fmt::format("expected a text that names the case, found {}", shown(value)));
          named = true;
        }
        break;
      case CaseKey::annotations: annotations_ = value; break;
      case CaseKey::assertions: assertions_ = value; break;
      case CaseKey::none:
      case CaseKey::decision_date:
      case CaseKey::ignored: break;
    }
  }
  if (!named) say("/id", "the case has no id; it goes by the place where it stands", false);
  if (annotations_ != no_token) read_annotations(annotations_);

  read_fields(0, case_row_, marks_.empty() ? no_mark : root_mark, 0);
  if (out_.over_limit()) return;
  resolve_references();
  if (assertions_ != no_token) read_assertions(assertions_);
}

// ---------------------------------------------------------------- messages

void RecordReader::say(std::string pointer, std::string message, bool error) {
  uint32_t& count = error ? errors_ : warnings_;
  if (++count <= most_messages) out_.info().messages.push_back({std::move(pointer), std::move(message), error});
}

void RecordReader::error(Token at, std::string message) {
  if (!plain_ && errors_ < most_messages) say(json_.pointer(at), std::move(message), true);
  else ++errors_;
}

void RecordReader::warn(Token at, std::string message) {
  if (!plain_ && warnings_ < most_messages) say(json_.pointer(at), std::move(message), false);
  else ++warnings_;
}

std::string RecordReader::quoted(std::string_view text) const {
  size_t end = 0;
  for (size_t n = 0; n < quoted_length && end < text.size(); ++n) end += first_code_point(text.substr(end)).bytes;
  return fmt::format("\"{}{}\"", printable(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string RecordReader::shown(Token t) const {
  switch (json_.kind(t)) {
    case '{': return "an object";
    case '[': return "a list";
    case '"': {
      std::string scratch;
      return quoted(json_.string(t, scratch));
    }
    default: {
      const std::string_view raw = json_.raw(t);
      return raw.size() <= quoted_length ? std::string(raw) : std::string(raw.substr(0, quoted_length)) + "...";
    }
  }
}

std::string RecordReader::meant(const std::optional<std::string>& nearest) {
  return nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : std::string();
}

}  // namespace rubric::vm
