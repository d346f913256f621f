//! The commands and what they take. One place feeds `--help` in both languages, the man pages, the completions and the
//! reference in `docs/cli.md`.

#[cfg(test)]
mod reference;
mod usage;

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use jiff::civil::{Date, Time};
use serment_examples::COMPANIES;
use serment_register::model::Language;

use crate::words::{both, help, in_language};

pub use usage::{explain, heading_names};

/// `serment`.
#[derive(Debug, Parser)]
#[command(
    name = "serment",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    about = help(both!(
        "Tient les promesses de vie privée écrites dans un registre : publie, applique, prouve",
        "Keeps the privacy promises written in a register: published, carried out, proved"
    )),
    after_help = help(exit_codes()),
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = help(both!("Options communes", "Common options")))]
pub struct Global {
    #[arg(long, global = true, value_name = "DIR", help = help(both!(
        "Dossier du registre (par défaut : le serment.toml le plus proche, en remontant) ; l'état est à côté, dans .serment/",
        "Directory of the register (default: the nearest serment.toml, upwards); the state is beside it, in .serment/"
    )))]
    pub register: Option<PathBuf>,
    #[arg(long, global = true, value_name = "fr|en", hide_possible_values = true, help = help(both!(
        "Langue des messages (par défaut : celle de LC_ALL ou LANG, sinon la première du registre, sinon en)",
        "Language of messages (default: that of LC_ALL or LANG, else the first of the register, else en)"
    )))]
    pub language: Option<Tongue>,
    #[arg(long, global = true, value_name = "auto|always|never", hide_possible_values = true, help = help(both!(
        "Couleurs (par défaut : auto, c'est-à-dire sur un terminal et sans NO_COLOR)",
        "Colours (default: auto, that is on a terminal and without NO_COLOR)"
    )))]
    pub color: Option<Color>,
    #[arg(short = 'h', long = "help", global = true, action = clap::ArgAction::Help, help = help(both!(
        "Affiche cette aide", "Prints this help"
    )))]
    pub help: Option<bool>,
    #[arg(short = 'V', long = "version", action = clap::ArgAction::Version, help = help(both!(
        "Affiche la version", "Prints the version"
    )))]
    pub version: Option<bool>,
}

/// `--language`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    Fr,
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Fr => Self::French,
            Tongue::En => Self::English,
        }
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// `--format` of most commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// `--format` of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum CheckFormat {
    #[default]
    Text,
    Json,
    Sarif,
}

/// `--format` of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum DiffFormat {
    #[default]
    Text,
    Markdown,
    Json,
}

