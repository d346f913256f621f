//! Mélusine: what must go and what must stay, asked by hand.

use serment_examples::{COUNCILS, World};

use crate::WORLD;
use crate::workshop::{Promise, Story};

const STORY: Story = Story {
    company: &COUNCILS,
    world: World {
        people: 500,
        seed: 11,
        ..WORLD
    },
    promises: PROMISES,
    kept: KEPT,
    words: &[
        // A client whose month is over, and its extension too.
        (
            "{over}",
            "(coalesce(real(c.contract_ended_on), FALSE) AND c.contract_ended_on <= {1m}
              AND coalesce(c.kept_until <= {now}, TRUE))",
        ),
        (
            "{readable}",
            "(x.last_contact_at IS NULL OR real(x.last_contact_at))",
        ),
    ],
    // Files that a column names, and manual stores, are not executed yet.
    blocked: &["deposits.documents_1m", "office.contacts_3y"],
};

const PROMISES: &[Promise] = &[
    Promise {
        id: "Q14",
        database: "boxes",
        table: "members",
        key: "id",
        gone: "SELECT x.id FROM before.members x JOIN before.clients c ON c.id = x.client_id WHERE {over}",
    },
    Promise {
        id: "Q14",
        database: "boxes",
        table: "proofs",
        key: "id",
        gone: "SELECT x.id FROM before.proofs x JOIN before.clients c ON c.id = x.client_id WHERE {over}",
    },
    Promise {
        id: "Q14 Q35",
        database: "boxes",
        table: "votes",
        key: "meeting_id || '/' || item || '/' || member_id",
        gone: "SELECT v.meeting_id || '/' || v.item || '/' || v.member_id FROM before.votes v
               JOIN before.members x ON x.id = v.member_id JOIN before.clients c ON c.id = x.client_id WHERE {over}",
    },
    Promise {
        id: "Q31 Q34",
        database: "crm",
        table: "contacts",
        key: "id",
        gone: "SELECT x.id FROM before.contacts x WHERE {readable}
               AND (x.departed_at IS NOT NULL
                    OR CASE WHEN x.last_contact_at IS NULL
                       THEN coalesce(real(x.created_at), FALSE) AND substr(x.created_at, 1, 10) <= {3y}
                       ELSE substr(x.last_contact_at, 1, 10) <= {3y} END)",
    },
    Promise {
        id: "Q31",
        database: "crm",
        table: "invoices",
        key: "year || '/' || number",
        gone: "SELECT year || '/' || number FROM before.invoices WHERE financial_year_end <= {10y}",
    },
];

const KEPT: &[(&str, &str, &str)] = &[
    (
        "tablets, presence, notes and deliveries stay with their member and go with her",
        "boxes",
        "SELECT sum(wrong) FROM (
           SELECT count(*) AS wrong FROM before.devices b
             WHERE (b.member_id IN (SELECT id FROM main.members)) <> (b.id IN (SELECT id FROM main.devices))
           UNION ALL SELECT count(*) FROM before.notes b
             WHERE (b.member_id IN (SELECT id FROM main.members)) <> (b.id IN (SELECT id FROM main.notes))
           UNION ALL SELECT count(*) FROM before.attendances b
             WHERE (b.member_id IN (SELECT id FROM main.members))
                   <> ((b.meeting_id, b.member_id) IN (SELECT meeting_id, member_id FROM main.attendances))
           UNION ALL SELECT count(*) FROM before.deliveries b
             WHERE (b.member_id IN (SELECT id FROM main.members))
                   <> ((b.document_id, b.member_id) IN (SELECT document_id, member_id FROM main.deliveries)))",
    ),
    (
        "no client and no meeting goes",
        "boxes",
        "SELECT (SELECT count(*) FROM before.clients) - (SELECT count(*) FROM main.clients)
              + (SELECT count(*) FROM before.meetings) - (SELECT count(*) FROM main.meetings)",
    ),
    (
        "no document goes before files are executed",
        "boxes",
        "SELECT (SELECT count(*) FROM before.documents) - (SELECT count(*) FROM main.documents)",
    ),
    (
        "a member who stays is whole",
        "boxes",
        "SELECT count(*) FROM main.members x JOIN before.members b USING (id)
         WHERE (x.first_name, x.email, x.political_group, x.photo, x.password_hash)
               IS NOT (b.first_name, b.email, b.political_group, b.photo, b.password_hash)",
    ),
    (
        "there are clients whose extension runs, and their members stay",
        "boxes",
        "SELECT count(*) = 0 FROM main.members x JOIN before.clients c ON c.id = x.client_id
         WHERE c.contract_ended_on <= {1m} AND c.kept_until > {now}",
    ),
    (
        "a contact who refused the bulletins keeps what letters need",
        "crm",
        "SELECT count(*) FROM main.contacts x JOIN before.contacts b USING (id)
         WHERE x.objected_at IS NOT NULL AND (x.email, x.phone, x.organisation) IS NOT (b.email, b.phone, b.organisation)",
    ),
];

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    STORY.check().await;
}
