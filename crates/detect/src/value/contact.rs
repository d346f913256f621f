//! Ways to reach a person.

use super::digits;

/// An e-mail address: one `@`, a domain with a dot, no blank.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.trim().rsplit_once('@') else {
        return false;
    };
    let local_fine = |sign: char| sign.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(sign);
    let label_fine = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
    };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(local_fine)
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(label_fine)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|end| end.len() >= 2 && !end.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A telephone number as people write it: international with `+` or `00`, or ten French digits from 01 to 09. A bare run of
/// digits of another length is a number like any other.
pub fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let Some(digits) = digits(
        text.strip_prefix('+').unwrap_or(text),
        &[' ', '.', '-', '(', ')', '/', '\u{a0}', '\u{202f}'],
    ) else {
        return false;
    };
    if text.starts_with('+') {
        return (8..=16).contains(&digits.len()) && digits[0] != 0;
    }
    match digits.as_slice() {
        [0, 0, first, ..] => (10..=17).contains(&digits.len()) && *first != 0,
        [0, second, ..] => digits.len() == 10 && *second != 0,
        _ => false,
    }
}

/// A French postcode: five digits that begin with a department.
pub fn is_postcode(text: &str) -> bool {
    let bytes = text.trim().as_bytes();
    if bytes.len() != 5 || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let department = u32::from(bytes[0] - b'0') * 10 + u32::from(bytes[1] - b'0');
    matches!(department, 1..=95 | 97 | 98)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_has_an_at() {
        for good in ["a@b.fr", "prénom.nom+tri@sous.domaine.example", " x@y.co "] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "a@b",
            "@b.fr",
            "a b@c.fr",
            "a@b..fr",
            "a@-b.fr",
            "@handle",
            "a@1.2.3.4",
            "",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn telephones_are_told_from_numbers() {
        for good in [
            "+33 6 12 34 56 78",
            "0612345678",
            "01.23.45.67.89",
            "+1 (555) 123-4567",
            "0033612345678",
        ] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["12345", "1612345678", "0012", "+", "06 12 34", "4711-A", ""] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn postcodes_begin_with_a_department() {
        assert!(is_postcode("75001") && is_postcode("97400") && is_postcode("01000"));
        assert!(
            !is_postcode("00100") && !is_postcode("96000") && !is_postcode("7500") && !is_postcode("7500A")
        );
    }
}
