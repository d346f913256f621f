//! Vouivre: what must go and what must stay, asked by hand.

use serment_examples::{INVOICING, World};

use crate::WORLD;
use crate::workshop::{Promise, Story};

const STORY: Story = Story {
    company: &INVOICING,
    world: World {
        people: 600,
        seed: 5,
        ..WORLD
    },
    promises: PROMISES,
    kept: KEPT,
    words: &[
        (
            "{in_contract}",
            "(f.contract_began_on IS NOT NULL AND (f.contract_ended_on IS NULL OR f.contract_ended_on > {now}))",
        ),
        ("{readable}", "(x.last_exchange_at IS NULL OR real(x.last_exchange_at))"),
        (
            "{recent}",
            "(coalesce(substr(x.last_exchange_at, 1, 10) > {3y}, FALSE)
              OR EXISTS (SELECT 1 FROM before.exchanges e WHERE e.person_id = x.id AND substr(e.held_at, 1, 10) > {3y}))",
        ),
        (
            "{silent}",
            "(x.last_exchange_at IS NULL AND NOT EXISTS (SELECT 1 FROM before.exchanges e
                                                        WHERE e.person_id = x.id AND e.held_at IS NOT NULL))",
        ),
        (
            "{created_long_ago}",
            "(real(x.created_at) AND unixepoch(x.created_at) < {3y.utc})",
        ),
        // A debtor whose three years are over.
        (
            "{due}",
            "(real(x.contract_ended_on) AND x.contract_ended_on <= {3y}
              AND NOT EXISTS (SELECT 1 FROM before.disputes d WHERE d.debtor_id = x.id
                              AND (d.settled_on IS NULL OR d.settled_on > {3y})))",
        ),
        (
            "{answer_due}",
            "(coalesce(real(b.answered_on), FALSE) AND b.answered_on <= {12m})",
        ),
    ],
    blocked: &[],
};

const PROMISES: &[Promise] = &[
    Promise {
        id: "S29",
        database: "site",
        table: "visits",
        key: "id",
        gone: "SELECT x.id FROM before.visits x
               WHERE x.visited_at > 946684800000 AND x.visited_at < {6m.utc} * 1000",
    },
    Promise {
        id: "S30",
        database: "contacts",
        table: "requests",
        key: "id",
        gone: "SELECT x.id FROM before.requests x WHERE (x.requested_at IS NULL OR real(x.requested_at))
               AND (x.withdrawn_at IS NOT NULL OR unixepoch(x.requested_at) < {3y.utc})",
    },
    Promise {
        id: "S25 S30 S31 S43",
        database: "contacts",
        table: "people",
        key: "id",
        gone: "SELECT x.id FROM before.people x LEFT JOIN before.firms f ON f.id = x.firm_id
               WHERE CASE x.status
                   WHEN 'occasional' THEN
                       (x.asked_at IS NULL OR real(x.asked_at))
                       AND (x.refused_at IS NOT NULL
                            OR CASE WHEN x.asked_at IS NULL
                               THEN real(x.created_at) AND unixepoch(x.created_at) < {3m.utc}
                               ELSE unixepoch(x.asked_at) < {3m.utc} END)
                   WHEN 'regular' THEN
                       {readable}
                       AND (x.objected_at IS NOT NULL
                            OR CASE WHEN {silent} THEN {created_long_ago} ELSE NOT {recent} END)
                   ELSE
                       {readable} AND (f.id IS NULL OR NOT {in_contract})
                       AND NOT {recent} AND coalesce(f.contract_ended_on <= {3y}, TRUE)
                       AND (NOT {silent} OR f.contract_ended_on IS NOT NULL OR {created_long_ago}) END
               -- A request that stays keeps the person whom it names.
               AND NOT EXISTS (SELECT 1 FROM main.requests r WHERE r.person_id = x.id)",
    },
    Promise {
        id: "S31",
        database: "billing",
        table: "invoices",
        key: "year || '/' || number",
        gone: "SELECT year || '/' || number FROM before.invoices WHERE financial_year_end <= {10y}",
    },
    Promise {
        id: "S31",
        database: "billing",
        table: "debtors",
        key: "id",
        gone: "SELECT x.id FROM before.debtors x
               WHERE {due} AND NOT EXISTS (SELECT 1 FROM main.invoices i WHERE i.debtor_id = x.id)",
    },
    Promise {
        id: "S02",
        database: "service",
        table: "users",
        key: "id",
        gone: "SELECT x.id FROM before.users x JOIN before.accounts a ON a.code = x.account_code
               WHERE a.contract_ended_on <= {30d}",
    },
    Promise {
        id: "S02",
        database: "service",
        table: "documents",
        key: "account_code || '/' || number",
        gone: "SELECT x.account_code || '/' || x.number FROM before.documents x
               JOIN before.accounts a ON a.code = x.account_code WHERE a.contract_ended_on <= {30d}",
    },
];

