//! What makes a register wrong as a whole.

use jiff::civil::Date;

use crate::load::node::Context;
use crate::model::Register;

/// Judges a register whose files are read.
pub(crate) fn check(_context: &mut Context, _register: &Register, _day: Date) {}
