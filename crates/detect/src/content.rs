//! What the values of a column are, counted: whatever the column is called.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{Category, Text};
use serment_register::text;

use crate::value::{self, Protection, Written};
use crate::words::folded;

/// A form that values have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// French national number, with its key.
    NationalNumber,
    /// Bank account, with its checksum.
    Iban,
    /// Payment card, with its checksum.
    Card,
    /// French firm, with its checksum.
    Firm,
    /// Network address.
    Ip,
    /// UUID.
    Uuid,
    /// Address on the web.
    Url,
    /// How a browser presents itself.
    UserAgent,
    /// French postcode.
    Postcode,
    /// Name of a person.
    PersonName,
    /// A date as text.
    Date,
    /// A moment as text.
    Moment,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMilliseconds,
    /// A slow, salted hash.
    StrongHash,
    /// A fast digest.
    WeakHash,
    /// Sentences.
    Prose,
    /// Words of health.
    Health,
    /// Words of belief, opinion or union.
    Belief,
}

impl Pattern {
    /// What it is called.
    pub fn label(self) -> Text {
        match self {
            Self::Email => text!("adresses électroniques", "e-mail addresses"),
            Self::Phone => text!("numéros de téléphone", "telephone numbers"),
            Self::NationalNumber => text!(
                "numéros de sécurité sociale, clé comprise",
                "national identification numbers, their key included"
            ),
            Self::Iban => text!("IBAN valides", "valid IBANs"),
            Self::Card => text!("numéros de carte valides", "valid card numbers"),
            Self::Firm => text!("SIREN ou SIRET valides", "valid SIREN or SIRET numbers"),
            Self::Ip => text!("adresses IP", "IP addresses"),
            Self::Uuid => text!("UUID", "UUIDs"),
            Self::Url => text!("adresses de pages", "addresses of pages"),
            Self::UserAgent => text!("navigateurs", "browsers"),
            Self::Postcode => text!("codes postaux", "postcodes"),
            Self::PersonName => text!("noms de personnes", "names of persons"),
            Self::Date => text!("dates", "dates"),
            Self::Moment => text!("dates et heures", "dates and times"),
            Self::EpochSeconds => text!("secondes depuis 1970", "seconds since 1970"),
            Self::EpochMilliseconds => text!("millisecondes depuis 1970", "milliseconds since 1970"),
            Self::StrongHash => text!("empreintes de mots de passe", "hashes of passwords"),
            Self::WeakHash => text!("empreintes rapides", "fast digests"),
            Self::Prose => text!("phrases", "sentences"),
            Self::Health => text!("mots de santé", "words of health"),
            Self::Belief => text!("mots de conviction", "words of belief"),
        }
    }

    /// The category that values of this form belong to, whatever their column is called. None where the form alone does
    /// not tell.
    pub fn category(self) -> Option<Category> {
        let path = match self {
            Self::Email => "contact.email",
            Self::Phone => "contact.phone",
            Self::NationalNumber => "identity.national_number",
            Self::Iban => "financial.bank_account",
            Self::Card => "financial.card",
            Self::Ip => "connection.ip",
            Self::UserAgent => "connection.device.user_agent",
            Self::PersonName => "identity.name",
            Self::StrongHash | Self::WeakHash => "connection.password",
            Self::Health => "special.health",
            Self::Belief => "special",
            _ => return None,
        };
        Some(Category(path.to_owned()))
    }
}

/// Words that speak of somebody's health, without accents. Words with a common other meaning are not among them.
const HEALTH: &[&str] = &[
    "addiction",
    "allergie",
    "allergies",
    "allergique",
    "allergic",
    "allergy",
    "asthme",
    "asthma",
    "burnout",
    "cancer",
    "cardiaque",
    "chemotherapy",
    "chimiotherapie",
    "depression",
    "depressif",
    "depressive",
    "diabete",
    "diabetes",
    "diabetique",
    "diabetic",
    "dialyse",
    "dialysis",
    "disabled",
    "disability",
    "enceinte",
    "epilepsie",
    "epilepsy",
    "epileptic",
    "fibromyalgie",
    "grossesse",
    "handicap",
    "handicape",
    "handicapee",
    "hepatite",
    "hepatitis",
    "hiv",
    "hospitalise",
    "hospitalisee",
    "hospitalisation",
    "hospitalised",
    "hospitalized",
    "insuline",
    "insulin",
    "invalidite",
    "leucemie",
    "leukaemia",
    "mdph",
    "migraine",
    "parkinson",
    "pregnancy",
    "pregnant",
    "psychiatre",
    "psychiatrist",
    "rqth",
    "schizophrenie",
    "schizophrenia",
    "sclerose",
    "sclerosis",
    "seropositif",
    "sida",
    "tumeur",
    "tumor",
    "tumour",
    "vih",
];
/// Words that speak of somebody's beliefs, opinions or union.
const BELIEF: &[&str] = &[
    "athee",
    "bouddhiste",
    "buddhist",
    "casher",
    "catholique",
    "catholic",
    "cfdt",
    "cgt",
    "halal",
    "juif",
    "juive",
    "jewish",
    "kosher",
    "militant",
    "militante",
    "mosque",
    "mosquee",
    "musulman",
    "musulmane",
    "muslim",
    "protestant",
    "protestante",
    "ramadan",
    "synagogue",
    "syndique",
    "syndiquee",
];

