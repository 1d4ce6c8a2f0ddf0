// Finding records in streams: every layout, broken records, sizes, and files.

#include <gtest/gtest.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "vm/record_stream.h"

namespace rubric::vm {
namespace {

constexpr uint64_t large = uint64_t{64} << 20;

std::string listed(RecordStream stream) {
  std::string out;
  RecordSlice slice;
  while (stream.next(slice)) {
    out += std::to_string(slice.line) + ": " + (slice.refused ? "refused: " + *slice.refused : std::string(slice.json)) + "\n";
  }
  if (stream.problem()) out += "problem: " + *stream.problem() + "\n";
  return out;
}

// The records of a text, which must be the same from memory and through a pipe in pieces of any size.
std::string records(const std::string& text, RecordStream::Lines lines = RecordStream::Lines::perhaps, uint64_t limit = large) {
  const std::string whole = listed(RecordStream(std::string_view(text), lines, limit));
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{4096}}) {
    if (text.size() > 10'000 && piece < 4096) continue;
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    std::thread writer([&] {
      for (size_t at = 0; at < text.size(); at += piece) {
        const size_t n = std::min(piece, text.size() - at);
        if (write(ends[1], text.data() + at, n) != static_cast<ssize_t>(n)) break;
        // The reader should find this piece alone.
        for (int waiting = 1, k = 0; waiting > 0 && k < 10'000 && ioctl(ends[1], FIONREAD, &waiting) == 0; ++k) std::this_thread::yield();
      }
      close(ends[1]);
    });
    EXPECT_EQ(listed(RecordStream(ends[0], lines, limit)), whole) << "in pieces of " << piece;
    writer.join();
    close(ends[0]);
  }
  return whole;
}

std::string through_a_pipe(const std::string& bytes) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  EXPECT_EQ(write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  close(ends[1]);
  const std::string out = listed(RecordStream(ends[0], RecordStream::Lines::perhaps, large));
  close(ends[0]);
  return out;
}

TEST(RecordStream, Lines) {
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2}\n{\"id\":3}"), "1: {\"id\":1}\n2: {\"id\":2}\n3: {\"id\":3}\n");
  EXPECT_EQ(records("\n{\"id\":1}\r\n\r\n  {\"id\":2} \n"), "2: {\"id\":1}\n4: {\"id\":2}\n");
  EXPECT_EQ(records("\xEF\xBB\xBF{\"id\":1}\n"), "1: {\"id\":1}\n");
}

TEST(RecordStream, OneAfterTheOther) {
  EXPECT_EQ(records("{\"id\":1}{\"id\":2} {\"id\":3}\n{\"id\":4}{\"id\":5}\n"),
            "1: {\"id\":1}\n1: {\"id\":2}\n1: {\"id\":3}\n2: {\"id\":4}\n2: {\"id\":5}\n");
  EXPECT_EQ(records("{\n \"id\": {\n }\n}\n{\n \"id\": 2\n}"), "1: {\n \"id\": {\n }\n}\n5: {\n \"id\": 2\n}\n");
  EXPECT_EQ(records("{\"a\":\"}{\"}\n{\"a\":\"\\\"}{\"}\n"), "1: {\"a\":\"}{\"}\n2: {\"a\":\"\\\"}{\"}\n");
}

TEST(RecordStream, AListOfCases) {
  EXPECT_EQ(records("[{\"id\":1},{\"id\":2}]"), "1: {\"id\":1}\n1: {\"id\":2}\n");
  EXPECT_EQ(records(" [\n {\"id\":[1,2]},\n {\"id\":\"]\"}\n]\n"), "2: {\"id\":[1,2]}\n3: {\"id\":\"]\"}\n");
  EXPECT_EQ(records("[]"), "");
  EXPECT_EQ(records("[{},5,\"x\",[1]]"), "1: {}\n1: 5\n1: \"x\"\n1: [1]\n");
  EXPECT_EQ(records("[{}"), "1: {}\n1: refused: the list of cases is not closed\n");
  EXPECT_EQ(records("[{},]"), "1: {}\n1: refused: a case should follow ',', found ']'\n");
  EXPECT_EQ(records("[{} {}]"), "1: {}\n1: refused: ',' or ']' should follow a case\n1: {}\n");
  EXPECT_EQ(records("[,{}]"), "1: refused: a case should stand here, found ','\n1: {}\n");
  EXPECT_EQ(records("[{}] {}"), "1: {}\n1: refused: more text follows the end of the list of cases\n");
}

