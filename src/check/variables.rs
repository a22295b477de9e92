//! Policy variables: the key exists, has one value, and stands where IAM looks for it.

use crate::catalogue::suggest;
use crate::iam::pattern::Part;
use crate::iam::{Pattern, Variable};
use crate::source::Span;

use super::context::Checker;
use super::messages;

impl Checker<'_> {
    /// Every variable of a text names a known key with a single value.
    pub(super) fn check_variables(&mut self, pattern: &Pattern, span: Span) {
        for variable in pattern.variables() {
            self.check_variable(variable, span);
        }
    }

    /// As [`Checker::check_variables`], and no variable stands before the resource part of the ARN.
    pub(super) fn check_variables_of_arn(&mut self, pattern: &Pattern, span: Span) {
        let mut colons = 0;
        for part in pattern.parts() {
            match part {
                Part::Text(text) => colons += text.matches(':').count(),
                Part::Variable(_) if colons < 5 => {
                    self.report(messages::variable_before_resource(span));
                    break;
                }
                Part::Variable(_) | Part::Star | Part::Question => {}
            }
        }
        self.check_variables(pattern, span);
    }

    fn check_variable(&mut self, variable: &Variable, span: Span) {
        match self.cx.catalogue.key(&variable.key) {
            None => {
                let near = suggest::key(self.cx.catalogue, &variable.key);
                self.report(messages::unknown_variable(&variable.key, span, near));
            }
            Some(found) if found.key.multi_valued => {
                self.report(messages::variable_with_several_values(
                    &found.canonical,
                    span,
                ));
            }
            Some(_) => {}
        }
    }
}
