// Rows that a run makes beside the record's own: crosses, and copies of one case.
#pragma once

#include "vm/machine.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace rubric::vm {

// The rows of the cross domains that stand under the elements of domain `below` (0: under the record's own rows alone).
// A case whose rows would pass its limit gets none, and is marked. Those that are left for later are charged all the same.
void make_crosses(const Program&, const Batch&, Id below, const std::vector<bool>& late, std::vector<DomainRows>& domains,
                  std::vector<uint64_t>& limited);
// One that was left.
void make_cross(const Program&, const Batch&, Id domain, std::vector<DomainRows>& domains, const std::vector<uint64_t>& limited);

// The rows of a domain of elements, from the lists on its parent's rows, and the crosses below it.
void make_unnested(const Program&, const Batch&, Id domain, const Column& lists, const Pool&, const std::vector<bool>& late,
                   std::vector<DomainRows>& domains, std::vector<uint64_t>& limited);

// A row's ancestor on another domain of its parent chain.
Row ancestor(const Program&, const Batch&, const std::vector<DomainRows>& crosses, Id domain, Row, Id target);

// First row of each case in a domain; one more entry than there are cases.
std::vector<Row> case_starts(const Program&, const Batch&, const std::vector<DomainRows>& crosses, Id domain);

// The rows of one case in a domain: the first one, and the one behind the last.
std::pair<Row, Row> case_rows(const Decisions&, Id domain, Row case_row);

// A batch of copies of some cases, each as often as it is named: to try completions, or to look at a few closely. CaseInfo is
// left for the caller to copy where it is needed.
enum class Copied : uint8_t { rows, columns };   // rows alone, or with their columns
std::shared_ptr<Batch> copies(const Batch&, std::span<const Row> cases, Copied = Copied::columns);

}  // namespace rubric::vm