TEST(RecordStream, BrokenRecordsEndWithTheirLine) {
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":\n{\"id\":3}\n"), "1: {\"id\":1}\n2: {\"id\":\n3: {\"id\":3}\n");
  EXPECT_EQ(records("{\"id\":1\n{\"id\":2}\n"), "1: {\"id\":1\n2: {\"id\":2}\n") << "a value cannot follow without a comma";
  EXPECT_EQ(records("{\"id\":\"1\n{\"id\":2}\n"), "1: {\"id\":\"1\n2: {\"id\":2}\n") << "nor can a string go on";
  EXPECT_EQ(records("{\"id\":[1}\n{\"id\":2}\n"), "1: {\"id\":[1}\n2: {\"id\":2}\n");
  EXPECT_EQ(records("{\"id\":1]}\n{\"id\":2}\n"), "1: {\"id\":1]}\n2: {\"id\":2}\n");
  EXPECT_EQ(records("}\n{\"id\":2}\n"), "1: }\n2: {\"id\":2}\n");
  EXPECT_EQ(records("hello\n{\"id\":2}\nworld"), "1: hello\n2: {\"id\":2}\n3: world\n");
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2}}\n{\"id\":3}\n"), "1: {\"id\":1}\n2: {\"id\":2}}\n3: {\"id\":3}\n");
  EXPECT_EQ(records("{\"id\":1}, \n{\"id\":2}"), "1: {\"id\":1}\n1: ,\n2: {\"id\":2}\n");
  EXPECT_EQ(records("{\"id\":1,\"lines\":[\n{\"id\":2}\n", RecordStream::Lines::always), "1: {\"id\":1,\"lines\":[\n2: {\"id\":2}\n");
  EXPECT_EQ(records("{\"id\":1,\n \"lines\":[\n  {\n  }]}\n", RecordStream::Lines::always), "1: {\"id\":1,\n \"lines\":[\n  {\n  }]}\n");
  EXPECT_EQ(records("{\"id\":1,\"lines\":[\n  {\"id\":2}\n\t{\"id\":3} \r\n", RecordStream::Lines::always),
            "1: {\"id\":1,\"lines\":[\n2: {\"id\":2}\n3: {\"id\":3}\n");
  EXPECT_EQ(records("{\"id\":1,\"lines\":[\n  {\"id\":2}", RecordStream::Lines::always), "1: {\"id\":1,\"lines\":[\n2: {\"id\":2}\n");
  EXPECT_EQ(records("{\n  {\"id\":2}\n", RecordStream::Lines::always), "1: {\n2: {\"id\":2}\n");
  EXPECT_EQ(records("{\n \"lines\":[\n  {\"n\":1},\n  {}\n ]}\n", RecordStream::Lines::always),
            "1: {\n \"lines\":[\n  {\"n\":1},\n  {}\n ]}\n")
      << "no line of it could be a record";
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2,\"lines\":[\n  {\"id\":3}\n"), "1: {\"id\":1}\n2: {\"id\":2,\"lines\":[\n3: {\"id\":3}\n")
      << "records have been lines so far";
  EXPECT_EQ(records("{\"id\":1}\n{\n \"lines\":[\n  {\"n\":1}\n ]}\n"), "1: {\"id\":1}\n2: {\n \"lines\":[\n  {\"n\":1}\n ]}\n")
      << "but this one is laid out, and whole";
  EXPECT_EQ(records("[\n{\"id\":1},\n{\"id\":2,\n{\"id\":3}\n]"), "2: {\"id\":1}\n3: {\"id\":2,\n4: {\"id\":3}\n");
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2"), "1: {\"id\":1}\n2: {\"id\":2\n");
}

