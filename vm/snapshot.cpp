// The file around the blocks. See snapshot.h.

#include "vm/snapshot.h"

#include "base/text.h"
#include "vm/byte_order.h"
#include "vm/record_dates.h"
#include "vm/whole_record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxh_x86dispatch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace rubric::vm {

namespace {

constexpr std::string_view magic = "\x89RSN\r\n\x1a\n";
constexpr size_t start_size = 8 + 4 + 4, end_size = 8 * 4 + 8;
constexpr size_t bytes_per_block = size_t{8} << 20;  // of text: records may be large
constexpr uint64_t most_bytes = uint64_t{1} << 30;   // of a block, in the file

constexpr const char* cut_short = "it is cut short: make it again from its source";

std::string damaged(std::string_view what) { return fmt::format("it is damaged ({}): make it again from its source", what); }
std::string damaged(size_t block, std::string_view what) { return damaged(fmt::format("block {} has {}", block + 1, what)); }

constexpr std::string_view other_bytes = "other bytes than were written";

// XXH3, by the widest instructions that the processor has.
uint64_t checksum(std::string_view bytes) { return XXH3_64bits_dispatch(bytes.data(), bytes.size()); }

}  // namespace

// ---------------------------------------------------------------- writing

struct SnapshotWriter::Impl {
  struct Text {
    std::string json, source;
    bool refused = false;
  };  // refused: json is the reason

  Program model;           // without nodes: none, and all is kept as text
  bool has_decision_date;  // else a case's own is no column of the model
  Loader loader;
  std::function<void(std::string_view)> write;
  std::vector<Text> waiting;
  size_t waiting_bytes = 0;
  uint64_t offset = 0, cases = 0, as_text = 0;
  DictionaryWriter dictionary;
  std::vector<Snapshot::Block> directory;
  struct Other {
    std::shared_ptr<const Snapshot> snapshot;
    SnapshotReader reader;
  };
  std::optional<Other> other;  // whose blocks are taken

  Impl(const Program& program, std::function<void(std::string_view)> w)
      : model(reading_the_model(program)),
        has_decision_date(!model.nodes.empty() && find_field(model, model.nodes[0], "decisionDate") != none_id),
        loader(model, ""),
        write(std::move(w)),
        dictionary(model) {}

  void put(std::string_view bytes) {
    write(bytes);
    offset += bytes.size();
  }

  void take(Text text) {
    if (model.nodes.empty()) {
    } else if (text.refused) loader.add_rejected(text.source, text.json);
    else loader.add(text.json, text.source);
    waiting_bytes += text.json.size();
    waiting.push_back(std::move(text));
    if (waiting.size() == cases_per_block || waiting_bytes > bytes_per_block) flush();
  }

  // Neighbours that are columns become a block, and neighbours that are not another.
  void flush() {
    const Batch all = loader.take();
    std::vector<bool> plain(waiting.size(), false);
    for (Row row = 0; row < all.cases; ++row) plain[row] = is_columns(all.info[row]);
    const auto end_of = [&](size_t from) {
      return static_cast<size_t>(std::find(plain.begin() + static_cast<ptrdiff_t>(from), plain.end(), !plain[from]) - plain.begin());
    };
    for (size_t from = 0, to; from < plain.size(); from = to) {
      to = end_of(from);
      if (!plain[from]) texts(from, to);
      else if (to - from == plain.size()) columns(all);
      else columns(again(from, to));
    }
    waiting.clear();
    waiting_bytes = 0;
  }
  bool is_columns(const CaseInfo& info) const {
    return info.messages.empty() && info.assertions.empty() && info.cells <= most_cells && (has_decision_date || info.as_of.empty());
  }
  Batch again(size_t from, size_t to) {
    for (size_t k = from; k < to; ++k) loader.add(waiting[k].json, waiting[k].source);
    return loader.take();
  }