/// The values of a column, counted by form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// Values that are not blank.
    pub values: usize,
    /// How many of them differ.
    pub distinct: usize,
    /// The longest, in characters.
    pub longest: usize,
    /// Values that are of a form as a whole.
    whole: BTreeMap<Pattern, usize>,
    /// Values inside which something of a form stands.
    inside: BTreeMap<Pattern, usize>,
    /// The years of those that are dates, in order.
    years: Vec<i32>,
}

impl Contents {
    /// Counts values. Costs one pass over them.
    pub fn of<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut contents = Self::default();
        let mut seen = BTreeSet::new();
        for value in values {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            contents.values += 1;
            contents.longest = contents.longest.max(value.chars().count());
            seen.insert(value);
            for pattern in forms(value, &mut contents.years) {
                *contents.whole.entry(pattern).or_default() += 1;
            }
            for pattern in within(value) {
                *contents.inside.entry(pattern).or_default() += 1;
            }
        }
        contents.distinct = seen.len();
        contents.years.sort_unstable();
        contents
    }

    /// How many values are of that form.
    pub fn count(&self, pattern: Pattern) -> usize {
        self.whole.get(&pattern).copied().unwrap_or(0)
    }

    /// How many hundredths of the values are of that form.
    pub fn share(&self, pattern: Pattern) -> u8 {
        percent(self.count(pattern), self.values)
    }

    /// How many values hold something of that form among other words.
    pub fn holding(&self, pattern: Pattern) -> usize {
        self.inside.get(&pattern).copied().unwrap_or(0)
    }

    /// The year in the middle of those of its dates.
    pub fn median_year(&self) -> Option<i32> {
        self.years.get(self.years.len() / 2).copied()
    }

    /// Years between the first and the last of its dates, a tenth at each end aside.
    pub fn spread_of_years(&self) -> i32 {
        let edge = self.years.len() / 10;
        match (self.years.get(edge), self.years.iter().rev().nth(edge)) {
            (Some(first), Some(last)) => last - first,
            _ => 0,
        }
    }

    /// How the column writes times, when nearly all of its values are times.
    pub fn times(&self) -> Option<Pattern> {
        let forms = [
            Pattern::Date,
            Pattern::Moment,
            Pattern::EpochSeconds,
            Pattern::EpochMilliseconds,
        ];
        let texts = self.share(Pattern::Date) + self.share(Pattern::Moment);
        if self.values >= 3 && (95..=101).contains(&texts) {
            return Some(if self.count(Pattern::Moment) > 0 {
                Pattern::Moment
            } else {
                Pattern::Date
            });
        }
        forms
            .into_iter()
            .find(|form| self.values >= 3 && self.share(*form) >= 95)
    }

    /// What the values are that the register does not say: their form, how many hundredths of them, and how sure that
    /// is. None when they are what is declared, or when nothing tells.
    pub fn unlike(&self, declared: Option<&Category>) -> Option<(Pattern, u8, u8)> {
        let said = |pattern: Pattern| {
            pattern.category().is_some_and(|found| {
                declared.is_some_and(|declared| declared.covers(&found) || found.covers(declared))
            })
        };
        // With a checksum, two values are no accident; without, a good part of them must agree.
        let enough = [
            (Pattern::NationalNumber, 1, 2, 97),
            (Pattern::Iban, 1, 2, 97),
            (Pattern::Card, 30, 3, 90),
            (Pattern::StrongHash, 5, 2, 95),
            (Pattern::Email, 5, 3, 93),
            (Pattern::UserAgent, 30, 3, 90),
            (Pattern::Ip, 30, 3, 88),
            (Pattern::Phone, 40, 5, 80),
            (Pattern::PersonName, 60, 10, 70),
        ];
        // A text may hold whatever people write: what must not stand in it is looked for apart. What names a person's
        // account is often her address.
        let prose = declared.is_some_and(|declared| Category("free_text".to_owned()).covers(declared));
        let account = declared.is_some_and(|declared| declared.0 == "connection.account");
        enough
            .into_iter()
            .filter(|(pattern, ..)| !said(*pattern))
            .filter(|(pattern, ..)| {
                !prose || matches!(pattern, Pattern::NationalNumber | Pattern::Iban | Pattern::Card)
            })
            .filter(|(pattern, ..)| !account || *pattern != Pattern::Email)
            .find(|(pattern, share, count, _)| {
                self.count(*pattern) >= *count && self.share(*pattern) >= *share
            })
            .map(|(pattern, _, _, sure)| (pattern, self.share(pattern).max(1), sure))
    }

    /// What stands among the words of the values that is too sensitive not to be declared: the form, how many values.
    pub fn sensitive(&self, declared: Option<&Category>) -> Vec<(Pattern, usize)> {
        [
            Pattern::NationalNumber,
            Pattern::Iban,
            Pattern::Card,
            Pattern::Health,
            Pattern::Belief,
        ]
        .into_iter()
        .map(|pattern| (pattern, self.holding(pattern)))
        .filter(|(_, count)| *count >= 2)
        .filter(|(pattern, _)| {
            pattern.category().is_some_and(|found| {
                declared.is_none_or(|declared| !(declared.covers(&found) || found.covers(declared)))
            })
        })
        .collect()
    }

    /// Passwords that are protected badly or not at all: weak, clear.
    pub fn unprotected(&self) -> (usize, usize) {
        let weak = self.count(Pattern::WeakHash);
        let strong = self.count(Pattern::StrongHash);
        (weak, self.values - weak - strong)
    }
}

