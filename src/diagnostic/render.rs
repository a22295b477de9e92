//! Draws findings for people (codespan) and for machines (JSON lines).
