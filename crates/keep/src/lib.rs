//! Executes plans: durable steps, verification, outcomes.
