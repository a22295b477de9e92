//! driver
pub mod config;
mod message;
