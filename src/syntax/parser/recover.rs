//! What to do with an item that does not match: read its head and its lines one by one, and go on after
//! each that fails at the next line that starts with a word of that place.

use super::build::Node;
use super::grammar::Rule;
use super::guess;
use super::words::{self, Word};
use super::{Failure, FileParser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Node as OrgNode;
use crate::syntax::ast::{
    Block, Item, ItemKind, Member, MemberKind, NodeMember, NodeMemberKind, TestDecl, TestLine,
    TestLineKind, Waiver,
};

/// Words with which a declaration starts.
pub(super) const ITEM_WORDS: [&str; 22] = [
    "use",
    "let",
    "condition",
    "policy",
    "boundary",
    "role",
    "group",
    "user",
    "permission_set",
    "session_policy",
    "scp",
    "rcp",
    "resource_policy",
    "oidc",
    "saml",
    "org",
    "account",
    "ou",
    "prove",
    "test",
    "waive",
    "management",
];

/// A place with lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between declarations.
    File,
    /// In a `role`, a `policy`, …
    Block,
    /// In an `org`, an `ou`, an `account`.
    Node,
    /// In a `test`.
    Test,
}

impl Place {
    /// Words with which a line of that place starts.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Place::File => &ITEM_WORDS,
            Place::Block => &[
                "allow",
                "deny",
                "include",
                "attach",
                "trust",
                "boundary",
                "session",
                "description",
                "name",
                "path",
                "tags",
                "member_of",
                "waive",
            ],
            Place::Node => &[
                "account",
                "ou",
                "org",
                "management",
                "attach",
                "detach",
                "deploy",
                "assign",
                "root",
                "regions",
                "partition",
                "waive",
            ],
            Place::Test => &["given", "can", "cannot"],
        }
    }

    /// What such a line is called.
    pub(super) fn line(self) -> &'static str {
        match self {
            Place::File => "a declaration",
            Place::Block => "a line of a block",
            Place::Node => "a line of the organisation",
            Place::Test => "a line of a test",
        }
    }

    fn rule(self) -> Rule {
        match self {
            Place::File => Rule::item,
            Place::Block => Rule::member,
            Place::Node => Rule::node_member,
            Place::Test => Rule::test_line,
        }
    }

    pub(super) fn pair_rule(self) -> Rule {
        match self {
            Place::File => Rule::item_pair,
            Place::Block => Rule::member_pair,
            Place::Node => Rule::node_pair,
            Place::Test => Rule::test_pair,
        }
    }
}

/// The head of something with lines, without the lines.
enum Head {
    Block(Block),
    Node(OrgNode),
    Test(TestDecl),
}

/// What stood before a head, the head, and its place.
struct Started {
    docs: Vec<String>,
    waivers: Vec<Waiver>,
    head: Head,
    span: Span,
}

/// What [`FileParser::lines`] does with each line.
trait Lines<'i> {
    const PLACE: Place;
    fn read(&mut self, parser: &mut FileParser<'i>, node: Node<'i>) -> Option<()>;
    /// A line that could not be read; true if something of it could and the parser has moved on.
    fn recover(&mut self, parser: &mut FileParser<'i>) -> bool;
    fn bad(&mut self, span: Span);
}

impl<'i> FileParser<'i> {
    /// Reads again an item that did not match as a whole.
    pub(super) fn recover_item(
        &mut self,
        start: usize,
        failure: Failure,
        previous: Option<usize>,
    ) -> Item {
        let Some(started) = self.head(Rule::item_head) else {
            return self.bad_item(start, failure, previous);
        };
        let first = started.span;
        let kind = match started.head {
            Head::Block(mut block) => {
                self.lines(&mut block.members, first);
                ItemKind::Block(block)
            }
            Head::Node(mut node) => {
                self.lines(&mut node.members, first);
                ItemKind::Node(node)
            }
            Head::Test(mut test) => {
                self.lines(&mut test.lines, first);
                ItemKind::Test(test)
            }
        };
        self.builder.docs_from = self.at;
        Item {
            docs: started.docs,
            waivers: started.waivers,
            kind,
            span: first.to(self.span(self.at, self.at)),
        }
    }

