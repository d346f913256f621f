//! Tamper-evident journal: Merkle log, signed checkpoints, receipts, offline verifier.
