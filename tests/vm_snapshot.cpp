// A snapshot gives the batches that its records give; and what is not whole, not its model's or not unchanged is refused.

#include "vm/snapshot.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/instructions.h"
#include "tests/record_model.h"
#include "vm/byte_order.h"
#include "vm/whole_record.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rubric::vm {
namespace {

const std::vector<std::string> records = {
    R"({"id":"a"})",
    R"({"id":"b","received":"2025-12-01","lines":[{"units":3},{}]})",
    R"({"id":"c","trials":{"items":[{"category":"nsaid","start":"2025-02-28"},{"category":"rest"}],"complete":true}})",
    R"({"id":"d","trials":[{"start":{"vague":{"low":"2025-01-01"},"text":"last year"}},{"start":"2025-03"},{"start":{"none":true}}]})",
    R"({"id":"e","program":{"comprehensive":true},"trials":null})",
    R"({"id":"f","lines":[{"code":{"system":"CPT","code":"20553"}},{"code":{"system":"CPT","code":"new"}}]})",
    R"({"id":"g","unknown":1})",
    R"({"id":"h","received":"2025-02-30"})",
    R"({"id":"i")",
    R"({"id":"j","annotations":{"/received":{"document":"letter","page":2}}})",
    R"({"id":"k","priorProcedures":[{"reliefPercent":50},{"reliefPercent":50.25},{"reliefPercent":0.00000001}]})",
    R"({"id":"l","trials":{"items":[],"complete":{"from":"2024-01-01","to":"2025-01-01"}}})",
    R"({"id":"m","program":{"comprehensive":true},"annotations":{"/program/comprehensive":{"disputed":[{"by":"a","value":true},{"by":"b","value":false}]}}})",
    R"({"id":"n","trials":[{"category":"a text of more than sixteen bytes"}],"assertions":[{"criterion":"NoSuch","status":"met"}]})",
    R"({"id":"o","decisionDate":"2025-11-14"})",
};

class Snapshots : public testing::Test {
 protected:
  const Program program = clinical_program();
  const std::string path = testing::TempDir() + "rubric_snapshot_" + std::to_string(getpid()) + ".rsnap";

  ~Snapshots() override { std::filesystem::remove(path); }

