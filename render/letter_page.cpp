// The letters to the member as one HTML file. See letter.h for what they say.

#include "render/badges.h"
#include "render/letter.h"
#include "render/page.h"
#include "render/words.h"

#include <fmt/format.h>

namespace rubric {

namespace {

// A text whose blanks, in brackets, are marked: they are to be filled in.
void add_text(Html& html, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t open = text.find('[', at), close = open == std::string::npos ? open : text.find(']', open);
    html.text(text.substr(at, (close == std::string::npos ? text.size() : open) - at));
    if (close == std::string::npos) return;
    html.element("span", {{"class", "blank"}}, text.substr(open, close + 1 - open));
    at = close + 1;
  }
}

void add_letter(Html& html, const Letter& letter, size_t number) {
  const std::string id = fmt::format("letter-{}", number);
  html.element("article", {{"class", "letter panel"}, {"aria-labelledby", id}}, [&] {
    if (letter.draft) {
      html.element("p", {{"class", "draft"}}, [&] {
        html.element("strong", "Draft. ");
        html.text("A clinician must read and sign this letter before it is sent.");
      });
    }
    html.element("dl", {{"class", "letter-head"}}, [&] {
      for (const auto& [name, value] : letter.head) {
        html.element("div", {}, [&] {
          html.element("dt", name);
          html.element("dd", {{"class", "said"}}, [&] { add_text(html, value); });
        });
      }
    });
    html.element("h2", {{"id", id}}, letter.subject);
    html.element("p", {{"class", "decision " + std::string(css_class(style(letter.outcome)))}}, [&] {
      html.element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, mark(letter.outcome));
      html.element("strong", {{"class", "said"}}, letter.decision);
    });
    for (const LetterPart& part : letter.parts) {
      html.element("section", {}, [&] {
        html.element("h3", part.heading);
        for (const std::string& each : part.paragraphs) html.element("p", {{"class", "said"}}, [&] { add_text(html, each); });
        if (part.points.empty()) return;
        html.element("ul", {}, [&] {
          for (const std::string& each : part.points) html.element("li", {{"class", "said"}}, [&] { add_text(html, each); });
        });
      });
    }
    if (!letter.signature.empty()) {
      html.element("div", {{"class", "signature"}}, [&] {
        html.element("p", "Reviewed and signed by a clinician:");
        html.element("dl", {}, [&] {
          for (const std::string& each : letter.signature) {
            html.element("div", {}, [&] {
              html.element("dt", each);
              html.element("dd", {{"class", "blank-line"}}, [&] { html.element("span", {{"class", "only-heard"}}, "to be filled in"); });
            });
          }
        });
      });
    }
  });
  if (!letter.to_explain.empty()) {
    html.element("p", {{"class", "panel small not-printed before-sending"}},
                 fmt::format("Before it is sent: explain {}, or say it in other words.", join(letter.to_explain, "and")));
  }
}

}  // namespace

std::string letter_page(const vm::Trace& trace) {
  const std::string id = trace.case_id.empty() ? trace.source : trace.case_id;
  Html banner, body;
  banner.element("h1", {{"class", "said"}}, fmt::format("Letter to the member, case {}", id));
  if (trace.rejected)
    body.element("p", {{"class", "panel"}}, "The record cannot be read, so that nothing was decided and there is no letter.");
  const std::vector<Letter> all = letters(trace);
  for (size_t i = 0; i < all.size(); ++i) add_letter(body, all[i], i + 1);
  PageParts parts;
  parts.title = fmt::format("Letter, case {}", id);
  parts.banner = banner.take();
  parts.body = body.take();
  parts.styles = {"letter.css"};
  parts.data = {{"determination", to_json(trace, true)}};
  return page(parts);
}

}  // namespace rubric
