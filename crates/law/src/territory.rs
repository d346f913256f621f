//! Countries, the zones in which data may live, and the adequacy decisions that widen them.

mod data;

use jiff::civil::{Date, date};

pub use data::{Adequacy, adequacy_decisions};

/// The day on which the tables of this crate were last compared with their sources.
pub const REFERENCE_DATE: Date = date(2026, 11, 22);

/// A territory in which personal data may live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// One country.
    Country(String),
    /// The European Union.
    Eu,
    /// The European Economic Area.
    Eea,
    /// The European Economic Area and the countries under an adequacy decision (GDPR Art. 45).
    EeaAndAdequate,
}

impl Zone {
    /// Reads `EU`, `EEA`, `EEA+adequate` or the code of a country.
    pub fn parse(written: &str) -> Option<Self> {
        match written {
            "EU" => Some(Self::Eu),
            "EEA" => Some(Self::Eea),
            "EEA+adequate" => Some(Self::EeaAndAdequate),
            code if is_country(code) => Some(Self::Country(code.to_owned())),
            _ => None,
        }
    }
}

/// Whether that text is an ISO 3166-1 alpha-2 code.
pub fn is_country(code: &str) -> bool {
    data::COUNTRIES.binary_search(&code).is_ok()
}

/// Every ISO 3166-1 alpha-2 code, in order.
pub fn countries() -> &'static [&'static str] {
    &data::COUNTRIES
}

/// Whether data in that country are inside the zone on that day.
///
/// Membership is the one in force on the day: the United Kingdom belongs to the Union until 2020-12-31 (end of the
/// transition period), and an adequacy decision counts from its application to its end, that day included.
/// Territories with codes of their own that are part of a member state (Art. 355 TFEU, such as RE and GP for France)
/// count with it.
pub fn is_inside(zone: &Zone, country: &str, day: Date) -> bool {
    match zone {
        Zone::Country(code) => code == country || data::state_of(country) == Some(code.as_str()),
        Zone::Eu => data::is_eu(country, day),
        Zone::Eea => data::is_eea(country, day),
        Zone::EeaAndAdequate => {
            data::is_eea(country, day)
                || adequacy_decisions()
                    .iter()
                    .any(|decision| decision.country == country && decision.covers(day))
        }
    }
}

/// The adequacy decision in force for that country on that day that covers only some importers, if there is one.
pub fn partial_adequacy(country: &str, day: Date) -> Option<&'static Adequacy> {
    adequacy_decisions()
        .iter()
        .find(|decision| decision.country == country && decision.only.is_some() && decision.in_force(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(zone: &str, country: &str, day: Date) -> bool {
        is_inside(&Zone::parse(zone).unwrap(), country, day)
    }

    #[test]
    fn the_union_the_area_and_the_adequate_countries_are_nested() {
        let day = REFERENCE_DATE;
        assert!(inside("EU", "FR", day) && inside("EEA", "FR", day) && inside("EEA+adequate", "FR", day));
        assert!(!inside("EU", "NO", day) && inside("EEA", "NO", day) && inside("EEA+adequate", "NO", day));
        assert!(!inside("EEA", "CH", day) && inside("EEA+adequate", "CH", day));
        assert!(!inside("EEA+adequate", "US", day) && !inside("EEA+adequate", "CN", day));
    }

    #[test]
    fn a_country_contains_its_outermost_regions() {
        assert!(inside("FR", "FR", REFERENCE_DATE) && inside("FR", "RE", REFERENCE_DATE));
        assert!(inside("EU", "RE", REFERENCE_DATE));
        assert!(!inside("FR", "NC", REFERENCE_DATE) && !inside("FR", "DE", REFERENCE_DATE));
    }

    #[test]
    fn the_united_kingdom_leaves_and_its_adequacy_ends_when_dated() {
        assert!(inside("EU", "GB", date(2020, 12, 31)) && !inside("EU", "GB", date(2021, 1, 1)));
        assert!(inside("EEA+adequate", "GB", REFERENCE_DATE));
        assert!(inside("EEA+adequate", "GB", date(2031, 12, 27)));
        assert!(!inside("EEA+adequate", "GB", date(2031, 12, 28)));
    }

    #[test]
    fn a_partial_decision_is_found_but_does_not_make_a_country_inside() {
        let decision = partial_adequacy("US", REFERENCE_DATE).unwrap();
        assert!(decision.source.contains("2023/1795"));
        assert!(partial_adequacy("US", date(2022, 1, 1)).is_none());
        assert!(partial_adequacy("CH", REFERENCE_DATE).is_none());
    }

    #[test]
    fn every_decision_names_a_country_and_zones_are_not_countries() {
        assert!(
            adequacy_decisions()
                .iter()
                .all(|decision| is_country(decision.country))
        );
        assert!(countries().is_sorted());
        assert!(Zone::parse("UE").is_none() && Zone::parse("fr").is_none() && Zone::parse("").is_none());
    }
}
