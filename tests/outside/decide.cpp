// decide POLICY: decides the records of standard input, one a line, on two threads, and says what is missing.
#include <rubric/rubric.h>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  rubric::api::Made made = rubric::api::compile(argv[1]);
  for (const auto& each : made.messages) std::cout << each.file << ":" << each.line << ":" << each.column << ": " << each.text << "\n";
  if (!made.policy) return 1;

  std::vector<std::string> records;
  for (std::string line; std::getline(std::cin, line);) records.push_back(line);

  // What is compiled once may be kept, and is shared by threads; each has a decider of its own.
  const rubric::api::Made again = rubric::api::load(made.policy->program());
  std::vector<rubric::api::Determination> one, other;
  std::thread batch([&] {
    rubric::api::Decider decider(*again.policy, "2026-02-01");
    for (const std::string& record : records) decider.add(record);
    one = decider.decide_added();
  });
  rubric::api::Decider decider(*made.policy, "2026-02-01");
  for (const std::string& record : records) other.push_back(decider.decide(record));
  batch.join();

  for (std::size_t k = 0; k < records.size(); ++k) {
    const rubric::api::Determination& found = one[k];
    if (found.json() != other[k].json()) return 1;
    std::cout << found.case_id() << (found.rejected() ? " rejected\n" : "\n");
    for (const auto& message : found.messages()) std::cout << "  " << message.pointer << ": " << message.text << "\n";
    const auto settled = found.settled();
    for (std::size_t l = 0; l < settled.size(); ++l) {
      const auto line = found.lines()[l];
      if (settled[l].sequence != line.sequence || (!settled[l].outcome.empty() && settled[l].outcome != line.outcome)) return 1;
      std::cout << "  line " << line.sequence << " " << line.code << " " << line.outcome << (settled[l].outcome.empty() ? "" : ", settled")
                << "\n";
      for (const auto& criterion : line.criteria) std::cout << "    " << criterion.name << " " << criterion.status << "\n";
      for (const auto& missing : line.missing) std::cout << "    missing " << missing.fact << "\n";
    }
  }
  return 0;
}
