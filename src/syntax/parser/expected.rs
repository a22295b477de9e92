//! What a rule of the grammar is called by people.

use super::grammar::Rule;

/// Rank of what the place needs.
pub(super) const NEED: u8 = 0;
/// Rank of what may stand there.
pub(super) const MAY: u8 = 1;
/// Rank of what starts the next line.
pub(super) const NEXT: u8 = 2;
/// Rank of what may follow almost everything; listed only if there is nothing else.
pub(super) const RARE: u8 = 3;

/// The words for a rule and their rank; `None` where naming it would not help.
///
/// Without a wildcard, so that a new rule of the grammar gets its words.
#[expect(clippy::too_many_lines, reason = "a table: one arm a phrase")]
pub(super) fn describe(rule: Rule) -> Option<(u8, &'static str)> {
    Some(match rule {
        Rule::ident | Rule::path | Rule::name_in | Rule::call | Rule::use_member => {
            (NEED, "a name")
        }
        Rule::string => (NEED, "text in double quotes"),
        Rule::numeric => (NEED, "a duration like `1h`"),
        Rule::ipv6
        | Rule::expr
        | Rule::list
        | Rule::resource
        | Rule::action_value
        | Rule::bool
        | Rule::arn_text
        | Rule::raw_text
        | Rule::principal_value => (NEED, "a value"),
        Rule::star => (MAY, "`*`"),
        Rule::service => (NEED, "a service like `s3`"),
        Rule::selector => (NEED, "a name after the colon"),
        Rule::code => (NEED, "the code of a finding"),
        Rule::date => (NEED, "a day like `2026-12-31`"),
        Rule::operator => (NEED, "an operator of IAM like `StringLike`"),
        Rule::comma => (MAY, "`,`"),
        Rule::colon => (MAY, "`:`"),
        Rule::equals => (MAY, "`=`"),
        Rule::slash | Rule::join => (RARE, "`/`"),
        Rule::open_brace => (MAY, "`{`"),
        Rule::close_brace => (MAY, "`}`"),
        Rule::open_bracket => (MAY, "`[`"),
        Rule::close_bracket => (MAY, "`]`"),
        Rule::open_paren => (RARE, "`(`"),
        Rule::close_paren => (MAY, "`)`"),
        Rule::open_members => (RARE, "`.{`"),
        Rule::kw_on | Rule::on_clause | Rule::block_on => (MAY, "`on`"),
        Rule::kw_to | Rule::to_clause => (MAY, "`to`"),
        Rule::kw_when | Rule::when_clause => (MAY, "`when`"),
        Rule::kw_unless | Rule::unless_clause => (MAY, "`unless`"),
        Rule::kw_except | Rule::every_except => (MAY, "`except`"),
        Rule::kw_everything => (MAY, "`everything`"),
        Rule::kw_everyone => (MAY, "`everyone`"),
        Rule::kw_anyone => (MAY, "`anyone`"),
        Rule::kw_and => (MAY, "`and`"),
        Rule::kw_or => (MAY, "`or`"),
        Rule::kw_not => (MAY, "`not`"),
        Rule::kw_in => (RARE, "`in`"),
        Rule::kw_within => (MAY, "`within`"),
        Rule::kw_ignoring => (MAY, "`ignoring case`"),
        Rule::kw_every => (MAY, "`every`"),
        Rule::kw_raw => (MAY, "`raw`"),
        Rule::kw_arn => (MAY, "`arn`"),
        Rule::kw_aws => (MAY, "`aws`"),
        Rule::kw_as => (MAY, "`as`"),
        Rule::kw_with | Rule::trust_with | Rule::test_with => (MAY, "`with`"),
        Rule::kw_for | Rule::audience => (MAY, "`for`"),
        Rule::kw_from => (MAY, "`from`"),
        Rule::kw_use => (MAY, "`use`"),
        Rule::kw_let => (MAY, "`let`"),
        Rule::kw_condition => (MAY, "`condition`"),
        Rule::kw_prove => (MAY, "`prove`"),
        Rule::kw_test => (MAY, "`test`"),
        Rule::kw_waive | Rule::waiver => (MAY, "`waive`"),
        Rule::kw_until => (MAY, "`until`"),
        Rule::kw_because => (MAY, "`because`"),
        Rule::kw_include => (MAY, "`include`"),
        Rule::kw_attach => (MAY, "`attach`"),
        Rule::kw_detach => (MAY, "`detach`"),
        Rule::kw_deploy => (MAY, "`deploy`"),
        Rule::kw_assign => (MAY, "`assign`"),
        Rule::kw_root => (MAY, "`root`"),
        Rule::kw_regions => (MAY, "`regions`"),
        Rule::kw_partition => (MAY, "`partition`"),
        Rule::kw_management => (MAY, "`management`"),
        Rule::kw_trust => (MAY, "`trust`"),
        Rule::kw_boundary => (MAY, "`boundary`"),
        Rule::kw_session => (MAY, "`session`"),
        Rule::kw_description => (MAY, "`description`"),
        Rule::kw_name => (MAY, "`name`"),
        Rule::kw_path => (MAY, "`path`"),
        Rule::kw_tags => (MAY, "`tags`"),
        Rule::kw_member_of => (MAY, "`member_of`"),
        Rule::kw_oidc => (MAY, "`oidc`"),
        Rule::kw_saml => (MAY, "`saml`"),
        Rule::kw_account => (MAY, "`account`"),
        Rule::kw_role => (MAY, "`role`"),
        Rule::kw_user => (MAY, "`user`"),
        Rule::kw_service => (MAY, "`service`"),
        Rule::kw_federated => (MAY, "`federated`"),
        Rule::kw_canonical => (MAY, "`canonical_user`"),
        Rule::kw_no => (MAY, "`no`"),
        Rule::kw_an | Rule::kw_unbounded => (MAY, "`an unbounded role`"),
        Rule::kw_only => (MAY, "`only`"),
        Rule::kw_can => (MAY, "`can`"),
        Rule::kw_given => (MAY, "`given`"),
        Rule::block_word => (NEED, "a kind of block"),
        Rule::node_word => (NEED, "`org`, `ou` or `account`"),
        Rule::qualified
        | Rule::level
        | Rule::actions
        | Rule::everything
        | Rule::action
        | Rule::access => (NEED, "an action"),
        Rule::resource_type | Rule::type_ref => (NEED, "a type"),
        Rule::args => (RARE, "arguments in parentheses"),
        Rule::arg => (NEED, "an argument"),
        Rule::params => (MAY, "parameters in parentheses"),
        Rule::param => (NEED, "a parameter"),
        Rule::resources => (NEED, "a resource"),
        Rule::principals | Rule::principal => (NEED, "a principal"),
        Rule::reference => (NEED, "a name or text"),
        Rule::cond
        | Rule::all_of
        | Rule::unary
        | Rule::group
        | Rule::quantified
        | Rule::quantifier
        | Rule::membership
        | Rule::predicate
        | Rule::raw_condition => (NEED, "a condition"),
        Rule::membership_word
        | Rule::subject
        | Rule::key
        | Rule::tagged
        | Rule::tagged_words
        | Rule::phrase
        | Rule::word => (NEED, "a key or a phrase"),
        Rule::comparison | Rule::comparator | Rule::presence => (MAY, "a comparison"),
        Rule::member
        | Rule::statement
        | Rule::include
        | Rule::attach
        | Rule::trust
        | Rule::boundary_member
        | Rule::session
        | Rule::description
        | Rule::name
        | Rule::path_property
        | Rule::tags
        | Rule::member_of
        | Rule::member_pair => (NEXT, "a statement or a property"),
        Rule::effect => (NEED, "`allow` or `deny`"),
        Rule::attachment => (NEED, "a policy"),
        Rule::tag => (NEED, "a tag like `team: \"payments\"`"),
        Rule::item
        | Rule::use_item
        | Rule::let_item
        | Rule::condition_item
        | Rule::block
        | Rule::block_head
        | Rule::oidc
        | Rule::saml
        | Rule::node
        | Rule::node_head
        | Rule::prove
        | Rule::test_item
        | Rule::test_head
        | Rule::item_head
        | Rule::child_head
        | Rule::item_pair => (NEXT, "a declaration"),
        Rule::use_members => (MAY, "`.{`"),
        Rule::oidc_property => (MAY, "`url` or `audience`"),
        Rule::node_member
        | Rule::deploy
        | Rule::detach
        | Rule::assign
        | Rule::root
        | Rule::regions
        | Rule::partition
        | Rule::node_pair => (NEXT, "a line of the organisation"),
        Rule::assignee => (NEED, "a group or `user`, with its name in quotes"),
        Rule::no_path | Rule::only | Rule::about => (NEED, "a claim"),
        Rule::prove_subject | Rule::every_subject => (NEED, "whom the proof is about"),
        Rule::unbounded => (MAY, "`an unbounded role`"),
        Rule::verdict => (NEED, "`can`, `cannot`"),
        Rule::test_line | Rule::given | Rule::expect | Rule::test_pair => {
            (NEXT, "`given`, `can` or `cannot`")
        }
        Rule::setting => (NEED, "a setting like `mfa = true`"),
        // Parts of tokens, rules that leave no trace, and what starts something else.
        Rule::word_char
        | Rule::text_run
        | Rule::item_word
        | Rule::reserved
        | Rule::WHITESPACE
        | Rule::name_path
        | Rule::arg_name
        | Rule::atom
        | Rule::level_value
        | Rule::action_list
        | Rule::expr_list
        | Rule::principal_list
        | Rule::principal_word
        | Rule::guard
        | Rule::primary
        | Rule::key_char
        | Rule::member_kind
        | Rule::label
        | Rule::attachments
        | Rule::item_kind
        | Rule::node_member_kind
        | Rule::settings
        | Rule::s
        | Rule::sep
        | Rule::last_comma
        | Rule::value_name
        | Rule::named
        | Rule::condition_start
        | Rule::phrase_start
        | Rule::special_start
        | Rule::special => return None,
    })
}
