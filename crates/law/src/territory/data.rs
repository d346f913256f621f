//! Countries and decisions, as data with their sources.

use jiff::civil::{Date, date};

/// ISO 3166-1 alpha-2, in order.
#[rustfmt::skip]
pub(super) const COUNTRIES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX",
    "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ",
    "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK",
    "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
    "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR",
    "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
    "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
    "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV",
    "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ",
    "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI",
    "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
    "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR",
    "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// Member states of the European Union since the day given (accession treaties); before 1995 the day is that of the
/// first of January 1995, which no register reaches.
const EU: [(&str, Date); 27] = [
    ("AT", date(1995, 1, 1)),
    ("BE", date(1995, 1, 1)),
    ("BG", date(2007, 1, 1)),
    ("CY", date(2004, 5, 1)),
    ("CZ", date(2004, 5, 1)),
    ("DE", date(1995, 1, 1)),
    ("DK", date(1995, 1, 1)),
    ("EE", date(2004, 5, 1)),
    ("ES", date(1995, 1, 1)),
    ("FI", date(1995, 1, 1)),
    ("FR", date(1995, 1, 1)),
    ("GR", date(1995, 1, 1)),
    ("HR", date(2013, 7, 1)),
    ("HU", date(2004, 5, 1)),
    ("IE", date(1995, 1, 1)),
    ("IT", date(1995, 1, 1)),
    ("LT", date(2004, 5, 1)),
    ("LU", date(1995, 1, 1)),
    ("LV", date(2004, 5, 1)),
    ("MT", date(2004, 5, 1)),
    ("NL", date(1995, 1, 1)),
    ("PL", date(2004, 5, 1)),
    ("PT", date(1995, 1, 1)),
    ("RO", date(2007, 1, 1)),
    ("SE", date(1995, 1, 1)),
    ("SI", date(2004, 5, 1)),
    ("SK", date(2004, 5, 1)),
];

/// The United Kingdom is treated as a member until the end of the transition period (Withdrawal Agreement, Art. 126).
const UNITED_KINGDOM_UNTIL: Date = date(2020, 12, 31);

/// States of the European Free Trade Association that apply the GDPR (EEA Joint Committee Decision 154/2018).
const EEA_ONLY: [&str; 3] = ["IS", "LI", "NO"];

/// Territories with a code of their own that are part of a member state for Union law (TFEU Art. 355(1); Åland by its
/// accession protocol). Overseas countries and territories (NC, PF, PM, WF, GL, AW, CW, SX, BQ…) are not.
const PARTS: [(&str, &str); 7] = [
    ("AX", "FI"),
    ("GF", "FR"),
    ("GP", "FR"),
    ("MF", "FR"),
    ("MQ", "FR"),
    ("RE", "FR"),
    ("YT", "FR"),
];

/// The member state of which a territory is part.
pub(super) fn state_of(code: &str) -> Option<&'static str> {
    PARTS
        .iter()
        .find(|(part, _)| *part == code)
        .map(|(_, state)| *state)
}

pub(super) fn is_eu(code: &str, day: Date) -> bool {
    let code = state_of(code).unwrap_or(code);
    EU.iter().any(|(member, since)| *member == code && *since <= day)
        || code == "GB" && day <= UNITED_KINGDOM_UNTIL
}

pub(super) fn is_eea(code: &str, day: Date) -> bool {
    is_eu(code, day) || EEA_ONLY.contains(&code)
}

/// A decision of the European Commission that a country protects personal data adequately (GDPR Art. 45).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adequacy {
    /// ISO 3166-1 alpha-2 code.
    pub country: &'static str,
    /// First day.
    pub valid_from: Date,
    /// Last day, when the decision names one.
    pub valid_until: Option<Date>,
    /// When the decision covers only some importers: which ones, in French and in English.
    pub only: Option<(&'static str, &'static str)>,
    /// The decision.
    pub source: &'static str,
}

impl Adequacy {
    /// Whether the decision is in force on that day, and covers every importer of the country.
    pub fn covers(&self, day: Date) -> bool {
        self.only.is_none() && self.in_force(day)
    }

    /// Whether the decision is in force on that day, perhaps for some importers only.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day <= until)
    }
}

/// Every adequacy decision known on [`REFERENCE_DATE`](super::REFERENCE_DATE), repealed ones included while their
/// end is dated here.
pub fn adequacy_decisions() -> &'static [Adequacy] {
    &DECISIONS
}

const fn whole(country: &'static str, valid_from: Date, source: &'static str) -> Adequacy {
    Adequacy {
        country,
        valid_from,
        valid_until: None,
        only: None,
        source,
    }
}

const DECISIONS: [Adequacy; 18] = [
    whole("AD", date(2010, 10, 19), "Decision 2010/625/EU"),
    whole("AR", date(2003, 6, 30), "Decision 2003/490/EC"),
    whole(
        "BR",
        date(2026, 1, 27),
        "Commission adequacy decision for Brazil, January 2026",
    ),
    Adequacy {
        country: "CA",
        valid_from: date(2001, 12, 20),
        valid_until: None,
        only: Some((
            "les organismes commerciaux soumis à la loi PIPEDA",
            "commercial organisations subject to PIPEDA",
        )),
        source: "Decision 2002/2/EC",
    },
    whole("CH", date(2000, 7, 26), "Decision 2000/518/EC"),
    whole("FO", date(2010, 3, 5), "Decision 2010/146/EU"),
    Adequacy {
        country: "GB",
        valid_from: date(2021, 6, 28),
        valid_until: Some(date(2025, 12, 27)),
        only: None,
        source: "Implementing Decision (EU) 2021/1772, extended in June 2025",
    },
    Adequacy {
        country: "GB",
        valid_from: date(2025, 12, 19),
        valid_until: Some(date(2031, 12, 27)),
        only: None,
        source: "Renewal of Implementing Decision (EU) 2021/1772, December 2025",
    },
    whole("GG", date(2003, 11, 21), "Decision 2003/821/EC"),
    whole("IL", date(2011, 1, 31), "Decision 2011/61/EU"),
    whole("IM", date(2004, 4, 28), "Decision 2004/411/EC"),
    whole("JE", date(2008, 5, 8), "Decision 2008/393/EC"),
    whole("JP", date(2019, 1, 23), "Implementing Decision (EU) 2019/419"),
    whole("KR", date(2021, 12, 17), "Implementing Decision (EU) 2022/254"),
    whole("NZ", date(2012, 12, 19), "Implementing Decision 2013/65/EU"),
    Adequacy {
        country: "US",
        valid_from: date(2016, 7, 12),
        valid_until: Some(date(2020, 7, 16)),
        only: Some((
            "les organismes inscrits au Privacy Shield",
            "organisations on the Privacy Shield list",
        )),
        source: "Implementing Decision (EU) 2016/1250, annulled by C-311/18",
    },
    Adequacy {
        country: "US",
        valid_from: date(2023, 7, 10),
        valid_until: None,
        only: Some((
            "les organismes inscrits au Data Privacy Framework",
            "organisations on the Data Privacy Framework list",
        )),
        source: "Implementing Decision (EU) 2023/1795",
    },
    whole("UY", date(2012, 8, 21), "Implementing Decision 2012/484/EU"),
];
