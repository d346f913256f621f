//! Hippogriffe: what must go and what must stay, asked by hand.

use serment_examples::{ACCOUNTING, World};

use crate::WORLD;
use crate::workshop::{Promise, Story};

const STORY: Story = Story {
    company: &ACCOUNTING,
    world: World {
        people: 6000,
        seed: 7,
        ..WORLD
    },
    promises: PROMISES,
    kept: KEPT,
    words: &[
        // A customer as a debtor whose five years are over.
        (
            "{due}",
            "NOT {in_contract} AND (a.last_contact_on IS NULL OR real(a.last_contact_on))
    AND coalesce(nullif(max(coalesce(a.last_contact_on, ''), coalesce(a.contract_ended_on, '')), ''), a.created_on) <= {5y}",
        ),
        (
            "{in_contract}",
            "(a.contract_started_on IS NOT NULL AND (a.contract_ended_on IS NULL OR a.contract_ended_on > {now}))",
        ),
    ],
    // Archives are not executed yet.
    blocked: &["recruitment.applications_2y"],
};

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    STORY.check().await;
}

const PROMISES: &[Promise] = &[
    Promise {
        id: "K04",
        database: "site",
        table: "visits",
        key: "id",
        gone: "SELECT x.id FROM before.visits x JOIN before.visitors v ON v.id = x.visitor_id
               WHERE x.started_at > 631152000000
               AND (x.started_at < {26m.utc} * 1000 OR v.consent_withdrawn_at IS NOT NULL)",
    },
    Promise {
        id: "K04",
        database: "site",
        table: "visitors",
        key: "id",
        gone: "SELECT x.id FROM before.visitors x
               WHERE x.last_seen_at BETWEEN 631152000 AND 1798761600
               AND (x.last_seen_at < {26m.utc} OR x.consent_withdrawn_at IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM main.visits v WHERE v.visitor_id = x.id)",
    },
    Promise {
        id: "K04",
        database: "site",
        table: "requests",
        key: "id",
        gone: "SELECT x.id FROM before.requests x WHERE real(x.logged_at) AND unixepoch(x.logged_at) < {12m.utc}",
    },
    Promise {
        id: "K06 K14",
        database: "crm",
        table: "contacts",
        key: "id",
        gone: "SELECT x.id FROM before.contacts x LEFT JOIN before.accounts a ON a.id = x.account_id
               WHERE coalesce(x.campaign_ends_on <= {now}, TRUE)
               AND (x.last_contact_at IS NULL OR real(x.last_contact_at))
               AND (x.kind = 'P'
                    AND CASE WHEN x.last_contact_at IS NULL
                        THEN real(x.created_at) AND unixepoch(x.created_at) < {3y.utc}
                        ELSE substr(x.last_contact_at, 1, 10) <= {3y} END
                    AND NOT EXISTS (SELECT 1 FROM before.opportunities o
                                    WHERE o.contact_id = x.id AND o.status = 'open')
                 OR x.kind = 'C' AND NOT {in_contract}
                    AND CASE WHEN x.last_contact_at IS NULL AND a.contract_ended_on IS NULL
                        THEN real(x.created_at) AND unixepoch(x.created_at) < {5y.utc}
                        ELSE max(coalesce(substr(x.last_contact_at, 1, 10), ''), coalesce(a.contract_ended_on, ''))
                             <= {5y} END)
               AND NOT EXISTS (SELECT 1 FROM main.tickets t WHERE t.contact_id = x.id)
               AND NOT EXISTS (SELECT 1 FROM main.memberships m WHERE m.contact_id = x.id)",
    },
    Promise {
        id: "K08",
        database: "mailing",
        table: "subscribers",
        key: "id",
        gone: "SELECT x.id FROM before.subscribers x
               LEFT JOIN (SELECT subscriber_id, max(clicked_at) AS at FROM before.sends GROUP BY 1) c
                 ON c.subscriber_id = x.id
               WHERE NOT (x.subscribed_at IS NOT NULL
                          AND (x.unsubscribed_at IS NULL OR substr(x.unsubscribed_at, 1, 10) > {now}))
               AND coalesce(x.campaign_ends_on <= {now}, TRUE)
               AND (x.last_reply_at IS NULL OR real(x.last_reply_at))
               AND (x.unsubscribed_at IS NULL OR real(x.unsubscribed_at))
               AND (x.withdrawn_at IS NOT NULL
                    OR coalesce(nullif(max(coalesce(x.last_reply_at, ''), coalesce(c.at, ''),
                                           coalesce(x.unsubscribed_at, '')), ''), x.created_at)
                       < date({3y}, '+1 day'))",
    },
    Promise {
        id: "K10",
        database: "webinars",
        table: "registrations",
        key: "id",
        gone: "SELECT x.id FROM before.registrations x LEFT JOIN before.sessions s ON s.id = x.session_id
               WHERE (x.session_id IS NULL OR s.id IS NOT NULL)
               AND unixepoch(coalesce(s.ends_at, x.registered_at)) < {3y.utc}",
    },
    Promise {
        id: "K12",
        database: "crm",
        table: "tickets",
        key: "id",
        gone: "SELECT x.id FROM before.tickets x JOIN before.accounts a ON a.id = x.account_id
               LEFT JOIN before.contacts c ON c.id = x.contact_id
               WHERE NOT {in_contract}
               AND real(c.last_contact_at)
               AND max(substr(c.last_contact_at, 1, 10), coalesce(a.contract_ended_on, '')) <= {3y}
               AND unixepoch(x.opened_at) < {3y.utc}
               AND NOT EXISTS (SELECT 1 FROM before.messages m
                               WHERE m.ticket_id = x.id AND unixepoch(m.sent_at) >= {3y.utc})
               AND NOT EXISTS (SELECT 1 FROM main.tickets d WHERE d.duplicate_of = x.id)",
    },
    Promise {
        id: "K16",
        database: "billing",
        table: "invoices",
        key: "year || '/' || number",
        gone: "SELECT year || '/' || number FROM before.invoices WHERE financial_year_end <= {10y}",
    },
    Promise {
        id: "K16",
        database: "billing",
        table: "customers",
        key: "id",
        gone: "SELECT a.id FROM before.customers a WHERE {due} AND NOT EXISTS
               (SELECT 1 FROM main.invoices i WHERE i.customer_id = a.id)",
    },
    Promise {
        id: "K18",
        database: "crm",
        table: "memberships",
        key: "contact_id",
        gone: "SELECT x.contact_id FROM before.memberships x JOIN before.contacts c ON c.id = x.contact_id
               LEFT JOIN before.accounts a ON a.id = x.account_id
               WHERE NOT {in_contract}
               AND (c.last_contact_at IS NULL OR real(c.last_contact_at))
               AND (x.checked_at IS NULL OR real(x.checked_at))
               AND max(coalesce(substr(c.last_contact_at, 1, 10), ''), coalesce(a.contract_ended_on, ''),
                       coalesce(x.checked_at, '')) BETWEEN '1990' AND {5y}",
    },
];

