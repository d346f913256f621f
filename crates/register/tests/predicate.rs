//! The `where` subset: what it reads, what it refuses, and that printing and reading agree.

use proptest::prelude::*;
use serment_register::model::ColumnPath;
use serment_register::predicate::{Comparison, Literal, Operand, Predicate, parse};

fn column() -> impl Strategy<Value = ColumnPath> {
    let name = prop_oneof![
        "[a-zéà_][a-z0-9_]{0,6}",
        Just("select".to_owned()),
        Just("NOW".to_owned()),
        Just("Null".to_owned()),
        "[ -~é]{1,8}",
    ];
    (name.clone(), proptest::collection::vec(name, 0..3))
        .prop_map(|(column, inside)| ColumnPath { column, inside })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[ -~é'\"\n]{0,12}".prop_map(Literal::Text),
        any::<i64>().prop_map(Literal::Integer),
        "-?(0|[1-9][0-9]{0,5})\\.[0-9]{1,6}".prop_map(Literal::Decimal),
        any::<bool>().prop_map(Literal::Boolean),
    ]
}

fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        literal().prop_map(Operand::Literal),
        Just(Operand::Now),
        column().prop_map(Operand::Column)
    ]
}

fn test() -> impl Strategy<Value = Predicate> {
    let any_op = prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
        Just(Comparison::Less),
        Just(Comparison::LessOrEqual),
        Just(Comparison::Greater),
        Just(Comparison::GreaterOrEqual),
    ];
    let compare = (column(), any_op, operand())
        .prop_filter("now has no equal", |(_, op, operand)| {
            *operand != Operand::Now || !matches!(op, Comparison::Equal | Comparison::NotEqual)
        })
        .prop_map(|(column, op, operand)| Predicate::Compare { column, op, operand });
    prop_oneof![
        compare,
        (
            column(),
            proptest::collection::vec(literal(), 1..4),
            any::<bool>()
        )
            .prop_map(|(column, values, negated)| Predicate::In {
                column,
                values,
                negated
            }),
        (column(), operand(), operand(), any::<bool>()).prop_map(|(column, low, high, negated)| {
            Predicate::Between {
                column,
                low,
                high,
                negated,
            }
        }),
        (column(), any::<bool>()).prop_map(|(column, negated)| Predicate::IsNull { column, negated }),
    ]
}

fn predicate() -> impl Strategy<Value = Predicate> {
    test().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Predicate::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Predicate::Or),
            inner.prop_map(|part| Predicate::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn b11_what_is_printed_is_read_back_the_same(predicate in predicate()) {
        let printed = predicate.to_string();
        prop_assert_eq!(parse(&printed), Ok(predicate), "{}", printed);
    }

    #[test]
    fn b11_any_text_is_read_or_refused_with_a_place_in_it(text in "\\PC{0,80}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.range.start <= error.range.end && error.range.end <= text.len());
            prop_assert!(text.is_char_boundary(error.range.start) && text.is_char_boundary(error.range.end));
        }
    }

    #[test]
    fn b11_near_conditions_are_read_or_refused(
        words in proptest::collection::vec(
            prop_oneof![
                Just("a"), Just("\"b c\""), Just("now"), Just("and"), Just("or"), Just("not"), Just("("), Just(")"),
                Just("in"), Just("between"), Just("is"), Just("null"), Just("="), Just("<"), Just("'x'"), Just("1"),
                Just("-2.5"), Just(","), Just("."), Just("true"),
            ],
            0..24,
        )
    ) {
        let text = words.join(" ");
        if let Ok(predicate) = parse(&text) {
            prop_assert_eq!(parse(&predicate.to_string()), Ok(predicate));
        }
    }
}

#[test]
fn b11_what_leaves_the_subset_is_refused() {
    for text in [
        "",
        "a",
        "a = ",
        "a = 1; drop table x",
        "a = 1 -- comment",
        "a = 1 /* comment */",
        "lower(a) = 'x'",
        "a = now()",
        "a = (select 1)",
        "exists (select 1)",
        "a = null",
        "a <> now",
        "a = now",
        "a like 'x%'",
        "a = 'x",
        "a = \"\" ",
        "a in ()",
        "a in (b)",
        "a in (now)",
        "a between 1",
        "a is",
        "a is not",
        "a == 1",
        "a = 1 b = 2",
        "(a = 1",
        "a = 1)",
        "a = 99999999999999999999",
        "a = 5x",
        "a ~ 'x'",
        "a = $1",
        "a = ?",
        "a || b = 'x'",
        "a::text = 'x'",
        "a = '\0'",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn now_is_told_apart_from_other_mistakes() {
    assert!(parse("a = now").unwrap_err().now_compared);
    assert!(!parse("a = null").unwrap_err().now_compared);
    assert!(parse("a > now and b between now and c").is_ok());
}

#[test]
fn and_binds_tighter_than_or_and_keywords_have_no_case() {
    assert_eq!(
        parse("a = 1 or b = 2 And NOT c Is Null").unwrap().to_string(),
        "a = 1 OR (b = 2 AND NOT c IS NULL)"
    );
}

#[test]
fn d25_length_and_depth_are_bounded() {
    assert!(parse(&format!("a = '{}'", "x".repeat(20_000))).is_err());
    assert!(parse(&format!("{}a = 1{}", "(".repeat(5_000), ")".repeat(5_000))).is_err());
    assert!(parse(&format!("{} a = 1", "not ".repeat(4_000))).is_err());
    let wide = vec!["a = 1"; 1_500].join(" or ");
    assert!(parse(&wide).is_ok());
}
