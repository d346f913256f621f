//! Tarasque: what must go and what must stay, asked by hand.

use serment_examples::{HOSTING, World};

use crate::WORLD;
use crate::workshop::{Promise, Story};

const STORY: Story = Story {
    company: &HOSTING,
    world: World {
        people: 500,
        seed: 3,
        ..WORLD
    },
    promises: PROMISES,
    kept: KEPT,
    words: &[
        (
            "{in_contract}",
            "(a.contract_started_on IS NOT NULL AND (a.contract_ended_on IS NULL OR a.contract_ended_on > {now}))",
        ),
        // What the file and the exchanges say of the last contact is readable.
        (
            "{readable}",
            "(x.last_contact_at IS NULL OR real(x.last_contact_at))
             AND NOT EXISTS (SELECT 1 FROM before.exchanges e WHERE e.contact_id = x.id AND e.said_at IS NOT NULL
                             AND NOT real(e.said_at))",
        ),
        (
            "{recent}",
            "(coalesce(substr(x.last_contact_at, 1, 10) > {3y}, FALSE)
              OR EXISTS (SELECT 1 FROM before.exchanges e WHERE e.contact_id = x.id
                         AND unixepoch(e.said_at) >= {3y.utc}))",
        ),
        (
            "{silent}",
            "(x.last_contact_at IS NULL AND NOT EXISTS (SELECT 1 FROM before.exchanges e
                                                       WHERE e.contact_id = x.id AND e.said_at IS NOT NULL))",
        ),
        (
            "{created_long_ago}",
            "(real(x.created_at) AND unixepoch(x.created_at) < {3y.utc})",
        ),
    ],
    blocked: &[],
};

const PROMISES: &[Promise] = &[
    Promise {
        id: "I23",
        database: "logs",
        table: "connections",
        key: "id",
        gone: "SELECT x.id FROM before.connections x
               WHERE real(x.connected_at) AND unixepoch(x.connected_at) < {12m.utc}",
    },
    Promise {
        id: "I26",
        database: "marketing",
        table: "requests",
        key: "id",
        gone: "SELECT x.id FROM before.requests x WHERE real(x.sent_at) AND unixepoch(x.sent_at) < {12m.utc}",
    },
    Promise {
        id: "I27",
        database: "marketing",
        table: "subscribers",
        key: "id",
        gone: "SELECT x.id FROM before.subscribers x
               WHERE real(x.unsubscribed_at) AND substr(x.unsubscribed_at, 1, 10) < {now}",
    },
    Promise {
        id: "I28",
        database: "recruitment",
        table: "applications",
        key: "id",
        gone: "SELECT x.id FROM before.applications x
               WHERE (x.received_at IS NULL OR real(x.received_at))
               AND (x.withdrawn_at IS NOT NULL
                    OR CASE WHEN x.received_at LIKE '%Z' OR x.received_at LIKE '%+02:00'
                       THEN unixepoch(x.received_at) < {12m.utc} ELSE substr(x.received_at, 1, 10) <= {12m} END)",
    },
    Promise {
        id: "I07",
        database: "portal",
        table: "actions",
        key: "id",
        gone: "SELECT x.id FROM before.actions x WHERE x.acted_at > 788918400000 AND x.acted_at < {12m.utc} * 1000",
    },
    Promise {
        id: "T43 and Art. 28",
        database: "portal",
        table: "users",
        key: "id",
        gone: "SELECT x.id FROM before.users x JOIN before.clients c ON c.id = x.client_id
               WHERE c.contract_ended_on <= {30d}",
    },
    Promise {
        id: "I22",
        database: "site",
        table: "visitors",
        key: "id",
        gone: "SELECT x.id FROM before.visitors x
               WHERE (x.last_seen_at IS NULL OR x.last_seen_at BETWEEN 788918400 AND 1798761600)
               AND (x.last_seen_at < {13m.utc} OR x.consent_withdrawn_at IS NOT NULL)",
    },
    Promise {
        id: "I04 I10",
        database: "crm",
        table: "contacts",
        key: "id",
        gone: "SELECT x.id FROM before.contacts x LEFT JOIN before.accounts a ON a.id = x.account_id
               WHERE {readable}
               AND CASE x.kind
                   WHEN 'P' THEN x.objected_at IS NOT NULL
                                 OR CASE WHEN {silent} THEN {created_long_ago} ELSE NOT {recent} END
                   ELSE (a.id IS NULL OR NOT {in_contract})
                        AND NOT {recent} AND coalesce(a.contract_ended_on <= {3y}, TRUE)
                        -- With neither contact nor contract, and for prospecting: the creation of the record.
                        AND (NOT {silent} OR ({created_long_ago} OR x.objected_at IS NOT NULL)
                                             AND (a.contract_ended_on IS NOT NULL OR {created_long_ago})) END",
    },
];

const KEPT: &[(&str, &str, &str)] = &[
    (
        "a connection that stays is whole",
        "logs",
        "SELECT count(*) FROM main.connections x JOIN before.connections b USING (id)
         WHERE (x.login, x.ip, x.connected_at, x.seal) IS NOT (b.login, b.ip, b.connected_at, b.seal)",
    ),
    (
        "what a user wrote stays with the user, and goes with her",
        "portal",
        "SELECT count(*) FROM before.messages b
         WHERE (b.user_id IN (SELECT id FROM main.users)) <> (b.id IN (SELECT id FROM main.messages))",
    ),
    (
        "a user who stays is whole",
        "portal",
        "SELECT count(*) FROM main.users x JOIN before.users b USING (id)
         WHERE (x.first_name, x.email, x.login, x.settings, x.password_hash)
               IS NOT (b.first_name, b.email, b.login, b.settings, b.password_hash)",
    ),
    (
        "no client goes with its users",
        "portal",
        "SELECT (SELECT count(*) FROM before.clients) - (SELECT count(*) FROM main.clients)",
    ),
    (
        "a customer under contract keeps the notes",
        "crm",
        "SELECT count(*) FROM main.contacts x JOIN before.contacts b USING (id) JOIN main.accounts a ON a.id = x.account_id
         WHERE {in_contract} AND (x.notes, x.email, x.job_title) IS NOT (b.notes, b.email, b.job_title)",
    ),
];

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    STORY.check().await;
}
