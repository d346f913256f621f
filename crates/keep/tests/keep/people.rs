//! Rows of the shop, plainly fictitious.

use std::fmt::Write;

/// A small shop that has one of everything:
///
/// | customer | account | what |
/// |---|---|---|
/// | 1 | a | due, with notes and preferences |
/// | 2 | a | still active |
/// | 3 | b | due, kept by a young invoice: reduced |
/// | 4 | b | due, but for a recent note |
/// | 5 | a | never had a contact |
/// | 6 | b | due, with an invoice that is due too |
pub const SMALL: &str = "
INSERT INTO customers VALUES
    (1, 'a', 'Ada Un',    'un@people.example',    '2020-01-01', '2021-03-01'),
    (2, 'a', 'Bob Deux',  'deux@people.example',  NULL,         '2021-03-01'),
    (3, 'b', 'Cléo Trois','trois@people.example', '2020-01-01', '2021-03-01'),
    (4, 'b', 'Dan Quatre','quatre@people.example','2020-01-01', '2021-03-01'),
    (5, 'a', 'Eve Cinq',  'cinq@people.example',  '2020-01-01', NULL),
    (6, 'b', 'Fox Six',   'six@people.example',   '2020-01-01', '2012-03-01');
INSERT INTO notes VALUES
    (1, 1, 'called', '2021-04-01'), (2, 1, 'wrote', '2020-04-01'), (3, 4, 'called', '2026-01-01'),
    (4, NULL, 'nobody', '2020-01-01');
INSERT INTO preferences VALUES (1, 'colour', 'blue'), (1, 'size', 'M'), (2, 'colour', 'red');
INSERT INTO invoices VALUES (1, 3, 1200, '2022-05-01'), (2, 6, 900, '2012-05-01');
INSERT INTO visits VALUES
    (1, '192.0.2.17', 'ada', '+33 1 23 45 67 89', 'hello', '2025-01-01'),
    (2, '192.0.2.18', 'bob', '+33 1 23 45 67 90', 'hi',    '2026-06-01'),
    (3, NULL, NULL, NULL, NULL, '2024-01-01');
INSERT INTO posts VALUES
    (1, NULL, 'old root', '2020-01-01'), (2, 1, 'old answer', '2020-01-02'), (3, 2, 'old answer', '2020-01-03'),
    (4, NULL, 'old root', '2020-01-01'), (5, 4, 'new answer', '2026-01-02');
";

/// As many customers as asked, two of three due, each with notes, one of ten with a young invoice; visits and posts.
pub fn many(customers: u32) -> String {
    let mut sql = String::new();
    for id in 1..=customers {
        let account = ["a", "b", "c"][(id % 3) as usize];
        let contact = if id % 3 == 0 { "2026-01-01" } else { "2021-05-05" };
        writeln!(
            sql,
            "INSERT INTO customers VALUES ({id}, '{account}', 'Person {id}', 'p{id}@people.example', '2020-01-01', \
             '{contact}');
             INSERT INTO notes VALUES ({id}, {id}, 'note', '2020-01-01');
             INSERT INTO preferences VALUES ({id}, 'colour', 'blue');
             INSERT INTO visits VALUES ({id}, '192.0.2.{}', 'login{id}', '+33 {id}', 'hello', '{}');",
            id % 250,
            if id % 2 == 0 { "2024-02-02" } else { "2026-06-01" },
        )
        .unwrap();
        if id % 10 == 0 {
            writeln!(
                sql,
                "INSERT INTO invoices VALUES ({id}, {id}, 100, '2022-01-01');"
            )
            .unwrap();
        }
        let above = if id % 4 == 1 {
            "NULL".to_owned()
        } else {
            (id - 1).to_string()
        };
        writeln!(
            sql,
            "INSERT INTO posts VALUES ({id}, {above}, 'post', '2021-01-01');"
        )
        .unwrap();
    }
    sql
}
