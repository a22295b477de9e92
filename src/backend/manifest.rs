//! `manifest.json`: what a deployer needs to know beside the documents. Promised to others: `format_version`.
