// The words, marks and styles of outcomes, statuses and rules' states, for the scripts of a page (dom.js): one place for
// the words, words.h, is read by scripts as well.
#pragma once

#include "render/page.h"

namespace rubric {

PageData page_words();

}  // namespace rubric