  std::string made(const Program& model) const {
    std::string bytes;
    SnapshotWriter writer(model, {{"cases.ndjson", 77}}, [&](std::string_view more) { bytes += more; });
    for (size_t k = 0; k < records.size(); ++k) writer.add(records[k], "cases.ndjson:" + std::to_string(k + 1));
    writer.add_rejected("cases.ndjson:99", "too large");
    writer.finish();
    EXPECT_EQ(writer.cases(), records.size() + 1);
    return bytes;
  }
  void put(std::string_view bytes) const {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  // Empty, or why not all of it can be read.
  std::string problem(const Program& reads) const {
    const auto snapshot = Snapshot::open(path);
    if (!snapshot) return snapshot.error();
    auto reader = SnapshotReader::create(*snapshot, reads, "");
    if (!reader) return reader.error();
    for (size_t b = 0; b < snapshot->blocks(); ++b) {
      if (const auto batch = reader->read(b); !batch) return batch.error();
    }
    return "";
  }
};

std::string show_info(const CaseInfo& info) {
  std::string out = info.id + " " + info.source + " " + info.as_of + (info.rejected ? " rejected " : " ") + show_messages(info.messages);
  for (const Evidence& e : info.evidence) out += " evidence " + e.pointer + e.document + e.date + e.page + e.author;
  for (const Claim& c : info.claims) out += " claim " + c.pointer + c.by + c.value;
  for (const Assertion& a : info.assertions) out += " assertion " + a.criterion + a.status;
  for (const auto& [pointer, words] : info.vague) out += " vague " + pointer + words;
  for (const auto& [pointer, words] : info.not_applicable) out += " not applicable " + pointer + words;
  return out;
}

void expect_same(const Batch& batch, const Batch& loaded) {
  ASSERT_EQ(batch.cases, loaded.cases);
  for (Row row = 0; row < loaded.cases; ++row) {
    EXPECT_EQ(show_info(batch.info[row]), show_info(loaded.info[row]));
    EXPECT_EQ(show_case(batch, row), show_case(loaded, row)) << loaded.info[row].id;
  }
  for (Id d = 0; d < batch.program->domains.size(); ++d) {
    EXPECT_EQ(batch.domains[d].rows, loaded.domains[d].rows);
    EXPECT_EQ(batch.domains[d].first, loaded.domains[d].first);
    EXPECT_EQ(batch.domains[d].up, loaded.domains[d].up);
    EXPECT_EQ(batch.domains[d].src, loaded.domains[d].src);
    EXPECT_EQ(batch.domains[d].phantom, loaded.domains[d].phantom);
    EXPECT_EQ(batch.domains[d].wrapped, loaded.domains[d].wrapped);
  }
}

TEST_F(Snapshots, GivesWhatTheRecordsGive) {
  put(made(program));
  const auto snapshot = Snapshot::open(path);
  ASSERT_TRUE(snapshot) << snapshot.error();
  EXPECT_EQ(snapshot->cases(), records.size() + 1);
  ASSERT_EQ(snapshot->sources().size(), 1u);
  EXPECT_EQ(snapshot->sources()[0].name, "cases.ndjson");
  EXPECT_EQ(snapshot->sources()[0].bytes, 77u);
  for (const Instructions some : all_instructions()) {
    for (const std::string as_of : {"2026-01-01", ""}) {
      const WithInstructions guard(some);
      auto reader = SnapshotReader::create(*snapshot, program, as_of);
      ASSERT_TRUE(reader) << reader.error();
      size_t k = 0;
      for (size_t b = 0; b < snapshot->blocks(); ++b) {
        const auto read = reader->read(b);
        ASSERT_TRUE(read) << read.error();
        const Batch& batch = **read;
        Loader loader(program, as_of);
        for (Row row = 0; row < batch.cases; ++row, ++k) {
          const std::string source = batch.info[row].source;
          if (k < records.size()) loader.add(records[k], source);
          else loader.add_rejected(source, "too large");
        }
        const Batch loaded = loader.take();
        expect_same(batch, loaded);
      }
      EXPECT_EQ(k, records.size() + 1);
    }
  }
}

// Of each block every other case, and then nobody; by a program that numbers texts otherwise than the file does.
TEST_F(Snapshots, GivesSomeCasesOfABlock) {
  put(made(program));
  Program knows = program;
  knows.texts.emplace_back("a text of more than sixteen bytes"), knows.texts.emplace_back("new"), knows.texts.emplace_back("CPT");
  knows.codes.emplace_back(static_cast<Id>(knows.texts.size() - 1), static_cast<Id>(knows.texts.size() - 2));
  const auto snapshot = Snapshot::open(path).value();
  auto reader = SnapshotReader::create(snapshot, knows, "2026-01-01").value();
  size_t before = 0;
  for (size_t b = 0; b < snapshot.blocks(); before += snapshot.cases_in(b++)) {
    SnapshotBlock block;
    ASSERT_EQ(snapshot.load(b, block), "");
    const auto all = reader.read(block).value();
    Loader loader(knows, "2026-01-01");
    std::vector<Row> rows;
    for (Row row = b % 2; row < snapshot.cases_in(b) && before + row < records.size(); row += 2) {
      rows.push_back(row);
      loader.add(records[before + row], all->info[row].source);
    }
    expect_same(*reader.read(block, rows).value(), loader.take());
    EXPECT_EQ(reader.read(block, std::span<const Row>()).value()->cases, 0u);
  }
}

// More words than a dictionary has room for: those behind are their block's own.
TEST_F(Snapshots, WordsThatFindNoRoomStayWithTheirBlock) {
  std::string bytes;
  SnapshotWriter writer(program, {}, [&](std::string_view more) { bytes += more; });
  std::vector<std::string> many;
  for (size_t word = 0; word < most_words + 3000;) {
    std::string record = fmt::format(R"({{"id":"{}","lines":[{{"code":{{"system":"CPT","code":"c{}"}}}}],"trials":[)", many.size(), word);
    for (size_t k = 0; k < 64; ++k, ++word) record += fmt::format(R"({}{{"category":"w{}"}})", k ? "," : "", word);
    many.push_back(record + "]}");
    writer.add(many.back(), "");
  }
  writer.finish();
  put(bytes);
  Program knows = program;
  knows.texts.emplace_back(fmt::format("w{}", most_words + 2900));
  const auto snapshot = Snapshot::open(path).value();
  for (const Program& reads : {program, knows}) {
    auto reader = SnapshotReader::create(snapshot, reads, "").value();
    const auto last = reader.read(snapshot.blocks() - 1).value();
    Loader loader(reads, "");
    for (size_t k = many.size() - last->cases; k < many.size(); ++k) loader.add(many[k], "");
    const Batch loaded = loader.take();
    for (Row row = 0; row < loaded.cases; row += 7) EXPECT_EQ(show_case(*last, row), show_case(loaded, row));
    const std::string word = fmt::format("w{}", most_words + 2900);
    EXPECT_EQ(last->text(last->intern(word)), word);
    EXPECT_EQ(last->intern(word) < reads.texts.size(), reads.texts.back() == word) << "one word has one number";
  }
}

TEST_F(Snapshots, KeepsWhatIsAttachedToCases) {
  std::string bytes;
  SnapshotWriter writer(program, {}, [&](std::string_view more) { bytes += more; });
  for (size_t k = 0; k < 5; ++k) writer.add(records[k], "");
  writer.attach("two", 2);
  writer.attach("three", 3);
  writer.finish();
  put(bytes);
  const auto snapshot = Snapshot::open(path).value();
  EXPECT_EQ(snapshot.cases(), 5u);
  EXPECT_EQ(snapshot.attached_to(1), (std::pair<size_t, uint64_t>(0, 1)));
  EXPECT_EQ(snapshot.attached_to(4), (std::pair<size_t, uint64_t>(1, 2)));
  EXPECT_FALSE(snapshot.attached_to(5));
  std::string three;
  EXPECT_EQ(snapshot.load_attached(1, three), "");
  EXPECT_EQ(three, "three");
  bytes[bytes.find("three")] = 'x';
  put(bytes);
  EXPECT_EQ(Snapshot::open(path).value().load_attached(1, three),
            "it is damaged (part 2 of what was decided has other bytes than were written): make it again from its source");
}

TEST_F(Snapshots, TakesBlocksOfAnother) {
  put(made(program));
  const auto other = std::make_shared<const Snapshot>(Snapshot::open(path).value());
  std::string bytes;
  SnapshotWriter writer(program, {}, [&](std::string_view more) { bytes += more; });
  // A word of its own first, so that the numbers differ.
  writer.add(R"({"id":"first","trials":[{"category":"something else"}]})", "first:1");
  for (size_t b = 0; b < other->blocks(); ++b) ASSERT_EQ(writer.add_block(other, b), "");
  writer.finish();
  const std::string path_too = path + "2";
  std::ofstream(path_too, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const auto taken = Snapshot::open(path_too).value();
  std::filesystem::remove(path_too);
  ASSERT_EQ(taken.blocks(), other->blocks() + 1);
  auto from = SnapshotReader::create(*other, program, "").value(), to = SnapshotReader::create(taken, program, "").value();
  for (size_t b = 0; b < other->blocks(); ++b) expect_same(*to.read(b + 1).value(), *from.read(b).value());
}

// What reads it holds a block's columns while it makes them: a file that is cut or written to meanwhile changes nothing.
TEST_F(Snapshots, WhatWasReadStaysWhatItWas) {
  put(made(program));
  const auto snapshot = Snapshot::open(path).value();
  auto reader = SnapshotReader::create(snapshot, program, "").value();
  const auto batch = reader.read(0).value();
  const std::string before = show_case(*batch, 0);
  std::filesystem::resize_file(path, 20);
  EXPECT_EQ(show_case(*batch, 0), before);
  EXPECT_EQ(reader.read(snapshot.blocks() - 1).error(), "it has become shorter while it was read");
  EXPECT_EQ(show_case(*batch, 0), before) << "its storage is not taken while somebody holds it";
}

TEST_F(Snapshots, SaysWhichBlocksMayHoldACase) {
  put(made(program));
  const auto snapshot = Snapshot::open(path).value();
  size_t blocks = 0;
  for (size_t b = 0; b < snapshot.blocks(); ++b) blocks += snapshot.may_hold(b, "a");
  EXPECT_TRUE(snapshot.may_hold(0, "a"));
  EXPECT_LT(blocks, snapshot.blocks());
}

TEST_F(Snapshots, AnyChangeIsRefused) {
  const std::string whole = made(program);
  put(whole);
  ASSERT_EQ(problem(program), "");
  for (size_t at = 0; at < whole.size(); at += 37) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << at % 8);
    put(bytes);
    EXPECT_NE(problem(program), "") << at;
    put(whole.substr(0, at));
    EXPECT_NE(problem(program), "") << "cut at " << at;
  }
  put(whole + "x");
  EXPECT_EQ(problem(program), "it is cut short: make it again from its source");
}

// A file whose checksums are right, and whose one block holds a batch that no record makes.
class CraftedSnapshots : public Snapshots {
 protected:
  struct Directory {
    uint32_t cases = 0;
    std::string least, greatest;
    bool with_words = true;   // of the records
    uint64_t attached = 0;
  };
  using Edit = std::function<void(Batch&, Directory&)>;

