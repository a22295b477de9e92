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
}

impl Code {
    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}
