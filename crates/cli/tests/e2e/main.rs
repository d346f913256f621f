//! The real binary, as people and scripts use it.

mod canary;
mod companies;
mod drafts;
mod drift;
mod hostile;
mod interrupted;
mod shop;
mod told;
mod tongues;
mod walk;
mod words;
