// Rows that a run makes beside the record's own: crosses, and copies of one case.
#pragma once

#include "vm/machine.h"

#include <utility>

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

// A batch of `copies` times the same case, for trying completions: the rows of copy k of a domain follow those of copy k - 1.
std::shared_ptr<const Batch> replicate(const Batch&, Row case_row, uint32_t copies);

}  // namespace rubric::vm
