//! The catalogue itself: the text, its index, and the services parsed so far.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::descriptions::{self, Described};
use super::format::{self, FormatError, Header, IndexEntry};
use super::keys::{self, KeyMatch, KeyOrigin, Presence};
use super::managed::{ManagedPolicies, ManagedPolicy};
use super::model::{AccessLevel, Action, Key, Service, compare_ignoring_case};
use super::template;

const SERVICES: &str = include_str!("../../data/catalogue/services.txt");
const GLOBAL_KEYS: &str = include_str!("../../data/catalogue/global_keys.txt");

/// Where a catalogue comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provenance {
    /// The package or page.
    pub source: String,
    /// Its version.
    pub version: String,
    /// The day of the data, `YYYY-MM-DD`; empty if the source does not say.
    pub date: String,
    /// The sha256 of the services' text, in hexadecimal.
    pub digest: String,
}

/// Everything known of AWS, parsed as it is asked for. Shared freely between threads.
#[derive(Debug)]
pub struct Catalogue {
    text: Cow<'static, str>,
    provenance: Provenance,
    header: Header,
    /// One cell for each entry of the header's index.
    parsed: Vec<OnceLock<Option<Box<Service>>>>,
    global_keys: OnceLock<Vec<Key>>,
    common_claims: OnceLock<Vec<Key>>,
    any_claim: OnceLock<Vec<Key>>,
}

