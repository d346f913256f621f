//! The lock that keeps two runs apart.

use std::fs::File;

/// Held by a running `keep`; freed when dropped or when the process dies.
#[derive(Debug)]
pub struct KeepLock {
    pub(crate) _file: File,
}