fn percent(part: usize, whole: usize) -> u8 {
    match whole {
        0 => 0,
        _ => u8::try_from(part * 100 / whole).unwrap_or(100),
    }
}

/// Whether a value is of a form.
type Test = fn(&str) -> bool;

/// The forms that a value has as a whole.
fn forms(value: &str, years: &mut Vec<i32>) -> Vec<Pattern> {
    let tests: [(Pattern, Test); 12] = [
        (Pattern::Email, value::is_email),
        (Pattern::Phone, value::is_phone),
        (Pattern::NationalNumber, value::is_nir),
        (Pattern::Iban, value::is_iban),
        (Pattern::Card, value::is_card),
        (Pattern::Firm, |text| {
            value::is_siren(text) || value::is_siret(text)
        }),
        (Pattern::Ip, value::is_ip),
        (Pattern::Uuid, value::is_uuid),
        (Pattern::Url, value::is_url),
        (Pattern::UserAgent, value::is_user_agent),
        (Pattern::Postcode, value::is_postcode),
        (Pattern::PersonName, value::is_person_name),
    ];
    let mut found: Vec<Pattern> = tests
        .into_iter()
        .filter(|(_, test)| test(value))
        .map(|(pattern, _)| pattern)
        .collect();
    if let Some(written) = value::written(value) {
        years.push(written.year());
        found.push(match written {
            Written::Date(_) => Pattern::Date,
            Written::Moment(_) => Pattern::Moment,
            Written::EpochSeconds(_) => Pattern::EpochSeconds,
            Written::EpochMilliseconds(_) => Pattern::EpochMilliseconds,
        });
    }
    match value::protection(value) {
        Protection::Strong => found.push(Pattern::StrongHash),
        Protection::Weak => found.push(Pattern::WeakHash),
        Protection::Clear => {}
    }
    if value.split_whitespace().count() >= 5 && !found.contains(&Pattern::UserAgent) {
        found.push(Pattern::Prose);
    }
    found
}

