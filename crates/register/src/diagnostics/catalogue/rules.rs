//! Retention rules.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        NoStart,
        "Une durée sans événement de départ",
        "A period without a start event",
        "« 3 ans » ne veut rien dire sans « après quoi » : rien ne serait jamais effacé, ou tout trop tôt.",
        "\"3 years\" means nothing without \"after what\": nothing would ever be erased, or all of it too early.",
        [("activities/hosting.toml", "after = [\"contract_ended\"]\n", "")]
    ),
    explain!(
        NoEnd,
        "Une règle que rien ne termine",
        "A rule that nothing ends",
        "Garder sans terme n'est pas une durée de conservation (RGPD, art. 5.1.e).",
        "To keep without end is no retention period (GDPR Art. 5(1)(e)).",
        [("activities/hosting.toml", "keep  = \"1 month\"\n", "")]
    ),
    explain!(
        EndsUnlistedState,
        "Un départ qui termine un état absent de while",
        "A start that ends a state missing from while",
        "« Après la fin du contrat » suppose « pendant le contrat » : sinon, un contrat repris serait effacé sur la date de sa première fin.",
        "\"After the end of the contract\" supposes \"during the contract\": else a contract taken up again would be erased on the date of its first end.",
        [("activities/hosting.toml", "while = [\"in_contract\"]\n", "")]
    ),
    explain!(
        ElseWithoutAfter,
        "else_after sans after",
        "else_after without after",
        "« else_after » est l'horloge de secours : sans « after », il n'y a rien à secourir.",
        "`else_after` is the clock of last resort: without `after` there is nothing to replace.",
        [(
            "activities/letters.toml",
            "after      = [\"last_order\"]\nelse_after = [\"created\"]\nkeep       = \"3 years\"\n",
            "else_after = [\"created\"]\n"
        )]
    ),
    explain!(
        EventTwice,
        "Un événement en deux endroits d'une règle",
        "An event in two places of a rule",
        "Un événement démarre l'horloge, la remplace ou termine la règle : un seul rôle par règle.",
        "An event starts the clock, replaces it or ends the rule: one role in each rule.",
        [("activities/letters.toml", "[\"created\"]", "[\"last_order\"]")]
    ),
    explain!(
        ShorterThanDuty,
        "Une durée plus courte que le minimum",
        "A period shorter than the minimum",
        "L'effacement respecte les durées minimales que la loi impose : les deux nombres se contredisent.",
        "Erasure respects the minimum that the law imposes: the two numbers contradict each other.",
        [(
            "activities/orders.toml",
            "keep     = \"10 years\"",
            "keep     = \"6 years\""
        )]
    ),
    explain!(
        DisjointSubjects,
        "Une règle sur des personnes que la table ne contient pas",
        "A rule about persons that its table does not hold",
        "Une règle juge les lignes des personnes de son activité : ici, il n'y en a aucune.",
        "A rule judges the rows of its activity's persons: here there are none.",
        [(
            "activities/hosting.toml",
            "subjects = [\"member\"]",
            "subjects = [\"customer\"]"
        )]
    ),
    explain!(
        CoversNothing,
        "Une règle qui ne couvre aucune colonne",
        "A rule that covers no column",
        "Une règle dont les finalités n'ont besoin d'aucune colonne de sa table n'a jamais d'effet.",
        "A rule whose purposes need no column of its table never has an effect.",
        [(
            "activities/hosting.toml",
            "data  = [\"identity.name\", \"contact.email\"]",
            "data  = [\"financial.card\"]"
        )]
    ),
    explain!(
        ConsentWithoutWithdrawal,
        "Un consentement que son retrait ne termine pas",
        "A consent that its withdrawal does not end",
        "Le retrait du consentement met fin au besoin (RGPD, art. 7.3 et 17.1.b) : la règle dit par quel événement.",
        "The withdrawal of consent ends the need (GDPR Art. 7(3) and 17(1)(b)): the rule says by which event.",
        [(
            "activities/letters.toml",
            "or_on      = [\"consent_withdrawn\"]\n",
            ""
        )]
    ),
    explain!(
        DutyWithoutSource,
        "Un minimum sans source",
        "A minimum without source",
        "Un devoir de conserver résiste à l'effacement : la personne à qui on le refuse a le droit d'en connaître le texte.",
        "A duty to keep resists erasure: the person who is refused has a right to know the text.",
        [(
            "activities/orders.toml",
            "{ period = \"10 years\", source = { fr = \"article L123-22 du code de commerce\", en = \"Article L123-22 of the French Commercial Code\" } }",
            "\"10 years\""
        )]
    ),
    explain!(
        AnonymiseKeepsPerson,
        "« anonymise » sur une colonne qui garde sa personne",
        "`anonymise` over a column that keeps its person",
        "Un pseudonyme ou une valeur moins précise reste une donnée personnelle : le résultat ne s'appellera pas anonyme.",
        "A pseudonym or a coarser value is still personal data: the result will not be called anonymous.",
        [("stores/shop.toml", "anonymise = \"null\"", "anonymise = \"ip\"")]
    ),
    explain!(
        RuleOnUnruled,
        "Une règle sur une table dite sans règle",
        "A rule on a table said to be without rule",
        "L'une des deux phrases est fausse ; deviner laquelle effacerait peut-être à tort.",
        "One of the two sentences is false; to guess which might erase wrongly.",
        [(
            "stores/shop.toml",
            "[table.members]\n",
            "[table.members]\nunruled  = \"kept by our clients\"\n"
        )]
    ),
];
