// Sentences with values in them: 'No more than {MaxSessions} sessions in 12 months'.
//
// parse splits the sentence; here its expressions get types and {because} its place. A sentence with a mistake keeps its
// other parts, so that one run shows all of them.
#include "compiler/check_expressions.h"
#include "compiler/parse.h"

namespace rubric::check {

ir::Template check_template(Context& context, std::string_view text, Span span, const Scope& scope, bool because) {
  ir::Template made;
  for (TemplatePart& part : split_template(context.sources, text, span, context.diagnostics)) {
    ir::Piece piece;
    switch (part.kind) {
      case TemplatePart::Kind::literal: piece.text = std::move(part.text); break;
      case TemplatePart::Kind::because:
        if (!because) {
          context.report<DiagnosticId::because_not_here>(part.span);
          continue;
        }
        piece.because = true;
        break;
      case TemplatePart::Kind::expression: {
        ir::Expr value = value_of(context, *part.expr, scope);
        if (is_error(value)) continue;
        if (value.type.kind != ir::Type::Kind::scalar) {
          context.report<DiagnosticId::not_a_value>(part.span, type_name(context, value.type), "write it as text");
          continue;
        }
        if (value.text.empty()) value.text = words(*part.expr);
        piece.expr.push_back(std::move(value));
        break;
      }
    }
    made.push_back(std::move(piece));
  }
  return made;
}

}  // namespace rubric::check