TEST(RecordStream, NothingInIt) {
  EXPECT_EQ(records(""), "problem: there is nothing in it\n");
  EXPECT_EQ(records(" \n\n"), "problem: there is nothing in it\n");
}

TEST(RecordStream, RecordsThatAreTooLarge) {
  const std::string too_large = "refused: the record has more than the 20 bytes that a record may have\n";
  const std::string long_text(100, 'x');
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":\"" + long_text + "\"}\n{\"id\":3}\n", RecordStream::Lines::perhaps, 20),
            "1: {\"id\":1}\n2: " + too_large + "3: {\"id\":3}\n");
  EXPECT_EQ(records("[{\"id\":\"" + long_text + "\"},{\"id\":3}]", RecordStream::Lines::perhaps, 20),
            "1: " + too_large + "1: {\"id\":3}\n");
  EXPECT_EQ(records(long_text + "\n{\"id\":3}\n", RecordStream::Lines::perhaps, 20), "1: " + too_large + "2: {\"id\":3}\n");
  EXPECT_EQ(records("{\"id\":\"" + long_text, RecordStream::Lines::perhaps, 20), "1: " + too_large);
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":\"" + long_text + "\n{\"id\":3}\n", RecordStream::Lines::perhaps, 20),
            "1: {\"id\":1}\n2: " + too_large + "3: {\"id\":3}\n");
}

