// A program as bytes, and bytes as a program: the .rbc file.
//
//   offset  bytes
//        0      8   magic: 89 52 42 43 0d 0a 1a 0a ("RBC"; the line ends show a file that was copied as text)
//        8      4   format version
//       12      8   fingerprint of what the numbers in the content mean: members, opcodes, operators, outcomes
//       20     64   digest of version, fingerprint and content, SHA-256 in hexadecimal
//       84      8   length of the content
//       92          content: the members of Program in order, little-endian, texts and lists with their length before them
//
// load takes bytes from anywhere: it never crashes, and never allocates more than a small multiple of what it was
// given. What it returns has the right form, no more: `verify` says whether it can run.
#pragma once

#include "vm/program.h"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace rubric::vm {

// To be raised when the content's meaning changes in a way that the fingerprint cannot see.
constexpr uint32_t program_format = 1;

std::string save(const Program&);

// The program, or the reason why these bytes are none: a sentence that goes on after "cannot read p.rbc: ".
tl::expected<Program, std::string> load(std::string_view bytes);

// Whether a file that begins like this wants to be a program.
bool looks_like_program(std::string_view bytes);

// "sha256:...", over everything but the digest itself: the same digest is the same program.
std::string digest_of(const Program&);

}  // namespace rubric::vm
