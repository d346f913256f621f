//! The stable codes.

use std::fmt;

/// Whether a finding forbids to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Callers refuse to act on the register.
    Error,
    /// The register can be acted on; someone should look.
    Warning,
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $doc:literal)*) => {
        /// What kind of finding it is. A code never changes its meaning; a retired one is never used again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $doc] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// `S001`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $number,)* }
            }

            /// How grave a finding of that code is.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

codes! {
    // How files are written.
    "S001" Syntax Error "The file is not TOML."
    "S002" UnknownKey Error "A key that the language does not have."
    "S003" WrongType Error "A value of the wrong type."
    "S004" MissingKey Error "A required key is missing."
    "S005" NotAChoice Error "A value outside its closed list."
    "S006" BadPeriod Error "Not a period."
    "S007" BadName Error "Not a name."
    "S008" BadCondition Error "A condition outside the `where` subset."
    "S009" NowCompared Error "`now` compared for equality."
    "S010" StrayFile Warning "A file that is no part of a register."
    "S011" NoOrganisation Error "No `serment.toml`."
    "S012" NotText Error "A file that is not UTF-8 text."
    "S013" TooLarge Error "More than a register may hold."
    "S014" BadTimeZone Error "Not an IANA time zone."
    "S015" BadCountry Error "Not a country or zone code."
    "S016" ImplausibleNotBefore Error "An implausible `not_before`."
    "S017" MissingLanguage Warning "A text missing in a language of publication."
    "S018" Repeated Warning "The same item twice in a list."
    "S019" Duplicate Error "The same name or table twice."
    // Names.
    "S020" UnknownPurpose Error "A purpose that no activity declares."
    "S021" UnknownTable Error "A table that no store declares."
    "S022" UnknownStore Error "A store that does not exist."
    "S023" UnknownState Error "A state that the vocabulary does not define."
    "S024" UnknownEvent Error "An event that the vocabulary does not define."
    "S025" UnknownSubject Error "A subject that the vocabulary does not define."
    "S026" UnknownRecipient Error "Neither a party nor a team."
    "S027" UnknownCategory Error "A category outside the taxonomy."
    "S028" UnknownLink Error "A link that the table does not declare."
    "S029" UnknownColumn Error "A column that the table does not declare."
    "S030" UnknownRole Error "Neither a role nor a team."
    "S031" UnreadEvent Error "An event that the rule's table does not read."
    "S032" UnreadState Error "A state that the rule's table does not read."
    "S033" AmbiguousLink Error "Several links lead from the child table."
    "S034" NoLinkBack Error "A child table without link to this one."
    "S035" CategoryWithoutParent Error "An own category whose parent does not exist."
    "S036" CategoryBuiltIn Error "An own category that is built in."
    // Activities.
    "S040" NoBasis Error "A purpose without legal basis."
    "S041" NoInterest Error "Legitimate interests, the interest not named."
    "S042" NoPurpose Error "An activity without purpose."
    "S043" NoData Error "A purpose without data."
    "S044" SeveralBases Error "Several bases for one purpose."
    "S045" SpecialOnWeakBasis Warning "Special categories on a basis that never suffices."
    "S046" OffencesOnWeakBasis Warning "Offences or national number on a basis that seldom suffices."
    "S047" PurposeWithoutRule Warning "A purpose that no retention rule measures."
    // Retention rules.
    "S050" NoStart Error "A duration without start event."
    "S051" NoEnd Error "A rule that nothing ends."
    "S052" EndsUnlistedState Error "An `after` that ends a state missing from `while`."
    "S053" ElseWithoutAfter Error "`else_after` without `after`."
    "S054" EventTwice Error "One event in two places of a rule."
    "S055" ShorterThanDuty Error "`keep` shorter than `at_least`."
    "S056" DisjointSubjects Error "A rule about persons that its table does not hold."
    "S057" CoversNothing Error "A rule that covers no column."
    "S058" ConsentWithoutWithdrawal Warning "A rule of a consent that its withdrawal does not end."
    "S059" DutyWithoutSource Warning "A duty to keep without source."
    "S060" AnonymiseKeepsPerson Warning "`anonymise` over a column that keeps its person."
    "S061" RuleOnUnruled Error "A rule on a table said to be without rule."
    // Tables.
    "S070" Uncovered Error "A personal column that no purpose covers."
    "S071" Unruled Error "Personal data, neither rule nor reason."
    "S072" NoKey Error "A governed table without key."
    "S073" NoSubject Error "A governed table without subject."
    "S074" TwoParents Error "A table without rule and with two parents."
    "S075" ParentCycle Error "Tables that refer to one another in a circle."
    "S076" LinkWithoutColumns Error "A link without columns."
    "S077" TargetKey Error "A link whose target is not identified."
    "S078" PrefixMissing Error "A pseudonym without prefix."
    "S079" StrategyWithoutData Warning "A strategy on a column that is not personal."
    "S080" StrategyOnKey Error "A strategy on a column that holds rows together."
    "S081" IdentifierNotPersonal Warning "An identifier that is not personal."
    "S082" ClientMissing Error "A processor's table that does not say whose its rows are."
    "S083" ClientElsewhere Error "A client inherited from a table that has none."
    "S084" ClientsNotListed Warning "A processor that does not say where its clients are listed."
    "S085" StrategyMisplaced Error "A strategy made for another category."
    "S086" LinkAcrossClients Error "A person who would be a client's and nobody's."
    // Stores, parties, secrets, territory.
    "S090" SecretInClear Error "A secret in clear."
    "S091" BadReference Error "A reference that leads nowhere safe."
    "S092" NoAddress Error "A database without address."
    "S093" SameRole Warning "One address for reading and writing."
    "S094" StoreOutside Error "A store outside the allowed zone."
    "S095" PartyOutside Error "A party outside the allowed zone."
    "S096" PlaceUnknown Warning "A store or party whose place is not said."
    // What a later version executes.
    "S100" LaterStore Warning "A kind of store that a later version reads."
    "S101" LaterLink Warning "A link across stores."
    "S102" LaterSource Warning "A state or event read in another store."
    "S103" LaterArchive Warning "An archive."
    "S104" LaterFile Warning "A file named by a column."
    // What the live stores say: found by `check --live` only.
    "S110" LiveUnreachable Error "A store that cannot be read."
    "S111" LiveTableMissing Error "A declared table that the store does not have."
    "S112" LiveColumnMissing Error "A declared column that the store does not have."
    "S113" LivePersonalUndeclared Error "A column that seems personal and is not declared."
    "S114" LiveColumnUndeclared Error "A column that is not declared."
    "S115" LiveTableUndeclared Error "A table with columns that seem personal, not declared."
    "S116" LiveTableUnlisted Warning "A table that is not declared."
    "S117" LiveColumnChanged Error "A column that cannot hold what the register says."
    "S118" LiveKeyNotUnique Error "A key that does not identify a row."
    "S119" LiveLinkUndeclared Warning "A foreign key without a link."
    "S120" LiveHoldsOther Error "A column that holds something else than declared."
    "S121" LiveSensitive Error "Sensitive data among the words of a text."
    "S122" LivePasswordExposed Error "Passwords that nothing protects."
    "S123" LiveAccessBeyond Error "A role that reaches data without being named."
    "S124" LiveAccessUnsaid Warning "A store that does not say who may reach it."
    "S125" LiveAccessHidden Warning "Grants that our role may not see."
    "S126" LiveNotEncrypted Error "A connection to another machine that is not encrypted."
    "S127" LivePlaceUnsaid Warning "A store whose place is not said."
    "S128" LiveUnread Warning "A table whose rows could not be read."
}