/// How data is printed.
#[derive(Debug, Clone, Copy, Args)]
pub struct Formatted {
    #[arg(long, value_name = "text|json", hide_possible_values = true, hide_default_value = true, default_value = "text",
        help = help(both!("Forme de la sortie (par défaut : text)", "Form of the output (default: text)")))]
    pub format: Format,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(about = help(both!(
        "Ébauche un registre d'après des bases vivantes ; n'y modifie rien et n'envoie rien nulle part",
        "Drafts a register from live databases; changes nothing there and sends nothing anywhere"
    )))]
    Init(Init),
    #[command(about = help(both!(
        "Vérifie le registre et explique chaque erreur",
        "Checks the register and explains every mistake"
    )))]
    Check(Check),
    #[command(about = help(both!(
        "Dit ce que change une nouvelle version du registre : règles, phrases publiées, données, promesses",
        "Says what a new version of the register changes: rules, published sentences, data, promises"
    )))]
    Diff(Diff),
    #[command(about = help(both!(
        "Montre ce qui est échu et ce qui lui arriverait ; ne modifie rien",
        "Shows what is due and what would happen to it; changes nothing"
    )))]
    Plan(Plan),
    #[command(about = help(both!(
        "Approuve le plan d'une règle, qui agira jusqu'à ce qu'elle change",
        "Approves the plan of a rule, which then acts until it changes"
    )))]
    Approve(Approve),
    #[command(about = help(both!(
        "Exécute les règles approuvées, vérifie et consigne",
        "Carries out the approved rules, verifies and records"
    )))]
    Keep(Keep),
    #[command(subcommand, about = help(both!(
        "Suspend l'effacement de certaines données",
        "Holds: reasons not to touch given data for now"
    )))]
    Hold(Hold),
    #[command(about = help(both!(
        "Dit pourquoi chaque colonne d'une ligne est encore là, et jusqu'à quand",
        "Says why each column of a row is still here, and until when"
    )))]
    Explain(Explain),
    #[command(subcommand, about = help(both!("Lit le journal", "Reads the journal")))]
    Journal(Journal),
    #[command(about = help(both!(
        "Imprime le reçu signé d'un résultat, vérifiable hors ligne",
        "Prints the signed receipt of an outcome, verifiable offline"
    )))]
    Prove(Prove),
    #[command(about = help(both!(
        "Vérifie un reçu ou un journal avec une clé publique, hors ligne",
        "Verifies a receipt or a journal with a public key, offline"
    )))]
    Verify(Verify),
    #[command(about = help(both!(
        "Contrôle l'état et le journal, sans rien modifier",
        "Checks the state and the journal, read-only"
    )))]
    Fsck(Fsck),
    #[command(about = help(both!(
        "Tient les promesses d'une entreprise fictive, de bout en bout, dans un dossier temporaire",
        "Keeps the promises of a fictitious company, end to end, in a temporary folder"
    )))]
    Demo(Demo),
    #[command(about = help(both!(
        "Imprime le schéma JSON des fichiers d'un registre",
        "Prints the JSON Schema of the files of a register"
    )))]
    Schema(Schema),
    #[command(about = help(both!(
        "Imprime les complétions d'un interpréteur de commandes",
        "Prints the completions of a shell"
    )))]
    Completions(Completions),
    #[command(about = help(both!("Imprime les pages de manuel", "Prints the man pages")))]
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Init {
    #[arg(long, required = true, value_name = "[NAME=]URL", help = help(both!(
        "Une base à lire : postgres://…, mariadb://…, un fichier SQLite, env:VARIABLE ou file:CHEMIN ; répétable",
        "A database to read: postgres://…, mariadb://…, a SQLite file, env:VARIABLE or file:PATH; repeatable"
    )))]
    pub from: Vec<String>,
    #[arg(value_name = "DIR", help = help(both!(
        "Où écrire l'ébauche (par défaut : ici) ; rien n'y est remplacé",
        "Where to write the draft (default: here); nothing there is replaced"
    )))]
    pub directory: Option<PathBuf>,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct Check {
    #[arg(value_name = "DIR", help = help(both!(
        "Dossier du registre (comme --register)", "Directory of the register (as --register)"
    )))]
    pub directory: Option<PathBuf>,
    #[arg(long, help = help(both!(
        "Dit chaque règle en une phrase, telle qu'elle serait publiée",
        "Says each rule as the sentence that would be published"
    )))]
    pub say: bool,
    #[arg(long, help = help(both!(
        "Compare aussi le registre avec ses bases vivantes : tables, colonnes, contenu, accès ; ne modifie rien et n'affiche aucune valeur",
        "Also compares the register with its live stores: tables, columns, contents, access; changes nothing and prints no value"
    )))]
    pub live: bool,
    #[arg(long, value_name = "text|json|sarif", hide_possible_values = true, hide_default_value = true,
        default_value = "text",
        help = help(both!("Forme de la sortie (par défaut : text)", "Form of the output (default: text)")))]
    pub format: CheckFormat,
}

#[derive(Debug, Args)]
pub struct Diff {
    #[arg(value_name = "OLD", help = help(both!(
        "Dossier du registre tel qu'il était", "Directory of the register as it was"
    )))]
    pub old: PathBuf,
    #[arg(value_name = "NEW", help = help(both!(
        "Dossier du registre tel qu'il serait", "Directory of the register as it would be"
    )))]
    pub new: PathBuf,
    #[arg(long, help = help(both!(
        "Compte aussi, sur les bases que NEW atteint, ce que chaque version rend échu ce soir ; ne modifie rien",
        "Also counts, on the stores that NEW reaches, what each version makes due tonight; changes nothing"
    )))]
    pub live: bool,
    #[arg(long, value_name = "DATE", requires = "live", help = help(both!(
        "Ce qui sera échu à la fin de ce jour, AAAA-MM-JJ (par défaut : aujourd'hui)",
        "What will be due by the end of that day, YYYY-MM-DD (default: today)"
    )))]
    pub at: Option<Date>,
    #[arg(long, value_name = "text|markdown|json", hide_possible_values = true, hide_default_value = true,
        default_value = "text",
        help = help(both!("Forme de la sortie (par défaut : text)", "Form of the output (default: text)")))]
    pub format: DiffFormat,
}

