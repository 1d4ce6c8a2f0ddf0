// A snapshot gives the batches that its records give; and what is not whole, not its model's or not unchanged is refused.

#include "vm/snapshot.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/record_model.h"

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

TEST_F(Snapshots, GivesWhatTheRecordsGive) {
  put(made(program));
  const auto snapshot = Snapshot::open(path);
  ASSERT_TRUE(snapshot) << snapshot.error();
  EXPECT_EQ(snapshot->cases(), records.size() + 1);
  ASSERT_EQ(snapshot->sources().size(), 1u);
  EXPECT_EQ(snapshot->sources()[0].name, "cases.ndjson");
  EXPECT_EQ(snapshot->sources()[0].bytes, 77u);
  for (const std::string as_of : {"2026-01-01", ""}) {
    auto reader = SnapshotReader::create(*snapshot, program, as_of);
    ASSERT_TRUE(reader) << reader.error();
    size_t k = 0;
    for (size_t b = 0; b < snapshot->blocks(); ++b) {
      const auto batch = reader->read(b);
      ASSERT_TRUE(batch) << batch.error();
      Loader loader(program, as_of);
      for (Row row = 0; row < batch->cases; ++row, ++k) {
        const std::string source = batch->info[row].source;
        if (k < records.size()) loader.add(records[k], source);
        else loader.add_rejected(source, "too large");
      }
      const Batch loaded = loader.take();
      for (Row row = 0; row < loaded.cases; ++row) {
        EXPECT_EQ(show_info(batch->info[row]), show_info(loaded.info[row]));
        EXPECT_EQ(show_case(*batch, row), show_case(loaded, row)) << loaded.info[row].id;
      }
      for (Id d = 0; d < program.domains.size(); ++d) {
        EXPECT_EQ(batch->domains[d].rows, loaded.domains[d].rows);
        EXPECT_EQ(batch->domains[d].first, loaded.domains[d].first);
        EXPECT_EQ(batch->domains[d].up, loaded.domains[d].up);
        EXPECT_EQ(batch->domains[d].src, loaded.domains[d].src);
        EXPECT_EQ(batch->domains[d].number, loaded.domains[d].number);
        EXPECT_EQ(batch->domains[d].phantom, loaded.domains[d].phantom);
        EXPECT_EQ(batch->domains[d].wrapped, loaded.domains[d].wrapped);
      }
    }
    EXPECT_EQ(k, records.size() + 1);
  }
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
            "it was made for another record model than the policy's: make it again with rubric snapshot --model and the policy");
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
            "it was made with other code systems than the policy's: make it again with rubric snapshot --model and the policy");
}

}  // namespace
}  // namespace rubric::vm