const KEPT: &[(&str, &str, &str)] = &[
    (
        "a debtor under an invoice loses bank details, telephone and e-mail",
        "billing",
        "SELECT count(*) FROM main.debtors x WHERE {due}
         AND (iban IS NOT NULL OR bic IS NOT NULL OR phone IS NOT NULL OR email <> '[erased]')",
    ),
    (
        "and keeps the name and postal address that the invoice needs",
        "billing",
        "SELECT count(*) FROM main.debtors x JOIN before.debtors b USING (id)
         WHERE (x.last_name, x.street, x.city) IS NOT (b.last_name, b.street, b.city)",
    ),
    (
        "a debtor in contract, in dispute or within three years keeps everything",
        "billing",
        "SELECT count(*) FROM main.debtors x JOIN before.debtors b USING (id)
         WHERE NOT {due} AND (x.iban, x.phone, x.email) IS NOT (b.iban, b.phone, b.email)",
    ),
    (
        "a payment stays with its invoice, and goes with it",
        "billing",
        "SELECT count(*) FROM before.payments p
         WHERE EXISTS (SELECT 1 FROM main.invoices i WHERE i.year = p.year AND i.number = p.number)
               <> (p.id IN (SELECT id FROM main.payments))",
    ),
    (
        "no answer goes",
        "contacts",
        "SELECT (SELECT count(*) FROM before.answers) - (SELECT count(*) FROM main.answers)",
    ),
    (
        "an answer due names nobody, one not due is whole, and every mark stays",
        "contacts",
        "SELECT count(*) FROM main.answers x JOIN before.answers b USING (id)
         WHERE x.mark IS NOT b.mark OR CASE WHEN {answer_due}
               THEN x.name IS NOT NULL OR x.firm IS NOT NULL OR x.email <> 'anonymised' OR x.comment = b.comment
               ELSE (x.name, x.firm, x.email, x.comment) IS NOT (b.name, b.firm, b.email, b.comment) END",
    ),
    (
        "answers due there are",
        "contacts",
        "SELECT count(*) = 0 FROM before.answers b WHERE {answer_due} AND b.name IS NOT NULL",
    ),
    (
        "a customer under contract keeps everything, even after an objection",
        "contacts",
        "SELECT count(*) FROM main.people x JOIN before.people b USING (id) JOIN main.firms f ON f.id = x.firm_id
         WHERE x.status = 'customer' AND {in_contract}
         AND (x.email, x.mobile, x.job_title, x.linkedin) IS NOT (b.email, b.mobile, b.job_title, b.linkedin)",
    ),
    (
        "lines go with their document",
        "service",
        "SELECT count(*) FROM main.document_lines l
         WHERE NOT EXISTS (SELECT 1 FROM main.documents d WHERE (d.account_code, d.number) = (l.account_code, l.number))",
    ),
];

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    STORY.check().await;
}
