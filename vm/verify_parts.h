// What the parts of verify share. Each part looks at one kind of table and says the first thing that it finds wrong;
// a part may rely on what those before it have checked.
#pragma once

#include "vm/program.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace rubric::vm {

// The first thing found wrong, in words, or nothing.
std::string wrong_in_tables(const Program&);    // domains, constants, the record model, columns, registers
std::string wrong_in_code(const Program&);      // instructions and their operands
std::string wrong_in_clauses(const Program&);   // what traces read: criteria, rules, blocks, sites

class Check {
 protected:
  explicit Check(const Program& p) : p_(p) {}

  template <class... A>
  void fail(fmt::format_string<A...> words, A&&... args) {
    if (reason_.empty()) reason_ = fmt::format(words, std::forward<A>(args)...);
  }
  bool bad() const { return !reason_.empty(); }
  template <class T>
  void in(Id id, const std::vector<T>& table, std::string_view what, bool optional = false) {
    if (id == none_id && optional) return;
    if (id >= table.size()) fail("{} {} does not exist", what, id);
  }
  void text(Id id, bool optional = true) { in(id, p_.texts, "text", optional); }
  void reg(Id id, bool optional = true) { in(id, p_.registers, "register", optional); }
  template <class E>
  void within(E value, E last, std::string_view what) {
    if (value > last) fail("a {} is out of range", what);
  }

  bool is_ancestor(Id above, Id domain) const {
    if (above == none_id) return true;
    for (; domain != none_id; domain = p_.domains[domain].parent) {
      if (domain == above) return true;
    }
    return false;
  }

  const Program& p_;
  std::string reason_;
};

}  // namespace rubric::vm
