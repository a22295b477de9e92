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

    // Writing IAM documents
    NoNegation "no-negation" "IAM has no operator that says the negation of a test",
    TooManyStatements "too-many-statements" "a condition needs more IAM statements than its budget",
    ConditionCollision "condition-collision" "two tests need the same operator on the same key",
    UnsupportedElement "unsupported-element" "this kind of policy cannot carry what is written",
    EmptyPolicy "empty-policy" "a policy has no statement that can ever match",
    OverQuota "over-quota" "a document, a name or a list is larger than AWS takes",
    InvalidName "invalid-name" "AWS does not take a name of these characters",
    InvalidCharacter "invalid-character" "IAM does not store this character",
    PathCollision "path-collision" "two documents would be written to the same file",

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
}