impl Catalogue {
    /// The catalogue inside the binary. The first call reads the index, some thirty microseconds.
    pub fn embedded() -> &'static Catalogue {
        static EMBEDDED: OnceLock<Catalogue> = OnceLock::new();
        EMBEDDED.get_or_init(Catalogue::open)
    }

    /// The catalogue inside the binary with nothing parsed yet; [`Catalogue::embedded`] shares one.
    pub fn open() -> Catalogue {
        // A test reads every line of the embedded text; should it be broken all the same, it is empty, not a panic.
        let header = Header::read(SERVICES).unwrap_or_default();
        Catalogue::new(Cow::Borrowed(SERVICES), header)
    }

    /// A catalogue that a project keeps for itself, as the converter writes it. All of it is checked.
    pub fn from_text(text: String) -> Result<Catalogue, Vec<FormatError>> {
        let header = Header::read(&text)?;
        format::validate(&text, &header)?;
        Ok(Catalogue::new(Cow::Owned(text), header))
    }

    fn new(text: Cow<'static, str>, header: Header) -> Catalogue {
        Catalogue {
            provenance: Provenance {
                source: header.source.clone(),
                version: header.version.clone(),
                date: header.date.clone(),
                digest: header.digest.clone(),
            },
            parsed: header.index.iter().map(|_| OnceLock::new()).collect(),
            text,
            header,
            global_keys: OnceLock::new(),
            common_claims: OnceLock::new(),
            any_claim: OnceLock::new(),
        }
    }

    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The whole text, as the converter writes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The prefixes of all services, sorted. Parses none.
    pub fn service_names(&self) -> impl Iterator<Item = &str> {
        self.header.index.iter().map(|e| self.slice(&e.prefix))
    }

    /// The title of a service, `Amazon S3` for `s3`. Parses nothing.
    pub fn service_title(&self, prefix: &str) -> Option<&str> {
        self.position(prefix)
            .and_then(|at| self.header.index.get(at))
            .map(|e| self.slice(&e.title))
    }

    /// Whether a service exists, whatever the case of its prefix. Parses nothing.
    pub fn has_service(&self, prefix: &str) -> bool {
        self.position(prefix).is_some()
    }

    /// A service, whatever the case of its prefix; parsed at the first call.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let at = self.position(prefix)?;
        self.parsed
            .get(at)?
            .get_or_init(|| self.parse(self.header.index.get(at)?).map(Box::new))
            .as_deref()
    }

    /// All services in order. Parses what was not parsed yet.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.header
            .index
            .iter()
            .filter_map(|entry| self.service(self.slice(&entry.prefix)))
    }

    /// An action by its full name, `s3:GetObject`, whatever its case.
    pub fn action(&self, name: &str) -> Option<(&Service, &Action)> {
        let (prefix, name) = name.split_once(':')?;
        let service = self.service(prefix)?;
        Some((service, service.action(name)?))
    }

    /// The keys that requests to any service can carry.
    pub fn global_keys(&self) -> &[Key] {
        self.global_keys
            .get_or_init(|| keys::read_global_keys(GLOBAL_KEYS).unwrap_or_default())
    }

    /// A global key, a key of a service, or a claim of a web identity provider, whatever the case of the name.
    /// `aws:principaltag/team` finds `aws:PrincipalTag/${TagKey}`, with the canonical spelling `aws:PrincipalTag/team`.
    pub fn key(&self, name: &str) -> Option<KeyMatch<'_>> {
        let (prefix, _) = name.split_once(':')?;
        self.global_key(name)
            .or_else(|| self.service_key(prefix, name))
            .or_else(|| self.foreign_key(prefix, name))
            .or_else(|| self.oidc_claim(prefix, name))
    }

    /// What an action does, by its full name in AWS's spelling. The first call inflates all descriptions.
    pub fn describe_action(&self, name: &str) -> Option<&'static str> {
        descriptions::find(Described::Action, name)
    }

    /// What a key holds, by AWS's spelling: `by …`, for keys of services; see [`Key::meaning`] for global keys.
    pub fn describe_key(&self, name: &str) -> Option<&'static str> {
        descriptions::find(Described::Key, name)
    }

    /// The services that have an action of exactly this name. Parses none.
    pub fn services_with_action<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let entry = format!("\n {name} ");
        let levels = AccessLevel::ALL.map(|level| format!("{entry}{}", level.selector()));
        self.header.index.iter().filter_map(move |service| {
            let section = self.slice(&service.section);
            let hit = section.contains(&entry) && levels.iter().any(|l| section.contains(l));
            hit.then_some(self.slice(&service.prefix))
        })
    }

    /// The names of all AWS-managed policies, sorted. Inflates none.
    pub fn managed_policy_names(&self) -> impl Iterator<Item = &str> {
        self.managed().names()
    }

    /// Whether AWS manages a policy of this name. Inflates none.
    pub fn has_managed_policy(&self, name: &str) -> bool {
        self.managed().has(name)
    }

    /// The ARN of an AWS-managed policy in the partition `aws`. Inflates none.
    pub fn managed_policy_arn(&self, name: &str) -> Option<String> {
        self.managed().arn(name)
    }

    /// An AWS-managed policy with its latest document.
    pub fn managed_policy(&self, name: &str) -> Option<ManagedPolicy> {
        self.managed().policy(name)
    }

    /// Where the managed policies come from.
    pub fn managed_policies_provenance(&self) -> &Provenance {
        self.managed().provenance()
    }

    fn managed(&self) -> &'static ManagedPolicies {
        ManagedPolicies::embedded()
    }

    /// Whether resource control policies apply to a service.
    pub fn rcp_supported(&self, service: &str) -> bool {
        self.header
            .rcp_services
            .iter()
            .any(|s| s.eq_ignore_ascii_case(service))
    }

    /// The services to which resource control policies apply.
    pub fn rcp_services(&self) -> &[String] {
        &self.header.rcp_services
    }

    /// Whether requests of an action, on a resource type if one is named, can carry a key.
    ///
    /// Keys of services, and the `aws:` keys about tags, are carried where AWS lists them: by the action, by the action
    /// on that type, or by the type. Other global keys, claims, and keys that AWS lists nowhere or that are newer than the
    /// catalogue can come with any request.
    pub fn carries_key(
        &self,
        service: &Service,
        action: &Action,
        resource_type: Option<&str>,
        key: &str,
    ) -> bool {
        let Some(found) = self.key(key) else {
            return true;
        };
        let follows_listing = match found.origin {
            KeyOrigin::Global => keys::follows_listing(found.key),
            KeyOrigin::OidcClaim => false,
            KeyOrigin::Service(_) => {
                found.key.presence == Presence::WhereListed && self.is_service_prefix(key)
            }
        };
        !follows_listing || lists_key(service, action, resource_type, key)
    }

    fn is_service_prefix(&self, key: &str) -> bool {
        key.split_once(':')
            .is_some_and(|(prefix, _)| self.has_service(prefix))
    }

    fn position(&self, prefix: &str) -> Option<usize> {
        let index = &self.header.index;
        // Prefixes are in lower case, and nearly everybody writes them so.
        let exact = index.binary_search_by(|e| self.slice(&e.prefix).cmp(prefix));
        exact
            .or_else(|_| {
                index.binary_search_by(|e| compare_ignoring_case(self.slice(&e.prefix), prefix))
            })
            .ok()
    }

    fn parse(&self, entry: &IndexEntry) -> Option<Service> {
        let (prefix, title) = (self.slice(&entry.prefix), self.slice(&entry.title));
        format::read_section(self.slice(&entry.section), prefix, title).ok()
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }

    fn global_key(&self, name: &str) -> Option<KeyMatch<'_>> {
        let (key, canonical) = keys::find_key(self.global_keys(), name)?;
        Some(KeyMatch {
            key,
            canonical,
            origin: KeyOrigin::Global,
        })
    }

    fn service_key(&self, prefix: &str, name: &str) -> Option<KeyMatch<'_>> {
        let service = self.service(prefix)?;
        let (key, canonical) = keys::find_key(&service.keys, name)?;
        Some(KeyMatch {
            key,
            canonical,
            origin: KeyOrigin::Service(service.prefix.clone()),
        })
    }

    /// Keys that a service lists under another prefix, such as the claims of well-known providers that sts lists.
    fn foreign_key(&self, prefix: &str, name: &str) -> Option<KeyMatch<'_>> {
        self.listing(prefix)
            .find_map(|service| self.service_key(service, name))
    }

    fn is_listed_prefix(&self, prefix: &str) -> bool {
        self.listing(prefix).next().is_some()
    }

    /// The services that list keys under a prefix that is not their own.
    fn listing(&self, prefix: &str) -> impl Iterator<Item = &String> {
        self.header
            .foreign
            .iter()
            .filter(move |(listed, _)| template::canonical(listed, prefix).is_some())
            .flat_map(|(_, services)| services)
    }

    fn oidc_claim(&self, prefix: &str, name: &str) -> Option<KeyMatch<'_>> {
        if !prefix.contains('.') || self.has_service(prefix) {
            return None;
        }
        let read = |table| keys::read_global_keys(table).unwrap_or_default();
        let common = self.common_claims.get_or_init(|| read(keys::COMMON_CLAIMS));
        let (key, canonical) = match keys::find_key(common, name) {
            Some(found) => found,
            None if self.is_listed_prefix(prefix) => return None,
            None => keys::find_key(self.any_claim.get_or_init(|| read(keys::ANY_CLAIM)), name)?,
        };
        Some(KeyMatch {
            key,
            canonical,
            origin: KeyOrigin::OidcClaim,
        })
    }
}

/// Whether AWS lists the key for the action, for the action on the type, or for the type; for any of its types if
/// none is named. Types also list the keys of tags that requests pass; those count for actions that change something
/// and that have no list for the type of their own.
fn lists_key(service: &Service, action: &Action, resource_type: Option<&str>, key: &str) -> bool {
    let has = |list: &[String]| list.iter().any(|listed| template::same_key(listed, key));
    let reads = matches!(action.level, AccessLevel::Read | AccessLevel::List);
    let passes_tags = ["aws:RequestTag/${TagKey}", "aws:TagKeys"]
        .iter()
        .any(|k| template::same_key(k, key));
    let type_has = |name: &str| service.resource_type(name).is_some_and(|t| has(&t.keys));
    has(&action.keys)
        || action
            .resources
            .iter()
            .filter(|r| resource_type.is_none_or(|t| r.resource_type.eq_ignore_ascii_case(t)))
            .any(|r| {
                let is_complete = passes_tags && (reads || !r.keys.is_empty());
                has(&r.keys) || (!is_complete && type_has(&r.resource_type))
            })
}