  void columns(const Batch& batch) {
    std::string least = batch.info[0].id, greatest = least;
    for (Row row = 1; row < batch.cases; ++row) {
      const std::string& id = batch.info[row].id;
      if (id < least) least = id;
      if (id > greatest) greatest = id;
    }
    const DictionaryWriter::OfBatch ids = dictionary.add(batch);
    block(pack_block(model, batch, ids), batch.cases, Snapshot::Kind::columns, least, greatest);
  }
  void texts(size_t from, size_t to) {
    ByteWriter w;
    for (size_t k = from; k < to; ++k) {
      w.number(static_cast<uint8_t>(waiting[k].refused));
      w.text(waiting[k].source);
      w.text(waiting[k].json);
    }
    as_text += to - from;
    block(w.out, static_cast<uint32_t>(to - from), Snapshot::Kind::texts, "", "");
  }
  void block(const std::string& bytes, uint32_t count, Snapshot::Kind kind, const std::string& least, const std::string& greatest) {
    directory.push_back({offset, bytes.size(), checksum(bytes), count, kind, least, greatest});
    put(bytes);
    cases += count;
  }
};

SnapshotWriter::SnapshotWriter(const std::vector<SnapshotSource>& sources, std::function<void(std::string_view)> write)
    : SnapshotWriter(Program{}, sources, std::move(write)) {}

SnapshotWriter::SnapshotWriter(const Program& model, const std::vector<SnapshotSource>& sources,
                               std::function<void(std::string_view)> write)
    : impl_(std::make_unique<Impl>(model, std::move(write))) {
  ByteWriter content;
  content.text(model.nodes.empty() ? "" : model_digest(model));
  content.number(static_cast<uint32_t>(model.code_systems.size()));
  for (const Id each : model.code_systems) content.text(model.texts[each]);
  content.number(static_cast<uint32_t>(sources.size()));
  for (const SnapshotSource& each : sources) content.text(each.name), content.number(each.bytes);
  ByteWriter head;
  head.out = magic;
  head.number(snapshot_format);
  head.number(static_cast<uint32_t>(content.out.size()));
  head.out += content.out;
  head.number(checksum(head.out));
  impl_->put(head.out);
}

SnapshotWriter::~SnapshotWriter() = default;
SnapshotWriter::SnapshotWriter(SnapshotWriter&&) noexcept = default;

void SnapshotWriter::add(std::string_view json, std::string source) { impl_->take({std::string(json), std::move(source)}); }
void SnapshotWriter::add_rejected(std::string source, std::string message) { impl_->take({std::move(message), std::move(source), true}); }
uint64_t SnapshotWriter::cases() const { return impl_->cases; }
uint64_t SnapshotWriter::cases_as_text() const { return impl_->as_text; }

std::string SnapshotWriter::add_block(const std::shared_ptr<const Snapshot>& snapshot, size_t number) {
  const Snapshot& from = *snapshot;
  if (from.model() != model_digest(impl_->model)) return "a snapshot of another record model cannot become part of this one";
  if (!impl_->waiting.empty()) impl_->flush();
  const Snapshot::Block& b = from.directory_[number];
  if (b.kind == Snapshot::Kind::columns) {
    if (!impl_->other || impl_->other->snapshot != snapshot) {
      auto reader = SnapshotReader::create(from, impl_->model, "");
      if (!reader) return reader.error();
      impl_->other.emplace(Impl::Other{snapshot, std::move(*reader)});
    }
    const auto batch = impl_->other->reader.read(number);
    if (!batch) return batch.error();
    impl_->columns(**batch);
    return "";
  }
  SnapshotBlock block;
  if (auto why = from.load(number, block); !why.empty()) return why;
  impl_->as_text += b.cases;
  impl_->block(block.bytes, b.cases, b.kind, b.least, b.greatest);
  return "";
}

void SnapshotWriter::attach(std::string_view bytes, uint64_t cases) {
  impl_->directory.push_back(
      {impl_->offset, bytes.size(), checksum(bytes), static_cast<uint32_t>(cases), Snapshot::Kind::attached, "", ""});
  impl_->put(bytes);
}

void SnapshotWriter::finish() {
  if (!impl_->waiting.empty()) impl_->flush();
  ByteWriter w;
  w.out = impl_->dictionary.bytes();
  w.number(static_cast<uint32_t>(impl_->directory.size()));
  for (const Snapshot::Block& b : impl_->directory) {
    w.number(b.offset), w.number(b.size), w.number(b.checksum), w.number(b.cases), w.number(b.kind);
    w.text(b.least), w.text(b.greatest);
  }
  ByteWriter end;
  end.number(impl_->offset), end.number(uint64_t{w.out.size()}), end.number(checksum(w.out));
  end.number(impl_->offset + w.out.size() + end_size);
  end.out += magic;
  impl_->put(w.out);
  impl_->put(end.out);
}