  const Program model = reading_the_model(program);

  static uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

  void craft(const Edit& edit) const {
    std::string bytes;
    {
      const SnapshotWriter head(model, {}, [&](std::string_view more) { bytes += more; });
    }
    Loader loader(model, "");
    for (const std::string_view each : good_records) loader.add(each, "cases.ndjson:1");
    Batch batch = loader.take();
    Directory directory{batch.cases, batch.info[0].id, batch.info[batch.cases - 1].id};
    edit(batch, directory);
    DictionaryWriter words(model);
    const DictionaryWriter::OfBatch ids = words.add(batch);
    const std::string block = pack_block(model, batch, ids);
    ByteWriter w;
    w.out = directory.with_words ? words.bytes() : DictionaryWriter(model).bytes();
    w.number(uint32_t{directory.attached ? 2U : 1U});
    const auto describe = [&](uint64_t at, std::string_view of, uint32_t cases, uint8_t kind, std::string_view least,
                              std::string_view greatest) {
      w.number(at), w.number(uint64_t{of.size()}), w.number(checksum(of)), w.number(cases), w.number(kind);
      w.text(least), w.text(greatest);
    };
    describe(bytes.size(), block, directory.cases, 0, directory.least, directory.greatest);
    bytes += block;
    if (directory.attached) describe(bytes.size(), "", static_cast<uint32_t>(directory.attached), 2, "", "");
    ByteWriter end;
    end.number(uint64_t{bytes.size()}), end.number(uint64_t{w.out.size()}), end.number(checksum(w.out));
    end.number(uint64_t{bytes.size() + w.out.size() + 40});
    put(bytes + w.out + end.out + bytes.substr(0, 8));
  }

