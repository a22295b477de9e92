//! The one list of diagnostic codes.

macro_rules! codes {
    ($($name:ident $text:literal $summary:literal),* $(,)?) => {
        /// Which rule speaks. The kebab-case name is what people see, waive and explain.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code { $(#[doc = $summary] $name),* }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The name that people see.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }

            /// One line about it.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$name => $summary),* }
            }

            /// The page that `bailiwick explain` shows.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("explain/", $text, ".md"))),* }
            }
        }
    };
}

codes! {
    // Reading
    InvalidEncoding "invalid-encoding" "the file is not UTF-8 text",
    SyntaxError "syntax-error" "the text is not the language's",
    NestingTooDeep "nesting-too-deep" "parentheses, braces or `not` are nested too deeply",
    SourceTooLarge "source-too-large" "the file is larger than any source",

    // Checking
    UnknownService "unknown-service" "no AWS service has this prefix",
    UnknownAction "unknown-action" "the service has no such action",
    UnknownResourceType "unknown-resource-type" "the service has no such type of resource",
    UnknownKey "unknown-key" "no request carries a condition key of this name",
    UnknownOperator "unknown-operator" "IAM has no such condition operator",
    UnknownManagedPolicy "unknown-managed-policy" "AWS has no managed policy of this name",
    UnknownType "unknown-type" "the language has no such type",
    UnknownClaim "unknown-claim" "the identity provider's tokens have no such claim here",
    UnknownCode "unknown-code" "no finding has this code",
    WrongKind "wrong-kind" "the name stands for something else than what is expected",
    WrongArguments "wrong-arguments" "arguments are missing, too many, or misnamed",
    TypeMismatch "type-mismatch" "the value is of another type than its place",
    InvalidLiteral "invalid-literal" "the value does not have the shape of its type",
    InvalidId "invalid-id" "an id of AWS Organizations or an account is missing or malformed",
    InvalidVariable "invalid-variable" "a policy variable stands where IAM does not replace it",
    InvalidSession "invalid-session" "the session is shorter or longer than AWS accepts",
    EmptyList "empty-list" "a list that has to hold something is empty",
    EmptyAccessLevel "empty-access-level" "an access level expands to no action",
    LevelNeedsType "level-needs-type" "an access level needs resources of a known type",
    ActionResourceMismatch "action-resource-mismatch" "the action does not act on that type of resource",
    KeyNeverCarried "key-never-carried" "no request of the statement's actions carries the key",
    OperatorMismatch "operator-mismatch" "the comparison does not suit the key's type",
    QuantifierMismatch "quantifier-mismatch" "`any` and `every` belong to keys with several values, and only to them",
    WildcardWithoutLike "wildcard-without-like" "a wildcard under `==`, where it is a plain character",
    WildcardInPrincipal "wildcard-in-principal" "IAM accepts no wildcard in a principal",
    NotAllowedHere "not-allowed-here" "this kind of policy or declaration cannot carry what is written",
    RcpUnsupportedService "rcp-unsupported-service" "resource control policies do not apply to the service",
    AllowEveryoneExcept "allow-everyone-except" "allowing everyone except some also allows anonymous callers",
    DuplicateProperty "duplicate-property" "something that can be said once is said twice",
    RoleWithoutTrust "role-without-trust" "nobody can assume the role",
    IncompleteTest "incomplete-test" "a test that says not who asks, or expects nothing",
    WaiverWithoutReason "waiver-without-reason" "a waiver has to say why",

    // Lowering
    TooLarge "too-large" "lists and conditions unfold to more than can be handled",
    AccountUnclear "account-unclear" "one document for several accounts cannot carry an account's id",
    OtherPartition "other-partition" "an account of another partition is named, where no ARN can reach it",
    NotDeployed "not-deployed" "the declaration is not deployed to the account that refers to it",
    NameClash "name-clash" "two things would have one name in AWS",
    NothingAllowed "nothing-allowed" "no SCP allows anything at a node",

    // Writing IAM documents
    NoNegation "no-negation" "IAM has no operator that says the negation of a test",
    TooManyStatements "too-many-statements" "a condition needs more IAM statements than its budget",
    ConditionCollision "condition-collision" "two tests need the same operator on the same key",
    EmptyPolicy "empty-policy" "a policy has no statement that can ever match",
    OverQuota "over-quota" "a document, a name or a list is larger than AWS takes",
    InvalidName "invalid-name" "AWS does not take a name of these characters",
    InvalidCharacter "invalid-character" "IAM does not store this character",
    PathCollision "path-collision" "two documents would be written to the same file",
    ArtefactNotProved "artefact-not-proved" "a document is not proved to say what its source says",

    // Proofs and tests
    ProofFailed "proof-failed" "a proof does not hold: some request breaks it",
    ProofUndecided "proof-undecided" "whether a proof holds could not be decided",
    VacuousProof "vacuous-proof" "a proof holds only because it is about no request",
    TestFailed "test-failed" "a request of a test comes out otherwise than expected",

    // Projects
    InvalidConfig "invalid-config" "`bailiwick.toml` cannot be read or has a wrong value",
    UnknownSetting "unknown-setting" "`bailiwick.toml` names something that does not exist",
    NoSources "no-sources" "there is nothing to read",
    UnreadableFile "unreadable-file" "a file of the project cannot be read",
    InvalidModuleName "invalid-module-name" "a file or folder has a name that no module can have",
    InvalidCatalogue "invalid-catalogue" "the project's own catalogue cannot be used",
    InvalidLock "invalid-lock" "`bailiwick.lock` cannot be read",
    CatalogueChanged "catalogue-changed" "the catalogue gives other answers than `bailiwick.lock` has",

    // Lints
    LintUndecided "lint-undecided" "lints asked what the engine could not settle",
    NeverMatches "never-matches" "no request can match the statement",
    DenyNeverBites "deny-never-bites" "nobody could do anyway what the statement denies",
    TakenAway "taken-away" "a boundary or SCP takes away all that a statement grants",
    AddsNothing "adds-nothing" "the other statements say all that a statement says",
    BeyondBoundary "beyond-boundary" "a statement grants actions that the boundary never lets through",
    WildcardService "wildcard-service" "a statement allows every action of every service",
    WildcardAction "wildcard-action" "a statement allows every action of a service",
    WildcardResource "wildcard-resource" "a statement grants on every resource what can be bound to some",
    PermissionsManagement "permissions-management" "an identity may give access to others everywhere, without a condition",
    CredentialExposure "credential-exposure" "an identity may get credentials of others everywhere, without a condition",
    PassRole "pass-role" "an identity may pass any role to any service",
    ServiceLinkedRole "service-linked-role" "an identity may make service-linked roles for any service",
    Escalation "escalation" "an identity can make itself an administrator",
    SettableTag "settable-tag" "a grant trusts a tag that the caller can set",
    BoolAbsent "bool-absent" "a Deny stops `false` and lets the absent key through",
    IfExists "if-exists" "`IfExists` opens an Allow or weakens a Deny",
    ForAllValues "for-all-values" "an Allow with `every` also grants to requests without the key",
    WildcardValue "wildcard-value" "a pattern in an Allow lets every value pass",
    DenyHitsServices "deny-hits-services" "a Deny about organisations or networks also stops AWS services",
    OpenTrust "open-trust" "anybody with an AWS account can assume the role",
    WholeAccountTrust "whole-account-trust" "every identity of an account can assume the role",
    ExternalTrustWithoutId "external-trust-without-id" "an account outside the project can assume the role without an external id",
    AccessFromAnywhere "access-from-anywhere" "people can work from any address",
    PeopleWithoutMfa "people-without-mfa" "people can assume the role without a second factor",
    ConfusedDeputy "confused-deputy" "an AWS service gets in whomever it works for",
    OidcWithoutAudience "oidc-without-audience" "tokens that are meant for somebody else get in",
    OidcWithoutSubject "oidc-without-subject" "tokens about anybody get in",
    GithubWildcard "github-wildcard" "every repository of an owner, or every branch of a repository, gets in",
    PublicResource "public-resource" "anybody can use the resource",
    CrossOrganization "cross-organization" "an account outside the project can use the resource",
    LongLivedCredentials "long-lived-credentials" "an IAM user has credentials that do not expire",
    LocksOut "locks-out" "a guardrail shuts out workloads or the emergency role",
    UnusedLet "unused-let" "a `let` is never used",
    UnusedCondition "unused-condition" "a condition is never used",
    UnusedPolicy "unused-policy" "nothing is built of a declaration",

    // Waivers
    ExpiredWaiver "expired-waiver" "the last day of a waiver is over",
    UnusedWaiver "unused-waiver" "a waiver covers no finding",
    ForbiddenWaiver "forbidden-waiver" "the project forbids to waive the code",

    // Importing
    ImportUnequal "import-unequal" "a document is not proved equal to the source that was made of it",

    // What is deployed
    InvalidExport "invalid-export" "the file is not what AWS's tools print",
    InvalidDocument "invalid-document" "an IAM document cannot be read",
    IncompleteExport "incomplete-export" "something that belongs to an export is missing",
    UnresolvedValue "unresolved-value" "a value is not known before it is deployed",
    NoDocuments "no-documents" "there is no IAM document to read",

    // Names
    DuplicateModule "duplicate-module" "two files are the same module",
    ReservedModule "reserved-module" "a module of the project takes a name of the standard library",
    UnknownModule "unknown-module" "no module has that name",
    UnknownMember "unknown-member" "the module or declaration has no member of that name",
    IndirectImport "indirect-import" "a name is taken from a module that only imports it",
    UnknownName "unknown-name" "nothing of that name is declared or imported here",
    ModuleAsValue "module-as-value" "a module stands where one of its members should",
    DuplicateName "duplicate-name" "two declarations of a module have the same name",
    DuplicateParameter "duplicate-parameter" "two parameters have the same name",
    DuplicateImport "duplicate-import" "the same name is imported twice",
    UnusedImport "unused-import" "an imported name is never used",
    ImportCycle "import-cycle" "modules import one another in a circle",
    DefinitionCycle "definition-cycle" "a declaration is made of itself",
}

