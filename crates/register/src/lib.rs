//! The register language: files to a model, with diagnostics.
