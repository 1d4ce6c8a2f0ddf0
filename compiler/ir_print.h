// IR as text, for golden files and for whoever debugs the compiler. Not the language: it shows what check decided
// (conversions, tables, variables, folds), one form for each kind of node, and nothing reads it back.
#pragma once

#include <string>

#include "compiler/ir.h"

namespace rubric {

// any[T in trials where T.status in {'started', 'stopped'}: T.outcome = 'failed']
std::string print(const ir::Policy& policy, const ir::Expr& expression);
std::string print(const ir::Policy& policy, const ir::Query& query);
std::string print(const ir::Policy& policy, const ir::Template& sentence);  // pieces joined, values in { }
std::string print(const ir::Policy& policy, const ir::Table& table);        // its rows, dates and otherwise
std::string print_type(const ir::Policy& policy, const ir::Type& type);
// Every node of the unrolled model with its fields.
std::string print_model(const ir::Policy& policy);
// Layers, tables, blocks with criteria and rules, conditions and remarks: all but the model.
std::string print(const ir::Policy& policy);

}  // namespace rubric
