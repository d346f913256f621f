//! Accounts, cards, firms.

use super::{digits, luhn};

/// An international bank account number: country, two check digits, modulo 97 (ISO 13616).
pub fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(|sign| *sign != ' ').collect();
    let bytes = compact.as_bytes();
    if !(15..=34).contains(&bytes.len())
        || !bytes[..2].iter().all(u8::is_ascii_alphabetic)
        || !bytes[2..4].iter().all(u8::is_ascii_digit)
        || !bytes.iter().all(u8::is_ascii_alphanumeric)
    {
        return false;
    }
    // Lengths of the countries met most; others have any length in the range.
    let length = match compact[..2].to_ascii_uppercase().as_str() {
        "FR" | "MC" | "IT" | "SM" => Some(27),
        "DE" | "GB" | "IE" => Some(22),
        "BE" => Some(16),
        "ES" | "SE" | "CZ" => Some(24),
        "LU" | "AT" => Some(20),
        "CH" => Some(21),
        "NL" => Some(18),
        "PT" => Some(25),
        "PL" => Some(28),
        _ => None,
    };
    if length.is_some_and(|length| length != bytes.len()) {
        return false;
    }
    let remainder = bytes[4..].iter().chain(&bytes[..4]).fold(0_u32, |rest, byte| {
        if byte.is_ascii_digit() {
            (rest * 10 + u32::from(byte - b'0')) % 97
        } else {
            (rest * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97
        }
    });
    remainder == 1
}

/// The number of a payment card: the beginnings of the large networks, their lengths, Luhn's checksum.
pub fn is_card(text: &str) -> bool {
    let Some(digits) = digits(text, &[' ', '-']) else {
        return false;
    };
    let first = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit))
    };
    let plausible = match digits.len() {
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4
                || matches!(first(2), 51..=55 | 65)
                || matches!(first(4), 2221..=2720 | 6011 | 3528..=3589)
        }
        _ => false,
    };
    plausible && luhn(&digits) && digits.iter().any(|digit| *digit != digits[0])
}

/// The nine digits of a French firm.
pub fn is_siren(text: &str) -> bool {
    firm(text, 9)
}

/// The fourteen digits of one of its places.
pub fn is_siret(text: &str) -> bool {
    firm(text, 14)
}

fn firm(text: &str, length: usize) -> bool {
    digits(text, &[' ', '\u{a0}', '\u{202f}']).is_some_and(|digits| {
        digits.len() == length && luhn(&digits) && digits.iter().any(|digit| *digit != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_a_checksum() {
        for good in [
            "FR76 3000 6000 0112 3456 7890 189",
            "DE89370400440532013000",
            "GB82 WEST 1234 5698 7654 32",
            "be68539007547034",
        ] {
            assert!(is_iban(good), "{good}");
        }
        for bad in [
            "FR76 3000 6000 0112 3456 7890 188",
            "FR7630006000011234567890",
            "",
            "DE89",
            "hello world 12345",
            "FRé6300060000112345678901890",
        ] {
            assert!(!is_iban(bad), "{bad}");
        }
    }

    #[test]
    fn cards_have_a_network_and_a_checksum() {
        for good in [
            "4111 1111 1111 1111",
            "5500005555555559",
            "340000000000009",
            "2223-0031-2200-3222",
        ] {
            assert!(is_card(good), "{good}");
        }
        for bad in [
            "4111111111111112",
            "1234567812345670",
            "0000000000000000",
            "4444",
            "4111x1111111111 1",
        ] {
            assert!(!is_card(bad), "{bad}");
        }
    }

    #[test]
    fn firms_have_a_checksum() {
        assert!(is_siren("732 829 320") && !is_siren("732829321") && !is_siren("000000000"));
        assert!(is_siret("73282932000074") && !is_siret("73282932000075"));
    }
}
