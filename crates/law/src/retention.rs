//! What texts and authorities say about how long data may, or must, be kept: references to compare registers with.
//!
//! A reference is not a rule of the register: it is a number with its source, for a linter to cite. Those whose text is
//! to be read again on the official source before it is shown as law say so.

use jiff::civil::{Date, date};

/// A calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Calendar months.
    Months(u32),
    /// Calendar days.
    Days(u32),
}

/// Whether a reference is a ceiling or a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Kept no longer than this in the active base.
    AtMost,
    /// Kept at least this long, because a law says so.
    AtLeast,
}

/// How sure the reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// The text itself, or a reliable account of it, was read.
    Read,
    /// To be verified on the official text before it is shown as law.
    ToVerify,
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Stable identifier.
    pub id: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Ceiling or floor.
    pub bound: Bound,
    /// How long.
    pub length: Length,
    /// The event from which it counts.
    pub from: &'static str,
    /// ISO 3166-1 code of the country whose rule it is.
    pub jurisdiction: &'static str,
    /// First day on which it applies, when that matters.
    pub valid_from: Option<Date>,
    /// The text.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
}

/// Every reference, in order of identifiers.
pub fn references() -> &'static [Reference] {
    &REFERENCES
}

/// The reference of that identifier.
pub fn reference(id: &str) -> Option<&'static Reference> {
    REFERENCES.iter().find(|reference| reference.id == id)
}

const fn most(
    id: &'static str,
    about: &'static str,
    length: Length,
    from: &'static str,
    source: &'static str,
    confidence: Confidence,
) -> Reference {
    let bound = Bound::AtMost;
    Reference {
        id,
        about,
        bound,
        length,
        from,
        jurisdiction: "FR",
        valid_from: None,
        source,
        confidence,
    }
}

use Confidence::{Read, ToVerify};
use Length::{Days, Months};

const CNIL_COMMERCIAL: &str = "CNIL, délibération 2021-131 of 23 September 2021";

const REFERENCES: [Reference; 12] = [
    most(
        "R-ACCOUNT-INACT",
        "online account",
        Months(24),
        "last activity",
        CNIL_COMMERCIAL,
        Read,
    ),
    most(
        "R-CALL",
        "call recordings for quality",
        Months(6),
        "the call",
        "CNIL, norme simplifiée 57",
        ToVerify,
    ),
    most(
        "R-CARD",
        "payment card number, archived for disputes",
        Months(15),
        "the debit",
        "CMF L133-24; CNIL 2018-303",
        Read,
    ),
    most(
        "R-CK-AUD",
        "data of exempt audience measurement",
        Months(25),
        "collection",
        "CNIL, délibération 2020-092, art. 5",
        Read,
    ),
    most(
        "R-CK-CHOICE",
        "choice about cookies",
        Months(6),
        "the choice",
        "CNIL, délibération 2020-092",
        Read,
    ),
    most(
        "R-CUST",
        "customer file for prospecting",
        Months(36),
        "end of the relation",
        CNIL_COMMERCIAL,
        Read,
    ),
    Reference {
        id: "R-INVOICE",
        about: "invoices and accounting records",
        bound: Bound::AtLeast,
        length: Months(120),
        from: "end of the financial year",
        jurisdiction: "FR",
        valid_from: None,
        source: "Code de commerce, article L123-22",
        confidence: Read,
    },
    Reference {
        id: "R-LCEN",
        about: "connection data of hosting and access providers",
        bound: Bound::AtLeast,
        length: Months(12),
        from: "collection",
        jurisdiction: "FR",
        valid_from: Some(date(2021, 10, 21)),
        source: "Décrets 2021-1361 and 2021-1362; CPCE L34-1",
        confidence: ToVerify,
    },
    most(
        "R-LOG",
        "technical and application logs",
        Months(12),
        "the event",
        "CNIL, délibération 2021-122",
        Read,
    ),
    most(
        "R-PROSPECT",
        "prospects",
        Months(36),
        "collection or last contact made by the prospect",
        CNIL_COMMERCIAL,
        Read,
    ),
    most(
        "R-RECRUIT",
        "unsuccessful candidates",
        Months(24),
        "last contact",
        "CNIL, recruitment guide, 2023",
        ToVerify,
    ),
    most(
        "R-VIDEO",
        "video surveillance",
        Days(31),
        "the recording",
        "CSI L252-5",
        Read,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_sorted_and_each_cites_its_source() {
        assert!(references().is_sorted_by(|left, right| left.id < right.id));
        assert!(
            references()
                .iter()
                .all(|one| !one.source.is_empty() && !one.from.is_empty())
        );
    }

    #[test]
    fn a_duty_is_a_floor_and_a_recommendation_a_ceiling() {
        assert_eq!(reference("R-INVOICE").map(|one| one.bound), Some(Bound::AtLeast));
        assert_eq!(
            reference("R-PROSPECT").map(|one| (one.bound, one.length)),
            Some((Bound::AtMost, Months(36)))
        );
        assert_eq!(reference("R-NOTHING"), None);
    }
}