// Larger than any buffer: every record arrives whole, and one that is far too large is not kept.
TEST(RecordStream, LongStreams) {
  std::string text;
  std::vector<std::string> expected;
  for (int k = 0; k < 3000; ++k) {
    expected.push_back("{\"id\":" + std::to_string(k) + ",\"text\":\"" + std::string(static_cast<size_t>(k * 7919 % 5000), 'x') + "\"}");
    text += expected.back() + "\n";
  }
  for (const bool array : {false, true}) {
    std::string layout = array ? "[" : text;
    for (size_t k = 0; array && k < expected.size(); ++k) layout += (k ? ",\n" : "") + expected[k];
    if (array) layout += "]";
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    std::thread writer([&] {
      for (size_t at = 0; at < layout.size();) {
        const ssize_t n = write(ends[1], layout.data() + at, std::min<size_t>(50'000, layout.size() - at));
        if (n <= 0) break;
        at += static_cast<size_t>(n);
      }
      close(ends[1]);
    });
    RecordStream stream(ends[0], RecordStream::Lines::perhaps, large);
    RecordSlice slice;
    size_t n = 0;
    while (stream.next(slice)) {
      ASSERT_LT(n, expected.size());
      ASSERT_EQ(slice.json, expected[n]);
      ASSERT_EQ(slice.line, n + 1);
      ++n;
    }
    EXPECT_EQ(n, expected.size());
    writer.join();
    close(ends[0]);
  }
}

// ---------------------------------------------------------------- files

class CaseFiles : public testing::Test {
 protected:
  void SetUp() override {
    directory = std::filesystem::temp_directory_path() / ("rubric-record-stream-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory / "empty");
    write_file("b.ndjson", "{\"id\":\"b1\"}\n{\"id\":\"b2\"}\n");
    write_file("a.json", "[{\"id\":\"a1\"},\n{\"id\":\"a2\"}]");
    write_file("nothing.json", "");
    write_file("notes.txt", "x");
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  void write_file(const std::string& name, const std::string& text) { std::ofstream(directory / name) << text; }
  std::string path(const std::string& name) const { return (directory / name).string(); }

  std::filesystem::path directory;
};

TEST_F(CaseFiles, OfADirectory) {
  const auto files = case_files({directory.string(), path("notes.txt")});
  ASSERT_TRUE(files) << files.error();
  EXPECT_EQ(*files, (std::vector<std::string>{path("a.json"), path("b.ndjson"), path("nothing.json"), path("notes.txt")}));
  EXPECT_EQ(case_files({"-"}).value(), std::vector<std::string>{"-"});
  EXPECT_EQ(case_files({path("missing")}).error(), path("missing") + ": no such file or directory");
  EXPECT_EQ(case_files({path("empty")}).error(), path("empty") + ": there are no case records (.json, .ndjson, .jsonl) in this directory");
}

TEST_F(CaseFiles, ShareRead) {
  RecordInputs inputs({path("b.ndjson"), path("a.json")}, large);
  EXPECT_EQ(inputs.share_read(), 0.0);
  RecordSlice slice;
  ASSERT_TRUE(inputs.next(slice));
  const double first = inputs.share_read().value();
  EXPECT_TRUE(first > 0 && first < 1) << first;
  while (inputs.next(slice)) {
  }
  EXPECT_EQ(inputs.share_read(), 1.0);
  EXPECT_EQ(RecordInputs({path("b.ndjson"), "-"}, large).share_read(), std::nullopt) << "nobody knows how much comes through a pipe";
}

TEST_F(CaseFiles, InTurn) {
  RecordInputs inputs({path("b.ndjson"), path("nothing.json"), path("missing.json"), directory.string(), path("a.json")}, large);
  std::string out;
  RecordSlice slice;
  while (inputs.next(slice)) out += inputs.source(slice).substr(directory.string().size()) + " " + std::string(slice.json) + "\n";
  EXPECT_EQ(out, "/b.ndjson:1 {\"id\":\"b1\"}\n/b.ndjson:2 {\"id\":\"b2\"}\n/a.json:1 {\"id\":\"a1\"}\n/a.json:2 {\"id\":\"a2\"}\n");
  EXPECT_EQ(inputs.problems(),
            (std::vector<std::string>{path("nothing.json") + ": there is nothing in it", path("missing.json") + ": no such file",
                                      directory.string() + ": it is a directory"}));
}

// The two records {"id":"a"} and {"id":"b"}, packed.
constexpr std::string_view gzipped(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x4c\x51\xb2\x52\x4a\x54\xaa\xe5\xaa\x86\x30\x93\x80\x4c\x00\xbc\xec\x3d\x42\x16\x00\x00\x00",
    36);
constexpr std::string_view zstandard(
    "\x28\xb5\x2f\xfd\x20\x16\xb1\x00\x00\x7b\x22\x69\x64\x22\x3a\x22\x61\x22\x7d\x0a\x7b\x22\x69\x64\x22\x3a\x22\x62\x22\x7d\x0a", 31);

TEST(RecordStream, PackedRecords) {
  const std::string two = "1: {\"id\":\"a\"}\n2: {\"id\":\"b\"}\n", twice = two + "3: {\"id\":\"a\"}\n4: {\"id\":\"b\"}\n";
  for (const std::string_view packed : {gzipped, zstandard}) {
    const std::string form(packed);
    EXPECT_EQ(through_a_pipe(form), two);
    EXPECT_EQ(through_a_pipe(form + form), twice) << "members, one behind the other";
    for (size_t cut = 5; cut < form.size(); ++cut) {
      EXPECT_TRUE(through_a_pipe(form.substr(0, cut)).ends_with("problem: it ends in the middle of its packed data\n")) << cut;
    }
  }
  std::string damaged(gzipped);
  damaged[12] = static_cast<char>(~damaged[12]);
  EXPECT_TRUE(through_a_pipe(damaged).ends_with("problem: the gzip data in it are damaged\n"));
}

}  // namespace
}  // namespace rubric::vm
