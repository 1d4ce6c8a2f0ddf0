// Rubric as a library: compile or load a policy, decide case records, read what was decided and why.
//
//   #include <rubric/rubric.h>
//
//   auto made = rubric::api::compile("policies/massage");
//   if (!made.policy) { for (const auto& each : made.messages) std::cerr << each.text << "\n"; return 1; }
//   rubric::api::Decider decider(*made.policy, "2026-02-01");
//   const auto determination = decider.decide(record);           // one JSON record
//   for (const auto& line : determination.lines()) std::cout << line.sequence << " " << line.outcome << "\n";
//
// Ownership: everything is a value, and what is handed out belongs to whoever has it; views into arguments are not kept
// beyond the call. A Decider keeps its policy alive, a Determination needs neither.
// Threads: a Policy and a Determination never change, and any number of threads may read them. A Decider is one
// thread's; give each thread its own from the same Policy. Functions that are not members may be called from any thread.
// Errors: what is wrong with a policy or a record is a message, not an exception; only memory that runs out throws.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::api {

std::string_view version();  // of the library

struct Message {
  enum class Severity : uint8_t { error, warning, note } severity = Severity::error;
  std::string file;                // of a policy
  uint32_t line = 0, column = 0;   // from 1; 0: of the whole file
  std::string pointer;             // of a record: a JSON pointer
  std::string text, help;
};

// A compiled policy. Copies share it.
class Policy {
 public:
  const std::string& name() const;
  const std::string& version() const;
  const std::string& digest() const;  // the same digest and the same record give the same determination
  std::string program() const;        // the bytes of a .rbc, for load

 private:
  friend struct Access;
  struct Impl;
  explicit Policy(std::shared_ptr<const Impl>);
  std::shared_ptr<const Impl> impl_;
};

struct Made {
  std::optional<Policy> policy;   // none: messages have an error
  std::vector<Message> messages;
};

Made compile(const std::string& path);  // a .rubric or .md file, or a folder with a base and overlays
Made compile_text(std::string name, std::string text);
Made load(std::string_view program);    // of rubric compile; checked, so that bytes from anywhere are safe

// ---- what is decided. Names and words are those of the JSON, docs/trace.md.

struct Criterion {
  std::string name;
  std::string text;               // its sentence, filled in
  std::string status;             // met, notMet, undetermined, notApplicable
  std::string cause;              // of undetermined
  std::string why;
  std::vector<Criterion> criteria;
};

struct Missing {
  std::string fact;               // a JSON pointer
  std::vector<std::string> asks, criteria, could_lead_to;
};

struct Line {
  uint32_t sequence = 0;
  std::string code_system, code;
  std::string outcome;            // approve, deny, pend, ...
  std::string action;             // A1, ...
  std::vector<std::string> decided_by, possible;
  bool requires_clinician = false;
  std::vector<Criterion> criteria;
  std::vector<Missing> missing;
};

// What the record alone settles of a line.
struct Settled {
  uint32_t sequence = 0;
  std::string_view outcome;       // as Line's; empty: it is not settled, and lines() says what is missing and what is done meanwhile
};

// The path to a decision is followed when lines() or json() is first called: who only asks what is settled does not pay
// for it. Until the last determination of a batch is gone, the batch is kept.
class Determination {
 public:
  const std::string& case_id() const;
  bool rejected() const;          // the record could not be read, and messages() say why
  std::vector<Message> messages() const;
  std::vector<Settled> settled() const;
  std::vector<Line> lines() const;
  std::string json() const;       // one object on one line, with everything that there is

 private:
  friend struct Access;
  struct Impl;
  explicit Determination(std::shared_ptr<Impl>);
  std::shared_ptr<Impl> impl_;
};

// Decides records by one policy. A batch of many is decided much faster than as many one by one, and in the same way.
class Decider {
 public:
  // as_of: the day called today, as an ISO date; empty: each record's own decisionDate.
  explicit Decider(Policy, const std::string& as_of = "");
  ~Decider();
  Decider(Decider&&) noexcept;
  Decider& operator=(Decider&&) noexcept;

  Determination decide(std::string_view record, std::string source = "record");

  void add(std::string_view record, std::string source = "record");
  std::vector<Determination> decide_added();  // in the order in which they were added

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rubric::api