  static constexpr std::string_view good_records[] = {
      R"({"id":"a","received":"2025-12-01","reviewType":"concurrent","diagnoses":[{"sequence":1,"code":{"system":"ICD10CM","code":"own"}}],
          "lines":[{"sequence":1,"units":3,"serviceDate":"2025-12-02","diagnoses":[1],"schedule":{"interval":"3 months"}},{"units":4}]})",
      R"({"id":"b","received":"2025-12-01","trials":[{"category":"word","start":"2025-02-28","perWeek":2.5},
          {"start":{"vague":{"low":"2025-01-01","high":"2025-02-01"}},"end":{"none":true}},{}],"program":{"contact":"2025-01-01T10:00:00+02:00"}})",
      R"({"id":"c","diagnoses":[{"sequence":1,"code":{"system":"ICD10CM","code":"G43"}}],"lines":[{"units":1,"diagnoses":[1]}],
          "annotations":{"/received":{"document":"letter"}}})",
  };

  Id field(std::string_view list, std::string_view key) const {   // its column; of the case: ""
    for (const ColumnDef& column : model.columns) {
      if (column.kind != ColumnKind::field || model.texts[model.nodes[column.node].fields[column.field].key] != key) continue;
      if (model.texts[model.nodes[column.node].name] == (list.empty() ? "Case" : list))
        return static_cast<Id>(&column - model.columns.data());
    }
    ADD_FAILURE() << list << " has no " << key;
    return 0;
  }
  Id rows(std::string_view list) const {
    for (Id d = 0; d < model.domains.size(); ++d) {
      if (model.domains[d].make == Make::rows && model.texts[model.nodes[model.domains[d].node].name] == list) return d;
    }
    ADD_FAILURE() << "there are no " << list;
    return 0;
  }
  Id references() const {
    for (Id d = 0; d < model.domains.size(); ++d) {
      if (model.domains[d].make == Make::reference) return d;
    }
    return none_id;
  }
  Id position(Id domain) const {
    for (Id c = 0; c < model.columns.size(); ++c) {
      if (model.columns[c].kind == ColumnKind::position && model.columns[c].domain == domain) return c;
    }
    return none_id;
  }
};

