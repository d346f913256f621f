//! Keys and numbers as text.

use serment_store::condition::Key;

/// Whether text writes a decimal number: an optional sign, digits, an optional fraction.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// The least and the greatest of keys that are all the whole numbers between them: then a range names them as well as a
/// list does, and the store walks it faster.
pub(crate) fn whole_range(keys: &[&Key]) -> Option<(i64, i64)> {
    let mut numbers = keys
        .iter()
        .map(|key| match key.0.as_slice() {
            [serde_json::Value::Number(number)] => number.as_i64(),
            _ => None,
        })
        .collect::<Option<Vec<i64>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    let span = usize::try_from(high.checked_sub(low)?).ok()?.checked_add(1)?;
    (span == numbers.len()).then_some((low, high))
}

/// Whether text writes a UUID in its usual form, or without hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    let digits: String = text.chars().filter(|sign| *sign != '-').collect();
    let grouped = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-');
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && (grouped || text.len() == 32)
}
