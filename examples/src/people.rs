//! Invented people. Family names are made of two halves, so that they sound French and belong to nobody in particular.

use crate::company::World;
use crate::random::Random;

/// An invented person.
#[derive(Debug, Clone)]
pub struct Person {
    /// First name.
    pub first: &'static str,
    /// Family name.
    pub last: String,
    /// E-mail address, well written.
    pub email: String,
    /// Telephone, in one of the usual ways of writing it.
    pub phone: String,
}

impl Person {
    /// The person of that index in that world, the same in every database, with an address at one of these domains.
    pub fn of(world: &World, index: u64, domains: &[&str]) -> Self {
        let mut random = Random::of(world.seed, "person", index);
        let first = random.pick(&FIRST);
        let last = format!("{}{}", random.pick(&LAST_HEAD), random.pick(&LAST_TAIL));
        let domain = random.pick(domains);
        let email = format!("{}.{}.{index}@{domain}", plain(first), plain(&last));
        let phone = phone(&mut random);
        Self {
            first,
            last,
            email,
            phone,
        }
    }

    /// The address as this or that program stored it: capitals, accents kept, a space left behind.
    pub fn email_as_typed(&self, random: &mut Random) -> String {
        match random.below(12) {
            0 => self.email.to_uppercase(),
            1 => {
                let (_, rest) = self.email.split_once('.').unwrap_or(("", &self.email));
                format!("{}.{rest}", self.first)
            }
            2 => format!("{} ", self.email),
            3 => {
                let (local, domain) = self.email.split_once('@').unwrap_or((&self.email, ""));
                format!("{local}@{}", domain.to_uppercase())
            }
            _ => self.email.clone(),
        }
    }

    /// First and family name.
    pub fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

fn phone(random: &mut Random) -> String {
    // 01 99 00 and 06 39 98: numbers that the regulator gives to no one, for works of fiction.
    let (head, international) = random.pick(&[("01 99 00", "+33 1 99 00"), ("06 39 98", "+33 6 39 98")]);
    let (a, b) = (random.below(100), random.below(100));
    match random.below(4) {
        0 => format!("{international} {a:02} {b:02}"),
        1 => format!("{head} {a:02} {b:02}").replace(' ', "."),
        2 => format!("{head}{a:02}{b:02}").replace(' ', ""),
        _ => format!("{head} {a:02} {b:02}"),
    }
}

/// Lower case letters without accents, as addresses are made.
fn plain(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'à' | 'â' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'î' | 'ï' => Some('i'),
            'ô' => Some('o'),
            'û' | 'ù' | 'ü' => Some('u'),
            'ç' => Some('c'),
            'œ' => Some('o'),
            'a'..='z' => Some(letter),
            _ => None,
        })
        .collect()
}

/// A street, a postcode and a town that do not go together on any map.
pub fn address(random: &mut Random) -> (String, String, &'static str) {
    let street = format!(
        "{} {} {}",
        random.between(1, 180),
        random.pick(&["rue", "avenue", "allée", "impasse", "quai"]),
        random.pick(&[
            "des Chimères",
            "de l'Alambic",
            "du Vieux-Songe",
            "des Trois-Lunes",
            "aux Licornes",
            "d'Ys"
        ])
    );
    let department = random.pick(&[
        "01", "13", "2A", "31", "35", "44", "59", "67", "69", "75", "971", "974", "988",
    ]);
    let postcode = format!(
        "{:0<5}",
        format!("{}{}", department.replace("2A", "20"), random.below(8) * 10)
    );
    (street, postcode[..5].to_owned(), random.pick(&TOWNS))
}

/// An address of the ranges kept for documentation.
pub fn ip(random: &mut Random) -> String {
    let last = random.below(254) + 1;
    match random.below(5) {
        0 => format!(
            "2001:db8:{:x}:{:x}::{last:x}",
            random.below(65536),
            random.below(65536)
        ),
        1 | 2 => format!("192.0.2.{last}"),
        3 => format!("198.51.100.{last}"),
        _ => format!("203.0.113.{last}"),
    }
}

/// A browser, as its user agent string.
pub fn device(random: &mut Random) -> &'static str {
    random.pick(&[
        "Mozilla/5.0 (X11; Linux x86_64) Exemple/118.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_2) Exemple/17.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64) Exemple/120.0",
        "Mozilla/5.0 (Linux; Android 14) Exemple/119.0 Mobile",
    ])
}

/// Sixteen bytes as a UUID of version 4.
pub fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

const FIRST: [&str; 48] = [
    "Aurélie",
    "Baptiste",
    "Camille",
    "Denis",
    "Élodie",
    "François",
    "Gaëlle",
    "Hélène",
    "Inès",
    "Joël",
    "Karim",
    "Léa",
    "Maëlys",
    "Nadia",
    "Océane",
    "Paul",
    "Quentin",
    "Rachid",
    "Solène",
    "Théo",
    "Ursule",
    "Valérie",
    "William",
    "Xavier",
    "Yasmine",
    "Zoé",
    "Anaïs",
    "Benoît",
    "Chloé",
    "Didier",
    "Émile",
    "Fatou",
    "Gérard",
    "Hugo",
    "Irène",
    "Jérôme",
    "Kenza",
    "Loïc",
    "Marie-Noëlle",
    "Noé",
    "Odile",
    "Pénélope",
    "Renée",
    "Sébastien",
    "Tiphaine",
    "Victor",
    "Yves",
    "Zacharie",
];

const LAST_HEAD: [&str; 28] = [
    "Beau", "Haute", "Mont", "Val", "Roche", "Font", "Bois", "Clair", "Vieux", "Grand", "Long", "Tourne",
    "Franc", "Belle", "Sainte", "Croque", "Perce", "Chante", "Brise", "D'Outre", "Porte", "Gare", "Mire",
    "Passe", "Trompe", "Garde", "Hurte", "Vire",
];

const LAST_TAIL: [&str; 30] = [
    "champ",
    "rive",
    "feuille",
    "lierre",
    "moulin",
    "pierre",
    "ruisseau",
    "taille",
    "songe",
    "lune",
    "plume",
    "verre",
    "buisson",
    "épine",
    "forêt",
    "marée",
    "grêle",
    "cendre",
    "brume",
    "girouette",
    "bélier",
    "hêtre",
    "mésange",
    "châtaigne",
    "clef",
    "lampe",
    "ardoise",
    "sifflet",
    "tambour",
    "bœuf",
];

const TOWNS: [&str; 10] = [
    "Brumeville",
    "Port-aux-Songes",
    "Saint-Alambic",
    "Valsonge",
    "Hauterive-sur-Rien",
    "Ys",
    "Montchimère",
    "Les Trois-Lunes",
    "Fontvieille-les-Fées",
    "Outrebois",
];