/// What a row that stays has lost, or kept: counted, with the number expected.
const KEPT: &[(&str, &str, &str)] = &[
    (
        "a customer under an invoice loses bank details, telephone and e-mail",
        "billing",
        "SELECT count(*) FROM main.customers a WHERE {due}
         AND (iban IS NOT NULL OR bic IS NOT NULL OR phone IS NOT NULL OR email <> '[erased]')",
    ),
    (
        "and keeps the name and postal address that the invoice needs",
        "billing",
        "SELECT count(*) FROM main.customers a JOIN before.customers b USING (id)
         WHERE (a.last_name, a.street, a.city) IS NOT (b.last_name, b.street, b.city)",
    ),
    (
        "a customer whose five years run keeps everything",
        "billing",
        "SELECT count(*) FROM main.customers a JOIN before.customers b USING (id)
         WHERE NOT ({due}) AND (a.iban, a.phone, a.email) IS NOT (b.iban, b.phone, b.email)",
    ),
    (
        "in contract, nothing of the support is cleared",
        "crm",
        "SELECT count(*) FROM main.contacts x JOIN before.contacts b USING (id) JOIN main.accounts a ON a.id = x.account_id
         WHERE x.kind = 'C' AND {in_contract}
         AND (x.login, x.notes, x.profile, x.email) IS NOT (b.login, b.notes, b.profile, b.email)",
    ),
    (
        "a request due is nameless, one not due is whole",
        "crm",
        "SELECT count(*) FROM main.contact_requests x JOIN before.contact_requests b USING (id)
         WHERE CASE WHEN coalesce(real(b.sent_at), TRUE)
                     AND (unixepoch(b.sent_at) < {3y.utc} OR b.withdrawn_at IS NOT NULL)
               THEN x.name IS NOT NULL OR x.email <> 'anonymised' OR x.ip IS NOT NULL OR x.company_size % 50 <> 0
               ELSE (x.name, x.email, x.ip, x.company_size) IS NOT (b.name, b.email, b.ip, b.company_size) END",
    ),
    (
        "an application is not touched before archives are executed",
        "recruitment",
        "SELECT count(*) FROM before.applications WHERE id NOT IN (SELECT id FROM main.applications)",
    ),
];
