// The walk over all members of a Program, which writing, reading and the fingerprint share. See save.h.
//
// Each struct's members are listed once, in MEMBERS. A structured binding must name every member, so a member that is
// forgotten here does not compile, and one that is named is both written and read.

#include "vm/save.h"

#include "base/text.h"
#include "vm/enum_names.h"
#include "vm/operators.h"

#include <fmt/format.h>

#include <concepts>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace rubric::vm {

namespace {

constexpr std::string_view magic = "\x89RBC\r\n\x1a\n";
constexpr size_t fingerprint_size = 8, digest_size = 64;
constexpr size_t header_size = 8 + 4 + fingerprint_size + digest_size + 8;

template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

// each_member(struct, visit): visit(member) for each member in order.
#define MEMBERS(Struct, ...)                               \
  template <class Visit>                                   \
  void each_member(Is<Struct> auto& object, Visit visit) { \
    auto& [__VA_ARGS__] = object;                          \
    visit_each(visit, __VA_ARGS__);                        \
  }

template <class Visit, class... Members>
void visit_each(Visit& visit, Members&... members) {
  (visit(members), ...);
}

MEMBERS(DomainDef, make, parent, from, via, node, name)
MEMBERS(Bound, kind, constant, field)
MEMBERS(Field, key, kind, type, optional, complete, one_of, low, high, code_system, node, domain, dated_by, refers_to, refers_by, column)
MEMBERS(Node, name, domain, fields)
MEMBERS(ColumnDef, kind, type, domain, node, field, path, criterion, optional)
MEMBERS(Inst, op, fn, domain, dst, args, n, imm)
MEMBERS(Register, domain, type)
MEMBERS(Table, name, key, value, keys, values, otherwise, otherwise_key, from, to)
MEMBERS(Constant, kind, type, precision, unit, low, high)
MEMBERS(Site, kind, span, text, value, operands, domain, member, sites)
MEMBERS(Span, file, begin, end)
MEMBERS(Cite, source, section, grade)
MEMBERS(Source, name, title, unresolved)
MEMBERS(Template::Piece, text, reg, because)
MEMBERS(Template, pieces)
MEMBERS(Layer, name, overlay, version, applies)
MEMBERS(Criterion, name, label, kind, at_least, block, domain, parent, members, section, top, applicable, value, computed_applicable,
        computed_value, asserted, gate, layer, site, applies_site, text, met, not_met, undetermined, member_met, member_not_met,
        member_undetermined, cites, asks, notes, defeated_by, span)
MEMBERS(Rule, name, block, outcome, is_exception, domain, fires, stands, equals_request, modification, exceptions, subject_to, cites, reads,
        reads_record, site, layer, gate, text, notes, span)
MEMBERS(Modification, fields)
MEMBERS(Condition, name, text, due_from, due_to, after, values, cites)
MEMBERS(Remark, kind, text, block, domain, when, cites)
MEMBERS(Block, name, lines, items, item_name, fold, scope, version_gate, item_scope, rules, criteria, item_outcome, outcome, granted,
        when_undetermined, cites, version)

// Where the sources lay when they were compiled is no part of a program: it would be another one in each folder. So a
// file that is written has their names without folders; a file that is read has what it has.
std::vector<std::string> without_folders(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& each : files) names.push_back(each.substr(each.rfind('/') + 1));
  return names;
}
std::vector<std::string>& without_folders(std::vector<std::string>& files) { return files; }

// The digest comes last and is not content; everything else is.
template <class Visit>
void content(Is<Program> auto& program, Visit visit) {
  auto& [name, version, title, texts, codes, code_systems, constants, tables, nodes, columns, domains, registers, code, operands, sites,
         sources, cites, layers, criteria, rules, modifications, conditions, remarks, blocks, files, file_texts, lines_domain, review_type,
         line_sequence, line_code, line_service, line_date, digest] = program;
  auto&& names = without_folders(files);
  visit_each(visit, name, version, title, texts, codes, code_systems, constants, tables, nodes, columns, domains, registers, code, operands,
             sites, sources, cites, layers, criteria, rules, modifications, conditions, remarks, blocks, names, file_texts, lines_domain,
             review_type, line_sequence, line_code, line_service, line_date);
  static_cast<void>(digest);
}

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

