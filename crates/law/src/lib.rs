//! Territories and calendar rules, dated, with their sources.
