//! What a single value is: each test is strict, and takes a checksum where the form has one.

mod contact;
mod identity;
mod money;
mod network;
mod secret;
mod time;

pub use contact::{is_email, is_phone, is_postcode};
pub use identity::{is_nir, is_person_name};
pub use money::{is_card, is_iban, is_siren, is_siret};
pub use network::{is_ip, is_url, is_user_agent, is_uuid};
pub use secret::{Protection, protection};
pub use time::{Written, written};

/// The digits of a text whose other signs are among those that people put between digits; None when it has others.
fn digits(text: &str, between: &[char]) -> Option<Vec<u8>> {
    let mut found = Vec::with_capacity(20);
    for sign in text.chars() {
        match sign.to_digit(10) {
            Some(digit) => found.push(u8::try_from(digit).ok()?),
            None if between.contains(&sign) => {}
            None => return None,
        }
        if found.len() > 40 {
            return None;
        }
    }
    Some(found)
}

/// Luhn's checksum: every second digit from the right is doubled.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(*digit);
            match at % 2 {
                0 => digit,
                _ if digit > 4 => 2 * digit - 9,
                _ => 2 * digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