    /// A region of which nothing could be read.
    pub(super) fn bad_item(
        &mut self,
        start: usize,
        failure: Failure,
        previous: Option<usize>,
    ) -> Item {
        let span = self.skip_bad(Place::File, start, &failure);
        self.report(Place::File, span, failure, previous);
        Item {
            docs: Vec::new(),
            waivers: Vec::new(),
            kind: ItemKind::Bad,
            span,
        }
    }

    fn head(&mut self, rule: Rule) -> Option<Started> {
        let node = self.read(rule).ok()?;
        let (before, node, span) = self.builder.before(node)?;
        let head = match node.as_rule() {
            Rule::block_head => Head::Block(self.builder.block_head(node)?),
            Rule::node_head => Head::Node(self.builder.node_head(node)?),
            Rule::test_head => Head::Test(self.builder.test_head(node)?),
            _ => return None,
        };
        Some(Started {
            docs: before.docs,
            waivers: before.waivers,
            head,
            span,
        })
    }

    /// Reads lines up to the brace that closes them.
    fn lines<L: Lines<'i>>(&mut self, lines: &mut L, head: Span) {
        let mut previous = None;
        loop {
            self.skip_blanks();
            let start = self.at;
            let text = self.builder.text;
            match text.as_bytes().get(start) {
                _ if self.patience == 0 => return,
                Some(b'}') => {
                    self.at += 1;
                    return;
                }
                Some(_) if !self.starts_item(start, L::PLACE) => {}
                _ => return self.report_open(head, start),
            }
            let failure = match self.read(L::PLACE.rule()) {
                Ok(node) => match lines.read(self, node) {
                    Some(()) => {
                        previous = Some(start);
                        continue;
                    }
                    None => self.internal(),
                },
                Err(failure) => failure,
            };
            self.spend(start);
            if lines.recover(self) {
                continue;
            }
            let span = self.skip_bad(L::PLACE, start, &failure);
            lines.bad(span);
            self.report(L::PLACE, span, failure, previous.take());
        }
    }

    /// Whether a declaration starts here although a brace is still open: at the left edge, with a word that
    /// is no line of that place, or with a whole head.
    fn starts_item(&self, at: usize, place: Place) -> bool {
        if at > 0 && self.builder.text.as_bytes().get(at - 1) != Some(&b'\n') {
            return false;
        }
        let Some(word) = words::word_at(self.builder.text, at) else {
            return false;
        };
        let is_item = ITEM_WORDS.contains(&word.text);
        let is_line = place.words().contains(&word.text);
        let has_head = || place == Place::Block && self.try_at(Rule::item_head, at).is_ok();
        is_item && (!is_line || has_head())
    }

    fn report_open(&mut self, head: Span, at: usize) {
        let end = words::word_before(self.builder.text, head.start as usize, at);
        let end = end.map_or(at, |w| w.end());
        let problem = Diagnostic::error(
            Code::SyntaxError,
            "expected `}`",
            self.span(end, end),
            "missing here",
        );
        self.builder
            .diagnostics
            .push(problem.with_label(self.span_of_line(head), "to close this"));
    }

    /// The part of a span that lies on its first line.
    fn span_of_line(&self, span: Span) -> Span {
        let text = self.builder.text.get(span.range()).unwrap_or_default();
        let line = text.split('\n').next().unwrap_or_default().trim_end();
        let start = span.start as usize;
        self.span(start, start + line.len())
    }

    /// Moves past a region that could not be read and answers it.
    fn skip_bad(&mut self, place: Place, start: usize, failure: &Failure) -> Span {
        let text = self.builder.text;
        let left = words::column(text, start);
        let mut depth = 0_usize;
        let mut end = start;
        let mut next = text.len();
        let mut line = start;
        for word in words::words(text, start) {
            let fresh = text.get(end..word.start).unwrap_or_default().contains('\n');
            if fresh {
                line = word.start;
            }
            let passed = word.start >= failure.at && word.start > start && line == word.start;
            let closes = word.text == "}" && depth == 0 && place != Place::File;
            if closes || (passed && fresh && self.resumes(place, word, left)) {
                next = word.start;
                break;
            }
            match word.text {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            end = word.end();
        }
        self.at = next;
        self.builder.docs_from = end;
        self.span(start, end)
    }

    /// Whether reading can go on at this word, the first of its line.
    fn resumes(&self, place: Place, word: Word<'_>, left: usize) -> bool {
        let text = self.builder.text;
        let column = words::column(text, word.start);
        if place == Place::File {
            let starts = ITEM_WORDS.contains(&word.text) && column <= left;
            return starts || (column == left && is_slip(place, word));
        }
        let labels = || {
            let mut after = words::words(text, word.end()).map(|w| w.text);
            after.next() == Some(":") && matches!(after.next(), Some("allow" | "deny"))
        };
        place
            .words()
            .iter()
            .any(|known| word.text.eq_ignore_ascii_case(known))
            || self.starts_item(word.start, place)
            || (place == Place::Block && labels())
            || (column == left && is_slip(place, word))
    }
}

