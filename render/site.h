// A report: a folder of pages on many cases, opened with a double click. This is its pages; what they read is site_data.h.
//
//   index.html          counts as pictures, the list with search and filters        site.js
//   case.html?n=17      the page of a case, unpacked from its data file             site_case.js
//   compare.html?a=3&b=17   two cases beside each other                             site_compare.js
//   data/, files/       data as scripts, because a page from a disk can fetch nothing else; styles and scripts
#pragma once

#include "vm/program.h"
#include "vm/trace.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric {

struct SiteFile {
  std::string name;  // in the folder: "files/site.js"
  std::string text;
};

// All but the data. `summary`: what the cases are, in a few words: "17 cases, 18 lines".
std::vector<SiteFile> site_files(const vm::Program&, const std::string& summary);

// A case's page as it is packed: case_page with the way back to the list.
std::string site_case_page(const vm::Trace&, const vm::Program&);

}  // namespace rubric
