// How many values an enum has, and what they are called, taken from the enum itself.
//
// Program files must refuse a number that no enum value has, and disassembly must name every value: with these two
// functions neither keeps a list that a new value could be forgotten in. They read the compiler's own spelling of a
// value, which g++ and clang agree on: `rubric::vm::Type::code` where there is a name, `(rubric::vm::Type)14` where not.
//
// For enums over uint8_t whose values count from 0 without gaps, as all of vm/ are. Not for flags.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace rubric::vm {

namespace enum_names_detail {

// The name of one value, or nothing where the enum has no such value.
template <auto value>
consteval std::string_view name_of() {
  std::string_view spelled = __PRETTY_FUNCTION__;  // "... [with auto value = rubric::vm::Type::code; ...]"
  spelled.remove_prefix(spelled.find("value = ") + 8);
  spelled = spelled.substr(0, spelled.find_first_of(";]"));
  if (spelled.front() == '(') return {};
  return spelled.substr(spelled.rfind(':') + 1);
}

template <class E, size_t... numbers>
consteval auto names(std::index_sequence<numbers...>) {
  return std::array<std::string_view, sizeof...(numbers)>{name_of<static_cast<E>(numbers)>()...};
}

template <class E, size_t count = 0>
consteval size_t count_from() {
  if constexpr (name_of<static_cast<E>(count)>().empty()) return count;
  else return count_from<E, count + 1>();
}

}  // namespace enum_names_detail

template <class E>
inline constexpr size_t enum_count = enum_names_detail::count_from<E>();

// "?" for a number that is no value of the enum.
template <class E>
constexpr std::string_view enum_name(E value) {
  constexpr auto names = enum_names_detail::names<E>(std::make_index_sequence<enum_count<E>>());
  const auto number = static_cast<size_t>(value);
  return number < names.size() ? names[number] : std::string_view("?");
}

}  // namespace rubric::vm