TEST_F(CraftedSnapshots, OfWhatRecordsMakeAreRead) {
  craft([](Batch&, Directory&) {});
  EXPECT_EQ(problem(program), "");
  const auto snapshot = Snapshot::open(path).value();
  auto reader = SnapshotReader::create(snapshot, program, "").value();
  Loader loader(program, "");
  for (const std::string_view each : good_records) loader.add(each, "cases.ndjson:1");
  expect_same(*reader.read(0).value(), loader.take());
}

TEST_F(CraftedSnapshots, AreRefusedWithAReason) {
  const Id lines = rows("lines"), trials = rows("trials"), diagnoses = rows("diagnoses"), named = references();
  const auto value = [](Batch& b, Id column, Row row) -> Value& { return b.pool[static_cast<size_t>(b.columns[column].cell4[row])]; };
  const Id start = field("trials", "start"), interval = field("schedule", "interval"), contact = field("program", "contact");
  const auto with_range = [&](Batch& b, std::function<void(Value & open, Value * ends)> change) {
    Value& open = value(b, start, 2);
    auto* range = static_cast<Value*>(b.arena->allocate(sizeof(Value), alignof(Value)));
    auto* ends = static_cast<Value*>(b.arena->allocate(2 * sizeof(Value), alignof(Value)));
    *range = open.items[0];
    std::copy_n(range->items, 2, ends);
    range->items = ends;
    open.items = range;
    change(open, ends);
  };
  const std::string_view unordered = "rows that are not in the order of those above them", cell = "a value that its field cannot have";
  const std::vector<std::pair<std::string_view, Edit>> wrong = {
      {"another number of cases than the directory says", [&](Batch&, Directory& d) { d.cases = 2; }},
      {"ids and sources of other cases", [&](Batch&, Directory& d) { d.least = "aa"; }},
      {"ids and sources of other cases", [&](Batch&, Directory& d) { d.greatest = "bzzzzzzzzzzz"; }},
      {"ids and sources of other cases", [&](Batch& b, Directory&) { b.info[1].id = "b\xff"; }},
      {"ids and sources of other cases", [&](Batch& b, Directory&) { b.info[2].evidence[0].document = "\xc3"; }},
      {"ids and sources of other cases", [&](Batch& b, Directory&) { b.info[0].cells = 20000; }},
      {"more rows than its cases were charged for", [&](Batch& b, Directory&) { b.info[0].cells = b.info[1].cells = b.info[2].cells = 1; }},
      {unordered, [&](Batch& b, Directory&) { std::swap(b.domains[trials].first[1], b.domains[trials].first[2]); }},
      {unordered, [&](Batch& b, Directory&) { b.domains[lines].first.back() -= 1; }},
      {unordered, [&](Batch& b, Directory&) { b.domains[lines].first[0] = 1; }},
      {"bits behind its last row", [&](Batch& b, Directory&) { b.domains[lines].phantom[0] |= uint64_t{1} << 60; }},
      {"bits behind its last row", [&](Batch& b, Directory&) { b.columns[field("lines", "units")].p[0] |= uint64_t{1} << 60; }},
      {"recorded rows behind those that stand for unrecorded ones",
       [&](Batch& b, Directory&) { set_bit(b.domains[lines].phantom, 0, true); }},
      {"a reference to what is no row of its case", [&](Batch& b, Directory&) { b.domains[named].src[0] = b.domains[diagnoses].first[2]; }},
      {"a reference to what is no row of its case", [&](Batch& b, Directory&) { b.domains[named].src[0] = no_row; }},
      {"a reference to what is no row of its case", [&](Batch& b, Directory&) { b.domains[named].src[0] = 70000; }},
      {"a reference to what is no row of its case",
       [&](Batch& b, Directory&) { set_bit(b.domains[diagnoses].phantom, b.domains[diagnoses].first[0], true); }},
      {"numbers of rows that do not count them", [&](Batch& b, Directory&) { b.columns[position(lines)].cell4[1] = 7; }},
      {"numbers of rows that do not count them", [&](Batch& b, Directory&) { set_bit(b.columns[position(lines)].p, 1, false); }},
      {"a fact that is not known for no reason",
       [&](Batch& b, Directory&) {
         Column& units = b.columns[field("lines", "units")];
         set_bit(units.p, 0, false);
         units.cell4[0] = static_cast<int32_t>(Cause::error);
       }},
      {"a fact that is not known for no reason",
       [&](Batch& b, Directory&) {
         Column& plan = b.columns[field("", "plan")];   // nobody's is documented
         std::fill(plan.cell4.begin(), plan.cell4.end(), static_cast<int32_t>(Cause::judgment));
       }},
      {"a fact that is not known for no reason", [&](Batch& b, Directory&) { b.columns[field("trials", "perWeek")].cell8[2] = 99; }},
      {"a fact that does not exist for no reason",
       [&](Batch& b, Directory&) { b.columns[field("trials", "end")].cell4[2] = static_cast<int32_t>(Cause::overflow); }},
      {"a date that its field cannot have", [&](Batch& b, Directory&) { b.columns[field("", "received")].cell4[0] = 3'000'000; }},
      {"a date that its field cannot have", [&](Batch& b, Directory&) { b.columns[start].cell4[1] = -800'000; }},
      {"a number that its field cannot have", [&](Batch& b, Directory&) { b.columns[field("lines", "units")].cell4[0] = 0; }},
      {"a number that its field cannot have", [&](Batch& b, Directory&) { b.columns[field("trials", "perWeek")].cell8[1] = -1; }},
      {"a word that its field cannot have",
       [&](Batch& b, Directory&) { b.columns[field("", "reviewType")].cell4[0] = static_cast<int32_t>(b.text_count() - 1); }},
      {"a text or code that it does not have", [&](Batch&, Directory& d) { d.with_words = false; }},
      {"a number where its field has a value of another form", [&](Batch& b, Directory&) { set_bit(b.columns[interval].q, 0, false); }},
      {cell, [&](Batch& b, Directory&) { b.columns[interval].cell4[0] = 1000; }},
      {cell, [&](Batch& b, Directory&) { b.columns[interval].cell4[0] = b.columns[start].cell4[2]; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, interval, 0).unit = 9999; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, interval, 0).type = Type::truth; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, interval, 0).type = Type::integer; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, contact, 1).unit = 5000; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, contact, 1).i = INT64_MAX; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, contact, 1).precision = 2; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, start, 2).n = 0; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, start, 2).cause = Cause::overflow; }},
      {"a value that no record states", [&](Batch& b, Directory&) { value(b, start, 2) = value(b, start, 2).items[0]; }},
      {"a value that no record states",
       [&](Batch& b, Directory&) { with_range(b, [](Value&, Value* ends) { std::swap(ends[0], ends[1]); }); }},
      {"a value that no record states",
       [&](Batch& b, Directory&) { with_range(b, [](Value&, Value* ends) { ends[0] = ends[1] = Value::unknown(Cause::nothing); }); }},
      {"a value that no record states", [&](Batch& b, Directory&) { with_range(b, [](Value&, Value* ends) { ends[1].i = 3'000'000; }); }},
      {"a value that no record states", [&](Batch& b, Directory&) { with_range(b, [](Value&, Value* ends) { ends[1].precision = 9; }); }},
      {"a value that no record states",
       [&](Batch& b, Directory&) { with_range(b, [](Value& open, Value*) { open.type = Type::integer; }); }},
  };
  for (size_t k = 0; k < wrong.size(); ++k) {
    craft(wrong[k].second);
    EXPECT_EQ(problem(program), fmt::format("it is damaged (block 1 has {}): make it again from its source", wrong[k].first)) << k;
  }
}