#[derive(Debug, Args)]
pub struct Plan {
    #[arg(long, value_name = "DATE", help = help(both!(
        "Ce qui sera échu à la fin de ce jour, AAAA-MM-JJ (par défaut : maintenant)",
        "What will be due by the end of that day, YYYY-MM-DD (default: now)"
    )))]
    pub at: Option<Date>,
    #[arg(long, value_name = "RULE", help = help(both!(
        "Cette règle seulement, activité.nom ; répétable", "Only this rule, activity.name; repeatable"
    )))]
    pub rule: Vec<String>,
    #[arg(long, value_name = "STORE", help = help(both!(
        "Les règles de ce dépôt seulement", "Only the rules of this store"
    )))]
    pub store: Option<String>,
    #[arg(long, value_name = "CLIENT", help = help(both!(
        "Les lignes de ce client seulement", "Only the rows of this client"
    )))]
    pub client: Option<String>,
    #[arg(long, value_name = "N|all", value_parser = sample, help = help(both!(
        "Liste N clés par table et effet, ou toutes", "Lists N keys per table and effect, or all of them"
    )))]
    pub sample: Option<u32>,
    #[arg(long, help = help(both!(
        "Imprime les instructions SQL mêmes, pour qui administre la base",
        "Prints the very SQL statements, for the owner of the database"
    )))]
    pub sql: bool,
    #[command(flatten)]
    pub output: Formatted,
}

fn sample(text: &str) -> Result<u32, String> {
    match text {
        "all" => Ok(u32::MAX),
        number => match number.parse::<u32>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(help(both!("un nombre, ou all", "a number, or all"))),
        },
    }
}

#[derive(Debug, Args)]
pub struct Approve {
    #[arg(required = true, value_name = "RULE", help = help(both!(
        "Les règles, activité.nom : toutes sont approuvées, ou aucune", "The rules, activity.name: all are approved, or none"
    )))]
    pub rules: Vec<String>,
    #[arg(long, value_name = "HASH", help = help(both!(
        "L'empreinte lue dans le plan : ses douze premiers caractères suffisent",
        "The hash read in the plan: its first twelve characters will do"
    )))]
    pub plan: String,
    #[arg(long, value_name = "NAME", help = help(both!(
        "Qui approuve (par défaut : l'utilisateur du système)", "Who approves (default: the user of the system)"
    )))]
    pub actor: Option<String>,
    #[arg(long, value_name = "STORE.TABLE.COLUMN", help = help(both!(
        "Accepte comme départ une colonne dont une valeur est trop fréquente ; répétable",
        "Accepts as a clock a column one value of which is too frequent; repeatable"
    )))]
    pub accept_suspect: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Keep {
    #[arg(long, help = help(both!(
        "Tout sauf les changements : n'écrit rien, nulle part", "Everything but the changes: writes nothing anywhere"
    )))]
    pub dry_run: bool,
    #[arg(long, value_name = "RULE", help = help(both!(
        "Cette règle seulement ; répétable", "Only this rule; repeatable"
    )))]
    pub rule: Vec<String>,
    #[arg(long, value_name = "CLIENT", help = help(both!(
        "Les lignes de ce client seulement", "Only the rows of this client"
    )))]
    pub client: Option<String>,
    #[arg(long, value_name = "HH:MM", value_parser = time, conflicts_with = "dry_run", help = help(both!(
        "Reste au premier plan et exécute chaque jour à cette heure de l'organisation ; un seul rattrapage après des nuits manquées",
        "Stays in the foreground and runs each day at that time of the organisation; one catch-up after missed nights"
    )))]
    pub daily: Option<Time>,
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = window, help = help(both!(
        "Ne commence de lot qu'entre ces heures ; peut enjamber minuit",
        "Begins batches between these times only; may span midnight"
    )))]
    pub window: Option<Window>,
    #[arg(long, value_name = "N", hide_default_value = true, default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=100_000), help = help(both!(
        "Lignes par lot, au plus (par défaut : 10000)", "Rows per batch, at most (default: 10000)"
    )))]
    pub batch: u32,
    #[arg(long, value_name = "NAME", help = help(both!(
        "Qui exécute, pour le journal (par défaut : l'utilisateur du système)",
        "Who runs it, for the journal (default: the user of the system)"
    )))]
    pub actor: Option<String>,
    #[command(flatten)]
    pub output: Formatted,
}

