//! `serment.toml`.
#![expect(dead_code, reason = "only the schemas are used")]

use schemars::JsonSchema;

use super::Country;

/// serment.toml: who speaks.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    organisation: Organisation,
    clients: Option<Clients>,
}

/// The organisation.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Organisation {
    /// Legal name.
    name: String,
    /// Postal address.
    address: Option<String>,
    /// Country of establishment.
    country: Option<Country>,
    /// How to reach the data protection officer.
    dpo: Option<String>,
    /// The supervisory authority.
    authority: Option<String>,
    /// Languages of publication. Both when not written.
    languages: Option<Vec<Language>>,
    /// IANA time zone in which days are counted: `Europe/Paris`.
    time_zone: String,
    /// Calendar of holidays.
    holidays: Option<Holidays>,
    /// Where data may live: `EU`, `EEA`, `EEA+adequate` or a country.
    zone: Option<String>,
    /// Dates before this one are implausible. 1990-01-01 when not written.
    #[schemars(with = "Option<String>")]
    not_before: Option<String>,
    /// Who edits the register.
    edited_in: Option<EditedIn>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    Fr,
    En,
}

#[derive(JsonSchema)]
enum Holidays {
    #[serde(rename = "FR")]
    Fr,
    #[serde(rename = "FR-ALSACE")]
    FrAlsace,
}

#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
enum EditedIn {
    Files,
    Service,
}

/// Where the clients of a processor are listed.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
struct Clients {
    /// `store.table`
    from: String,
    /// Column of a client's key.
    key: String,
    /// Column of its name.
    name: Option<String>,
    /// Column of the end of its contract.
    ends: Option<String>,
    /// Column of its contact for data protection.
    contact: Option<String>,
}