TEST_F(CraftedSnapshots, WordsAreUtf8) {
  craft([](Batch& b, Directory&) { b.texts[0] = "\xff\xfe"; });
  EXPECT_EQ(problem(program),
            "it is damaged (its dictionary has texts that are not UTF-8, or codes of other texts): make it again from its source");
}

TEST_F(CraftedSnapshots, DirectoriesDescribeTheirBlocks) {
  const std::string why = "it is damaged (its directory does not describe its blocks): make it again from its source";
  craft([](Batch&, Directory& d) { d.cases = 1025; });
  EXPECT_EQ(problem(program), why);
  craft([](Batch&, Directory& d) { d.attached = 4; });
  EXPECT_EQ(problem(program), why);
  craft([](Batch&, Directory& d) { d.attached = 3; });
  EXPECT_EQ(problem(program), "");
}

TEST_F(Snapshots, AFileThatBecomesShorterIsNoticed) {
  put(made(program));
  const auto snapshot = Snapshot::open(path).value();
  auto reader = SnapshotReader::create(snapshot, program, "").value();
  ASSERT_TRUE(reader.read(0));
  std::filesystem::resize_file(path, 300);
  EXPECT_EQ(reader.read(0).error(), "it has become shorter while it was read");
}

TEST_F(Snapshots, AnotherModelIsRefused) {
  Program other = program;
  other.nodes[0].fields[0].optional = !other.nodes[0].fields[0].optional;
  put(made(other));
  EXPECT_EQ(problem(program),
            "it was made for another record model than the policy's: make it again with rubric snapshot CASES --model POLICY -o FILE");
}

TEST_F(Snapshots, OtherCodeSystemsAreRefused) {
  Program knows = program;
  knows.texts.emplace_back("CPT"), knows.texts.emplace_back("LOINC");
  const auto cpt = static_cast<Id>(knows.texts.size() - 2);
  knows.code_systems = {cpt};
  put(made(knows));
  EXPECT_EQ(problem(knows), "");
  EXPECT_EQ(problem(program), "") << "who declares none minds none";
  knows.code_systems = {cpt, cpt + 1};
  EXPECT_EQ(problem(knows), "");
  knows.code_systems = {cpt + 1};
  EXPECT_EQ(problem(knows),
            "it was made with other code systems than the policy's: make it again with rubric snapshot CASES --model POLICY -o FILE");
}

}  // namespace
}  // namespace rubric::vm
