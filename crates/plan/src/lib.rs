//! From a register, a catalogue and an instant to a plan: pure.