/// Whether a word at the beginning of a line is meant as one of those that start lines there: `alow`, `permit`.
fn is_slip(place: Place, word: Word<'_>) -> bool {
    let lower = word.text.to_ascii_lowercase();
    let known = place.words();
    let near = |w: &&str| w.len() > 3 && strsim::damerau_levenshtein(w, &lower) == 1;
    let synonym = |(other, meant): &(&str, &str)| *other == lower && known.contains(meant);
    known.iter().any(near) || guess::SYNONYMS.iter().any(synonym)
}

impl<'i> Lines<'i> for Vec<Member> {
    const PLACE: Place = Place::Block;

    fn read(&mut self, parser: &mut FileParser<'i>, node: Node<'i>) -> Option<()> {
        self.push(parser.builder.member(node)?);
        Some(())
    }

    fn recover(&mut self, _: &mut FileParser<'i>) -> bool {
        false
    }

    fn bad(&mut self, span: Span) {
        self.push(Member {
            docs: Vec::new(),
            waivers: Vec::new(),
            kind: MemberKind::Bad,
            span,
        });
    }
}

impl<'i> Lines<'i> for Vec<NodeMember> {
    const PLACE: Place = Place::Node;

    fn read(&mut self, parser: &mut FileParser<'i>, node: Node<'i>) -> Option<()> {
        self.push(parser.builder.node_member(node)?);
        Some(())
    }

    /// A child that fails is read piece by piece like its parent; `trivia::scan` has limited the depth.
    fn recover(&mut self, parser: &mut FileParser<'i>) -> bool {
        let Some(started) = parser.head(Rule::child_head) else {
            return false;
        };
        let Head::Node(mut node) = started.head else {
            return false;
        };
        parser.lines(&mut node.members, started.span);
        parser.builder.docs_from = parser.at;
        self.push(NodeMember {
            docs: started.docs,
            waivers: started.waivers,
            kind: NodeMemberKind::Child(node),
            span: started.span.to(parser.span(parser.at, parser.at)),
        });
        true
    }

    fn bad(&mut self, span: Span) {
        self.push(NodeMember {
            docs: Vec::new(),
            waivers: Vec::new(),
            kind: NodeMemberKind::Bad,
            span,
        });
    }
}

impl<'i> Lines<'i> for Vec<TestLine> {
    const PLACE: Place = Place::Test;

    fn read(&mut self, parser: &mut FileParser<'i>, node: Node<'i>) -> Option<()> {
        self.push(parser.builder.test_line(node)?);
        Some(())
    }

    fn recover(&mut self, _: &mut FileParser<'i>) -> bool {
        false
    }

    fn bad(&mut self, span: Span) {
        self.push(TestLine {
            kind: TestLineKind::Bad,
            span,
        });
    }
}