/// What stands among the words of a value.
fn within(value: &str) -> BTreeSet<Pattern> {
    let mut found = BTreeSet::new();
    if value.split_whitespace().count() < 2 {
        return found;
    }
    for run in runs(value, |sign| sign.is_ascii_digit(), &[' ', '-', '.']) {
        let count = run.bytes().filter(u8::is_ascii_digit).count();
        if count == 15 && value::is_nir(run) {
            found.insert(Pattern::NationalNumber);
        }
        if (15..=16).contains(&count) && value::is_card(run) {
            found.insert(Pattern::Card);
        }
    }
    let tokens: Vec<&str> = value
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    for (at, token) in tokens.iter().enumerate() {
        let starts = token.len() >= 4
            && token.as_bytes()[..2].iter().all(u8::is_ascii_uppercase)
            && token.as_bytes()[2..4].iter().all(u8::is_ascii_digit);
        if starts {
            let mut account = String::new();
            for part in tokens[at..].iter().take(10) {
                account.push_str(part);
                if account.len() > 34 {
                    break;
                }
                if value::is_iban(&account) {
                    found.insert(Pattern::Iban);
                }
            }
        }
    }
    let folded = folded(value);
    for word in folded.split(|sign: char| !sign.is_alphanumeric()) {
        if HEALTH.contains(&word) {
            found.insert(Pattern::Health);
        }
        if BELIEF.contains(&word) {
            found.insert(Pattern::Belief);
        }
    }
    found
}

/// The longest stretches of such signs, single separators between them allowed.
fn runs<'t>(text: &'t str, fits: impl Fn(char) -> bool, between: &[char]) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    let mut gap = false;
    for (at, sign) in text.char_indices() {
        if fits(sign) {
            start.get_or_insert(at);
            end = at + sign.len_utf8();
            gap = false;
        } else if between.contains(&sign) && start.is_some() && !gap {
            gap = true;
        } else if let Some(from) = start.take() {
            found.push(&text[from..end]);
            gap = false;
        }
    }
    found.extend(start.map(|from| &text[from..end]));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(path: &str) -> Category {
        Category(path.to_owned())
    }

    #[test]
    fn what_a_column_holds_against_its_word_is_said() {
        let numbers = Contents::of(["255081416802538", "185052A00403646", "4711"]);
        assert_eq!(
            numbers.unlike(None).map(|found| found.0),
            Some(Pattern::NationalNumber)
        );
        assert_eq!(numbers.unlike(Some(&category("identity.national_number"))), None);
        assert_eq!(
            numbers.unlike(Some(&category("free_text"))).map(|found| found.0),
            Some(Pattern::NationalNumber)
        );
        let addresses = Contents::of(["a@b.fr", "c@d.fr", "e@f.fr"]);
        assert_eq!(
            addresses.unlike(Some(&category("contact"))),
            None,
            "an ancestor covers it"
        );
        assert_eq!(
            addresses.unlike(Some(&category("connection.account"))),
            None,
            "an account is often an address"
        );
        assert!(addresses.unlike(Some(&category("identity.name"))).is_some());
        assert_eq!(Contents::of(["1", "2", "3"]).unlike(None), None);
        assert_eq!(Contents::of([]).unlike(None), None);
    }

    #[test]
    fn what_stands_among_words_is_found() {
        let texts = Contents::of([
            "son numéro est le 2 55 08 14 168 025 38, à rappeler",
            "NIR 255081416802538 transmis par courriel",
            "carte 4111 1111 1111 1111, exp. 12/29",
            "payé par 4111-1111-1111-1111 hier",
            "virement sur FR76 3000 6000 0112 3456 7890 189 svp",
            "IBAN : FR7630006000011234567890189.",
            "elle est enceinte et diabétique",
            "en arrêt pour dépression",
        ]);
        let found: Vec<_> = texts
            .sensitive(Some(&category("free_text")))
            .into_iter()
            .collect();
        assert_eq!(
            found,
            [
                (Pattern::NationalNumber, 2),
                (Pattern::Iban, 2),
                (Pattern::Card, 2),
                (Pattern::Health, 2)
            ]
        );
        assert_eq!(texts.sensitive(Some(&category("special"))).len(), 3);
        assert_eq!(
            Contents::of(["un traitement de texte", "le diagnostic du serveur"]).sensitive(None),
            []
        );
    }

    #[test]
    fn passwords_are_counted_by_what_protects_them() {
        let hash = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        let contents = Contents::of([hash, "5f4dcc3b5aa765d61d8327deb882cf99", "azerty", ""]);
        assert_eq!(contents.unprotected(), (1, 1));
    }

    #[test]
    fn times_are_told_by_how_they_are_written() {
        assert_eq!(
            Contents::of(["2024-01-01", "2023-01-01", "2022-05-06"]).times(),
            Some(Pattern::Date)
        );
        assert_eq!(
            Contents::of(["1700000000", "1700000001", "1600000000"]).times(),
            Some(Pattern::EpochSeconds)
        );
        assert_eq!(Contents::of(["2024-01-01", "hier", "2022-05-06"]).times(), None);
    }
}