// -- writing --

struct Writer {
  std::string out;

  template <std::integral T>
  void number(T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (size_t i = 0; i < sizeof(T); ++i, bits = static_cast<decltype(bits)>(uint64_t{bits} >> 8)) {
      out += static_cast<char>(bits & 0xff);
    }
  }

  template <class T>
  void operator()(const T& x) {
    if constexpr (std::is_same_v<T, bool>) number(static_cast<uint8_t>(x));
    else if constexpr (std::is_integral_v<T>) number(x);
    else if constexpr (std::is_enum_v<T>) number(static_cast<std::underlying_type_t<T>>(x));
    else if constexpr (std::is_same_v<T, std::string>) number(static_cast<uint32_t>(x.size())), out += x;
    else if constexpr (is_vector<T>) {
      number(static_cast<uint32_t>(x.size()));
      for (const auto& each : x) (*this)(each);
    } else if constexpr (is_pair<T>) (*this)(x.first), (*this)(x.second);
    else each_member(x, [this](const auto& member) { (*this)(member); });
  }
};

// The least bytes that a T takes: every number has a fixed size, and a list may be empty. Lengths are checked against it.
template <class T>
size_t least_size() {
  static const size_t size = [] {
    Writer writer;
    writer(T{});
    return writer.out.size();
  }();
  return size;
}

// -- reading --

// After the first problem everything reads as zero, so that no reader in between has to ask.
struct Reader {
  std::string_view in;
  size_t at = 0;
  std::string problem;

  size_t left() const { return in.size() - at; }
  void fail(std::string_view what) {
    if (problem.empty()) problem = fmt::format("its content is wrong at byte {}: {}", header_size + at, what);
    at = in.size();
  }

  template <std::integral T>
  T number() {
    if (left() < sizeof(T)) return fail("it ends too early"), T{};
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(T); ++i) bits |= uint64_t{static_cast<unsigned char>(in[at + i])} << (8 * i);
    at += sizeof(T);
    return static_cast<T>(bits);
  }

  // A length that the rest of the file can hold, each element taking at least so many bytes.
  uint32_t length(size_t least) {
    const auto n = number<uint32_t>();
    if (n > left() / least) return fail("a length is larger than the file"), 0;
    return n;
  }

  template <class T>
  void operator()(T& x) {
    if constexpr (std::is_same_v<T, bool>) {
      const auto byte = number<uint8_t>();
      if (byte > 1) fail("a byte is neither yes nor no");
      x = byte == 1;
    } else if constexpr (std::is_integral_v<T>) {
      x = number<T>();
    } else if constexpr (std::is_enum_v<T>) {
      const auto value = number<std::underlying_type_t<T>>();
      if (value >= enum_count<T>) return fail("a number stands for nothing");
      x = static_cast<T>(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      const uint32_t n = length(1);
      x = in.substr(at, n);
      at += n;
    } else if constexpr (is_vector<T>) {
      const uint32_t n = length(least_size<typename T::value_type>());
      x.resize(n);
      for (auto& each : x) (*this)(each);
    } else if constexpr (is_pair<T>) {
      (*this)(x.first), (*this)(x.second);
    } else {
      each_member(x, [this](auto& member) { (*this)(member); });
    }
  }
};

// -- the fingerprint --

// What the bytes of a T mean, in words: "(u4 u4 [u1])".
struct Shape {
  std::string out;

  template <class T>
  void operator()([[maybe_unused]] const T& x) {
    if constexpr (std::is_enum_v<T>) {
      out += "{";
      for (size_t i = 0; i < enum_count<T>; ++i) (out += enum_name(static_cast<T>(i))) += " ";
      out += "}";
    } else if constexpr (std::is_integral_v<T>) {
      out += fmt::format("{}{} ", std::is_signed_v<T> ? "s" : "u", sizeof(T));
    } else if constexpr (std::is_same_v<T, std::string>) {
      out += "text ";
    } else if constexpr (is_vector<T>) {
      const typename T::value_type element{};
      out += "[", (*this)(element), out += "]";
    } else if constexpr (is_pair<T>) {
      out += "<", (*this)(x.first), (*this)(x.second), out += ">";
    } else {
      out += "(", each_member(x, [this](const auto& member) { (*this)(member); }), out += ")";
    }
  }
};

