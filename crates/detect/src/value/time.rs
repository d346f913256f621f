//! Times written as text or as numbers.

/// How a time is written, and the year that it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// `2024-03-01`, alone.
    Date(i32),
    /// The same with a time of day.
    Moment(i32),
    /// Seconds since 1970.
    EpochSeconds(i32),
    /// Milliseconds since 1970.
    EpochMilliseconds(i32),
}

impl Written {
    /// The year.
    pub fn year(self) -> i32 {
        match self {
            Self::Date(year)
            | Self::Moment(year)
            | Self::EpochSeconds(year)
            | Self::EpochMilliseconds(year) => year,
        }
    }
}

/// How a value writes a time, if it does. Numbers count from 2000 to 2100 only: others are numbers.
pub fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        let number: u64 = text.parse().ok()?;
        return match number {
            946_684_800..=4_102_444_800 => Some(Written::EpochSeconds(year(number)?)),
            946_684_800_000..=4_102_444_800_000 => Some(Written::EpochMilliseconds(year(number / 1000)?)),
            _ => None,
        };
    }
    let head = text.get(..10)?.as_bytes();
    let form = head.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !form {
        return None;
    }
    let (year, month, day): (i32, u8, u8) = (
        text[..4].parse().ok()?,
        text[5..7].parse().ok()?,
        text[8..10].parse().ok()?,
    );
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    match text[10..].chars().next() {
        None => Some(Written::Date(year)),
        Some('T' | ' ') => Some(Written::Moment(year)),
        Some(_) => None,
    }
}

/// The year of a number of seconds since 1970, to within a day.
fn year(seconds: u64) -> Option<i32> {
    i32::try_from(1970 + seconds / 31_556_952).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_numbers() {
        assert_eq!(written("2024-02-29"), Some(Written::Date(2024)));
        assert_eq!(written("2024-02-29 10:00:00"), Some(Written::Moment(2024)));
        assert_eq!(written("1700000000"), Some(Written::EpochSeconds(2023)));
        assert_eq!(written("1700000000000"), Some(Written::EpochMilliseconds(2023)));
        for bad in ["75001", "2024-13-01", "2024-02-29x", "", "ééééé", "20240229"] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }
}