/// Two times of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window(pub Time, pub Time);

fn time(text: &str) -> Result<Time, String> {
    let wrong = || {
        help(both!(
            "une heure HH:MM, comme 03:30",
            "a time HH:MM, such as 03:30"
        ))
    };
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return Err(wrong());
    }
    let (hour, minute) = (
        hour.parse().map_err(|_| wrong())?,
        minute.parse().map_err(|_| wrong())?,
    );
    Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

fn window(text: &str) -> Result<Window, String> {
    let wrong = || help(both!("deux heures HH:MM-HH:MM", "two times HH:MM-HH:MM"));
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    Ok(Window(time(from)?, time(to)?))
}

#[derive(Debug, Subcommand)]
pub enum Hold {
    #[command(about = help(both!(
        "Suspend des lignes, un filtre ou un client ; rend la main quand plus aucun lot ne peut les toucher",
        "Holds rows, a filter or a client; returns once no batch can touch them any more"
    )))]
    Add(HoldAdd),
    #[command(about = help(both!("Liste les suspensions", "Lists holds")))]
    List(HoldList),
    #[command(about = help(both!("Lève une suspension", "Removes a hold")))]
    Remove(HoldRemove),
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("scope").required(true).args(["keys", "condition", "client"]))]
#[command(group = clap::ArgGroup::new("extension").multiple(true).args(["rule", "keep"]).requires("client"))]
pub struct HoldAdd {
    #[arg(value_name = "STORE.TABLE", required_unless_present = "client", help = help(both!(
        "La table", "The table"
    )))]
    pub table: Option<String>,
    #[arg(value_name = "KEY", requires = "table", help = help(both!(
        "Les clés : une valeur, ou un tableau JSON par clé composée",
        "The keys: one value each, or a JSON array for a composite key"
    )))]
    pub keys: Vec<String>,
    #[arg(long = "where", value_name = "CONDITION", requires = "table", help = help(both!(
        "Les lignes qui satisfont cette condition ; l'inconnu compte comme oui",
        "The rows that satisfy this condition; unknown counts as yes"
    )))]
    pub condition: Option<String>,
    #[arg(long, value_name = "CLIENT", conflicts_with = "table", help = help(both!(
        "Toutes les lignes de ce client", "Every row of this client"
    )))]
    pub client: Option<String>,
    #[arg(long, value_name = "RULE", requires = "keep", help = help(both!(
        "De cette règle seulement : avec --keep, elle attend plus longtemps pour ce client",
        "From this rule only: with --keep, it waits longer for this client"
    )))]
    pub rule: Option<String>,
    #[arg(long, value_name = "PERIOD", requires = "rule", help = help(both!(
        "Combien de temps elle attend alors : \"3 months\"", "How long it waits then: \"3 months\""
    )))]
    pub keep: Option<String>,
    #[arg(long, value_name = "GROUND", help = help(both!(
        "Le motif : legal_claim, restriction, request, ou une phrase",
        "The ground: legal_claim, restriction, request, or a sentence"
    )))]
    pub ground: String,
    #[arg(long, value_name = "DATE", help = help(both!(
        "Dernier jour (par défaut : jusqu'à ce qu'on la lève)", "Last day (default: until removed)"
    )))]
    pub until: Option<Date>,
    #[arg(long, value_name = "NAME", help = help(both!(
        "Qui la demande (par défaut : l'utilisateur du système)", "Who asks (default: the user of the system)"
    )))]
    pub actor: Option<String>,
    #[arg(long, value_name = "SECONDS", hide_default_value = true, default_value_t = 60, help = help(both!(
        "Attente des lots en cours, en secondes (par défaut : 60)",
        "How long to wait for running batches, in seconds (default: 60)"
    )))]
    pub patience: u64,
}

#[derive(Debug, Args)]
pub struct HoldList {
    #[arg(long, help = help(both!("Aussi celles qui sont levées ou passées", "Also those removed or past")))]
    pub all: bool,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct HoldRemove {
    #[arg(value_name = "HOLD", help = help(both!("Son identifiant", "Its identifier")))]
    pub hold: String,
    #[arg(long, value_name = "NAME", help = help(both!(
        "Qui la lève (par défaut : l'utilisateur du système)", "Who removes it (default: the user of the system)"
    )))]
    pub actor: Option<String>,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[arg(value_name = "STORE.TABLE", help = help(both!("La table", "The table")))]
    pub table: String,
    #[arg(value_name = "KEY", allow_hyphen_values = true, help = help(both!(
        "La clé : une valeur, ou un tableau JSON", "The key: one value, or a JSON array"
    )))]
    pub key: String,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Subcommand)]