// Two builds with the same fingerprint read the same meaning out of the same bytes. An operator is an index into a
// table: a file from a build with another table would run another operator, without any sign of it.
const std::string& fingerprint() {
  static const std::string bytes = [] {
    Shape shape;
    const Program sample;
    content(sample, [&](const auto& member) { shape(member); });
    std::string& words = shape.out;
#define OPCODE(name, writes, operands, help) words += #name " " #writes " " operands "\n";
#include "vm/opcodes.def"
#undef OPCODE
#define OUTCOME(name, json, outcome_class, ...) words += #name " " #outcome_class "\n";
#include "vm/outcomes.def"
#undef OUTCOME
    for (const OperatorInfo& op : operators()) {
      words += op.name;
      for (Type type : op.args) (words += " ") += enum_name(type);
      ((words += " -> ") += enum_name(op.result)) += "\n";
    }
    return sha256_hex(words).substr(0, fingerprint_size);
  }();
  return bytes;
}

std::string content_of(const Program& program) {
  Writer writer;
  content(program, [&](const auto& member) { writer(member); });
  return std::move(writer.out);
}

// What the digest speaks for, first part; the content follows.
std::string identity() {
  Writer writer;
  writer.number(program_format);
  return writer.out + fingerprint();
}

}  // namespace

std::string save(const Program& program) {
  const std::string body = content_of(program);
  Writer head;
  head.out = std::string(magic) + identity();
  head.out += sha256_hex(identity() + body);
  head.number(uint64_t{body.size()});
  return head.out + body;
}

std::string digest_of(const Program& program) { return "sha256:" + sha256_hex(identity() + content_of(program)); }

bool looks_like_program(std::string_view bytes) { return bytes.starts_with(magic.substr(0, 4)); }

tl::expected<Program, std::string> load(std::string_view bytes) {
  const auto no = [](std::string reason) { return tl::unexpected(std::move(reason)); };
  if (!looks_like_program(bytes)) return no("it is not a compiled policy");
  if (!bytes.starts_with(magic.substr(0, std::min(bytes.size(), magic.size())))) {
    return no("it was changed on its way, as copying it as text does");
  }
  const std::string cut = "it is cut short";
  if (bytes.size() < magic.size() + 4) return no(cut);
  Reader head{bytes, magic.size(), {}};
  const auto format = head.number<uint32_t>();
  if (format != program_format) {
    return no(fmt::format("it has program format {}, and this version of rubric reads format {}: compile the policy again", format,
                          program_format));
  }
  if (bytes.size() < header_size) return no(cut);
  const std::string_view theirs = bytes.substr(12, fingerprint_size);
  if (theirs != fingerprint()) {
    return no(
        fmt::format("it was compiled by another version of rubric, with other operators or tables ({}, here {}): "
                    "compile the policy again",
                    printable(theirs), fingerprint()));
  }
  const std::string_view digest = bytes.substr(12 + fingerprint_size, digest_size);
  head.at = header_size - 8;
  const auto length = head.number<uint64_t>();
  const std::string_view body = bytes.substr(header_size);
  if (body.size() < length) return no(fmt::format("{}: {} of {} bytes are there", cut, body.size(), length));
  if (body.size() > length) return no("something follows the program");
  if (sha256_hex(identity() + std::string(body)) != digest) {
    return no("its content does not match its digest: it was changed or damaged");
  }

  Program program;
  Reader reader{body, 0, {}};
  content(program, [&](auto& member) { reader(member); });
  if (reader.problem.empty() && reader.left() > 0) reader.fail("something follows the last table");
  if (!reader.problem.empty()) return no(std::move(reader.problem));
  program.digest = "sha256:" + std::string(digest);
  return program;
}

}  // namespace rubric::vm
