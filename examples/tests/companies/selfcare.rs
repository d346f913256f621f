//! Korrigan: what must go and what must stay, asked by hand.

use serment_examples::{SELFCARE, World};

use crate::WORLD;
use crate::workshop::{Promise, Story};

const STORY: Story = Story {
    company: &SELFCARE,
    world: World {
        people: 600,
        seed: 13,
        ..WORLD
    },
    promises: PROMISES,
    kept: KEPT,
    words: &[
        (
            "{in_contract}",
            "(a.contract_began_on IS NOT NULL AND (a.contract_ended_on IS NULL OR a.contract_ended_on > {now}))",
        ),
        (
            "{readable}",
            "(x.last_contact_at IS NULL OR real(x.last_contact_at))",
        ),
        (
            "{created_before}",
            "real(x.created_at) AND unixepoch(x.created_at) <",
        ),
        // A search whose six months are over, in a column that holds milliseconds, or whose client chose destruction.
        (
            "{search_due}",
            "(b.searched_at > 1104537600000 AND (b.searched_at < {6m.utc} * 1000 OR {destroyed}))",
        ),
        ("{destroyed}", "coalesce(c.destroy_on < {now}, FALSE)"),
    ],
    blocked: &[],
};

const PROMISES: &[Promise] = &[
    Promise {
        id: "T09 T43",
        database: "platform",
        table: "conversations",
        key: "id",
        gone: "SELECT x.id FROM before.conversations x JOIN before.clients c ON c.id = x.client_id
               WHERE (x.started_at IS NULL OR real(x.started_at))
               AND NOT EXISTS (SELECT 1 FROM before.messages m WHERE m.conversation_id = x.id
                               AND m.sent_at IS NOT NULL AND NOT real(m.sent_at))
               AND ({destroyed}
                    OR (x.started_at IS NOT NULL
                        OR EXISTS (SELECT 1 FROM before.messages m WHERE m.conversation_id = x.id
                                   AND m.sent_at IS NOT NULL))
                       AND coalesce(unixepoch(x.started_at) < {12m.utc}, TRUE)
                       AND NOT EXISTS (SELECT 1 FROM before.messages m WHERE m.conversation_id = x.id
                                       AND unixepoch(m.sent_at) >= {12m.utc}))",
    },
    Promise {
        id: "T09",
        database: "platform",
        table: "users",
        key: "id",
        gone: "SELECT x.id FROM before.users x JOIN before.clients c ON c.id = x.client_id
               WHERE c.contract_ended_on <= {12m}",
    },
    Promise {
        id: "T09 T19",
        database: "crm",
        table: "contacts",
        key: "id",
        gone: "SELECT x.id FROM before.contacts x LEFT JOIN before.companies a ON a.id = x.company_id
               WHERE {readable}
               AND CASE WHEN x.kind = 'prospect'
                   THEN x.objected_at IS NOT NULL
                        OR CASE WHEN x.last_contact_at IS NULL THEN {created_before} {3y.utc}
                           ELSE substr(x.last_contact_at, 1, 10) <= {3y} END
                   ELSE (a.id IS NULL OR NOT {in_contract})
                        AND CASE WHEN x.last_contact_at IS NULL AND a.contract_ended_on IS NULL
                            THEN {created_before} {5y.utc}
                            ELSE max(coalesce(substr(x.last_contact_at, 1, 10), ''),
                                     coalesce(a.contract_ended_on, '')) <= {5y} END END",
    },
    Promise {
        id: "T09 T21",
        database: "crm",
        table: "subscribers",
        key: "email",
        gone: "SELECT x.email FROM before.subscribers x
               WHERE (x.last_click_at IS NULL OR real(x.last_click_at))
               AND (x.unsubscribed_at IS NOT NULL
                    OR CASE WHEN x.last_click_at IS NULL
                       THEN coalesce(real(x.subscribed_at), FALSE) AND substr(x.subscribed_at, 1, 10) <= {3y}
                       ELSE substr(x.last_click_at, 1, 10) <= {3y} END)",
    },
    Promise {
        id: "T09",
        database: "crm",
        table: "registrations",
        key: "id",
        gone: "SELECT x.id FROM before.registrations x
               WHERE CASE WHEN x.held_on IS NULL THEN unixepoch(x.registered_at) < {12m.utc}
                     ELSE real(x.held_on) AND x.held_on <= {12m} END",
    },
    Promise {
        id: "T09 T21",
        database: "site",
        table: "visits",
        key: "id",
        gone: "SELECT x.id FROM before.visits x
               WHERE (x.visited_at IS NULL OR x.visited_at BETWEEN 1104537600 AND 1798761600)
               AND (x.visited_at < {13m.utc} OR x.withdrawn_at IS NOT NULL)",
    },
    Promise {
        id: "T13",
        database: "rights",
        table: "requests",
        key: "id",
        gone: "SELECT x.id FROM before.requests x WHERE coalesce(real(x.closed_on), FALSE) AND x.closed_on <= {5y}",
    },
];

const KEPT: &[(&str, &str, &str)] = &[
    (
        "a search past six months says neither who nor in which words; one not due is whole; what was found stays",
        "platform",
        "SELECT count(*) FROM main.searches x JOIN before.searches b USING (id)
         JOIN before.clients c ON c.id = b.client_id
         WHERE x.article IS NOT b.article OR CASE WHEN {search_due}
               THEN x.visitor IS NOT NULL OR x.ip IS NOT NULL OR x.query <> '[erased]'
               ELSE (x.visitor, x.ip, x.query) IS NOT (b.visitor, b.ip, b.query) END",
    ),
    (
        "nameless searches there are",
        "platform",
        "SELECT count(*) < 20 FROM main.searches WHERE query = '[erased]'",
    ),
    (
        "messages stay with their conversation and go with it",
        "platform",
        "SELECT count(*) FROM before.messages b
         WHERE (b.conversation_id IN (SELECT id FROM main.conversations))
               <> ((b.conversation_id, b.number) IN (SELECT conversation_id, number FROM main.messages))",
    ),
    (
        "recent searches of a client that chose destruction there are, and no search goes",
        "platform",
        "SELECT (SELECT count(*) = 0 FROM before.searches b JOIN before.clients c ON c.id = b.client_id
                 WHERE {destroyed} AND b.searched_at >= {6m.utc} * 1000)
              + (SELECT count(*) FROM before.searches) - (SELECT count(*) FROM main.searches)",
    ),
    (
        "a conversation that stays is whole",
        "platform",
        "SELECT count(*) FROM main.conversations x JOIN before.conversations b USING (id)
         WHERE (x.email, x.visitor, x.rating) IS NOT (b.email, b.visitor, b.rating)",
    ),
    (
        "an identity document goes once checked, and only then; the request keeps the rest",
        "rights",
        "SELECT count(*) FROM main.requests x JOIN before.requests b USING (id)
         WHERE (x.name, x.email, x.asked) IS NOT (b.name, b.email, b.asked)
            OR x.identity_document IS NOT CASE WHEN b.identity_checked_on IS NULL THEN b.identity_document END",
    ),
    (
        "documents not yet checked there are, and documents gone",
        "rights",
        "SELECT (SELECT count(*) = 0 FROM main.requests WHERE identity_document IS NOT NULL)
              + (SELECT count(*) = 0 FROM main.requests x JOIN before.requests b USING (id)
                 WHERE x.identity_document IS NULL AND b.identity_document IS NOT NULL)",
    ),
];

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    STORY.check().await;
}