impl Code {
    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// Whether a finding of this code is an error wherever it is made, so that no project can weigh it otherwise.
    /// What is not listed, like every lint, is open to judgement.
    pub fn is_always_an_error(self) -> bool {
        use Code::*;
        matches!(
            self,
            InvalidEncoding
                | SyntaxError
                | NestingTooDeep
                | SourceTooLarge
                | UnknownService
                | UnknownAction
                | UnknownResourceType
                | UnknownKey
                | UnknownOperator
                | UnknownManagedPolicy
                | UnknownType
                | UnknownClaim
                | UnknownCode
                | WrongKind
                | WrongArguments
                | TypeMismatch
                | InvalidLiteral
                | InvalidId
                | InvalidVariable
                | InvalidSession
                | EmptyList
                | EmptyAccessLevel
                | LevelNeedsType
                | ActionResourceMismatch
                | KeyNeverCarried
                | OperatorMismatch
                | QuantifierMismatch
                | WildcardWithoutLike
                | WildcardInPrincipal
                | NotAllowedHere
                | RcpUnsupportedService
                | DuplicateProperty
                | RoleWithoutTrust
                | IncompleteTest
                | WaiverWithoutReason
                | TooLarge
                | AccountUnclear
                | OtherPartition
                | NotDeployed
                | NameClash
                | NothingAllowed
                | NoNegation
                | TooManyStatements
                | ConditionCollision
                | InvalidName
                | InvalidCharacter
                | PathCollision
                | InvalidConfig
                | UnknownSetting
                | NoSources
                | UnreadableFile
                | InvalidModuleName
                | InvalidCatalogue
                | InvalidLock
                | CatalogueChanged
                | DuplicateModule
                | ReservedModule
                | UnknownModule
                | UnknownMember
                | IndirectImport
                | UnknownName
                | ModuleAsValue
                | DuplicateName
                | DuplicateParameter
                | DuplicateImport
                | ImportCycle
                | DefinitionCycle
        )
    }
}
