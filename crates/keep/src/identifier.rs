//! Identifiers of runs and holds.

use crate::KeepError;
use crate::ports::Entropy;

/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A prefix and twelve characters: 60 random bits.
pub(crate) fn fresh(prefix: &str, entropy: &dyn Entropy) -> Result<String, KeepError> {
    let mut bytes = [0; 12];
    entropy.fill(&mut bytes)?;
    let name: String = bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    Ok(format!("{prefix}-{name}"))
}