// ---------------------------------------------------------------- the open file

Snapshot::~Snapshot() {
  if (file_ >= 0) ::close(file_);
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      begin_(other.begin_),
      size_(other.size_),
      model_(std::move(other.model_)),
      code_systems_(std::move(other.code_systems_)),
      sources_(std::move(other.sources_)),
      dictionary_(std::move(other.dictionary_)),
      directory_(std::move(other.directory_)),
      attached_(std::move(other.attached_)) {}

bool Snapshot::is_one(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct stat status{};
  std::array<char, 8> start{};
  const bool is = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                  ::pread(file, start.data(), start.size(), 0) == static_cast<ssize_t>(start.size()) &&
                  std::string_view(start.data(), 4) == magic.substr(0, 4);
  ::close(file);
  return is;
}

std::string Snapshot::read(uint64_t offset, uint64_t size, std::string& bytes) const {
  if (offset > size_ || size > size_ - offset || size > most_bytes) return damaged("its parts do not fit into it");
  bytes.resize(size);
  for (uint64_t done = 0; done < size;) {
    const ssize_t got = ::pread(file_, bytes.data() + done, size - done, static_cast<off_t>(begin_ + offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::generic_category().message(errno);
    if (got == 0) return "it has become shorter while it was read";
    done += static_cast<uint64_t>(got);
  }
  return "";
}

std::string Snapshot::load(size_t number, SnapshotBlock& out) const {
  const Block& block = directory_[number];
  out.number = number;
  out.cases = block.cases;
  out.least = block.least, out.greatest = block.greatest;
  out.infos.reset();
  if (auto why = read(block.offset, block.size, out.bytes); !why.empty()) return why;
  return checksum(out.bytes) == block.checksum ? "" : damaged(number, other_bytes);
}

tl::expected<Snapshot, std::string> Snapshot::open(const std::string& path, uint64_t begin) {
  const auto refuse = [](std::string why) { return tl::unexpected(std::move(why)); };
  Snapshot out;
  out.file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (out.file_ < 0 || fstat(out.file_, &status) != 0) return refuse(std::generic_category().message(errno));
  out.begin_ = begin;
  out.size_ = static_cast<uint64_t>(status.st_size) - std::min(begin, static_cast<uint64_t>(status.st_size));
  std::string bytes, end;

  if (out.size_ < start_size + end_size) return refuse(cut_short);
  if (auto why = out.read(0, start_size, bytes); !why.empty()) return refuse(why);
  if (!std::string_view(bytes).starts_with(magic)) return refuse("it is not a snapshot");
  ByteReader start(std::string_view(bytes).substr(magic.size()));
  if (const auto format = start.number<uint32_t>(); format != snapshot_format) {
    return refuse(fmt::format("it has format {}, and this version of rubric reads format {}: make it again from its source", format,
                              snapshot_format));
  }
  const uint64_t head_size = start_size + start.number<uint32_t>();
  if (auto why = out.read(0, head_size + 8, bytes); !why.empty()) return refuse(why);
  ByteReader head(bytes);
  head.go_to(head_size);
  if (head.number<uint64_t>() != checksum(std::string_view(bytes).substr(0, head_size)))
    return refuse(damaged(fmt::format("its head has {}", other_bytes)));
  head.go_to(start_size);
  out.model_ = head.text();
  out.code_systems_.resize(head.count(4));
  for (std::string& each : out.code_systems_) each = head.text();
  out.sources_.resize(head.count(12));
  for (SnapshotSource& each : out.sources_) each.name = head.text(), each.bytes = head.number<uint64_t>();
  if (!head.good() || head.left() != sizeof(uint64_t)) return refuse(damaged("its head does not end where it should"));

  if (auto why = out.read(out.size_ - end_size, end_size, end); !why.empty()) return refuse(why);
  if (!end.ends_with(magic)) return refuse(cut_short);
  ByteReader tail(end);
  const auto offset = tail.number<uint64_t>(), size = tail.number<uint64_t>(), sum = tail.number<uint64_t>();
  if (tail.number<uint64_t>() != out.size_) return refuse(cut_short);
  if (auto why = out.read(offset, size, bytes); !why.empty()) return refuse(why);
  if (offset + size + end_size != out.size_) return refuse(damaged("its parts do not fit into it"));
  if (checksum(bytes) != sum) return refuse(damaged(fmt::format("its directory has {}", other_bytes)));
  ByteReader directory(bytes);
  out.dictionary_ = std::make_unique<const Dictionary>(Dictionary::read(directory));
  if (!directory.good()) return refuse(damaged("its dictionary has texts that are not UTF-8, or codes of other texts"));
  uint64_t at = head_size + 8, attached = 0;
  for (uint32_t left = directory.count(37); left > 0 && directory.good(); --left) {
    Block b;
    b.offset = directory.number<uint64_t>(), b.size = directory.number<uint64_t>(), b.checksum = directory.number<uint64_t>();
    b.cases = directory.number<uint32_t>(), b.kind = directory.number<Kind>();
    b.least = directory.text(), b.greatest = directory.text();
    const bool is_cases = b.kind == Kind::columns || b.kind == Kind::texts;
    if (b.offset != at || b.kind > Kind::attached || b.size > most_bytes || (is_cases && b.cases > cases_per_block)) directory.fail();
    if (b.kind == Kind::columns && out.model_.empty()) directory.fail();
    at += b.size;
    if (is_cases) {
      out.directory_.push_back(std::move(b));
      continue;
    }
    out.attached_.push_back({std::move(b), attached});
    attached += out.attached_.back().block.cases;
  }
  if (!directory.good() || !directory.at_end() || at != offset || attached > out.cases())
    return refuse(damaged("its directory does not describe its blocks"));
  return out;
}

uint64_t Snapshot::cases() const {
  uint64_t n = 0;
  for (const Block& each : directory_) n += each.cases;
  return n;
}

std::optional<std::pair<size_t, uint64_t>> Snapshot::attached_to(uint64_t number) const {
  const auto behind =
      std::upper_bound(attached_.begin(), attached_.end(), number, [](uint64_t n, const Attached& a) { return n < a.first; });
  if (behind == attached_.begin()) return std::nullopt;
  const Attached& a = behind[-1];
  if (number - a.first >= a.block.cases) return std::nullopt;
  return std::pair(static_cast<size_t>(behind - attached_.begin()) - 1, number - a.first);
}

std::string Snapshot::load_attached(size_t which, std::string& bytes) const {
  const Block& block = attached_[which].block;
  if (auto why = read(block.offset, block.size, bytes); !why.empty()) return why;
  return checksum(bytes) == block.checksum ? "" : damaged(fmt::format("part {} of what was decided has {}", which + 1, other_bytes));
}

uint64_t Snapshot::bytes_before(size_t block) const { return block < directory_.size() ? directory_[block].offset : size_; }

bool Snapshot::may_hold(size_t block, std::string_view id) const {
  const Block& b = directory_[block];
  return b.kind == Kind::texts || (b.least <= id && id <= b.greatest);
}

// Whether the program says nothing of codes that are columns here: it knows their systems, or declares none and minds none.
bool Snapshot::warns_as(const Program& program) const {
  const auto known = [&](const std::string& system) {
    return std::any_of(program.code_systems.begin(), program.code_systems.end(), [&](Id id) { return program.texts[id] == system; });
  };
  return program.code_systems.empty() || (!code_systems_.empty() && std::all_of(code_systems_.begin(), code_systems_.end(), known));
}

std::string Snapshot::problem_with(const Program& program) const { return problem_with(program, model_digest(program)); }
std::string Snapshot::problem_with(const Program& program, const std::string& digest) const {
  constexpr std::string_view again = "than the policy's: make it again with rubric snapshot CASES --model POLICY -o FILE";
  if (model_.empty()) return "";   // it has no columns
  if (model_ != digest) return fmt::format("it was made for another record model {}", again);
  return warns_as(program) ? "" : fmt::format("it was made with other code systems {}", again);
}

// ---------------------------------------------------------------- reading

struct SnapshotReader::Impl {
  const Snapshot& snapshot;
  Program model;
  RecordPlan plan;
  Translation translation;
  BlockReader blocks;
  std::string as_of;
  std::optional<Loader> loader;  // of texts
  std::optional<Value> today;
  SnapshotBlock block;
  std::vector<std::shared_ptr<Batch>> handed_out;  // as columns: their storage is taken when nobody reads them any more

  Impl(const Snapshot& s, const Program& program, Program of_records, const std::string& as_of)
      : snapshot(s),
        model(std::move(of_records)),
        plan(program),
        translation(*s.dictionary_, program),
        blocks(model, plan, translation),
        as_of(as_of),
        today(day_called_today(as_of)) {}

  const std::shared_ptr<Batch>& unused() {
    for (const auto& each : handed_out) {
      if (each.use_count() > 1) continue;
      std::atomic_thread_fence(std::memory_order_acquire);  // whoever held it has read it
      return each;
    }
    return handed_out.emplace_back(std::make_shared<Batch>());
  }
  using Read = tl::expected<std::shared_ptr<const Batch>, std::string>;
  Read batch(SnapshotBlock&, std::optional<std::span<const Row>> only);
  Read columns(SnapshotBlock&, std::optional<std::span<const Row>> only);
  Read texts(const Snapshot::Block&, const SnapshotBlock&, std::optional<std::span<const Row>> only);
};

SnapshotReader::SnapshotReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SnapshotReader::~SnapshotReader() = default;
SnapshotReader::SnapshotReader(SnapshotReader&&) noexcept = default;

tl::expected<SnapshotReader, std::string> SnapshotReader::create(const Snapshot& snapshot, const Program& program,
                                                                 const std::string& as_of) {
  Program model = reading_the_model(program);
  if (auto why = snapshot.problem_with(program, digest_of_model(model)); !why.empty()) return tl::unexpected(std::move(why));
  return SnapshotReader(std::make_unique<Impl>(snapshot, program, std::move(model), as_of));
}

tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::read(size_t number) {
  if (auto why = impl_->snapshot.load(number, impl_->block); !why.empty()) return tl::unexpected(std::move(why));
  return impl_->batch(impl_->block, std::nullopt);
}

tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::read(SnapshotBlock& block) {
  return impl_->batch(block, std::nullopt);
}
tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::read(SnapshotBlock& block, std::span<const Row> cases) {
  return impl_->batch(block, cases);
}

tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::Impl::batch(SnapshotBlock& from,
                                                                                    std::optional<std::span<const Row>> only) {
  const Snapshot::Block& block = snapshot.directory_[from.number];
  return block.kind == Snapshot::Kind::columns ? columns(from, only) : texts(block, from, only);
}

tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::Impl::columns(SnapshotBlock& from,
                                                                                      std::optional<std::span<const Row>> only) {
  const std::shared_ptr<Batch>& out = unused();
  if (const auto what = blocks.unpack(from, only, *out); !what.empty()) return tl::unexpected(damaged(from.number, what));
  const std::vector<Row> rows = only ? std::vector<Row>(only->begin(), only->end()) : std::vector<Row>();
  auto days = days_called_today(plan, today, *out);
  out->info = CaseInfos(out->cases, [infos = from.infos, days = std::move(days), rows](Row row) {
    CaseInfo info = infos->of(rows.empty() ? row : rows[row]);
    info.as_of = days(row);
    return info;
  });
  settle_dates(plan, today, *out);
  out->columns.resize(plan.program.columns.size());
  return out;
}

tl::expected<std::shared_ptr<const Batch>, std::string> SnapshotReader::Impl::texts(const Snapshot::Block& block, const SnapshotBlock& from,
                                                                                    std::optional<std::span<const Row>> only) {
  ByteReader r(from.bytes);
  if (!loader) loader.emplace(plan.program, as_of);
  size_t wanted = 0;
  for (uint32_t k = 0; k < block.cases; ++k) {
    const auto refused = r.number<uint8_t>();
    const std::string source(r.text());
    const std::string_view json = r.text();
    if (refused > 1 || (refused == 1 && printable(json) != json)) r.fail();   // the reason is shown as it is
    if (!r.good()) break;
    if (only && (wanted == only->size() || (*only)[wanted] != k)) continue;
    ++wanted;
    if (refused == 1) loader->add_rejected(source, std::string(json));
    else loader->add(json, source);
  }
  auto out = std::make_shared<const Batch>(loader->take());
  if (!r.good() || !r.at_end() || (!only && out->cases != block.cases))
    return tl::unexpected(damaged(from.number, "records that do not end"));
  return out;
}

}  // namespace rubric::vm