pub enum Journal {
    #[command(about = help(both!("Liste les dernières entrées", "Lists the last entries")))]
    List(JournalList),
    #[command(about = help(both!("Montre une entrée", "Shows an entry")))]
    Show(JournalShow),
    #[command(about = help(both!(
        "Imprime le point de contrôle signé : à conserver ailleurs",
        "Prints the signed checkpoint: to be kept elsewhere"
    )))]
    Checkpoint(JournalCheckpoint),
}

#[derive(Debug, Args)]
pub struct JournalList {
    #[arg(long, value_name = "KIND", help = help(both!(
        "Ce genre seulement : approval, intent, outcome, hold…", "Only this kind: approval, intent, outcome, hold…"
    )))]
    pub kind: Option<String>,
    #[arg(long, value_name = "N|all", value_parser = sample, help = help(both!(
        "Les N dernières (par défaut : 20)", "The last N (default: 20)"
    )))]
    pub last: Option<u32>,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct JournalShow {
    #[arg(value_name = "ENTRY", help = help(both!("Son numéro", "Its number")))]
    pub entry: u64,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct JournalCheckpoint {
    #[arg(long, help = help(both!(
        "Imprime la clé publique à la place", "Prints the public key instead"
    )))]
    pub key: bool,
}

#[derive(Debug, Args)]
pub struct Prove {
    #[arg(value_name = "OUTCOME", required_unless_present = "page", help = help(both!(
        "Le résultat, tel que keep le nomme : o-17", "The outcome, as keep names it: o-17"
    )))]
    pub outcome: Option<String>,
    #[arg(long, value_name = "FILE", help = help(both!(
        "Écrit le reçu dans ce fichier (par défaut : sur la sortie)",
        "Writes the receipt to this file (default: to the output)"
    )))]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help = help(both!(
        "Écrit la page qui vérifie les reçus dans un navigateur, hors ligne : à donner avec le reçu",
        "Writes the page that verifies receipts in a browser, offline: to hand over with the receipt"
    )))]
    pub page: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verify {
    #[arg(value_name = "RECEIPT|DIR", help = help(both!(
        "Un reçu, ou le dossier d'un journal", "A receipt, or the directory of a journal"
    )))]
    pub what: PathBuf,
    #[arg(long, value_name = "FILE", help = help(both!(
        "La clé publique, obtenue de source sûre ; celle d'un reçu n'est jamais crue",
        "The public key, from a source you trust; the receipt's own is never believed"
    )))]
    pub key: PathBuf,
    #[arg(long, value_name = "FILE", help = help(both!(
        "Un point de contrôle gardé ailleurs, à comparer : bifurcation, retour en arrière, troncature",
        "A checkpoint kept elsewhere, to compare with: fork, rollback, truncation"
    )))]
    pub against: Option<PathBuf>,
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct Fsck {
    #[command(flatten)]
    pub output: Formatted,
}

#[derive(Debug, Args)]
pub struct Demo {
    #[arg(long, help = help(both!(
        "Raconte l'histoire et s'arrête : code 0, ou 1 si quelque chose a échoué",
        "Tells the story and ends: exit code 0, or 1 if anything failed"
    )))]
    pub story: bool,
    #[arg(long, value_name = "N", hide_default_value = true, default_value_t = 50_000,
        value_parser = clap::value_parser!(u64).range(100..=100_000_000), help = help(both!(
        "Nombre de personnes fictives (par défaut : 50000)", "Number of fictitious people (default: 50000)"
    )))]
    pub people: u64,
    #[arg(long, value_name = "DIR", help = help(both!(
        "Construit dans ce dossier, neuf ou vide, et l'y laisse", "Builds in this directory, new or empty, and leaves it"
    )))]
    pub keep: Option<PathBuf>,
    #[arg(long, value_name = "sqlite|postgres|mariadb", requires = "keep", conflicts_with = "story", help = help(both!(
        "Ne raconte rien : écrit dans --keep le registre et un script SQL par base, pour ce genre de base",
        "Tells nothing: writes into --keep the register and an SQL script for each database, of that kind"
    )))]
    pub scripts: Option<Scripts>,
    #[arg(long, value_name = "NAME", requires = "keep", conflicts_with = "story", hide_possible_values = true,
        value_parser = clap::builder::PossibleValuesParser::new(COMPANIES.map(|company| company.name)),
        help = help(companies()))]
    pub company: Option<String>,
}

