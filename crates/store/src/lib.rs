//! The port to places where data live: catalogue, conditions, batches.
