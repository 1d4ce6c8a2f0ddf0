// The frame that all our HTML pages share: a document with its styles and scripts, a banner with the switch between
// light and dark, a way past it for the keyboard, and the data that the page was made from.
//
// A page needs nothing from a network and is opened with a double click. What stands in it is made elsewhere
// (case_page.h, ...).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rubric {

struct PageData {
  std::string id;     // of the script element
  std::string json;
};

struct PageParts {
  std::string title;                      // text
  std::string banner;                     // markup: what stands at the head, before the switch
  std::string body;                       // markup: inside of <main>
  std::vector<std::string_view> styles;   // of render/*.css, after page.css which every page has
  std::vector<std::string_view> scripts;  // of render/*.js, after page.js
  std::vector<PageData> data;             // application/json, for scripts and for whoever checks the page by machine
  // Where the styles and scripts lie, seen from the page ("../"), for a folder of many pages: page_file() gives their
  // texts. Empty: they are part of the page.
  std::string files_at;
};

std::string page(const PageParts&);

}  // namespace rubric