/// What `--company` does, and the names that it takes.
fn companies() -> serment_register::model::Text {
    let names = COMPANIES.map(|company| company.name).join(", ");
    both!(
        "Ne raconte rien : construit dans --keep cette entreprise (avec --scripts, en scripts) : {names}",
        "Tells nothing: builds that company in --keep (as scripts with --scripts): {names}"
    )
}

/// `--scripts` of `demo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scripts {
    Sqlite,
    Postgres,
    Mariadb,
}

#[derive(Debug, Args)]
pub struct Schema {
    #[arg(value_name = "FILE", help = help(both!(
        "Le genre de fichier ; sans lui, tous", "The kind of file; without it, all of them"
    )))]
    pub file: Option<String>,
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_name = "bash|elvish|fish|powershell|zsh", hide_possible_values = true, help = help(both!(
        "L'interpréteur", "The shell"
    )))]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    #[arg(long, value_name = "DIR", help = help(both!(
        "Écrit une page par commande dans ce dossier (par défaut : la page principale sur la sortie)",
        "Writes one page per command to this directory (default: the main page to the output)"
    )))]
    pub out: Option<PathBuf>,
}

fn exit_codes() -> serment_register::model::Text {
    both!(
        "Codes de sortie :\n  0  fait\n  1  constats, ou bloqué\n  2  usage\n  3  échec\n\n\
         Documentation : docs/cli.md. Pour voir tout en dix secondes : serment demo",
        "Exit codes:\n  0  done\n  1  findings, or blocked\n  2  usage\n  3  failure\n\n\
         Documentation: docs/cli.md. To see it all in ten seconds: serment demo"
    )
}

/// The tree of commands, its help in that language.
pub fn command(language: Language) -> clap::Command {
    in_language(language, || heading_names(Cli::command(), language))
}

/// Reads the arguments. An error is a request for help, for the version, or a mistake of usage.
pub fn parse(language: Language, arguments: &[std::ffi::OsString]) -> Result<Cli, clap::Error> {
    in_language(language, || {
        let matches = heading_names(Cli::command(), language).try_get_matches_from(arguments)?;
        Cli::from_arg_matches(&matches)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &clap::Command, path: &str, each: &mut dyn FnMut(&str, Option<String>)) {
        each(path, command.get_about().map(ToString::to_string));
        for argument in command.get_arguments() {
            each(
                &format!("{path} {}", argument.get_id()),
                argument.get_help().map(ToString::to_string),
            );
        }
        for inner in command.get_subcommands() {
            walk(inner, &format!("{path} {}", inner.get_name()), each);
        }
    }

    #[test]
    fn the_tree_of_commands_is_sound() {
        command(Language::English).debug_assert();
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        let texts = |language| {
            let mut texts = Vec::new();
            walk(&command(language), "serment", &mut |path, text| {
                texts.push((path.to_owned(), text));
            });
            texts
        };
        for ((path, french), (_, english)) in
            texts(Language::French).into_iter().zip(texts(Language::English))
        {
            let (Some(french), Some(english)) = (french, english) else {
                panic!("{path} has no help");
            };
            assert_ne!(french, english, "{path} says the same in both languages");
        }
    }

    #[test]
    fn times_and_windows_are_read_strictly() {
        assert_eq!(time("03:30"), Ok(Time::constant(3, 30, 0, 0)));
        for wrong in ["3:30", "24:00", "03:60", "0330", "+3:30", "03:30:00", ""] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert!(window("22:00-06:00").is_ok());
        assert!(window("22:00").is_err());
    }

    #[test]
    fn a_hold_needs_a_scope_and_a_ground() {
        let parse = |line: &str| {
            let arguments: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            parse(Language::English, &arguments)
        };
        assert!(parse("serment hold add crm.contacts 1 2 --ground legal_claim").is_ok());
        assert!(parse("serment hold add crm.contacts --where x=1 --ground legal_claim").is_ok());
        assert!(parse("serment hold add --client acme --ground legal_claim").is_ok());
        assert!(parse("serment hold add crm.contacts --ground legal_claim").is_err());
        assert!(parse("serment hold add crm.contacts 1").is_err());
    }
}
